/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading sections, or parts of them. Most are one value each and cost one look at the
 * index and one at the data. When one of them may have a key of its own, all are read in
 * a transaction that looks at both places.
 */
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_cache.h"
#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_io.h"
#include "backend-redis/rds_large.h"
#include "backend-redis/rds_seal.h"

enum { READ_TRIES = 3, FINDS = 3 /* replies per element: value, length, part */ };

/* Where the contents of a vector are: each a whole value, or the part that was asked for.
 */
struct contents {
    const redisReply *values; /* of n elements; NULL: see found */
    const redisReply *found;  /* a transaction's: the ends, and FINDS per element */
    uint32_t n;
};

/* ---- requests ------------------------------------------------------------ */

static void ends_request(struct rds_req *req, const struct store_ckpt *ckpt,
                         const struct store_read *vec, uint32_t n)
{
    uint32_t i;

    if (n == 1) {
        rds_req_ready(req, "*3\r\n$6\r\nZSCORE\r\n", 1);
    } else {
        rds_req_command(req, 2 + (size_t)n);
        rds_req_text(req, "ZMSCORE");
    }
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_INDEX));
    for (i = 0; i < n; i++)
        rds_req_arg(req, vec[i].id);
}

static void whole_request(struct rds_req *req, const struct store_ckpt *ckpt,
                          const struct store_read *vec, uint32_t n)
{
    uint32_t i;

    if (n == 1) {
        rds_req_ready(req, "*3\r\n$4\r\nHGET\r\n", 1);
    } else {
        rds_req_command(req, 2 + (size_t)n);
        rds_req_text(req, "HMGET");
    }
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_DATA));
    for (i = 0; i < n; i++)
        rds_req_section(req, vec[i].id);
}

static void part_request(struct rds_req *req, const struct store_ckpt *ckpt,
                         const struct store_read *r)
{
    const uint64_t size = r->buffer ? r->size : UINT64_MAX;
    const bool some = size > 0 && r->offset < RDS_LARGE_MAX;

    rds_req_ready(req, "*4\r\n$8\r\nGETRANGE\r\n", 1);
    rds_req_large(req, ckpt, r->id);
    rds_req_int(req, some ? (int64_t)r->offset : 1);
    rds_req_int(req, !some                  ? 0
                     : size > RDS_LARGE_MAX ? -1
                                            : (int64_t)(r->offset + size - 1));
}

static void find_request(struct rds_req *req, const struct store_ckpt *ckpt,
                         const struct store_read *vec, uint32_t n)
{
    uint32_t i;

    rds_req_plain(req, "MULTI");
    ends_request(req, ckpt, vec, n);
    for (i = 0; i < n; i++) {
        whole_request(req, ckpt, &vec[i], 1);
        rds_req_ready(req, "*2\r\n$6\r\nSTRLEN\r\n", 1);
        rds_req_large(req, ckpt, vec[i].id);
        part_request(req, ckpt, &vec[i]);
    }
    rds_req_plain(req, "EXEC");
}

/* ---- existence ----------------------------------------------------------- */

/* Element i of a reply that is the element itself when n is 1. */
static const redisReply *element(const redisReply *reply, uint32_t i, uint32_t n)
{
    return n == 1 ? reply : rds_reply_at(reply, i);
}

/* Look at the ends: STORE_OK, or why not; *again: section *bad was not there, and is
 * there now. */
static enum store_status ends_verify(struct store_ckpt *ckpt,
                                     const struct store_read *vec, uint32_t n,
                                     const redisReply *ends, uint32_t *bad, bool *again,
                                     int64_t deadline_ns)
{
    bool finite = false;
    uint32_t i;

    *again = false;
    for (i = 0; i < n; i++) {
        const struct clv_bytes end = rds_reply_bytes(element(ends, i, n));

        if (!end.base && !*again)
            *bad = i;
        *again = *again || !end.base;
        finite = finite || (end.base && !rds_reply_is(element(ends, i, n), "inf"));
    }
    return *again || finite
               ? rds_sections_check(ckpt, &vec->id, sizeof(*vec), n, bad, deadline_ns)
               : STORE_OK;
}

