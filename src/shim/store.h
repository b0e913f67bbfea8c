/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam: what the API asks of a store. src/shim calls it, src/backend-redis
 * defines it; it knows neither Cl/Sa types nor Redis commands.
 *
 * One client per process, however many handles. Every function that talks to the
 * store takes an absolute monotonic deadline (clock.h), rides through lost
 * connections and fail-overs inside it, and returns STORE_AWAY when nothing was
 * done or STORE_UNSURE when that is not known. Functions without a deadline do
 * no I/O. All are safe from any thread and need less than 6 KiB of stack.
 */
#ifndef CLV_STORE_H
#define CLV_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "shim/status.h"

#define STORE_TIME_END INT64_MAX

/* ---- the client ---------------------------------------------------------- */

/* Start the process's client (settings, background thread) and wait until the
 * store answers. Counted: each success needs one store_stop(). STORE_CONFIG,
 * STORE_REFUSED, STORE_AWAY or STORE_NO_MEM leave nothing behind. */
enum store_status store_start(int64_t deadline_ns);

/* The last stop ends the background thread and closes the connections. Opens
 * that are still there are closed in the store, as far as it answers promptly. */
void store_stop(void);

/* Default limit of one operation, CLOVIS_OP_TIMEOUT_MS. */
int64_t store_op_timeout_ns(void);

/* The text of a status row. */
const char *store_status_text(enum store_status st);

/* ---- checkpoints --------------------------------------------------------- */

struct store_attrs {
    uint32_t creation_flags;
    uint32_t max_sections;
    uint64_t checkpoint_size;
    int64_t retention_ns;
    uint64_t max_section_size; /* 0: unlimited */
    uint64_t max_section_id_size;
};

/* One open of one checkpoint. */
struct store_ckpt;

struct store_open_how {
    const struct store_attrs *create; /* NULL: must exist */
    bool ignore_retention;            /* compare five attributes instead of six */
    bool default_section;             /* a new instance gets the section with id "" */
    bool discard;                     /* a new instance goes with its last close */
    bool notify;                      /* writes to a new instance feed store_feed_set() */
};

/* Open, or create with how->create. New: *out, closed with store_ckpt_close.
 * STORE_ABSENT, STORE_DIFFERS. */
enum store_status store_ckpt_open(struct clv_bytes name, const struct store_open_how *how,
                                  int64_t deadline_ns, struct store_ckpt **out);

/* Give up the open. Takes ckpt whatever it returns; if the store is away, the close
 * is made up for in the background. At the last close the instance goes at once if
 * it is unlinked, was created with discard, or has a retention below 1 ms; with
 * STORE_TIME_END it stays for ever; else it goes when the retention has passed. */
enum store_status store_ckpt_close(struct store_ckpt *ckpt, int64_t deadline_ns);

/* Free the name at once, the data with the last close. STORE_ABSENT. */
enum store_status store_ckpt_unlink(struct clv_bytes name, int64_t deadline_ns);

/* As created (retention_ns: as of the last contact). Borrowed until close. */
const struct store_attrs *store_ckpt_attrs(const struct store_ckpt *ckpt);
struct clv_bytes store_ckpt_name(const struct store_ckpt *ckpt);

/* STORE_UNLINKED, STORE_GONE. */
enum store_status store_ckpt_retention_set(struct store_ckpt *ckpt, int64_t retention_ns,
                                           int64_t deadline_ns);

struct store_ckpt_status {
    int64_t retention_ns;
    uint64_t n_sections; /* without the default section */
    uint64_t bytes_used; /* sum of section sizes */
};

enum store_status store_ckpt_status(struct store_ckpt *ckpt,
                                    struct store_ckpt_status *out, int64_t deadline_ns);

/* Take the active-replica role for this process's node. */
enum store_status store_ckpt_active_set(struct store_ckpt *ckpt, int64_t deadline_ns);

/* STORE_OK when some node holds the role, else STORE_NO_ACTIVE. No I/O once the
 * role has been seen: it is not given back while the instance lives. */
enum store_status store_ckpt_active_check(struct store_ckpt *ckpt, int64_t deadline_ns);

/* Everything that this process wrote to the checkpoint before is acknowledged by
 * the replicas that the deployment asks for. */
enum store_status store_ckpt_sync(struct store_ckpt *ckpt, int64_t deadline_ns);

/* ---- sections ------------------------------------------------------------ */

/* With CLOVIS_FENCE=1, whatever changes a section, the retention or the name returns
 * STORE_FENCED, and changes nothing, while another node has the active-replica role. The
 * store decides when it executes the change, not when it was asked for. */

/* When a section ends. The store's clock decides. */
struct store_when {
    bool relative; /* ns counts from now */
    int64_t ns;    /* since the epoch, or from now; STORE_TIME_END: never */
};

