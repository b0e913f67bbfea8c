/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_master.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_durable.h"
#include "backend-redis/rds_feed.h"
#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_repair.h"
#include "backend-redis/rds_sentinel.h"
#include "backend-redis/rds_session.h"
#include "backend-redis/rds_stats.h"
#include "backend-redis/rds_tls.h"
#include "base/clock.h"
#include "base/logline.h"

enum { REPAIR_MS = 10000 };

/* Guarded by rds.pipe.lock where not said otherwise. */
static struct {
    struct rds_place place; /* of the master in use, or used last */
    struct rds_generation generation;
    struct rds_session session; /* of the last connection that was used; the keeper's */

    struct rds_place tried; /* by the last attempt, or the one under way */
    bool trying;
    struct rds_conn *trying_conn; /* what an attempt waits for; NULL: not that far */
    atomic_bool cancel;
    void (*_Atomic watcher)(const struct rds_generation *now);
} master;

/* ---- what others ask ----------------------------------------------------- */

void rds_generation_get(struct rds_generation *out)
{
    pthread_mutex_lock(&rds.pipe.lock);
    *out = master.generation;
    pthread_mutex_unlock(&rds.pipe.lock);
}

void rds_generation_watch(void (*fn)(const struct rds_generation *now))
{
    atomic_store(&master.watcher, fn);
}

void rds_place_get(struct rds_place *out)
{
    pthread_mutex_lock(&rds.pipe.lock);
    *out = master.place;
    pthread_mutex_unlock(&rds.pipe.lock);
}

enum store_status rds_master_confirm(int64_t contact_ms, int64_t deadline_ns)
{
    struct rds_tally tally;
    enum store_status st;
    char why[8];

    if (!rds_url_has_sentinels(&rds.url))
        return STORE_OK;
    st = rds_sentinel_ask(&tally, deadline_ns, why, sizeof(why));
    if (st != STORE_OK)
        return STORE_AWAY;
    pthread_mutex_lock(&rds.pipe.lock);
    if (!rds_place_equal(&tally.master, &master.place) ||
        (contact_ms < INT64_MAX && tally.contact_ms > contact_ms))
        st = STORE_AWAY;
    pthread_mutex_unlock(&rds.pipe.lock);
    return st;
}

/* ---- news ---------------------------------------------------------------- */

/* Lock held. */
static void attempt_cancel(void)
{
    atomic_store(&master.cancel, true);
    if (master.trying_conn)
        rds_conn_shut(master.trying_conn);
}

void rds_master_cancel(void)
{
    pthread_mutex_lock(&rds.pipe.lock);
    attempt_cancel();
    pthread_mutex_unlock(&rds.pipe.lock);
}

/* A majority of the sentinels says where the master is; on any thread. */
static void news(const struct rds_place *at)
{
    bool superseded;

    pthread_mutex_lock(&rds.pipe.lock);
    superseded = rds.pipe.up && !rds_place_equal(&master.place, at);
    if (!rds_place_equal(&master.tried, at)) {
        if (master.trying)
            attempt_cancel();
        rds.hurry = true;
        pthread_cond_broadcast(&rds.pipe.changed);
    }
    pthread_mutex_unlock(&rds.pipe.lock);
    if (superseded)
        rds_pipe_drop(&rds.pipe);
}

/* ---- finding ------------------------------------------------------------- */

struct found {
    struct rds_place place;
    int64_t epoch;
    bool same_only; /* no majority: only the generation of before will do */
};

/* Without a majority nobody can know of a fail-over either: what was the master may be
 * used again, unless a sentinel names another. */
static bool find_last(const struct rds_tally *tally, struct found *out)
{
    if (!master.generation.number || !master.session.run_id[0] ||
        tally->n_for != tally->n_valid ||
        (tally->n_valid && !rds_place_equal(&tally->master, &master.place)))
        return false;
    out->place = master.place;
    out->epoch = master.generation.epoch;
    out->same_only = true;
    return true;
}

static enum store_status find(struct found *out, int64_t deadline_ns)
{
    struct rds_tally tally;
    enum store_status st;

    memset(out, 0, sizeof(*out));
    if (!rds_url_has_sentinels(&rds.url)) {
        rds_url_place(&rds.url, 0, &out->place);
        return STORE_OK;
    }
    st = rds_sentinel_ask(&tally, deadline_ns, rds.why, sizeof(rds.why));
    if (st != STORE_OK)
        return find_last(&tally, out) ? STORE_OK : st;
    out->place = tally.master;
    out->epoch = tally.epoch;
    return STORE_OK;
}

/* ---- connecting ---------------------------------------------------------- */

/* The generation behind a new connection. A server that does not let itself be known is
 * a new one each time. */
static bool is_same(const struct rds_generation *g, const struct rds_session *session)
{
    return session->run_id[0] && strcmp(g->run_id, session->run_id) == 0 &&
           strcmp(g->replid, session->replid) == 0;
}

/* One line for each fail-over or restart of the server, also of those that no call has
 * noticed. */
static void generation_say(const struct rds_generation *g, const struct rds_place *place)
{
    char address[RDS_PLACE_TEXT];

    clv_log(CLV_LOG_WARNING,
            "redis: the master is now %s, run id %.8s, epoch %lld; generation %llu here",
            rds_place_text(place, address), g->run_id, (long long)g->epoch,
            (unsigned long long)g->number);
}

