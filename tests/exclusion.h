/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Did at most one component act at a time? Judges the logs of tests/fence_app.c, whose
 * times are of one clock. A tenure is what one process does between having taken the
 * role and being told another state, or its end.
 *
 *  - acknowledged increments of two tenures do not interleave in the order of the
 * counter, and that is the order of time as well, so no two tenures overlap; nobody acts
 * in a state other than ACTIVE;
 *  - no number is acknowledged twice, and one that is missing may have been written by
 *    somebody who does not know;
 *  - the counter never goes back: whoever reads it finds at least what was acknowledged
 *    before, written by who invoked it, and nothing that failed.
 */
#ifndef EXCLUSION_H
#define EXCLUSION_H

#include <stdbool.h>
#include <stddef.h>

enum excl_outcome { EXCL_OPEN, EXCL_OK, EXCL_FAIL, EXCL_UNKNOWN };

struct excl_write {
    unsigned long long number;
    long long begun_us, done_us;
    long pid;
    int tenure; /* -1: none */
    int ha;
    enum excl_outcome outcome;
};

struct excl_read {
    unsigned long long number;
    long long begun_us, done_us;
    long pid; /* who wrote what was found; 0: nobody yet */
};

struct excl_tenure {
    int who; /* which log, from 0 */
    long pid;
    size_t n_ok; /* of its writes */
    long long active_us;
};

struct exclusion {
    struct excl_write *writes;
    struct excl_read *reads;
    struct excl_tenure *tenures;
    size_t n_writes, n_reads, n_tenures, cap_writes, cap_reads, cap_tenures;
    int n_logs;
    size_t n_ok, n_fail, n_unknown; /* open ones are unknown */
    size_t n_handovers;             /* of the counter, from one tenure to another */
    char wrong[200];                /* the first violation; empty: none */
};

/* The log of the next component. False: a line cannot be understood, see wrong. */
bool excl_log_add(struct exclusion *x, const char *log);

/* After the last log. False: a violation, see wrong. */
bool excl_check(struct exclusion *x);

void excl_free(struct exclusion *x);

#endif
