/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. OpenAsync, SynchronizeAsync, and where their callbacks run. */
#include "ckpt_case.h"

#include <poll.h>
#include <pthread.h>

#include "base/clock.h"
#include "shim/registry.h"

TestSuite(rows_async, .timeout = 100);

static struct {
    pthread_mutex_t lock;
    pthread_t thread;
    int n_open, n_sync;
    ClInvocationT inv;
    ClHandleT h;
    unsigned int rc;
    void (*then)(void);
} told = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void on_open(ClInvocationT inv, ClHandleT h, unsigned int rc)
{
    pthread_mutex_lock(&told.lock);
    told.thread = pthread_self();
    told.inv = inv;
    told.h = h;
    told.rc = rc;
    told.n_open++;
    pthread_mutex_unlock(&told.lock);
    if (told.then)
        told.then();
}

static void on_sync(ClInvocationT inv, unsigned int rc)
{
    pthread_mutex_lock(&told.lock);
    told.thread = pthread_self();
    told.inv = inv;
    told.rc = rc;
    told.n_sync++;
    pthread_mutex_unlock(&told.lock);
    if (told.then)
        told.then();
}

static void begin_async(void)
{
    told.n_open = told.n_sync = 0;
    told.then = NULL;
    OK(t_init(&svc, on_open, on_sync));
}

static void arguments_body(void)
{
    attrs_t a = attrs(WR, 3, 8), big = attrs(WR, 2, 4);
    ClHandleT h;

    begin_async();
    ROW("OpenAsync#1", t_open_async(svc, 1, NULL, &a, RWC), NULL_POINTER);
    ROW("OpenAsync#1", t_open_async(svc, 1, nm("n"), &a, 8), BAD_FLAG);
    ROW("OpenAsync#1", t_open_async(svc, 1, nm("n"), NULL, C), NULL_POINTER);
    ROW("Sa.wrapper#4", t_open_async(svc, 1, nm("n"), NULL, RWC), NULL_POINTER);
    ROW("OpenAsync#1", t_open_async(svc, 1, nm("n"), &a, R), INVALID_PARAMETER);
    big.checkpointSize = 9;
    ROW("Sa.wrapper#4", t_open_async(svc, 1, nm("n"), &big, RWC), INVALID_PARAMETER);
    ROW("OpenAsync#1", t_open_async(0, 1, nm("n"), &a, RWC), INVALID_HANDLE);
    FACT("OpenAsync#1", told.n_open == 0);
    h = opened(svc, "n", WR, 3, 8, R | C);
    OK(t_close(h));
    end();
    OK(t_init(&svc, NULL, on_sync));
    ROW("OpenAsync#2", t_open_async(svc, 1, nm("n"), &a, RWC), INITIALIZED);
    end();
    OK(t_init(&svc, on_open, NULL));
    h = opened(svc, "n", WR, 3, 8, RWC);
    ROW("Synchronize#3", t_sync_async(h, 1), INITIALIZED);
    OK(t_close(h));
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS, 3, 8, R | C);
    ROW("Synchronize#3", t_sync_async(h, 1), INITIALIZED); /* before the other reasons */
    OK(t_close(h));
    end();
}

Test(rows_async, arguments)
{
    each_variant(arguments_body);
}

static void no_callbacks_body(void)
{
    attrs_t a = attrs(WR, 3, 8);
    SaVersionT sv = {'B', 2, 2};
    ClVersionT cv = {'B', 1, 1};
    ClHandleT h;

    OK(v.sa ? saCkptInitialize((void *)&svc, NULL, &sv)
            : clCkptInitialize(&svc, NULL, &cv));
    ROW("OpenAsync#2", t_open_async(svc, 1, nm("n"), &a, RWC), INITIALIZED);
    h = opened(svc, "n", WR, 3, 8, RWC);
    ROW("Synchronize#3", t_sync_async(h, 1), INITIALIZED);
    OK(t_close(h));
    end();
}

Test(rows_async, without_a_callbacks_struct)
{
    each_variant(no_callbacks_body);
}

