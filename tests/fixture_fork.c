/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_fork.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t fork_mortal(void)
{
    const pid_t pid = fork();

    if (pid == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return pid;
}

#ifdef __SANITIZE_ADDRESS__

enum {
    TRIES = 50,
    STUCK_MS = 3000,
    LARGEST = 1 << 17,
    CACHED = 600, /* more than a thread keeps of one size */
    CACHED_BYTES = 1 << 18,
};

/* The allocator has a lock for each size, taken when the thread's own supply of it is
 * used up: use them all up. */
static void allocate_each_size(void)
{
    static void *taken[CACHED];
    size_t size, n, i;

    for (size = 16; size <= LARGEST; size += size < 1024 ? 16 : size / 8) {
        n = CACHED_BYTES / size < CACHED ? CACHED_BYTES / size : CACHED;
        for (i = 0; i < n; i++)
            taken[i] = malloc(size);
        for (i = 0; i < n; i++)
            free(taken[i]);
    }
}

static bool is_ready(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char c;

    return poll(&p, 1, STUCK_MS) == 1 && read(fd, &c, 1) == 1;
}

pid_t fork_among_threads(void)
{
    pid_t pid = -1;
    int ends[2], tries;
    bool ready = false;

    for (tries = 0; tries < TRIES && !ready; tries++) {
        if (pipe(ends) != 0)
            return -1;
        pid = fork_mortal();
        if (pid == 0) {
            close(ends[0]);
            allocate_each_size();
            if (write(ends[1], "+", 1) != 1)
                _exit(127);
            close(ends[1]);
            return 0;
        }
        close(ends[1]);
        ready = pid > 0 && is_ready(ends[0]);
        close(ends[0]);
        if (!ready && pid > 0) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
        }
    }
    return ready ? pid : -1;
}

#else

pid_t fork_among_threads(void)
{
    return fork_mortal();
}

#endif
