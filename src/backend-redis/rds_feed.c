/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_feed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend-redis/rds_feed_in.h"

struct rds_feeds rds_feeds = {.lock = PTHREAD_MUTEX_INITIALIZER,
                              .list = TAILQ_HEAD_INITIALIZER(rds_feeds.list),
                              .conn = {.fd = -1}};

enum store_status rds_feed_number(struct store_ckpt *ckpt, int64_t *out,
                                  int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, false);
    rds_req_command(&call.req, 4);
    rds_req_text(&call.req, "HMGET");
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_META));
    rds_req_text(&call.req, "format");
    rds_req_text(&call.req, "change");
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK && !rds_reply_bytes(rds_reply_at(call.last, 0)).base)
        st = rds_ckpt_note(ckpt, STORE_GONE);
    *out = 0;
    rds_reply_int(rds_reply_at(call.last, 1), out);
    rds_call_free(&call);
    return st;
}

/* Lock held. */
static bool on_feed_thread(void)
{
    return rds_feeds.started && pthread_equal(pthread_self(), rds_feeds.thread);
}

/* Lock held, released while a callback ends. */
static void feed_remove(struct rds_feed *f)
{
    f->fn = NULL;
    if (on_feed_thread() && f->busy) {
        f->dead = true; /* freed when its callback has returned */
        return;
    }
    while (f->busy)
        pthread_cond_wait(&rds_feeds.news, &rds_feeds.lock);
    TAILQ_REMOVE(&rds_feeds.list, f, link);
    free(f);
}

void rds_feed_end(struct store_ckpt *ckpt)
{
    struct rds_feed *f;

    if (!ckpt->notify || ckpt->era != atomic_load(&rds.era))
        return;
    pthread_mutex_lock(&rds_feeds.lock);
    f = ckpt->feed;
    ckpt->feed = NULL;
    if (f)
        feed_remove(f);
    pthread_mutex_unlock(&rds_feeds.lock);
}

/* The thread may be waiting for less than all of it: make it look again. */
static void feed_interrupt(int64_t client_id, int64_t deadline_ns)
{
    struct rds_call call;

    if (!client_id)
        return;
    rds_call_init(&call, false);
    rds_req_command(&call.req, 3);
    rds_req_text(&call.req, "CLIENT");
    rds_req_text(&call.req, "UNBLOCK");
    rds_req_int(&call.req, client_id);
    rds_run(&call, deadline_ns);
    rds_call_free(&call);
}

static enum store_status feed_add(struct store_ckpt *ckpt, store_feed_fn fn, void *arg,
                                  int64_t seen)
{
    struct rds_feed *f = calloc(1, sizeof(*f));
    bool ok;

    if (!f)
        return STORE_NO_MEM;
    *f = (struct rds_feed){.ckpt = ckpt, .fn = fn, .arg = arg, .seen = seen};
    pthread_mutex_lock(&rds_feeds.lock);
    if (!rds_feeds.started) {
        rds_cond_init(&rds_feeds.news);
        rds_feeds.started = rds_thread_start(&rds_feeds.thread, rds_feed_main);
    }
    ok = rds_feeds.started;
    if (ok) {
        TAILQ_INSERT_TAIL(&rds_feeds.list, f, link);
        ckpt->feed = f;
        pthread_cond_broadcast(&rds_feeds.news);
    }
    pthread_mutex_unlock(&rds_feeds.lock);
    if (!ok)
        free(f);
    return ok ? STORE_OK : STORE_NO_MEM;
}

/* Change the callback of a handle that listens already; false: it does not. */
static bool feed_replace(struct store_ckpt *ckpt, store_feed_fn fn, void *arg)
{
    bool was;

    pthread_mutex_lock(&rds_feeds.lock);
    while (ckpt->feed && ckpt->feed->busy && !on_feed_thread())
        pthread_cond_wait(&rds_feeds.news, &rds_feeds.lock);
    was = ckpt->feed != NULL;
    if (was) {
        ckpt->feed->fn = fn;
        ckpt->feed->arg = arg;
    }
    pthread_mutex_unlock(&rds_feeds.lock);
    return was;
}

enum store_status store_feed_set(struct store_ckpt *ckpt, store_feed_fn fn, void *arg,
                                 int64_t deadline_ns)
{
    enum store_status st;
    int64_t seen, client_id;

    if (!fn) {
        rds_feed_end(ckpt);
        return STORE_OK;
    }
    if (feed_replace(ckpt, fn, arg))
        return STORE_OK;
    st = rds_feed_number(ckpt, &seen, deadline_ns);
    if (st == STORE_OK)
        st = feed_add(ckpt, fn, arg, seen);
    if (st != STORE_OK)
        return st;
    pthread_mutex_lock(&rds_feeds.lock);
    client_id = rds_feeds.client_id;
    pthread_mutex_unlock(&rds_feeds.lock);
    feed_interrupt(client_id, deadline_ns);
    return STORE_OK;
}

void rds_feed_renew(void)
{
    pthread_mutex_lock(&rds_feeds.lock);
    rds_conn_shut(&rds_feeds.conn);
    pthread_mutex_unlock(&rds_feeds.lock);
}

void rds_feed_stop(void)
{
    struct rds_feed *f;
    bool started;

    pthread_mutex_lock(&rds_feeds.lock);
    started = rds_feeds.started;
    rds_feeds.stop = true;
    rds_conn_shut(&rds_feeds.conn);
    if (started)
        pthread_cond_broadcast(&rds_feeds.news);
    pthread_mutex_unlock(&rds_feeds.lock);
    if (started)
        pthread_join(rds_feeds.thread, NULL);
    pthread_mutex_lock(&rds_feeds.lock);
    while ((f = TAILQ_FIRST(&rds_feeds.list))) {
        TAILQ_REMOVE(&rds_feeds.list, f, link);
        f->ckpt->feed = NULL;
        free(f);
    }
    rds_feeds.started = rds_feeds.stop = false;
    rds_feeds.client_id = 0;
    pthread_mutex_unlock(&rds_feeds.lock);
}

void rds_feed_forget(void)
{
    if (rds_feeds.conn.fd >= 0)
        close(rds_feeds.conn.fd);
    memset(&rds_feeds, 0, sizeof(rds_feeds));
    pthread_mutex_init(&rds_feeds.lock, NULL);
    TAILQ_INIT(&rds_feeds.list);
    rds_feeds.conn.fd = -1;
}
