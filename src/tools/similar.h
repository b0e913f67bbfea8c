/* SPDX-License-Identifier: Apache-2.0 */
/* The word that somebody who mistyped will have meant. */
#ifndef SIMILAR_H
#define SIMILAR_H

#include <stddef.h>

struct similar {
    const char *word; /* borrowed */
    const char *best; /* of the candidates, borrowed; NULL: none is like it */
    size_t distance;  /* of best; at first more than is still alike */
};

void similar_begin(struct similar *s, const char *word);

/* Is this one more alike than the best so far? Case does not matter. */
void similar_look(struct similar *s, const char *candidate);

/* A row of words with blanks between; best then points into it, *n is its length. */
void similar_look_in(struct similar *s, const char *words, size_t *n);

#endif
