/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overwrites of an ALL_REPLICAS checkpoint against HSET and WAIT in one send. The store
 * that the settings name must have replicas.
 */
#include "bench/bench.h"
#include "bench/bench_link.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <clCkptApi.h>
#include <clCommonErrors.h>

#include "base/clock.h"

enum { BYTES = 100, THREADS = 16, ROUNDS = 20 };

struct sync_setup {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw;
    long replicas;
    atomic_bool failed;
};

struct writer {
    pthread_t thread;
    struct sync_setup *s;
    int number, n;
};

static const char payload[BYTES];

static bool raw_connect(struct sync_setup *s)
{
    redisReply *role;

    s->raw = bench_raw_open();
    role = s->raw ? bench_raw_command(s->raw, "ROLE") : NULL;
    if (role && role->type == REDIS_REPLY_ARRAY && role->elements == 3)
        s->replicas = (long)role->element[2]->elements;
    if (role)
        freeReplyObject(role);
    if (s->raw && s->replicas == 0)
        fprintf(stderr, "bench: the store has no replicas, expected one or more\n");
    return s->replicas > 0;
}

static ClCkptSectionIdT section(const int *number)
{
    return (ClCkptSectionIdT){sizeof(*number), (ClUint8T *)(uintptr_t)number};
}

static bool ours_open(struct sync_setup *s)
{
    ClNameT name;
    ClCkptCheckpointCreationAttributesT attrs = {.creationFlags = CL_CKPT_WR_ALL_REPLICAS,
                                                 .maxSections = 2 * THREADS,
                                                 .maxSectionSize = BYTES,
                                                 .maxSectionIdSize = 16};
    ClCkptSectionCreationAttributesT create = {.expirationTime = CL_TIME_END};
    ClCkptSectionIdT id;
    int i;

    name.length = (ClUint16T)snprintf(name.value, sizeof(name.value),
                                      "clovis-bench-sync-%d", (int)getpid());
    if (!bench_service_open(&s->service))
        return false;
    if (clCkptCheckpointOpen(s->service, &name, &attrs,
                             CL_CKPT_CHECKPOINT_CREATE | CL_CKPT_CHECKPOINT_WRITE |
                                 CL_CKPT_CHECKPOINT_READ,
                             CL_TIME_END, &s->ckpt) != CL_OK) {
        fprintf(stderr, "bench: the checkpoint cannot be opened\n");
        return false;
    }
    for (i = 0; i < THREADS; i++) {
        id = section(&i);
        create.sectionId = &id;
        if (clCkptSectionCreate(s->ckpt, &create, (const ClUint8T *)payload, BYTES) !=
            CL_OK)
            s->failed = true;
    }
    return !s->failed;
}

static int64_t ours_write(struct sync_setup *s, const int *number)
{
    const ClCkptSectionIdT id = section(number);
    const int64_t t = clv_now_ns();

    if (clCkptSectionOverwrite(s->ckpt, &id, payload, BYTES) != CL_OK)
        s->failed = true;
    return clv_now_ns() - t;
}

/* What a raw write is: a bare HSET, or what the library needs to find the section there
 * and to be exact after a broken connection. */
enum raw_kind { RAW_HSET, RAW_TRANSACTION };

/* Returns the number of replies. */
static int raw_append(struct sync_setup *s, enum raw_kind kind, int i)
{
    if (kind == RAW_HSET) {
        bench_raw_append(s->raw, "HSET clovis-bench-raw %d %b", i, payload,
                         (size_t)BYTES);
        return 1;
    }
    bench_raw_append(s->raw, "MULTI");
    bench_raw_append(s->raw, "ZSCORE clovis-bench-index %d", i);
    bench_raw_append(s->raw, "HSET clovis-bench-raw %d %b number-%d 1", i, payload,
                     (size_t)BYTES, i);
    bench_raw_append(s->raw, "EXEC");
    return 4;
}

/* n writes and one WAIT in one send. */
static int64_t raw_write(struct sync_setup *s, enum raw_kind kind, int n)
{
    const int64_t t = clv_now_ns();
    redisReply *r;
    int i, n_replies = 1;

    for (i = 0; i < n; i++)
        n_replies += raw_append(s, kind, i);
    bench_raw_append(s->raw, "WAIT %ld 0", s->replicas);
    for (i = 0; i < n_replies; i++) {
        r = bench_raw_reply(s->raw);
        if (!r || r->type == REDIS_REPLY_ERROR)
            s->failed = true;
        if (r)
            freeReplyObject(r);
    }
    return clv_now_ns() - t;
}

static void *write_many(void *arg)
{
    struct writer *w = arg;
    int i;

    for (i = 0; i < w->n; i++)
        ours_write(w->s, &w->number);
    return NULL;
}

