/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_url.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/logline.h"
#include "base/settings.h"

enum { PORT_REDIS = 6379, PORT_SENTINEL = 26379, PASSWORD_MAX = 4096 };

/* clang-format off */
static const struct {
    const char *word;
    enum rds_scheme scheme;
} schemes[] = {
    { "redis",           RDS_TCP },
    { "rediss",          RDS_TLS },
    { "unix",            RDS_UNIX },
    { "redis-sentinel",  RDS_SENTINEL },
    { "rediss-sentinel", RDS_SENTINEL_TLS },
    { "redis-cluster",   RDS_CLUSTER },
    { "rediss-cluster",  RDS_CLUSTER_TLS },
};
/* clang-format on */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* New: the decoded text, or NULL with why. */
static char *percent_decode(const char *text, size_t len, const char *what, char *why,
                            size_t why_size)
{
    char *out = malloc(len + 1);
    size_t i, n = 0;

    if (!out) {
        snprintf(why, why_size, "out of memory");
        return NULL;
    }
    for (i = 0; i < len; i++) {
        int hi, lo;

        if (text[i] != '%') {
            out[n++] = text[i];
            continue;
        }
        hi = i + 2 < len ? hex_digit(text[i + 1]) : -1;
        lo = hi >= 0 ? hex_digit(text[i + 2]) : -1;
        if (lo < 0 || (hi == 0 && lo == 0)) {
            snprintf(why, why_size, "bad percent-encoding in the %s, expected %%XX",
                     what);
            free(out);
            return NULL;
        }
        out[n++] = (char)(hi * 16 + lo);
        i += 2;
    }
    out[n] = '\0';
    return out;
}

static bool number_parse(const char *text, size_t len, uint32_t max, uint32_t *out)
{
    uint64_t n = 0;
    size_t i;

    if (len == 0 || len > 9)
        return false;
    for (i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (uint64_t)(text[i] - '0');
    }
    *out = (uint32_t)n;
    return n <= max;
}

static bool db_parse(struct rds_url *out, const char *text, size_t len, char *why,
                     size_t why_size)
{
    if (number_parse(text, len, 65535, &out->db))
        return true;
    snprintf(why, why_size, "database \"%.*s\", expected a number from 0 to 65535",
             (int)len, text);
    return false;
}

/* "user:password" before the '@'. */
static bool credentials_parse(struct rds_url *out, const char *text, size_t len,
                              char *why, size_t why_size)
{
    const char *colon = memchr(text, ':', len);
    const size_t user_len = colon ? (size_t)(colon - text) : len;

    if (user_len) {
        out->user = percent_decode(text, user_len, "user", why, why_size);
        if (!out->user)
            return false;
    }
    if (colon) {
        out->password =
            percent_decode(colon + 1, len - user_len - 1, "password", why, why_size);
        if (!out->password)
            return false;
    }
    return true;
}

static bool host_add(struct rds_url *out, const char *text, size_t len, uint16_t port,
                     char *why, size_t why_size)
{
    const char *end = text + len, *host = text, *colon;
    struct rds_host *grown;
    size_t host_len;
    uint32_t n = port;

    if (len && *text == '[') {
        const char *close = memchr(text, ']', len);

        if (!close || (close + 1 < end && close[1] != ':')) {
            snprintf(why, why_size, "host \"%.*s\", expected [IPv6-address] or [..]:port",
                     (int)len, text);
            return false;
        }
        host = text + 1;
        host_len = (size_t)(close - host);
        colon = close + 1 < end ? close + 1 : NULL;
    } else {
        colon = memchr(text, ':', len);
        host_len = colon ? (size_t)(colon - text) : len;
    }
    if (host_len == 0) {
        snprintf(why, why_size, "no host, expected host or host:port");
        return false;
    }
    if (colon &&
        (!number_parse(colon + 1, (size_t)(end - colon - 1), 65535, &n) || n == 0)) {
        snprintf(why, why_size, "port \"%.*s\", expected a number from 1 to 65535",
                 (int)(end - colon - 1), colon + 1);
        return false;
    }
    if (out->n_hosts == RDS_SENTINELS_MAX) {
        snprintf(why, why_size, "more than %d hosts", RDS_SENTINELS_MAX);
        return false;
    }
    grown = realloc(out->hosts, (out->n_hosts + 1) * sizeof(*grown));
    if (grown)
        out->hosts = grown;
    if (!grown || !(grown[out->n_hosts].host = strndup(host, host_len))) {
        snprintf(why, why_size, "out of memory");
        return false;
    }
    grown[out->n_hosts++].port = (uint16_t)n;
    return true;
}

static bool query_parse(struct rds_url *out, const char *query, char *why,
                        size_t why_size)
{
    if (!rds_url_is_cluster(out) && strncmp(query, "db=", 3) == 0)
        return db_parse(out, query + 3, strlen(query + 3), why, why_size);
    snprintf(why, why_size, "parameter \"%s\", expected %s", query,
             rds_url_is_cluster(out) ? "none for a cluster" : "db=NUMBER");
    return false;
}

