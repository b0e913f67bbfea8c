/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_track.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/settings.h"

enum {
    SLOTS = 4096,    /* of versions; checkpoints that share one drop each other */
    ENTRY_SHARE = 4, /* an entry takes at most this part of the memory */
    BYTES_PER_CHAIN = 512,
    CHAINS_MIN = 1024,
    MALLOC_EXTRA = 16
};

/* A part of a section's content, as one read delivered it. */
struct entry {
    TAILQ_ENTRY(entry) age;
    struct entry *next; /* in its chain */
    uint64_t hash;
    uint64_t epoch, version, order;
    int64_t end_us;
    uint64_t from, size; /* of the content */
    bool is_tail;        /* nothing follows it in the section */
    uint32_t name_size, id_size;
    char bytes[]; /* instance, name of the checkpoint, id of the section, content */
};

TAILQ_HEAD(entry_list, entry);

/* What was dropped of the checkpoints that share a slot. */
struct slot {
    uint64_t version; /* counts what was dropped */
    uint64_t bar;     /* a later request's result was seen, but not kept */
};

atomic_bool rds_cache_enabled;

static struct {
    /* settings */
    bool wanted;
    uint64_t limit;

    pthread_mutex_t lock; /* a leaf; guards the rest */
    struct slot slots[SLOTS];
    uint64_t epoch; /* counts how often everything was dropped */
    struct entry **chains;
    size_t n_chains;        /* a power of two */
    struct entry_list ages; /* the one used last is the last */
    uint64_t armed;         /* serial of the tracked connection */
    bool is_armed, used;
    int64_t until_ns, clock_us;
    struct rds_cache_count count;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER, .ages = TAILQ_HEAD_INITIALIZER(cache.ages)};

/* ---- entries -------------------------------------------------------------- */

/* The name of a section here: instance, checkpoint, section. */
struct subject {
    const char *instance; /* RDS_INSTANCE_ID_SIZE bytes */
    struct clv_bytes name, id;
    uint64_t hash;
};

static uint64_t mix(uint64_t h, const char *p, size_t n)
{
    uint64_t word;

    for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 32;
    }
    word = n;
    if (n)
        memcpy(&word, p, n);
    h = (h ^ word ^ ((uint64_t)n << 56)) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

static struct slot *slot_of(const char *instance)
{
    return &cache.slots[mix(0, instance, RDS_INSTANCE_ID_SIZE) % SLOTS];
}

static struct subject subject_of(const struct store_ckpt *ckpt, struct clv_bytes id)
{
    struct subject s = {ckpt->id, {ckpt->name, ckpt->name_size}, id, 0};

    s.hash = mix(mix(0, s.instance, RDS_INSTANCE_ID_SIZE), id.base, id.size);
    return s;
}

static uint64_t cost(const struct entry *e)
{
    return sizeof(*e) + RDS_INSTANCE_ID_SIZE + e->name_size + e->id_size + e->size +
           MALLOC_EXTRA;
}

static const char *content(const struct entry *e)
{
    return e->bytes + RDS_INSTANCE_ID_SIZE + e->name_size + e->id_size;
}

static bool is_about(const struct entry *e, const struct subject *s)
{
    const char *name = e->bytes + RDS_INSTANCE_ID_SIZE, *id = name + e->name_size;

    return e->hash == s->hash && e->name_size == s->name.size &&
           e->id_size == s->id.size &&
           memcmp(e->bytes, s->instance, RDS_INSTANCE_ID_SIZE) == 0 &&
           memcmp(name, s->name.base, e->name_size) == 0 &&
           (e->id_size == 0 || memcmp(id, s->id.base, e->id_size) == 0);
}

static struct entry **chain_of(uint64_t hash)
{
    return &cache.chains[hash & (cache.n_chains - 1)];
}

/* Lock held. */
static struct entry *entry_find(const struct subject *s)
{
    struct entry *e = *chain_of(s->hash);

    while (e && !is_about(e, s))
        e = e->next;
    return e;
}

