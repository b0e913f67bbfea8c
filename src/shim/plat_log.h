/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the log service: one line, the console, files, streams. */
#ifndef CLV_PLAT_LOG_H
#define CLV_PLAT_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include <clLogApi.h>

/* Room for a line: its head, the longest message, the newline. */
#define LOG_LINE_BYTES (CL_LOG_MAX_MSG_LEN + 512)

/* One message. Everything is borrowed. */
struct log_message {
    ClLogSeverityT severity;
    const char *area, *context;
    const char *file; /* NULL: not known */
    unsigned line;
    const char *text;
};

/* ---- plat_log_line.c ------------------------------------------------------ */

/* The line with its newline; its length. */
size_t log_line_format(char line[LOG_LINE_BYTES], const struct log_message *m, bool time,
                       bool location);

/* The severity that a setting names; dflt when it is not set or not one. */
ClLogSeverityT log_severity_setting(const char *variable, ClLogSeverityT dflt);

/* ---- plat_log_console.c --------------------------------------------------- */

/* Print m if the console wants it. */
void log_console_write(const struct log_message *m);

/* ---- plat_log_file.c ------------------------------------------------------ */

struct log_file;

/* New: units of a file below a location, made at the first write. attrs is copied.
 * NULL: no memory. */
struct log_file *log_file_new(const ClLogStreamAttributesT *attrs);
void log_file_free(struct log_file *f);
void log_file_lock(struct log_file *f); /* around fork() */
void log_file_unlock(struct log_file *f);
void log_file_write(struct log_file *f, const char *line, size_t size);

/* ---- plat_log_stream.c ---------------------------------------------------- */

struct log_stream;

/* New handle of a stream that belongs to owner. */
ClRcT log_stream_open(ClHandleT owner, const char *name, ClLogStreamScopeT scope,
                      const ClLogStreamAttributesT *attrs, ClLogStreamHandleT *out);

/* Whether the attributes may be used. */
bool log_attributes_are_good(const ClLogStreamAttributesT *attrs);

/* Close the streams that were opened with the owner. */
void log_streams_close(ClHandleT owner);

/* Write m to the stream; a bad handle is ignored. */
void log_stream_write(ClLogStreamHandleT h, const struct log_message *m);

#endif
