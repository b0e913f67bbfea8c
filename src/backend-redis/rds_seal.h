/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Contents sealed with AES-256-GCM (CLOVIS_KEY_FILE), so that they lie in the store, in
 * its files and on its replicas as nobody without the key can read or make them. What is
 * bound into a seal, and the form of a sealed value: doc/store-format.md.
 *
 * Each sealing draws a nonce of 192 bits and derives a key of its own from it (the
 * construction known as XAES-256-GCM): nothing has to be counted, so nothing is repeated
 * by forks, restarts, copies of machines or many processes with one key.
 */
#ifndef RDS_SEAL_H
#define RDS_SEAL_H

#include <stdlib.h>

#include "backend-redis/rds_ckpt.h"

enum {
    RDS_SEAL_NONCE = 24,
    RDS_SEAL_HEAD =
        8 + RDS_SEAL_NONCE, /* kind, key's number, nonce: before the content */
    RDS_SEAL_TAG = 16,      /* after it */
    RDS_SEAL_EXTRA = RDS_SEAL_HEAD + RDS_SEAL_TAG
};

/* What a sealed content is for. */
enum rds_seal_kind {
    RDS_SEAL_WHOLE = 'W', /* a section's value; its change in the feed, too */
    RDS_SEAL_PART = 'P'   /* a change in the feed, put at an offset */
};

/* The place that a content is bound to. */
struct rds_seal_place {
    const struct store_ckpt *ckpt;
    const char *instance; /* the checkpoint's id */
    struct clv_bytes id;
    enum rds_seal_kind kind;
    uint64_t offset; /* PART */
};

/* Read the settings and the keys. STORE_CONFIG, STORE_NO_MEM: why says what is wrong.
 * Needs more stack than a caller has. */
enum store_status rds_seal_start(char *why, size_t why_size);
void rds_seal_stop(void); /* the keys are overwritten; in a forked child, too */

/* What this process writes is sealed. */
extern bool rds_seal_on;

/* The place of a section's value. */
static inline struct rds_seal_place rds_seal_at(const struct store_ckpt *ckpt,
                                                struct clv_bytes id)
{
    return (struct rds_seal_place){ckpt, ckpt->id, id, RDS_SEAL_WHOLE, 0};
}

/* New: the content sealed for its place, and the stamp marked; free((void *)out->base).
 * STORE_NO_MEM, STORE_REFUSED (too long). */
enum store_status rds_seal_make(const struct rds_seal_place *place,
                                struct rds_stamp *stamp, struct clv_bytes data,
                                struct clv_bytes *out);

/* rds_seal_make() when sealing is on, else *out is data, and nothing is to be freed: what
 * rds_seal_done() knows. */
static inline enum store_status
rds_seal_write(const struct store_ckpt *ckpt, struct clv_bytes id,
               struct rds_stamp *stamp, struct clv_bytes data, struct clv_bytes *out)
{
    const struct rds_seal_place place = rds_seal_at(ckpt, id);

    *out = data;
    return rds_seal_on ? rds_seal_make(&place, stamp, data, out) : STORE_OK;
}

static inline void rds_seal_done(const struct rds_stamp *stamp, struct clv_bytes out)
{
    if (stamp->sealed)
        free((void *)(uintptr_t)out.base);
}

/* A value, stamp and content, as it came from the store. STORE_OK: it is ours, and if it
 * was sealed, the content was decrypted where it lies. STORE_DAMAGED: it is not, was
 * tampered with, is not sealed though it must be, or cannot be opened; *why, unless NULL,
 * is the reason. A value is to be opened once. */
enum store_status rds_seal_open(const struct rds_seal_place *place,
                                struct clv_bytes value, const char **why);

/* The content of a value that was opened; of one that is damaged, at least its size. */
static inline struct clv_bytes rds_seal_content(struct clv_bytes value)
{
    const size_t head = RDS_STAMP_SIZE + (rds_stamp_seals(value) ? RDS_SEAL_HEAD : 0);
    const size_t both = head + (head > RDS_STAMP_SIZE ? RDS_SEAL_TAG : 0);

    if (value.size < both)
        return (struct clv_bytes){"", 0};
    return (struct clv_bytes){(const char *)value.base + head, value.size - both};
}

/* How long the content of a value of that size is; 0 if the value is damaged. */
size_t rds_seal_content_size(const struct rds_stamp *stamp, size_t value_size);

/* What is not sealed at all, a section with its own key: STORE_DAMAGED where everything
 * must be. */
enum store_status rds_seal_plain(const char **why);

/* Log, once per handle, that a content cannot be used. */
void rds_seal_complain(struct store_ckpt *ckpt, struct clv_bytes id, const char *why);

#endif
