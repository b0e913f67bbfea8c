/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Size: thirty thousand checkpoints in one process, a million sections in one checkpoint.
 * What a call costs must not depend on it, nor may the process's memory.
 */
#include "bench/bench.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>
#include <clHeapApi.h>

#include "base/clock.h"
#include "bench/bench_link.h"

#define RAW_KEY "clovis-bench-scale"

enum {
    SECTIONS = 1000000,
    QUICK_SECTIONS = 100000,
    OPENS = 30000,
    QUICK_OPENS = 3000,
    FEW = 100,
    BYTES = 100,
    ID_BYTES = 8,
    MAKERS = 16,
    RAW_BATCH = 64,
    OVERWRITES = 20000
};

struct scale {
    ClCkptSvcHdlT service;
    ClCkptHdlT large, small;
    struct bench_raw *raw;
    uint32_t n_sections;
    atomic_uint next; /* section to make */
    atomic_bool failed;
    char payload[BYTES];
};

static double rss_bytes(void)
{
    unsigned long total = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    if (f && fscanf(f, "%lu %lu", &total, &resident) != 2)
        resident = 0;
    if (f)
        fclose(f);
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double seconds_since(int64_t begin_ns)
{
    return (double)(clv_now_ns() - begin_ns) / 1e9;
}

static void id_make(char id[ID_BYTES + 1], uint32_t n)
{
    snprintf(id, ID_BYTES + 1, "%08u", n % 100000000);
}

/* ---- sections ------------------------------------------------------------ */

static bool section_make(struct scale *s, ClCkptHdlT ckpt, uint32_t n)
{
    char text[ID_BYTES + 1];
    ClCkptSectionIdT id = {ID_BYTES, (ClUint8T *)text};
    ClCkptSectionCreationAttributesT attrs = {&id, CL_TIME_END};

    id_make(text, n);
    return clCkptSectionCreate(ckpt, &attrs, (ClUint8T *)s->payload, BYTES) == CL_OK;
}

static void *maker(void *arg)
{
    struct scale *s = arg;
    uint32_t n;

    while ((n = atomic_fetch_add(&s->next, 1)) < s->n_sections)
        if (!section_make(s, s->large, n)) {
            atomic_store(&s->failed, true);
            break;
        }
    return NULL;
}

static double sections_make(struct scale *s)
{
    const int64_t begin = clv_now_ns();
    pthread_t t[MAKERS];
    int i;

    for (i = 0; i < MAKERS; i++)
        if (pthread_create(&t[i], NULL, maker, s))
            break;
    if (i < MAKERS)
        atomic_store(&s->failed, true);
    while (i-- > 0)
        pthread_join(t[i], NULL);
    return seconds_since(begin);
}

static bool raw_batch_end(struct scale *s, uint32_t n)
{
    redisReply *r;

    for (; n > 0; n--) {
        r = bench_raw_reply(s->raw);
        if (!r)
            return false;
        freeReplyObject(r);
    }
    return true;
}

static double raw_make(struct scale *s)
{
    const int64_t begin = clv_now_ns();
    char id[ID_BYTES + 1];
    uint32_t i, waiting = 0;
    bool ok = true;

    for (i = 0; ok && i < s->n_sections; i++) {
        id_make(id, i);
        bench_raw_append(s->raw, "HSET %s %b %b", RAW_KEY, id, (size_t)ID_BYTES,
                         s->payload, (size_t)BYTES);
        if (++waiting == RAW_BATCH || i == s->n_sections - 1) {
            ok = raw_batch_end(s, waiting);
            waiting = 0;
        }
    }
    if (!ok)
        atomic_store(&s->failed, true);
    return seconds_since(begin);
}

static double iterate(struct scale *s, uint32_t *n)
{
    const int64_t begin = clv_now_ns();
    ClCkptSectionDescriptorT about;
    ClHandleT it;

    *n = 0;
    if (clCkptSectionIterationInitialize(s->large, CL_CKPT_SECTIONS_ANY, 0, &it) != CL_OK)
        return 0;
    while (clCkptSectionIterationNext(it, &about) == CL_OK) {
        *n += about.sectionSize == BYTES;
        clHeapFree(about.sectionId.id);
    }
    clCkptSectionIterationFinalize(it);
    return seconds_since(begin);
}

/* All fields with their values, page by page. */
static double raw_iterate(struct scale *s, uint32_t *n)
{
    const int64_t begin = clv_now_ns();
    char cursor[32] = "0";
    redisReply *r;

    *n = 0;
    do {
        r = bench_raw_command(s->raw, "HSCAN %s %s COUNT 64", RAW_KEY, cursor);
        if (!r || r->type != REDIS_REPLY_ARRAY || r->elements != 2) {
            if (r)
                freeReplyObject(r);
            break;
        }
        snprintf(cursor, sizeof(cursor), "%s", r->element[0]->str);
        *n += (uint32_t)r->element[1]->elements / 2;
        freeReplyObject(r);
    } while (strcmp(cursor, "0"));
    return seconds_since(begin);
}

/* ---- overwrites, among many and among few --------------------------------- */

static int64_t overwrite(struct scale *s, ClCkptHdlT ckpt, uint32_t n)
{
    char text[ID_BYTES + 1];
    const ClCkptSectionIdT id = {ID_BYTES, (ClUint8T *)text};
    int64_t begin;

    id_make(text, n);
    begin = clv_now_ns();
    if (clCkptSectionOverwrite(ckpt, &id, s->payload, BYTES) != CL_OK)
        atomic_store(&s->failed, true);
    return clv_now_ns() - begin;
}

static bool overwrites(struct scale *s, struct bench_report *r, uint32_t n)
{
    struct bench_line line = {.name = "overwrite among many sections",
                              .size = BYTES,
                              .threads = 1,
                              .raw = "among 100 sections",
                              .target_ratio = 1.1};
    struct bench_samples many = {0}, few = {0};
    unsigned seed = 1;
    bool ok = bench_samples_init(&many, n) && bench_samples_init(&few, n);

    bench_progress(r, line.name, BYTES);
    for (; ok && n > 0 && !atomic_load(&s->failed); n--) {
        bench_samples_add(
            &many, overwrite(s, s->large, (uint32_t)rand_r(&seed) % s->n_sections));
        bench_samples_add(&few, overwrite(s, s->small, (uint32_t)rand_r(&seed) % FEW));
    }
    if (ok && !atomic_load(&s->failed)) {
        bench_add_samples(r, &line, &many, &few);
    }
    bench_samples_free(&many);
    bench_samples_free(&few);
    return ok && !atomic_load(&s->failed);
}

/* ---- one large checkpoint ------------------------------------------------- */

static void say(struct bench_report *r, const char *name, double ours, double raw,
                const char *unit, const char *raw_name, double at_most)
{
    const struct bench_value v = {.name = name,
                                  .threads = 1,
                                  .ours = ours,
                                  .raw = raw,
                                  .unit = unit,
                                  .raw_name = raw_name,
                                  .at_most = at_most};

    bench_add_value(r, &v);
}

static bool large_prepare(struct scale *s)
{
    uint32_t i;

    if (!bench_ckpt_open(s->service, "large", s->n_sections + 1, BYTES, &s->large) ||
        !bench_ckpt_open(s->service, "small", FEW + 1, BYTES, &s->small))
        return false;
    for (i = 0; i < FEW; i++)
        if (!section_make(s, s->small, i))
            return false;
    return true;
}

static bool large(struct scale *s, const struct bench_options *o, struct bench_report *r)
{
    const double n = s->n_sections;
    double memory, raw_memory, rss, made_s, raw_s, seen_s, raw_seen_s;
    uint32_t seen, raw_seen;

    if (!large_prepare(s))
        return false;
    bench_progress(r, "making and seeing many sections", BYTES);
    raw_memory = bench_redis_memory(s->raw);
    raw_s = raw_make(s);
    memory = bench_redis_memory(s->raw);
    raw_memory = memory - raw_memory;
    rss = rss_bytes();
    made_s = sections_make(s);
    memory = bench_redis_memory(s->raw) - memory;
    seen_s = iterate(s, &seen);
    raw_seen_s = raw_iterate(s, &raw_seen);
    if (atomic_load(&s->failed) || seen != s->n_sections || raw_seen != s->n_sections) {
        fprintf(stderr, "bench: %u of %u sections were made and seen\n", seen,
                s->n_sections);
        return false;
    }
    say(r, "sections", n, 0, "sections", NULL, 0);
    say(r, "SectionCreate, 16 threads", made_s * 1e6 / n, raw_s * 1e6 / n, "us/section",
        "HSET, 64 at a time", 0);
    say(r, "Redis memory", memory / n, raw_memory / n, "B/section", "hash field", 1.8);
    say(r, "IterationNext", seen_s * 1e6 / n, raw_seen_s * 1e6 / n, "us/section",
        "HSCAN, 64 at a time", 0);
    if (!overwrites(s, r, o->quick ? OVERWRITES / 10 : OVERWRITES))
        return false;
    say(r, "growth of the process", (rss_bytes() - rss) / 1024, 0, "KiB", NULL, 0);
    return true;
}

static void large_close(struct scale *s)
{
    if (s->large)
        clCkptCheckpointClose(s->large);
    if (s->small)
        clCkptCheckpointClose(s->small);
    bench_raw_int(s->raw, "UNLINK %s", RAW_KEY);
}

/* ---- many checkpoints ------------------------------------------------------ */

struct opens {
    ClCkptHdlT *ckpt; /* owned */
    uint32_t n, opened;
};

/* Open number from to number to; microseconds each. */
static double open_some(struct scale *s, struct opens *o, uint32_t from, uint32_t to)
{
    const int64_t begin = clv_now_ns();
    char suffix[16];

    for (; o->opened < to && !atomic_load(&s->failed); o->opened++) {
        snprintf(suffix, sizeof(suffix), "%u", o->opened);
        if (!bench_ckpt_open(s->service, suffix, 10, BYTES, &o->ckpt[o->opened]))
            atomic_store(&s->failed, true);
    }
    return seconds_since(begin) * 1e6 / (to - from);
}

static double close_some(struct opens *o, uint32_t from, uint32_t to)
{
    const int64_t begin = clv_now_ns();
    uint32_t i;

    for (i = from; i < to; i++)
        clCkptCheckpointClose(o->ckpt[i]);
    return seconds_since(begin) * 1e6 / (to - from);
}

static void opens_run(struct scale *s, struct opens *o, struct bench_report *r)
{
    const uint32_t tenth = o->n / 10;
    const double rss = rss_bytes(), memory = bench_redis_memory(s->raw);
    double first, last;

    bench_progress(r, "opening many checkpoints", 0);
    first = open_some(s, o, 0, tenth);
    open_some(s, o, tenth, o->n - tenth);
    last = open_some(s, o, o->n - tenth, o->n);
    if (atomic_load(&s->failed))
        return;
    say(r, "checkpoints open at once", o->n, 0, "ckpts", NULL, 0);
    say(r, "CheckpointOpen, last tenth", last, first, "us", "first tenth", 1.3);
    say(r, "memory of the process", (rss_bytes() - rss) / o->n, 0, "B/ckpt", NULL, 0);
    say(r, "memory of Redis", (bench_redis_memory(s->raw) - memory) / o->n, 0, "B/ckpt",
        NULL, 0);
    first = close_some(o, 0, tenth);
    close_some(o, tenth, o->n - tenth);
    last = close_some(o, o->n - tenth, o->n);
    o->opened = 0;
    say(r, "CheckpointClose, first tenth", first, last, "us", "last tenth", 1.3);
}

static bool many(struct scale *s, const struct bench_options *o, struct bench_report *r)
{
    struct opens opens = {.n = o->quick ? QUICK_OPENS : OPENS};

    opens.ckpt = calloc(opens.n, sizeof(*opens.ckpt));
    if (!opens.ckpt)
        return false;
    opens_run(s, &opens, r);
    if (opens.opened)
        close_some(&opens, 0, opens.opened);
    free(opens.ckpt);
    return !atomic_load(&s->failed);
}

bool bench_scale(const struct bench_options *o, struct bench_report *r)
{
    struct scale s = {.n_sections = o->quick ? QUICK_SECTIONS : SECTIONS};
    bool ok;

    memset(s.payload, 'x', sizeof(s.payload));
    s.raw = bench_raw_open();
    if (!s.raw)
        return false;
    ok = bench_service_open(&s.service) && many(&s, o, r) && large(&s, o, r);
    large_close(&s);
    if (s.service)
        clCkptFinalize(s.service);
    bench_raw_close(s.raw);
    return ok;
}
