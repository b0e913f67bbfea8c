/* SPDX-License-Identifier: Apache-2.0 */
/* A library database as one checkpoint of the store: a section is a record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim/ckpt.h"
#include "shim/lib_db.h"

struct redis_db {
    struct lib_db db;
    struct store_ckpt *ckpt;
};

/* More than any program keeps, and exact in every number that the store knows. */
#define NO_LIMIT (UINT64_C(1) << 52)

static enum store_status redis_open(const char *path, bool fresh, struct lib_db **out)
{
    static const struct store_attrs attrs = {
        .creation_flags = CL_CKPT_WR_ALL_REPLICAS,
        .max_sections = UINT32_MAX,
        .checkpoint_size = NO_LIMIT,
        .retention_ns = STORE_TIME_END,
        .max_section_size = 0,
        .max_section_id_size = NO_LIMIT,
    };
    static const struct store_open_how how = {.create = &attrs};
    enum store_status st = STORE_OK;
    struct redis_db *const r = calloc(1, sizeof(*r));
    struct clv_bytes name;
    char *text;

    if (!r || asprintf(&text, "clCkptLibrary/%s", path) < 0) {
        free(r);
        return STORE_NO_MEM;
    }
    name = (struct clv_bytes){text, strlen(text)};
    if (fresh)
        st = store_ckpt_unlink(name, clv_ckpt_deadline());
    if (st == STORE_OK || st == STORE_ABSENT)
        st = store_ckpt_open(name, &how, clv_ckpt_deadline(), &r->ckpt);
    free(text);
    if (st != STORE_OK) {
        free(r);
        return st;
    }
    r->db.ops = &lib_db_redis;
    *out = &r->db;
    return STORE_OK;
}

static void redis_close(struct lib_db *db)
{
    struct redis_db *const r = (struct redis_db *)db;

    store_ckpt_close(r->ckpt, clv_ckpt_deadline());
    free(r);
}

static enum store_status redis_put(struct lib_db *db, struct clv_bytes key,
                                   struct clv_bytes value)
{
    static const struct store_when never = {.ns = STORE_TIME_END};
    struct redis_db *const r = (struct redis_db *)db;
    const int64_t deadline = clv_ckpt_deadline();
    enum store_status st;

    /* again when another process made or removed the record in between */
    do {
        st = store_section_write(r->ckpt, key, value, deadline);
        if (st == STORE_ABSENT)
            st = store_section_create(r->ckpt, key, never, value, NULL, deadline);
    } while (st == STORE_EXISTS);
    return st;
}

static enum store_status redis_get(struct lib_db *db, struct clv_bytes key, void **value,
                                   size_t *size)
{
    struct redis_db *const r = (struct redis_db *)db;
    struct store_read read = {.id = key};
    uint32_t bad;
    const enum store_status st = store_read(r->ckpt, &read, 1, &bad, clv_ckpt_deadline());

    if (st == STORE_OK) {
        *value = read.buffer;
        *size = read.got;
    }
    return st;
}

static enum store_status redis_remove(struct lib_db *db, struct clv_bytes key)
{
    struct redis_db *const r = (struct redis_db *)db;

    return store_section_delete(r->ckpt, key, clv_ckpt_deadline());
}

static enum store_status
redis_keys(struct lib_db *db, bool (*each)(void *arg, struct clv_bytes key), void *arg)
{
    struct redis_db *const r = (struct redis_db *)db;
    struct store_section_info info;
    struct store_iter *iter;
    enum store_status st;

    st = store_iter_begin(r->ckpt, STORE_ANY, (struct store_when){0}, clv_ckpt_deadline(),
                          &iter);
    if (st != STORE_OK)
        return st;
    while ((st = store_iter_next(iter, &info, clv_ckpt_deadline())) == STORE_OK)
        if (!each(arg, info.id)) {
            st = STORE_NO_MEM;
            break;
        }
    store_iter_end(iter);
    return st == STORE_ABSENT ? STORE_OK : st;
}

const struct lib_db_ops lib_db_redis = {redis_open, redis_close,  redis_put,
                                        redis_get,  redis_remove, redis_keys};
