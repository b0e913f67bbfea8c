/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one session object, shared by amf_client.c (callers' side) and
 * amf_session.c (the session thread).
 */
#ifndef AMF_SESSION_H
#define AMF_SESSION_H

#include <pthread.h>

#include "amf/amf_client.h"
#include "amf/amf_outbox.h"

struct amf_call {
    struct amf_call *next;
    uint64_t id;
    char *text; /* owned; the line, kept to be sent again */
    size_t size;
    bool sent, repeated, done;
    json_t *answer; /* owned */
};

struct amf_session {
    pthread_mutex_t lock;   /* guards every field below; a leaf */
    pthread_cond_t changed; /* up, refusal, a call's done, the outbox */
    bool started;           /* the thread runs */
    bool wanted;            /* somebody needs the connection */
    bool up;                /* the daemon has accepted hello */
    bool was_up;            /* the next hello resumes */
    bool settings_known;    /* node and addr are those of a hello */
    uint32_t refusal;       /* of the last hello, 0: none */
    int64_t orphan_ms;      /* how long to live without the daemon, 0: for ever */
    int64_t lost_ns;        /* when it was lost */
    int fd;                 /* -1: none */
    int wake_fd;            /* eventfd: look at the fields again */
    struct amf_outbox outbox;
    struct amf_call *calls;
    uint64_t last_id;
    char *comp; /* owned */
    char node[256];
    uint32_t addr;
    const struct amf_client_hooks *hooks;
};

extern struct amf_session amf_session;

/* Start the session thread. Lock held. False: no memory, no thread. */
bool amf_session_thread_start(void);

/* Make the session thread look again. Lock may be held. */
void amf_session_wake(void);

/* Send what can be sent now; the session thread does the rest. Lock held. */
void amf_session_flush(void);

/* Wait for a change; false when the deadline has passed. Lock held. */
bool amf_session_wait(int64_t deadline_ns);

#endif
