/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_amfd.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "amf/amf_proto.h"
#include "base/clock.h"
#include "base/thread.h"

enum { WAIT_MS = 10000 };

struct fake_amfd {
    pthread_mutex_t lock; /* guards every field */
    pthread_cond_t changed;
    pthread_t thread;
    bool dead, end;
    int listen_fd, fd, wake[2];
    struct amf_reader reader;
    json_t *received; /* array; taken ones are replaced by null */
    json_t *answers;  /* t -> object or null */
    json_t *before;   /* t -> line */
    char path[108];
};

/* Lock held. */
static void line_send(struct fake_amfd *f, const json_t *o)
{
    size_t size, sent = 0;
    char *line = amf_line(o, &size);

    while (f->fd >= 0 && sent < size) {
        const ssize_t n = send(f->fd, line + sent, size - sent, MSG_NOSIGNAL);

        if (n < 0)
            break;
        sent += (size_t)n;
    }
    free(line);
}

/* Lock held. */
static void answer_send(struct fake_amfd *f, const json_t *request)
{
    const char *t = json_string_value(json_object_get(request, "t"));
    json_t *id = json_object_get(request, "id");
    json_t *how = json_object_get(f->answers, t);
    json_t *first = json_object_get(f->before, t);
    json_t *o;

    if (first) {
        line_send(f, first);
        json_object_del(f->before, t);
    }
    if (!id || json_is_null(how))
        return;
    o = json_pack("{s:s, s:O, s:i}", "t", "re", "id", id, "rc", 0);
    if (how)
        json_object_update(o, how);
    line_send(f, o);
    json_decref(o);
}

/* Lock held. Shut down first: the poll() of our thread keeps a closed socket open until
 * it returns, and what is sent to it meanwhile would look delivered. */
static void connection_drop(struct fake_amfd *f)
{
    if (f->fd >= 0) {
        shutdown(f->fd, SHUT_RDWR);
        close(f->fd);
    }
    f->fd = -1;
    amf_reader_free(&f->reader);
}

/* Lock held. */
static void bytes_take(struct fake_amfd *f)
{
    char buf[4096];
    const ssize_t n = recv(f->fd, buf, sizeof(buf), MSG_DONTWAIT);
    json_t *m;
    bool bad;

    if (n <= 0 || !amf_reader_feed(&f->reader, buf, (size_t)n)) {
        connection_drop(f);
    } else {
        while ((m = amf_reader_next(&f->reader, &bad))) {
            json_array_append_new(f->received, m);
            answer_send(f, m);
        }
    }
    pthread_cond_broadcast(&f->changed);
}

static void *fake_main(void *arg)
{
    struct fake_amfd *f = arg;
    char c;

    pthread_mutex_lock(&f->lock);
    while (!f->end) {
        struct pollfd p[3] = {{.fd = f->wake[0], .events = POLLIN},
                              {.fd = f->listen_fd, .events = POLLIN},
                              {.fd = f->fd, .events = POLLIN}};

        pthread_mutex_unlock(&f->lock);
        poll(p, 3, -1);
        pthread_mutex_lock(&f->lock);
        if (p[0].revents && read(f->wake[0], &c, 1) < 0)
            break;
        if (p[2].revents && p[2].fd == f->fd && f->fd >= 0)
            bytes_take(f);
        if (p[1].revents && p[1].fd == f->listen_fd && f->listen_fd >= 0) {
            connection_drop(f);
            f->fd = accept4(f->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        }
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

static void fake_wake(struct fake_amfd *f)
{
    cr_assert_eq(write(f->wake[1], "x", 1), 1);
}

static int path_listen(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
    cr_assert_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0, "bind %s", path);
    cr_assert_eq(listen(fd, 8), 0);
    return fd;
}

struct fake_amfd *fake_amfd_start(void)
{
    struct fake_amfd *f = calloc(1, sizeof(*f));
    const char *tmp = getenv("TMPDIR");

    cr_assert_not_null(f);
    pthread_mutex_init(&f->lock, NULL);
    clv_cond_init(&f->changed);
    snprintf(f->path, sizeof(f->path), "%s/amfd.%d", tmp ? tmp : "/tmp", (int)getpid());
    unlink(f->path);
    f->fd = -1;
    f->received = json_array();
    f->answers = json_pack("{s:{s:s, s:i, s:i}}", "hello", "node", "blade1", "addr", 1,
                           "epoch", 1);
    f->before = json_object();
    f->listen_fd = path_listen(f->path);
    cr_assert_eq(pipe(f->wake), 0);
    setenv("CLOVIS_AMF_SOCKET", f->path, 1);
    cr_assert(clv_thread_start(fake_main, f, 0, &f->thread));
    return f;
}

void fake_amfd_end(struct fake_amfd *f)
{
    pthread_mutex_lock(&f->lock);
    f->end = true;
    pthread_mutex_unlock(&f->lock);
    fake_wake(f);
    pthread_join(f->thread, NULL);
    connection_drop(f);
    if (f->listen_fd >= 0)
        close(f->listen_fd);
    close(f->wake[0]);
    close(f->wake[1]);
    unlink(f->path);
    json_decref(f->received);
    json_decref(f->answers);
    json_decref(f->before);
    free(f);
}

static json_t *parsed(const char *json)
{
    json_error_t e;
    json_t *o = json_loads(json, 0, &e);

    cr_assert_not_null(o, "%s: %s", json, e.text);
    return o;
}

void fake_amfd_answer(struct fake_amfd *f, const char *t, const char *json)
{
    pthread_mutex_lock(&f->lock);
    json_object_set_new(f->answers, t, json ? parsed(json) : json_null());
    pthread_mutex_unlock(&f->lock);
}

void fake_amfd_before(struct fake_amfd *f, const char *t, const char *json)
{
    pthread_mutex_lock(&f->lock);
    json_object_set_new(f->before, t, parsed(json));
    pthread_mutex_unlock(&f->lock);
}

void fake_amfd_send(struct fake_amfd *f, const char *json)
{
    json_t *o = parsed(json);

    pthread_mutex_lock(&f->lock);
    cr_assert_geq(f->fd, 0, "no component is connected");
    line_send(f, o);
    pthread_mutex_unlock(&f->lock);
    json_decref(o);
}

static struct timespec abstime(int64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / CLV_NS_PER_S),
                             .tv_nsec = (long)(ns % CLV_NS_PER_S)};
}

