/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that write while the master changes: what was acknowledged must stay. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_sentinel.h"
#include "fixture_store.h"
#include "sentinel_load.h"

TestSuite(durable_failover, .timeout = 170);

static struct cluster cluster;

static void work_goes_on(const char *row, long n)
{
    cr_expect(load_goes_on(n), "%s: it stands still", row);
}

/* ---- the faults ---------------------------------------------------------- */

static void kill_it(int master)
{
    redis_kill(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

static void freeze_it(int master)
{
    redis_freeze(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

static void order_it(int master)
{
    cluster_order_failover(&cluster, master);
}

static void two_in_a_row(int master)
{
    kill_it(master);
    cluster_settle(&cluster);
    kill_it(cluster_master_other_than(&cluster, master));
}

static bool generation_is_other(void *arg)
{
    return load_generation() != *(uint64_t *)arg;
}

static void cut_it_off(int master)
{
    uint64_t before = load_generation();
    redisContext *raw = cluster_cut_off(&cluster, master);

    cluster_master_other_than(&cluster, master);
    cr_expect(wait_for(generation_is_other, &before, LOAD_LIMIT_S * 1000));
    cluster_rejoin(raw);
}

static bool somebody_waits(void *arg)
{
    char text[4096];

    return ask_port(*(const int *)arg, 0, text, sizeof(text), "INFO clients") &&
           strstr(text, "blocked_clients:1");
}

/* A replica is silent, so the writes are in WAIT when the master dies; the other one is
 * promoted. */
static void kill_it_in_wait(int master)
{
    const int silent = (master + 1) % cluster.n_nodes;

    redis_freeze(&cluster.node[silent]);
    cr_expect(wait_for(somebody_waits, &cluster.node[master].port, 20000));
    kill_it(master);
    redis_thaw(&cluster.node[silent]);
}

Test(durable_failover, nothing_that_was_acknowledged_is_lost)
{
    /* without repair, where the mode alone has to see to it; strict needs all members, so
     * there the fault is repaired before the work can go on */
    /* clang-format off */
    static const struct {
        const char *mode, *repair_bytes, *hold_ms; uint32_t flags; void (*strike)(int);
        bool heal_first; const char *row;
    } rows[] = {
        { "available", "0",       "500",  1, kill_it,         false, "available, killed" },
        { "available", "0",       "500",  1, freeze_it,       false, "available, frozen" },
        { "available", "0",       "500",  1, order_it,        false, "available, an operator's fail-over" },
        { "available", "0",       "500",  1, cut_it_off,      false, "available, cut off" },
        { "available", "0",       "5000", 1, kill_it_in_wait, false, "available, killed while WAIT waits" },
        { "available", "0",       "500",  1, two_in_a_row,    false, "available, two in a row" },
        { "strict",    "0",       "500",  1, kill_it_in_wait, true,  "strict, killed while WAIT waits" },
        { "strict",    "0",       "500",  1, kill_it,         true,  "strict, killed" },
        { "strict",    "0",       "500",  1, cut_it_off,      true,  "strict, cut off" },
        { "available", "1000000", "500",  2, kill_it,         false, "asynchronous, killed, repaired" },
        { "available", "1000000", "500",  2, cut_it_off,      false, "asynchronous, cut off, repaired" },
    };
    /* clang-format on */
    struct store_attrs attrs = plain;
    struct store_ckpt *c;
    struct load_sum sum;
    char name[16];
    size_t i;

    attrs.max_sections = 1000;
    cluster_start_for_app(&cluster, 3, 3);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        setenv("CLOVIS_SYNC_MODE", rows[i].mode, 1);
        setenv("CLOVIS_REPAIR_BYTES", rows[i].repair_bytes, 1);
        setenv("CLOVIS_SYNC_HOLD_MS", rows[i].hold_ms, 1);
        attrs.creation_flags = rows[i].flags;
        snprintf(name, sizeof(name), "c%zu", i);
        cr_assert_eq(store_start(load_patient()), STORE_OK);
        c = ckpt_make_with(name, &attrs);
        cr_assert(load_start(c), "%s", rows[i].row);
        work_goes_on(rows[i].row, 100);
        rows[i].strike(cluster_master(&cluster));
        if (rows[i].heal_first)
            cluster_heal(&cluster);
        work_goes_on(rows[i].row, 100);
        load_stop(&sum);
        cr_expect_str_empty(sum.wrong, "%s: %s", rows[i].row, sum.wrong);
        cr_expect_eq(sum.lost, 0, "%s: %zu of %zu lost", rows[i].row, sum.lost, sum.ok);
        store_ckpt_close(c, soon());
        store_stop();
        cluster_heal(&cluster);
    }
    cluster_end(&cluster);
}
