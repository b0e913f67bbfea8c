/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies that lie in one piece of memory each, with all that is in them. hiredis' own
 * are a piece for each element and each text, which costs more than all the rest of a
 * call.
 */
#ifndef RDS_TREE_H
#define RDS_TREE_H

#include <hiredis/hiredis.h>

#if HIREDIS_MAJOR >= 1
#define RDS_ELEMENTS size_t
#else
#define RDS_ELEMENTS int
#endif

/* New: a reader of such replies, or NULL. */
redisReader *rds_tree_reader(void);

/* Instead of freeReplyObject(); NULL is fine. An element goes with the reply it is in. */
void rds_reply_free(void *reply);

#endif
