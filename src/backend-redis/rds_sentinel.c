/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_sentinel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "backend-redis/rds_call.h"
#include "backend-redis/rds_watcher.h"
#include "base/clock.h"
#include "base/thread.h"

enum { ROUND_MS = 1500, STOP_MS = 2000 };

static struct rds_watch *watch; /* of the client; set and reset by start and stop */

/* ---- start and stop ------------------------------------------------------ */

static void wake_all(struct rds_watch *all)
{
    const uint64_t one = 1;
    size_t i;

    for (i = 0; i < all->n; i++)
        if (write(all->watchers[i].wake, &one, sizeof(one)) < 0)
            continue; /* full: it is awake */
}

/* False: no memory. */
static bool text_copy(const char *text, char **out)
{
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

static bool watcher_init(struct rds_watcher *w, struct rds_watch *all,
                         const struct rds_url *url, uint32_t i)
{
    w->all = all;
    w->ask.fd = w->listen.fd = -1;
    w->retry_ms = RDS_WATCH_RETRY_MS;
    w->seed = (unsigned)clv_now_ns() + i;
    w->st = STORE_AWAY;
    snprintf(w->why, sizeof(w->why), "no answer yet");
    rds_url_place(url, i, &w->place);
    w->place.tls = url->sentinel_tls;
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return w->wake >= 0;
}

static struct rds_watch *watch_new(const struct rds_url *url,
                                   void (*news)(const struct rds_place *master))
{
    struct rds_watch *all =
        calloc(1, sizeof(*all) + url->n_hosts * sizeof(*all->watchers));
    bool ok = true;
    uint32_t i;

    if (!all)
        return NULL;
    pthread_mutex_init(&all->lock, NULL);
    clv_cond_init(&all->answered);
    all->n = url->n_hosts;
    all->news = news;
    all->master_tls = url->scheme == RDS_SENTINEL_TLS;
    for (i = 0; i < url->n_hosts; i++)
        ok = watcher_init(&all->watchers[i], all, url, i) && ok;
    ok = text_copy(url->master, &all->master) && ok;
    ok = text_copy(url->sentinel_user, &all->user) && ok;
    ok = text_copy(url->sentinel_password, &all->password) && ok;
    if (ok)
        return all;
    rds_watch_free(all);
    return NULL;
}

bool rds_sentinel_start(const struct rds_url *url,
                        void (*news)(const struct rds_place *master))
{
    struct rds_watch *all = watch_new(url, news);
    size_t i;

    if (!all)
        return false;
    watch = all;
    pthread_mutex_lock(&all->lock);
    for (i = 0; i < all->n && !all->stop; i++) {
        if (clv_thread_start(rds_watcher_main, &all->watchers[i], 0, NULL))
            all->n_threads++;
        else
            all->stop = true;
    }
    pthread_mutex_unlock(&all->lock);
    if (i == all->n && !all->stop)
        return true;
    rds_sentinel_stop();
    return false;
}

void rds_sentinel_stop(void)
{
    const int64_t deadline_ns = clv_deadline_ns(STOP_MS * CLV_NS_PER_MS);
    struct rds_watch *all = watch;
    bool last;

    if (!all)
        return;
    watch = NULL;
    pthread_mutex_lock(&all->lock);
    all->stop = true;
    atomic_store(&all->cancel, true);
    wake_all(all);
    while (all->n_threads > 0 && rds_cond_wait(&all->answered, &all->lock, deadline_ns)) {
    }
    all->abandoned = true;
    last = all->n_threads == 0;
    pthread_mutex_unlock(&all->lock);
    if (last)
        rds_watch_free(all);
}

void rds_sentinel_forget(void)
{
    size_t i;

    for (i = 0; watch && i < watch->n; i++) {
        struct rds_watcher *w = &watch->watchers[i];

        close(w->wake);
        if (w->ask.fd >= 0)
            close(w->ask.fd);
        if (w->listen.fd >= 0)
            close(w->listen.fd);
    }
    watch = NULL;
}

/* ---- asking all ---------------------------------------------------------- */

/* Lock held. Nobody is left who could still answer. */
static bool round_over(const struct rds_watch *all, uint64_t round)
{
    size_t i;

    for (i = 0; i < all->n; i++)
        if (all->watchers[i].round < round)
            return false;
    return true;
}

/* Lock held. */
static enum store_status explain(const struct rds_watch *all, const struct rds_tally *t,
                                 char *why, size_t why_size)
{
    const char *first = NULL;
    size_t i, n_refused = 0;

    for (i = 0; i < all->n; i++) {
        const struct rds_watcher *w = &all->watchers[i];

        n_refused += w->st != STORE_OK && w->st != STORE_AWAY;
        if (w->st != STORE_OK && !first)
            first = w->why;
    }
    snprintf(why, why_size,
             "master %s: %zu of %zu sentinels answer, %zu agree, expected %zu%s%s",
             all->master, t->n_valid, all->n, t->n_for, all->n / 2 + 1, first ? "; " : "",
             first ? first : "");
    return 2 * n_refused > all->n ? STORE_REFUSED : STORE_AWAY;
}

enum store_status rds_sentinel_ask(struct rds_tally *out, int64_t deadline_ns, char *why,
                                   size_t why_size)
{
    const int64_t until_ns = clv_deadline_ns(ROUND_MS * CLV_NS_PER_MS);
    enum store_status st = STORE_OK;
    struct rds_watch *all = watch;
    uint64_t round;

    if (until_ns < deadline_ns)
        deadline_ns = until_ns;
    memset(out, 0, sizeof(*out));
    if (!all) { /* stopping */
        snprintf(why, why_size, "stopped");
        return STORE_AWAY;
    }
    pthread_mutex_lock(&all->lock);
    round = ++all->round;
    wake_all(all);
    for (;;) {
        rds_watch_tally(all, round, out);
        if (out->majority || round_over(all, round) ||
            !rds_cond_wait(&all->answered, &all->lock, deadline_ns))
            break;
    }
    if (!out->majority)
        st = explain(all, out, why, why_size);
    pthread_mutex_unlock(&all->lock);
    return st;
}
