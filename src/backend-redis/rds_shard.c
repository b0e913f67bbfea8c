/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_shard.h"

#include <stdlib.h>

#include "backend-redis/rds_client.h"
#include "base/clock.h"
#include "base/logline.h"

enum {
    CONNECT_MS = 2000,
    BACKOFF_FIRST_MS = 20,
    BACKOFF_MAX_MS = 500,
    BACKOFF_IDLE_MS = 5000 /* it has no slots, so nobody waits for it */
};

/* conn: what may have to be cut short from now on; NULL: nothing. */
static void attempt_waits(struct rds_shard *s, struct rds_conn *conn)
{
    pthread_mutex_lock(&s->pipe.lock);
    s->trying = conn;
    if (conn && atomic_load(&s->stop))
        rds_conn_shut(conn);
    pthread_mutex_unlock(&s->pipe.lock);
}

static enum store_status shard_connect(struct rds_shard *s)
{
    const int64_t deadline_ns = clv_deadline_ns(CONNECT_MS * CLV_NS_PER_MS);
    struct rds_session session;
    struct rds_conn conn;
    enum store_status st;
    int64_t clock_us;

    st = rds_conn_open(&conn, &s->place, &s->stop, deadline_ns, s->why, sizeof(s->why));
    if (st != STORE_OK)
        return st;
    attempt_waits(s, &conn);
    st = rds_session_begin(&conn, &s->place, s->url, &s->session, &session, &clock_us,
                           deadline_ns, s->why, sizeof(s->why));
    attempt_waits(s, NULL);
    if (st != STORE_OK) {
        rds_conn_close(&conn);
        return st;
    }
    atomic_store(&rds.clock_us, clock_us);
    s->session = session;
    pthread_mutex_lock(&s->pipe.lock);
    rds_pipe_raise(&s->pipe, &conn, 0);
    pthread_mutex_unlock(&s->pipe.lock);
    return STORE_OK;
}

static void report(struct rds_shard *s, enum store_status st)
{
    char address[RDS_PLACE_TEXT];

    if (atomic_load(&s->stop))
        return;
    if (st == STORE_OK && s->complained)
        clv_log(CLV_LOG_WARNING, "redis: connected again, to %s",
                rds_place_text(&s->place, address));
    else if (st != STORE_OK && !s->complained && atomic_load(&s->n_slots) > 0)
        clv_log(CLV_LOG_ERROR, "redis: no connection, trying again: %s", s->why);
    else
        return;
    s->complained = st != STORE_OK;
}

/* Lock held, released meanwhile. */
static void shard_rest(struct rds_shard *s)
{
    const int half = s->backoff_ms / 2;
    const int64_t until_ns = clv_deadline_ns(
        (half + (int)(rand_r(&s->seed) % (unsigned)s->backoff_ms)) * CLV_NS_PER_MS);

    while (!atomic_load(&s->stop) &&
           rds_cond_wait(&s->pipe.changed, &s->pipe.lock, until_ns)) {
    }
    s->backoff_ms *= 2;
    if (s->backoff_ms > (atomic_load(&s->n_slots) ? BACKOFF_MAX_MS : BACKOFF_IDLE_MS))
        s->backoff_ms = atomic_load(&s->n_slots) ? BACKOFF_MAX_MS : BACKOFF_IDLE_MS;
}

static void *shard_main(void *arg)
{
    struct rds_shard *s = arg;
    enum store_status st;

    pthread_mutex_lock(&s->pipe.lock);
    while (!atomic_load(&s->stop)) {
        if (s->pipe.up) {
            pthread_cond_wait(&s->pipe.changed, &s->pipe.lock);
            continue;
        }
        pthread_mutex_unlock(&s->pipe.lock);
        st = shard_connect(s);
        report(s, st);
        if (st != STORE_OK)
            rds_pipe_refuse(&s->pipe, st == STORE_AWAY ? STORE_OK : st);
        pthread_mutex_lock(&s->pipe.lock);
        if (st == STORE_OK)
            s->backoff_ms = BACKOFF_FIRST_MS;
        else
            shard_rest(s);
    }
    pthread_mutex_unlock(&s->pipe.lock);
    return NULL;
}

struct rds_shard *rds_shard_start(const struct rds_place *place,
                                  const struct rds_url *url,
                                  const struct rds_router *router, unsigned first_writer,
                                  unsigned n_writers)
{
    struct rds_shard *s = calloc(1, sizeof(*s));

    if (!s)
        return NULL;
    rds_pipe_init(&s->pipe);
    rds_pipe_share(&s->pipe, router, first_writer, n_writers);
    s->place = *place;
    s->url = url;
    s->backoff_ms = BACKOFF_FIRST_MS;
    s->seed = rds.writer + first_writer;
    if (rds_thread_start_for(&s->thread, shard_main, s))
        return s;
    rds_pipe_free(&s->pipe);
    free(s);
    return NULL;
}

void rds_shards_stop(struct rds_shard **shards, unsigned n)
{
    unsigned i;

    for (i = 0; i < n; i++) {
        pthread_mutex_lock(&shards[i]->pipe.lock);
        atomic_store(&shards[i]->stop, true);
        if (shards[i]->trying)
            rds_conn_shut(shards[i]->trying);
        pthread_cond_broadcast(&shards[i]->pipe.changed);
        pthread_mutex_unlock(&shards[i]->pipe.lock);
    }
    for (i = 0; i < n; i++) {
        pthread_join(shards[i]->thread, NULL);
        rds_pipe_free(&shards[i]->pipe);
        free(shards[i]);
    }
}
