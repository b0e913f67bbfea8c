/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "amf/amf_delivery.h"
#include "amf/amf_proto.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/thread.h"

enum {
    RECONNECT_MIN_MS = 10,
    RECONNECT_MAX_MS = 500,
    HELLO_MS = 3000,
    RECEIVE_BYTES = 16384
};

struct amf_session amf_session = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .wake_fd = -1};

/* Only the session thread touches it. */
static struct amf_reader reader;

void amf_session_wake(void)
{
    const uint64_t one = 1;

    if (write(amf_session.wake_fd, &one, sizeof(one)) < 0) {
        /* the counter is full: the thread is about to wake anyway */
    }
}

static void wake_quiet(void)
{
    uint64_t n;

    if (read(amf_session.wake_fd, &n, sizeof(n)) < 0) {
        /* nothing to quiet */
    }
}

bool amf_session_wait(int64_t deadline_ns)
{
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    return pthread_cond_timedwait(&amf_session.changed, &amf_session.lock, &ts) == 0;
}

void amf_session_flush(void)
{
    struct amf_session *s = &amf_session;

    if (!s->up)
        return;
    if (amf_outbox_flush(&s->outbox, s->fd) == AMF_FLUSH_DONE)
        pthread_cond_broadcast(&s->changed);
    else
        amf_session_wake(); /* to wait for room, or to find the connection broken */
}

/* ---- connecting ---------------------------------------------------------- */

static int daemon_connect(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd;

    if (!amf_socket_path(a.sun_path, sizeof(a.sun_path))) {
        clv_log(CLV_LOG_ERROR,
                "CLOVIS_AMF_SOCKET: \"%s...\" is too long, expected at most %zu bytes",
                a.sun_path, sizeof(a.sun_path) - 1);
        return -1;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
        return fd;
    clv_log(CLV_LOG_DEBUG, "clovis-amfd at %s: %s", a.sun_path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

/* New; NULL: no memory. */
static json_t *hello_new(void)
{
    struct amf_session *s = &amf_session;
    json_t *hello;
    bool resume;

    pthread_mutex_lock(&s->lock);
    resume = s->was_up;
    hello = json_pack("{s:s, s:i, s:s, s:i, s:i, s:b}", "t", "hello", "id", 0, "comp",
                      s->comp, "pid", (int)getpid(), "version", AMF_PROTO_VERSION,
                      "resume", resume);
    pthread_mutex_unlock(&s->lock);
    if (hello && resume && s->hooks->resume)
        s->hooks->resume(hello);
    return hello;
}

static bool bytes_send(int fd, const char *at, size_t left, int64_t deadline_ns)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};

    while (left) {
        const ssize_t n = send(fd, at, left, MSG_NOSIGNAL);

        if (n >= 0) {
            at += n;
            left -= (size_t)n;
        } else if (errno != EAGAIN && errno != EINTR) {
            return false;
        } else if (poll(&p, 1, clv_deadline_left_ms(deadline_ns)) == 0) {
            return false;
        }
    }
    return true;
}

static bool hello_send(int fd, int64_t deadline_ns)
{
    json_t *hello = hello_new();
    size_t size = 0;
    char *line = hello ? amf_line(hello, &size) : NULL;
    const bool ok = line && bytes_send(fd, line, size, deadline_ns);

    free(line);
    json_decref(hello);
    return ok;
}

/* Receive once into the reader; false at the end of the connection. */
static bool bytes_receive(int fd)
{
    char buf[RECEIVE_BYTES];
    const ssize_t n = recv(fd, buf, sizeof(buf), 0);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    return n > 0 && amf_reader_feed(&reader, buf, (size_t)n);
}

/* The daemon's first line: new; NULL when it does not come. */
static json_t *hello_answer(int fd, int64_t deadline_ns)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    json_t *m;
    bool bad;

    for (;;) {
        m = amf_reader_next(&reader, &bad);
        if (m || bad)
            return m;
        if (poll(&p, 1, clv_deadline_left_ms(deadline_ns)) == 0 || !bytes_receive(fd))
            return NULL;
    }
}

/* Calls that were sent and not answered go out again, before all else. Lock held. */
static void calls_repeat(void)
{
    struct amf_call *c;

    for (c = amf_session.calls; c; c = c->next) { /* newest first, so pushed in front */
        char *text;

        if (!c->sent || c->done)
            continue;
        text = malloc(c->size);
        if (!text)
            continue; /* it will time out */
        memcpy(text, c->text, c->size);
        c->sent = false;
        c->repeated = true;
        amf_outbox_push_first(&amf_session.outbox, text, c->size, &c->sent);
    }
}

