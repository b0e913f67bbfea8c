/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_delivery.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/logline.h"
#include "base/thread.h"

struct order {
    struct order *next;
    json_t *m; /* owned */
};

static struct {
    pthread_mutex_t lock; /* guards every field; a leaf */
    pthread_cond_t changed;
    struct order *first, *last;
    bool started, running;
    pthread_t thread;
    void (*run)(const json_t *m);
} delivery = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Lock held. */
static struct order *order_pop(void)
{
    struct order *o = delivery.first;

    delivery.first = o->next;
    if (!delivery.first)
        delivery.last = NULL;
    return o;
}

static void *delivery_main(void *arg)
{
    struct order *o;

    pthread_mutex_lock(&delivery.lock);
    for (;;) {
        while (!delivery.first)
            pthread_cond_wait(&delivery.changed, &delivery.lock);
        o = order_pop();
        delivery.running = true;
        pthread_mutex_unlock(&delivery.lock);
        delivery.run(o->m);
        json_decref(o->m);
        free(o);
        pthread_mutex_lock(&delivery.lock);
        delivery.running = false;
        pthread_cond_broadcast(&delivery.changed);
    }
    return arg;
}

bool amf_delivery_start(void (*run)(const json_t *m))
{
    bool ok = true;

    pthread_mutex_lock(&delivery.lock);
    if (!delivery.started) {
        clv_cond_init(&delivery.changed);
        delivery.run = run;
        ok = clv_thread_start(delivery_main, NULL, 0, &delivery.thread);
        delivery.started = ok;
    }
    pthread_mutex_unlock(&delivery.lock);
    return ok;
}

void amf_delivery_push(json_t *m)
{
    struct order *o = malloc(sizeof(*o));

    if (!o) {
        clv_log(CLV_LOG_ERROR, "out of memory: an order of the AMF daemon is lost");
        json_decref(m);
        return;
    }
    *o = (struct order){.m = m};
    pthread_mutex_lock(&delivery.lock);
    if (delivery.last)
        delivery.last->next = o;
    else
        delivery.first = o;
    delivery.last = o;
    pthread_cond_broadcast(&delivery.changed);
    pthread_mutex_unlock(&delivery.lock);
}

void amf_delivery_drain(int64_t deadline_ns)
{
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    pthread_mutex_lock(&delivery.lock);
    if (delivery.started && !pthread_equal(pthread_self(), delivery.thread))
        while (delivery.first || delivery.running)
            if (pthread_cond_timedwait(&delivery.changed, &delivery.lock, &ts))
                break;
    pthread_mutex_unlock(&delivery.lock);
}

void amf_delivery_forget(void)
{
    pthread_mutex_init(&delivery.lock, NULL);
    delivery.first = delivery.last = NULL;
    delivery.started = delivery.running = false;
}
