/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Synchronous writes: a connection of their own, on which each batch of calls ends with
 * one WAIT that all of them share, and a thread that connects it, reads the list of
 * members, and makes sure of who owns the master when a replica is missing.
 */
#ifndef RDS_DURABLE_H
#define RDS_DURABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "backend-redis/rds_call.h"

/* Creation flag of the API: every write waits for the replicas. */
enum { RDS_FLAG_ALL_REPLICAS = 0x1 };

/* Read the settings; false after a log line. */
bool rds_durable_settings(void);

/* With the client's start: nothing is connected before the first use. False: no memory.
 */
bool rds_durable_init(void);
void rds_durable_stop(void);
void rds_durable_free(void);

/* In a forked child. */
void rds_durable_forget(void);

/* Begin to connect, for a checkpoint that will need it. */
void rds_durable_prepare(void);

/* There is another generation: the connection belongs to the one before. */
void rds_durable_renew(void);

/* Run a call whose success means that the replicas have it, too. */
enum store_status rds_durable_run(struct rds_call *call, int64_t deadline_ns);

#endif
