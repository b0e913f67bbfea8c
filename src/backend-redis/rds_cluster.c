/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_shard.h"
#include "backend-redis/rds_slot.h"
#include "backend-redis/rds_slot_map.h"
#include "backend-redis/rds_stats.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/settings.h"

enum {
    SHARDS_MAX = 32,
    WRITERS_EACH = 8, /* SHARDS_MAX times this is what common.lua knows */
    ASK_MS = 1000,    /* one server, with connecting */
    POLL_MS = 1000,
    HURRY_MS = 50 /* between two questions, however many calls are sent away */
};

static struct {
    /* append-only while the client runs; written by the thread */
    struct rds_shard *shard[SHARDS_MAX];
    atomic_uint n;
    atomic_uchar owner[RDS_SLOTS_OF_CLUSTER]; /* index of a shard */
    atomic_uint changes;

    pthread_mutex_t lock; /* guards what follows; a leaf */
    pthread_cond_t changed;
    bool hurry, stop;
    bool wants;              /* a call was sent to a server that is not known yet */
    struct rds_place wanted; /* that one */
    struct rds_conn *trying; /* what the thread waits for */

    /* the thread's own */
    struct rds_conn conn; /* to the server that was asked last */
    struct rds_place asked;
    unsigned turn; /* who is asked next */
    bool known;    /* there has been an answer */
    bool full_logged;

    pthread_t thread;
    bool started;
    atomic_bool cancel;
} cluster = {.lock = PTHREAD_MUTEX_INITIALIZER, .conn = {.fd = -1}};

/* ---- the way ------------------------------------------------------------- */

static struct rds_pipe *owner_of(int slot)
{
    const unsigned i = slot < 0 ? 0 : atomic_load(&cluster.owner[slot]);

    return &cluster.shard[i]->pipe;
}

static struct rds_shard *shard_at(const struct rds_place *place)
{
    const unsigned n = atomic_load(&cluster.n);
    unsigned i;

    for (i = 0; i < n; i++)
        if (rds_place_equal(&cluster.shard[i]->place, place))
            return cluster.shard[i];
    return NULL;
}

/* Let the thread ask at once; place, unless NULL, is a server to be made known. */
static void hurry(const struct rds_place *place)
{
    pthread_mutex_lock(&cluster.lock);
    cluster.hurry = true;
    if (place) {
        cluster.wants = true;
        cluster.wanted = *place;
    }
    pthread_cond_broadcast(&cluster.changed);
    pthread_mutex_unlock(&cluster.lock);
}

/* "MOVED 3999 127.0.0.1:6381": the data is there for good, or, by ASK, what is not here
 * any more is there already. */
static struct rds_pipe *sent_away(struct rds_pipe *pipe, struct rds_call *call,
                                  const char *line)
{
    const bool asking = rds_error_is(line, "ASK");
    const struct rds_shard *from = (const struct rds_shard *)(const void *)pipe;
    struct rds_shard *to;
    struct rds_place place;

    if (!rds_slot_map_redirect(line, &from->place, &place))
        return pipe;
    to = shard_at(&place);
    hurry(to ? NULL : &place);
    if (!to || (asking && !rds_slot_may_ask(&call->req)))
        return pipe;
    call->asking = asking;
    return &to->pipe;
}

static struct rds_pipe *where(struct rds_pipe *pipe, struct rds_call *call,
                              const char *line)
{
    if (line && (rds_error_is(line, "MOVED") || rds_error_is(line, "ASK")))
        return sent_away(pipe, call, line);
    return owner_of(call->cluster_slot);
}

static const struct rds_router router = {where};

enum store_status rds_cluster_run(struct rds_call *call, int64_t deadline_ns)
{
    if (atomic_load(&cluster.n) == 0)
        return STORE_AWAY;
    call->cluster_slot = rds_slot_of_req(&call->req);
    return rds_call_run(owner_of(call->cluster_slot), call, deadline_ns);
}

unsigned rds_cluster_changes(void)
{
    return atomic_load(&cluster.changes);
}

/* ---- the map ------------------------------------------------------------- */

