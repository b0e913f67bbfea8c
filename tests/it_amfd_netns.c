/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two daemons in two network namespaces, the store between them: the leader's side is
 * killed as a whole, and its link is cut and healed. Needs root; skipped otherwise.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_amfd.h"
#include "fixture_netns.h"
#include "fixture_redis.h"

enum { LIMIT = 90, PATIENCE_MS = 25000 };

static struct redis store;
static struct amfd a, b;
static char name_a[32], name_b[32], link_a[16], link_b[16], net_a[24], net_b[24];
static bool made;

/* A namespace with one link to ours; net is its /30 without the last number. */
static bool side_make(const char *name, const char *link, const char *net)
{
    return netns_shell("ip netns add %s", name) &&
           netns_shell("ip link add %s type veth peer name e0 netns %s", link, name) &&
           netns_shell("ip addr add %s1/30 dev %s && ip link set %s up", net, link,
                       link) &&
           netns_shell("ip -n %s addr add %s2/30 dev e0 && ip -n %s link set e0 up", name,
                       net, name);
}

static bool begin(void)
{
    const unsigned n = (unsigned)getpid();
    static char bind_a[32], bind_b[32];
    static const char *args[] = {"--bind",           "127.0.0.1", bind_a, bind_b,
                                 "--protected-mode", "no",        NULL};

    snprintf(name_a, sizeof(name_a), "clv-a-%u", n);
    snprintf(name_b, sizeof(name_b), "clv-b-%u", n);
    snprintf(link_a, sizeof(link_a), "clva%u", n % 1000000);
    snprintf(link_b, sizeof(link_b), "clvb%u", n % 1000000);
    snprintf(net_a, sizeof(net_a), "10.%u.%u.", 200 + n % 50, n / 50 % 256);
    snprintf(net_b, sizeof(net_b), "10.%u.%u.", 150 + n % 50, n / 50 % 256);
    if (geteuid() != 0 || !side_make(name_a, link_a, net_a) ||
        !side_make(name_b, link_b, net_b))
        return false;
    made = true;
    snprintf(bind_a, sizeof(bind_a), "%s1", net_a);
    snprintf(bind_b, sizeof(bind_b), "%s1", net_b);
    redis_start(&store, true, args);
    setenv("CLOVIS_AMF_LEASE_MS", "800", 1);
    amfd_prepare(&a, NULL);
    amfd_prepare(&b, NULL);
    a.netns = name_a;
    b.netns = name_b;
    return true;
}

static void finish(void)
{
    if (made) {
        amfd_end(&a);
        amfd_end(&b);
        redis_end(&store);
    }
    if (*name_a && geteuid() == 0) {
        netns_shell("ip link del %s; ip netns del %s; true", link_a, name_a);
        netns_shell("ip link del %s; ip netns del %s; true", link_b, name_b);
    }
}

