/* SPDX-License-Identifier: Apache-2.0 */
/* One cluster, threads that write all the time, and one fault after the other. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend-redis/rds_master.h"
#include "base/clock.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"
#include "history.h"

TestSuite(sentinel, .timeout = 110);

enum { WORKERS = 4, LIMIT_S = 40 };

struct worker {
    pthread_t thread;
    struct store_ckpt *c;
    char id[16];
    struct history h;
    char wrong[160];
};

static struct cluster cluster;
static struct worker workers[WORKERS];
static atomic_bool over;
static atomic_long n_acknowledged;

static int64_t patient(void)
{
    return clv_deadline_ns(LIMIT_S * CLV_NS_PER_S);
}

static uint64_t generation(void)
{
    struct rds_generation g;

    rds_generation_get(&g);
    return g.number;
}

/* ---- the load ------------------------------------------------------------ */

static enum hist_outcome outcome_of(enum store_status st)
{
    return st == STORE_OK ? HIST_OK : st == STORE_UNSURE ? HIST_UNKNOWN : HIST_FAIL;
}

/* The writes ride through everything: any outcome but OK is wrong. */
static bool worker_write(struct worker *w)
{
    const uint64_t before = generation();
    const size_t number = hist_invoke(&w->h);
    enum store_status st;
    char text[32];

    snprintf(text, sizeof(text), "%zu", number);
    st = store_section_write(w->c, bytes(w->id), bytes(text), patient());
    hist_done(&w->h, number, outcome_of(st), before);
    if (st == STORE_OK) {
        atomic_fetch_add(&n_acknowledged, 1);
        return true;
    }
    snprintf(w->wrong, sizeof(w->wrong), "%s: write %zu: %s", w->id, number,
             store_status_text(st));
    return false;
}

static bool worker_read(struct worker *w)
{
    char text[32];
    struct store_read r = {.id = bytes(w->id), .buffer = text, .size = sizeof(text) - 1};
    enum store_status st;
    uint32_t bad;

    st = store_read(w->c, &r, 1, &bad, patient());
    if (st != STORE_OK) {
        snprintf(w->wrong, sizeof(w->wrong), "%s: read: %s", w->id,
                 store_status_text(st));
        return false;
    }
    text[r.got] = '\0';
    return hist_seen(&w->h, strtoul(text, NULL, 10), generation());
}

/* A name that was never used: "exists" would mean that a create was applied twice. */
static bool worker_create(struct worker *w)
{
    static atomic_uint n;
    enum store_status st;
    char id[32];

    snprintf(id, sizeof(id), "%s.%u", w->id, atomic_fetch_add(&n, 1));
    st = store_section_create(w->c, bytes(id), never, bytes("x"), NULL, patient());
    if (st == STORE_OK)
        st = store_section_delete(w->c, bytes(id), patient());
    if (st == STORE_OK || st == STORE_ABSENT)
        return true;
    snprintf(w->wrong, sizeof(w->wrong), "%s: create and delete: %s", id,
             store_status_text(st));
    return false;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    bool ok = true;
    unsigned n;

    for (n = 0; ok && !atomic_load(&over); n++) {
        ok = worker_write(w);
        if (ok && n % 4 == 0)
            ok = worker_read(w);
        if (ok && n % 16 == 0)
            ok = worker_create(w);
    }
    return NULL;
}

static void workers_start(struct store_ckpt *c)
{
    int i;

    for (i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.c = c};
        snprintf(workers[i].id, sizeof(workers[i].id), "w%d", i);
        cr_assert_eq(create(c, workers[i].id, "0"), STORE_OK);
    }
    /* the sections are there whatever fails */
    cr_assert_eq(store_ckpt_sync(c, patient()), STORE_OK);
    atomic_store(&over, false);
    for (i = 0; i < WORKERS; i++)
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
}

static void workers_join(const char *what)
{
    size_t ok = 0, lost = 0;
    int i;

    atomic_store(&over, true);
    for (i = 0; i < WORKERS; i++) {
        struct worker *w = &workers[i];

        pthread_join(w->thread, NULL);
        if (!w->wrong[0])
            worker_read(w);
        cr_expect_str_empty(w->wrong, "%s: %s", what, w->wrong);
        cr_expect_str_empty(w->h.wrong, "%s: %s: %s", what, w->id, w->h.wrong);
        ok += w->h.n_ok;
        lost += w->h.n_lost;
        hist_free(&w->h);
    }
    printf("%s: %zu acknowledged, %zu lost by fail-overs\n", what, ok, lost);
}

static bool acknowledged(void *arg)
{
    int i;

    for (i = 0; i < WORKERS; i++)
        if (workers[i].wrong[0] || workers[i].h.wrong[0])
            return true;
    return atomic_load(&n_acknowledged) >= *(long *)arg;
}