static bool unix_parse(struct rds_url *out, const char *rest, char *why, size_t why_size)
{
    const char *slash = strchr(rest, '/'), *query;

    if (!slash) {
        snprintf(why, why_size, "no socket path, expected unix:///path");
        return false;
    }
    if (slash > rest && slash[-1] == '@') {
        if (!credentials_parse(out, rest, (size_t)(slash - 1 - rest), why, why_size))
            return false;
    } else if (slash != rest) {
        snprintf(why, why_size, "a host before the socket path, expected unix:///path");
        return false;
    }
    query = strchr(slash, '?');
    out->path = percent_decode(slash, query ? (size_t)(query - slash) : strlen(slash),
                               "path", why, why_size);
    return out->path && (!query || query_parse(out, query + 1, why, why_size));
}

/* "/master" and "/db". */
static bool tail_parse(struct rds_url *out, const char *tail, size_t len, char *why,
                       size_t why_size)
{
    const char *slash;
    size_t master_len;

    if (rds_url_is_cluster(out)) {
        if (len == 0)
            return true;
        snprintf(why, why_size,
                 "\"/%.*s\" after the hosts: a cluster has one database, "
                 "expected %s://host[:port],...",
                 (int)len, tail, schemes[out->scheme].word);
        return false;
    }
    if (out->scheme == RDS_TCP || out->scheme == RDS_TLS)
        return len == 0 || db_parse(out, tail, len, why, why_size);
    slash = memchr(tail, '/', len);
    master_len = slash ? (size_t)(slash - tail) : len;
    if (master_len == 0) {
        snprintf(why, why_size, "no master name, expected %s://host[:port],.../NAME[/db]",
                 schemes[out->scheme].word);
        return false;
    }
    out->master = percent_decode(tail, master_len, "master name", why, why_size);
    if (!out->master)
        return false;
    len -= master_len;
    return len <= 1 || db_parse(out, slash + 1, len - 1, why, why_size);
}

static bool net_parse(struct rds_url *out, const char *rest, char *why, size_t why_size)
{
    const bool sentinel = rds_url_has_sentinels(out);
    const bool several = sentinel || rds_url_is_cluster(out);
    const uint16_t port = sentinel ? PORT_SENTINEL : PORT_REDIS;
    const char *query = strchr(rest, '?');
    const char *end = query ? query : rest + strlen(rest);
    const char *slash = memchr(rest, '/', (size_t)(end - rest));
    const char *hosts_end = slash ? slash : end;
    const char *at = memchr(rest, '@', (size_t)(hosts_end - rest)), *comma;

    if (strchr(at ? at + 1 : hosts_end, '@')) {
        /* what follows would be shown, and may be a part of the password */
        snprintf(why, why_size,
                 "'/', '?' or '@' before the last '@', expected %%2F, %%3F or %%40");
        return false;
    }
    if (at) {
        if (!credentials_parse(out, rest, (size_t)(at - rest), why, why_size))
            return false;
        rest = at + 1;
    }
    for (;; rest = comma + 1) {
        comma = several ? memchr(rest, ',', (size_t)(hosts_end - rest)) : NULL;
        if (!host_add(out, rest, (size_t)((comma ? comma : hosts_end) - rest), port, why,
                      why_size))
            return false;
        if (!comma)
            break;
    }
    rest = slash ? slash + 1 : end;
    return tail_parse(out, rest, (size_t)(end - rest), why, why_size) &&
           (!query || query_parse(out, query + 1, why, why_size));
}

