/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/bench_link.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

static double info_number(struct bench_raw *raw, const char *key)
{
    char text[64];

    return bench_raw_info(raw, "memory", key, text, sizeof(text)) ? strtod(text, NULL)
                                                                  : 0;
}

double bench_redis_memory(struct bench_raw *raw)
{
    int tries;

    for (tries = 0; tries < 1000 && info_number(raw, "lazyfree_pending_objects") > 0;
         tries++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    return info_number(raw, "\nused_memory");
}

bool bench_service_open(ClCkptSvcHdlT *service)
{
    ClVersionT version = {'B', 1, 1};
    const ClRcT rc = clCkptInitialize(service, NULL, &version);

    if (rc != CL_OK)
        fprintf(stderr, "bench: clCkptInitialize: 0x%x\n", rc);
    return rc == CL_OK;
}

bool bench_ckpt_open_as(ClCkptSvcHdlT service, pid_t owner, const char *suffix,
                        const ClCkptCheckpointCreationAttributesT *attrs, ClCkptHdlT *out)
{
    ClNameT name;
    ClRcT rc;

    name.length = (ClUint16T)snprintf(name.value, sizeof(name.value),
                                      "clovis-bench-%d-%s", (int)owner, suffix);
    rc = clCkptCheckpointOpen(service, &name, attrs,
                              CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE |
                                  CL_CKPT_CHECKPOINT_CREATE,
                              CL_TIME_END, out);
    if (rc != CL_OK)
        fprintf(stderr, "bench: clCkptCheckpointOpen: 0x%x\n", rc);
    return rc == CL_OK;
}

bool bench_ckpt_open(ClCkptSvcHdlT service, const char *suffix, uint32_t max_sections,
                     uint64_t max_section_size, ClCkptHdlT *out)
{
    const ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = CL_CKPT_WR_ACTIVE_REPLICA,
        .maxSections = max_sections,
        .maxSectionSize = max_section_size,
        .maxSectionIdSize = 16,
    };

    return bench_ckpt_open_as(service, getpid(), suffix, &attrs, out);
}
