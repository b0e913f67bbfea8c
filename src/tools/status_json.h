/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the document that doc/amf-status.md describes. What is missing reads as
 * "" or 0, so a daemon of another version is shown as far as it goes. */
#ifndef STATUS_JSON_H
#define STATUS_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

const char *status_text(const json_t *o, const char *key);
int status_number(const json_t *o, const char *key);
bool status_true(const json_t *o, const char *key);

/* {"value": 2, "name": "LOCKED_A"} */
int status_value(const json_t *o, const char *key);
bool status_is(const json_t *o, const char *key, const char *name);

/* LOCKED_A, or in detail LOCKED_A(2); in text. */
const char *status_state(const json_t *o, const char *key, bool detail, char *text,
                         size_t size);

/* The element of a list of the document whose member key is name, or NULL. */
const json_t *status_find(const json_t *state, const char *list, const char *key,
                          const char *name);

#endif
