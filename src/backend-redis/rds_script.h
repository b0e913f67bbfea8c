/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripts that run in the store: control operations, and what has to look before it
 * writes. Called by digest; the background thread loads them into each new connection's
 * server, and a call that finds them gone loads them again.
 */
#ifndef RDS_SCRIPT_H
#define RDS_SCRIPT_H

#include "backend-redis/rds_req.h"

/* Each with what is put before it. */
/* clang-format off */
#define RDS_SCRIPTS(X) \
    X(ckpt_open, LUA_common) \
    X(ckpt_close, LUA_common) \
    X(ckpt_look, LUA_common) \
    X(ckpt_unlink, LUA_common) \
    X(ckpt_reap, LUA_common) \
    X(ckpt_rejoin, LUA_common) \
    X(ckpt_retain, LUA_common) \
    X(ckpt_active, LUA_common) \
    X(ckpt_status, LUA_common) \
    X(ckpt_touch, LUA_common) \
    X(section_create, LUA_common) \
    X(section_number, LUA_common) \
    X(section_tidy, LUA_common) \
    X(section_delete, LUA_common) \
    X(section_expire, LUA_common) \
    X(section_check, LUA_common) \
    X(section_again, "") \
    X(section_write, LUA_common) \
    X(section_swap, LUA_common) \
    X(section_page, LUA_common) \
    X(section_describe, LUA_common) \
    X(section_sweep, LUA_common) \
    X(section_guard, LUA_common) \
    X(proc_beat, LUA_common)
/* clang-format on */

#define RDS_SCRIPT_ENUM(name, before) script_##name,
enum rds_script { RDS_SCRIPTS(RDS_SCRIPT_ENUM) RDS_SCRIPT_N };
#undef RDS_SCRIPT_ENUM

/* Before the setup: whether they are for a cluster. What they do there is the same, but
 * they look first whether all keys are in the same place. */
void rds_script_setting(bool clustered);

/* Compute the digests, once; needs more stack than a caller has. False: no SHA-1. */
bool rds_script_setup(void);

/* Begin EVALSHA with n_keys keys and n_args arguments after them. */
void rds_script_call(struct rds_req *req, enum rds_script which, size_t n_keys,
                     size_t n_args);

/* SCRIPT LOAD for each. */
void rds_script_load(struct rds_req *req);

#endif
