/* SPDX-License-Identifier: Apache-2.0 */
/* TLS against real servers: what is accepted, what is not and how that is said. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend-redis/rds_conn.h"
#include "backend-redis/rds_master.h"
#include "base/clock.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"
#include "fixture_tls.h"

TestSuite(tls, .timeout = 110);

static const char *tls_args[20];
static char tls_port[8];
static char log_path[256];

/* A server with that certificate on a TLS port, beside its plain port. */
static void tls_server(const char *cert, bool wants_client)
{
    static char crt[32], key[32];
    size_t n = 0;

    snprintf(crt, sizeof(crt), "%s.crt", cert);
    snprintf(key, sizeof(key), "%s.key", cert);
    snprintf(tls_port, sizeof(tls_port), "%d", free_port());
    tls_args[n++] = "--tls-port";
    tls_args[n++] = tls_port;
    tls_args[n++] = "--tls-cert-file";
    tls_args[n++] = tls_cert(crt);
    tls_args[n++] = "--tls-key-file";
    tls_args[n++] = tls_cert(key);
    tls_args[n++] = "--tls-ca-cert-file";
    tls_args[n++] = tls_cert("ca.crt");
    tls_args[n++] = "--tls-auth-clients";
    tls_args[n++] = wants_client ? "yes" : "no";
    tls_args[n++] = NULL;
    redis_start(&server, true, tls_args);
}

static void log_capture(void)
{
    char spec[300];

    snprintf(log_path, sizeof(log_path), "%s/log.txt", server.dir);
    snprintf(spec, sizeof(spec), "error:%s", log_path);
    setenv("CLOVIS_LOG", spec, 1);
}

/* The log so far; it is emptied. */
static const char *log_take(void)
{
    static char text[2048];
    FILE *f = fopen(log_path, "r");
    size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

    text[n] = '\0';
    if (f)
        fclose(f);
    f = fopen(log_path, "w");
    if (f)
        fclose(f);
    return text;
}

static void setting(const char *key, const char *value)
{
    if (value)
        setenv(key, value, 1);
    else
        unsetenv(key);
}

/* A plain port answers a TLS handshake that has a line's end in it, else it waits. */
#define EITHER STORE_STATUS_N

/* One way to connect. '%t' stands for the TLS port, '%p' for the plain one. */
struct row {
    const char *what, *url, *ca, *cert, *key, *sni;
    enum store_status st;
    const char *log; /* part of the line that says why */
};

static void url_make(const char *text, char *out, size_t size)
{
    size_t used = 0;

    for (; *text && used + 8 < size; text++) {
        if (text[0] == '%') {
            used += (size_t)snprintf(out + used, size - used, "%d",
                                     text[1] == 't' ? atoi(tls_port) : server.port);
            text++;
        } else {
            out[used++] = *text;
        }
    }
    out[used] = '\0';
}

static void row_try(const struct row *row)
{
    /* what can be tried again is tried for that long */
    const int64_t limit = row->st == STORE_AWAY || row->st == EITHER ? 300 * CLV_NS_PER_MS
                                                                     : 10 * CLV_NS_PER_S;
    const int64_t began_ns = clv_now_ns();
    enum store_status st;
    const char *said;
    char url[128];

    url_make(row->url, url, sizeof(url));
    setting("CLOVIS_REDIS_URL", url);
    setting("CLOVIS_TLS_CA", row->ca ? tls_cert(row->ca) : NULL);
    setting("CLOVIS_TLS_CERT", row->cert ? tls_cert(row->cert) : NULL);
    setting("CLOVIS_TLS_KEY", row->key ? tls_cert(row->key) : NULL);
    setting("CLOVIS_TLS_SNI", row->sni);
    st = store_start(clv_deadline_ns(limit));
    said = log_take();
    cr_expect(st == row->st ||
                  (row->st == EITHER && (st == STORE_AWAY || st == STORE_REFUSED)),
              "%s: \"%s\", expected \"%s\"; %s", row->what, store_status_text(st),
              store_status_text(row->st), said);
    cr_expect(!row->log || strstr(said, row->log), "%s: said: %s", row->what, said);
    cr_expect(row->log || !*said, "%s: said: %s", row->what, said);
    cr_expect_lt(clv_now_ns() - began_ns, limit + 2 * CLV_NS_PER_S, "%s", row->what);
    if (st == STORE_OK)
        store_stop();
}

