/* SPDX-License-Identifier: Apache-2.0 */
/* What a synchronous write waits for, and what it survives. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_replicas.h"

TestSuite(durable, .timeout = 110);

static const struct store_attrs synchronous = {1,     100, 100000, 3600 * CLV_NS_PER_S,
                                               70000, 20};

static struct group group;

static int64_t in_ms(int64_t ms)
{
    return clv_deadline_ns(ms * CLV_NS_PER_MS);
}

static void settings(const char *mode, const char *hold_ms)
{
    setenv("CLOVIS_SYNC_MODE", mode, 1);
    setenv("CLOVIS_SYNC_HOLD_MS", hold_ms, 1);
    setenv("CLOVIS_LOG", "none", 1);
}

static void client_start(void)
{
    cr_assert_eq(store_start(soon()), STORE_OK);
}

static enum store_status write_text(struct store_ckpt *c, const char *id,
                                    const char *text, int64_t ms)
{
    return store_section_write(c, bytes(id), bytes(text), in_ms(ms));
}

/* What node i has of section id of the checkpoint, behind the API's back; new. */
static redisReply *node_value(int i, const char *name, const char *id)
{
    redisContext *raw = redis_raw(&group.node[i]);
    redisReply *r = redisCommand(raw, "GET clovis:{c:%s}", name);
    redisReply *v = NULL;

    if (r && r->type == REDIS_REPLY_STRING)
        v = redisCommand(raw, "HGET clovis:{c:%s}:%s:data s:%s", name, r->str, id);
    if (r)
        freeReplyObject(r);
    redisFree(raw);
    return v;
}

/* A value has the number of its write in it, so equal ones are one write's; and they can
 * be compared when they are sealed, too. */
static bool is_same_value(const redisReply *a, const redisReply *b)
{
    return a && b && a->type == REDIS_REPLY_STRING && b->type == REDIS_REPLY_STRING &&
           a->len == b->len && memcmp(a->str, b->str, a->len) == 0;
}

/* How many of the nodes that answer have the text in section "s", which the master has.
 */
static int nodes_with(struct store_ckpt *c, const char *text, int silent)
{
    redisReply *master = node_value(0, "c", "s"), *v;
    char there[100];
    int i, n = 0;

    for (i = 0; i < group.n; i++) {
        if (!group.node[i].pid || i == silent)
            continue;
        v = node_value(i, "c", "s");
        n += is_same_value(v, master);
        if (v)
            freeReplyObject(v);
    }
    if (master)
        freeReplyObject(master);
    cr_expect_eq(read_text(c, "s", there, sizeof(there)), STORE_OK);
    cr_expect_str_eq(there, text);
    return n;
}

static void operator_says(const char *address, const char *state)
{
    redis_int(&group.node[0], "HSET clovis:members %s %s", address, state);
}

/* ---- who has to acknowledge ---------------------------------------------- */

enum fault { NONE, FREEZE_ONE, KILL_ONE, KILL_BOTH, PROMOTE_ONE };

static void fault_begin(enum fault f)
{
    switch (f) {
    case NONE:
        break;
    case FREEZE_ONE:
        redis_freeze(&group.node[2]);
        break;
    case KILL_BOTH:
        redis_kill(&group.node[1]);
        redis_kill(&group.node[2]);
        break;
    case KILL_ONE:
        redis_kill(&group.node[2]);
        break;
    case PROMOTE_ONE:
        redis_int(&group.node[2], "REPLICAOF NO ONE");
        break;
    }
}

static void fault_end(enum fault f)
{
    if (f == FREEZE_ONE)
        redis_thaw(&group.node[2]);
    if (f == KILL_BOTH)
        redis_again(&group.node[1]);
    if (f == KILL_ONE || f == KILL_BOTH)
        redis_again(&group.node[2]);
    if (f == PROMOTE_ONE)
        redis_int(&group.node[2], "REPLICAOF 127.0.0.1 %d", group.node[0].port);
    group_settle(&group, 0, 2);
}

