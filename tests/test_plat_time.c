/* SPDX-License-Identifier: Apache-2.0 */
/* Timers, task pools and the thread layer. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <clOsalApi.h>
#include <clTaskPool.h>
#include <clTimerApi.h>

#include "base/clock.h"
#include "fixture_redis.h"

TestSuite(timer, .timeout = 60);
TestSuite(taskpool, .timeout = 60);
TestSuite(osal, .timeout = 60);

static int fired;
static pthread_t fired_on;

static ClRcT count(void *arg)
{
    fired_on = pthread_self();
    __atomic_fetch_add(&fired, 1, __ATOMIC_SEQ_CST);
    if (arg)
        *(int64_t *)arg = clv_now_ns();
    return CL_OK;
}

static bool has_fired(void *arg)
{
    return __atomic_load_n(&fired, __ATOMIC_SEQ_CST) >= *(int *)arg;
}

static bool fires(int times)
{
    return wait_for(has_fired, &times, 10000);
}

static ClTimerTimeOutT ms(ClUint32T n)
{
    return (ClTimerTimeOutT){n / 1000, n % 1000};
}

Test(timer, creation_checks_its_arguments)
{
    ClTimerHandleT h = NULL;

    cr_expect_eq(clTimerCreate(ms(1), 0, 0, count, NULL, NULL), 0x00080002u);
    cr_expect_eq(clTimerCreate(ms(1), 0, 0, NULL, NULL, &h), 0x00080104u);
    cr_expect_eq(clTimerCreate(ms(1), 3, 0, count, NULL, &h), 0x00080102u);
    cr_expect_eq(clTimerCreate(ms(1), 0, 2, count, NULL, &h), 0x00080103u);
    cr_expect_eq(clTimerStart(NULL), 0x00080002u);
    cr_expect_eq(clTimerStop(NULL), 0x00080002u);
    cr_expect_eq(clTimerDelete(NULL), 0x00080002u);
    cr_expect_eq(clTimerDelete(&h), 0x00080005u);
}

Test(timer, one_shot_fires_once_and_can_be_started_again)
{
    const int64_t before = clv_now_ns();
    int64_t at = 0;
    ClTimerHandleT h;

    cr_assert_eq(
        clTimerCreate(ms(20), CL_TIMER_ONE_SHOT, CL_TIMER_TASK_CONTEXT, count, &at, &h),
        CL_OK);
    cr_assert_eq(clTimerStart(h), CL_OK);
    cr_assert(fires(1));
    cr_expect_geq(at - before, 20 * CLV_NS_PER_MS);
    cr_expect_eq(clTimerStop(h), CL_OK);
    cr_expect_eq(clTimerStop(h), CL_OK);
    cr_assert_eq(clTimerStart(h), CL_OK);
    cr_assert(fires(2));
    cr_expect_eq(clTimerDelete(&h), CL_OK);
    cr_expect_null(h);
}

Test(timer, repetitive_ones_go_on_until_stopped_in_either_context)
{
    for (int context = 0; context < 2; context++) {
        ClTimerHandleT h, stale;

        fired = 0;
        cr_assert_eq(clTimerCreateAndStart(ms(2), CL_TIMER_REPETITIVE,
                                           (ClTimerContextT)context, count, NULL, &h),
                     CL_OK);
        cr_assert(fires(5));
        cr_expect_not(pthread_equal(fired_on, pthread_self()));
        stale = h;
        cr_expect_eq(clTimerDelete(&h), CL_OK);
        fired = 0; /* after Delete no callback runs any more */
        cr_expect_eq(clTimerStart(stale), 0x00080005u);
        cr_expect_eq(fired, 0);
    }
}

Test(timer, a_stopped_timer_does_not_fire)
{
    ClTimerHandleT late, soon;
    int64_t at;

    cr_assert_eq(clTimerCreateAndStart(ms(30), 0, 0, count, NULL, &late), CL_OK);
    cr_assert_eq(clTimerStop(late), CL_OK);
    cr_assert_eq(clTimerCreateAndStart(ms(60), 0, 0, count, &at, &soon), CL_OK);
    cr_assert(fires(1));
    cr_expect_eq(fired, 1);
}

