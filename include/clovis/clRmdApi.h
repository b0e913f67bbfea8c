/* SPDX-License-Identifier: Apache-2.0 */
/* Types of remote calls, for sources that name them. There are no remote calls here. */
#ifndef CLOVIS_CL_RMD_API_H
#define CLOVIS_CL_RMD_API_H

#include "clCommon.h"
#include "clBufferApi.h"
#include "clIocApi.h"
#include "clIocApiExt.h"
#include "clRmdErrors.h"

/* clang-format off */
#define CL_RMD_HEADER_VERSION           1
#define CL_RMD_DEFAULT_TIMEOUT          10000 /* ms */
#define CL_RMD_TIMEOUT_FOREVER          (-1)
#define CL_RMD_DEFAULT_RETRIES          5
#define CL_RMD_DEFAULT_PRIORITY         0
#define CL_RMD_DEFAULT_TRANSPORT_HANDLE 0

#define CL_RMD_CALL_ASYNC               0x01
#define CL_RMD_CALL_NEED_REPLY          0x02
#define CL_RMD_CALL_ATMOST_ONCE         0x04
#define CL_RMD_CALL_DO_NOT_OPTIMIZE     0x08
#define CL_RMD_CALL_NON_PERSISTENT      0x10
#define CL_RMD_CALL_IN_SESSION          0x20
/* clang-format on */

typedef ClPtrT ClRmdObjHandleT;
typedef ClHandleT ClRmdResponseContextHandleT;

typedef struct ClRmdOptions {
    ClUint32T timeout; /* ms */
    ClUint32T retries;
    ClUint8T priority;
    ClIocToBindHandleT transportHandle;
} ClRmdOptionsT;

typedef void (*ClRmdAsyncCallbackT)(ClRcT rc, ClPtrT pCookie, ClBufferHandleT inMsgHdl,
                                    ClBufferHandleT outMsgHdl);

typedef struct ClRmdAsyncOptions {
    ClPtrT pCookie;
    ClRmdAsyncCallbackT fpCallback;
} ClRmdAsyncOptionsT;

#endif
