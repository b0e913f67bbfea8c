/* SPDX-License-Identifier: Apache-2.0 */
/* Completions that fail, come too late, or are never fetched. */
#include "ckpt_case.h"
#include "fake_store.h"

TestSuite(async, .timeout = 60);

static int n_open, n_sync;
static ClInvocationT last_inv;
static unsigned int last_rc;

static void on_open(ClInvocationT inv, ClHandleT h, unsigned int rc)
{
    (void)h;
    last_inv = inv;
    last_rc = rc;
    n_open++;
}

static void on_sync(ClInvocationT inv, unsigned int rc)
{
    last_inv = inv;
    last_rc = rc;
    n_sync++;
}

static void begin_async(void)
{
    n_open = n_sync = 0;
    OK(t_init(&svc, on_open, on_sync));
}

static void failed_sync_body(void)
{
    ClHandleT h;

    begin_async();
    h = opened(svc, "n", WR, 3, 8, RWC);
    fake_fail("ckpt_sync", STORE_UNSURE);
    OK(t_sync_async(h, 43));
    fake_drain();
    FACT("Synchronize.args#1", n_sync == 1 && last_inv == 43);
    row_at(__LINE__, "Synchronize.args#1", last_rc, CL_ERR_TIMEOUT);
    OK(t_close(h));
    end();
}

Test(async, a_synchronize_that_fails_says_so)
{
    each_variant(failed_sync_body);
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
    fake_drain();
    fake_hold(true);
    OK(t_sync_async(h, 2));
    OK(t_close(h));
    fake_hold(false);
    fake_drain();
    OK(t_dispatch(svc, CL_DISPATCH_ALL));
    FACT("Rules.close#1",
         n_sync == 0); /* neither the queued one nor the one on its way */
    /* an open that nobody hears of leaves no open behind */
    OK(t_open_async(svc, 1, nm("n"), &a, RWC));
    fake_drain();
    FACT("Delivery#3", fake_open() == 1);
    fake_hold(true);
    OK(t_open_async(svc, 2, nm("m"), &a, RWC));
    fake_hold(false);
    end();
    FACT("Delivery#3", n_open == 0 && fake_open() == 0);
}

Test(async, close_and_finalize_cancel_what_is_pending)
{
    each_variant(cancel_body);
}

static void never_dispatched_body(void)
{
    ClSelectionObjectT fd;
    ClHandleT h;
    int i;

    if (v.sa)
        return;
    begin_async();
    OK(t_fd(svc, &fd));
    h = opened(svc, "n", WR, 3, 8, RWC);
    for (i = 0; i < 66000; i++)
        OK(t_sync_async(h, (ClInvocationT)i));
    fake_drain();
    ROW_OK("Process.queue#1", t_dispatch(svc, CL_DISPATCH_ALL));
    FACT("Process.queue#1", n_sync == 65536 && last_inv == 65999);
    OK(t_close(h));
    end();
}

Test(async, a_program_that_never_dispatches_does_not_grow)
{
    setenv("CLOVIS_LOG", "none", 1);
    each_variant(never_dispatched_body);
}
