/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After a fail-over, before any call uses the new master: write again what this process
 * had acknowledged and the new master does not have. The store keeps, with the data, the
 * number of the last write of each writer; what is lost is what has a higher number.
 */
#ifndef RDS_REPAIR_H
#define RDS_REPAIR_H

#include "backend-redis/rds_talk.h"

/* clock_us: of the new master. On failure nothing is forgotten, and it may be tried
 * again. */
enum store_status rds_repair_run(const struct rds_talk *t, int64_t clock_us);

#endif
