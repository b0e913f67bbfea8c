/* SPDX-License-Identifier: Apache-2.0 */
/* clovis doctor over TLS; and what no command ever shows: passwords. */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_acl.h"
#include "fixture_doctor.h"
#include "fixture_redis.h"
#include "fixture_tls.h"

TestSuite(doctor_tls, .timeout = 110);

static struct redis server;

static void tls_start(const char *crt, const char *key, const char *protocols)
{
    static char port[8], paths[3][256];
    static const char *args[16];
    char url[64];

    tls_certs_make();
    snprintf(port, sizeof(port), "%d", free_port());
    snprintf(paths[0], sizeof(paths[0]), "%s", tls_cert(crt));
    snprintf(paths[1], sizeof(paths[1]), "%s", tls_cert(key));
    snprintf(paths[2], sizeof(paths[2]), "%s", tls_cert("ca.crt"));
    memcpy(args,
           (const char *[]){"--tls-port", port, "--tls-cert-file", paths[0],
                            "--tls-key-file", paths[1], "--tls-ca-cert-file", paths[2],
                            "--tls-auth-clients", "no", "--tls-protocols", protocols,
                            NULL},
           13 * sizeof(*args));
    redis_start(&server, true, args);
    snprintf(url, sizeof(url), "rediss://127.0.0.1:%s", port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    setenv("CLOVIS_TLS_CA", paths[2], 1);
}

static void own_set(const char *name)
{
    char file[32];

    unsetenv("CLOVIS_TLS_CERT");
    unsetenv("CLOVIS_TLS_KEY");
    if (!name)
        return;
    snprintf(file, sizeof(file), "%s.crt", name);
    setenv("CLOVIS_TLS_CERT", tls_cert(file), 1);
    snprintf(file, sizeof(file), "%s.key", name);
    setenv("CLOVIS_TLS_KEY", tls_cert(file), 1);
}

Test(doctor_tls, the_state_of_tls_is_judged)
{
    /* clang-format off */
    static const struct {
        const char *crt, *key, *protocols, *set;
        int certificate, port, old;
        const char *own; /* certificate of the client */
        int own_certificate;
    } rows[] = {
        { "server.crt", "server.key", "TLSv1.2 TLSv1.3", NULL, 1, 1, 0,
          "client", 1 },
        { "lasting.crt", "lasting.key", "TLSv1.2 TLSv1.3", "CONFIG SET port 0", 0, 0, 0,
          "lasting", 0 },
        { "lasting.crt", "lasting.key", "TLSv1.1 TLSv1.2", NULL, 0, 1, 1,
          NULL, 0 },
    };
    /* clang-format on */
    redisContext *raw;
    json_t *report;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        tls_start(rows[i].crt, rows[i].key, rows[i].protocols);
        own_set(rows[i].own);
        raw = redis_raw(&server);
        if (rows[i].set)
            freeReplyObject(redisCommand(raw, rows[i].set));
        redisFree(raw);
        doctor_run("", &report);
        cr_expect_eq(
            doctor_count(report, "warning", "certificate", "days, expected more than 30"),
            rows[i].certificate, "row %zu", i);
        cr_expect_eq(doctor_count(report, "warning", "own-certificate",
                                  "days, expected more than 30"),
                     rows[i].own_certificate, "row %zu", i);
        cr_expect_eq(doctor_count(report, "note", "port", "beside the TLS port"),
                     rows[i].port, "row %zu", i);
        cr_expect_eq(doctor_count(report, "warning", "tls-protocols", "TLSv1.1"),
                     rows[i].old, "row %zu", i);
        json_decref(report);
        redis_end(&server);
    }
}

static bool is_replicated_plainly(void *unused)
{
    json_t *report;
    int n;

    (void)unused;
    doctor_run("", &report);
    n = doctor_count(report, "warning", "tls-replication", "no, expected yes");
    json_decref(report);
    return n == 1;
}

Test(doctor_tls, replication_without_tls_is_noticed)
{
    static struct redis replica;
    char port[8];
    const char *const args[] = {"--replicaof", "127.0.0.1", port, NULL};

    tls_start("lasting.crt", "lasting.key", "TLSv1.2 TLSv1.3");
    snprintf(port, sizeof(port), "%d", server.port);
    redis_start(&replica, true, args);
    cr_expect(wait_for(is_replicated_plainly, NULL, 20000));
    redis_end(&replica);
    redis_end(&server);
}

/* ---- secrets ------------------------------------------------------------- */

