/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles: the numbers an application holds instead of pointers.
 *
 *   63            31 30         17 16           0
 *  +----------------+-------------+--------------+
 *  |       0        | generation  |     slot     |
 *  +----------------+-------------+--------------+
 *
 * 31 bits are used, because some programs keep a handle in an int. Generation
 * starts at 1, so no handle is 0, and moves on each time a slot is freed; freed
 * slots queue up, so that a number comes back as late as possible.
 */
#ifndef CLV_HANDLE_H
#define CLV_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

enum clv_kind {
    CLV_CKPT_SERVICE = 1,
    CLV_CKPT,
    CLV_CKPT_ITER,
    CLV_CKPT_FILE,
    CLV_AMF,
    CLV_PLATFORM
};

/* Publish obj; destroy(obj) runs after the last put, with nothing locked. Takes
 * obj on success only; 0: no memory, or 131,072 handles are in use. */
uint64_t clv_handle_add(enum clv_kind kind, void *obj, void (*destroy)(void *));

/* Pin and return the object (borrowed until clv_handle_put), or NULL if the
 * handle is stale, closed, or of another kind. Never blocks on I/O. */
void *clv_handle_get(uint64_t h, enum clv_kind kind);

/* One more pin for a holder of one; works on a closed handle, too. */
void clv_handle_pin(uint64_t h);

/* Give up one pin; the last one of a closed handle destroys the object. */
void clv_handle_put(uint64_t h);

/* Make every later get fail; false if the handle already was no good. */
bool clv_handle_close(uint64_t h, enum clv_kind kind);

/* In a forked child: every inherited handle is stale from here on. The objects are
 * left alone, because their locks and sockets belong to the parent's threads. */
void clv_handle_forget_all(void);

/* Around fork(): the child must not inherit a table in the middle of a change. */
void clv_handle_lock(void);
void clv_handle_unlock(void);

#endif
