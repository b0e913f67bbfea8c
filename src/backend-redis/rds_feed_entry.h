/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the change feed says. */
#ifndef RDS_FEED_ENTRY_H
#define RDS_FEED_ENTRY_H

#include "backend-redis/rds_reply.h"
#include "shim/store.h"

/* The fields of an entry begin with {"writer", WRITER}. Elements follow: id, offset, then
 * "d" and the content, or "e" and a sealed value. */
enum { RDS_FEED_HEAD = 2 };

/* New: the changes in an entry, pointing into it or behind them, *n of them; NULL: no
 * memory. */
struct store_change *rds_feed_parse(struct store_ckpt *ckpt, const redisReply *fields,
                                    uint32_t *n);

/* This process has made it. */
bool rds_feed_is_own(const redisReply *fields);

#endif
