/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend-redis/rds_cache.h"
#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_cluster.h"
#include "backend-redis/rds_feed_entry.h"
#include "backend-redis/rds_master.h"
#include "backend-redis/rds_session.h"
#include "base/clock.h"
#include "base/logline.h"

enum {
    ENTRIES_MAX = 256,
    BLOCK_MS = 200,
    ANSWER_MS = 5000,
    RETRY_MS = 100,
    POLL_MS = 20
};

/* What one handle listens to. */
struct rds_feed {
    TAILQ_ENTRY(rds_feed) link;
    struct store_ckpt *ckpt; /* borrowed; not touched once dead */
    store_feed_fn fn;
    void *arg;
    int64_t seen; /* number of the last change that was looked at */
    bool asked;   /* the thread's request is for it, too */
    bool busy;    /* the thread works on it: it stays */
    bool dead;    /* the thread frees it */
};

TAILQ_HEAD(feed_list, rds_feed);

static struct {
    pthread_mutex_t
        lock; /* guards every field and the feeds; nothing is called with it held */
    pthread_cond_t news; /* something is to be listened to, or a feed is busy no more */
    pthread_t thread;
    struct feed_list list;
    bool started, stop;
    struct rds_conn conn; /* the thread's own, but for rds_conn_shut() */
    int64_t client_id;    /* of the connection */
    unsigned changes;     /* rds_cluster_changes() of the last look */
} feeds = {.lock = PTHREAD_MUTEX_INITIALIZER,
           .list = TAILQ_HEAD_INITIALIZER(feeds.list),
           .conn = {.fd = -1}};

/* ---- delivery ------------------------------------------------------------ */

/* Lock held, released around the callback. */
static void deliver(struct rds_feed *f, const struct store_change *vec, uint32_t n)
{
    const store_feed_fn fn = f->fn;
    void *const arg = f->arg;

    if (f->dead || !fn)
        return;
    pthread_mutex_unlock(&feeds.lock);
    fn(arg, vec, n);
    pthread_mutex_lock(&feeds.lock);
}

/* Unlocked: the next section of it, read as a change. False at the end. */
static bool section_next(struct rds_feed *f, struct store_iter *it,
                         struct store_change *out)
{
    const int64_t deadline_ns = clv_deadline_ns(rds.op_timeout_ns);
    struct store_section_info info;
    struct store_read r = {0};
    uint32_t bad;

    while (store_iter_next(it, &info, deadline_ns) == STORE_OK) {
        r.id = info.id;
        r.buffer = NULL;
        if (store_read(f->ckpt, &r, 1, &bad, deadline_ns) != STORE_OK)
            continue;
        *out = (struct store_change){info.id, {r.buffer, r.got}, 0};
        return true;
    }
    return false;
}

/* Lock held, released while reading. Changes were dropped unseen: tell every section. */
static void catch_up(struct rds_feed *f)
{
    struct store_change change;
    struct store_iter *it;
    bool more;

    rds_cache_changed(f->ckpt);
    clv_log(CLV_LOG_WARNING,
            "ckpt \"%.200s\": changes were missed, all sections are read anew",
            f->ckpt->name);
    pthread_mutex_unlock(&feeds.lock);
    more = store_iter_begin(f->ckpt, STORE_ANY, (struct store_when){false, 0},
                            clv_deadline_ns(rds.op_timeout_ns), &it) == STORE_OK;
    pthread_mutex_lock(&feeds.lock);
    if (!more)
        return;
    while (more && !f->dead && f->fn) {
        pthread_mutex_unlock(&feeds.lock);
        more = section_next(f, it, &change);
        pthread_mutex_lock(&feeds.lock);
        if (more) {
            deliver(f, &change, 1);
            free((void *)(uintptr_t)change.data.base);
        }
    }
    store_iter_end(it);
}

/* Lock held. One entry of the stream: {number-0, {field, value...}}. */
static void entry_take(struct rds_feed *f, const redisReply *entry)
{
    const struct clv_bytes number = rds_reply_bytes(rds_reply_at(entry, 0));
    const redisReply *fields = rds_reply_at(entry, 1);
    struct store_change *vec;
    int64_t n, before = f->seen;
    uint32_t count;

    if (!number.base || !fields || fields->type != REDIS_REPLY_ARRAY ||
        fields->elements < RDS_FEED_HEAD)
        return;
    n = strtoll(number.base, NULL, 10);
    if (n <= f->seen)
        return;
    f->seen = n;
    rds_cache_changed(f->ckpt);
    if (n > before + 1)
        catch_up(f);
    if (rds_feed_is_own(fields))
        return;
    vec = rds_feed_parse(f->ckpt, fields, &count);
    if (vec && count > 0)
        deliver(f, vec, count);
    free(vec);
}

/* ---- the feeds of the thread --------------------------------------------- */

