/* SPDX-License-Identifier: Apache-2.0 */
/* The question after each batch of synchronous writes: who has it? */
#include <stdio.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_durable_in.h"
#include "backend-redis/rds_stats.h"
#include "base/clock.h"

enum {
    FIRST_WAIT_MS = 200, /* WAIT's limit when somebody is slow */
    REPEATED_WAIT_MS = 50
};

static void req_role(struct rds_req *req)
{
    rds_req_command(req, 1);
    rds_req_text(req, "ROLE");
}

/* WAIT waits for what its own connection has written and says how many have it, not who;
 * ROLE says who is connected. That is enough when all who are have it. Else there is a
 * second question with a write of its own, because WAIT does not wait for an old one, and
 * with a ROLE in front of WAIT, which says where the master's data ends: from the offsets
 * in the last ROLE follows who has got that far. */
static void ask(struct rds_round *round, struct rds_req *req, bool again, bool resent)
{
    char key[RDS_NAMESPACE_MAX + 8];
    size_t n = rds_replicas_wanted(&rds_durable.replicas);

    (void)round;
    if (again && rds_durable.offset >= 0)
        n = rds_replicas_reached(&rds_durable.replicas, rds_durable.offset) + 1;
    else
        rds_durable.offset = -1;
    rds_durable.thorough = again || resent;
    if (rds_durable.thorough) {
        snprintf(key, sizeof(key), "%s:synced", rds.prefix);
        rds_req_command(req, 2);
        rds_req_text(req, "INCR");
        rds_req_text(req, key);
        req_role(req);
    }
    rds_req_command(req, 3);
    rds_req_text(req, "WAIT");
    rds_req_int(req, (int64_t)n);
    rds_req_int(req, again ? REPEATED_WAIT_MS : FIRST_WAIT_MS);
    req_role(req);
}

/* {INCR, ROLE, WAIT, ROLE} or {WAIT, ROLE} */
static void hear(struct rds_round *round, uint32_t i, redisReply *reply)
{
    const uint32_t wait = rds_durable.thorough ? 2 : 0;
    int64_t n;

    (void)round;
    if (rds_durable.thorough && i == 1 && rds_durable.offset < 0 &&
        rds_reply_int(rds_reply_at(reply, 1), &n))
        rds_durable.offset = n;
    if (i == wait)
        rds_durable.reached = rds_reply_int(reply, &n) ? n : -1;
    if (i == wait + 1) {
        if (rds_durable.role)
            rds_reply_free(rds_durable.role);
        rds_durable.role = reply;
        return;
    }
    rds_reply_free(reply);
}

/* Where the data ends that everybody must have; -1: not known, ask thoroughly. */
static int64_t end_of_batch(const struct rds_replicas *r)
{
    if (rds_durable.thorough)
        return rds_durable.offset;
    return !r->changed && rds_durable.reached >= (int64_t)r->n_listed ? 0 : -1;
}

static enum rds_verdict judge(struct rds_round *round)
{
    struct rds_replicas *r = &rds_durable.replicas;
    int64_t end, here;
    bool ok;

    (void)round;
    ok = rds_durable.reached >= 0 && rds_replicas_look(r, rds_durable.role, &here);
    if (rds_durable.role)
        rds_reply_free(rds_durable.role);
    rds_durable.role = NULL;
    end = end_of_batch(r);
    if (!ok || (rds_durable.thorough && end < 0))
        return RDS_ROUND_LOST;
    ok = end >= 0 && rds_replicas_settled(r, end, clv_now_ns());
    if (r->owner_wanted || r->strangers)
        pthread_cond_broadcast(&rds_durable.pipe.changed);
    rds_stat_add(ok ? RDS_STAT_sync_rounds : RDS_STAT_sync_repeats, 1);
    return ok ? RDS_ROUND_DONE : RDS_ROUND_AGAIN;
}

const struct rds_round rds_durable_round = {ask, hear, judge};
