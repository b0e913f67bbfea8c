/* SPDX-License-Identifier: Apache-2.0 */
/* Pool configuration that a heap configuration points at. The heap is the C library's. */
#ifndef CLOVIS_CL_POOL_IPI_H
#define CLOVIS_CL_POOL_IPI_H

#include "../clCommon.h"

/* clang-format off */
#define CL_POOL_MAX_SIZE        0
#define CL_POOL_ALIGNMENT       8
#define CL_POOL_ALIGNMENT_MASK  (CL_POOL_ALIGNMENT - 1)
/* clang-format on */

typedef enum {
    CL_POOL_DEFAULT_FLAG = 0,
    CL_POOL_LAZY_FLAG = 1,
    CL_POOL_DEBUG_FLAG = 2
} ClPoolFlagsT;

typedef enum {
    CL_POOL_SHRINK_DEFAULT = 0,
    CL_POOL_SHRINK_ONE = 1,
    CL_POOL_SHRINK_ALL = 2
} ClPoolShrinkFlagsT;

#endif
