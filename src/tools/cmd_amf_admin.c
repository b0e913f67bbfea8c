/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/cmd_amf_admin.h"

#include <stdio.h>
#include <string.h>

#include "tools/cmd_amf.h"
#include "tools/entity_name.h"
#include "tools/operator.h"
#include "tools/status_json.h"

enum {
    RETRY_MS = 100,
    CODE_TRY_AGAIN = 0x16,
    CODE_BAD_OPERATION = 0x23,
    CODE_NOT_SUPPORTED = 0x25,
    CODE_INVALID_ENTITY = 0x101
};

struct job {
    const struct clv_command *self;
    const struct amf_admin_verb *verb;
    struct op_options o;
    struct entity_name entity;
    int arg;
};

static json_t *request(const struct job *j, const char *op)
{
    json_t *o = json_pack("{s:s, s:s, s:s, s:i}", "t", "admin", "op", op, "name",
                          j->entity.name, "arg", j->arg);

    if (j->entity.kind)
        json_object_set_new(o, "kind", json_string(j->entity.kind));
    return o;
}

/* What stands in the way passes by itself. */
enum clv_exit amf_admin_ask(struct op_session *s, const json_t *what, bool patient,
                            uint32_t *rc)
{
    enum clv_exit result;

    do
        result = op_ask(s, json_deep_copy(what), rc, NULL);
    while (result == CLV_EXIT_OK && (*rc & 0xffff) == CODE_TRY_AGAIN && patient &&
           op_pause(s, RETRY_MS));
    return result;
}

static enum clv_exit ask(const struct job *j, struct op_session *s, const char *op,
                         uint32_t *rc)
{
    json_t *o = request(j, op);
    const enum clv_exit result = amf_admin_ask(s, o, j->o.wait || j->verb->before, rc);

    json_decref(o);
    return result;
}

enum clv_exit amf_admin_quiet(struct op_session *s, const struct clv_command *self,
                              const char *name)
{
    bool busy = true;

    while (busy) {
        json_t *answer;
        uint32_t rc;
        const enum clv_exit result =
            op_ask(s, json_pack("{s:s}", "t", "status"), &rc, &answer);

        if (result != CLV_EXIT_OK)
            return result;
        busy = json_is_true(json_object_get(
            json_object_get(json_object_get(answer, "state"), "daemon"), "busy"));
        json_decref(answer);
        if (busy && !op_pause(s, RETRY_MS)) {
            fprintf(stderr, "%s %s: %s: accepted, and still under way\n", self->path,
                    self->name, name);
            return CLV_EXIT_FAILED;
        }
    }
    return CLV_EXIT_OK;
}

static enum clv_exit refused(const struct job *j, struct op_session *s, uint32_t rc)
{
    char why[100];

    if ((rc & 0xffff) != CODE_INVALID_ENTITY && (rc & 0xffff) != CODE_NOT_SUPPORTED)
        return op_refused_for(s, j->entity.kind, j->entity.name, rc);
    snprintf(why, sizeof(why), "only for %s", j->verb->kinds);
    return op_refused(j->self, j->entity.name, rc, why);
}

static enum clv_exit run(const struct job *j, struct op_session *s)
{
    uint32_t rc = 0;
    enum clv_exit result = ask(j, s, j->verb->op, &rc);

    if (result == CLV_EXIT_OK && (rc & 0xffff) == CODE_BAD_OPERATION && j->verb->before) {
        result = ask(j, s, j->verb->before, &rc);
        if (result == CLV_EXIT_OK && !rc)
            result = ask(j, s, j->verb->op, &rc);
    }
    if (result == CLV_EXIT_OK && rc)
        result = refused(j, s, rc);
    if (result == CLV_EXIT_OK && j->o.wait)
        result = amf_admin_quiet(s, j->self, j->entity.name);
    return result;
}

/* Each node and SU that is DISABLED, nodes first: their SUs may need them. */
static enum clv_exit run_all(struct job *j, struct op_session *s)
{
    static const char *const lists[][2] = {{"nodes", "node"}, {"sus", "su"}};
    json_t *answer, *item;
    uint32_t rc = 0;
    enum clv_exit result = op_ask(s, json_pack("{s:s}", "t", "status"), &rc, &answer);
    size_t i, k;

    if (result != CLV_EXIT_OK)
        return result;
    for (i = 0; i < 2; i++)
        json_array_foreach(json_object_get(json_object_get(answer, "state"), lists[i][0]),
                           k, item)
        {
            if (!status_is(item, "oper", "DISABLED"))
                continue;
            j->entity.kind = lists[i][1];
            snprintf(j->entity.name, sizeof(j->entity.name), "%s",
                     status_text(item, "name"));
            printf("%s %s\n", j->entity.kind, j->entity.name);
            if (result == CLV_EXIT_OK)
                result = run(j, s);
        }
    json_decref(answer);
    return result;
}

/* Takes a last word "on" or "off" off the list. */
static int switch_read(struct op_options *o)
{
    const char *last = o->words[o->n_words - 1];
    const int on = strcmp(last, "off") != 0;

    if (o->n_words > 1 && (!on || strcmp(last, "on") == 0))
        o->n_words--;
    else
        return 1;
    return on;
}

enum clv_exit cmd_amf_admin(const struct clv_command *self, int argc, char **argv)
{
    struct job j = {.self = self, .verb = self->data};
    struct op_session *s;
    bool all;
    enum clv_exit result =
        op_options_read(self, argc, argv, OP_WAIT, 1, j.verb->has_switch ? 3 : 2, &j.o);

    if (result != CLV_EXIT_OK)
        return result;
    all = j.verb->has_all && j.o.n_words == 1 && strcmp(j.o.words[0], "all") == 0;
    j.arg = j.verb->has_switch ? switch_read(&j.o) : 1;
    if (!entity_name_read(j.o.words, j.o.n_words, &j.entity))
        return clv_command_misused(self, "\"%s\" is not a kind of entity", j.o.words[0]);
    result = op_session_open(self, &j.o, &s);
    if (result != CLV_EXIT_OK)
        return result;
    result = all ? run_all(&j, s) : run(&j, s);
    op_session_close(s);
    return result;
}
