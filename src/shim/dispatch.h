/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Callbacks that wait for the application: a queue behind one descriptor. The
 * descriptor is the selection object, readable exactly while something is queued.
 *
 * Callbacks run on the thread that dispatches, with nothing locked: they may call
 * anything, even finalize the service that the queue belongs to. The owner keeps
 * the struct alive (a pin on its handle) while a thread is in here.
 */
#ifndef CLV_DISPATCH_H
#define CLV_DISPATCH_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* More than this many wait only if the application never dispatches. */
#define CLV_DISPATCH_MAX 65536

/* One callback to make, embedded in what it needs. run() and drop() take the job. */
struct clv_job {
    struct clv_job *next;
    uint64_t owner; /* for clv_dispatch_cancel; 0: nobody */
    void (*run)(struct clv_job *job);
    void (*drop)(
        struct clv_job *job); /* instead of run, when it is not wanted any more */
};

struct clv_dispatch {
    pthread_mutex_t lock; /* guards what follows; a leaf */
    pthread_cond_t wake;  /* something was queued, or closed */
    struct clv_job *first, *last;
    uint32_t n;
    int fd; /* -1: nobody asked for it yet */
    bool closed;
    uint64_t dropped; /* oldest ones, beyond CLV_DISPATCH_MAX */
};

void clv_dispatch_init(struct clv_dispatch *d);

/* Drop what is queued, close the descriptor, send blocked dispatchers home. */
void clv_dispatch_close(struct clv_dispatch *d);

/* After the last user has gone. */
void clv_dispatch_fini(struct clv_dispatch *d);

/* The selection object, the same each time; borrowed until close. -1: no
 * descriptor to be had. */
int clv_dispatch_fd(struct clv_dispatch *d);

/* Takes job: queued, or dropped if d is closed. */
void clv_dispatch_post(struct clv_dispatch *d, struct clv_job *job);

/* Drop what is queued for an owner that has gone. */
void clv_dispatch_cancel(struct clv_dispatch *d, uint64_t owner);

/* Run the oldest; false: there was none. */
bool clv_dispatch_one(struct clv_dispatch *d);

/* Run what is queued now. */
void clv_dispatch_all(struct clv_dispatch *d);

/* Run whatever comes, until d is closed. */
void clv_dispatch_blocking(struct clv_dispatch *d);

#endif
