/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the read cache share: is it used, and is what it gives right. */
#ifndef FIXTURE_CACHED_H
#define FIXTURE_CACHED_H

#include <stdbool.h>
#include <stdint.h>

#include "fixture_store.h"

enum { CACHED_LONG_MS = 30000 };

struct cached_read {
    struct store_ckpt *c;
    const char *id, *want;
};

/* Reads that were answered from memory so far. */
uint64_t cached_hits(void);

/* What a read finds: the text, or that of the status. Static storage. */
const char *cached_found(struct store_ckpt *c, const char *id);

/* For wait_for(), with a struct cached_read: a read is answered from memory; a read finds
 * what is wanted. */
bool cached_is_hit(void *arg);
bool cached_is_found(void *arg);

#define HITS(c, id)                                                                      \
    cr_assert(                                                                           \
        wait_for(cached_is_hit, &(struct cached_read){c, id, NULL}, CACHED_LONG_MS),     \
        "%s is not cached", id)

#define BECOMES(c, id, want, what)                                                       \
    cr_expect(                                                                           \
        wait_for(cached_is_found, &(struct cached_read){c, id, want}, CACHED_LONG_MS),   \
        "%s: found %s, expected %s", what, cached_found(c, id), want)

#endif
