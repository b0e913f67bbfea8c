/* SPDX-License-Identifier: Apache-2.0 */
/* Writing vectors: several sections, or parts of them, in one call. */
#include "backend-redis/rds_io.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_large.h"
#include "backend-redis/rds_seal.h"
#include "backend-redis/rds_splice.h"
#include "backend-redis/rds_vector.h"

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

/* "MODE OFFSET SIZE " of one element of a plan. */
enum { PLAN_STEP = 1 + 1 + 20 + 1 + 20 + 1 };

static void plan_element(struct rds_req *req, const struct store_write *w, char mode)
{
    char text[PLAN_STEP + 1];

    snprintf(text, sizeof(text), "%c %020" PRIu64 " %020" PRIu64 " ", mode, w->offset,
             (uint64_t)w->data.size);
    rds_req_more(req, (struct clv_bytes){text, PLAN_STEP});
}

/* Large contents that may be whole sections bypass the script. */
static bool is_outside(const struct store_write *w)
{
    return w->offset == 0 && w->data.size > RDS_REQ_COPY_MAX;
}

/* Content at the beginnings of sections needs no plan. */
static bool needs_plan(const struct store_write *vec, uint32_t n, char mode)
{
    uint32_t i;

    for (i = 0; i < n && mode == 'S'; i++)
        if (vec[i].offset > 0)
            return true;
    return mode != 'S';
}

/* The script with its elements. outside is the mode of those whose content follows, or
 * 0: none does; inside that of the others. */
static void write_script(struct rds_req *req, const struct store_ckpt *ckpt,
                         const struct rds_stamp *stamp, const char *mark,
                         const struct store_write *vec, uint32_t n, char outside,
                         char inside)
{
    const bool plan = outside || needs_plan(vec, n, inside);
    uint32_t i;

    rds_change_script(req, ckpt, script_section_write, 3 + 2 * (size_t)n);
    rds_req_value(req, stamp, (struct clv_bytes){NULL, 0});
    rds_req_text(req, mark);
    rds_req_open(req, plan ? PLAN_STEP * (size_t)n : 0);
    for (i = 0; plan && i < n; i++)
        plan_element(req, &vec[i], outside && is_outside(&vec[i]) ? outside : inside);
    rds_req_close(req);
    for (i = 0; i < n; i++) {
        rds_req_arg(req, vec[i].id);
        if (outside && is_outside(&vec[i]))
            rds_req_text(req, "");
        else
            rds_req_arg(req, vec[i].data);
    }
}

void rds_write_settle(struct rds_req *req, const struct store_ckpt *ckpt,
                      const struct rds_stamp *stamp, const struct store_write *w,
                      char mode)
{
    const struct store_write room = {w->id, {NULL, 0}, 0};

    write_script(req, ckpt, stamp, "", mode == 'p' ? &room : w, 1, 0, mode);
}

void rds_vector_settle(struct rds_req *req, const struct store_ckpt *ckpt,
                       const struct rds_stamp *stamp, const struct store_write *vec,
                       uint32_t n)
{
    write_script(req, ckpt, stamp, "", vec, n, 0, 'S');
}

/* The script's answer: whether it has left the mark. */
static void mark_note(struct store_ckpt *ckpt, const redisReply *script,
                      const struct store_write *vec, uint32_t n, const char *mark)
{
    int64_t marked = 0;

    if (rds_reply_int(rds_reply_at(script, 2), &marked) && marked == 1)
        rds_vector_note(ckpt, vec, n, mark);
}

/* Every element of a vector is a part of its section; sealed, it is all of it. */
static void vector_note(struct store_ckpt *ckpt, const struct rds_call *call,
                        const struct rds_stamp *stamp, const struct store_write *vec,
                        uint32_t n, char mode)
{
    const enum rds_step_kind kind =
        mode == 'R' || mode == 'r' || stamp->sealed ? RDS_STEP_WHOLE : RDS_STEP_PART;
    uint32_t i;

    for (i = 0; i < n; i++)
        rds_kept_note(ckpt, call, kind, &vec[i], stamp, STORE_TIME_END);
}

/* *other_way: it cannot be done so, and nothing was changed. */
static enum store_status write_inline(struct store_ckpt *ckpt,
                                      const struct rds_stamp *stamp,
                                      const struct store_write *vec, uint32_t n,
                                      char mode, uint32_t *bad, bool *other_way,
                                      int64_t deadline_ns)
{
    char mark[RDS_MARK_SIZE + 1];
    struct rds_call call;
    enum store_status st;
    int64_t at;

    rds_vector_mark(ckpt, n, mark);
    rds_call_init(&call, true);
    write_script(&call.req, ckpt, stamp, mark, vec, n, 0, mode);
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    *other_way = rds_reply_is(rds_reply_at(call.last, 0), "INLINE");
    if (rds_reply_int(rds_reply_at(call.last, 1), &at)) {
        if (st != STORE_OK)
            *bad = (uint32_t)at;
        else if (n == 1)
            rds_large_note(ckpt, vec[0].id, at == 1);
    }
    if (st == STORE_OK) {
        vector_note(ckpt, &call, stamp, vec, n, mode);
        mark_note(ckpt, call.last, vec, n, mark);
    }
    atomic_fetch_add(&ckpt->changes, 1);
    rds_call_free(&call);
    return st;
}

