/* SPDX-License-Identifier: Apache-2.0 */
/* Is the master that we talk to still the master? For background threads. */
#ifndef RDS_OWNER_H
#define RDS_OWNER_H

#include <stddef.h>
#include <stdint.h>

#include "backend-redis/rds_lineage.h"
#include "backend-redis/rds_replicas.h"

enum rds_owner { RDS_OWNER_YES, RDS_OWNER_NO, RDS_OWNER_UNCLEAR };

/* Ask the replicas that are missing whether one of them has been made a master, and the
 * sentinels, if there are any, who the master is and whether it has answered them within
 * contact_ms. A replica that does not answer says nothing; nor does one that is still the
 * master of a history that ours, current, goes on from: ours was promoted in its place.
 * missing: as rds_replica.address. current: as rds_session.replid. */
enum rds_owner rds_owner_check(char (*missing)[RDS_PLACE_TEXT], size_t n_missing,
                               const struct rds_lineage *lineage, const char *current,
                               int64_t contact_ms, int64_t deadline_ns);

/* Is the server at address, as in rds_replica.address, the one with that run id? It may
 * be known to others by another address than to us. */
bool rds_owner_is_at(const char *address, const char *run_id);

#endif
