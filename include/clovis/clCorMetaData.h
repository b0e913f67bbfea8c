/* SPDX-License-Identifier: Apache-2.0 */
/* The object repository's id type, which clCpmExtApi.h contains. Its content is opaque.
 */
#ifndef CLOVIS_CL_COR_META_DATA_H
#define CLOVIS_CL_COR_META_DATA_H

#include "clCommon.h"

typedef struct ClCorMOId {
    ClUint32T opaque[43];
} ClCorMOIdT;

typedef ClCorMOIdT *ClCorMOIdPtrT;

#endif
