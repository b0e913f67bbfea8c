/* SPDX-License-Identifier: Apache-2.0 */
/* Two daemons, as on two hosts, with one store between them. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_amf_rows.h"
#include "fixture_amfd_cluster.h"

/* LEASE is long enough for a machine under load, and short enough to wait for. */
enum { LIMIT = 90, LEASE_MS = 800, PATIENCE_MS = 20000 };

static struct redis store;
static struct amfd a, b; /* play blade1 and blade2 */

static const char *const args_a[] = {"--node", "blade1", "--cluster", "test", NULL};
static const char *const args_b[] = {"--node", "blade2", "--cluster", "test", NULL};

static void begin(int lease_ms)
{
    char lease[16];

    redis_start(&store, false, NULL);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    snprintf(lease, sizeof(lease), "%d", lease_ms);
    setenv("CLOVIS_AMF_LEASE_MS", lease, 1);
    amfd_prepare(&a, NULL);
    amfd_prepare(&b, NULL);
}

static void finish(void)
{
    amfd_end(&a);
    amfd_end(&b);
    redis_end(&store);
}

static void show(struct amfd *f, const char *log)
{
    char *text = amfd_log(f, log);

    fprintf(stderr, "---- %s of %s\n%s", log, f == &a ? "a" : "b", text);
    free(text);
}

static void expect_log(struct amfd *f, const char *comp, const char *text, int n)
{
    if (amfd_log_has(f, comp, text, n, PATIENCE_MS))
        return;
    show(&a, "counter1");
    show(&a, "err");
    show(&b, "counter2");
    show(&b, "err");
    cr_assert(false, "%s: expected \"%s\" %d times", comp, text, n);
}

/* As long as the store is away nothing moves that could be waited for. */
static void outage(int leases)
{
    const struct timespec t = {leases * LEASE_MS / 1000,
                               (long)(leases * LEASE_MS % 1000) * CLV_NS_PER_MS};

    nanosleep(&t, NULL);
}

/* Time for something that is not to happen, by the daemons' own measure. */
static void leases_pass(int n)
{
    cr_assert(amfd_beats_pass(&store, 2, n * AMFD_BEATS, PATIENCE_MS));
}

/* a leads, counter1 is active, counter2 standby, and both daemons are at rest. */
static bool at_rest(void *unused)
{
    json_t *one = amfd_call(&a, "{\"t\":\"status\"}");
    json_t *two = amfd_call(&b, "{\"t\":\"status\"}");
    const json_t *engine_a, *engine_b;
    bool same;

    (void)unused;
    engine_a = json_object_get(json_object_get(one, "state"), "assignments");
    engine_b = json_object_get(json_object_get(two, "state"), "assignments");
    same = engine_a && json_array_size(engine_a) == 2 && json_equal(engine_a, engine_b);
    json_decref(one);
    json_decref(two);
    return same;
}

static void start_both_with(int lease_ms)
{
    begin(lease_ms);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE csi=counterCSI flags=1 tr=1", 1);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "csiset STANDBY csi=counterCSI flags=1", 1);
    cr_assert(wait_for(at_rest, NULL, PATIENCE_MS));
}

static void start_both(void)
{
    start_both_with(LEASE_MS);
}

/* What each component was told in the whole. */
static void expect_sets(int of_counter1, int of_counter2)
{
    const int one = amfd_log_count(&a, "counter1", "csiset");
    const int two = amfd_log_count(&b, "counter2", "csiset");

    if (one != of_counter1 || two != of_counter2) {
        show(&a, "counter1");
        show(&a, "err");
        show(&b, "counter2");
        show(&b, "err");
    }
    cr_expect_eq(one, of_counter1, "counter1 heard %d sets", one);
    cr_expect_eq(two, of_counter2, "counter2 heard %d sets", two);
}

/* ---- life ---------------------------------------------------------------- */

Test(amfd_cluster, the_crash_of_an_active_is_taken_over_by_the_other_host,
     .timeout = LIMIT, .fini = finish)
{
    start_both();
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    cr_assert(wait_for(at_rest, NULL, PATIENCE_MS));
    expect_sets(2, 2);
}

Test(amfd_cluster, an_operator_may_ask_any_daemon, .timeout = LIMIT, .fini = finish)
{
    start_both();
    cr_expect_eq(amfd_rc(&b, "{\"t\":\"admin\",\"op\":\"lock\",\"name\":\"counterSU1\"}"),
                 0);
    expect_log(&a, "counter1", "csiset QUIESCED", 1);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=2", 1);
    expect_log(&a, "counter1", "csirmv", 1);
    cr_expect_eq(amfd_rc(&a, "{\"t\":\"admin\",\"op\":\"lock\",\"name\":\"counterSU1\"}"),
                 0x00220019);
}