/* One thread, ours and both kinds of raw in turn. */
static void one_thread(struct sync_setup *s, struct bench_report *r, int n)
{
    struct bench_samples ours, bare, like_ours;
    struct bench_line line = {.name = "sync overwrite",
                              .size = BYTES,
                              .threads = 1,
                              .raw = "HSET+WAIT",
                              .target_ratio = 1.10};
    const int first = 0;
    int i;

    bench_progress(r, line.name, BYTES);
    bench_samples_init(&ours, (size_t)n);
    bench_samples_init(&bare, (size_t)n);
    bench_samples_init(&like_ours, (size_t)n);
    for (i = 0; i < n; i++) {
        bench_samples_add(&bare, raw_write(s, RAW_HSET, 1));
        bench_samples_add(&ours, ours_write(s, &first));
        bench_samples_add(&like_ours, raw_write(s, RAW_TRANSACTION, 1));
    }
    bench_add_samples(r, &line, &ours, &bare);
    line.raw = "MULTI..EXEC+WAIT";
    line.target_ratio = 0;
    bench_add_samples(r, &line, &ours, &like_ours);
    bench_samples_free(&ours);
    bench_samples_free(&bare);
    bench_samples_free(&like_ours);
}

/* Time per write of that many threads together. */
static int64_t per_write(struct sync_setup *s, int threads, int n)
{
    struct writer w[THREADS];
    const int64_t t = clv_now_ns();
    int i;

    for (i = 0; i < threads; i++) {
        w[i] = (struct writer){.s = s, .number = i, .n = n};
        if (pthread_create(&w[i].thread, NULL, write_many, &w[i]))
            w[i].s = NULL;
    }
    for (i = 0; i < threads; i++)
        if (w[i].s)
            pthread_join(w[i].thread, NULL);
        else
            s->failed = true;
    return (clv_now_ns() - t) / ((int64_t)n * threads);
}

/* The same of raw commands: n sends of that many writes and one WAIT. */
static int64_t raw_per_write(struct sync_setup *s, enum raw_kind what, int together,
                             int n)
{
    const int64_t t = clv_now_ns();
    int i;

    for (i = 0; i < n; i++)
        raw_write(s, what, together);
    return (clv_now_ns() - t) / ((int64_t)n * together);
}

/* Rates, of ours and of raw commands in turn: how much sharing a WAIT is worth. Raw
 * commands show what this machine can give at all. */
static void many_threads(struct sync_setup *s, struct bench_report *r, int n)
{
    enum { ONE, ALL, RAW_ONE, RAW_ALL, RAW_LIKE_OURS, KINDS };
    /* clang-format off */
    static const struct { const char *name, *raw; int a, b; double target; } lines[] = {
        { "sync overwrite, per write",   "one thread",        ALL,     ONE,     1.0 / 8 },
        { "sync overwrite, per write",   "16 HSET, one WAIT", ALL,     RAW_ALL, 0 },
        { "sync overwrite, per write",   "16 MULTI..EXEC, WAIT", ALL,  RAW_LIKE_OURS, 0 },
        { "hiredis, 16 HSET, one WAIT",  "HSET+WAIT",         RAW_ALL, RAW_ONE, 0 },
    };
    /* clang-format on */
    struct bench_samples kind[KINDS];
    size_t k;
    int i;

    bench_progress(r, lines[0].name, BYTES);
    for (k = 0; k < KINDS; k++)
        bench_samples_init(&kind[k], ROUNDS);
    for (i = 0; i < ROUNDS; i++) {
        bench_samples_add(&kind[ONE], per_write(s, 1, n / ROUNDS));
        bench_samples_add(&kind[RAW_ONE], raw_per_write(s, RAW_HSET, 1, n / ROUNDS));
        bench_samples_add(&kind[ALL], per_write(s, THREADS, n / ROUNDS));
        bench_samples_add(&kind[RAW_ALL],
                          raw_per_write(s, RAW_HSET, THREADS, n / ROUNDS));
        bench_samples_add(&kind[RAW_LIKE_OURS],
                          raw_per_write(s, RAW_TRANSACTION, THREADS, n / ROUNDS));
    }
    for (k = 0; k < sizeof(lines) / sizeof(*lines); k++) {
        struct bench_line line = {.name = lines[k].name,
                                  .size = BYTES,
                                  .threads = lines[k].a == RAW_ALL ? 1 : THREADS,
                                  .raw = lines[k].raw,
                                  .target_ratio = lines[k].target};

        bench_add_samples(r, &line, &kind[lines[k].a], &kind[lines[k].b]);
    }
    for (k = 0; k < KINDS; k++)
        bench_samples_free(&kind[k]);
}

bool bench_sync(const struct bench_options *o, struct bench_report *r)
{
    struct sync_setup s = {.failed = false};
    const int n = o->quick ? 2000 : 20000;

    if (!raw_connect(&s) || !ours_open(&s)) {
        if (s.raw)
            bench_raw_close(s.raw);
        return false;
    }
    one_thread(&s, r, n);
    many_threads(&s, r, n);
    clCkptCheckpointClose(s.ckpt);
    clCkptFinalize(s.service);
    freeReplyObject(bench_raw_command(s.raw, "DEL clovis-bench-raw"));
    bench_raw_close(s.raw);
    if (s.failed)
        fprintf(stderr, "bench: a write failed\n");
    return !s.failed;
}
