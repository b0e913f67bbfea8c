/* SPDX-License-Identifier: Apache-2.0 */
/* clovis doctor and servers that are not what they should be, or break while it looks. */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "fault_proxy.h"
#include "fixture_doctor.h"
#include "fixture_redis.h"

TestSuite(doctor_odd, .timeout = 200);

static struct redis server, replica;

static void expect(const char *severity, const char *check, const char *text)
{
    json_t *report;

    doctor_run("", &report);
    cr_expect_eq(doctor_count(report, severity, check, text), 1, "%s %s: %s", severity,
                 check, text);
    if (doctor_count(report, severity, check, text) != 1)
        doctor_show(report);
    json_decref(report);
}

Test(doctor_odd, a_node_of_a_cluster_is_an_error)
{
    static const char *const args[] = {"--cluster-enabled", "yes", NULL};

    redis_start(&server, true, args);
    setenv("CLOVIS_REDIS_URL", server.tcp_url, 1);
    expect("error", "cluster-enabled", "cluster_enabled:1, expected 0");
    redis_end(&server);
}

Test(doctor_odd, a_server_that_wants_a_password_is_not_entered_without)
{
    static const char *const args[] = {"--requirepass", "x", NULL};
    json_t *report;

    redis_start(&server, true, args);
    setenv("CLOVIS_REDIS_URL", server.tcp_url, 1);
    doctor_run("", &report);
    cr_expect_eq(doctor_count(report, "error", "master", "NOAUTH"), 1);
    json_decref(report);
    redis_end(&server);
}

/* ---- clocks -------------------------------------------------------------- */

/* From now on servers start with a clock that is off. */
static void skew(const char *ms)
{
    const char *tmp = getenv("TMPDIR"), *top = getenv("top_srcdir"), *cc = getenv("CC");
    const char *real = getenv("REDIS_SERVER");
    static char wrapper[200];
    char command[2000];

    snprintf(wrapper, sizeof(wrapper), "%s/skewed", tmp && *tmp ? tmp : "/tmp");
    setenv("CLOCK_SKEW_MS", ms, 1);
    snprintf(command, sizeof(command),
             "%s -shared -fPIC -o '%s.so' '%s/tests/data/clock_skew.c' -ldl && "
             "printf '#!/bin/sh\\nLD_PRELOAD=%s.so exec %s \"$@\"\\n' >'%s' && "
             "chmod +x '%s'",
             cc && *cc ? cc : "cc", wrapper, top ? top : ".", wrapper,
             real && *real ? real : "redis-server", wrapper, wrapper);
    cr_assert_eq(system(command), 0);
    setenv("REDIS_SERVER", wrapper, 1);
}

Test(doctor_odd, a_clock_that_is_off_is_noticed)
{
    skew("5000");
    redis_start(&server, true, NULL);
    setenv("CLOVIS_REDIS_URL", server.tcp_url, 1);
    expect("warning", "clock", "off this host's");
    redis_end(&server);
}

static bool has_replica(void *unused)
{
    json_t *report;
    int n;

    (void)unused;
    doctor_run("", &report);
    n = doctor_count(report, NULL, "replicas", NULL);
    json_decref(report);
    return n == 0;
}

Test(doctor_odd, clocks_that_differ_are_noticed)
{
    char port[8];
    const char *const args[] = {"--replicaof", "127.0.0.1", port, NULL};

    redis_start(&server, true, NULL);
    snprintf(port, sizeof(port), "%d", server.port);
    skew("-700");
    redis_start(&replica, true, args);
    setenv("CLOVIS_REDIS_URL", server.tcp_url, 1);
    cr_assert(wait_for(has_replica, NULL, 20000));
    expect("warning", "clock", "off the master's");
    redis_end(&replica);
    redis_end(&server);
}

/* ---- breaking ------------------------------------------------------------ */