static long long node_order(struct amfd *f, const char *verb, const char *node)
{
    char request[80];

    snprintf(request, sizeof(request), "{\"t\":\"%s-node\",\"name\":\"%s\"}", verb, node);
    return amfd_rc(f, request);
}

struct killed_at {
    struct amfd *f;
    bool killed;
};

static bool shows_killed(void *arg)
{
    const struct killed_at *k = arg;
    json_t *re = amfd_call(k->f, "{\"t\":\"status\"}"), *node;
    bool killed = !k->killed;
    size_t i;

    json_array_foreach(
        json_object_get(json_object_get(json_object_get(re, "state"), "daemon"), "nodes"),
        i, node) if (strcmp(json_string_value(json_object_get(node, "name")), "blade1") ==
                     0) killed = json_is_true(json_object_get(node, "killed"));
    json_decref(re);
    return killed == k->killed;
}

/* Also the one that the order did not go through, and one that comes later. */
Test(amfd_cluster, each_daemon_knows_which_node_was_killed, .timeout = LIMIT,
     .fini = finish)
{
    static const struct amf_row problem = {"status --check", 4,
                                           "node blade1: killed by the operator"};

    start_both();
    cr_assert_eq(node_order(&a, "kill", "blade1"), 0);
    cr_expect(wait_for(shows_killed, &(struct killed_at){&b, true}, PATIENCE_MS));
    amf_rows_run(&b, &problem, 1);
    cr_assert_eq(amfd_stop(&b, SIGTERM, PATIENCE_MS), 0);
    amfd_launch(&b, args_b);
    cr_assert(amfd_cluster_settled(&b, PATIENCE_MS));
    cr_expect(shows_killed(&(struct killed_at){&b, true}));
    cr_assert_eq(node_order(&a, "start", "blade1"), 0);
    cr_expect(wait_for(shows_killed, &(struct killed_at){&b, false}, PATIENCE_MS));
    cr_assert_eq(node_order(&a, "kill", "blade1"), 0);
    cr_expect(wait_for(shows_killed, &(struct killed_at){&b, true}, PATIENCE_MS));
    cr_assert_eq(amfd_stop(&a, SIGTERM, PATIENCE_MS), 0);
    cr_expect(wait_for(shows_killed, &(struct killed_at){&b, false}, PATIENCE_MS));
}

Test(amfd_cluster, the_lease_is_its_heartbeat, .timeout = LIMIT, .fini = finish)
{
    static const struct amf_row rows[] = {
        {"heartbeat", 0, "enabled, a daemon is dead after "},
        {"heartbeat enable", 0, ""},
        {"heartbeat disable", 5, "the daemons of a cluster cannot do without"},
        {"nodename", 0, "blade2\n"},
    };

    start_both();
    amf_rows_run(&b, rows, sizeof(rows) / sizeof(*rows));
}

Test(amfd_cluster, any_daemon_kills_and_starts_a_node, .timeout = LIMIT, .fini = finish)
{
    pid_t one;

    start_both();
    one = amfd_pid(&a, "counter1");
    cr_assert_eq(node_order(&b, "kill", "blade1"), 0);
    cr_expect(amfd_pid_gone(one, PATIENCE_MS));
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    cr_expect_eq(node_order(&b, "kill", "blade1"), 0x000f0019);
    cr_expect_eq(node_order(&a, "kill", "blade1"), 0x000f0019);
    cr_expect_eq(amfd_pid(&a, "counter1"), 0);
    cr_expect_eq(node_order(&b, "start", "blade1"), 0);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    cr_expect_eq(node_order(&b, "start", "blade1"), 0x000f0019);
    cr_expect_eq(node_order(&b, "kill", "blade9"), 0x000f0004);
    cr_assert_eq(amfd_stop(&a, SIGTERM, PATIENCE_MS), 0);
    expect_log(&b, "err", "node blade1 is lost", 1);
    cr_expect_eq(node_order(&b, "kill", "blade1"), 0x000f0004);
}

Test(amfd_cluster, a_node_that_another_daemon_killed_is_still_down_after_a_restart,
     .timeout = LIMIT, .fini = finish)
{
    start_both_with(5 * LEASE_MS);
    cr_assert_eq(node_order(&b, "kill", "blade1"), 0);
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    amfd_launch(&a, args_a);
    expect_log(&a, "err", "taken over", 1);
    cr_assert(amfd_cluster_settled(&a, PATIENCE_MS));
    cr_expect_eq(amfd_pid(&a, "counter1"), 0);
    cr_expect_eq(node_order(&b, "kill", "blade1"), 0x000f0019);
    cr_expect_eq(node_order(&b, "start", "blade1"), 0);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
}

