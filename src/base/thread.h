/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads of the library: every signal is blocked, so that the application's
 * handlers run on the application's own threads.
 */
#ifndef CLV_THREAD_H
#define CLV_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* Start fn(arg). out NULL: detached. stack_bytes 0: the system's default. */
static inline bool clv_thread_start(void *(*fn)(void *), void *arg, size_t stack_bytes,
                                    pthread_t *out)
{
    pthread_attr_t attr;
    sigset_t all, before;
    pthread_t id;
    int err;

    if (pthread_attr_init(&attr))
        return false;
    if (!out)
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    if (stack_bytes)
        pthread_attr_setstacksize(&attr, stack_bytes);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    err = pthread_create(&id, &attr, fn, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    if (!err && out)
        *out = id;
    return !err;
}

/* A condition variable whose timed waits count in CLOCK_MONOTONIC. */
static inline void clv_cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

#endif
