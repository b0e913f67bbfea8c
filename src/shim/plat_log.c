/* SPDX-License-Identifier: Apache-2.0 */
/* clLog: the calls. */
#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clLogApi.h>
#include <clVersionApi.h>

#include "shim/plat_handle.h"
#include "shim/plat_log.h"
#include "shim/registry.h"

#define BAD_HANDLE CL_RC(CL_CID_HANDLE, CL_ERR_INVALID_HANDLE)

enum { PREDEFINED_RECORD_BYTES = 300, PREDEFINED_UNIT_BYTES = 1500000 };

ClHandleT CL_LOG_HANDLE_SYS;
ClHandleT CL_LOG_HANDLE_APP;

struct log_user {
    enum plat_what what;
};

/* ---- Initialize, Finalize ------------------------------------------------ */

static void predefined_open(const char *name, const char *file, ClHandleT *out)
{
    ClCharT file_name[8], location[] = ".:log";
    ClLogStreamAttributesT attrs = {
        .fileName = file_name,
        .fileLocation = location,
        .fileUnitSize = PREDEFINED_UNIT_BYTES,
        .recordSize = PREDEFINED_RECORD_BYTES,
        .fileFullAction = CL_LOG_FILE_FULL_ACTION_WRAP,
        .flushFreq = 1,
    };

    snprintf(file_name, sizeof(file_name), "%s", file);
    log_stream_open(0, name, CL_LOG_STREAM_LOCAL, &attrs, out);
}

static void predefined_open_all(void)
{
    predefined_open("CL_LOG_SYS", "sys", &CL_LOG_HANDLE_SYS);
    predefined_open("CL_LOG_APP", "app", &CL_LOG_HANDLE_APP);
}

ClRcT clLogInitialize(ClLogHandleT *out, const ClLogCallbacksT *callbacks,
                      ClVersionT *version)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static ClVersionT supported[] = {{'B', 1, 1}};
    static ClVersionDatabaseT database = {1, supported};
    struct log_user *user;
    ClRcT rc;

    (void)callbacks;
    if (!out || !version)
        return CL_LOG_RC(CL_ERR_NULL_POINTER);
    rc = clVersionVerify(&database, version);
    if (rc)
        return rc;
    clv_registry_prepare();
    pthread_once(&once, predefined_open_all);
    user = calloc(1, sizeof(*user));
    if (!user)
        return CL_LOG_RC(CL_ERR_NO_MEMORY);
    user->what = PLAT_LOG;
    *out = clv_handle_add(CLV_PLATFORM, user, free);
    if (*out)
        return CL_OK;
    free(user);
    return CL_LOG_RC(CL_ERR_NO_MEMORY);
}

/* False: the handle is not one of these, or is closed already. */
static bool handle_close(ClHandleT h, enum plat_what what)
{
    bool closed;

    if (!plat_get(h, what))
        return false;
    closed = clv_handle_close(h, CLV_PLATFORM);
    clv_handle_put(h);
    return closed;
}

ClRcT clLogFinalize(ClLogHandleT h)
{
    if (!handle_close(h, PLAT_LOG))
        return BAD_HANDLE;
    log_streams_close(h);
    return CL_OK;
}

/* ---- streams ------------------------------------------------------------- */

static bool name_get(char text[CL_LOG_STREAM_NAME_MAX_LENGTH + 1], const ClNameT *name)
{
    if (name->length < 1 || name->length > CL_LOG_STREAM_NAME_MAX_LENGTH)
        return false;
    for (ClUint16T i = 0; i < name->length; i++) {
        const unsigned char c = (unsigned char)name->value[i];

        if (!isalnum(c) && c != '_' && c != '-')
            return false;
    }
    memcpy(text, name->value, name->length);
    text[name->length] = '\0';
    return true;
}

