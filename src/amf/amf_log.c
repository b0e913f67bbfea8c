/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_log.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_log_probe.h"
#include "amf/amf_log_store.h"
#include "amf/amf_must.h"
#include "backend-redis/rds_reply.h"
#include "base/clock.h"

enum { BATCH = 64, RETRY_MS = 100, BLOCK_MS = 250, VIEW_MAX = 256, UNKNOWN = -1 };

/* What the threads tell the loop. */
enum notice_type { NOTICE_READ, NOTICE_HOLE, NOTICE_VIEW, NOTICE_ELECTED, NOTICE_SAVED };

struct notice {
    struct notice *next;
    enum notice_type type;
    redisReply *reply; /* owned */
    int64_t asked_ns;  /* of a view */
    uint64_t number;   /* of a snapshot */
};

struct amf_log {
    struct amf_log_events events;
    struct amf_log_keys keys;
    struct rds_url url;
    int64_t lease_ms;
    pthread_t writer_thread, reader_thread;
    bool writing, reading; /* the threads run */
    struct amf_probe *probe;
    uv_async_t wake;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;  /* for the writer */
    char who[AMF_WHO_SIZE];
    struct amf_log_line *first, *last;
    uint64_t seq;
    uint64_t tried; /* up to here they may be in the store */
    bool want_elect;
    uint64_t elect_seen;
    char *save; /* owned; NULL: nothing to keep */
    uint64_t save_epoch, save_number;
    char forget[AMF_WHO_SIZE]; /* "": nobody */
    int64_t read_from;         /* UNKNOWN until the writer has seen the log */
    bool stop;
    struct notice *told, **told_end;
};

/* ---- notices ------------------------------------------------------------------------
 */

/* Takes n. */
static void tell_notice(struct amf_log *l, struct notice *n)
{
    pthread_mutex_lock(&l->lock);
    *l->told_end = n;
    l->told_end = &n->next;
    pthread_mutex_unlock(&l->lock);
    uv_async_send(&l->wake);
}

static void tell_of(struct amf_log *l, enum notice_type type, redisReply *reply,
                    int64_t asked_ns)
{
    struct notice *n = amf_must(calloc(1, sizeof(*n)));

    n->type = type;
    n->reply = reply;
    n->asked_ns = asked_ns;
    tell_notice(l, n);
}

static void tell(struct amf_log *l, enum notice_type type, redisReply *reply)
{
    tell_of(l, type, reply, 0);
}

static void notice_free(struct notice *n)
{
    if (n->reply)
        rds_reply_free(n->reply);
    free(n);
}

static void entries_hand_out(struct amf_log *l, const redisReply *reply)
{
    struct amf_log_entry e;
    size_t i;

    for (i = 0; amf_store_entry(reply, i, &e); i++)
        l->events.entry(l->events.ctx, &e);
}

static const char *text_of(const redisReply *r)
{
    return r && r->str ? r->str : "";
}

static void view_hand_out(struct amf_log *l, const redisReply *reply, int64_t asked_ns)
{
    const redisReply *pairs = rds_reply_at(reply, 4);
    struct amf_log_beat beats[VIEW_MAX];
    struct amf_log_view v = {
        .asked_ns = asked_ns, .leader = text_of(rds_reply_at(reply, 2)), .beats = beats};
    int64_t epoch = 0, tail = 0;
    size_t i;

    if (!rds_reply_int(rds_reply_at(reply, 0), &v.ms) ||
        !rds_reply_int(rds_reply_at(reply, 1), &epoch) ||
        !rds_reply_int(rds_reply_at(reply, 3), &tail))
        return;
    v.tail = (uint64_t)tail;
    v.epoch = (uint64_t)epoch;
    for (i = 0; pairs && i + 1 < pairs->elements && v.n_beats < VIEW_MAX; i += 2)
        beats[v.n_beats++] = (struct amf_log_beat){text_of(rds_reply_at(pairs, i)),
                                                   text_of(rds_reply_at(pairs, i + 1))};
    l->events.view(l->events.ctx, &v);
}

