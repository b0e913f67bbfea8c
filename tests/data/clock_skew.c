/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a server of a test: its wall clock is CLOCK_SKEW_MS off. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    int (*real)(struct timeval *, void *) =
        (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
    const char *skew = getenv("CLOCK_SKEW_MS");
    const int result = real(tv, zone);
    const long long us = tv->tv_usec + (skew ? atoll(skew) : 0) * 1000;

    tv->tv_sec += us / 1000000;
    tv->tv_usec = us % 1000000;
    return result;
}
