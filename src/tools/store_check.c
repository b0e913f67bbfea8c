/* SPDX-License-Identifier: Apache-2.0 */
/* clovis store check: one line per finding, with its reason and its remedy. */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/settings.h"
#include "tools/cmd_store.h"
#include "tools/store_link.h"

enum severity { NOTE, WARNING, ERROR };

static const char *const severity_text[] = {"note", "warning", "error"};

struct check {
    json_t *findings; /* array */
    bool bad;         /* a warning or an error */
};

static void finding(struct check *c, enum severity severity, const struct rds_place *at,
                    const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

static void finding(struct check *c, enum severity severity, const struct rds_place *at,
                    const char *remedy, const char *fmt, ...)
{
    char what[512], where[RDS_PLACE_TEXT];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    c->bad = c->bad || severity != NOTE;
    json_array_append_new(c->findings, json_pack("{s:s, s:s, s:s, s:s}", "severity",
                                                 severity_text[severity], "where",
                                                 at ? rds_place_text(at, where) : "",
                                                 "what", what, "remedy", remedy));
}

/* ---- one server ---------------------------------------------------------- */

struct server {
    struct store_link link;
    redisReply *info; /* owned */
    bool is_master;
};

static long info_long(const struct server *s, const char *key)
{
    char text[64];

    return strtol(store_info(s->info, key, text, sizeof(text)), NULL, 10);
}

static void check_version(struct check *c, struct server *s)
{
    char text[32], *end;
    long major, minor;

    store_info(s->info, "redis_version", text, sizeof(text));
    major = strtol(text, &end, 10);
    minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    if (major < 6 || (major == 6 && minor < 2))
        finding(c, ERROR, &s->link.place, "upgrade it", "Redis %s, expected 6.2 or later",
                text);
}

static void check_persistence(struct check *c, struct server *s)
{
    char aof[16], save[256], fsync[16];

    if (!store_config_get(&s->link, "appendonly", aof, sizeof(aof)) ||
        !store_config_get(&s->link, "save", save, sizeof(save))) {
        finding(c, NOTE, &s->link.place, "give the user of this check +config|get",
                "CONFIG GET is not allowed, settings were not checked");
        return;
    }
    store_config_get(&s->link, "appendfsync", fsync, sizeof(fsync));
    if (strcmp(aof, "no") == 0 && !save[0])
        finding(c, ERROR, &s->link.place, "appendonly yes",
                "no persistence: restarted quickly as a master, it empties all replicas");
    else if (strcmp(aof, "no") == 0)
        finding(c, WARNING, &s->link.place, "appendonly yes",
                "snapshots only: a restart goes back to the last one");
    else if (strcmp(fsync, "no") == 0)
        finding(c, WARNING, &s->link.place, "appendfsync everysec, or always",
                "appendfsync no: a power failure loses what the kernel has not written");
}

static void check_disk(struct check *c, struct server *s)
{
    static const char *const fields[] = {
        "aof_last_write_status", "rdb_last_bgsave_status", "aof_last_bgrewrite_status"};
    char text[32];
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        store_info(s->info, fields[i], text, sizeof(text));
        if (text[0] && strcmp(text, "ok"))
            finding(c, ERROR, &s->link.place, "look at the disk and at the server's log",
                    "%s: %s", fields[i], text);
    }
}

static void check_memory(struct check *c, struct server *s)
{
    char policy[40];

    store_info(s->info, "maxmemory_policy", policy, sizeof(policy));
    if (policy[0] && strcmp(policy, "noeviction"))
        finding(c, info_long(s, "maxmemory") > 0 ? ERROR : WARNING, &s->link.place,
                "maxmemory-policy noeviction",
                "maxmemory-policy %s: a full server throws checkpoints away", policy);
}

/* "normal 0 0 0 slave 268435456 67108864 60 pubsub ...": what a replica may lag behind.
 */
static void check_buffers(struct check *c, struct server *s)
{
    char text[512];
    const char *at;
    unsigned long long hard;

    if (!store_config_get(&s->link, "client-output-buffer-limit", text, sizeof(text)))
        return;
    at = strstr(text, "slave ");
    if (!at)
        at = strstr(text, "replica ");
    if (!at)
        return;
    hard = strtoull(strchr(at, ' ') + 1, NULL, 10);
    if (hard > 0 && hard < 64ULL << 20)
        finding(
            c, WARNING, &s->link.place,
            "client-output-buffer-limit replica 256mb 64mb 60",
            "a replica that lags %llu bytes is cut off: a burst of large sections may "
            "reach that",
            hard);
}

static void check_clock(struct check *c, struct server *s)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(&s->link.talk, &st, 1, "TIME");
    int64_t sec, off;

    if (st == STORE_OK && rds_reply_int(rds_reply_at(reply, 0), &sec)) {
        off = sec - clv_wall_ns() / CLV_NS_PER_S;
        if (off > 2 || off < -2)
            finding(c, WARNING, &s->link.place, "synchronise the clocks (NTP)",
                    "its clock is %lld s off ours: expirations shift at a fail-over",
                    (long long)off);
    }
    if (reply)
        rds_reply_free(reply);
}

