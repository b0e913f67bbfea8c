/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/mgmt.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "amf/amf_proto.h"
#include "base/clock.h"
#include "shim/cpm_service.h"

enum { CALL_ID = 2, ANSWER_MAX = 64 * 1024 * 1024 };

static int link_open(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    int fd;

    if (!amf_socket_path(a.sun_path, sizeof(a.sun_path)))
        return -1;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Takes o. */
static bool object_send(int fd, json_t *o)
{
    size_t n = 0;
    char *line = o ? amf_line(o, &n) : NULL;
    const bool ok = line && send(fd, line, n, MSG_NOSIGNAL) == (ssize_t)n;

    free(line);
    json_decref(o);
    return ok;
}

/* The answer to the call; what else comes is passed over. */
static json_t *answer_receive(int fd, int64_t deadline_ns)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    struct amf_reader reader = {.limit = ANSWER_MAX};
    char *buf = malloc(16384);
    json_t *o = NULL;
    bool bad = false;
    ssize_t n;

    while (buf && !o && !bad && poll(&p, 1, clv_deadline_left_ms(deadline_ns)) > 0) {
        n = recv(fd, buf, 16384, 0);
        if (n <= 0 || !amf_reader_feed(&reader, buf, (size_t)n))
            break;
        while ((o = amf_reader_next(&reader, &bad)) &&
               json_integer_value(json_object_get(o, "id")) != CALL_ID)
            json_decref(o);
    }
    amf_reader_free(&reader);
    free(buf);
    return o;
}

ClRcT mgmt_call(json_t *m, json_t **answer)
{
    const int fd = link_open();
    ClRcT rc = AMS_RC(CL_ERR_TRY_AGAIN);

    *answer = NULL;
    if (!m || fd < 0) {
        json_decref(m);
        if (fd >= 0)
            close(fd);
        return m ? rc : AMS_RC(CL_ERR_NO_MEMORY);
    }
    json_object_set_new(m, "id", json_integer(CALL_ID));
    if (object_send(fd,
                    json_pack("{s:s, s:i, s:b}", "t", "hello", "id", 1, "operator", 1)) &&
        object_send(fd, json_incref(m)))
        *answer = answer_receive(fd, cpm_deadline_ns());
    json_decref(m);
    close(fd);
    if (*answer)
        rc = (ClRcT)json_integer_value(json_object_get(*answer, "rc"));
    return rc;
}