/* When the first of the sections ends, by the store's clock. */
static int64_t first_end(const redisReply *ends, uint32_t n)
{
    int64_t end, first = INT64_MAX;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const redisReply *score = element(ends, i, n);

        if (rds_reply_is(score, "inf"))
            continue;
        end = score && score->str ? (int64_t)strtod(score->str, NULL) : 0;
        first = end < first ? end : first;
    }
    return first;
}

/* ---- contents ------------------------------------------------------------ */

static const redisReply *found_at(const struct contents *c, uint32_t i, uint32_t which)
{
    return rds_reply_at(c->found, 1 + FINDS * (size_t)i + which);
}

/* What element i gets. */
static struct clv_bytes share(const struct contents *c, const struct store_read *r,
                              uint32_t i)
{
    const struct clv_bytes value =
        rds_reply_bytes(c->values ? element(c->values, i, c->n) : found_at(c, i, 0));
    struct clv_bytes content;
    size_t size, from;

    if (!value.base)
        return rds_reply_bytes(found_at(c, i, 2));
    content = rds_seal_content(value);
    size = content.size;
    from = r->offset < size ? (size_t)r->offset : size;
    size -= from;
    if (r->buffer && r->size < size)
        size = (size_t)r->size;
    return (struct clv_bytes){(const char *)content.base + from, size};
}

/* Give the bytes away: buffers that are ours to make are made first. */
static enum store_status deliver(struct store_read *vec, const struct contents *c,
                                 uint32_t *bad)
{
    uint32_t i;

    for (i = 0; i < c->n; i++) {
        const struct clv_bytes b = share(c, &vec[i], i);

        vec[i].got = b.size;
        if (vec[i].buffer) {
            vec[i].size -= vec[i].size == UINT64_MAX;
            continue;
        }
        vec[i].size = UINT64_MAX; /* marks the buffer as made here */
        vec[i].buffer = malloc(b.size + 1);
        if (!vec[i].buffer)
            break;
        memcpy(vec[i].buffer, b.base, b.size);
        ((char *)vec[i].buffer)[b.size] = '\0';
    }
    if (i < c->n) {
        *bad = i;
        for (i = 0; i <= *bad; i++)
            if (vec[i].size == UINT64_MAX) {
                free(vec[i].buffer);
                vec[i].buffer = NULL;
            }
        return STORE_NO_MEM;
    }
    for (i = 0; i < c->n; i++) {
        const struct clv_bytes b = share(c, &vec[i], i);

        if (vec[i].size != UINT64_MAX && b.size)
            memcpy(vec[i].buffer, b.base, b.size);
    }
    return STORE_OK;
}

/* ---- reading ------------------------------------------------------------- */

/* A value is ours, and open now. */
static enum store_status value_open(struct store_ckpt *ckpt, struct clv_bytes id,
                                    struct clv_bytes value)
{
    const struct rds_seal_place place = rds_seal_at(ckpt, id);
    const char *why = NULL;
    const enum store_status st = rds_seal_open(&place, value, &why);

    if (why)
        rds_seal_complain(ckpt, id, why);
    return st;
}

/* The values, all of them ours, or the index of the first that is not. */
static enum store_status values_open(struct store_ckpt *ckpt,
                                     const struct store_read *vec,
                                     const redisReply *values, uint32_t n, uint32_t *bad,
                                     bool *missing)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        const redisReply *r = element(values, i, n);
        const struct clv_bytes value = rds_reply_bytes(r);

        if (value_open(ckpt, vec[i].id, value) != STORE_OK) {
            *missing = r && r->type == REDIS_REPLY_NIL;
            *bad = i;
            return STORE_DAMAGED;
        }
    }
    return STORE_OK;
}

