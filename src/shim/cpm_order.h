/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's orders on their way to the application's callbacks: at once on the
 * delivery thread, or queued for Dispatch when there is a selection object.
 */
#ifndef CLV_CPM_ORDER_H
#define CLV_CPM_ORDER_H

#include <jansson.h>

#include <clCommon.h>

/* Hooks of the session: one order (borrowed); what a restarted daemon must know. */
void cpm_order_take(const json_t *m);
void cpm_order_resume(json_t *hello);

/* The service is finalized: what only it wanted to know ends. cpm_lock held. */
void cpm_order_forget(ClHandleT h);

#endif
