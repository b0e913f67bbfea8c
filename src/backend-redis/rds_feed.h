/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change feed: a stream per checkpoint, numbered without a gap. One thread reads on
 * behalf of all handles of the process, over a connection of its own, from where it was.
 */
#ifndef RDS_FEED_H
#define RDS_FEED_H

struct store_ckpt;

/* No more callbacks for ckpt; does not return while one runs on another thread. */
void rds_feed_end(struct store_ckpt *ckpt);

/* End the thread. */
void rds_feed_stop(void);

/* In a forked child: there is no thread. */
void rds_feed_forget(void);

#endif
