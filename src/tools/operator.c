/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/operator.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "amf/amf_proto.h"
#include "base/clock.h"
#include "tools/entity_hint.h"

/* The status of a thousand components is a few megabytes. */
enum { LINE_MAX_BYTES = 256 * 1024 * 1024, CODE_NOT_EXIST = 0x220004 };

struct op_session {
    const struct clv_command *self;
    int fd;
    int64_t deadline_ns;
    int64_t last_id;
    struct amf_reader reader;
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
};

static enum clv_exit unreachable(const struct op_session *s, const char *why)
{
    fprintf(stderr, "%s %s: clovis-amfd at %s: %s\n", s->self->path, s->self->name,
            s->path, why);
    return CLV_EXIT_CONNECT;
}

/* ---- connecting -------------------------------------------------------------------- */

static enum clv_exit path_choose(const struct clv_command *self, const char *given,
                                 char *path, size_t size)
{
    char wanted[4096];
    bool fits;

    if (given) {
        snprintf(wanted, sizeof(wanted), "%s", given);
        fits = strlen(given) < size;
    } else {
        fits = amf_socket_path(wanted, sizeof(wanted));
    }
    if (!fits)
        return clv_command_misused(self, "socket path %.40s... is longer than %zu bytes",
                                   wanted, size - 1);
    snprintf(path, size, "%.*s", (int)size - 1, wanted);
    return CLV_EXIT_OK;
}

static const char *connect_error(int code)
{
    if (code == ENOENT)
        return "no such socket; is the daemon running, with this --run-dir?";
    if (code == ECONNREFUSED)
        return "nobody listens there; the daemon has ended";
    return strerror(code);
}

