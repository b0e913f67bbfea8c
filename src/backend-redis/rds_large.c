/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_large.h"

#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_io.h"
#include "backend-redis/rds_kept.h"

enum { NOTES = 256 };

/* ---- the key ------------------------------------------------------------- */

void rds_req_large(struct rds_req *req, const struct store_ckpt *ckpt,
                   struct clv_bytes id)
{
    rds_req_below(req, ckpt, RDS_KEY_LARGE, id);
}

/* ---- what is known ------------------------------------------------------- */

static uint64_t fingerprint(struct clv_bytes id)
{
    const unsigned char *at = id.base;
    uint64_t hash = UINT64_C(14695981039346656037);
    size_t i;

    for (i = 0; i < id.size; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return hash ? hash : 1;
}

bool rds_large_known(struct store_ckpt *ckpt, struct clv_bytes id)
{
    _Atomic uint64_t *notes = atomic_load(&ckpt->large_notes);
    uint64_t mark;

    if (!notes)
        return false;
    mark = fingerprint(id);
    return atomic_load(&notes[mark % NOTES]) == mark;
}

void rds_large_note(struct store_ckpt *ckpt, struct clv_bytes id, bool is_large)
{
    _Atomic uint64_t *notes = atomic_load(&ckpt->large_notes), *none = NULL;
    const uint64_t mark = fingerprint(id);

    if (!notes && is_large) {
        notes = calloc(NOTES, sizeof(*notes));
        if (!notes)
            return;
        if (!atomic_compare_exchange_strong(&ckpt->large_notes, &none, notes)) {
            free(notes);
            notes = none;
        }
    }
    if (is_large)
        atomic_store(&notes[mark % NOTES], mark);
    else if (notes && atomic_load(&notes[mark % NOTES]) == mark)
        atomic_store(&notes[mark % NOTES], 0);
}

void rds_large_forget(struct store_ckpt *ckpt)
{
    free(atomic_load(&ckpt->large_notes));
}

/* ---- a patch ------------------------------------------------------------- */

/* A call that can be made anew as its settle form. */
struct patch {
    struct rds_call call; /* first: to_settle gets it */
    const struct store_ckpt *ckpt;
    const struct store_write *w;
    struct rds_stamp stamp;
    bool settling;
};

static void patch_settle(struct rds_call *call)
{
    struct patch *p = (struct patch *)(void *)call;

    p->settling = true;
    rds_req_free(&call->req);
    rds_write_settle(&call->req, p->ckpt, &p->stamp, p->w, 'l');
}

/* The section is there; it is not one value; its key; its header; the writer's number. */
static void patch_request(struct patch *p)
{
    struct rds_req *req = &p->call.req;

    rds_call_init(&p->call, true);
    p->call.to_settle = patch_settle;
    rds_req_ready(req, "*1\r\n$5\r\nMULTI\r\n*3\r\n$6\r\nZSCORE\r\n", 2);
    rds_req_wire(req, rds_ckpt_key(p->ckpt, RDS_KEY_INDEX));
    rds_req_arg(req, p->w->id);
    rds_req_ready(req, "*3\r\n$7\r\nHSTRLEN\r\n", 1);
    rds_req_wire(req, rds_ckpt_key(p->ckpt, RDS_KEY_DATA));
    rds_req_section(req, p->w->id);
    rds_req_ready(req, "*4\r\n$8\r\nSETRANGE\r\n", 1);
    rds_req_large(req, p->ckpt, p->w->id);
    rds_req_int(req, (int64_t)p->w->offset);
    rds_req_arg(req, p->w->data);
    rds_req_ready(req, "*4\r\n$4\r\nHSET\r\n", 1);
    rds_req_wire(req, rds_ckpt_key(p->ckpt, RDS_KEY_LARGE));
    rds_req_arg(req, p->w->id);
    rds_req_value(req, &p->stamp, (struct clv_bytes){NULL, 0});
    rds_req_ready(req, "*4\r\n$4\r\nHSET\r\n", 1);
    rds_req_wire(req, rds_ckpt_key(p->ckpt, RDS_KEY_DATA));
    rds_req_writer(req, "w:", rds.proc);
    rds_req_seq(req);
    rds_req_ready(req, "*1\r\n$4\r\nEXEC\r\n", 1);
}

/* The answer of the plain form: {score, length of the one value...}. */
static enum store_status patch_answer(struct store_ckpt *ckpt, const struct patch *p,
                                      bool *done, int64_t deadline_ns)
{
    const redisReply *score = rds_reply_at(p->call.last, 0);
    enum store_status st;
    int64_t one_value = 0;

    if (!rds_reply_int(rds_reply_at(p->call.last, 1), &one_value))
        return STORE_DAMAGED;
    if (one_value > 0) {
        rds_large_note(ckpt, p->w->id, false);
        rds_tidy(ckpt, p->w->id, deadline_ns);
        *done = false;
        return STORE_OK;
    }
    if (rds_reply_is(score, "inf"))
        return STORE_OK;
    /* absent, or perhaps expired: a second look, which also tidies up after us */
    st = store_section_check(ckpt, p->w->id, deadline_ns);
    return st == STORE_OK && !rds_reply_bytes(score).base ? STORE_ABSENT : st;
}

enum store_status rds_large_patch(struct store_ckpt *ckpt, const struct store_write *w,
                                  bool *done, int64_t deadline_ns)
{
    struct patch p = {.ckpt = ckpt, .w = w, .stamp = rds_stamp_now(0)};
    enum store_status st;

    *done = true;
    patch_request(&p);
    st = rds_ckpt_send(ckpt, &p.call, deadline_ns);
    atomic_fetch_add(&ckpt->changes, 1);
    if (st == STORE_OK && p.settling)
        st = rds_ckpt_note(ckpt, rds_answer(&p.call));
    else if (st == STORE_OK)
        st = patch_answer(ckpt, &p, done, deadline_ns);
    if (st == STORE_OK && *done)
        rds_kept_note(ckpt, &p.call, RDS_STEP_PART, w, &p.stamp, STORE_TIME_END);
    rds_call_free(&p.call);
    return st;
}
