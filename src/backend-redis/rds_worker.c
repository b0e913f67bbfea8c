/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "backend-redis/rds_client.h"

struct job {
    STAILQ_ENTRY(job) link;
    void (*fn)(void *arg);
    void *arg;
};

STAILQ_HEAD(job_list, job);

static struct {
    pthread_mutex_t lock; /* guards every field; a leaf */
    pthread_cond_t more;
    pthread_t thread;
    struct job_list jobs;
    bool started, stop;
} worker = {.lock = PTHREAD_MUTEX_INITIALIZER,
            .more = PTHREAD_COND_INITIALIZER,
            .jobs = STAILQ_HEAD_INITIALIZER(worker.jobs)};

/* The next job, or NULL when it is time to end. */
static struct job *job_wait(void)
{
    struct job *job;

    pthread_mutex_lock(&worker.lock);
    while (!(job = STAILQ_FIRST(&worker.jobs)) && !worker.stop)
        pthread_cond_wait(&worker.more, &worker.lock);
    if (job)
        STAILQ_REMOVE_HEAD(&worker.jobs, link);
    pthread_mutex_unlock(&worker.lock);
    return job;
}

static void *worker_main(void *unused)
{
    struct job *job;

    (void)unused;
    while ((job = job_wait())) {
        job->fn(job->arg);
        free(job);
    }
    return NULL;
}

bool store_defer(void (*fn)(void *), void *arg)
{
    struct job *job;
    bool ok;

    if (!atomic_load(&rds.running))
        return false;
    job = malloc(sizeof(*job));
    if (!job)
        return false;
    job->fn = fn;
    job->arg = arg;
    pthread_mutex_lock(&worker.lock);
    if (!worker.started && !worker.stop)
        worker.started = rds_thread_start(&worker.thread, worker_main);
    ok = worker.started && !worker.stop;
    if (ok) {
        STAILQ_INSERT_TAIL(&worker.jobs, job, link);
        pthread_cond_signal(&worker.more);
    }
    pthread_mutex_unlock(&worker.lock);
    if (!ok)
        free(job);
    return ok;
}

bool rds_worker_stopping(void)
{
    bool stop;

    pthread_mutex_lock(&worker.lock);
    stop = worker.stop;
    pthread_mutex_unlock(&worker.lock);
    return stop;
}

void rds_worker_stop(void)
{
    bool started;

    pthread_mutex_lock(&worker.lock);
    started = worker.started;
    worker.stop = true;
    pthread_cond_signal(&worker.more);
    pthread_mutex_unlock(&worker.lock);
    if (started)
        pthread_join(worker.thread, NULL);
    pthread_mutex_lock(&worker.lock);
    worker.started = worker.stop = false;
    pthread_mutex_unlock(&worker.lock);
}

void rds_worker_forget(void)
{
    struct job *job;

    pthread_mutex_init(&worker.lock, NULL);
    pthread_cond_init(&worker.more, NULL);
    while ((job = STAILQ_FIRST(&worker.jobs))) {
        STAILQ_REMOVE_HEAD(&worker.jobs, link);
        free(job);
    }
    worker.started = worker.stop = false;
}
