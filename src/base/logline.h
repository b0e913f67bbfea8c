/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The library's own log lines (not the application's clLog streams).
 *
 * CLOVIS_LOG = SEVERITY[:DESTINATION], for example "info" or
 * "debug:/var/log/clovis.log". SEVERITY is one of none error warning info
 * debug; DESTINATION is a path opened for append, default standard error.
 * Default: warning. A line is written with one write(2), so lines of several
 * threads and processes do not mix, and no stdio buffer eats a small stack.
 */
#ifndef CLV_LOGLINE_H
#define CLV_LOGLINE_H

#include <stdbool.h>

enum clv_sev {
    CLV_LOG_NONE = 0,
    CLV_LOG_ERROR,
    CLV_LOG_WARNING,
    CLV_LOG_INFO,
    CLV_LOG_DEBUG
};

/* Log one line (no newline in fmt); longer than 1000 bytes is cut. errno is kept. */
void clv_log(enum clv_sev sev, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* What starts each line, for example "clovis-amfd"; borrowed for ever. Default "clovis".
 */
void clv_log_name_set(const char *name);

/* What is logged from now on: this severity and what is worse. */
void clv_log_level_set(enum clv_sev level);
enum clv_sev clv_log_level(void);

/* "warning" for CLV_LOG_WARNING, and back: false, if the word is none of them. */
const char *clv_log_level_word(enum clv_sev level);
bool clv_log_level_read(const char *word, enum clv_sev *out);

/* Write to standard error, too, where lines go to a file. */
void clv_log_console_set(bool on);
bool clv_log_console(void);

#endif
