/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/bench_raw.h"

#include <hiredis/sds.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend-redis/rds_dial.h"
#include "backend-redis/rds_url.h"
#include "base/clock.h"
#include "base/settings.h"

enum { CONNECT_S = 5, RECV_BYTES = 65536 };

struct bench_raw {
    redisContext *c;
    SSL_CTX *ctx; /* TLS only, as all that follows */
    SSL *ssl;
    char block[RECV_BYTES];
};

/* ---- connecting ------------------------------------------------------------ */

static bool place_find(struct rds_url *url, struct rds_place *place)
{
    if (!rds_url_load(url)) /* it has logged why */
        return false;
    if (rds_url_has_sentinels(url)) {
        fprintf(stderr,
                "bench: the baseline wants the server itself, redis://, rediss:// or "
                "unix://, not sentinels\n");
        rds_url_free(url);
        return false;
    }
    rds_url_place(url, 0, place);
    return true;
}

static bool tls_files(SSL_CTX *ctx)
{
    const char *ca = clv_setting("CLOVIS_TLS_CA"), *cert = clv_setting("CLOVIS_TLS_CERT");
    const char *key = clv_setting("CLOVIS_TLS_KEY");
    struct stat about;
    bool ok = true;

    if (ca && stat(ca, &about) == 0 && S_ISDIR(about.st_mode))
        ok = SSL_CTX_load_verify_locations(ctx, NULL, ca);
    else if (ca)
        ok = SSL_CTX_load_verify_locations(ctx, ca, NULL);
    else
        ok = SSL_CTX_set_default_verify_paths(ctx);
    if (ok && cert && key)
        ok = SSL_CTX_use_certificate_chain_file(ctx, cert) == 1 &&
             SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) == 1;
    return ok;
}

static bool tls_start(struct bench_raw *raw)
{
    raw->ctx = SSL_CTX_new(TLS_client_method());
    if (!raw->ctx || !tls_files(raw->ctx))
        return false;
    SSL_CTX_set_verify(raw->ctx, SSL_VERIFY_PEER, NULL);
    raw->ssl = SSL_new(raw->ctx);
    return raw->ssl && SSL_set_fd(raw->ssl, raw->c->fd) && SSL_connect(raw->ssl) == 1;
}

static bool is_ok(redisReply *r)
{
    const bool ok = r && r->type != REDIS_REPLY_ERROR;

    if (r)
        freeReplyObject(r);
    return ok;
}

static bool log_in(struct bench_raw *raw, const struct rds_url *url)
{
    if (url->password && url->user &&
        !is_ok(bench_raw_command(raw, "AUTH %s %s", url->user, url->password)))
        return false;
    if (url->password && !url->user &&
        !is_ok(bench_raw_command(raw, "AUTH %s", url->password)))
        return false;
    return !url->db || is_ok(bench_raw_command(raw, "SELECT %u", (unsigned)url->db));
}

static bool raw_start(struct bench_raw *raw, const struct rds_url *url,
                      const struct rds_place *place)
{
    char text[RDS_PLACE_TEXT], why[256];

    raw->c = place->port ? redisConnect(place->host, place->port)
                         : redisConnectUnix(place->host);
    rds_place_text(place, text);
    if (!raw->c || raw->c->err) {
        fprintf(stderr, "bench: cannot connect to %s: %s\n", text,
                raw->c ? raw->c->errstr : "out of memory");
        return false;
    }
    if (place->tls && !tls_start(raw)) {
        ERR_error_string_n(ERR_get_error(), why, sizeof(why));
        fprintf(stderr, "bench: TLS with %s: %s\n", text, why);
        return false;
    }
    if (!log_in(raw, url)) {
        fprintf(stderr, "bench: %s does not accept the URL's user or database\n", text);
        return false;
    }
    return true;
}

struct bench_raw *bench_raw_open(void)
{
    struct bench_raw *raw = calloc(1, sizeof(*raw));
    struct rds_place place;
    struct rds_url url;

    if (!raw || !place_find(&url, &place)) {
        free(raw);
        return NULL;
    }
    if (!raw_start(raw, &url, &place)) {
        bench_raw_close(raw);
        raw = NULL;
    }
    rds_url_free(&url);
    return raw;
}

