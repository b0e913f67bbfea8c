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
    const char *column; /* only this one, beside the names; NULL: all */
    bool detail;        /* states with their numbers, and what only a closer look needs */
};

/* Nodes, groups, service units, components, service instances; CSIs and assignments
 * ("siass") only if they are asked for. How many rows. */
size_t status_tables_print(const json_t *state, const struct status_filter *f);

/* The same as one object (new): a list of rows for each table, each what the document
 * has of the entity and what the table adds to that. */
json_t *status_rows(const json_t *state, const struct status_filter *f, size_t *n);

/* What the tables and the rows have in common: does the filter let this table, and this
 * row of it, through? */
bool status_shows_kind(const struct status_filter *f, const char *kind);
bool status_shows(const struct status_filter *f, const json_t *item);

/* "up", "down", "killed" or "not played". */
const char *status_node_life(const json_t *state, const json_t *node);

#endif
