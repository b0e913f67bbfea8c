/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two daemons in two network namespaces, the store between them: the leader's side is
 * killed as a whole, and its link is cut and healed. Needs root; skipped otherwise.
 * Who acted meanwhile is judged in it_amfd_fence.c.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

#include "base/clock.h"
#include "fixture_sides.h"

enum { LIMIT = 120 };

static struct side *const a = &sides[0], *const b = &sides[1];

static bool start_both(void)
{
    if (!sides_begin(NULL))
        return false;
    side_launch(a);
    side_expect(a, "counter1", "csiset ACTIVE", 1);
    side_launch(b);
    side_expect(b, "counter2", "csiset STANDBY", 1);
    return true;
}

Test(amfd_netns, the_leaders_side_is_killed, .timeout = LIMIT, .fini = sides_end)
{
    pid_t one;

    if (!start_both())
        cr_skip_test("network namespaces need root");
    one = amfd_pid(&a->amfd, "counter1");
    kill(a->amfd.pid, SIGKILL);
    kill(one, SIGKILL);
    amfd_wait(&a->amfd, 5000);
    side_expect(b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    side_expect(b, "err", "leader of the cluster", 1);
    side_launch(a);
    side_expect(a, "counter1", "csiset STANDBY", 1);
    cr_expect_eq(amfd_log_count(&b->amfd, "counter2", "csiset ACTIVE"), 1);
}

Test(amfd_netns, the_leaders_link_is_cut_and_healed, .timeout = LIMIT, .fini = sides_end)
{
    long long healed_us, standby_us;
    pid_t one;

    if (!start_both())
        cr_skip_test("network namespaces need root");
    one = amfd_pid(&a->amfd, "counter1");
    side_link(a, false);
    side_expect(b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    /* Beyond the cut nothing has changed: there the store is away. */
    cr_expect_eq(amfd_log_count(&a->amfd, "counter1", "csiset"), 1);
    cr_expect_eq(kill(one, 0), 0);
    healed_us = clv_now_ns() / 1000;
    side_link(a, true);
    /* The old active hears nothing more: it is killed, and its successor is standby. */
    cr_expect(amfd_pid_gone(one, SIDES_PATIENCE_MS));
    side_expect(a, "counter1", "csiset STANDBY", 1);
    standby_us = amfd_log_us(&a->amfd, "counter1", "csiset STANDBY", 1);
    fprintf(stderr, "healed -> STANDBY: %lld ms\n", (standby_us - healed_us) / 1000);
    cr_expect_eq(amfd_log_count(&a->amfd, "counter1", "csiset"), 2);
    cr_expect_eq(amfd_log_count(&b->amfd, "counter2", "csiset"), 2);
    cr_expect_eq(
        amfd_log_count(&a->amfd, "err", "the cluster has given up on this daemon"), 1);
}
