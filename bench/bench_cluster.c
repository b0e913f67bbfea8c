/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/bench_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <clCommonErrors.h>

#include "base/clock.h"

extern char **environ;

FILE *bench_cluster_file(const struct bench_cluster *c, const char *name)
{
    char path[PATH_MAX];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", c->dir, name);
    f = fopen(path, "we");
    if (!f)
        fprintf(stderr, "bench: cannot make %s: %s\n", path, strerror(errno));
    return f;
}

/* Beside this program: installed, or in the build tree, where libtool keeps the real
 * program one directory below. */
static bool daemon_beside(struct bench_cluster *c, const char *where)
{
    char self[PATH_MAX];

    memcpy(self, c->self, sizeof(self));
    return snprintf(c->daemon, sizeof(c->daemon), "%s/%s", dirname(self), where) <
               (int)sizeof(c->daemon) &&
           access(c->daemon, X_OK) == 0;
}

static bool find_daemon(struct bench_cluster *c, const char *given)
{
    if (realpath("/proc/self/exe", c->self) == NULL)
        return false;
    if (given)
        snprintf(c->daemon, sizeof(c->daemon), "%s", given);
    else if (!daemon_beside(c, "clovis-amfd") &&
             !daemon_beside(c, "../sbin/clovis-amfd") &&
             !daemon_beside(c, "../clovis-amfd"))
        snprintf(c->daemon, sizeof(c->daemon), "clovis-amfd"); /* on the PATH */
    return true;
}

static bool listen_reports(struct bench_cluster *c)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};

    snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/reports", c->dir);
    c->reports = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (c->reports < 0 || bind(c->reports, (struct sockaddr *)&sa, sizeof(sa)))
        return false;
    return setenv("CLOVIS_BENCH_REPORTS", sa.sun_path, 1) == 0;
}

bool bench_cluster_start(struct bench_cluster *c)
{
    const char *const argv[] = {c->daemon,     "--model",   c->dir,
                                "--all-nodes", "--run-dir", c->dir,
                                "--log-dir",   c->dir,      NULL};
    posix_spawn_file_actions_t fa;
    char log[PATH_MAX];
    int err;

    snprintf(log, sizeof(log), "%s/amfd.log", c->dir);
    posix_spawn_file_actions_init(&fa);
    posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, log,
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&fa, STDERR_FILENO, STDOUT_FILENO);
    err = posix_spawnp(&c->amfd, c->daemon, &fa, NULL, (char *const *)(uintptr_t)argv,
                       environ);
    posix_spawn_file_actions_destroy(&fa);
    if (err) {
        fprintf(stderr, "bench: cannot start %s: %s\n", c->daemon, strerror(err));
        c->amfd = 0;
        return false;
    }
    return true;
}

void bench_cluster_close(struct bench_cluster *c)
{
    const char *const rm[] = {"rm", "-rf", c->dir, NULL};
    pid_t pid;

    if (c->amfd) {
        kill(c->amfd, SIGTERM);
        while (waitpid(c->amfd, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    if (c->reports >= 0)
        close(c->reports);
    if (!c->dir[0])
        return;
    if (posix_spawnp(&pid, "rm", NULL, NULL, (char *const *)(uintptr_t)rm, environ) == 0)
        waitpid(pid, NULL, 0);
}

bool bench_cluster_open(struct bench_cluster *c, const char *daemon)
{
    memset(c, 0, sizeof(*c));
    c->reports = -1;
    strcpy(c->dir, "/tmp/clovis-bench.XXXXXX");
    if (!mkdtemp(c->dir)) {
        fprintf(stderr, "bench: cannot make %s: %s\n", c->dir, strerror(errno));
        c->dir[0] = '\0';
        return false;
    }
    return find_daemon(c, daemon) && listen_reports(c);
}

bool bench_cluster_next(struct bench_cluster *c, struct bench_callback *cb, int ms)
{
    struct pollfd p = {.fd = c->reports, .events = POLLIN};
    char text[128];
    ssize_t n;

    if (poll(&p, 1, ms) != 1) {
        fprintf(stderr, "bench: no callback within %d ms, see the end of the log:\n", ms);
        return false;
    }
    n = recv(c->reports, text, sizeof(text) - 1, 0);
    if (n <= 0)
        return false;
    text[n] = '\0';
    return sscanf(text, "%d %d %" SCNd64, &cb->pid, &cb->ha, &cb->at_ns) == 3;
}

bool bench_cluster_waiting(const struct bench_cluster *c, int ms)
{
    struct pollfd p = {.fd = c->reports, .events = POLLIN};

    return poll(&p, 1, ms) == 1;
}

static int operator_connect(const struct bench_cluster *c)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/clovis-amfd.sock", c->dir);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The rc of the answer to request 2, which comes after the one to the hello; -1: none. */
static long answer_rc(int fd)
{
    char text[1024];
    const char *at = NULL;
    size_t size = 0;
    ssize_t n;

    while (!at && size + 1 < sizeof(text)) {
        n = recv(fd, text + size, sizeof(text) - 1 - size, 0);
        if (n <= 0)
            return -1;
        size += (size_t)n;
        text[size] = '\0';
        at = strchr(text, '\n');
        at = at && strchr(at + 1, '\n') ? strstr(at + 1, "\"rc\":") : NULL;
    }
    return at ? strtol(at + strlen("\"rc\":"), NULL, 10) : -1;
}

static long order_once(const struct bench_cluster *c, const char *request,
                       int64_t *sent_ns)
{
    const int fd = operator_connect(c);
    char text[512];
    const int n = snprintf(text, sizeof(text),
                           "{\"t\":\"hello\",\"id\":1,\"operator\":true}\n%s\n", request);
    long rc = -1;

    *sent_ns = clv_now_ns();
    if (fd >= 0 && send(fd, text, (size_t)n, MSG_NOSIGNAL) == n)
        rc = answer_rc(fd);
    if (fd >= 0)
        close(fd);
    return rc;
}

bool bench_cluster_order(struct bench_cluster *c, const char *request, int64_t *sent_ns)
{
    long rc = order_once(c, request, sent_ns);

    for (; CL_GET_ERROR_CODE(rc) == CL_ERR_TRY_AGAIN;
         rc = order_once(c, request, sent_ns))
        poll(NULL, 0, 1); /* components report a callback before they answer it */
    if (rc)
        fprintf(stderr, "bench: %s: the daemon answers 0x%lx\n", request,
                (unsigned long)rc);
    return rc == 0;
}

void bench_cluster_show_log(const struct bench_cluster *c)
{
    char line[1024], path[PATH_MAX];
    FILE *f;

    snprintf(path, sizeof(path), "%s/amfd.log", c->dir);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        fputs(line, stderr);
    if (f)
        fclose(f);
}
