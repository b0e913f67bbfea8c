/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for the replicas. */
#include "backend-redis/rds_ckpt.h"
#include "base/clock.h"

enum { WAIT_SLICE_MS = 1000 };

/* How many replicas the master has now. Its answer also proves that everything that this
 * process sent before has been executed. */
static enum store_status replicas_count(int64_t *n, int64_t deadline_ns)
{
    struct rds_call call;
    const redisReply *list;
    enum store_status st;

    rds_call_init(&call, false);
    rds_req_command(&call.req, 1);
    rds_req_text(&call.req, "ROLE");
    st = rds_run(&call, deadline_ns);
    list = rds_reply_at(call.last, 2);
    *n = st == STORE_OK && list && list->type == REDIS_REPLY_ARRAY
             ? (int64_t)list->elements
             : 0;
    rds_call_free(&call);
    return st;
}

/* WAIT counts what its own connection wrote, so a write goes before it. */
static enum store_status wait_once(struct store_ckpt *ckpt, int64_t n, int64_t *reached,
                                   int64_t deadline_ns)
{
    const int left = clv_deadline_left_ms(deadline_ns);
    struct rds_call call, answer = {0};
    enum store_status st;

    rds_call_init(&call, false);
    rds_script_call(&call.req, script_ckpt_touch, 1, 0);
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_META));
    rds_req_command(&call.req, 3);
    rds_req_text(&call.req, "WAIT");
    rds_req_int(&call.req, n);
    rds_req_int(&call.req,
                left < 0 || left > WAIT_SLICE_MS ? WAIT_SLICE_MS : left / 2 + 1);
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK) {
        answer.last = call.prev;
        st = rds_ckpt_note(ckpt, rds_answer(&answer));
    }
    if (st == STORE_OK && !rds_reply_int(call.last, reached))
        st = STORE_DAMAGED;
    rds_call_free(&call);
    return st;
}

enum store_status store_ckpt_sync(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    enum store_status st;
    int64_t n, reached;

    for (;;) {
        st = replicas_count(&n, deadline_ns);
        if (st != STORE_OK || n == 0)
            return st;
        st = wait_once(ckpt, n, &reached, deadline_ns);
        if (st != STORE_OK || reached >= n)
            return st;
        if (clv_now_ns() >= deadline_ns)
            return STORE_UNSURE;
    }
}
