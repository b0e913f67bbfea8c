/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_conn.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"

enum { UNACKED_LIMIT_MS = 5000 };

static int connect_within(int fd, const struct sockaddr *sa, socklen_t len,
                          int64_t deadline_ns)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    socklen_t size = sizeof(int);
    int err = 0, n;

    if (connect(fd, sa, len) == 0)
        return 0;
    /* EAGAIN: the backlog of a unix socket is full, which poll() does not wait for */
    if (errno != EINPROGRESS)
        return errno;
    do
        n = poll(&p, 1, clv_deadline_left_ms(deadline_ns));
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n == 0 ? ETIMEDOUT : errno;
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

static int dial(int family, const struct sockaddr *sa, socklen_t len, int64_t deadline_ns,
                int *err)
{
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        *err = errno;
        return -1;
    }
    *err = connect_within(fd, sa, len, deadline_ns);
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
        return -1;
    }
    memcpy(sa.sun_path, path, strlen(path) + 1);
    fd = dial(AF_UNIX, (struct sockaddr *)&sa, sizeof(sa), deadline_ns, &err);
    if (fd < 0)
        snprintf(why, why_size, "%s: %s", path, strerror(err));
    return fd;
}

static int dial_tcp(const struct rds_url *url, int64_t deadline_ns, char *why,
                    size_t why_size)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *list, *a;
    char port[8], buf[280];
    int fd = -1, err;

    snprintf(port, sizeof(port), "%u", url->hosts[0].port);
    err = getaddrinfo(url->hosts[0].host, port, &hints, &list);
    if (err) {
        snprintf(why, why_size, "%s: %s", rds_url_address(url, buf, sizeof(buf)),
                 gai_strerror(err));
        return -1;
    }
    for (a = list; a && fd < 0; a = a->ai_next)
        fd = dial(a->ai_family, a->ai_addr, a->ai_addrlen, deadline_ns, &err);
    freeaddrinfo(list);
    if (fd < 0)
        snprintf(why, why_size, "%s: %s", rds_url_address(url, buf, sizeof(buf)),
                 strerror(err));
    return fd;
}

bool rds_conn_open(struct rds_conn *conn, const struct rds_url *url, int64_t deadline_ns,
                   char *why, size_t why_size)
{
    memset(conn, 0, sizeof(*conn));
    conn->fd = url->scheme == RDS_UNIX ? dial_unix(url->path, deadline_ns, why, why_size)
                                       : dial_tcp(url, deadline_ns, why, why_size);
    if (conn->fd < 0)
        return false;
    conn->reader = redisReaderCreate();
    conn->block = malloc(RDS_RECV_SIZE);
    if (!conn->reader || !conn->block) {
        snprintf(why, why_size, "out of memory");
        rds_conn_close(conn);
        return false;
    }
    /* keep the buffer: trimming it after each large reply costs page faults */
    conn->reader->maxbuf = 4 * RDS_RECV_SIZE;
    return true;
}

void rds_conn_shut(struct rds_conn *conn)
{
    if (conn->fd >= 0)
        shutdown(conn->fd, SHUT_RDWR);
}

void rds_conn_close(struct rds_conn *conn)
{
    if (conn->fd >= 0)
        close(conn->fd);
    if (conn->reader)
        redisReaderFree(conn->reader);
    free(conn->block);
    memset(conn, 0, sizeof(*conn));
    conn->fd = -1;
}

/* After a system call that moved nothing: go on waiting, or why not. */
static enum rds_io stalled(ssize_t n, int64_t deadline_ns)
{
    if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        return RDS_IO_LOST;
    return clv_deadline_left_ms(deadline_ns) == 0 ? RDS_IO_LATE : RDS_IO_OK;
}

/* Drop the first n bytes of the vector; returns the number of entries left. */
static int advance(struct iovec **iov, int n_iov, size_t n)
{
    while (n_iov > 0 && n >= (*iov)->iov_len) {
        n -= (*iov)->iov_len;
        (*iov)++;
        n_iov--;
    }
    if (n_iov > 0) {
        (*iov)->iov_base = (char *)(*iov)->iov_base + n;
        (*iov)->iov_len -= n;
    }
    return n_iov;
}

