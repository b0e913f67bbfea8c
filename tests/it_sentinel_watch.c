/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the master: liars, silence, passwords, restarts, forks, and answers that are
 * none. */
#include <criterion/criterion.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend-redis/rds_master.h"
#include "base/clock.h"
#include "fixture_fork.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"

TestSuite(watch, .timeout = 110);

static struct redis decoy;
static struct sentinel honest[2], liar;
static char log_path[256];

static void log_capture(void)
{
    char spec[300];

    snprintf(log_path, sizeof(log_path), "%s/log.txt", server.dir);
    snprintf(spec, sizeof(spec), "warning:%s", log_path);
    setenv("CLOVIS_LOG", spec, 1);
}

static const char *log_take(void)
{
    static char text[4096];
    FILE *f = fopen(log_path, "r");
    size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
    if (truncate(log_path, 0))
        text[n] = '\0';
    return text;
}

/* ---- who is believed ------------------------------------------------------ */

/* For the URLs see url_fill(). */
/* clang-format off */
static const struct {
    const char *what, *url;
    enum store_status st;
    const char *log;
} believed[] = {
    { "two honest ones and a liar", "redis-sentinel://%2,%0,%1/m", STORE_OK, "" },
    { "one of them, and a dead one", "redis-sentinel://%0,%1,%x/m", STORE_OK, "" },
    { "a name of a host", "redis-sentinel://localhost:%p,%1/m", STORE_OK, "" },
    { "an honest one and the liar", "redis-sentinel://%0,%2/m", STORE_AWAY,
      "2 of 2 sentinels answer, 1 agree, expected 2" },
    { "one of three", "redis-sentinel://%0,%x,%x/m", STORE_AWAY,
      "1 of 3 sentinels answer, 1 agree, expected 2; 127.0.0.1:1: Connection refused" },
    { "another name of the master", "redis-sentinel://%0/other", STORE_REFUSED,
      "ERR No such master with that name" },
    { "a server that is no sentinel", "redis-sentinel://%s/m", STORE_REFUSED,
      "unknown command" },
    { "a host that does not exist", "redis-sentinel://nowhere.invalid/m", STORE_AWAY,
      "0 of 1 sentinels answer" },
};
/* clang-format on */

/* %0, %1: an honest sentinel, %p: the port of the first, %2: the liar, %s: the server,
 * %x: nobody. */
static const char *url_fill(const char *text)
{
    static char url[256];
    char *out = url;
    int port;

    for (; *text; text++) {
        if (*text != '%') {
            *out++ = *text;
            continue;
        }
        text++;
        if (*text == 'p') {
            out += sprintf(out, "%d", honest[0].port);
            continue;
        }
        port = *text == 's'   ? server.port
               : *text == 'x' ? 1
               : *text == '2' ? liar.port
                              : honest[*text - '0'].port;
        out += sprintf(out, "127.0.0.1:%d", port);
    }
    *out = '\0';
    return url;
}

Test(watch, a_majority_is_believed_and_nobody_else)
{
    size_t i;

    redis_start(&server, true, NULL);
    redis_start(&decoy, true, NULL);
    sentinel_start(&honest[0], server.port, 2, "");
    sentinel_start(&honest[1], server.port, 2, "");
    sentinel_start(&liar, decoy.port, 2, "");
    log_capture();
    for (i = 0; i < sizeof(believed) / sizeof(*believed); i++) {
        const bool good = believed[i].st == STORE_OK;
        const char *url = url_fill(believed[i].url), *said;
        struct rds_place place;
        enum store_status st;

        setenv("CLOVIS_REDIS_URL", url, 1);
        st =
            store_start(clv_deadline_ns(good ? 20 * CLV_NS_PER_S : 1000 * CLV_NS_PER_MS));
        said = log_take();
        cr_expect_eq(st, believed[i].st, "%s: %s: %s; %s", believed[i].what, url,
                     store_status_text(st), said);
        cr_expect(strstr(said, believed[i].log), "%s: said: %s", believed[i].what, said);
        if (st != STORE_OK)
            continue;
        rds_place_get(&place);
        cr_expect_eq(place.port, server.port, "%s: port %d", believed[i].what,
                     place.port);
        cr_expect_eq(rds_master_confirm(INT64_MAX, soon()), STORE_OK, "%s",
                     believed[i].what);
        store_stop();
    }
    sentinel_end(&honest[0]);
    sentinel_end(&honest[1]);
    sentinel_end(&liar);
    redis_end(&decoy);
    redis_end(&server);
}

static bool never_confirmed(void *arg)
{
    (void)arg;
    return rds_master_confirm(INT64_MAX, soon()) == STORE_AWAY;
}

