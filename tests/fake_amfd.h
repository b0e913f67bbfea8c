/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for clovis-amfd that speaks the wire protocol over a real unix socket.
 * It answers hello and the other requests as told, keeps what it receives, and
 * sends what the test orders. Waits are bounded; a wait that fails aborts the test.
 */
#ifndef FAKE_AMFD_H
#define FAKE_AMFD_H

#include <jansson.h>
#include <stdbool.h>

struct fake_amfd;

/* New, listening; CLOVIS_AMF_SOCKET names it from now on. */
struct fake_amfd *fake_amfd_start(void);
void fake_amfd_end(struct fake_amfd *f);

/* What requests of type t are answered with from now on: a JSON object whose
 * members are added to {"t":"re","id":ID,"rc":0}. NULL: not answered at all. */
void fake_amfd_answer(struct fake_amfd *f, const char *t, const char *json);

/* Sent right before the answer to the next request of type t. */
void fake_amfd_before(struct fake_amfd *f, const char *t, const char *json);

/* Send one line to the component. */
void fake_amfd_send(struct fake_amfd *f, const char *json);

/* The next message of type t that no earlier call has returned (new). */
json_t *fake_amfd_take(struct fake_amfd *f, const char *t);

/* False when no such message comes within ms. */
bool fake_amfd_sees(struct fake_amfd *f, const char *t, int ms);

/* Number of messages of type t received so far, taken or not. */
int fake_amfd_count(struct fake_amfd *f, const char *t);

/* The daemon dies: the connection and the socket are gone; then comes back. */
void fake_amfd_die(struct fake_amfd *f);
void fake_amfd_again(struct fake_amfd *f);

/* True while a component is connected. */
bool fake_amfd_connected(struct fake_amfd *f);

/* Shorthands for one member of a message; abort when it is not there. */
long long fake_int(const json_t *m, const char *member);
const char *fake_str(const json_t *m, const char *member);

#endif
