/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_log.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "amf/amf_log_in.h"
#include "amf/amf_must.h"
#include "base/clock.h"

/* ---- for the threads ----------------------------------------------------- */

bool amf_log_stopped(struct amf_log *l)
{
    bool stop;

    pthread_mutex_lock(&l->lock);
    stop = l->stop;
    pthread_mutex_unlock(&l->lock);
    return stop;
}

void amf_log_pause(struct amf_log *l, int ms)
{
    const int64_t deadline_ns = clv_deadline_ns(ms * CLV_NS_PER_MS);
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    pthread_mutex_lock(&l->lock);
    while (!l->stop && pthread_cond_timedwait(&l->work, &l->lock, &ts) == 0) {
    }
    pthread_mutex_unlock(&l->lock);
}

/* ---- begin and end ------------------------------------------------------- */

static bool thread_start(pthread_t *thread, void *(*fn)(void *), struct amf_log *l)
{
    sigset_t all, old;
    int err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(thread, NULL, fn, l);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return err == 0;
}

struct amf_log *amf_log_open(uv_loop_t *loop, const char *cluster, const char *who,
                             int64_t lease_ms, const struct amf_log_events *events)
{
    struct amf_log *l = amf_must(calloc(1, sizeof(*l)));
    pthread_condattr_t attr;

    if (!rds_url_load(&l->url) || !amf_log_keys_make(&l->keys, cluster) ||
        !amf_store_setup(&l->url)) {
        rds_url_free(&l->url);
        free(l);
        return NULL;
    }
    l->events = *events;
    l->lease_ms = lease_ms;
    l->read_from = AMF_LOG_UNKNOWN;
    l->told_end = &l->told;
    snprintf(l->who, sizeof(l->who), "%s", who);
    pthread_mutex_init(&l->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&l->work, &attr);
    pthread_condattr_destroy(&attr);
    uv_async_init(loop, &l->wake, amf_log_woken);
    l->wake.data = l;
    l->probe = amf_probe_new(&l->url, lease_ms);
    l->writing = thread_start(&l->writer_thread, amf_log_writer_main, l);
    l->reading = thread_start(&l->reader_thread, amf_log_reader_main, l);
    return l;
}

static void drain(struct amf_log *l, int flush_ms)
{
    const int64_t end_ns = clv_deadline_ns(flush_ms * CLV_NS_PER_MS);
    const struct timespec nap = {.tv_nsec = CLV_NS_PER_MS};
    bool empty = false;

    while (!empty && clv_now_ns() < end_ns) {
        pthread_mutex_lock(&l->lock);
        empty = !l->first && !l->forget[0];
        pthread_mutex_unlock(&l->lock);
        if (!empty)
            nanosleep(&nap, NULL);
    }
}

void amf_log_close(struct amf_log *l, int flush_ms)
{
    drain(l, flush_ms);
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    if (l->writing)
        pthread_join(l->writer_thread, NULL);
    if (l->reading)
        pthread_join(l->reader_thread, NULL);
    amf_probe_free(l->probe);
    amf_store_teardown();
    uv_close((uv_handle_t *)&l->wake, NULL);
}

static void lines_drop(struct amf_log *l)
{
    struct amf_log_line *at, *next;

    for (at = l->first; at; at = next) {
        next = at->next;
        free(at);
    }
    l->first = l->last = NULL;
}

void amf_log_free(struct amf_log *l)
{
    if (!l)
        return;
    amf_log_notices_drop(l);
    lines_drop(l);
    free(l->save);
    rds_url_free(&l->url);
    pthread_cond_destroy(&l->work);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

/* ---- orders from the loop ------------------------------------------------ */

void amf_log_rename(struct amf_log *l, const char *who)
{
    pthread_mutex_lock(&l->lock);
    snprintf(l->who, sizeof(l->who), "%s", who);
    pthread_mutex_unlock(&l->lock);
}

uint64_t amf_log_append(struct amf_log *l, uint64_t epoch, int64_t min_ms,
                        const char *body)
{
    const size_t size = strlen(body) + 1;
    struct amf_log_line *line = amf_must(malloc(sizeof(*line) + size));
    uint64_t seq;

    memcpy(line->body, body, size);
    line->next = NULL;
    line->epoch = epoch;
    line->min_ms = min_ms;
    pthread_mutex_lock(&l->lock);
    memcpy(line->who, l->who, sizeof(line->who));
    seq = line->seq = ++l->seq;
    if (l->last)
        l->last->next = line;
    else
        l->first = line;
    l->last = line;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    return seq;
}

uint64_t amf_log_number(struct amf_log *l)
{
    uint64_t seq;

    pthread_mutex_lock(&l->lock);
    seq = ++l->seq;
    pthread_mutex_unlock(&l->lock);
    return seq;
}

/* Lock held. */
static void lines_remove(struct amf_log *l, const uint64_t *numbers, size_t n)
{
    struct amf_log_line **link = &l->first, *at, *last = NULL;
    size_t i = 0;

    while ((at = *link)) {
        if (i < n && at->seq == numbers[i]) {
            i++;
            *link = at->next;
            free(at);
        } else {
            last = at;
            link = &at->next;
        }
    }
    l->last = last;
}

bool amf_log_retract(struct amf_log *l, const uint64_t *numbers, size_t n)
{
    bool free_all;

    pthread_mutex_lock(&l->lock);
    free_all = !n || numbers[0] > l->tried;
    if (free_all)
        lines_remove(l, numbers, n);
    pthread_mutex_unlock(&l->lock);
    return free_all;
}

void amf_log_heard(struct amf_log *l, int64_t asked_ns)
{
    amf_probe_heard(l->probe, asked_ns);
}

void amf_log_doubt(struct amf_log *l, bool on)
{
    amf_probe_doubt(l->probe, on);
}

bool amf_log_gone(struct amf_log *l)
{
    return amf_probe_gone(l->probe);
}

int64_t amf_log_safe_ns(struct amf_log *l)
{
    return amf_probe_safe_ns(l->probe);
}

void amf_log_elect(struct amf_log *l, uint64_t seen)
{
    pthread_mutex_lock(&l->lock);
    l->want_elect = true;
    l->elect_seen = seen;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
}

uint64_t amf_log_save(struct amf_log *l, uint64_t epoch, char *text)
{
    uint64_t number;

    pthread_mutex_lock(&l->lock);
    free(l->save);
    l->save = text;
    l->save_epoch = epoch;
    number = ++l->save_number;
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
    return number;
}

void amf_log_forget(struct amf_log *l, const char *who)
{
    pthread_mutex_lock(&l->lock);
    snprintf(l->forget, sizeof(l->forget), "%s", who);
    pthread_cond_broadcast(&l->work);
    pthread_mutex_unlock(&l->lock);
}
