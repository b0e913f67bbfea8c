/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counted bytes: names, section ids and payloads may hold any byte, so nothing
 * in the library relies on a terminating NUL.
 */
#ifndef CLV_BYTES_H
#define CLV_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct clv_bytes {
    const void *base; /* borrowed */
    size_t size;
};

static inline bool clv_bytes_equal(struct clv_bytes a, struct clv_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.base, b.base, a.size) == 0);
}

#endif
