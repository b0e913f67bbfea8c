/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: one thread waits for the earliest. A callback in TASK context runs on that
 * thread; one in SEPARATE context on a thread made for it, and never twice at a time:
 * a firing that finds its predecessor still running is left out.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include <clTimerApi.h>

#include "base/clock.h"
#include "base/thread.h"
#include "shim/plat_handle.h"
#include "shim/registry.h"

struct timer {
    enum plat_what what;
    ClHandleT handle;
    ClTimerTypeT type;
    ClTimerContextT context;
    int64_t period_ns;
    ClTimerCallBackT action;
    void *argument;
    /* guarded by timers.lock */
    struct timer *next; /* of those that are armed, the earliest first */
    int64_t due_ns;     /* 0: not armed */
    bool deleted;       /* never armed again; its memory lasts until the last pin */
    bool running;       /* its callback */
    bool runner_known;  /* not before the callback's thread has begun */
    pthread_t runner;
};

static struct {
    pthread_mutex_t lock; /* guards every field */
    pthread_cond_t changed;
    struct timer *first;
    bool in_use;      /* since Initialize or the first timer, until Finalize */
    uint32_t process; /* that the thread belongs to, 0: none runs */
} timers = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the list; lock held ------------------------------------------------- */

static void disarm(struct timer *t)
{
    struct timer **at;

    if (!t->due_ns)
        return;
    for (at = &timers.first; *at != t; at = &(*at)->next)
        ;
    *at = t->next;
    t->due_ns = 0;
}

static void arm(struct timer *t, int64_t due_ns)
{
    struct timer **at;

    disarm(t);
    if (t->deleted)
        return;
    t->due_ns = due_ns;
    for (at = &timers.first; *at && (*at)->due_ns <= due_ns; at = &(*at)->next)
        ;
    t->next = *at;
    *at = t;
    pthread_cond_broadcast(&timers.changed);
}

/* The caller has a pin. */
static void timer_end(struct timer *t)
{
    disarm(t);
    t->deleted = true;
    clv_handle_close(t->handle, CLV_PLATFORM);
}

/* ---- firing -------------------------------------------------------------- */

/* Lock held; left for the callback. The pin of the firing is given up. */
static void callback_run(struct timer *t)
{
    const ClHandleT h = t->handle;

    t->runner = pthread_self();
    t->runner_known = true;
    pthread_mutex_unlock(&timers.lock);
    t->action(t->argument);
    pthread_mutex_lock(&timers.lock);
    t->running = false;
    if (t->type == CL_TIMER_VOLATILE)
        timer_end(t);
    pthread_cond_broadcast(&timers.changed);
    pthread_mutex_unlock(&timers.lock);
    clv_handle_put(h);
    pthread_mutex_lock(&timers.lock);
}

static void *separate_main(void *arg)
{
    pthread_mutex_lock(&timers.lock);
    callback_run(arg);
    pthread_mutex_unlock(&timers.lock);
    return NULL;
}

/* Lock held. */
static void fire(struct timer *t)
{
    const bool separate = t->context == CL_TIMER_SEPARATE_CONTEXT;
    const int64_t now_ns = clv_now_ns(), was_due_ns = t->due_ns;
    int64_t next_ns = (separate ? now_ns : was_due_ns) + t->period_ns;

    disarm(t);
    if (t->type == CL_TIMER_REPETITIVE)
        arm(t, next_ns > now_ns ? next_ns : now_ns + 1);
    if (t->running || !clv_handle_get(t->handle, CLV_PLATFORM))
        return;
    t->running = true;
    t->runner_known = false;
    if (!separate) {
        callback_run(t);
    } else if (!clv_thread_start(separate_main, t, 0, NULL)) {
        callback_run(t); /* better here than not at all */
    }
}

/* Lock held. */
static void earliest_wait(void)
{
    const int64_t due_ns = timers.first ? timers.first->due_ns : 0;
    const struct timespec ts = {.tv_sec = (time_t)(due_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(due_ns % CLV_NS_PER_S)};

    if (due_ns)
        pthread_cond_timedwait(&timers.changed, &timers.lock, &ts);
    else
        pthread_cond_wait(&timers.changed, &timers.lock);
}

static void *timer_main(void *arg)
{
    pthread_mutex_lock(&timers.lock);
    for (;;)
        if (timers.first && timers.first->due_ns <= clv_now_ns())
            fire(timers.first);
        else
            earliest_wait();
    return arg;
}

/* A child must not inherit a lock that some other thread holds. */
static void fork_lock(void)
{
    pthread_mutex_lock(&timers.lock);
}

static void fork_unlock(void)
{
    pthread_mutex_unlock(&timers.lock);
}

static void fork_watch(void)
{
    pthread_atfork(fork_lock, fork_unlock, fork_unlock);
}

/* Lock held. */
static bool thread_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    if (timers.process == clv_registry_process())
        return true;
    pthread_once(&once, fork_watch);
    timers.first = NULL; /* a forked child has none of its parent's timers */
    clv_cond_init(&timers.changed);
    if (!clv_thread_start(timer_main, NULL, 0, NULL))
        return false;
    timers.process = clv_registry_process();
    timers.in_use = true;
    return true;
}

/* ---- the API ------------------------------------------------------------- */

ClRcT clTimerInitialize(ClPtrT config)
{
    ClRcT rc = CL_OK;

    (void)config;
    clv_registry_prepare();
    pthread_mutex_lock(&timers.lock);
    if (timers.in_use && timers.process == clv_registry_process())
        rc = CL_TIMER_RC(CL_ERR_INITIALIZED);
    else if (!thread_ready())
        rc = CL_TIMER_RC(CL_ERR_NO_RESOURCE);
    else
        timers.in_use = true;
    pthread_mutex_unlock(&timers.lock);
    return rc;
}

