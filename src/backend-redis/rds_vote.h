/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the master is, by what the sentinels say. A sentinel may lie, be stale or be cut
 * off from the others, so what counts is the address that more than half of all that the
 * URL names agree on. No other has such a majority, so epochs need not decide; the
 * highest of those who agree is kept as the configuration epoch.
 */
#ifndef RDS_VOTE_H
#define RDS_VOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend-redis/rds_dial.h"

struct rds_vote {
    bool valid; /* this sentinel has answered */
    struct rds_place master;
    int64_t epoch;
    int64_t contact_ms; /* since the master has answered it; INT64_MAX: it doubts the
                           master */
    int64_t silent_ms;  /* the same, when it doubts it; else 0 */
    bool moving;        /* it is carrying out a fail-over */
};

struct rds_tally {
    size_t n_valid, n_for; /* who answered, who agrees on master */
    int64_t silent_ms;     /* a majority counts it as down, and it has answered none of
                              these for so long; 0: not so */
    bool majority;
    struct rds_place master; /* the one that most name; among equals the highest epoch */
    int64_t epoch;
    /* a majority names this master and has heard of it since; INT64_MAX: not so, or
     * somebody is carrying out a fail-over */
    int64_t contact_ms;
};

void rds_vote_count(const struct rds_vote *votes, size_t n, struct rds_tally *out);

#endif