static void elected_hand_out(struct amf_log *l, const redisReply *reply)
{
    const char *snapshot = text_of(rds_reply_at(reply, 2));
    int64_t epoch;

    if (rds_reply_is(rds_reply_at(reply, 0), "YES") &&
        rds_reply_int(rds_reply_at(reply, 1), &epoch))
        l->events.elected(l->events.ctx, (uint64_t)epoch, *snapshot ? snapshot : NULL);
}

static void hand_out(struct amf_log *l, const struct notice *n)
{
    switch (n->type) {
    case NOTICE_READ:
        entries_hand_out(l, n->reply);
        break;
    case NOTICE_HOLE:
        l->events.hole(l->events.ctx);
        break;
    case NOTICE_VIEW:
        view_hand_out(l, n->reply, n->asked_ns);
        break;
    case NOTICE_ELECTED:
        elected_hand_out(l, n->reply);
        break;
    case NOTICE_SAVED:
        l->events.saved(l->events.ctx, n->number);
        break;
    }
}

static struct notice *notices_take(struct amf_log *l)
{
    struct notice *first;

    pthread_mutex_lock(&l->lock);
    first = l->told;
    l->told = NULL;
    l->told_end = &l->told;
    pthread_mutex_unlock(&l->lock);
    return first;
}

static void woken(uv_async_t *async)
{
    struct amf_log *l = async->data;
    struct notice *n, *next;

    for (n = notices_take(l); n; n = next) {
        next = n->next;
        hand_out(l, n);
        notice_free(n);
    }
}

/* ---- the writer's thread --------------------------------------------------------------
 */

static bool stopped(struct amf_log *l)
{
    bool stop;

    pthread_mutex_lock(&l->lock);
    stop = l->stop;
    pthread_mutex_unlock(&l->lock);
    return stop;
}

/* Wait for work, for the next beat, or for the end. */
static void work_wait(struct amf_log *l, int64_t deadline_ns)
{
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    pthread_mutex_lock(&l->lock);
    while (!l->stop && !l->first && !l->want_elect && !l->save && !l->forget[0] &&
           pthread_cond_timedwait(&l->work, &l->lock, &ts) == 0) {
    }
    pthread_mutex_unlock(&l->lock);
}

static void pause_ms(struct amf_log *l, int ms)
{
    const int64_t deadline_ns = clv_deadline_ns(ms * CLV_NS_PER_MS);
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    pthread_mutex_lock(&l->lock);
    while (!l->stop && pthread_cond_timedwait(&l->work, &l->lock, &ts) == 0) {
    }
    pthread_mutex_unlock(&l->lock);
}

/* How many go out together; from now on they may be in the store. Lock held. */
static size_t lines_choose(struct amf_log *l)
{
    struct amf_log_line *at;
    size_t n = 0;

    for (at = l->first; at && n < BATCH && strcmp(at->who, l->first->who) == 0;
         at = at->next) {
        n++;
        if (at->seq > l->tried)
            l->tried = at->seq;
    }
    return n;
}

/* The lines that go out together stay in the queue until they are in: only the writer
 * takes from its front, so they can be read without the lock. */
static bool lines_send(struct amf_log *l, struct amf_store *s)
{
    struct amf_log_line *at, *first, *done = NULL;
    redisReply *reply;
    size_t n;

    if (!amf_store_intact(s))
        return false; /* what was not sent can be taken back */
    pthread_mutex_lock(&l->lock);
    n = lines_choose(l);
    first = l->first;
    pthread_mutex_unlock(&l->lock);
    if (!n)
        return true;
    reply = amf_store_append(s, &l->keys, first, n);
    if (!reply)
        return false;
    rds_reply_free(reply);
    pthread_mutex_lock(&l->lock);
    while (n--) {
        at = l->first;
        l->first = at->next;
        at->next = done;
        done = at;
    }
    if (!l->first)
        l->last = NULL;
    pthread_mutex_unlock(&l->lock);
    for (; done; done = at) {
        at = done->next;
        free(done);
    }
    return true;
}

static bool elect_send(struct amf_log *l, struct amf_store *s)
{
    char who[AMF_WHO_SIZE];
    redisReply *reply;
    uint64_t seen;
    bool wanted;

    pthread_mutex_lock(&l->lock);
    wanted = l->want_elect;
    seen = l->elect_seen;
    l->want_elect = false;
    memcpy(who, l->who, sizeof(who));
    pthread_mutex_unlock(&l->lock);
    if (!wanted)
        return true;
    reply = amf_store_elect(s, &l->keys, who, seen);
    if (reply)
        tell(l, NOTICE_ELECTED, reply);
    return reply != NULL; /* else the next view will tell who leads */
}

