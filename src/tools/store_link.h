/* SPDX-License-Identifier: Apache-2.0 */
/* A tool's connection to a server of the store, found as the library finds it. */
#ifndef CLV_STORE_LINK_H
#define CLV_STORE_LINK_H

#include "backend-redis/rds_key.h"
#include "backend-redis/rds_talk.h"
#include "backend-redis/rds_url.h"

struct store_link {
    struct rds_place place;
    struct rds_conn conn;
    struct rds_talk talk;
    char why[320];
    bool open;
    bool lost, refused; /* how the last store_config_get() failed */
};

/* The settings: URL, namespace, TLS; begin to ask the sentinels. False after a line on
 * standard error, which starts with who. Once per process. */
bool store_settings(const char *who);
void store_settings_free(void);

const struct rds_url *store_url(void);

/* "NAMESPACE:NAME"; borrowed until the next call. */
const char *store_key(const char *name);

/* Where the master is. False: why says why. */
bool store_master_find(struct rds_place *out, char *why, size_t why_size);

/* Connect and authenticate within a second. False: link->why; nothing to close. */
bool store_link_open(struct store_link *link, const struct rds_place *place);
/* The same as another user. */
bool store_link_open_as(struct store_link *link, const struct rds_place *place,
                        const char *user, const char *password);

/* To sentinel i of the URL, with the sentinels' credentials, or those given. */
bool store_link_sentinel(struct store_link *link, uint32_t i, const char *user,
                         const char *password);
void store_link_close(struct store_link *link);

/* Find and connect to the master; false after a line on standard error. */
bool store_link_master(struct store_link *link, const char *who);

/* "HOST:PORT" or "[HOST]:PORT". */
bool store_address_parse(const char *address, struct rds_place *out);

/* Value of a line of an INFO answer; empty: not there. */
const char *store_info(const redisReply *info, const char *key, char *out, size_t size);

/* CONFIG GET of one setting; false: not allowed, or no such setting. */
bool store_config_get(struct store_link *link, const char *name, char *out, size_t size);

#endif