Test(watch, without_sentinels_what_was_the_master_stays_it_unless_it_is_another)
{
    struct rds_generation g;
    struct store_ckpt *c;

    redis_start(&server, true, NULL);
    sentinel_start(&honest[0], server.port, 1, "");
    log_capture();
    setenv("CLOVIS_REDIS_URL", url_fill("redis-sentinel://%0/m"), 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    sentinel_kill(&honest[0]);
    cr_expect(wait_for(never_confirmed, NULL, 10000));
    redis_int(&server, "CLIENT KILL TYPE normal");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("y"), soon()), STORE_OK);
    rds_generation_get(&g);
    cr_expect_eq(g.number, 1);
    /* a restart is another server: nobody says that it is the master */
    redis_kill(&server);
    redis_again(&server);
    store_section_check(c, bytes("s"), clv_deadline_ns(50 * CLV_NS_PER_MS));
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("z"),
                                     clv_deadline_ns(1500 * CLV_NS_PER_MS)),
                 STORE_AWAY);
    sentinel_again(&honest[0]);
    /* it came back empty, and that is said rather than passed over */
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("z"), soon()), STORE_GONE);
    rds_generation_get(&g);
    cr_expect_eq(g.number, 2);
    cr_expect_eq(rds_master_confirm(INT64_MAX, soon()), STORE_OK);
    store_ckpt_close(c, soon());
    store_stop();
    sentinel_end(&honest[0]);
    redis_end(&server);
}

/* ---- passwords ------------------------------------------------------------ */

Test(watch, the_sentinels_have_a_password_of_their_own)
{
    static const char *const args[] = {"--requirepass", "data-secret", NULL};
    /* clang-format off */
    static const struct {
        const char *what, *user, *password, *file;
        enum store_status st;
    } rows[] = {
        { "right",          NULL,   "sentinel-secret", NULL,               STORE_OK },
        { "none",           NULL,   NULL,              NULL,               STORE_REFUSED },
        { "that of the data", NULL, "data-secret",     NULL,               STORE_REFUSED },
        { "a user",         "app",  "app-secret",      NULL,               STORE_OK },
        { "from a file",    "app",  "overridden",      "app-secret\n",     STORE_OK },
        { "an empty file",  "app",  NULL,              "",                 STORE_CONFIG },
    };
    /* clang-format on */
    const char *said;
    char path[256];
    size_t i;

    redis_start(&server, true, args);
    sentinel_start(&honest[0], server.port, 1,
                   "requirepass sentinel-secret\n"
                   "user app on >app-secret allchannels +auth +ping +subscribe "
                   "+sentinel|master +sentinel|get-master-addr-by-name\n");
    log_capture();
    setenv("CLOVIS_REDIS_PASSWORD", "data-secret", 1);
    setenv("CLOVIS_REDIS_URL", url_fill("redis-sentinel://%0/m"), 1);
    snprintf(path, sizeof(path), "%s/password", server.dir);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        enum store_status st;
        FILE *f = rows[i].file ? fopen(path, "w") : NULL;

        if (f) {
            fputs(rows[i].file, f);
            fclose(f);
        }
        setenv("CLOVIS_SENTINEL_PASSWORD_FILE", f ? path : "", 1);
        setenv("CLOVIS_SENTINEL_USER", rows[i].user ? rows[i].user : "", 1);
        setenv("CLOVIS_SENTINEL_PASSWORD", rows[i].password ? rows[i].password : "", 1);
        st = store_start(soon());
        said = log_take();
        cr_expect_eq(st, rows[i].st, "%s: %s; %s", rows[i].what, store_status_text(st),
                     said);
        cr_expect_not(strstr(said, "secret"), "%s: %s", rows[i].what, said);
        if (st == STORE_OK)
            store_stop();
    }
    sentinel_end(&honest[0]);
    redis_end(&server);
}

/* ---- fork ----------------------------------------------------------------- */

static int child_of_its_own(void)
{
    struct store_ckpt *c;
    char back[16];

    if (store_start(soon()) != STORE_OK)
        return 1;
    c = ckpt_make("c");
    if (read_text(c, "s", back, sizeof(back)) != STORE_OK || strcmp(back, "x"))
        return 2;
    store_ckpt_close(c, soon());
    store_stop();
    return 0;
}

