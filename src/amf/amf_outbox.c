/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct amf_line *line_new(char *text, size_t size, bool *sent)
{
    struct amf_line *l = malloc(sizeof(*l));

    if (!l) {
        free(text);
        return NULL;
    }
    *l = (struct amf_line){.sent = sent, .size = size, .text = text};
    return l;
}

bool amf_outbox_push(struct amf_outbox *o, char *text, size_t size, bool *sent)
{
    struct amf_line *l = line_new(text, size, sent);

    if (!l)
        return false;
    if (o->last)
        o->last->next = l;
    else
        o->first = l;
    o->last = l;
    o->n++;
    return true;
}

bool amf_outbox_push_first(struct amf_outbox *o, char *text, size_t size, bool *sent)
{
    struct amf_line *l = line_new(text, size, sent);

    if (!l)
        return false;
    l->next = o->first;
    o->first = l;
    if (!o->last)
        o->last = l;
    o->n++;
    return true;
}

/* Unlink and free *at, which follows prev. */
static void line_drop(struct amf_outbox *o, struct amf_line **at, struct amf_line *prev)
{
    struct amf_line *l = *at;

    *at = l->next;
    if (o->last == l)
        o->last = prev;
    o->n--;
    free(l->text);
    free(l);
}

void amf_outbox_cancel(struct amf_outbox *o, const bool *sent)
{
    struct amf_line **at, *prev = NULL;

    for (at = &o->first; *at; prev = *at, at = &(*at)->next)
        if ((*at)->sent == sent)
            break;
    if (!*at)
        return;
    if (!prev && o->first_sent)
        (*at)->sent = NULL; /* half of it has left: the rest must follow */
    else
        line_drop(o, at, prev);
}

bool amf_outbox_drop(struct amf_outbox *o)
{
    struct amf_line **at = &o->first, *prev = NULL;

    while (*at && ((*at)->sent || (!prev && o->first_sent))) {
        prev = *at;
        at = &prev->next;
    }
    if (!*at)
        return false;
    line_drop(o, at, prev);
    return true;
}

enum amf_flush amf_outbox_flush(struct amf_outbox *o, int fd)
{
    while (o->first) {
        struct amf_line *l = o->first;
        const ssize_t n = send(fd, l->text + o->first_sent, l->size - o->first_sent,
                               MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? AMF_FLUSH_BLOCKED
                                                           : AMF_FLUSH_BROKEN;
        o->first_sent += (size_t)n;
        if (o->first_sent < l->size)
            continue;
        o->first_sent = 0;
        if (l->sent)
            *l->sent = true;
        line_drop(o, &o->first, NULL);
    }
    return AMF_FLUSH_DONE;
}

void amf_outbox_rewind(struct amf_outbox *o)
{
    o->first_sent = 0;
}