/* The shard of a server, made when it is new; SHARDS_MAX: that cannot be. */
static unsigned shard_get(const struct rds_place *place)
{
    const unsigned n = atomic_load(&cluster.n);
    unsigned i;

    for (i = 0; i < n; i++)
        if (rds_place_equal(&cluster.shard[i]->place, place))
            return i;
    if (n < SHARDS_MAX)
        cluster.shard[n] =
            rds_shard_start(place, &rds.url, &router, n * WRITERS_EACH, WRITERS_EACH);
    if (n < SHARDS_MAX && cluster.shard[n]) {
        atomic_store(&cluster.n, n + 1);
        return n;
    }
    if (!cluster.full_logged)
        clv_log(CLV_LOG_ERROR,
                "redis: the cluster has had more than %d servers with slots, or there is "
                "no memory: a part of it is not reached",
                SHARDS_MAX);
    cluster.full_logged = true;
    return SHARDS_MAX;
}

/* Take the owners over, and count what each has. */
static void owners_take(const redisReply *map, unsigned counts[SHARDS_MAX])
{
    struct rds_slot_range r;
    unsigned at, slot;
    size_t i;

    for (i = 0; i < map->elements; i++) {
        if (!rds_slot_map_range(map, i, &cluster.asked, &r))
            continue;
        at = shard_get(&r.place);
        for (slot = r.first; at < SHARDS_MAX && slot <= r.last; slot++)
            atomic_store(&cluster.owner[slot], (unsigned char)at);
        if (at < SHARDS_MAX)
            counts[at] += r.last - r.first + 1;
    }
}

/* A server that has lost all it had is left, with whatever is under way there: it may
 * never answer. Calls that wait for one that is away look where they belong now. */
static void shards_leave(const unsigned counts[SHARDS_MAX])
{
    const unsigned n = atomic_load(&cluster.n);
    char address[RDS_PLACE_TEXT];
    unsigned i, had;

    for (i = 0; i < n; i++) {
        had = atomic_exchange(&cluster.shard[i]->n_slots, counts[i]);
        if (counts[i] < had)
            atomic_fetch_add(&cluster.changes, 1);
        if (had > 0 && counts[i] == 0) {
            clv_log(CLV_LOG_WARNING, "redis: %s has no slots of the cluster any more",
                    rds_place_text(&cluster.shard[i]->place, address));
            rds_stat_add(RDS_STAT_failovers, 1);
            rds_pipe_drop(&cluster.shard[i]->pipe);
        }
        rds_pipe_reroute(&cluster.shard[i]->pipe);
    }
}

static void map_take(const redisReply *map)
{
    unsigned counts[SHARDS_MAX] = {0};

    owners_take(map, counts);
    shards_leave(counts);
    if (cluster.known || atomic_load(&cluster.n) == 0)
        return;
    cluster.known = true;
    rds_first_report(STORE_OK);
}

/* ---- asking -------------------------------------------------------------- */

/* conn: what may have to be cut short from now on; NULL: nothing. */
static void attempt_waits(struct rds_conn *conn)
{
    pthread_mutex_lock(&cluster.lock);
    cluster.trying = conn;
    if (conn && cluster.stop)
        rds_conn_shut(conn);
    pthread_mutex_unlock(&cluster.lock);
}

/* Who is asked: the servers that are known, then those of the URL, in turn. */
static void asked_next(void)
{
    const unsigned n = atomic_load(&cluster.n);
    const unsigned i = cluster.turn++ % (n + rds.url.n_hosts);

    if (i < n)
        cluster.asked = cluster.shard[i]->place;
    else
        rds_url_place(&rds.url, i - n, &cluster.asked);
}

static enum store_status ask_server(int64_t deadline_ns, redisReply **map)
{
    const struct rds_talk t = {&cluster.conn, &cluster.asked, deadline_ns, rds.why,
                               sizeof(rds.why)};
    enum store_status st = STORE_OK;

    *map = NULL;
    if (cluster.conn.fd < 0) {
        st = rds_conn_open(&cluster.conn, &cluster.asked, &cluster.cancel, deadline_ns,
                           rds.why, sizeof(rds.why));
        if (st != STORE_OK)
            return st;
        attempt_waits(&cluster.conn);
        st = rds_talk_auth(&t, rds.url.user, rds.url.password);
    } else {
        attempt_waits(&cluster.conn);
    }
    if (st == STORE_OK)
        *map = rds_slot_map_ask(&t, &st);
    attempt_waits(NULL);
    if (st != STORE_OK)
        rds_conn_close(&cluster.conn);
    return st;
}

/* Ask one after the other until one knows. */
static enum store_status map_ask(void)
{
    const unsigned n_all = 1 + atomic_load(&cluster.n) + rds.url.n_hosts;
    enum store_status st = STORE_AWAY;
    redisReply *map;
    unsigned i;

