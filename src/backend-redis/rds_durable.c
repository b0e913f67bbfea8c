/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_durable.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_lineage.h"
#include "backend-redis/rds_master.h"
#include "backend-redis/rds_owner.h"
#include "backend-redis/rds_replicas.h"
#include "backend-redis/rds_session.h"
#include "backend-redis/rds_stats.h"
#include "backend-redis/rds_talk.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/settings.h"

enum {
    CONNECT_MS = 3000,
    RETRY_MS = 50,
    REFRESH_MS = 1000,   /* how old the list of members may be */
    OWNER_MS = 1500,     /* one attempt to make ownership clear */
    FIRST_WAIT_MS = 200, /* WAIT's limit when somebody is slow */
    REPEATED_WAIT_MS = 50,
    CONTACT_MS = 2500 /* sentinels hear of the master every second */
};

static struct {
    struct rds_pipe pipe; /* its lock guards the rest, where not said otherwise */
    struct rds_round round;
    struct rds_replicas replicas;
    uint64_t generation; /* of the connection, or of the last one */
    pthread_t thread;
    bool ready, started, stop;
    atomic_bool cancel; /* a connect that is under way */

    /* the question under way: the leader's while it hears the answers */
    bool thorough;
    int64_t offset;   /* where the batch ends; -1: not known */
    int64_t reached;  /* WAIT's answer; -1: none */
    redisReply *role; /* owned; the last ROLE */

    /* the thread's own */
    struct rds_session session;
    struct rds_lineage lineage;
    int64_t refresh_ns; /* when the members are to be read again */
} durable;

static struct {
    bool strict;
    int64_t hold_ns;
} settings;

/* ---- the question after each batch --------------------------------------- */

static void members_key(char *out, size_t size)
{
    snprintf(out, size, "%s:members", rds.prefix);
}

static void req_role(struct rds_req *req)
{
    rds_req_command(req, 1);
    rds_req_text(req, "ROLE");
}

/* WAIT waits for what its own connection has written and says how many have it, not who;
 * ROLE says who is connected. That is enough when all who are have it. Else there is a
 * second question with a write of its own, because WAIT does not wait for an old one, and
 * with a ROLE in front of WAIT, which says where the master's data ends: from the offsets
 * in the last ROLE follows who has got that far. */
static void ask(struct rds_round *round, struct rds_req *req, bool again, bool resent)
{
    char key[RDS_NAMESPACE_MAX + 8];
    size_t n = rds_replicas_wanted(&durable.replicas);

    (void)round;
    if (again && durable.offset >= 0)
        n = rds_replicas_reached(&durable.replicas, durable.offset) + 1;
    else
        durable.offset = -1;
    durable.thorough = again || resent;
    if (durable.thorough) {
        snprintf(key, sizeof(key), "%s:synced", rds.prefix);
        rds_req_command(req, 2);
        rds_req_text(req, "INCR");
        rds_req_text(req, key);
        req_role(req);
    }
    rds_req_command(req, 3);
    rds_req_text(req, "WAIT");
    rds_req_int(req, (int64_t)n);
    rds_req_int(req, again ? REPEATED_WAIT_MS : FIRST_WAIT_MS);
    req_role(req);
}

/* {INCR, ROLE, WAIT, ROLE} or {WAIT, ROLE} */
static void hear(struct rds_round *round, uint32_t i, redisReply *reply)
{
    const uint32_t wait = durable.thorough ? 2 : 0;
    int64_t n;

    (void)round;
    if (durable.thorough && i == 1 && durable.offset < 0 &&
        rds_reply_int(rds_reply_at(reply, 1), &n))
        durable.offset = n;
    if (i == wait)
        durable.reached = rds_reply_int(reply, &n) ? n : -1;
    if (i == wait + 1) {
        if (durable.role)
            rds_reply_free(durable.role);
        durable.role = reply;
        return;
    }
    rds_reply_free(reply);
}

/* Where the data ends that everybody must have; -1: not known, ask thoroughly. */
static int64_t end_of_batch(const struct rds_replicas *r)
{
    if (durable.thorough)
        return durable.offset;
    return !r->changed && durable.reached >= (int64_t)r->n_listed ? 0 : -1;
}

static enum rds_verdict judge(struct rds_round *round)
{
    struct rds_replicas *r = &durable.replicas;
    int64_t end, here;
    bool ok;

