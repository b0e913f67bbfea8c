/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is alive. Each process keeps one key that says where it runs and moves on a beat.
 * On the same host /proc tells at once; elsewhere a process is dead only if its last sign
 * is older than the lease and its beat does not move while we watch, so that an outage of
 * the store makes nobody look dead.
 */
#ifndef RDS_LEASE_H
#define RDS_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/status.h"

/* Boot id and pid namespace: where a pid means the same process. */
void rds_lease_host(char *out, size_t size);

/* Show that this process is alive; does not wait for a connection. When the last sign
 * was taken away, somebody took us for dead: the opens are entered again. */
void rds_lease_beat(int64_t deadline_ns);

/* Take the sign away. */
void rds_lease_end(int64_t deadline_ns);

/* Find out whether process proc lives. Without may_watch, what one look cannot tell
 * counts as alive. *seen_us is its last sign. */
enum store_status rds_lease_check(const char *proc, bool may_watch, bool *alive,
                                  int64_t *seen_us, int64_t deadline_ns);

#endif
