/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Redis Cluster: which server has which slot, and the way of each call to it. A thread
 * asks one of the servers every second, and when a call was sent away. A fail-over and
 * the move of a slot are the same here: the slot belongs to another server.
 */
#ifndef RDS_CLUSTER_H
#define RDS_CLUSTER_H

#include "backend-redis/rds_call.h"

/* Settings that a cluster has no use for, as a log line; false: one that it cannot
 * fulfil. */
bool rds_cluster_settings(void);

/* Begin to look for the cluster; its first answer goes to rds_first_report(). False: no
 * memory. */
bool rds_cluster_start(void);
void rds_cluster_stop(void);

/* After a fork. */
void rds_cluster_forget(void);

/* Run a call of the client on the server that has its key. */
enum store_status rds_cluster_run(struct rds_call *call, int64_t deadline_ns);

/* Counts the times that some server has lost slots. */
unsigned rds_cluster_changes(void);

#endif
