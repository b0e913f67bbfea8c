/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network falls into two halves: the master and the program on the near side, its
 * replicas and the sentinels on the far side, which make a master of their own. Then it
 * heals. Two network namespaces and one link; needs root, skipped otherwise.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_netns.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"
#include "sentinel_load.h"

enum { NODES = 3, SENTINELS = 3, WAIT_MS = 75000 };

/* The near address is on the loopback, too, so that cutting the link leaves it there. */
#define NEAR "10.231.0.1"
#define FAR "10.231.0.2"

static struct redis node[NODES]; /* node 0 is near */
static struct sentinel sentinel[SENTINELS];
static char near[32], far[32], url[256];

/* ---- the halves ----------------------------------------------------------- */

static bool halves_make(void)
{
    snprintf(near, sizeof(near), "clv-near-%d", (int)getpid());
    snprintf(far, sizeof(far), "clv-far-%d", (int)getpid());
    return geteuid() == 0 &&
           netns_shell("ip netns add %s && ip netns add %s", near, far) &&
           netns_shell("ip -n %s link add e0 type veth peer name e0 netns %s", near,
                       far) &&
           netns_shell("ip -n %s addr add " NEAR "/32 dev lo", near) &&
           netns_shell("ip -n %s addr add " NEAR "/30 dev e0", near) &&
           netns_shell("ip -n %s addr add " FAR "/30 dev e0", far) &&
           netns_shell("for n in %s %s; do ip -n $n link set lo up && "
                       "ip -n $n link set e0 up || exit 1; done",
                       near, far);
}

static void halves_remove(void)
{
    int i;

    for (i = 0; i < SENTINELS; i++)
        if (sentinel[i].pid)
            sentinel_end(&sentinel[i]);
    for (i = 0; i < NODES; i++)
        if (node[i].pid)
            redis_end(&node[i]);
    if (geteuid() == 0 && *near)
        netns_shell("ip netns del %s; ip netns del %s", near, far);
}

static void link_set(const char *state)
{
    cr_assert(netns_shell("ip -n %s link set e0 %s", near, state));
}

/* ---- what runs there ------------------------------------------------------ */

/* INFO of a node, whatever side it is on: its unix socket knows no network. */
static bool node_says(const struct redis *r, const char *text)
{
    redisContext *raw = redis_raw(r);
    redisReply *reply = redisCommand(raw, "INFO replication");
    const bool says = reply && reply->str && strstr(reply->str, text);

    if (reply)
        freeReplyObject(reply);
    redisFree(raw);
    return says;
}

static bool far_replicas_follow(void *unused)
{
    (void)unused;
    return node_says(&node[1], "master_link_status:up") &&
           node_says(&node[2], "master_link_status:up");
}

/* The fail-over is over: one leads, the other one follows it, and all sentinels say so.
 * One that was only begun may be taken back when the link is there again. */
static bool far_has_a_master(void *unused)
{
    const int lead = node_says(&node[1], "role:master") ? 1 : 2;
    char port[16], text[64];
    int i;

    (void)unused;
    if (!node_says(&node[lead], "role:master") ||
        !node_says(&node[3 - lead], "master_link_status:up"))
        return false;
    snprintf(port, sizeof(port), "%d", node[lead].port);
    for (i = 0; i < SENTINELS; i++) /* fields 5 and 9 are port and flags */
        if (!ask_port(sentinel[i].port, 5, text, sizeof(text), "SENTINEL MASTER m") ||
            strcmp(text, port) != 0 ||
            !ask_port(sentinel[i].port, 9, text, sizeof(text), "SENTINEL MASTER m") ||
            strcmp(text, "master") != 0)
            return false;
    return true;
}

static bool near_is_a_replica(void *unused)
{
    (void)unused;
    return node_says(&node[0], "master_link_status:up");
}

/* Asked on the far side: fields 31 and 33 are num-slaves and num-other-sentinels. */
static bool sentinels_know_all(void *unused)
{
    char text[64];
    int i;

    (void)unused;
    for (i = 0; i < SENTINELS; i++)
        if (!ask_port(sentinel[i].port, 31, text, sizeof(text), "SENTINEL MASTER m") ||
            atoi(text) != NODES - 1 ||
            !ask_port(sentinel[i].port, 33, text, sizeof(text), "SENTINEL MASTER m") ||
            atoi(text) != SENTINELS - 1)
            return false;
    return true;
}

