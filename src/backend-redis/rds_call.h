/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls: many threads share one connection, each request is applied exactly once.
 *
 * Combining. A thread that finds the connection free leads: it sends everything that
 * is queued in one go and hands out the replies in order. The others wait. One thread
 * alone pays one send and one receive.
 *
 * Settling. A request that changes something carries a writer id, which is the process
 * and one of its slots, and a sequence number; the store keeps with the data the last
 * number of each writer that was applied. A slot serves one request at a time. When the
 * connection breaks, unanswered requests go back to the front of the queue in their
 * order, and each of the changing ones is sent again, alone, in a form that asks first:
 * it was applied if and only if the number stored is its own. The next connection kills
 * the broken one before it is used, so that nothing which is still under way on that can
 * be executed later.
 *
 * Moving. In a cluster, a pipe is one server. A request that was refused because its data
 * is elsewhere was not executed: it goes there. One that has to be settled goes there in
 * its settle form, with the number it was sent under: that moved along with the data.
 */
#ifndef RDS_CALL_H
#define RDS_CALL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "backend-redis/rds_conn.h"
#include "backend-redis/rds_reply.h"
#include "backend-redis/rds_req.h"
#include "backend-redis/rds_wait.h"

enum rds_call_state { RDS_CALL_IDLE, RDS_CALL_QUEUED, RDS_CALL_INFLIGHT, RDS_CALL_DONE };

struct rds_call {
    struct rds_req req;
    bool mutates;
    bool impatient; /* do not wait for a connection */
    /* Rewrite req into its settle form; NULL: the settle mark in req is enough. Runs on
     * any thread, with the pipe locked. */
    void (*to_settle)(struct rds_call *call);
    /* results: owned; the first error, the last reply and the one before it */
    redisReply *error, *prev, *last;
    uint64_t generation; /* of the server that gave them */
    uint64_t serial;     /* of the connection that did */
    uint64_t order;      /* of the request among all that were sent */

    /* the rest belongs to rds_call.c and is guarded by the pipe's lock; a call that has
     * ended keeps seq and last_slot */
    TAILQ_ENTRY(rds_call) link;
    enum rds_call_state state;
    uint32_t n_got;
    uint64_t seq;
    int slot;              /* -1: none */
    struct rds_pipe *home; /* whose slot that is */
    int last_slot;         /* under which the answer was given; -1: none */
    bool was_sent;         /* on a connection that broke */
    bool elsewhere;        /* it has left the queue for another pipe */
    bool asking;           /* send ASKING before it */
    bool ask_due;          /* that is not answered yet */
    int cluster_slot;      /* -1: of no key; the router's */
    bool sleeps;           /* its thread waits for the bell */
    rds_bell
        bell; /* over: the call is done, and nobody but its thread knows it any more */
};

TAILQ_HEAD(rds_call_list, rds_call);

enum rds_verdict { RDS_ROUND_DONE, RDS_ROUND_AGAIN, RDS_ROUND_LOST };

/* What a pipe asks the server after each batch, before it gives the answers away: the
 * calls of a batch share one question, for example whether the replicas have it. */
struct rds_round {
    /* Fill req with the question. again: it was answered with RDS_ROUND_AGAIN; resent:
     * the batch may not write anything, because it was applied before. Locked. */
    void (*ask)(struct rds_round *round, struct rds_req *req, bool again, bool resent);
    /* The server's reply i to the question, taken; by the leader, unlocked. */
    void (*hear)(struct rds_round *round, uint32_t i, redisReply *reply);
    /* All replies were heard. Locked. */
    enum rds_verdict (*judge)(struct rds_round *round);
};

/* Several pipes, one for each server of a cluster, share the calls; each owns a part of
 * the writers' numbers, so that a call which is settled on another pipe than it was sent
 * on is not mixed up with one that began there. */
struct rds_router {
    /* Where call has to go now: pipe itself, or another. line: the error by which it was
     * sent away; NULL: any thread asks, with the pipe locked. May set call->asking. */
    struct rds_pipe *(*where)(struct rds_pipe *pipe, struct rds_call *call,
                              const char *line);
};

struct rds_pipe {
    pthread_mutex_t lock;   /* guards every field, except that the leader alone uses conn
                             * and the order of inflight */
    pthread_cond_t changed; /* for the background thread */
    struct rds_conn conn;
    uint64_t generation;  /* of the connection */
    atomic_ullong serial; /* counts the connections that were lost; read unlocked, too */
    uint64_t order;       /* counts the requests sent */
    bool up;
    bool broken;               /* whoever leads has to give the connection up */
    bool pause;                /* the next connection should wait a little */
    enum store_status refused; /* why there is no point in waiting, or STORE_OK */
    struct rds_call *leader;
    struct rds_call_list queue, inflight;
    struct rds_call_list over; /* done; the leader has yet to ring their bells */
    struct rds_round *round;   /* borrowed; NULL: an answer is final */
    struct rds_call *question; /* owned, last of inflight while it is asked */
    bool asking, ask_again;
    uint32_t crowd; /* calls of the last round */
    uint64_t seq;
    uint64_t slots;        /* a bit for each that is taken, or not this pipe's */
    unsigned first_writer; /* number of slot 0 */
    const struct rds_router *router; /* NULL: it is the only pipe */
    int64_t complained_ns;
};

void rds_pipe_init(struct rds_pipe *pipe);

/* Before the pipe is used: end each batch with a question. False: no memory. */
bool rds_pipe_rounds(struct rds_pipe *pipe, struct rds_round *round);

/* Before the pipe is used: it is one of several, with that many writers. */
void rds_pipe_share(struct rds_pipe *pipe, const struct rds_router *router,
                    unsigned first_writer, unsigned n_writers);

/* Calls that wait may have to go elsewhere. */
void rds_pipe_reroute(struct rds_pipe *pipe);

void rds_pipe_free(struct rds_pipe *pipe);

/* Lock held. Give the pipe a connection that is ready, of that generation; conn is taken.
 */
void rds_pipe_raise(struct rds_pipe *pipe, struct rds_conn *conn, uint64_t generation);

/* Make calls fail at once with st, or (STORE_OK) wait again. */
void rds_pipe_refuse(struct rds_pipe *pipe, enum store_status st);

/* Give the connection up, whatever is in flight. */
void rds_pipe_drop(struct rds_pipe *pipe);

/* True when something is wrong that happens more than once; log it then, not each time.
 */
bool rds_pipe_may_complain(struct rds_pipe *pipe);

void rds_call_init(struct rds_call *call, bool mutates);
void rds_call_free(struct rds_call *call);

/* Run the call until it is answered, refused or late. STORE_OK: last is there and no
 * reply is an error. Retries what was not executed. */
enum store_status rds_call_run(struct rds_pipe *pipe, struct rds_call *call,
                               int64_t deadline_ns);

#endif
