/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_conn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum store_status rds_conn_open(struct rds_conn *conn, const struct rds_place *place,
                                const atomic_bool *cancel, int64_t deadline_ns, char *why,
                                size_t why_size)
{
    enum store_status st = STORE_OK;

    memset(conn, 0, sizeof(*conn));
    conn->fd = rds_dial(place, cancel, deadline_ns, why, why_size);
    if (conn->fd < 0)
        return STORE_AWAY;
    if (place->tls)
        st =
            rds_tls_open(conn->fd, place, cancel, deadline_ns, &conn->tls, why, why_size);
    if (st != STORE_OK) {
        rds_conn_close(conn);
        return st;
    }
    conn->reader = rds_tree_reader();
    conn->block = malloc(RDS_RECV_SIZE);
    if (!conn->reader || !conn->block) {
        snprintf(why, why_size, "out of memory");
        rds_conn_close(conn);
        return STORE_AWAY;
    }
    conn->heard = place->port == 0; /* a unix socket never expects TLS */
    /* keep the buffer: trimming it after each large reply costs page faults */
    conn->reader->maxbuf = 4 * RDS_RECV_SIZE;
    return STORE_OK;
}

enum store_status rds_conn_loss(const struct rds_conn *conn, const char **text)
{
    *text = "connection lost";
    if (!conn->tls && !conn->heard)
        *text = "closed without an answer (if it expects TLS: rediss://)";
    if (!conn->tls || !rds_tls_alert(conn->tls))
        return STORE_AWAY;
    *text = rds_tls_alert(conn->tls);
    return STORE_REFUSED;
}

void rds_conn_shut(struct rds_conn *conn)
{
    if (conn->fd >= 0)
        shutdown(conn->fd, SHUT_RDWR);
}

void rds_conn_close(struct rds_conn *conn)
{
    rds_tls_close(conn->tls);
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

static ssize_t send_some(struct rds_conn *conn, struct iovec *iov, int n_iov)
{
    struct msghdr msg = {.msg_iov = iov, .msg_iovlen = (size_t)n_iov};

    if (conn->tls)
        return rds_tls_send(conn->tls, iov, n_iov);
    if (n_iov == 1) /* the kernel has less to copy and to check */
        return send(conn->fd, iov->iov_base, iov->iov_len, MSG_NOSIGNAL);
    return sendmsg(conn->fd, &msg, MSG_NOSIGNAL);
}

enum rds_io rds_conn_flush(struct rds_conn *conn, int64_t deadline_ns)
{
    struct iovec *iov = conn->iov;
    int left = conn->n_iov;
    enum rds_io io = RDS_IO_OK;

    conn->n_iov = 0;
    while (left > 0 && io == RDS_IO_OK) {
        const ssize_t n = send_some(conn, iov, left);

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

/* The reader is between two replies, and text is next. */
static bool is_next(const redisReader *r, const char *text, size_t len)
{
    return r->ridx == -1 && r->len - r->pos >= len &&
           memcmp(r->buf + r->pos, text, len) == 0;
}

uint32_t rds_conn_skip(struct rds_conn *conn, uint32_t max)
{
    static const char ok[] = "+OK\r\n", queued[] = "+QUEUED\r\n";
    redisReader *r = conn->reader;
    uint32_t n;

    for (n = 0; n < max; n++) {
        if (is_next(r, queued, sizeof(queued) - 1))
            r->pos += sizeof(queued) - 1;
        else if (is_next(r, ok, sizeof(ok) - 1))
            r->pos += sizeof(ok) - 1;
        else
            break;
    }
    return n;
}

/* Wait for input when the deadline is nearer than the socket's own slice. */
static enum rds_io wait_short(struct rds_conn *conn, int64_t deadline_ns)
{
    const int left = clv_deadline_left_ms(deadline_ns);
    struct pollfd p = {.fd = conn->fd, .events = POLLIN};

    if (left < 0 || left >= RDS_SLICE_MS || (conn->tls && rds_tls_has_pending(conn->tls)))
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
        n = conn->tls ? rds_tls_recv(conn->tls, conn->block, RDS_RECV_SIZE)
                      : recv(conn->fd, conn->block, RDS_RECV_SIZE, 0);
        if (n > 0) {
            conn->heard = true;
            return redisReaderFeed(conn->reader, conn->block, (size_t)n) == REDIS_OK
                       ? RDS_IO_OK
                       : RDS_IO_LOST;
        }
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
            rds_reply_free(reply);
            continue;
        }
        if (kept)
            rds_reply_free(kept);
        kept = reply;
    }
    if (io != RDS_IO_OK && kept) {
        rds_reply_free(kept);
        kept = NULL;
    }
    *out = kept;
    return io;
}