/* It hangs: whether the order arrives is not known, and the operator is told so. */
Test(amfd_cluster, an_order_for_a_daemon_that_dies_is_answered, .timeout = LIMIT,
     .fini = finish)
{
    start_both();
    kill(a.pid, SIGSTOP);
    cr_expect_eq(node_order(&b, "kill", "blade1"), 0x000f0016);
    cr_expect_eq(node_order(&b, "kill", "blade1"), 0x000f0004);
    kill(a.pid, SIGCONT); /* it reads the order, and then that it was given up */
    expect_log(&a, "err", "the cluster has given up on this daemon", 1);
    cr_assert(amfd_cluster_settled(&a, PATIENCE_MS));
    cr_expect_eq(node_order(&b, "start", "blade1"), 0);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
}

Test(amfd_cluster, who_leaves_in_order_is_followed_at_once, .timeout = LIMIT,
     .fini = finish)
{
    start_both();
    cr_assert_eq(amfd_stop(&a, SIGTERM, PATIENCE_MS), 0);
    expect_log(&a, "counter1", "terminate", 1);
    expect_log(&b, "counter2", "csiset ACTIVE", 1);
    expect_log(&b, "err", "leader of the cluster", 1);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
}

/* ---- deaths ---------------------------------------------------------------------------
 */

Test(amfd_cluster, the_host_of_the_leader_dies, .timeout = LIMIT, .fini = finish)
{
    int64_t killed_ns;
    pid_t one;

    start_both();
    one = amfd_pid(&a, "counter1");
    killed_ns = clv_now_ns();
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    kill(one, SIGKILL);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    fprintf(stderr, "host dead -> ACTIVE: %.0f ms with a lease of %d ms\n",
            (double)(clv_now_ns() - killed_ns) / (double)CLV_NS_PER_MS, LEASE_MS);
    expect_log(&b, "err", "leader of the cluster", 1);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset ACTIVE"), 1);
}

Test(amfd_cluster, the_host_of_a_follower_dies, .timeout = LIMIT, .fini = finish)
{
    pid_t two;

    start_both();
    two = amfd_pid(&b, "counter2");
    amfd_stop(&b, SIGKILL, PATIENCE_MS);
    kill(two, SIGKILL);
    expect_log(&a, "err", "node blade2 is lost", 1);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "csiset STANDBY", 2);
    expect_sets(1, 2);
}

Test(amfd_cluster, a_daemon_that_comes_back_in_time_adopts_its_components,
     .timeout = LIMIT, .fini = finish)
{
    pid_t one;

    start_both_with(5 * LEASE_MS); /* the restart has to be faster */
    one = amfd_pid(&a, "counter1");
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    amfd_launch(&a, args_a);
    expect_log(&a, "err", "taken over", 1);
    cr_assert(wait_for(at_rest, NULL, PATIENCE_MS));
    leases_pass(2);
    cr_expect_eq(amfd_pid(&a, "counter1"), one);
    expect_sets(1, 1);
    kill(one, SIGKILL);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
}

Test(amfd_cluster, all_daemons_come_back_and_adopt, .timeout = LIMIT, .fini = finish)
{
    pid_t one, two;

    start_both();
    one = amfd_pid(&a, "counter1");
    two = amfd_pid(&b, "counter2");
    cr_assert(amfd_state_saved(&store, &a, PATIENCE_MS));
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    amfd_stop(&b, SIGKILL, PATIENCE_MS);
    amfd_launch(&b, args_b);
    amfd_launch(&a, args_a);
    expect_log(&a, "err", "taken over", 1);
    expect_log(&b, "err", "taken over", 1);
    cr_assert(wait_for(at_rest, NULL, PATIENCE_MS));
    leases_pass(2);
    cr_expect_eq(amfd_pid(&a, "counter1"), one);
    cr_expect_eq(amfd_pid(&b, "counter2"), two);
    expect_sets(1, 1);
}

Test(amfd_cluster, who_was_given_up_kills_its_components_and_joins_anew, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one;

    start_both();
    one = amfd_pid(&a, "counter1");
    kill(a.pid, SIGSTOP);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    kill(a.pid, SIGCONT);
    cr_expect(amfd_pid_gone(one, PATIENCE_MS));
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset ACTIVE"), 1);
}

/* ---- only the daemon dies
 * --------------------------------------------------------------
 */

/* Components that use the library; counter1 is active and writes. */
static void start_apps(int lease_ms)
{
    const struct amfd_model model = {.command = "fence_app"};

    begin(lease_ms);
    amfd_model_write(&a, &model);
    amfd_model_write(&b, &model);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", " ok ", 10);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "ha 2", 1);
}

