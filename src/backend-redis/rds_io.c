/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors: several sections, or parts of them, in one call. */
#include "backend-redis/rds_io.h"
#include "backend-redis/rds_cache.h"

#include <stdlib.h>
#include <string.h>

enum { READ_TRIES = 3 };

/* ---- transactions with a script ------------------------------------------ */

/* The script's answer: element 0 of what EXEC returned. */
static const redisReply *script_reply(const struct rds_call *call)
{
    return rds_reply_at(call->last, 0);
}

enum store_status rds_exec_answer(const struct rds_call *call)
{
    struct rds_call inner = {.last = (redisReply *)(uintptr_t)script_reply(call)};

    return rds_answer(&inner);
}

enum store_status rds_exec_run(struct store_ckpt *ckpt, struct rds_call *call,
                               uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st = rds_ckpt_send(ckpt, call, deadline_ns);
    int64_t at;

    if (st != STORE_OK)
        return st;
    if (bad && rds_reply_int(rds_reply_at(script_reply(call), 1), &at))
        *bad = (uint32_t)at;
    return rds_ckpt_note(ckpt, rds_exec_answer(call));
}

/* ---- write --------------------------------------------------------------- */

static void write_element(struct rds_req *req, const struct store_write *w, char mode,
                          bool with_data)
{
    rds_req_arg(req, w->id);
    rds_req_arg(req, (struct clv_bytes){&mode, 1});
    rds_req_int(req, (int64_t)w->offset);
    rds_req_int(req, (int64_t)w->data.size);
    rds_req_arg(req, with_data ? w->data : (struct clv_bytes){NULL, 0});
}

static void write_script(struct rds_req *req, const struct store_ckpt *ckpt,
                         const struct rds_stamp *stamp, uint32_t n)
{
    rds_change_script(req, ckpt, script_section_write, 1 + 5 * (size_t)n);
    rds_req_value(req, stamp, (struct clv_bytes){NULL, 0});
}

static enum store_status write_inline(struct store_ckpt *ckpt,
                                      const struct store_write *vec, uint32_t n,
                                      char mode, uint32_t *bad, int64_t deadline_ns)
{
    const struct rds_stamp stamp = rds_stamp_now(0);
    struct rds_call call;
    enum store_status st;
    int64_t at;
    uint32_t i;

    rds_call_init(&call, true);
    write_script(&call.req, ckpt, &stamp, n);
    for (i = 0; i < n; i++)
        write_element(&call.req, &vec[i], mode, true);
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    if (st != STORE_OK && rds_reply_int(rds_reply_at(call.last, 1), &at))
        *bad = (uint32_t)at;
    atomic_fetch_add(&ckpt->changes, 1);
    rds_call_free(&call);
    return st;
}

/* Large contents that may be whole sections bypass the script. */
static bool is_outside(const struct store_write *w)
{
    return w->offset == 0 && w->data.size > RDS_REQ_COPY_MAX;
}

/* mode is that of the large elements, r or s. *must_inline: the sections are such that
 * only the script can do it. */
static enum store_status write_outside(struct store_ckpt *ckpt,
                                       const struct store_write *vec, uint32_t n,
                                       char mode, uint32_t *bad, bool *must_inline,
                                       int64_t deadline_ns)
{
    const struct rds_stamp stamp = rds_stamp_now(0);
    uint32_t i, n_outside = 0;
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    rds_req_plain(&call.req, "MULTI");
    write_script(&call.req, ckpt, &stamp, n);
    for (i = 0; i < n; i++) {
        write_element(&call.req, &vec[i], is_outside(&vec[i]) ? mode : 'S',
                      !is_outside(&vec[i]));
        n_outside += is_outside(&vec[i]);
    }
    for (i = 0; i < n; i++)
        if (is_outside(&vec[i]))
            rds_req_setnx(&call.req, ckpt, vec[i].id, &stamp, vec[i].data);
    rds_ckpt_script(&call.req, ckpt, script_section_tidy, n_outside);
    for (i = 0; i < n; i++)
        if (is_outside(&vec[i]))
            rds_req_arg(&call.req, vec[i].id);
    rds_req_plain(&call.req, "EXEC");
    st = rds_exec_run(ckpt, &call, bad, deadline_ns);
    *must_inline = rds_reply_is(rds_reply_at(script_reply(&call), 0), "INLINE");
    atomic_fetch_add(&ckpt->changes, 1);
    rds_call_free(&call);
    return st;
}

