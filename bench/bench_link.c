/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/bench_link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/settings.h"

/* unix:///path or redis://host[:port]; what the library itself accepts beyond
 * that (credentials, databases) has no place in a baseline. */
static bool url_split(char *host, size_t size, int *port)
{
    const char *url = clv_setting("CLOVIS_REDIS_URL");
    char *colon;

    if (!url)
        url = "redis://127.0.0.1:6379";
    if (strncmp(url, "unix://", 7) == 0) {
        snprintf(host, size, "%s", url + 7);
        *port = 0;
        return true;
    }
    if (strncmp(url, "redis://", 8) || strpbrk(url + 8, "@/[")) {
        fprintf(stderr,
                "bench: the baseline wants CLOVIS_REDIS_URL as redis://HOST:PORT or "
                "unix:///PATH\n");
        return false;
    }
    snprintf(host, size, "%s", url + 8);
    colon = strchr(host, ':');
    *port = colon ? atoi(colon + 1) : 6379;
    if (colon)
        *colon = '\0';
    return true;
}

static int bare_connect(const char *host, int port)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *ai = NULL;
    char service[16];
    int fd = -1, one = 1;

    if (port == 0) {
        if (strlen(host) >= sizeof(un.sun_path))
            return -1;
        memcpy(un.sun_path, host, strlen(host) + 1);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
            return fd;
    } else {
        snprintf(service, sizeof(service), "%d", port);
        if (getaddrinfo(host, service, &hints, &ai) == 0) {
            fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
            if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen) == 0) {
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
                freeaddrinfo(ai);
                return fd;
            }
            freeaddrinfo(ai);
        }
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

redisContext *bench_raw_open(void)
{
    char host[256];
    redisContext *c;
    int port;

    if (!url_split(host, sizeof(host), &port))
        return NULL;
    c = port ? redisConnect(host, port) : redisConnectUnix(host);
    if (c && !c->err)
        return c;
    fprintf(stderr, "bench: cannot connect to %s: %s\n", host,
            c ? c->errstr : "out of memory");
    if (c)
        redisFree(c);
    return NULL;
}

int bench_bare_open(void)
{
    char host[256];
    int port, fd;

    if (!url_split(host, sizeof(host), &port))
        return -1;
    fd = bare_connect(host, port);
    if (fd < 0)
        fprintf(stderr, "bench: cannot connect to %s: %s\n", host, strerror(errno));
    return fd;
}

long long bench_raw_int(redisContext *c, const char *fmt, ...)
{
    redisReply *r;
    long long v;
    va_list ap;

    va_start(ap, fmt);
    r = redisvCommand(c, fmt, ap);
    va_end(ap);
    v = r && r->type == REDIS_REPLY_INTEGER ? r->integer : -1;
    if (r)
        freeReplyObject(r);
    return v;
}

/* The number behind key in the server's INFO memory. */
static double info_number(redisContext *c, const char *key)
{
    redisReply *r = redisCommand(c, "INFO memory");
    const char *at = r && r->type == REDIS_REPLY_STRING ? strstr(r->str, key) : NULL;
    const double n = at ? strtod(at + strlen(key), NULL) : 0;

    if (r)
        freeReplyObject(r);
    return n;
}

double bench_redis_memory(redisContext *c)
{
    int tries;

    for (tries = 0; tries < 1000 && info_number(c, "lazyfree_pending_objects:") > 0;
         tries++)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    return info_number(c, "used_memory:");
}

bool bench_service_open(ClCkptSvcHdlT *service)
{
    ClVersionT version = {'B', 1, 1};
    const ClRcT rc = clCkptInitialize(service, NULL, &version);

    if (rc != CL_OK)
        fprintf(stderr, "bench: clCkptInitialize: 0x%x\n", rc);
    return rc == CL_OK;
}

bool bench_ckpt_open(ClCkptSvcHdlT service, const char *suffix, uint32_t max_sections,
                     uint64_t max_section_size, ClCkptHdlT *out)
{
    ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = CL_CKPT_WR_ACTIVE_REPLICA,
        .maxSections = max_sections,
        .maxSectionSize = max_section_size,
        .maxSectionIdSize = 16,
    };
    ClNameT name;
    ClRcT rc;

    name.length = (ClUint16T)snprintf(name.value, sizeof(name.value),
                                      "clovis-bench-%d-%s", (int)getpid(), suffix);
    rc = clCkptCheckpointOpen(service, &name, &attrs,
                              CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE |
                                  CL_CKPT_CHECKPOINT_CREATE,
                              CL_TIME_END, out);
    if (rc != CL_OK)
        fprintf(stderr, "bench: clCkptCheckpointOpen: 0x%x\n", rc);
    return rc == CL_OK;
}