/* Programs call it while the rest of the platform is in use: only the timers stop. */
ClRcT clTimerFinalize(void)
{
    pthread_mutex_lock(&timers.lock);
    while (timers.first)
        disarm(timers.first);
    timers.in_use = false;
    pthread_mutex_unlock(&timers.lock);
    return CL_OK;
}

static ClRcT create_check(ClTimerTypeT type, ClTimerContextT context,
                          ClTimerCallBackT action, const ClTimerHandleT *out)
{
    if (!out)
        return CL_TIMER_RC(CL_ERR_INVALID_PARAMETER);
    if (!action)
        return CL_TIMER_RC(CL_TIMER_ERR_NULL_TIMER_CALLBACK);
    if ((int)type < 0 || type >= CL_TIMER_MAX_TYPE)
        return CL_TIMER_RC(CL_TIMER_ERR_INVALID_TIMER_TYPE);
    if ((int)context < 0 || context >= CL_TIMER_MAX_CONTEXT)
        return CL_TIMER_RC(CL_TIMER_ERR_INVALID_TIMER_CONTEXT_TYPE);
    return CL_OK;
}

static bool service_ready(void)
{
    bool ready;

    clv_registry_prepare();
    pthread_mutex_lock(&timers.lock);
    ready = thread_ready();
    timers.in_use = ready;
    pthread_mutex_unlock(&timers.lock);
    return ready;
}

ClRcT clTimerCreate(ClTimerTimeOutT timeout, ClTimerTypeT type, ClTimerContextT context,
                    ClTimerCallBackT action, void *argument, ClTimerHandleT *out)
{
    const ClRcT rc = create_check(type, context, action, out);
    struct timer *t;

    if (rc)
        return rc;
    if (!service_ready())
        return CL_TIMER_RC(CL_ERR_NO_RESOURCE);
    t = calloc(1, sizeof(*t));
    if (!t)
        return CL_TIMER_RC(CL_ERR_NO_MEMORY);
    *t = (struct timer){.what = PLAT_TIMER,
                        .type = type,
                        .context = context,
                        .period_ns = (int64_t)timeout.tsSec * CLV_NS_PER_S +
                                     (int64_t)timeout.tsMilliSec * CLV_NS_PER_MS,
                        .action = action,
                        .argument = argument};
    pthread_mutex_lock(&timers.lock);
    t->handle = clv_handle_add(CLV_PLATFORM, t, free);
    pthread_mutex_unlock(&timers.lock);
    if (!t->handle) {
        free(t);
        return CL_TIMER_RC(CL_ERR_NO_MEMORY);
    }
    *out = (ClTimerHandleT)(uintptr_t)t->handle;
    return CL_OK;
}

ClRcT clTimerStart(ClTimerHandleT handle)
{
    const ClHandleT h = (ClHandleT)(uintptr_t)handle;
    struct timer *t = plat_get(h, PLAT_TIMER);

    if (!t)
        return CL_TIMER_RC(h ? CL_ERR_INVALID_HANDLE : CL_ERR_INVALID_PARAMETER);
    pthread_mutex_lock(&timers.lock);
    arm(t, clv_deadline_ns(t->period_ns));
    pthread_mutex_unlock(&timers.lock);
    clv_handle_put(h);
    return CL_OK;
}

ClRcT clTimerCreateAndStart(ClTimerTimeOutT timeout, ClTimerTypeT type,
                            ClTimerContextT context, ClTimerCallBackT action,
                            void *argument, ClTimerHandleT *out)
{
    const ClRcT rc = clTimerCreate(timeout, type, context, action, argument, out);

    return rc ? rc : clTimerStart(*out);
}

ClRcT clTimerStop(ClTimerHandleT handle)
{
    const ClHandleT h = (ClHandleT)(uintptr_t)handle;
    struct timer *t = plat_get(h, PLAT_TIMER);

    if (!t)
        return CL_TIMER_RC(h ? CL_ERR_INVALID_HANDLE : CL_ERR_INVALID_PARAMETER);
    pthread_mutex_lock(&timers.lock);
    disarm(t);
    pthread_mutex_unlock(&timers.lock);
    clv_handle_put(h);
    return CL_OK;
}

/* Lock held. Inside its own callback nobody can wait for it. */
static void callback_wait(const struct timer *t)
{
    while (t->running && !(t->runner_known && pthread_equal(t->runner, pthread_self())))
        pthread_cond_wait(&timers.changed, &timers.lock);
}

ClRcT clTimerDelete(ClTimerHandleT *handle)
{
    ClHandleT h;
    struct timer *t;

    if (!handle)
        return CL_TIMER_RC(CL_ERR_INVALID_PARAMETER);
    h = (ClHandleT)(uintptr_t)*handle;
    t = plat_get(h, PLAT_TIMER);
    if (!t)
        return CL_TIMER_RC(CL_ERR_INVALID_HANDLE);
    if (t->type == CL_TIMER_VOLATILE) {
        clv_handle_put(h);
        return CL_TIMER_RC(CL_ERR_OP_NOT_PERMITTED);
    }
    pthread_mutex_lock(&timers.lock);
    timer_end(t);
    callback_wait(t);
    pthread_mutex_unlock(&timers.lock);
    clv_handle_put(h);
    *handle = NULL;
    return CL_OK;
}