static pid_t registered_pid(struct amfd *f, const char *comp)
{
    const pid_t pid = amfd_pid(f, comp);

    cr_assert_gt(pid, 0, "%s runs", comp);
    return pid;
}

Test(amfd_cluster, an_orphan_ends_before_its_work_is_taken_over, .timeout = LIMIT,
     .fini = finish)
{
    long long killed_us, active_us, last_us;
    pid_t one;

    start_apps(2 * LEASE_MS);
    one = registered_pid(&a, "counter1");
    killed_us = clv_now_ns() / 1000;
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    expect_log(&b, "counter2", "ha 1", 1);
    cr_expect(amfd_pid_gone(one, PATIENCE_MS));
    expect_log(&a, "counter1", "ending the process", 1);
    last_us = amfd_log_us(&a, "counter1", " ok ", amfd_log_count(&a, "counter1", " ok "));
    active_us = amfd_log_us(&b, "counter2", "ha 1", 1);
    fprintf(stderr,
            "daemon dead -> last write of the orphan: %lld ms, -> ACTIVE: %lld ms\n",
            (last_us - killed_us) / 1000, (active_us - killed_us) / 1000);
    cr_expect_gt(last_us, killed_us, "it goes on for a while");
    cr_expect_lt(last_us, active_us + LEASE_MS * 1000LL);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "ha 2", 1);
}

Test(amfd_cluster, a_daemon_that_comes_back_in_time_finds_them_alive, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one;
    int n;

    start_apps(5 * LEASE_MS);
    one = registered_pid(&a, "counter1");
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    amfd_launch(&a, args_a);
    expect_log(&a, "err", "taken over", 1);
    cr_assert(amfd_cluster_settled(&a, PATIENCE_MS));
    n = amfd_log_count(&a, "counter1", " ok ");
    expect_log(&a, "counter1", " ok ", n + 1000); /* for longer than it may be alone */
    cr_expect_eq(amfd_pid(&a, "counter1"), one);
    cr_expect_eq(amfd_log_count(&a, "counter1", "ha 1"), 1);
    cr_expect_eq(amfd_log_count(&b, "counter2", "ha 1"), 0);
    kill(one, SIGKILL);
    expect_log(&b, "counter2", "ha 1", 1);
}

/* ---- the store ------------------------------------------------------------------------
 */

Test(amfd_cluster, nothing_is_failed_over_because_the_store_is_away, .timeout = LIMIT,
     .fini = finish)
{
    start_both();
    redis_freeze(&store);
    outage(4);
    redis_thaw(&store);
    leases_pass(3);
    expect_sets(1, 1);
    cr_expect_eq(amfd_log_count(&a, "err", "counting it as dead"), 0);
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&b, "counter2", "csiset ACTIVE", 1);
}

Test(amfd_cluster, a_crash_while_the_store_is_away_is_taken_over_after_it,
     .timeout = LIMIT, .fini = finish)
{
    pid_t one;

    start_both();
    one = amfd_pid(&a, "counter1");
    redis_freeze(&store);
    kill(one, SIGKILL);
    outage(2);
    expect_sets(1, 1);
    redis_thaw(&store);
    expect_log(&b, "counter2", "csiset ACTIVE", 1);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    leases_pass(1);
    expect_sets(2, 2);
}

Test(amfd_cluster, a_store_that_lost_everything_is_no_reason_either, .timeout = LIMIT,
     .fini = finish)
{
    start_both();
    redis_kill(&store);
    outage(2);
    redis_again(&store); /* empty: it keeps nothing */
    leases_pass(4);
    cr_assert(wait_for(at_rest, NULL, PATIENCE_MS));
    expect_sets(1, 1);
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
}

/* ---- mistakes -------------------------------------------------------------------------
 */

Test(amfd_cluster, another_model_is_refused, .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model other = {.start_ms = 250};

    begin(LEASE_MS);
    amfd_model_write(&b, &other);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE", 1);
    amfd_launch(&b, args_b);
    cr_expect_eq(amfd_wait(&b, PATIENCE_MS), 1);
    expect_log(&b, "err", "runs another model", 1);
}

Test(amfd_cluster, a_node_is_played_once, .timeout = LIMIT, .fini = finish)
{
    begin(LEASE_MS);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE", 1);
    amfd_launch(&b, args_a);
    expect_log(&b, "err", "is played by", 1);
    cr_assert_eq(amfd_stop(&a, SIGTERM, PATIENCE_MS), 0);
    expect_log(&b, "counter1", "csiset ACTIVE", 1);
}
