/* SPDX-License-Identifier: Apache-2.0 */
/* clovis doctor on a master, two replicas and three sentinels: each bad setting, really
 * set, is found, and nothing else is. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_acl.h"
#include "fixture_doctor.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"

TestSuite(doctor, .timeout = 200);

static struct cluster cluster;
static char dir[160], as_admin[300];

/* Words that are separated by '|', to a server at a port. */
static void order(int port, const char *text)
{
    const struct timeval limit = {5, 0};
    redisContext *c = redisConnectWithTimeout("127.0.0.1", port, limit);
    const char *argv[12];
    char copy[300], *save, *word;
    redisReply *r;
    int argc = 0;

    snprintf(copy, sizeof(copy), "%s", text);
    for (word = strtok_r(copy, "|", &save); word && argc < 12;
         word = strtok_r(NULL, "|", &save))
        argv[argc++] = strcmp(word, "\"\"") == 0 ? "" : word;
    cr_assert(c && !c->err && redisSetTimeout(c, limit) == REDIS_OK);
    r = redisCommandArgv(c, argc, argv, NULL);
    cr_assert(r && r->type != REDIS_REPLY_ERROR, "%s: %s", text, r ? r->str : c->errstr);
    freeReplyObject(r);
    redisFree(c);
}

/* 'm' the master, 'r' a replica, 'n' every node, 's' a sentinel, 'q' every sentinel.
 * Orders are separated by ';'. */
static void orders(char whom, const char *text)
{
    char copy[300], *save, *one;
    int i;

    snprintf(copy, sizeof(copy), "%s", text);
    for (one = strtok_r(copy, ";", &save); one; one = strtok_r(NULL, ";", &save)) {
        for (i = 0; i < 3; i++)
            if ((whom == 'm' && i == 0) || (whom == 'r' && i == 1) || whom == 'n')
                order(cluster.node[i].port, one);
        for (i = 0; i < 3; i++)
            if ((whom == 's' && i == 2) || whom == 'q')
                order(cluster.sentinel[i].port, one);
    }
}

static void secret_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    cr_assert(f);
    fprintf(f, "%s\n", text);
    fclose(f);
}

