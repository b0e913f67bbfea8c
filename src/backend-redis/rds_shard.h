/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One server of a cluster that has, had or is about to get slots: a pipe to it, and a
 * thread that keeps the pipe connected.
 */
#ifndef RDS_SHARD_H
#define RDS_SHARD_H

#include <pthread.h>
#include <stdatomic.h>

#include "backend-redis/rds_call.h"
#include "backend-redis/rds_session.h"

struct rds_shard {
    struct rds_pipe pipe; /* first: the router's pipes are shards */
    struct rds_place place;
    const struct rds_url *url; /* borrowed */
    atomic_uint n_slots;       /* as far as is known; the cluster's */
    pthread_t thread;
    atomic_bool stop; /* and: give an attempt to connect up */

    /* guarded by pipe.lock */
    struct rds_conn *trying; /* what an attempt waits for */

    /* the thread's own */
    struct rds_session session; /* of the last connection that was used */
    int backoff_ms;
    unsigned seed;
    bool complained;
    char why[256];
};

/* New, and its thread; NULL: no memory. */
struct rds_shard *rds_shard_start(const struct rds_place *place,
                                  const struct rds_url *url,
                                  const struct rds_router *router, unsigned first_writer,
                                  unsigned n_writers);

/* Stop all of them, and free them. */
void rds_shards_stop(struct rds_shard **shards, unsigned n);

#endif
