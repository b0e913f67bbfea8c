/* SPDX-License-Identifier: Apache-2.0 */
/* The rule by which services accept a requested version. */
#ifndef CLOVIS_CL_VERSION_API_H
#define CLOVIS_CL_VERSION_API_H

#include "clCommon.h"
#include "clCommonErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CL_VERSION_RC(err) CL_RC(CL_CID_VERSION, err)

typedef struct ClVersionDatabase {
    ClInt32T versionCount;
    ClVersionT *versionsSupported;
} ClVersionDatabaseT;

/**
 * Look up *version. It is accepted when an entry has its release code and at least its
 * major version; the minor version does not count. *version is set to the entry that
 * decided, accepted or not.
 *
 * @retval CL_VERSION_RC(CL_ERR_VERSION_MISMATCH)  not supported.
 */
ClRcT clVersionVerify(ClVersionDatabaseT *versionDatabase, ClVersionT *version);

#ifdef __cplusplus
}
#endif

#endif
