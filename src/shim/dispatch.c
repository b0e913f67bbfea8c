/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/dispatch.h"

#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/logline.h"

void clv_dispatch_init(struct clv_dispatch *d)
{
    *d = (struct clv_dispatch){.fd = -1};
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->wake, NULL);
}

void clv_dispatch_fini(struct clv_dispatch *d)
{
    pthread_cond_destroy(&d->wake);
    pthread_mutex_destroy(&d->lock);
}

/* Lock held. Level-triggered: one unit in the eventfd while the queue holds jobs. */
static void fd_raise(const struct clv_dispatch *d)
{
    const uint64_t one = 1;

    if (d->fd >= 0 && write(d->fd, &one, sizeof(one)) < 0)
        clv_log(CLV_LOG_WARNING, "selection object %d cannot be raised", d->fd);
}

/* Lock held. Nothing to read is fine: the application may have read it. */
static void fd_quiet(const struct clv_dispatch *d)
{
    uint64_t units;

    if (d->fd >= 0 && read(d->fd, &units, sizeof(units)) < 0)
        return;
}

/* Lock held. NULL: empty. */
static struct clv_job *pop(struct clv_dispatch *d)
{
    struct clv_job *const job = d->first;

    if (!job)
        return NULL;
    d->first = job->next;
    d->n--;
    if (!d->first) {
        d->last = NULL;
        fd_quiet(d);
    }
    return job;
}

static void drop_list(struct clv_job *job)
{
    struct clv_job *next;

    for (; job; job = next) {
        next = job->next;
        job->drop(job);
    }
}

void clv_dispatch_close(struct clv_dispatch *d)
{
    struct clv_job *jobs;

    pthread_mutex_lock(&d->lock);
    jobs = d->first;
    d->first = d->last = NULL;
    d->n = 0;
    d->closed = true;
    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
    pthread_cond_broadcast(&d->wake);
    pthread_mutex_unlock(&d->lock);
    drop_list(jobs);
}

int clv_dispatch_fd(struct clv_dispatch *d)
{
    int fd;

    pthread_mutex_lock(&d->lock);
    if (d->fd < 0 && !d->closed) {
        d->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (d->first)
            fd_raise(d);
    }
    fd = d->fd;
    pthread_mutex_unlock(&d->lock);
    return fd;
}

/* Lock held. */
static void append(struct clv_dispatch *d, struct clv_job *job)
{
    job->next = NULL;
    if (d->last) {
        d->last->next = job;
    } else {
        d->first = job;
        fd_raise(d);
    }
    d->last = job;
    d->n++;
    pthread_cond_signal(&d->wake);
}

void clv_dispatch_post(struct clv_dispatch *d, struct clv_job *job)
{
    struct clv_job *unwanted = NULL;
    uint64_t dropped = 0;

    pthread_mutex_lock(&d->lock);
    if (d->closed) {
        job->next = NULL;
        unwanted = job;
    } else {
        append(d, job);
        if (d->n > CLV_DISPATCH_MAX) {
            unwanted = pop(d);
            unwanted->next = NULL;
            dropped = ++d->dropped;
        }
    }
    pthread_mutex_unlock(&d->lock);
    if (dropped == 1)
        clv_log(CLV_LOG_WARNING, "%d callbacks wait for Dispatch, the oldest are dropped",
                CLV_DISPATCH_MAX);
    drop_list(unwanted);
}

void clv_dispatch_cancel(struct clv_dispatch *d, uint64_t owner)
{
    struct clv_job **at, *job, *unwanted = NULL;

    pthread_mutex_lock(&d->lock);
    d->last = NULL;
    for (at = &d->first; (job = *at) != NULL;) {
        if (job->owner == owner) {
            *at = job->next;
            job->next = unwanted;
            unwanted = job;
            d->n--;
        } else {
            d->last = job;
            at = &job->next;
        }
    }
    if (unwanted && !d->first)
        fd_quiet(d);
    pthread_mutex_unlock(&d->lock);
    drop_list(unwanted);
}

bool clv_dispatch_one(struct clv_dispatch *d)
{
    struct clv_job *job;

    pthread_mutex_lock(&d->lock);
    job = pop(d);
    pthread_mutex_unlock(&d->lock);
    if (job)
        job->run(job);
    return job != NULL;
}

void clv_dispatch_all(struct clv_dispatch *d)
{
    uint32_t n;

    pthread_mutex_lock(&d->lock);
    n = d->n;
    pthread_mutex_unlock(&d->lock);
    while (n > 0 && clv_dispatch_one(d))
        n--;
}

void clv_dispatch_blocking(struct clv_dispatch *d)
{
    struct clv_job *job;

    do {
        pthread_mutex_lock(&d->lock);
        while (!d->closed && !d->first)
            pthread_cond_wait(&d->wake, &d->lock);
        job = pop(d);
        pthread_mutex_unlock(&d->lock);
        if (job)
            job->run(job);
    } while (job);
}
