/* SPDX-License-Identifier: Apache-2.0 */
/* One cluster, threads that write all the time, and one fault after the other. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"
#include "sentinel_load.h"

TestSuite(sentinel, .timeout = 110);

static struct cluster cluster;

/* Wait for n more acknowledged writes. */
static void work_goes_on(const char *what, long n)
{
    cr_expect(load_goes_on(n), "%s: the work stands still", what);
}

static bool generation_is_other(void *arg)
{
    return load_generation() != *(uint64_t *)arg;
}

/* Wait until the program has found the new master. */
static void program_follows(const char *what, uint64_t before)
{
    cr_expect(wait_for(generation_is_other, &before, LOAD_LIMIT_S * 1000),
              "%s: still generation %d", what, (int)before);
}

/* ---- the faults ---------------------------------------------------------- */

static char ignored[256];

static void kill_the_master(int master)
{
    redis_kill(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

static void freeze_the_master(int master)
{
    redis_freeze(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

static void ask_for_a_failover(int master)
{
    cluster_order_failover(&cluster, master);
}

static void kill_two_masters_in_a_row(int master)
{
    redis_kill(&cluster.node[master]);
    master = cluster_master_other_than(&cluster, master);
    cluster_settle(&cluster);
    redis_kill(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

static void partition_the_master(int master)
{
    const uint64_t before = load_generation();
    redisContext *raw = cluster_cut_off(&cluster, master);

    cluster_master_other_than(&cluster, master);
    program_follows("the partition", before);
    work_goes_on("the partition", 100);
    cluster_rejoin(raw);
}

static void kill_the_sentinels_and_the_connections(int master)
{
    int i;

    for (i = 0; i < cluster.n_sentinels; i++)
        sentinel_kill(&cluster.sentinel[i]);
    for (i = 0; i < 5; i++) {
        ask_port(cluster.node[master].port, 0, ignored, sizeof(ignored),
                 "CLIENT KILL TYPE normal");
        work_goes_on("without sentinels", 100);
    }
}

static void freeze_a_replica(int master)
{
    redis_freeze(&cluster.node[(master + 1) % cluster.n_nodes]);
}

static void kill_a_replica(int master)
{
    redis_kill(&cluster.node[(master + 1) % cluster.n_nodes]);
}

static const struct fault {
    const char *what;
    void (*strike)(int master);
    bool changes_master;
    bool takes_three; /* nodes */
} faults[] = {
    {"a killed replica", kill_a_replica, false, false},
    {"a frozen replica", freeze_a_replica, false, false},
    {"killed sentinels and connections", kill_the_sentinels_and_the_connections, false,
     false},
    {"a killed master", kill_the_master, true, false},
    {"a frozen master", freeze_the_master, true, false},
    {"an operator's fail-over", ask_for_a_failover, true, false},
    {"a master cut off from all but the program", partition_the_master, true, false},
    {"two killed masters in a row", kill_two_masters_in_a_row, true, true},
};

static struct store_ckpt *cluster_open(int n_nodes, int n_sentinels)
{
    struct store_attrs a = plain;

    a.max_sections = 1000;
    cluster_start_for_app(&cluster, n_nodes, n_sentinels);
    setvbuf(stdout, NULL, _IOLBF, 0);
    cr_assert_eq(store_start(load_patient()), STORE_OK);
    return ckpt_make_with("c", &a);
}

static void cluster_close(struct store_ckpt *c)
{
    store_ckpt_close(c, soon());
    store_stop();
    cluster_end(&cluster);
}

static void strike(struct store_ckpt *c, const struct fault *f)
{
    const uint64_t before = load_generation();
    const int64_t begin = clv_now_ns();
    struct load_sum sum;

    cr_assert(load_start(c), "%s", f->what);
    work_goes_on(f->what, 200);
    f->strike(cluster_master_other_than(&cluster, -1));
    if (f->changes_master)
        program_follows(f->what, before);
    work_goes_on(f->what, 200);
    cr_expect(f->changes_master || load_generation() == before, "%s: generation %d",
              f->what, (int)load_generation());
    load_stop(&sum);
    cr_expect_str_empty(sum.wrong, "%s: %s", f->what, sum.wrong);
    cluster_heal(&cluster);
    cr_assert_eq(store_ckpt_sync(c, load_patient()), STORE_OK, "%s", f->what);
    printf("%s: %zu acknowledged, %zu lost, %d ms\n", f->what, sum.ok, sum.lost,
           (int)((clv_now_ns() - begin) / CLV_NS_PER_MS));
}

Test(sentinel, the_work_goes_on_through_every_fault)
{
    struct store_ckpt *c = cluster_open(3, 3);
    size_t i;

    for (i = 0; i < sizeof(faults) / sizeof(*faults); i++)
        strike(c, &faults[i]);
    cluster_close(c);
}

Test(sentinel, five_sentinels_see_two_nodes_change_places)
{
    struct store_ckpt *c = cluster_open(2, 5);
    size_t i;

    for (i = 0; i < sizeof(faults) / sizeof(*faults); i++)
        if (faults[i].changes_master && !faults[i].takes_three)
            strike(c, &faults[i]);
    cluster_close(c);
}
