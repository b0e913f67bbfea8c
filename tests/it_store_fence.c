/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CLOVIS_FENCE=1: only the node that holds the active-replica role writes. The peer runs
 * on node "a", this process on node "b".
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "fault_proxy.h"
#include "fixture_peer.h"
#include "fixture_store.h"

TestSuite(fence, .timeout = 110);

#define REFUSED "another node holds the active replica"

static const struct store_attrs roomy = {2,     100000, UINT32_MAX, 3600 * CLV_NS_PER_S,
                                         65536, 20};
static const struct store_open_how make = {.create = &roomy};

/* A server, the peer on node a, a client on node b; all with the checkpoint "c" open. */
static struct store_ckpt *two_nodes(struct peer *p, const char *peer_url,
                                    const char *peer_fence, const char *fence)
{
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_REDIS_URL", peer_url, 1);
    setenv("CLOVIS_FENCE", peer_fence, 1);
    setenv("ASP_NODENAME", "a", 1);
    peer_start(p, &make);
    PEER_DOES(p, "open c");
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    setenv("CLOVIS_FENCE", fence, 1);
    setenv("ASP_NODENAME", "b", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_assert_eq(store_ckpt_open(bytes("c"), &make, soon(), &c), STORE_OK);
    return c;
}

static void two_nodes_end(struct peer *p, struct store_ckpt *c)
{
    store_ckpt_close(c, soon());
    peer_end(p);
    fixture_store_end();
}

Test(fence, the_setting_is_0_or_1)
{
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_FENCE", "yes", 1);
    cr_expect_eq(store_start(soon()), STORE_CONFIG);
    redis_end(&server);
}

Test(fence, every_write_of_a_node_without_the_role_is_refused)
{
    /* clang-format off */
    static const struct {
        const char *line, *holds_role, *lost_role;
    } rows[] = {
        { "write s 1",        "success", REFUSED },
        { "write none 1",     "no such checkpoint or section", REFUSED },
        { "vector s 2",       "success", REFUSED },
        { "create t 1",       "success", REFUSED },
        { "create t 1",       "it exists already", REFUSED },
        { "delete t",         "success", REFUSED },
        { "create t 1",       "success", REFUSED },
        { "expire t",         "success", REFUSED },
        { "retain 3600000000000",   "success", REFUSED },
        { "burst s none 100", NULL,      REFUSED " after 0" },
        { "unlink c",         NULL,      REFUSED },
        { "close",            NULL,      "success" },
        { "open c",           NULL,      "success" },
        { "active",           "success", "success" },
    };
    /* clang-format on */
    struct store_ckpt *c;
    struct peer p;
    char back[16];
    size_t i;

    redis_start(&server, false, NULL);
    c = two_nodes(&p, server.url, "1", "1");
    cr_assert_eq(create(c, "s", "000"), STORE_OK, "no node has the role yet");
    PEER_DOES(&p, "write s 111");
    PEER_DOES(&p, "active");
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (rows[i].holds_role)
            cr_expect_str_eq(peer_ask(&p, rows[i].line), rows[i].holds_role,
                             "row %zu, %s", i, rows[i].line);
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("x"), soon()), STORE_FENCED);
    cr_assert_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    cr_assert_eq(store_section_write(c, bytes("s"), bytes("mine"), soon()), STORE_OK);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_str_eq(peer_ask(&p, rows[i].line), rows[i].lost_role, "row %zu, %s", i,
                         rows[i].line);
    PEER_DOES(&p, "write s again");
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_OK, "reading is free");
    cr_expect_str_eq(back, "again");
    cr_expect_eq(data_fields("c"), 3, "s and a number per writer: nothing stray");
    two_nodes_end(&p, c);
}

Test(fence, who_does_not_ask_for_it_is_not_fenced)
{
    struct store_ckpt *c;
    struct peer p;

    redis_start(&server, false, NULL);
    c = two_nodes(&p, server.url, "0", "1");
    cr_assert_eq(create(c, "s", "000"), STORE_OK);
    PEER_DOES(&p, "active");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("x"), soon()), STORE_FENCED);
    cr_assert_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    PEER_DOES(&p, "write s 1");
    PEER_DOES(&p, "vector s 1");
    PEER_DOES(&p, "unlink c");
    two_nodes_end(&p, c);
}

