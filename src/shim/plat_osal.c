/* SPDX-License-Identifier: Apache-2.0 */
/* clOsal: threads, mutexes, condition variables, time and printing, on POSIX. */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <clOsalApi.h>
#include <clOsalErrors.h>

#include "base/clock.h"

#define OSAL_RC(error) CL_RC(CL_CID_OSAL, error)

enum { CREATE_TRIES = 3, CREATE_PAUSE_MS = 500, FLAGS_PLAIN = 1 };

/* ---- time ---------------------------------------------------------------- */

static void pause_ns(int64_t ns)
{
    struct timespec ts = {.tv_sec = (time_t)(ns / CLV_NS_PER_S),
                          .tv_nsec = (long)(ns % CLV_NS_PER_S)};

    while (nanosleep(&ts, &ts) < 0 && errno == EINTR)
        ;
}

static int64_t timeout_ns(ClTimerTimeOutT t)
{
    return (int64_t)t.tsSec * CLV_NS_PER_S + (int64_t)t.tsMilliSec * CLV_NS_PER_MS;
}

ClRcT clOsalTaskDelay(ClTimerTimeOutT t)
{
    pause_ns(timeout_ns(t));
    return CL_OK;
}

ClTimeT clOsalStopWatchTimeGet(void)
{
    return clv_now_ns() / 1000;
}

ClRcT clOsalTimeOfDayGet(ClTimerTimeOutT *t)
{
    const int64_t now_ns = clv_wall_ns();

    if (!t)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    t->tsSec = (ClUint32T)(now_ns / CLV_NS_PER_S);
    t->tsMilliSec = (ClUint32T)(now_ns % CLV_NS_PER_S / CLV_NS_PER_MS);
    return CL_OK;
}

ClRcT clOsalNanoTimeGet(ClNanoTimeT *t)
{
    if (!t)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    return clock_gettime(CLOCK_REALTIME, t) == 0 ? CL_OK : OSAL_RC(CL_ERR_LIBRARY);
}

/* ---- threads ------------------------------------------------------------- */

static ClRcT task_check(ClOsalSchedulePolicyT policy, ClUint32T priority,
                        void *(*fn)(void *))
{
    if (!fn)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    if (policy == CL_OSAL_SCHED_OTHER)
        return priority ? OSAL_RC(CL_ERR_INVALID_PARAMETER) : CL_OK;
    if (priority < CL_OSAL_THREAD_PRI_LOW || priority > CL_OSAL_THREAD_PRI_HIGH)
        return OSAL_RC(CL_ERR_INVALID_PARAMETER);
    return CL_OK;
}

