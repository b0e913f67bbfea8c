/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that listens for all feeds of the process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_cluster.h"
#include "backend-redis/rds_feed_in.h"
#include "backend-redis/rds_master.h"
#include "backend-redis/rds_session.h"
#include "base/clock.h"

enum {
    ENTRIES_MAX = 256,
    BLOCK_MS = 200,
    ANSWER_MS = 5000,
    RETRY_MS = 100,
    POLL_MS = 20
};

/* ---- the feeds of the thread --------------------------------------------- */

/* Lock held. Let go of a feed that the thread worked on. */
static void feed_release(struct rds_feed *f)
{
    f->busy = false;
    if (f->dead) {
        TAILQ_REMOVE(&rds_feeds.list, f, link);
        free(f);
    }
    pthread_cond_broadcast(&rds_feeds.news);
}

/* Lock held. All feeds are kept while the thread walks along them. */
static void feeds_keep(void)
{
    struct rds_feed *f;

    TAILQ_FOREACH(f, &rds_feeds.list, link)
    f->busy = true;
}

/* Lock held. */
static void feeds_release(void)
{
    struct rds_feed *f, *next;

    for (f = TAILQ_FIRST(&rds_feeds.list); f; f = next) {
        next = TAILQ_NEXT(f, link);
        feed_release(f);
    }
}

/* The key's name is what follows its length in the wire form. */
static bool has_key(const struct rds_feed *f, struct clv_bytes key)
{
    const struct clv_bytes wire = rds_ckpt_key(f->ckpt, RDS_KEY_FEED);

    return wire.size > key.size + 2 &&
           memcmp((const char *)wire.base + wire.size - 2 - key.size, key.base,
                  key.size) == 0 &&
           ((const char *)wire.base)[wire.size - 3 - key.size] == '\n';
}

/* Lock held. One stream of the answer: {key, {entry...}}. */
static void stream_take(const redisReply *stream)
{
    const struct clv_bytes key = rds_reply_bytes(rds_reply_at(stream, 0));
    const redisReply *entries = rds_reply_at(stream, 1);
    struct rds_feed *f;
    size_t i;

    if (!key.base || !entries || entries->type != REDIS_REPLY_ARRAY)
        return;
    TAILQ_FOREACH(f, &rds_feeds.list, link)
    for (i = 0;
         f->asked && f->busy && !f->dead && has_key(f, key) && i < entries->elements; i++)
        rds_feed_entry_in(f, entries->element[i]);
}

/* Lock held. The lowest number from which some handle of f's checkpoint has to read. */
static int64_t lowest_seen(const struct rds_feed *f)
{
    const struct clv_bytes key = rds_ckpt_key(f->ckpt, RDS_KEY_FEED);
    const struct rds_feed *g;
    int64_t low = f->seen;

    TAILQ_FOREACH(g, &rds_feeds.list, link)
    if (!g->dead && g->seen < low &&
        clv_bytes_equal(rds_ckpt_key(g->ckpt, RDS_KEY_FEED), key))
        low = g->seen;
    return low;
}

/* Lock held. False: there is nothing to listen to. */
static bool read_request(struct rds_req *req)
{
    struct rds_feed *f;
    char from[32];
    size_t n = 0;

    TAILQ_FOREACH(f, &rds_feeds.list, link)
    {
        f->asked =
            !f->dead; /* who comes later has seen more than the answer begins with */
        n += f->asked;
    }
    rds_req_command(req, 6 + 2 * n);
    rds_req_text(req, "XREAD");
    rds_req_text(req, "COUNT");
    rds_req_int(req, ENTRIES_MAX);
    rds_req_text(req, "BLOCK");
    rds_req_int(req, BLOCK_MS);
    rds_req_text(req, "STREAMS");
    TAILQ_FOREACH(f, &rds_feeds.list, link)
    if (!f->dead)
        rds_req_wire(req, rds_ckpt_key(f->ckpt, RDS_KEY_FEED));
    TAILQ_FOREACH(f, &rds_feeds.list, link)
    if (!f->dead) {
        snprintf(from, sizeof(from), "%lld-0", (long long)lowest_seen(f));
        rds_req_text(req, from);
    }
    return n > 0 && !req->no_mem;
}

/* ---- the thread ---------------------------------------------------------- */

/* Lock held, released meanwhile. The store may have lost its last seconds: numbers that
 * went back are followed. */
static void feeds_verify(void)
{
    enum store_status st;
    struct rds_feed *f;
    int64_t n;

    feeds_keep();
    TAILQ_FOREACH(f, &rds_feeds.list, link)
    {
        if (f->dead || !f->busy)
            continue;
        pthread_mutex_unlock(&rds_feeds.lock);
        st = rds_feed_number(f->ckpt, &n, clv_deadline_ns(rds.op_timeout_ns));
        pthread_mutex_lock(&rds_feeds.lock);
        if (st == STORE_OK && n < f->seen && !f->dead) {
            f->seen = n;
            rds_feed_catch_up(f);
        }
    }
    feeds_release();
}

/* Lock held, released meanwhile. */
static void feeds_sweep(void)
{
    struct rds_call call;
    struct rds_feed *f;

    feeds_keep();
    TAILQ_FOREACH(f, &rds_feeds.list, link)
    {
        if (f->dead || !f->busy)
            continue;
        pthread_mutex_unlock(&rds_feeds.lock);
        rds_call_init(&call, false);
        rds_ckpt_script(&call.req, f->ckpt, script_section_sweep, 0);
        rds_run(&call, clv_deadline_ns(CLV_NS_PER_S));
        rds_call_free(&call);
        pthread_mutex_lock(&rds_feeds.lock);
    }
    feeds_release();
}

