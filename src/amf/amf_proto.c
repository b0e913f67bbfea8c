/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_proto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/settings.h"

bool amf_socket_path(char *path, size_t size)
{
    const char *set = clv_setting("CLOVIS_AMF_SOCKET");
    const char *run = clv_setting("ASP_RUNDIR");
    const size_t room = sizeof(((struct sockaddr_un *)NULL)->sun_path);
    int n;

    if (set)
        n = snprintf(path, size, "%s", set);
    else
        n = snprintf(path, size, "%s/clovis-amfd.sock", run ? run : "/run/clovis");
    return n >= 0 && (size_t)n < size && (size_t)n < room;
}

void amf_reader_free(struct amf_reader *r)
{
    free(r->buf);
    memset(r, 0, sizeof(*r));
}

bool amf_reader_feed(struct amf_reader *r, const void *bytes, size_t n)
{
    const size_t limit = r->limit ? r->limit : (size_t)AMF_LINE_MAX;
    size_t cap = r->cap ? r->cap : 4096;
    char *grown;

    if (n > 2 * limit || r->used > limit)
        return false; /* what is kept never has a whole line, so it is one too long */
    while (cap < r->used + n)
        cap *= 2;
    if (cap != r->cap) {
        grown = realloc(r->buf, cap);
        if (!grown)
            return false;
        r->buf = grown;
        r->cap = cap;
    }
    memcpy(r->buf + r->used, bytes, n);
    r->used += n;
    return true;
}

json_t *amf_reader_next(struct amf_reader *r, bool *bad)
{
    char *end;
    json_t *o;
    size_t len;

    *bad = false;
    if (!r->used)
        return NULL;
    end = memchr(r->buf + r->scanned, '\n', r->used - r->scanned);
    if (!end) {
        r->scanned = r->used;
        return NULL;
    }
    len = (size_t)(end - r->buf);
    o = json_loadb(r->buf, len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(o)) {
        json_decref(o);
        o = NULL;
        *bad = true;
    }
    r->used -= len + 1;
    memmove(r->buf, end + 1, r->used);
    r->scanned = 0;
    return o;
}

char *amf_line(const json_t *o, size_t *len)
{
    const size_t size = json_dumpb(o, NULL, 0, JSON_COMPACT);
    char *line = size ? malloc(size + 1) : NULL;

    if (!line)
        return NULL;
    json_dumpb(o, line, size, JSON_COMPACT);
    line[size] = '\n';
    *len = size + 1;
    return line;
}
