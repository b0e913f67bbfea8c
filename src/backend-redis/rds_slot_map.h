/* SPDX-License-Identifier: Apache-2.0 */
/* What the servers of a cluster say about who has which slots. */
#ifndef RDS_SLOT_MAP_H
#define RDS_SLOT_MAP_H

#include "backend-redis/rds_talk.h"

struct rds_slot_range {
    unsigned first, last;
    struct rds_place place; /* of the master */
};

/* Ask a server that sees the whole cluster. New: the answer, or NULL with *st.
 * STORE_AWAY: it does not; STORE_REFUSED: it is in no cluster, or does not let us ask. */
redisReply *rds_slot_map_ask(const struct rds_talk *t, enum store_status *st);

/* Range i of the answer that the server at from gave; false: it is of no use. */
bool rds_slot_map_range(const redisReply *map, size_t i, const struct rds_place *from,
                        struct rds_slot_range *out);

/* Where "MOVED SLOT HOST:PORT" or "ASK ..." from a server points to; false: nowhere. */
bool rds_slot_map_redirect(const char *line, const struct rds_place *from,
                           struct rds_place *out);

#endif
