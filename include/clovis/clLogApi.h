/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log service: streams of text lines in files. Functions return CL_OK or CL_LOG_RC()
 * of a number in clCommonErrors.h. Lines are written with clLogUtilApi.h.
 */
#ifndef CLOVIS_CL_LOG_API_H
#define CLOVIS_CL_LOG_API_H

#include <sys/types.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clCommon.h"
#include "clCommonErrors.h"
#include "clDbg.h"
#include "clHeapApi.h"
#include "clIocApi.h"
#include "clLogErrors.h"
#include "clLogUtilApi.h"
#include "clTimerApi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and constants ------------------------------------------------- */

/* clang-format off */
#define CL_LOG_STREAM_NAME_MAX_LENGTH   128
#define CL_LOG_SLINE_MSG_LEN            256

#define CL_LOG_STREAM_CREATE            0x1
#define CL_LOG_HANDLER_WILL_ACK         0x1

#define CL_LOG_MSGID_BUFFER             0
#define CL_LOG_MSGID_PRINTF_FMT         1

#define CL_LOG_TAG_TERMINATE            0
#define CL_LOG_TAG_BASIC_SIGNED         1
#define CL_LOG_TAG_BASIC_UNSIGNED       2
#define CL_LOG_TAG_STRING               3

/* Severities under their older names. */
#define CL_LOG_EMERGENCY                CL_LOG_SEV_EMERGENCY
#define CL_LOG_ALERT                    CL_LOG_SEV_ALERT
#define CL_LOG_CRITICAL                 CL_LOG_SEV_CRITICAL
#define CL_LOG_ERROR                    CL_LOG_SEV_ERROR
#define CL_LOG_WARNING                  CL_LOG_SEV_WARNING
#define CL_LOG_NOTICE                   CL_LOG_SEV_NOTICE
#define CL_LOG_INFO                     CL_LOG_SEV_INFO
#define CL_LOG_INFORMATIONAL            CL_LOG_SEV_INFO
#define CL_LOG_DEBUG                    CL_LOG_SEV_DEBUG
#define CL_LOG_DEBUG1                   CL_LOG_SEV_DEBUG1
#define CL_LOG_DEBUG2                   CL_LOG_SEV_DEBUG2
#define CL_LOG_DEBUG3                   CL_LOG_SEV_DEBUG3
#define CL_LOG_DEBUG4                   CL_LOG_SEV_DEBUG4
#define CL_LOG_DEBUG5                   CL_LOG_SEV_DEBUG5
#define CL_LOG_TRACE                    CL_LOG_SEV_TRACE
#define CL_LOG_DEBUG6                   CL_LOG_SEV_DEBUG6
#define CL_LOG_DEBUG7                   CL_LOG_SEV_DEBUG7
#define CL_LOG_DEBUG8                   CL_LOG_SEV_DEBUG8
#define CL_LOG_DEBUG9                   CL_LOG_SEV_DEBUG9
#define CL_LOG_MAX                      0x15
#define CL_LOG_END                      CL_LOG_MAX

/* Layouts of a line's head, with and without the source position; the console's add a
 * message counter and the severity. */
#define CL_LOG_PRNT_FMT_STR                 "%-26s [%s:%d] (%.*s.%d : %s.%3s.%3s"
#define CL_LOG_PRNT_FMT_STR_CONSOLE         CL_LOG_PRNT_FMT_STR ".%05d : %6s) "
#define CL_LOG_PRNT_FMT_STR_WO_FILE         "%-26s (%.*s.%d : %s.%3s.%3s"
#define CL_LOG_PRNT_FMT_STR_WO_FILE_CONSOLE CL_LOG_PRNT_FMT_STR_WO_FILE ".%05d : %6s) "
/* clang-format on */

typedef ClHandleT ClLogHandleT;
typedef ClHandleT ClLogStreamHandleT;
typedef ClHandleT ClLogStreamHdlT;
typedef ClHandleT ClLogFileHandleT;
typedef ClUint16T ClLogSeverityFilterT; /* bit severity - 1 */
typedef ClUint8T ClLogStreamOpenFlagsT;
typedef ClUint8T ClLogStreamHandlerFlagsT;

typedef enum { CL_LOG_STREAM_GLOBAL = 0, CL_LOG_STREAM_LOCAL = 1 } ClLogStreamScopeT;

typedef enum {
    CL_LOG_FILE_FULL_ACTION_ROTATE = 0,
    CL_LOG_FILE_FULL_ACTION_WRAP = 1,
    CL_LOG_FILE_FULL_ACTION_HALT = 2
} ClLogFileFullActionT;

