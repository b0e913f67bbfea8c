/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to this process's writes, in numbers. */
#ifndef RDS_STATS_H
#define RDS_STATS_H

#include <stdint.h>

/* clang-format off */
#define RDS_STATS(X) \
    X(failovers,    "generations after the first") \
    X(repaired,     "acknowledged writes that a fail-over had lost, written again") \
    X(superseded,   "the same, but somebody has written something newer since") \
    X(unrepairable, "acknowledged writes that are lost") \
    X(sync_writes,  "writes that waited for the replicas") \
    X(sync_rounds,  "WAITs that they shared") \
    X(sync_us,      "time that these took, in us") \
    X(sync_repeats, "WAITs that had to be repeated") \
    X(dropouts,     "replicas that writes went on without")
/* clang-format on */

#define RDS_STAT_ENUM(name, text) RDS_STAT_##name,
enum rds_stat { RDS_STATS(RDS_STAT_ENUM) RDS_STAT_N };
#undef RDS_STAT_ENUM

void rds_stat_add(enum rds_stat which, uint64_t n);
uint64_t rds_stat_get(enum rds_stat which);

/* Add what is new to the totals of all processes, which are kept in the store. */
void rds_stats_publish(int64_t deadline_ns);

void rds_stats_forget(void); /* in a forked child */

#endif
