/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes into sealed sections. What is sealed is replaced as a whole, so contents that do
 * not cover their sections are put into them here, and the result goes back if nobody has
 * written meanwhile; else it is done again from the start.
 */
#ifndef RDS_SPLICE_H
#define RDS_SPLICE_H

#include "backend-redis/rds_ckpt.h"

/* store_write() when sealing is on. */
enum store_status rds_splice_write(struct store_ckpt *ckpt, const struct store_write *vec,
                                   uint32_t n, uint32_t *bad, int64_t deadline_ns);

#endif
