/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of CLOVIS_KEY_FILE: the keys that contents are sealed with, one a line, "ID
 * HEX64". The first one seals, all of them open. A line that begins with '#' is a
 * comment.
 */
#ifndef RDS_KEYRING_H
#define RDS_KEYRING_H

#include <stddef.h>
#include <stdint.h>

#include "shim/status.h"

enum { RDS_KEYRING_KEY = 32, RDS_KEYRING_MAX = 64 };

struct rds_keyring_key {
    uint32_t id;
    unsigned char bytes[RDS_KEYRING_KEY];
};

struct rds_keyring {
    struct rds_keyring_key *keys; /* owned; rds_keyring_wipe() */
    size_t n;
};

/* Read a key file. STORE_CONFIG, STORE_NO_MEM: why says what is wrong, with the file and
 * the line, and nothing of a key. */
enum store_status rds_keyring_read(struct rds_keyring *out, const char *path, char *why,
                                   size_t why_size);

/* Overwrite the keys, free them. */
void rds_keyring_wipe(struct rds_keyring *ring);

#endif
