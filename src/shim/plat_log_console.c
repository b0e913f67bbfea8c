/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/logline.h"
#include "shim/plat_log.h"

enum where { TO_STDOUT, TO_FD, TO_NOWHERE };

/* Set up once, from the environment. */
static struct {
    pthread_once_t once;
    enum where where;
    int fd; /* TO_FD */
    ClLogSeverityT level;
    bool time, location;
} console = {.once = PTHREAD_ONCE_INIT};

/* Unset means yes here, unlike for other boolean settings. */
static bool yes_unless_denied(const char *variable)
{
    return !getenv(variable) || clParseEnvBoolean(variable);
}

static void path_open(const char *path)
{
    console.fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    console.where = console.fd < 0 ? TO_STDOUT : TO_FD;
    if (console.fd < 0)
        clv_log(CLV_LOG_ERROR, "CL_LOG_TO_FILE=%s: %s; using stdout", path,
                strerror(errno));
}

static void setup(void)
{
    const char *to = getenv("CL_LOG_TO_FILE");

    console.level = log_severity_setting("CL_LOG_SEVERITY", CL_LOG_SEV_NOTICE);
    console.time = yes_unless_denied("CL_LOG_TIME_ENABLE");
    console.location = clParseEnvBoolean("CL_LOG_CODE_LOCATION_ENABLE");
    if (!to || !*to || strcasecmp(to, "stdout") == 0) {
        console.where = TO_STDOUT;
    } else if (strcasecmp(to, "stderr") == 0) {
        console.where = TO_FD;
        console.fd = STDERR_FILENO;
    } else if (strcasecmp(to, "none") == 0) {
        console.where = TO_NOWHERE;
    } else {
        path_open(to);
    }
}

void log_console_write(const struct log_message *m)
{
    char line[LOG_LINE_BYTES];
    size_t n;

    pthread_once(&console.once, setup);
    if (m->severity > console.level || console.where == TO_NOWHERE)
        return;
    n = log_line_format(line, m, console.time, console.location);
    if (console.where == TO_FD) {
        if (write(console.fd, line, n) < 0)
            return; /* nowhere to complain */
    } else {
        fwrite(line, 1, n, stdout); /* in order with what the program prints */
        fflush(stdout);
    }
}
