/* SPDX-License-Identifier: Apache-2.0 */
/* What the workloads on checkpoints share: the service, and connections for baselines. */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <clCkptApi.h>

#include "bench/bench_raw.h"

/* The server's used_memory, once it has freed what it frees in the background. */
double bench_redis_memory(struct bench_raw *raw);

/* False after an error line. The checkpoint's name is made of the process and suffix; it
 * goes with its last close. */
bool bench_service_open(ClCkptSvcHdlT *service);
bool bench_ckpt_open(ClCkptSvcHdlT service, const char *suffix, uint32_t max_sections,
                     uint64_t max_section_size, ClCkptHdlT *out);

/* The same with other attributes; owner: the process whose checkpoint it is. */
bool bench_ckpt_open_as(ClCkptSvcHdlT service, pid_t owner, const char *suffix,
                        const ClCkptCheckpointCreationAttributesT *attrs,
                        ClCkptHdlT *out);

#endif
