/* SPDX-License-Identifier: Apache-2.0 */
/* A real daemon with real processes: start, assignment, crash, end. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture_amfd.h"

#define LIMIT 60

static struct amfd f;

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

static void finish(void)
{
    amfd_end(&f);
}

Test(amfd, cold_start_assigns_active_then_standby, .timeout = LIMIT, .fini = finish)
{
    amfd_start(&f, NULL);
    expect_log("counter1",
               "csiset ACTIVE csi=counterCSI flags=1 tr=1 active=counter1 rank=0 step=1",
               1);
    expect_log("counter2",
               "csiset STANDBY csi=counterCSI flags=1 tr=0 active=counter1 rank=1 step=1",
               1);
    expect_log("counter1", "node=blade1 addr=1", 1);
    expect_log("counter2", "node=blade2 addr=2", 1);
    expect_log("counter1", "args=1 first", 1);
    cr_assert(amfd_log_count(&f, "counter1", "/tests args") == 1, "ASP_APP_BINDIR");
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
}

/* On a machine under load the second process may be faster than the first, and the
 * engine gives the work to whoever is there. The fixture keeps their order. */
Test(amfd, the_fixture_waits_for_the_first_component, .timeout = LIMIT, .fini = finish)
{
    amfd_prepare(&f, NULL);
    amfd_puppet(&f, "counter1", "slow=500"); /* the engine waits 100 ms */
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
}

Test(amfd, the_crash_of_the_active_makes_the_standby_active_at_once, .timeout = LIMIT,
     .fini = finish)
{
    pid_t first, second;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    first = amfd_pid(&f, "counter1");
    cr_assert_gt(first, 0);
    kill(first, SIGKILL);
    expect_log("counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log("counter1", "csiset STANDBY csi=counterCSI flags=1 tr=0 active=counter2",
               1);
    second = amfd_pid(&f, "counter1");
    cr_assert(second > 0 && second != first);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
}

Test(amfd, a_restartable_active_is_restarted_in_place_and_the_standby_hears_nothing,
     .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model m = {.restartable = "CL_TRUE",
                                 .recovery = "NO_RECOMMENDATION"};

    amfd_start(&f, &m);
    cr_assert(amfd_settled(&f, 15000));
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    expect_log("counter1", "csiset ACTIVE", 2);
    expect_log("counter1", "flags=3 tr=1 active=counter1 rank=0 step=1", 1);
    cr_assert_eq(amfd_log_count(&f, "counter2", "csiset"), 1);
}

Test(amfd, a_process_that_only_hangs_up_is_killed, .timeout = LIMIT, .fini = finish)
{
    pid_t pid;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    pid = amfd_pid(&f, "counter1");
    amfd_order(&f, "counter1", "hang up");
    expect_log("counter2", "csiset ACTIVE", 1);
    cr_assert(amfd_pid_gone(pid, 5000));
}

Test(amfd, garbage_from_the_active_is_its_end, .timeout = LIMIT, .fini = finish)
{
    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    amfd_order(&f, "counter1", "garbage");
    expect_log("counter2", "csiset ACTIVE", 1);
    expect_log("err", "a line that is no JSON object", 1);
}

Test(amfd, sigterm_asks_everybody_to_end_and_leaves_nothing, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one, two;
    char path[300];

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    one = amfd_pid(&f, "counter1");
    two = amfd_pid(&f, "counter2");
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
    cr_expect_eq(amfd_log_count(&f, "counter1", "terminate counter1"), 1);
    cr_expect_eq(amfd_log_count(&f, "counter2", "terminate counter2"), 1);
    cr_expect(kill(one, 0) != 0 && kill(two, 0) != 0);
    cr_expect(access(f.socket, F_OK) != 0);
    snprintf(path, sizeof(path), "%s/clovis-amfd.state", f.run);
    cr_expect(access(path, F_OK) != 0);
}

