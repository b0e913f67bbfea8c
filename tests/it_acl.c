/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped files of users, in real servers: what they forbid, and a whole deployment.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_acl.h"
#include "fixture_cli.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"

TestSuite(acl, .timeout = 110);

static char dir[160];

static void dir_make(void)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(dir, sizeof(dir), "%s/acl.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    cr_assert(mkdtemp(dir));
}

/* New path of a usable copy of doc/NAME. */
static const char *users(const char *name, const char *copy, const char *default_user)
{
    static char path[4][220];
    static int n;
    const char *top = getenv("top_srcdir");
    char shipped[300];

    if (!dir[0])
        dir_make();
    snprintf(shipped, sizeof(shipped), "%s/doc/%s", top ? top : ".", name);
    snprintf(path[n], sizeof(path[n]), "%s/%s", dir, copy);
    fixture_acl_make(shipped, path[n], default_user);
    return path[n++];
}

#define EVERYTHING "user default on nopass ~* &* +@all"

static void login(const char *user)
{
    setenv("CLOVIS_REDIS_USER", user, 1);
    setenv("CLOVIS_REDIS_PASSWORD", FIXTURE_ACL_PASSWORD, 1);
}

/* ---- what is forbidden --------------------------------------------------- */

static redisContext *raw_as(const char *user)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "AUTH %s %s", user, FIXTURE_ACL_PASSWORD);

    cr_assert(r && r->type == REDIS_REPLY_STATUS, "AUTH %s: %s", user, r ? r->str : "");
    freeReplyObject(r);
    return raw;
}

Test(acl, nothing_else_is_allowed)
{
    /* clang-format off */
    static const struct { const char *user, *command; } rows[] = {
        { "clovis", "FLUSHALL" },          { "clovis", "FLUSHDB" },
        { "clovis", "KEYS clovis:*" },     { "clovis", "SCAN 0" },
        { "clovis", "CONFIG GET save" },   { "clovis", "CONFIG SET appendonly no" },
        { "clovis", "ACL LIST" },          { "clovis", "ACL SETUSER clovis +@all" },
        { "clovis", "LASTSAVE" },     { "clovis", "SHUTDOWN NOSAVE" },
        { "clovis", "REPLICAOF NO ONE" },  { "clovis", "MONITOR" },
        { "clovis", "SAVE" },              { "clovis", "CLIENT LIST" },
        { "clovis", "CLIENT PAUSE 1" },    { "clovis", "SCRIPT FLUSH" },
        { "clovis", "RENAME clovis:a other:b" },
        { "clovis", "GET other:names" },   { "clovis", "SET clovisx 1" },
        { "clovis", "SUBSCRIBE news" },    { "clovis", "PUBLISH __redis__:invalidate x" },
        { "clovis", "EVAL return(redis.call('FLUSHALL')) 0" },
        { "clovis", "EVAL return(redis.call('GET','other')) 0" },
        { "clovis-guard", "GET clovis:names" },
        { "clovis-guard", "HGETALL clovis:stats" },
        { "clovis-guard", "HSET clovis:members a in" },
        { "clovis-guard", "EVAL return(1) 0" },
        { "clovis-guard", "FLUSHALL" },
        { "clovis-admin", "CONFIG SET save x" },
        { "clovis-admin", "SET clovis:names x" },
        { "clovis-admin", "DEL clovis:names" },
        { "clovis-admin", "EVAL return(1) 0" },
        { "clovis-admin", "HGETALL other" },
        { "clovis-replica", "GET clovis:names" },
        { "clovis-replica", "INFO" },
        { "clovis-sentinel", "GET clovis:names" },
        { "clovis-sentinel", "FLUSHALL" },
        { "clovis-sentinel", "PUBLISH news x" },
    };
    /* clang-format on */
    const char *const args[] = {"--aclfile", users("users.acl", "users", EVERYTHING),
                                NULL};
    size_t i;

    redis_start(&server, false, args);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        redisContext *raw = raw_as(rows[i].user);
        redisReply *r = redisCommand(raw, rows[i].command);
        const char *said = r && r->str ? r->str : "no error";

        cr_expect(strstr(said, "NOPERM") || strstr(said, "o permission") ||
                      strstr(said, "can't run this command") ||
                      strstr(said, "can't access at least one"),
                  "%s: %s: %s", rows[i].user, rows[i].command, said);
        freeReplyObject(r);
        redisFree(raw);
    }
    redis_end(&server);
}

