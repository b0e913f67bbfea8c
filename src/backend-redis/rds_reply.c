/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *words; /* whole words at the start of the error line */
    enum store_status status;
} errors[] = {
    { "LOADING",      STORE_AWAY },    /* the data set is being read */
    { "READONLY",     STORE_AWAY },    /* a demoted master: nothing was done */
    { "MASTERDOWN",   STORE_AWAY },
    { "NOREPLICAS",   STORE_AWAY },    /* min-replicas-to-write is not met */
    { "TRYAGAIN",     STORE_AWAY },
    { "CLUSTERDOWN",  STORE_AWAY },
    { "MOVED",        STORE_AWAY },    /* the slot belongs to another server */
    { "ASK",          STORE_AWAY },    /* the key is not here any more */
    { "Script attempted to access a non local key", STORE_AWAY }, /* the same */
    { "BUSY",         STORE_AWAY },    /* somebody's script is slow */
    { "NOSCRIPT",     STORE_AWAY },    /* the script cache was emptied */
    { "EXECABORT",    STORE_AWAY },    /* its cause comes before it */
    { "ERR max number of clients reached", STORE_AWAY },
    { "OOM",          STORE_REFUSED },
    { "MISCONF",      STORE_REFUSED },
    { "NOPERM",       STORE_REFUSED },
    { "NOAUTH",       STORE_REFUSED },
    { "WRONGPASS",    STORE_REFUSED },
    { "DENIED",       STORE_REFUSED }, /* protected mode */
    { "WRONGTYPE",    STORE_DAMAGED }, /* a key of ours holds something else */
};
/* clang-format on */

bool rds_error_is(const char *line, const char *word)
{
    const size_t len = strlen(word);

    return strncmp(line, word, len) == 0 &&
           (line[len] == '\0' || line[len] == ' ' || line[len] == '\r');
}

static enum store_status words_find(const char *line)
{
    size_t i;

    for (i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (rds_error_is(line, errors[i].words))
            return errors[i].status;
    return STORE_OK;
}

/* Redis 6 reports what a script ran into in the middle of its own line. */
static enum store_status words_find_inside(const char *line)
{
    enum store_status st = STORE_OK;
    const char *at;

    for (at = strchr(line, ' '); at && st == STORE_OK; at = strchr(at + 1, ' '))
        st = words_find(at[1] == '-' ? at + 2 : at + 1);
    return st;
}

enum store_status rds_error_status(const char *line)
{
    enum store_status st = words_find(line);

    if (st == STORE_OK && rds_error_is(line, "ERR") && strstr(line, "@user_script"))
        st = words_find_inside(line);
    return st == STORE_OK ? STORE_REFUSED : st;
}

const char *rds_reply_error(const redisReply *reply)
{
    size_t i;

    if (reply->type == REDIS_REPLY_ERROR)
        return reply->str;
    for (i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        if (reply->element[i]->type == REDIS_REPLY_ERROR)
            return reply->element[i]->str;
    return NULL;
}

const redisReply *rds_reply_at(const redisReply *reply, size_t i)
{
    return reply && reply->type == REDIS_REPLY_ARRAY && i < reply->elements
               ? reply->element[i]
               : NULL;
}

struct clv_bytes rds_reply_bytes(const redisReply *reply)
{
    if (reply && (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_STATUS))
        return (struct clv_bytes){reply->str, (size_t)reply->len};
    return (struct clv_bytes){NULL, 0};
}

bool rds_reply_int(const redisReply *reply, int64_t *out)
{
    const struct clv_bytes text = rds_reply_bytes(reply);
    char *end;

    if (reply && reply->type == REDIS_REPLY_INTEGER) {
        *out = reply->integer;
        return true;
    }
    if (!text.base || text.size == 0)
        return false;
    errno = 0;
    *out = strtoll(text.base, &end, 10);
    return errno == 0 && *end == '\0';
}

bool rds_reply_is(const redisReply *reply, const char *text)
{
    const struct clv_bytes b = rds_reply_bytes(reply);

    return b.base && clv_bytes_equal(b, (struct clv_bytes){text, strlen(text)});
}

void rds_reply_info(const redisReply *info, const char *key, char *out, size_t size)
{
    const char *at = info->str ? strstr(info->str, key) : NULL;
    size_t len;

    *out = '\0';
    if (!at)
        return;
    at += strlen(key);
    len = strcspn(at, "\r\n");
    if (len < size) {
        memcpy(out, at, len);
        out[len] = '\0';
    }
}
