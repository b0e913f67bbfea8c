/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf track: who is in the protection group of a CSI, and how that changes. */
#include <stdio.h>
#include <string.h>

#include "amf/amf_pg.h"
#include "tools/cmd_amf.h"
#include "tools/entity_name.h"
#include "tools/operator.h"

static const char *word(const char *const *words, size_t n, json_int_t i)
{
    return i >= 0 && i < (json_int_t)n ? words[i] : "?";
}

/* "counter1 ACTIVE, counter2 STANDBY added" */
static void members_print(const char *csi, const json_t *members)
{
    static const char *const ha[] = {"NONE", "ACTIVE", "STANDBY", "QUIESCED",
                                     "QUIESCING"};
    static const char *const change[] = {"", "", " added", " removed", " changed"};
    const json_t *m;
    size_t i;

    printf("%s:", csi);
    json_array_foreach(members, i, m)
        printf("%s %s %s%s", i ? "," : "", json_string_value(json_object_get(m, "comp")),
               word(ha, 5, json_integer_value(json_object_get(m, "ha"))),
               word(change, 5, json_integer_value(json_object_get(m, "change"))));
    puts(i ? "" : " nobody");
}

static void print(const char *csi, const json_t *members, bool json)
{
    json_t *o;

    if (!json) {
        members_print(csi, members);
        return;
    }
    o = json_pack("{s:s, s:O}", "csi", csi, "members", members);
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

static bool is_change(const json_t *line)
{
    const char *type = json_string_value(json_object_get(line, "t"));

    return type && strcmp(type, "pg") == 0;
}

static enum clv_exit follow(const struct clv_command *self, struct op_session *s,
                            const char *csi, bool json)
{
    json_t *line;

    while (fflush(stdout) == 0) {
        line = op_next_event(s);
        if (!line) {
            fprintf(stderr, "%s %s: the daemon has ended the connection\n", self->path,
                    self->name);
            return CLV_EXIT_CONNECT;
        }
        if (is_change(line))
            print(csi, json_object_get(line, "members"), json);
        json_decref(line);
    }
    return CLV_EXIT_OK; /* nobody reads any more; main() says why */
}

enum clv_exit cmd_amf_track(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name csi;
    struct op_session *s;
    struct op_options o;
    json_t *answer = NULL;
    uint32_t rc = 0;
    enum clv_exit result = op_options_read(self, argc, argv, OP_JSON, 1, 2, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (!entity_name_read(o.words, o.n_words, &csi) ||
        (csi.kind && strcmp(csi.kind, "csi") != 0))
        return clv_command_misused(self, "\"%s\" does not name a csi", o.words[0]);
    result = op_session_open(self, &o, &s);
    if (result != CLV_EXIT_OK)
        return result;
    result = op_ask(s,
                    json_pack("{s:s, s:s, s:i}", "t", "pgtrack", "csi", csi.name, "flags",
                              AMF_PG_CURRENT | AMF_PG_CHANGES),
                    &rc, &answer);
    if (result == CLV_EXIT_OK && rc)
        result = op_refused_for(s, "csi", csi.name, rc);
    if (result == CLV_EXIT_OK) {
        print(csi.name, json_object_get(answer, "members"), o.json);
        result = follow(self, s, csi.name, o.json);
    }
    json_decref(answer);
    op_session_close(s);
    return result;
}
