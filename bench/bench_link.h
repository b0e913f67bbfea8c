/* SPDX-License-Identifier: Apache-2.0 */
/* What the workloads on checkpoints share: the service, and connections for baselines. */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stdint.h>

#include <clCkptApi.h>

/* Raw connections to the server of CLOVIS_REDIS_URL; NULL or -1 after an error line.
 * redisFree() or close() them. */
redisContext *bench_raw_open(void);
int bench_bare_open(void);

/* The integer that a command answers, or -1. */
long long bench_raw_int(redisContext *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The server's used_memory, once it has freed what it frees in the background. */
double bench_redis_memory(redisContext *c);

/* False after an error line. The checkpoint's name is made of the process and suffix; it
 * goes with its last close. */
bool bench_service_open(ClCkptSvcHdlT *service);
bool bench_ckpt_open(ClCkptSvcHdlT service, const char *suffix, uint32_t max_sections,
                     uint64_t max_section_size, ClCkptHdlT *out);

#endif
