/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/settings.h"

enum { BUCKETS = 4096, PARTS_MAX = 32, BYTES_DEFAULT = 8 << 20 };

static struct {
    pthread_mutex_t lock; /* guards what follows; a leaf */
    struct rds_kept_ckpts ckpts;
    TAILQ_HEAD(, rds_kept) ages;
    LIST_HEAD(, rds_kept) buckets[BUCKETS];
    size_t bytes;
    bool ready;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct {
    size_t bytes_max;
    atomic_bool enabled;
} settings;

bool rds_kept_settings(void)
{
    int64_t bytes;

    if (!clv_setting_int("CLOVIS_REPAIR_BYTES", 0, INT64_C(1) << 40, BYTES_DEFAULT,
                         &bytes))
        return false;
    settings.bytes_max = (size_t)bytes;
    atomic_store(&settings.enabled, bytes > 0 && clv_setting("CLOVIS_REPAIR_BYTES"));
    return true;
}

void rds_kept_enable(void)
{
    if (settings.bytes_max > 0)
        atomic_store(&settings.enabled, true);
}

/* ---- letting go ---------------------------------------------------------- */

static void step_free(struct rds_kept *s, struct rds_step *step)
{
    TAILQ_REMOVE(&s->steps, step, link);
    s->n_steps--;
    kept.bytes -= sizeof(*step) + step->room;
    free(step);
}

void rds_kept_drop(struct rds_kept *s)
{
    struct rds_step *step;

    while ((step = TAILQ_FIRST(&s->steps)))
        /* the analyzer does not follow TAILQ_REMOVE, LIST_REMOVE */
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        step_free(s, step);
    TAILQ_REMOVE(&kept.ages, s, age);
    LIST_REMOVE(s, bucket);
    LIST_REMOVE(s, sibling);
    kept.bytes -= sizeof(*s) + s->id.size;
    free(s);
}

static void ckpt_drop(struct rds_kept_ckpt *c)
{
    LIST_REMOVE(c, link);
    rds_keys_free(&c->as.keys);
    free(c->as.name);
    free(c);
}

/* A step that is let go of though nothing has replaced it. */
static void dropped_note(struct rds_kept *s, const struct rds_step *step)
{
    uint64_t *last = &s->of->dropped[step->slot];

    if (step->seq > *last)
        *last = step->seq;
}

static void evict(void)
{
    struct rds_kept *s = TAILQ_FIRST(&kept.ages);
    struct rds_step *step;

    TAILQ_FOREACH(step, &s->steps, link)
    dropped_note(s, step);
    rds_kept_drop(s);
}

/* ---- finding ------------------------------------------------------------- */

static size_t bucket_of(const struct rds_kept_ckpt *c, struct clv_bytes id)
{
    uint64_t h = (uint64_t)(uintptr_t)c;
    size_t i;

    for (i = 0; i < id.size; i++)
        h = (h ^ ((const unsigned char *)id.base)[i]) * UINT64_C(1099511628211);
    return (size_t)((h ^ h >> 32) % BUCKETS);
}

static struct rds_kept *section_get(struct rds_kept_ckpt *c, struct clv_bytes id)
{
    const size_t b = bucket_of(c, id);
    struct rds_kept *s;