static void sync_arguments_body(void)
{
    ClHandleT h;

    begin_async();
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS, 3, 8, RWC);
    ROW("Synchronize#5", t_sync_async(h, 1), BAD_OPERATION);
    OK(t_close(h));
    h = opened(svc, "c", WR | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 8, RWC);
    ROW("Synchronize#6", t_sync_async(h, 1), NOT_EXIST);
    OK(t_close(h));
    h = opened(svc, "r", WR, 3, 8, RWC);
    OK(t_open(svc, nm("r"), NULL, R, &told.h));
    ROW("Synchronize#4", t_sync_async(told.h, 1), OP_NOT_PERMITTED);
    OK(t_close(told.h));
    OK(t_close(h));
    FACT("Synchronize#4", told.n_sync == 0);
    end();
}

Test(rows_async, synchronize_arguments)
{
    each_variant(sync_arguments_body);
}

static void direct_body(void)
{
    attrs_t a = attrs(WR, 3, 8);

    begin_async();
    ROW_OK("OpenAsync#3", t_open_async(svc, 41, nm("n"), &a, RWC));
    world_drain();
    FACT("Delivery#1", told.n_open == 1 && !pthread_equal(told.thread, pthread_self()));
    FACT("OpenAsync.args#1", told.inv == 41);
    row_at(__LINE__, "OpenAsync.args#1", told.rc, CL_OK);
    ROW_OK("OpenAsync.args#1", add(told.h, "s", "1"));
    ROW_OK("Synchronize#8", t_sync_async(told.h, 42));
    world_drain();
    FACT("Delivery#1", told.n_sync == 1 && told.inv == 42);
    row_at(__LINE__, "Synchronize.args#1", told.rc, CL_OK);
    OK(t_close(told.h));
    ROW_OK("OpenAsync#3", t_open_async(svc, 44, nm("n"), NULL, R));
    world_drain();
    row_at(__LINE__, "OpenAsync.args#2", told.rc, CL_ERR_NOT_EXIST);
    FACT("OpenAsync.args#2", told.h == UINT64_MAX && told.inv == 44);
    end();
}

Test(rows_async, without_a_selection_object_callbacks_come_from_the_library)
{
    each_variant(direct_body);
}

static void queued_body(void)
{
    attrs_t a = attrs(WR, 3, 8);
    ClSelectionObjectT fd;
    struct pollfd p;

    begin_async();
    OK(t_fd(svc, &fd));
    p = (struct pollfd){.fd = (int)fd, .events = POLLIN};
    OK(t_open_async(svc, 1, nm("n"), &a, RWC));
    world_drain();
    FACT("Delivery#2", told.n_open == 0);
    FACT("SelectionObjectGet#6", poll(&p, 1, 0) == 1);
    ROW_OK("Dispatch#6", t_dispatch(svc, CL_DISPATCH_ONE));
    FACT("Delivery#2", told.n_open == 1 && pthread_equal(told.thread, pthread_self()));
    FACT("SelectionObjectGet#6", poll(&p, 1, 0) == 0);
    OK(t_sync_async(told.h, 2));
    OK(t_sync_async(told.h, 3));
    OK(t_sync_async(told.h, 4));
    world_drain();
    ROW_OK("Dispatch#6", t_dispatch(svc, CL_DISPATCH_ONE));
    FACT("Dispatch#6", told.n_sync == 1 && told.inv == 2);
    ROW_OK("Dispatch#7", t_dispatch(svc, CL_DISPATCH_ALL));
    FACT("Dispatch#7", told.n_sync == 3 && told.inv == 4);
    OK(t_close(told.h));
    end();
}

Test(rows_async, with_a_selection_object_callbacks_wait_for_dispatch)
{
    each_variant(queued_body);
}

static void cancel_body(void)
{
    attrs_t a = attrs(WR, 3, 8);
    ClSelectionObjectT fd;
    ClHandleT h;

    begin_async();
    OK(t_fd(svc, &fd));
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(t_sync_async(h, 1));
    world_drain();
    OK(t_close(h));
    OK(t_dispatch(svc, CL_DISPATCH_ALL));
    FACT("Rules.close#1", told.n_sync == 0);
    OK(t_open_async(svc, 1, nm("n"), &a, RWC));
    world_drain();
    end();
    FACT("Delivery#3", told.n_open == 0);
    begin(); /* and the open that nobody heard of is closed */
    ROW("Delivery#3", t_open(svc, nm("n"), NULL, R, &h), NOT_EXIST);
    end();
}

