/* SPDX-License-Identifier: Apache-2.0 */
/* One section at a time: create, delete, overwrite, expiry, presence. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_io.h"
#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_seal.h"
#include "base/clock.h"

static const struct clv_bytes section_prefix = {"s:", 2};

struct rds_stamp rds_stamp_now(uint8_t flags)
{
    return (struct rds_stamp){flags, rds.writer, rds_now_us(), 0, false};
}

void rds_req_section(struct rds_req *req, struct clv_bytes id)
{
    rds_req_pair(req, section_prefix, id);
}

void rds_req_plain(struct rds_req *req, const char *word)
{
    rds_req_command(req, 1);
    rds_req_text(req, word);
}

void rds_req_setnx(struct rds_req *req, const struct store_ckpt *ckpt,
                   struct clv_bytes id, const struct rds_stamp *stamp,
                   struct clv_bytes data)
{
    rds_req_command(req, 4);
    rds_req_text(req, "HSETNX");
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_DATA));
    rds_req_section(req, id);
    rds_req_value(req, stamp, data);
}

void rds_change_script(struct rds_req *req, const struct store_ckpt *ckpt,
                       enum rds_script which, size_t n_more)
{
    rds_ckpt_script(req, ckpt, which, 4 + n_more);
    rds_req_writer(req, "", rds.proc);
    rds_req_seq(req);
    rds_req_settle(req);
    rds_req_fence(req, ckpt);
}

/* End and "relative": microseconds, or +inf. */
static void req_when(struct rds_req *req, struct store_when end)
{
    if (end.ns == STORE_TIME_END) {
        rds_req_text(req, "+inf");
        rds_req_int(req, 0);
        return;
    }
    rds_req_int(req, end.ns / 1000);
    rds_req_int(req, end.relative);
}

static enum store_status run_change(struct store_ckpt *ckpt, struct rds_call *call,
                                    int64_t deadline_ns)
{
    enum store_status st = rds_ckpt_run(ckpt, call, deadline_ns);

    atomic_fetch_add(&ckpt->changes, 1);
    return st;
}

/* ---- create -------------------------------------------------------------- */

static void create_script(struct rds_req *req, const struct store_ckpt *ckpt,
                          struct clv_bytes id, struct store_when end, bool with_value)
{
    rds_change_script(req, ckpt, script_section_create, with_value ? 4 : 3);
    rds_req_arg(req, id);
    req_when(req, end);
}

void rds_create_settle(struct rds_req *req, const struct store_ckpt *ckpt,
                       struct clv_bytes id, struct store_when end,
                       const struct rds_stamp *stamp, struct clv_bytes data)
{
    create_script(req, ckpt, id, end, true);
    rds_req_value(req, stamp, data);
}

/* When a section ends, by the store's clock. */
static int64_t end_us(struct store_when end)
{
    if (end.ns == STORE_TIME_END)
        return STORE_TIME_END;
    return end.ns / 1000 + (end.relative ? rds_now_us() : 0);
}

static void create_note(struct store_ckpt *ckpt, const struct rds_call *call,
                        struct clv_bytes id, struct store_when end,
                        const struct rds_stamp *stamp, struct clv_bytes data)
{
    rds_kept_note(ckpt, call, RDS_STEP_CREATE, &(struct store_write){id, data, 0}, stamp,
                  end_us(end));
}

static enum store_status create_small(struct store_ckpt *ckpt, struct clv_bytes id,
                                      struct store_when end,
                                      const struct rds_stamp *stamp,
                                      struct clv_bytes data, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    rds_create_settle(&call.req, ckpt, id, end, stamp, data);
    st = run_change(ckpt, &call, deadline_ns);
    if (st == STORE_OK)
        create_note(ckpt, &call, id, end, stamp, data);
    rds_call_free(&call);
    return st;
}

/* Room is made by the script, the content follows as HSETNX, which does nothing if the
 * section was there before; if it could not be created, the rest is tidied away. */
static enum store_status create_large(struct store_ckpt *ckpt, struct clv_bytes id,
                                      struct store_when end,
                                      const struct rds_stamp *stamp,
                                      struct clv_bytes data, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    rds_req_plain(&call.req, "MULTI");
    create_script(&call.req, ckpt, id, end, false);
    rds_req_setnx(&call.req, ckpt, id, stamp, data);
    rds_ckpt_script(&call.req, ckpt, script_section_tidy, 1);
    rds_req_arg(&call.req, id);
    rds_req_plain(&call.req, "EXEC");
    st = rds_exec_run(ckpt, &call, NULL, deadline_ns);
    if (st == STORE_OK)
        create_note(ckpt, &call, id, end, stamp, data);
    atomic_fetch_add(&ckpt->changes, 1);
    rds_call_free(&call);
    return st;
}