Test(durable, what_a_write_does_while_a_replica_is_missing)
{
    /* clang-format off */
    static const struct {
        const char *mode; enum fault fault; bool excluded; const char *hold_ms;
        enum store_status want; int n_have;
        const char *row;
    } rows[] = {
        { "available", NONE,        false, "60000", STORE_OK,     3, "available, nobody missing" },
        { "strict",    NONE,        false, "300",   STORE_OK,     3, "strict, nobody missing" },
        { "available", FREEZE_ONE,  false, "60000", STORE_UNSURE, 2, "available, frozen, within the hold time" },
        { "available", FREEZE_ONE,  false, "300",   STORE_OK,     2, "available, frozen" },
        { "available", KILL_ONE,    false, "300",   STORE_OK,     2, "available, killed" },
        { "available", KILL_BOTH,   false, "300",   STORE_OK,     1, "available, both killed" },
        { "available", PROMOTE_ONE, false, "300",   STORE_UNSURE, 2, "available, one was promoted" },
        { "available", PROMOTE_ONE, true,  "300",   STORE_OK,     2, "available, promoted, but excluded" },
        { "strict",    FREEZE_ONE,  false, "300",   STORE_UNSURE, 2, "strict, frozen" },
        { "strict",    KILL_ONE,    false, "300",   STORE_UNSURE, 2, "strict, killed" },
        { "strict",    KILL_ONE,    true,  "300",   STORE_OK,     2, "strict, killed and excluded" },
        { "strict",    FREEZE_ONE,  true,  "300",   STORE_OK,     2, "strict, frozen and excluded" },
        { "strict",    PROMOTE_ONE, false, "300",   STORE_UNSURE, 2, "strict, one was promoted" },
    };
    /* clang-format on */
    struct store_ckpt *c;
    enum store_status st;
    size_t i;
    int n;

    group_start(&group, 3, NULL);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        settings(rows[i].mode, rows[i].hold_ms);
        client_start();
        c = ckpt_make_with("c", &synchronous);
        st = create(c, "s", "before");
        cr_expect(st == STORE_OK || st == STORE_EXISTS, "%s: %s", rows[i].row,
                  store_status_text(st));
        cr_expect_eq(write_text(c, "s", "before", 5000), STORE_OK, "%s", rows[i].row);
        fault_begin(rows[i].fault);
        if (rows[i].excluded)
            operator_says(group.address[2], "out");
        st = write_text(c, "s", rows[i].row, rows[i].want == STORE_OK ? 20000 : 900);
        cr_expect_eq(st, rows[i].want, "%s: %s", rows[i].row, store_status_text(st));
        n = nodes_with(c, rows[i].row, rows[i].fault == FREEZE_ONE ? 2 : -1);
        cr_expect_eq(n, rows[i].n_have, "%s: %d nodes have it", rows[i].row, n);
        /* what is known to be missing beforehand keeps strict from sending anything */
        if (strcmp(rows[i].mode, "strict") == 0 && rows[i].want == STORE_UNSURE &&
            rows[i].fault != FREEZE_ONE)
            cr_expect_eq(write_text(c, "s", "not sent", 500), STORE_AWAY, "%s: again",
                         rows[i].row);
        operator_says(group.address[2], "in");
        fault_end(rows[i].fault);
        cr_expect_eq(write_text(c, "s", "after", 20000), STORE_OK, "%s: afterwards",
                     rows[i].row);
        store_ckpt_close(c, soon());
        store_stop();
    }
    group_end(&group);
}

/* ---- former masters ------------------------------------------------------- */

/* Node i is the master in place of before, and node other follows it; before goes on as
 * if nothing had happened. */
static void succeed(int i, int before, int other)
{
    redis_int(&group.node[i], "REPLICAOF NO ONE");
    redis_int(&group.node[other], "REPLICAOF 127.0.0.1 %d", group.node[i].port);
    group_point(&group, i);
    group_settle(&group, i, 1);
    redis_int(&group.node[before], "CLIENT KILL TYPE normal");
}

/* Node 0 never hears of it and answers that it is a master; so does a replica that was
 * promoted in place of ours, but this one's history ours goes on from. */
Test(durable, a_former_master_does_not_hold_the_writes)
{
    struct store_ckpt *c;

    group_start(&group, 3, NULL);
    settings("available", "300");
    client_start();
    c = ckpt_make_with("c", &synchronous);
    operator_says(group.address[0], "in"); /* its address is not seen on a socket */
    cr_assert_eq(create(c, "s", "first"), STORE_OK);
    succeed(1, 0, 2);
    cr_expect_eq(write_text(c, "s", "second", 20000), STORE_OK);
    succeed(2, 1, 1);
    cr_expect_eq(write_text(c, "s", "third", 20000), STORE_OK);
    store_ckpt_close(c, soon());
    store_stop();
    /* a process that has seen nothing of it */
    client_start();
    c = ckpt_make_with("c", &synchronous);
    cr_expect_eq(write_text(c, "s", "fourth", 20000), STORE_OK);
    store_ckpt_close(c, soon());
    store_stop();
    group_end(&group);
}
