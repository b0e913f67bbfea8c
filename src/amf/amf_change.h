/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes of a model that may change while a daemon plays it: numbers, durations and
 * choices, but no entity, relation or command.
 *
 * A change is {"kind": "sg", "name": NAME, "set": {ATTRIBUTE: VALUE, ...}}; a list of
 * them is checked as a whole before any of it is set.
 */
#ifndef AMF_CHANGE_H
#define AMF_CHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "amf/amf_model.h"

enum amf_change_result {
    AMF_CHANGE_OK,
    AMF_CHANGE_MALFORMED,
    AMF_CHANGE_NO_ENTITY,
    AMF_CHANGE_BAD_VALUE,
    AMF_CHANGE_FIXED, /* an attribute that cannot change */
    AMF_CHANGE_UNFIT  /* what is assigned breaks the changed rules */
};

/* May all of them be set? If not, a line in why says which and what was expected. */
enum amf_change_result amf_change_check(const struct amf_model *m, const json_t *changes,
                                        char *why, size_t size);

/* Set them; they were checked. Returns the changes that undo it (new). */
json_t *amf_change_set(struct amf_model *m, const json_t *changes);

/* Everything that can change, as it is (new). */
json_t *amf_change_all(const struct amf_model *m);

/* Put more behind changes, in the place of what it replaces. */
void amf_change_merge(json_t *changes, const json_t *more);

#endif