enum store_status store_write(struct store_ckpt *ckpt, const struct store_write *vec,
                              uint32_t n, uint32_t *bad, int64_t deadline_ns)
{
    bool outside = false, must_inline = true;
    enum store_status st = STORE_OK;
    uint32_t i;

    for (i = 0; i < n && !outside && !ckpt->notify; i++)
        outside = is_outside(&vec[i]);
    if (outside)
        st = write_outside(ckpt, vec, n, 's', bad, &must_inline, deadline_ns);
    if (must_inline && n > 0)
        st = write_inline(ckpt, vec, n, 'S', bad, deadline_ns);
    return st;
}

enum store_status rds_write_whole(struct store_ckpt *ckpt, const struct store_write *w,
                                  int64_t deadline_ns)
{
    bool must_inline;
    uint32_t bad;

    if (is_outside(w) && !ckpt->notify)
        return write_outside(ckpt, w, 1, 'r', &bad, &must_inline, deadline_ns);
    return write_inline(ckpt, w, 1, 'R', &bad, deadline_ns);
}

/* ---- read ---------------------------------------------------------------- */

static void read_request(struct rds_req *req, const struct store_ckpt *ckpt,
                         const struct store_read *vec, uint32_t n)
{
    uint32_t i;

    rds_req_command(req, 2 + (size_t)n);
    rds_req_text(req, n == 1 ? "ZSCORE" : "ZMSCORE");
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_INDEX));
    for (i = 0; i < n; i++)
        rds_req_arg(req, vec[i].id);
    rds_req_command(req, 2 + (size_t)n);
    rds_req_text(req, n == 1 ? "HGET" : "HMGET");
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_DATA));
    for (i = 0; i < n; i++)
        rds_req_section(req, vec[i].id);
}

/* Element i of a reply that is the element itself when n is 1. */
static const redisReply *element(const redisReply *reply, uint32_t i, uint32_t n)
{
    return n == 1 ? reply : rds_reply_at(reply, i);
}

/* Which of the sections are there, by the store's clock. */
static enum store_status presence(struct store_ckpt *ckpt, const struct store_read *vec,
                                  uint32_t n, uint32_t *bad, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;
    int64_t at = 0;
    uint32_t i;

    rds_call_init(&call, false);
    rds_ckpt_script(&call.req, ckpt, script_section_check, n);
    for (i = 0; i < n; i++)
        rds_req_arg(&call.req, vec[i].id);
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    rds_reply_int(rds_reply_at(call.last, 1), &at);
    if (st != STORE_OK)
        *bad = (uint32_t)at;
    rds_call_free(&call);
    return st;
}

/* Look at the ends: STORE_OK, or why not; *again: it changes while we look. */
static enum store_status ends_verify(struct store_ckpt *ckpt,
                                     const struct store_read *vec, uint32_t n,
                                     const struct rds_call *call, uint32_t *bad,
                                     bool *again, int64_t deadline_ns)
{
    bool finite = false;
    uint32_t i;

    *again = false;
    for (i = 0; i < n; i++) {
        const struct clv_bytes end = rds_reply_bytes(element(call->prev, i, n));

        *again = *again || !end.base;
        finite = finite || (end.base && !rds_reply_is(element(call->prev, i, n), "inf"));
    }
    return *again || finite ? presence(ckpt, vec, n, bad, deadline_ns) : STORE_OK;
}

