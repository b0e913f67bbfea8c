/* SPDX-License-Identifier: Apache-2.0 */
#include "history.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void hist_free(struct history *h)
{
    free(h->outcome);
    *h = (struct history){0};
}

size_t hist_invoke(struct history *h)
{
    if (h->n + 1 >= h->cap) {
        h->cap = h->cap ? 2 * h->cap : 1024;
        h->outcome = realloc(h->outcome, h->cap);
        if (!h->outcome)
            abort();
        h->outcome[0] = HIST_OK;
    }
    h->outcome[++h->n] = HIST_INVOKED;
    return h->n;
}

void hist_done(struct history *h, size_t number, enum hist_outcome outcome,
               uint64_t generation)
{
    h->outcome[number] = (uint8_t)outcome;
    h->n_ok += outcome == HIST_OK;
    h->n_fail += outcome == HIST_FAIL;
    h->n_unknown += outcome == HIST_UNKNOWN;
    if (outcome != HIST_OK)
        return;
    h->last = number;
    h->generation = generation;
}

void hist_safe(struct history *h)
{
    h->safe = h->last;
}

static bool wrong(struct history *h, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool wrong(struct history *h, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    if (!h->wrong[0])
        vsnprintf(h->wrong, sizeof(h->wrong), fmt, ap);
    va_end(ap);
    return false;
}

bool hist_seen(struct history *h, size_t number, uint64_t generation)
{
    size_t i;

    if (number > h->n)
        return wrong(h, "found %zu, the last write was %zu", number, h->n);
    if (number && h->outcome[number] == HIST_FAIL)
        return wrong(h, "found %zu, which was not executed", number);
    if (number < h->safe)
        return wrong(h, "found %zu, but %zu was synchronized", number, h->safe);
    if (number < h->last && generation == h->generation)
        return wrong(h, "found %zu after %zu without a fail-over", number, h->last);
    for (i = number + 1; i <= h->last; i++)
        h->n_lost += h->outcome[i] == HIST_OK;
    h->last = number;
    h->generation = generation;
    return true;
}
