/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has to acknowledge a synchronous write, and who has: pure, time comes in.
 *
 * A replica is expected from the moment that it is known, and until it has dropped out:
 * it was silent or absent for the hold time, and it is clear that the master that we talk
 * to still is the master. A replica that was promoted leaves its old master just like one
 * that died, so the second condition is what keeps a deposed master from acknowledging
 * anything. Who has dropped out is expected again as soon as it acknowledges something.
 */
#ifndef RDS_REPLICAS_H
#define RDS_REPLICAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend-redis/rds_dial.h"
#include "backend-redis/rds_reply.h"

enum { RDS_REPLICAS_MAX = 32 };

struct rds_replica {
    char address[RDS_PLACE_TEXT]; /* as the master knows it: "10.0.0.2:6379" */
    bool member;                  /* in the list of members, or seen connected */
    bool excluded;                /* an operator has taken it out */
    bool was_listed;              /* the same, at the look before */
    bool listed; /* connected to the master and in step, at the last look */
    bool expected;
    int64_t offset; /* up to where it had acknowledged at the last look */
    int64_t
        missing_ns; /* since when it is expected, but does not acknowledge; 0: it does */
};

struct rds_replicas {
    struct rds_replica at[RDS_REPLICAS_MAX];
    size_t n;
    bool strict;       /* nobody ever drops out */
    int64_t hold_ns;   /* how long somebody may be missing */
    int64_t owner_ns;  /* when it was last clear that the master is the master */
    bool owner_wanted; /* out: it has to be made clear */
    bool changed;      /* out: the last look found others connected than the one before */
    size_t n_listed;   /* out: how many it found */
    bool strangers;    /* out: somebody is connected who was not known */
    char self[3][RDS_PLACE_TEXT]; /* addresses of the master; empty: not known */
};

/* Another master, or the same after an absence: everybody is expected to come back. */
void rds_replicas_reset(struct rds_replicas *r);

/* The list of members was read: begin, one call for each, end. */
void rds_replicas_members_begin(struct rds_replicas *r);
void rds_replicas_member(struct rds_replicas *r, const char *address, bool excluded);
void rds_replicas_members_end(struct rds_replicas *r);

/* The master's answer to ROLE. *offset: how far its data goes. False: it is no master's.
 */
bool rds_replicas_look(struct rds_replicas *r, const redisReply *role, int64_t *offset);

/* May a write that ends at offset be reported as done? What it waits for may be that
 * ownership is made clear (owner_wanted). Logs who drops out and who returns. */
bool rds_replicas_settled(struct rds_replicas *r, int64_t offset, int64_t now_ns);

/* How many must acknowledge, as far as known; and how many have. */
size_t rds_replicas_wanted(const struct rds_replicas *r);
size_t rds_replicas_reached(const struct rds_replicas *r, int64_t offset);

/* The first that is needed but not connected, or NULL. */
const char *rds_replicas_absent(const struct rds_replicas *r);

#endif
