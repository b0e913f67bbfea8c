/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing log lines: the calls, and the macros that add the source position.
 *
 * A write never fails the caller: it returns CL_OK for a closed or zero handle, too, and
 * before the library is initialised; such lines go to the console only. A NULL area or
 * context becomes "---". Lines are cut at CL_LOG_MAX_MSG_LEN bytes.
 */
#ifndef CLOVIS_CL_LOG_UTIL_API_H
#define CLOVIS_CL_LOG_UTIL_API_H

#include <stdarg.h>
#include <stdio.h>

#include "clCommon.h"
#include "clCommonErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define CL_LOG_AREA_UNSPECIFIED         "---"
#define CL_LOG_CONTEXT_UNSPECIFIED      "---"
#define CL_LOG_DEFAULT_SYS_SERVICE_ID   0x01
#define CL_LOG_MAX_MSG_LEN              1024
#define CL_LOG_MAX_NUM_MSGS             992
/* clang-format on */

/* Lower values are more severe. */
typedef enum {
    CL_LOG_SEV_EMERGENCY = 1,
    CL_LOG_SEV_ALERT = 2,
    CL_LOG_SEV_CRITICAL = 3,
    CL_LOG_SEV_ERROR = 4,
    CL_LOG_SEV_WARNING = 5,
    CL_LOG_SEV_NOTICE = 6,
    CL_LOG_SEV_INFO = 7,
    CL_LOG_SEV_DEBUG = 8,
    CL_LOG_SEV_DEBUG1 = CL_LOG_SEV_DEBUG,
    CL_LOG_SEV_DEBUG2 = 9,
    CL_LOG_SEV_DEBUG3 = 10,
    CL_LOG_SEV_DEBUG4 = 11,
    CL_LOG_SEV_DEBUG5 = 12,
    CL_LOG_SEV_TRACE = CL_LOG_SEV_DEBUG5,
    CL_LOG_SEV_DEBUG6 = 13,
    CL_LOG_SEV_DEBUG7 = 14,
    CL_LOG_SEV_DEBUG8 = 15,
    CL_LOG_SEV_DEBUG9 = 16,
    CL_LOG_SEV_MAX = CL_LOG_SEV_DEBUG9
} ClLogSeverityT;

/* The predefined system and application streams; 0 until clLogInitialize(). */
extern ClHandleT CL_LOG_HANDLE_SYS;
extern ClHandleT CL_LOG_HANDLE_APP;

/**
 * Write one line to a stream, and to the console if its filter lets it through. All
 * arguments are borrowed for the call.
 *
 * @param[in] serviceId  the program's number for itself.
 * @param[in] area, context  up to the program; NULL: "---".
 */
ClRcT clLogMsgWrite(ClHandleT streamHdl, ClLogSeverityT severity, ClUint16T serviceId,
                    const ClCharT *area, const ClCharT *context, const ClCharT *file,
                    ClUint32T line, const ClCharT *format, ...) CL_PRINTF_FORMAT(8, 9);

ClRcT clLogVMsgWrite(ClHandleT streamHdl, ClLogSeverityT severity, ClUint16T serviceId,
                     const ClCharT *area, const ClCharT *context, const ClCharT *file,
                     ClUint32T line, const ClCharT *format, va_list args)
    CL_PRINTF_FORMAT(8, 0);

/** The console only. */
ClRcT clLogMsgWriteConsole(ClHandleT streamHdl, ClLogSeverityT severity,
                           ClUint16T serviceId, const ClCharT *area,
                           const ClCharT *context, const ClCharT *file, ClUint32T line,
                           const ClCharT *format, ...) CL_PRINTF_FORMAT(8, 9);

/** As clLogMsgWrite(); the stream may get the line later. */
ClRcT clLogMsgWriteDeferred(ClHandleT streamHdl, ClLogSeverityT severity,
                            ClUint16T serviceId, const ClCharT *area,
                            const ClCharT *context, const ClCharT *file, ClUint32T line,
                            const ClCharT *format, ...) CL_PRINTF_FORMAT(8, 9);

/* ---- macros: the format is the first of the variable arguments ------------ */

