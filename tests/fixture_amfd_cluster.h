/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of daemons in a cluster wait for. */
#ifndef FIXTURE_AMFD_CLUSTER_H
#define FIXTURE_AMFD_CLUSTER_H

#include "fixture_amfd.h"
#include "fixture_redis.h"

/* Daemons beat so often within a lease: the unit in which to wait for nothing. */
enum { AMFD_BEATS = 4 };

/* The nodes of this daemon are in line with the state of the cluster. */
bool amfd_cluster_settled(struct amfd *f, int ms);

/* Wait until so many daemons of the cluster "test" have each moved their counter in the
 * store n times from now on. So each has seen whatever was in the log before. */
bool amfd_beats_pass(const struct redis *store, int daemons, int n, int ms);

/* Wait until the store holds the present state of the cluster, as this daemon sees it. */
bool amfd_state_saved(const struct redis *store, struct amfd *f, int ms);

#endif
