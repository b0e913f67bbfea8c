/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of the platform layer share one kind of handle; the first member of each
 * says what it is. */
#ifndef CLV_PLAT_HANDLE_H
#define CLV_PLAT_HANDLE_H

#include <stddef.h>
#include <stdint.h>

#include "shim/handle.h"

enum plat_what { PLAT_LOG = 1, PLAT_LOG_STREAM, PLAT_TIMER, PLAT_MGMT, PLAT_CCB };

/* Pin the object, or NULL: a bad handle, or one of something else. */
static inline void *plat_get(uint64_t h, enum plat_what what)
{
    enum plat_what *obj = clv_handle_get(h, CLV_PLATFORM);

    if (obj && *obj != what) {
        clv_handle_put(h);
        obj = NULL;
    }
    return obj;
}

#endif
