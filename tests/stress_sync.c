/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Synchronous writes under threads: four writers of an ALL_REPLICAS checkpoint, one that
 * writes asynchronously and synchronizes, and one that looks at the statistics, while a
 * replica dies and comes back, connections are killed, and the master changes. What was
 * acknowledged is read back. A plain program, for ThreadSanitizer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_replicas.h"

enum { WRITERS = 4, NODES = 3, STEPS = 60, LIMIT_S = 60 };

static struct group group;
static struct store_ckpt *sync_ckpt, *async_ckpt;
static atomic_bool done;
static atomic_uint wrong, n_acknowledged;

static int64_t patient(void)
{
    return clv_deadline_ns(LIMIT_S * CLV_NS_PER_S);
}

static void complain(const char *what, enum store_status st)
{
    fprintf(stderr, "%s: %s\n", what, store_status_text(st));
    atomic_fetch_add(&wrong, 1);
}

static bool write_number(struct store_ckpt *c, const char *id, unsigned n)
{
    enum store_status st;
    char text[16];

    snprintf(text, sizeof(text), "%u", n);
    st = store_section_write(c, bytes(id), bytes(text), patient());
    if (st != STORE_OK)
        complain(id, st);
    return st == STORE_OK;
}

static void expect_number(struct store_ckpt *c, const char *id, unsigned n)
{
    char text[16];
    struct store_read r = {.id = bytes(id), .buffer = text, .size = sizeof(text) - 1};
    enum store_status st;
    uint32_t bad;

    st = store_read(c, &r, 1, &bad, patient());
    if (st != STORE_OK) {
        complain(id, st);
        return;
    }
    text[r.got] = '\0';
    if (strtoul(text, NULL, 10) == n)
        return;
    fprintf(stderr, "%s: %s, %u was acknowledged\n", id, text, n);
    atomic_fetch_add(&wrong, 1);
}

static void *writer(void *arg)
{
    const char *id = arg;
    unsigned n = 0;

    while (!atomic_load(&done) && write_number(sync_ckpt, id, ++n)) {
        atomic_fetch_add(&n_acknowledged, 1);
        if (n % 8 == 0)
            expect_number(sync_ckpt, id, n);
    }
    expect_number(sync_ckpt, id, n);
    return NULL;
}

static void *synchronizer(void *unused)
{
    enum store_status st = STORE_OK;
    unsigned n = 0;

    (void)unused;
    while (!atomic_load(&done) && st == STORE_OK && write_number(async_ckpt, "s", ++n)) {
        st = store_ckpt_sync(async_ckpt, patient());
        if (st != STORE_OK)
            complain("synchronize", st);
        atomic_fetch_add(&n_acknowledged, 1);
    }
    return NULL;
}

static void *looker(void *unused)
{
    struct store_stats now, before = {0};

    (void)unused;
    while (!atomic_load(&done)) {
        store_stats_get(&now);
        if (now.sync_writes < before.sync_writes || now.failovers < before.failovers) {
            fprintf(stderr, "statistics went back\n");
            atomic_fetch_add(&wrong, 1);
            break;
        }
        before = now;
        sched_yield();
    }
    return NULL;
}

static bool has_gone_on(void *arg)
{
    return atomic_load(&wrong) || atomic_load(&n_acknowledged) >= *(unsigned *)arg;
}

static void work_goes_on(const char *what)
{
    unsigned until = atomic_load(&n_acknowledged) + STEPS;

    if (!wait_for(has_gone_on, &until, LIMIT_S * 1000)) {
        fprintf(stderr, "%s: the work stands still\n", what);
        atomic_fetch_add(&wrong, 1);
    }
}

/* strict: nothing is acknowledged without the one that is away. */
static void faults(bool strict)
{
    work_goes_on("nothing");
    redis_int(&group.node[0], "CLIENT KILL TYPE normal");
    work_goes_on("killed connections");
    redis_kill(&group.node[2]);
    if (!strict)
        work_goes_on("a killed replica");
    redis_again(&group.node[2]);
    group_settle(&group, 0, 2);
    work_goes_on("a replica that is back");
    group_promote(&group, 1);
    work_goes_on("another master");
    group_promote(&group, 0);
    work_goes_on("the first one again");
}

static bool run(const char *mode)
{
    static const char *const ids[WRITERS] = {"a", "b", "c", "d"};
    static const struct store_attrs attrs = {1,   100, 100000, 3600 * CLV_NS_PER_S,
                                             100, 20};
    pthread_t threads[WRITERS + 2];
    struct store_attrs async = attrs;
    struct store_stats stats;
    size_t i;

    setenv("CLOVIS_SYNC_MODE", mode, 1);
    if (store_start(patient()) != STORE_OK)
        return false;
    async.creation_flags = 2;
    sync_ckpt = ckpt_make_with(mode, &attrs);
    async_ckpt = ckpt_make_with("async", &async);
    for (i = 0; i < WRITERS; i++)
        if (store_section_create(sync_ckpt, bytes(ids[i]), never, bytes("0"), NULL,
                                 patient()) != STORE_OK)
            return false;
    create(async_ckpt, "s", "0");
    atomic_store(&done, false);
    for (i = 0; i < WRITERS; i++)
        pthread_create(&threads[i], NULL, writer, (void *)(uintptr_t)ids[i]);
    pthread_create(&threads[WRITERS], NULL, synchronizer, NULL);
    pthread_create(&threads[WRITERS + 1], NULL, looker, NULL);
    faults(strcmp(mode, "strict") == 0);
    atomic_store(&done, true);
    for (i = 0; i < WRITERS + 2; i++)
        pthread_join(threads[i], NULL);
    store_stats_get(&stats);
    printf("%s: %u acknowledged, %llu in %llu rounds, %llu fail-overs\n", mode,
           atomic_load(&n_acknowledged), (unsigned long long)stats.sync_writes,
           (unsigned long long)stats.sync_rounds, (unsigned long long)stats.failovers);
    store_ckpt_close(async_ckpt, soon());
    store_ckpt_close(sync_ckpt, soon());
    store_stop();
    return atomic_load(&wrong) == 0;
}

int main(void)
{
    bool ok;

    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_SYNC_HOLD_MS", "300", 1);
    setenv("CLOVIS_REPAIR_BYTES", "1000000", 1);
    group_start(&group, NODES, NULL);
    ok = run("available") && run("strict");
    group_end(&group);
    return ok ? 0 : 1;
}