static bool done_ok(redisReply *reply)
{
    if (reply)
        rds_reply_free(reply);
    return reply != NULL;
}

static void tell_saved(struct amf_log *l, uint64_t number)
{
    struct notice *n = amf_must(calloc(1, sizeof(*n)));

    n->type = NOTICE_SAVED;
    n->number = number;
    tell_notice(l, n);
}

/* Once more, if no later one is there. */
static void save_put_back(struct amf_log *l, char *text)
{
    pthread_mutex_lock(&l->lock);
    if (!l->save) {
        l->save = text;
        text = NULL;
    }
    pthread_mutex_unlock(&l->lock);
    free(text);
}

static bool save_send(struct amf_log *l, struct amf_store *s)
{
    char *text;
    uint64_t epoch, number;

    pthread_mutex_lock(&l->lock);
    text = l->save;
    epoch = l->save_epoch;
    number = l->save_number;
    l->save = NULL;
    pthread_mutex_unlock(&l->lock);
    if (!text)
        return true;
    if (!done_ok(amf_store_save(s, &l->keys, epoch, text))) {
        save_put_back(l, text);
        return false;
    }
    free(text);
    tell_saved(l, number);
    return true;
}

static bool forget_send(struct amf_log *l, struct amf_store *s)
{
    char who[AMF_WHO_SIZE];

    pthread_mutex_lock(&l->lock);
    memcpy(who, l->forget, sizeof(who));
    pthread_mutex_unlock(&l->lock);
    if (!who[0])
        return true;
    if (!done_ok(amf_store_forget(s, &l->keys, who)))
        return false;
    pthread_mutex_lock(&l->lock);
    if (strcmp(l->forget, who) == 0)
        l->forget[0] = '\0';
    pthread_mutex_unlock(&l->lock);
    return true;
}

static bool beat_send(struct amf_log *l, struct amf_store *s, uint64_t count)
{
    char who[AMF_WHO_SIZE];
    const int64_t asked_ns = clv_now_ns();
    redisReply *reply;
    int64_t n;

    pthread_mutex_lock(&l->lock);
    memcpy(who, l->who, sizeof(who));
    pthread_mutex_unlock(&l->lock);
    reply = amf_store_beat(s, &l->keys, who, count);
    if (!reply)
        return false;
    if (rds_reply_int(rds_reply_at(reply, 3), &n)) {
        pthread_mutex_lock(&l->lock);
        if (l->read_from == UNKNOWN)
            l->read_from = n; /* before our first entry, so that we read that one */
        pthread_mutex_unlock(&l->lock);
    }
    tell_of(l, NOTICE_VIEW, reply, asked_ns);
    return true;
}

static void *writer_main(void *arg)
{
    struct amf_log *l = arg;
    struct amf_store s = {.url = &l->url, .use = "writing"};
    const int64_t every_ns = l->lease_ms * CLV_NS_PER_MS / 4;
    int64_t beat_ns = 0;
    uint64_t count = 0;
    bool ok;

    while (!stopped(l)) {
        if (!s.open)
            beat_ns = 0; /* the others have missed us for long enough */
        if (!amf_store_open(&s)) {
            pause_ms(l, RETRY_MS);
            continue;
        }
        ok = true;
        if (clv_now_ns() >= beat_ns) {
            ok = beat_send(l, &s, ++count);
            beat_ns = clv_now_ns() + every_ns;
        }
        ok = ok && lines_send(l, &s) && elect_send(l, &s) && forget_send(l, &s) &&
             save_send(l, &s);
        if (ok)
            work_wait(l, beat_ns);
        else
            pause_ms(l, RETRY_MS / 4);
    }
    amf_store_close(&s);
    return NULL;
}

/* ---- the reader's thread --------------------------------------------------------------
 */

struct reading {
    uint64_t n; /* read up to here */
    char who[AMF_WHO_SIZE];
    uint64_t seq;
};

