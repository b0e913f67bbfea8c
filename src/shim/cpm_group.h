/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protection groups that this process tracks. Their callback always runs on the
 * delivery thread, selection object or not.
 */
#ifndef CLV_CPM_GROUP_H
#define CLV_CPM_GROUP_H

#include <jansson.h>

#include <clCommon.h>

/* A "pg" message. */
void cpm_group_take(const json_t *m);

/* Ask a restarted daemon to track what it tracked before. cpm_lock held. */
void cpm_group_resume(void);

/* The service ends. cpm_lock held. */
void cpm_group_forget(ClHandleT h);
void cpm_group_forget_all(void);

#endif