    LIST_FOREACH(s, &kept.buckets[b], bucket)
    if (s->of == c && s->id.size == id.size &&
        (id.size == 0 || memcmp(s->id.base, id.base, id.size) == 0)) {
        TAILQ_REMOVE(&kept.ages, s, age);
        TAILQ_INSERT_TAIL(&kept.ages, s, age);
        return s;
    }
    s = calloc(1, sizeof(*s) + id.size);
    if (!s)
        return NULL;
    if (id.size)
        memcpy(s + 1, id.base, id.size);
    s->id = (struct clv_bytes){s + 1, id.size};
    s->of = c;
    TAILQ_INIT(&s->steps);
    TAILQ_INSERT_TAIL(&kept.ages, s, age);
    LIST_INSERT_HEAD(&kept.buckets[b], s, bucket);
    LIST_INSERT_HEAD(&c->sections, s, sibling);
    kept.bytes += sizeof(*s) + id.size;
    return s;
}

static bool is_instance(const struct rds_kept_ckpt *c, const struct store_ckpt *ckpt)
{
    return strcmp(c->as.id, ckpt->id) == 0 && c->as.name_size == ckpt->name_size &&
           (ckpt->name_size == 0 || memcmp(c->as.name, ckpt->name, ckpt->name_size) == 0);
}

static struct rds_kept_ckpt *ckpt_new(const struct store_ckpt *ckpt)
{
    struct rds_kept_ckpt *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    c->as.name = malloc(ckpt->name_size + 1);
    if (!c->as.name || !rds_keys_make(&c->as.keys, ckpt->name_key, ckpt->id)) {
        free(c->as.name);
        free(c);
        return NULL;
    }
    memcpy(c->as.name, ckpt->name, ckpt->name_size + 1);
    c->as.name_size = ckpt->name_size;
    memcpy(c->as.id, ckpt->id, sizeof(c->as.id));
    c->as.notify = ckpt->notify;
    LIST_INSERT_HEAD(&kept.ckpts, c, link);
    return c;
}

/* Lock held. */
static void setup(void)
{
    if (kept.ready)
        return;
    TAILQ_INIT(&kept.ages);
    LIST_INIT(&kept.ckpts);
    kept.ready = true;
}

/* Lock held. The instance that a handle writes to; its first write makes it known, so
 * that handles which only read cost nothing. */
static struct rds_kept_ckpt *ckpt_get(struct store_ckpt *ckpt)
{
    struct rds_kept_ckpt *c;