#define clAppLog(streamHdl, severity, serviceId, area, context, ...)                     \
    do {                                                                                 \
        (void)clLogMsgWrite((streamHdl), (ClLogSeverityT)(severity), (serviceId),        \
                            (area), (context), __FILE__, __LINE__, __VA_ARGS__);         \
    } while (0)

#define clLog(severity, area, context, ...)                                              \
    clAppLog(CL_LOG_HANDLE_SYS, severity, CL_LOG_DEFAULT_SYS_SERVICE_ID, area, context,  \
             __VA_ARGS__)

#define clLogConsole(severity, area, context, ...)                                       \
    do {                                                                                 \
        (void)clLogMsgWriteConsole(CL_LOG_HANDLE_SYS, (ClLogSeverityT)(severity),        \
                                   CL_LOG_DEFAULT_SYS_SERVICE_ID, (area), (context),     \
                                   __FILE__, __LINE__, __VA_ARGS__);                     \
    } while (0)

#define clLogDeferred(severity, area, context, ...)                                      \
    do {                                                                                 \
        (void)clLogMsgWriteDeferred(CL_LOG_HANDLE_SYS, (ClLogSeverityT)(severity),       \
                                    CL_LOG_DEFAULT_SYS_SERVICE_ID, (area), (context),    \
                                    __FILE__, __LINE__, __VA_ARGS__);                    \
    } while (0)

#define clLogEmergency(area, context, ...)                                               \
    clLog(CL_LOG_SEV_EMERGENCY, area, context, __VA_ARGS__)
#define clLogAlert(area, context, ...) clLog(CL_LOG_SEV_ALERT, area, context, __VA_ARGS__)
#define clLogCritical(area, context, ...)                                                \
    clLog(CL_LOG_SEV_CRITICAL, area, context, __VA_ARGS__)
#define clLogError(area, context, ...) clLog(CL_LOG_SEV_ERROR, area, context, __VA_ARGS__)
#define clLogWarning(area, context, ...)                                                 \
    clLog(CL_LOG_SEV_WARNING, area, context, __VA_ARGS__)
#define clLogNotice(area, context, ...)                                                  \
    clLog(CL_LOG_SEV_NOTICE, area, context, __VA_ARGS__)
#define clLogInfo(area, context, ...) clLog(CL_LOG_SEV_INFO, area, context, __VA_ARGS__)
#define clLogDebug(area, context, ...) clLog(CL_LOG_SEV_DEBUG, area, context, __VA_ARGS__)
#define clLogTrace(area, context, ...) clLog(CL_LOG_SEV_TRACE, area, context, __VA_ARGS__)

/* The stream is ignored: the line goes to the system stream. */
#define clLogWrite(streamHdl, severity, libName, ...)                                    \
    do {                                                                                 \
        (void)(streamHdl);                                                               \
        clLog(severity, libName, CL_LOG_CONTEXT_UNSPECIFIED, __VA_ARGS__);               \
    } while (0)

/* One log line per line of the text; those after the first begin with "- ". */
#define clLogMultiline(severity, area, context, ...)                                     \
    clLogLinesWrite((ClLogSeverityT)(severity), (area), (context), __FILE__, __LINE__,   \
                    __VA_ARGS__)

static inline void clLogLinesWrite(ClLogSeverityT severity, const ClCharT *area,
                                   const ClCharT *context, const ClCharT *file,
                                   ClUint32T line, const ClCharT *format, ...)
    CL_PRINTF_FORMAT(6, 7);

static inline void clLogLinesWrite(ClLogSeverityT severity, const ClCharT *area,
                                   const ClCharT *context, const ClCharT *file,
                                   ClUint32T line, const ClCharT *format, ...)
{
    ClCharT text[CL_LOG_MAX_MSG_LEN];
    const ClCharT *prefix = "", *p = text;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    do {
        int n = (int)strcspn(p, "\n");

        (void)clLogMsgWrite(CL_LOG_HANDLE_SYS, severity, CL_LOG_DEFAULT_SYS_SERVICE_ID,
                            area, context, file, line, "%s%.*s", prefix, n, p);
        p += n + (p[n] == '\n');
        prefix = "- ";
    } while (*p);
}

#ifdef __cplusplus
}
#endif

#endif