Test(rows_async, close_and_finalize_cancel_what_is_queued)
{
    each_variant(cancel_body);
}

static void calls_inside(void)
{
    ClSelectionObjectT fd;
    ClHandleT h;

    told.then = NULL;
    h = opened(svc, "inside", WR, 3, 8, RWC);
    ROW_OK("Delivery#4", t_dispatch(svc, CL_DISPATCH_ALL));
    ROW_OK("Delivery#4", t_fd(svc, &fd));
    ROW_OK("Delivery#4", t_sync_async(told.h, 9));
    ROW_OK("Delivery#4", t_close(h));
}

static void finalize_inside(void)
{
    told.then = NULL;
    ROW_OK("Delivery#5", t_fini(svc));
}

static bool is_stopped(void)
{
    int i;

    for (i = 0; i < 4000 && clv_registry_is_joined(); i++)
        poll(NULL, 0, 5);
    return !clv_registry_is_joined();
}

static void reenter_body(void)
{
    attrs_t a = attrs(WR, 3, 8);
    ClSelectionObjectT fd;

    begin_async(); /* on the library's thread */
    told.then = calls_inside;
    OK(t_open_async(svc, 1, nm("n"), &a, RWC));
    world_drain();
    end();

    begin_async();
    OK(t_open_async(svc, 1, nm("n"), &a, RWC));
    world_drain();
    told.then = finalize_inside;
    OK(t_sync_async(told.h, 2));
    FACT("Delivery#5", is_stopped());

    begin_async(); /* on ours */
    OK(t_fd(svc, &fd));
    told.then = calls_inside;
    OK(t_open_async(svc, 1, nm("n"), &a, RWC));
    world_drain();
    OK(t_dispatch(svc, CL_DISPATCH_ONE));
    world_drain();
    told.then = finalize_inside;
    ROW_OK("Delivery#5", t_dispatch(svc, CL_DISPATCH_ALL));
    FACT("Delivery#5", !clv_registry_is_joined());
}

Test(rows_async, callbacks_may_call_anything_even_finalize)
{
    each_variant(reenter_body);
}

static void *block(void *unused)
{
    ROW_OK("Dispatch#8", t_dispatch(svc, CL_DISPATCH_BLOCKING));
    return unused;
}

static void blocking_body(void)
{
    attrs_t a = attrs(WR, 3, 8);
    ClSelectionObjectT fd;
    pthread_t t;
    int i;

    begin_async();
    OK(t_fd(svc, &fd)); /* from here on nothing is delivered but by Dispatch */
    cr_assert_eq(pthread_create(&t, NULL, block, NULL), 0);
    OK(t_open_async(svc, 1, nm("n"), &a, RWC));
    for (i = 0; i < 2000; i++) {
        pthread_mutex_lock(&told.lock);
        if (told.n_open)
            i = 3000;
        pthread_mutex_unlock(&told.lock);
        poll(NULL, 0, 2);
    }
    FACT("Dispatch#8", told.n_open == 1);
    end();
    pthread_join(t, NULL);
    FACT("Dispatch#8", !clv_registry_is_joined());
}

Test(rows_async, blocking_dispatch_returns_after_finalize)
{
    each_variant(blocking_body);
}

Test(rows_async, callbacks_of_two_services_do_not_mix)
{
    ClCkptCallbacksT none = {NULL, NULL};
    ClVersionT cv = {'B', 1, 1};
    attrs_t a = attrs(WR, 3, 8);
    ClHandleT other;

    world_begin();
    v = (struct variant){"SA B.01.01", true, false};
    begin_async();
    cr_assert_eq(clCkptInitialize(&other, &none, &cv), CL_OK);
    ROW_OK("Sa.slot#1", t_open_async(svc, 1, nm("n"), &a, RWC));
    world_drain();
    FACT("Sa.slot#1", told.n_open == 1);
    cr_expect_eq(clCkptCheckpointOpenAsync(other, 1, nm("n"), &a, RWC), 0x16000c,
                 "row Sa.slot#1: its own callbacks, and it has none");
    cr_expect_eq(clCkptFinalize(other), CL_OK);
    end();
    world_end();
    world_close();
}
