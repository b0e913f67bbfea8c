/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/similar.h"

#include <ctype.h>
#include <string.h>

enum { WORD_MAX = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static int same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Letters to insert, drop, replace or swap with their neighbour. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
    size_t rows[3][WORD_MAX + 1], i, k;
    size_t *before = rows[0], *last = rows[1], *now = rows[2], *spare;

    for (k = 0; k <= m; k++)
        last[k] = k;
    for (i = 1; i <= n; i++) {
        now[0] = i;
        for (k = 1; k <= m; k++) {
            now[k] = least(least(last[k], now[k - 1]) + 1,
                           last[k - 1] + !same(a[i - 1], b[k - 1]));
            if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) && same(a[i - 2], b[k - 1]))
                now[k] = least(now[k], before[k - 2] + 1);
        }
        spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[m];
}

void similar_begin(struct similar *s, const char *word)
{
    const size_t n = strlen(word);

    s->word = word;
    s->best = NULL;
    s->distance = n < 5 ? 2 : n < 8 ? 3 : 4;
}

static int look(struct similar *s, const char *candidate, size_t m)
{
    const size_t n = strlen(s->word);
    size_t found;

    if (n > WORD_MAX || m > WORD_MAX)
        return 0;
    found = distance(s->word, n, candidate, m);
    if (found >= s->distance || found >= n)
        return 0;
    s->best = candidate;
    s->distance = found;
    return 1;
}

void similar_look(struct similar *s, const char *candidate)
{
    look(s, candidate, strlen(candidate));
}

void similar_look_in(struct similar *s, const char *words, size_t *n)
{
    size_t len;

    for (; words && *words; words += len + strspn(words + len, " ")) {
        len = strcspn(words, " ");
        if (look(s, words, len))
            *n = len;
    }
}
