/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/status_view.h"

#include <stdio.h>
#include <string.h>

#include "tools/status_json.h"
#include "tools/text_table.h"

/* One table: what it is about, where that is in the document, and its rows. */
struct section {
    const char *kind, *list;
    const char *brief[TEXT_TABLE_COLUMNS], *detail[TEXT_TABLE_COLUMNS];
    void (*row)(struct text_table *t, const json_t *state, const json_t *item,
                bool detail);
};

static void state_cell(struct text_table *t, const json_t *o, const char *key,
                       bool detail)
{
    char text[80];

    text_table_cell(t, "%s", status_state(o, key, detail, text, sizeof(text)));
}

static const char *or_dash(const char *text)
{
    return *text ? text : "-";
}

/* ---- nodes ----------------------------------------------------------------------- */

/* The daemon knows its own nodes' processes, of the others only what the cluster does. */
const char *status_node_life(const json_t *state, const json_t *node)
{
    const json_t *run = status_find(json_object_get(state, "daemon"), "nodes", "name",
                                    status_text(node, "name"));
    const bool played = status_true(run, "played");

    if (!played && !json_object_get(state, "cluster"))
        return "not played";
    if (status_true(run, "killed"))
        return "killed";
    return status_true(played ? run : node, "up") ? "up" : "down";
}

static void node_row(struct text_table *t, const json_t *state, const json_t *node,
                     bool detail)
{
    const char *name = status_text(node, "name");
    const json_t *run =
        status_find(json_object_get(state, "daemon"), "nodes", "name", name);
    const json_t *owners = json_object_get(json_object_get(state, "cluster"), "owners");

    text_table_cell(t, "%s", name);
    text_table_cell(t, "%s", status_node_life(state, node));
    state_cell(t, node, "admin", detail);
    state_cell(t, node, "oper", detail);
    if (detail)
        text_table_cell(t, "%s",
                        owners                       ? or_dash(status_text(owners, name))
                        : status_true(run, "played") ? "this daemon"
                                                     : "-");
}

/* ---- groups ----------------------------------------------------------------------- */

static void sg_row(struct text_table *t, const json_t *state, const json_t *sg,
                   bool detail)
{
    static const char *const redundancy[] = {
        "NONE", "NO_REDUNDANCY", "TWO_N", "M_PLUS_N", "N_WAY", "N_WAY_ACTIVE", "CUSTOM"};
    const int value = status_number(sg, "redundancy");
    const bool known = value >= 0 && value < (int)(sizeof(redundancy) / sizeof(char *));

    (void)state;
    text_table_cell(t, "%s", status_text(sg, "name"));
    text_table_cell(t, "%s(%d)", known ? redundancy[value] : "?", value);
    state_cell(t, sg, "admin", detail);
    text_table_cell(t, "%s", status_true(sg, "started") ? "started" : "waits");
    text_table_cell(t, "%s", status_true(sg, "auto_adjust") ? "on" : "off");
}

/* ---- service units ---------------------------------------------------------------- */

static void su_row(struct text_table *t, const json_t *state, const json_t *su,
                   bool detail)
{
    (void)state;
    text_table_cell(t, "%s", status_text(su, "name"));
    text_table_cell(t, "%s", or_dash(status_text(su, "node")));
    text_table_cell(t, "%s", or_dash(status_text(su, "sg")));
    state_cell(t, su, "admin", detail);
    state_cell(t, su, "presence", detail);
    state_cell(t, su, "oper", detail);
    state_cell(t, su, "readiness", detail);
}

/* ---- components -------------------------------------------------------------------- */

/* A component that is disabled is out of service, any other is what its SU is. */
static void readiness_cell(struct text_table *t, const json_t *state, const json_t *comp,
                           bool detail)
{
    if (status_is(comp, "oper", "DISABLED"))
        text_table_cell(t, "OUTOFSERVICE%s", detail ? "(1)" : "");
    else
        state_cell(t, status_find(state, "sus", "name", status_text(comp, "su")),
                   "readiness", detail);
}

