/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <clCommonErrors.h>
#include <clHeapApi.h>

#include "ev.h"

static ClLogHandleT service;
static ClLogStreamHandleT stream;

ClRcT ev_open(const ClCharT *component)
{
    ClVersionT version = {'B', 01, 01};
    ClLogStreamAttributesT attributes = {0};
    ClCharT *file = clHeapAllocate((ClUint32T)strlen(component) + sizeof("Log"));
    ClNameT name;
    ClRcT rc;

    if (file == NULL)
        return CL_ERR_NO_MEMORY;
    sprintf(file, "%sLog", component);
    attributes.fileName = file;
    attributes.fileLocation = ".:var/log";
    attributes.fileUnitSize = 1000000;
    attributes.recordSize = 300;
    attributes.fileFullAction = CL_LOG_FILE_FULL_ACTION_ROTATE;
    attributes.maxFilesRotated = 3;
    attributes.flushFreq = 10;
    clNamePrintf(name, "stream_%s", component);
    rc = clLogInitialize(&service, NULL, &version);
    if (rc == CL_OK)
        rc = clLogStreamOpen(service, name, CL_LOG_STREAM_LOCAL, &attributes,
                             CL_LOG_STREAM_CREATE, 0, &stream);
    clHeapFree(file);
    return rc;
}

void ev_close(void)
{
    clLogStreamClose(stream);
    clLogFinalize(service);
}

void ev_write(ClLogSeverityT severity, const ClCharT *format, ...)
{
    ClCharT text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    clAppLog(stream, severity, 10, CL_LOG_AREA_UNSPECIFIED, CL_LOG_CONTEXT_UNSPECIFIED,
             "%s", text);
}
