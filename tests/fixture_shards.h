/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real Redis Cluster, private to the test: masters with equal parts of the slots, and
 * replicas. Node i + masters is a replica of node i.
 */
#ifndef FIXTURE_SHARDS_H
#define FIXTURE_SHARDS_H

#include "fixture_redis.h"

enum { SHARD_NODES_MAX = 6, SLOTS_N = 16384 };

struct shards {
    struct redis node[SHARD_NODES_MAX];
    int n_masters, n_nodes;
    char url[128];                /* redis-cluster://, all nodes */
    char id[SHARD_NODES_MAX][48]; /* of the nodes */
    char bus[SHARD_NODES_MAX][8];
    char tls_port[SHARD_NODES_MAX][8];
    int port[SHARD_NODES_MAX]; /* where the nodes are for each other and for clients */
    bool tls;
    const char *args[SHARD_NODES_MAX][32];
};

/* Start, and wait until every node says that the cluster is whole and the replicas are in
 * step; aborts the test when that fails. */
void shards_start(struct shards *s, int n_masters, bool replicas);

/* The same, masters alone, and TLS everywhere, with the certificate "server" of
 * tls_certs_make(). */
void shards_start_tls(struct shards *s, int n_masters);

void shards_end(struct shards *s);

/* The node has the slot, by its own word. */
bool shards_has(struct shards *s, int node, int slot);

/* The running node that owns the slot by its own word; -1: none. */
int shards_owner(struct shards *s, int slot);

/* The slot of a checkpoint's keys. */
int shards_slot_of(struct shards *s, const char *name);

/* Begin to move a slot: from sends those who miss a key to to. */
void shards_move_begin(struct shards *s, int slot, int from, int to);

/* Move at most max keys of it; returns how many were left to move. */
int shards_move_keys(struct shards *s, int slot, int from, int to, int max);

/* All keys have moved: the slot is to's. */
void shards_move_end(struct shards *s, int slot, int from, int to);

#endif