Test(amfd, what_does_not_answer_terminate_is_killed_with_its_children, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {.terminate_ms = 300};
    pid_t pid;

    amfd_prepare(&f, &m);
    amfd_puppet(&f, "counter1", "deaf-terminate");
    amfd_puppet(&f, "counter2", "after=counter1 linger child");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
    pid = amfd_pid(&f, "counter1");
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
    cr_expect(kill(pid, 0) != 0);
    /* the puppet's parent and child alike: the group is empty */
    cr_expect_eq(amfd_log_count(&f, "counter2", "terminate counter2"), 1);
}

Test(amfd, the_second_signal_does_not_wait, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model m = {.terminate_ms = 30000};

    amfd_prepare(&f, &m);
    amfd_puppet(&f, "counter1", "deaf-terminate");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
    kill(f.pid, SIGTERM);
    expect_log("counter1", "terminate counter1", 1);
    cr_assert_eq(amfd_stop(&f, SIGINT, 5000), 0);
}

Test(amfd, a_binary_that_is_not_there_is_named_and_the_daemon_goes_on, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {.command = "no_such_program"};

    amfd_start(&f, &m);
    expect_log("err", "counter1: cannot execute ", 1);
    expect_log("err", "/tests/no_such_program: No such file or directory (", 2);
    expect_log("err", "clAmfDefinitions.xml:", 2);
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"status\"}"), 0);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
}

Test(amfd, a_process_that_never_registers_is_killed_after_the_time_out, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {.instantiate_ms = 400};
    pid_t pid;

    amfd_prepare(&f, &m);
    amfd_puppet(&f, "counter1", "noregister");
    amfd_puppet(&f, "counter2", "");
    amfd_again(&f);
    expect_log("counter1", "hello", 1);
    pid = amfd_pid(&f, "counter1");
    expect_log("counter2", "csiset ACTIVE", 1);
    cr_assert(pid == 0 || amfd_pid_gone(pid, 5000));
}

Test(amfd, a_command_that_goes_into_the_background_is_followed, .timeout = LIMIT,
     .fini = finish)
{
    amfd_prepare(&f, NULL);
    amfd_puppet(&f, "counter1", "background");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    expect_log("counter2", "csiset ACTIVE", 1);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 10000), 0);
}

Test(amfd, a_lingering_process_goes_before_its_successor_starts, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {.restartable = "CL_TRUE"};
    pid_t pid;

    amfd_prepare(&f, &m);
    amfd_puppet(&f, "counter2", "after=counter1 linger");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
    pid = amfd_pid(&f, "counter2");
    cr_assert_eq(
        amfd_rc(&f, "{\"t\":\"admin\",\"op\":\"restart\",\"name\":\"counter2\"}"), 0);
    expect_log("counter2", "start pid=", 2);
    cr_assert(kill(pid, 0) != 0, "the old one is still there");
    expect_log("counter2", "csiset STANDBY", 2);
}

Test(amfd, the_cleanup_command_runs_with_the_name_of_the_component, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {
        .cleanup = "echo cleaned $ASP_COMPNAME >&gt;$ASP_RUNDIR/counter1.log",
        .restartable = "CL_TRUE",
        .recovery = "COMP_RESTART",
    };

    amfd_start(&f, &m);
    cr_assert(amfd_settled(&f, 15000));
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    expect_log("counter1", "start pid=", 2);
    expect_log("counter1", "cleaned counter1", 1);
}

static void precleanup_write(void)
{
    char path[300];
    FILE *script;

    snprintf(path, sizeof(path), "%s/safplus.d", f.model);
    cr_assert_eq(mkdir(path, 0700), 0);
    snprintf(path, sizeof(path), "%s/safplus.d/asp_precleanup.sh", f.model);
    script = fopen(path, "we");
    cr_assert_not_null(script);
    fputs("#!/bin/sh\necho before $ASP_COMPNAME >>$ASP_RUNDIR/counter1.log\n", script);
    cr_assert_eq(fchmod(fileno(script), 0700), 0);
    cr_assert_eq(fclose(script), 0);
}

