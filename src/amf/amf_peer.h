/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's socket and its connections: lines in, lines out. What the lines say
 * is not known here.
 */
#ifndef AMF_PEER_H
#define AMF_PEER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

#include "amf/amf_proto.h"

/* A peer that does not read this much is cut off. */
#define AMF_PEER_QUEUE_MAX ((size_t)8 * 1024 * 1024)

struct amf_listener;

struct amf_peer {
    uv_pipe_t pipe;
    struct amf_listener *listener;
    struct amf_peer *next, **link;
    struct amf_reader reader;
    size_t queued; /* bytes that wait to be written */
    pid_t pid;     /* of the peer; 0: in another pid namespace */
    bool closing;
    /* for the one who reads the lines */
    int comp; /* -1: has not said hello, or is an operator */
    bool is_operator, watching;
    bool notified; /* of who comes and goes */
};

struct amf_listener_events {
    void *ctx;
    /* o is borrowed. The session may be closed by the callee. */
    void (*line)(void *ctx, struct amf_peer *p, const json_t *o);
    /* o is about to be sent. */
    void (*sent)(void *ctx, const struct amf_peer *p, const json_t *o);
    /* The peer is gone, sent what is no JSON line, or did not read. p is still
     * there for the duration of the call. Not called for amf_peer_close(). */
    void (*ended)(void *ctx, struct amf_peer *p, const char *why);
};

/* Listen on a unix socket at path, for the own user only; what is there is
 * replaced. NULL: why says why. */
struct amf_listener *amf_listener_new(uv_loop_t *loop, const char *path,
                                      const struct amf_listener_events *events, char *why,
                                      size_t size);
/* Close the socket and all connections; free when the loop has ended. */
void amf_listener_close(struct amf_listener *l);
void amf_listener_free(struct amf_listener *l);

/* Send one line; takes o. A peer whose queue is full is ended from the loop. */
void amf_peer_send(struct amf_peer *p, json_t *o);
void amf_peer_close(struct amf_peer *p);

/* First of all connections, or NULL; go on with ->next. */
struct amf_peer *amf_listener_first(const struct amf_listener *l);

#endif