static enum store_status create_named(struct store_ckpt *ckpt, struct clv_bytes id,
                                      struct store_when end, struct clv_bytes data,
                                      int64_t deadline_ns)
{
    struct rds_stamp stamp = rds_stamp_now(RDS_STAMP_CREATED);
    struct clv_bytes content;
    enum store_status st;

    st = rds_seal_write(ckpt, id, &stamp, data, &content);
    if (st != STORE_OK)
        return st;
    st = content.size > RDS_REQ_COPY_MAX
             ? create_large(ckpt, id, end, &stamp, content, deadline_ns)
             : create_small(ckpt, id, end, &stamp, content, deadline_ns);
    rds_seal_done(&stamp, content);
    return st;
}

/* Draw the next number. Lost answers leave a gap, which the contract allows. */
static enum store_status generate_id(struct store_ckpt *ckpt,
                                     char out[STORE_GENERATED_ID_MAX],
                                     int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;
    int64_t n;

    rds_call_init(&call, false);
    rds_script_call(&call.req, script_section_number, 1, 0);
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_META));
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    if (st == STORE_OK && !rds_reply_int(rds_reply_at(call.last, 1), &n))
        st = STORE_DAMAGED;
    if (st == STORE_OK)
        snprintf(out, STORE_GENERATED_ID_MAX, "generatedSection%" PRId64, n);
    rds_call_free(&call);
    return st;
}

enum store_status store_section_create(struct store_ckpt *ckpt, struct clv_bytes id,
                                       struct store_when end, struct clv_bytes data,
                                       char generated[STORE_GENERATED_ID_MAX],
                                       int64_t deadline_ns)
{
    enum store_status st;

    if (id.base)
        return create_named(ckpt, id, end, data, deadline_ns);
    do { /* the application may have used such a name itself */
        st = generate_id(ckpt, generated, deadline_ns);
        id = (struct clv_bytes){generated, strlen(generated) + 1};
        if (st == STORE_OK)
            st = create_named(ckpt, id, end, data, deadline_ns);
    } while (st == STORE_EXISTS);
    return st;
}

/* ---- overwrite ----------------------------------------------------------- */

/* A call that can be made anew as its settle form. */
struct overwrite {
    struct rds_call call; /* first: to_settle gets it */
    const struct store_ckpt *ckpt;
    struct clv_bytes id, data;
    struct rds_stamp stamp;
};

static void overwrite_settle(struct rds_call *call)
{
    const struct overwrite *o = (struct overwrite *)(void *)call;
    struct rds_req *req = &call->req;

    rds_req_free(req);
    rds_req_plain(req, "MULTI");
    rds_write_settle(req, o->ckpt, &o->stamp, &(struct store_write){o->id, o->data, 0},
                     'p');
    rds_req_setnx(req, o->ckpt, o->id, &o->stamp, o->data);
    rds_ckpt_script(req, o->ckpt, script_section_tidy, 1);
    rds_req_arg(req, o->id);
    rds_req_plain(req, "EXEC");
}

static void overwrite_request(struct overwrite *o)
{
    struct rds_req *req = &o->call.req;

    rds_call_init(&o->call, true);
    o->call.to_settle = overwrite_settle;
    rds_req_ready(req, "*1\r\n$5\r\nMULTI\r\n*3\r\n$6\r\nZSCORE\r\n", 2);
    rds_req_wire(req, rds_ckpt_key(o->ckpt, RDS_KEY_INDEX));
    rds_req_arg(req, o->id);
    rds_req_ready(req, "*8\r\n$4\r\nHSET\r\n", 1);
    rds_req_wire(req, rds_ckpt_key(o->ckpt, RDS_KEY_DATA));
    rds_req_section(req, o->id);
    rds_req_value(req, &o->stamp, o->data);
    rds_req_writer(req, "w:", rds.proc);
    rds_req_seq(req);
    rds_req_ready(req, "$1\r\nv\r\n$0\r\n\r\n*1\r\n$4\r\nEXEC\r\n", 1);
}

void rds_tidy(struct store_ckpt *ckpt, struct clv_bytes id, int64_t deadline_ns)
{
    struct rds_call call;

    rds_call_init(&call, false);
    rds_ckpt_script(&call.req, ckpt, script_section_tidy, 1);
    rds_req_arg(&call.req, id);
    rds_run(&call, deadline_ns);
    rds_call_free(&call);
}

/* The answer of the plain form is {score, HSET's}, that of the settle form {{word}...}.
 * HSET says how many fields are new: this writer's number, or that of a section which had
 * a key of its own, and then that one goes. */
