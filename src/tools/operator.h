/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An operator's connection to clovis-amfd, and the options that every command over
 * it has. What goes wrong is printed here, in one line that names the socket or the
 * entity; callers only pass the exit code on.
 */
#ifndef OPERATOR_H
#define OPERATOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/command.h"

/* ---- options --------------------------------------------------------------------- */

enum { OP_MAX_WORDS = 8 };

struct op_options {
    const char *socket; /* NULL: where the daemon listens by its own rule */
    int64_t timeout_ms;
    bool json, detail, wait, check;
    const char *words[OP_MAX_WORDS];
    int n_words;
};

/* Which options a command takes besides --socket and --timeout. */
enum { OP_JSON = 1, OP_DETAIL = 2, OP_WAIT = 4, OP_CHECK = 8 };

/* Read the command line; between min and max words must stand beside the options. */
enum clv_exit op_options_read(const struct clv_command *self, int argc, char **argv,
                              int accepted, int min, int max, struct op_options *out);

/* ---- the connection -------------------------------------------------------------- */

struct op_session;

/* Connect and say hello; new, in *out. The deadline of all that follows begins here. */
enum clv_exit op_session_open(const struct clv_command *self, const struct op_options *o,
                              struct op_session **out);
void op_session_close(struct op_session *s);

/* Send the request (taken; the id is added) and wait for its answer: its code in *rc,
 * the answer (new) in *answer unless that is NULL. Other lines are passed over. */
enum clv_exit op_ask(struct op_session *s, json_t *request, uint32_t *rc,
                     json_t **answer);

/* The next line that is no answer (new), waiting without a limit. NULL: the daemon has
 * ended the connection. */
json_t *op_next_event(struct op_session *s);

/* Wait until the daemon ends the connection; false: the deadline came first. */
bool op_wait_end(struct op_session *s);

/* True while the deadline is ahead; then also waited for ms, or until the deadline. */
bool op_pause(const struct op_session *s, int ms);

/* What was asked of the entity name was answered with rc, not 0: print the refusal, and
 * if there is no such entity, which one may have been meant; the exit code. kind NULL:
 * any. */
enum clv_exit op_refused_for(struct op_session *s, const char *kind, const char *name,
                             uint32_t rc);

/* The kind of the entity name, which has none said: in *kind. Unknown: that is printed.
 */
enum clv_exit op_kind_find(struct op_session *s, const char *name, const char **kind);

/* One question with its own connection: what is not accepted is printed as a refusal
 * that names what, and which entity may have been meant. */
enum clv_exit op_request(const struct clv_command *self, const struct op_options *o,
                         const char *what, json_t *request, json_t **answer);

/* ---- codes ----------------------------------------------------------------------- */

/* What was named does not exist. */
bool op_code_is_unknown(uint32_t rc);

/* "NO_OP" for 0x220019; "ERROR" for one that has no name here. */
const char *op_code_name(uint32_t rc);

/* Print "PATH NAME: WHAT: CODE: ..." for a code that is not 0; the exit code for it. why:
 * instead of what the code means, or NULL. */
enum clv_exit op_refused(const struct clv_command *self, const char *what, uint32_t rc,
                         const char *why);

#endif
