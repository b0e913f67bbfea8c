/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody who named an entity that does not exist will have meant. */
#ifndef ENTITY_HINT_H
#define ENTITY_HINT_H

#include <jansson.h>
#include <stddef.h>

/* The kind of an entity that has exactly this name, or NULL. */
const char *entity_kind_of(const json_t *state, const char *name);

/* "nothing is called so; did you mean su counterSU1?": with the nearest of the names in
 * the daemon's document that are of this kind, or of any (NULL). Cut to size. */
const char *entity_hint(const json_t *state, const char *kind, const char *name,
                        char *text, size_t size);

#endif