static void hello_accepted(int fd, const json_t *answer)
{
    struct amf_session *s = &amf_session;
    const char *node = json_string_value(json_object_get(answer, "node"));

    pthread_mutex_lock(&s->lock);
    s->fd = fd;
    s->up = s->was_up = true;
    if (node) {
        snprintf(s->node, sizeof(s->node), "%s", node);
        s->addr = (uint32_t)json_integer_value(json_object_get(answer, "addr"));
        s->settings_known = true;
    }
    s->orphan_ms = json_integer_value(json_object_get(answer, "orphan_ms"));
    calls_repeat();
    amf_session_flush();
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void hello_refused(uint32_t rc)
{
    struct amf_session *s = &amf_session;

    pthread_mutex_lock(&s->lock);
    clv_log(CLV_LOG_ERROR, "component \"%s\": the AMF daemon refuses it, 0x%" PRIx32,
            s->comp, rc);
    s->refusal = rc;
    if (!s->was_up)
        s->wanted = false; /* the caller hears of it; no use in asking again */
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* Connect and introduce the process; false: not this time. */
static bool session_open(void)
{
    const int64_t deadline_ns = clv_deadline_ns(HELLO_MS * CLV_NS_PER_MS);
    const int fd = daemon_connect();
    json_t *answer = NULL;
    uint32_t rc;

    if (fd < 0)
        return false;
    if (hello_send(fd, deadline_ns))
        answer = hello_answer(fd, deadline_ns);
    if (!answer) {
        close(fd);
        amf_reader_free(&reader);
        return false;
    }
    rc = (uint32_t)json_integer_value(json_object_get(answer, "rc"));
    if (rc) {
        hello_refused(rc);
        close(fd);
        amf_reader_free(&reader);
    } else {
        hello_accepted(fd, answer);
    }
    json_decref(answer);
    return rc == 0;
}

/* ---- without the daemon -------------------------------------------------- */

/* The end that the daemon would have given the component, to its children as well. */
static void orphan_end(const char *comp, int64_t orphan_ms)
{
    clv_log(CLV_LOG_ERROR,
            "component \"%s\": no AMF daemon for %" PRId64
            " ms, others take over its work: ending the process",
            comp, orphan_ms);
    if (getpgrp() == getpid())
        kill(0, SIGKILL);
    kill(getpid(), SIGKILL);
}

/* Still no daemon. The other nodes of its cluster will have counted it as dead. */
static void orphan_look(void)
{
    struct amf_session *s = &amf_session;

    pthread_mutex_lock(&s->lock);
    if (s->was_up && s->orphan_ms > 0 &&
        clv_now_ns() - s->lost_ns >= s->orphan_ms * CLV_NS_PER_MS)
        orphan_end(s->comp, s->orphan_ms);
    pthread_mutex_unlock(&s->lock);
}

/* The pause before the next attempt. Who may not live on for long looks more often. */
static int pause_next(int pause_ms)
{
    int64_t max_ms = RECONNECT_MAX_MS;

    pthread_mutex_lock(&amf_session.lock);
    if (amf_session.orphan_ms && amf_session.orphan_ms / 16 < max_ms)
        max_ms = amf_session.orphan_ms / 16 + 1;
    pthread_mutex_unlock(&amf_session.lock);
    if (pause_ms < 0)
        return RECONNECT_MIN_MS;
    return 2 * pause_ms < max_ms ? 2 * pause_ms : (int)max_ms;
}

/* ---- serving ------------------------------------------------------------- */

/* Takes m. */
static void answer_take(json_t *m)
{
    const uint64_t id = (uint64_t)json_integer_value(json_object_get(m, "id"));
    struct amf_call *c;

    pthread_mutex_lock(&amf_session.lock);
    for (c = amf_session.calls; c && c->id != id; c = c->next)
        ;
    if (c && !c->done) {
        c->done = true;
        c->answer = m;
        m = NULL;
        pthread_cond_broadcast(&amf_session.changed);
    }
    pthread_mutex_unlock(&amf_session.lock);
    json_decref(m); /* somebody who no longer waits */
}

/* Takes apart what was received; false: it is not the protocol. */
static bool messages_take(void)
{
    const char *type;
    json_t *m;
    bool bad;

    while ((m = amf_reader_next(&reader, &bad))) {
        type = json_string_value(json_object_get(m, "t"));
        if (type && strcmp(type, "re") == 0)
            answer_take(m);
        else
            amf_delivery_push(m);
    }
    if (bad)
        clv_log(CLV_LOG_ERROR,
                "clovis-amfd: a line is not a JSON object; connecting again");
    return !bad;
}

/* Send what waits, and say what to poll the socket for; false: it is broken. */
static bool flush_again(short *events)
{
    enum amf_flush f;

    pthread_mutex_lock(&amf_session.lock);
    f = amf_outbox_flush(&amf_session.outbox, amf_session.fd);
    if (f == AMF_FLUSH_DONE)
        pthread_cond_broadcast(&amf_session.changed);
    pthread_mutex_unlock(&amf_session.lock);
    *events = (short)(POLLIN | (f == AMF_FLUSH_BLOCKED ? POLLOUT : 0));
    return f != AMF_FLUSH_BROKEN;
}

/* Until the connection ends. */
static void session_serve(void)
{
    struct pollfd p[2] = {{.fd = amf_session.fd},
                          {.fd = amf_session.wake_fd, .events = POLLIN}};

    while (messages_take()) {
        if (!flush_again(&p[0].events))
            return;
        if (poll(p, 2, -1) < 0 && errno != EINTR)
            return;
        if (p[1].revents)
            wake_quiet();
        if (p[0].revents & (POLLIN | POLLHUP | POLLERR))
            if (!bytes_receive(p[0].fd))
                return;
    }
}

static void session_close(void)
{
    struct amf_session *s = &amf_session;

    pthread_mutex_lock(&s->lock);
    close(s->fd);
    s->fd = -1;
    s->up = false;
    s->lost_ns = clv_now_ns();
    amf_outbox_rewind(&s->outbox);
    clv_log(CLV_LOG_WARNING,
            "component \"%s\": lost the AMF daemon; going on, connecting again", s->comp);
    pthread_mutex_unlock(&s->lock);
    amf_reader_free(&reader);
}

/* Sleep until the connection is wanted, at least pause_ms unless somebody wakes us. */
static void wanted_wait(int pause_ms)
{
    struct pollfd p = {.fd = amf_session.wake_fd, .events = POLLIN};
    bool wanted;

    for (;;) {
        if (pause_ms >= 0)
            poll(&p, 1, pause_ms);
        wake_quiet();
        pthread_mutex_lock(&amf_session.lock);
        wanted = amf_session.wanted;
        pthread_mutex_unlock(&amf_session.lock);
        if (wanted)
            return;
        poll(&p, 1, -1);
        pause_ms = -1;
    }
}

static void *session_main(void *arg)
{
    int pause_ms = -1;

    for (;;) {
        wanted_wait(pause_ms);
        if (session_open()) {
            session_serve();
            session_close();
            pause_ms = RECONNECT_MIN_MS;
        } else {
            orphan_look();
            pause_ms = pause_next(pause_ms);
        }
    }
    return arg;
}

/* ---- start, fork --------------------------------------------------------- */

/* The connection belongs to the parent: the child announces itself afresh. What was
 * queued is not freed, because another thread may have been in the middle of it. */
static void child_forget(void)
{
    struct amf_session *s = &amf_session;

    if (s->fd >= 0)
        close(s->fd);
    if (s->wake_fd >= 0)
        close(s->wake_fd);
    memset(s, 0, sizeof(*s));
    memset(&reader, 0, sizeof(reader));
    pthread_mutex_init(&s->lock, NULL);
    s->fd = s->wake_fd = -1;
    amf_delivery_forget();
}

static void fork_prepare(void)
{
    pthread_atfork(NULL, NULL, child_forget);
}

bool amf_session_thread_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct amf_session *s = &amf_session;

    pthread_once(&once, fork_prepare);
    if (s->started)
        return true;
    s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake_fd < 0)
        return false;
    clv_cond_init(&s->changed);
    if (!amf_delivery_start(s->hooks->message) ||
        !clv_thread_start(session_main, NULL, 0, NULL)) {
        close(s->wake_fd);
        s->wake_fd = -1;
        return false;
    }
    s->started = true;
    return true;
}
