/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A former master comes back with writes that nobody else has, while the master that was
 * promoted in its place is dead. Sentinel compares offsets: it takes the former one, and
 * what was acknowledged meanwhile is gone. With clovis guard it takes the other replica.
 */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"
#include "sentinel_load.h"

TestSuite(guard, .timeout = 200);

enum { NODES = 3, WAIT_MS = 75000 };

static struct cluster cluster;
static pid_t guard;

/* ---- clovis guard, beside the cluster ------------------------------------ */

static void guard_start(void)
{
    const char *dir = getenv("top_builddir");
    char program[300];

    snprintf(program, sizeof(program), "%s/clovis", dir ? dir : ".");
    guard = fork();
    cr_assert(guard >= 0);
    if (guard == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        unsetenv("CLOVIS_REDIS_USER"); /* it is cut off from the master as well */
        unsetenv("CLOVIS_REDIS_PASSWORD");
        execl(program, program, "guard", "--interval", "100", (char *)NULL);
        _exit(127);
    }
}

static void guard_end(void)
{
    if (guard <= 0)
        return;
    kill(guard, SIGKILL);
    waitpid(guard, NULL, 0);
    guard = 0;
}

/* ---- nodes ---------------------------------------------------------------- */

struct wish {
    int node;
    char key[40], value[40];
};

/* The node's setting has the value. */
static bool has_setting(void *arg)
{
    const struct wish *w = arg;
    char text[64];

    return ask_port(cluster.node[w->node].port, 1, text, sizeof(text), "CONFIG GET %s",
                    w->key) &&
           strcmp(text, w->value) == 0;
}

static void wait_setting(int node, const char *key, const char *value)
{
    struct wish w = {.node = node};

    snprintf(w.key, sizeof(w.key), "%s", key);
    snprintf(w.value, sizeof(w.value), "%s", value);
    cr_assert(wait_for(has_setting, &w, WAIT_MS), "node %d: %s is not %s", node, key,
              value);
}

static void tell(redisContext *raw, const char *command)
{
    redisReply *r = redisCommand(raw, command);

    cr_assert(r && r->type != REDIS_REPLY_ERROR, "%s: %s", command, r ? r->str : "lost");
    freeReplyObject(r);
}

/* Far more than what the others will write. */
static void diverge(redisContext *raw)
{
    static char big[100000];
    int i;

    memset(big, 'x', sizeof(big) - 1);
    for (i = 0; i < 50; i++)
        freeReplyObject(redisCommand(raw, "SET nobody:else:has:it:%d %s", i, big));
}

/* What that node has of section "s" of "c", behind the API's back. */
static void node_content(int node, char *out, size_t size)
{
    redisContext *raw = redisConnect("127.0.0.1", cluster.node[node].port);
    redisReply *id, *v = NULL;

    out[0] = '\0';
    tell(raw, "AUTH app app");
    id = redisCommand(raw, "GET clovis:{c:c}");
    if (id && id->str)
        v = redisCommand(raw, "HGET clovis:{c:c}:%s:data s:s", id->str);
    if (v && v->str && v->len > 24)
        snprintf(out, size, "%.*s", (int)v->len - 24, v->str + 24);
    if (v)
        freeReplyObject(v);
    if (id)
        freeReplyObject(id);
    redisFree(raw);
}

/* ---- the story ------------------------------------------------------------ */

static bool is_followed(void *arg)
{
    return load_generation() != *(uint64_t *)arg;
}

static struct store_ckpt *begin(void)
{
    struct store_attrs a = plain;

    a.creation_flags = 1;
    cluster_start_for_app(&cluster, NODES, 3);
    setenv("CLOVIS_SYNC_MODE", "available", 1);
    setenv("CLOVIS_SYNC_HOLD_MS", "500", 1);
    setenv("CLOVIS_REPAIR_BYTES", "0", 1); /* the servers alone have to see to it */
    cr_assert_eq(store_start(load_patient()), STORE_OK);
    return ckpt_make_with("c", &a);
}

/* Every sentinel is gone while the nodes are put into their places, so that none acts in
 * between; then they are back and find the master dead. */
static int elect_without(int dead, redisContext *former)
{
    char command[64];
    int i;

    for (i = 0; i < cluster.n_sentinels; i++)
        sentinel_kill(&cluster.sentinel[i]);
    redis_kill(&cluster.node[dead]);
    snprintf(command, sizeof(command), "REPLICAOF 127.0.0.1 %d", cluster.node[dead].port);
    tell(former, command);
    cluster_rejoin(former);
    for (i = 0; i < cluster.n_sentinels; i++)
        sentinel_again(&cluster.sentinel[i]);
    return cluster_master_other_than(&cluster, dead);
}

static void a_former_master_returns(bool guarded)
{
    struct store_ckpt *c = begin();
    const int former = cluster_master(&cluster);
    uint64_t generation = load_generation();
    int second, third, elected;
    redisContext *raw;
    char text[40];

    if (guarded) {
        guard_start();
        wait_setting(former, "replica-priority", "0");
    }
    cr_assert_eq(create(c, "s", "before"), STORE_OK);
    raw = cluster_cut_off(&cluster, former);
    diverge(raw);
    second = cluster_master_other_than(&cluster, former);
    third = NODES - former - second;
    cr_assert(wait_for(is_followed, &generation, WAIT_MS));
    if (guarded) {
        wait_setting(second, "replica-priority", "0");
        wait_setting(third, "replica-priority", "100");
    }
    cr_assert_eq(
        store_section_write(c, bytes("s"), bytes("acknowledged"), load_patient()),
        STORE_OK);
    node_content(third, text, sizeof(text));
    cr_assert_str_eq(text, "acknowledged", "the other replica has \"%s\"", text);

    elected = elect_without(second, raw);
    cr_expect_eq(elected, guarded ? third : former, "node %d was promoted", elected);
    node_content(elected, text, sizeof(text));
    cr_expect_str_eq(text, guarded ? "acknowledged" : "before", "the master has \"%s\"",
                     text);
    guard_end();
    store_ckpt_close(c, soon());
    store_stop();
    cluster_end(&cluster);
}

Test(guard, without_it_what_was_acknowledged_is_lost)
{
    a_former_master_returns(false);
}

Test(guard, with_it_what_was_acknowledged_stays)
{
    a_former_master_returns(true);
}
