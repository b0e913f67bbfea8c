/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/store_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_sentinel.h"
#include "backend-redis/rds_tls.h"
#include "base/clock.h"

enum { LINK_MS = 1000, FIND_MS = 2000 };

static struct {
    struct rds_url url;
    char prefix[RDS_NAMESPACE_MAX + 1];
} store;

static void no_news(const struct rds_place *master)
{
    (void)master;
}

static bool needs_tls(void)
{
    return rds_url_is_tls(&store.url) || store.url.sentinel_tls;
}

bool store_settings(const char *who)
{
    char why[320];

    if (!rds_key_namespace_load(store.prefix) || !rds_url_load(&store.url))
        return false; /* they have said why */
    if (rds_url_is_cluster(&store.url)) {
        fprintf(
            stderr,
            "%s: CLOVIS_REDIS_URL: this command is for one master and its replicas, not "
            "for a Redis Cluster\n",
            who);
        return false;
    }
    if (needs_tls() && !rds_tls_setup(why, sizeof(why))) {
        fprintf(stderr, "%s: %s\n", who, why);
        return false;
    }
    if (rds_url_has_sentinels(&store.url) && !rds_sentinel_start(&store.url, no_news)) {
        fprintf(stderr, "%s: out of memory\n", who);
        return false;
    }
    return true;
}

void store_settings_free(void)
{
    rds_sentinel_stop();
    rds_tls_teardown();
    rds_url_free(&store.url);
}

const struct rds_url *store_url(void)
{
    return &store.url;
}

const char *store_key(const char *name)
{
    static char key[RDS_NAMESPACE_MAX + 64];

    snprintf(key, sizeof(key), "%s:%s", store.prefix, name);
    return key;
}

bool store_address_parse(const char *address, struct rds_place *out)
{
    const char *colon = strrchr(address, ':');
    const bool brackets = address[0] == '[';
    unsigned long port;
    size_t len;
    char *end;

    memset(out, 0, sizeof(*out));
    if (!colon || colon == address || (brackets && colon[-1] != ']'))
        return false;
    port = strtoul(colon + 1, &end, 10);
    len = (size_t)(colon - address) - 2 * brackets;
    if (*end || end == colon + 1 || port < 1 || port > 65535 || len == 0 ||
        len >= sizeof(out->host))
        return false;
    memcpy(out->host, address + brackets, len);
    out->port = (uint16_t)port;
    out->tls = store.url.scheme == RDS_TLS || store.url.scheme == RDS_SENTINEL_TLS;
    return true;
}

static enum store_status select_db(struct store_link *link)
{
    char digits[12];
    enum store_status st;
    redisReply *reply;

    if (store.url.db == 0)
        return STORE_OK;
    snprintf(digits, sizeof(digits), "%u", store.url.db);
    reply = rds_talk_words(&link->talk, &st, 2, "SELECT", digits);
    if (reply)
        rds_reply_free(reply);
    return st;
}

static bool link_begin(struct store_link *link, const struct rds_place *place,
                       const char *user, const char *password)
{
    const int64_t deadline_ns = clv_deadline_ns(LINK_MS * CLV_NS_PER_MS);

    link->place = *place;
    link->lost = link->refused = false;
    link->talk = (struct rds_talk){&link->conn, &link->place, deadline_ns, link->why,
                                   sizeof(link->why)};
    link->open = rds_conn_open(&link->conn, place, NULL, deadline_ns, link->why,
                               sizeof(link->why)) == STORE_OK;
    if (link->open && rds_talk_auth(&link->talk, user, password) != STORE_OK)
        store_link_close(link);
    /* what follows has its own time */
    link->talk.deadline_ns = clv_deadline_ns(5 * LINK_MS * CLV_NS_PER_MS);
    return link->open;
}

bool store_link_open_as(struct store_link *link, const struct rds_place *place,
                        const char *user, const char *password)
{
    if (link_begin(link, place, user, password) && select_db(link) != STORE_OK)
        store_link_close(link);
    return link->open;
}

bool store_link_open(struct store_link *link, const struct rds_place *place)
{
    return store_link_open_as(link, place, store.url.user, store.url.password);
}

bool store_link_sentinel(struct store_link *link, uint32_t i, const char *user,
                         const char *password)
{
    struct rds_place place;

    rds_url_place(&store.url, i, &place);
    place.tls = store.url.sentinel_tls;
    return password ? link_begin(link, &place, user, password)
                    : link_begin(link, &place, store.url.sentinel_user,
                                 store.url.sentinel_password);
}

void store_link_close(struct store_link *link)
{
    if (link->open)
        rds_conn_close(&link->conn);
    link->open = false;
}

/* A replica knows its master. */
static bool follow(struct rds_place *at, char *why, size_t why_size)
{
    struct store_link link;
    enum store_status st;
    redisReply *role;
    struct clv_bytes host;
    int64_t port;
    bool found = false;

    if (!store_link_open(&link, at)) {
        snprintf(why, why_size, "%s", link.why);
        return false;
    }
    role = rds_talk_words(&link.talk, &st, 1, "ROLE");
    store_link_close(&link);
    if (st != STORE_OK) {
        snprintf(why, why_size, "%s", link.why);
    } else if (rds_reply_is(rds_reply_at(role, 0), "master")) {
        found = true;
    } else {
        host = rds_reply_bytes(rds_reply_at(role, 1));
        found = host.base && host.size < sizeof(at->host) &&
                rds_reply_int(rds_reply_at(role, 2), &port);
        if (found) {
            snprintf(at->host, sizeof(at->host), "%s", (const char *)host.base);
            at->port = (uint16_t)port;
        }
    }
    if (role)
        rds_reply_free(role);
    return found;
}

bool store_master_find(struct rds_place *out, char *why, size_t why_size)
{
    struct rds_tally tally;

    if (!rds_url_has_sentinels(&store.url)) {
        rds_url_place(&store.url, 0, out);
        return follow(out, why, why_size);
    }
    if (rds_sentinel_ask(&tally, clv_deadline_ns(FIND_MS * CLV_NS_PER_MS), why,
                         why_size) != STORE_OK)
        return false;
    *out = tally.master;
    return true;
}

bool store_link_master(struct store_link *link, const char *who)
{
    struct rds_place place;
    char why[320] = "";

    if (!store_master_find(&place, why, sizeof(why))) {
        fprintf(stderr, "%s: no master: %s\n", who, why);
        return false;
    }
    if (store_link_open(link, &place))
        return true;
    fprintf(stderr, "%s: %s\n", who, link->why);
    return false;
}

const char *store_info(const redisReply *info, const char *key, char *out, size_t size)
{
    const size_t key_len = strlen(key);
    const char *at = rds_reply_bytes(info).base;
    size_t len;

    out[0] = '\0';
    while (at && *at) {
        if (strncmp(at, key, key_len) == 0 && at[key_len] == ':') {
            at += key_len + 1;
            len = strcspn(at, "\r\n");
            snprintf(out, size, "%.*s", (int)len, at);
            return out;
        }
        at = strchr(at, '\n');
        at += at != NULL;
    }
    return out;
}

bool store_config_get(struct store_link *link, const char *name, char *out, size_t size)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(&link->talk, &st, 3, "CONFIG", "GET", name);
    const struct clv_bytes value = rds_reply_bytes(rds_reply_at(reply, 1));
    const bool ok = st == STORE_OK && value.base;

    snprintf(out, size, "%s", ok ? (const char *)value.base : "");
    link->lost = !reply;
    link->refused = reply && st != STORE_OK;
    if (reply)
        rds_reply_free(reply);
    return ok;
}
