/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component's session with the daemon of its node: one connection per process,
 * however many handles. Two threads serve it: the session thread connects, reads
 * and re-connects; the delivery thread runs what the daemon ordered, so that a
 * callback may itself ask the daemon something.
 *
 * While the daemon is away the component goes on: what it sends is kept, calls
 * wait inside their deadline, and the next hello says what the component is doing.
 *
 * Results are legacy 32-bit codes, 0 is success.
 */
#ifndef AMF_CLIENT_H
#define AMF_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    AMF_RC_NO_MEMORY = 0x000f0001,
    AMF_RC_TIMEOUT = 0x000f0014,  /* sent, no answer in time */
    AMF_RC_TRY_AGAIN = 0x000f0016 /* no daemon, nothing was sent */
};

struct amf_client_hooks {
    /* An order of the daemon; m is borrowed. On the delivery thread, one at a time
     * and in order. May block and may call everything here. */
    void (*message)(const json_t *m);

    /* Add to the hello of a re-connect what the daemon should know. On the session
     * thread, with nothing locked; must not wait for the daemon. */
    void (*resume)(json_t *hello);
};

/* Announce the process as component comp and wait until the daemon has accepted it.
 * Again when it is announced: success at once. hooks are borrowed for ever.
 * AMF_RC_TRY_AGAIN: no daemon answers; else the daemon's refusal. */
uint32_t amf_client_start(const char *comp, const struct amf_client_hooks *hooks,
                          int64_t deadline_ns);

/* Send m (taken), or keep it until the daemon is back. Never blocks. */
void amf_client_send(json_t *m);

/* Send the request m (taken; the id is added) and wait for its answer. A connection
 * that is lost meanwhile is made up for. answer: new, or NULL when nobody needs it. */
uint32_t amf_client_call(json_t *m, int64_t deadline_ns, json_t **answer);

/* Member of an answer: the request was sent a second time after a lost connection,
 * so the first one may have been carried out as well. */
#define AMF_ANSWER_REPEATED "repeated"

/* Hand m (taken) to the message hook as if the daemon had sent it. */
void amf_client_deliver(json_t *m);

/* The node as the daemon calls it; false before the first hello. */
bool amf_client_node(char *name, size_t size, uint32_t *addr);

/* Wait until everything was delivered and sent, at most until the deadline. On the
 * delivery thread itself: does not wait for deliveries. */
void amf_client_drain(int64_t deadline_ns);

#endif
