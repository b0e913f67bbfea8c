/* SPDX-License-Identifier: Apache-2.0 */
#include "base/logline.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static struct {
    pthread_once_t once;
    int fd;
    atomic_int level;
    atomic_bool console; /* standard error, too */
    const char *name;
} log_state = {PTHREAD_ONCE_INIT, STDERR_FILENO, CLV_LOG_WARNING, false, "clovis"};

static const char *const words[] = {"none", "error", "warning", "info", "debug"};

static bool level_find(const char *word, size_t len, int *out)
{
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (strlen(words[i]) == len && strncasecmp(words[i], word, len) == 0) {
            *out = (int)i;
            return true;
        }
    }
    return false;
}

static void log_setup(void)
{
    /* Read from the environment only: the configuration file's own errors are
     * logged through here. */
    const char *spec = getenv("CLOVIS_LOG");
    const char *colon;
    int level;

    if (!spec || !*spec)
        return;
    colon = strchr(spec, ':');
    if (level_find(spec, colon ? (size_t)(colon - spec) : strlen(spec), &level))
        log_state.level = level;
    if (colon && colon[1]) {
        const int fd = open(colon + 1, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

        if (fd >= 0)
            log_state.fd = fd;
    }
}

void clv_log_level_set(enum clv_sev level)
{
    pthread_once(&log_state.once, log_setup);
    log_state.level = (int)level;
}

enum clv_sev clv_log_level(void)
{
    pthread_once(&log_state.once, log_setup);
    return (enum clv_sev)log_state.level;
}

const char *clv_log_level_word(enum clv_sev level)
{
    return words[level];
}

bool clv_log_level_read(const char *word, enum clv_sev *out)
{
    int level;
    const bool found = level_find(word, strlen(word), &level);

    if (found)
        *out = (enum clv_sev)level;
    return found;
}

void clv_log_console_set(bool on)
{
    log_state.console = on;
}

bool clv_log_console(void)
{
    pthread_once(&log_state.once, log_setup);
    return log_state.console || log_state.fd == STDERR_FILENO;
}

void clv_log_name_set(const char *name)
{
    log_state.name = name;
}

void clv_log(enum clv_sev sev, const char *fmt, ...)
{
    const int kept = errno;
    char line[LINE_MAX_BYTES];
    struct timespec ts;
    struct tm tm;
    va_list ap;
    int n, m;

    pthread_once(&log_state.once, log_setup);
    if ((int)sev > log_state.level)
        return;
    clock_gettime(CLOCK_REALTIME, &ts);
    gmtime_r(&ts.tv_sec, &tm);
    n = snprintf(line, sizeof(line), "%02d:%02d:%02d.%03ld %s[%d] %s: ", tm.tm_hour,
                 tm.tm_min, tm.tm_sec, ts.tv_nsec / 1000000, log_state.name,
                 (int)getpid(), words[sev]);
    va_start(ap, fmt);
    m = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
    va_end(ap);
    n = m < 0 ? n : n + m;
    if (n > (int)sizeof(line) - 2)
        n = (int)sizeof(line) - 2;
    line[n++] = '\n';
    if (write(log_state.fd, line, (size_t)n) < 0) {
        /* nowhere left to complain */
    }
    if (log_state.console && log_state.fd != STDERR_FILENO &&
        write(STDERR_FILENO, line, (size_t)n) < 0) {
        /* it was for those who look there */
    }
    errno = kept;
}
