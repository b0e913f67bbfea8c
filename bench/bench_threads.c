/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many threads on one handle: they share one connection and send together. The baselines
 * are one thread alone, and as many raw connections as threads.
 */
#include "bench/bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/clock.h"
#include "bench/bench_link.h"

#define RAW_KEY "clovis-bench-threads"

enum { THREADS = 16, BYTES = 100, SLICE_MS = 100, ROUNDS = 15, QUICK_ROUNDS = 5 };

struct crowd {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw[THREADS];
    atomic_bool stop, failed;
    atomic_long done;
    char payload[BYTES];
};

struct member {
    struct crowd *crowd;
    uint32_t number;
    bool is_raw;
    pthread_t thread;
};

static bool ours(struct member *m)
{
    const ClCkptSectionIdT id = {sizeof(m->number), (ClUint8T *)&m->number};

    return clCkptSectionOverwrite(m->crowd->ckpt, &id, m->crowd->payload, BYTES) == CL_OK;
}

static bool raw(struct member *m)
{
    redisReply *r = bench_raw_command(m->crowd->raw[m->number], "HSET %s %u %b", RAW_KEY,
                                      m->number, m->crowd->payload, (size_t)BYTES);
    const bool ok = r && r->type == REDIS_REPLY_INTEGER;

    if (r)
        freeReplyObject(r);
    return ok;
}

static void *member_main(void *arg)
{
    struct member *m = arg;
    bool ok = true;
    long n = 0;

    while (ok && !atomic_load(&m->crowd->stop)) {
        ok = m->is_raw ? raw(m) : ours(m);
        n++;
    }
    atomic_fetch_add(&m->crowd->done, n);
    if (!ok)
        atomic_store(&m->crowd->failed, true);
    return NULL;
}

/* Calls per second of n threads. */
static double rate(struct crowd *c, int n, bool is_raw)
{
    struct member m[THREADS];
    const int64_t begin = clv_now_ns();
    int i, started = 0;

    atomic_store(&c->stop, false);
    atomic_store(&c->done, 0);
    for (i = 0; i < n; i++) {
        m[i] = (struct member){.crowd = c, .number = (uint32_t)i, .is_raw = is_raw};
        if (pthread_create(&m[i].thread, NULL, member_main, &m[i]))
            break;
        started++;
    }
    nanosleep(&(struct timespec){0, SLICE_MS * 1000000L}, NULL);
    atomic_store(&c->stop, true);
    for (i = 0; i < started; i++)
        pthread_join(m[i].thread, NULL);
    if (started < n)
        atomic_store(&c->failed, true);
    return (double)atomic_load(&c->done) * 1e9 / (double)(clv_now_ns() - begin);
}

static bool crowd_open(struct crowd *c)
{
    uint32_t i;

    if (!bench_service_open(&c->service) ||
        !bench_ckpt_open(c->service, "threads", 2 * THREADS, BYTES, &c->ckpt))
        return false;
    memset(c->payload, 'x', sizeof(c->payload));
    for (i = 0; i < THREADS; i++) {
        ClCkptSectionIdT id = {sizeof(i), (ClUint8T *)&i};
        ClCkptSectionCreationAttributesT attrs = {&id, CL_TIME_END};

        if (clCkptSectionCreate(c->ckpt, &attrs, (ClUint8T *)c->payload, BYTES) != CL_OK)
            return false;
        c->raw[i] = bench_raw_open();
        if (!c->raw[i])
            return false;
    }
    return true;
}

static void crowd_close(struct crowd *c)
{
    int i;

    if (c->raw[0])
        bench_raw_int(c->raw[0], "DEL %s", RAW_KEY);
    for (i = 0; i < THREADS; i++)
        if (c->raw[i])
            bench_raw_close(c->raw[i]);
    if (c->ckpt)
        clCkptCheckpointClose(c->ckpt);
    if (c->service)
        clCkptFinalize(c->service);
}

bool bench_threads(const struct bench_options *o, struct bench_report *r)
{
    const size_t rounds = o->quick ? QUICK_ROUNDS : ROUNDS;
    double one[ROUNDS], many[ROUNDS], apart[ROUNDS];
    struct bench_value v = {.name = "overwrites, many threads",
                            .size = BYTES,
                            .threads = THREADS,
                            .unit = "calls/s"};
    struct crowd c = {0};
    size_t i;
    bool ok = crowd_open(&c);

    bench_progress(r, v.name, v.size);
    for (i = 0; ok && i < rounds; i++) {
        one[i] = rate(&c, 1, false);
        many[i] = rate(&c, THREADS, false);
        apart[i] = rate(&c, THREADS, true);
        ok = !atomic_load(&c.failed);
    }
    if (ok) {
        v.ours = bench_median(many, rounds);
        v.raw = bench_median(one, rounds);
        v.raw_name = "one thread";
        v.at_least = 3;
        bench_add_value(r, &v);
        v.raw = bench_median(apart, rounds);
        v.raw_name = "hiredis, 16 conns";
        v.at_least = 0.8;
        bench_add_value(r, &v);
    } else {
        fprintf(stderr, "bench: a call of one of many threads failed\n");
    }
    crowd_close(&c);
    return ok;
}
