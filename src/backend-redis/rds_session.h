/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a fresh connection usable: authentication, database, the proof that it is a
 * master which is ready, the store's clock, the scripts; and the end of what the
 * connection before it may still have under way in the server.
 */
#ifndef RDS_SESSION_H
#define RDS_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "backend-redis/rds_conn.h"
#include "backend-redis/rds_url.h"
#include "shim/status.h"

/* What identifies a connection to its server. */
struct rds_session {
    char run_id[48]; /* of the server; empty: not known */
    char replid[48]; /* of the history of its data; empty: not known */
    char before[48]; /* of the history that this one goes on from */
    int64_t client_id;
    int64_t n_replicas;
    bool clustered; /* it is a node of a Redis Cluster */
};

/* place is for the texts, url has the credentials and the database.
 * before: the session of the connection that this one replaces (zero: none).
 * STORE_OK, STORE_AWAY or STORE_REFUSED, with why. */
enum store_status rds_session_begin(struct rds_conn *conn, const struct rds_place *place,
                                    const struct rds_url *url,
                                    const struct rds_session *before,
                                    struct rds_session *session, int64_t *clock_us,
                                    int64_t deadline_ns, char *why, size_t why_size);

#endif
