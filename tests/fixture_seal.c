/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_seal.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char *keys_file(const char *text)
{
    static char path[64];
    const int fd = memfd_create("keys", 0);

    cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
              fchmod(fd, 0600) == 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return path;
}

void keys_set(const char *text)
{
    if (text)
        setenv("CLOVIS_KEY_FILE", keys_file(text), 1);
    else
        unsetenv("CLOVIS_KEY_FILE");
}

void fixture_seal_start(const char *keys)
{
    keys_set(keys);
    fixture_store_start(NULL);
}

static redisReply *ask_value(const char *fmt, const char *name, const char *id,
                             const struct value *v)
{
    const char *instance = instance_of(name);
    redisContext *raw = redis_raw(&server);
    redisReply *r =
        redisCommand(raw, fmt, name, instance, id, v ? v->at : NULL, v ? v->size : 0);

    cr_assert(r && r->type != REDIS_REPLY_ERROR);
    redisFree(raw);
    return r;
}

void value_get(const char *name, const char *id, struct value *out)
{
    redisReply *r = ask_value("HGET clovis:{c:%s}:%s:data s:%s", name, id, NULL);

    cr_assert_eq(r->type, REDIS_REPLY_STRING, "%s has no value", id);
    cr_assert_leq((size_t)r->len, sizeof(out->at));
    out->size = (size_t)r->len;
    memcpy(out->at, r->str, out->size);
    freeReplyObject(r);
}

void value_set(const char *name, const char *id, const struct value *v)
{
    freeReplyObject(ask_value("HSET clovis:{c:%s}:%s:data s:%s %b", name, id, v));
}

static bool iterates_corrupted(struct store_ckpt *c, const char *id)
{
    struct store_section_info info;
    struct store_iter *it;
    bool found = false, corrupted = false;

    cr_assert_eq(store_iter_begin(c, STORE_ANY, never, soon(), &it), STORE_OK);
    while (store_iter_next(it, &info, soon()) == STORE_OK)
        if (clv_bytes_equal(info.id, bytes(id))) {
            found = true;
            corrupted = info.corrupted;
        }
    store_iter_end(it);
    cr_assert(found, "%s is not iterated", id);
    return corrupted;
}

bool is_corrupted(struct store_ckpt *c, const char *id)
{
    char text[VALUE_MAX];
    const enum store_status st = read_text(c, id, text, sizeof(text));

    cr_assert(st == STORE_OK || st == STORE_DAMAGED, "%s: %s", id, store_status_text(st));
    cr_assert(st == STORE_OK || text[0] == '\0', "%s: \"%s\" came out of damage", id,
              text);
    cr_assert_eq(iterates_corrupted(c, id), st == STORE_DAMAGED, "%s: %s, but iteration",
                 id, store_status_text(st));
    return st == STORE_DAMAGED;
}

enum store_status write_at(struct store_ckpt *c, const char *id, uint64_t offset,
                           const char *text)
{
    const struct store_write w = {bytes(id), bytes(text), offset};
    uint32_t bad;

    return store_write(c, &w, 1, &bad, soon());
}
