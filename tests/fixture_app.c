/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_app.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MS = 30000 };

static void run(int in, int out, const char *node)
{
    const char *const top = getenv("top_builddir");
    char path[512];

    setenv("ASP_NODENAME", node, 1);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    snprintf(path, sizeof(path), "%s/tests/ckpt_app", top ? top : ".");
    execl(path, "ckpt_app", (char *)NULL);
    perror(path);
    _exit(127);
}

void app_start(struct app *a, const char *node)
{
    int to[2], from[2];

    cr_assert(pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
    a->pid = fork();
    cr_assert_geq(a->pid, 0);
    if (a->pid == 0)
        run(to[0], from[1], node);
    close(to[0]);
    close(from[1]);
    a->to = to[1];
    a->from = from[0];
    cr_assert_str_eq(app_answer(a), "0x0", "initialize");
}

void app_tell(const struct app *a, const char *line)
{
    char text[256];
    const int n = snprintf(text, sizeof(text), "%s\n", line);

    cr_assert_eq(write(a->to, text, (size_t)n), n);
}

const char *app_answer(const struct app *a)
{
    static char ring[4][4096];
    static unsigned int turn;
    char *const text = ring[turn++ % 4];
    struct pollfd p = {.fd = a->from, .events = POLLIN};
    size_t n = 0;

    while (n < sizeof(ring[0]) - 1) {
        cr_assert_eq(poll(&p, 1, ANSWER_MS), 1, "no answer");
        cr_assert_eq(read(a->from, text + n, 1), 1, "the program is gone");
        if (text[n] == '\n')
            break;
        n++;
    }
    text[n] = '\0';
    return text;
}

const char *app_ask(const struct app *a, const char *line)
{
    app_tell(a, line);
    return app_answer(a);
}

void app_freeze(const struct app *a)
{
    int status;

    kill(a->pid, SIGSTOP);
    cr_assert_eq(waitpid(a->pid, &status, WUNTRACED), a->pid);
    cr_assert(WIFSTOPPED(status));
}

void app_thaw(const struct app *a)
{
    kill(a->pid, SIGCONT);
}

static int gone(struct app *a)
{
    int status = -1;

    close(a->to);
    close(a->from);
    waitpid(a->pid, &status, 0);
    a->pid = 0;
    return status;
}

void app_kill(struct app *a)
{
    kill(a->pid, SIGKILL);
    gone(a);
}

void app_end(struct app *a)
{
    cr_expect_eq(gone(a), 0, "how the program ended");
}
