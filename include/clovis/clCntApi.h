/* SPDX-License-Identifier: Apache-2.0 */
/* Handle types of the container library, which structures of other headers contain. */
#ifndef CLOVIS_CL_CNT_API_H
#define CLOVIS_CL_CNT_API_H

#include "clCommon.h"

typedef ClPtrT ClCntHandleT;
typedef ClPtrT ClCntNodeHandleT;

#endif
