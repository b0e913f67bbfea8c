/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amf/amf_must.h"

struct amf_listener {
    uv_pipe_t pipe;
    struct amf_listener_events events;
    struct amf_peer *first;
    char buffer[65536]; /* every read lands here and is taken out before the next */
};

struct outgoing {
    uv_write_t req;
    struct amf_peer *peer;
    size_t n;
    char *line; /* owned */
};

static void peer_free(uv_handle_t *h)
{
    struct amf_peer *p = h->data;

    amf_reader_free(&p->reader);
    free(p);
}

void amf_peer_close(struct amf_peer *p)
{
    if (p->closing)
        return;
    p->closing = true;
    *p->link = p->next;
    if (p->next)
        p->next->link = p->link;
    uv_close((uv_handle_t *)&p->pipe, peer_free);
}

static void peer_end(struct amf_peer *p, const char *why)
{
    if (p->closing)
        return;
    p->listener->events.ended(p->listener->events.ctx, p, why);
    amf_peer_close(p);
}

/* ---- out ----------------------------------------------------------------- */

static void written(uv_write_t *req, int status)
{
    struct outgoing *out = req->data;
    struct amf_peer *p = out->peer;

    (void)status; /* a broken connection is seen by the reading side */
    p->queued -= out->n;
    free(out->line);
    free(out);
}

static void queue(struct amf_peer *p, char *line, size_t done, size_t len)
{
    struct outgoing *out = amf_must(calloc(1, sizeof(*out)));
    uv_buf_t buf = uv_buf_init(line + done, (unsigned)(len - done));

    out->req.data = out;
    out->peer = p;
    out->n = len - done;
    out->line = line;
    p->queued += out->n;
    if (uv_write(&out->req, (uv_stream_t *)&p->pipe, &buf, 1, written)) {
        p->queued -= out->n;
        free(line);
        free(out);
    }
}

/* The end comes through the reading side, outside of the sender's work. */
static void cut_off(struct amf_peer *p)
{
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t *)&p->pipe, &fd) == 0)
        shutdown(fd, SHUT_RDWR);
}

void amf_peer_send(struct amf_peer *p, json_t *o)
{
    size_t len = 0, done = 0;
    uv_buf_t buf;
    char *line;
    int n;

    if (!p->closing)
        p->listener->events.sent(p->listener->events.ctx, p, amf_must(o));
    line = p->closing ? NULL : amf_must(amf_line(amf_must(o), &len));
    json_decref(o);
    if (!line)
        return;
    if (!p->queued) {
        buf = uv_buf_init(line, (unsigned)len);
        n = uv_try_write((uv_stream_t *)&p->pipe, &buf, 1);
        done = n > 0 ? (size_t)n : 0;
    }
    if (done == len) {
        free(line);
    } else if (p->queued + len > AMF_PEER_QUEUE_MAX) {
        free(line);
        cut_off(p);
    } else {
        queue(p, line, done, len);
    }
}

/* ---- in ------------------------------------------------------------------ */

static void room_for(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
    struct amf_peer *p = h->data;

    (void)suggested;
    *buf = uv_buf_init(p->listener->buffer, sizeof(p->listener->buffer));
}

static void take_lines(struct amf_peer *p)
{
    json_t *o;
    bool bad = false;

    while (!p->closing && (o = amf_reader_next(&p->reader, &bad)) != NULL) {
        p->listener->events.line(p->listener->events.ctx, p, o);
        json_decref(o);
    }
    if (!p->closing && bad)
        peer_end(p, "a line that is no JSON object");
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct amf_peer *p = stream->data;

    if (n < 0)
        peer_end(p, n == UV_EOF ? "end of the connection" : uv_strerror((int)n));
    else if (!amf_reader_feed(&p->reader, buf->base, (size_t)n))
        peer_end(p, "a line that is too long");
    else
        take_lines(p);
}

/* ---- the socket ---------------------------------------------------------- */

static pid_t peer_pid(uv_pipe_t *pipe)
{
    struct ucred cred = {0};
    socklen_t len = sizeof(cred);
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t *)pipe, &fd) != 0 ||
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
        return 0;
    return cred.pid;
}

static void connected(uv_stream_t *server, int status)
{
    struct amf_listener *l = server->data;
    struct amf_peer *p;

    if (status < 0) {
        clv_log(CLV_LOG_WARNING, "a connection was not accepted: %s",
                uv_strerror(status));
        return;
    }
    p = amf_must(calloc(1, sizeof(*p)));
    uv_pipe_init(server->loop, &p->pipe, 0);
    p->pipe.data = p;
    p->listener = l;
    p->comp = -1;
    p->next = l->first;
    p->link = &l->first;
    if (l->first)
        l->first->link = &p->next;
    l->first = p;
    if (uv_accept(server, (uv_stream_t *)&p->pipe)) {
        amf_peer_close(p);
        return;
    }
    p->pid = peer_pid(&p->pipe);
    uv_read_start((uv_stream_t *)&p->pipe, room_for, received);
}

struct amf_listener *amf_listener_new(uv_loop_t *loop, const char *path,
                                      const struct amf_listener_events *events, char *why,
                                      size_t size)
{
    struct amf_listener *l = amf_must(calloc(1, sizeof(*l)));
    int rc;

    l->events = *events;
    uv_pipe_init(loop, &l->pipe, 0);
    l->pipe.data = l;
    unlink(path); /* a socket that an earlier daemon left; nobody listens: we hold the
                     lock */
    rc = uv_pipe_bind(&l->pipe, path);
    if (!rc && chmod(path, 0600) != 0)
        rc = uv_translate_sys_error(errno);
    if (!rc)
        rc = uv_listen((uv_stream_t *)&l->pipe, 128, connected);
    if (rc) {
        snprintf(why, size, "cannot listen on %s: %s", path, uv_strerror(rc));
        uv_close((uv_handle_t *)&l->pipe, NULL);
        uv_run(loop, UV_RUN_NOWAIT);
        free(l);
        return NULL;
    }
    return l;
}

void amf_listener_close(struct amf_listener *l)
{
    while (l->first)
        amf_peer_close(l->first);
    uv_close((uv_handle_t *)&l->pipe, NULL);
}

void amf_listener_free(struct amf_listener *l)
{
    free(l);
}

struct amf_peer *amf_listener_first(const struct amf_listener *l)
{
    return l->first;
}
