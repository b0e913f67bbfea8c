/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one process-wide object besides the handle table: how many checkpoint
 * services are alive, and which process this is. A forked child starts from
 * nothing: its inherited handles are stale and no service is alive.
 */
#ifndef CLV_REGISTRY_H
#define CLV_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "shim/status.h"

/* Make fork() safe for handles; once per process, before the first handle. */
void clv_registry_prepare(void);

/* One more checkpoint service: the first one starts the store client. A success
 * needs one clv_registry_leave() and, after it, one clv_registry_release(). */
enum store_status clv_registry_join(int64_t deadline_ns);

/* The service does not count as alive any more. */
void clv_registry_leave(void);

/* No thread uses the store for that service any more: the last one stops the
 * client. May be called from the store's own thread. */
void clv_registry_release(void);

/* Whether any checkpoint service is alive. */
bool clv_registry_is_joined(void);

/* Moves on in a forked child; never 0. */
uint32_t clv_registry_process(void);

/* Mark the thread as the store's own for the length of one callback: such a thread
 * cannot wait for its own end. Both nest. */
void clv_registry_store_thread_enter(void);
void clv_registry_store_thread_leave(void);

#endif
