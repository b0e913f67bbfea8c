/* SPDX-License-Identifier: Apache-2.0 */
/* One open of one checkpoint, and what the other files need of it. */
#ifndef RDS_CKPT_H
#define RDS_CKPT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "backend-redis/rds_client.h"
#include "backend-redis/rds_key.h"
#include "shim/store.h"

struct store_ckpt {
    TAILQ_ENTRY(store_ckpt) link; /* guarded by rds.lock */
    unsigned era;
    uint64_t number; /* of the open, in this process */
    bool listed;     /* guarded by rds.lock */
    char *name;      /* owned */
    size_t name_size;
    char *name_key; /* owned */
    char id[RDS_INSTANCE_ID_SIZE + 1];
    struct rds_keys keys;
    struct store_attrs attrs;
    bool notify;
    bool sync; /* a write waits for the replicas */
    atomic_bool active_seen;
    _Atomic(int64_t) active_epoch; /* of the role that was taken here, 0: it was not */
    _Atomic(int64_t) moves_seen;   /* of the role, the last number that was heard of */
    atomic_bool gone_logged;
    atomic_bool seal_logged;
    _Atomic(_Atomic uint64_t *) large_notes; /* owned, or NULL; rds_large.c's */
    _Atomic(struct rds_vector *) vector;     /* owned, or NULL; rds_vector.c's */
    atomic_uint changes;   /* that this handle made: prefetched descriptions are stale */
    struct rds_feed *feed; /* guarded by the feeds' lock */
    struct rds_kept_ckpt *kept; /* guarded by rds_kept.c's lock */
};

/* The wire form of a key. */
static inline struct clv_bytes rds_ckpt_key(const struct store_ckpt *ckpt,
                                            enum rds_part part)
{
    return ckpt->keys.part[part];
}

/* Argument: a key's name, ':' and tail. */
void rds_req_below(struct rds_req *req, const struct store_ckpt *ckpt, enum rds_part part,
                   struct clv_bytes tail);

/* Argument: what a fenced write tells the scripts, empty when it is not fenced. */
void rds_req_fence(struct rds_req *req, const struct store_ckpt *ckpt);

/* Begin a section script: keys meta, data, index, feed. */
void rds_ckpt_script(struct rds_req *req, const struct store_ckpt *ckpt,
                     enum rds_script which, size_t n_args);

/* Run a call for ckpt, the way its writes have to go. */
enum store_status rds_ckpt_send(const struct store_ckpt *ckpt, struct rds_call *call,
                                int64_t deadline_ns);

/* Run a call for ckpt: like rds_run, and with the script's answer as status. Logs, once,
 * that the checkpoint is gone. */
enum store_status rds_ckpt_run(struct store_ckpt *ckpt, struct rds_call *call,
                               int64_t deadline_ns);

/* Log, once, that the checkpoint is gone; returns st. */
enum store_status rds_ckpt_note(struct store_ckpt *ckpt, enum store_status st);

/* Enter this process's opens again. */
void rds_ckpt_rejoin(int64_t deadline_ns);

/* Close in the store what is still open. */
void rds_ckpt_close_all(int64_t deadline_ns);

#endif
