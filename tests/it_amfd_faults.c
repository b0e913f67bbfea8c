/* SPDX-License-Identifier: Apache-2.0 */
/* The faults of real processes, and what the daemon makes of each. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_amfd.h"
#include "fixture_redis.h"

#define LIMIT 60

enum {
    PATIENCE_MS = 25000,
    START_MS = 2500,  /* both are there when one becomes active */
    ANSWER_MS = 2500, /* one that does answer has done so, on a busy machine, too */
};

static struct amfd f;

static void finish(void)
{
    amfd_end(&f);
}

static void expect_log(const char *comp, const char *text, int n)
{
    char *log;

    if (amfd_log_has(&f, comp, text, n, PATIENCE_MS))
        return;
    log = amfd_log(&f, comp);
    fprintf(stderr, "---- %s\n%s", comp, log);
    free(log);
    log = amfd_log(&f, "err");
    fprintf(stderr, "---- daemon\n%s", log);
    free(log);
    cr_assert(false, "%s: expected \"%s\" %d times", comp, text, n);
}

/* The standby has taken over from counter1, which comes back as standby. */
static void expect_failover(void)
{
    expect_log("counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log("counter1", "csiset STANDBY", 1);
    expect_log("counter1", "start pid=", 2);
}

static void start(const struct amfd_model *m)
{
    amfd_start(&f, m);
    cr_assert(amfd_settled(&f, PATIENCE_MS));
}

Test(amfd_faults, an_exit_code_is_a_death, .timeout = LIMIT, .fini = finish)
{
    start(NULL);
    amfd_order(&f, "counter1", "exit 3");
    expect_log("err", "exited with status 3", 1);
    expect_failover();
}

Test(amfd_faults, an_exit_with_status_0_is_one_as_well, .timeout = LIMIT, .fini = finish)
{
    start(NULL);
    amfd_order(&f, "counter1", "exit 0");
    expect_failover();
}

/* A process that hangs: SIGSTOP, and then it is wanted for something. */
Test(amfd_faults, a_hang_shows_when_an_answer_is_due, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model m = {.csi_set_ms = ANSWER_MS};
    pid_t one;

    start(&m);
    one = amfd_pid(&f, "counter1");
    kill(one, SIGSTOP);
    cr_assert_eq(amfd_rc(&f, "{\"t\":\"admin\",\"op\":\"lock\",\"name\":\"counterSU1\"}"),
                 0);
    expect_log("counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    cr_expect(amfd_pid_gone(one, PATIENCE_MS));
}

Test(amfd_faults, a_set_that_is_not_answered_is_a_fault, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model m = {.csi_set_ms = ANSWER_MS, .start_ms = START_MS};

    amfd_prepare(&f, &m);
    amfd_puppet(&f, "counter1", "deaf-set");
    amfd_again(&f);
    expect_log("counter1", "csiset ACTIVE", 1);
    amfd_puppet(&f, "counter1", "");
    expect_log("counter1", "start pid=", 2);
    expect_log("counter2", "csiset ACTIVE", 1);
    expect_log("counter1", "csiset STANDBY", 1);
}

Test(amfd_faults, a_set_that_is_answered_with_an_error_is_a_fault, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {.start_ms = START_MS};

    amfd_prepare(&f, &m);
    amfd_puppet(&f, "counter1", "bad-set");
    amfd_again(&f);
    expect_log("counter1", "csiset ACTIVE", 1);
    amfd_puppet(&f, "counter1", "");
    expect_log("counter1", "start pid=", 2);
    expect_log("counter2", "csiset ACTIVE", 1);
    expect_log("counter1", "csiset STANDBY", 1);
}

/* By the time it answers it has been given up: the answer of the dead counts nothing,
 * and its successor is not taken for it. */
Test(amfd_faults, an_answer_after_the_time_out_counts_nothing, .timeout = LIMIT,
     .fini = finish)
{
    const struct amfd_model m = {.csi_set_ms = ANSWER_MS, .start_ms = START_MS};

    amfd_prepare(&f, &m);
    amfd_puppet(&f, "counter1", "late-set=4000");
    amfd_again(&f);
    expect_log("counter1", "csiset ACTIVE", 1);
    amfd_puppet(&f, "counter1", "");
    expect_log("counter1", "start pid=", 2);
    expect_log("counter2", "csiset ACTIVE", 1);
    expect_log("counter1", "csiset STANDBY", 1);
    cr_expect_eq(amfd_log_count(&f, "counter2", "csiset ACTIVE"), 1);
    cr_expect_eq(amfd_log_count(&f, "counter1", "csiset ACTIVE"), 1);
}

static bool is_idle(void *unused)
{
    json_t *re = amfd_call(&f, "{\"t\":\"status\"}");
    const bool idle = json_is_false(
        json_object_get(json_object_get(json_object_get(re, "state"), "daemon"), "busy"));

    (void)unused;
    json_decref(re);
    return idle;
}

static void administer(const char *op)
{
    char request[96];

    snprintf(request, sizeof(request),
             "{\"t\":\"admin\",\"op\":\"%s\",\"name\":\"counterSU1\"}", op);
    cr_assert_eq(amfd_rc(&f, request), 0, "%s", op);
}

Test(amfd_faults, a_removal_that_is_refused_is_a_fault, .timeout = LIMIT, .fini = finish)
{
    pid_t one;

    amfd_prepare(&f, NULL);
    amfd_puppet(&f, "counter1", "bad-remove");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, PATIENCE_MS));
    one = amfd_pid(&f, "counter1");
    amfd_puppet(&f, "counter1", "");
    administer("lock");
    expect_log("counter1", "csirmv", 1);
    cr_expect(amfd_pid_gone(one, PATIENCE_MS));
    expect_log("counter1", "start pid=", 2);
    expect_log("counter2", "csiset ACTIVE", 1);
    cr_assert(wait_for(is_idle, NULL, PATIENCE_MS));
    administer("unlock");
    expect_log("counter1", "csiset STANDBY", 1);
}