Test(timer, a_volatile_one_deletes_itself)
{
    ClTimerHandleT h;

    cr_assert_eq(clTimerCreateAndStart(ms(50), CL_TIMER_VOLATILE, 1, count, NULL, &h),
                 CL_OK);
    cr_expect_eq(clTimerDelete(&h), 0x00080020u);
    cr_assert(fires(1));
    while (clTimerStop(h) == CL_OK)
        ;
    cr_expect_eq(clTimerStop(h), 0x00080005u);
}

static ClTimerHandleT self;
static ClRcT self_rc = 1;

static ClRcT delete_self(void *arg)
{
    (void)arg;
    self_rc = clTimerDelete(&self);
    __atomic_fetch_add(&fired, 1, __ATOMIC_SEQ_CST);
    return CL_OK;
}

Test(timer, a_callback_may_delete_its_timer)
{
    for (int context = 0; context < 2; context++) {
        fired = 0;
        cr_assert_eq(clTimerCreate(ms(1), CL_TIMER_REPETITIVE, (ClTimerContextT)context,
                                   delete_self, NULL, &self),
                     CL_OK);
        cr_assert_eq(clTimerStart(self), CL_OK);
        cr_assert(fires(1));
        cr_expect_eq(self_rc, CL_OK);
    }
}

static ClRcT slow(void *arg)
{
    ClTimerTimeOutT t = ms(100);

    __atomic_fetch_add(&fired, 1, __ATOMIC_SEQ_CST);
    clOsalTaskDelay(t);
    *(bool *)arg = true;
    return CL_OK;
}

Test(timer, delete_waits_for_a_running_callback)
{
    bool done = false;
    ClTimerHandleT h;

    cr_assert_eq(clTimerCreateAndStart(ms(1), 0, 1, slow, &done, &h), CL_OK);
    cr_assert(fires(1));
    cr_expect_eq(clTimerDelete(&h), CL_OK);
    cr_expect(done);
}

Test(timer, finalize_stops_timers_and_nothing_else)
{
    ClTimerHandleT h;

    cr_expect_eq(clTimerInitialize(NULL), CL_OK);
    cr_expect_eq(clTimerInitialize(NULL), 0x0008000cu);
    cr_assert_eq(clTimerCreateAndStart(ms(2), CL_TIMER_REPETITIVE, 1, count, NULL, &h),
                 CL_OK);
    cr_assert(fires(1));
    cr_expect_eq(clTimerFinalize(), CL_OK);
    cr_expect_eq(clTimerFinalize(), CL_OK);
    cr_expect_eq(clTimerStart(h), CL_OK, "it can be used afterwards");
    fired = 0;
    cr_expect(fires(2));
    cr_expect_eq(clTimerDelete(&h), CL_OK);
}

/* ---- task pools ---------------------------------------------------------- */

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int running, most;

static ClRcT job(ClPtrT cookie)
{
    const int now = __atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);

    (void)cookie;
    if (now > most)
        most = now;
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    __atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&fired, 1, __ATOMIC_SEQ_CST);
    return CL_OK;
}

static bool two_run(void *arg)
{
    (void)arg;
    return __atomic_load_n(&running, __ATOMIC_SEQ_CST) == 2;
}

Test(taskpool, runs_at_most_so_many_jobs_at_once_and_all_in_the_end)
{
    ClTaskPoolHandleT p;

    cr_expect_eq(clTaskPoolCreate(NULL, 2, NULL, NULL), 0x00390002u);
    cr_assert_eq(clTaskPoolCreate(&p, 2, count, NULL), CL_OK);
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 3; i++) /* two run, one waits */
        cr_assert_eq(clTaskPoolRun(p, job, NULL), CL_OK, "job %d", i);
    cr_assert(wait_for(two_run, NULL, 5000));
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(clTaskPoolRun(p, job, NULL), CL_OK, "job %d", i);
    cr_expect_eq(clTaskPoolStop(p), CL_OK);
    cr_expect_geq(fired, 103);
    cr_expect_leq(most, 2);
    cr_expect_neq(clTaskPoolRun(p, job, NULL), CL_OK);
    cr_expect_eq(clTaskPoolStart(p), CL_OK);
    cr_expect_eq(clTaskPoolRun(p, job, NULL), CL_OK);
    cr_expect_eq(clTaskPoolDelete(p), CL_OK);
}