enum rds_io rds_conn_flush(struct rds_conn *conn, int64_t deadline_ns)
{
    struct iovec *iov = conn->iov;
    int left = conn->n_iov;
    enum rds_io io = RDS_IO_OK;

    conn->n_iov = 0;
    while (left > 0 && io == RDS_IO_OK) {
        struct msghdr msg = {.msg_iov = iov, .msg_iovlen = (size_t)left};
        const ssize_t n = sendmsg(conn->fd, &msg, MSG_NOSIGNAL);

        if (n > 0)
            left = advance(&iov, left, (size_t)n);
        else
            io = stalled(n, deadline_ns);
    }
    return io;
}

static enum rds_io put_bytes(struct rds_conn *conn, const void *base, size_t size,
                             int64_t deadline_ns)
{
    enum rds_io io = RDS_IO_OK;

    if (size == 0)
        return RDS_IO_OK;
    if (conn->n_iov == sizeof(conn->iov) / sizeof(*conn->iov))
        io = rds_conn_flush(conn, deadline_ns);
    conn->iov[conn->n_iov++] = (struct iovec){(void *)(uintptr_t)base, size};
    return io;
}

enum rds_io rds_conn_put(struct rds_conn *conn, const struct rds_req *req,
                         int64_t deadline_ns)
{
    enum rds_io io = RDS_IO_OK;
    size_t i, at = 0;

    for (i = 0; i < req->n_ext && io == RDS_IO_OK; i++) {
        const struct rds_ext *e = &req->ext[i];

        io = put_bytes(conn, req->text + at, e->at - at, deadline_ns);
        if (io == RDS_IO_OK)
            io = put_bytes(conn, e->bytes.base, e->bytes.size, deadline_ns);
        at = e->at;
    }
    if (io == RDS_IO_OK)
        io = put_bytes(conn, req->text + at, req->len - at, deadline_ns);
    return io;
}

enum rds_io rds_conn_reply(struct rds_conn *conn, redisReply **out)
{
    void *reply = NULL;

    if (redisReaderGetReply(conn->reader, &reply) != REDIS_OK)
        return RDS_IO_LOST;
    *out = reply;
    return RDS_IO_OK;
}

/* Wait for input when the deadline is nearer than the socket's own slice. */
static enum rds_io wait_short(struct rds_conn *conn, int64_t deadline_ns)
{
    const int left = clv_deadline_left_ms(deadline_ns);
    struct pollfd p = {.fd = conn->fd, .events = POLLIN};

    if (left < 0 || left >= RDS_SLICE_MS)
        return RDS_IO_OK;
    return poll(&p, 1, left) == 0 ? RDS_IO_LATE : RDS_IO_OK;
}

enum rds_io rds_conn_recv(struct rds_conn *conn, int64_t deadline_ns)
{
    enum rds_io io;
    ssize_t n;

    do {
        io = wait_short(conn, deadline_ns);
        if (io != RDS_IO_OK)
            return io;
        n = recv(conn->fd, conn->block, RDS_RECV_SIZE, 0);
        if (n > 0)
            return redisReaderFeed(conn->reader, conn->block, (size_t)n) == REDIS_OK
                       ? RDS_IO_OK
                       : RDS_IO_LOST;
        io = stalled(n, deadline_ns);
    } while (io == RDS_IO_OK);
    return io;
}

enum rds_io rds_conn_ask(struct rds_conn *conn, const struct rds_req *req,
                         int64_t deadline_ns, redisReply **out)
{
    enum rds_io io = rds_conn_put(conn, req, deadline_ns);
    redisReply *reply, *kept = NULL;
    uint32_t n = 0;

    if (io == RDS_IO_OK)
        io = rds_conn_flush(conn, deadline_ns);
    while (io == RDS_IO_OK && n < req->n_replies) {
        io = rds_conn_reply(conn, &reply);
        if (io != RDS_IO_OK)
            break;
        if (!reply) {
            io = rds_conn_recv(conn, deadline_ns);
            continue;
        }
        n++;
        if (kept && kept->type == REDIS_REPLY_ERROR) {
            freeReplyObject(reply);
            continue;
        }
        if (kept)
            freeReplyObject(kept);
        kept = reply;
    }
    if (io != RDS_IO_OK && kept) {
        freeReplyObject(kept);
        kept = NULL;
    }
    *out = kept;
    return io;
}