    (void)round;
    ok = durable.reached >= 0 && rds_replicas_look(r, durable.role, &here);
    if (durable.role)
        rds_reply_free(durable.role);
    durable.role = NULL;
    end = end_of_batch(r);
    if (!ok || (durable.thorough && end < 0))
        return RDS_ROUND_LOST;
    ok = end >= 0 && rds_replicas_settled(r, end, clv_now_ns());
    if (r->owner_wanted || r->strangers)
        pthread_cond_broadcast(&durable.pipe.changed);
    rds_stat_add(ok ? RDS_STAT_sync_rounds : RDS_STAT_sync_repeats, 1);
    return ok ? RDS_ROUND_DONE : RDS_ROUND_AGAIN;
}

/* ---- the list of members ------------------------------------------------- */

/* {address, "in" or "out", ...}. Lock held. */
static void members_take(const redisReply *list)
{
    size_t i;

    if (!list || list->type != REDIS_REPLY_ARRAY)
        return;
    rds_replicas_members_begin(&durable.replicas);
    for (i = 0; i + 1 < list->elements; i += 2)
        if (rds_reply_bytes(list->element[i]).base)
            rds_replicas_member(&durable.replicas, list->element[i]->str,
                                rds_reply_is(list->element[i + 1], "out"));
    rds_replicas_members_end(&durable.replicas);
}

/* HSETNX for each that is connected, and for the master itself: it will be a replica
 * after the next fail-over. Lock held. */
static void members_add(struct rds_req *req, const char *key)
{
    struct rds_replicas *r = &durable.replicas;
    size_t i;

    for (i = 0; i < r->n + 1; i++) {
        const char *address = i < r->n ? r->at[i].address : r->self[1];

        if (!address[0] || (i < r->n && !r->at[i].listed))
            continue;
        rds_req_command(req, 4);
        rds_req_text(req, "HSETNX");
        rds_req_text(req, key);
        rds_req_text(req, address);
        rds_req_text(req, "in");
    }
    r->strangers = false;
}

static void members_request(struct rds_req *req)
{
    char key[RDS_NAMESPACE_MAX + 16];

    members_key(key, sizeof(key));
    pthread_mutex_lock(&durable.pipe.lock);
    members_add(req, key);
    pthread_mutex_unlock(&durable.pipe.lock);
    rds_req_command(req, 2);
    rds_req_text(req, "HGETALL");
    rds_req_text(req, key);
}

static void members_refresh(void)
{
    struct rds_call call;

    rds_call_init(&call, false);
    call.impatient = true;
    members_request(&call.req);
    if (rds_run(&call, clv_deadline_ns(REFRESH_MS * CLV_NS_PER_MS)) == STORE_OK) {
        pthread_mutex_lock(&durable.pipe.lock);
        members_take(call.last);
        pthread_mutex_unlock(&durable.pipe.lock);
    }
    rds_call_free(&call);
    durable.refresh_ns = clv_deadline_ns(REFRESH_MS * CLV_NS_PER_MS);
}

/* ---- connecting ---------------------------------------------------------- */

/* The addresses under which the master may be known to its replicas. Lock held. */
static void self_note(const struct rds_conn *conn, const struct rds_place *place)
{
    struct rds_replicas *r = &durable.replicas;
    struct sockaddr_storage sa;
    socklen_t len = sizeof(sa);
    struct rds_place peer = {.port = place->port};

    rds_place_text(place, r->self[0]);
    r->self[1][0] = '\0';
    if (place->port && getpeername(conn->fd, (struct sockaddr *)&sa, &len) == 0 &&
        getnameinfo((struct sockaddr *)&sa, len, peer.host, sizeof(peer.host), NULL, 0,
                    NI_NUMERICHOST) == 0)
        rds_place_text(&peer, r->self[1]);
}

/* The next member that is absent, from *i on. */
static bool absent_next(size_t *i, char out[RDS_PLACE_TEXT])
{
    const struct rds_replicas *r = &durable.replicas;
    bool found = false;

    pthread_mutex_lock(&durable.pipe.lock);
    for (; *i < r->n && !found; ++*i) {
        found = !r->at[*i].listed && !r->at[*i].excluded;
        memcpy(out, r->at[*i].address, RDS_PLACE_TEXT);
    }
    pthread_mutex_unlock(&durable.pipe.lock);
    return found;
}

/* Behind a virtual address or a socket, the master may be a member under another name. */
static void self_find(void)
{
    char address[RDS_PLACE_TEXT];
    size_t i = 0;

    while (absent_next(&i, address)) {
        if (!rds_owner_is_at(address, durable.session.run_id))
            continue;
        pthread_mutex_lock(&durable.pipe.lock);
        memcpy(durable.replicas.self[2], address, RDS_PLACE_TEXT);
        pthread_mutex_unlock(&durable.pipe.lock);
    }
}

