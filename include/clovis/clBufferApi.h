/* SPDX-License-Identifier: Apache-2.0 */
/* The message buffer's handle type, which callbacks of other headers name. */
#ifndef CLOVIS_CL_BUFFER_API_H
#define CLOVIS_CL_BUFFER_API_H

#include "clCommon.h"

typedef ClPtrT ClBufferHandleT;

typedef enum {
    CL_BUFFER_SEEK_SET = 0,
    CL_BUFFER_SEEK_CUR = 1,
    CL_BUFFER_SEEK_END = 2,
    CL_BUFFER_SEEK_MAX = 3
} ClBufferSeekTypeT;

typedef enum {
    CL_BUFFER_NATIVE_MODE = 0,
    CL_BUFFER_PREALLOCATED_MODE = 1,
    CL_BUFFER_MAX_MODE = 2
} ClBufferModeT;

#endif