/* Lock held. Let go of a feed that the thread worked on. */
static void feed_release(struct rds_feed *f)
{
    f->busy = false;
    if (f->dead) {
        TAILQ_REMOVE(&feeds.list, f, link);
        free(f);
    }
    pthread_cond_broadcast(&feeds.news);
}

/* Lock held. All feeds are kept while the thread walks along them. */
static void feeds_keep(void)
{
    struct rds_feed *f;

    TAILQ_FOREACH(f, &feeds.list, link)
    f->busy = true;
}

/* Lock held. */
static void feeds_release(void)
{
    struct rds_feed *f, *next;

    for (f = TAILQ_FIRST(&feeds.list); f; f = next) {
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
    TAILQ_FOREACH(f, &feeds.list, link)
    for (i = 0;
         f->asked && f->busy && !f->dead && has_key(f, key) && i < entries->elements; i++)
        entry_take(f, entries->element[i]);
}

/* Lock held. The lowest number from which some handle of f's checkpoint has to read. */
static int64_t lowest_seen(const struct rds_feed *f)
{
    const struct clv_bytes key = rds_ckpt_key(f->ckpt, RDS_KEY_FEED);
    const struct rds_feed *g;
    int64_t low = f->seen;

    TAILQ_FOREACH(g, &feeds.list, link)
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

    TAILQ_FOREACH(f, &feeds.list, link)
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
    TAILQ_FOREACH(f, &feeds.list, link)
    if (!f->dead)
        rds_req_wire(req, rds_ckpt_key(f->ckpt, RDS_KEY_FEED));
    TAILQ_FOREACH(f, &feeds.list, link)
    if (!f->dead) {
        snprintf(from, sizeof(from), "%lld-0", (long long)lowest_seen(f));
        rds_req_text(req, from);
    }
    return n > 0 && !req->no_mem;
}

/* ---- the thread ---------------------------------------------------------- */

static enum store_status change_number(struct store_ckpt *ckpt, int64_t *out,
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

/* Lock held, released meanwhile. The store may have lost its last seconds: numbers that
 * went back are followed. */
static void feeds_verify(void)
{
    enum store_status st;
    struct rds_feed *f;
    int64_t n;

    feeds_keep();
    TAILQ_FOREACH(f, &feeds.list, link)
    {
        if (f->dead || !f->busy)
            continue;
        pthread_mutex_unlock(&feeds.lock);
        st = change_number(f->ckpt, &n, clv_deadline_ns(rds.op_timeout_ns));
        pthread_mutex_lock(&feeds.lock);
        if (st == STORE_OK && n < f->seen && !f->dead) {
            f->seen = n;
            catch_up(f);
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
    TAILQ_FOREACH(f, &feeds.list, link)
    {
        if (f->dead || !f->busy)
            continue;
        pthread_mutex_unlock(&feeds.lock);
        rds_call_init(&call, false);
        rds_ckpt_script(&call.req, f->ckpt, script_section_sweep, 0);
        rds_run(&call, clv_deadline_ns(CLV_NS_PER_S));
        rds_call_free(&call);
        pthread_mutex_lock(&feeds.lock);
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

    pthread_mutex_unlock(&feeds.lock);
    rds_place_get(&place);
    ok = place.host[0] &&
         rds_conn_open(&conn, &place, NULL, deadline_ns, why, sizeof(why)) == STORE_OK;
    if (ok && rds_session_begin(&conn, &place, &rds.url, &none, &session, &clock_us,
                                deadline_ns, why, sizeof(why)) != STORE_OK) {
        rds_conn_close(&conn);
        ok = false;
    }
    pthread_mutex_lock(&feeds.lock);
    if (ok) {
        feeds.conn = conn;
        feeds.client_id = session.client_id;
        feeds_verify();
    } else if (!feeds.stop) {
        rds_cond_wait(&feeds.news, &feeds.lock,
                      clv_deadline_ns(RETRY_MS * CLV_NS_PER_MS));
    }
}

/* Lock held, released while waiting for changes. */
static void feed_read(struct rds_req *req)
{
    redisReply *reply = NULL, *r;
    enum rds_io io;
    size_t i;

    pthread_mutex_unlock(&feeds.lock);
    io = rds_conn_ask(&feeds.conn, req, clv_deadline_ns(ANSWER_MS * CLV_NS_PER_MS),
                      &reply);
    r = reply;
    pthread_mutex_lock(&feeds.lock);
    if (io != RDS_IO_OK || r->type == REDIS_REPLY_ERROR) {
        rds_conn_close(&feeds.conn);
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
    pthread_mutex_unlock(&feeds.lock);
    if (rds_run(&call, clv_deadline_ns(ANSWER_MS * CLV_NS_PER_MS)) != STORE_OK) {
        rds_call_free(&call);
        rds_call_init(&call, false);
    }
    pthread_mutex_lock(&feeds.lock);
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

    if (changes != feeds.changes)
        feeds_verify();
    feeds.changes = changes;
    feeds_keep();
    TAILQ_FOREACH(f, &feeds.list, link)
    if (!f->dead && f->busy)
        feed_poll(f);
    feeds_release();
    if (!feeds.stop)
        rds_cond_wait(&feeds.news, &feeds.lock, clv_deadline_ns(POLL_MS * CLV_NS_PER_MS));
}

/* Lock held, released meanwhile. Listen once. */
static void feeds_listen(void)
{
    struct rds_req req;

    if (rds.clustered) {
        feeds_poll();
        return;
    }
    if (feeds.conn.fd < 0) {
        feed_connect();
        return;
    }
    rds_req_init(&req);
    if (read_request(&req))
        feed_read(&req);
    rds_req_free(&req);
}

static void *feed_main(void *unused)
{
    int64_t swept_ns = clv_now_ns();

    (void)unused;
    pthread_mutex_lock(&feeds.lock);
    while (!feeds.stop) {
        if (TAILQ_EMPTY(&feeds.list)) {
            pthread_cond_wait(&feeds.news, &feeds.lock);
            continue;
        }
        feeds_listen();
        if (!feeds.stop && clv_now_ns() - swept_ns > BLOCK_MS * CLV_NS_PER_MS) {
            feeds_sweep();
            swept_ns = clv_now_ns();
        }
    }
    rds_conn_close(&feeds.conn);
    pthread_mutex_unlock(&feeds.lock);
    return NULL;
}

/* ---- listening ----------------------------------------------------------- */

/* Lock held. */
static bool on_feed_thread(void)
{
    return feeds.started && pthread_equal(pthread_self(), feeds.thread);
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
        pthread_cond_wait(&feeds.news, &feeds.lock);
    TAILQ_REMOVE(&feeds.list, f, link);
    free(f);
}

void rds_feed_end(struct store_ckpt *ckpt)
{
    struct rds_feed *f;

    if (!ckpt->notify || ckpt->era != atomic_load(&rds.era))
        return;
    pthread_mutex_lock(&feeds.lock);
    f = ckpt->feed;
    ckpt->feed = NULL;
    if (f)
        feed_remove(f);
    pthread_mutex_unlock(&feeds.lock);
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
    pthread_mutex_lock(&feeds.lock);
    if (!feeds.started) {
        rds_cond_init(&feeds.news);
        feeds.started = rds_thread_start(&feeds.thread, feed_main);
    }
    ok = feeds.started;
    if (ok) {
        TAILQ_INSERT_TAIL(&feeds.list, f, link);
        ckpt->feed = f;
        pthread_cond_broadcast(&feeds.news);
    }
    pthread_mutex_unlock(&feeds.lock);
    if (!ok)
        free(f);
    return ok ? STORE_OK : STORE_NO_MEM;
}

/* Change the callback of a handle that listens already; false: it does not. */
static bool feed_replace(struct store_ckpt *ckpt, store_feed_fn fn, void *arg)
{
    bool was;

    pthread_mutex_lock(&feeds.lock);
    while (ckpt->feed && ckpt->feed->busy && !on_feed_thread())
        pthread_cond_wait(&feeds.news, &feeds.lock);
    was = ckpt->feed != NULL;
    if (was) {
        ckpt->feed->fn = fn;
        ckpt->feed->arg = arg;
    }
    pthread_mutex_unlock(&feeds.lock);
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
    st = change_number(ckpt, &seen, deadline_ns);
    if (st == STORE_OK)
        st = feed_add(ckpt, fn, arg, seen);
    if (st != STORE_OK)
        return st;
    pthread_mutex_lock(&feeds.lock);
    client_id = feeds.client_id;
    pthread_mutex_unlock(&feeds.lock);
    feed_interrupt(client_id, deadline_ns);
    return STORE_OK;
}

void rds_feed_renew(void)
{
    pthread_mutex_lock(&feeds.lock);
    rds_conn_shut(&feeds.conn);
    pthread_mutex_unlock(&feeds.lock);
}

void rds_feed_stop(void)
{
    struct rds_feed *f;
    bool started;

    pthread_mutex_lock(&feeds.lock);
    started = feeds.started;
    feeds.stop = true;
    rds_conn_shut(&feeds.conn);
    if (started)
        pthread_cond_broadcast(&feeds.news);
    pthread_mutex_unlock(&feeds.lock);
    if (started)
        pthread_join(feeds.thread, NULL);
    pthread_mutex_lock(&feeds.lock);
    while ((f = TAILQ_FIRST(&feeds.list))) {
        TAILQ_REMOVE(&feeds.list, f, link);
        f->ckpt->feed = NULL;
        free(f);
    }
    feeds.started = feeds.stop = false;
    feeds.client_id = 0;
    pthread_mutex_unlock(&feeds.lock);
}

void rds_feed_forget(void)
{
    if (feeds.conn.fd >= 0)
        close(feeds.conn.fd);
    memset(&feeds, 0, sizeof(feeds));
    pthread_mutex_init(&feeds.lock, NULL);
    TAILQ_INIT(&feeds.list);
    feeds.conn.fd = -1;
}
