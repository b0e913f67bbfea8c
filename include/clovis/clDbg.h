/* SPDX-License-Identifier: Apache-2.0 */
/* Debugging hooks. CL_ASSERT() of clDebugApi.h does not need them. */
#ifndef CLOVIS_CL_DBG_H
#define CLOVIS_CL_DBG_H

#include "clCommon.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds of resources, and what happened to one. */
enum {
    clDbgHandleResource = 1,
    clDbgHandleGroupResource = 2,
    clDbgWorkHandleResource = 3,
    clDbgMemoryResource = 4,
    clDbgMutexResource = 5,
    clDbgComponentResource = 6,
    clDbgCheckpointResource = 7,
    clDbgAllocate = 1000,
    clDbgRelease = 1001
};

/* Set from CL_DEBUG_PAUSE_CODE_ERROR. */
extern int clDbgPauseOnCodeError;

/* Blocks when CL_DEBUG_PAUSE is set, so that a debugger can attach. */
void clDbgPauseFn(const char *file, int line);

/* Appends to the debug log when CL_DEBUG_LOG_LEVEL is at least level. */
void clDbgMsg(int pid, const char *file, int line, const char *function, int level,
              const char *text);

#ifdef __cplusplus
}
#endif

#endif
