/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the synchronous writes have in common: their state, what each batch
 * asks (rds_durable_round.c), and the connection with the list of members
 * (rds_durable_connect.c). The thread and the calls are in rds_durable.c.
 */
#ifndef RDS_DURABLE_IN_H
#define RDS_DURABLE_IN_H

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend-redis/rds_call.h"
#include "backend-redis/rds_lineage.h"
#include "backend-redis/rds_replicas.h"
#include "backend-redis/rds_session.h"

struct rds_durable {
    struct rds_pipe pipe; /* its lock guards the rest, where not said otherwise */
    struct rds_round round;
    struct rds_replicas replicas;
    uint64_t generation; /* of the connection, or of the last one */
    pthread_t thread;
    bool ready, started, stop;
    atomic_bool cancel; /* a connect that is under way */

    /* the question under way: the leader's while it hears the answers */
    bool thorough;
    int64_t offset;   /* where the batch ends; -1: not known */
    int64_t reached;  /* WAIT's answer; -1: none */
    redisReply *role; /* owned; the last ROLE */

    /* the thread's own */
    struct rds_session session;
    struct rds_lineage lineage;
    int64_t refresh_ns; /* when the members are to be read again */
};

extern struct rds_durable rds_durable;

/* The question that follows each batch of writes. */
extern const struct rds_round rds_durable_round;

/* On the thread: connect again, and rest for a moment if that fails. */
void rds_durable_reconnect(void);
/* On the thread: add who is new to the list of members, and read it. */
void rds_durable_members_refresh(void);
/* On the thread: rest for a moment unless it is to end. Lock held. */
void rds_durable_rest(void);

#endif
