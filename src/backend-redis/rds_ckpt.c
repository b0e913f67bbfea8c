/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_ckpt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend-redis/rds_cache.h"
#include "backend-redis/rds_durable.h"
#include "backend-redis/rds_seal.h"
#include "base/clock.h"
#include "base/logline.h"

/* ---- calls --------------------------------------------------------------- */

void rds_req_below(struct rds_req *req, const struct store_ckpt *ckpt, enum rds_part part,
                   struct clv_bytes tail)
{
    const struct clv_bytes wire = rds_ckpt_key(ckpt, part);
    const char *key = (const char *)memchr(wire.base, '\n', wire.size) + 1;
    const size_t len = wire.size - 2 - (size_t)(key - (const char *)wire.base);

    rds_req_open(req, len + 1 + tail.size);
    rds_req_more(req, (struct clv_bytes){key, len});
    rds_req_more(req, (struct clv_bytes){":", 1});
    rds_req_more(req, tail);
    rds_req_close(req);
}

void rds_ckpt_script(struct rds_req *req, const struct store_ckpt *ckpt,
                     enum rds_script which, size_t n_args)
{
    rds_script_call(req, which, rds.clustered ? 5 : 4, n_args);
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_META));
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_DATA));
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_INDEX));
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_FEED));
    if (rds.clustered) /* the server looks whether all are there before it begins */
        rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_LARGE));
}

enum store_status rds_ckpt_note(struct store_ckpt *ckpt, enum store_status st)
{
    if (st == STORE_GONE && !atomic_exchange(&ckpt->gone_logged, true))
        clv_log(CLV_LOG_ERROR, "ckpt \"%.200s\": %s", ckpt->name, store_status_text(st));
    return st;
}

enum store_status rds_ckpt_send(const struct store_ckpt *ckpt, struct rds_call *call,
                                int64_t deadline_ns)
{
    enum store_status st;

    st = ckpt->sync && call->mutates ? rds_durable_run(call, deadline_ns)
                                     : rds_run(call, deadline_ns);
    if (call->mutates)
        rds_cache_changed(ckpt);
    return st;
}

enum store_status rds_ckpt_run(struct store_ckpt *ckpt, struct rds_call *call,
                               int64_t deadline_ns)
{
    enum store_status st = rds_ckpt_send(ckpt, call, deadline_ns);

    if (st == STORE_OK)
        st = rds_ckpt_note(ckpt, rds_answer(call));
    return st;
}

void rds_req_fence(struct rds_req *req, const struct store_ckpt *ckpt)
{
    char epoch[24];
    int n;

    if (!rds.fenced) {
        rds_req_text(req, "");
        return;
    }
    n = snprintf(epoch, sizeof(epoch), "%" PRId64 ":", atomic_load(&ckpt->active_epoch));
    rds_req_pair(req, (struct clv_bytes){epoch, (size_t)n},
                 (struct clv_bytes){rds.node, strlen(rds.node)});
}

/* ---- attributes and roles ------------------------------------------------ */

const struct store_attrs *store_ckpt_attrs(const struct store_ckpt *ckpt)
{
    return &ckpt->attrs;
}

struct clv_bytes store_ckpt_name(const struct store_ckpt *ckpt)
{
    return (struct clv_bytes){ckpt->name, ckpt->name_size};
}

/* A call of a script that has the meta key only. */
static void meta_script(struct rds_req *req, const struct store_ckpt *ckpt,
                        enum rds_script which, size_t n_args)
{
    rds_script_call(req, which, 1, n_args);
    rds_req_wire(req, rds_ckpt_key(ckpt, RDS_KEY_META));
}

enum store_status store_ckpt_retention_set(struct store_ckpt *ckpt, int64_t retention_ns,
                                           int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    rds_call_init(&call, true);
    meta_script(&call.req, ckpt, script_ckpt_retain, 2);
    rds_req_int(&call.req, retention_ns);
    rds_req_fence(&call.req, ckpt);
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    rds_call_free(&call);
    return st;
}

