/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory. The heap is malloc()'s: clHeapFree() and free() are interchangeable, and all
 * of it works before the library is initialised.
 */
#ifndef CLOVIS_CL_HEAP_API_H
#define CLOVIS_CL_HEAP_API_H

#include "clCommon.h"
#include "clCommonErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    CL_HEAP_PREALLOCATED_MODE = 0,
    CL_HEAP_NATIVE_MODE = 1,
    CL_HEAP_CUSTOM_MODE = 2
} ClHeapModeT;

typedef struct ClPoolConfig ClPoolConfigT;

/* Model configuration libraries name it; nothing reads it. */
typedef struct ClHeapConfig {
    ClHeapModeT mode;
    ClBoolT lazy;
    ClPoolConfigT *pPoolConfig;
    ClUint32T numPools;
} ClHeapConfigT;

/** New block, or NULL when memory is short. Size 0 gives a block, too. */
ClPtrT clHeapAllocate(ClUint32T size);

/** New zeroed array, or NULL when memory is short or the product overflows. */
ClPtrT clHeapCalloc(ClUint32T numChunks, ClUint32T chunkSize);

/** Resize a block, taking it; on NULL it is as it was. */
ClPtrT clHeapRealloc(ClPtrT address, ClUint32T size);

/** Free a block, or a buffer that any call of this library handed out. NULL is ignored.
 */
void clHeapFree(ClPtrT address);

#ifdef __cplusplus
}
#endif

#endif
