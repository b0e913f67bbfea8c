/* SPDX-License-Identifier: Apache-2.0 */
/* One section of 64 MiB: written whole, read whole, and written and read at offsets. */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/clock.h"
#include "bench/bench_link.h"

#define RAW_KEY "clovis-bench-big"

enum { BIG = 64 * 1024 * 1024, PATCH = 64, ROUNDS = 20, QUICK_ROUNDS = 5, PATCHES = 100 };

struct big {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw;
    char *block, *back;
    size_t n; /* calls so far: patches go to different places */
    bool failed;
};

static ClCkptSectionIdT section(void)
{
    return (ClCkptSectionIdT){3, (ClUint8T *)(uintptr_t) "big"};
}

static void ours_write(struct big *b)
{
    const ClCkptSectionIdT id = section();

    b->failed |= clCkptSectionOverwrite(b->ckpt, &id, b->block, BIG) != CL_OK;
}

static void ours_move(struct big *b, size_t offset, size_t size, bool write)
{
    ClCkptIOVectorElementT io = {.sectionId = section(),
                                 .dataBuffer = write ? b->block : b->back,
                                 .dataSize = size,
                                 .dataOffset = offset};
    ClUint32T bad;
    const ClRcT rc = write ? clCkptCheckpointWrite(b->ckpt, &io, 1, &bad)
                           : clCkptCheckpointRead(b->ckpt, &io, 1, &bad);

    b->failed |= rc != CL_OK || (!write && io.readSize != size);
}

static size_t place(struct big *b)
{
    return b->n++ * 7919 * 4096 % (BIG - PATCH);
}

static void ours_read(struct big *b)
{
    ours_move(b, 0, BIG, false);
}

static void ours_patch(struct big *b)
{
    ours_move(b, place(b), PATCH, true);
}

static void ours_peek(struct big *b)
{
    ours_move(b, place(b), PATCH, false);
}

static void raw_take(struct big *b, redisReply *r)
{
    b->failed |= !r || r->type == REDIS_REPLY_ERROR;
    if (r)
        freeReplyObject(r);
}

static void raw_write(struct big *b)
{
    raw_take(b,
             bench_raw_command(b->raw, "HSET %s f %b", RAW_KEY, b->block, (size_t)BIG));
}

static void raw_read(struct big *b)
{
    raw_take(b, bench_raw_command(b->raw, "HGET %s f", RAW_KEY));
}

static void raw_patch(struct big *b)
{
    raw_take(b,
             bench_raw_command(b->raw, "HSET %s g %b", RAW_KEY, b->block, (size_t)PATCH));
}

static void raw_peek(struct big *b)
{
    raw_take(b, bench_raw_command(b->raw, "HGET %s g", RAW_KEY));
}

typedef void call_fn(struct big *b);

static int64_t timed(struct big *b, call_fn *fn)
{
    const int64_t begin = clv_now_ns();

    fn(b);
    return clv_now_ns() - begin;
}

static bool measure(struct big *b, struct bench_report *r, struct bench_line line,
                    call_fn *ours, call_fn *raw, size_t rounds)
{
    struct bench_samples x = {0}, y = {0};
    bool ok = bench_samples_init(&x, rounds) && bench_samples_init(&y, rounds);
    size_t i;

    bench_progress(r, line.name, line.size);
    if (ok) { /* the first makes what the others find */
        ours(b);
        raw(b);
    }
    for (i = 0; ok && i < rounds; i++) {
        bench_samples_add(&x, timed(b, ours));
        bench_samples_add(&y, timed(b, raw));
        ok = !b->failed;
    }
    line.threads = 1;
    if (ok)
        bench_add_samples(r, &line, &x, &y);
    else
        fprintf(stderr, "bench: %s, 64 MiB, failed\n", line.name);
    bench_samples_free(&x);
    bench_samples_free(&y);
    return ok;
}

static bool prepare(struct big *b)
{
    ClCkptSectionIdT id = section();
    ClCkptSectionCreationAttributesT attrs = {&id, CL_TIME_END};

    b->block = malloc(BIG);
    b->back = calloc(1, BIG);
    if (!b->block || !b->back || !(b->raw = bench_raw_open()))
        return false;
    memset(b->block, 'x', BIG);
    return bench_service_open(&b->service) &&
           bench_ckpt_open(b->service, "big", 2, BIG, &b->ckpt) &&
           clCkptSectionCreate(b->ckpt, &attrs, (ClUint8T *)b->block, BIG) == CL_OK;
}

static void teardown(struct big *b)
{
    if (b->raw)
        bench_raw_int(b->raw, "UNLINK %s", RAW_KEY);
    bench_raw_close(b->raw);
    if (b->ckpt)
        clCkptCheckpointClose(b->ckpt);
    if (b->service)
        clCkptFinalize(b->service);
    free(b->block);
    free(b->back);
}

/* The most memory that the process has had, in MiB. */
static double peak_mib(void)
{
    struct rusage about;

    return getrusage(RUSAGE_SELF, &about) ? 0 : (double)about.ru_maxrss / 1024;
}

bool bench_big(const struct bench_options *o, struct bench_report *r)
{
    const size_t rounds = o->quick ? QUICK_ROUNDS : ROUNDS;
    struct big b = {.n = 0};
    double before;
    bool ok = prepare(&b);

    before = peak_mib();
    ok = ok && measure(&b, r,
                       (struct bench_line){.name = "SectionOverwrite, 64 MiB",
                                           .size = BIG,
                                           .raw = "HSET",
                                           .target_ratio = 1.1},
                       ours_write, raw_write, rounds);
    if (ok) /* hiredis, too, has copied the payload by now */
        bench_add_value(r, &(struct bench_value){.name = "memory after both",
                                                 .size = BIG,
                                                 .threads = 1,
                                                 .ours = peak_mib() - before,
                                                 .unit = "MiB"});
    ok = ok &&
         measure(&b, r,
                 (struct bench_line){.name = "CheckpointRead, 64 MiB",
                                     .size = BIG,
                                     .raw = "HGET",
                                     .target_ratio = 1.1},
                 ours_read, raw_read, rounds) &&
         measure(&b, r,
                 (struct bench_line){.name = "64 bytes at an offset of it",
                                     .size = PATCH,
                                     .raw = "HSET of 64 bytes",
                                     .target_ratio = 1.6},
                 ours_patch, raw_patch, PATCHES * rounds) &&
         measure(&b, r,
                 (struct bench_line){.name = "read of 64 bytes of it",
                                     .size = PATCH,
                                     .raw = "HGET of 64 bytes",
                                     .target_ratio = 1.6},
                 ours_peek, raw_peek, PATCHES * rounds);
    teardown(&b);
    return ok;
}
