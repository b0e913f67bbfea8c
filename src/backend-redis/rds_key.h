/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key name, made here and nowhere else. The keys of one checkpoint share the
 * hash tag {c:NAME}, so the layout is legal in Redis Cluster, too. doc/store-format.md
 * lists them.
 */
#ifndef RDS_KEY_H
#define RDS_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

enum rds_part {
    RDS_KEY_NAME, /* string: id of the current instance */
    RDS_KEY_META,
    RDS_KEY_DATA,
    RDS_KEY_INDEX,
    RDS_KEY_OPEN,
    RDS_KEY_FEED,
    RDS_KEY_LARGE, /* hash; with ":SECTION" after it, the key of a section */
    RDS_KEY_N
};

enum { RDS_INSTANCE_ID_SIZE = 16, RDS_NAMESPACE_MAX = 64 };

/* The keys of one instance, each as the RESP argument that goes on the wire. */
struct rds_keys {
    char *block; /* owned */
    struct clv_bytes part[RDS_KEY_N];
};

/* The key prefix is a setting: true when CLOVIS_NAMESPACE is usable, else a log line. */
bool rds_key_namespace_load(char out[RDS_NAMESPACE_MAX + 1]);

/* New: the key that names a checkpoint, PREFIX:{c:NAME}, NUL-terminated; free(). */
char *rds_key_name(const char *prefix, struct clv_bytes name);

/* Fill keys of an instance of the checkpoint whose name key is given; rds_keys_free(). */
bool rds_keys_make(struct rds_keys *keys, const char *name_key, const char *instance_id);
void rds_keys_free(struct rds_keys *keys);

/* Escape name into out (room for 3 bytes per byte); returns the length. */
size_t rds_key_escape(struct clv_bytes name, char *out);

#endif
