/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_holders.h"

#include <string.h>

#include "backend-redis/rds_lease.h"

/* Holders follow the word and the instance in a reply. */
enum { FIRST_HOLDER = 2 };

void rds_holders_look(struct rds_call *call, const struct store_ckpt *ckpt)
{
    rds_call_init(call, false);
    rds_script_call(&call->req, script_ckpt_look, 1, 1);
    rds_req_wire(&call->req, rds_ckpt_key(ckpt, RDS_KEY_NAME));
    rds_req_text(&call->req, ckpt->id);
}

bool rds_holders_any(const redisReply *reply)
{
    return rds_reply_at(reply, FIRST_HOLDER) != NULL;
}

/* False: that is no holder of ours. */
static bool holder_parse(const redisReply *element, struct rds_holder *out)
{
    const struct clv_bytes b = rds_reply_bytes(element);

    if (!b.base || b.size <= RDS_PROC_SIZE || b.size >= sizeof(out->text))
        return false;
    memcpy(out->text, b.base, b.size);
    out->text[b.size] = '\0';
    return out->text[RDS_PROC_SIZE] == ' ';
}

static enum store_status reap(const struct store_ckpt *ckpt, struct clv_bytes id,
                              const char *proc, int64_t seen_us, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    rds_script_call(&call.req, script_ckpt_reap, 1, 3);
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_NAME));
    rds_req_arg(&call.req, id);
    rds_req_text(&call.req, proc);
    rds_req_int(&call.req, seen_us);
    st = rds_run(&call, deadline_ns);
    rds_call_free(&call);
    return st;
}

/* Look at the holders one after the other until one lives. */
static enum store_status sift(const struct store_ckpt *ckpt, const redisReply *reply,
                              bool may_watch, struct rds_holder *alive_one,
                              int64_t deadline_ns)
{
    const struct clv_bytes id = rds_reply_bytes(rds_reply_at(reply, 1));
    enum store_status st = STORE_OK;
    struct rds_holder h;
    bool alive = false;
    int64_t seen_us;
    size_t i;

    for (i = FIRST_HOLDER; i < reply->elements && st == STORE_OK && !alive; i++) {
        char proc[RDS_PROC_SIZE + 1] = "";

        if (!holder_parse(reply->element[i], &h))
            continue;
        memcpy(proc, h.text, RDS_PROC_SIZE);
        st = rds_lease_check(proc, may_watch, &alive, &seen_us, deadline_ns);
        if (st == STORE_OK && alive)
            *alive_one = h;
        else if (st == STORE_OK)
            st = reap(ckpt, id, proc, seen_us, deadline_ns);
    }
    return st;
}

enum store_status rds_holders_check(const struct store_ckpt *ckpt,
                                    const redisReply *reply, struct rds_holder *trusted,
                                    int64_t deadline_ns)
{
    trusted->text[0] = '\0';
    return sift(ckpt, reply, true, trusted, deadline_ns);
}

void rds_holders_bury(const struct store_ckpt *ckpt, const redisReply *reply,
                      int64_t deadline_ns)
{
    struct rds_holder alive_one;

    if (rds_holders_any(reply))
        sift(ckpt, reply, false, &alive_one, deadline_ns);
}