/* What a ClLogFilterFlagsT holds. */
enum {
    CL_LOG_FILTER_ASSIGN = 1,
    CL_LOG_FILTER_MERGE_ADD = 2,
    CL_LOG_FILTER_MERGE_DELETE = 3
};
typedef ClUint8T ClLogFilterFlagsT;

typedef struct ClLogStreamAttributes {
    ClCharT *fileName;
    ClCharT *fileLocation;  /* node:directory; node "." is this one */
    ClUint32T fileUnitSize; /* bytes; 0, or at least two records */
    ClUint32T recordSize;   /* bytes; above 20 */
    ClBoolT haProperty;     /* CL_TRUE or CL_FALSE */
    ClLogFileFullActionT fileFullAction;
    ClUint32T maxFilesRotated; /* with ROTATE */
    ClUint32T flushFreq;       /* records; not 0 together with flushInterval */
    ClTimeT flushInterval;     /* ns */
    ClWaterMarkT waterMark;    /* percent */
    ClBoolT syslog;
} ClLogStreamAttributesT;

typedef struct ClLogFilter {
    ClLogSeverityFilterT severityFilter;
    ClUint16T msgIdSetLength;
    ClUint8T *pMsgIdSet;
    ClUint16T compIdSetLength;
    ClUint8T *pCompIdSet;
} ClLogFilterT;

typedef struct ClLogStreamInfo {
    ClNameT streamName;
    ClLogStreamScopeT streamScope;
    ClNameT streamScopeNode;
    ClUint16T streamId;
    ClLogStreamAttributesT streamAttr;
} ClLogStreamInfoT;

typedef struct ClLogStreamMap {
    ClNameT streamName;
    ClLogStreamScopeT streamScope;
    ClNameT nodeName;
    ClUint16T streamId;
} ClLogStreamMapT;

typedef void (*ClLogStreamOpenCallbackT)(ClInvocationT invocation,
                                         ClLogStreamHandleT streamHdl, ClRcT rc);
typedef void (*ClLogFilterSetCallbackT)(ClLogStreamHandleT streamHdl,
                                        ClLogFilterT filter);
typedef void (*ClLogRecordDeliveryCallbackT)(ClLogStreamHandleT streamHdl,
                                             ClUint64T sequenceNumber,
                                             ClUint32T numRecords, ClPtrT pRecords);

typedef struct ClLogCallbacks {
    ClLogStreamOpenCallbackT clLogStreamOpenCb;
    ClLogFilterSetCallbackT clLogFilterSetCb;
    ClLogRecordDeliveryCallbackT clLogRecordDeliveryCb;
} ClLogCallbacksT;

/* ---- functions ----------------------------------------------------------- */

/**
 * Start using the log. The first call opens the two predefined streams.
 *
 * @param[out]    pLogHandle  new; ended with clLogFinalize().
 * @param[in]     pCallbacks  may be NULL; no callback is ever made.
 * @param[in,out] pVersion    {'B', 1, any}; set to {'B', 1, 1}.
 *
 * @retval CL_RC(CL_CID_VERSION, CL_ERR_VERSION_MISMATCH)
 */
ClRcT clLogInitialize(ClLogHandleT *pLogHandle, const ClLogCallbacksT *pCallbacks,
                      ClVersionT *pVersion);

/** Close the streams opened with the handle. CL_ERR_INVALID_HANDLE for a bad one. */
ClRcT clLogFinalize(ClLogHandleT logHandle);

/**
 * Open a stream, or create it with CL_LOG_STREAM_CREATE.
 *
 * @param[in]  streamName  by value; 1 to 128 of letters, digits, _ and -.
 * @param[in]  pAttributes borrowed; needed exactly when creating.
 * @param[in]  timeout     0 or more; 0: the library's limit.
 * @param[out] pStreamHdl  new; closed with clLogStreamClose().
 *
 * @retval CL_LOG_RC(CL_ERR_BAD_FLAG)           unknown flags.
 * @retval CL_LOG_RC(CL_ERR_INVALID_PARAMETER)  another argument is not as above.
 */
ClRcT clLogStreamOpen(ClLogHandleT logHandle, ClNameT streamName,
                      ClLogStreamScopeT streamScope, ClLogStreamAttributesT *pAttributes,
                      ClLogStreamOpenFlagsT flags, ClTimeT timeout,
                      ClLogStreamHandleT *pStreamHdl);

/** CL_ERR_INVALID_HANDLE for a bad handle; writing to a closed one is harmless. */
ClRcT clLogStreamClose(ClLogStreamHandleT streamHdl);

#ifdef __cplusplus
}
#endif

#endif