/* Add the histories that this process has seen to those that are noted in the store. If
 * it does not let us, the one before is known all the same. */
static void lineage_note(const struct rds_talk *t)
{
    char key[RDS_NAMESPACE_MAX + 16], text[RDS_LINEAGE_TEXT];
    struct rds_lineage all = {.n = 0};
    enum store_status st;
    redisReply *reply;
    size_t i;

    snprintf(key, sizeof(key), "%s:lineage", rds.prefix);
    reply = rds_talk_words(t, &st, 2, "GET", key);
    if (!reply)
        return;
    rds_lineage_merge(&all, rds_reply_bytes(reply));
    for (i = 0; i < durable.lineage.n; i++)
        rds_lineage_add(&all, durable.lineage.id[i]);
    rds_lineage_add(&all, durable.session.before);
    rds_lineage_add(&all, durable.session.replid);
    durable.lineage = all;
    rds_lineage_text(&all, text);
    if (!rds_reply_is(reply, text)) {
        rds_reply_free(reply);
        reply = rds_talk_words(t, &st, 3, "SET", key, text);
    }
    if (reply)
        rds_reply_free(reply);
}

/* Who is there, and who should be. */
static enum store_status survey(const struct rds_talk *t, uint64_t generation)
{
    enum store_status st;
    redisReply *role = rds_talk_words(t, &st, 1, "ROLE"), *list = NULL;
    struct rds_req req;
    int64_t offset;
    bool is_new = false;

    if (st == STORE_OK) {
        pthread_mutex_lock(&durable.pipe.lock);
        is_new = durable.generation != generation;
        if (is_new) {
            rds_replicas_reset(&durable.replicas);
            durable.replicas.self[2][0] = '\0';
        }
        durable.generation = generation;
        self_note(t->conn, t->place);
        if (!rds_replicas_look(&durable.replicas, role, &offset))
            st = rds_talk_fail(t, STORE_AWAY, "is not a master");
        pthread_mutex_unlock(&durable.pipe.lock);
    }
    if (role)
        rds_reply_free(role);
    if (st != STORE_OK)
        return st;
    rds_req_init(&req);
    members_request(&req);
    list = rds_talk_ask(t, &req, &st);
    if (st == STORE_OK) {
        pthread_mutex_lock(&durable.pipe.lock);
        members_take(list);
        pthread_mutex_unlock(&durable.pipe.lock);
    }
    if (list)
        rds_reply_free(list);
    if (st == STORE_OK && is_new) {
        lineage_note(t);
        self_find();
    }
    return st;
}

/* A strict write that cannot be acknowledged is better not executed at all. */
static enum store_status everybody_there(const struct rds_talk *t)
{
    char text[RDS_PLACE_TEXT + 60];
    const char *absent;

    if (!settings.strict)
        return STORE_OK;
    pthread_mutex_lock(&durable.pipe.lock);
    absent = rds_replicas_absent(&durable.replicas);
    if (absent)
        snprintf(text, sizeof(text), "strict, but member %s is not connected to it",
                 absent);
    pthread_mutex_unlock(&durable.pipe.lock);
    return absent ? rds_talk_fail(t, STORE_AWAY, text) : STORE_OK;
}

static bool is_generation(const struct rds_generation *g, const struct rds_session *s)
{
    return strcmp(g->run_id, s->run_id) == 0 && strcmp(g->replid, s->replid) == 0;
}

static enum store_status enter(const struct rds_talk *t, const struct rds_generation *g)
{
    struct rds_session session;
    struct rds_generation now;
    enum store_status st;
    int64_t clock_us;

    st = rds_session_begin(t->conn, t->place, &rds.url, &durable.session, &session,
                           &clock_us, t->deadline_ns, t->why, t->why_size);
    if (st != STORE_OK)
        return st;
    durable.session = session;
    if (!is_generation(g, &session)) {
        rds_generation_get(&now);
        if (now.number == g->number)
            rds_pipe_drop(&rds.pipe); /* it is about to find out itself */
        return rds_talk_fail(t, STORE_AWAY, "is not the server of before");
    }
    st = survey(t, g->number);
    return st == STORE_OK ? everybody_there(t) : st;
}

