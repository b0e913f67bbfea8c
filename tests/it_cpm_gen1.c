/* SPDX-License-Identifier: Apache-2.0 */
/* Programs without main(), as real processes against a stand-in for the daemon. */
#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fake_amfd.h"
#include "fixture_redis.h"

static struct fake_amfd *daemon_;

static struct {
    pid_t pid;
    int out;
    char text[4096]; /* what it has printed so far */
    size_t used;
} child;

static void setup(void)
{
    daemon_ = fake_amfd_start();
    setenv("ASP_COMPNAME", "comp1", 1);
}

TestSuite(gen1, .init = setup, .timeout = 60);

static void child_start(const char *model, const char *callout)
{
    char path[512];
    int out[2];

    snprintf(path, sizeof(path), "%s/tests/gen1_app", getenv("top_builddir"));
    setenv("GEN1_MODEL", model, 1);
    setenv("GEN1_CALLOUT", callout, 1);
    cr_assert_eq(pipe(out), 0);
    child.pid = fork();
    cr_assert_geq(child.pid, 0);
    if (child.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        close(out[1]);
        execl(path, path, "hello", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    child.out = out[0];
}

/* Read what is there within ms; false at the end of the output or of the time. */
static bool child_read(int ms)
{
    struct pollfd p = {.fd = child.out, .events = POLLIN};
    ssize_t n;

    if (poll(&p, 1, ms) <= 0)
        return false;
    n = read(child.out, child.text + child.used, sizeof(child.text) - child.used - 1);
    if (n <= 0)
        return false;
    child.used += (size_t)n;
    child.text[child.used] = '\0';
    return true;
}

static void child_says(const char *line)
{
    const int64_t deadline_ns = clv_deadline_ns(20 * CLV_NS_PER_S);

    while (!strstr(child.text, line))
        if (!child_read(clv_deadline_left_ms(deadline_ns)))
            break;
    cr_assert(strstr(child.text, line), "expected \"%s\", got \"%s\"", line, child.text);
}

/* Everything until its end, and its exit status. */
static int child_end(void)
{
    int status;

    while (child_read(20000))
        ;
    cr_assert_eq(waitpid(child.pid, &status, 0), child.pid);
    close(child.out);
    cr_assert(WIFEXITED(status), "ended by signal %d: %s", WTERMSIG(status), child.text);
    return WEXITSTATUS(status);
}

static void order(const char *json)
{
    fake_amfd_send(daemon_, json);
}

#define ACTIVE                                                                           \
    "{\"t\": \"csiset\", \"inv\": 1, \"comp\": \"comp1\", \"csi\": \"csi1\", \"ha\": "   \
    "1, "                                                                                \
    "\"flags\": 1}"
#define TERMINATE "{\"t\": \"terminate\", \"inv\": 2, \"comp\": \"comp1\"}"

static void answer_is(int inv)
{
    json_t *m = fake_amfd_take(daemon_, "response");

    cr_assert_eq(fake_int(m, "inv"), inv);
    cr_assert_eq(fake_int(m, "rc"), 0);
    json_decref(m);
}

/* Both models: the callout runs on, or has returned, and the callbacks come. */
static void life(const char *model, const char *callout)
{
    child_start(model, callout);
    json_decref(fake_amfd_take(daemon_, "register"));
    order(ACTIVE);
    child_says("csiset\n");
    answer_is(1);
    order(TERMINATE);
    answer_is(2);
    cr_expect_eq(child_end(), 0, "%s", child.text);
    cr_expect(strstr(child.text, "terminate\ndelete\nanswered\n") ||
                  strstr(child.text, "terminate\ncreated\ndelete\nanswered\n") ||
                  strstr(child.text, "terminate\ndelete\ncreated\nanswered\n"),
              "the delete callout runs inside the answer: %s", child.text);
    cr_expect_eq(fake_amfd_count(daemon_, "unregister"), 1);
    fake_amfd_end(daemon_);
}

Test(gen1, trap_30_an_app_callout_that_loops_gets_its_callbacks_meanwhile)
{
    life("app", "loop");
}

Test(gen1, a_recv_callout_may_loop_too)
{
    life("recv", "loop");
}

Test(gen1, trap_02_a_recv_program_lives_on_after_its_callout)
{
    life("recv", "return");
}

Test(gen1, the_callout_gets_the_arguments_and_the_names)
{
    setenv("ASP_NODENAME", "blade9", 1);
    child_start("app", "return");
    cr_expect_eq(child_end(), 0);
    cr_expect(strstr(child.text,
                     "create argc 2 argv1 hello name comp1 node blade9 port ok rc 0\n"),
              "%s", child.text);
    cr_expect_not(strstr(child.text, "delete"), "nobody told it to terminate");
    fake_amfd_end(daemon_);
}

Test(gen1, a_callout_that_fails_ends_the_process_with_1)
{
    child_start("recv", "fail");
    cr_expect_eq(child_end(), 1);
    fake_amfd_end(daemon_);
}

Test(gen1, a_recv_program_that_finalizes_itself_ends)
{
    child_start("recv", "finalize");
    cr_expect_eq(child_end(), 0);
    cr_expect(strstr(child.text, "created\ndelete\n"), "%s", child.text);
    fake_amfd_end(daemon_);
}

Test(gen1, trap_15_a_process_without_a_name_ends_with_1)
{
    unsetenv("ASP_COMPNAME");
    child_start("app", "return");
    cr_expect_eq(child_end(), 1);
    cr_expect_str_empty(child.text);
    fake_amfd_end(daemon_);
}

Test(gen1, no_daemon_is_an_error_in_the_callout_and_no_hang)
{
    fake_amfd_die(daemon_);
    setenv("CLOVIS_AMF_TIMEOUT_MS", "100", 1);
    child_start("app", "return");
    cr_expect_eq(child_end(), 1);
    cr_expect(strstr(child.text, "rc 0xf0016"), "%s", child.text);
    fake_amfd_end(daemon_);
}

Test(gen1, without_cpm_the_program_runs_alone)
{
    fake_amfd_die(daemon_);
    setenv("ASP_WITHOUT_CPM", "1", 1);
    child_start("app", "return");
    cr_expect_eq(child_end(), 0);
    fake_amfd_end(daemon_);
}

Test(gen1, the_component_goes_on_while_the_daemon_restarts)
{
    child_start("recv", "return");
    json_decref(fake_amfd_take(daemon_, "register"));
    json_decref(fake_amfd_take(daemon_, "hello"));
    order(ACTIVE);
    answer_is(1);
    fake_amfd_die(daemon_);
    fake_amfd_again(daemon_);
    json_decref(fake_amfd_take(daemon_, "hello"));
    order(ACTIVE); /* the new daemon repeats it: answered, and the program not told */
    answer_is(1);
    order(TERMINATE);
    answer_is(2);
    cr_expect_eq(child_end(), 0);
    cr_expect_null(strstr(strstr(child.text, "csiset\n") + 1, "csiset\n"));
    fake_amfd_end(daemon_);
}
