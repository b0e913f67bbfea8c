/* SPDX-License-Identifier: Apache-2.0 */
/* clTaskPool: at most maxTasks threads, made when a job finds none idle. One job may
 * wait for a thread; who brings the next one waits with it. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include <clTaskPool.h>

#include "base/clock.h"
#include "base/thread.h"

enum { STOP_WAIT_S = 5 }; /* for each thread that still runs a job */

struct ClTaskPool {
    pthread_mutex_t lock; /* guards every field */
    pthread_cond_t changed;
    ClInt32T max, n_threads, n_idle;
    ClCallbackT job; /* NULL: none waits */
    ClPtrT job_cookie;
    ClCallbackT pre_idle; /* may be NULL */
    ClPtrT pre_idle_cookie;
    bool stopped, quiet, deleted;
};

static void pool_free(struct ClTaskPool *p)
{
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* Lock held. False: the thread is to end. */
static bool job_take(struct ClTaskPool *p, ClCallbackT *job, ClPtrT *cookie)
{
    if (!p->job && !p->stopped && p->pre_idle) {
        pthread_mutex_unlock(&p->lock);
        p->pre_idle(p->pre_idle_cookie);
        pthread_mutex_lock(&p->lock);
    }
    p->n_idle++;
    while (!p->stopped && (!p->job || p->quiet))
        pthread_cond_wait(&p->changed, &p->lock);
    p->n_idle--;
    if (p->stopped)
        return false;
    *job = p->job;
    *cookie = p->job_cookie;
    p->job = NULL;
    pthread_cond_broadcast(&p->changed);
    return true;
}

static void *pool_main(void *arg)
{
    struct ClTaskPool *p = arg;
    ClCallbackT job;
    ClPtrT cookie;
    bool last;

    pthread_mutex_lock(&p->lock);
    while (job_take(p, &job, &cookie)) {
        pthread_mutex_unlock(&p->lock);
        job(cookie);
        pthread_mutex_lock(&p->lock);
    }
    p->n_threads--;
    last = p->deleted && !p->n_threads;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    if (last)
        pool_free(p); /* its owner did not wait any longer */
    return NULL;
}

ClRcT clTaskPoolCreate(ClTaskPoolHandleT *out, ClInt32T max, ClCallbackT pre_idle,
                       ClPtrT pre_idle_cookie)
{
    struct ClTaskPool *p;

    if (!out || max <= 0)
        return CL_TASKPOOL_RC(CL_ERR_INVALID_PARAMETER);
    p = calloc(1, sizeof(*p));
    if (!p)
        return CL_TASKPOOL_RC(CL_ERR_NO_MEMORY);
    pthread_mutex_init(&p->lock, NULL);
    clv_cond_init(&p->changed);
    p->max = max;
    p->pre_idle = pre_idle;
    p->pre_idle_cookie = pre_idle_cookie;
    *out = p;
    return CL_OK;
}

/* Lock held. A thread for the job that waits, unless one is idle or there are enough. */
static bool thread_provide(struct ClTaskPool *p)
{
    if (p->n_idle > 0 || p->n_threads >= p->max)
        return true;
    p->n_threads++;
    if (clv_thread_start(pool_main, p, 0, NULL))
        return true;
    p->n_threads--;
    return p->n_threads > 0; /* another one will come to it */
}

ClRcT clTaskPoolRun(ClTaskPoolHandleT p, ClCallbackT job, ClPtrT cookie)
{
    ClRcT rc = CL_OK;

    if (!p || !job)
        return CL_TASKPOOL_RC(CL_ERR_INVALID_PARAMETER);
    pthread_mutex_lock(&p->lock);
    while (p->job && !p->stopped)
        pthread_cond_wait(&p->changed, &p->lock);
    if (p->stopped) {
        rc = CL_TASKPOOL_RC(CL_ERR_NOT_INITIALIZED);
    } else {
        p->job = job;
        p->job_cookie = cookie;
        if (!thread_provide(p)) {
            p->job = NULL;
            rc = CL_TASKPOOL_RC(CL_ERR_NO_RESOURCE);
        }
        pthread_cond_broadcast(&p->changed);
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

/* Lock held. Threads that do not end in time are left to themselves. */
static void threads_wait(struct ClTaskPool *p)
{
    const int64_t deadline_ns =
        clv_deadline_ns((int64_t)p->n_threads * STOP_WAIT_S * CLV_NS_PER_S);
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    while (p->n_threads > 0)
        if (pthread_cond_timedwait(&p->changed, &p->lock, &ts))
            return;
}

/* A job that found no thread yet still runs: whoever brought it was told so. */
ClRcT clTaskPoolStop(ClTaskPoolHandleT p)
{
    if (!p)
        return CL_TASKPOOL_RC(CL_ERR_INVALID_PARAMETER);
    pthread_mutex_lock(&p->lock);
    p->quiet = false;
    pthread_cond_broadcast(&p->changed);
    while (p->job && !p->stopped)
        pthread_cond_wait(&p->changed, &p->lock);
    p->stopped = true;
    pthread_cond_broadcast(&p->changed);
    threads_wait(p);
    pthread_mutex_unlock(&p->lock);
    return CL_OK;
}

static ClRcT flags_set(struct ClTaskPool *p, bool stopped, bool quiet)
{
    if (!p)
        return CL_TASKPOOL_RC(CL_ERR_INVALID_PARAMETER);
    pthread_mutex_lock(&p->lock);
    p->stopped = stopped;
    p->quiet = quiet;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    return CL_OK;
}

ClRcT clTaskPoolStart(ClTaskPoolHandleT p)
{
    return flags_set(p, false, false);
}

ClRcT clTaskPoolQuiesce(ClTaskPoolHandleT p)
{
    return flags_set(p, false, true);
}

ClRcT clTaskPoolResume(ClTaskPoolHandleT p)
{
    return flags_set(p, false, false);
}

ClRcT clTaskPoolDelete(ClTaskPoolHandleT p)
{
    const ClRcT rc = clTaskPoolStop(p);
    bool last;

    if (rc)
        return rc;
    pthread_mutex_lock(&p->lock);
    p->deleted = true;
    last = !p->n_threads;
    pthread_mutex_unlock(&p->lock);
    if (last)
        pool_free(p);
    return CL_OK;
}
