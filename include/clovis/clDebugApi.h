/* SPDX-License-Identifier: Apache-2.0 */
/* Assertions, debug prints, and the types of the debug console. */
#ifndef CLOVIS_CL_DEBUG_API_H
#define CLOVIS_CL_DEBUG_API_H

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clCommon.h"
#include "clDbg.h"
#include "clEoApi.h"
#include "clHandleApi.h"
#include "clLogApi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define CL_DEBUG_CRITICAL           CL_LOG_SEV_CRITICAL
#define CL_DEBUG_ERROR              CL_LOG_SEV_ERROR
#define CL_DEBUG_WARN               CL_LOG_SEV_WARNING
#define CL_DEBUG_INFO               CL_LOG_SEV_INFO
#define CL_DEBUG_TRACE              CL_LOG_SEV_TRACE
#define CL_DEBUG_LEVEL_THRESHOLD    CL_DEBUG_ERROR

#define CL_DEBUG_COMP_NAME_LEN      128
#define CL_DEBUG_COMP_PROMPT_LEN    15
#define CL_DEBUG_FUNC_NAME_LEN      41
#define CL_DEBUG_FUNC_HELP_LEN      201
#define clDebugTimeStrMaxLen        128
/* clang-format on */

typedef ClPtrT ClDebugPrintHandleT;

typedef ClRcT (*ClDebugCallbackT)(ClUint32T argc, ClCharT **argv, ClCharT **retStr);

typedef struct ClDebugFuncEntry {
    ClDebugCallbackT fpCallback;
    ClCharT funcName[CL_DEBUG_FUNC_NAME_LEN];
    ClCharT funcHelp[CL_DEBUG_FUNC_HELP_LEN];
} ClDebugFuncEntryT;

typedef struct ClDebugModEntry {
    char modName[80];
    char modPrompt[20];
    ClDebugFuncEntryT *cmdList;
    char help[80];
} ClDebugModEntryT;

#define CL_ASSERT(expression) assert(expression)

#define CL_FUNC_ENTER()
#define CL_FUNC_EXIT()

/* CL_DEBUG_PRINT(level, (format, arguments)): one log line of at most 255 characters. */
#define CL_DEBUG_PRINT(level, message)                                                   \
    do {                                                                                 \
        if ((int)(level) <= (int)CL_DEBUG_LEVEL_THRESHOLD) {                             \
            ClCharT *clDebugPrintText = clDebugTextNew message;                          \
                                                                                         \
            clLog(level, CL_LOG_AREA_UNSPECIFIED, CL_LOG_CONTEXT_UNSPECIFIED, "%s",      \
                  clDebugPrintText ? clDebugPrintText : "");                             \
            free(clDebugPrintText);                                                      \
        }                                                                                \
    } while (0)

static inline ClCharT *clDebugTextNew(const ClCharT *format, ...) CL_PRINTF_FORMAT(1, 2);

/* New, freed with free(); NULL when memory is short. */
static inline ClCharT *clDebugTextNew(const ClCharT *format, ...)
{
    ClCharT *text = (ClCharT *)malloc(256);
    va_list args;

    if (text) {
        va_start(args, format);
        (void)vsnprintf(text, 256, format, args);
        va_end(args);
    }
    return text;
}

#ifdef __cplusplus
}
#endif

#endif
