/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture_redis.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_acl.h"

enum { PORT_FIRST = 10000, PORTS = 22000 };

static void die(const struct redis *r, const char *what)
{
    fprintf(stderr, "fixture: %s (%s)\n", what, r ? r->dir : "");
    abort();
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

bool wait_for(bool (*cond)(void *arg), void *arg, int ms)
{
    const int64_t deadline = clv_deadline_ns(ms * CLV_NS_PER_MS);

    while (!cond(arg)) {
        if (clv_deadline_left_ms(deadline) == 0)
            return false;
        pause_ms(2);
    }
    return true;
}

/* Below those that the kernel gives to connections (32768 and up): one of them would be
 * taken while a server that was killed is away from its port. */
int free_port(void)
{
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unsigned tries = 0;
    uint16_t n;

    do {
        if (fd < 0 || tries++ == 1000 || getrandom(&n, sizeof(n), 0) != sizeof(n))
            die(NULL, "no free port");
        sa.sin_port = htons((uint16_t)(PORT_FIRST + n % PORTS));
    } while (bind(fd, (struct sockaddr *)&sa, sizeof(sa)));
    close(fd);
    return ntohs(sa.sin_port);
}

static void run_server(const struct redis *r)
{
    const char *argv[64];
    const char *server = getenv("REDIS_SERVER");
    char port[16];
    size_t n = 0, i;
    int fd;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chdir(r->dir))
        _exit(127);
    fd = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    snprintf(port, sizeof(port), "%d", r->port);
    argv[n++] = server && *server ? server : "redis-server";
    argv[n++] = "--port";
    argv[n++] = port;
    argv[n++] = "--bind";
    argv[n++] = "127.0.0.1";
    argv[n++] = "--unixsocket";
    argv[n++] = r->socket;
    argv[n++] = "--save";
    argv[n++] = "";
    for (i = 0; r->args && r->args[i] && n < 60; i++)
        argv[n++] = r->args[i];
    n += fixture_acl_args(r, argv + n);
    argv[n] = NULL;
    execvp(argv[0], (char *const *)argv);
    _exit(127);
}

static bool answers(void *arg)
{
    const struct redis *r = arg;
    redisContext *c = redisConnectUnix(r->socket);
    redisReply *reply = NULL;
    bool ok;

    if (c && !c->err)
        reply = redisCommand(c, "PING");
    /* an error answer (a password is wanted) is an answer, LOADING is not */
    ok = reply &&
         (reply->type == REDIS_REPLY_STATUS ||
          (reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "LOADING", 7)));
    if (reply)
        freeReplyObject(reply);
    if (c)
        redisFree(c);
    return ok;
}

void redis_again(struct redis *r)
{
    r->pid = fork();
    if (r->pid < 0)
        die(r, "fork");
    if (r->pid == 0)
        run_server(r);
    if (!wait_for(answers, r, 20000))
        die(r, "redis-server does not answer");
}

void redis_start(struct redis *r, bool tcp, const char *const *args)
{
    const char *tmp = getenv("TMPDIR");

    memset(r, 0, sizeof(*r));
    fixture_acl_login();
    r->args = args;
    snprintf(r->dir, sizeof(r->dir), "%s/redis.XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(r->dir))
        die(r, "mkdtemp");
    snprintf(r->socket, sizeof(r->socket), "%s/s", r->dir);
    snprintf(r->url, sizeof(r->url), "unix://%s", r->socket);
    if (tcp) {
        r->port = free_port();
        snprintf(r->tcp_url, sizeof(r->tcp_url), "redis://127.0.0.1:%d", r->port);
    }
    redis_again(r);
}

void redis_kill(struct redis *r)
{
    if (!r->pid)
        return;
    fixture_acl_note(r);
    kill(r->pid, SIGKILL);
    while (waitpid(r->pid, NULL, 0) < 0) {
    }
    r->pid = 0;
    unlink(r->socket);
}

void redis_freeze(struct redis *r)
{
    kill(r->pid, SIGSTOP);
    waitpid(r->pid, NULL, WUNTRACED);
}

void redis_thaw(struct redis *r)
{
    kill(r->pid, SIGCONT);
}

void redis_end(struct redis *r)
{
    const char *argv[] = {"rm", "-rf", r->dir, NULL};
    pid_t pid;

    redis_kill(r);
    pid = fork();
    if (pid == 0) {
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (pid > 0)
        waitpid(pid, NULL, 0);
}

redisContext *redis_raw(const struct redis *r)
{
    redisContext *c = redisConnectUnix(r->socket);

    if (!c || c->err)
        die(r, "cannot connect");
    return c;
}

long long redis_int(const struct redis *r, const char *fmt, ...)
{
    redisContext *c = redis_raw(r);
    redisReply *reply;
    long long v;
    va_list ap;

    va_start(ap, fmt);
    reply = redisvCommand(c, fmt, ap);
    va_end(ap);
    if (!reply || reply->type == REDIS_REPLY_ERROR)
        die(r, reply ? reply->str : "no reply");
    v = reply->type == REDIS_REPLY_INTEGER ? reply->integer
        : reply->str                       ? strtoll(reply->str, NULL, 10)
                                           : -1;
    freeReplyObject(reply);
    redisFree(c);
    return v;
}
