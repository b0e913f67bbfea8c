/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_wait.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){(time_t)(ns / CLV_NS_PER_S), (long)(ns % CLV_NS_PER_S)};
}

void rds_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool rds_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline_ns)
{
    const struct timespec ts = timespec_of(deadline_ns);

    if (deadline_ns == CLV_DEADLINE_NEVER)
        return pthread_cond_wait(cond, lock) == 0;
    return pthread_cond_timedwait(cond, lock, &ts) != ETIMEDOUT;
}

void rds_bell_ring(rds_bell *bell, enum rds_sound sound)
{
    const int before = errno;

    atomic_store(bell, sound);
    syscall(SYS_futex, bell, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = before;
}

enum rds_sound rds_bell_wait(rds_bell *bell, enum rds_sound sound, int64_t deadline_ns)
{
    const struct timespec ts = timespec_of(deadline_ns);
    const int before = errno;
    enum rds_sound now;

    /* the kernel looks once more before it lets the thread sleep */
    while ((now = (enum rds_sound)atomic_load(bell)) == sound)
        if (syscall(SYS_futex, bell, FUTEX_WAIT_BITSET_PRIVATE, sound,
                    deadline_ns == CLV_DEADLINE_NEVER ? NULL : &ts, NULL,
                    FUTEX_BITSET_MATCH_ANY) != 0 &&
            errno == ETIMEDOUT)
            break;
    errno = before;
    return now;
}
