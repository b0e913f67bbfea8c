/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's status for people. */
#ifndef STATUS_VIEW_H
#define STATUS_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* What is not as the model and the operator want it, and what an operator has locked:
 * new lists of {"kind": "comp", "name": NAME, "text": WHY}. */
json_t *status_problems(const json_t *state);
json_t *status_locked(const json_t *state);

/* What is to be shown; NULL: any. */
struct status_filter {
    const char *kind, *name;
    bool detail; /* states with their numbers, and what only a closer look needs */
};

/* Nodes, groups, service units, components, service instances; how many rows. */
size_t status_tables_print(const json_t *state, const struct status_filter *f);

#endif