/* Legacy priorities go from 1 to 160. */
static void attr_schedule(pthread_attr_t *attr, ClOsalSchedulePolicyT policy,
                          ClUint32T priority)
{
    const int low = sched_get_priority_min((int)policy),
              high = sched_get_priority_max((int)policy);
    const struct sched_param p = {.sched_priority =
                                      low + (int)((int64_t)(priority - 1) * (high - low) /
                                                  (CL_OSAL_THREAD_PRI_HIGH - 1))};

    if (policy == CL_OSAL_SCHED_OTHER)
        return;
    pthread_attr_setinheritsched(attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(attr, (int)policy);
    pthread_attr_setschedparam(attr, &p);
}

static int thread_create(pthread_t *id, const pthread_attr_t *attr, void *(*fn)(void *),
                         void *arg)
{
    int err;

    for (int i = 0;; i++) {
        err = pthread_create(id, attr, fn, arg);
        if ((err != EAGAIN && err != ENOMEM) || i == CREATE_TRIES - 1)
            return err;
        pause_ns(CREATE_PAUSE_MS * CLV_NS_PER_MS);
    }
}

static ClRcT task_create(ClOsalSchedulePolicyT policy, ClUint32T priority,
                         ClUint32T stack, void *(*fn)(void *), void *arg, int detach,
                         pthread_t *id)
{
    const ClRcT rc = task_check(policy, priority, fn);
    pthread_attr_t attr;
    int err;

    if (rc)
        return rc;
    if (pthread_attr_init(&attr))
        return OSAL_RC(CL_OSAL_ERR_TASK_CREATE);
    pthread_attr_setdetachstate(&attr, detach);
    pthread_attr_setstacksize(
        &attr, stack > CL_OSAL_MIN_STACK_SIZE ? stack : CL_OSAL_MIN_STACK_SIZE);
    attr_schedule(&attr, policy, priority);
    err = thread_create(id, &attr, fn, arg);
    pthread_attr_destroy(&attr);
    return err ? OSAL_RC(CL_OSAL_ERR_TASK_CREATE) : CL_OK;
}

ClRcT clOsalTaskCreateDetached(const ClCharT *name, ClOsalSchedulePolicyT policy,
                               ClUint32T priority, ClUint32T stackSize,
                               void *(*fn)(void *), void *arg)
{
    pthread_t id;

    (void)name;
    return task_create(policy, priority, stackSize, fn, arg, PTHREAD_CREATE_DETACHED,
                       &id);
}

ClRcT clOsalTaskCreateAttached(const ClCharT *name, ClOsalSchedulePolicyT policy,
                               ClUint32T priority, ClUint32T stackSize,
                               void *(*fn)(void *), void *arg, ClOsalTaskIdT *out)
{
    pthread_t id;
    ClRcT rc;

    (void)name;
    if (!out)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    rc = task_create(policy, priority, stackSize, fn, arg, PTHREAD_CREATE_JOINABLE, &id);
    if (!rc)
        *out = (ClOsalTaskIdT)id;
    return rc;
}

ClRcT clOsalTaskJoin(ClOsalTaskIdT id)
{
    return pthread_join((pthread_t)id, NULL) == 0 ? CL_OK : OSAL_RC(CL_ERR_LIBRARY);
}

ClRcT clOsalSelfTaskIdGet(ClOsalTaskIdT *out)
{
    if (!out)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    *out = (ClOsalTaskIdT)pthread_self();
    return CL_OK;
}

/* ---- mutexes ------------------------------------------------------------- */

static ClRcT mutex_init(ClOsalMutexT *m, int type)
{
    pthread_mutexattr_t attr;
    int err;

    if (!m)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    m->flags = (ClOsalSharedMutexFlagsT)FLAGS_PLAIN;
    err = pthread_mutex_init(&m->shared_lock.mutex, &attr);
    pthread_mutexattr_destroy(&attr);
    return err ? OSAL_RC(CL_ERR_LIBRARY) : CL_OK;
}

static ClRcT result(int err)
{
    if (!err)
        return CL_OK;
    return OSAL_RC(err == EDEADLK || err == EBUSY ? CL_ERR_INUSE : CL_ERR_LIBRARY);
}

ClRcT clOsalMutexInit(ClOsalMutexT *m)
{
    return mutex_init(m, PTHREAD_MUTEX_DEFAULT);
}

ClRcT clOsalRecursiveMutexInit(ClOsalMutexT *m)
{
    return mutex_init(m, PTHREAD_MUTEX_RECURSIVE);
}

ClRcT clOsalMutexErrorCheckInit(ClOsalMutexT *m)
{
    return mutex_init(m, PTHREAD_MUTEX_ERRORCHECK);
}

ClRcT clOsalMutexCreate(ClOsalMutexIdT *out)
{
    ClOsalMutexIdT m;
    ClRcT rc;

    if (!out)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    m = calloc(1, sizeof(*m));
    if (!m)
        return OSAL_RC(CL_ERR_NO_MEMORY);
    rc = clOsalMutexInit(m);
    if (rc)
        free(m);
    else
        *out = m;
    return rc;
}

ClRcT clOsalMutexDestroy(ClOsalMutexT *m)
{
    return m ? result(pthread_mutex_destroy(&m->shared_lock.mutex))
             : OSAL_RC(CL_ERR_NULL_POINTER);
}

ClRcT clOsalMutexDelete(ClOsalMutexIdT m)
{
    const ClRcT rc = clOsalMutexDestroy(m);

    if (!rc)
        free(m);
    return rc;
}

ClRcT clOsalMutexLock(ClOsalMutexIdT m)
{
    return m ? result(pthread_mutex_lock(&m->shared_lock.mutex))
             : OSAL_RC(CL_ERR_NULL_POINTER);
}

ClRcT clOsalMutexTryLock(ClOsalMutexIdT m)
{
    return m ? result(pthread_mutex_trylock(&m->shared_lock.mutex))
             : OSAL_RC(CL_ERR_NULL_POINTER);
}

ClRcT clOsalMutexUnlock(ClOsalMutexIdT m)
{
    return m ? result(pthread_mutex_unlock(&m->shared_lock.mutex))
             : OSAL_RC(CL_ERR_NULL_POINTER);
}

/* ---- condition variables ------------------------------------------------- */

ClRcT clOsalCondInit(ClOsalCondT *c)
{
    pthread_condattr_t attr;
    int err;

    if (!c)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    err = pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
    return result(err);
}

ClRcT clOsalCondCreate(ClOsalCondIdT *out)
{
    ClOsalCondIdT c;
    ClRcT rc;

    if (!out)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    c = calloc(1, sizeof(*c));
    if (!c)
        return OSAL_RC(CL_ERR_NO_MEMORY);
    rc = clOsalCondInit(c);
    if (rc)
        free(c);
    else
        *out = c;
    return rc;
}

/* A zero timeout waits for ever. */
ClRcT clOsalCondWait(ClOsalCondIdT c, ClOsalMutexIdT m, ClTimerTimeOutT timeout)
{
    const int64_t deadline_ns = clv_deadline_ns(timeout_ns(timeout));
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};
    int err;

    if (!c || !m)
        return OSAL_RC(CL_ERR_NULL_POINTER);
    if (timeout.tsSec || timeout.tsMilliSec)
        err = pthread_cond_timedwait(c, &m->shared_lock.mutex, &ts);
    else
        err = pthread_cond_wait(c, &m->shared_lock.mutex);
    return err == ETIMEDOUT ? OSAL_RC(CL_ERR_TIMEOUT) : result(err);
}

ClRcT clOsalCondSignal(ClOsalCondIdT c)
{
    return c ? result(pthread_cond_signal(c)) : OSAL_RC(CL_ERR_NULL_POINTER);
}

ClRcT clOsalCondBroadcast(ClOsalCondIdT c)
{
    return c ? result(pthread_cond_broadcast(c)) : OSAL_RC(CL_ERR_NULL_POINTER);
}

ClRcT clOsalCondDestroy(ClOsalCondT *c)
{
    return c ? result(pthread_cond_destroy(c)) : OSAL_RC(CL_ERR_NULL_POINTER);
}

ClRcT clOsalCondDelete(ClOsalCondIdT c)
{
    const ClRcT rc = clOsalCondDestroy(c);

    if (!rc)
        free(c);
    return rc;
}

/* ---- printing ------------------------------------------------------------ */

/* No format attribute: programs pass what fits the size, not what fits the letter. */
ClRcT clOsalPrintf(const ClCharT *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    n = vfprintf(stdout, fmt, ap);
#pragma GCC diagnostic pop
    va_end(ap);
    return n < 0 ? OSAL_RC(CL_OSAL_ERR_OS_ERROR) : CL_OK;
}