void bench_raw_close(struct bench_raw *raw)
{
    if (!raw)
        return;
    if (raw->ssl)
        SSL_free(raw->ssl);
    if (raw->ctx)
        SSL_CTX_free(raw->ctx);
    if (raw->c)
        redisFree(raw->c);
    free(raw);
}

int bench_bare_open(void)
{
    struct rds_place place;
    struct rds_url url;
    char why[256];
    int fd = -2;

    if (!place_find(&url, &place))
        return -1;
    if (!place.tls && !url.password && !url.db) {
        fd = rds_dial(&place, NULL, clv_deadline_ns(CONNECT_S * CLV_NS_PER_S), why,
                      sizeof(why));
        if (fd < 0)
            fprintf(stderr, "bench: %s\n", why);
    }
    rds_url_free(&url);
    return fd;
}

/* ---- commands -------------------------------------------------------------- */

/* What hiredis has put together goes out through TLS. */
static bool tls_flush(struct bench_raw *raw)
{
    const size_t n = sdslen(raw->c->obuf);
    const bool ok = n == 0 || SSL_write(raw->ssl, raw->c->obuf, (int)n) == (int)n;

    sdsclear(raw->c->obuf);
    return ok;
}

redisReply *bench_raw_reply(struct bench_raw *raw)
{
    void *reply = NULL;
    int n;

    if (!raw->ssl)
        return redisGetReply(raw->c, &reply) == REDIS_OK ? reply : NULL;
    if (!tls_flush(raw))
        return NULL;
    for (;;) {
        if (redisReaderGetReply(raw->c->reader, &reply) != REDIS_OK || reply)
            return reply;
        n = SSL_read(raw->ssl, raw->block, RECV_BYTES);
        if (n <= 0 || redisReaderFeed(raw->c->reader, raw->block, (size_t)n) != REDIS_OK)
            return NULL;
    }
}

redisReply *bench_raw_argv(struct bench_raw *raw, int argc, const char **argv,
                           const size_t *len)
{
    if (!raw->ssl)
        return redisCommandArgv(raw->c, argc, argv, len);
    if (redisAppendCommandArgv(raw->c, argc, argv, len) != REDIS_OK)
        return NULL;
    return bench_raw_reply(raw);
}

bool bench_raw_append(struct bench_raw *raw, const char *fmt, ...)
{
    va_list ap;
    int rc;

    va_start(ap, fmt);
    rc = redisvAppendCommand(raw->c, fmt, ap);
    va_end(ap);
    return rc == REDIS_OK;
}

static redisReply *command(struct bench_raw *raw, const char *fmt, va_list ap)
{
    if (!raw->ssl)
        return redisvCommand(raw->c, fmt, ap);
    return redisvAppendCommand(raw->c, fmt, ap) == REDIS_OK ? bench_raw_reply(raw) : NULL;
}

redisReply *bench_raw_command(struct bench_raw *raw, const char *fmt, ...)
{
    redisReply *r;
    va_list ap;

    va_start(ap, fmt);
    r = command(raw, fmt, ap);
    va_end(ap);
    return r;
}

long long bench_raw_int(struct bench_raw *raw, const char *fmt, ...)
{
    redisReply *r;
    long long v;
    va_list ap;

    va_start(ap, fmt);
    r = command(raw, fmt, ap);
    va_end(ap);
    v = r && r->type == REDIS_REPLY_INTEGER ? r->integer : -1;
    if (r)
        freeReplyObject(r);
    return v;
}

bool bench_raw_info(struct bench_raw *raw, const char *section, const char *key,
                    char *out, size_t size)
{
    redisReply *r = bench_raw_command(raw, "INFO %s", section);
    const char *at = r && r->type == REDIS_REPLY_STRING ? strstr(r->str, key) : NULL;
    size_t n;

    if (at) {
        at += strlen(key) + 1; /* the colon */
        n = strcspn(at, "\r\n");
        snprintf(out, size, "%.*s", (int)n, at);
    }
    if (r)
        freeReplyObject(r);
    return at != NULL;
}
