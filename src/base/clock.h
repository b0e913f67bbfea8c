/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time: nanoseconds throughout. A relative wait becomes an absolute monotonic
 * deadline once, at the API edge; only the deadline travels down.
 */
#ifndef CLV_CLOCK_H
#define CLV_CLOCK_H

#include <stdint.h>

#define CLV_NS_PER_MS INT64_C(1000000)
#define CLV_NS_PER_S INT64_C(1000000000)
#define CLV_DEADLINE_NEVER INT64_MAX

/* Monotonic clock. */
int64_t clv_now_ns(void);

/* Wall clock, since the epoch. */
int64_t clv_wall_ns(void);

/* now + timeout_ns, saturating; timeout_ns < 0 counts as 0. */
int64_t clv_deadline_ns(int64_t timeout_ns);

/* What is left until the deadline, rounded up to ms for poll(): 0 when it has
 * passed, -1 for CLV_DEADLINE_NEVER. */
int clv_deadline_left_ms(int64_t deadline_ns);

#endif