/* Cut at every so many bytes of all that it is told: it always ends, with a report. */
Test(doctor_odd, a_connection_that_is_cut_anywhere_is_a_finding)
{
    struct fault_proxy proxy;
    int64_t began_ns;
    json_t *report;
    long n, all;
    int code;

    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    setenv("CLOVIS_REDIS_URL", proxy.url, 1);
    doctor_run("", &report);
    json_decref(report);
    all = fault_proxy_seen(&proxy, FAULT_DOWN);
    for (n = 0; n < all; n += all / 60 + 1) {
        const unsigned before = fault_proxy_cuts(&proxy);

        fault_proxy_cut_after(&proxy, FAULT_DOWN, n);
        began_ns = clv_now_ns();
        code = doctor_run("", &report);
        cr_expect(report && (code == 4 || code == 3), "%ld of %ld: exit code %d", n, all,
                  code);
        cr_expect_gt(doctor_count(report, NULL, NULL, NULL), 0, "%ld of %ld", n, all);
        cr_expect_lt(clv_now_ns() - began_ns, 20 * CLV_NS_PER_S, "%ld of %ld", n, all);
        cr_expect_gt(fault_proxy_cuts(&proxy), before, "%ld of %ld", n, all);
        json_decref(report);
    }
    fault_proxy_end(&proxy);
    redis_end(&server);
}

Test(doctor_odd, a_server_that_says_nothing_is_left_soon)
{
    struct fault_proxy proxy;
    int64_t began_ns;
    json_t *report;

    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    setenv("CLOVIS_REDIS_URL", proxy.url, 1);
    fault_proxy_hold(&proxy, true);
    began_ns = clv_now_ns();
    cr_expect_eq(doctor_run("", &report), 3);
    cr_expect_lt(clv_now_ns() - began_ns, 10 * CLV_NS_PER_S);
    cr_expect_eq(doctor_count(report, "error", "master", "no answer"), 1);
    json_decref(report);
    fault_proxy_end(&proxy);
    redis_end(&server);
}

/* ---- nonsense ------------------------------------------------------------ */

struct babbler {
    int fd;
    const char *text;
    size_t size;
    const char *replicas; /* in its answer to ROLE */
};

/* The same answer to whatever is received, connection after connection. */
static void *babble(void *arg)
{
    const struct babbler *b = arg;
    char drop[4096];
    int fd;

    while ((fd = accept(b->fd, NULL, NULL)) >= 0) {
        while (recv(fd, drop, sizeof(drop), 0) > 0 &&
               send(fd, b->text, b->size, MSG_NOSIGNAL) > 0) {
        }
        close(fd);
    }
    return NULL;
}

static int listen_at(int *port)
{
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(sa);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert(fd >= 0 && bind(fd, (struct sockaddr *)&sa, len) == 0 &&
              listen(fd, 16) == 0 && getsockname(fd, (struct sockaddr *)&sa, &len) == 0);
    *port = ntohs(sa.sin_port);
    return fd;
}

Test(doctor_odd, nonsense_is_a_finding_and_reaches_no_terminal)
{
    /* clang-format off */
    static const struct { const char *scheme, *text; } rows[] = {
        { "redis", "HTTP/1.1 400 Bad Request\r\n\r\n" },
        { "redis", "-ERR \033[31mred\xff\xfe\r\n" },
        { "redis", "+OK\r\n" },
        { "redis", ":-1\r\n" },
        { "redis", "$-1\r\n" },
        { "redis", "*-1\r\n" },
        { "redis", "*0\r\n" },
        { "redis", "$999999999999\r\n" },
        { "redis", "*3\r\n$6\r\nmaster\r\n:1\r\n*1\r\n*3\r\n$-1\r\n:1\r\n$1\r\nx\r\n" },
        { "redis", "*3\r\n$6\r\nmaster\r\n$0\r\n\r\n*1\r\n:7\r\n" },
        { "redis-sentinel", "*2\r\n$4\r\n\033[2J\r\n$4\r\n6379\r\n" },
        { "redis-sentinel", "*4\r\n$4\r\nport\r\n$3\r\n\xff\x01z\r\n$2\r\nip\r\n:9\r\n" },
        { "redis-sentinel", ":1\r\n" },
    };
    /* clang-format on */
    struct babbler b;
    pthread_t thread;
    char url[80];
    json_t *report;
    size_t i;
    int port, code;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        b = (struct babbler){listen_at(&port), rows[i].text, strlen(rows[i].text), NULL};
        cr_assert_eq(pthread_create(&thread, NULL, babble, &b), 0);
        snprintf(url, sizeof(url), "%s://127.0.0.1:%d%s", rows[i].scheme, port,
                 strcmp(rows[i].scheme, "redis") ? "/m" : "");
        setenv("CLOVIS_REDIS_URL", url, 1);
        code = doctor_run("2>&1", &report);
        cr_expect(report && (code == 4 || code == 3), "row %zu: exit code %d", i, code);
        cr_expect_gt(doctor_count(report, "error", NULL, NULL), 0, "row %zu", i);
        cr_expect_eq(doctor_count(report, NULL, NULL, "\033"), 0, "row %zu", i);
        json_decref(report);
        shutdown(b.fd, SHUT_RDWR);
        pthread_join(thread, NULL);
        close(b.fd);
    }
}

