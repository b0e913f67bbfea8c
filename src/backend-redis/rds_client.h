/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process's client: one connection shared by all callers, and one background thread,
 * the keeper, which connects, and shows once in a while that the process is alive.
 */
#ifndef RDS_CLIENT_H
#define RDS_CLIENT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "backend-redis/rds_call.h"
#include "backend-redis/rds_key.h"
#include "backend-redis/rds_master.h"
#include "backend-redis/rds_script.h"
#include "backend-redis/rds_url.h"
#include "shim/store.h"

enum { RDS_PROC_SIZE = 16, RDS_HOST_SIZE = 96, RDS_NODE_SIZE = 256 };

TAILQ_HEAD(rds_ckpt_list, store_ckpt);

struct rds_client {
    pthread_mutex_t start_lock; /* one start or stop at a time; guards starts */
    uint32_t starts;
    atomic_bool running;
    atomic_uint era; /* moves on with each start and fork: older checkpoints are void */

    /* set by the start, constant while running */
    struct rds_url url;
    char prefix[RDS_NAMESPACE_MAX + 1];
    char proc[RDS_PROC_SIZE + 1]; /* this process, in hex; names the writer, too */
    uint32_t writer;
    char host[RDS_HOST_SIZE]; /* what process ids mean something on: boot id, pid
                                 namespace */
    char node[RDS_NODE_SIZE];
    bool clustered; /* calls go to the servers of a cluster, not to pipe */
    bool fenced;    /* writes are for the node with the active-replica role */
    int64_t lease_ns, op_timeout_ns;

    struct rds_pipe pipe;
    atomic_llong clock_us; /* the store's time minus the monotonic clock */

    pthread_mutex_t lock; /* guards the list; a leaf */
    struct rds_ckpt_list ckpts;
    atomic_ullong n_opens;

    /* the keeper; guarded by pipe.lock */
    pthread_t keeper;
    bool stop;
    bool hurry; /* there are news of the master: do not wait until the next attempt */
    bool first_known; /* how the first connection went */
    enum store_status first;
    char why[256]; /* the last failure, with the address */
};

extern struct rds_client rds;

/* The store's time as far as known here, since the epoch. */
int64_t rds_now_us(void);

/* Run a call of the client. STORE_AWAY when it is not running. */
enum store_status rds_run(struct rds_call *call, int64_t deadline_ns);

/* The same while the client starts and stops, too. */
enum store_status rds_run_always(struct rds_call *call, int64_t deadline_ns);

/* Publish how the first connection went. A store that is away may still come. */
void rds_first_report(enum store_status st);

/* Begin a thread with all signals blocked. */
bool rds_thread_start(pthread_t *thread, void *(*fn)(void *));
bool rds_thread_start_for(pthread_t *thread, void *(*fn)(void *), void *arg);

/* First word of a script's answer, as a status: OK, ABSENT, GONE... */
enum store_status rds_answer(const struct rds_call *call);

#endif