/* "STANDBY->ACTIVE csi" while the answer is awaited. */
static size_t part_text(const json_t *part, bool detail, char *text, size_t size)
{
    static const char *const pending[] = {"", "->set", "->remove"};
    const int what = status_number(part, "pending");
    char ha[40];
    int n;

    n = snprintf(text, size, "%s%s %s", status_state(part, "ha", detail, ha, sizeof(ha)),
                 what > 0 && what < 3 ? pending[what] : "", status_text(part, "csi"));
    return n < 0 || (size_t)n >= size ? size - 1 : (size_t)n;
}

/* "ACTIVE csi1, STANDBY csi2", or "-". */
static void ha_cell(struct text_table *t, const json_t *state, const char *comp,
                    bool detail)
{
    const json_t *a, *part;
    char text[2000] = "-";
    size_t i, k, n = 0;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        json_array_foreach(json_object_get(a, "parts"), k, part)
        {
            if (strcmp(status_text(part, "comp"), comp) != 0)
                continue;
            if (n && n + 2 < sizeof(text)) {
                memcpy(text + n, ", ", 3);
                n += 2;
            }
            n += part_text(part, detail, text + n, sizeof(text) - n);
        }
    }
    text_table_cell(t, "%s", text);
}

static void pid_cell(struct text_table *t, const json_t *state, const char *comp)
{
    const int pid = status_number(status_find(state, "processes", "comp", comp), "pid");

    if (pid)
        text_table_cell(t, "%d", pid);
    else
        text_table_cell(t, "-");
}

static void comp_row(struct text_table *t, const json_t *state, const json_t *comp,
                     bool detail)
{
    const char *name = status_text(comp, "name");

    text_table_cell(t, "%s", name);
    text_table_cell(t, "%s",
                    status_text(status_find(state, "processes", "comp", name), "node"));
    pid_cell(t, state, name);
    state_cell(t, comp, "presence", detail);
    state_cell(t, comp, "oper", detail);
    readiness_cell(t, state, comp, detail);
    if (detail) {
        text_table_cell(t, "%d", status_number(comp, "launches"));
        text_table_cell(t, "%d", status_number(comp, "faults"));
    }
    ha_cell(t, state, name, detail);
}

/* ---- service instances --------------------------------------------------------------
 */

/* The SUs that have an SI in one role; a '?' behind what is not confirmed. */
static void sus_cell(struct text_table *t, const json_t *state, const char *si,
                     const char *role)
{
    char text[2000] = "-";
    const json_t *a;
    size_t i, n = 0;
    int more;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        if (strcmp(status_text(a, "si"), si) != 0 || !status_is(a, "role", role))
            continue;
        more = snprintf(text + n, sizeof(text) - n, "%s%s%s", n ? ", " : "",
                        status_text(a, "su"), status_true(a, "confirmed") ? "" : "?");
        n += more > 0 ? (size_t)more : 0;
        if (n >= sizeof(text))
            break;
    }
    text_table_cell(t, "%s", text);
}

static void si_row(struct text_table *t, const json_t *state, const json_t *si,
                   bool detail)
{
    static const char *const roles[] = {"ACTIVE", "STANDBY", "QUIESCED", "QUIESCING"};
    const char *name = status_text(si, "name");
    size_t i;

    text_table_cell(t, "%s", name);
    text_table_cell(t, "%s", or_dash(status_text(si, "sg")));
    state_cell(t, si, "admin", detail);
    state_cell(t, si, "effective", detail);
    for (i = 0; i < (detail ? 4 : 2); i++)
        sus_cell(t, state, name, roles[i]);
}

/* ---- CSIs, and who has what ---------------------------------------------------------
 */

/* The components whose present state for a CSI is this one. */
static void comps_cell(struct text_table *t, const json_t *state, const char *csi,
                       const char *ha)
{
    char text[2000] = "-";
    const json_t *a, *part;
    size_t i, k, n = 0;
    int more;

    json_array_foreach(json_object_get(state, "assignments"), i, a)
    {
        json_array_foreach(json_object_get(a, "parts"), k, part)
        {
            if (strcmp(status_text(part, "csi"), csi) != 0 ||
                !status_is(part, "ha", ha) || n >= sizeof(text))
                continue;
            more = snprintf(text + n, sizeof(text) - n, "%s%s", n ? ", " : "",
                            status_text(part, "comp"));
            n += more > 0 ? (size_t)more : 0;
        }
    }
    text_table_cell(t, "%s", text);
}

