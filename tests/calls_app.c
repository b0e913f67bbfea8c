/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One kind of call again and again, to be counted: calls_app KIND N. KIND is overwrite,
 * read or patch (64 bytes of a section of 64 KiB).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clCkptApi.h>
#include <clCkptErrors.h>
#include <clCommonErrors.h>

enum { SMALL = 100, PATCH = 64, LARGE = 65536 };

static char content[LARGE];
static ClCkptHdlT ckpt;
static ClCkptSectionIdT id = {1, (ClUint8T *)"s"};

static ClRcT start(ClCkptSvcHdlT *service, ClSizeT section_size)
{
    ClVersionT version = {'B', 1, 1};
    ClNameT name = {.length = 5, .value = "calls"};
    ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = CL_CKPT_WR_ACTIVE_REPLICA,
        .maxSections = 10,
        .maxSectionSize = LARGE,
        .maxSectionIdSize = 8,
    };
    ClCkptSectionCreationAttributesT section = {&id, CL_TIME_END};
    ClRcT rc = clCkptInitialize(service, NULL, &version);

    if (rc == CL_OK)
        rc = clCkptCheckpointOpen(*service, &name, &attrs,
                                  CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE |
                                      CL_CKPT_CHECKPOINT_CREATE,
                                  0, &ckpt);
    if (rc == CL_OK)
        rc = clCkptSectionCreate(ckpt, &section, (ClUint8T *)content, section_size);
    return rc;
}

static ClRcT overwrite(void)
{
    return clCkptSectionOverwrite(ckpt, &id, content, SMALL);
}

static ClRcT read_all(void)
{
    ClCkptIOVectorElementT io = {id, content, SMALL, 0, 0};
    ClUint32T bad;

    return clCkptCheckpointRead(ckpt, &io, 1, &bad);
}

static ClRcT patch(void)
{
    ClCkptIOVectorElementT io = {id, content, PATCH, 0, 1000};
    ClUint32T bad;

    return clCkptCheckpointWrite(ckpt, &io, 1, &bad);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *kind;
        ClRcT (*call)(void);
        ClSizeT size;
    } kinds[] = {{"overwrite", overwrite, SMALL},
                 {"read", read_all, SMALL},
                 {"patch", patch, LARGE}};
    ClCkptSvcHdlT service;
    long n = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    ClRcT rc = CL_OK;
    size_t i = 0;

    while (i < 3 && argc == 3 && strcmp(kinds[i].kind, argv[1]))
        i++;
    if (n <= 0 || i == 3) {
        fprintf(stderr, "usage: calls_app overwrite|read|patch N\n");
        return 2;
    }
    rc = start(&service, kinds[i].size);
    while (rc == CL_OK && n-- > 0)
        rc = kinds[i].call();
    if (rc != CL_OK) {
        fprintf(stderr, "calls_app: 0x%x\n", rc);
        return 1;
    }
    clCkptCheckpointClose(ckpt);
    clCkptFinalize(service);
    return 0;
}
