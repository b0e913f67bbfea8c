/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include <clEoApi.h>

#include "base/clock.h"
#include "base/logline.h"
#include "shim/eo_process.h"
#include "shim/plat_log.h"

static const char *severity_word(ClLogSeverityT severity)
{
    static const char *const words[] = {"EMRGN", "ALERT",  "CRITIC", "ERROR",
                                        "WARN",  "NOTICE", "INFO",   "DEBUG"};

    if (severity == CL_LOG_SEV_TRACE)
        return "TRACE";
    if (severity >= CL_LOG_SEV_EMERGENCY && severity < CL_LOG_SEV_DEBUG)
        return words[severity - CL_LOG_SEV_EMERGENCY];
    return words[CL_LOG_SEV_DEBUG - CL_LOG_SEV_EMERGENCY];
}

ClLogSeverityT log_severity_setting(const char *variable, ClLogSeverityT dflt)
{
    static const struct {
        const char *name;
        ClLogSeverityT severity;
    } names[] = {
        {"EMERGENCY", CL_LOG_SEV_EMERGENCY}, {"ALERT", CL_LOG_SEV_ALERT},
        {"CRITICAL", CL_LOG_SEV_CRITICAL},   {"ERROR", CL_LOG_SEV_ERROR},
        {"WARN", CL_LOG_SEV_WARNING},        {"WARNING", CL_LOG_SEV_WARNING},
        {"NOTICE", CL_LOG_SEV_NOTICE},       {"INFO", CL_LOG_SEV_INFO},
        {"DEBUG", CL_LOG_SEV_DEBUG},         {"TRACE", CL_LOG_SEV_TRACE},
    };
    const char *value = getenv(variable);

    if (!value)
        return dflt;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcasecmp(names[i].name, value) == 0)
            return names[i].severity;
    clv_log(CLV_LOG_WARNING, "%s=%s: expected EMERGENCY, ALERT, ... DEBUG or TRACE",
            variable, value);
    return dflt;
}

/* As ctime() writes it, with milliseconds after the seconds. */
static void time_format(char text[40])
{
    const int64_t now_ns = clv_wall_ns();
    const time_t now = (time_t)(now_ns / CLV_NS_PER_S);
    char date[16] = "", rest[16] = "";
    struct tm tm;

    localtime_r(&now, &tm);
    strftime(date, sizeof(date), "%a %b %e", &tm);
    strftime(rest, sizeof(rest), "%H:%M:%S", &tm);
    snprintf(text, 40, "%s %s.%03d %d", date, rest,
             (int)(now_ns % CLV_NS_PER_S / CLV_NS_PER_MS), tm.tm_year + 1900);
}

/* What the execution object will be called once it is there. */
static const char *program_name(void)
{
    const bool is_default = strcmp(eo_config()->EOname, CL_EO_DEFAULT_NAME) == 0;

    return is_default && ASP_COMPNAME[0] ? ASP_COMPNAME : eo_config()->EOname;
}

static const char *or_unspecified(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static size_t head_format(char *line, size_t size, const struct log_message *m, bool time,
                          bool location)
{
    static unsigned counter;
    char when[40] = "", where[96] = "";
    int n;

    if (time)
        time_format(when);
    if (location && m->file)
        snprintf(where, sizeof(where), "[%.64s:%u] ", m->file, m->line);
    n = snprintf(line, size, "%-*s%s%s(%.64s.%d : %.32s.%3.64s.%3.64s.%05u : %6s) ",
                 time ? 26 : 0, when, time ? " " : "", where, ASP_NODENAME, (int)getpid(),
                 program_name(), or_unspecified(m->area, CL_LOG_AREA_UNSPECIFIED),
                 or_unspecified(m->context, CL_LOG_CONTEXT_UNSPECIFIED),
                 __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED),
                 severity_word(m->severity));
    return n < 0 ? 0 : (size_t)n;
}

size_t log_line_format(char line[LOG_LINE_BYTES], const struct log_message *m, bool time,
                       bool location)
{
    const size_t text = strnlen(m->text, CL_LOG_MAX_MSG_LEN);
    size_t n;

    eo_environment_read(); /* logging is legal before everything else */
    n = head_format(line, LOG_LINE_BYTES - CL_LOG_MAX_MSG_LEN - 1, m, time, location);
    if (n > LOG_LINE_BYTES - CL_LOG_MAX_MSG_LEN - 2)
        n = LOG_LINE_BYTES - CL_LOG_MAX_MSG_LEN - 2;
    memcpy(line + n, m->text, text);
    line[n + text] = '\n';
    return n + text + 1;
}
