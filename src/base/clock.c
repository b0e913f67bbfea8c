/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <limits.h>
#include <time.h>

static int64_t read_ns(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * CLV_NS_PER_S + ts.tv_nsec;
}

int64_t clv_now_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clv_wall_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}

int64_t clv_deadline_ns(int64_t timeout_ns)
{
    const int64_t now = clv_now_ns();

    if (timeout_ns < 0)
        timeout_ns = 0;
    return timeout_ns >= INT64_MAX - now ? CLV_DEADLINE_NEVER : now + timeout_ns;
}

int clv_deadline_left_ms(int64_t deadline_ns)
{
    int64_t left;

    if (deadline_ns == CLV_DEADLINE_NEVER)
        return -1;
    left = deadline_ns - clv_now_ns();
    if (left <= 0)
        return 0;
    left = (left + CLV_NS_PER_MS - 1) / CLV_NS_PER_MS;
    return left > INT_MAX ? INT_MAX : (int)left;
}
