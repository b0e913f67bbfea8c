/* SPDX-License-Identifier: Apache-2.0 */
/* How people name what they mean: NAME, KIND NAME, or a name of the SA Forum. */
#ifndef ENTITY_NAME_H
#define ENTITY_NAME_H

#include <stdbool.h>

struct entity_name {
    const char *kind; /* "su" and so on; NULL: whatever is called so */
    char name[256];
};

/* "su" and its like, also "sus"; "entity" is any of them, NULL. */
bool entity_kind_read(const char *word, const char **kind);

/* Take it from n words: "counterSU1", "su counterSU1" (any case),
 * "safSu=counterSU1,safSg=counterSG". False: they do not make one. */
bool entity_name_read(const char *const *words, int n, struct entity_name *out);

#endif