/* Lock held. Index of the first message of type t that was not taken, or -1. */
static int received_find(const struct fake_amfd *f, const char *t)
{
    for (size_t i = 0; i < json_array_size(f->received); i++) {
        const json_t *m = json_array_get(f->received, i);
        const char *type = json_string_value(json_object_get(m, "t"));

        if (type && strcmp(type, t) == 0 && !json_object_get(m, "(taken)"))
            return (int)i;
    }
    return -1;
}

/* Lock held. */
static int received_wait(struct fake_amfd *f, const char *t, int ms)
{
    const struct timespec ts = abstime(clv_deadline_ns(ms * CLV_NS_PER_MS));
    int at;

    while ((at = received_find(f, t)) < 0)
        if (pthread_cond_timedwait(&f->changed, &f->lock, &ts))
            return received_find(f, t);
    return at;
}

json_t *fake_amfd_take(struct fake_amfd *f, const char *t)
{
    json_t *m = NULL;
    int at;

    pthread_mutex_lock(&f->lock);
    at = received_wait(f, t, WAIT_MS);
    if (at >= 0) {
        m = json_array_get(f->received, (size_t)at);
        json_object_set_new(m, "(taken)", json_true());
        json_incref(m);
    }
    pthread_mutex_unlock(&f->lock);
    cr_assert_not_null(m, "no \"%s\" came within %d ms", t, WAIT_MS);
    return m;
}

bool fake_amfd_sees(struct fake_amfd *f, const char *t, int ms)
{
    bool seen;

    pthread_mutex_lock(&f->lock);
    seen = received_wait(f, t, ms) >= 0;
    pthread_mutex_unlock(&f->lock);
    return seen;
}

int fake_amfd_count(struct fake_amfd *f, const char *t)
{
    int n = 0;

    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < json_array_size(f->received); i++) {
        const json_t *m = json_array_get(f->received, i);

        n += strcmp(json_string_value(json_object_get(m, "t")), t) == 0;
    }
    pthread_mutex_unlock(&f->lock);
    return n;
}

void fake_amfd_die(struct fake_amfd *f)
{
    pthread_mutex_lock(&f->lock);
    connection_drop(f);
    close(f->listen_fd);
    f->listen_fd = -1;
    unlink(f->path);
    pthread_mutex_unlock(&f->lock);
    fake_wake(f);
}

void fake_amfd_again(struct fake_amfd *f)
{
    pthread_mutex_lock(&f->lock);
    f->listen_fd = path_listen(f->path);
    pthread_mutex_unlock(&f->lock);
    fake_wake(f);
}

bool fake_amfd_connected(struct fake_amfd *f)
{
    bool connected;

    pthread_mutex_lock(&f->lock);
    connected = f->fd >= 0;
    pthread_mutex_unlock(&f->lock);
    return connected;
}

long long fake_int(const json_t *m, const char *member)
{
    const json_t *v = json_object_get(m, member);

    cr_assert(json_is_integer(v), "no number \"%s\" in the message", member);
    return json_integer_value(v);
}

const char *fake_str(const json_t *m, const char *member)
{
    const json_t *v = json_object_get(m, member);

    cr_assert(json_is_string(v), "no string \"%s\" in the message", member);
    return json_string_value(v);
}
