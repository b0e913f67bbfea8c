/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the shared log have in common: the orders from the loop (amf_log.c),
 * the threads that write (amf_log_writer.c) and read (amf_log_reader.c), and what these
 * tell the loop (amf_log_notice.c).
 */
#ifndef AMF_LOG_IN_H
#define AMF_LOG_IN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "amf/amf_log.h"
#include "amf/amf_log_probe.h"
#include "amf/amf_log_store.h"
#include "backend-redis/rds_reply.h"

enum { AMF_LOG_RETRY_MS = 100, AMF_LOG_UNKNOWN = -1 };

/* What the threads tell the loop. */
enum amf_log_notice_type {
    AMF_LOG_READ,
    AMF_LOG_HOLE,
    AMF_LOG_VIEW,
    AMF_LOG_ELECTED,
    AMF_LOG_SAVED
};

struct amf_log_notice;

struct amf_log {
    struct amf_log_events events;
    struct amf_log_keys keys;
    struct rds_url url;
    int64_t lease_ms;
    pthread_t writer_thread, reader_thread;
    bool writing, reading; /* the threads run */
    struct amf_probe *probe;
    uv_async_t wake;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work;  /* for the writer */
    char who[AMF_WHO_SIZE];
    struct amf_log_line *first, *last;
    uint64_t seq;
    uint64_t tried; /* up to here they may be in the store */
    bool want_elect;
    uint64_t elect_seen;
    char *save; /* owned; NULL: nothing to keep */
    uint64_t save_epoch, save_number;
    char forget[AMF_WHO_SIZE]; /* "": nobody */
    int64_t read_from;         /* AMF_LOG_UNKNOWN until the writer has seen the log */
    bool stop;
    struct amf_log_notice *told, **told_end;
};

/* Tell the loop; reply is taken and may be NULL. asked_ns: of a view. */
void amf_log_tell(struct amf_log *l, enum amf_log_notice_type type, redisReply *reply,
                  int64_t asked_ns);
/* A snapshot is kept. */
void amf_log_tell_saved(struct amf_log *l, uint64_t number);
/* Hand out what was told, on the loop. */
void amf_log_woken(uv_async_t *async);
void amf_log_notices_drop(struct amf_log *l);

bool amf_log_stopped(struct amf_log *l);
/* Wait that long, or for the end. */
void amf_log_pause(struct amf_log *l, int ms);

/* The two threads; arg: the log. */
void *amf_log_writer_main(void *arg);
void *amf_log_reader_main(void *arg);

#endif
