/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody who named an entity that does not exist will have meant. */
#ifndef ENTITY_HINT_H
#define ENTITY_HINT_H

#include <jansson.h>
#include <stddef.h>

/* "there is a su of that name", "did you mean su counterSU1?", or "": from the names in
 * the daemon's document, of this kind, or of any (NULL). Cut to size. */
const char *entity_hint(const json_t *state, const char *kind, const char *name,
                        char *text, size_t size);

#endif
