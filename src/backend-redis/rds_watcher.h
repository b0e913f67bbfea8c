/* SPDX-License-Identifier: Apache-2.0 */
/* One watcher for each sentinel, and what they share: the inside of rds_sentinel.h. */
#ifndef RDS_WATCHER_H
#define RDS_WATCHER_H

#include <pthread.h>
#include <stdatomic.h>

#include "backend-redis/rds_conn.h"
#include "backend-redis/rds_url.h"
#include "backend-redis/rds_vote.h"
#include "shim/status.h"

enum {
    RDS_WATCH_WHY = 200,
    RDS_WATCH_RETRY_MS = 100 /* between attempts, whatever the hurry */
};

struct rds_watch;

struct rds_watcher {
    struct rds_watch *all;
    struct rds_place place;
    int wake; /* eventfd */

    /* the thread's own */
    struct rds_conn ask, listen;
    int64_t tried_ns; /* last attempt to connect */
    int retry_ms;
    unsigned seed;

    /* guarded by the lock of all */
    struct rds_vote vote; /* valid only while the sentinel answers */
    enum store_status st; /* of the last attempt */
    char why[RDS_WATCH_WHY];
    uint64_t round; /* which question was answered last */
};

/* Shared by the watchers and the client; the last of them frees it. A watcher may outlive
 * the client by as long as a resolver makes it wait. */
struct rds_watch {
    pthread_mutex_t lock;    /* guards what follows; a leaf */
    pthread_cond_t answered; /* an answer, or a watcher has ended */
    uint64_t round;          /* which question is being asked */
    size_t n_threads;
    bool stop, abandoned;
    atomic_bool cancel; /* not guarded: connecting watchers look at it */
    struct rds_vote scratch[RDS_SENTINELS_MAX]; /* too large for a caller's stack */

    /* constant */
    void (*news)(const struct rds_place *master);
    char *master, *user, *password; /* owned */
    bool master_tls;
    size_t n;
    struct rds_watcher watchers[];
};

/* What the sentinels said in answer to that question or to a later one. Lock held. */
void rds_watch_tally(struct rds_watch *all, uint64_t since_round, struct rds_tally *out);

void rds_watch_free(struct rds_watch *all);

/* The thread; arg is the watcher. */
void *rds_watcher_main(void *arg);

#endif
