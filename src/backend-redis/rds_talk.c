/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_talk.h"

#include <stdarg.h>
#include <stdio.h>

enum store_status rds_talk_fail(const struct rds_talk *t, enum store_status st,
                                const char *text)
{
    char address[RDS_PLACE_TEXT];

    snprintf(t->why, t->why_size, "%s: %s", rds_place_text(t->place, address), text);
    return st;
}

redisReply *rds_talk_ask(const struct rds_talk *t, struct rds_req *req,
                         enum store_status *st)
{
    redisReply *reply = NULL;
    enum rds_io io;

    if (req->no_mem) {
        *st = rds_talk_fail(t, STORE_AWAY, "out of memory");
        rds_req_free(req);
        return NULL;
    }
    io = rds_conn_ask(t->conn, req, t->deadline_ns, &reply);
    rds_req_free(req);
    if (io == RDS_IO_LATE) {
        *st = rds_talk_fail(t, STORE_AWAY, "connected, but no answer");
        return NULL;
    }
    if (io == RDS_IO_LOST) {
        const char *text;

        *st = rds_conn_loss(t->conn, &text);
        rds_talk_fail(t, *st, text);
        return NULL;
    }
    *st = STORE_OK;
    if (reply->type == REDIS_REPLY_ERROR)
        *st = rds_talk_fail(t, rds_error_status(reply->str), reply->str);
    return reply;
}

redisReply *rds_talk_words(const struct rds_talk *t, enum store_status *st, int n, ...)
{
    struct rds_req req;
    va_list ap;

    rds_req_init(&req);
    rds_req_command(&req, (size_t)n);
    va_start(ap, n);
    while (n-- > 0)
        rds_req_text(&req, va_arg(ap, const char *));
    va_end(ap);
    return rds_talk_ask(t, &req, st);
}

enum store_status rds_talk_auth(const struct rds_talk *t, const char *user,
                                const char *password)
{
    enum store_status st = STORE_OK;
    redisReply *reply;

    if (!password)
        return STORE_OK;
    reply = user ? rds_talk_words(t, &st, 3, "AUTH", user, password)
                 : rds_talk_words(t, &st, 2, "AUTH", password);
    if (reply)
        rds_reply_free(reply);
    return st;
}
