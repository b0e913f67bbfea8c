/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_call_once.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/logline.h"

enum { BATCH_CALLS = 64, BATCH_BYTES = 256 * 1024 };
#define COMPLAIN_EVERY_NS (10 * CLV_NS_PER_S)

void rds_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool rds_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline_ns)
{
    struct timespec ts;

    if (deadline_ns == CLV_DEADLINE_NEVER)
        return pthread_cond_wait(cond, lock) == 0;
    ts.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S);
    ts.tv_nsec = (long)(deadline_ns % CLV_NS_PER_S);
    return pthread_cond_timedwait(cond, lock, &ts) != ETIMEDOUT;
}

void rds_pipe_init(struct rds_pipe *pipe)
{
    memset(pipe, 0, sizeof(*pipe));
    pthread_mutex_init(&pipe->lock, NULL);
    rds_cond_init(&pipe->changed);
    pipe->conn.fd = -1;
    TAILQ_INIT(&pipe->queue);
    TAILQ_INIT(&pipe->inflight);
}

bool rds_pipe_rounds(struct rds_pipe *pipe, struct rds_round *round)
{
    pipe->question = malloc(sizeof(*pipe->question));
    if (!pipe->question)
        return false;
    rds_call_init(pipe->question, false);
    pipe->round = round;
    return true;
}

void rds_pipe_share(struct rds_pipe *pipe, const struct rds_router *router,
                    unsigned first_writer, unsigned n_writers)
{
    pipe->router = router;
    pipe->first_writer = first_writer;
    pipe->slots = UINT64_MAX << n_writers;
}

void rds_pipe_free(struct rds_pipe *pipe)
{
    rds_conn_close(&pipe->conn);
    if (pipe->question)
        rds_call_free(pipe->question);
    free(pipe->question);
    pipe->question = NULL;
    pthread_cond_destroy(&pipe->changed);
    pthread_mutex_destroy(&pipe->lock);
}

/* Lock held. */
static void wake(struct rds_call *call)
{
    if (call->has_cond)
        pthread_cond_signal(&call->cond);
}

/* Lock held. Somebody who waits takes the lead, if there is need for one. */
static void nudge(struct rds_pipe *pipe)
{
    struct rds_call *next;

    if (!pipe->up || pipe->leader)
        return;
    next = TAILQ_FIRST(&pipe->inflight);
    if (!next)
        next = TAILQ_FIRST(&pipe->queue);
    if (next)
        wake(next);
}

void rds_pipe_raise(struct rds_pipe *pipe, struct rds_conn *conn, uint64_t generation)
{
    pipe->conn = *conn;
    pipe->generation = generation;
    pipe->up = true;
    pipe->broken = pipe->pause = false;
    pipe->refused = STORE_OK;
    nudge(pipe);
}

/* Lock held. */
static void wake_queued(struct rds_pipe *pipe)
{
    struct rds_call *c;

    TAILQ_FOREACH(c, &pipe->queue, link)
    wake(c);
}

void rds_pipe_refuse(struct rds_pipe *pipe, enum store_status st)
{
    pthread_mutex_lock(&pipe->lock);
    pipe->refused = st;
    wake_queued(pipe);
    pthread_mutex_unlock(&pipe->lock);
}

void rds_pipe_reroute(struct rds_pipe *pipe)
{
    pthread_mutex_lock(&pipe->lock);
    wake_queued(pipe);
    pthread_mutex_unlock(&pipe->lock);
}

bool rds_pipe_may_complain(struct rds_pipe *pipe)
{
    const int64_t now = clv_now_ns();
    bool may;

    pthread_mutex_lock(&pipe->lock);
    may = pipe->complained_ns == 0 || now - pipe->complained_ns > COMPLAIN_EVERY_NS;
    if (may)
        pipe->complained_ns = now;
    pthread_mutex_unlock(&pipe->lock);
    return may;
}

void rds_call_init(struct rds_call *call, bool mutates)
{
    rds_req_init(&call->req);
    memset((char *)call + offsetof(struct rds_call, mutates), 0,
           sizeof(*call) - offsetof(struct rds_call, mutates));
    call->mutates = mutates;
    call->slot = call->last_slot = call->cluster_slot = -1;
}

static void reply_drop(redisReply **reply)
{
    if (*reply)
        freeReplyObject(*reply);
    *reply = NULL;
}

void rds_call_renew(struct rds_call *call)
{
    reply_drop(&call->error);
    reply_drop(&call->prev);
    reply_drop(&call->last);
    call->n_got = 0;
}

void rds_call_free(struct rds_call *call)
{
    rds_call_renew(call);
    rds_req_free(&call->req);
    if (call->has_cond)
        pthread_cond_destroy(&call->cond);
}

