/* SPDX-License-Identifier: Apache-2.0 */
#include "sentinel_load.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend-redis/rds_master.h"
#include "base/clock.h"
#include "history.h"

/* Threads that never rest take the time that servers and sentinels need. */
enum { WORKERS = 4, PAUSE_US = 300 };

struct worker {
    pthread_t thread;
    struct store_ckpt *c;
    char id[16];
    struct history h;
    char wrong[160];
};

static struct worker workers[WORKERS];
static atomic_bool over, hasty;
static atomic_long n_acknowledged;

int64_t load_patient(void)
{
    return clv_deadline_ns(LOAD_LIMIT_S * CLV_NS_PER_S);
}

uint64_t load_generation(void)
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
    const uint64_t before = load_generation();
    const size_t number = hist_invoke(&w->h);
    enum store_status st;
    char text[32];

    snprintf(text, sizeof(text), "%zu", number);
    st = store_section_write(w->c, bytes(w->id), bytes(text), load_patient());
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

    st = store_read(w->c, &r, 1, &bad, load_patient());
    if (st != STORE_OK) {
        snprintf(w->wrong, sizeof(w->wrong), "%s: read: %s", w->id,
                 store_status_text(st));
        return false;
    }
    text[r.got] = '\0';
    return hist_seen(&w->h, strtoul(text, NULL, 10), load_generation());
}

/* A name that was never used: "exists" would mean that a create was applied twice. */
static bool worker_create(struct worker *w)
{
    static atomic_uint n;
    enum store_status st;
    char id[32];

    snprintf(id, sizeof(id), "%s.%u", w->id, atomic_fetch_add(&n, 1));
    st = store_section_create(w->c, bytes(id), never, bytes("x"), NULL, load_patient());
    if (st == STORE_OK)
        st = store_section_delete(w->c, bytes(id), load_patient());
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
        if (!atomic_load(&hasty))
            nanosleep(&(struct timespec){0, PAUSE_US * 1000L}, NULL);
    }
    return NULL;
}

void load_hasty(void)
{
    atomic_store(&hasty, true);
}

bool load_start(struct store_ckpt *c)
{
    int i;

    for (i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.c = c};
        snprintf(workers[i].id, sizeof(workers[i].id), "w%d", i);
        if (create(c, workers[i].id, "0") != STORE_OK)
            return false;
    }
    /* the sections are there whatever fails */
    if (store_ckpt_sync(c, load_patient()) != STORE_OK)
        return false;
    atomic_store(&over, false);
    for (i = 0; i < WORKERS; i++)
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    return true;
}

static void worker_end(struct worker *w, struct load_sum *sum)
{
    pthread_join(w->thread, NULL);
    if (!w->wrong[0])
        worker_read(w);
    if (!sum->wrong[0] && w->wrong[0])
        snprintf(sum->wrong, sizeof(sum->wrong), "%s", w->wrong);
    if (!sum->wrong[0] && w->h.wrong[0])
        snprintf(sum->wrong, sizeof(sum->wrong), "%s: %s", w->id, w->h.wrong);
    sum->ok += w->h.n_ok;
    sum->lost += w->h.n_lost;
    hist_free(&w->h);
    store_section_delete(w->c, bytes(w->id), load_patient());
}

void load_stop(struct load_sum *sum)
{
    int i;

    memset(sum, 0, sizeof(*sum));
    atomic_store(&over, true);
    for (i = 0; i < WORKERS; i++)
        worker_end(&workers[i], sum);
}

static bool acknowledged(void *arg)
{
    int i;

    for (i = 0; i < WORKERS; i++)
        if (workers[i].wrong[0] || workers[i].h.wrong[0])
            return true;
    return atomic_load(&n_acknowledged) >= *(long *)arg;
}

bool load_goes_on(long n)
{
    long until = atomic_load(&n_acknowledged) + n;

    return wait_for(acknowledged, &until, LOAD_LIMIT_S * 1000);
}