/* mode is that of the large elements, r or s. */
static enum store_status write_outside(struct store_ckpt *ckpt,
                                       const struct rds_stamp *stamp,
                                       const struct store_write *vec, uint32_t n,
                                       char mode, uint32_t *bad, bool *other_way,
                                       int64_t deadline_ns)
{
    char mark[RDS_MARK_SIZE + 1];
    uint32_t i, n_outside = 0;
    struct rds_call call;
    enum store_status st;

    rds_vector_mark(ckpt, n, mark);
    rds_call_init(&call, true);
    rds_req_plain(&call.req, "MULTI");
    write_script(&call.req, ckpt, stamp, mark, vec, n, mode, 'S');
    for (i = 0; i < n; i++)
        if (is_outside(&vec[i])) {
            rds_req_setnx(&call.req, ckpt, vec[i].id, stamp, vec[i].data);
            n_outside++;
        }
    rds_ckpt_script(&call.req, ckpt, script_section_tidy, n_outside);
    for (i = 0; i < n; i++)
        if (is_outside(&vec[i]))
            rds_req_arg(&call.req, vec[i].id);
    rds_req_plain(&call.req, "EXEC");
    st = rds_exec_run(ckpt, &call, bad, deadline_ns);
    *other_way = rds_reply_is(rds_reply_at(script_reply(&call), 0), "INLINE");
    if (st == STORE_OK && !*other_way) {
        vector_note(ckpt, &call, stamp, vec, n, mode);
        mark_note(ckpt, script_reply(&call), vec, n, mark);
    }
    atomic_fetch_add(&ckpt->changes, 1);
    rds_call_free(&call);
    return st;
}

/* The section is known to have its own key, and nobody has to be asked or told. */
static bool may_patch(struct store_ckpt *ckpt, const struct store_write *w)
{
    return !ckpt->notify && !rds.fenced && w->data.size > 0 &&
           w->offset < RDS_LARGE_MAX && w->data.size <= RDS_LARGE_MAX - w->offset &&
           rds_large_known(ckpt, w->id);
}

enum store_status rds_write_vector(struct store_ckpt *ckpt, const struct rds_stamp *stamp,
                                   const struct store_write *vec, uint32_t n,
                                   uint32_t *bad, bool *splice, int64_t deadline_ns)
{
    enum store_status st = STORE_OK;
    bool outside = false;
    uint32_t i;

    *splice = false;
    for (i = 0; i < n && !outside && !ckpt->notify; i++)
        outside = is_outside(&vec[i]);
    if (outside)
        st = write_outside(ckpt, stamp, vec, n, 's', bad, splice, deadline_ns);
    if (n > 0 && (!outside || (*splice && !stamp->sealed)))
        st = write_inline(ckpt, stamp, vec, n, 'S', bad, splice, deadline_ns);
    return *splice ? STORE_OK : st;
}

enum store_status store_write(struct store_ckpt *ckpt, const struct store_write *vec,
                              uint32_t n, uint32_t *bad, int64_t deadline_ns)
{
    bool done = false, splice;
    struct rds_stamp stamp;
    enum store_status st;

    if (rds_seal_on)
        return rds_splice_write(ckpt, vec, n, bad, deadline_ns);
    if (n == 1 && may_patch(ckpt, vec)) {
        *bad = 0;
        st = rds_large_patch(ckpt, vec, &done, deadline_ns);
        if (done)
            return st;
    }
    if (n > 1) {
        st = rds_vector_again(ckpt, vec, n, &done, deadline_ns);
        if (done)
            return st;
    }
    stamp = rds_stamp_now(0);
    return rds_write_vector(ckpt, &stamp, vec, n, bad, &splice, deadline_ns);
}

enum store_status rds_write_whole(struct store_ckpt *ckpt, const struct store_write *w,
                                  const struct rds_stamp *stamp, int64_t deadline_ns)
{
    bool other_way;
    uint32_t bad;

    if (is_outside(w) && !ckpt->notify)
        return write_outside(ckpt, stamp, w, 1, 'r', &bad, &other_way, deadline_ns);
    return write_inline(ckpt, stamp, w, 1, 'R', &bad, &other_way, deadline_ns);
}
