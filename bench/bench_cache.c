/* SPDX-License-Identifier: Apache-2.0 */
/* Reads with CLOVIS_READ_CACHE=on against HGET, of sections that nobody changes, and with
 * another section of the checkpoint being written. */
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

#define RAW_KEY "clovis-bench-cache"

static const size_t sizes[] = {4, 100, 1024, 16384, 65536};
static const size_t beside = 1; /* the id of the section that is written beside */
enum {
    N_SIZES = sizeof(sizes) / sizeof(*sizes),
    MAX_BYTES = 65536,
    BESIDE_SIZE = 100,
    READS_PER_SAMPLE = 16,
    WARM_READS = 500
};

struct polled {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw;
    char *block;
    long pause_ns; /* of the writer */
    atomic_bool stop;
    atomic_bool failed;
};

/* ---- one call of each kind ------------------------------------------------- */

static ClCkptSectionIdT section_id(const size_t *size)
{
    return (ClCkptSectionIdT){sizeof(*size), (ClUint8T *)(uintptr_t)size};
}

static void ours(struct polled *p, const size_t *size)
{
    ClCkptIOVectorElementT io = {
        .sectionId = section_id(size), .dataBuffer = p->block, .dataSize = *size};
    ClUint32T bad;

    if (clCkptCheckpointRead(p->ckpt, &io, 1, &bad) != CL_OK || io.readSize != *size)
        atomic_store(&p->failed, true);
}

static void raw(struct polled *p, const size_t *size)
{
    redisReply *r = bench_raw_command(p->raw, "HGET %s %b", RAW_KEY, size, sizeof(*size));

    if (!r || r->type != REDIS_REPLY_STRING || r->len != *size)
        atomic_store(&p->failed, true);
    if (r)
        freeReplyObject(r);
}

static void raw_set(struct polled *p, const size_t *size)
{
    redisReply *r = bench_raw_command(p->raw, "HSET %s %b %b", RAW_KEY, size,
                                      sizeof(*size), p->block, *size);

    if (r)
        freeReplyObject(r);
}

/* A writer that changes another section, so that all of the checkpoint is forgotten. */
static void *write_beside(void *arg)
{
    const struct timespec pause = {0, ((struct polled *)arg)->pause_ns};
    struct polled *p = arg;
    char data[BESIDE_SIZE] = {0};
    const ClCkptSectionIdT id = section_id(&beside);

    while (!atomic_load(&p->stop)) {
        if (clCkptSectionOverwrite(p->ckpt, &id, data, sizeof(data)) != CL_OK)
            atomic_store(&p->failed, true);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

/* ---- the loop -------------------------------------------------------------- */

static void sample(struct polled *p, const size_t *size, struct bench_samples *a,
                   struct bench_samples *b)
{
    int64_t at = clv_now_ns();
    int i;

    for (i = 0; i < READS_PER_SAMPLE; i++)
        ours(p, size);
    bench_samples_add(a, (clv_now_ns() - at) / READS_PER_SAMPLE);
    at = clv_now_ns();
    raw(p, size);
    bench_samples_add(b, clv_now_ns() - at);
}

static bool measure(struct polled *p, struct bench_report *r, struct bench_line *line,
                    const size_t *size, size_t rounds)
{
    struct bench_samples a = {0}, b = {0};
    bool ok = bench_samples_init(&a, rounds) && bench_samples_init(&b, rounds);
    size_t i;

    bench_progress(r, line->name, *size);
    for (i = 0; ok && i < rounds; i++) {
        sample(p, size, &a, &b);
        ok = !atomic_load(&p->failed);
    }
    if (ok) {
        line->size = *size;
        bench_add_samples(r, line, &a, &b);
    } else {
        fprintf(stderr, "bench: %s of %zu bytes failed\n", line->name, *size);
    }
    bench_samples_free(&a);
    bench_samples_free(&b);
    return ok;
}

static bool measure_beside(struct polled *p, struct bench_report *r, const char *name,
                           long pause_ns, size_t rounds)
{
    struct bench_line line = {.name = name, .threads = 2, .raw = "hiredis HGET"};
    pthread_t writer;
    bool ok;

    p->pause_ns = pause_ns;
    atomic_store(&p->stop, false);
    if (pthread_create(&writer, NULL, write_beside, p))
        return false;
    ok = measure(p, r, &line, &sizes[1], rounds);
    atomic_store(&p->stop, true);
    pthread_join(writer, NULL);
    return ok;
}

/* ---- setup ------------------------------------------------------------------ */

static bool section_make(struct polled *p, const size_t *size, size_t n)
{
    ClCkptSectionIdT id = section_id(size);
    ClCkptSectionCreationAttributesT attrs = {&id, CL_TIME_END};
    const ClRcT rc = clCkptSectionCreate(p->ckpt, &attrs, (ClUint8T *)p->block, n);

    if (rc != CL_OK)
        fprintf(stderr, "bench: clCkptSectionCreate: 0x%x\n", rc);
    return rc == CL_OK;
}

static bool prepare(struct polled *p)
{
    size_t i;

    p->block = calloc(1, MAX_BYTES);
    if (!p->block || !(p->raw = bench_raw_open()) || !bench_service_open(&p->service) ||
        !bench_ckpt_open(p->service, "cache", 2 * N_SIZES, MAX_BYTES, &p->ckpt) ||
        !section_make(p, &beside, BESIDE_SIZE))
        return false;
    for (i = 0; i < N_SIZES; i++) {
        if (!section_make(p, &sizes[i], sizes[i]))
            return false;
        raw_set(p, &sizes[i]);
    }
    for (i = 0; i < WARM_READS; i++) { /* the cache is used when it is asked for */
        ours(p, &sizes[0]);
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    }
    return true;
}

static void teardown(struct polled *p)
{
    if (p->raw) {
        bench_raw_int(p->raw, "DEL %s", RAW_KEY);
        bench_raw_close(p->raw);
    }
    if (p->ckpt)
        clCkptCheckpointClose(p->ckpt);
    if (p->service)
        clCkptFinalize(p->service);
    free(p->block);
}

bool bench_cache(const struct bench_options *o, struct bench_report *r)
{
    struct bench_line line = {.name = "CheckpointRead, read cache",
                              .threads = 1,
                              .raw = "hiredis HGET",
                              .target_ratio = 0.05};
    const size_t rounds = o->quick ? 3000 : 20000;
    struct polled p = {0};
    bool ok;
    size_t i;

    setenv("CLOVIS_READ_CACHE", "on", 1); /* of the client that is started here */
    ok = prepare(&p);
    for (i = 0; ok && i < N_SIZES; i++)
        ok = measure(&p, r, &line, &sizes[i], rounds);
    ok = ok && measure_beside(&p, r, "read cache, 100 writes/s", 10000000, rounds) &&
         measure_beside(&p, r, "read cache, 1000 writes/s", 1000000, rounds);
    teardown(&p);
    unsetenv("CLOVIS_READ_CACHE");
    return ok;
}
