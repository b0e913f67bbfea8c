/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf status: what is wrong, then who is what. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/cmd_amf.h"
#include "tools/entity_hint.h"
#include "tools/entity_name.h"
#include "tools/operator.h"
#include "tools/status_json.h"
#include "tools/status_view.h"

enum { CODE_NOT_EXIST = 0x220004 };

static void lines_print(const json_t *list)
{
    const json_t *line;
    size_t i;

    json_array_foreach(list, i, line)
        printf("  %s %s: %s\n", status_text(line, "kind"), status_text(line, "name"),
               status_text(line, "text"));
}

static void people_print(const json_t *state, bool detail)
{
    const struct status_filter all = {.detail = detail};
    const json_t *daemon = json_object_get(state, "daemon");
    const json_t *cluster = json_object_get(state, "cluster");

    printf("clovis-amfd %s, pid %d, model %s%s\n", status_text(daemon, "version"),
           status_number(daemon, "pid"), status_text(daemon, "model"),
           status_true(daemon, "busy") ? ", at work" : "");
    if (cluster)
        printf("cluster %s, %s%s, this is %s\n", status_text(cluster, "name"),
               status_true(cluster, "leads") ? "the leader" : "a follower",
               status_true(cluster, "settled") ? "" : ", not settled yet",
               status_text(cluster, "who"));
    if (!json_array_size(json_object_get(state, "problems")))
        puts("  all is in order");
    lines_print(json_object_get(state, "problems"));
    lines_print(json_object_get(state, "locked"));
    status_tables_print(state, &all);
}

static void json_print(const json_t *o)
{
    json_dumpf(o, stdout, JSON_INDENT(2));
    putchar('\n');
}

static size_t part_print(const json_t *state, const struct status_filter *f, bool json)
{
    json_t *rows;
    size_t n;

    if (!json)
        return status_tables_print(state, f);
    rows = status_rows(state, f, &n);
    if (n || !f->name)
        json_print(rows);
    json_decref(rows);
    return n;
}

static enum clv_exit unknown(const struct clv_command *self, const json_t *state,
                             const struct status_filter *f)
{
    char hint[400];

    entity_hint(state, f->kind, f->name, hint, sizeof(hint));
    return op_refused(self, f->name, CODE_NOT_EXIST, hint);
}

static enum clv_exit print(const struct clv_command *self, json_t *state,
                           const struct op_options *o, const struct status_filter *f)
{
    json_t *problems = status_problems(state);
    const bool wrong = json_array_size(problems) > 0;
    enum clv_exit result = CLV_EXIT_OK;

    json_object_set_new(state, "problems", problems);
    json_object_set_new(state, "locked", status_locked(state));
    if ((f->kind || f->name) && !part_print(state, f, o->json) && f->name)
        result = unknown(self, state, f);
    else if (!f->kind && !f->name && o->json)
        json_print(state);
    else if (!f->kind && !f->name)
        people_print(state, o->detail);
    return result == CLV_EXIT_OK && o->check && wrong ? CLV_EXIT_FINDINGS : result;
}

/* clang-format off */
/* What amf-state may have between kind and name: which of the states, by its column. */
static const struct {
    const char *word, *column;
} columns[] = {
    { "all", NULL },        { "adm", "ADMIN" },       { "oper", "OPER" },
    { "pres", "PRESENCE" }, { "readi", "READINESS" }, { "ha", "HA" },
    { "assi", "EFFECTIVE" },
};
/* clang-format on */

static void column_take(struct op_options *o, const char **column)
{
    size_t i;

    for (i = 0; o->n_words > 1 && i < sizeof(columns) / sizeof(*columns); i++) {
        if (strcmp(o->words[1], columns[i].word) != 0)
            continue;
        *column = columns[i].column;
        o->words[1] = o->words[2];
        o->n_words--;
        return;
    }
}

/* A kind of entity, or the assignments. */
static bool table_read(const char *word, const char **kind)
{
    const bool assignments = strcasecmp(word, "siass") == 0;

    if (assignments)
        *kind = "siass";
    return assignments ||
           entity_kind_read(strcasecmp(word, "csiass") ? word : "csi", kind);
}

static bool is_assignments(const char *kind)
{
    return kind && strcmp(kind, "siass") == 0;
}

/* KIND, NAME, or both; and between them the words of amf-state. */
static bool words_read(const struct clv_command *self, struct op_options *o,
                       struct entity_name *e, struct status_filter *f)
{
    bool ok;

    memset(e, 0, sizeof(*e));
    if (self->data) { /* the command is the kind */
        o->words[2] = o->words[1];
        o->words[1] = o->words[0];
        o->words[0] = self->data;
        o->n_words++;
    }
    if (o->n_words && strcasecmp(o->words[0], "csiass") == 0)
        o->words[0] = "csi"; /* the table of CSIs has who is assigned */
    column_take(o, &f->column);
    if (o->n_words == 0 || (o->n_words == 1 && table_read(o->words[0], &f->kind)))
        return true;
    if (o->n_words == 2 && table_read(o->words[0], &f->kind) && is_assignments(f->kind))
        ok = entity_name_read(o->words + 1, 1, e);
    else
        ok = entity_name_read(o->words, o->n_words, e);
    f->kind = is_assignments(f->kind) ? f->kind : e->kind;
    f->name = e->name;
    return ok;
}

static enum clv_exit misnamed(const struct clv_command *self, const struct op_options *o)
{
    if (self->data)
        return clv_command_misused(self, "\"%s\" does not name a %s", o->words[1],
                                   o->words[0]);
    if (strcasecmp(o->words[0], "app") == 0)
        return clv_command_misused(
            self, "a model has no applications, a service group (sg) is the highest");
    return clv_command_misused(self, "\"%s\" is not a kind of entity", o->words[0]);
}

enum clv_exit cmd_amf_status(const struct clv_command *self, int argc, char **argv)
{
    struct status_filter f = {NULL, NULL, NULL, false};
    struct entity_name entity;
    struct op_options o;
    json_t *answer = NULL;
    enum clv_exit result = op_options_read(
        self, argc, argv, OP_JSON | OP_DETAIL | OP_CHECK, 0, self->data ? 1 : 3, &o);

    if (result != CLV_EXIT_OK)
        return result;
    f.detail = o.detail;
    if (!words_read(self, &o, &entity, &f) ||
        (o.n_words == 1 && strcasecmp(o.words[0], "app") == 0))
        return misnamed(self, &o);
    result = op_request(self, &o, "status", json_pack("{s:s}", "t", "status"), &answer);
    if (result == CLV_EXIT_OK)
        result = print(self, json_object_get(answer, "state"), &o, &f);
    json_decref(answer);
    return result;
}