/* Room for the id of a generated section, NUL included. */
#define STORE_GENERATED_ID_MAX 40

/* Create section id, or, with id.base NULL, a section with a generated id which
 * is stored in generated (NUL-terminated, the NUL is part of the id).
 * STORE_EXISTS before STORE_FULL before STORE_PAST; STORE_GONE. */
enum store_status store_section_create(struct store_ckpt *ckpt, struct clv_bytes id,
                                       struct store_when end, struct clv_bytes data,
                                       char generated[STORE_GENERATED_ID_MAX],
                                       int64_t deadline_ns);

enum store_status store_section_delete(struct store_ckpt *ckpt, struct clv_bytes id,
                                       int64_t deadline_ns);

/* Replace the whole content. The default section has the id "". */
enum store_status store_section_write(struct store_ckpt *ckpt, struct clv_bytes id,
                                      struct clv_bytes data, int64_t deadline_ns);

/* A time in the past: STORE_OK, and the section is gone. */
enum store_status store_section_expire(struct store_ckpt *ckpt, struct clv_bytes id,
                                       struct store_when end, int64_t deadline_ns);

enum store_status store_section_check(struct store_ckpt *ckpt, struct clv_bytes id,
                                      int64_t deadline_ns);

/* ---- vectors ------------------------------------------------------------- */

struct store_write {
    struct clv_bytes id;
    struct clv_bytes data;
    uint64_t offset;
};

/* All or nothing; *bad is the index of the element that stopped it. Sections grow
 * as needed, gaps are zero. Limits were checked by the caller. */
enum store_status store_write(struct store_ckpt *ckpt, const struct store_write *vec,
                              uint32_t n, uint32_t *bad, int64_t deadline_ns);

struct store_read {
    struct clv_bytes id;
    uint64_t offset;
    void *buffer;  /* NULL: a new block of got + 1 bytes, zero at its end; free() */
    uint64_t size; /* room at buffer; not read when buffer is NULL */
    uint64_t got;  /* out: bytes stored; 0 when offset is past the end */
};

/* On failure *bad is the index of the element, no buffer was written that was not
 * complete, and nothing allocated is left. STORE_ABSENT, STORE_DAMAGED. */
enum store_status store_read(struct store_ckpt *ckpt, struct store_read *vec, uint32_t n,
                             uint32_t *bad, int64_t deadline_ns);

/* ---- iteration ----------------------------------------------------------- */

enum store_chosen {
    STORE_FOREVER,
    STORE_ENDS_UNTIL,
    STORE_ENDS_FROM,
    STORE_CORRUPTED,
    STORE_ANY
};

struct store_iter;

struct store_section_info {
    struct clv_bytes id; /* borrowed until the next call on the iterator */
    int64_t end_ns;      /* STORE_TIME_END: never */
    int64_t update_ns;
    uint64_t size;
    bool corrupted;
};

/* New: *out, ended with store_iter_end. The checkpoint must stay open. The default
 * section, id "", is one of the sections. */
enum store_status store_iter_begin(struct store_ckpt *ckpt, enum store_chosen chosen,
                                   struct store_when when, int64_t deadline_ns,
                                   struct store_iter **out);

/* STORE_ABSENT at the end, again and again. */
enum store_status store_iter_next(struct store_iter *iter, struct store_section_info *out,
                                  int64_t deadline_ns);

void store_iter_end(struct store_iter *iter);

/* ---- change feed --------------------------------------------------------- */

struct store_change {
    struct clv_bytes id;
    struct clv_bytes data; /* what was written; empty for a delete or an expiry */
    uint64_t offset;
};

/* Called on the background thread, with nothing locked, for each change that
 * another process made; vec is borrowed for the call. */
typedef void (*store_feed_fn)(void *arg, const struct store_change *vec, uint32_t n);

/* From the return on, every change is delivered once, in order, until fn is NULL
 * or the checkpoint is closed; neither returns while fn runs on another thread. */
enum store_status store_feed_set(struct store_ckpt *ckpt, store_feed_fn fn, void *arg,
                                 int64_t deadline_ns);

/* ---- what happened ------------------------------------------------------- */

/* Of this process, since it began. */
struct store_stats {
    uint64_t failovers; /* another master, or the same after a restart */
    uint64_t repaired, superseded, unrepairable; /* acknowledged writes that one lost */
    uint64_t sync_writes, sync_rounds, sync_ns, sync_repeats;
    uint64_t dropouts; /* replicas that synchronous writes went on without */
};

void store_stats_get(struct store_stats *out);

/* ---- background work ----------------------------------------------------- */

/* Run fn(arg) on a thread that has stack and may block; for asynchronous calls.
 * In order of submission. False: no memory, or not started. */
bool store_defer(void (*fn)(void *), void *arg);

#endif
