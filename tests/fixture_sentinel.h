/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A master, its replicas and its sentinels, all real and private to the test. The
 * sentinels are told to look often, so that a fail-over takes about a second.
 */
#ifndef FIXTURE_SENTINEL_H
#define FIXTURE_SENTINEL_H

#include "fixture_redis.h"

enum { NODES_MAX = 4, SENTINELS_MAX = 5 };

struct sentinel {
    pid_t pid; /* 0: not running */
    int port;
    char dir[160];
};

struct cluster {
    struct redis node[NODES_MAX]; /* node 0 begins as the master */
    struct sentinel sentinel[SENTINELS_MAX];
    int n_nodes, n_sentinels;
    char url[256]; /* redis-sentinel://... */
    const char *args[NODES_MAX][32];
    char master_port[8];
};

/* Start and wait until all know each other; aborts the test when that fails. args are
 * further arguments for every node, NULL-terminated, or NULL. */
void cluster_start(struct cluster *c, int n_nodes, int n_sentinels,
                   const char *const *args);
void cluster_end(struct cluster *c);

/* The same, and the store's client is a user "app", not the default user who the replicas
 * and sentinels are. Sets the environment; CLOVIS_LOG is none. */
void cluster_start_for_app(struct cluster *c, int n_nodes, int n_sentinels);

/* Take a node away from the replicas and the sentinels; the user "app" keeps it. Give the
 * connection to cluster_rejoin() to end that. */
redisContext *cluster_cut_off(struct cluster *c, int node);
void cluster_rejoin(redisContext *raw);

/* The node that is the master by what most of the running sentinels say; -1: not agreed,
 * or that node says otherwise. */
int cluster_master(struct cluster *c);

/* Wait until there is a master other than before (-1: any); aborts after 75 s. */
int cluster_master_other_than(struct cluster *c, int before);

/* SENTINEL FAILOVER, until another node than before is the master. */
void cluster_order_failover(struct cluster *c, int before);

/* Wait until the replicas that run follow the master and are in sync. Killing it before
 * that leaves Sentinel with no replica that it would promote. */
void cluster_settle(struct cluster *c);

/* Restart what was killed, thaw what is frozen, make all follow the one master and wait
 * until they are in sync. */
void cluster_heal(struct cluster *c);

/* One sentinel on a free port that watches 127.0.0.1:master_port under the name "m";
 * more: further lines of its file. */
void sentinel_start(struct sentinel *s, int master_port, int quorum, const char *more);
void sentinel_start_for(struct sentinel *s, const char *master_host, int master_port,
                        int quorum, const char *more);
void sentinel_kill(struct sentinel *s);
void sentinel_again(struct sentinel *s);
void sentinel_end(struct sentinel *s);

/* Ask a server at a port of 127.0.0.1: the answer's text, or of an array the element i;
 * false: none. */
bool ask_port(int port, int i, char *out, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

#endif
