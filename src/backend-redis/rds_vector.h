/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors that are written again and again, of the same sections. The first write has a
 * script look at each of them; it leaves a mark in the store, which every other change
 * clears. While the mark is there, all of them are still there, for ever, and not longer
 * than they were: then one look at the mark is enough, and the contents go by one plain
 * HSET.
 */
#ifndef RDS_VECTOR_H
#define RDS_VECTOR_H

#include "backend-redis/rds_ckpt.h"

enum { RDS_MARK_SIZE = 2 * RDS_PROC_SIZE };

/* A mark that nobody has used; empty when vec is not worth one. */
void rds_vector_mark(const struct store_ckpt *ckpt, uint32_t n,
                     char out[RDS_MARK_SIZE + 1]);

/* The script has stored the mark for vec. */
void rds_vector_note(struct store_ckpt *ckpt, const struct store_write *vec, uint32_t n,
                     const char *mark);

/* Write vec if it is the one that was marked; *done false: it is not, or no longer, and
 * nothing was written. */
enum store_status rds_vector_again(struct store_ckpt *ckpt, const struct store_write *vec,
                                   uint32_t n, bool *done, int64_t deadline_ns);

/* With the handle. */
void rds_vector_forget(struct store_ckpt *ckpt);

#endif
