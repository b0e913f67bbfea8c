/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The read cache of the process (CLOVIS_READ_CACHE=on): what reads delivered, kept until
 * the server says that the checkpoint was changed (rds_track.h) or this process changes
 * it. All sections of a checkpoint are one key in the server, so a change of one of them
 * makes what is kept of all of them stale.
 *
 * Never an older content after a newer one. Replies come in the order of the requests,
 * but the threads that asked may get here in any other. So each call knows its place in
 * the order (rds_call.order); a result is kept only if nothing was dropped while it was
 * under way, and no result of a later request was seen.
 *
 * What is kept is used only while it is known to be fresh: the connection over which it
 * was read is there, and both it and the one that hears of changes have answered within
 * the bound (CLOVIS_READ_CACHE_STALE_MS).
 */
#ifndef RDS_CACHE_H
#define RDS_CACHE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend-redis/rds_ckpt.h"

/* A read that is under way: what had been dropped when it began. */
struct rds_cache_ticket {
    bool open;
    uint64_t epoch, version;
};

extern atomic_bool rds_cache_enabled;

/* Read the settings; false after a log line. */
bool rds_cache_settings(void);

/* With the client's start and stop; does nothing when the setting is off. */
void rds_cache_start(void);
void rds_cache_stop(void);

/* In a forked child: there is nothing kept. */
void rds_cache_forget(void);

bool rds_cache_lookup(const struct store_ckpt *ckpt, struct store_read *vec, uint32_t n,
                      struct rds_cache_ticket *ticket);
void rds_cache_drop_ckpt(const struct store_ckpt *ckpt);

/* The whole read from what is kept. False: ask the store, and end the ticket. */
static inline bool rds_cache_get(const struct store_ckpt *ckpt, struct store_read *vec,
                                 uint32_t n, struct rds_cache_ticket *ticket)
{
    ticket->open = false;
    return atomic_load_explicit(&rds_cache_enabled, memory_order_relaxed) &&
           rds_cache_lookup(ckpt, vec, n, ticket);
}

/* Keep what the call has read. end_us: when the first of the sections ends by the store's
 * clock, INT64_MAX: never. */
void rds_cache_put(const struct store_ckpt *ckpt, const struct store_read *vec,
                   uint32_t n, const struct rds_cache_ticket *ticket,
                   const struct rds_call *call, int64_t end_us);

/* This process changed the checkpoint, or learned that somebody did. */
static inline void rds_cache_changed(const struct store_ckpt *ckpt)
{
    if (atomic_load_explicit(&rds_cache_enabled, memory_order_relaxed))
        rds_cache_drop_ckpt(ckpt);
}

/* ---- for rds_track.c ------------------------------------------------------ */

/* Changes seen through the connection of that serial will be told. Drops everything. */
void rds_cache_arm(uint64_t serial);

/* Nothing will be told. Drops everything. */
void rds_cache_disarm(void);

/* All changes until a moment ago were told: what is kept is good until until_ns.
 * clock_us: the store's clock, never behind it, minus the monotonic one. */
void rds_cache_vouch(int64_t until_ns, int64_t clock_us);

/* The server says that key was changed; base NULL: all keys. */
void rds_cache_told(struct clv_bytes key);

/* Somebody has read since the last question. */
bool rds_cache_is_used(void);

/* ---- for tests ------------------------------------------------------------ */

struct rds_cache_count {
    uint64_t hits, misses, told;
    uint64_t bytes; /* memory in use */
    uint64_t entries;
    bool fresh; /* what is kept may be used now */
};

void rds_cache_count(struct rds_cache_count *out);

#endif