static bool scheme_parse(const char *text, size_t len, enum rds_scheme *out)
{
    size_t i;

    for (i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (strlen(schemes[i].word) == len && memcmp(schemes[i].word, text, len) == 0) {
            *out = schemes[i].scheme;
            return true;
        }
    return false;
}

bool rds_url_parse(const char *text, struct rds_url *out, char *why, size_t why_size)
{
    const char *sep = strstr(text, "://");
    bool ok;

    memset(out, 0, sizeof(*out));
    if (!sep) {
        snprintf(why, why_size, "no \"://\", expected for example " RDS_URL_DEFAULT);
        return false;
    }
    if (!scheme_parse(text, (size_t)(sep - text), &out->scheme)) {
        snprintf(why, why_size,
                 "unknown scheme \"%.*s\", expected redis, rediss, unix, redis-sentinel, "
                 "rediss-sentinel, redis-cluster or rediss-cluster",
                 memchr(text, '@', (size_t)(sep - text)) ? 0 : (int)(sep - text), text);
        return false;
    }
    ok = out->scheme == RDS_UNIX ? unix_parse(out, sep + 3, why, why_size)
                                 : net_parse(out, sep + 3, why, why_size);
    if (!ok)
        rds_url_free(out);
    return ok;
}

/* The URL as it may be shown: what stands before the last '@' is left out, but for the
 * scheme. */
static void url_redact(const char *text, char *out, size_t size)
{
    const char *sep = strstr(text, "://");
    const char *at = strrchr(text, '@');

    if (sep && at && at > sep && !memchr(text, '@', (size_t)(sep - text)))
        snprintf(out, size, "%.*s://***%s", (int)(sep - text), text, at);
    else if (at)
        snprintf(out, size, "***%s", at);
    else
        snprintf(out, size, "%s", text);
}

static bool setting_copy(const char *key, char **field)
{
    const char *value = clv_setting(key);
    char *copy;

    if (!value)
        return true;
    copy = strdup(value);
    if (!copy)
        return false;
    free(*field);
    *field = copy;
    return true;
}

char *rds_password_file(const char *path, char *why, size_t why_size)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    FILE *f;

    f = fopen(path, "re");
    len = f ? getline(&line, &cap, f) : -1;
    while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        line[--len] = '\0';
    if (len <= 0 || len > PASSWORD_MAX) {
        snprintf(why, why_size, "%s, expected a file whose first line is the password",
                 f ? "no password in it" : strerror(errno));
        free(line);
        line = NULL;
    }
    if (f)
        fclose(f);
    return line;
}

static bool password_file_read(const char *key, char **field)
{
    const char *path = clv_setting(key);
    char why[160], *password;

    if (!path)
        return true;
    password = rds_password_file(path, why, sizeof(why));
    if (!password) {
        clv_log(CLV_LOG_ERROR, "%s=%s (%s): %s", key, path, clv_setting_origin(key), why);
        return false;
    }
    free(*field);
    *field = password;
    return true;
}

/* How to talk to the sentinels; by default like to the master, but never with its
 * password. */
static bool sentinel_load(struct rds_url *out)
{
    int64_t tls;

    if (!rds_url_has_sentinels(out))
        return true;
    if (!clv_setting_int("CLOVIS_SENTINEL_TLS", 0, 1, out->scheme == RDS_SENTINEL_TLS,
                         &tls))
        return false;
    out->sentinel_tls = tls == 1;
    return setting_copy("CLOVIS_SENTINEL_USER", &out->sentinel_user) &&
           setting_copy("CLOVIS_SENTINEL_PASSWORD", &out->sentinel_password) &&
           password_file_read("CLOVIS_SENTINEL_PASSWORD_FILE", &out->sentinel_password);
}

bool rds_url_load(struct rds_url *out)
{
    const char *text = clv_setting("CLOVIS_REDIS_URL");
    char why[160], shown[256];

    if (!text)
        text = RDS_URL_DEFAULT;
    if (!rds_url_parse(text, out, why, sizeof(why))) {
        url_redact(text, shown, sizeof(shown));
        clv_log(CLV_LOG_ERROR, "CLOVIS_REDIS_URL=%s (%s): %s", shown,
                clv_setting_origin("CLOVIS_REDIS_URL"), why);
        return false;
    }
    if (setting_copy("CLOVIS_REDIS_USER", &out->user) &&
        setting_copy("CLOVIS_REDIS_PASSWORD", &out->password) &&
        password_file_read("CLOVIS_REDIS_PASSWORD_FILE", &out->password) &&
        sentinel_load(out))
        return true;
    rds_url_free(out);
    return false;
}

bool rds_url_has_sentinels(const struct rds_url *url)
{
    return url->scheme == RDS_SENTINEL || url->scheme == RDS_SENTINEL_TLS;
}

bool rds_url_is_cluster(const struct rds_url *url)
{
    return url->scheme == RDS_CLUSTER || url->scheme == RDS_CLUSTER_TLS;
}

bool rds_url_is_tls(const struct rds_url *url)
{
    return url->scheme == RDS_TLS || url->scheme == RDS_SENTINEL_TLS ||
           url->scheme == RDS_CLUSTER_TLS;
}

void rds_url_place(const struct rds_url *url, uint32_t i, struct rds_place *out)
{
    memset(out, 0, sizeof(*out));
    out->tls = rds_url_is_tls(url);
    if (url->scheme != RDS_UNIX)
        out->port = url->hosts[i].port;
    snprintf(out->host, sizeof(out->host), "%s",
             url->scheme == RDS_UNIX ? url->path : url->hosts[i].host);
}

void rds_url_free(struct rds_url *url)
{
    uint32_t i;

    for (i = 0; i < url->n_hosts; i++)
        free(url->hosts[i].host);
    free(url->hosts);
    free(url->path);
    free(url->master);
    free(url->user);
    free(url->password);
    free(url->sentinel_user);
    free(url->sentinel_password);
    memset(url, 0, sizeof(*url));
}
