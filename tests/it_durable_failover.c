/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that write while the master changes: what was acknowledged must stay. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_master.h"
#include "base/clock.h"
#include "fixture_sentinel.h"
#include "fixture_store.h"
#include "history.h"

TestSuite(durable_failover, .timeout = 170);

enum { WORKERS = 4, LIMIT_S = 60 };

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

/* Nobody else writes the section: whatever is acknowledged must be seen ever after. */
static bool write_next(struct worker *w)
{
    const size_t number = hist_invoke(&w->h);
    enum store_status st;
    char text[32];

    snprintf(text, sizeof(text), "%zu", number);
    st = store_section_write(w->c, bytes(w->id), bytes(text), patient());
    hist_done(&w->h, number, st == STORE_OK ? HIST_OK : HIST_UNKNOWN, generation());
    if (st == STORE_OK) {
        hist_safe(&w->h);
        atomic_fetch_add(&n_acknowledged, 1);
        return true;
    }
    snprintf(w->wrong, sizeof(w->wrong), "%s: write %zu: %s", w->id, number,
             store_status_text(st));
    return false;
}

static bool read_back(struct worker *w)
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

static void *work(void *arg)
{
    struct worker *w = arg;
    bool ok = true;
    unsigned n;

    for (n = 0; ok && !atomic_load(&over); n++) {
        ok = write_next(w);
        if (ok && n % 4 == 0)
            ok = read_back(w);
    }
    return NULL;
}

static void workers_start(struct store_ckpt *c)
{
    int i;

    atomic_store(&over, false);
    for (i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.c = c};
        snprintf(workers[i].id, sizeof(workers[i].id), "w%d", i);
        cr_assert_eq(create(c, workers[i].id, "0"), STORE_OK);
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
}

static void workers_join(const char *row)
{
    int i;

    atomic_store(&over, true);
    for (i = 0; i < WORKERS; i++) {
        struct worker *w = &workers[i];

        pthread_join(w->thread, NULL);
        if (!w->wrong[0])
            read_back(w);
        cr_expect_str_empty(w->wrong, "%s: %s", row, w->wrong);
        cr_expect_str_empty(w->h.wrong, "%s: %s: %s", row, w->id, w->h.wrong);
        hist_free(&w->h);
    }
}

static bool acknowledged(void *arg)
{
    int i;

    for (i = 0; i < WORKERS; i++)
        if (workers[i].wrong[0] || workers[i].h.wrong[0])
            return true;
    return atomic_load(&n_acknowledged) >= *(long *)arg;
}

static void work_goes_on(const char *row, long n)
{
    long until = atomic_load(&n_acknowledged) + n;

    cr_expect(wait_for(acknowledged, &until, LIMIT_S * 1000), "%s: it stands still", row);
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

static bool generation_is_other(void *arg)
{
    return generation() != *(uint64_t *)arg;
}

/* Replicas and sentinels, which are the default user, lose the master; the program does
 * not. */
static void cut_it_off(int master)
{
    static const char *const commands[] = {"AUTH app app", "ACL SETUSER default off",
                                           "CLIENT KILL TYPE replica",
                                           "CLIENT KILL USER default"};
    uint64_t before = generation();
    redisContext *raw = redisConnect("127.0.0.1", cluster.node[master].port);
    size_t i;

    for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
        freeReplyObject(redisCommand(raw, commands[i]));
    cluster_master_other_than(&cluster, master);
    cr_expect(wait_for(generation_is_other, &before, LIMIT_S * 1000));
    freeReplyObject(redisCommand(raw, "AUTH app app"));
    freeReplyObject(redisCommand(raw, "ACL SETUSER default on"));
    redisFree(raw);
}

Test(durable_failover, nothing_that_was_acknowledged_is_lost)
{
    /* without repair, where the mode alone has to see to it; strict needs all members, so
     * there the fault is repaired before the work can go on */
    /* clang-format off */
    static const struct {
        const char *mode, *repair_bytes; uint32_t flags; void (*strike)(int);
        bool heal_first; const char *row;
    } rows[] = {
        { "available", "0", 1, kill_it,    false, "available, killed" },
        { "available", "0", 1, freeze_it,  false, "available, frozen" },
        { "available", "0", 1, order_it,   false, "available, an operator's fail-over" },
        { "available", "0", 1, cut_it_off, false, "available, cut off" },
        { "strict",    "0", 1, kill_it,    true,  "strict, killed" },
        { "strict",    "0", 1, cut_it_off, true,  "strict, cut off" },
        { "available", "1000000", 2, kill_it,    false, "asynchronous, killed, repaired" },
        { "available", "1000000", 2, cut_it_off, false, "asynchronous, cut off, repaired" },
    };
    /* clang-format on */
    static const char *const args[] = {"--user", "app", "on",    ">app",
                                       "~*",     "&*",  "+@all", NULL};
    struct store_attrs attrs = plain;
    struct store_ckpt *c;
    char name[16];
    size_t i;

    cluster_start(&cluster, 3, 3, args);
    setenv("CLOVIS_REDIS_URL", cluster.url, 1);
    setenv("CLOVIS_REDIS_USER", "app", 1);
    setenv("CLOVIS_REDIS_PASSWORD", "app", 1);
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_SYNC_HOLD_MS", "500", 1);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        setenv("CLOVIS_SYNC_MODE", rows[i].mode, 1);
        setenv("CLOVIS_REPAIR_BYTES", rows[i].repair_bytes, 1);
        attrs.creation_flags = rows[i].flags;
        snprintf(name, sizeof(name), "c%zu", i);
        cr_assert_eq(store_start(patient()), STORE_OK);
        c = ckpt_make_with(name, &attrs);
        workers_start(c);
        work_goes_on(rows[i].row, 100);
        rows[i].strike(cluster_master(&cluster));
        if (rows[i].heal_first)
            cluster_heal(&cluster);
        work_goes_on(rows[i].row, 100);
        workers_join(rows[i].row);
        store_ckpt_close(c, soon());
        store_stop();
        cluster_heal(&cluster);
    }
    cluster_end(&cluster);
}