#define ROWS_TRY(rows)                                                                   \
    do {                                                                                 \
        size_t at;                                                                       \
        for (at = 0; at < sizeof(rows) / sizeof(*(rows)); at++)                          \
            row_try(&(rows)[at]);                                                        \
    } while (0)

Test(tls, a_server_is_trusted_by_its_authority_and_its_name)
{
    /* clang-format off */
    static const struct row rows[] = {
        { "address",       "rediss://127.0.0.1:%t",  "ca.crt",    0, 0, 0, STORE_OK, NULL },
        { "name",          "rediss://localhost:%t",  "ca.crt",    0, 0, 0, STORE_OK, NULL },
        { "other CA",      "rediss://127.0.0.1:%t",  "other.crt", 0, 0, 0, STORE_REFUSED,
          "certificate not accepted as that of 127.0.0.1" },
        { "no CA",         "rediss://127.0.0.1:%t",  NULL,        0, 0, 0, STORE_REFUSED,
          "certificate not accepted" },
        { "asked name",    "rediss://127.0.0.1:%t",  "ca.crt",    0, 0, "localhost", STORE_OK, NULL },
        { "wrong name",    "rediss://127.0.0.1:%t",  "ca.crt",    0, 0, "redis.example",
          STORE_REFUSED, "as that of redis.example: hostname mismatch" },
        { "wrong address", "rediss://localhost:%t",  "ca.crt",    0, 0, "127.0.0.2",
          STORE_REFUSED, "as that of 127.0.0.2: IP address mismatch" },
        { "plain port",    "rediss://127.0.0.1:%p",  "ca.crt",    0, 0, 0, EITHER,
          "expected a TLS port" },
        { "TLS port",      "redis://127.0.0.1:%t",   NULL,        0, 0, 0, STORE_AWAY,
          "if it expects TLS: rediss://" },
        { "CA file",       "rediss://127.0.0.1:%t",  "none.crt",  0, 0, 0, STORE_CONFIG,
          "none.crt (environment): " },
        { "CA is no PEM",  "rediss://127.0.0.1:%t",  "log",       0, 0, 0, STORE_CONFIG,
          "expected a file of PEM certificates" },
        { "own: no PEM",   "rediss://127.0.0.1:%t",  "ca.crt", "log", 0, 0, STORE_CONFIG,
          "expected a PEM certificate chain" },
        { "own: no key",   "rediss://127.0.0.1:%t",  "ca.crt", "client.crt", 0, 0, STORE_CONFIG,
          "expected the PEM key of CLOVIS_TLS_CERT" },
        { "own: bad key",  "rediss://127.0.0.1:%t",  "ca.crt", "client.crt", "server.key", 0,
          STORE_CONFIG, "expected the PEM key of CLOVIS_TLS_CERT" },
        { "own: key only", "rediss://127.0.0.1:%t",  "ca.crt", 0, "client.key", 0, STORE_CONFIG,
          "expected CLOVIS_TLS_CERT, too" },
    };
    /* clang-format on */

    tls_certs_make();
    tls_server("server", false);
    log_capture();
    ROWS_TRY(rows);
    redis_end(&server);
}

Test(tls, a_certificate_of_another_name_is_good_for_that_name_only)
{
    /* clang-format off */
    static const struct row rows[] = {
        { "by address",  "rediss://127.0.0.1:%t", "ca.crt", 0, 0, 0, STORE_REFUSED, "mismatch" },
        { "by its name", "rediss://127.0.0.1:%t", "ca.crt", 0, 0, "elsewhere", STORE_OK, NULL },
    };
    /* clang-format on */

    tls_certs_make();
    tls_server("elsewhere", false);
    log_capture();
    ROWS_TRY(rows);
    redis_end(&server);
}