/* After a connection: the log still goes on from where we were, or there is a hole. */
static bool place_find(struct amf_log *l, struct amf_store *s, struct reading *at)
{
    char who[AMF_WHO_SIZE];
    uint64_t tail, seq;

    if (!amf_store_tail(s, &l->keys, at->n, &tail, who, &seq))
        return false;
    if (tail >= at->n && (!at->who[0] || (strcmp(who, at->who) == 0 && seq == at->seq)))
        return true;
    clv_log(CLV_LOG_WARNING,
            "the store lost the end of the cluster's log: entry %" PRIu64
            " is not there any more, the last one is %" PRIu64,
            at->n, tail);
    at->n = tail;
    at->who[0] = '\0';
    tell(l, NOTICE_HOLE, NULL);
    return true;
}

static bool read_on(struct amf_log *l, struct amf_store *s, struct reading *at)
{
    redisReply *reply = amf_store_read(s, &l->keys, at->n, BLOCK_MS);
    struct amf_log_entry e;
    bool first = true;
    size_t i;

    if (!reply)
        return false;
    for (i = 0; amf_store_entry(reply, i, &e); i++) {
        if (first && at->who[0] && e.n != at->n + 1)
            tell(l, NOTICE_HOLE, NULL); /* dropped before we came to them */
        first = false;
        at->n = e.n;
        at->seq = e.seq;
        snprintf(at->who, sizeof(at->who), "%s", e.who);
    }
    if (first)
        rds_reply_free(reply);
    else
        tell(l, NOTICE_READ, reply);
    return true;
}

static void *reader_main(void *arg)
{
    struct amf_log *l = arg;
    struct amf_store s = {.url = &l->url, .use = "reading"};
    struct reading at = {0};
    int64_t from = UNKNOWN;
    bool known = false;

    while (!stopped(l)) {
        pthread_mutex_lock(&l->lock);
        if (from == UNKNOWN && l->read_from != UNKNOWN) {
            from = l->read_from;
            at.n = (uint64_t)from;
        }
        pthread_mutex_unlock(&l->lock);
        if (from == UNKNOWN || !amf_store_open(&s)) {
            pause_ms(l, from == UNKNOWN ? RETRY_MS / 20 : RETRY_MS);
            continue;
        }
        if (!known)
            known = place_find(l, &s, &at);
        if (!known || !read_on(l, &s, &at)) {
            known = false;
            amf_store_close(&s);
            pause_ms(l, RETRY_MS / 4);
        }
    }
    amf_store_close(&s);
    return NULL;
}

/* ---- begin and end ------------------------------------------------------- */

static bool thread_start(pthread_t *thread, void *(*fn)(void *), struct amf_log *l)
{
    sigset_t all, old;
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(thread, NULL, fn, l);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return err == 0;
}

struct amf_log *amf_log_open(uv_loop_t *loop, const char *cluster, const char *who,
                             int64_t lease_ms, const struct amf_log_events *events)
{
    struct amf_log *l = amf_must(calloc(1, sizeof(*l)));
    pthread_condattr_t attr;

    if (!rds_url_load(&l->url) || !amf_log_keys_make(&l->keys, cluster) ||
        !amf_store_setup(&l->url)) {
        rds_url_free(&l->url);
        free(l);
        return NULL;
    }
    l->events = *events;
    l->lease_ms = lease_ms;
    l->read_from = UNKNOWN;
    l->told_end = &l->told;
    snprintf(l->who, sizeof(l->who), "%s", who);
    pthread_mutex_init(&l->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->work, &attr);
    pthread_condattr_destroy(&attr);
    uv_async_init(loop, &l->wake, woken);
    l->wake.data = l;
    l->probe = amf_probe_new(&l->url, lease_ms);
    l->writing = thread_start(&l->writer_thread, writer_main, l);
    l->reading = thread_start(&l->reader_thread, reader_main, l);
    return l;
}

static void drain(struct amf_log *l, int flush_ms)
{
    const int64_t end_ns = clv_deadline_ns(flush_ms * CLV_NS_PER_MS);
    const struct timespec nap = {.tv_nsec = CLV_NS_PER_MS};
    bool empty = false;

    while (!empty && clv_now_ns() < end_ns) {
        pthread_mutex_lock(&l->lock);
        empty = !l->first && !l->forget[0];
        pthread_mutex_unlock(&l->lock);
        if (!empty)
            nanosleep(&nap, NULL);
    }
}

