/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks about components and nodes that come and go, on the delivery thread. */
#ifndef CLV_CPM_UPDOWN_H
#define CLV_CPM_UPDOWN_H

#include <jansson.h>

/* An "updown" message. */
void cpm_updown_take(const json_t *m);

/* Tell a restarted daemon that it is wanted. cpm_lock held. */
void cpm_updown_resume(void);

#endif
