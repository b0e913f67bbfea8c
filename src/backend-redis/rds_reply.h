/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server's answers mean. Error words become statuses in one table, and
 * reply elements are read only after their type and count.
 */
#ifndef RDS_REPLY_H
#define RDS_REPLY_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

#include "backend-redis/rds_tree.h"
#include "base/bytes.h"
#include "shim/status.h"

/* The status of an error line such as "READONLY You can't write...". STORE_AWAY:
 * nothing was done, and it may be tried again. */
enum store_status rds_error_status(const char *line);

/* The first word of an error line is word. */
bool rds_error_is(const char *line, const char *word);

/* The first error in reply, at its top or among its direct elements; NULL: none. */
const char *rds_reply_error(const redisReply *reply);

/* Element i of an array, or NULL. */
const redisReply *rds_reply_at(const redisReply *reply, size_t i);

/* The bytes of a string or status; base NULL: it is neither. */
struct clv_bytes rds_reply_bytes(const redisReply *reply);

/* A string, status or integer as a number; false: it is none. */
bool rds_reply_int(const redisReply *reply, int64_t *out);

/* A string or status that equals text. */
bool rds_reply_is(const redisReply *reply, const char *text);

/* The value of a line of INFO, key with its colon; empty when it is not there. */
void rds_reply_info(const redisReply *info, const char *key, char *out, size_t size);

#endif
