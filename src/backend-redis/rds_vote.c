/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_vote.h"

#include <string.h>

/* How many name the same master as vote i, and the highest epoch among them. */
static size_t supporters(const struct rds_vote *votes, size_t n, size_t i, int64_t *epoch)
{
    size_t j, count = 0;

    *epoch = votes[i].epoch;
    for (j = 0; j < n; j++)
        if (votes[j].valid && rds_place_equal(&votes[j].master, &votes[i].master)) {
            count++;
            if (votes[j].epoch > *epoch)
                *epoch = votes[j].epoch;
        }
    return count;
}

/* How many of those who name that master have heard from it just now. */
static size_t in_touch(const struct rds_vote *votes, size_t n,
                       const struct rds_place *master)
{
    size_t j, count = 0;

    for (j = 0; j < n; j++)
        count +=
            votes[j].valid && votes[j].fresh && rds_place_equal(&votes[j].master, master);
    return count;
}

void rds_vote_count(const struct rds_vote *votes, size_t n, struct rds_tally *out)
{
    int64_t epoch;
    size_t i, count;

    memset(out, 0, sizeof(*out));
    for (i = 0; i < n; i++) {
        if (!votes[i].valid)
            continue;
        out->n_valid++;
        count = supporters(votes, n, i, &epoch);
        if (count < out->n_for || (count == out->n_for && epoch <= out->epoch))
            continue;
        out->n_for = count;
        out->epoch = epoch;
        out->master = votes[i].master;
    }
    out->majority = 2 * out->n_for > n;
    out->in_touch = out->majority && 2 * in_touch(votes, n, &out->master) > n;
}
