/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether others may have given up on us. A daemon that is not heard of for a lease is
 * counted as dead by the others, if these have the store. So it is safe until then; and
 * for as long as it was seen again and again, by a thread of its own, that nobody has the
 * store.
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

/* As in amf_log.h. */
void amf_probe_heard(struct amf_probe *p, int64_t asked_ns);
void amf_probe_doubt(struct amf_probe *p, bool on);
bool amf_probe_gone(struct amf_probe *p);
int64_t amf_probe_safe_ns(struct amf_probe *p);

/* What the times come to. */
struct amf_probe_times {
    int64_t lease_ns, heard_ns, safe_ns;
    bool gone;
};
void amf_probe_times_heard(struct amf_probe_times *t, int64_t asked_ns);
/* It was away from since_ns to at_ns. */
void amf_probe_times_gone(struct amf_probe_times *t, int64_t since_ns, int64_t at_ns);

#endif
