/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ckpt_app as a process to talk to. It has the environment that the test has when it is
 * started, and is killed with the test.
 */
#ifndef FIXTURE_APP_H
#define FIXTURE_APP_H

#include <sys/types.h>

struct app {
    pid_t pid;
    int to, from;
};

/* Start it, on a node of that name; it is initialized when this returns. */
void app_start(struct app *a, const char *node);

/* Send a line; the answer comes later. */
void app_tell(const struct app *a, const char *line);

/* Wait for an answer, half a minute at most. One of four static buffers. */
const char *app_answer(const struct app *a);

/* Both. */
const char *app_ask(const struct app *a, const char *line);

/* The answer is "0x0" plus what a test says. */
#define APP_DOES(a, line) cr_assert_str_eq(app_ask(a, line), "0x0", "%s", line)

/* SIGSTOP, and wait until it stands; SIGCONT. */
void app_freeze(const struct app *a);
void app_thaw(const struct app *a);

/* SIGKILL, or let it finalize and exit; both wait for it. */
void app_kill(struct app *a);
void app_end(struct app *a);

#endif
