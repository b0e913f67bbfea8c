/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hears from the server which keys were changed, on behalf of the read cache: a thread
 * with a connection that is subscribed to the invalidations of the connection that reads
 * (CLIENT TRACKING ON REDIRECT). Each third of the bound it makes sure that both are
 * there: an answer on the one that reads, then one on its own, behind all invalidations
 * before it.
 */
#ifndef RDS_TRACK_H
#define RDS_TRACK_H

#include <stdbool.h>

/* False after a log line. */
bool rds_track_settings(void);

bool rds_track_start(void);
void rds_track_stop(void);

/* In a forked child: there is no thread. */
void rds_track_forget(void);

#endif