static void csi_row(struct text_table *t, const json_t *state, const json_t *csi,
                    bool detail)
{
    static const char *const roles[] = {"ACTIVE", "STANDBY", "QUIESCED", "QUIESCING"};
    const char *name = status_text(csi, "name");
    size_t i;

    text_table_cell(t, "%s", name);
    text_table_cell(t, "%s", or_dash(status_text(csi, "si")));
    for (i = 0; i < (detail ? 4 : 2); i++)
        comps_cell(t, state, name, roles[i]);
}

static void assignment_row(struct text_table *t, const json_t *state, const json_t *a,
                           bool detail)
{
    (void)state;
    text_table_cell(t, "%s", status_text(a, "si"));
    text_table_cell(t, "%s", status_text(a, "su"));
    state_cell(t, a, "role", detail);
    text_table_cell(t, "%s",
                    status_true(a, "removing")    ? "is taken away"
                    : status_true(a, "confirmed") ? "confirmed"
                                                  : "waits for an answer");
}

/* ---- all of them --------------------------------------------------------------------
 */

static const struct section sections[] = {
    {"node",
     "nodes",
     {"NODE", "LIFE", "ADMIN", "OPER"},
     {"NODE", "LIFE", "ADMIN", "OPER", "PLAYED BY"},
     node_row},
    {"sg", "sgs", {"GROUP", "REDUNDANCY", "ADMIN", "LIFE", "ADJUST"}, {NULL}, sg_row},
    {"su",
     "sus",
     {"SU", "NODE", "GROUP", "ADMIN", "PRESENCE", "OPER", "READINESS"},
     {NULL},
     su_row},
    {"comp",
     "comps",
     {"COMPONENT", "NODE", "PID", "PRESENCE", "OPER", "READINESS", "HA"},
     {"COMPONENT", "NODE", "PID", "PRESENCE", "OPER", "READINESS", "LAUNCHES", "FAULTS",
      "HA"},
     comp_row},
    {"si",
     "sis",
     {"SI", "GROUP", "ADMIN", "EFFECTIVE", "ACTIVE", "STANDBY"},
     {"SI", "GROUP", "ADMIN", "EFFECTIVE", "ACTIVE", "STANDBY", "QUIESCED", "QUIESCING"},
     si_row},
    {"csi",
     "csis",
     {"CSI", "SI", "ACTIVE", "STANDBY"},
     {"CSI", "SI", "ACTIVE", "STANDBY", "QUIESCED", "QUIESCING"},
     csi_row},
    {"siass", "assignments", {"SI", "SU", "HA", "LIFE"}, {NULL}, assignment_row},
};

bool status_shows_kind(const struct status_filter *f, const char *kind)
{
    if (f->kind)
        return strcmp(f->kind, kind) == 0;
    return strcmp(kind, "siass") != 0 && (f->name || strcmp(kind, "csi") != 0);
}

/* An assignment goes by its SI or its SU. */
bool status_shows(const struct status_filter *f, const json_t *item)
{
    return !f->name || strcmp(f->name, status_text(item, "name")) == 0 ||
           (!json_object_get(item, "name") &&
            (strcmp(f->name, status_text(item, "si")) == 0 ||
             strcmp(f->name, status_text(item, "su")) == 0));
}

static size_t section_print(const struct section *s, const json_t *state,
                            const struct status_filter *f)
{
    struct text_table t;
    const json_t *item;
    size_t i, n = 0;

    text_table_begin(&t, f->detail && s->detail[0] ? s->detail : s->brief);
    t.only = f->column;
    json_array_foreach(json_object_get(state, s->list), i, item)
    {
        if (!status_shows(f, item))
            continue;
        s->row(&t, state, item, f->detail);
        n++;
    }
    text_table_end(&t, n > 0);
    return n;
}

size_t status_tables_print(const json_t *state, const struct status_filter *f)
{
    size_t i, n = 0;

    for (i = 0; i < sizeof(sections) / sizeof(*sections); i++)
        if (status_shows_kind(f, sections[i].kind))
            n += section_print(&sections[i], state, f);
    return n;
}
