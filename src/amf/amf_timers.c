/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_timers.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"

void amf_timers_free(struct amf_timers *t)
{
    free(t->at);
    memset(t, 0, sizeof(*t));
}

static struct amf_timer *find(const struct amf_timers *t, uint64_t id)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        if (t->at[i].id == id)
            return &t->at[i];
    return NULL;
}

void amf_timers_set(struct amf_timers *t, uint64_t id, int64_t at_ms)
{
    struct amf_timer *timer = find(t, id);

    if (!timer) {
        if (t->n == t->cap) {
            t->cap = t->cap ? 2 * t->cap : 16;
            t->at = amf_must(realloc(t->at, t->cap * sizeof(*t->at)));
        }
        timer = &t->at[t->n++];
        timer->id = id;
    }
    timer->at_ms = at_ms;
}

void amf_timers_cancel(struct amf_timers *t, uint64_t id)
{
    struct amf_timer *timer = find(t, id);

    if (timer)
        *timer = t->at[--t->n];
}

void amf_timers_cancel_due(struct amf_timers *t, uint64_t id, int64_t now_ms)
{
    struct amf_timer *timer = find(t, id);

    if (timer && timer->at_ms <= now_ms)
        *timer = t->at[--t->n];
}

static struct amf_timer *earliest(const struct amf_timers *t)
{
    struct amf_timer *first = NULL;
    size_t i;

    for (i = 0; i < t->n; i++)
        if (!first || t->at[i].at_ms < first->at_ms ||
            (t->at[i].at_ms == first->at_ms && t->at[i].id < first->id))
            first = &t->at[i];
    return first;
}

int64_t amf_timers_next_ms(const struct amf_timers *t)
{
    const struct amf_timer *first = earliest(t);

    return first ? first->at_ms : AMF_TIMERS_NONE;
}

bool amf_timers_take(struct amf_timers *t, int64_t now_ms, uint64_t *id)
{
    struct amf_timer *first = earliest(t);

    if (!first || first->at_ms > now_ms)
        return false;
    *id = first->id;
    *first = t->at[--t->n];
    return true;
}