/* Its writes may have been on their way while another node had the role. */
Test(fence, who_took_the_role_before_it_went_and_came_back_is_shut_out)
{
    struct store_ckpt *c;
    struct peer old, new;

    redis_start(&server, false, NULL);
    c = two_nodes(&old, server.url, "1", "1");
    setenv("ASP_NODENAME", "a", 1);
    peer_start(&new, &make);
    PEER_DOES(&new, "open c");
    cr_assert_eq(create(c, "s", "000"), STORE_OK);
    PEER_DOES(&old, "active");
    PEER_DOES(&old, "write s 1");
    PEER_DOES(&new, "write s 2"); /* it has not taken the role, but its node has it */
    cr_assert_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    cr_expect_str_eq(peer_ask(&new, "write s 3"), REFUSED);
    PEER_DOES(&new, "active");
    cr_expect_str_eq(peer_ask(&old, "write s 4"), REFUSED);
    cr_expect_str_eq(peer_ask(&old, "vector s 4"), REFUSED);
    cr_expect_str_eq(peer_ask(&old, "create t 4"), REFUSED);
    cr_expect_str_eq(peer_ask(&old, "delete s"), REFUSED);
    PEER_DOES(&new, "write s 5");
    PEER_DOES(&old, "active");
    PEER_DOES(&old, "write s 6");
    PEER_DOES(&new, "write s 7");
    peer_end(&new);
    two_nodes_end(&old, c);
}

static long long scripts_run(void)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "INFO commandstats");
    const char *at = r && r->str ? strstr(r->str, "cmdstat_evalsha:calls=") : NULL;
    const long long n = at ? atoll(at + strlen("cmdstat_evalsha:calls=")) : 0;

    freeReplyObject(r);
    redisFree(raw);
    return n;
}

static bool have_run_more(void *than)
{
    return scripts_run() > *(const long long *)than;
}

struct held {
    struct fault_proxy *proxy;
    long than;
};

static bool is_held_up(void *arg)
{
    const struct held *h = arg;

    return fault_proxy_held(h->proxy) > h->than;
}

/* It asked for the role, and died; the network delivers that when another has it. */
Test(fence, the_dead_take_no_role_from_their_successor)
{
    static struct fault_proxy proxy;
    struct store_ckpt *c;
    struct peer old;
    struct held held = {&proxy, 0};
    long long before;

    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    c = two_nodes(&old, proxy.url, "1", "1");
    cr_assert_eq(create(c, "s", "000"), STORE_OK);
    fault_proxy_hold(&proxy, true);
    held.than = fault_proxy_held(&proxy);
    peer_tell(&old, "active");
    cr_assert(wait_for(is_held_up, &held, 10000), "it has not asked");
    peer_kill(&old);
    cr_assert_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    before = scripts_run();
    fault_proxy_hold(&proxy, false);
    cr_assert(wait_for(have_run_more, &before, 10000), "the late request did not arrive");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("x"), soon()), STORE_OK);
    store_ckpt_close(c, soon());
    store_stop();
    fault_proxy_end(&proxy);
    redis_end(&server);
}

Test(fence, a_refused_large_write_does_not_fill_a_section_that_lost_its_content)
{
    struct store_ckpt *c;
    char back[16];
    struct peer p;

    redis_start(&server, false, NULL);
    c = two_nodes(&p, server.url, "1", "1");
    cr_assert_eq(create(c, "s", "000"), STORE_OK);
    cr_assert_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    redis_int(&server, "HDEL clovis:{c:c}:%s:data s:s", instance_of("c"));
    cr_expect_str_eq(peer_ask(&p, "burst s write 5000"), REFUSED " after 0");
    cr_expect_str_eq(peer_ask(&p, "burst s vector 5000"), REFUSED " after 0");
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_DAMAGED);
    two_nodes_end(&p, c);
}

/* ---- an old active that comes back in the middle of its work -------------- */

