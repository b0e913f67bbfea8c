/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_stats.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "backend-redis/rds_client.h"

static atomic_ullong counters[RDS_STAT_N];

static struct {
    pthread_mutex_t lock; /* held while the store is told, so that nothing counts twice */
    uint64_t published[RDS_STAT_N];
} totals = {.lock = PTHREAD_MUTEX_INITIALIZER};

#define RDS_STAT_NAME(name, text) #name,
static const char *const names[] = {RDS_STATS(RDS_STAT_NAME)};
#undef RDS_STAT_NAME

void rds_stat_add(enum rds_stat which, uint64_t n)
{
    atomic_fetch_add_explicit(&counters[which], n, memory_order_relaxed);
}

uint64_t rds_stat_get(enum rds_stat which)
{
    return atomic_load_explicit(&counters[which], memory_order_relaxed);
}

void store_stats_get(struct store_stats *out)
{
    out->failovers = rds_stat_get(RDS_STAT_failovers);
    out->repaired = rds_stat_get(RDS_STAT_repaired);
    out->superseded = rds_stat_get(RDS_STAT_superseded);
    out->unrepairable = rds_stat_get(RDS_STAT_unrepairable);
    out->sync_writes = rds_stat_get(RDS_STAT_sync_writes);
    out->sync_rounds = rds_stat_get(RDS_STAT_sync_rounds);
    out->sync_ns = rds_stat_get(RDS_STAT_sync_us) * 1000;
    out->sync_repeats = rds_stat_get(RDS_STAT_sync_repeats);
    out->dropouts = rds_stat_get(RDS_STAT_dropouts);
}

void rds_stats_publish(int64_t deadline_ns)
{
    uint64_t now[RDS_STAT_N];
    char key[RDS_NAMESPACE_MAX + 8];
    struct rds_call call;
    size_t i, n = 0;

    snprintf(key, sizeof(key), "%s:stats", rds.prefix);
    rds_call_init(&call, false);
    call.impatient = true;
    pthread_mutex_lock(&totals.lock);
    for (i = 0; i < RDS_STAT_N; i++) {
        now[i] = rds_stat_get((enum rds_stat)i);
        if (now[i] == totals.published[i])
            continue;
        rds_req_command(&call.req, 4);
        rds_req_text(&call.req, "HINCRBY");
        rds_req_text(&call.req, key);
        rds_req_text(&call.req, names[i]);
        rds_req_int(&call.req, (int64_t)(now[i] - totals.published[i]));
        n++;
    }
    if (n > 0 && rds_run(&call, deadline_ns) == STORE_OK)
        for (i = 0; i < RDS_STAT_N; i++)
            totals.published[i] = now[i];
    pthread_mutex_unlock(&totals.lock);
    rds_call_free(&call);
}

void rds_stats_forget(void)
{
    size_t i;

    pthread_mutex_init(&totals.lock, NULL);
    /* what the parent counted is the parent's to tell */
    for (i = 0; i < RDS_STAT_N; i++)
        totals.published[i] = rds_stat_get((enum rds_stat)i);
}
