/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_feed.h"

#include "shim/store.h"

void rds_feed_end(struct store_ckpt *ckpt)
{
    (void)ckpt;
}

void rds_feed_stop(void)
{
}

void rds_feed_forget(void)
{
}

/* The writers announce changes already; reading them is not there yet. */
enum store_status store_feed_set(struct store_ckpt *ckpt, store_feed_fn fn, void *arg,
                                 int64_t deadline_ns)
{
    (void)ckpt;
    (void)arg;
    (void)deadline_ns;
    return fn ? STORE_REFUSED : STORE_OK;
}
