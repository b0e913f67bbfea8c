/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_vector.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_io.h"
#include "backend-redis/rds_kept.h"
#include "backend-redis/rds_seal.h"

enum {
    BYTES_MAX = 64 * 1024, /* of what is known of a vector */
    DATA_MAX = 64 * 1024   /* larger contents gain nothing */
};

/* What is known of one vector; a handle has one. */
struct rds_vector {
    char mark[RDS_MARK_SIZE + 1];
    uint32_t n;
    struct item {
        size_t size; /* of the section */
        struct clv_bytes id;
    } item[]; /* and the ids after them */
};

void rds_vector_mark(const struct store_ckpt *ckpt, uint32_t n,
                     char out[RDS_MARK_SIZE + 1])
{
    static atomic_ullong count;

    out[0] = '\0';
    if (n > 1 && !ckpt->notify && !rds.fenced && !rds_seal_on &&
        !rds_url_is_cluster(&rds.url))
        snprintf(out, RDS_MARK_SIZE + 1, "%s%016llx", rds.proc,
                 atomic_fetch_add(&count, 1));
}

static struct rds_vector *vector_new(const struct store_write *vec, uint32_t n)
{
    size_t bytes = sizeof(struct rds_vector) + n * sizeof(struct item);
    struct rds_vector *v;
    char *at;
    uint32_t i;

    for (i = 0; i < n && bytes <= BYTES_MAX; i++)
        bytes += vec[i].id.size;
    v = bytes <= BYTES_MAX ? malloc(bytes) : NULL;
    if (!v)
        return NULL;
    v->n = n;
    at = (char *)&v->item[n];
    for (i = 0; i < n; i++) {
        v->item[i] = (struct item){vec[i].data.size, {at, vec[i].id.size}};
        if (vec[i].id.size)
            memcpy(at, vec[i].id.base, vec[i].id.size);
        at += vec[i].id.size;
    }
    return v;
}

/* Give the handle what is known; an older knowledge goes. */
static void remember(struct store_ckpt *ckpt, struct rds_vector *v)
{
    free(atomic_exchange(&ckpt->vector, v));
}

void rds_vector_forget(struct store_ckpt *ckpt)
{
    remember(ckpt, NULL);
}

void rds_vector_note(struct store_ckpt *ckpt, const struct store_write *vec, uint32_t n,
                     const char *mark)
{
    struct rds_vector *v = vector_new(vec, n);

    if (v)
        memcpy(v->mark, mark, sizeof(v->mark));
    remember(ckpt, v);
}

/* Whole sections, the same ones, and none gets shorter. */
static bool is_again(const struct rds_vector *v, const struct store_write *vec,
                     uint32_t n)
{
    uint32_t i;

    for (i = 0; i < n; i++)
        if (vec[i].offset != 0 || vec[i].data.size < v->item[i].size ||
            vec[i].data.size > DATA_MAX || !clv_bytes_equal(vec[i].id, v->item[i].id))
            return false;
    return true;
}

/* ---- the write ------------------------------------------------------------- */

/* A call that can be made anew as its settle form. */
struct again {
    struct rds_call call; /* first: to_settle gets it */
    const struct store_ckpt *ckpt;
    const struct store_write *vec;
    uint32_t n;
    struct rds_stamp stamp;
    bool settling;
};

static void again_settle(struct rds_call *call)
{
    struct again *a = (struct again *)(void *)call;

    a->settling = true;
    rds_req_free(&call->req);
    rds_vector_settle(&call->req, a->ckpt, &a->stamp, a->vec, a->n);
}

/* The script moves the data to a name at which HSET finds it, and only then. A script
 * that does not, for whatever reason, leaves HSET with a key that nobody reads, and that
 * is removed: what is moved back is what was moved. */
static void again_request(struct again *a, const char *was, const char *mark)
{
    static const struct clv_bytes moved = {"moved", 5};
    struct rds_req *req = &a->call.req;
    uint32_t i;

    rds_req_plain(req, "MULTI");
    rds_ckpt_script(req, a->ckpt, script_section_again, 1);
    rds_req_text(req, was);
    rds_req_command(req, 6 + 2 * (size_t)a->n);
    rds_req_text(req, "HSET");
    rds_req_below(req, a->ckpt, RDS_KEY_DATA, moved);
    for (i = 0; i < a->n; i++) {
        rds_req_section(req, a->vec[i].id);
        rds_req_value(req, &a->stamp, a->vec[i].data);
    }
    rds_req_writer(req, "w:", rds.proc);
    rds_req_seq(req);
    rds_req_text(req, "v");
    rds_req_text(req, mark);
    rds_req_command(req, 3);
    rds_req_text(req, "RENAMENX");
    rds_req_below(req, a->ckpt, RDS_KEY_DATA, moved);
    rds_req_wire(req, rds_ckpt_key(a->ckpt, RDS_KEY_DATA));
    rds_req_command(req, 2);
    rds_req_text(req, "UNLINK");
    rds_req_below(req, a->ckpt, RDS_KEY_DATA, moved);
    rds_req_plain(req, "EXEC");
}

/* The script's answer, 1: it has moved the data. */
static bool is_written(const struct rds_call *call)
{
    const redisReply *script = rds_reply_at(call->last, 0);
    int64_t moved = 0;

    return script && script->type == REDIS_REPLY_INTEGER &&
           rds_reply_int(script, &moved) && moved == 1;
}

static enum store_status again_run(struct store_ckpt *ckpt, struct again *a,
                                   struct rds_vector *v, int64_t deadline_ns, bool *done)
{
    char mark[RDS_MARK_SIZE + 1];
    enum store_status st;
    uint32_t i;

    rds_vector_mark(ckpt, a->n, mark);
    rds_call_init(&a->call, true);
    a->call.to_settle = again_settle;
    again_request(a, v->mark, mark);
    st = rds_ckpt_send(ckpt, &a->call, deadline_ns);
    *done = st != STORE_OK || a->settling || is_written(&a->call);
    if (st == STORE_OK && a->settling)
        st = rds_ckpt_note(ckpt, rds_answer(&a->call));
    if (st == STORE_OK && *done)
        for (i = 0; i < a->n; i++)
            rds_kept_note(ckpt, &a->call, RDS_STEP_PART, &a->vec[i], &a->stamp,
                          STORE_TIME_END);
    if (st == STORE_OK && *done && !a->settling) {
        memcpy(v->mark, mark, sizeof(mark));
        for (i = 0; i < a->n; i++)
            v->item[i].size = a->vec[i].data.size;
        remember(ckpt, v);
    } else {
        free(v);
    }
    rds_call_free(&a->call);
    return st;
}

enum store_status rds_vector_again(struct store_ckpt *ckpt, const struct store_write *vec,
                                   uint32_t n, bool *done, int64_t deadline_ns)
{
    struct again a = {.ckpt = ckpt, .vec = vec, .n = n, .stamp = rds_stamp_now(0)};
    struct rds_vector *v = atomic_exchange(&ckpt->vector, NULL);
    enum store_status st;

    *done = false;
    if (!v)
        return STORE_OK;
    if (v->n != n || !is_again(v, vec, n)) {
        remember(ckpt, v);
        return STORE_OK;
    }
    st = again_run(ckpt, &a, v, deadline_ns, done);
    atomic_fetch_add(&ckpt->changes, 1);
    return st;
}