/* When the first of the sections ends, by the store's clock. */
static int64_t first_end(const struct rds_call *call, uint32_t n)
{
    int64_t end, first = INT64_MAX;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const redisReply *score = element(call->prev, i, n);

        if (rds_reply_is(score, "inf"))
            continue;
        end = score && score->str ? (int64_t)strtod(score->str, NULL) : 0;
        first = end < first ? end : first;
    }
    return first;
}

/* The part of a stored value that an element asks for. */
static struct clv_bytes wanted(const struct store_read *r, struct clv_bytes value)
{
    const size_t size = value.size - RDS_STAMP_SIZE;
    const size_t from = r->offset < size ? (size_t)r->offset : size;
    size_t n = size - from;

    if (r->buffer && r->size < n)
        n = (size_t)r->size;
    return (struct clv_bytes){(const char *)value.base + RDS_STAMP_SIZE + from, n};
}

/* The values, all of them ours, or the index of the first that is not. */
static enum store_status values_verify(const struct rds_call *call, uint32_t n,
                                       uint32_t *bad, bool *missing)
{
    struct rds_stamp stamp;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const redisReply *r = element(call->last, i, n);
        const struct clv_bytes value = rds_reply_bytes(r);

        if (!value.base || !rds_stamp_parse(&stamp, value.base, value.size)) {
            *missing = r && r->type == REDIS_REPLY_NIL;
            *bad = i;
            return STORE_DAMAGED;
        }
    }
    return STORE_OK;
}

/* Give the bytes away: buffers that are ours to make are made first. */
static enum store_status values_deliver(struct store_read *vec,
                                        const struct rds_call *call, uint32_t n,
                                        uint32_t *bad)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        const struct clv_bytes b =
            wanted(&vec[i], rds_reply_bytes(element(call->last, i, n)));

        vec[i].got = b.size;
        if (vec[i].buffer) {
            vec[i].size -= vec[i].size == UINT64_MAX;
            continue;
        }
        vec[i].size = UINT64_MAX; /* marks the buffer as made here */
        vec[i].buffer = calloc(1, b.size + 1);
        if (!vec[i].buffer)
            break;
    }
    if (i < n) {
        *bad = i;
        for (i = 0; i <= *bad; i++)
            if (vec[i].size == UINT64_MAX) {
                free(vec[i].buffer);
                vec[i].buffer = NULL;
            }
        return STORE_NO_MEM;
    }
    for (i = 0; i < n; i++) {
        const struct clv_bytes b =
            wanted(&vec[i], rds_reply_bytes(element(call->last, i, n)));

        if (b.size)
            memcpy(vec[i].buffer, b.base, b.size);
    }
    return STORE_OK;
}

static enum store_status read_once(struct store_ckpt *ckpt, struct store_read *vec,
                                   uint32_t n, uint32_t *bad,
                                   const struct rds_cache_ticket *ticket, bool *again,
                                   int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    *again = false;
    rds_call_init(&call, false);
    read_request(&call.req, ckpt, vec, n);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK)
        st = ends_verify(ckpt, vec, n, &call, bad, again, deadline_ns);
    if (st == STORE_OK && !*again) {
        st = values_verify(&call, n, bad, again);
        if (st == STORE_OK)
            st = values_deliver(vec, &call, n, bad);
        if (st == STORE_OK && ticket->open)
            rds_cache_put(ckpt, vec, n, ticket, &call, first_end(&call, n));
    }
    rds_call_free(&call);
    return st;
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
    /* a section that is made or deleted between the two looks is looked at again */
    for (tries = 0; again && tries < READ_TRIES; tries++)
        st = read_once(ckpt, vec, n, bad, &ticket, &again, deadline_ns);
    if (st != STORE_OK && ticket.open)
        rds_cache_changed(ckpt);
    return again && st == STORE_OK ? STORE_AWAY : st;
}