/* What all commands print, in text and as JSON, with everything logged. */
static const char *said_by_all(const char *more)
{
    static const char *const commands[] = {"doctor",
                                           "doctor --json",
                                           "store check",
                                           "store members",
                                           "store stats",
                                           "guard --once",
                                           "store exclude 127.0.0.1:1"};
    static char text[65536];
    const char *top = getenv("top_builddir");
    char command[600];
    size_t i, n = 0;
    FILE *f;

    for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        snprintf(command, sizeof(command), "CLOVIS_LOG=debug %s %s/clovis %s 2>&1", more,
                 top ? top : ".", commands[i]);
        f = popen(command, "r");
        cr_assert(f);
        n += fread(text + n, 1, sizeof(text) - 1 - n, f);
        pclose(f);
    }
    text[n] = '\0';
    cr_expect_gt(n, 200);
    return text;
}

Test(doctor_tls, no_command_prints_a_password)
{
#define SECRET "Zq7-secret"
#define AT "CLOVIS_REDIS_URL=redis://"
    static const char *const args[] = {"--requirepass", SECRET, NULL};
    static char path[200], good[200], wrong[200], env[300], file[400], sentinel[300];
    const char *rows[] = {
        good,
        wrong,
        env,
        file,
        sentinel,
        AT "u:" SECRET "/x@h",
        AT "u:" SECRET "?x@h",
        AT "u:x@" SECRET "/y@h",
        AT "u:" SECRET "%@h",
        AT "u:" SECRET "@h:99999999",
        AT "u:" SECRET "@h/db",
        "CLOVIS_REDIS_URL=nope://u:" SECRET "@h",
        "CLOVIS_REDIS_URL=u:" SECRET "@h",
        "CLOVIS_REDIS_URL=u:" SECRET "@redis://h",
        "CLOVIS_REDIS_URL=unix://u:" SECRET "@/nowhere",
    };
    const char *tmp = getenv("TMPDIR");
    size_t i;
    FILE *f;

    redis_start(&server, true, args);
    snprintf(path, sizeof(path), "%s/secret", tmp && *tmp ? tmp : "/tmp");
    f = fopen(path, "w");
    cr_assert(f);
    fputs(SECRET "\n", f);
    fclose(f);
    snprintf(good, sizeof(good), AT ":" SECRET "@127.0.0.1:%d", server.port);
    snprintf(wrong, sizeof(wrong), AT "u:" SECRET "x@127.0.0.1:%d", server.port);
    snprintf(env, sizeof(env), AT "127.0.0.1:%d CLOVIS_REDIS_PASSWORD=" SECRET,
             server.port);
    snprintf(file, sizeof(file), AT "127.0.0.1:%d CLOVIS_REDIS_PASSWORD_FILE=%s",
             server.port, path);
    snprintf(sentinel, sizeof(sentinel),
             "CLOVIS_REDIS_URL=redis-sentinel://u:" SECRET
             "@127.0.0.1:%d/m CLOVIS_SENTINEL_PASSWORD=" SECRET,
             server.port);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char quoted[500], *at = quoted;
        const char *c;

        /* '?' is a pattern of the shell */
        for (c = rows[i]; *c && at < quoted + sizeof(quoted) - 2; c++) {
            if (*c == '?')
                *at++ = '\\';
            *at++ = *c;
        }
        *at = '\0';
        cr_expect_null(strstr(said_by_all(quoted), "Zq7"), "%s: %s", rows[i],
                       said_by_all(quoted));
    }
    redis_end(&server);
}

/* The file's bytes; NULs become blanks. */
static bool shows(pid_t pid, const char *what, const char *text)
{
    char path[64], all[4096];
    size_t i, n;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, what);
    f = fopen(path, "r");
    n = f ? fread(all, 1, sizeof(all) - 1, f) : 0;
    if (f)
        fclose(f);
    for (i = 0; i < n; i++)
        if (!all[i])
            all[i] = ' ';
    all[n] = '\0';
    return strstr(all, text) != NULL;
}

static bool is_removed(void *arg)
{
    const pid_t pid = *(const pid_t *)arg;

    return shows(pid, "cmdline", "doctor") && !shows(pid, "cmdline", "Zq7");
}

Test(doctor_tls, a_password_in_the_arguments_is_taken_out_of_them)
{
    static const char *const args[] = {"--requirepass", SECRET, NULL};
    const char *top = getenv("top_builddir");
    char program[300], url[100];
    pid_t pid;

    redis_start(&server, true, args);
    redis_freeze(&server); /* so that it runs long enough to be looked at */
    snprintf(program, sizeof(program), "%s/clovis", top ? top : ".");
    snprintf(url, sizeof(url), "redis://u:" SECRET "@127.0.0.1:%d", server.port);
    pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (!freopen("/dev/null", "w", stdout))
            _exit(127);
        execl(program, program, "doctor", "--url", url, (char *)NULL);
        _exit(127);
    }
    cr_expect(wait_for(is_removed, &pid, 5000));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    redis_end(&server);
}