/* Lock held. */
static void entry_remove(struct entry *e)
{
    struct entry **at = chain_of(e->hash);

    while (*at != e)
        at = &(*at)->next;
    *at = e->next;
    TAILQ_REMOVE(&cache.ages, e, age);
    cache.count.bytes -= cost(e);
    cache.count.entries--;
    free(e);
}

/* Lock held. Takes e. */
static void entry_add(struct entry *e)
{
    struct entry **chain = chain_of(e->hash);

    e->next = *chain;
    *chain = e;
    TAILQ_INSERT_TAIL(&cache.ages, e, age);
    cache.count.bytes += cost(e);
    cache.count.entries++;
    while (cache.count.bytes > cache.limit)
        entry_remove(TAILQ_FIRST(&cache.ages));
}

/* New: what r has read of s, or NULL. */
static struct entry *entry_make(const struct subject *s, const struct store_read *r)
{
    const size_t key = RDS_INSTANCE_ID_SIZE + s->name.size + s->id.size;
    struct entry *e;
    char *p;

    if (r->got > cache.limit / ENTRY_SHARE || key > cache.limit / ENTRY_SHARE)
        return NULL;
    e = malloc(sizeof(*e) + key + r->got);
    if (!e)
        return NULL;
    memset(e, 0, sizeof(*e));
    e->hash = s->hash;
    e->from = r->offset;
    e->size = r->got;
    e->is_tail = r->got < r->size;
    e->name_size = (uint32_t)s->name.size;
    e->id_size = (uint32_t)s->id.size;
    p = e->bytes;
    memcpy(p, s->instance, RDS_INSTANCE_ID_SIZE);
    p += RDS_INSTANCE_ID_SIZE;
    memcpy(p, s->name.base, s->name.size);
    p += s->name.size;
    if (s->id.size)
        memcpy(p, s->id.base, s->id.size);
    if (r->got)
        memcpy(p + s->id.size, r->buffer, r->got);
    return e;
}

/* ---- hits ----------------------------------------------------------------- */

/* Lock held. Everything that is kept may be used, as far as it was not dropped. */
static bool is_fresh(int64_t now_ns)
{
    return cache.is_armed && now_ns < cache.until_ns &&
           atomic_load(&rds.pipe.serial) == cache.armed;
}

/* Lock held. */
static bool is_current(const struct entry *e, const struct slot *slot)
{
    return e->epoch == cache.epoch && e->version == slot->version &&
           e->order >= slot->bar;
}

/* The part of e that r asks for; false: it is not all there. */
static bool covers(const struct entry *e, const struct store_read *r,
                   struct clv_bytes *part)
{
    const uint64_t room = r->buffer ? r->size : UINT64_MAX;
    uint64_t at, left;

    if (r->offset < e->from)
        return false;
    at = r->offset - e->from < e->size ? r->offset - e->from : e->size;
    left = e->size - at;
    if (!e->is_tail && (room > left || r->offset - e->from > e->size))
        return false;
    *part = (struct clv_bytes){content(e) + at, room < left ? room : left};
    return true;
}

/* Lock held. The entry that answers r, and which part of it; NULL: none does. */
static struct entry *answer(const struct store_ckpt *ckpt, const struct slot *slot,
                            const struct store_read *r, int64_t now_us,
                            struct clv_bytes *part)
{
    const struct subject s = subject_of(ckpt, r->id);
    struct entry *e = entry_find(&s);

    return e && is_current(e, slot) && now_us < e->end_us && covers(e, r, part) ? e
                                                                                : NULL;
}

/* Lock held. A buffer that is made here is marked by its size. */
static bool deliver(struct store_read *r, struct entry *e, struct clv_bytes part)
{
    if (r->buffer) {
        r->size -= r->size == UINT64_MAX;
    } else {
        /* a part of what is kept is smaller than SIZE_MAX */
        /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI) */
        r->buffer = malloc(part.size + 1);
        if (!r->buffer)
            return false;
        ((char *)r->buffer)[part.size] = '\0';
        r->size = UINT64_MAX;
    }
    if (part.size)
        memcpy(r->buffer, part.base, part.size);
    r->got = part.size;
    TAILQ_REMOVE(&cache.ages, e, age);
    TAILQ_INSERT_TAIL(&cache.ages, e, age);
    return true;
}

