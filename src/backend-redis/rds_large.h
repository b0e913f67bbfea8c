/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sections that are written at offsets and are not small have a key of their own, a
 * string, in which a part is replaced without moving the rest. Which sections are known
 * to be so is remembered per handle; being wrong costs a round trip.
 */
#ifndef RDS_LARGE_H
#define RDS_LARGE_H

#include "backend-redis/rds_ckpt.h"

enum { RDS_LARGE_MAX = 512 * 1024 * 1024 }; /* what a string in Redis can hold */

/* Argument: the key of a section. */
void rds_req_large(struct rds_req *req, const struct store_ckpt *ckpt,
                   struct clv_bytes id);

bool rds_large_known(struct store_ckpt *ckpt, struct clv_bytes id);
void rds_large_note(struct store_ckpt *ckpt, struct clv_bytes id, bool is_large);
void rds_large_forget(struct store_ckpt *ckpt); /* frees */

/* Put content into the key of a section. *done false: the section has none after all,
 * nothing was changed. */
enum store_status rds_large_patch(struct store_ckpt *ckpt, const struct store_write *w,
                                  bool *done, int64_t deadline_ns);

#endif