    if (ckpt->kept)
        return ckpt->kept;
    LIST_FOREACH(c, &kept.ckpts, link)
    if (is_instance(c, ckpt))
        break;
    if (!c)
        c = ckpt_new(ckpt);
    if (c)
        c->n_open++;
    ckpt->kept = c;
    return c;
}

void rds_kept_close(struct store_ckpt *ckpt)
{
    struct rds_kept_ckpt *c;

    pthread_mutex_lock(&kept.lock);
    c = ckpt->kept;
    ckpt->kept = NULL;
    /* the last close makes the store forget this writer: what is lost later cannot be
     * told from what is not */
    if (c && --c->n_open == 0) {
        while (!LIST_EMPTY(&c->sections))
            /* the analyzer does not follow TAILQ_REMOVE, LIST_REMOVE */
            /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
            rds_kept_drop(LIST_FIRST(&c->sections));
        ckpt_drop(c);
    }
    pthread_mutex_unlock(&kept.lock);
}

/* ---- steps --------------------------------------------------------------- */

/* Does a new step make an old one of the same section irrelevant? An old creation stays
 * as long as the section does, without its content. */
static bool replaces(enum rds_step_kind kind, const struct store_write *w,
                     const struct rds_step *old)
{
    switch (kind) {
    case RDS_STEP_DELETE:
        return true;
    case RDS_STEP_CREATE:
        return old->kind != RDS_STEP_DELETE;
    case RDS_STEP_WHOLE:
        return old->kind == RDS_STEP_WHOLE || old->kind == RDS_STEP_PART;
    case RDS_STEP_PART:
        return old->kind == RDS_STEP_PART && old->offset == w->offset &&
               old->size == w->data.size;
    case RDS_STEP_END:
        return old->kind == RDS_STEP_END;
    }
    return false;
}

/* The step to be used for the new one: an old one of the right size, or a new one. */
static struct rds_step *step_make(struct rds_kept *s, enum rds_step_kind kind,
                                  const struct store_write *w)
{
    struct rds_step *step, *next, *same = NULL;

    for (step = TAILQ_FIRST(&s->steps); step; step = next) {
        next = TAILQ_NEXT(step, link);
        if (!replaces(kind, w, step))
            continue;
        if (!same && step->room == w->data.size)
            same = step;
        else
            step_free(s, step);
    }
    if (same) {
        TAILQ_REMOVE(&s->steps, same, link);
        TAILQ_INSERT_TAIL(&s->steps, same, link);
        return same;
    }
    step = malloc(sizeof(*step) + w->data.size);
    if (!step)
        return NULL;
    step->room = w->data.size;
    kept.bytes += sizeof(*step) + step->room;
    TAILQ_INSERT_TAIL(&s->steps, step, link);
    s->n_steps++;
    return step;
}

/* Many different parts of one section: the oldest is let go of. */
static void parts_limit(struct rds_kept *s)
{
    struct rds_step *step;

    if (s->n_steps <= PARTS_MAX)
        return;
    TAILQ_FOREACH(step, &s->steps, link)
    if (step->kind == RDS_STEP_PART) {
        dropped_note(s, step);
        step_free(s, step);
        return;
    }
}

/* Threads may note their writes in another order than that in which they were applied. */
static bool is_outdated(const struct rds_kept *s, uint64_t seq)
{
    const struct rds_step *last = TAILQ_LAST(&s->steps, rds_steps);

    return last && last->seq > seq;
}

/* Lock held. */
static void note(struct rds_kept_ckpt *c, const struct rds_call *call,
                 enum rds_step_kind kind, const struct store_write *w,
                 const struct rds_stamp *stamp, int64_t end_us)
{
    struct rds_kept *s;
    struct rds_step *step;

    s = section_get(c, w->id);
    if (s && is_outdated(s, call->seq) && kind != RDS_STEP_PART)
        return; /* something newer has replaced it */
    step = s && !is_outdated(s, call->seq) ? step_make(s, kind, w) : NULL;
    if (!step) {
        if (call->seq > c->dropped[call->last_slot])
            c->dropped[call->last_slot] = call->seq;
        return;
    }
    step->kind = kind;
    step->slot = call->last_slot;
    step->seq = call->seq;
    step->clock_us = atomic_load(&rds.clock_us);
    step->update_us = rds_now_us();
    step->end_us = end_us;
    step->sealed = stamp && stamp->sealed;
    step->stamp_us = step->sealed ? stamp->update_us : step->update_us;
    step->offset = w->offset;
    step->size = w->data.size;
    if (w->data.size)
        memcpy(step->data, w->data.base, w->data.size);
    parts_limit(s);
    while (kept.bytes > settings.bytes_max && !TAILQ_EMPTY(&kept.ages))
        evict();
}

void rds_kept_note(struct store_ckpt *ckpt, const struct rds_call *call,
                   enum rds_step_kind kind, const struct store_write *w,
                   const struct rds_stamp *stamp, int64_t end_us)
{
    struct rds_kept_ckpt *c;

    if (call->last_slot < 0 || rds.clustered ||
        !atomic_load_explicit(&settings.enabled, memory_order_relaxed))
        return;
    pthread_mutex_lock(&kept.lock);
    setup();
    c = ckpt_get(ckpt);
    if (c)
        note(c, call, kind, w, stamp, end_us);
    pthread_mutex_unlock(&kept.lock);
}

struct rds_kept_ckpts *rds_kept_lock(void)
{
    pthread_mutex_lock(&kept.lock);
    setup();
    return &kept.ckpts;
}

void rds_kept_unlock(void)
{
    pthread_mutex_unlock(&kept.lock);
}

void rds_kept_clear(void)
{
    struct rds_kept_ckpt *c;

    pthread_mutex_lock(&kept.lock);
    setup();
    while (!TAILQ_EMPTY(&kept.ages))
        /* the analyzer does not follow TAILQ_REMOVE, LIST_REMOVE */
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        rds_kept_drop(TAILQ_FIRST(&kept.ages));
    /* handles that outlive the client have theirs to the end, but nobody else gets it */
    LIST_FOREACH(c, &kept.ckpts, link)
    c->as.id[0] = '\0';
    pthread_mutex_unlock(&kept.lock);
}

void rds_kept_forget(void)
{
    pthread_mutex_init(&kept.lock, NULL);
    rds_kept_clear();
}