/* Lock held, released meanwhile. */
static void feed_connect(void)
{
    static const struct rds_session none;
    const int64_t deadline_ns = clv_deadline_ns(ANSWER_MS * CLV_NS_PER_MS);
    struct rds_session session = {0};
    struct rds_place place;
    struct rds_conn conn;
    int64_t clock_us;
    char why[256];
    bool ok;

    pthread_mutex_unlock(&rds_feeds.lock);
    rds_place_get(&place);
    ok = place.host[0] &&
         rds_conn_open(&conn, &place, NULL, deadline_ns, why, sizeof(why)) == STORE_OK;
    if (ok && rds_session_begin(&conn, &place, &rds.url, &none, &session, &clock_us,
                                deadline_ns, why, sizeof(why)) != STORE_OK) {
        rds_conn_close(&conn);
        ok = false;
    }
    pthread_mutex_lock(&rds_feeds.lock);
    if (ok) {
        rds_feeds.conn = conn;
        rds_feeds.client_id = session.client_id;
        feeds_verify();
    } else if (!rds_feeds.stop) {
        rds_cond_wait(&rds_feeds.news, &rds_feeds.lock,
                      clv_deadline_ns(RETRY_MS * CLV_NS_PER_MS));
    }
}

/* Lock held, released while waiting for changes. */
static void feed_read(struct rds_req *req)
{
    redisReply *reply = NULL, *r;
    enum rds_io io;
    size_t i;

    pthread_mutex_unlock(&rds_feeds.lock);
    io = rds_conn_ask(&rds_feeds.conn, req, clv_deadline_ns(ANSWER_MS * CLV_NS_PER_MS),
                      &reply);
    r = reply;
    pthread_mutex_lock(&rds_feeds.lock);
    if (io != RDS_IO_OK || r->type == REDIS_REPLY_ERROR) {
        rds_conn_close(&rds_feeds.conn);
    } else if (r->type == REDIS_REPLY_ARRAY) {
        feeds_keep();
        for (i = 0; i < r->elements; i++)
            stream_take(r->element[i]);
        feeds_release();
    }
    if (reply)
        rds_reply_free(reply);
}

/* Lock held, released meanwhile. */
static void feed_poll(struct rds_feed *f)
{
    struct rds_call call;
    char from[32];
    size_t i;

    f->asked = true;
    snprintf(from, sizeof(from), "%lld-0", (long long)f->seen);
    rds_call_init(&call, false);
    call.impatient = true;
    rds_req_command(&call.req, 6);
    rds_req_text(&call.req, "XREAD");
    rds_req_text(&call.req, "COUNT");
    rds_req_int(&call.req, ENTRIES_MAX);
    rds_req_text(&call.req, "STREAMS");
    rds_req_wire(&call.req, rds_ckpt_key(f->ckpt, RDS_KEY_FEED));
    rds_req_text(&call.req, from);
    pthread_mutex_unlock(&rds_feeds.lock);
    if (rds_run(&call, clv_deadline_ns(ANSWER_MS * CLV_NS_PER_MS)) != STORE_OK) {
        rds_call_free(&call);
        rds_call_init(&call, false);
    }
    pthread_mutex_lock(&rds_feeds.lock);
    for (i = 0;
         call.last && call.last->type == REDIS_REPLY_ARRAY && i < call.last->elements;
         i++)
        stream_take(call.last->element[i]);
    rds_call_free(&call);
}

/* Lock held, released meanwhile. In a cluster no command waits for streams of several
 * slots: they are asked for one after the other. */
static void feeds_poll(void)
{
    const unsigned changes = rds_cluster_changes();
    struct rds_feed *f;

    if (changes != rds_feeds.changes)
        feeds_verify();
    rds_feeds.changes = changes;
    feeds_keep();
    TAILQ_FOREACH(f, &rds_feeds.list, link)
    if (!f->dead && f->busy)
        feed_poll(f);
    feeds_release();
    if (!rds_feeds.stop)
        rds_cond_wait(&rds_feeds.news, &rds_feeds.lock,
                      clv_deadline_ns(POLL_MS * CLV_NS_PER_MS));
}

/* Lock held, released meanwhile. Listen once. */
static void feeds_listen(void)
{
    struct rds_req req;

    if (rds.clustered) {
        feeds_poll();
        return;
    }
    if (rds_feeds.conn.fd < 0) {
        feed_connect();
        return;
    }
    rds_req_init(&req);
    if (read_request(&req))
        feed_read(&req);
    rds_req_free(&req);
}

void *rds_feed_main(void *unused)
{
    int64_t swept_ns = clv_now_ns();

    (void)unused;
    pthread_mutex_lock(&rds_feeds.lock);
    while (!rds_feeds.stop) {
        if (TAILQ_EMPTY(&rds_feeds.list)) {
            pthread_cond_wait(&rds_feeds.news, &rds_feeds.lock);
            continue;
        }
        feeds_listen();
        if (!rds_feeds.stop && clv_now_ns() - swept_ns > BLOCK_MS * CLV_NS_PER_MS) {
            feeds_sweep();
            swept_ns = clv_now_ns();
        }
    }
    rds_conn_close(&rds_feeds.conn);
    pthread_mutex_unlock(&rds_feeds.lock);
    return NULL;
}
