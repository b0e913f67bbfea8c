/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

bool amf_process_start(pid_t pid, uint64_t *ticks)
{
    char path[40], text[1024];
    const char *rest;
    char state;
    ssize_t n;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return false;
    text[n] = '\0';
    rest = strrchr(text, ')'); /* the command name may hold anything, even ')' */
    if (!rest || sscanf(rest,
                        ") %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d "
                        "%*d %*d %*d %*d %*d %" SCNu64,
                        &state, ticks) != 2)
        return false;
    return state != 'Z' && state != 'X';
}

int amf_process_open(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

bool amf_process_signal(int pidfd, int sig)
{
    return syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0) == 0;
}
