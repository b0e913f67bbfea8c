/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another process with a client of its own: a child that is forked before there is one in
 * this process, and carries out lines. It has one checkpoint open at a time.
 *
 *   open NAME   close   unlink NAME   active   retain NS
 *   create ID TEXT   write ID TEXT   vector ID TEXT (at offset 1)   delete ID
 *   expire ID   (at once)
 *   burst ID KIND   write until it fails; answers "STATUS after N", N: writes that were
 * OK
 *
 * KIND is write, vector or create, and a number of bytes: "write 5000". What write N puts
 * into the section begins with N in eight digits; create makes sections "ID.N".
 */
#ifndef FIXTURE_PEER_H
#define FIXTURE_PEER_H

#include <sys/types.h>

#include "shim/store.h"

struct peer {
    pid_t pid;
    int to, from;
};

/* Start; how is for its opens and is borrowed. */
void peer_start(struct peer *p, const struct store_open_how *how);

/* Send one line; the answer, the text of a status, comes later. */
void peer_tell(const struct peer *p, const char *line);

/* Wait for an answer. Static storage. */
const char *peer_answer(const struct peer *p);

/* Both. */
const char *peer_ask(const struct peer *p, const char *line);

#define PEER_DOES(p, line)                                                               \
    do {                                                                                 \
        const char *peer_says = peer_ask(p, line);                                       \
                                                                                         \
        cr_assert_str_eq(peer_says, "success", "%s: %s", line, peer_says);               \
    } while (0)

/* SIGSTOP, and wait until it stands; SIGCONT. */
void peer_freeze(const struct peer *p);
void peer_thaw(const struct peer *p);

/* SIGKILL, or let it stop its client and exit; both wait for it. */
void peer_kill(struct peer *p);
void peer_end(struct peer *p);

#endif
