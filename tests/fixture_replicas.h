/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A master and its replicas, and an address that is moved from one to the other by hand:
 * a unix socket's path that is a symbolic link. The store's client uses that.
 */
#ifndef FIXTURE_REPLICAS_H
#define FIXTURE_REPLICAS_H

#include "fixture_store.h"

enum { GROUP_MAX = 3 };

struct group {
    struct redis node[GROUP_MAX]; /* node[0] begins as the master */
    int n;
    char vip[200];               /* path */
    char address[GROUP_MAX][32]; /* as the nodes know each other: "127.0.0.1:port" */
    const char *args[GROUP_MAX][24];
};

/* Start a master and n - 1 replicas, all in step. Sets CLOVIS_REDIS_URL. more: further
 * arguments for each, NULL-terminated, or NULL. */
void group_start(struct group *g, int n, const char *const *more);
void group_end(struct group *g);

/* Point the address at node i. Connections that are there stay. */
void group_point(struct group *g, int i);

/* Make node i the master and the others that run its replicas, and point at it. */
void group_promote(struct group *g, int i);

/* Wait until node i has that many replicas which are in step. */
void group_settle(struct group *g, int i, int replicas);

#endif
