/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that write, read and create all the time while something is done to the
 * servers, each with the history of its own section.
 */
#ifndef SENTINEL_LOAD_H
#define SENTINEL_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "fixture_store.h"

enum { LOAD_LIMIT_S = 40 }; /* of one call; the default's 14 s are for idle machines */

/* What the histories of all threads come to. */
struct load_sum {
    size_t ok, lost; /* acknowledged, and of those lost by fail-overs */
    char wrong[320]; /* the first violation; empty: none */
};

/* A deadline that a loaded machine keeps, too. */
int64_t load_patient(void);

/* Number of the generation in use. */
uint64_t load_generation(void);

/* The threads do not rest between operations any more. */
void load_hasty(void);

/* Make the sections in c and begin; false: that failed. */
bool load_start(struct store_ckpt *c);

/* Wait for n more acknowledged writes, or for a violation; false: there is neither. */
bool load_goes_on(long n);

/* End the threads, look at the sections once more, delete them. */
void load_stop(struct load_sum *sum);

#endif
