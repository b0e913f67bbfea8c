/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

struct redis server;
const struct store_attrs plain = {2, 10, 1000, 3600 * CLV_NS_PER_S, 100, 20};
const struct store_when never = {false, STORE_TIME_END};

static void must(enum store_status st, const char *what)
{
    if (st == STORE_OK)
        return;
    fprintf(stderr, "fixture: %s: %s\n", what, store_status_text(st));
    abort();
}

void fixture_store_start(const char *const *args)
{
    redis_start(&server, false, args);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    must(store_start(soon()), "store_start");
}

void fixture_store_end(void)
{
    store_stop();
    redis_end(&server);
}

int64_t soon(void)
{
    return clv_deadline_ns(10 * CLV_NS_PER_S);
}

struct clv_bytes bytes(const char *text)
{
    return (struct clv_bytes){text, strlen(text)};
}

struct store_ckpt *ckpt_make_with(const char *name, const struct store_attrs *attrs)
{
    const struct store_open_how how = {.create = attrs};
    struct store_ckpt *c = NULL;

    must(store_ckpt_open(bytes(name), &how, soon(), &c), "store_ckpt_open");
    return c;
}

struct store_ckpt *ckpt_make(const char *name)
{
    return ckpt_make_with(name, &plain);
}

enum store_status create(struct store_ckpt *c, const char *id, const char *data)
{
    return store_section_create(c, bytes(id), never, bytes(data), NULL, soon());
}

enum store_status create_until(struct store_ckpt *c, const char *id,
                               struct store_when end)
{
    return store_section_create(c, bytes(id), end, bytes(""), NULL, soon());
}

enum store_status generate(struct store_ckpt *c, char id[STORE_GENERATED_ID_MAX])
{
    return store_section_create(c, (struct clv_bytes){NULL, 0}, never, bytes("g"), id,
                                soon());
}

enum store_status read_text(struct store_ckpt *c, const char *id, char *out, size_t size)
{
    struct store_read r = {.id = bytes(id), .buffer = out, .size = size - 1};
    enum store_status st;
    uint32_t bad;

    out[0] = '\0';
    st = store_read(c, &r, 1, &bad, soon());
    if (st == STORE_OK)
        out[r.got] = '\0';
    return st;
}

const char *instance_of(const char *name)
{
    static char id[64];
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "GET clovis:{c:%s}", name);

    snprintf(id, sizeof(id), "%s", r && r->type == REDIS_REPLY_STRING ? r->str : "none");
    if (r)
        freeReplyObject(r);
    redisFree(raw);
    return id;
}

long long data_fields(const char *name)
{
    const char *id = instance_of(name);

    return redis_int(&server, "HLEN clovis:{c:%s}:%s:data", name, id) -
           redis_int(&server, "HEXISTS clovis:{c:%s}:%s:data v", name, id);
}

long long data_ttl(const char *name)
{
    return redis_int(&server, "PTTL clovis:{c:%s}:%s:data", name, instance_of(name));
}

long long keys_left(void)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "KEYS clovis:{c:*");
    const long long n = r && r->type == REDIS_REPLY_ARRAY ? (long long)r->elements : -1;

    if (r)
        freeReplyObject(r);
    redisFree(raw);
    return n;
}