/* Lock held. All of them, or none. */
static bool lookup(const struct store_ckpt *ckpt, const struct slot *slot,
                   struct store_read *vec, uint32_t n, int64_t now_ns)
{
    const int64_t now_us = cache.clock_us + now_ns / 1000;
    struct clv_bytes part;
    struct entry *e;
    uint32_t i;

    for (i = 0; n > 1 && i < n; i++)
        if (!answer(ckpt, slot, &vec[i], now_us, &part))
            return false;
    for (i = 0; i < n; i++) {
        e = answer(ckpt, slot, &vec[i], now_us, &part);
        if (!e || !deliver(&vec[i], e, part))
            break;
    }
    if (i == n)
        return true;
    while (i-- > 0)
        if (vec[i].size == UINT64_MAX) {
            free(vec[i].buffer);
            vec[i].buffer = NULL;
        }
    return false;
}

bool rds_cache_lookup(const struct store_ckpt *ckpt, struct store_read *vec, uint32_t n,
                      struct rds_cache_ticket *ticket)
{
    const int64_t now_ns = clv_now_ns();
    const struct slot *slot = slot_of(ckpt->id);
    bool hit;

    pthread_mutex_lock(&cache.lock);
    cache.used = true;
    hit = cache.chains && is_fresh(now_ns) && lookup(ckpt, slot, vec, n, now_ns);
    if (hit)
        cache.count.hits++;
    else
        *ticket =
            (struct rds_cache_ticket){cache.chains != NULL, cache.epoch, slot->version};
    cache.count.misses += !hit;
    pthread_mutex_unlock(&cache.lock);
    return hit;
}

/* ---- misses, and what drops ------------------------------------------------ */

void rds_cache_put(const struct store_ckpt *ckpt, const struct store_read *vec,
                   uint32_t n, const struct rds_cache_ticket *ticket,
                   const struct rds_call *call, int64_t end_us)
{
    struct slot *slot = slot_of(ckpt->id);
    struct entry *e, *old;
    struct subject s;
    uint32_t i;

    for (i = 0; ticket->open && i < n; i++) {
        s = subject_of(ckpt, vec[i].id);
        e = entry_make(&s, &vec[i]);
        pthread_mutex_lock(&cache.lock);
        old = cache.chains ? entry_find(&s) : NULL;
        if (!cache.chains || cache.epoch != ticket->epoch ||
            slot->version != ticket->version || cache.armed != call->serial || !e) {
            /* it may be newer than what is kept */
            slot->bar = call->order > slot->bar ? call->order : slot->bar;
        } else if (call->order >= slot->bar &&
                   (!old || !is_current(old, slot) || old->order <= call->order)) {
            if (old)
                entry_remove(old);
            e->epoch = ticket->epoch;
            e->version = ticket->version;
            e->order = call->order;
            e->end_us = end_us;
            entry_add(e);
            e = NULL;
        }
        pthread_mutex_unlock(&cache.lock);
        free(e);
    }
}

void rds_cache_drop_ckpt(const struct store_ckpt *ckpt)
{
    pthread_mutex_lock(&cache.lock);
    slot_of(ckpt->id)->version++;
    pthread_mutex_unlock(&cache.lock);
}

/* Lock held. */
static void drop_all(void)
{
    struct entry *e;

    cache.epoch++;
    while ((e = TAILQ_FIRST(&cache.ages)))
        /* the analyzer does not follow TAILQ_REMOVE, LIST_REMOVE */
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        entry_remove(e);
}

void rds_cache_told(struct clv_bytes key)
{
    static const char *const parts[] = {":data", ":index"}; /* what reads depend on */
    const char *instance = NULL;
    size_t i, tail;

    for (i = 0; key.base && i < sizeof(parts) / sizeof(*parts); i++) {
        tail = strlen(parts[i]);
        if (key.size > RDS_INSTANCE_ID_SIZE + tail &&
            memcmp((const char *)key.base + key.size - tail, parts[i], tail) == 0)
            instance = (const char *)key.base + key.size - tail - RDS_INSTANCE_ID_SIZE;
    }
    pthread_mutex_lock(&cache.lock);
    cache.count.told++;
    if (!key.base)
        drop_all();
    else if (instance)
        slot_of(instance)->version++;
    pthread_mutex_unlock(&cache.lock);
}

