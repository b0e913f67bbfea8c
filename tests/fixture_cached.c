/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_cached.h"

#include <string.h>

#include "backend-redis/rds_cache.h"

uint64_t cached_hits(void)
{
    struct rds_cache_count n;

    rds_cache_count(&n);
    return n.hits;
}

const char *cached_found(struct store_ckpt *c, const char *id)
{
    static char text[128];
    const enum store_status st = read_text(c, id, text, sizeof(text));

    return st == STORE_OK ? text : store_status_text(st);
}

bool cached_is_hit(void *arg)
{
    const struct cached_read *r = arg;
    const uint64_t before = cached_hits();
    char text[64];

    return read_text(r->c, r->id, text, sizeof(text)) == STORE_OK &&
           cached_hits() > before;
}

bool cached_is_found(void *arg)
{
    const struct cached_read *r = arg;

    return strcmp(cached_found(r->c, r->id), r->want) == 0;
}
