/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's timers: numbers with the time at which they come due. Knows no
 * clock; the daemon's loop asks what is next.
 */
#ifndef AMF_TIMERS_H
#define AMF_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMF_TIMERS_NONE INT64_MAX

struct amf_timer {
    uint64_t id;
    int64_t at_ms;
};

struct amf_timers {
    struct amf_timer *at; /* owned, in no order */
    size_t n, cap;
};

void amf_timers_free(struct amf_timers *t);

/* Set or move. */
void amf_timers_set(struct amf_timers *t, uint64_t id, int64_t at_ms);
void amf_timers_cancel(struct amf_timers *t, uint64_t id);
/* Unless it comes due later than that. */
void amf_timers_cancel_due(struct amf_timers *t, uint64_t id, int64_t now_ms);

/* When the earliest comes due, or AMF_TIMERS_NONE. */
int64_t amf_timers_next_ms(const struct amf_timers *t);

/* Take the earliest timer that is due; false when there is none. */
bool amf_timers_take(struct amf_timers *t, int64_t now_ms, uint64_t *id);

#endif
