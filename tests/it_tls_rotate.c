/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates are replaced while a program runs, on the server and beside the program.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_store.h"
#include "fixture_tls.h"

TestSuite(tls_rotate, .timeout = 110);

static char trust[224], own_crt[224], own_key[224], log_path[224];
static const char *args[16];
static char port[8];
static struct store_ckpt *c;

static const char *const mine[] = {"trust", "own.crt", "own.key"};

/* Put the bytes of certificate "from" in the place of file "to", as one step. */
static void replace(const char *to, const char *from)
{
    char command[1000];

    snprintf(command, sizeof(command), "cp '%s' '%s.new' && mv '%s.new' '%s'",
             tls_cert(from), to, to, to);
    cr_assert_eq(system(command), 0, "%s", command);
}

static void spoil(const char *path)
{
    FILE *f = fopen(path, "w");

    cr_assert(f);
    fputs("not a certificate\n", f);
    fclose(f);
}

/* The server's certificate, and whose clients it takes; on the port of before. */
static void server_args(const char *crt, const char *key, const char *ca)
{
    static char paths[3][256];
    size_t n = 0;

    snprintf(paths[0], sizeof(paths[0]), "%s", tls_cert(crt));
    snprintf(paths[1], sizeof(paths[1]), "%s", tls_cert(key));
    snprintf(paths[2], sizeof(paths[2]), "%s", tls_cert(ca));
    args[n++] = "--tls-port";
    args[n++] = port;
    args[n++] = "--tls-cert-file";
    args[n++] = paths[0];
    args[n++] = "--tls-key-file";
    args[n++] = paths[1];
    args[n++] = "--tls-ca-cert-file";
    args[n++] = paths[2];
    args[n++] = "--appendonly";
    args[n++] = "yes";
    args[n] = NULL;
}

static void server_change(const char *crt, const char *key, const char *ca)
{
    redis_kill(&server);
    server_args(crt, key, ca);
    redis_again(&server);
}

static void begin(void)
{
    char url[64], spec[240];
    char *const path[] = {trust, own_crt, own_key};
    const char *dir = tls_certs_make();
    size_t i;

    for (i = 0; i < 3; i++)
        snprintf(path[i], sizeof(trust), "%s/%s", dir, mine[i]);
    snprintf(log_path, sizeof(log_path), "%s/lines", dir);
    snprintf(spec, sizeof(spec), "warning:%s", log_path);
    replace(trust, "ca.crt");
    replace(own_crt, "client.crt");
    replace(own_key, "client.key");
    snprintf(port, sizeof(port), "%d", free_port());
    server_args("server.crt", "server.key", "ca.crt");
    redis_start(&server, false, args);
    snprintf(url, sizeof(url), "rediss://127.0.0.1:%s", port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    setenv("CLOVIS_TLS_CA", trust, 1);
    setenv("CLOVIS_TLS_CERT", own_crt, 1);
    setenv("CLOVIS_TLS_KEY", own_key, 1);
    setenv("CLOVIS_LOG", spec, 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
}

static void end(void)
{
    store_ckpt_close(c, soon());
    store_stop();
    redis_end(&server);
}

static enum store_status written_within(int ms)
{
    return store_section_write(c, bytes("s"), bytes("y"),
                               clv_deadline_ns(ms * CLV_NS_PER_MS));
}

static bool is_written(void *arg)
{
    (void)arg;
    return written_within(500) == STORE_OK;
}

static void reconnect(void)
{
    redisContext *raw = redis_raw(&server);

    freeReplyObject(redisCommand(raw, "CLIENT KILL TYPE normal SKIPME yes"));
    redisFree(raw);
    cr_expect_eq(written_within(10000), STORE_OK);
}

static int lines_with(const char *text)
{
    char line[1024];
    FILE *f = fopen(log_path, "r");
    int n = 0;

    while (f && fgets(line, sizeof(line), f))
        n += strstr(line, text) != NULL;
    if (f)
        fclose(f);
    return n;
}

Test(tls_rotate, a_new_authority_is_taken_by_a_program_that_runs)
{
    begin();
    server_change("renewed.crt", "renewed.key", "ca.crt");
    cr_expect_neq(written_within(500), STORE_OK, "an authority that is not trusted");
    replace(trust, "other.crt");
    cr_expect(wait_for(is_written, NULL, 20000), "the new authority is not used");
    end();
}

Test(tls_rotate, a_new_certificate_and_its_key_are_taken_when_both_are_there)
{
    begin();
    server_change("server.crt", "server.key", "other.crt");
    cr_expect_neq(written_within(500), STORE_OK, "a certificate of another authority");
    replace(own_crt, "stranger.crt");
    cr_expect_neq(written_within(500), STORE_OK, "with the key of the old certificate");
    replace(own_key, "stranger.key");
    cr_expect(wait_for(is_written, NULL, 20000), "the new certificate is not used");
    end();
}

Test(tls_rotate, files_that_cannot_be_used_are_complained_of_once_and_change_nothing)
{
    char *const path[] = {trust, own_crt, own_key};
    static const char *const from[] = {"ca.crt", "client.crt", "client.key"};
    size_t i;
    int k;

    begin();
    for (i = 0; i < 3; i++) {
        spoil(path[i]);
        for (k = 0; k < 3; k++)
            reconnect();
        cr_expect_eq(lines_with("stays in use"), (int)i + 1, "%s: %d lines", mine[i],
                     lines_with("stays in use"));
        cr_expect(lines_with(path[i]) >= 1, "no line names %s", path[i]);
        replace(path[i], from[i]);
        reconnect();
    }
    cr_expect_eq(unlink(trust), 0);
    reconnect();
    cr_expect_eq(lines_with("stays in use"), 4, "a file that is gone");
    end();
}
