/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log that the daemons of a cluster share, in the store: entries in one order for
 * all, numbered without a gap, each appended exactly once. Two threads of its own talk to
 * the store; whoever uses the log lives on the loop and never waits.
 */
#ifndef AMF_LOG_H
#define AMF_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum { AMF_WHO_SIZE = 64, AMF_CLUSTER_NAME_MAX = 64 };

struct amf_log;

struct amf_log_entry {
    uint64_t n; /* place in the log */
    int64_t ms; /* the store's time; never goes back */
    const char *who;
    uint64_t seq; /* the writer's number */
    const char *body;
    size_t size;
};

struct amf_log_beat {
    const char *who;
    const char *count;
};

/* What is known of the others, several times in a lease while the store is there. */
struct amf_log_view {
    int64_t ms;
    int64_t asked_ns; /* our beat was sent then, on the monotonic clock */
    uint64_t tail;    /* the last entry */
    uint64_t epoch;
    const char *leader; /* "": none yet */
    const struct amf_log_beat *beats;
    size_t n_beats;
};

/* All borrowed for the call, on the loop. */
struct amf_log_events {
    void *ctx;
    void (*entry)(void *ctx, const struct amf_log_entry *e);
    /* The end of the log, as far as it was read, is not in the store any more. What is
     * read next follows a hole. */
    void (*hole)(void *ctx);
    void (*view)(void *ctx, const struct amf_log_view *v);
    /* We lead from now on, under epoch; snapshot: the last one saved, or NULL. */
    void (*elected)(void *ctx, uint64_t epoch, const char *snapshot);
    /* The snapshot with this number, or a later one, is kept. */
    void (*saved)(void *ctx, uint64_t number);
};

/* who names this daemon, and is not used again after its end. NULL: one line was logged.
 */
struct amf_log *amf_log_open(uv_loop_t *loop, const char *cluster, const char *who,
                             int64_t lease_ms, const struct amf_log_events *events);
/* Give what is queued flush_ms to get out, then end the threads. The loop has to run on
 * until the handles are closed. */
void amf_log_close(struct amf_log *l, int flush_ms);
void amf_log_free(struct amf_log *l);

/* Write under a new name from now on. */
void amf_log_rename(struct amf_log *l, const char *who);

/* Append body (copied): its number. epoch 0: anybody's; else it counts only while that
 * epoch lasts. The entry's time is at least min_ms. */
uint64_t amf_log_append(struct amf_log *l, uint64_t epoch, int64_t min_ms,
                        const char *body);

/* A number like those that appended entries get, for nothing to be appended. */
uint64_t amf_log_number(struct amf_log *l);

/* Take back the n appended entries with these numbers, in their order. False: one of them
 * may be in the store, and all of them stay. */
bool amf_log_retract(struct amf_log *l, const uint64_t *numbers, size_t n);

/* The monotonic clock, when nobody had any reason to count us as dead. */
void amf_log_heard(struct amf_log *l, int64_t asked_ns);
/* Look now whether the store is away for everybody, and not only when we have not been
 * heard of for a while. */
void amf_log_doubt(struct amf_log *l, bool on);
/* It was away for everybody since we were heard of last. */
bool amf_log_gone(struct amf_log *l);
/* Nobody can have counted us as dead before that, on the monotonic clock. */
int64_t amf_log_safe_ns(struct amf_log *l);

/* Try to lead after seen, the epoch in the last view. */
void amf_log_elect(struct amf_log *l, uint64_t seen);

/* Keep text (taken) as the snapshot, if epoch still lasts; only the latest matters. Its
 * number, which rises from 1. */
uint64_t amf_log_save(struct amf_log *l, uint64_t epoch, char *text);

/* Remove what the store knows of a daemon that is gone. */
void amf_log_forget(struct amf_log *l, const char *who);

#endif
