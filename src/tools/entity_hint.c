/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/entity_hint.h"

#include <stdio.h>
#include <string.h>

#include "tools/similar.h"
#include "tools/status_json.h"

static const struct {
    const char *kind, *list;
} lists[] = {
    {"node", "nodes"}, {"sg", "sgs"},     {"su", "sus"},
    {"si", "sis"},     {"comp", "comps"}, {"csi", "csis"},
};

static const size_t n_lists = sizeof(lists) / sizeof(*lists);

const char *entity_kind_of(const json_t *state, const char *name)
{
    size_t i;

    for (i = 0; i < n_lists; i++)
        if (status_find(state, lists[i].list, "name", name))
            return lists[i].kind;
    return NULL;
}

/* The kind of the entity in s->best, or NULL. */
static const char *nearest(const json_t *state, const char *kind, struct similar *s)
{
    const char *of = NULL;
    const json_t *item;
    size_t i, k;

    for (i = 0; i < n_lists; i++) {
        if (kind && strcmp(kind, lists[i].kind) != 0)
            continue;
        json_array_foreach(json_object_get(state, lists[i].list), k, item)
        {
            const char *before = s->best;

            similar_look(s, status_text(item, "name"));
            if (s->best != before)
                of = lists[i].kind;
        }
    }
    return of;
}

const char *entity_hint(const json_t *state, const char *kind, const char *name,
                        char *text, size_t size)
{
    const char *of = entity_kind_of(state, name);
    struct similar s;

    if (of) {
        snprintf(text, size, "a %s is called so", of);
        return text;
    }
    similar_begin(&s, name);
    of = nearest(state, kind, &s);
    if (of)
        snprintf(text, size, "nothing is called so; did you mean %s %s?", of, s.best);
    else
        snprintf(text, size, "nothing is called so");
    return text;
}
