/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoint calls against HSET and HGET of the same payload. Two baselines: raw
 * hiredis as a program would use it, and a bare socket with a command encoded
 * beforehand, which is the least that any client can cost.
 */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/clock.h"
#include "bench/bench_link.h"

#define RAW_KEY "clovis-bench-raw"

static const size_t sizes[] = {4, 100, 1024, 16384, 65536};
enum { N_SIZES = sizeof(sizes) / sizeof(*sizes), MAX_BYTES = 65536 };

struct setup {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw;
    int bare;
    size_t n_fn;           /* ours, raw and, unless bare is not there, that */
    char *payload, *reply; /* MAX_BYTES and room for the protocol */
    char *encoded;         /* the bare socket's command */
    size_t encoded_len;
    bool failed;
};

/* ---- one call of each kind ----------------------------------------------- */

static ClCkptSectionIdT section_id(const size_t *size)
{
    return (ClCkptSectionIdT){sizeof(*size), (ClUint8T *)(uintptr_t)size};
}

static void ours_write(struct setup *s, const size_t *size)
{
    const ClCkptSectionIdT id = section_id(size);

    s->failed |= clCkptSectionOverwrite(s->ckpt, &id, s->payload, *size) != CL_OK;
}

static void ours_read(struct setup *s, const size_t *size)
{
    ClCkptIOVectorElementT io = {
        .sectionId = section_id(size), .dataBuffer = s->reply, .dataSize = *size};
    ClUint32T bad;

    s->failed |=
        clCkptCheckpointRead(s->ckpt, &io, 1, &bad) != CL_OK || io.readSize != *size;
}

static void raw_call(struct setup *s, int argc, const char **argv, const size_t *len)
{
    redisReply *r = bench_raw_argv(s->raw, argc, argv, len);

    s->failed |= !r || r->type == REDIS_REPLY_ERROR;
    if (r)
        freeReplyObject(r);
}

static void raw_write(struct setup *s, const size_t *size)
{
    const char *argv[] = {"HSET", RAW_KEY, (const char *)size, s->payload};
    const size_t len[] = {4, strlen(RAW_KEY), sizeof(*size), *size};

    raw_call(s, 4, argv, len);
}

static void raw_read(struct setup *s, const size_t *size)
{
    const char *argv[] = {"HGET", RAW_KEY, (const char *)size};
    const size_t len[] = {4, strlen(RAW_KEY), sizeof(*size)};

    raw_call(s, 3, argv, len);
}

