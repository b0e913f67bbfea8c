/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the place of a server to a connected socket. Resolving needs stack and may take
 * long, so this is for background threads.
 */
#ifndef RDS_DIAL_H
#define RDS_DIAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One server. */
struct rds_place {
    char host[256]; /* name, address without brackets, or path of a unix socket */
    uint16_t port;  /* 0: unix socket */
    bool tls;
};

enum { RDS_PLACE_TEXT = 280, RDS_SLICE_MS = 250 };

/* "10.0.0.1:6379", "[::1]:6379" or a path; returns buf. */
const char *rds_place_text(const struct rds_place *place, char buf[RDS_PLACE_TEXT]);

bool rds_place_equal(const struct rds_place *a, const struct rds_place *b);

/* A blocking socket whose calls wake up every RDS_SLICE_MS. -1 with why, what went wrong
 * with whom, and errno (0: its name does not resolve). cancel, unless NULL: give up when
 * it becomes true. */
int rds_dial(const struct rds_place *place, const atomic_bool *cancel,
             int64_t deadline_ns, char *why, size_t why_size);

#endif