Test(tls, an_expired_certificate_is_refused)
{
    static const struct row row = {
        "expired", "rediss://127.0.0.1:%t", "ca.crt",      0, 0,
        0,         STORE_REFUSED,           "has expired",
    };

    tls_certs_make();
    tls_server("expired", false);
    log_capture();
    row_try(&row);
    redis_end(&server);
}

Test(tls, a_server_may_want_a_certificate_of_the_client)
{
    /* clang-format off */
    static const struct row rows[] = {
        { "right", "rediss://127.0.0.1:%t", "ca.crt", "client.crt", "client.key", 0, STORE_OK, NULL },
        { "none",  "rediss://127.0.0.1:%t", "ca.crt", 0, 0, 0, STORE_REFUSED, "certificate required" },
        { "of another authority", "rediss://127.0.0.1:%t", "ca.crt", "stranger.crt",
          "stranger.key", 0, STORE_REFUSED, "unknown ca" },
    };
    /* clang-format on */

    tls_certs_make();
    tls_server("server", true);
    log_capture();
    ROWS_TRY(rows);
    redis_end(&server);
}

Test(tls, a_server_of_an_older_protocol_is_refused)
{
    static const char *const older[] = {"--tls-protocols", "TLSv1.1", NULL};
    static const struct row row = {
        "TLS 1.1", "rediss://127.0.0.1:%t", "ca.crt", 0, 0, 0, STORE_REFUSED, "TLS: ",
    };
    size_t n = 0, i;

    tls_certs_make();
    tls_server("server", false);
    redis_kill(&server);
    while (tls_args[n])
        n++;
    for (i = 0; i < 3; i++)
        tls_args[n + i] = older[i];
    redis_again(&server);
    log_capture();
    row_try(&row);
    redis_end(&server);
}

/* ---- the name that is asked for ------------------------------------------ */

/* A TLS server that has the certificate "elsewhere" for who asks for that name, and
 * "server" for everybody else; it speaks no RESP. */
static pid_t sni_server(int port)
{
    char number[8];
    pid_t pid;

    snprintf(number, sizeof(number), "%d", port);
    pid = fork();
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
        _exit(127);
    execlp("openssl", "openssl", "s_server", "-accept", number, "-cert",
           tls_cert("server.crt"), "-key", tls_cert("server.key"), "-servername",
           "elsewhere", "-cert2", tls_cert("elsewhere.crt"), "-key2",
           tls_cert("elsewhere.key"), "-quiet", (char *)NULL);
    _exit(127);
}

static bool sni_verdict(int port, const char *name, char *why, size_t size)
{
    struct rds_place place = {.host = "127.0.0.1", .port = (uint16_t)port, .tls = true};
    struct rds_conn conn;
    bool ok;

    setting("CLOVIS_TLS_CA", tls_cert("ca.crt"));
    setting("CLOVIS_TLS_SNI", name);
    cr_assert(rds_tls_setup(why, size), "%s", why);
    ok = rds_conn_open(&conn, &place, NULL, soon(), why, size) == STORE_OK;
    if (ok)
        rds_conn_close(&conn);
    rds_tls_teardown();
    return ok;
}

static bool sni_listens(void *arg)
{
    char why[400];

    return sni_verdict(*(int *)arg, NULL, why, sizeof(why));
}

