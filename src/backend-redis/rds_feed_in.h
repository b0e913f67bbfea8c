/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the feeds have in common: who listens (rds_feed.c), the thread that
 * listens for them (rds_feed_thread.c), and what it hands to them (rds_feed_deliver.c).
 */
#ifndef RDS_FEED_IN_H
#define RDS_FEED_IN_H

#include <hiredis/hiredis.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "backend-redis/rds_ckpt.h"
#include "backend-redis/rds_conn.h"
#include "shim/store.h"

/* What one handle listens to. */
struct rds_feed {
    TAILQ_ENTRY(rds_feed) link;
    struct store_ckpt *ckpt; /* borrowed; not touched once dead */
    store_feed_fn fn;
    void *arg;
    int64_t seen; /* number of the last change that was looked at */
    bool asked;   /* the thread's request is for it, too */
    bool busy;    /* the thread works on it: it stays */
    bool dead;    /* the thread frees it */
};

TAILQ_HEAD(rds_feed_list, rds_feed);

struct rds_feeds {
    pthread_mutex_t
        lock; /* guards every field and the feeds; nothing is called with it held */
    pthread_cond_t news; /* something is to be listened to, or a feed is busy no more */
    pthread_t thread;
    struct rds_feed_list list;
    bool started, stop;
    struct rds_conn conn; /* the thread's own, but for rds_conn_shut() */
    int64_t client_id;    /* of the connection */
    unsigned changes;     /* rds_cluster_changes() of the last look */
};

extern struct rds_feeds rds_feeds;

/* The number of the checkpoint's last change. */
enum store_status rds_feed_number(struct store_ckpt *ckpt, int64_t *out,
                                  int64_t deadline_ns);

/* Tell f of all that is there. Lock held, released meanwhile. */
void rds_feed_catch_up(struct rds_feed *f);
/* Tell f of an entry of its stream. Lock held, released meanwhile. */
void rds_feed_entry_in(struct rds_feed *f, const redisReply *entry);

void *rds_feed_main(void *unused);

#endif