/* ---- osal ---------------------------------------------------------------- */

static void *task(void *arg)
{
    count(NULL);
    return arg;
}

Test(osal, threads_are_checked_and_started)
{
    ClOsalTaskIdT id;

    cr_expect_eq(clOsalTaskCreateDetached("t", CL_OSAL_SCHED_OTHER, 0, 0, NULL, NULL),
                 0x00010003u);
    cr_expect_eq(clOsalTaskCreateDetached("t", CL_OSAL_SCHED_OTHER, 1, 0, task, NULL),
                 0x00010002u);
    cr_expect_eq(clOsalTaskCreateDetached("t", CL_OSAL_SCHED_FIFO, 0, 0, task, NULL),
                 0x00010002u);
    cr_expect_eq(clOsalTaskCreateDetached("t", CL_OSAL_SCHED_FIFO, 161, 0, task, NULL),
                 0x00010002u);
    cr_expect_eq(
        clOsalTaskCreateDetached(NULL, CL_OSAL_SCHED_OTHER, 0, 65536, task, NULL), CL_OK);
    cr_assert_eq(
        clOsalTaskCreateAttached("t", CL_OSAL_SCHED_OTHER, 0, 0, task, NULL, &id), CL_OK);
    cr_expect_eq(clOsalTaskJoin(id), CL_OK);
    cr_expect(fires(2));
}

Test(osal, mutexes_and_conditions)
{
    ClOsalMutexT m, errorcheck;
    ClOsalMutexIdT heap;
    ClOsalCondIdT c;

    cr_expect_eq(clOsalMutexInit(NULL), 0x00010003u);
    cr_expect_eq(clOsalMutexLock(NULL), 0x00010003u);
    cr_assert_eq(clOsalMutexInit(&m), CL_OK);
    cr_expect_eq(m.flags, 1);
    cr_expect_eq(clOsalMutexLock(&m), CL_OK);
    cr_expect_eq(clOsalMutexTryLock(&m), 0x00010015u);
    cr_assert_eq(clOsalCondCreate(&c), CL_OK);
    cr_expect_eq(clOsalCondWait(c, &m, ms(10)), 0x00010014u);
    cr_expect_eq(clOsalCondDelete(c), CL_OK);
    cr_expect_eq(clOsalMutexUnlock(&m), CL_OK);
    cr_expect_eq(clOsalMutexDestroy(&m), CL_OK);
    cr_assert_eq(clOsalMutexErrorCheckInit(&errorcheck), CL_OK);
    cr_expect_eq(clOsalMutexLock(&errorcheck), CL_OK);
    cr_expect_eq(clOsalMutexLock(&errorcheck), 0x00010015u);
    cr_expect_eq(clOsalMutexUnlock(&errorcheck), CL_OK);
    cr_assert_eq(clOsalMutexCreate(&heap), CL_OK);
    cr_expect_eq(clOsalMutexDelete(heap), CL_OK);
}

Test(osal, time_goes_on)
{
    const ClTimeT before = clOsalStopWatchTimeGet();
    ClTimerTimeOutT wall;

    cr_expect_eq(clOsalTaskDelay(ms(5)), CL_OK);
    cr_expect_geq(clOsalStopWatchTimeGet() - before, 5000);
    cr_expect_eq(clOsalTimeOfDayGet(&wall), CL_OK);
    cr_expect_leq(time(NULL) - (time_t)wall.tsSec, 1);
}
