/* SPDX-License-Identifier: Apache-2.0 */
/* The link that structures of other headers contain. */
#ifndef CLOVIS_CL_LIST_H
#define CLOVIS_CL_LIST_H

#include "clCommon.h"

typedef struct ClListHead {
    struct ClListHead *pNext;
    struct ClListHead *pPrev;
} ClListHeadT;

#endif
