/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random faults, one after the other, under load, with every history checked.
 *   FAULTS=200 SEED=7 MODE=async|available|strict NODES=3 SENTINELS=3
 * Exits 1 at the first violation, or when a mode lost what it promises to keep.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend-redis/rds_stats.h"
#include "base/clock.h"
#include "fixture_sentinel.h"
#include "sentinel_load.h"

static struct cluster cluster;
static unsigned seed;
static char ignored[256];

static int below(int n)
{
    return (int)(rand_r(&seed) % (unsigned)n);
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

static int a_replica(int master)
{
    return (master + 1 + below(cluster.n_nodes - 1)) % cluster.n_nodes;
}

static void say_to(int node, const char *command)
{
    redisContext *raw = redisConnect("127.0.0.1", cluster.node[node].port);

    if (raw && !raw->err)
        freeReplyObject(redisCommand(raw, command));
    if (raw)
        redisFree(raw);
}

/* ---- faults --------------------------------------------------------------- */

static void kill_master(int master)
{
    redis_kill(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

/* Shorter than Sentinel's patience, or longer. */
static void freeze_master(int master)
{
    redis_freeze(&cluster.node[master]);
    pause_ms(below(3000));
    redis_thaw(&cluster.node[master]);
}

static void freeze_master_until_replaced(int master)
{
    redis_freeze(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

static void order_failover(int master)
{
    (void)master;
    ask_port(cluster.sentinel[0].port, 0, ignored, sizeof(ignored),
             "SENTINEL FAILOVER m");
    pause_ms(below(2000));
}

static void kill_replica(int master)
{
    redis_kill(&cluster.node[a_replica(master)]);
}

static void freeze_replica(int master)
{
    const int i = a_replica(master);

    redis_freeze(&cluster.node[i]);
    pause_ms(below(1500));
    redis_thaw(&cluster.node[i]);
}

static void kill_a_sentinel(int master)
{
    (void)master;
    sentinel_kill(&cluster.sentinel[below(cluster.n_sentinels)]);
}

static void kill_connections(int master)
{
    say_to(master, "CLIENT KILL TYPE normal");
}

static void cut_replicas(int master)
{
    say_to(master, "CLIENT KILL TYPE replica");
}

static void forget_scripts(int master)
{
    say_to(master, "SCRIPT FLUSH");
}

static void kill_two_masters(int master)
{
    kill_master(master);
    cluster_settle(&cluster);
    kill_master(cluster_master_other_than(&cluster, master));
}

static const struct fault {
    const char *what;
    void (*strike)(int master);
    bool is_double; /* beyond what the mode "available" promises to survive */
} faults[] = {
    {"killed master", kill_master, false},
    {"master frozen for a while", freeze_master, false},
    {"master frozen until replaced", freeze_master_until_replaced, false},
    {"ordered fail-over", order_failover, false},
    {"killed replica", kill_replica, false},
    {"frozen replica", freeze_replica, false},
    {"killed sentinel", kill_a_sentinel, false},
    {"killed connections", kill_connections, false},
    {"cut replicas", cut_replicas, false},
    {"forgotten scripts", forget_scripts, false},
    {"two killed masters", kill_two_masters, true},
};

/* ---- the run -------------------------------------------------------------- */

static int number(const char *key, int dflt)
{
    const char *text = getenv(key);

    return text && *text ? atoi(text) : dflt;
}

static struct store_ckpt *begin(const char *mode)
{
    struct store_attrs a = plain;
    int nodes = number("NODES", 3), sentinels = number("SENTINELS", 3);

    a.max_sections = 1000;
    a.creation_flags = strcmp(mode, "async") ? 1 : 2;
    cluster_start(&cluster, nodes < 2 || nodes > NODES_MAX ? 3 : nodes,
                  sentinels < 1 || sentinels > SENTINELS_MAX ? 3 : sentinels, NULL);
    setenv("CLOVIS_REDIS_URL", cluster.url, 1);
    if (strcmp(mode, "async"))
        setenv("CLOVIS_SYNC_MODE", mode, 1);
    if (!getenv("CLOVIS_LOG"))
        setenv("CLOVIS_LOG", "none", 1);
    if (store_start(load_patient()) != STORE_OK)
        return NULL;
    return ckpt_make_with("c", &a);
}

/* False: a violation. */
static bool one(struct store_ckpt *c, int n, const char *mode, struct load_sum *total)
{
    const struct fault *f =
        &faults[below((int)(sizeof(faults) / sizeof(*faults)) -
                      (cluster.n_nodes < 3 || strcmp(mode, "available") == 0))];
    const int64_t began = clv_now_ns();
    const uint64_t generation = load_generation();
    struct load_sum sum = {.wrong = ""};
    bool ok;

    if (!load_start(c)) {
        printf("%d %s: the sections cannot be made\n", n, f->what);
        return false;
    }
    ok = load_goes_on(50 + below(200));
    f->strike(cluster_master_other_than(&cluster, -1));
    /* a strict write waits for every member: they have to come back first */
    if (strcmp(mode, "strict") == 0)
        cluster_heal(&cluster);
    ok = load_goes_on(50 + below(200)) && ok;
    load_stop(&sum);
    cluster_heal(&cluster);
    printf("%d %s: %zu acknowledged, %zu lost, generation %s, %d ms%s%s\n", n, f->what,
           sum.ok, sum.lost, load_generation() == generation ? "kept" : "new",
           (int)((clv_now_ns() - began) / CLV_NS_PER_MS), sum.wrong[0] ? ": " : "",
           ok ? sum.wrong : "the work stands still");
    total->ok += sum.ok;
    total->lost += sum.lost;
    return ok && !sum.wrong[0] && (!sum.lost || strcmp(mode, "async") == 0);
}

static unsigned long long counted(enum rds_stat what)
{
    return (unsigned long long)rds_stat_get(what);
}

int main(void)
{
    const char *mode = getenv("MODE") ? getenv("MODE") : "available";
    const int n = number("FAULTS", 200);
    struct load_sum total = {.wrong = ""};
    struct store_ckpt *c;
    bool ok = true;
    int i;

    seed = (unsigned)number("SEED", (int)time(NULL));
    setvbuf(stdout, NULL, _IOLBF, 0);
    load_hasty();
    printf("failover-soak: SEED=%u MODE=%s FAULTS=%d\n", seed, mode, n);
    c = begin(mode);
    if (!c) {
        printf("failover-soak: the store does not start\n");
        return 1;
    }
    for (i = 0; ok && i < n; i++)
        ok = one(c, i, mode, &total);
    store_ckpt_close(c, soon());
    store_stop();
    cluster_end(&cluster);
    printf("failover-soak: %d faults, %zu acknowledged, %zu lost: %s\n", i, total.ok,
           total.lost, ok ? "OK" : "FAILED");
    printf("failover-soak: counted by the library: %llu repaired, %llu superseded, %llu "
           "unrepairable\n",
           counted(RDS_STAT_repaired), counted(RDS_STAT_superseded),
           counted(RDS_STAT_unrepairable));
    return ok ? 0 : 1;
}
