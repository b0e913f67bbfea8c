/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What costs.sh counts: N calls of each kind, each kind in a function of its own, between
 * two system calls that can be found in a trace.
 *
 *   cost_probe          the kinds without the read cache
 *   cost_probe cached   reads from the cache (with CLOVIS_READ_CACHE=on)
 *   cost_probe --build  "plain", or why the counts of this build mean nothing
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <clCkptApi.h>
#include <clCommonErrors.h>

enum { N = 200, SMALL = 100, LARGE = 65536, PART = 64 };

#define PHASE __attribute__((noinline, used))

static ClCkptSvcHdlT service;
static ClCkptHdlT ckpt;
static char block[LARGE];

static void must(ClRcT rc, const char *what)
{
    if (rc == CL_OK)
        return;
    fprintf(stderr, "cost_probe: %s: 0x%x\n", what, rc);
    exit(1);
}

static ClCkptSectionIdT section(const char *name)
{
    return (ClCkptSectionIdT){(ClUint16T)strlen(name), (ClUint8T *)(uintptr_t)name};
}

static void overwrite(const char *name, size_t size)
{
    const ClCkptSectionIdT id = section(name);

    must(clCkptSectionOverwrite(ckpt, &id, block, size), "clCkptSectionOverwrite");
}

static void patch(const char *name, size_t offset)
{
    ClCkptIOVectorElementT io = {.sectionId = section(name),
                                 .dataBuffer = block,
                                 .dataSize = PART,
                                 .dataOffset = offset};
    ClUint32T bad;

    must(clCkptCheckpointWrite(ckpt, &io, 1, &bad), "clCkptCheckpointWrite");
}

static void read_all(const char *name, size_t size)
{
    ClCkptIOVectorElementT io = {
        .sectionId = section(name), .dataBuffer = block, .dataSize = size};
    ClUint32T bad;

    must(clCkptCheckpointRead(ckpt, &io, 1, &bad), "clCkptCheckpointRead");
}

/* Leaves a mark in a trace of system calls. */
static void mark(const char *what)
{
    char path[64];

    snprintf(path, sizeof(path), "/cost/%s", what);
    if (access(path, F_OK) == 0)
        exit(1);
}

PHASE static void phase_overwrite_small(void)
{
    int i;

    for (i = 0; i < N; i++)
        overwrite("small", SMALL);
}

PHASE static void phase_overwrite_large(void)
{
    int i;

    for (i = 0; i < N; i++)
        overwrite("large", LARGE);
}

PHASE static void phase_read_small(void)
{
    int i;

    for (i = 0; i < N; i++)
        read_all("small", SMALL);
}

PHASE static void phase_read_large(void)
{
    int i;

    for (i = 0; i < N; i++)
        read_all("large", LARGE);
}

PHASE static void phase_patch(void)
{
    int i;

    for (i = 0; i < N; i++)
        patch("patched", 1000 + (size_t)i * PART);
}

PHASE static void phase_read_cached(void)
{
    int i;

    for (i = 0; i < N; i++)
        read_all("small", SMALL);
}

static void phase(const char *name, void (*fn)(void))
{
    mark(name);
    fn();
    mark("end");
}

static void create(const char *name, size_t size)
{
    ClCkptSectionIdT id = section(name);
    ClCkptSectionCreationAttributesT attrs = {&id, CL_TIME_END};

    must(clCkptSectionCreate(ckpt, &attrs, (ClUint8T *)block, size),
         "clCkptSectionCreate");
}

static void open_all(void)
{
    static const ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = CL_CKPT_CHECKPOINT_COLLOCATED,
        .checkpointSize = 10 * LARGE,
        .retentionDuration = 0,
        .maxSections = 10,
        .maxSectionSize = LARGE,
        .maxSectionIdSize = 16};
    static const ClVersionT version = {'B', 1, 1};
    ClVersionT v = version;
    ClNameT name = {.length = 5, .value = "costs"};

    must(clCkptInitialize(&service, NULL, &v), "clCkptInitialize");
    must(clCkptCheckpointOpen(service, &name, &attrs,
                              CL_CKPT_CHECKPOINT_CREATE | CL_CKPT_CHECKPOINT_WRITE |
                                  CL_CKPT_CHECKPOINT_READ,
                              5000, &ckpt),
         "clCkptCheckpointOpen");
    must(clCkptActiveReplicaSet(ckpt), "clCkptActiveReplicaSet");
    create("small", SMALL);
    create("large", LARGE);
    create("patched", LARGE);
}

/* Until reads are answered without the store, which shows in their time, or not. */
static void warm_up(void)
{
    const struct timespec pause = {0, 20000000};
    int i;

    for (i = 0; i < 50; i++) {
        read_all("small", SMALL);
        nanosleep(&pause, NULL);
    }
}

static const char *build(void)
{
#if defined(__clang__) || !defined(__GNUC__)
    return "not gcc";
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return "sanitizer";
#elif !defined(__OPTIMIZE__)
    return "not optimized";
#else
    return "plain";
#endif
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--build") == 0)
        return puts(build()) < 0;
    open_all();
    if (argc > 1) {
        warm_up();
        phase("read_cached", phase_read_cached);
    } else {
        overwrite("small", SMALL);
        overwrite("large", LARGE);
        read_all("small", SMALL);
        read_all("large", LARGE);
        patch("patched", 1);
        patch("patched", 2);
        phase("overwrite_small", phase_overwrite_small);
        phase("overwrite_large", phase_overwrite_large);
        phase("read_small", phase_read_small);
        phase("read_large", phase_read_large);
        phase("patch", phase_patch);
    }
    must(clCkptCheckpointClose(ckpt), "clCkptCheckpointClose");
    must(clCkptFinalize(service), "clCkptFinalize");
    return 0;
}