static void launch(struct amfd *f, const char *node, const char *net)
{
    const char *const args[] = {"--node", node, "--cluster", "test", NULL};
    char url[64];

    snprintf(url, sizeof(url), "redis://%s1:%d", net, store.port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    amfd_launch(f, args);
}

static void expect_log(struct amfd *f, const char *comp, const char *text, int n)
{
    char *log;

    if (amfd_log_has(f, comp, text, n, PATIENCE_MS))
        return;
    log = amfd_log(&a, "err");
    fprintf(stderr, "---- a\n%s", log);
    free(log);
    log = amfd_log(&b, "err");
    fprintf(stderr, "---- b\n%s", log);
    free(log);
    cr_assert(false, "%s: expected \"%s\" %d times", comp, text, n);
}

static bool start_both(void)
{
    if (!begin())
        return false;
    launch(&a, "blade1", net_a);
    expect_log(&a, "counter1", "csiset ACTIVE", 1);
    launch(&b, "blade2", net_b);
    expect_log(&b, "counter2", "csiset STANDBY", 1);
    return true;
}

Test(amfd_netns, the_leaders_side_is_killed, .timeout = LIMIT, .fini = finish)
{
    pid_t one;

    if (!start_both())
        cr_skip_test("network namespaces need root");
    one = amfd_pid(&a, "counter1");
    kill(a.pid, SIGKILL);
    kill(one, SIGKILL);
    amfd_wait(&a, 5000);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log(&b, "err", "leader of the cluster", 1);
    launch(&a, "blade1", net_a);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset ACTIVE"), 1);
}

/* ---- with a store that fences --------------------------------------------------------
 */

/* Microseconds: acknowledged writes of a component, by what its log says. */
struct writes {
    int n, refused;
    long long first_begun, first_done, last_begun, last_done;
};

static struct writes writes_of(struct amfd *f, const char *comp)
{
    char *log = amfd_log(f, comp), *at = log, *end;
    struct writes w = {0};
    long long begun, done;

    for (; *at; at = *end ? end + 1 : end) {
        end = at + strcspn(at, "\n");
        if (strstr(at, "refused") && strstr(at, "refused") < end)
            w.refused++;
        if (sscanf(at, "%lld %lld wrote", &begun, &done) != 2 ||
            !memchr(at, 'w', (size_t)(end - at)))
            continue;
        if (!w.n++) {
            w.first_begun = begun;
            w.first_done = done;
        }
        w.last_begun = begun;
        w.last_done = done;
    }
    free(log);
    return w;
}

static bool both_have_written(void *unused)
{
    (void)unused;
    return writes_of(&a, "counter1").n > 20 && writes_of(&b, "counter2").n > 20;
}

static bool a_has_written(void *unused)
{
    (void)unused;
    return writes_of(&a, "counter1").n > 20;
}

/* The old active believes to be active until it is killed, and goes on trying. With the
 * fence nothing that it began after its successor's first write has ever been accepted.
 */
Test(amfd_netns, with_the_fence_only_one_active_can_act, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model model = {.command = "fence_app"};
    struct writes one, two;

    setenv("CLOVIS_FENCE", "1", 1);
    if (!begin())
        cr_skip_test("network namespaces need root");
    amfd_model_write(&a, &model);
    amfd_model_write(&b, &model);
    launch(&a, "blade1", net_a);
    cr_assert(wait_for(a_has_written, NULL, PATIENCE_MS));
    launch(&b, "blade2", net_b);
    expect_log(&b, "counter2", "ha 2", 1);
    cr_assert(netns_shell("ip link set %s down", link_a));
    cr_assert(wait_for(both_have_written, NULL, PATIENCE_MS));
    kill(a.pid, SIGSTOP); /* so that the old active lives on after the healing */
    cr_assert(netns_shell("ip link set %s up", link_a));
    expect_log(&a, "counter1", "refused", 1);
    kill(a.pid, SIGCONT);
    expect_log(&a, "counter1", "ha 2", 1);
    one = writes_of(&a, "counter1");
    two = writes_of(&b, "counter2");
    fprintf(stderr, "old active: %d writes, %d refused; new active: %d writes\n", one.n,
            one.refused, two.n);
    cr_expect(one.last_begun < two.first_done,
              "a write begun at %lld was accepted after the other's first at %lld",
              one.last_begun, two.first_done);
    cr_expect_gt(one.refused, 0);
    cr_expect_eq(two.refused, 0);
}

/* ---- the rest of the stories ---------------------------------------------------------
 */

Test(amfd_netns, the_leaders_link_is_cut_and_healed, .timeout = LIMIT, .fini = finish)
{
    long long healed_us, standby_us;
    pid_t one;

    if (!start_both())
        cr_skip_test("network namespaces need root");
    one = amfd_pid(&a, "counter1");
    cr_assert(netns_shell("ip link set %s down", link_a));
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    /* Beyond the cut nothing has changed: there the store is away. */
    cr_expect_eq(amfd_log_count(&a, "counter1", "csiset"), 1);
    cr_expect_eq(kill(one, 0), 0);
    healed_us = clv_now_ns() / 1000;
    cr_assert(netns_shell("ip link set %s up", link_a));
    /* The old active hears nothing more: it is killed, and its successor is standby. */
    cr_expect(amfd_pid_gone(one, PATIENCE_MS));
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    standby_us = amfd_log_us(&a, "counter1", "csiset STANDBY", 1);
    fprintf(stderr, "healed -> STANDBY: %lld ms\n", (standby_us - healed_us) / 1000);
    cr_expect_eq(amfd_log_count(&a, "counter1", "csiset"), 2);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset"), 2);
    cr_expect_eq(amfd_log_count(&a, "err", "the cluster has given up on this daemon"), 1);
}