static enum store_status connect_once(char *why, size_t why_size)
{
    const int64_t deadline_ns = clv_deadline_ns(CONNECT_MS * CLV_NS_PER_MS);
    struct rds_generation g;
    struct rds_place place;
    struct rds_conn conn;
    struct rds_talk t = {&conn, &place, deadline_ns, why, why_size};
    enum store_status st;

    rds_generation_get(&g);
    rds_place_get(&place);
    if (!g.number)
        return STORE_AWAY;
    st = rds_conn_open(&conn, &place, &durable.cancel, deadline_ns, why, why_size);
    if (st != STORE_OK)
        return st;
    st = enter(&t, &g);
    if (st != STORE_OK) {
        rds_conn_close(&conn);
        return st;
    }
    pthread_mutex_lock(&durable.pipe.lock);
    rds_pipe_raise(&durable.pipe, &conn, g.number);
    pthread_mutex_unlock(&durable.pipe.lock);
    durable.refresh_ns = clv_deadline_ns(REFRESH_MS * CLV_NS_PER_MS);
    return STORE_OK;
}

static void reconnect(void)
{
    char why[256] = "";
    const enum store_status st = connect_once(why, sizeof(why));

    if (st == STORE_OK)
        return;
    rds_pipe_refuse(&durable.pipe, st == STORE_AWAY ? STORE_OK : st);
    if (why[0] && rds_pipe_may_complain(&durable.pipe))
        clv_log(CLV_LOG_WARNING, "redis: no synchronous writes now: %s", why);
    pthread_mutex_lock(&durable.pipe.lock);
    if (!durable.stop)
        rds_cond_wait(&durable.pipe.changed, &durable.pipe.lock,
                      clv_deadline_ns(RETRY_MS * CLV_NS_PER_MS));
    pthread_mutex_unlock(&durable.pipe.lock);
}

/* ---- ownership ----------------------------------------------------------- */

/* Lock held. *since_ns: when the last of them went missing who is still expected. */
static size_t missing_copy(char (*out)[RDS_PLACE_TEXT], int64_t *since_ns)
{
    const struct rds_replicas *r = &durable.replicas;
    size_t i, n = 0;

    *since_ns = 0;
    for (i = 0; i < r->n; i++)
        if (r->at[i].missing_ns > *since_ns && !r->at[i].excluded)
            *since_ns = r->at[i].missing_ns;
    for (i = 0; i < r->n; i++)
        if (!r->at[i].excluded && (!r->at[i].expected || r->at[i].missing_ns))
            memcpy(out[n++], r->at[i].address, RDS_PLACE_TEXT);
    return n;
}

static void ownership_clear_up(void)
{
    char missing[RDS_REPLICAS_MAX][RDS_PLACE_TEXT];
    const int64_t now_ns = clv_now_ns();
    int64_t since_ns, contact_ms = CONTACT_MS;
    enum rds_owner owner;
    size_t n;

    pthread_mutex_lock(&durable.pipe.lock);
    n = missing_copy(missing, &since_ns);
    pthread_mutex_unlock(&durable.pipe.lock);
    /* what cut the replica off may have cut the master off from everybody: they must have
     * heard of it since */
    if (since_ns && (now_ns - since_ns) / CLV_NS_PER_MS < contact_ms)
        contact_ms = (now_ns - since_ns) / CLV_NS_PER_MS;
    owner = rds_owner_check(missing, n, &durable.lineage, durable.session.replid,
                            contact_ms, clv_deadline_ns(OWNER_MS * CLV_NS_PER_MS));
    pthread_mutex_lock(&durable.pipe.lock);
    if (owner == RDS_OWNER_YES) {
        durable.replicas.owner_ns = now_ns;
        durable.replicas.owner_wanted = false;
    } else if (!durable.stop) {
        rds_cond_wait(&durable.pipe.changed, &durable.pipe.lock,
                      clv_deadline_ns(RETRY_MS * CLV_NS_PER_MS));
    }
    pthread_mutex_unlock(&durable.pipe.lock);
}

/* ---- the thread ---------------------------------------------------------- */

enum work { WORK_STOP, WORK_CONNECT, WORK_OWNERSHIP, WORK_MEMBERS };

/* Wait until there is something to do. */
static enum work work_wait(void)
{
    enum work work = WORK_MEMBERS;

