/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "shim/plat_handle.h"
#include "shim/plat_log.h"

enum { RECORD_BYTES_MIN = 20, PERCENT = 100 };

/* A stream of this process, shared by all who opened it. */
struct log_stream {
    struct log_stream *next;
    unsigned n_opens;
    ClLogStreamScopeT scope;
    ClLogStreamAttributesT attrs; /* its strings are owned */
    ClLogSeverityT level;
    struct log_file *file; /* owned */
    char name[];
};

/* One open of it: what a handle stands for. */
struct log_open {
    enum plat_what what;
    struct log_open *next;
    ClHandleT handle, owner;
    struct log_stream *stream;
};

static struct {
    pthread_mutex_t lock; /* guards every field */
    struct log_stream *streams;
    struct log_open *opens;
} logs = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- fork: no lock is inherited from a thread that is not there ------------ */

static void fork_lock(void)
{
    struct log_stream *s;

    pthread_mutex_lock(&logs.lock);
    for (s = logs.streams; s; s = s->next)
        if (s->file)
            log_file_lock(s->file);
}

static void fork_unlock(void)
{
    struct log_stream *s;

    for (s = logs.streams; s; s = s->next)
        if (s->file)
            log_file_unlock(s->file);
    pthread_mutex_unlock(&logs.lock);
}

static void fork_watch(void)
{
    pthread_atfork(fork_lock, fork_unlock, fork_unlock);
}

/* ---- attributes ---------------------------------------------------------- */

static bool text_is_good(const char *text, int (*accept)(int c))
{
    if (!text || !*text)
        return false;
    for (; *text; text++)
        if (!accept((unsigned char)*text))
            return false;
    return true;
}

static int is_file_char(int c)
{
    return isalnum(c) || c == '_' || c == '-' || c == '.';
}

bool log_attributes_are_good(const ClLogStreamAttributesT *a)
{
    if (!text_is_good(a->fileName, is_file_char) ||
        !text_is_good(a->fileLocation, isprint))
        return false;
    if (a->recordSize <= RECORD_BYTES_MIN)
        return false;
    if (a->fileUnitSize && a->fileUnitSize / 2 < a->recordSize)
        return false;
    if ((int)a->fileFullAction < 0 || a->fileFullAction > CL_LOG_FILE_FULL_ACTION_HALT)
        return false;
    if (a->flushInterval < 0 || (!a->flushFreq && !a->flushInterval))
        return false;
    if (a->waterMark.lowLimit > a->waterMark.highLimit ||
        a->waterMark.highLimit > PERCENT)
        return false;
    return a->haProperty == CL_TRUE || a->haProperty == CL_FALSE;
}

static bool attributes_match(const ClLogStreamAttributesT *a,
                             const ClLogStreamAttributesT *b)
{
    return strcmp(a->fileName, b->fileName) == 0 &&
           strcmp(a->fileLocation, b->fileLocation) == 0 &&
           a->fileUnitSize == b->fileUnitSize && a->recordSize == b->recordSize &&
           a->fileFullAction == b->fileFullAction && a->haProperty == b->haProperty;
}

/* ---- streams; lock held -------------------------------------------------- */

static void stream_free(struct log_stream *s)
{
    if (s->file)
        log_file_free(s->file);
    free(s->attrs.fileName);
    free(s->attrs.fileLocation);
    free(s);
}

static bool is_predefined(ClHandleT owner)
{
    return owner == 0;
}

/* What the stream's file takes: severities up to DEBUG, unless a setting says other. */
static ClLogSeverityT stream_level(ClHandleT owner)
{
    return log_severity_setting(is_predefined(owner) ? "CL_LOG_STREAM_SEVERITY"
                                                     : "CL_LOG_STREAM_SEVERITY_CUSTOM",
                                CL_LOG_SEV_DEBUG);
}

static bool streams_are_off(void)
{
    const char *value = getenv("CL_LOG_STREAM_ENABLE");

    return value && atoi(value) == 0;
}

/* NULL: no memory. */
static struct log_stream *stream_new(ClHandleT owner, const char *name,
                                     ClLogStreamScopeT scope,
                                     const ClLogStreamAttributesT *attrs)
{
    const size_t size = strlen(name) + 1;
    struct log_stream *s = calloc(1, sizeof(*s) + size);

    if (!s)
        return NULL;
    memcpy(s->name, name, size);
    s->scope = scope;
    s->level = stream_level(owner);
    s->attrs = *attrs;
    s->attrs.fileName = strdup(attrs->fileName);
    s->attrs.fileLocation = strdup(attrs->fileLocation);
    if (s->attrs.fileName && s->attrs.fileLocation) {
        s->file = streams_are_off() ? NULL : log_file_new(attrs);
        s->next = logs.streams;
        logs.streams = s;
        return s;
    }
    stream_free(s);
    return NULL;
}

