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

static int64_t raw_write(struct sync_setup *s)
{
    const int64_t t = clv_now_ns();
    redisReply *r;
    int i;

    bench_raw_append(s->raw, "HSET clovis-bench-raw 0 %b", payload, (size_t)BYTES);
    bench_raw_append(s->raw, "WAIT %ld 0", s->replicas);
    for (i = 0; i < 2; i++) {
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

/* One thread, ours and raw in turn. */
static void one_thread(struct sync_setup *s, struct bench_report *r, int n)
{
    struct bench_samples ours, raw;
    struct bench_line line = {.name = "sync overwrite",
                              .size = BYTES,
                              .threads = 1,
                              .raw = "HSET+WAIT",
                              .target_ratio = 1.10};
    const int first = 0;
    int i;

    bench_progress(r, line.name, BYTES);
    bench_samples_init(&ours, (size_t)n);
    bench_samples_init(&raw, (size_t)n);
    for (i = 0; i < n; i++) {
        bench_samples_add(&raw, raw_write(s));
        bench_samples_add(&ours, ours_write(s, &first));
    }
    bench_add_samples(r, &line, &ours, &raw);
    bench_samples_free(&ours);
    bench_samples_free(&raw);
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

/* Sixteen threads against one, in turn: the rates are compared, not latencies. */
static void many_threads(struct sync_setup *s, struct bench_report *r, int n)
{
    struct bench_samples one, all;
    struct bench_line line = {.name = "sync overwrite, per write",
                              .size = BYTES,
                              .threads = THREADS,
                              .raw = "one thread",
                              .target_ratio = 1.0 / 8};
    int i;

    bench_progress(r, line.name, BYTES);
    bench_samples_init(&one, ROUNDS);
    bench_samples_init(&all, ROUNDS);
    for (i = 0; i < ROUNDS; i++) {
        bench_samples_add(&one, per_write(s, 1, n / ROUNDS));
        bench_samples_add(&all, per_write(s, THREADS, n / ROUNDS));
    }
    bench_add_samples(r, &line, &all, &one);
    bench_samples_free(&one);
    bench_samples_free(&all);
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
