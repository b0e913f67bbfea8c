/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions of clovis-redis. NOT a legacy header: no OpenClovis or SA Forum program
 * knows these names, and a program that uses them does not compile against the originals.
 */
#ifndef CLOVIS_EXT_H
#define CLOVIS_EXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What happened to this process's writes so far. Fields are only ever added at the end.
 */
typedef struct ClovisStoreStats {
    size_t size;           /* in: sizeof(ClovisStoreStats); out: what was filled in */
    uint64_t failovers;    /* times that another master, or a restarted one, took over */
    uint64_t repaired;     /* acknowledged writes that a fail-over lost, written again */
    uint64_t superseded;   /* the same, but the section held something newer */
    uint64_t unrepairable; /* acknowledged writes that are lost */
    uint64_t syncWrites;   /* writes and Synchronize calls that waited for the replicas */
    uint64_t syncRounds;   /* waits that they shared */
    uint64_t syncNs;       /* time that these writes took, in ns, added up */
    uint64_t syncRepeats;  /* waits that had to be repeated: somebody was late */
    uint64_t dropouts;     /* replicas that writes went on without */
} ClovisStoreStats;

/**
 * Read the counters; no I/O, from any thread, whether the checkpoint service is
 * initialised or not.
 *
 * @retval 0   done; stats->size is the number of bytes that are valid.
 * @retval -1  stats is NULL, or its size is less than that of the first two fields.
 */
int clovisStoreStatsGet(ClovisStoreStats *stats);

#ifdef __cplusplus
}
#endif

#endif