/* A listener with a full queue makes a blocking connect wait: not beyond ours. */
static enum clv_exit socket_connect(struct op_session *s)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const int64_t left_ns = s->deadline_ns - clv_now_ns();
    const struct timeval limit = {left_ns / CLV_NS_PER_S,
                                  left_ns % CLV_NS_PER_S / 1000 + 1};

    memcpy(a.sun_path, s->path, strlen(s->path));
    s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->fd < 0)
        return unreachable(s, strerror(errno));
    setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (connect(s->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
        return unreachable(s, errno == EAGAIN ? "does not accept connections in time"
                                              : connect_error(errno));
    return CLV_EXIT_OK;
}

static enum clv_exit hello(struct op_session *s)
{
    enum clv_exit result;
    uint32_t rc;

    result = op_ask(s, json_pack("{s:s, s:b}", "t", "hello", "operator", 1), &rc, NULL);
    return result == CLV_EXIT_OK && rc ? op_refused(s->self, "hello", rc, NULL) : result;
}

enum clv_exit op_session_open(const struct clv_command *self, const struct op_options *o,
                              struct op_session **out)
{
    struct op_session *s = calloc(1, sizeof(*s));
    enum clv_exit result;

    *out = NULL;
    if (!s) {
        fprintf(stderr, "%s %s: no memory\n", self->path, self->name);
        return CLV_EXIT_FAILED;
    }
    s->self = self;
    s->fd = -1;
    s->reader.limit = LINE_MAX_BYTES;
    s->deadline_ns = clv_deadline_ns(o->timeout_ms * CLV_NS_PER_MS);
    result = path_choose(self, o->socket, s->path, sizeof(s->path));
    if (result == CLV_EXIT_OK)
        result = socket_connect(s);
    if (result == CLV_EXIT_OK)
        result = hello(s);
    if (result == CLV_EXIT_OK)
        *out = s;
    else
        op_session_close(s);
    return result;
}

void op_session_close(struct op_session *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        close(s->fd);
    amf_reader_free(&s->reader);
    free(s);
}

/* ---- lines ------------------------------------------------------------------------- */

enum got { GOT_LINE, GOT_END, GOT_TIMEOUT, GOT_GARBAGE };

/* More bytes into the reader; limit_ms -1: as long as it takes. */
static enum got receive(struct op_session *s, int limit_ms)
{
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    char bytes[65536];
    ssize_t n;
    int ready;

    do
        ready = poll(&p, 1, limit_ms);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return GOT_TIMEOUT;
    n = recv(s->fd, bytes, sizeof(bytes), 0);
    if (n <= 0)
        return GOT_END;
    return amf_reader_feed(&s->reader, bytes, (size_t)n) ? GOT_LINE : GOT_GARBAGE;
}

/* The next line (new), by the deadline or without one. */
static enum got line_next(struct op_session *s, bool limited, json_t **line)
{
    enum got got = GOT_LINE;
    bool bad = false;

    while (!(*line = amf_reader_next(&s->reader, &bad)) && !bad && got == GOT_LINE)
        got = receive(s, limited ? clv_deadline_left_ms(s->deadline_ns) : -1);
    return bad ? GOT_GARBAGE : *line ? GOT_LINE : got;
}

static bool send_all(struct op_session *s, const char *bytes, size_t n)
{
    ssize_t done;

    while (n) {
        done = send(s->fd, bytes, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static bool is_answer(const json_t *line, int64_t id)
{
    const char *type = json_string_value(json_object_get(line, "t"));

    return type && strcmp(type, "re") == 0 &&
           json_integer_value(json_object_get(line, "id")) == id;
}

static enum clv_exit answer_wait(struct op_session *s, json_t **answer)
{
    enum got got;

    while ((got = line_next(s, true, answer)) == GOT_LINE) {
        if (is_answer(*answer, s->last_id))
            return CLV_EXIT_OK;
        json_decref(*answer);
    }
    return unreachable(s, got == GOT_TIMEOUT ? "no answer in time"
                          : got == GOT_END   ? "ended the connection without an answer"
                                             : "does not speak the daemon's language");
}

enum clv_exit op_ask(struct op_session *s, json_t *request, uint32_t *rc, json_t **answer)
{
    json_t *got = NULL;
    enum clv_exit result;
    char *line = NULL;
    size_t n = 0;

    if (request && json_object_set_new(request, "id", json_integer(++s->last_id)) == 0)
        line = amf_line(request, &n);
    json_decref(request);
    if (!line) {
        fprintf(stderr, "%s %s: no memory, or a name that is not UTF-8\n", s->self->path,
                s->self->name);
        return CLV_EXIT_FAILED;
    }
    result = send_all(s, line, n) ? answer_wait(s, &got)
                                  : unreachable(s, "ended the connection");
    free(line);
    if (result != CLV_EXIT_OK)
        return result;
    *rc = (uint32_t)json_integer_value(json_object_get(got, "rc"));
    if (answer)
        *answer = got;
    else
        json_decref(got);
    return CLV_EXIT_OK;
}

json_t *op_next_event(struct op_session *s)
{
    json_t *line = NULL;

    line_next(s, false, &line);
    return line;
}

bool op_wait_end(struct op_session *s)
{
    json_t *line;
    enum got got;

    while ((got = line_next(s, true, &line)) == GOT_LINE)
        json_decref(line);
    return got != GOT_TIMEOUT;
}

bool op_pause(const struct op_session *s, int ms)
{
    const int left = clv_deadline_left_ms(s->deadline_ns);

    poll(NULL, 0, left < ms ? left : ms);
    return left > 0;
}

static json_t *status_ask(struct op_session *s)
{
    json_t *answer = NULL;
    uint32_t rc;

    op_ask(s, json_pack("{s:s}", "t", "status"), &rc, &answer);
    return answer;
}

enum clv_exit op_refused_for(struct op_session *s, const char *kind, const char *name,
                             uint32_t rc)
{
    json_t *answer = op_code_is_unknown(rc) ? status_ask(s) : NULL;
    char why[500];

    if (answer)
        entity_hint(json_object_get(answer, "state"), kind, name, why, sizeof(why));
    json_decref(answer);
    return op_refused(s->self, name, rc, answer ? why : NULL);
}

enum clv_exit op_kind_find(struct op_session *s, const char *name, const char **kind)
{
    json_t *answer = status_ask(s);

    if (!answer)
        return CLV_EXIT_CONNECT;
    *kind = entity_kind_of(json_object_get(answer, "state"), name);
    json_decref(answer);
    return *kind ? CLV_EXIT_OK : op_refused_for(s, NULL, name, CODE_NOT_EXIST);
}

enum clv_exit op_request(const struct clv_command *self, const struct op_options *o,
                         const char *what, json_t *request, json_t **answer)
{
    struct op_session *s;
    json_t *got = NULL;
    enum clv_exit result = op_session_open(self, o, &s);
    uint32_t rc = 0;

    if (result != CLV_EXIT_OK) {
        json_decref(request);
        return result;
    }
    result = op_ask(s, request, &rc, &got);
    if (result == CLV_EXIT_OK && rc)
        result = op_refused_for(s, NULL, what, rc);
    op_session_close(s);
    if (result == CLV_EXIT_OK && answer)
        *answer = json_incref(got);
    json_decref(got);
    return result;
}