    for (i = 0; i < n_all && !atomic_load(&cluster.cancel); i++) {
        if (cluster.conn.fd < 0)
            asked_next();
        st = ask_server(clv_deadline_ns(ASK_MS * CLV_NS_PER_MS), &map);
        if (st == STORE_OK) {
            map_take(map);
            rds_reply_free(map);
            return STORE_OK;
        }
    }
    return st;
}

/* Lock held, released meanwhile. */
static void map_rest(int64_t asked_ns, bool known)
{
    const int64_t soon_ns = asked_ns + HURRY_MS * CLV_NS_PER_MS;
    const int64_t until_ns = known ? asked_ns + POLL_MS * CLV_NS_PER_MS : soon_ns;

    while (!cluster.stop && !cluster.hurry &&
           rds_cond_wait(&cluster.changed, &cluster.lock, until_ns)) {
    }
    while (!cluster.stop && cluster.hurry &&
           rds_cond_wait(&cluster.changed, &cluster.lock, soon_ns)) {
    }
}

static void *map_main(void *unused)
{
    struct rds_place wanted;
    enum store_status st;
    int64_t asked_ns;
    bool wants;

    (void)unused;
    pthread_mutex_lock(&cluster.lock);
    while (!cluster.stop) {
        wants = cluster.wants;
        wanted = cluster.wanted;
        cluster.hurry = cluster.wants = false;
        pthread_mutex_unlock(&cluster.lock);
        if (wants)
            shard_get(&wanted);
        st = map_ask();
        asked_ns = clv_now_ns();
        if (st != STORE_OK && !cluster.known)
            rds_first_report(st == STORE_AWAY ? STORE_AWAY : STORE_REFUSED);
        pthread_mutex_lock(&cluster.lock);
        map_rest(asked_ns, st == STORE_OK);
    }
    pthread_mutex_unlock(&cluster.lock);
    return NULL;
}

/* ---- start and stop ------------------------------------------------------ */

bool rds_cluster_settings(void)
{
    const char *mode = clv_setting("CLOVIS_SYNC_MODE");
    const char *cache = clv_setting("CLOVIS_READ_CACHE");

    if (mode && strcmp(mode, "strict") == 0) {
        clv_log(CLV_LOG_ERROR, "CLOVIS_SYNC_MODE=strict: not with a Redis Cluster, "
                               "expected available");
        return false;
    }
    if (cache && strcmp(cache, "on") == 0)
        clv_log(CLV_LOG_WARNING,
                "CLOVIS_READ_CACHE=on has no effect with a Redis Cluster");
    return true;
}

bool rds_cluster_start(void)
{
    unsigned i;

    for (i = 0; i < RDS_SLOTS_OF_CLUSTER; i++)
        atomic_store(&cluster.owner[i], 0);
    cluster.stop = cluster.hurry = cluster.wants = false;
    cluster.known = cluster.full_logged = false;
    cluster.turn = 0;
    atomic_store(&cluster.cancel, false);
    rds_cond_init(&cluster.changed);
    cluster.started = rds_thread_start(&cluster.thread, map_main);
    return cluster.started;
}

void rds_cluster_stop(void)
{
    if (!cluster.started)
        return;
    pthread_mutex_lock(&cluster.lock);
    cluster.stop = true;
    atomic_store(&cluster.cancel, true);
    if (cluster.trying)
        rds_conn_shut(cluster.trying);
    pthread_cond_broadcast(&cluster.changed);
    pthread_mutex_unlock(&cluster.lock);
    pthread_join(cluster.thread, NULL);
    cluster.started = false;
    rds_conn_close(&cluster.conn);
    rds_shards_stop(cluster.shard, atomic_exchange(&cluster.n, 0));
    pthread_cond_destroy(&cluster.changed);
}

void rds_cluster_forget(void)
{
    const unsigned n = atomic_load(&cluster.n);
    unsigned i;

    for (i = 0; i < n; i++)
        if (cluster.shard[i]->pipe.conn.fd >= 0)
            close(cluster.shard[i]->pipe.conn.fd);
    if (cluster.conn.fd >= 0)
        close(cluster.conn.fd);
    memset(&cluster, 0, sizeof(cluster));
    pthread_mutex_init(&cluster.lock, NULL);
    cluster.conn.fd = -1;
}
