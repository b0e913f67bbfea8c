/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the store is: CLOVIS_REDIS_URL and the credentials beside it.
 *
 *   redis://[user[:password]@]host[:port][/db]          rediss:// the same over TLS
 *   unix:///path[?db=n]
 *   redis-sentinel://[user[:password]@]host[:port],host.../master[/db] rediss-sentinel://
 *   redis-cluster://[user[:password]@]host[:port],host... rediss-cluster://
 *
 * User, password and path may be percent-encoded; IPv6 hosts stand in brackets.
 */
#ifndef RDS_URL_H
#define RDS_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend-redis/rds_dial.h"

enum { RDS_SENTINELS_MAX = 16 }; /* hosts in a URL */

#define RDS_URL_DEFAULT "redis://127.0.0.1:6379"

enum rds_scheme {
    RDS_TCP,
    RDS_TLS,
    RDS_UNIX,
    RDS_SENTINEL,
    RDS_SENTINEL_TLS,
    RDS_CLUSTER,
    RDS_CLUSTER_TLS
};

struct rds_host {
    char *host; /* name or address, without brackets */
    uint16_t port;
};

/* Everything owned; rds_url_free(). */
struct rds_url {
    enum rds_scheme scheme;
    struct rds_host *hosts; /* one, the sentinels, some of a cluster; none for unix */
    uint32_t n_hosts;
    char *path;     /* unix socket */
    char *master;   /* name of the master that the sentinels watch */
    char *user;     /* NULL: the default user */
    char *password; /* NULL: none */
    uint32_t db;

    /* of the sentinels; not part of the text */
    char *sentinel_user;
    char *sentinel_password;
    bool sentinel_tls;
};

/* Parse text; on failure why says what was wrong and what was expected, without any
 * password, and *out is empty. */
bool rds_url_parse(const char *text, struct rds_url *out, char *why, size_t why_size);

/* From the settings, with the log line of a bad one. */
bool rds_url_load(struct rds_url *out);

/* New: the first line of a file, or NULL with why, which does not name the file. */
char *rds_password_file(const char *path, char *why, size_t why_size);

/* Where host i (of a unix URL: the only one) is. */
void rds_url_place(const struct rds_url *url, uint32_t i, struct rds_place *out);

/* The URL names sentinels, which know where the master is. */
bool rds_url_has_sentinels(const struct rds_url *url);

/* The URL names servers of a cluster, which know who has which keys. */
bool rds_url_is_cluster(const struct rds_url *url);

/* Servers are talked to over TLS. */
bool rds_url_is_tls(const struct rds_url *url);

void rds_url_free(struct rds_url *url);

#endif
