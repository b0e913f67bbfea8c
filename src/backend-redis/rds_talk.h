/* SPDX-License-Identifier: Apache-2.0 */
/* Question and answer on a fresh connection, to a server or to a sentinel. */
#ifndef RDS_TALK_H
#define RDS_TALK_H

#include <stddef.h>
#include <stdint.h>

#include "backend-redis/rds_conn.h"
#include "backend-redis/rds_reply.h"
#include "shim/status.h"

struct rds_talk {
    struct rds_conn *conn;
    const struct rds_place *place; /* borrowed, for the texts */
    int64_t deadline_ns;
    char *why; /* what went wrong with whom */
    size_t why_size;
};

/* Note what went wrong; returns st. */
enum store_status rds_talk_fail(const struct rds_talk *t, enum store_status st,
                                const char *text);

/* Send req and free its memory. New: the reply, or NULL. *st tells, for an error reply,
 * too. */
redisReply *rds_talk_ask(const struct rds_talk *t, struct rds_req *req,
                         enum store_status *st);

/* One command of n words. New: the reply, or NULL. */
redisReply *rds_talk_words(const struct rds_talk *t, enum store_status *st, int n, ...);

/* AUTH, if there is a password. */
enum store_status rds_talk_auth(const struct rds_talk *t, const char *user,
                                const char *password);

#endif
