/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The histories of replication that the data goes on from. A server that is promoted
 * begins a new one and remembers the one before; who is still the master of an older one
 * can only be told from a rival by a longer list. It lies in the store, as text: ids with
 * a space between, the oldest first.
 */
#ifndef RDS_LINEAGE_H
#define RDS_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

enum {
    RDS_LINEAGE_MAX = 16,
    RDS_HISTORY_SIZE = 40, /* characters of an id */
    RDS_LINEAGE_TEXT = RDS_LINEAGE_MAX * (RDS_HISTORY_SIZE + 1)
};

struct rds_lineage {
    char id[RDS_LINEAGE_MAX][RDS_HISTORY_SIZE + 1];
    size_t n;
};

/* Add what is not in it yet; the oldest makes room. What is no id is left out. */
void rds_lineage_add(struct rds_lineage *l, const char *id);
void rds_lineage_merge(struct rds_lineage *l, struct clv_bytes text);

bool rds_lineage_has(const struct rds_lineage *l, const char *id);

/* Returns out. */
const char *rds_lineage_text(const struct rds_lineage *l, char out[RDS_LINEAGE_TEXT]);

#endif
