/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon itself is killed, and another one takes over. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture_amfd.h"
#include "fixture_redis.h"

#define LIMIT 60

static struct amfd f;

static void finish(void)
{
    amfd_end(&f);
}

static void expect_log(const char *comp, const char *text, int n)
{
    char *log;

    if (amfd_log_has(&f, comp, text, n, 15000))
        return;
    log = amfd_log(&f, comp);
    fprintf(stderr, "---- %s.log\n%s", comp, log);
    free(log);
    log = amfd_log(&f, "err");
    fprintf(stderr, "---- daemon\n%s", log);
    free(log);
    cr_assert(false, "%s: expected \"%s\" %d times", comp, text, n);
}

static void start_and_kill_daemon(const struct amfd_model *m)
{
    amfd_start(&f, m);
    cr_assert(amfd_settled(&f, 15000));
    cr_assert_eq(amfd_stop(&f, SIGKILL, 5000), 1000 + SIGKILL);
}

Test(amfd_restart, components_live_on_and_hear_nothing, .timeout = LIMIT, .fini = finish)
{
    pid_t one, two;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    one = amfd_pid(&f, "counter1");
    two = amfd_pid(&f, "counter2");
    cr_assert_eq(amfd_stop(&f, SIGKILL, 5000), 1000 + SIGKILL);
    amfd_again(&f);
    expect_log("counter1", "again", 1);
    expect_log("err", "taken over", 1);
    cr_expect_eq(amfd_pid(&f, "counter1"), one);
    cr_expect_eq(amfd_pid(&f, "counter2"), two);
    cr_expect_eq(amfd_log_count(&f, "counter1", "csiset"), 1);
    cr_expect_eq(amfd_log_count(&f, "counter2", "csiset"), 1);
    cr_expect_eq(amfd_log_count(&f, "counter1", "start pid="), 1);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
    cr_expect(amfd_pid_gone(one, 5000) && amfd_pid_gone(two, 5000));
}

Test(amfd_restart, the_active_that_died_meanwhile_is_replaced, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    one = amfd_pid(&f, "counter1");
    amfd_stop(&f, SIGKILL, 5000);
    kill(one, SIGKILL);
    amfd_again(&f);
    expect_log("counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log("counter1", "csiset STANDBY", 1);
}

Test(amfd_restart, the_crash_of_an_adopted_component_is_seen, .timeout = LIMIT,
     .fini = finish)
{
    start_and_kill_daemon(NULL);
    amfd_again(&f);
    expect_log("err", "taken over", 1);
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    expect_log("counter2", "csiset ACTIVE", 1);
    expect_log("counter1", "csiset STANDBY", 1);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
}

Test(amfd_restart, a_component_that_does_not_come_back_is_killed, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    one = amfd_pid(&f, "counter1");
    amfd_order(&f, "counter1", "deaf");
    amfd_stop(&f, SIGKILL, 5000);
    amfd_again(&f);
    expect_log("err", "counter1: pid ", 1);
    expect_log("counter2", "csiset ACTIVE", 1);
    cr_expect(amfd_pid_gone(one, 5000));
}

Test(amfd_restart, twice_in_a_row_is_no_different, .timeout = LIMIT, .fini = finish)
{
    start_and_kill_daemon(NULL);
    amfd_again(&f);
    amfd_stop(&f, SIGKILL, 5000);
    amfd_again(&f);
    expect_log("err", "taken over", 2);
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    expect_log("counter2", "csiset ACTIVE", 1);
}

Test(amfd_restart, a_killed_node_is_still_down_afterwards, .timeout = LIMIT,
     .fini = finish)
{
    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"kill-node\",\"name\":\"blade1\"}"), 0);
    expect_log("counter2", "csiset ACTIVE", 1);
    amfd_stop(&f, SIGKILL, 5000);
    amfd_again(&f);
    expect_log("err", "taken over", 1);
    cr_expect_eq(amfd_pid(&f, "counter1"), 0);
    cr_expect_eq(amfd_log_count(&f, "counter1", "start pid="), 1);
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"start-node\",\"name\":\"blade1\"}"), 0);
    expect_log("counter1", "csiset STANDBY", 1);
}

/* All that follows happens to new processes, and counter1 is to be the active one again.
 */
static void kill_daemon_for_good(void)
{
    cr_assert_eq(amfd_stop(&f, SIGKILL, 5000), 1000 + SIGKILL);
    amfd_puppet(&f, "counter2", "after=counter1 times=2");
}

Test(amfd_restart, fresh_kills_what_was_left_and_begins_anew, .timeout = LIMIT,
     .fini = finish)
{
    const char *const fresh[] = {"--all-nodes", "--fresh", NULL};
    pid_t one;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    one = amfd_pid(&f, "counter1");
    kill_daemon_for_good();
    amfd_launch(&f, fresh);
    expect_log("counter1", "start pid=", 2);
    expect_log("counter1", "csiset ACTIVE", 2);
    cr_expect(amfd_pid_gone(one, 5000));
}

Test(amfd_restart, another_model_begins_anew, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model other = {.start_ms = 200};
    pid_t one;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    one = amfd_pid(&f, "counter1");
    kill_daemon_for_good();
    amfd_model_write(&f, &other);
    amfd_again(&f);
    expect_log("err", "the model has changed", 1);
    expect_log("counter1", "csiset ACTIVE", 2);
    cr_expect(amfd_pid_gone(one, 5000));
}

Test(amfd_restart, a_damaged_state_is_named_and_strangers_are_killed, .timeout = LIMIT,
     .fini = finish)
{
    char path[300];
    pid_t one;
    FILE *file;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    one = amfd_pid(&f, "counter1");
    kill_daemon_for_good();
    snprintf(path, sizeof(path), "%s/clovis-amfd.state", f.run);
    file = fopen(path, "w");
    fputs("{\"version\":1,", file);
    fclose(file);
    amfd_again(&f);
    expect_log("err", "clovis-amfd.state:", 1);
    cr_expect(amfd_pid_gone(one, 10000), "it believes that it is active");
    expect_log("counter1", "csiset ACTIVE", 2);
}

static bool listens(void *arg)
{
    const int fd = amfd_connect(arg);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

Test(amfd_restart, requests_that_come_while_components_return_are_answered,
     .timeout = LIMIT, .fini = finish)
{
    start_and_kill_daemon(NULL);
    amfd_launch(&f, NULL);
    cr_assert(wait_for(listens, &f, 15000));
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"admin\",\"op\":\"swap\",\"name\":\"counterSI\"}"),
                 0);
    expect_log("counter2", "csiset ACTIVE csi=counterCSI flags=2 tr=3 active=counter1",
               1);
    expect_log("counter1", "csiset STANDBY", 1);
}
