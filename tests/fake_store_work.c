/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of the store in memory: what was deferred, and what is fed. */
#include "fake_store_parts.h"

#include <stdlib.h>

static void work_do(struct work *w, store_feed_fn feed, void *feed_arg)
{
    uint32_t i;

    if (w->fn)
        w->fn(w->arg);
    else if (feed)
        feed(feed_arg, w->vec, w->n);
    for (i = 0; i < w->n; i++) {
        free((void *)w->vec[i].id.base);
        free((void *)w->vec[i].data.base);
    }
    free(w->vec);
    free(w);
}

static void *background(void *unused)
{
    store_feed_fn feed;
    struct work *w;
    void *arg;

    fake_lock();
    for (;;) {
        while (fake.running && (fake.held || !fake.first))
            pthread_cond_wait(&fake.work_cond, &fake.lock);
        if (!fake.running)
            break;
        w = fake.first;
        fake.first = w->next;
        if (!fake.first)
            fake.last = NULL;
        fake.busy = true;
        fake.delivering = w->to;
        feed = w->to ? w->to->feed : NULL;
        arg = w->to ? w->to->feed_arg : NULL;
        fake_unlock();
        work_do(w, feed, arg);
        fake_lock();
        fake.busy = false;
        fake.delivering = NULL;
        pthread_cond_broadcast(&fake.idle_cond);
    }
    fake_unlock();
    return unused;
}

/* Lock held. */
static void work_add(struct work *w)
{
    if (fake.last)
        fake.last->next = w;
    else
        fake.first = w;
    fake.last = w;
    pthread_cond_broadcast(&fake.work_cond);
}

void fake_hold(bool held)
{
    fake_lock();
    fake.held = held;
    pthread_cond_broadcast(&fake.work_cond);
    fake_unlock();
}

void fake_drain(void)
{
    fake_lock();
    while (fake.busy || fake.first)
        pthread_cond_wait(&fake.idle_cond, &fake.lock);
    fake_unlock();
}

enum store_status store_start(int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_called("start", deadline_ns);
    if (st == STORE_OK && fake.started++ == 0) {
        fake.running = true;
        fake_judge(pthread_create(&fake.thread, NULL, background, NULL) == 0,
                   "no thread");
    }
    fake_unlock();
    return st;
}

void store_stop(void)
{
    struct work *w = NULL, *next;
    bool last;

    fake_lock();
    fake_called("stop", 0);
    last = --fake.started == 0;
    fake_judge(fake.started >= 0, "stopped more often than started");
    if (last) {
        fake.running = false;
        pthread_cond_broadcast(&fake.work_cond);
    }
    fake_unlock();
    if (!last)
        return;
    fake_judge(!pthread_equal(pthread_self(), fake.thread),
               "stopped from its own thread");
    pthread_join(fake.thread, NULL);
    fake_lock();
    w = fake.first;
    fake.first = fake.last = NULL;
    fake_unlock();
    for (; w; w = next) { /* what was deferred is done, what was fed is not delivered */
        next = w->next;
        work_do(w, NULL, NULL);
    }
}

bool store_defer(void (*fn)(void *), void *arg)
{
    struct work *w;
    bool ok;

    fake_lock();
    ok = fake_called("defer", 0) == STORE_OK && fake.running;
    if (ok) {
        w = fake_need(calloc(1, sizeof(*w)));
        w->fn = fn;
        w->arg = arg;
        work_add(w);
    }
    fake_unlock();
    return ok;
}

/* Lock held. Wait for a delivery to c on another thread, and forget those to come. */
void fake_feed_quiet(struct store_ckpt *c)
{
    struct work *w;

    c->feed = NULL;
    for (w = fake.first; w; w = w->next)
        fake_judge(w->to != c || w->fn == NULL, "mixed work");
    if (!fake.running || !pthread_equal(pthread_self(), fake.thread))
        while (fake.delivering == c)
            pthread_cond_wait(&fake.idle_cond, &fake.lock);
}

/* Lock held. */
void fake_deliveries_cancel(struct store_ckpt *c)
{
    struct work **at, *w;
    uint32_t i;

    fake.last = NULL;
    for (at = &fake.first; (w = *at) != NULL;) {
        if (w->to == c) {
            *at = w->next;
            for (i = 0; i < w->n; i++) {
                free((void *)w->vec[i].id.base);
                free((void *)w->vec[i].data.base);
            }
            free(w->vec);
            free(w);
        } else {
            fake.last = w;
            at = &w->next;
        }
    }
}

/* Lock held. */
void fake_feed(struct store_ckpt *from, const struct store_write *vec, uint32_t n)
{
    struct store_ckpt *c;
    struct work *w;
    uint32_t i;

    if (!fake.other || !from->of->notify)
        return;
    for (c = from->of->opens; c; c = c->next) {
        if (!c->feed)
            continue;
        w = fake_need(calloc(1, sizeof(*w)));
        w->to = c;
        w->n = n;
        w->vec = fake_need(calloc(n, sizeof(*w->vec)));
        for (i = 0; i < n; i++)
            w->vec[i] = (struct store_change){
                .id = {fake_copy(vec[i].id.base, vec[i].id.size), vec[i].id.size},
                .data = {fake_copy(vec[i].data.base, vec[i].data.size), vec[i].data.size},
                .offset = vec[i].offset,
            };
        work_add(w);
    }
}

enum store_status store_feed_set(struct store_ckpt *c, store_feed_fn fn, void *arg,
                                 int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_begin(c, "feed_set", deadline_ns);
    if (st == STORE_OK) {
        fake_feed_quiet(c);
        c->feed = fn;
        c->feed_arg = arg;
    }
    fake_unlock();
    return st;
}
