/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripts that run in the store: control operations, and what has to look before it
 * writes. Called by digest; the background thread loads them into each new connection's
 * server, and a call that finds them gone loads them again.
 */
#ifndef RDS_SCRIPT_H
#define RDS_SCRIPT_H

#include "backend-redis/rds_req.h"

/* clang-format off */
#define RDS_SCRIPTS(X) \
    X(ckpt_open) \
    X(ckpt_close) \
    X(ckpt_look) \
    X(ckpt_unlink) \
    X(ckpt_reap) \
    X(ckpt_rejoin) \
    X(ckpt_retain) \
    X(ckpt_active) \
    X(ckpt_status) \
    X(ckpt_touch) \
    X(section_create) \
    X(section_number) \
    X(section_tidy) \
    X(section_delete) \
    X(section_expire) \
    X(section_check) \
    X(section_write) \
    X(section_swap) \
    X(section_page) \
    X(section_describe) \
    X(section_sweep) \
    X(section_guard) \
    X(proc_beat)
/* clang-format on */

#define RDS_SCRIPT_ENUM(name) script_##name,
enum rds_script { RDS_SCRIPTS(RDS_SCRIPT_ENUM) RDS_SCRIPT_N };
#undef RDS_SCRIPT_ENUM

/* Compute the digests, once; needs more stack than a caller has. False: no SHA-1. */
bool rds_script_setup(void);

/* Begin EVALSHA with n_keys keys and n_args arguments after them. */
void rds_script_call(struct rds_req *req, enum rds_script which, size_t n_keys,
                     size_t n_args);

/* SCRIPT LOAD for each. */
void rds_script_load(struct rds_req *req);

#endif
