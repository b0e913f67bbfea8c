/* SPDX-License-Identifier: Apache-2.0 */
/* What the daemon makes of bad input, on its socket and on its command line. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amf/amf_proto.h"
#include "fixture_amfd.h"

#define LIMIT 60

static struct amfd f;

static void finish(void)
{
    amfd_end(&f);
}

/* What comes back within ms, at most size - 1 bytes; *closed: the daemon hung up. */
static void receive(int fd, char *text, size_t size, int ms, bool *closed)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    size_t used = 0;
    ssize_t n;

    *closed = false;
    while (used + 1 < size && poll(&p, 1, ms) > 0) {
        n = recv(fd, text + used, size - 1 - used, 0);
        *closed = n <= 0;
        if (n <= 0)
            break;
        used += (size_t)n;
        if (memchr(text, '\n', used))
            ms = 50; /* more may follow, but need not */
    }
    text[used] = '\0';
}

/* clang-format off */
static const struct {
    const char *send, *want; /* want NULL: the connection is closed */
} rows[] = {
    { "no JSON\n", NULL },
    { "[1,2]\n", NULL },
    { "{\"t\":\"hello\"\n", NULL },
    { "\n", NULL },
    { "{}\n{\"t\":\"status\",\"id\":5", "" },
    { "{\"id\":1}\n", "\"id\":1,\"rc\":983047" },
    { "{\"t\":17,\"id\":1}\n", "\"id\":1,\"rc\":983047" },
    { "{\"t\":\"no such\",\"id\":1}\n", "\"id\":1,\"rc\":983047" },
    { "{\"t\":\"hello\",\"id\":1}\n", "\"id\":1,\"rc\":983059" },
    { "{\"t\":\"hello\",\"id\":1,\"comp\":42}\n", "\"id\":1,\"rc\":983059" },
    { "{\"t\":\"hello\",\"id\":1,\"comp\":\"nobody\"}\n", "\"id\":1,\"rc\":983059" },
    { "{\"t\":\"hello\",\"id\":1,\"comp\":\"counter1\",\"version\":2}\n", "\"id\":1,\"rc\":983055" },
    { "{\"t\":\"hello\",\"id\":1,\"comp\":\"counter1\"}\n", "\"node\":\"blade1\",\"addr\":1" },
    { "{\"t\":\"register\",\"id\":1,\"comp\":\"counter1\"}\n", "\"id\":1,\"rc\":983054" },
    { "{\"t\":\"admin\",\"id\":1,\"op\":\"lock\",\"name\":\"blade1\"}\n", "\"id\":1,\"rc\":983054" },
    { "{\"t\":\"hello\",\"operator\":true}\n{\"t\":\"admin\",\"id\":1,\"op\":\"x\",\"name\":\"blade1\"}\n",
      "\"id\":1,\"rc\":983042" },
    { "{\"t\":\"hello\",\"operator\":true}\n{\"t\":\"admin\",\"id\":1,\"op\":\"lock\",\"name\":7}\n",
      "\"id\":1,\"rc\":2228228" },
    { "{\"t\":\"hello\",\"operator\":true}\n{\"t\":\"admin\",\"id\":1,\"op\":\"lock\",\"kind\":\"su\",\"name\":\"blade1\"}\n",
      "\"id\":1,\"rc\":2228228" },
    { "{\"t\":\"hello\",\"operator\":true}\n{\"t\":\"admin\",\"id\":1,\"op\":\"lock-instantiation\",\"name\":\"counterSI\"}\n",
      "\"id\":1,\"rc\":2228481" },
    { "{\"t\":\"hello\",\"operator\":true}\n{\"t\":\"kill-node\",\"id\":1}\n", "\"id\":1,\"rc\":983044" },
    { "{\"t\":\"status\",\"id\":{\"a\":[1]}}\n", "\"id\":{\"a\":[1]},\"rc\":0" },
    { "{\"t\":\"hello\",\"comp\":\"counter1\"}\n{\"t\":\"response\",\"id\":1,\"inv\":\"x\",\"rc\":[]}\n",
      "\"id\":1,\"rc\":0" },
    { "{\"t\":\"hello\",\"comp\":\"counter1\"}\n{\"t\":\"hcstart\",\"id\":1,\"comp\":\"counter1\",\"type\":9}\n",
      "\"id\":1,\"rc\":983042" },
    { "{\"t\":\"hello\",\"comp\":\"counter1\"}\n{\"t\":\"register\",\"id\":1,\"comp\":\"counter2\",\"proxy\":\"counter1\"}\n",
      "\"id\":1,\"rc\":983042" },
    { "{\"t\":\"hello\",\"comp\":\"counter1\"}\n{\"t\":\"pgtrack\",\"id\":1,\"csi\":null,\"flags\":-1}\n",
      "\"id\":1,\"rc\":983044" },
};
/* clang-format on */

Test(amfd_socket, bad_input_is_answered_or_hung_up_on, .timeout = LIMIT, .fini = finish)
{
    char text[65536];
    bool closed;
    size_t i;
    int fd;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        fd = amfd_connect(&f);
        cr_assert(fd >= 0, "row %zu: %s", i, rows[i].send);
        send(fd, rows[i].send, strlen(rows[i].send), MSG_NOSIGNAL);
        receive(fd, text, sizeof(text), rows[i].want && !*rows[i].want ? 100 : 5000,
                &closed);
        if (rows[i].want)
            cr_expect(!closed && strstr(text, rows[i].want), "row %zu: %s: got %s", i,
                      rows[i].send, text);
        else
            cr_expect(closed, "row %zu: %s: got %s", i, rows[i].send, text);
        close(fd);
    }
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"status\"}"), 0);
    cr_expect_eq(amfd_log_count(&f, "counter1", "start pid="), 1,
                 "the component was left alone");
}