static struct log_stream *stream_find(const char *name, ClLogStreamScopeT scope)
{
    struct log_stream *s;

    for (s = logs.streams; s && (s->scope != scope || strcmp(s->name, name) != 0);
         s = s->next)
        ;
    return s;
}

/* The last user of the stream is gone. */
static void stream_drop(struct log_stream *s)
{
    struct log_stream **at;

    for (at = &logs.streams; *at != s; at = &(*at)->next)
        ;
    *at = s->next;
    stream_free(s);
}

static void open_unlink(struct log_open *o)
{
    struct log_open **at;

    for (at = &logs.opens; *at && *at != o; at = &(*at)->next)
        ;
    if (*at)
        *at = o->next;
}

/* ---- opening and closing ------------------------------------------------- */

/* After the last user of the handle. */
static void open_free(void *obj)
{
    struct log_open *o = obj;

    pthread_mutex_lock(&logs.lock);
    open_unlink(o);
    if (--o->stream->n_opens == 0)
        stream_drop(o->stream);
    pthread_mutex_unlock(&logs.lock);
    free(o);
}

/* attrs NULL: it must be there. Lock held. */
static ClRcT stream_get(ClHandleT owner, const char *name, ClLogStreamScopeT scope,
                        const ClLogStreamAttributesT *attrs, struct log_stream **out)
{
    *out = stream_find(name, scope);
    if (!*out && !attrs)
        return CL_LOG_RC(CL_ERR_NOT_EXIST);
    if (*out && attrs && !attributes_match(&(*out)->attrs, attrs))
        return CL_LOG_RC(CL_ERR_ALREADY_EXIST);
    if (!*out)
        *out = stream_new(owner, name, scope, attrs);
    return *out ? CL_OK : CL_LOG_RC(CL_ERR_NO_MEMORY);
}

ClRcT log_stream_open(ClHandleT owner, const char *name, ClLogStreamScopeT scope,
                      const ClLogStreamAttributesT *attrs, ClLogStreamHandleT *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct log_open *o = calloc(1, sizeof(*o));
    ClRcT rc;

    pthread_once(&once, fork_watch);
    if (!o)
        return CL_LOG_RC(CL_ERR_NO_MEMORY);
    o->what = PLAT_LOG_STREAM;
    o->owner = owner;
    pthread_mutex_lock(&logs.lock);
    rc = stream_get(owner, name, scope, attrs, &o->stream);
    if (!rc) {
        o->handle = clv_handle_add(CLV_PLATFORM, o, open_free);
        if (o->handle) {
            o->stream->n_opens++;
            o->next = logs.opens;
            logs.opens = o;
            *out = o->handle;
        } else {
            rc = CL_LOG_RC(CL_ERR_NO_MEMORY);
            if (!o->stream->n_opens)
                stream_drop(o->stream);
        }
    }
    pthread_mutex_unlock(&logs.lock);
    if (rc)
        free(o);
    return rc;
}

/* The handle of one open of the owner, 0: none. */
static ClHandleT owned_handle(ClHandleT owner)
{
    struct log_open *o;
    ClHandleT h = 0;

    pthread_mutex_lock(&logs.lock);
    for (o = logs.opens; o && o->owner != owner; o = o->next)
        ;
    if (o) {
        h = o->handle;
        open_unlink(o);
    }
    pthread_mutex_unlock(&logs.lock);
    return h;
}

void log_streams_close(ClHandleT owner)
{
    ClHandleT h;

    while ((h = owned_handle(owner)))
        clv_handle_close(h, CLV_PLATFORM);
}

void log_stream_write(ClLogStreamHandleT h, const struct log_message *m)
{
    struct log_open *o = plat_get(h, PLAT_LOG_STREAM);
    char line[LOG_LINE_BYTES];

    if (!o)
        return;
    if (o->stream->file && m->severity <= o->stream->level)
        log_file_write(o->stream->file, line, log_line_format(line, m, true, true));
    clv_handle_put(h);
}