/* In the order of the original's checks, the handle's and the name's excepted. */
static ClRcT open_check(ClLogStreamScopeT scope, const ClLogStreamAttributesT *attrs,
                        ClLogStreamOpenFlagsT flags, ClTimeT timeout,
                        const ClLogStreamHandleT *out)
{
    if (scope != CL_LOG_STREAM_GLOBAL && scope != CL_LOG_STREAM_LOCAL)
        return CL_LOG_RC(CL_ERR_INVALID_PARAMETER);
    if (flags & ~CL_LOG_STREAM_CREATE)
        return CL_LOG_RC(CL_ERR_BAD_FLAG);
    if (!(flags & CL_LOG_STREAM_CREATE) != !attrs)
        return CL_LOG_RC(CL_ERR_INVALID_PARAMETER);
    if (timeout < 0 || (attrs && !log_attributes_are_good(attrs)))
        return CL_LOG_RC(CL_ERR_INVALID_PARAMETER);
    return out ? CL_OK : CL_LOG_RC(CL_ERR_NULL_POINTER);
}

ClRcT clLogStreamOpen(ClLogHandleT h, ClNameT name, ClLogStreamScopeT scope,
                      ClLogStreamAttributesT *attrs, ClLogStreamOpenFlagsT flags,
                      ClTimeT timeout, ClLogStreamHandleT *out)
{
    char text[CL_LOG_STREAM_NAME_MAX_LENGTH + 1];
    ClRcT rc;

    if (!plat_get(h, PLAT_LOG))
        return BAD_HANDLE;
    if (!name_get(text, &name))
        rc = CL_LOG_RC(CL_ERR_INVALID_PARAMETER);
    else
        rc = open_check(scope, attrs, flags, timeout, out);
    if (!rc)
        rc = log_stream_open(h, text, scope, attrs, out);
    clv_handle_put(h);
    return rc;
}

ClRcT clLogStreamClose(ClLogStreamHandleT h)
{
    return handle_close(h, PLAT_LOG_STREAM) ? CL_OK : BAD_HANDLE;
}

/* ---- writing: never fails the caller -------------------------------------- */

static void message_write(const ClHandleT *stream, struct log_message *m, const char *fmt,
                          va_list args) CL_PRINTF_FORMAT(3, 0);

static void message_write(const ClHandleT *stream, struct log_message *m, const char *fmt,
                          va_list args)
{
    char text[CL_LOG_MAX_MSG_LEN];

    if (!fmt || vsnprintf(text, sizeof(text), fmt, args) < 0)
        return;
    m->text = text;
    log_console_write(m);
    if (stream)
        log_stream_write(*stream, m);
    m->text = NULL;
}

ClRcT clLogVMsgWrite(ClHandleT stream, ClLogSeverityT severity, ClUint16T serviceId,
                     const ClCharT *area, const ClCharT *context, const ClCharT *file,
                     ClUint32T line, const ClCharT *format, va_list args)
{
    struct log_message m = {severity, area, context, file, line, NULL};

    (void)serviceId;
    message_write(&stream, &m, format, args);
    return CL_OK;
}

ClRcT clLogMsgWrite(ClHandleT stream, ClLogSeverityT severity, ClUint16T serviceId,
                    const ClCharT *area, const ClCharT *context, const ClCharT *file,
                    ClUint32T line, const ClCharT *format, ...)
{
    va_list args;

    va_start(args, format);
    clLogVMsgWrite(stream, severity, serviceId, area, context, file, line, format, args);
    va_end(args);
    return CL_OK;
}

ClRcT clLogMsgWriteDeferred(ClHandleT stream, ClLogSeverityT severity,
                            ClUint16T serviceId, const ClCharT *area,
                            const ClCharT *context, const ClCharT *file, ClUint32T line,
                            const ClCharT *format, ...)
{
    va_list args;

    va_start(args, format);
    clLogVMsgWrite(stream, severity, serviceId, area, context, file, line, format, args);
    va_end(args);
    return CL_OK;
}

ClRcT clLogMsgWriteConsole(ClHandleT stream, ClLogSeverityT severity, ClUint16T serviceId,
                           const ClCharT *area, const ClCharT *context,
                           const ClCharT *file, ClUint32T line, const ClCharT *format,
                           ...)
{
    struct log_message m = {severity, area, context, file, line, NULL};
    va_list args;

    (void)stream;
    (void)serviceId;
    va_start(args, format);
    message_write(NULL, &m, format, args);
    va_end(args);
    return CL_OK;
}