Test(amfd_faults, who_refuses_to_terminate_is_killed, .timeout = LIMIT, .fini = finish)
{
    pid_t one;

    amfd_prepare(&f, NULL);
    amfd_puppet(&f, "counter1", "bad-terminate");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, PATIENCE_MS));
    one = amfd_pid(&f, "counter1");
    administer("lock");
    expect_log("counter1", "csirmv", 1);
    expect_log("counter2", "csiset ACTIVE", 1);
    cr_assert(wait_for(is_idle, NULL, PATIENCE_MS));
    administer("lock-instantiation");
    expect_log("counter1", "terminate", 1);
    cr_expect(amfd_pid_gone(one, PATIENCE_MS));
}

/* Health checks: the floor is 5 s, so these three take that long. */
Test(amfd_faults, a_health_check_that_fails_is_a_fault, .timeout = LIMIT, .fini = finish)
{
    amfd_prepare(&f, NULL);
    amfd_puppet(&f, "counter1", "hc=1 recovery=3 bad-health");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, PATIENCE_MS));
    amfd_puppet(&f, "counter1", "");
    expect_log("counter1", "health key", 1);
    expect_failover();
}

Test(amfd_faults, a_health_check_that_is_not_answered_is_a_fault, .timeout = LIMIT,
     .fini = finish)
{
    amfd_prepare(&f, NULL);
    amfd_puppet(&f, "counter1", "hc=1 recovery=3 deaf-health");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, PATIENCE_MS));
    amfd_puppet(&f, "counter1", "");
    expect_log("counter1", "health key", 1);
    expect_log("err", "health check failed: no answer in time", 1);
    expect_failover();
}

Test(amfd_faults, a_confirmation_that_is_missed_is_a_fault, .timeout = LIMIT,
     .fini = finish)
{
    amfd_prepare(&f, NULL);
    amfd_puppet(&f, "counter1", "hc=2 recovery=3");
    amfd_again(&f);
    cr_assert(amfd_settled(&f, PATIENCE_MS));
    amfd_puppet(&f, "counter1", "");
    expect_log("err", "no confirmation in time", 1);
    expect_failover();
}