/* What the library sends; a server from 7.0 on can be asked without doing it. */
static void check_rights(struct check *c, struct server *s)
{
    static const char *const commands[] = {"EVALSHA", "SCRIPT", "HSET",   "WAIT",  "ROLE",
                                           "INFO",    "INCR",   "XREAD",  "MULTI", "EXEC",
                                           "CLIENT",  "TIME",   "RENAME", "UNLINK"};
    enum store_status st;
    redisReply *who = rds_talk_words(&s->link.talk, &st, 2, "ACL", "WHOAMI"), *reply;
    char missing[200] = "";
    size_t i, n = 0;

    for (i = 0; st == STORE_OK && i < sizeof(commands) / sizeof(*commands); i++) {
        reply = rds_talk_words(&s->link.talk, &st, 4, "ACL", "DRYRUN",
                               (const char *)rds_reply_bytes(who).base, commands[i]);
        if (st == STORE_OK && rds_reply_bytes(reply).base &&
            strstr(rds_reply_bytes(reply).base, "no permissions"))
            n += (size_t)snprintf(missing + n, sizeof(missing) - n, " %s", commands[i]);
        /* wrong number of arguments: allowed, as far as that goes */
        if (st == STORE_REFUSED && reply && !rds_error_is(reply->str, "NOPERM"))
            st = STORE_OK;
        if (reply)
            rds_reply_free(reply);
    }
    if (who)
        rds_reply_free(who);
    if (n > 0)
        finding(c, ERROR, &s->link.place, "ACL SETUSER ... +COMMAND",
                "the user may not use:%s", missing);
}

static void check_server(struct check *c, struct server *s)
{
    check_version(c, s);
    check_persistence(c, s);
    check_disk(c, s);
    check_memory(c, s);
    check_buffers(c, s);
    check_clock(c, s);
    check_rights(c, s);
}

static bool server_open(struct check *c, struct server *s, const struct rds_place *place)
{
    enum store_status st;

    memset(s, 0, sizeof(*s));
    if (!store_link_open(&s->link, place)) {
        finding(c, ERROR, place, "start it, or take it out of the deployment", "%s",
                s->link.why);
        return false;
    }
    s->info = rds_talk_words(&s->link.talk, &st, 1, "INFO");
    if (st == STORE_OK)
        return true;
    finding(c, ERROR, place, "allow the user INFO", "%s", s->link.why);
    if (s->info)
        rds_reply_free(s->info);
    store_link_close(&s->link);
    return false;
}

static void server_close(struct server *s)
{
    rds_reply_free(s->info);
    store_link_close(&s->link);
}

/* ---- how they stand to each other ---------------------------------------- */

static void check_replica(struct check *c, const struct rds_place *place,
                          long *promotable)
{
    struct server s;
    char text[64];

    if (!server_open(c, &s, place))
        return;
    check_server(c, &s);
    if (strcmp(store_info(s.info, "master_link_status", text, sizeof(text)), "up"))
        finding(c, WARNING, place, "look at its log", "master_link_status: %s", text);
    if (strcmp(store_info(s.info, "slave_read_only", text, sizeof(text)), "1"))
        finding(c, ERROR, place, "replica-read-only yes", "the replica accepts writes");
    *promotable += info_long(&s, "slave_priority") > 0;
    server_close(&s);
}

static void check_priorities(struct check *c, struct server *master, long promotable)
{
    char text[32];

    if (promotable == 0)
        finding(c, ERROR, &master->link.place,
                "start clovis guard, or replica-priority 100",
                "every replica has replica-priority 0: no fail-over is possible");
    if (store_config_get(&master->link, "replica-priority", text, sizeof(text)) &&
        strcmp(text, "0"))
        finding(
            c, WARNING, &master->link.place, "run clovis guard",
            "the master has replica-priority %s: when it returns after a fail-over, it "
            "may be promoted with data that nobody else has",
            text);
}

static void check_replicas(struct check *c, struct server *master)
{
    enum store_status st;
    redisReply *role = rds_talk_words(&master->link.talk, &st, 1, "ROLE");
    const redisReply *list = rds_reply_at(role, 2);
    struct rds_place place = {.tls = master->link.place.tls};
    long promotable = 0;
    int64_t port;
    size_t i, n = list && list->type == REDIS_REPLY_ARRAY ? list->elements : 0;
    char text[32];

    for (i = 0; i < n; i++) {
        const struct clv_bytes host =
            rds_reply_bytes(rds_reply_at(rds_reply_at(list, i), 0));

        if (!host.base || !rds_reply_int(rds_reply_at(rds_reply_at(list, i), 1), &port))
            continue;
        snprintf(place.host, sizeof(place.host), "%s", (const char *)host.base);
        place.port = (uint16_t)port;
        check_replica(c, &place, &promotable);
    }
    if (role)
        rds_reply_free(role);
    if (n == 0)
        finding(c, WARNING, &master->link.place, "add a replica, and sentinels",
                "no replicas: the data is as safe as this one server");
    else
        check_priorities(c, master, promotable);
    if (n > 1 &&
        store_config_get(&master->link, "min-replicas-to-write", text, sizeof(text)) &&
        strcmp(text, "0") == 0)
        finding(c, NOTE, &master->link.place, "min-replicas-to-write 1",
                "a master that is cut off goes on taking asynchronous writes, which are "
                "lost later");
}

