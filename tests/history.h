/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history of one section that has one writer: each write stores the next number, and
 * what a read finds is judged by what became of the writes before it.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hist_outcome { HIST_INVOKED, HIST_OK, HIST_FAIL, HIST_UNKNOWN };

struct history {
    uint8_t *outcome; /* of write n at n; owned */
    size_t n, cap;
    size_t last;         /* the content as far as known */
    size_t safe;         /* no fail-over may lose this one */
    uint64_t generation; /* in which last was acknowledged or read */
    size_t n_ok, n_unknown, n_fail, n_lost;
    char wrong[160]; /* the first violation; empty: none */
};

void hist_free(struct history *h);

/* The number to write; generation is the one before the write. */
size_t hist_invoke(struct history *h);
void hist_done(struct history *h, size_t number, enum hist_outcome outcome,
               uint64_t generation);

/* What has been acknowledged so far must survive every fail-over. */
void hist_safe(struct history *h);

/* A read found number (0: never written), in that generation. Acknowledged writes that a
 * new generation lost are counted. False: a violation, see wrong. */
bool hist_seen(struct history *h, size_t number, uint64_t generation);

#endif