Test(watch, a_child_finds_the_master_afresh_and_the_parent_goes_on)
{
    struct store_ckpt *c;
    int status = -1, i;
    pid_t pid;

    redis_start(&server, true, NULL);
    sentinel_start(&honest[0], server.port, 1, "");
    setenv("CLOVIS_REDIS_URL", url_fill("redis-sentinel://%0/m"), 1);
    setenv("CLOVIS_LOG", "none", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    for (i = 0; i < 3; i++) {
        pid = fork_among_threads();
        if (pid == 0)
            _exit(child_of_its_own());
        cr_assert_eq(waitpid(pid, &status, 0), pid);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
        cr_expect_eq(store_section_write(c, bytes("s"), bytes("x"), soon()), STORE_OK);
    }
    store_ckpt_close(c, soon());
    store_stop();
    sentinel_end(&honest[0]);
    redis_end(&server);
}

/* ---- answers that are none ------------------------------------------------ */

static struct {
    pthread_t thread;
    int listener, port;
    const char *answer;
    size_t size;
    atomic_int n_clients;
    atomic_bool stop;
} garbage;

static void *garbage_main(void *unused)
{
    char drain[4096];

    while (!atomic_load(&garbage.stop)) {
        const int fd = accept4(garbage.listener, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0)
            continue;
        atomic_fetch_add(&garbage.n_clients, 1);
        if (recv(fd, drain, sizeof(drain), 0) > 0 &&
            send(fd, garbage.answer, garbage.size, MSG_NOSIGNAL) > 0)
            shutdown(fd, SHUT_WR);
        close(fd);
    }
    return unused;
}

static void garbage_start(const char *answer, size_t size)
{
    struct sockaddr_in sa = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(sa);

    garbage.answer = answer;
    garbage.size = size;
    atomic_store(&garbage.stop, false);
    garbage.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(garbage.listener, (struct sockaddr *)&sa, sizeof(sa)), 0);
    cr_assert_eq(listen(garbage.listener, 16), 0);
    getsockname(garbage.listener, (struct sockaddr *)&sa, &len);
    garbage.port = ntohs(sa.sin_port);
    cr_assert_eq(pthread_create(&garbage.thread, NULL, garbage_main, NULL), 0);
}

static void garbage_end(void)
{
    atomic_store(&garbage.stop, true);
    shutdown(garbage.listener, SHUT_RDWR);
    pthread_join(garbage.thread, NULL);
    close(garbage.listener);
}

#define ANSWER(text) text, sizeof(text) - 1

Test(watch, answers_that_are_none_end_the_connection_and_nothing_else)
{
    static char nested[40000];
    /* clang-format off */
    static const struct { const char *what, *answer; size_t size; } rows[] = {
        { "no RESP",             ANSWER("HTTP/1.1 400 Bad Request\r\n\r\n") },
        { "zeros",               ANSWER("\0\0\0\0\0\0\0\0") },
        { "a huge array",        ANSWER("*4294967295\r\n") },
        { "a larger array",      ANSWER("*1152921504606846977\r\n") },
        { "a negative array",    ANSWER("*-7\r\n") },
        { "a huge string",       ANSWER("$9223372036854775807\r\n") },
        { "a negative string",   ANSWER("$-9\r\n") },
        { "no number",           ANSWER(":abc\r\n") },
        { "deep arrays",         nested, sizeof(nested) },
        { "half an answer",      ANSWER("*3\r\n$6\r\nmas") },
        { "of another type",     ANSWER(":1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n") },
        { "too many",            ANSWER("+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n"
                                        "+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n") },
    };
    static const char *const urls[] = {"redis://127.0.0.1:", "rediss://127.0.0.1:",
                                       "redis-sentinel://127.0.0.1:"};
    /* clang-format on */
    enum store_status st;
    char url[64];
    size_t i, k;

    for (i = 0; i < sizeof(nested); i++)
        nested[i] = "*1\r\n"[i % 4];
    setenv("CLOVIS_LOG", "none", 1);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        garbage_start(rows[i].answer, rows[i].size);
        for (k = 0; k < 3; k++) {
            snprintf(url, sizeof(url), "%s%d%s", urls[k], garbage.port,
                     k == 2 ? "/m" : "");
            setenv("CLOVIS_REDIS_URL", url, 1);
            st = store_start(clv_deadline_ns(100 * CLV_NS_PER_MS));
            cr_expect(st == STORE_AWAY || st == STORE_REFUSED, "%s at %s: %s",
                      rows[i].what, url, store_status_text(st));
        }
        /* back-off: about ten attempts fit, not hundreds */
        cr_expect_lt(atomic_load(&garbage.n_clients), 60, "%s: %d connections",
                     rows[i].what, atomic_load(&garbage.n_clients));
        atomic_store(&garbage.n_clients, 0);
        garbage_end();
    }
}
