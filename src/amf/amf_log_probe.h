/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the store is away for everybody: a thread of its own that looks again and again
 * while that is wanted, so that neither a hanging server nor a hanging sentinel holds up
 * those who use the log.
 */
#ifndef AMF_LOG_PROBE_H
#define AMF_LOG_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "backend-redis/rds_url.h"

struct amf_probe;

/* url is borrowed. NULL: no thread; the other functions take that, and know nothing. */
struct amf_probe *amf_probe_new(const struct rds_url *url, int64_t lease_ms);
/* Waits for the thread, so for a look at the most. */
void amf_probe_free(struct amf_probe *p);

void amf_probe_want(struct amf_probe *p, bool on);
/* The last time at which the store was seen to be away; 0: never. */
int64_t amf_probe_gone_ns(struct amf_probe *p);

#endif