/* Keep what matters of a reply; takes it. True: it was the call's last. */
static bool reply_take(struct rds_call *call, redisReply *reply)
{
    if (call->ask_due) {
        call->ask_due = false;
        freeReplyObject(reply);
        return false;
    }
    if (reply->type == REDIS_REPLY_ERROR && !call->error) {
        call->error = reply;
    } else {
        reply_drop(&call->prev);
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

/* Lock held. The call was answered, in a way that ends it. A call that may have been
 * applied before must not be overtaken, so it cannot wait outside of the queue for the
 * store to become willing. */
static bool is_settled(const struct rds_call *call)
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
static void slot_free(struct rds_pipe *pipe, struct rds_call *call)
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
static void question_withdraw(struct rds_pipe *pipe)
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

/* The leader's, unlocked: send first and what follows it in the batch. */
static enum rds_io batch_send(struct rds_pipe *pipe, struct rds_call *first,
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

/* The leader's, unlocked. Receive if need be, then take every reply that is here;
 * *n_done counts the calls that are complete. Those of a round wait for its end. */
static enum rds_io batch_receive(struct rds_pipe *pipe, int64_t deadline_ns,
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

/* Lock held. False: one of them has to be settled on another connection. */
static bool batch_deliver(struct rds_pipe *pipe, uint32_t n_done)
{
    struct rds_call *c;
    bool settled;

    for (; n_done > 0; n_done--) {
        c = TAILQ_FIRST(&pipe->inflight);
        settled = is_settled(c);
        if (!settled && !pipe->router) {
            pipe->pause = true;
            return false;
        }
        TAILQ_REMOVE(&pipe->inflight, c, link);
        if (settled)
            slot_free(pipe, c);
        c->state = RDS_CALL_DONE;
        c->generation = pipe->generation;
        c->serial = atomic_load(&pipe->serial);
        wake(c);
    }
    return true;
}

/* Lock held. Calls are complete: give them away, those of a round when it is over. */
static enum rds_io batch_end(struct rds_pipe *pipe, uint32_t n_done)
{
    const struct rds_call *q = pipe->question, *c;

    if (!pipe->round)
        return batch_deliver(pipe, n_done) ? RDS_IO_OK : RDS_IO_LOST;
    if (q->n_got < q->req.n_replies)
        return RDS_IO_OK;
    question_withdraw(pipe);
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
    return batch_deliver(pipe, n_done) ? RDS_IO_OK : RDS_IO_LOST;
}

/* Lock held. Make up a batch, or repeat the question. Returns what has to be sent; NULL:
 * answers are under way. */
static struct rds_call *batch_begin(struct rds_pipe *pipe)
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

/* Lock held, by the leader. The connection is gone; what is unanswered goes back. */
static void lose(struct rds_pipe *pipe)
{
    struct rds_call *c;

    question_withdraw(pipe);

    rds_conn_close(&pipe->conn);
    pipe->up = pipe->broken = false;
    atomic_fetch_add(&pipe->serial, 1);
    while ((c = TAILQ_LAST(&pipe->inflight, rds_call_list))) {
        TAILQ_REMOVE(&pipe->inflight, c, link);
        TAILQ_INSERT_HEAD(&pipe->queue, c, link);
        rds_call_renew(c);
        c->state = RDS_CALL_QUEUED;
        if (c->mutates && !c->was_sent && c->to_settle)
            c->to_settle(c);
        c->was_sent = true;
        if (c->req.no_mem) { /* it cannot be settled: done, without a reply */
            TAILQ_REMOVE(&pipe->queue, c, link);
            c->state = RDS_CALL_DONE;
        }
        wake(c);
    }
    pthread_cond_broadcast(&pipe->changed);
}

void rds_pipe_drop(struct rds_pipe *pipe)
{
    pthread_mutex_lock(&pipe->lock);
    if (pipe->up && pipe->leader) {
        pipe->broken = true;
        rds_conn_shut(&pipe->conn);
    } else if (pipe->up) {
        lose(pipe);
    }
    pthread_mutex_unlock(&pipe->lock);
}

/* Lock held, released meanwhile. Those whose calls the last round ended are about to come
 * with the next ones; a round that leaves without them makes them wait for two. */
static void crowd_await(struct rds_pipe *pipe)
{
    if (!pipe->round || pipe->crowd <= 1 || pipe->ask_again ||
        !TAILQ_EMPTY(&pipe->inflight))
        return;
    pipe->crowd /= 2; /* no longer than they keep coming */
    pthread_mutex_unlock(&pipe->lock);
    sched_yield();
    pthread_mutex_lock(&pipe->lock);
}

/* Lock held. Every slot is with a call that is being settled on another pipe. */
static bool is_starved(const struct rds_pipe *pipe)
{
    const struct rds_call *first = TAILQ_FIRST(&pipe->queue);

    return pipe->slots == UINT64_MAX && TAILQ_EMPTY(&pipe->inflight) && first &&
           first->mutates && first->slot < 0;
}

/* Lock held, released while bytes move. Lead until my call is done. */
static void lead(struct rds_pipe *pipe, struct rds_call *mine, int64_t deadline_ns)
{
    enum rds_io io = RDS_IO_OK;
    struct rds_call *first;
    uint32_t n_done;

    pipe->leader = mine;
    while (mine->state != RDS_CALL_DONE && io == RDS_IO_OK && !pipe->broken &&
           !is_starved(pipe)) {
        crowd_await(pipe);
        first = batch_begin(pipe);
        if (first) {
            pthread_mutex_unlock(&pipe->lock);
            io = batch_send(pipe, first, deadline_ns);
            pthread_mutex_lock(&pipe->lock);
            if (io == RDS_IO_LATE)
                io = RDS_IO_LOST; /* half a request is under way */
        } else {
            pthread_mutex_unlock(&pipe->lock);
            io = batch_receive(pipe, deadline_ns, &n_done);
            pthread_mutex_lock(&pipe->lock);
            if (io == RDS_IO_OK)
                io = batch_end(pipe, n_done);
            else if (!pipe->round && !batch_deliver(pipe, n_done))
                io = RDS_IO_LOST;
        }
    }
    /* being late with nothing of mine under way harms nobody */
    if (pipe->broken || io == RDS_IO_LOST ||
        (io == RDS_IO_LATE && mine->state == RDS_CALL_INFLIGHT))
        lose(pipe);
    pipe->leader = NULL;
}

/* Lock held. My call's time is over: take it out of wherever it is. */
static enum store_status withdraw(struct rds_pipe *pipe, struct rds_call *mine)
{
    while (mine->state == RDS_CALL_INFLIGHT) {
        if (!pipe->leader) {
            lose(pipe);
        } else {
            pipe->broken = true;
            rds_conn_shut(&pipe->conn);
            pthread_cond_wait(&mine->cond, &pipe->lock);
        }
    }
    if (mine->state == RDS_CALL_DONE)
        return STORE_OK;
    TAILQ_REMOVE(&pipe->queue, mine, link);
    mine->state = RDS_CALL_IDLE;
    return mine->was_sent ? STORE_UNSURE : STORE_AWAY;
}

/* Lock held. True: it is not worth waiting for a connection. */
static bool is_hopeless(const struct rds_pipe *pipe, const struct rds_call *mine)
{
    return !pipe->up && mine->state == RDS_CALL_QUEUED &&
           (pipe->refused || mine->impatient);
}

/* Lock held. There is no connection to send it on, and it belongs to another pipe now. */
static bool is_elsewhere(struct rds_pipe *pipe, struct rds_call *mine)
{
    return pipe->router && !pipe->up && mine->state == RDS_CALL_QUEUED &&
           pipe->router->where(pipe, mine, NULL) != pipe;
}

/* Lock held. */
static enum store_status take_part(struct rds_pipe *pipe, struct rds_call *mine,
                                   int64_t deadline_ns)
{
    enum store_status st;

    while (mine->state != RDS_CALL_DONE) {
        if (is_elsewhere(pipe, mine)) {
            TAILQ_REMOVE(&pipe->queue, mine, link);
            mine->state = RDS_CALL_IDLE;
            mine->elsewhere = true;
            return STORE_AWAY;
        }
        if (is_hopeless(pipe, mine)) {
            st = withdraw(pipe, mine);
            return st == STORE_AWAY && pipe->refused ? pipe->refused : st;
        }
        if (pipe->up && !pipe->leader && !is_starved(pipe) &&
            clv_now_ns() < deadline_ns) {
            lead(pipe, mine, deadline_ns);
            continue;
        }
        if (!mine->has_cond) {
            rds_cond_init(&mine->cond);
            mine->has_cond = true;
        }
        if (!rds_cond_wait(&mine->cond, &pipe->lock, deadline_ns) &&
            mine->state != RDS_CALL_DONE)
            return withdraw(pipe, mine);
    }
    return STORE_OK;
}

/* Lock held. It has to be settled on another pipe, or later on this one. */
static bool is_leaving(const struct rds_call *call, enum store_status st)
{
    return call->was_sent && call->mutates && call->home && call->home->router &&
           (call->elsewhere || (st == STORE_OK && !is_settled(call)));
}

enum store_status rds_call_once(struct rds_pipe *pipe, struct rds_call *call,
                                int64_t deadline_ns)
{
    enum store_status st;

    pthread_mutex_lock(&pipe->lock);
    if (call->slot < 0)
        TAILQ_INSERT_TAIL(&pipe->queue, call, link);
    else /* to be settled: whoever waits for a slot may wait for this one's */
        TAILQ_INSERT_HEAD(&pipe->queue, call, link);
    call->state = RDS_CALL_QUEUED;
    st = take_part(pipe, call, deadline_ns);
    if (!is_leaving(call, st))
        slot_free(pipe, call);
    nudge(pipe);
    pthread_mutex_unlock(&pipe->lock);
    return st;
}

void rds_call_release(struct rds_call *call)
{
    struct rds_pipe *home = call->home;

    if (call->slot < 0)
        return;
    pthread_mutex_lock(&home->lock);
    slot_free(home, call);
    nudge(home);
    pthread_mutex_unlock(&home->lock);
}
