/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_log_probe.h"

#include <pthread.h>
#include <stdlib.h>

#include "amf/amf_log_store.h"
#include "amf/amf_must.h"
#include "base/clock.h"
#include "base/thread.h"

enum { LOOKS = 16, LOOK_MIN_MS = 10, LOOK_MAX_MS = 100 };

/* ---- times --------------------------------------------------------------- */

void amf_probe_times_heard(struct amf_probe_times *t, int64_t asked_ns)
{
    t->heard_ns = asked_ns;
    t->gone = false;
    /* A quarter for the way, and for ending what must not go on. */
    if (t->safe_ns < asked_ns + t->lease_ns / 4 * 3)
        t->safe_ns = asked_ns + t->lease_ns / 4 * 3;
}

/* Who leads forgives everybody after an outage of more than half a lease. Before it was
 * as long as that, what counts is still when we were heard of last. */
void amf_probe_times_gone(struct amf_probe_times *t, int64_t since_ns, int64_t at_ns)
{
    const int64_t more =
        at_ns > t->heard_ns + t->lease_ns ? t->lease_ns / 2 : t->lease_ns / 4;

    if (!t->heard_ns || since_ns > t->safe_ns || at_ns < t->heard_ns)
        return; /* there may have been a time at which others had it */
    t->gone = true;
    if (t->safe_ns < at_ns + more)
        t->safe_ns = at_ns + more;
}

/* ---- looking ------------------------------------------------------------- */

struct amf_probe {
    const struct rds_url *url;
    int64_t every_ns, limit_ns;
    pthread_t thread;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t change;
    bool doubt, stop;
    struct amf_probe_times times;
};

/* The next look is due then; lock held. */
static int64_t due_ns(const struct amf_probe *p, int64_t before_ns)
{
    const int64_t silent_ns = p->times.heard_ns + p->times.lease_ns / 8 * 3;
    const int64_t next_ns = before_ns + p->every_ns;

    if (!p->times.heard_ns)
        return CLV_DEADLINE_NEVER;
    return p->doubt || silent_ns < next_ns ? next_ns : silent_ns;
}

/* Until a look is due. False: there is to be no more. Lock held. */
static bool look_wait(struct amf_probe *p, int64_t before_ns)
{
    struct timespec ts;
    int64_t due;

    while (!p->stop && (due = due_ns(p, before_ns)) > clv_now_ns()) {
        if (due == CLV_DEADLINE_NEVER) {
            pthread_cond_wait(&p->change, &p->lock);
            continue;
        }
        ts.tv_sec = (time_t)(due / CLV_NS_PER_S);
        ts.tv_nsec = (long)(due % CLV_NS_PER_S);
        pthread_cond_timedwait(&p->change, &p->lock, &ts);
    }
    return !p->stop;
}

static void *probe_main(void *arg)
{
    struct amf_probe *p = arg;
    int64_t at_ns = 0, for_ms = 0;
    bool gone;

    pthread_mutex_lock(&p->lock);
    while (look_wait(p, at_ns)) {
        pthread_mutex_unlock(&p->lock);
        at_ns = clv_now_ns();
        gone = amf_store_gone(p->url, at_ns + p->limit_ns, &for_ms);
        pthread_mutex_lock(&p->lock);
        if (gone)
            amf_probe_times_gone(&p->times, at_ns - for_ms * CLV_NS_PER_MS, at_ns);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- begin and end ------------------------------------------------------- */

struct amf_probe *amf_probe_new(const struct rds_url *url, int64_t lease_ms)
{
    struct amf_probe *p = amf_must(calloc(1, sizeof(*p)));
    int64_t ms = lease_ms / LOOKS;

    ms = ms < LOOK_MIN_MS ? LOOK_MIN_MS : ms > LOOK_MAX_MS ? LOOK_MAX_MS : ms;
    p->url = url;
    p->every_ns = ms * CLV_NS_PER_MS;
    p->limit_ns = lease_ms * CLV_NS_PER_MS / 4;
    p->times.lease_ns = lease_ms * CLV_NS_PER_MS;
    pthread_mutex_init(&p->lock, NULL);
    clv_cond_init(&p->change);
    if (clv_thread_start(probe_main, p, 0, &p->thread))
        return p;
    pthread_cond_destroy(&p->change);
    pthread_mutex_destroy(&p->lock);
    free(p);
    return NULL;
}

void amf_probe_free(struct amf_probe *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->change);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->change);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* ---- for the loop -------------------------------------------------------- */

void amf_probe_heard(struct amf_probe *p, int64_t asked_ns)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    if (!p->times.heard_ns)
        pthread_cond_broadcast(&p->change); /* else it looks at the time itself */
    amf_probe_times_heard(&p->times, asked_ns);
    pthread_mutex_unlock(&p->lock);
}

void amf_probe_doubt(struct amf_probe *p, bool on)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    if (p->doubt != on)
        pthread_cond_broadcast(&p->change);
    p->doubt = on;
    pthread_mutex_unlock(&p->lock);
}

static struct amf_probe_times times_get(struct amf_probe *p)
{
    struct amf_probe_times t = {0};

    if (!p)
        return t;
    pthread_mutex_lock(&p->lock);
    t = p->times;
    pthread_mutex_unlock(&p->lock);
    return t;
}

bool amf_probe_gone(struct amf_probe *p)
{
    return times_get(p).gone;
}

int64_t amf_probe_safe_ns(struct amf_probe *p)
{
    return times_get(p).safe_ns;
}