void amf_log_close(struct amf_log *l, int flush_ms)
{
    drain(l, flush_ms);
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    if (l->writing)
        pthread_join(l->writer_thread, NULL);
    if (l->reading)
        pthread_join(l->reader_thread, NULL);
    amf_probe_free(l->probe);
    amf_store_teardown();
    uv_close((uv_handle_t *)&l->wake, NULL);
}

static void lines_drop(struct amf_log *l)
{
    struct amf_log_line *at, *next;

    for (at = l->first; at; at = next) {
        next = at->next;
        free(at);
    }
    l->first = l->last = NULL;
}

void amf_log_free(struct amf_log *l)
{
    struct notice *n, *next;

    if (!l)
        return;
    for (n = notices_take(l); n; n = next) {
        next = n->next;
        notice_free(n);
    }
    lines_drop(l);
    free(l->save);
    rds_url_free(&l->url);
    pthread_cond_destroy(&l->work);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

/* ---- orders from the loop ------------------------------------------------ */

void amf_log_rename(struct amf_log *l, const char *who)
{
    pthread_mutex_lock(&l->lock);
    snprintf(l->who, sizeof(l->who), "%s", who);
    pthread_mutex_unlock(&l->lock);
}

uint64_t amf_log_append(struct amf_log *l, uint64_t epoch, int64_t min_ms,
                        const char *body)
{
    const size_t size = strlen(body) + 1;
    struct amf_log_line *line = amf_must(malloc(sizeof(*line) + size));
    uint64_t seq;

    memcpy(line->body, body, size);
    line->next = NULL;
    line->epoch = epoch;
    line->min_ms = min_ms;
    pthread_mutex_lock(&l->lock);
    memcpy(line->who, l->who, sizeof(line->who));
    seq = line->seq = ++l->seq;
    if (l->last)
        l->last->next = line;
    else
        l->first = line;
    l->last = line;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    return seq;
}

uint64_t amf_log_number(struct amf_log *l)
{
    uint64_t seq;

    pthread_mutex_lock(&l->lock);
    seq = ++l->seq;
    pthread_mutex_unlock(&l->lock);
    return seq;
}

/* Lock held. */
static void lines_remove(struct amf_log *l, const uint64_t *numbers, size_t n)
{
    struct amf_log_line **link = &l->first, *at, *last = NULL;
    size_t i = 0;

    while ((at = *link)) {
        if (i < n && at->seq == numbers[i]) {
            i++;
            *link = at->next;
            free(at);
        } else {
            last = at;
            link = &at->next;
        }
    }
    l->last = last;
}

bool amf_log_retract(struct amf_log *l, const uint64_t *numbers, size_t n)
{
    bool free_all;

    pthread_mutex_lock(&l->lock);
    free_all = !n || numbers[0] > l->tried;
    if (free_all)
        lines_remove(l, numbers, n);
    pthread_mutex_unlock(&l->lock);
    return free_all;
}

void amf_log_heard(struct amf_log *l, int64_t asked_ns)
{
    amf_probe_heard(l->probe, asked_ns);
}

void amf_log_doubt(struct amf_log *l, bool on)
{
    amf_probe_doubt(l->probe, on);
}

bool amf_log_gone(struct amf_log *l)
{
    return amf_probe_gone(l->probe);
}

int64_t amf_log_safe_ns(struct amf_log *l)
{
    return amf_probe_safe_ns(l->probe);
}

void amf_log_elect(struct amf_log *l, uint64_t seen)
{
    pthread_mutex_lock(&l->lock);
    l->want_elect = true;
    l->elect_seen = seen;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
}

uint64_t amf_log_save(struct amf_log *l, uint64_t epoch, char *text)
{
    uint64_t number;

    pthread_mutex_lock(&l->lock);
    free(l->save);
    l->save = text;
    l->save_epoch = epoch;
    number = ++l->save_number;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    return number;
}

void amf_log_forget(struct amf_log *l, const char *who)
{
    pthread_mutex_lock(&l->lock);
    snprintf(l->forget, sizeof(l->forget), "%s", who);
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
}
