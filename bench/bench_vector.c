/* SPDX-License-Identifier: Apache-2.0 */
/* Writes at offsets, and of many sections in one call. */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/clock.h"
#include "bench/bench_link.h"

#define RAW_KEY "clovis-bench-vector"

static const size_t sizes[] = {1024, 16384, 65536, 262144, 1048576};
enum {
    N_SIZES = sizeof(sizes) / sizeof(*sizes),
    N_VECTOR = 100,
    VECTOR_BYTES = 100,
    PATCH_BYTES = 64,
    MAX_BYTES = 1048576,
    N_RAW = 2 + 2 * N_VECTOR
};

struct vectors {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw;
    ClCkptIOVectorElementT io[N_VECTOR];
    uint32_t ids[N_VECTOR];
    const char *argv[N_RAW];
    size_t argl[N_RAW];
    char *payload;
    size_t size; /* of the section that is patched */
    unsigned n;  /* patches so far: they go to different places */
    bool failed;
};

/* ---- one call of each kind ----------------------------------------------- */

static void raw_hset(struct vectors *v, int n_fields)
{
    redisReply *r = bench_raw_argv(v->raw, 2 + 2 * n_fields, v->argv, v->argl);

    v->failed |= !r || r->type != REDIS_REPLY_INTEGER;
    if (r)
        freeReplyObject(r);
}

static void ours_vector(struct vectors *v)
{
    ClUint32T bad;

    v->failed |= clCkptCheckpointWrite(v->ckpt, v->io, N_VECTOR, &bad) != CL_OK;
}

static void raw_vector(struct vectors *v)
{
    v->argl[3] = VECTOR_BYTES;
    raw_hset(v, N_VECTOR);
}

static void ours_patch(struct vectors *v)
{
    ClCkptIOVectorElementT io = {
        .sectionId = {sizeof(v->size), (ClUint8T *)&v->size},
        .dataBuffer = v->payload,
        .dataSize = PATCH_BYTES,
        .dataOffset = v->n++ * 7919 % (v->size - PATCH_BYTES),
    };
    ClUint32T bad;

    v->failed |= clCkptCheckpointWrite(v->ckpt, &io, 1, &bad) != CL_OK;
}

static void raw_patch(struct vectors *v)
{
    v->argl[3] = PATCH_BYTES;
    raw_hset(v, 1);
}

/* ---- the loop ------------------------------------------------------------ */

typedef void (*call_fn)(struct vectors *v);

static int64_t timed(call_fn fn, struct vectors *v)
{
    const int64_t before = clv_now_ns();

    fn(v);
    return clv_now_ns() - before;
}

static bool measure(struct vectors *v, struct bench_report *r, struct bench_line *line,
                    call_fn ours, call_fn raw, size_t rounds)
{
    struct bench_samples a = {0}, b = {0};
    bool ok = bench_samples_init(&a, rounds) && bench_samples_init(&b, rounds);
    size_t i;

    bench_progress(r, line->name, line->size);
    for (i = 0; ok && i < rounds + rounds / 20; i++) {
        const int64_t ns = timed(ours, v), raw_ns = timed(raw, v);

        if (i >= rounds / 20) {
            bench_samples_add(&a, ns);
            bench_samples_add(&b, raw_ns);
        }
        ok = !v->failed;
    }
    if (ok) {
        line->threads = 1;
        bench_add_samples(r, line, &a, &b);
    } else {
        fprintf(stderr, "bench: %s failed\n", line->name);
    }
    bench_samples_free(&a);
    bench_samples_free(&b);
    return ok;
}

static bool section_make(struct vectors *v, const void *id, size_t id_size, size_t size)
{
    ClCkptSectionIdT name = {(ClUint16T)id_size, (ClUint8T *)(uintptr_t)id};
    ClCkptSectionCreationAttributesT attrs = {&name, CL_TIME_END};
    const ClRcT rc =
        clCkptSectionCreate(v->ckpt, &attrs, (ClUint8T *)v->payload, (ClSizeT)size);

    if (rc != CL_OK)
        fprintf(stderr, "bench: clCkptSectionCreate: 0x%x\n", rc);
    return rc == CL_OK;
}

static bool prepare(struct vectors *v)
{
    uint32_t i;

    v->payload = malloc(MAX_BYTES);
    if (!v->payload || !(v->raw = bench_raw_open()) || !bench_service_open(&v->service) ||
        !bench_ckpt_open(v->service, "vector", 2 * N_VECTOR, MAX_BYTES, &v->ckpt))
        return false;
    memset(v->payload, 'x', MAX_BYTES);
    v->argv[0] = "HSET";
    v->argl[0] = strlen("HSET");
    v->argv[1] = RAW_KEY;
    v->argl[1] = strlen(RAW_KEY);
    for (i = 0; i < N_VECTOR; i++) {
        v->ids[i] = i;
        v->io[i] = (ClCkptIOVectorElementT){
            .sectionId = {sizeof(v->ids[i]), (ClUint8T *)&v->ids[i]},
            .dataBuffer = v->payload,
            .dataSize = VECTOR_BYTES,
        };
        v->argv[2 + 2 * i] = (const char *)&v->ids[i];
        v->argl[2 + 2 * i] = sizeof(v->ids[i]);
        v->argv[3 + 2 * i] = v->payload;
        v->argl[3 + 2 * i] = VECTOR_BYTES;
        if (!section_make(v, &v->ids[i], sizeof(v->ids[i]), VECTOR_BYTES))
            return false;
    }
    for (i = 0; i < N_SIZES; i++)
        if (!section_make(v, &sizes[i], sizeof(sizes[i]), sizes[i]))
            return false;
    return true;
}

static void teardown(struct vectors *v)
{
    if (v->raw) {
        bench_raw_int(v->raw, "DEL %s", RAW_KEY);
        bench_raw_close(v->raw);
    }
    if (v->ckpt)
        clCkptCheckpointClose(v->ckpt);
    if (v->service)
        clCkptFinalize(v->service);
    free(v->payload);
}

bool bench_vector(const struct bench_options *o, struct bench_report *r)
{
    struct bench_line vector = {.name = "CheckpointWrite, 100 at once",
                                .size = VECTOR_BYTES,
                                .raw = "HSET of 100 fields",
                                .target_ratio = 1.5};
    struct bench_line patch = {
        .name = "64 bytes at an offset", .raw = "HSET of 64 bytes", .target_ratio = 1.6};
    const size_t rounds = o->quick ? 1000 : 10000;
    struct vectors *v = calloc(1, sizeof(*v));
    size_t i;
    bool ok = v && prepare(v);

    ok = ok && measure(v, r, &vector, ours_vector, raw_vector, rounds / 2);
    for (i = 0; ok && i < (o->brief ? 2 : N_SIZES); i++) {
        v->size = patch.size = sizes[i];
        ok = measure(v, r, &patch, ours_patch, raw_patch, rounds / 2);
    }
    if (v)
        teardown(v);
    free(v);
    return ok;
}
