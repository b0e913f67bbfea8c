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

/* How many name master and have heard of it within ms. */
static size_t in_contact(const struct rds_vote *votes, size_t n,
                         const struct rds_place *master, int64_t ms)
{
    size_t i, count = 0;

    for (i = 0; i < n; i++)
        count += votes[i].valid && votes[i].contact_ms <= ms &&
                 rds_place_equal(&votes[i].master, master);
    return count;
}

/* How many name master and have not heard of it for that long. */
static size_t out_of_contact(const struct rds_vote *votes, size_t n,
                             const struct rds_place *master, int64_t ms)
{
    size_t i, count = 0;

    for (i = 0; i < n; i++)
        count += votes[i].valid && votes[i].silent_ms >= ms &&
                 rds_place_equal(&votes[i].master, master);
    return count;
}

/* The longest time for which a majority has not. */
static int64_t silence_of_majority(const struct rds_vote *votes, size_t n,
                                   const struct rds_place *master)
{
    int64_t best = 0;
    size_t i;

    for (i = 0; i < n; i++)
        if (votes[i].valid && votes[i].silent_ms > best &&
            2 * out_of_contact(votes, n, master, votes[i].silent_ms) > n)
            best = votes[i].silent_ms;
    return best;
}

/* The shortest time within which a majority has heard of the master. */
static int64_t contact_of_majority(const struct rds_vote *votes, size_t n,
                                   const struct rds_place *master)
{
    int64_t best = INT64_MAX;
    size_t i;

    for (i = 0; i < n; i++) {
        if (votes[i].valid && votes[i].moving)
            return INT64_MAX;
        if (votes[i].valid && votes[i].contact_ms < best &&
            2 * in_contact(votes, n, master, votes[i].contact_ms) > n)
            best = votes[i].contact_ms;
    }
    return best;
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
    out->silent_ms = silence_of_majority(votes, n, &out->master);
    out->contact_ms = contact_of_majority(votes, n, &out->master);
}