Test(acl, a_file_with_no_passwords_put_in_is_refused)
{
    const char *top = getenv("top_srcdir");
    char command[600];

    dir_make();
    snprintf(command, sizeof(command),
             "cd %s && timeout 20 ${REDIS_SERVER:-redis-server} --port 0 --unixsocket s "
             "--aclfile "
             "'%s/doc/users.acl' >said 2>&1; grep -q 'users.acl:2: .*hash' said",
             dir, top ? top : ".");
    cr_expect_eq(system(command), 0);
}

Test(acl, another_namespace_needs_nothing_but_its_own_keys)
{
    struct store_ckpt *c;
    char sed[600];
    const char *path = users("users.acl", "users", EVERYTHING);
    const char *const args[] = {"--aclfile", path, NULL};

    snprintf(sed, sizeof(sed), "sed -i 's/~clovis:/~mine:/' '%s'", path);
    cr_assert_eq(system(sed), 0);
    redis_start(&server, false, args);
    login("clovis");
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    setenv("CLOVIS_NAMESPACE", "mine", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    cr_expect_eq(create(c, "s", "x"), STORE_OK);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- all of it together -------------------------------------------------- */

static void expect_run(const char *user, const char *args, const char *text)
{
    char out[8000];
    int code;

    login(user);
    code = cli_run(args, out, sizeof(out));
    cr_expect_eq(code, 0, "%s: %s: exit code %d: %s", user, args, code, out);
    cr_expect(strstr(out, text), "%s: %s: %s", user, args, out);
}

static struct redis node[2];
static struct sentinel sentinel[3];
static const char *node_args[2][20];

static bool all_know_each_other(void *arg)
{
    char text[64];
    int i;

    (void)arg;
    for (i = 0; i < 3; i++)
        if (!ask_port(sentinel[i].port, 31, text, sizeof(text), "SENTINEL MASTER m") ||
            atoi(text) != 1 ||
            !ask_port(sentinel[i].port, 33, text, sizeof(text), "SENTINEL MASTER m") ||
            atoi(text) != 2)
            return false;
    return true;
}

static bool is_written(void *arg)
{
    return store_section_write(arg, bytes("s"), bytes("y"),
                               clv_deadline_ns(500 * CLV_NS_PER_MS)) == STORE_OK;
}

/* The fixture looks in as the default user, of the sentinels, and as "test", of nodes. */
static void sentinels_start(char *url, size_t size)
{
    char more[700], text[64];
    size_t used;
    int i;

    used = (size_t)snprintf(url, size, "redis-sentinel://");
    snprintf(more, sizeof(more),
             "aclfile %s\nsentinel sentinel-user clovis-peer\n"
             "sentinel sentinel-pass " FIXTURE_ACL_PASSWORD "\n",
             users("sentinel-users.acl", "sentinel-users", EVERYTHING));
    for (i = 0; i < 3; i++) {
        sentinel_start(&sentinel[i], node[0].port, 2, more);
        ask_port(sentinel[i].port, 0, text, sizeof(text),
                 "SENTINEL SET m auth-user clovis-sentinel auth-pass %s",
                 FIXTURE_ACL_PASSWORD);
        cr_assert_str_eq(text, "OK");
        used += (size_t)snprintf(url + used, size - used, "%s127.0.0.1:%d", i ? "," : "",
                                 sentinel[i].port);
    }
    snprintf(url + used, size - used, "/m");
}

static void nodes_start(void)
{
    static char port[8];
    const char *file =
        users("users.acl", "users", "user default off\nuser test on nopass ~* &* +@all");
    const char *const common[] = {"--aclfile",
                                  file,
                                  "--masteruser",
                                  "clovis-replica",
                                  "--masterauth",
                                  FIXTURE_ACL_PASSWORD,
                                  "--repl-diskless-sync-delay",
                                  "0",
                                  "--appendonly",
                                  "yes",
                                  "--replica-priority"};
    const size_t n = sizeof(common) / sizeof(*common);
    size_t k;
    int i;

    for (i = 0; i < 2; i++) {
        for (k = 0; k < n; k++)
            node_args[i][k] = common[k];
        node_args[i][k++] = i ? "100" : "0";
        if (i) {
            node_args[i][k++] = "--replicaof";
            node_args[i][k++] = "127.0.0.1";
            node_args[i][k++] = port;
        }
        node_args[i][k] = NULL;
        redis_start(&node[i], true, node_args[i]);
        snprintf(port, sizeof(port), "%d", node[0].port);
    }
}

/* The replica is in step, and the guard lets it be promoted. */
static bool is_guarded(void *unused)
{
    redisContext *raw = redisConnect("127.0.0.1", node[1].port);
    redisReply *r;
    bool is;

    (void)unused;
    expect_run("clovis-guard", "guard --once", "");
    freeReplyObject(redisCommand(raw, "AUTH test any"));
    r = redisCommand(raw, "CONFIG GET replica-priority");
    is = r && r->elements == 2 && strcmp(r->element[1]->str, "100") == 0;
    freeReplyObject(r);
    redisFree(raw);
    return is;
}

/* Nobody was denied anything. */
static void expect_no_denial(int port, bool is_node, const char *who)
{
    redisContext *raw = redisConnect("127.0.0.1", port);
    redisReply *r;

    cr_assert(raw && !raw->err);
    if (is_node) /* whose default user is off */
        freeReplyObject(redisCommand(raw, "AUTH test any"));
    r = redisCommand(raw, "ACL LOG");
    cr_assert(r && r->type == REDIS_REPLY_ARRAY, "%s: %s", who, r ? r->str : "");
    for (size_t i = 0; i < r->elements; i++) {
        const redisReply *e = r->element[i];
        size_t k;

        fprintf(stderr, "%s denied:", who);
        for (k = 0; k < e->elements; k++)
            fprintf(stderr, " %s", e->element[k]->str ? e->element[k]->str : "");
        fputc('\n', stderr);
    }
    cr_expect_eq(r->elements, 0, "%s: %zu denials", who, r->elements);
    freeReplyObject(r);
    redisFree(raw);
}

/* The doctor, too, gets along with these users; it has nothing to say but of the size of
 * the deployment. */
static void expect_examined(void)
{
    char path[200], args[300], out[8000];
    FILE *f;
    int code;

    snprintf(path, sizeof(path), "%s/secret", dir);
    f = fopen(path, "w");
    cr_assert(f);
    fputs(FIXTURE_ACL_PASSWORD "\n", f);
    fclose(f);
    snprintf(args, sizeof(args), "doctor --user clovis-admin --password-file %s", path);
    login("clovis");
    code = cli_run(args, out, sizeof(out));
    cr_expect_eq(code, 0, "exit code %d: %s", code, out);
    cr_expect(strstr(out, "in order; 0 errors, 0 warnings, 0 notes; 2 servers"), "%s",
              out);
}

Test(acl, a_whole_deployment_runs_with_the_shipped_users)
{
    struct store_ckpt *c;
    char url[256], address[40];
    int i;

    nodes_start();
    sentinels_start(url, sizeof(url));
    cr_assert(wait_for(all_know_each_other, NULL, 30000));
    setenv("CLOVIS_REDIS_URL", url, 1);
    setenv("CLOVIS_SENTINEL_USER", "clovis", 1);
    setenv("CLOVIS_SENTINEL_PASSWORD", FIXTURE_ACL_PASSWORD, 1);
    login("clovis");
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    snprintf(address, sizeof(address), "store include 127.0.0.1:%d", node[1].port);
    expect_run("clovis-admin", address, "included");
    expect_run("clovis-admin", "store members", "replica");
    expect_run("clovis-admin", "store stats", "run id");
    cr_expect(wait_for(is_guarded, NULL, 20000), "the guard lets nobody be promoted");
    expect_no_denial(node[0].port, true, "the old master");
    expect_examined();
    redis_kill(&node[0]);
    cr_expect(wait_for(is_written, c, 40000), "no fail-over");
    store_ckpt_close(c, soon());
    store_stop();
    expect_no_denial(node[1].port, true, "the new master");
    for (i = 0; i < 3; i++) {
        expect_no_denial(sentinel[i].port, false, "a sentinel");
        sentinel_end(&sentinel[i]);
    }
    redis_end(&node[1]);
    redis_end(&node[0]);
}
