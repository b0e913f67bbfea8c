/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the status as JSON: the rows of the document, with what a table shows
 * beside them. */
#include <string.h>

#include "tools/status_json.h"
#include "tools/status_view.h"

static void put_copy(json_t *row, const char *key, const json_t *value)
{
    if (value)
        json_object_set_new(row, key, json_deep_copy(value));
}

static void node_add(json_t *row, const json_t *state)
{
    const char *name = status_text(row, "name");

    json_object_set_new(row, "life", json_string(status_node_life(state, row)));
    put_copy(row, "played_by",
             json_object_get(json_object_get(json_object_get(state, "cluster"), "owners"),
                             name));
}

/* What the component does: {"csi", "si", "ha", "pending"} each. */
static json_t *work_of(const json_t *state, const char *comp)
{
    json_t *work = json_array(), *o;
    const json_t *a, *part;
    size_t i, k;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        json_array_foreach(json_object_get(a, "parts"), k, part)
        {
            if (strcmp(status_text(part, "comp"), comp) != 0)
                continue;
            o = json_object();
            put_copy(o, "csi", json_object_get(part, "csi"));
            put_copy(o, "si", json_object_get(a, "si"));
            put_copy(o, "ha", json_object_get(part, "ha"));
            put_copy(o, "pending", json_object_get(part, "pending"));
            json_array_append_new(work, o);
        }
    }
    return work;
}

static void comp_add(json_t *row, const json_t *state)
{
    const char *name = status_text(row, "name");
    const json_t *process = status_find(state, "processes", "comp", name);
    const json_t *su = status_find(state, "sus", "name", status_text(row, "su"));

    put_copy(row, "node", json_object_get(process, "node"));
    put_copy(row, "pid", json_object_get(process, "pid"));
    put_copy(row, "problem", json_object_get(process, "problem"));
    if (status_is(row, "oper", "DISABLED"))
        json_object_set_new(row, "readiness",
                            json_pack("{s:i, s:s}", "value", 1, "name", "OUTOFSERVICE"));
    else
        put_copy(row, "readiness", json_object_get(su, "readiness"));
    json_object_set_new(row, "work", work_of(state, name));
}

/* Who has an SI: {"su", "role", "confirmed", "removing"} each. */
static void si_add(json_t *row, const json_t *state)
{
    json_t *holders = json_array(), *o;
    const json_t *a;
    size_t i;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        if (strcmp(status_text(a, "si"), status_text(row, "name")) != 0)
            continue;
        o = json_object();
        put_copy(o, "su", json_object_get(a, "su"));
        put_copy(o, "role", json_object_get(a, "role"));
        put_copy(o, "confirmed", json_object_get(a, "confirmed"));
        put_copy(o, "removing", json_object_get(a, "removing"));
        json_array_append_new(holders, o);
    }
    json_object_set_new(row, "assignments", holders);
}

/* Which component does what for a CSI: {"comp", "ha", "pending"} each. */
static void csi_add(json_t *row, const json_t *state)
{
    json_t *holders = json_array(), *o;
    const json_t *a, *part;
    size_t i, k;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        json_array_foreach(json_object_get(a, "parts"), k, part)
        {
            if (strcmp(status_text(part, "csi"), status_text(row, "name")) != 0)
                continue;
            o = json_object();
            put_copy(o, "comp", json_object_get(part, "comp"));
            put_copy(o, "ha", json_object_get(part, "ha"));
            put_copy(o, "pending", json_object_get(part, "pending"));
            json_array_append_new(holders, o);
        }
    }
    json_object_set_new(row, "assignments", holders);
}

static const struct {
    const char *kind, *list;
    void (*add)(json_t *row, const json_t *state);
} lists[] = {
    {"node", "nodes", node_add},    {"sg", "sgs", NULL},   {"su", "sus", NULL},
    {"comp", "comps", comp_add},    {"si", "sis", si_add}, {"csi", "csis", csi_add},
    {"siass", "assignments", NULL},
};

json_t *status_rows(const json_t *state, const struct status_filter *f, size_t *n)
{
    json_t *out = json_object(), *rows, *row;
    const json_t *item;
    size_t i, k;

    *n = 0;
    put_copy(out, "version", json_object_get(state, "version"));
    for (i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        if (!status_shows_kind(f, lists[i].kind))
            continue;
        rows = json_array();
        json_array_foreach(json_object_get(state, lists[i].list), k, item)
        {
            if (!status_shows(f, item))
                continue;
            row = json_deep_copy(item);
            if (lists[i].add)
                lists[i].add(row, state);
            json_array_append_new(rows, row);
            ++*n;
        }
        if (f->kind || json_array_size(rows))
            json_object_set(out, lists[i].list, rows);
        json_decref(rows);
    }
    return out;
}