/* In order, with the shipped users; the fixture looks in as the default user. */
static void begin(void)
{
    static char file[220];
    const char *const args[] = {
        "--appendonly", "yes", "--aclfile", file, "--min-replicas-to-write", "1", NULL};
    const char *tmp = getenv("TMPDIR"), *top = getenv("top_srcdir");
    char shipped[300], secret[200];

    snprintf(dir, sizeof(dir), "%s/doctor.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(dir));
    snprintf(file, sizeof(file), "%s/users.acl", dir);
    snprintf(shipped, sizeof(shipped), "%s/doc/users.acl", top ? top : ".");
    fixture_acl_make(shipped, file, "user default on nopass ~* &* +@all");
    snprintf(secret, sizeof(secret), "%s/secret", dir);
    secret_write(secret, FIXTURE_ACL_PASSWORD);
    snprintf(as_admin, sizeof(as_admin), "--user clovis-admin --password-file %s",
             secret);
    cluster_start(&cluster, 3, 3, args);
    orders('m', "CONFIG|SET|replica-priority|0");
    orders('q', "SENTINEL|SET|m|parallel-syncs|1");
    setenv("CLOVIS_REDIS_URL", cluster.url, 1);
    setenv("CLOVIS_REDIS_USER", "clovis", 1);
    setenv("CLOVIS_REDIS_PASSWORD_FILE", secret, 1);
}

static bool is_clean(void *unused)
{
    json_t *report;
    const int code = doctor_run(as_admin, &report);
    const bool clean = code == 0 && doctor_count(report, NULL, NULL, NULL) == 0;

    (void)unused;
    json_decref(report);
    return clean;
}

/* The only findings are n of this kind. */
static void expect_only(const char *row, const char *args, const char *severity,
                        const char *check, const char *text, int n)
{
    json_t *report;
    const int code = doctor_run(args, &report);
    const int all = doctor_count(report, NULL, NULL, NULL);
    const int right = doctor_count(report, severity, check, text);
    const int want = strcmp(severity, "note") == 0 ? 0 : 4;

    cr_expect_eq(code, want, "%s: exit code %d, expected %d", row, code, want);
    cr_expect(right == n && all == n, "%s: %d findings, %d as expected, expected %d", row,
              all, right, n);
    if (right != n || all != n)
        doctor_show(report);
    json_decref(report);
}

struct row {
    char whom;
    const char *set, *undo, *severity, *check, *text;
    int n;
};

static void rows_try(const struct row *rows, size_t n)
{
    json_t *report;
    size_t i;

    for (i = 0; i < n; i++) {
        orders(rows[i].whom, rows[i].set);
        expect_only(rows[i].set, as_admin, rows[i].severity, rows[i].check, rows[i].text,
                    rows[i].n);
        orders(rows[i].whom, rows[i].undo);
        if (wait_for(is_clean, NULL, 20000))
            continue;
        doctor_run(as_admin, &report);
        doctor_show(report);
        cr_assert(false, "%s: not in order after %s", rows[i].set, rows[i].undo);
    }
}

#define ROWS_TRY(rows) rows_try(rows, sizeof(rows) / sizeof(*(rows)))

Test(doctor, each_setting_of_a_server_is_judged)
{
#define SET "CONFIG|SET|"
    /* clang-format off */
    static const struct row rows[] = {
        { 'm', SET "appendonly|no", SET "appendonly|yes", "error", "appendonly",
          "no persistence: appendonly no and save \"\", expected appendonly yes", 1 },
        { 'm', SET "appendonly|no;" SET "save|900 1", SET "save|\"\";" SET "appendonly|yes",
          "warning", "appendonly", "snapshots only: appendonly no and save \"900 1\"", 1 },
        { 'n', SET "appendfsync|no", SET "appendfsync|everysec", "warning", "appendfsync",
          "appendfsync no, expected everysec", 3 },
        { 'r', SET "no-appendfsync-on-rewrite|yes", SET "no-appendfsync-on-rewrite|no", "note",
          "no-appendfsync-on-rewrite", NULL, 1 },
        { 'r', SET "aof-load-truncated|no", SET "aof-load-truncated|yes", "note",
          "aof-load-truncated", NULL, 1 },
        { 'r', SET "replica-read-only|no", SET "replica-read-only|yes", "error",
          "replica-read-only", "replica-read-only no, expected yes", 1 },
        { 'm', SET "stop-writes-on-bgsave-error|no", SET "stop-writes-on-bgsave-error|yes",
          "warning", "stop-writes-on-bgsave-error", NULL, 1 },
        { 'r', SET "repl-diskless-load|swapdb", SET "repl-diskless-load|disabled", "note",
          "repl-diskless-load", "swapdb, expected disabled", 1 },
        { 'm', SET "repl-diskless-sync|no", SET "repl-diskless-sync|yes", "note",
          "repl-diskless-sync", NULL, 1 },
        { 'm', SET "repl-diskless-sync-delay|20", SET "repl-diskless-sync-delay|0", "note",
          "repl-diskless-sync-delay", "20, expected 5", 1 },
        { 'm', SET "repl-timeout|9", SET "repl-timeout|60", "warning", "repl-timeout", NULL, 1 },
        { 'm', SET "repl-ping-replica-period|20", SET "repl-ping-replica-period|1", "note",
          "repl-ping-replica-period", NULL, 1 },
        { 'm', SET "timeout|600", SET "timeout|0", "note", "timeout", "600, expected 0", 1 },
        { 'm', SET "maxmemory-policy|allkeys-lru", SET "maxmemory-policy|noeviction", "warning",
          "maxmemory-policy", "allkeys-lru, expected noeviction", 1 },
        { 'm', SET "maxmemory-policy|allkeys-lru;" SET "maxmemory|2gb",
          SET "maxmemory|0;" SET "maxmemory-policy|noeviction", "error", "maxmemory-policy",
          NULL, 1 },
        { 'm', SET "maxmemory|1mb", SET "maxmemory|0", "warning", "maxmemory",
          "of maxmemory 1048576, expected less than 90 %", 1 },
        { 'm', SET "client-output-buffer-limit|replica 1mb 32mb 60",
          SET "client-output-buffer-limit|replica 256mb 64mb 60", "warning",
          "client-output-buffer-limit", "replica, hard: 1048576, expected at least 67108864", 1 },
        { 'm', SET "client-output-buffer-limit|replica 256mb 1mb 60",
          SET "client-output-buffer-limit|replica 256mb 64mb 60", "warning",
          "client-output-buffer-limit", "replica, soft: 1048576", 1 },
        { 'm', SET "client-output-buffer-limit|pubsub 1000 1000 10",
          SET "client-output-buffer-limit|pubsub 32mb 8mb 60", "warning",
          "client-output-buffer-limit", "pubsub, hard: 1000", 1 },
        { 'm', SET "repl-backlog-size|16384", SET "repl-backlog-size|1mb", "warning",
          "repl-backlog-size", "16384, expected at least 1048576", 1 },
        { 'm', SET "min-replicas-to-write|3", SET "min-replicas-to-write|1", "error",
          "min-replicas-to-write", "3, expected at most the 2 replicas", 1 },
        { 'r', SET "min-replicas-to-write|0", SET "min-replicas-to-write|1", "note",
          "min-replicas-to-write", "0, expected 1", 1 },
        { 'm', SET "replica-priority|100", SET "replica-priority|0", "warning",
          "replica-priority", "the master has replica-priority 100, expected 0", 1 },
        { 'n', SET "replica-priority|0", SET "replica-priority|100", "error",
          "replica-priority", "may be promoted", 1 },
    };
    /* clang-format on */
    size_t last = sizeof(rows) / sizeof(*rows) - 1;

    begin();
    cr_assert(wait_for(is_clean, NULL, 20000));
    rows_try(rows, last);
    orders(rows[last].whom, rows[last].set);
    expect_only("no replica may be promoted", as_admin, "error", "replica-priority",
                rows[last].text, 1);
    cluster_end(&cluster);
}

Test(doctor, many_connections_are_noticed)
{
    enum { MANY = 60 };
    redisContext *idle[MANY];
    int i;

    begin();
    cr_assert(wait_for(is_clean, NULL, 20000));
    for (i = 0; i < MANY; i++)
        idle[i] = redis_raw(&cluster.node[0]);
    orders('m', "CONFIG|SET|maxclients|90");
    expect_only("60 of 90", as_admin, "warning", "maxclients", "of maxclients 90", 1);
    for (i = 0; i < MANY; i++)
        redisFree(idle[i]);
    cr_expect(wait_for(is_clean, NULL, 20000));
    cluster_end(&cluster);
}

Test(doctor, limits_are_held_against_the_largest_section)
{
    struct store_attrs large = plain;
    struct store_ckpt *c;
    char *content = calloc(1, 8 << 20);

    begin();
    orders('n', "CONFIG|SET|repl-backlog-size|16mb");
    cr_assert(wait_for(is_clean, NULL, 20000));
    large.max_section_size = large.checkpoint_size = 32 << 20;
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make_with("large", &large);
    cr_assert_eq(store_section_create(c, bytes("s"), never,
                                      (struct clv_bytes){content, 8 << 20}, NULL, soon()),
                 STORE_OK);
    expect_only("a content of 8 MiB", as_admin, "warning", "repl-backlog-size",
                "repl-backlog-size 16777216, expected at least 3355", 3);
    cr_assert_eq(store_section_write(c, bytes("s"), bytes("x"), soon()), STORE_OK);
    cr_expect(wait_for(is_clean, NULL, 20000));
    store_ckpt_close(c, soon());
    store_stop();
    free(content);
    cluster_end(&cluster);
}

Test(doctor, sentinels_and_members_are_judged)
{
#define TELL "SENTINEL|SET|m|"
#define MEMBER "|clovis:members|127.0.0.1:1|"
    /* clang-format off */
    static const struct row rows[] = {
        { 's', TELL "quorum|1", TELL "quorum|2", "warning", "quorum", "quorum 1, expected 2", 1 },
        { 'q', TELL "quorum|3", TELL "quorum|2", "warning", "quorum", "quorum 3, expected 2", 3 },
        { 's', TELL "down-after-milliseconds|20000", TELL "down-after-milliseconds|500",
          "warning", "down-after-milliseconds", "20000, expected at most 9000", 1 },
        { 's', TELL "down-after-milliseconds|100", TELL "down-after-milliseconds|500",
          "note", "down-after-milliseconds", "100, expected at least 1000", 1 },
        { 's', TELL "parallel-syncs|2", TELL "parallel-syncs|1", "note", "parallel-syncs",
          "parallel-syncs 2, expected 1", 1 },
        { 'm', "HSET" MEMBER "in", "DEL|clovis:members", "warning", "members",
          "member 127.0.0.1:1 is not connected", 1 },
        { 'm', "HSET" MEMBER "out", "DEL|clovis:members", "warning", "members",
          "member 127.0.0.1:1 is excluded", 1 },
    };
    /* clang-format on */
    const char *hosts;
    char url[300], *comma;
    json_t *report;

    begin();
    cr_assert(wait_for(is_clean, NULL, 20000));
    ROWS_TRY(rows);

    setenv("CLOVIS_SYNC_MODE", "strict", 1);
    expect_only("strict, nobody known", as_admin, "warning", "members", "no members", 1);
    orders('m', "HSET" MEMBER "in");
    expect_only("strict, one away", as_admin, "error", "members", "is not connected", 1);
    orders('m', "DEL|clovis:members");
    unsetenv("CLOVIS_SYNC_MODE");

    /* the last sentinel is left out */
    snprintf(url, sizeof(url), "%s", cluster.url);
    hosts = strrchr(url, '/');
    comma = strrchr(url, ',');
    memmove(comma, hosts, strlen(hosts) + 1);
    setenv("CLOVIS_REDIS_URL", url, 1);
    doctor_run(as_admin, &report);
    cr_expect_eq(doctor_count(report, "warning", "sentinels", "2 sentinels in"), 1);
    cr_expect_eq(doctor_count(report, "warning", "sentinels-known",
                              "knows 3 sentinels with itself, expected 2"),
                 2);
    json_decref(report);

    /* one more is named */
    hosts = strrchr(cluster.url, '/');
    snprintf(url, sizeof(url), "%.*s,127.0.0.1:1%s", (int)(hosts - cluster.url),
             cluster.url, hosts);
    setenv("CLOVIS_REDIS_URL", url, 1);
    doctor_run(as_admin, &report);
    cr_expect_eq(doctor_count(report, "warning", "sentinels-known",
                              "knows 3 sentinels with itself, expected 4"),
                 3);
    json_decref(report);
    setenv("CLOVIS_REDIS_URL", cluster.url, 1);

    sentinel_kill(&cluster.sentinel[2]);
    expect_only("a sentinel is dead", as_admin, "error", "reachable", "refused", 1);
    sentinel_again(&cluster.sentinel[2]);
    orders('s', "SENTINEL|REMOVE|m");
    expect_only("a sentinel watches nothing", as_admin, "error", "sentinel",
                "No such master", 1);
    orders('s', "SENTINEL|MONITOR|m|127.0.0.1|1|1");
    doctor_run(as_admin, &report);
    cr_expect_eq(doctor_count(report, "error", "agreement", "it names 127.0.0.1:1 as"),
                 1);
    json_decref(report);
    cluster_end(&cluster);
}

static bool is_a_name(void *unused)
{
    json_t *report;
    int n;

    (void)unused;
    doctor_run(as_admin, &report);
    n = doctor_count(report, "warning", "resolve-hostnames",
                     "resolve-hostnames no, expected yes");
    json_decref(report);
    return n == 3;
}

Test(doctor, a_host_name_needs_sentinels_that_resolve_it)
{
    begin();
    cr_assert(wait_for(is_clean, NULL, 20000));
    orders('r', "CONFIG|SET|replica-announce-ip|localhost;CLIENT|KILL|TYPE|master");
    cr_expect(wait_for(is_a_name, NULL, 20000), "the name is not noticed");
    cluster_end(&cluster);
}

Test(doctor, the_rights_of_the_programs_user_are_judged)
{
#define USER "ACL|SETUSER|clovis|"
    /* clang-format off */
    static const struct row rows[] = {
        { 'm', USER "-hset", "ACL|LOAD", "error", "rights", "may not use: hset; expected", 1 },
        { 'm', USER "-evalsha|-multi", "ACL|LOAD", "error", "rights", "may not use: multi;", 1 },
        { 'm', USER "-exec|-zscore", "ACL|LOAD", "error", "rights", "use: exec, zscore;", 1 },
        { 'm', USER "-wait", "ACL|LOAD", "warning", "rights-optional",
          "wait (synchronous writes)", 1 },
        { 'm', USER "resetchannels", "ACL|LOAD", "warning", "rights-optional",
          "channel __redis__:invalidate (CLOVIS_READ_CACHE)", 1 },
        { 'm', USER "resetkeys", "ACL|LOAD", "error", "rights-keys",
          "no right on the keys clovis:*", 1 },
        { 'm', USER "resetkeys|~other:*", "ACL|LOAD", "error", "rights-keys", NULL, 1 },
        { 'm', USER "+@all", "ACL|LOAD", "note", "rights-excess", "use: CONFIG, KEYS, ACL;", 1 },
        { 'm', USER "~*", "ACL|LOAD", "note", "rights-excess", "use: keys of others;", 1 },
        { 'm', USER "off", "ACL|LOAD", "error", "login", "WRONGPASS", 1 },
        { 'm', "ACL|SETUSER|clovis-admin|-config|get", "ACL|LOAD", "note", "config",
          "no permissions to run the 'config|get'", 1 },
    };
    /* clang-format on */
    json_t *report;

    begin();
    cr_assert(wait_for(is_clean, NULL, 20000));
    rows_try(rows, sizeof(rows) / sizeof(*rows) - 1);
    orders('n', "ACL|SETUSER|clovis-admin|-config");
    expect_only("no CONFIG", as_admin, "note", "config", "config", 1);
    orders('n', "ACL|SETUSER|clovis-admin|-info");
    doctor_run(as_admin, &report);
    cr_expect_eq(doctor_count(report, NULL, "info", "NOPERM"), 1);
    json_decref(report);
    orders('n', "ACL|SETUSER|clovis-admin|-@all");
    doctor_run(as_admin, &report);
    cr_expect_eq(doctor_count(report, NULL, "info", "NOPERM"), 1);
    json_decref(report);
    cluster_end(&cluster);
}

Test(doctor, a_server_that_is_gone_or_hangs_is_a_finding)
{
    int64_t began_ns;
    json_t *report;

    begin();
    cr_assert(wait_for(is_clean, NULL, 20000));
    redis_freeze(&cluster.node[1]);
    began_ns = clv_now_ns();
    doctor_run(as_admin, &report);
    cr_expect_lt(clv_now_ns() - began_ns, 20 * CLV_NS_PER_S);
    cr_expect_eq(doctor_count(report, "error", "reachable", "no answer"), 1);
    json_decref(report);
    redis_thaw(&cluster.node[1]);
    cr_expect(wait_for(is_clean, NULL, 30000));
    cluster_end(&cluster);
}