/* ---- what cannot be had here --------------------------------------------- */

/* Another answer to INFO than to ROLE; all else is an error. */
static void *pretend(void *arg)
{
    const struct babbler *b = arg;
    char text[4096], info[400], role[200];
    const char *answer;
    ssize_t n;
    int fd;

    snprintf(info, sizeof(info), "$%zu\r\n%s\r\n", b->size, b->text);
    snprintf(role, sizeof(role), "*3\r\n$6\r\nmaster\r\n:1\r\n%s", b->replicas);
    while ((fd = accept(b->fd, NULL, NULL)) >= 0) {
        while ((n = recv(fd, text, sizeof(text) - 1, 0)) > 0) {
            text[n] = '\0';
            answer = strstr(text, "\r\nROLE")   ? role
                     : strstr(text, "\r\nINFO") ? info
                                                : "-ERR unknown\r\n";
            if (send(fd, answer, strlen(answer), MSG_NOSIGNAL) < 0)
                break;
        }
        close(fd);
    }
    return NULL;
}

/* No older Redis is installed, and no disk can be made to fail: the answers are played.
 */
Test(doctor_odd, what_a_server_says_of_itself_is_judged)
{
    /* clang-format off */
    static const struct { const char *info, *severity, *check, *text; } rows[] = {
        { "redis_version:6.0.16\r\n", "error", "version", "Redis 6.0.16, expected 6.2" },
        { "redis_version:5\r\n",      "error", "version", "Redis 5, expected 6.2" },
        { "redis_version:\r\n",       "error", "version", "Redis without version" },
        { "redis_version:7.0.15\r\naof_last_write_status:err\r\n", "error",
          "aof_last_write_status", "aof_last_write_status:err, expected ok" },
        { "redis_version:7.0.15\r\nrdb_last_bgsave_status:err\r\n", "error",
          "rdb_last_bgsave_status", NULL },
        { "redis_version:7.0.15\r\nloading:1\r\n", "warning", "loading", NULL },
    };
    /* clang-format on */
    struct babbler b;
    pthread_t thread;
    char url[80];
    size_t i;
    int port;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        b = (struct babbler){listen_at(&port), rows[i].info, strlen(rows[i].info),
                             "*0\r\n"};
        cr_assert_eq(pthread_create(&thread, NULL, pretend, &b), 0);
        snprintf(url, sizeof(url), "redis://127.0.0.1:%d", port);
        setenv("CLOVIS_REDIS_URL", url, 1);
        expect(rows[i].severity, rows[i].check, rows[i].text);
        shutdown(b.fd, SHUT_RDWR);
        pthread_join(thread, NULL);
        close(b.fd);
    }
}

Test(doctor_odd, servers_of_different_versions_are_noticed)
{
    static const char info[] = "redis_version:7.4.99\r\n";
    char url[80], replicas[100], digits[8];
    struct babbler b;
    pthread_t thread;
    int port;

    redis_start(&server, true, NULL);
    snprintf(digits, sizeof(digits), "%d", server.port);
    snprintf(replicas, sizeof(replicas),
             "*1\r\n*3\r\n$9\r\n127.0.0.1\r\n$%zu\r\n%s\r\n$1\r\n1\r\n", strlen(digits),
             digits);
    b = (struct babbler){listen_at(&port), info, sizeof(info) - 1, replicas};
    cr_assert_eq(pthread_create(&thread, NULL, pretend, &b), 0);
    snprintf(url, sizeof(url), "redis://127.0.0.1:%d", port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    expect("warning", "version", "expected 7.4.99 as on the master");
    expect("warning", "link", "expected up");
    shutdown(b.fd, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(b.fd);
    redis_end(&server);
}
