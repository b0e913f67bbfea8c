/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_netns.h"

#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool netns_shell(const char *fmt, ...)
{
    char command[400] = "PATH=$PATH:/usr/sbin:/sbin; ";
    const size_t n = strlen(command);
    va_list ap;
    int status;

    va_start(ap, fmt);
    vsnprintf(command + n, sizeof(command) - n, fmt, ap);
    va_end(ap);
    status = system(command);
    if (status)
        fprintf(stderr, "failed: %s\n", command);
    return status == 0;
}

bool netns_enter(const char *name)
{
    char path[64];
    int fd;
    bool ok;

    snprintf(path, sizeof(path), "/run/netns/%s", name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ok = setns(fd, CLONE_NEWNET) == 0;
    close(fd);
    return ok;
}
