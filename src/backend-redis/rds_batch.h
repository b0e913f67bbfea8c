/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Batches, for rds_call.c alone: which calls go out together, whose reply is whose, and
 * the question that ends a round.
 */
#ifndef RDS_BATCH_H
#define RDS_BATCH_H

#include "backend-redis/rds_call.h"

/* Lock held. The call was answered, in a way that ends it. */
bool rds_call_is_settled(const struct rds_call *call);

/* Lock held. Nothing, if the slot is another pipe's. */
void rds_slot_free(struct rds_pipe *pipe, struct rds_call *call);
void rds_question_withdraw(struct rds_pipe *pipe);

/* Lock held. Make up a batch, or repeat the question. Returns what has to be sent; NULL:
 * answers are under way. */
struct rds_call *rds_batch_begin(struct rds_pipe *pipe);

/* The leader's, unlocked: send first and what follows it in the batch. */
enum rds_io rds_batch_send(struct rds_pipe *pipe, struct rds_call *first,
                           int64_t deadline_ns);

/* The leader's, unlocked. Receive if need be, then take every reply that is here;
 * *n_done counts the calls that are complete. Those of a round wait for its end. */
enum rds_io rds_batch_receive(struct rds_pipe *pipe, int64_t deadline_ns,
                              uint32_t *n_done);

/* Lock held. Calls are complete; those whose threads sleep are put into pipe->over.
 * False: one of them has to be settled on another connection. */
bool rds_batch_deliver(struct rds_pipe *pipe, uint32_t n_done);

/* Lock held. Calls are complete: give them away, those of a round when it is over. */
enum rds_io rds_batch_end(struct rds_pipe *pipe, uint32_t n_done);

#endif