/* STORE_FENCED: it has moved more often than was known here, which is known now. */
static enum store_status role_take(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    char seen[24] = "";
    struct rds_call call;
    enum store_status st;
    int64_t moves;

    if (rds.fenced)
        snprintf(seen, sizeof(seen), "%" PRId64, atomic_load(&ckpt->moves_seen));
    rds_call_init(&call, true);
    meta_script(&call.req, ckpt, script_ckpt_active, 2);
    rds_req_text(&call.req, rds.node);
    rds_req_text(&call.req, seen);
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    if ((st == STORE_OK || st == STORE_FENCED) &&
        rds_reply_int(rds_reply_at(call.last, 1), &moves)) {
        atomic_store(&ckpt->moves_seen, moves);
        if (st == STORE_OK)
            atomic_store(&ckpt->active_epoch, moves);
    }
    rds_call_free(&call);
    return st;
}

enum store_status store_ckpt_active_set(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    enum store_status st;

    do
        st = role_take(ckpt, deadline_ns);
    while (st == STORE_FENCED && clv_now_ns() < deadline_ns);
    if (st == STORE_OK)
        atomic_store(&ckpt->active_seen, true);
    return st == STORE_FENCED ? STORE_AWAY : st;
}

enum store_status store_ckpt_active_check(struct store_ckpt *ckpt, int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;

    if (atomic_load(&ckpt->active_seen))
        return STORE_OK;
    rds_call_init(&call, false);
    rds_req_command(&call.req, 4);
    rds_req_text(&call.req, "HMGET");
    rds_req_wire(&call.req, rds_ckpt_key(ckpt, RDS_KEY_META));
    rds_req_text(&call.req, "format");
    rds_req_text(&call.req, "active_node");
    st = rds_run(&call, deadline_ns);
    if (st == STORE_OK && !rds_reply_bytes(rds_reply_at(call.last, 0)).base)
        st = rds_ckpt_note(ckpt, STORE_GONE);
    else if (st == STORE_OK && !rds_reply_bytes(rds_reply_at(call.last, 1)).base)
        st = STORE_NO_ACTIVE;
    if (st == STORE_OK)
        atomic_store(&ckpt->active_seen, true);
    rds_call_free(&call);
    return st;
}

/* ---- status -------------------------------------------------------------- */

enum { STATUS_PAGE = 1000 };

static enum store_status status_page(struct store_ckpt *ckpt, int64_t first,
                                     int64_t *ranks, struct store_ckpt_status *out,
                                     int64_t deadline_ns)
{
    struct rds_call call;
    enum store_status st;
    int64_t retention, n, bytes;

    rds_call_init(&call, false);
    rds_ckpt_script(&call.req, ckpt, script_ckpt_status, 3);
    rds_req_int(&call.req, first);
    rds_req_int(&call.req, STATUS_PAGE);
    rds_req_int(&call.req, rds_seal_on);
    st = rds_ckpt_run(ckpt, &call, deadline_ns);
    if (st == STORE_OK && (!rds_reply_int(rds_reply_at(call.last, 1), &retention) ||
                           !rds_reply_int(rds_reply_at(call.last, 2), &n) ||
                           !rds_reply_int(rds_reply_at(call.last, 3), &bytes) ||
                           !rds_reply_int(rds_reply_at(call.last, 4), ranks)))
        st = STORE_DAMAGED;
    if (st == STORE_OK) {
        out->retention_ns = retention;
        out->n_sections = (uint64_t)n;
        out->bytes_used += (uint64_t)bytes;
    }
    rds_call_free(&call);
    return st;
}

enum store_status store_ckpt_status(struct store_ckpt *ckpt,
                                    struct store_ckpt_status *out, int64_t deadline_ns)
{
    int64_t first = 0, ranks = 0;
    enum store_status st;

    memset(out, 0, sizeof(*out));
    do {
        first += ranks;
        st = status_page(ckpt, first, &ranks, out, deadline_ns);
    } while (st == STORE_OK && ranks == STATUS_PAGE);
    return st;
}
