/* SPDX-License-Identifier: Apache-2.0 */
/*
 * More threads than a shard has writers, on one checkpoint and on one of each, while a
 * slot moves and connections break; each section is one thread's, so that it knows what
 * it has to find. For ThreadSanitizer, too.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_shards.h"
#include "fixture_store.h"

enum { MASTERS = 3, THREADS = 20, MOVES = 6, ROUNDS = 2 };

static struct shards shards;
static struct store_ckpt *common;
static atomic_bool stop;
static atomic_ulong n_rounds;
static atomic_uint n_wrong;

static void wrong(int thread, const char *what, enum store_status st)
{
    fprintf(stderr, "thread %d: %s: %s\n", thread, what, store_status_text(st));
    atomic_fetch_add(&n_wrong, 1);
}

/* Create, overwrite, read, delete: each is known to succeed, once. */
static void cycle(struct store_ckpt *c, int thread, unsigned long n)
{
    char id[16], text[32], got[32];
    enum store_status st;

    snprintf(id, sizeof(id), "t%d", thread);
    snprintf(text, sizeof(text), "%lu", n);
    st = create(c, id, "new");
    if (st != STORE_OK)
        wrong(thread, "create", st);
    st = store_section_write(c, bytes(id), bytes(text), soon());
    if (st != STORE_OK)
        wrong(thread, "write", st);
    st = read_text(c, id, got, sizeof(got));
    if (st != STORE_OK || strcmp(got, text) != 0)
        wrong(thread, "read", st);
    st = store_section_delete(c, bytes(id), soon());
    if (st != STORE_OK)
        wrong(thread, "delete", st);
    atomic_fetch_add(&n_rounds, 1);
}

static void *thread_main(void *arg)
{
    const int thread = (int)(long)arg;
    struct store_ckpt *own;
    unsigned long n;
    char name[16];

    snprintf(name, sizeof(name), "own-%d", thread);
    own = ckpt_make(name);
    for (n = 0; !atomic_load(&stop) && atomic_load(&n_wrong) < 10; n++)
        cycle(thread % 3 ? common : own, thread, n);
    if (store_ckpt_close(own, soon()) != STORE_OK)
        atomic_fetch_add(&n_wrong, 1);
    return NULL;
}

static unsigned long target;

static bool rounds_reached(void *unused)
{
    (void)unused;
    return atomic_load(&n_rounds) >= target || atomic_load(&n_wrong) > 0;
}

static void rounds_await(void)
{
    target = atomic_load(&n_rounds) + (unsigned long)THREADS;
    if (!wait_for(rounds_reached, NULL, 60000)) {
        fprintf(stderr, "stands still at %lu\n", atomic_load(&n_rounds));
        atomic_fetch_add(&n_wrong, 1);
    }
}

static void disturb(void)
{
    const int slot = shards_slot_of(&shards, "common");
    int i, from, to;

    for (i = 0; i < MOVES; i++) {
        rounds_await();
        from = shards_owner(&shards, slot);
        to = (from + 1) % MASTERS;
        redis_int(&shards.node[from], "CLIENT KILL TYPE normal LADDR 127.0.0.1:%d",
                  shards.node[from].port);
        shards_move_begin(&shards, slot, from, to);
        while (shards_move_keys(&shards, slot, from, to, 2) > 0) {
        }
        shards_move_end(&shards, slot, from, to);
    }
    rounds_await();
}

static void round_run(void)
{
    const struct store_attrs attrs = {2, THREADS + 1, 1000000, 0, 1000, 20};
    pthread_t thread[THREADS];
    long i;

    atomic_store(&stop, false);
    if (store_start(soon()) != STORE_OK) {
        atomic_fetch_add(&n_wrong, 1);
        return;
    }
    common = ckpt_make_with("common", &attrs);
    for (i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, thread_main, (void *)i);
    disturb();
    atomic_store(&stop, true);
    for (i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    store_ckpt_close(common, soon());
    store_stop();
}

int main(void)
{
    int i;

    shards_start(&shards, MASTERS, false);
    setenv("CLOVIS_REDIS_URL", shards.url, 1);
    setenv("CLOVIS_LOG", "none", 1);
    for (i = 0; i < ROUNDS; i++)
        round_run();
    shards_end(&shards);
    printf("%lu rounds, %u wrong\n", atomic_load(&n_rounds), atomic_load(&n_wrong));
    return atomic_load(&n_wrong) ? 1 : 0;
}
