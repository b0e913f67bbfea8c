/* SPDX-License-Identifier: Apache-2.0 */
/* What the section and the vector calls build their requests from. */
#ifndef RDS_IO_H
#define RDS_IO_H

#include "backend-redis/rds_ckpt.h"

/* The stamp for a value written now. */
struct rds_stamp rds_stamp_now(uint8_t flags);

/* Argument: the data hash's field of a section. */
void rds_req_section(struct rds_req *req, struct clv_bytes id);

/* A command of one word. */
void rds_req_plain(struct rds_req *req, const char *word);

/* HSETNX of a section's value. */
void rds_req_setnx(struct rds_req *req, const struct store_ckpt *ckpt,
                   struct clv_bytes id, const struct rds_stamp *stamp,
                   struct clv_bytes data);

/* Answer of a transaction whose first command that counts is a script: {{word, index}...}
 */
enum store_status rds_exec_answer(const struct rds_call *call);

/* Run such a transaction; *bad, unless NULL, gets the index. */
enum store_status rds_exec_run(struct store_ckpt *ckpt, struct rds_call *call,
                               uint32_t *bad, int64_t deadline_ns);

/* Which of n sections are there, by the store's clock; the first id is at ids, each next
 * one step bytes further. STORE_ABSENT: *bad is the first that is not. */
enum store_status rds_sections_check(struct store_ckpt *ckpt, const void *ids,
                                     size_t step, uint32_t n, uint32_t *bad,
                                     int64_t deadline_ns);

/* Begin a script that changes sections: writer, sequence, settle mark, fence. */
void rds_change_script(struct rds_req *req, const struct store_ckpt *ckpt,
                       enum rds_script which, size_t n_more);

/* Remove what a transaction left of a section that is not what it was taken for. */
void rds_tidy(struct store_ckpt *ckpt, struct clv_bytes id, int64_t deadline_ns);

/* Replace a section by means of the script, which looks whether that may be. */
enum store_status rds_write_whole(struct store_ckpt *ckpt, const struct store_write *w,
                                  const struct rds_stamp *stamp, int64_t deadline_ns);

/* store_write() of contents as they are to be stored. *splice: they are sealed, and do
 * not cover their sections, each once; nothing was changed. */
enum store_status rds_write_vector(struct store_ckpt *ckpt, const struct rds_stamp *stamp,
                                   const struct store_write *vec, uint32_t n,
                                   uint32_t *bad, bool *splice, int64_t deadline_ns);

/* Changes in the form that asks first whether they were applied before; one command.
 * The mode of a write is section_write.lua's. */
void rds_write_settle(struct rds_req *req, const struct store_ckpt *ckpt,
                      const struct rds_stamp *stamp, const struct store_write *w,
                      char mode);
void rds_vector_settle(struct rds_req *req, const struct store_ckpt *ckpt,
                       const struct rds_stamp *stamp, const struct store_write *vec,
                       uint32_t n);
void rds_create_settle(struct rds_req *req, const struct store_ckpt *ckpt,
                       struct clv_bytes id, struct store_when end,
                       const struct rds_stamp *stamp, struct clv_bytes data);
void rds_expire_request(struct rds_req *req, const struct store_ckpt *ckpt,
                        struct clv_bytes id, struct store_when end);
void rds_delete_request(struct rds_req *req, const struct store_ckpt *ckpt,
                        struct clv_bytes id);

#endif