static bool bare_call(struct setup *s, size_t want)
{
    size_t done = 0;
    ssize_t n;

    while (done < s->encoded_len) {
        n = send(s->bare, s->encoded + done, s->encoded_len - done, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    for (done = 0; done < want; done += (size_t)n) {
        n = recv(s->bare, s->reply + done, MAX_BYTES + 64 - done, 0);
        if (n <= 0)
            return false;
    }
    return true;
}

static void bare_write(struct setup *s, const size_t *size)
{
    (void)size;
    s->failed |= !bare_call(s, strlen(":0\r\n"));
}

static void bare_read(struct setup *s, const size_t *size)
{
    char head[32];
    const int n = snprintf(head, sizeof(head), "$%zu\r\n", *size);

    s->failed |= !bare_call(s, (size_t)n + *size + 2);
}

static void encode(struct setup *s, int argc, const size_t *size)
{
    const char *argv[] = {argc == 4 ? "HSET" : "HGET", RAW_KEY, (const char *)size,
                          s->payload};
    const size_t len[] = {4, strlen(RAW_KEY), sizeof(*size), *size};
    char *cmd = NULL;
    int n;

    free(s->encoded);
    s->encoded = NULL;
    n = redisFormatCommandArgv(&cmd, argc, argv, len);
    if (n < 0) {
        s->failed = true;
        return;
    }
    s->encoded = cmd;
    s->encoded_len = (size_t)n;
}

/* ---- the loop ------------------------------------------------------------ */

typedef void (*call_fn)(struct setup *s, const size_t *size);

static int64_t timed(call_fn fn, struct setup *s, const size_t *size)
{
    const int64_t before = clv_now_ns();

    fn(s, size);
    return clv_now_ns() - before;
}

/* All in turn, each in each place equally often. */
static bool run(struct setup *s, call_fn fn[3], const size_t *size, size_t rounds,
                struct bench_samples out[3])
{
    size_t i, k;
    int64_t ns;

    for (i = 0; i < rounds + rounds / 20 && !s->failed; i++) {
        for (k = 0; k < s->n_fn; k++) {
            ns = timed(fn[(i + k) % s->n_fn], s, size);
            if (i >= rounds / 20)
                bench_samples_add(&out[(i + k) % s->n_fn], ns);
        }
    }
    if (s->failed)
        fprintf(stderr, "bench: a call of %zu bytes failed\n", *size);
    return !s->failed;
}

static void report(struct bench_report *r, const char *name, size_t size,
                   struct bench_samples out[3])
{
    struct bench_line line = {
        .name = name,
        .size = size,
        .threads = 1,
        .raw = "hiredis",
        .target_ratio = 1.10,
    };

    bench_add_samples(r, &line, &out[0], &out[1]);
    if (!out[2].n)
        return;
    line.raw = "bare socket";
    line.target_ratio = 0;
    bench_add_samples(r, &line, &out[0], &out[2]);
}

static bool measure(struct setup *s, struct bench_report *r, const char *name,
                    call_fn fn[3], int argc, const size_t *size, size_t rounds)
{
    struct bench_samples out[3] = {{0}};
    bool ok = true;
    size_t k;

    bench_progress(r, name, *size);
    encode(s, argc, size);
    for (k = 0; k < 3; k++)
        ok = bench_samples_init(&out[k], rounds) && ok;
    ok = ok && run(s, fn, size, rounds, out);
    if (ok)
        report(r, name, *size, out);
    for (k = 0; k < 3; k++)
        bench_samples_free(&out[k]);
    return ok;
}

static bool create_sections(struct setup *s)
{
    size_t i;

    for (i = 0; i < N_SIZES; i++) {
        ClCkptSectionIdT id = section_id(&sizes[i]);
        ClCkptSectionCreationAttributesT attrs = {&id, CL_TIME_END};
        const ClRcT rc = clCkptSectionCreate(s->ckpt, &attrs, (ClUint8T *)s->payload, 1);

        if (rc != CL_OK) {
            fprintf(stderr, "bench: clCkptSectionCreate: 0x%x\n", rc);
            return false;
        }
    }
    return true;
}

static void teardown(struct setup *s)
{
    const char *argv[] = {"DEL", RAW_KEY};

    if (s->raw)
        raw_call(s, 2, argv, (const size_t[]){3, strlen(RAW_KEY)});
    if (s->ckpt)
        clCkptCheckpointClose(s->ckpt); /* retention 0: it goes */
    if (s->service && s->service != (ClCkptSvcHdlT)-1)
        clCkptFinalize(s->service);
    if (s->raw)
        bench_raw_close(s->raw);
    if (s->bare >= 0)
        close(s->bare);
    free(s->payload);
    free(s->reply);
    free(s->encoded);
}

/* One small and one large size tell enough about the second and the third store. */
static bool is_brief(size_t size)
{
    return size == 100 || size == 16384;
}

bool bench_ckpt(const struct bench_options *o, struct bench_report *r)
{
    struct setup s = {.bare = -2};
    call_fn writes[3] = {ours_write, raw_write, bare_write};
    call_fn reads[3] = {ours_read, raw_read, bare_read};
    const size_t rounds = o->quick ? 1500 : 20000;
    bool ok;
    size_t i;

    s.payload = malloc(MAX_BYTES);
    s.reply = malloc(MAX_BYTES + 64);
    ok = s.payload && s.reply;
    if (ok)
        memset(s.payload, 'x', MAX_BYTES);
    ok = ok && (s.raw = bench_raw_open()) &&
         (o->quick || (s.bare = bench_bare_open()) != -1) &&
         bench_service_open(&s.service) &&
         bench_ckpt_open(s.service, "calls", 2 * N_SIZES, MAX_BYTES, &s.ckpt) &&
         create_sections(&s);
    s.n_fn = s.bare >= 0 ? 3 : 2;
    for (i = 0; ok && i < N_SIZES; i++)
        ok = (o->brief && !is_brief(sizes[i])) ||
             measure(&s, r, "SectionOverwrite", writes, 4, &sizes[i],
                     sizes[i] > 4096 ? rounds / 4 : rounds);
    for (i = 0; ok && i < N_SIZES; i++)
        ok = (o->brief && !is_brief(sizes[i])) ||
             measure(&s, r, "CheckpointRead", reads, 3, &sizes[i],
                     sizes[i] > 4096 ? rounds / 4 : rounds);
    teardown(&s);
    return ok;
}
