/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/status_json.h"
#include "tools/status_view.h"

enum { REDUNDANCY_TWO_N = 2, REDUNDANCY_M_PLUS_N = 3 };

static void add(json_t *list, const char *kind, const json_t *o, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void add(json_t *list, const char *kind, const json_t *o, const char *fmt, ...)
{
    char text[1000];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "kind", kind, "name",
                                          status_text(o, "name"), "text", text));
}

static bool is_failed(const json_t *o)
{
    return status_is(o, "presence", "INSTANTIATION_FAILED") ||
           status_is(o, "presence", "TERMINATION_FAILED");
}

static bool is_disabled(const json_t *o)
{
    return status_is(o, "oper", "DISABLED");
}

/* ---- nodes ----------------------------------------------------------------------- */

static void node_check(const json_t *state, const json_t *node, json_t *list)
{
    const json_t *run = status_find(json_object_get(state, "daemon"), "nodes", "name",
                                    status_text(node, "name"));

    if (status_true(run, "killed"))
        add(list, "node", node, "killed by the operator: start-node brings it back");
    else if (!status_true(status_true(run, "played") ? run : node, "up") &&
             (status_true(run, "played") || json_object_get(state, "cluster")))
        add(list, "node", node, "down");
    else if (!status_is(node, "leaving", "NONE"))
        add(list, "node", node, "is being left, recovery %s",
            status_text(json_object_get(node, "leaving"), "name"));
    else if (is_disabled(node))
        add(list, "node", node, "DISABLED after a fault: repaired ends that");
}

/* ---- service units and components ------------------------------------------------- */

/* The daemon's own words begin with the component's name. */
static const char *without_name(const char *text, const char *name)
{
    const size_t n = strlen(name);

    return strncmp(text, name, n) == 0 && text[n] == ':' ? text + n + 2 : text;
}

static void comp_check(const json_t *state, const json_t *comp, json_t *list)
{
    const char *name = status_text(comp, "name");
    const json_t *process = status_find(state, "processes", "comp", name);
    const char *problem = without_name(status_text(process, "problem"), name);

    if (is_failed(comp) || is_disabled(comp))
        add(list, "comp", comp, "%s, %s%s%s",
            status_text(json_object_get(comp, "presence"), "name"),
            status_text(json_object_get(comp, "oper"), "name"), *problem ? ": " : "",
            problem);
    else if (*problem)
        add(list, "comp", comp, "its last launch failed: %s", problem);
}

static void su_check(const json_t *state, const json_t *su, json_t *list)
{
    const json_t *comp;
    size_t i;

    if (!is_failed(su) && !is_disabled(su))
        return;
    json_array_foreach(json_object_get(state, "comps"), i, comp)
    {
        if (strcmp(status_text(comp, "su"), status_text(su, "name")) == 0 &&
            (is_failed(comp) || is_disabled(comp)))
            return; /* that line says more */
    }
    add(list, "su", su, "%s, %s: repaired ends that",
        status_text(json_object_get(su, "presence"), "name"),
        status_text(json_object_get(su, "oper"), "name"));
}

/* ---- service instances ------------------------------------------------------------ */

struct taken {
    size_t active, standby, unsure;
};

static struct taken taken_count(const json_t *state, const char *si)
{
    struct taken n = {0, 0, 0};
    const json_t *a;
    size_t i;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        if (strcmp(status_text(a, "si"), si) != 0)
            continue;
        n.active += status_is(a, "role", "ACTIVE") && !status_true(a, "removing");
        n.standby += status_is(a, "role", "STANDBY") && !status_true(a, "removing");
        n.unsure += !status_true(a, "confirmed");
    }
    return n;
}

static bool wants_standby(const json_t *state, const json_t *si)
{
    const json_t *sg = status_find(state, "sgs", "name", status_text(si, "sg"));
    const int redundancy = status_number(sg, "redundancy");

    return redundancy == REDUNDANCY_TWO_N || redundancy == REDUNDANCY_M_PLUS_N;
}

static void si_check(const json_t *state, const json_t *si, json_t *list)
{
    const struct taken n = taken_count(state, status_text(si, "name"));

    if (!status_is(si, "effective", "UNLOCKED"))
        return;
    if (!n.active)
        add(list, "si", si, "nobody is active");
    else if (!n.standby && wants_standby(state, si))
        add(list, "si", si, "no standby");
    else if (n.unsure)
        add(list, "si", si, "waits for an answer to an assignment");
}

/* ---- all of it -------------------------------------------------------------------- */

static void each(const json_t *state, const char *list, json_t *problems,
                 void (*check)(const json_t *state, const json_t *item, json_t *problems))
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(state, list), i, item)
        check(state, item, problems);
}

json_t *status_problems(const json_t *state)
{
    json_t *problems = json_array();

    each(state, "nodes", problems, node_check);
    each(state, "sus", problems, su_check);
    each(state, "comps", problems, comp_check);
    each(state, "sis", problems, si_check);
    return problems;
}

static void locked_add(const json_t *state, const char *list, const char *kind,
                       json_t *out)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(state, list), i, item)
    {
        if (!status_is(item, "admin", "UNLOCKED"))
            add(out, kind, item, "%s(%d) by administration",
                status_text(json_object_get(item, "admin"), "name"),
                status_value(item, "admin"));
    }
}

json_t *status_locked(const json_t *state)
{
    json_t *locked = json_array();

    locked_add(state, "nodes", "node", locked);
    locked_add(state, "sgs", "sg", locked);
    locked_add(state, "sus", "su", locked);
    locked_add(state, "sis", "si", locked);
    return locked;
}
