/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change feed: one stream per hot-standby checkpoint, its entries numbered without a
 * gap and written together with what they tell. One thread reads on behalf of all handles
 * of the process, over a connection of its own, from where each of them was; so a lost
 * connection loses nothing. A reader that is so slow that entries were dropped gets every
 * section anew. The thread also removes expired sections, as nobody else may look.
 */
#ifndef RDS_FEED_H
#define RDS_FEED_H

struct store_ckpt;

/* No more callbacks for ckpt; does not return while one runs on another thread. */
void rds_feed_end(struct store_ckpt *ckpt);

/* Read from the master in use, whatever the connection says; from any thread. */
void rds_feed_renew(void);

/* End the thread. */
void rds_feed_stop(void);

/* In a forked child: there is no thread. */
void rds_feed_forget(void);

#endif
