/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

const char *rds_place_text(const struct rds_place *place, char buf[RDS_PLACE_TEXT])
{
    if (place->port == 0)
        snprintf(buf, RDS_PLACE_TEXT, "%s", place->host);
    else if (strchr(place->host, ':'))
        snprintf(buf, RDS_PLACE_TEXT, "[%s]:%u", place->host, place->port);
    else
        snprintf(buf, RDS_PLACE_TEXT, "%s:%u", place->host, place->port);
    return buf;
}

bool rds_place_equal(const struct rds_place *a, const struct rds_place *b)
{
    return a->port == b->port && strcasecmp(a->host, b->host) == 0;
}

enum { UNACKED_LIMIT_MS = 5000, CANCEL_MS = 50 };

/* Poll in slices, so that cancel is seen. ETIMEDOUT, ECANCELED, errno or 0. */
static int writable_within(int fd, const atomic_bool *cancel, int64_t deadline_ns)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    int left, n;

    for (;;) {
        left = clv_deadline_left_ms(deadline_ns);
        n = poll(&p, 1, left < 0 || left > CANCEL_MS ? CANCEL_MS : left);
        if (n > 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return errno;
        if (cancel && atomic_load(cancel))
            return ECANCELED;
        if (clv_deadline_left_ms(deadline_ns) == 0)
            return ETIMEDOUT;
    }
}

static int connect_within(int fd, const struct sockaddr *sa, socklen_t len,
                          const atomic_bool *cancel, int64_t deadline_ns)
{
    socklen_t size = sizeof(int);
    int err = 0, result;

    if (connect(fd, sa, len) == 0)
        return 0;
    /* EAGAIN: the backlog of a unix socket is full, which poll() does not wait for */
    if (errno != EINPROGRESS)
        return errno;
    result = writable_within(fd, cancel, deadline_ns);
    if (result)
        return result;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) ? errno : err;
}

static void tune(int fd, bool tcp)
{
    const struct timeval slice = {0, RDS_SLICE_MS * 1000};
    const int on = 1, limit = UNACKED_LIMIT_MS;

    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof(slice));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &slice, sizeof(slice));
    if (tcp) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
        setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof(limit));
    }
}

static int dial(int family, const struct sockaddr *sa, socklen_t len,
                const atomic_bool *cancel, int64_t deadline_ns, int *err)
{
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        *err = errno;
        return -1;
    }
    *err = connect_within(fd, sa, len, cancel, deadline_ns);
    if (*err) {
        close(fd);
        return -1;
    }
    tune(fd, family != AF_UNIX);
    return fd;
}

static int dial_unix(const char *path, int64_t deadline_ns, char *why, size_t why_size)
{
    struct sockaddr_un sa = {.sun_family = AF_UNIX};
    int fd, err;

    if (strlen(path) >= sizeof(sa.sun_path)) {
        snprintf(why, why_size, "%s: the path is longer than %zu bytes", path,
                 sizeof(sa.sun_path) - 1);
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(sa.sun_path, path, strlen(path) + 1);
    fd = dial(AF_UNIX, (struct sockaddr *)&sa, sizeof(sa), NULL, deadline_ns, &err);
    if (fd < 0)
        snprintf(why, why_size, "%s: %s", path, strerror(err));
    errno = err;
    return fd;
}

static int dial_tcp(const struct rds_place *place, const atomic_bool *cancel,
                    int64_t deadline_ns, char *why, size_t why_size)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list, *a;
    char port[8], text[RDS_PLACE_TEXT];
    int fd = -1, err;

    snprintf(port, sizeof(port), "%u", place->port);
    err = getaddrinfo(place->host, port, &hints, &list);
    if (err) {
        snprintf(why, why_size, "%s: %s", rds_place_text(place, text), gai_strerror(err));
        errno = 0;
        return -1;
    }
    err = EADDRNOTAVAIL;
    for (a = list; a && fd < 0; a = a->ai_next)
        fd = dial(a->ai_family, a->ai_addr, a->ai_addrlen, cancel, deadline_ns, &err);
    freeaddrinfo(list);
    if (fd < 0)
        snprintf(why, why_size, "%s: %s", rds_place_text(place, text), strerror(err));
    errno = err;
    return fd;
}

int rds_dial(const struct rds_place *place, const atomic_bool *cancel,
             int64_t deadline_ns, char *why, size_t why_size)
{
    return place->port == 0 ? dial_unix(place->host, deadline_ns, why, why_size)
                            : dial_tcp(place, cancel, deadline_ns, why, why_size);
}
