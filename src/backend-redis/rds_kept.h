/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this process wrote last and was acknowledged, section by section, in bounded
 * memory: what it takes to write it again when a fail-over has lost it. The least
 * recently written sections go first; what was let go of is remembered by number only.
 */
#ifndef RDS_KEPT_H
#define RDS_KEPT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "backend-redis/rds_ckpt.h"

enum rds_step_kind {
    RDS_STEP_CREATE,
    RDS_STEP_WHOLE,
    RDS_STEP_PART,
    RDS_STEP_END,
    RDS_STEP_DELETE
};

/* One write to a section. */
struct rds_step {
    TAILQ_ENTRY(rds_step) link;
    enum rds_step_kind kind;
    int slot;
    uint64_t seq;
    int64_t update_us; /* by the store's clock, as it was known here */
    int64_t clock_us;  /* that clock minus the monotonic one */
    int64_t end_us;    /* CREATE, END; STORE_TIME_END: never */
    bool sealed;       /* data is, with stamp_us as the time of its stamp */
    int64_t stamp_us;
    uint64_t offset;
    size_t size, room;
    char data[];
};

TAILQ_HEAD(rds_steps, rds_step);

struct rds_kept_ckpt;

struct rds_kept {
    TAILQ_ENTRY(rds_kept) age; /* among all, the least recently written first */
    LIST_ENTRY(rds_kept) bucket;
    LIST_ENTRY(rds_kept) sibling;
    struct rds_kept_ckpt *of;
    struct rds_steps steps; /* in the order in which they were applied */
    unsigned n_steps;
    struct clv_bytes id; /* owned */
};

/* One instance of a checkpoint, as long as a handle is open here that has written. */
struct rds_kept_ckpt {
    LIST_ENTRY(rds_kept_ckpt) link;
    struct store_ckpt as; /* what requests are built with: name, id, keys */
    uint32_t n_open;
    LIST_HEAD(, rds_kept) sections;
    uint64_t
        dropped[RDS_SLOTS]; /* last write of each slot that counts, but is not kept */
};

LIST_HEAD(rds_kept_ckpts, rds_kept_ckpt);

/* Read the setting; false after a log line. */
bool rds_kept_settings(void);

/* There is something to lose: keep from now on, unless that is switched off. */
void rds_kept_enable(void);

/* The handle is being closed: what only such have written is let go of. */
void rds_kept_close(struct store_ckpt *ckpt);

/* The call was acknowledged; data, its stamp and end as the kind needs them. */
void rds_kept_note(struct store_ckpt *ckpt, const struct rds_call *call,
                   enum rds_step_kind kind, const struct store_write *w,
                   const struct rds_stamp *stamp, int64_t end_us);

/* For the repair: everything, with nothing changing until the unlock. */
struct rds_kept_ckpts *rds_kept_lock(void);
void rds_kept_unlock(void);

/* A section's steps are of no use any more. Locked. */
void rds_kept_drop(struct rds_kept *section);

void rds_kept_clear(void);  /* with the client's stop */
void rds_kept_forget(void); /* in a forked child */

#endif
