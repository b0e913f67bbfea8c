/* SPDX-License-Identifier: Apache-2.0 */
/* Debug hooks: silent unless the environment asks for them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <clCommon.h>
#include <clDbg.h>

#include "base/logline.h"

enum { LINE_BYTES = 512 };

int clDbgPauseOnCodeError;

static void __attribute__((constructor)) pause_setup(void)
{
    const char *value = getenv("CL_DEBUG_PAUSE_CODE_ERROR");

    clDbgPauseOnCodeError = value ? atoi(value) : 0;
}

void clDbgPauseFn(const char *file, int line)
{
    if (!clParseEnvBoolean("CL_DEBUG_PAUSE"))
        return;
    clv_log(CLV_LOG_ERROR, "%s:%d: process %d waits for a debugger", file, line,
            (int)getpid());
    pause();
}

void clDbgMsg(int pid, const char *file, int line, const char *function, int level,
              const char *text)
{
    const char *limit = getenv("CL_DEBUG_LOG_LEVEL");
    char out[LINE_BYTES];
    int fd, n;

    if (!limit || level > atoi(limit))
        return;
    n = snprintf(out, sizeof(out) - 1, "%d %s:%d (%s) %s", pid, file, line, function,
                 text);
    if (n > (int)sizeof(out) - 2)
        n = (int)sizeof(out) - 2;
    out[n++] = '\n';
    fd = open("/var/log/aspdbg.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return;
    if (write(fd, out, (size_t)n) < 0)
        clv_log(CLV_LOG_DEBUG, "/var/log/aspdbg.log cannot be written");
    close(fd);
}
