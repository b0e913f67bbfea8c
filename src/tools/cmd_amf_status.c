/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf status: what is wrong, then who is what. */
#include <stdio.h>
#include <string.h>

#include "tools/cmd_amf.h"
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
    const struct status_filter all = {NULL, NULL, detail};
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

static enum clv_exit part_print(const struct clv_command *self, const json_t *state,
                                const struct status_filter *f)
{
    if (status_tables_print(state, f) || !f->name)
        return CLV_EXIT_OK;
    return op_refused(self, f->name, CODE_NOT_EXIST);
}

static void json_print(const json_t *state)
{
    json_dumpf(state, stdout, JSON_INDENT(2));
    putchar('\n');
}

static enum clv_exit print(const struct clv_command *self, json_t *state,
                           const struct op_options *o, const struct entity_name *e)
{
    const struct status_filter f = {e->kind, e->name[0] ? e->name : NULL, o->detail};
    json_t *problems = status_problems(state);
    const bool wrong = json_array_size(problems) > 0;
    enum clv_exit result = CLV_EXIT_OK;

    json_object_set_new(state, "problems", problems);
    json_object_set_new(state, "locked", status_locked(state));
    if (o->json)
        json_print(state);
    else if (f.kind || f.name)
        result = part_print(self, state, &f);
    else
        people_print(state, o->detail);
    return result == CLV_EXIT_OK && o->check && wrong ? CLV_EXIT_FINDINGS : result;
}

/* KIND, NAME, or both; and between them the "all" of amf-state. */
static bool words_read(const struct clv_command *self, struct op_options *o,
                       struct entity_name *e)
{
    memset(e, 0, sizeof(*e));
    if (self->data) { /* the command is the kind */
        o->words[2] = o->words[1];
        o->words[1] = o->words[0];
        o->words[0] = self->data;
        o->n_words++;
    }
    if (o->n_words > 1 && strcmp(o->words[1], "all") == 0) {
        o->words[1] = o->words[2];
        o->n_words--;
    }
    return o->n_words == 0 ||
           (o->n_words == 1 && entity_kind_read(o->words[0], &e->kind)) ||
           entity_name_read(o->words, o->n_words, e);
}

enum clv_exit cmd_amf_status(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name entity;
    struct op_options o;
    json_t *answer = NULL;
    enum clv_exit result = op_options_read(
        self, argc, argv, OP_JSON | OP_DETAIL | OP_CHECK, 0, self->data ? 1 : 3, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (!words_read(self, &o, &entity))
        return self->data ? clv_command_misused(self, "\"%s\" does not name a %s",
                                                o.words[1], o.words[0])
                          : clv_command_misused(self, "\"%s\" is not a kind of entity",
                                                o.words[0]);
    result = op_request(self, &o, "status", json_pack("{s:s}", "t", "status"), &answer);
    if (result == CLV_EXIT_OK)
        result = print(self, json_object_get(answer, "state"), &o, &entity);
    json_decref(answer);
    return result;
}