/* Wait for n more acknowledged writes. */
static void work_goes_on(const char *what, long n)
{
    long until = atomic_load(&n_acknowledged) + n;

    cr_expect(wait_for(acknowledged, &until, LIMIT_S * 1000), "%s: the work stands still",
              what);
}

static bool generation_is_other(void *arg)
{
    return generation() != *(uint64_t *)arg;
}

/* Wait until the program has found the new master. */
static void program_follows(const char *what, uint64_t before)
{
    cr_expect(wait_for(generation_is_other, &before, LIMIT_S * 1000),
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

/* It may still be busy with what came before. */
static bool failover_accepted(void *arg)
{
    (void)arg;
    ask_port(cluster.sentinel[0].port, 0, ignored, sizeof(ignored),
             "SENTINEL FAILOVER m");
    return strcmp(ignored, "OK") == 0;
}

static void ask_for_a_failover(int master)
{
    cr_assert(wait_for(failover_accepted, NULL, 20000), "%s", ignored);
    cluster_master_other_than(&cluster, master);
}

static void kill_two_masters_in_a_row(int master)
{
    redis_kill(&cluster.node[master]);
    master = cluster_master_other_than(&cluster, master);
    cluster_settle(&cluster);
    redis_kill(&cluster.node[master]);
    cluster_master_other_than(&cluster, master);
}

/* The replicas and the sentinels, who are the default user, lose the master; the program,
 * another user, does not. */
static void partition_the_master(int master)
{
    const uint64_t before = generation();
    const int port = cluster.node[master].port;
    redisContext *raw = redisConnect("127.0.0.1", port);
    size_t i;
    static const char *const commands[] = {"AUTH app app", "ACL SETUSER default off",
                                           "CLIENT KILL TYPE replica",
                                           "CLIENT KILL USER default"};

    for (i = 0; i < 4; i++)
        freeReplyObject(redisCommand(raw, commands[i]));
    cluster_master_other_than(&cluster, master);
    program_follows("the partition", before);
    work_goes_on("the partition", 100);
    freeReplyObject(redisCommand(raw, "AUTH app app"));
    freeReplyObject(redisCommand(raw, "ACL SETUSER default on"));
    redisFree(raw);
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
} faults[] = {
    {"a killed replica", kill_a_replica, false},
    {"a frozen replica", freeze_a_replica, false},
    {"killed sentinels and connections", kill_the_sentinels_and_the_connections, false},
    {"a killed master", kill_the_master, true},
    {"a frozen master", freeze_the_master, true},
    {"an operator's fail-over", ask_for_a_failover, true},
    {"a master cut off from all but the program", partition_the_master, true},
    {"two killed masters in a row", kill_two_masters_in_a_row, true},
};

static struct store_ckpt *cluster_open(int n_nodes, int n_sentinels)
{
    static const char *const args[] = {"--user", "app", "on",    ">app",
                                       "~*",     "&*",  "+@all", NULL};
    struct store_attrs a = plain;

    a.max_sections = 1000;
    cluster_start(&cluster, n_nodes, n_sentinels, args);
    setenv("CLOVIS_REDIS_URL", cluster.url, 1);
    setenv("CLOVIS_REDIS_USER", "app", 1);
    setenv("CLOVIS_REDIS_PASSWORD", "app", 1);
    setenv("CLOVIS_LOG", "none", 1);
    setvbuf(stdout, NULL, _IOLBF, 0);
    cr_assert_eq(store_start(patient()), STORE_OK);
    return ckpt_make_with("c", &a);
}

static void cluster_close(struct store_ckpt *c)
{
    store_ckpt_close(c, soon());
    store_stop();
    cluster_end(&cluster);
}

Test(sentinel, the_work_goes_on_through_every_fault)
{
    struct store_ckpt *c = cluster_open(3, 3);
    size_t i;

    for (i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        const uint64_t before = generation();
        const int64_t begin = clv_now_ns();

        workers_start(c);
        work_goes_on(faults[i].what, 200);
        faults[i].strike(cluster_master_other_than(&cluster, -1));
        if (faults[i].changes_master)
            program_follows(faults[i].what, before);
        work_goes_on(faults[i].what, 200);
        workers_join(faults[i].what);
        cr_expect(faults[i].changes_master || generation() == before, "%s: generation %d",
                  faults[i].what, (int)generation());
        cluster_heal(&cluster);
        cr_assert_eq(store_ckpt_sync(c, patient()), STORE_OK, "%s", faults[i].what);
        store_section_delete(c, bytes("w0"), patient());
        store_section_delete(c, bytes("w1"), patient());
        store_section_delete(c, bytes("w2"), patient());
        store_section_delete(c, bytes("w3"), patient());
        printf("   %d ms with the healing\n",
               (int)((clv_now_ns() - begin) / CLV_NS_PER_MS));
    }
    cluster_close(c);
}