static void servers_start(void)
{
    static char port[8];
    static const char *const near_args[] = {"--bind", "127.0.0.1",
                                            NEAR,     "--protected-mode",
                                            "no",     "--repl-diskless-sync-delay",
                                            "0",      "--repl-ping-replica-period",
                                            "1",      NULL};
    static const char *const far_args[] = {"--bind", "127.0.0.1",
                                           FAR,      "--protected-mode",
                                           "no",     "--repl-diskless-sync-delay",
                                           "0",      "--repl-ping-replica-period",
                                           "1",      "--replicaof",
                                           NEAR,     port,
                                           NULL};
    size_t used = (size_t)snprintf(url, sizeof(url), "redis-sentinel://");
    int i;

    cr_assert(netns_enter(near));
    redis_start(&node[0], true, near_args);
    snprintf(port, sizeof(port), "%d", node[0].port);
    cr_assert(netns_enter(far));
    for (i = 1; i < NODES; i++)
        redis_start(&node[i], true, far_args);
    for (i = 0; i < SENTINELS; i++) {
        sentinel_start_for(&sentinel[i], NEAR, node[0].port, SENTINELS / 2 + 1,
                           "bind 127.0.0.1 " FAR "\n");
        used += (size_t)snprintf(url + used, sizeof(url) - used, "%s" FAR ":%d",
                                 i ? "," : "", sentinel[i].port);
    }
    snprintf(url + used, sizeof(url) - used, "/m");
    cr_assert(wait_for(sentinels_know_all, NULL, WAIT_MS));
    cr_assert(wait_for(far_replicas_follow, NULL, WAIT_MS));
    cr_assert(netns_enter(near));
    setenv("CLOVIS_REDIS_URL", url, 1);
}

static void servers_end(void)
{
    int i;

    for (i = 0; i < SENTINELS; i++)
        sentinel_end(&sentinel[i]);
    for (i = 0; i < NODES; i++)
        redis_end(&node[i]);
}

/* ---- the story ------------------------------------------------------------ */

struct row {
    const char *mode, *repair_bytes;
    unsigned flags;
    bool acknowledged; /* what is written to the old master while the far side has one */
    const char *after; /* what that section holds in the end */
    const char *row;
};

static void cut_and_heal(const struct row *row, struct store_ckpt *c)
{
    const uint64_t before = load_generation();
    enum store_status st;
    char text[32];

    link_set("down");
    cr_assert(netns_enter(far)); /* this thread */
    cr_assert(wait_for(far_has_a_master, NULL, WAIT_MS), "%s", row->row);
    cr_assert(netns_enter(near));
    /* longer than the hold time; a majority of the sentinels is out of reach */
    st = store_section_write(c, bytes("lonely"), bytes("cut off"),
                             clv_deadline_ns(3 * CLV_NS_PER_S));
    cr_expect_eq(st == STORE_OK, row->acknowledged, "%s: %s", row->row,
                 store_status_text(st));
    cr_expect_eq(load_generation(), before, "%s", row->row);
    link_set("up");
    cr_assert(wait_for(near_is_a_replica, NULL, WAIT_MS), "%s", row->row);
    cr_expect(load_goes_on(100), "%s: it stands still", row->row);
    cr_expect_neq(load_generation(), before, "%s", row->row);
    cr_assert_eq(read_text(c, "lonely", text, sizeof(text)), STORE_OK, "%s", row->row);
    cr_expect_str_eq(text, row->after, "%s: \"%s\"", row->row, text);
}

static void play(const struct row *row)
{
    struct store_attrs attrs = plain;
    struct store_ckpt *c;
    struct load_sum sum;

    attrs.creation_flags = row->flags;
    attrs.max_sections = 1000;
    setenv("CLOVIS_SYNC_MODE", row->mode, 1);
    setenv("CLOVIS_REPAIR_BYTES", row->repair_bytes, 1);
    cr_assert_eq(store_start(load_patient()), STORE_OK, "%s", row->row);
    c = ckpt_make_with("c", &attrs);
    cr_assert_eq(create(c, "lonely", "before"), STORE_OK);
    cr_assert(load_start(c), "%s", row->row);
    cr_expect(load_goes_on(100), "%s: it stands still", row->row);
    cut_and_heal(row, c);
    load_stop(&sum);
    cr_expect_str_empty(sum.wrong, "%s: %s", row->row, sum.wrong);
    if (strcmp(row->after, "before") != 0 || !row->acknowledged)
        cr_expect_eq(sum.lost, 0, "%s: %zu lost", row->row, sum.lost);
    printf("%s: %zu acknowledged, %zu lost\n", row->row, sum.ok, sum.lost);
    store_ckpt_close(c, load_patient());
    store_stop();
}

Test(partition, the_side_that_is_cut_off_acknowledges_nothing_that_is_lost,
     .timeout = 235, .fini = halves_remove)
{
    /* the asynchronous row without repair shows that there is something to lose */
    /* clang-format off */
    static const struct row rows[] = {
        { "available", "0",       1, false, "before",  "available" },
        { "strict",    "0",       1, false, "before",  "strict" },
        { "available", "1000000", 2, true,  "cut off", "asynchronous, repaired" },
        { "available", "0",       2, true,  "before",  "asynchronous" },
    };
    /* clang-format on */
    size_t i;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!halves_make())
        cr_skip_test("network namespaces need root");
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_SYNC_HOLD_MS", "500", 1);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        servers_start();
        play(&rows[i]);
        servers_end();
    }
}
