/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request is executed, its answer is lost, and before anybody can ask again the slot
 * goes to another server: it is settled there, as what it was.
 */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault_proxy.h"
#include "fixture_shards.h"
#include "fixture_store.h"

TestSuite(cluster_settle, .timeout = 110);

enum { MASTERS = 2, FROM = 0, TO = 1 };

static struct shards shards;
static struct fault_proxy proxy;
static int port, slot;
static struct store_ckpt *ckpt;

/* What the other node says of where the first one is. */
static bool is_announced(void *unused)
{
    redisContext *c = redis_raw(&shards.node[TO]);
    redisReply *r = redisCommand(c, "CLUSTER NODES");
    char at[64];
    bool is;

    (void)unused;
    snprintf(at, sizeof(at), "%s 127.0.0.1:%d@", shards.id[FROM], port);
    is = r && r->str && strstr(r->str, at);
    freeReplyObject(r);
    redisFree(c);
    return is;
}

static void start(void)
{
    char url[80], name[32];
    int n = 0;

    shards_start(&shards, MASTERS, false);
    port = free_port();
    fault_proxy_start_tcp(&proxy, shards.node[FROM].socket, port);
    redis_int(&shards.node[FROM], "CONFIG SET cluster-announce-bus-port %s",
              shards.bus[FROM]);
    redis_int(&shards.node[FROM], "CONFIG SET cluster-announce-port %d", port);
    cr_assert(wait_for(is_announced, NULL, 20000));
    snprintf(url, sizeof(url), "redis-cluster://127.0.0.1:%d", shards.node[TO].port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_LEASE_MS", "3600000", 1); /* one sign of life, at the start */
    cr_assert_eq(store_start(soon()), STORE_OK);
    do {
        snprintf(name, sizeof(name), "c%d", n++);
        slot = shards_slot_of(&shards, name);
    } while (!shards_has(&shards, FROM, slot));
    ckpt = ckpt_make(name);
}

static void end(void)
{
    cr_expect_eq(store_ckpt_close(ckpt, soon()), STORE_OK);
    store_stop();
    shards_end(&shards);
}

/* ---- the requests -------------------------------------------------------- */

static enum store_status do_create(void)
{
    return create(ckpt, "made", "text");
}

static enum store_status do_delete(void)
{
    return store_section_delete(ckpt, bytes("there"), soon());
}

static enum store_status do_write(void)
{
    return store_section_write(ckpt, bytes("written"), bytes("new"), soon());
}

static enum store_status do_vector(void)
{
    const struct store_write vec[] = {{bytes("there"), bytes("n"), 1},
                                      {bytes("written"), bytes("n"), 1}};
    uint32_t bad;

    return store_write(ckpt, vec, 2, &bad, soon());
}

struct request {
    enum store_status (*run)(void);
    enum store_status got;
};

static void *request_main(void *arg)
{
    struct request *r = arg;

    r->got = r->run();
    return NULL;
}

static bool was_cut(void *unused)
{
    (void)unused;
    return fault_proxy_cuts(&proxy) == 1;
}

static void settles(enum store_status (*run)(void))
{
    struct request r = {.run = run};
    pthread_t thread;

    start();
    cr_assert_eq(create(ckpt, "there", "text"), STORE_OK);
    cr_assert_eq(create(ckpt, "written", "text"), STORE_OK);
    fault_proxy_cut_after(&proxy, FAULT_DOWN, 0);
    cr_assert_eq(pthread_create(&thread, NULL, request_main, &r), 0);
    cr_assert(wait_for(was_cut, NULL, 10000), "no answer to cut");
    fault_proxy_end(&proxy); /* nobody gets there any more */
    shards_move_begin(&shards, slot, FROM, TO);
    while (shards_move_keys(&shards, slot, FROM, TO, 100) > 0) {
    }
    shards_move_end(&shards, slot, FROM, TO);
    pthread_join(thread, NULL);
    cr_expect_eq(r.got, STORE_OK, "%s", store_status_text(r.got));
}

Test(cluster_settle, a_create)
{
    settles(do_create);
    cr_expect_eq(do_create(), STORE_EXISTS);
    end();
}

Test(cluster_settle, a_delete)
{
    settles(do_delete);
    cr_expect_eq(do_delete(), STORE_ABSENT);
    end();
}

Test(cluster_settle, a_write)
{
    char text[16];

    settles(do_write);
    cr_expect_eq(read_text(ckpt, "written", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "new");
    end();
}

Test(cluster_settle, a_vector)
{
    char text[16];

    settles(do_vector);
    cr_expect_eq(read_text(ckpt, "written", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "tnxt");
    end();
}
