/* SPDX-License-Identifier: Apache-2.0 */
/* Synchronize: waiting for the replicas of what was written before. */
#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_durable.h"

/* What this process has written before has been executed, so a write on the other
 * connection comes after it in the master's stream, and WAIT waits for both. */
enum store_status store_ckpt_sync(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, false);
    rds_script_call(&call.req, script_ckpt_touch, 1, 0);
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_META));
    st = rds_durable_run(&call, deadline_ns);
    if (st == STORE_OK)
        st = rds_ckpt_note(ckpt, rds_answer(&call));
    rds_call_free(&call);
    return st;
}
