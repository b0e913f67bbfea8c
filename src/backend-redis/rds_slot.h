/* SPDX-License-Identifier: Apache-2.0 */
/* Which of a Redis Cluster's slots a request is for. */
#ifndef RDS_SLOT_H
#define RDS_SLOT_H

#include "backend-redis/rds_req.h"

enum { RDS_SLOTS_OF_CLUSTER = 16384 };

unsigned rds_slot_of_key(struct clv_bytes key);

/* The slot of the first key in req, which stands for all of them; -1: it has no key. */
int rds_slot_of_req(const struct rds_req *req);

/* The request is one command, or one transaction: ASKING before it is for all of it. */
bool rds_slot_may_ask(const struct rds_req *req);

#endif
