/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request: commands in wire form. Short arguments are copied into one text, long
 * ones are borrowed and go out from where they are. A request that changes something
 * has places in it that are filled in when it is sent: its sequence number, and the
 * mark that says that it may have been applied before.
 */
#ifndef RDS_REQ_H
#define RDS_REQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
    RDS_REQ_SMALL = 768,     /* text without allocation */
    RDS_REQ_COPY_MAX = 1024, /* longer arguments are borrowed */
    RDS_STAMP_SIZE = 24,     /* what precedes the payload in a stored value */
    RDS_SEQ_DIGITS = 16,
    RDS_SLOTS = 64 /* changing requests that a process may have under way */
};

enum { RDS_STAMP_CREATED = 1 }; /* the content is that of the section's creation */

/* A stored value's header. Little-endian: "CV1", or "CS1" when the content is sealed,
 * which older versions take for damage; flags, writer, time, sequence. */
struct rds_stamp {
    uint8_t flags;
    uint32_t writer;
    int64_t update_us;
    uint64_t seq;
    bool sealed; /* rds_seal.h */
};

struct rds_ext {
    struct clv_bytes bytes; /* borrowed */
    size_t at;              /* goes out before text[at] */
};

struct rds_req {
    char *text;
    size_t len, cap;
    struct rds_ext *ext;
    size_t n_ext, cap_ext;
    size_t *stamps; /* where the sequence number of a stamp stands */
    size_t n_stamps, cap_stamps;
    size_t slot_at, seq_at, settle_at; /* in text; 0: none */
    uint32_t n_replies;
    bool no_mem;
    struct rds_ext small_ext[1];
    size_t small_stamps[2];
    char small[RDS_REQ_SMALL];
};

void rds_req_init(struct rds_req *req);
void rds_req_free(struct rds_req *req);

/* Begin a command of n_args words. */
void rds_req_command(struct rds_req *req, size_t n_args);

/* Text in wire form that begins n_commands commands; arguments may follow. */
void rds_req_ready(struct rds_req *req, const char *wire, uint32_t n_commands);

/* One argument: bytes, text, a number, or one that is in wire form already. */
void rds_req_arg(struct rds_req *req, struct clv_bytes arg);
void rds_req_text(struct rds_req *req, const char *arg);
void rds_req_int(struct rds_req *req, int64_t arg);
void rds_req_wire(struct rds_req *req, struct clv_bytes wire);

/* One argument of size bytes, given one after the other, each copied; closed at the end.
 */
void rds_req_open(struct rds_req *req, size_t size);
void rds_req_more(struct rds_req *req, struct clv_bytes part);
void rds_req_close(struct rds_req *req);

/* One argument made of two parts. */
void rds_req_pair(struct rds_req *req, struct clv_bytes a, struct clv_bytes b);

/* One argument: a stamp and the payload after it. */
void rds_req_value(struct rds_req *req, const struct rds_stamp *stamp,
                   struct clv_bytes data);

/* One argument: the writer, that is prefix, process and slot. */
void rds_req_writer(struct rds_req *req, const char *prefix, const char *proc);

/* One argument each: the sequence number, and 0 or, when settling, 1. */
void rds_req_seq(struct rds_req *req);
void rds_req_settle(struct rds_req *req);

/* Fill in what is known when the request goes out. */
void rds_req_seal(struct rds_req *req, unsigned slot, uint64_t seq, bool settle);

/* The value's stamp says that it is sealed. */
static inline bool rds_stamp_seals(struct clv_bytes value)
{
    return value.size >= 3 && memcmp(value.base, "CS1", 3) == 0;
}

/* Read the stamp of a stored value; false: not ours. */
bool rds_stamp_parse(struct rds_stamp *out, const char *value, size_t size);

#endif