/* *missing: a section has no value of its own. */
static enum store_status read_values(struct store_ckpt *ckpt, struct store_read *vec,
                                     uint32_t n, uint32_t *bad,
                                     const struct rds_cache_ticket *ticket, bool *again,
                                     bool *missing, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, false);
    ends_request(&call.req, ckpt, vec, n);
    whole_request(&call.req, ckpt, vec, n);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK)
        st = ends_verify(ckpt, vec, n, call.prev, bad, again, deadline_ns);
    if (st == STORE_OK && !*again) {
        st = values_open(ckpt, vec, call.last, n, bad, missing);
        if (st == STORE_OK)
            st = deliver(vec, &(struct contents){call.last, NULL, n}, bad);
        if (st == STORE_OK && ticket->open)
            rds_cache_put(ckpt, vec, n, ticket, &call, first_end(call.prev, n));
    }
    rds_call_free(&call);
    return st;
}

/* Each is a value that is ours or has its own key; and note which. */
static enum store_status found_open(struct store_ckpt *ckpt, const struct store_read *vec,
                                    const struct contents *c, uint32_t *bad)
{
    const char *why = NULL;
    int64_t length;
    uint32_t i;

    for (i = 0; i < c->n; i++) {
        const struct clv_bytes value = rds_reply_bytes(found_at(c, i, 0));
        const bool ok = value.base
                            ? value_open(ckpt, vec[i].id, value) == STORE_OK
                            : rds_reply_int(found_at(c, i, 1), &length) && length > 0 &&
                                  rds_reply_bytes(found_at(c, i, 2)).base &&
                                  rds_seal_plain(&why) == STORE_OK;

        rds_seal_complain(ckpt, vec[i].id, why);

        if (!ok) {
            *bad = i;
            return STORE_DAMAGED;
        }
        rds_large_note(ckpt, vec[i].id, !value.base);
    }
    return STORE_OK;
}

static enum store_status read_found(struct store_ckpt *ckpt, struct store_read *vec,
                                    uint32_t n, uint32_t *bad,
                                    const struct rds_cache_ticket *ticket, bool *again,
                                    int64_t deadline_ns)
{
    struct contents c = {.n = n};
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, false);
    find_request(&call.req, ckpt, vec, n);
    st = rds_run(&call, deadline_ns);
    c.found = call.last;
    if (st == STORE_OK)
        st = ends_verify(ckpt, vec, n, rds_reply_at(c.found, 0), bad, again, deadline_ns);
    if (st == STORE_OK && !*again)
        st = found_open(ckpt, vec, &c, bad);
    if (st == STORE_OK && !*again)
        st = deliver(vec, &c, bad);
    if (st == STORE_OK && !*again && ticket->open)
        rds_cache_put(ckpt, vec, n, ticket, &call,
                      first_end(rds_reply_at(c.found, 0), n));
    rds_call_free(&call);
    return st;
}

static enum store_status read_once(struct store_ckpt *ckpt, struct store_read *vec,
                                   uint32_t n, uint32_t *bad,
                                   const struct rds_cache_ticket *ticket, bool *again,
                                   int64_t deadline_ns)
{
    enum store_status st = STORE_OK;
    bool find = false;
    uint32_t i;

    *again = false;
    for (i = 0; i < n && !find; i++)
        find = rds_large_known(ckpt, vec[i].id);
    if (!find)
        st = read_values(ckpt, vec, n, bad, ticket, again, &find, deadline_ns);
    return find ? read_found(ckpt, vec, n, bad, ticket, again, deadline_ns) : st;
}

enum store_status store_read(struct store_ckpt *ckpt, struct store_read *vec, uint32_t n,
                             uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st = STORE_OK;
    struct rds_cache_ticket ticket;
    bool again = n > 0;
    int tries;

    if (rds_cache_get(ckpt, vec, n, &ticket))
        return STORE_OK;
    /* a section that is made between the two looks is looked at again, for a while */
    for (tries = 0; again && tries < READ_TRIES; tries++)
        st = read_once(ckpt, vec, n, bad, &ticket, &again, deadline_ns);
    if (st != STORE_OK && ticket.open)
        rds_cache_changed(ckpt);
    return again && st == STORE_OK ? STORE_ABSENT : st;
}