void rds_cache_arm(uint64_t serial)
{
    pthread_mutex_lock(&cache.lock);
    drop_all();
    cache.armed = serial;
    cache.is_armed = true;
    cache.until_ns = 0;
    pthread_mutex_unlock(&cache.lock);
}

void rds_cache_disarm(void)
{
    pthread_mutex_lock(&cache.lock);
    drop_all();
    cache.is_armed = false;
    pthread_mutex_unlock(&cache.lock);
}

void rds_cache_vouch(int64_t until_ns, int64_t clock_us)
{
    pthread_mutex_lock(&cache.lock);
    cache.until_ns = until_ns;
    cache.clock_us = clock_us;
    pthread_mutex_unlock(&cache.lock);
}

bool rds_cache_is_used(void)
{
    bool used;

    pthread_mutex_lock(&cache.lock);
    used = cache.used;
    cache.used = false;
    pthread_mutex_unlock(&cache.lock);
    return used;
}

void rds_cache_count(struct rds_cache_count *out)
{
    pthread_mutex_lock(&cache.lock);
    *out = cache.count;
    out->fresh = is_fresh(clv_now_ns());
    pthread_mutex_unlock(&cache.lock);
}

/* ---- start and stop -------------------------------------------------------- */

/* CLOVIS_READ_CACHE and, for strict, which reads nothing that may be old,
 * CLOVIS_SYNC_MODE. */
bool rds_cache_settings(void)
{
    const char *on = clv_setting("CLOVIS_READ_CACHE"),
               *mode = clv_setting("CLOVIS_SYNC_MODE");
    int64_t mb;

    if (on && strcmp(on, "on") && strcmp(on, "off")) {
        clv_log(CLV_LOG_ERROR, "CLOVIS_READ_CACHE=%.80s, expected on or off", on);
        return false;
    }
    cache.wanted = on && strcmp(on, "on") == 0;
    if (cache.wanted && mode && strcmp(mode, "strict") == 0) {
        clv_log(CLV_LOG_WARNING, "CLOVIS_READ_CACHE=on has no effect with "
                                 "CLOVIS_SYNC_MODE=strict");
        cache.wanted = false;
    }
    if (!clv_setting_int("CLOVIS_READ_CACHE_MB", 1, 65536, 32, &mb))
        return false;
    cache.limit = (uint64_t)mb << 20;
    return rds_track_settings();
}

void rds_cache_start(void)
{
    size_t n = CHAINS_MIN;
    struct entry **chains;

    if (!cache.wanted)
        return;
    while (n < cache.limit / BYTES_PER_CHAIN)
        n *= 2;
    chains = calloc(n, sizeof(struct entry *)); /* without it, nothing is kept */
    pthread_mutex_lock(&cache.lock);
    memset(&cache.count, 0, sizeof(cache.count));
    memset(cache.slots, 0, sizeof(cache.slots)); /* the order begins anew */
    cache.chains = chains;
    cache.n_chains = n;
    pthread_mutex_unlock(&cache.lock);
    if (!chains || !rds_track_start())
        return;
    atomic_store(&rds_cache_enabled, true);
}

void rds_cache_stop(void)
{
    if (!cache.wanted)
        return;
    atomic_store(&rds_cache_enabled, false);
    rds_track_stop();
    rds_cache_disarm();
    pthread_mutex_lock(&cache.lock);
    free(cache.chains);
    cache.chains = NULL;
    pthread_mutex_unlock(&cache.lock);
}

void rds_cache_forget(void)
{
    atomic_store(&rds_cache_enabled, false);
    rds_track_forget();
    memset(&cache, 0, sizeof(cache));
    pthread_mutex_init(&cache.lock, NULL);
    TAILQ_INIT(&cache.ages);
}
