/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The read cache under threads: pollers of sections that hold a number which only grows
 * never see it shrink, and the writer sees its own number at once, while connections are
 * killed. A plain program, for ThreadSanitizer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_cache.h"
#include "fixture_store.h"

enum { POLLERS = 4, SECTIONS = 3, WRITES = 1500, KILL_EVERY = 250 };

static const char *const ids[SECTIONS] = {"a", "b", "c"};
static struct store_ckpt *ckpt;
static atomic_bool done;
static atomic_uint wrong;

static unsigned number(unsigned which)
{
    char text[32];
    const enum store_status st = read_text(ckpt, ids[which], text, sizeof(text));

    if (st != STORE_OK) {
        fprintf(stderr, "read %s: %s\n", ids[which], store_status_text(st));
        atomic_fetch_add(&wrong, 1);
    }
    return (unsigned)strtoul(text, NULL, 10);
}

static void *poller(void *arg)
{
    unsigned seen[SECTIONS] = {0}, seed = (unsigned)(uintptr_t)arg, which, now;

    while (!atomic_load(&done) && !atomic_load(&wrong)) {
        which = (unsigned)rand_r(&seed) % SECTIONS;
        now = number(which);
        if (now < seen[which]) {
            fprintf(stderr, "section %s: %u after %u\n", ids[which], now, seen[which]);
            atomic_fetch_add(&wrong, 1);
        }
        seen[which] = now;
    }
    return NULL;
}

static void writer(void)
{
    unsigned i, which;
    char text[32];

    for (i = 1; i <= WRITES && !atomic_load(&wrong); i++) {
        which = i % SECTIONS;
        snprintf(text, sizeof(text), "%u", i);
        if (store_section_write(ckpt, bytes(ids[which]), bytes(text), soon()) !=
                STORE_OK ||
            number(which) != i) {
            fprintf(stderr, "write %u of %s was not seen\n", i, ids[which]);
            atomic_fetch_add(&wrong, 1);
        }
        if (i % KILL_EVERY == 0)
            redis_int(&server, "CLIENT KILL TYPE %s",
                      i / KILL_EVERY % 2 ? "normal" : "pubsub");
    }
}

int main(void)
{
    pthread_t threads[POLLERS];
    struct rds_cache_count n;
    uintptr_t i;

    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_READ_CACHE", "on", 1);
    setenv("CLOVIS_READ_CACHE_STALE_MS", "300", 1);
    fixture_store_start(NULL);
    ckpt = ckpt_make("c");
    for (i = 0; i < SECTIONS; i++)
        if (create(ckpt, ids[i], "0") != STORE_OK)
            return 1;
    for (i = 0; i < POLLERS; i++)
        if (pthread_create(&threads[i], NULL, poller, (void *)(i + 1)))
            return 1;
    writer();
    atomic_store(&done, true);
    for (i = 0; i < POLLERS; i++)
        pthread_join(threads[i], NULL);
    rds_cache_count(&n);
    printf("%llu hits, %llu misses, %llu told\n", (unsigned long long)n.hits,
           (unsigned long long)n.misses, (unsigned long long)n.told);
    store_ckpt_close(ckpt, soon());
    fixture_store_end();
    return atomic_load(&wrong) != 0;
}