/* What depends on the data being the same begins anew. */
static void generation_changed(const struct rds_generation *now,
                               const struct rds_place *place)
{
    void (*fn)(const struct rds_generation *) = atomic_load(&master.watcher);

    rds_feed_renew();
    rds_durable_renew();
    if (now->number == 1)
        return;
    generation_say(now, place);
    if (fn)
        fn(now);
}

/* Calls go to the new connection from now on; false: there are news since, do not. */
static bool put_to_use(struct rds_conn *conn, const struct found *found,
                       const struct rds_session *session)
{
    struct rds_generation now = master.generation; /* only written here */
    const bool is_new = !is_same(&now, session);

    if (is_new)
        now.number++;
    memcpy(now.run_id, session->run_id, sizeof(now.run_id));
    memcpy(now.replid, session->replid, sizeof(now.replid));
    now.epoch = found->epoch;
    pthread_mutex_lock(&rds.pipe.lock);
    if (atomic_load(&master.cancel)) {
        pthread_mutex_unlock(&rds.pipe.lock);
        return false;
    }
    master.place = found->place;
    master.generation = now;
    if (is_new && now.number > 1)
        rds_stat_add(RDS_STAT_failovers, 1); /* before any answer of the new one */
    rds_pipe_raise(&rds.pipe, conn, now.number);
    pthread_mutex_unlock(&rds.pipe.lock);
    master.session = *session;
    if (is_new)
        generation_changed(&now, &found->place);
    return true;
}

static void attempt_begin(const struct rds_place *place)
{
    pthread_mutex_lock(&rds.pipe.lock);
    master.tried = *place;
    master.trying = !rds.stop;
    atomic_store(&master.cancel, rds.stop);
    rds.hurry = false;
    pthread_mutex_unlock(&rds.pipe.lock);
}

/* conn: what the attempt waits for from now on; NULL: it is over. */
static void attempt_waits(struct rds_conn *conn)
{
    pthread_mutex_lock(&rds.pipe.lock);
    master.trying = conn != NULL;
    master.trying_conn = conn;
    if (conn && atomic_load(&master.cancel))
        rds_conn_shut(conn);
    pthread_mutex_unlock(&rds.pipe.lock);
}

/* Before calls go to a new generation, it gets back what it has lost of ours. */
static enum store_status restore(struct rds_conn *conn, const struct found *found,
                                 const struct rds_session *session, int64_t clock_us)
{
    const struct rds_talk t = {conn, &found->place,
                               clv_deadline_ns(REPAIR_MS * CLV_NS_PER_MS), rds.why,
                               sizeof(rds.why)};

    if (session->n_replicas > 0 || rds_url_has_sentinels(&rds.url))
        rds_kept_enable();
    if (master.generation.number == 0 || is_same(&master.generation, session))
        return STORE_OK;
    return rds_repair_run(&t, clock_us);
}

static enum store_status enter(struct rds_conn *conn, const struct found *found,
                               int64_t deadline_ns)
{
    struct rds_session session;
    enum store_status st;
    int64_t clock_us;
    char address[RDS_PLACE_TEXT];

    attempt_waits(conn);
    st = rds_session_begin(conn, &found->place, &rds.url, &master.session, &session,
                           &clock_us, deadline_ns, rds.why, sizeof(rds.why));
    if (st == STORE_OK && !found->same_only)
        st = restore(conn, found, &session, clock_us);
    attempt_waits(NULL);
    if (st != STORE_OK)
        return st;
    rds_place_text(&found->place, address);
    if (found->same_only && !is_same(&master.generation, &session)) {
        snprintf(rds.why, sizeof(rds.why),
                 "%.120s: no majority of the sentinels, and not the server of before",
                 address);
        return STORE_AWAY;
    }
    atomic_store(&rds.clock_us, clock_us);
    if (put_to_use(conn, found, &session))
        return STORE_OK;
    snprintf(rds.why, sizeof(rds.why), "%.120s: no longer the master", address);
    return STORE_AWAY;
}

enum store_status rds_master_connect(int64_t deadline_ns)
{
    struct rds_conn conn;
    enum store_status st;
    struct found found;

    st = find(&found, deadline_ns);
    if (st != STORE_OK)
        return st;
    attempt_begin(&found.place);
    st = rds_conn_open(&conn, &found.place, &master.cancel, deadline_ns, rds.why,
                       sizeof(rds.why));
    if (st == STORE_OK) {
        st = enter(&conn, &found, deadline_ns);
        if (st != STORE_OK)
            rds_conn_close(&conn);
    }
    attempt_waits(NULL);
    return st;
}

/* ---- start and stop ------------------------------------------------------ */

static bool needs_tls(const struct rds_url *url)
{
    return rds_url_is_tls(url) || url->sentinel_tls;
}

bool rds_master_start(void)
{
    memset(&master.place, 0, sizeof(master.place));
    memset(&master.tried, 0, sizeof(master.tried));
    memset(&master.generation, 0, sizeof(master.generation));
    memset(&master.session, 0, sizeof(master.session));
    if (needs_tls(&rds.url) && !rds_tls_setup(rds.why, sizeof(rds.why)))
        return false;
    if (!rds_url_has_sentinels(&rds.url) || rds_sentinel_start(&rds.url, news))
        return true;
    snprintf(rds.why, sizeof(rds.why), "out of memory");
    return false;
}

void rds_master_stop(void)
{
    rds_sentinel_stop();
    rds_tls_teardown();
}

void rds_master_forget(void)
{
    rds_sentinel_forget();
    memset(&master, 0, sizeof(master));
}