Test(amfd, the_script_before_cleanup_runs_first, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model m = {
        .cleanup = "grep -q before $ASP_RUNDIR/counter1.log &amp;&amp; "
                   "echo cleaned after it >&gt;$ASP_RUNDIR/counter1.log",
        .restartable = "CL_TRUE",
        .recovery = "COMP_RESTART",
    };

    amfd_prepare(&f, &m);
    precleanup_write();
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    expect_log("counter1", "start pid=", 2);
    expect_log("counter1", "before counter1", 1);
    expect_log("counter1", "cleaned after it", 1);
}

Test(amfd, a_killed_node_stays_down_until_it_is_started, .timeout = LIMIT, .fini = finish)
{
    pid_t pid;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    pid = amfd_pid(&f, "counter1");
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"kill-node\",\"name\":\"blade1\"}"), 0);
    expect_log("counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    cr_assert(amfd_pid_gone(pid, 5000));
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"kill-node\",\"name\":\"blade1\"}"), 0x000f0019);
    cr_assert_eq(amfd_pid(&f, "counter1"), 0);
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"start-node\",\"name\":\"blade1\"}"), 0);
    expect_log("counter1", "csiset STANDBY csi=counterCSI flags=1 tr=0 active=counter2",
               1);
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"start-node\",\"name\":\"blade1\"}"), 0x000f0019);
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"start-node\",\"name\":\"blade9\"}"), 0x000f0004);
}

Test(amfd, a_reported_fault_fails_over, .timeout = LIMIT, .fini = finish)
{
    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    amfd_order(
        &f, "counter1",
        "{\"t\":\"fault\",\"id\":9,\"comp\":\"counter1\",\"recovery\":3,\"detected\":0}");
    expect_log("counter2", "csiset ACTIVE", 1);
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"fault\",\"comp\":\"counter2\",\"recovery\":99}"),
                 0x000f0002);
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"fault\",\"comp\":\"nobody\",\"recovery\":3}"),
                 0x000f0013);
}

Test(amfd, a_component_asks_for_its_state_with_and_without_the_nul, .timeout = LIMIT,
     .fini = finish)
{
    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    amfd_order(
        &f, "counter2",
        "{\"t\":\"hastate\",\"id\":9,\"comp\":\"counter1\",\"csi\":\"counterCSI\"}");
    expect_log("counter2", "re 9 rc=0x0 ha=1", 1);
    amfd_order(&f, "counter2",
               "{\"t\":\"hastate\",\"id\":10,\"comp\":\"x\",\"csi\":\"y\"}");
    expect_log("counter2", "re 10 rc=0x0 ha=0", 1);
    amfd_order(&f, "counter2", "{\"t\":\"register\",\"id\":11,\"comp\":\"counter2\"}");
    expect_log("counter2", "re 11 rc=0xf0108", 1);
    amfd_order(&f, "counter2", "{\"t\":\"nonsense\",\"id\":12}");
    expect_log("counter2", "re 12 rc=0xf0007", 1);
}

Test(amfd, protection_groups_are_followed, .timeout = LIMIT, .fini = finish)
{
    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    amfd_order(&f, "counter2",
               "{\"t\":\"pgtrack\",\"id\":9,\"csi\":\"counterCSI\",\"flags\":2}");
    expect_log("counter2", "re 9 rc=0x0", 1);
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    expect_log("counter2", "pg counterCSI", 1);
    expect_log("counter2", "counter2/1/2", 1); /* active, added */
    amfd_order(&f, "counter2",
               "{\"t\":\"pgtrack\",\"id\":10,\"csi\":\"counterCSI\",\"flags\":4}");
    expect_log("counter2", "re 10 rc=0x220002", 1);
    amfd_order(&f, "counter2",
               "{\"t\":\"pgtrack\",\"id\":11,\"csi\":\"none\",\"flags\":1}");
    expect_log("counter2", "re 11 rc=0xf0004", 1);
    amfd_order(&f, "counter2", "{\"t\":\"pgstop\",\"id\":12,\"csi\":\"counterCSI\"}");
    expect_log("counter2", "re 12 rc=0x0", 1);
    amfd_order(&f, "counter2", "{\"t\":\"pgstop\",\"id\":13,\"csi\":\"counterCSI\"}");
    expect_log("counter2", "re 13 rc=0x220004", 1);
}
