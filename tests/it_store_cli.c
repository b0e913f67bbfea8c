/* SPDX-License-Identifier: Apache-2.0 */
/* clovis store ... and clovis guard, as an operator runs them. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_cli.h"
#include "fixture_replicas.h"

TestSuite(store_cli, .timeout = 110);

static struct group group;

static int priority(int i)
{
    redisContext *raw = redis_raw(&group.node[i]);
    redisReply *r = redisCommand(raw, "CONFIG GET replica-priority");
    const int n = r && r->elements == 2 ? atoi(r->element[1]->str) : -1;

    if (r)
        freeReplyObject(r);
    redisFree(raw);
    return n;
}

static void member(int i, const char *state)
{
    redis_int(&group.node[0], "HSET clovis:members %s %s", group.address[i], state);
}

/* ---- guard --------------------------------------------------------------- */

static void part(void)
{
    redis_int(&group.node[1], "REPLICAOF NO ONE");
}

static void rejoin(void)
{
    redis_int(&group.node[1], "REPLICAOF 127.0.0.1 %d", group.node[0].port);
    group_settle(&group, 0, 2);
}

static void exclude(void)
{
    member(2, "out");
}

static void include(void)
{
    member(2, "in");
}

static void restart(void)
{
    redis_kill(&group.node[2]);
    redis_again(&group.node[2]);
    group_settle(&group, 0, 2);
}

static void promote(void)
{
    group_promote(&group, 1);
    group_settle(&group, 1, 2);
}

static void lose_master(void)
{
    redis_kill(&group.node[1]);
}

Test(store_cli, the_guard_lets_only_replicas_in_step_be_promoted)
{
    /* clang-format off */
    static const struct {
        void (*act)(void); int code; int want[3]; const char *row;
    } rows[] = {
        { NULL,        0, {0, 100, 100}, "a master and two replicas" },
        { part,        0, {0, 0, 100},   "a second master" },
        { rejoin,      0, {0, 100, 100}, "it is a replica again" },
        { exclude,     0, {0, 100, 0},   "one is excluded" },
        { include,     0, {0, 100, 100}, "and included" },
        { restart,     0, {0, 100, 100}, "restarted" },
        { promote,     0, {100, 0, 100}, "another master" },
        { lose_master, 3, {100, -1, 100}, "no master: nothing changes" },
    };
    /* clang-format on */
    char out[2000];
    size_t i;
    int k, code, got;

    group_start(&group, 3, NULL);
    for (k = 0; k < 3; k++)
        member(k, "in");
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (rows[i].act)
            rows[i].act();
        code = cli_run("guard --once", out, sizeof(out));
        cr_expect_eq(code, rows[i].code, "%s: exit code %d: %s", rows[i].row, code, out);
        for (k = 0; k < 3; k++) {
            got = group.node[k].pid ? priority(k) : -1;
            cr_expect_eq(got, rows[i].want[k], "%s: node %d has %d, expected %d",
                         rows[i].row, k, got, rows[i].want[k]);
        }
    }
    group_end(&group);
}

/* ---- store --------------------------------------------------------------- */

Test(store_cli, each_command_says_what_it_did_or_what_is_wrong)
{
    /* clang-format off */
    static const struct { const char *args; int code; const char *says; } rows[] = {
        { "store members",                 0, "replica" },
        { "store exclude 127.0.0.1:1",     1, "is not a member, expected one of: 127.0.0.1:" },
        { "store exclude elsewhere",       2, "'elsewhere' is no address, expected HOST:PORT" },
        { "store exclude",                 2, "one ADDRESS is needed" },
        { "store exclude @2",              0, "no longer wait for it" },
        { "store members",                 0, "excluded" },
        { "store include @2",              0, "wait for it" },
        { "store stats",                   0, "unrepairable" },
        { "store stats now",               2, "unexpected argument 'now'" },
        { "store check",                   4, "no persistence" },
        { "store check",                   4, "run clovis guard" },
        { "store check --json",            4, "\"severity\": \"error\"" },
        { "doctor --jsn",                  2, "without its value '--jsn', expected: clovis doctor" },
        { "doctor now",                    2, "unexpected argument 'now'" },
        { "doctor --user x",               2, "no --password-file beside '--user'" },
        { "doctor --password-file /none",  2, "/none: No such file" },
        { "doctor --url x://y",            2, "CLOVIS_REDIS_URL=x://y" },
        { "guard --interval 1",            2, "50 to 60000" },
    };
    /* clang-format on */
    char out[8000], args[120], *at;
    size_t i;
    int k, code;

    group_start(&group, 3, NULL);
    for (k = 0; k < 3; k++)
        member(k, "in");
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        snprintf(args, sizeof(args), "%s", rows[i].args);
        at = strchr(args, '@');
        if (at)
            strcpy(at, group.address[2]);
        code = cli_run(args, out, sizeof(out));
        cr_expect_eq(code, rows[i].code, "%s: exit code %d: %s", rows[i].args, code, out);
        cr_expect(strstr(out, rows[i].says), "%s: \"%s\", expected \"%s\"", rows[i].args,
                  out, rows[i].says);
    }
    group_end(&group);
}

Test(store_cli, a_deployment_in_order_has_nothing_worse_than_notes)
{
    static const char *const args[] = {"--appendonly", "yes", "--replica-priority", "0",
                                       NULL};
    char out[4000];
    int code;

    group_start(&group, 3, args);
    redis_int(&group.node[1], "CONFIG SET replica-priority 100");
    redis_int(&group.node[0], "CONFIG SET min-replicas-to-write 1");
    code = cli_run("store check", out, sizeof(out));
    cr_expect_eq(code, 0, "exit code %d: %s", code, out);
    cr_expect(strstr(out, "in order; 0 errors, 0 warnings, "), "%s", out);
    group_end(&group);
    setenv("CLOVIS_REDIS_URL", "unix:///nowhere", 1);
    code = cli_run("store check", out, sizeof(out));
    cr_expect_eq(code, 3, "exit code %d", code);
    cr_expect(strstr(out, "no master: /nowhere"), "%s", out);
    cr_expect(strstr(out, "nobody could be reached"), "%s", out);
    code = cli_run("store stats", out, sizeof(out));
    cr_expect_eq(code, 3, "exit code %d: %s", code, out);
}