static void check_members(struct check *c, struct server *master)
{
    const char *mode = clv_setting("CLOVIS_SYNC_MODE");
    enum store_status st;
    redisReply *list =
        rds_talk_words(&master->link.talk, &st, 2, "HGETALL", store_key("members"));
    size_t i;

    for (i = 0; st == STORE_OK && i + 1 < list->elements; i += 2)
        if (rds_reply_is(list->element[i + 1], "out"))
            finding(
                c, WARNING, &master->link.place, "repair it, then clovis store include",
                "member %s is excluded from synchronous writes", list->element[i]->str);
    if (st == STORE_OK && mode && strcmp(mode, "strict") == 0 && list->elements == 0)
        finding(c, WARNING, &master->link.place, "clovis store include ADDRESS",
                "CLOVIS_SYNC_MODE=strict, but no members are known yet");
    if (list)
        rds_reply_free(list);
}

static void check_sentinel(struct check *c, uint32_t i)
{
    const struct rds_url *url = store_url();
    struct store_link link = {.open = false};
    struct rds_talk t = {&link.conn, &link.place, clv_deadline_ns(2 * CLV_NS_PER_S),
                         link.why, sizeof(link.why)};
    enum store_status st;
    redisReply *reply = NULL;

    rds_url_place(url, i, &link.place);
    link.place.tls = url->sentinel_tls;
    st = rds_conn_open(&link.conn, &link.place, NULL, t.deadline_ns, link.why,
                       sizeof(link.why));
    if (st != STORE_OK) {
        finding(c, ERROR, &link.place, "start this sentinel", "%s", link.why);
        return;
    }
    st = rds_talk_auth(&t, url->sentinel_user, url->sentinel_password);
    if (st == STORE_OK)
        reply = rds_talk_words(&t, &st, 3, "SENTINEL", "CKQUORUM", url->master);
    if (st != STORE_OK)
        finding(c, ERROR, &link.place, "start more sentinels, or look at their logs",
                "%s", link.why);
    if (reply)
        rds_reply_free(reply);
    rds_conn_close(&link.conn);
}

static void check_sentinels(struct check *c)
{
    const struct rds_url *url = store_url();
    uint32_t i;

    if (!rds_url_has_sentinels(url))
        return;
    if (url->n_hosts < 3)
        finding(c, WARNING, NULL, "three sentinels on three machines",
                "%u sentinels in CLOVIS_REDIS_URL: one that fails stops every fail-over",
                (unsigned)url->n_hosts);
    for (i = 0; i < url->n_hosts; i++)
        check_sentinel(c, i);
}

/* ---- output -------------------------------------------------------------- */

static void print(const struct check *c, bool json)
{
    size_t i;
    const json_t *f;

    if (json) {
        json_dumpf(c->findings, stdout, JSON_INDENT(2));
        puts("");
        return;
    }
    json_array_foreach(c->findings, i, f) printf(
        "%s: %s%s%s; remedy: %s\n", json_string_value(json_object_get(f, "severity")),
        json_string_value(json_object_get(f, "where")),
        *json_string_value(json_object_get(f, "where")) ? ": " : "",
        json_string_value(json_object_get(f, "what")),
        json_string_value(json_object_get(f, "remedy")));
    if (json_array_size(c->findings) == 0)
        puts("nothing found");
}

enum clv_exit cmd_store_check(const struct clv_command *self, int argc, char **argv)
{
    const bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    struct check c = {0};
    struct rds_place place;
    struct server master;
    char why[320];
    enum clv_exit result;

    if (argc > 1 && !json)
        return clv_command_misused(self, "unexpected argument '%s'", argv[1]);
    if (!store_settings("clovis store check"))
        return CLV_EXIT_USAGE;
    c.findings = json_array();
    check_sentinels(&c);
    if (!store_master_find(&place, why, sizeof(why))) {
        finding(&c, ERROR, NULL, "start the servers, or allow the user ROLE",
                "no master: %s", why);
    } else if (server_open(&c, &master, &place)) {
        check_server(&c, &master);
        check_replicas(&c, &master);
        check_members(&c, &master);
        server_close(&master);
    }
    print(&c, json);
    result = c.bad ? CLV_EXIT_FINDINGS : CLV_EXIT_OK;
    json_decref(c.findings);
    store_settings_free();
    return result;
}
