/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf find: the entities as the SA Forum names them. */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "tools/cmd_amf.h"
#include "tools/entity_name.h"
#include "tools/operator.h"
#include "tools/status_json.h"

/* clang-format off */
/* The member that says what an entity is part of; the parents stand above. */
static const struct {
    const char *kind, *list, *attribute, *parent_key;
    int parent; /* row, -1: none */
} rows[] = {
    { "node", "nodes", "safAmfNode", NULL, -1 },
    { "sg",   "sgs",   "safSg",      NULL, -1 },
    { "si",   "sis",   "safSi",      NULL, -1 },
    { "su",   "sus",   "safSu",      "sg",  1 },
    { "comp", "comps", "safComp",    "su",  3 },
    { "csi",  "csis",  "safCsi",     "si",  2 },
};
/* clang-format on */

static const size_t n_rows = sizeof(rows) / sizeof(*rows);

/* "safComp=c,safSu=u,safSg=g" */
static void dn_make(const json_t *state, size_t row, const json_t *item, char *text,
                    size_t size)
{
    size_t used = 0;
    int n;

    while (item && used < size) {
        n = snprintf(text + used, size - used, "%s%s=%s", used ? "," : "",
                     rows[row].attribute, status_text(item, "name"));
        used += n > 0 ? (size_t)n : 0;
        if (rows[row].parent < 0)
            return;
        item = status_find(state, rows[rows[row].parent].list, "name",
                           status_text(item, rows[row].parent_key));
        row = (size_t)rows[row].parent;
    }
}

static json_t *list_make(const json_t *state, const char *kind, const char *pattern)
{
    json_t *list = json_array();
    const json_t *item;
    char dn[1000];
    size_t i, k;

    for (i = 0; i < n_rows; i++) {
        if (kind && strcmp(kind, rows[i].kind) != 0)
            continue;
        json_array_foreach(json_object_get(state, rows[i].list), k, item)
        {
            if (fnmatch(pattern, status_text(item, "name"), 0) != 0)
                continue;
            dn_make(state, i, item, dn, sizeof(dn));
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:s}", "kind", rows[i].kind,
                                            "name", status_text(item, "name"), "dn", dn));
        }
    }
    return list;
}

static enum clv_exit list_print(const struct clv_command *self, const json_t *list,
                                const char *pattern, bool json)
{
    const json_t *item;
    size_t i;

    if (json) {
        json_dumpf(list, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_array_foreach(list, i, item) if (!json) puts(status_text(item, "dn"));
    if (i)
        return CLV_EXIT_OK;
    fprintf(stderr, "%s %s: nothing is called %s\n", self->path, self->name, pattern);
    return CLV_EXIT_UNKNOWN;
}

enum clv_exit cmd_amf_find(const struct clv_command *self, int argc, char **argv)
{
    const char *kind = NULL, *pattern = "*";
    struct op_options o;
    json_t *answer = NULL, *list;
    enum clv_exit result = op_options_read(self, argc, argv, OP_JSON, 0, 2, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (o.n_words && entity_kind_read(o.words[0], &kind))
        pattern = o.n_words > 1 ? o.words[1] : "*";
    else if (o.n_words > 1)
        return clv_command_misused(self, "\"%s\" is not a kind of entity", o.words[0]);
    else if (o.n_words)
        pattern = o.words[0];
    result = op_request(self, &o, "find", json_pack("{s:s}", "t", "status"), &answer);
    if (result != CLV_EXIT_OK)
        return result;
    list = list_make(json_object_get(answer, "state"), kind, pattern);
    json_decref(answer);
    result = list_print(self, list, pattern, o.json);
    json_decref(list);
    return result;
}
