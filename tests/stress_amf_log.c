/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three writers of one log, each on a loop of its own, while their connections are killed
 * again and again: all of them read the same entries in the same order, each once and
 * each writer's in the order in which it wrote them.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "amf/amf_log.h"
#include "base/clock.h"
#include "fixture_redis.h"

enum { WRITERS = 3, ENTRIES = 300, ALL = WRITERS * ENTRIES, LIMIT_S = 60 };

struct writer {
    char who[16];
    uv_loop_t loop;
    uv_timer_t tick;
    struct amf_log *log;
    unsigned sent;
    size_t n_read;
    bool ready; /* the log has been seen: from here on everything is read */
    struct {
        char who[16];
        uint64_t seq;
    } read[ALL + 1];
    pthread_t thread;
    int64_t end_ns;
};

static struct writer writers[WRITERS];
static atomic_int n_ready;

static void on_entry(void *ctx, const struct amf_log_entry *e)
{
    struct writer *w = ctx;

    if (w->n_read > ALL)
        return;
    snprintf(w->read[w->n_read].who, sizeof(w->read[0].who), "%s", e->who);
    w->read[w->n_read++].seq = e->seq;
}

static void on_hole(void *ctx)
{
    fprintf(stderr, "stress: %s met a hole\n", ((struct writer *)ctx)->who);
    exit(1);
}

static void on_view(void *ctx, const struct amf_log_view *v)
{
    struct writer *w = ctx;

    (void)v;
    if (!w->ready)
        atomic_fetch_add(&n_ready, 1);
    w->ready = true;
}

static void on_elected(void *ctx, uint64_t epoch, const char *snapshot)
{
    (void)ctx;
    (void)epoch;
    (void)snapshot;
}

static void on_tick(uv_timer_t *timer)
{
    struct writer *w = timer->data;
    unsigned i;

    if (atomic_load(&n_ready) == WRITERS)
        for (i = 0; i < 5 && w->sent < ENTRIES; i++, w->sent++)
            amf_log_append(w->log, 0, 0, "{\"t\":\"x\"}");
    if (w->n_read < ALL && clv_now_ns() < w->end_ns)
        return;
    uv_close((uv_handle_t *)timer, NULL);
    amf_log_close(w->log, 0);
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    const struct amf_log_events events = {.ctx = w,
                                          .entry = on_entry,
                                          .hole = on_hole,
                                          .view = on_view,
                                          .elected = on_elected};

    uv_loop_init(&w->loop);
    w->log = amf_log_open(&w->loop, "stress", w->who, 400, &events);
    if (!w->log)
        exit(1);
    uv_timer_init(&w->loop, &w->tick);
    w->tick.data = w;
    uv_timer_start(&w->tick, on_tick, 1, 5);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    amf_log_free(w->log);
    uv_loop_close(&w->loop);
    return NULL;
}

static bool order_is_kept(const struct writer *w)
{
    uint64_t last[WRITERS] = {0};
    size_t i;

    for (i = 0; i < w->n_read; i++) {
        uint64_t *of = &last[w->read[i].who[1] - '0'];

        if (w->read[i].seq != *of + 1) {
            fprintf(stderr, "stress: %s read %s:%llu after :%llu\n", w->who,
                    w->read[i].who, (unsigned long long)w->read[i].seq,
                    (unsigned long long)*of);
            return false;
        }
        *of = w->read[i].seq;
    }
    return true;
}

int main(void)
{
    const struct timespec nap = {.tv_nsec = 15 * CLV_NS_PER_MS};
    struct redis store;
    redisContext *c;
    bool ok = true;
    int i;

    redis_start(&store, false, NULL);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    setenv("CLOVIS_LOG", "error", 1);
    for (i = 0; i < WRITERS; i++) {
        snprintf(writers[i].who, sizeof(writers[i].who), "w%d", i);
        writers[i].end_ns = clv_deadline_ns(LIMIT_S * CLV_NS_PER_S);
        pthread_create(&writers[i].thread, NULL, writer_main, &writers[i]);
    }
    c = redis_raw(&store);
    for (i = 0; i < 60; i++) {
        freeReplyObject(redisCommand(c, "CLIENT KILL TYPE normal SKIPME yes"));
        nanosleep(&nap, NULL);
    }
    for (i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    redisFree(c);
    redis_end(&store);
    for (i = 0; i < WRITERS; i++) {
        ok = ok && order_is_kept(&writers[i]);
        if (writers[i].n_read != ALL ||
            memcmp(writers[i].read, writers[0].read, sizeof(writers[0].read)) != 0) {
            fprintf(stderr, "stress: %s read %zu entries of %d, or others than w0\n",
                    writers[i].who, writers[i].n_read, ALL);
            ok = false;
        }
    }
    printf("stress: %d entries of %d writers, %s\n", ALL, WRITERS, ok ? "exact" : "NOT");
    return ok ? 0 : 1;
}
