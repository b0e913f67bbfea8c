/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_batch.h"

#include "backend-redis/rds_call_once.h"

enum { BATCH_CALLS = 64, BATCH_BYTES = 256 * 1024 };

/* Keep what matters of a reply; takes it. True: it was the call's last. */
static bool reply_take(struct rds_call *call, redisReply *reply)
{
    if (call->ask_due) {
        call->ask_due = false;
        rds_reply_free(reply);
        return false;
    }
    if (reply->type == REDIS_REPLY_ERROR && !call->error) {
        call->error = reply;
    } else {
        rds_reply_free(call->prev);
        call->prev = call->last;
        call->last = reply;
    }
    return ++call->n_got == call->req.n_replies;
}

const char *rds_call_error(const struct rds_call *call)
{
    if (call->error)
        return call->error->str;
    return call->last ? rds_reply_error(call->last) : NULL;
}

/* A call that may have been applied before must not be overtaken, so it cannot wait
 * outside of the queue for the store to become willing. */
bool rds_call_is_settled(const struct rds_call *call)
{
    const char *line = rds_call_error(call);

    return !call->was_sent || !call->mutates || !line ||
           rds_error_status(line) != STORE_AWAY;
}

/* Lock held. False: all slots are taken by requests that wait to be settled. */
static bool slot_take(struct rds_pipe *pipe, struct rds_call *call)
{
    if (!call->mutates || call->slot >= 0)
        return true;
    if (pipe->slots == UINT64_MAX)
        return false;
    call->slot = __builtin_ctzll(~pipe->slots);
    call->home = pipe;
    pipe->slots |= UINT64_C(1) << call->slot;
    return true;
}

/* Lock held. */
void rds_slot_free(struct rds_pipe *pipe, struct rds_call *call)
{
    if (call->slot < 0 || call->home != pipe)
        return;
    pipe->slots &= ~(UINT64_C(1) << call->slot);
    call->last_slot = call->slot;
    call->slot = -1;
}

/* Lock held. */
static void inflight_add(struct rds_pipe *pipe, struct rds_call *call)
{
    const bool settle = call->was_sent && call->mutates;

    TAILQ_REMOVE(&pipe->queue, call, link);
    TAILQ_INSERT_TAIL(&pipe->inflight, call, link);
    call->state = RDS_CALL_INFLIGHT;
    call->order = ++pipe->order;
    if (call->mutates && !settle)
        call->seq = ++pipe->seq;
    call->ask_due = call->asking;
    rds_req_seal(&call->req,
                 call->slot < 0 ? 0 : call->home->first_writer + (unsigned)call->slot,
                 call->seq, settle);
}

/* Lock held. What goes out together; a call that has to be settled goes alone. */
static void batch_collect(struct rds_pipe *pipe)
{
    struct rds_call *c = TAILQ_FIRST(&pipe->queue), *next;
    size_t n = 0, bytes = 0;
    bool alone;

    for (; c && n < BATCH_CALLS && bytes < BATCH_BYTES; c = next) {
        alone = c->was_sent && c->mutates;
        if ((alone && n > 0) || !slot_take(pipe, c))
            return;
        next = TAILQ_NEXT(c, link);
        inflight_add(pipe, c);
        bytes += c->req.len;
        n++;
        if (alone)
            return;
    }
}

/* ---- rounds: the question that ends a batch ------------------------------ */

/* Lock held. */
static void question_put(struct rds_pipe *pipe, bool again)
{
    struct rds_call *q = pipe->question, *c = TAILQ_FIRST(&pipe->inflight);

    rds_call_free(q);
    rds_call_init(q, false);
    pipe->round->ask(pipe->round, &q->req, again, c && c->was_sent);
    TAILQ_INSERT_TAIL(&pipe->inflight, q, link);
    pipe->asking = true;
}

/* Lock held. */
void rds_question_withdraw(struct rds_pipe *pipe)
{
    if (pipe->asking)
        TAILQ_REMOVE(&pipe->inflight, pipe->question, link);
    pipe->asking = pipe->ask_again = false;
}

/* ---- batches ------------------------------------------------------------- */

/* What precedes a call that goes to a server which is about to get its data. */
static char asking_text[] = "*1\r\n$6\r\nASKING\r\n";
static const struct rds_req asking = {.text = asking_text,
                                      .len = sizeof(asking_text) - 1};