Test(amfd_socket, a_line_without_end_is_cut_off, .timeout = LIMIT, .fini = finish)
{
    static char block[65536];
    size_t sent = 0;
    ssize_t n = 0;
    int fd;

    amfd_start(&f, NULL);
    memset(block, 'x', sizeof(block));
    fd = amfd_connect(&f);
    while (sent < 4 * (size_t)AMF_LINE_MAX) {
        n = send(fd, block, sizeof(block), MSG_NOSIGNAL);
        if (n < 0)
            break;
        sent += (size_t)n;
    }
    cr_expect(n < 0, "the daemon took %zu bytes without a newline", sent);
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"status\"}"), 0);
    close(fd);
}

Test(amfd_socket, who_asks_and_never_reads_is_cut_off, .timeout = LIMIT, .fini = finish)
{
    static const char ask[] = "{\"t\":\"status\",\"id\":1}\n";
    struct pollfd p = {.events = POLLOUT};
    ssize_t n = 0;
    size_t i;

    amfd_start(&f, NULL);
    p.fd = amfd_connect(&f);
    for (i = 0; i < 200000 && n >= 0 && poll(&p, 1, 10000) > 0; i++)
        n = send(p.fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    cr_expect(n < 0, "still connected after %zu unread answers", i);
    close(p.fd);
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"status\"}"), 0);
}

Test(amfd_socket, who_watches_sees_what_happens, .timeout = LIMIT, .fini = finish)
{
    static const char watch[] =
        "{\"t\":\"hello\",\"operator\":true}\n{\"t\":\"watch\",\"id\":1}\n";
    char text[65536];
    bool closed;
    int fd;

    amfd_start(&f, NULL);
    cr_assert(amfd_settled(&f, 15000));
    fd = amfd_connect(&f);
    send(fd, watch, sizeof(watch) - 1, MSG_NOSIGNAL);
    receive(fd, text, sizeof(text), 5000, &closed);
    cr_assert_not_null(strstr(text, "\"rc\":0"), "%s", text);
    kill(amfd_pid(&f, "counter1"), SIGKILL);
    receive(fd, text, sizeof(text), 5000, &closed);
    cr_expect(strstr(text, "\"t\":\"event\"") &&
                  strstr(text, "\"note\":\"counter2: ACTIVE"),
              "%s", text);
    close(fd);
}

Test(amfd_socket, the_socket_is_for_the_own_user, .timeout = LIMIT, .fini = finish)
{
    struct stat st;

    amfd_start(&f, NULL);
    cr_assert_eq(stat(f.socket, &st), 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
}

Test(amfd_socket, a_second_daemon_names_the_first, .timeout = LIMIT, .fini = finish)
{
    const char *argv[] = {"clovis-amfd", "--all-nodes", "--model", f.model,
                          "--run-dir",   f.run,         NULL};
    char want[100];
    char *out;

    amfd_start(&f, NULL);
    snprintf(want, sizeof(want), "another clovis-amfd runs here, pid %d\n", (int)f.pid);
    cr_expect_eq(amfd_run(&f, argv, &out), 1);
    cr_expect(strstr(out, want), "%s", out);
    free(out);
    cr_expect_eq(amfd_rc(&f, "{\"t\":\"status\"}"), 0);
}

/* M stands for the model, R for the run directory. */
static const struct {
    const char *argv[8];
    int status;
    const char *want;
} calls[] = {
    {{"--help"}, 0, "usage: clovis-amfd"},
    {{"--version"}, 0, "clovis-amfd (clovis-redis) "},
    {{"--nonsense"}, 2, "--nonsense"},
    {{"--model"}, 2, "--model needs a value"},
    {{"--model", "M", "--run-dir", "R", "more"}, 2, "unexpected argument \"more\""},
    {{"--run-dir", "R"}, 2, "no model: expected --model DIR"},
    {{"--model", "/no/such/dir"}, 2, "--model /no/such/dir: No such file or directory"},
    {{"--model", "/dev/null"}, 2, "--model /dev/null: "},
    {{"--model", "R", "--run-dir", "R", "--all-nodes"}, 2, "clAmf"},
    {{"--model", "M", "--run-dir", "/proc/no", "--all-nodes"}, 2, "--run-dir /proc/no: "},
    {{"--model", "M", "--run-dir", "R", "--bin-dir", "/no/bin"},
     2,
     "--bin-dir /no/bin: "},
    {{"--model", "M", "--run-dir", "R"},
     2,
     "expected --node NAME with one of: blade1, blade2"},
    {{"--model", "M", "--run-dir", "R", "--node", "blade3"},
     2,
     "node \"blade3\" is not in the model, expected one of: blade1, blade2"},
};

Test(amfd_socket, a_wrong_command_line_is_told_in_one_line, .timeout = LIMIT,
     .fini = finish)
{
    const char *argv[10];
    char *out;
    size_t i, k;
    int status;

    amfd_prepare(&f, NULL);
    for (i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
        argv[0] = "clovis-amfd";
        for (k = 0; calls[i].argv[k]; k++)
            argv[k + 1] = strcmp(calls[i].argv[k], "M") == 0   ? f.model
                          : strcmp(calls[i].argv[k], "R") == 0 ? f.run
                                                               : calls[i].argv[k];
        argv[k + 1] = NULL;
        status = amfd_run(&f, argv, &out);
        cr_expect_eq(status, calls[i].status, "row %zu: %d, %s", i, status, out);
        cr_expect(strstr(out, calls[i].want), "row %zu: %s", i, out);
        free(out);
    }
}
