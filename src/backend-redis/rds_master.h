/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which server is the master, connecting to it, and knowing when it is no longer the
 * same: the generation.
 */
#ifndef RDS_MASTER_H
#define RDS_MASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend-redis/rds_dial.h"
#include "shim/status.h"

/* Which data the client works on: one server's, from one start or promotion of it to the
 * next. What one generation acknowledged, the next may have lost. */
struct rds_generation {
    uint64_t number; /* counts up in this process; 0: never connected */
    char run_id[48]; /* of the server */
    char replid[48]; /* of the history of its data */
    int64_t epoch;   /* configuration epoch of the sentinels; 0 without them */
};

/* The generation in use, or, while there is no connection, the last one. A call knows
 * the number of the one that answered it (rds_call.generation). */
void rds_generation_get(struct rds_generation *out);

/* fn is called on the keeper with nothing locked, after calls go to a new generation;
 * not for the first. It must not wait for longer than a heartbeat; NULL: nobody. */
void rds_generation_watch(void (*fn)(const struct rds_generation *now));

/* Where the master in use is. */
void rds_place_get(struct rds_place *out);

/* Ask the sentinels now: STORE_OK when a majority says that the master in use is the
 * master (without sentinels: always), STORE_AWAY when not, or when there is no majority.
 * contact_ms: that long ago it must have answered them; a master that is cut off is still
 * called the master for as long as they may take to notice. INT64_MAX: whenever.
 * No promise for the time after. Any thread. */
enum store_status rds_master_confirm(int64_t contact_ms, int64_t deadline_ns);

/* The rest is for the keeper. */

/* Read what connecting needs, start watching. False: rds.why says why. */
bool rds_master_start(void);

/* Make an attempt that is under way fail; from any thread. */
void rds_master_cancel(void);

void rds_master_stop(void);
void rds_master_forget(void);

/* Find the master, connect, and give the connection to the calls. On failure rds.why. */
enum store_status rds_master_connect(int64_t deadline_ns);

#endif
