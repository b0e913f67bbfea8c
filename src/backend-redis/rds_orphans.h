/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances that were unlinked while somebody had them open. Nobody finds them by their
 * name any more, so when their last holder dies, this list is what leads to them: each
 * process looks through it when it starts.
 */
#ifndef RDS_ORPHANS_H
#define RDS_ORPHANS_H

#include "backend-redis/rds_ckpt.h"

/* The list is a hint: that it could not be changed does not matter to the caller. */
void rds_orphans_add(const struct store_ckpt *ckpt, int64_t deadline_ns);
void rds_orphans_remove(const struct store_ckpt *ckpt, int64_t deadline_ns);

/* Close for those holders that are dead, in the background if there is anything to do. */
void rds_orphans_visit(int64_t deadline_ns);

#endif
