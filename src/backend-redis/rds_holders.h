/* SPDX-License-Identifier: Apache-2.0 */
/* Those who have a checkpoint open: which of them are dead, and closing for them. */
#ifndef RDS_HOLDERS_H
#define RDS_HOLDERS_H

#include "backend-redis/rds_ckpt.h"

/* "PROCESS NUMBER", as in the open hash. */
struct rds_holder {
    char text[RDS_PROC_SIZE + 24];
};

/* Ask who has ckpt (its instance, or with an empty id the current one) open. */
void rds_holders_look(struct rds_call *call, const struct store_ckpt *ckpt);

/* reply is {word, instance, holder...}: is there any? */
bool rds_holders_any(const redisReply *reply);

/* reply as before. Find one that lives, as trusted; close for those
 * that died. STORE_OK also when none is left. */
enum store_status rds_holders_check(const struct store_ckpt *ckpt,
                                    const redisReply *reply, struct rds_holder *trusted,
                                    int64_t deadline_ns);

/* Close for those of the holders that are dead at first sight; no waiting. */
void rds_holders_bury(const struct store_ckpt *ckpt, const redisReply *reply,
                      int64_t deadline_ns);

#endif
