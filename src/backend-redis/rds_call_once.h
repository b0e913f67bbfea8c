/* SPDX-License-Identifier: Apache-2.0 */
/* One passage of a call through a pipe: what rds_call_run.c is made from. */
#ifndef RDS_CALL_ONCE_H
#define RDS_CALL_ONCE_H

#include "backend-redis/rds_call.h"

/* Until it is answered, late, refused, or sent elsewhere by the router (call->elsewhere).
 * A call of several pipes that has to be settled and was not keeps its slot. */
enum store_status rds_call_once(struct rds_pipe *pipe, struct rds_call *call,
                                int64_t deadline_ns);

/* The error that came back; NULL: none. */
const char *rds_call_error(const struct rds_call *call);

/* Forget what came back. */
void rds_call_renew(struct rds_call *call);

/* Give back the slot that it still has. */
void rds_call_release(struct rds_call *call);

#endif
