/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines on their way to the daemon, in order. They wait here while the connection
 * is away; one that was cut by a lost connection is sent again from its start.
 * No locks: the session's lock guards its outbox.
 */
#ifndef AMF_OUTBOX_H
#define AMF_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

struct amf_line {
    struct amf_line *next;
    bool *sent; /* set when the whole line has left; NULL: nobody asks */
    size_t size;
    char *text; /* owned */
};

struct amf_outbox {
    struct amf_line *first, *last;
    size_t n;
    size_t first_sent; /* bytes of the first line that have left */
};

enum amf_flush { AMF_FLUSH_DONE, AMF_FLUSH_BLOCKED, AMF_FLUSH_BROKEN };

/* Append, or put in front (only while nothing of the first line has left); text is
 * taken, also on failure. False: no memory. */
bool amf_outbox_push(struct amf_outbox *o, char *text, size_t size, bool *sent);
bool amf_outbox_push_first(struct amf_outbox *o, char *text, size_t size, bool *sent);

/* Take back the line that would set *sent, if it has not begun to leave; from then
 * on *sent is not touched. */
void amf_outbox_cancel(struct amf_outbox *o, const bool *sent);

/* Drop the oldest line that nobody asks for; false when there is none. */
bool amf_outbox_drop(struct amf_outbox *o);

/* Send what fd takes without blocking. */
enum amf_flush amf_outbox_flush(struct amf_outbox *o, int fd);

/* The connection is gone: the first line starts over. */
void amf_outbox_rewind(struct amf_outbox *o);

#endif
