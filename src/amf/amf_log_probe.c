/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_log_probe.h"

#include <pthread.h>
#include <stdlib.h>

#include "amf/amf_log_store.h"
#include "amf/amf_must.h"
#include "base/clock.h"
#include "base/thread.h"

enum { LOOKS = 16, LOOK_MIN_MS = 10, LOOK_MAX_MS = 100 };

struct amf_probe {
    const struct rds_url *url;
    int64_t every_ns, limit_ns;
    pthread_t thread;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t change;
    bool wanted, stop;
    int64_t gone_ns;
};

/* Until a look is due. False: there is to be no more. Lock held. */
static bool look_wait(struct amf_probe *p, int64_t deadline_ns)
{
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    while (!p->stop && pthread_cond_timedwait(&p->change, &p->lock, &ts) == 0) {
    }
    while (!p->stop && !p->wanted)
        pthread_cond_wait(&p->change, &p->lock);
    return !p->stop;
}

static void *probe_main(void *arg)
{
    struct amf_probe *p = arg;
    int64_t began_ns = 0;
    bool gone;

    pthread_mutex_lock(&p->lock);
    while (look_wait(p, began_ns + p->every_ns)) {
        pthread_mutex_unlock(&p->lock);
        began_ns = clv_now_ns();
        gone = amf_store_gone(p->url, began_ns + p->limit_ns);
        pthread_mutex_lock(&p->lock);
        if (gone)
            p->gone_ns = began_ns;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct amf_probe *amf_probe_new(const struct rds_url *url, int64_t lease_ms)
{
    struct amf_probe *p = amf_must(calloc(1, sizeof(*p)));
    int64_t ms = lease_ms / LOOKS;

    ms = ms < LOOK_MIN_MS ? LOOK_MIN_MS : ms > LOOK_MAX_MS ? LOOK_MAX_MS : ms;
    p->url = url;
    p->every_ns = ms * CLV_NS_PER_MS;
    p->limit_ns = lease_ms * CLV_NS_PER_MS / 4;
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

void amf_probe_want(struct amf_probe *p, bool on)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->wanted = on;
    pthread_cond_broadcast(&p->change);
    pthread_mutex_unlock(&p->lock);
}

int64_t amf_probe_gone_ns(struct amf_probe *p)
{
    int64_t ns;

    if (!p)
        return 0;
    pthread_mutex_lock(&p->lock);
    ns = p->gone_ns;
    pthread_mutex_unlock(&p->lock);
    return ns;
}
