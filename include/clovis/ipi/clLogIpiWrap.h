/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the log's older interface. The severities CL_LOG_* are in clLogApi.h. */
#ifndef CLOVIS_CL_LOG_IPI_WRAP_H
#define CLOVIS_CL_LOG_IPI_WRAP_H

#include "../clCommon.h"
#include "../clIocApi.h"
#include "../clLogApi.h"
#include "../clTimerApi.h"

/* clang-format off */
#define CL_LOG_COMPNAME_LENGTH  50
#define CL_LOG_FORMAT_LENGTH    50
#define CL_LOG_FILENAME_LENGTH  80
#define CL_LOG_FILEPATH_LENGTH  200
#define CL_LOG_MSG_LENGTH       178

#define CL_LOG_SG               0x1
#define CL_LOG_SU               0x2
#define CL_LOG_COMP             0x4
/* clang-format on */

typedef ClUint16T ClLogSeverityFlagsT;

typedef struct ClLogFilterPattern {
    ClUint32T bitMap;
    ClNameT sgName;
    ClNameT suName;
    ClNameT compName;
} ClLogFilterPatternT;

typedef struct ClLogFileConfig {
    ClUint32T maxRecordSize;
    ClUint64T maxFileSize;
    ClCharT fileName[CL_LOG_FILENAME_LENGTH];
    ClCharT fileLoc[CL_LOG_FILEPATH_LENGTH];
} ClLogFileConfigT;

typedef struct ClLogFormatFileConfig {
    ClCharT format[CL_LOG_FORMAT_LENGTH];
    ClLogFileConfigT fileConfig;
} ClLogFormatFileConfigT;

typedef struct ClLogHeader {
    ClLogSeverityT logSeverity;
    ClLogStreamHdlT streamHdl;
    ClUint32T pid;
    ClIocPhysicalAddressT iocAddress;
    ClTimerTimeOutT time;
    ClCharT compName[CL_LOG_COMPNAME_LENGTH];
    ClCharT msg[CL_LOG_MSG_LENGTH];
} ClLogHeaderT;

#endif