Test(tls, the_server_is_told_which_name_is_meant)
{
    int port = free_port();
    char why[400] = "";
    pid_t pid;

    tls_certs_make();
    pid = sni_server(port);
    cr_assert(wait_for(sni_listens, &port, 20000), "openssl s_server does not answer");
    cr_expect(sni_verdict(port, "elsewhere", why, sizeof(why)), "%s", why);
    cr_expect(!sni_verdict(port, "nowhere", why, sizeof(why)));
    cr_expect(strstr(why, "mismatch"), "%s", why);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* ---- data ---------------------------------------------------------------- */

static void tls_store_start(void)
{
    char url[64];

    tls_certs_make();
    tls_server("server", false);
    url_make("rediss://127.0.0.1:%t", url, sizeof(url));
    setting("CLOVIS_REDIS_URL", url);
    setting("CLOVIS_TLS_CA", tls_cert("ca.crt"));
    setting("CLOVIS_LOG", "none");
    signal(SIGPIPE, SIG_DFL);
    cr_assert_eq(store_start(soon()), STORE_OK);
}

static struct store_ckpt *large_ckpt(void)
{
    struct store_attrs a = plain;

    a.max_section_size = a.checkpoint_size = 4 << 20;
    return ckpt_make_with("c", &a);
}

Test(tls, contents_of_any_size_go_there_and_back)
{
    static const size_t sizes[] = {0,     1,     1000,  1025,  16383,  16384,
                                   16385, 40000, 65536, 70000, 3 << 20};
    struct store_ckpt *c;
    char *out, *back;
    uint32_t bad;
    size_t i, k;

    tls_store_start();
    c = large_ckpt();
    out = malloc(4 << 20);
    back = malloc(4 << 20);
    for (k = 0; k < 4 << 20; k++)
        out[k] = (char)(k * 7 + k / 251);
    cr_assert_eq(create(c, "s", ""), STORE_OK);
    for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct store_read r = {.id = bytes("s"), .buffer = back, .size = 4 << 20};
        const struct clv_bytes data = {out, sizes[i]};

        cr_expect_eq(store_section_write(c, bytes("s"), data, soon()), STORE_OK, "%zu",
                     sizes[i]);
        cr_expect_eq(store_read(c, &r, 1, &bad, soon()), STORE_OK, "%zu", sizes[i]);
        cr_expect(r.got == sizes[i] && memcmp(out, back, sizes[i]) == 0, "%zu", sizes[i]);
    }
    free(out);
    free(back);
    store_ckpt_close(c, soon());
    store_stop();
    redis_end(&server);
}

Test(tls, a_server_that_goes_away_is_used_again_and_raises_no_signal)
{
    struct store_ckpt *c;
    char *large = calloc(1, 1 << 20);
    int i;

    tls_store_start();
    c = large_ckpt();
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    for (i = 0; i < 20; i++) {
        redisContext *raw = redis_raw(&server);

        freeReplyObject(redisCommand(raw, "CLIENT KILL TYPE normal SKIPME yes"));
        redisFree(raw);
        cr_expect_eq(store_section_write(c, bytes("s"),
                                         (struct clv_bytes){large, 1 << 20}, soon()),
                     STORE_OK, "%d", i);
    }
    redis_freeze(&server);
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("y"),
                                     clv_deadline_ns(200 * CLV_NS_PER_MS)),
                 STORE_UNSURE);
    redis_thaw(&server);
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("z"), soon()), STORE_OK);
    free(large);
    store_ckpt_close(c, soon());
    store_stop();
    redis_end(&server);
}

/* ---- the stack of a caller ----------------------------------------------- */

/* OpenSSL's SSL_write() alone takes more than 4 KiB. A legacy thread of 16 KiB must be
 * left with some for itself and for the API's own frames. */
enum { STACK_SIZE = 256 * 1024, STACK_LIMIT = 9 * 1024, LEGACY_STACK = 16 * 1024 };

static char stack[STACK_SIZE] __attribute__((aligned(4096)));

static void *small_caller(void *arg)
{
    struct store_ckpt *c = arg;
    static char data[65536], back[65536];
    struct store_read r = {.id = bytes("s"), .buffer = back, .size = sizeof(back)};
    uint32_t bad;
    int i;

    for (i = 0; i < 20; i++) {
        const struct clv_bytes b = {data, i % 2 ? sizeof(data) : 100};

        if (store_section_write(c, bytes("s"), b, soon()) != STORE_OK ||
            store_read(c, &r, 1, &bad, soon()) != STORE_OK)
            return arg;
    }
    return NULL;
}

