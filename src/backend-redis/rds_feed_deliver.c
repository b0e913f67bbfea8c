/* SPDX-License-Identifier: Apache-2.0 */
/* What listeners are told, from an entry of the stream or from what is there. */
#include <stdlib.h>

#include "backend-redis/rds_cache.h"
#include "backend-redis/rds_feed_entry.h"
#include "backend-redis/rds_feed_in.h"
#include "base/clock.h"
#include "base/logline.h"

/* Lock held, released around the callback. */
static void deliver(struct rds_feed *f, const struct store_change *vec, uint32_t n)
{
    const store_feed_fn fn = f->fn;
    void *const arg = f->arg;

    if (f->dead || !fn)
        return;
    pthread_mutex_unlock(&rds_feeds.lock);
    fn(arg, vec, n);
    pthread_mutex_lock(&rds_feeds.lock);
}

/* Unlocked: the next section of it, read as a change. False at the end. */
static bool section_next(struct rds_feed *f, struct store_iter *it,
                         struct store_change *out)
{
    const int64_t deadline_ns = clv_deadline_ns(rds.op_timeout_ns);
    struct store_section_info info;
    struct store_read r = {0};
    uint32_t bad;

    while (store_iter_next(it, &info, deadline_ns) == STORE_OK) {
        r.id = info.id;
        r.buffer = NULL;
        if (store_read(f->ckpt, &r, 1, &bad, deadline_ns) != STORE_OK)
            continue;
        *out = (struct store_change){info.id, {r.buffer, r.got}, 0};
        return true;
    }
    return false;
}

/* Lock held, released while reading. Changes were dropped unseen: tell every section. */
void rds_feed_catch_up(struct rds_feed *f)
{
    struct store_change change;
    struct store_iter *it;
    bool more;

    rds_cache_changed(f->ckpt);
    clv_log(CLV_LOG_WARNING,
            "ckpt \"%.200s\": changes were missed, all sections are read anew",
            f->ckpt->name);
    pthread_mutex_unlock(&rds_feeds.lock);
    more = store_iter_begin(f->ckpt, STORE_ANY, (struct store_when){false, 0},
                            clv_deadline_ns(rds.op_timeout_ns), &it) == STORE_OK;
    pthread_mutex_lock(&rds_feeds.lock);
    if (!more)
        return;
    while (more && !f->dead && f->fn) {
        pthread_mutex_unlock(&rds_feeds.lock);
        more = section_next(f, it, &change);
        pthread_mutex_lock(&rds_feeds.lock);
        if (more) {
            deliver(f, &change, 1);
            free((void *)(uintptr_t)change.data.base);
        }
    }
    store_iter_end(it);
}

/* Lock held. One entry of the stream: {number-0, {field, value...}}. */
void rds_feed_entry_in(struct rds_feed *f, const redisReply *entry)
{
    const struct clv_bytes number = rds_reply_bytes(rds_reply_at(entry, 0));
    const redisReply *fields = rds_reply_at(entry, 1);
    struct store_change *vec;
    int64_t n, before = f->seen;
    uint32_t count;

    if (!number.base || !fields || fields->type != REDIS_REPLY_ARRAY ||
        fields->elements < RDS_FEED_HEAD)
        return;
    n = strtoll(number.base, NULL, 10);
    if (n <= f->seen)
        return;
    f->seen = n;
    rds_cache_changed(f->ckpt);
    if (n > before + 1)
        rds_feed_catch_up(f);
    if (rds_feed_is_own(fields))
        return;
    vec = rds_feed_parse(f->ckpt, fields, &count);
    if (vec && count > 0)
        deliver(f, vec, count);
    free(vec);
}
