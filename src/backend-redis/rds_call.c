/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_call_once.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend-redis/rds_batch.h"
#include "base/clock.h"
#include "base/logline.h"

#define AHEAD_NS (100 * CLV_NS_PER_MS) /* time that a leader needs to send for others */
#define COMPLAIN_EVERY_NS (10 * CLV_NS_PER_S)

void rds_pipe_init(struct rds_pipe *pipe)
{
    memset(pipe, 0, sizeof(*pipe));
    pthread_mutex_init(&pipe->lock, NULL);
    rds_cond_init(&pipe->changed);
    pipe->conn.fd = -1;
    TAILQ_INIT(&pipe->queue);
    TAILQ_INIT(&pipe->inflight);
    TAILQ_INIT(&pipe->over);
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

/* Lock held. Its thread looks what there is to do. */
static void wake(struct rds_call *call)
{
    if (call->sleeps)
        rds_bell_ring(&call->bell, RDS_BELL_RUNG);
}

/* The leader's, unlocked: those whose calls are done go. Outside of the lock, because
 * the next thing that most of them do is to come back for it. */
static void ring_over(struct rds_pipe *pipe)
{
    struct rds_call *c, *next;

    if (TAILQ_EMPTY(&pipe->over))
        return;
    for (c = TAILQ_FIRST(&pipe->over); c; c = next) {
        next = TAILQ_NEXT(c, link);
        rds_bell_ring(&c->bell, RDS_BELL_OVER);
    }
    TAILQ_INIT(&pipe->over);
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

void rds_call_renew(struct rds_call *call)
{
    rds_reply_free(call->error);
    rds_reply_free(call->prev);
    rds_reply_free(call->last);
    call->error = call->prev = call->last = NULL;
    call->n_got = 0;
}

void rds_call_free(struct rds_call *call)
{
    rds_call_renew(call);
    rds_req_free(&call->req);
}

/* Lock held, by the leader. The connection is gone; what is unanswered goes back. */
static void lose(struct rds_pipe *pipe)
{
    struct rds_call *c;

    rds_question_withdraw(pipe);

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
            rds_slot_free(pipe, c);
            c->state = RDS_CALL_DONE;
            if (c->sleeps)
                rds_bell_ring(&c->bell, RDS_BELL_OVER);
        } else {
            wake(c);
        }
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
    ring_over(pipe);
    sched_yield();
    pthread_mutex_lock(&pipe->lock);
}

/* Lock held. Nothing that waits in the queue takes long to send. */
static bool is_quick(const struct rds_pipe *pipe)
{
    const struct rds_call *c;

    TAILQ_FOREACH(c, &pipe->queue, link)
    if (c->req.n_ext > 0)
        return false;
    return true;
}

/* Lock held, released while bytes move. Send what begins with first, then let go those
 * whose calls the last batch ended: the server has work while they wake up. */
static enum rds_io send_and_ring(struct rds_pipe *pipe, struct rds_call *first,
                                 bool quick, int64_t deadline_ns)
{
    enum rds_io io;

    pthread_mutex_unlock(&pipe->lock);
    if (!quick)
        ring_over(pipe);
    io = rds_batch_send(pipe, first, deadline_ns);
    ring_over(pipe);
    pthread_mutex_lock(&pipe->lock);
    return io == RDS_IO_LATE ? RDS_IO_LOST : io; /* half a request is under way */
}

/* Lock held, released while bytes move. My call is done; what has come meanwhile goes out
 * before another takes the lead. */
static enum rds_io send_ahead(struct rds_pipe *pipe, int64_t deadline_ns)
{
    struct rds_call *first;

    if (pipe->round || TAILQ_EMPTY(&pipe->queue) || !TAILQ_EMPTY(&pipe->inflight) ||
        !is_quick(pipe) || deadline_ns - clv_now_ns() < AHEAD_NS)
        return RDS_IO_OK;
    first = rds_batch_begin(pipe);
    return first ? send_and_ring(pipe, first, true, deadline_ns) : RDS_IO_OK;
}

/* Lock held, released meanwhile. */
static enum rds_io receive_and_deliver(struct rds_pipe *pipe, int64_t deadline_ns)
{
    uint32_t n_done;
    enum rds_io io;

    pthread_mutex_unlock(&pipe->lock);
    ring_over(pipe);
    io = rds_batch_receive(pipe, deadline_ns, &n_done);
    pthread_mutex_lock(&pipe->lock);
    if (io == RDS_IO_OK)
        io = rds_batch_end(pipe, n_done);
    else if (!pipe->round && !rds_batch_deliver(pipe, n_done))
        io = RDS_IO_LOST;
    return io;
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
    bool quick;

    pipe->leader = mine;
    while (mine->state != RDS_CALL_DONE && io == RDS_IO_OK && !pipe->broken &&
           !is_starved(pipe)) {
        crowd_await(pipe);
        quick = is_quick(pipe);
        first = rds_batch_begin(pipe);
        if (first)
            io = send_and_ring(pipe, first, quick, deadline_ns);
        else
            io = receive_and_deliver(pipe, deadline_ns);
    }
    if (io == RDS_IO_OK && !pipe->broken)
        io = send_ahead(pipe, deadline_ns);
    if (!TAILQ_EMPTY(&pipe->over)) {
        pthread_mutex_unlock(&pipe->lock);
        ring_over(pipe);
        pthread_mutex_lock(&pipe->lock);
    }
    /* being late with nothing of mine under way harms nobody */
    if (pipe->broken || io == RDS_IO_LOST ||
        (io == RDS_IO_LATE && mine->state == RDS_CALL_INFLIGHT))
        lose(pipe);
    pipe->leader = NULL;
}

/* Lock held, released while it sleeps. True: others have ended the call, the lock is not
 * held. *late: the deadline has passed. */
static bool doze(struct rds_pipe *pipe, struct rds_call *mine, int64_t deadline_ns,
                 bool *late)
{
    enum rds_sound sound;

    atomic_store(&mine->bell, RDS_BELL_SILENT);
    mine->sleeps = true;
    pthread_mutex_unlock(&pipe->lock);
    sound = rds_bell_wait(&mine->bell, RDS_BELL_SILENT, deadline_ns);
    *late = sound == RDS_BELL_SILENT;
    if (sound == RDS_BELL_OVER)
        return true;
    pthread_mutex_lock(&pipe->lock);
    mine->sleeps = false;
    if (mine->state != RDS_CALL_DONE)
        return false;
    /* the leader still has it in its list */
    pthread_mutex_unlock(&pipe->lock);
    while (sound != RDS_BELL_OVER)
        sound = rds_bell_wait(&mine->bell, sound, CLV_DEADLINE_NEVER);
    return true;
}

/* Lock held. My call's time is over: take it out of wherever it is. *over: somebody has
 * ended it meanwhile, and the lock is not held. */
static enum store_status withdraw(struct rds_pipe *pipe, struct rds_call *mine,
                                  bool *over)
{
    bool late;

    while (mine->state == RDS_CALL_INFLIGHT) {
        if (!pipe->leader) {
            lose(pipe);
        } else {
            pipe->broken = true;
            rds_conn_shut(&pipe->conn);
            *over = doze(pipe, mine, CLV_DEADLINE_NEVER, &late);
            if (*over)
                return STORE_OK;
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

/* Lock held; *over: not any more, because others have ended the call. */
static enum store_status take_part(struct rds_pipe *pipe, struct rds_call *mine,
                                   int64_t deadline_ns, bool *over)
{
    enum store_status st;
    bool late = false;

    while (mine->state != RDS_CALL_DONE) {
        if (late)
            return withdraw(pipe, mine, over);
        if (is_elsewhere(pipe, mine)) {
            TAILQ_REMOVE(&pipe->queue, mine, link);
            mine->state = RDS_CALL_IDLE;
            mine->elsewhere = true;
            return STORE_AWAY;
        }
        if (is_hopeless(pipe, mine)) {
            st = withdraw(pipe, mine, over);
            return st == STORE_AWAY && pipe->refused ? pipe->refused : st;
        }
        if (pipe->up && !pipe->leader && !is_starved(pipe) &&
            clv_now_ns() < deadline_ns) {
            lead(pipe, mine, deadline_ns);
            continue;
        }
        *over = doze(pipe, mine, deadline_ns, &late);
        if (*over)
            return STORE_OK;
    }
    return STORE_OK;
}

/* Lock held. It has to be settled on another pipe, or later on this one. */
static bool is_leaving(const struct rds_call *call, enum store_status st)
{
    return call->was_sent && call->mutates && call->home && call->home->router &&
           (call->elsewhere || (st == STORE_OK && !rds_call_is_settled(call)));
}

enum store_status rds_call_once(struct rds_pipe *pipe, struct rds_call *call,
                                int64_t deadline_ns)
{
    enum store_status st;
    bool over = false;

    pthread_mutex_lock(&pipe->lock);
    if (call->slot < 0)
        TAILQ_INSERT_TAIL(&pipe->queue, call, link);
    else /* to be settled: whoever waits for a slot may wait for this one's */
        TAILQ_INSERT_HEAD(&pipe->queue, call, link);
    call->state = RDS_CALL_QUEUED;
    st = take_part(pipe, call, deadline_ns, &over);
    if (over) /* whoever ended it has freed the slot, and leads or has found another */
        return st;
    if (!is_leaving(call, st))
        rds_slot_free(pipe, call);
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
    rds_slot_free(home, call);
    nudge(home);
    pthread_mutex_unlock(&home->lock);
}