/* The number that the burst wrote last, or, for creates, how many there are. */
static unsigned visible(struct store_ckpt *c, const char *kind)
{
    struct store_ckpt_status status;
    char back[9] = "";

    if (strcmp(kind, "create") == 0) {
        cr_assert_eq(store_ckpt_status(c, &status, soon()), STORE_OK);
        return (unsigned)status.n_sections - 1;
    }
    cr_assert_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
    return (unsigned)strtoul(back, NULL, 10);
}

struct progress {
    struct store_ckpt *c;
    const char *kind;
    unsigned than;
};

static bool is_further(void *arg)
{
    const struct progress *at = arg;

    return visible(at->c, at->kind) > at->than;
}

static void pause_us(unsigned us)
{
    nanosleep(&(struct timespec){0, (long)us * 1000}, NULL);
}

enum how_lost { FROZEN, RUNNING, CUT };

/* The role moves while the peer writes: what was acknowledged is there, and from then on
 * nothing of the peer's appears any more. */
static void one_round(struct peer *p, struct store_ckpt *c, struct fault_proxy *proxy,
                      const char *kind, size_t size, enum how_lost how, unsigned *seed)
{
    struct progress at = {c, kind, 0};
    unsigned seen, acknowledged = 0;
    const char *answer, *count;
    char line[64];

    snprintf(line, sizeof(line), "burst s %s %zu", kind, size);
    PEER_DOES(p, "active");
    PEER_DOES(p, "write s 00000000");
    peer_tell(p, line);
    cr_assert(wait_for(is_further, &at, 10000), "%s: no progress", line);
    pause_us(rand_r(seed) % 3000);
    if (how == FROZEN)
        peer_freeze(p);
    if (how == CUT)
        fault_proxy_cut_after(proxy, rand_r(seed) % 2 ? FAULT_UP : FAULT_DOWN,
                              rand_r(seed) % (2 * (long)size));
    cr_assert_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    seen = visible(c, kind);
    if (how == FROZEN)
        peer_thaw(p);
    answer = peer_answer(p);
    count = strstr(answer, " after ");
    if (count)
        acknowledged = (unsigned)strtoul(count + 7, NULL, 10);
    cr_expect(count && strncmp(answer, REFUSED, strlen(REFUSED)) == 0, "%s: %s", line,
              answer);
    cr_expect_eq(acknowledged, seen, "%s, case %d: %u acknowledged, %u there", line,
                 (int)how, acknowledged, seen);
    cr_expect_eq(visible(c, kind), seen, "%s, case %d: written after the role moved",
                 line, (int)how);
}

static void clear(struct store_ckpt *c, unsigned n)
{
    char id[16];

    for (; n > 0; n--) {
        snprintf(id, sizeof(id), "s.%u", n);
        cr_assert_eq(store_section_delete(c, bytes(id), soon()), STORE_OK);
    }
}

Test(fence, nothing_of_the_old_active_appears_once_the_role_has_moved)
{
    /* clang-format off */
    static const struct {
        const char *kind;
        size_t size;
    } rows[] = {
        { "write",  100 },
        { "write",  5000 },
        { "vector", 100 },
        { "vector", 5000 },
        { "create", 100 },
        { "create", 5000 },
    };
    /* clang-format on */
    static struct fault_proxy proxy;
    unsigned seed = 11;
    struct store_ckpt *c;
    struct peer p;
    size_t i;
    int how, round;

    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    c = two_nodes(&p, proxy.url, "1", "1");
    cr_assert_eq(create(c, "s", "00000000"), STORE_OK);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (how = FROZEN; how <= CUT; how++)
            for (round = 0; round < 5; round++) {
                one_round(&p, c, &proxy, rows[i].kind, rows[i].size, (enum how_lost)how,
                          &seed);
                if (strcmp(rows[i].kind, "create") == 0)
                    clear(c, visible(c, "create"));
            }
    cr_expect_gt(fault_proxy_cuts(&proxy), 10);
    store_ckpt_close(c, soon());
    peer_end(&p);
    store_stop();
    fault_proxy_end(&proxy);
    redis_end(&server);
}
