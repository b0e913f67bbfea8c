/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sentinels: one watcher, a thread of its own, for each, so that none has to wait for
 * another that does not answer or whose name does not resolve. A watcher asks where the
 * master is when told to, when its sentinel announces a switch, and every second.
 */
#ifndef RDS_SENTINEL_H
#define RDS_SENTINEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend-redis/rds_url.h"
#include "backend-redis/rds_vote.h"
#include "shim/status.h"

/* Start watching. news is called on a watcher, nothing locked, whenever an answer came
 * and a majority agrees; it must be quick. False: no memory. */
bool rds_sentinel_start(const struct rds_url *url,
                        void (*news)(const struct rds_place *master));
void rds_sentinel_stop(void);

/* After a fork. */
void rds_sentinel_forget(void);

/* Ask all of them now, and wait for a majority or for everybody. STORE_OK when out has a
 * majority; else why says who said what, and out what there is. STORE_REFUSED: most of
 * them refuse us. */
enum store_status rds_sentinel_ask(struct rds_tally *out, int64_t deadline_ns, char *why,
                                   size_t why_size);

#endif
