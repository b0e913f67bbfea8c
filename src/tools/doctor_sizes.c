/* SPDX-License-Identifier: Apache-2.0 */
/* How large the sections are that are stored: a sample, within bounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tools/doctor.h"

enum { SAMPLE_MS = 1500 };

#define SAMPLE_CKPTS "64"
#define SAMPLE_SECTIONS "32"

/* New: the answer, or NULL. The words in between are counted bytes. */
static redisReply *ask(struct store_link *link, const char *command, const char *key,
                       struct clv_bytes more)
{
    enum store_status st;
    struct rds_req req;
    redisReply *reply;

    rds_req_init(&req);
    rds_req_command(&req, more.base ? 3 : 2);
    rds_req_text(&req, command);
    rds_req_text(&req, key);
    if (more.base)
        rds_req_arg(&req, more);
    reply = rds_talk_ask(&link->talk, &req, &st);
    if (reply && st != STORE_OK) {
        rds_reply_free(reply);
        reply = NULL;
    }
    return reply;
}

static struct clv_bytes text_bytes(const char *text)
{
    return (struct clv_bytes){text, strlen(text)};
}

static void length_take(struct doctor *d, redisReply *length)
{
    int64_t n;

    if (rds_reply_int(length, &n) && n > 0 && (uint64_t)n > d->largest)
        d->largest = (uint64_t)n;
    if (length)
        rds_reply_free(length);
}

static bool time_left(const struct store_link *link)
{
    return clv_deadline_left_ms(link->talk.deadline_ns) != 0;
}

/* "PREFIX:{c:NAME}:ID:part" */
static void key_make(char **out, const char *name_key, struct clv_bytes id,
                     const char *part)
{
    if (asprintf(out, "%s:%.*s:%s", name_key, (int)id.size, (const char *)id.base, part) <
        0)
        *out = NULL;
}

static void fields_look(struct doctor *d, struct store_link *link, const char *key)
{
    redisReply *fields = ask(link, "HRANDFIELD", key, text_bytes(SAMPLE_SECTIONS));
    size_t i;

    for (i = 0; fields && fields->type == REDIS_REPLY_ARRAY && i < fields->elements &&
                time_left(link);
         i++) {
        const struct clv_bytes field = rds_reply_bytes(fields->element[i]);

        if (field.base)
            length_take(d, ask(link, "HSTRLEN", key, field));
    }
    if (fields)
        rds_reply_free(fields);
}

/* Sections that have a key of their own. */
static void large_look(struct doctor *d, struct store_link *link, const char *key)
{
    redisReply *fields = ask(link, "HRANDFIELD", key, text_bytes(SAMPLE_SECTIONS));
    const size_t room = strlen(key) + 300;
    char *section = malloc(room);
    size_t i;

    for (i = 0; section && fields && fields->type == REDIS_REPLY_ARRAY &&
                i < fields->elements && time_left(link);
         i++) {
        const struct clv_bytes id = rds_reply_bytes(fields->element[i]);
        const int n = snprintf(section, room, "%s:%.*s", key, (int)id.size,
                               id.base ? (const char *)id.base : "");

        /* an id with a NUL byte, or one that is too long, is left out */
        if (n > 0 && (size_t)n == strlen(key) + 1 + id.size && (size_t)n < room)
            length_take(d, ask(link, "STRLEN", section, (struct clv_bytes){NULL, 0}));
    }
    free(section);
    if (fields)
        rds_reply_free(fields);
}

static void ckpt_look(struct doctor *d, struct store_link *link, struct clv_bytes name)
{
    char *prefix = strdup(store_key(""));
    char *name_key, *data = NULL, *large = NULL;
    redisReply *reply;
    struct clv_bytes id;

    if (!prefix)
        return;
    prefix[strlen(prefix) - 1] = '\0'; /* the colon */
    name_key = rds_key_name(prefix, name);
    reply = name_key ? ask(link, "GET", name_key, (struct clv_bytes){NULL, 0}) : NULL;
    id = rds_reply_bytes(reply);
    if (id.base) {
        key_make(&data, name_key, id, "data");
        key_make(&large, name_key, id, "large");
    }
    if (data && large) {
        fields_look(d, link, data);
        large_look(d, link, large);
    }
    free(data);
    free(large);
    free(name_key);
    free(prefix);
    if (reply)
        rds_reply_free(reply);
}

void doctor_sizes(struct doctor *d)
{
    struct store_link *link = &d->server[0].link;
    redisReply *names;
    size_t i;

    if (!doctor_allow(d, link))
        return;
    link->talk.deadline_ns = clv_deadline_ns(SAMPLE_MS * CLV_NS_PER_MS);
    names = ask(link, "SRANDMEMBER", store_key("names"), text_bytes(SAMPLE_CKPTS));
    for (i = 0; names && names->type == REDIS_REPLY_ARRAY && i < names->elements &&
                time_left(link);
         i++) {
        const struct clv_bytes name = rds_reply_bytes(names->element[i]);

        if (name.base)
            ckpt_look(d, link, name);
    }
    if (names)
        rds_reply_free(names);
}
