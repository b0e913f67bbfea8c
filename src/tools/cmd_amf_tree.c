/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf tree: where everything is, from the nodes down and from the groups down. */
#include <stdio.h>
#include <string.h>

#include "tools/cmd_amf.h"
#include "tools/operator.h"
#include "tools/status_json.h"

static const char *state_of(const json_t *o, const char *key)
{
    return status_text(json_object_get(o, key), "name");
}

static bool is_of(const json_t *o, const char *key, const char *name)
{
    return strcmp(status_text(o, key), name) == 0;
}

/* What is not as usual about it: " LOCKED_A DISABLED", or "". */
static void oddities_print(const json_t *o)
{
    if (json_object_get(o, "admin") && !status_is(o, "admin", "UNLOCKED"))
        printf(" %s", state_of(o, "admin"));
    if (json_object_get(o, "oper") && !status_is(o, "oper", "ENABLED"))
        printf(" %s", state_of(o, "oper"));
    putchar('\n');
}

/* ---- nodes down to what their components do ------------------------------ */

static void work_print(const json_t *state, const char *comp)
{
    const json_t *a, *part;
    size_t i, k;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        json_array_foreach(json_object_get(a, "parts"), k, part)
        {
            if (is_of(part, "comp", comp))
                printf("      csi %s of si %s: %s\n", status_text(part, "csi"),
                       status_text(a, "si"), state_of(part, "ha"));
        }
    }
}

static void comps_print(const json_t *state, const char *su)
{
    const json_t *comp;
    size_t i;

    json_array_foreach(json_object_get(state, "comps"), i, comp)
    {
        const char *name = status_text(comp, "name");
        const int pid =
            status_number(status_find(state, "processes", "comp", name), "pid");

        if (!is_of(comp, "su", su))
            continue;
        printf("    comp %s %s", name, state_of(comp, "presence"));
        if (pid)
            printf(" pid %d", pid);
        oddities_print(comp);
        work_print(state, name);
    }
}

static void nodes_print(const json_t *state)
{
    const json_t *node, *su;
    size_t i, k;

    json_array_foreach(json_object_get(state, "nodes"), i, node)
    {
        const char *name = status_text(node, "name");

        printf("node %s %s", name, status_true(node, "up") ? "up" : "down");
        oddities_print(node);
        json_array_foreach(json_object_get(state, "sus"), k, su)
        {
            if (!is_of(su, "node", name))
                continue;
            printf("  su %s %s", status_text(su, "name"), state_of(su, "readiness"));
            oddities_print(su);
            comps_print(state, status_text(su, "name"));
        }
    }
}

/* ---- groups down to who has their work ----------------------------------- */

static void holders_print(const json_t *state, const char *si)
{
    const json_t *a;
    size_t i;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        if (is_of(a, "si", si))
            printf("    %s su %s%s\n", state_of(a, "role"), status_text(a, "su"),
                   status_true(a, "confirmed") ? "" : ", not confirmed");
    }
}

static void sgs_print(const json_t *state)
{
    const json_t *sg, *si;
    size_t i, k;

    json_array_foreach(json_object_get(state, "sgs"), i, sg)
    {
        printf("sg %s", status_text(sg, "name"));
        oddities_print(sg);
        json_array_foreach(json_object_get(state, "sis"), k, si)
        {
            if (!is_of(si, "sg", status_text(sg, "name")))
                continue;
            printf("  si %s", status_text(si, "name"));
            oddities_print(si);
            holders_print(state, status_text(si, "name"));
        }
    }
}

/* ---- the same as JSON ---------------------------------------------------- */

/* A copy (new) of an entity with a list of what is below it; items is taken. */
static json_t *with(const json_t *o, const char *key, json_t *items)
{
    json_t *copy = json_deep_copy(o);

    json_object_set_new(copy, key, items);
    return copy;
}

static json_t *work_pack(const json_t *state, const char *comp)
{
    json_t *work = json_array();
    const json_t *a, *part;
    size_t i, k;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        json_array_foreach(json_object_get(a, "parts"), k, part)
        {
            if (is_of(part, "comp", comp))
                json_array_append_new(work, json_pack("{s:s, s:s, s:O}", "csi",
                                                      status_text(part, "csi"), "si",
                                                      status_text(a, "si"), "ha",
                                                      json_object_get(part, "ha")));
        }
    }
    return work;
}

static json_t *comps_pack(const json_t *state, const char *su)
{
    json_t *list = json_array(), *copy;
    const json_t *comp;
    size_t i;

    json_array_foreach(json_object_get(state, "comps"), i, comp)
    {
        const char *name = status_text(comp, "name");

        if (!is_of(comp, "su", su))
            continue;
        copy = with(comp, "work", work_pack(state, name));
        json_object_set_new(copy, "pid",
                            json_integer(status_number(
                                status_find(state, "processes", "comp", name), "pid")));
        json_array_append_new(list, copy);
    }
    return list;
}

static json_t *nodes_pack(const json_t *state)
{
    json_t *list = json_array(), *sus;
    const json_t *node, *su;
    size_t i, k;

    json_array_foreach(json_object_get(state, "nodes"), i, node)
    {
        sus = json_array();
        json_array_foreach(json_object_get(state, "sus"), k, su)
        {
            if (is_of(su, "node", status_text(node, "name")))
                json_array_append_new(
                    sus, with(su, "comps", comps_pack(state, status_text(su, "name"))));
        }
        json_array_append_new(list, with(node, "sus", sus));
    }
    return list;
}

static json_t *holders_pack(const json_t *state, const char *si)
{
    json_t *list = json_array();
    const json_t *a;
    size_t i;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        if (is_of(a, "si", si))
            json_array_append_new(list, json_pack("{s:s, s:O, s:b}", "su",
                                                  status_text(a, "su"), "role",
                                                  json_object_get(a, "role"), "confirmed",
                                                  (int)status_true(a, "confirmed")));
    }
    return list;
}

static json_t *sgs_pack(const json_t *state)
{
    json_t *list = json_array(), *sis;
    const json_t *sg, *si;
    size_t i, k;

    json_array_foreach(json_object_get(state, "sgs"), i, sg)
    {
        sis = json_array();
        json_array_foreach(json_object_get(state, "sis"), k, si)
        {
            if (is_of(si, "sg", status_text(sg, "name")))
                json_array_append_new(sis,
                                      with(si, "assignments",
                                           holders_pack(state, status_text(si, "name"))));
        }
        json_array_append_new(list, with(sg, "sis", sis));
    }
    return list;
}

static void json_print(const json_t *state)
{
    json_t *tree =
        json_pack("{s:O, s:o, s:o}", "version", json_object_get(state, "version"),
                  "nodes", nodes_pack(state), "sgs", sgs_pack(state));

    json_dumpf(tree, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(tree);
}

enum clv_exit cmd_amf_tree(const struct clv_command *self, int argc, char **argv)
{
    struct op_options o;
    json_t *answer = NULL;
    const json_t *state;
    enum clv_exit result = op_options_read(self, argc, argv, OP_JSON, 0, 0, &o);

    if (result == CLV_EXIT_OK)
        result = op_request(self, &o, "tree", json_pack("{s:s}", "t", "status"), &answer);
    if (result != CLV_EXIT_OK)
        return result;
    state = json_object_get(answer, "state");
    if (o.json) {
        json_print(state);
    } else {
        nodes_print(state);
        sgs_print(state);
    }
    json_decref(answer);
    return CLV_EXIT_OK;
}