enum rds_io rds_batch_send(struct rds_pipe *pipe, struct rds_call *first,
                           int64_t deadline_ns)
{
    enum rds_io io = RDS_IO_OK;
    struct rds_call *c;

    for (c = first; c && io == RDS_IO_OK; c = TAILQ_NEXT(c, link)) {
        if (c->asking)
            io = rds_conn_put(&pipe->conn, &asking, deadline_ns);
        if (io == RDS_IO_OK)
            io = rds_conn_put(&pipe->conn, &c->req, deadline_ns);
    }
    return io == RDS_IO_OK ? rds_conn_flush(&pipe->conn, deadline_ns) : io;
}

/* A reply for c has come; takes it. True: it was the call's last. */
static bool reply_route(struct rds_pipe *pipe, struct rds_call *c, redisReply *reply)
{
    if (c != pipe->question)
        return reply_take(c, reply);
    pipe->round->hear(pipe->round, c->n_got, reply);
    return ++c->n_got == c->req.n_replies;
}

enum rds_io rds_batch_receive(struct rds_pipe *pipe, int64_t deadline_ns,
                              uint32_t *n_done)
{
    struct rds_call *c = TAILQ_FIRST(&pipe->inflight);
    redisReply *reply;
    enum rds_io io;

    *n_done = 0;
    while (c && c->n_got == c->req.n_replies)
        c = TAILQ_NEXT(c, link);
    while (c) {
        if (c != pipe->question && !c->ask_due && c->n_got + 2 < c->req.n_replies)
            c->n_got += rds_conn_skip(&pipe->conn, c->req.n_replies - 2 - c->n_got);
        io = rds_conn_reply(&pipe->conn, &reply);
        if (io != RDS_IO_OK)
            return io;
        if (!reply && *n_done)
            return RDS_IO_OK;
        if (!reply) {
            io = rds_conn_recv(&pipe->conn, deadline_ns);
            if (io != RDS_IO_OK)
                return io;
        } else if (reply_route(pipe, c, reply)) {
            ++*n_done;
            c = TAILQ_NEXT(c, link);
        }
    }
    return RDS_IO_OK;
}

bool rds_batch_deliver(struct rds_pipe *pipe, uint32_t n_done)
{
    struct rds_call *c;
    bool settled;

    for (; n_done > 0; n_done--) {
        c = TAILQ_FIRST(&pipe->inflight);
        settled = rds_call_is_settled(c);
        if (!settled && !pipe->router) {
            pipe->pause = true;
            return false;
        }
        TAILQ_REMOVE(&pipe->inflight, c, link);
        if (settled)
            rds_slot_free(pipe, c);
        c->state = RDS_CALL_DONE;
        c->generation = pipe->generation;
        c->serial = atomic_load(&pipe->serial);
        if (c->sleeps)
            TAILQ_INSERT_TAIL(&pipe->over, c, link);
    }
    return true;
}

enum rds_io rds_batch_end(struct rds_pipe *pipe, uint32_t n_done)
{
    const struct rds_call *q = pipe->question, *c;

    if (!pipe->round)
        return rds_batch_deliver(pipe, n_done) ? RDS_IO_OK : RDS_IO_LOST;
    if (q->n_got < q->req.n_replies)
        return RDS_IO_OK;
    rds_question_withdraw(pipe);
    switch (pipe->round->judge(pipe->round)) {
    case RDS_ROUND_LOST:
        return RDS_IO_LOST;
    case RDS_ROUND_AGAIN:
        question_put(pipe, true);
        pipe->ask_again = true;
        return RDS_IO_OK;
    case RDS_ROUND_DONE:
        break;
    }
    n_done = 0;
    TAILQ_FOREACH(c, &pipe->inflight, link)
    n_done++;
    pipe->crowd = n_done;
    return rds_batch_deliver(pipe, n_done) ? RDS_IO_OK : RDS_IO_LOST;
}

struct rds_call *rds_batch_begin(struct rds_pipe *pipe)
{
    if (pipe->ask_again) {
        pipe->ask_again = false;
        return pipe->question;
    }
    if (!TAILQ_EMPTY(&pipe->inflight))
        return NULL;
    batch_collect(pipe);
    if (pipe->round && !TAILQ_EMPTY(&pipe->inflight))
        question_put(pipe, false);
    return TAILQ_FIRST(&pipe->inflight);
}