static enum store_status overwrite_answer(struct store_ckpt *ckpt,
                                          const struct overwrite *o, int64_t deadline_ns)
{
    const redisReply *first = rds_reply_at(o->call.last, 0);
    enum store_status st;
    int64_t n_new;

    if (first && first->type == REDIS_REPLY_ARRAY)
        return rds_ckpt_note(ckpt, rds_exec_answer(&o->call));
    if (!rds_reply_is(first, "inf")) {
        /* absent, or perhaps expired: a second look, which also tidies up after us */
        st = store_section_check(ckpt, o->id, deadline_ns);
        if (st != STORE_OK || !rds_reply_bytes(first).base)
            return st == STORE_OK ? STORE_ABSENT : st;
    }
    if (rds_reply_int(rds_reply_at(o->call.last, 1), &n_new) && n_new > 0)
        rds_tidy(ckpt, o->id, deadline_ns);
    return STORE_OK;
}

static enum store_status overwrite(struct store_ckpt *ckpt,
                                   const struct store_write *whole,
                                   const struct rds_stamp *stamp, int64_t deadline_ns)
{
    struct overwrite o;
    enum store_status st;

    o.ckpt = ckpt;
    o.id = whole->id;
    o.data = whole->data;
    o.stamp = *stamp;
    overwrite_request(&o);
    st = rds_ckpt_send(ckpt, &o.call, deadline_ns);
    atomic_fetch_add(&ckpt->changes, 1);
    if (st == STORE_OK)
        st = overwrite_answer(ckpt, &o, deadline_ns);
    if (st == STORE_OK)
        rds_kept_note(ckpt, &o.call, RDS_STEP_WHOLE, whole, stamp, STORE_TIME_END);
    rds_call_free(&o.call);
    return st;
}

enum store_status store_section_write(struct store_ckpt *ckpt, struct clv_bytes id,
                                      struct clv_bytes data, int64_t deadline_ns)
{
    struct rds_stamp stamp = rds_stamp_now(0);
    struct store_write whole = {id, data, 0};
    enum store_status st;

    st = rds_seal_write(ckpt, id, &stamp, data, &whole.data);
    if (st != STORE_OK)
        return st;
    st = ckpt->notify || rds.fenced ? rds_write_whole(ckpt, &whole, &stamp, deadline_ns)
                                    : overwrite(ckpt, &whole, &stamp, deadline_ns);
    rds_seal_done(&stamp, whole.data);
    return st;
}

/* ---- the rest ------------------------------------------------------------ */

void rds_delete_request(struct rds_req *req, const struct store_ckpt *ckpt,
                        struct clv_bytes id)
{
    rds_change_script(req, ckpt, script_section_delete, 1);
    rds_req_arg(req, id);
}

enum store_status store_section_delete(struct store_ckpt *ckpt, struct clv_bytes id,
                                       int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    rds_delete_request(&call.req, ckpt, id);
    st = run_change(ckpt, &call, deadline_ns);
    if (st == STORE_OK)
        rds_kept_note(ckpt, &call, RDS_STEP_DELETE, &(struct store_write){.id = id}, NULL,
                      STORE_TIME_END);
    rds_call_free(&call);
    return st;
}

void rds_expire_request(struct rds_req *req, const struct store_ckpt *ckpt,
                        struct clv_bytes id, struct store_when end)
{
    rds_change_script(req, ckpt, script_section_expire, 3);
    rds_req_arg(req, id);
    req_when(req, end);
}

enum store_status store_section_expire(struct store_ckpt *ckpt, struct clv_bytes id,
                                       struct store_when end, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    rds_expire_request(&call.req, ckpt, id, end);
    st = run_change(ckpt, &call, deadline_ns);
    if (st == STORE_OK)
        rds_kept_note(ckpt, &call, RDS_STEP_END, &(struct store_write){.id = id}, NULL,
                      end_us(end));
    rds_call_free(&call);
    return st;
}

enum store_status rds_sections_check(struct store_ckpt *ckpt, const void *ids,
                                     size_t step, uint32_t n, uint32_t *bad,
                                     int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;
    int64_t at = 0;
    uint32_t i;

    rds_call_init(&call, false);
    rds_ckpt_script(&call.req, ckpt, script_section_check, n);
    for (i = 0; i < n; i++)
        rds_req_arg(
            &call.req,
            *(const struct clv_bytes *)(const void *)((const char *)ids + i * step));
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    rds_reply_int(rds_reply_at(call.last, 1), &at);
    if (st != STORE_OK)
        *bad = (uint32_t)at;
    rds_call_free(&call);
    return st;
}

enum store_status store_section_check(struct store_ckpt *ckpt, struct clv_bytes id,
                                      int64_t deadline_ns)
{
    uint32_t bad;

    return rds_sections_check(ckpt, &id, sizeof(id), 1, &bad, deadline_ns);
}