/* How much of its stack a thread has used at most. */
static size_t stack_used_by(void *(*fn)(void *), void *arg)
{
    pthread_attr_t attr;
    pthread_t thread;
    void *result = arg;
    size_t i;

    memset(stack, 0x5a, sizeof(stack));
    pthread_attr_init(&attr);
    pthread_attr_setstack(&attr, stack, sizeof(stack));
    cr_assert_eq(pthread_create(&thread, &attr, fn, arg), 0);
    pthread_join(thread, &result);
    pthread_attr_destroy(&attr);
    cr_expect_null(result);
    for (i = 0; i < sizeof(stack) && stack[i] == 0x5a; i++) {
    }
    return sizeof(stack) - i;
}

static void *nothing(void *arg)
{
    (void)arg;
    return NULL;
}

Test(tls, a_caller_with_a_small_stack_can_do_it_itself)
{
    struct store_ckpt *c;
    size_t base, used;

    tls_store_start();
    c = large_ckpt();
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    base = stack_used_by(nothing, c); /* what any thread uses: TLS variables, start */
    used = stack_used_by(small_caller, c);
    printf("stack of a write and a read over TLS: %zu bytes, beside %zu of any thread\n",
           used - base, base);
#if !defined(__SANITIZE_ADDRESS__)
    cr_expect_lt(used - base, STACK_LIMIT);
    cr_expect_lt(used, LEGACY_STACK - 2048);
#endif
    store_ckpt_close(c, soon());
    store_stop();
    redis_end(&server);
}

/* ---- sentinels ----------------------------------------------------------- */

Test(tls, the_master_and_its_sentinels_each_with_and_without_tls)
{
    /* clang-format off */
    static const struct {
        const char *what, *scheme, *sentinel_tls;
        bool port_is_tls; /* of the sentinel */
        const char *ca;
        enum store_status st;
        const char *log;
    } rows[] = {
        { "both",                    "rediss-sentinel", NULL, true,  "ca.crt",    STORE_OK, "" },
        { "the master only",         "rediss-sentinel", "0",  false, "ca.crt",    STORE_OK, "" },
        { "to a plain sentinel",     "rediss-sentinel", NULL, false, "ca.crt",    EITHER,
          "expected a TLS port" },
        { "plain to a TLS sentinel", "redis-sentinel",  NULL, true,  "ca.crt",    STORE_AWAY,
          "if it expects TLS" },
        { "plain to the TLS master", "redis-sentinel",  NULL, false, "ca.crt",    STORE_AWAY,
          "if it expects TLS" },
        { "the sentinel's CA",       "rediss-sentinel", NULL, true,  "other.crt", STORE_REFUSED,
          "certificate not accepted" },
        { "the master's CA only",    "rediss-sentinel", "0",  false, "other.crt", STORE_REFUSED,
          "certificate not accepted" },
    };
    /* clang-format on */
    struct sentinel s;
    char more[1024], url[128];
    int port = free_port();
    size_t i;

    tls_certs_make();
    tls_server("server", false);
    log_capture();
    snprintf(more, sizeof(more),
             "tls-port %d\ntls-replication yes\ntls-cert-file %s\ntls-key-file %s\n"
             "tls-ca-cert-file %s\ntls-auth-clients no\n",
             port, tls_cert("server.crt"), tls_cert("server.key"), tls_cert("ca.crt"));
    sentinel_start(&s, atoi(tls_port), 1, more);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        enum store_status st;
        const char *said;

        snprintf(url, sizeof(url), "%s://127.0.0.1:%d/m", rows[i].scheme,
                 rows[i].port_is_tls ? port : s.port);
        setting("CLOVIS_REDIS_URL", url);
        setting("CLOVIS_SENTINEL_TLS", rows[i].sentinel_tls);
        setting("CLOVIS_TLS_CA", tls_cert(rows[i].ca));
        st = store_start(clv_deadline_ns(rows[i].st != STORE_OK ? 500 * CLV_NS_PER_MS
                                                                : 10 * CLV_NS_PER_S));
        said = log_take();
        cr_expect(st == rows[i].st || (rows[i].st == EITHER && st != STORE_OK),
                  "%s: %s: %s", rows[i].what, store_status_text(st), said);
        cr_expect(strstr(said, rows[i].log), "%s: said: %s", rows[i].what, said);
        if (st == STORE_OK)
            store_stop();
    }
    sentinel_end(&s);
    redis_end(&server);
}