    pthread_mutex_lock(&durable.pipe.lock);
    while (!durable.stop && durable.pipe.up && !durable.replicas.owner_wanted &&
           !durable.replicas.strangers &&
           rds_cond_wait(&durable.pipe.changed, &durable.pipe.lock, durable.refresh_ns)) {
    }
    if (durable.stop)
        work = WORK_STOP;
    else if (!durable.pipe.up)
        work = WORK_CONNECT;
    else if (durable.replicas.owner_wanted && clv_now_ns() < durable.refresh_ns)
        work = WORK_OWNERSHIP;
    pthread_mutex_unlock(&durable.pipe.lock);
    return work;
}

static void *durable_main(void *unused)
{
    (void)unused;
    for (;;)
        switch (work_wait()) {
        case WORK_STOP:
            return NULL;
        case WORK_CONNECT:
            reconnect();
            break;
        case WORK_OWNERSHIP:
            ownership_clear_up();
            break;
        case WORK_MEMBERS:
            members_refresh();
            break;
        }
}

/* ---- start and stop ------------------------------------------------------ */

bool rds_durable_settings(void)
{
    const char *mode = clv_setting("CLOVIS_SYNC_MODE");
    int64_t hold_ms;

    if (mode && strcmp(mode, "available") && strcmp(mode, "strict")) {
        clv_log(CLV_LOG_ERROR, "CLOVIS_SYNC_MODE=%.80s, expected available or strict",
                mode);
        return false;
    }
    if (!clv_setting_int("CLOVIS_SYNC_HOLD_MS", 100, 600000, 2000, &hold_ms))
        return false;
    settings.strict = mode && strcmp(mode, "strict") == 0;
    settings.hold_ns = hold_ms * CLV_NS_PER_MS;
    return true;
}

bool rds_durable_init(void)
{
    memset(&durable, 0, sizeof(durable));
    rds_pipe_init(&durable.pipe);
    durable.round = (struct rds_round){ask, hear, judge};
    durable.replicas.strict = settings.strict;
    durable.replicas.hold_ns = settings.hold_ns;
    durable.ready = rds_pipe_rounds(&durable.pipe, &durable.round);
    if (!durable.ready)
        rds_pipe_free(&durable.pipe);
    return durable.ready;
}

void rds_durable_stop(void)
{
    bool started;

    pthread_mutex_lock(&durable.pipe.lock);
    started = durable.started;
    durable.stop = true;
    atomic_store(&durable.cancel, true);
    pthread_cond_broadcast(&durable.pipe.changed);
    pthread_mutex_unlock(&durable.pipe.lock);
    if (started)
        pthread_join(durable.thread, NULL);
}

void rds_durable_free(void)
{
    if (!durable.ready)
        return;
    if (durable.role)
        rds_reply_free(durable.role);
    rds_pipe_free(&durable.pipe);
    durable.ready = false;
}

void rds_durable_forget(void)
{
    if (durable.ready && durable.pipe.conn.fd >= 0)
        close(durable.pipe.conn.fd);
    memset(&durable, 0, sizeof(durable));
}

static void cluster_say(void)
{
    static atomic_flag said = ATOMIC_FLAG_INIT;

    if (!atomic_flag_test_and_set(&said))
        clv_log(CLV_LOG_WARNING,
                "redis: in a Redis Cluster, writes of ALL_REPLICAS checkpoints and "
                "Synchronize do not wait for the replicas");
}

void rds_durable_prepare(void)
{
    if (rds.clustered) {
        cluster_say();
        return;
    }
    pthread_mutex_lock(&durable.pipe.lock);
    if (!durable.started && !durable.stop)
        durable.started = rds_thread_start(&durable.thread, durable_main);
    pthread_mutex_unlock(&durable.pipe.lock);
}

void rds_durable_renew(void)
{
    uint64_t generation;

    pthread_mutex_lock(&durable.pipe.lock);
    generation = durable.generation;
    pthread_mutex_unlock(&durable.pipe.lock);
    if (generation)
        rds_pipe_drop(&durable.pipe);
}

enum store_status rds_durable_run(struct rds_call *call, int64_t deadline_ns)
{
    const int64_t begun_ns = clv_now_ns();
    enum store_status st;

    if (!atomic_load(&rds.running))
        return STORE_AWAY;
    if (rds.clustered) /* nobody waits for the replicas */
        return rds_run(call, deadline_ns);
    rds_durable_prepare();
    st = rds_call_run(&durable.pipe, call, deadline_ns);
    rds_stat_add(RDS_STAT_sync_writes, 1);
    rds_stat_add(RDS_STAT_sync_us, (uint64_t)(clv_now_ns() - begun_ns) / 1000);
    return st;
}
