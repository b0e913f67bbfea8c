/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/entity_name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* clang-format off */
static const struct {
    const char *kind, *attribute;
} kinds[] = {
    { "node", "safAmfNode" }, { "sg",   "safSg" },   { "si",  "safSi" },
    { "su",   "safSu" },      { "comp", "safComp" }, { "csi", "safCsi" },
};
/* clang-format on */

static const size_t n_kinds = sizeof(kinds) / sizeof(*kinds);

bool entity_kind_read(const char *word, const char **kind)
{
    size_t i;

    for (i = 0; i < n_kinds; i++) {
        const size_t n = strlen(kinds[i].kind);

        if (strncasecmp(kinds[i].kind, word, n) == 0 &&
            (!word[n] || strcasecmp(word + n, "s") == 0)) {
            *kind = kinds[i].kind;
            return true;
        }
    }
    *kind = NULL;
    return strcasecmp(word, "entity") == 0;
}

/* The value of the first part of a distinguished name. */
static bool dn_read(const char *word, struct entity_name *out)
{
    size_t i, n;

    for (i = 0; i < n_kinds; i++) {
        n = strlen(kinds[i].attribute);
        if (strncasecmp(word, kinds[i].attribute, n) != 0 || word[n] != '=')
            continue;
        word += n + 1;
        n = strcspn(word, ",");
        if (n == 0 || n >= sizeof(out->name))
            return false;
        out->kind = kinds[i].kind;
        memcpy(out->name, word, n);
        out->name[n] = '\0';
        return true;
    }
    return false;
}

bool entity_name_read(const char *const *words, int n, struct entity_name *out)
{
    const char *kind = NULL;

    out->kind = NULL;
    if (n < 1 || n > 2 || (n == 2 && !entity_kind_read(words[0], &kind)))
        return false;
    if (dn_read(words[n - 1], out))
        return !kind || strcmp(kind, out->kind) == 0;
    out->kind = kind;
    return words[n - 1][0] && snprintf(out->name, sizeof(out->name), "%s", words[n - 1]) <
                                  (int)sizeof(out->name);
}
