/* SPDX-License-Identifier: Apache-2.0 */
/* Two daemons whose store fails over: a master, two replicas, three sentinels. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_amfd_cluster.h"
#include "fixture_sentinel.h"

enum { LIMIT = 150, PATIENCE_MS = 30000 };

static const char *const args_a[] = {"--node", "blade1", "--cluster", "test", NULL};
static const char *const args_b[] = {"--node", "blade2", "--cluster", "test", NULL};

static struct cluster store;
static struct amfd a, b;

static void finish(void)
{
    amfd_end(&a);
    amfd_end(&b);
    cluster_end(&store);
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
    show(&a, "err");
    show(&b, "err");
    cr_assert(false, "%s: expected \"%s\" %d times", comp, text, n);
}

static void start_both_with(const struct amfd_model *m, const char *lease_ms)
{
    cluster_start(&store, 3, 3, NULL);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    setenv("CLOVIS_AMF_LEASE_MS", lease_ms, 1);
    amfd_prepare(&a, m);
    amfd_prepare(&b, m);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE", 1);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "csiset STANDBY", 1);
    cluster_settle(&store);
}

static void start_both(void)
{
    start_both_with(NULL, "800");
}

/* Nothing is failed over because of it; what comes after it is taken over as ever. */
Test(amfd_sentinel, the_master_of_the_store_dies, .timeout = LIMIT, .fini = finish)
{
    int before, now;

    start_both();
    before = cluster_master(&store);
    redis_kill(&store.node[before]);
    now = cluster_master_other_than(&store, before);
    cr_assert(amfd_cluster_settled(&a, PATIENCE_MS));
    cr_assert(amfd_cluster_settled(&b, PATIENCE_MS));
    cr_assert(amfd_beats_pass(&store.node[now], 2, 4 * AMFD_BEATS, PATIENCE_MS));
    cr_expect_eq(amfd_log_count(&a, "counter1", "csiset"), 1);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset"), 1);
    cr_expect_eq(amfd_log_count(&a, "err", "counting it as dead"), 0);
    cr_expect_eq(amfd_log_count(&b, "err", "counting it as dead"), 0);
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    cr_expect_eq(amfd_log_count(&a, "counter1", "csiset"), 2);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset"), 2);
}

/* It takes connections and answers nothing: whoever waits for it has to let go. */
Test(amfd_sentinel, the_master_of_the_store_hangs, .timeout = LIMIT, .fini = finish)
{
    int before, now;

    start_both();
    before = cluster_master(&store);
    redis_freeze(&store.node[before]);
    now = cluster_master_other_than(&store, before);
    cr_assert(amfd_beats_pass(&store.node[now], 2, 4 * AMFD_BEATS, PATIENCE_MS));
    cr_assert(amfd_cluster_settled(&a, PATIENCE_MS));
    cr_assert(amfd_cluster_settled(&b, PATIENCE_MS));
    cr_expect_eq(amfd_log_count(&a, "counter1", "csiset"), 1);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset"), 1);
    cr_expect_eq(amfd_log_count(&a, "err", "counting it as dead"), 0);
    cr_expect_eq(amfd_log_count(&b, "err", "counting it as dead"), 0);
}

/* One host that carried the master, the leader and the active. */
Test(amfd_sentinel, the_master_dies_together_with_the_leader, .timeout = LIMIT,
     .fini = finish)
{
    int before;
    pid_t one;

    start_both();
    before = cluster_master(&store);
    one = amfd_pid(&a, "counter1");
    redis_kill(&store.node[before]);
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    kill(one, SIGKILL);
    cluster_master_other_than(&store, before);
    expect_log(&b, "err", "leader of the cluster", 1);
    expect_log(&b, "counter2", "csiset ACTIVE csi= flags=4 tr=3 active=counter1", 1);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset"), 2);
}

/* The next master has all that is in the log. */
static void expect_copies(const struct redis *master, int n)
{
    redisContext *c = redis_raw(master);
    redisReply *r;

    freeReplyObject(redisCommand(c, "SET clovis:copied 1"));
    r = redisCommand(c, "WAIT %d %d", n, PATIENCE_MS);
    cr_assert(r && r->integer >= n, "the replicas do not follow");
    freeReplyObject(r);
    redisFree(c);
}

/* It does not wait for the next master; that one is told of it. */
Test(amfd_sentinel, an_active_is_restarted_while_the_store_has_no_master,
     .timeout = LIMIT, .fini = finish)
{
    const struct amfd_model m = {.restartable = "CL_TRUE",
                                 .recovery = "NO_RECOMMENDATION"};
    pid_t second;
    int before, now;

    start_both_with(&m, "4000"); /* a stall is not to look like a cut */
    before = cluster_master(&store);
    expect_copies(&store.node[before], 2);
    redis_kill(&store.node[before]);
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&a, "counter1", "csiset ACTIVE", 2);
    second = amfd_pid(&a, "counter1");
    expect_log(&a, "err", "the store is away: what can be restarted in place is", 1);
    now = cluster_master_other_than(&store, before);
    cr_assert(amfd_beats_pass(&store.node[now], 2, 4 * AMFD_BEATS, PATIENCE_MS));
    expect_log(&a, "err", "the cluster has what was done", 1);
    cr_expect_eq(amfd_pid(&a, "counter1"), second);
    cr_expect_eq(amfd_log_count(&a, "counter1", "csiset"), 2);
    cr_expect_eq(amfd_log_count(&b, "counter2", "csiset"), 1);
}
