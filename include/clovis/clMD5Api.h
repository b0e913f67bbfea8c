/* SPDX-License-Identifier: Apache-2.0 */
/* The digest type that difference vectors carry. */
#ifndef CLOVIS_CL_MD5_API_H
#define CLOVIS_CL_MD5_API_H

#include "clCommon.h"

typedef struct ClMD5 {
    ClUint8T md5sum[16];
} ClMD5T;

#endif
