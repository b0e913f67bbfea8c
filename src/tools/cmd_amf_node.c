/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf kill-node, node-restart, fault, stop and their like: what happens to
 * processes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "amf/amf_model.h"
#include "tools/cmd_amf.h"
#include "tools/cmd_amf_admin.h"
#include "tools/entity_name.h"
#include "tools/operator.h"

/* One name, of this kind if it says its kind at all. */
static enum clv_exit name_read(const struct clv_command *self, const struct op_options *o,
                               int n, const char *kind, struct entity_name *out)
{
    if (!entity_name_read(o->words, n, out) ||
        (out->kind && strcmp(out->kind, kind) != 0))
        return clv_command_misused(self, "\"%s\" does not name a %s", o->words[0], kind);
    return CLV_EXIT_OK;
}

enum clv_exit cmd_amf_node(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name node;
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, 2, &o);

    if (result == CLV_EXIT_OK)
        result = name_read(self, &o, o.n_words, "node", &node);
    if (result != CLV_EXIT_OK)
        return result;
    return op_request(self, &o, node.name,
                      json_pack("{s:s, s:s}", "t", self->data, "name", node.name), NULL);
}

/* By name; a number alone is the node's address. */
static json_t *node_op_request(const struct op_options *o, const char *name,
                               const char *op)
{
    char *end;
    const unsigned long address = strtoul(o->words[0], &end, 10);

    if (o->n_words == 1 && end != o->words[0] && !*end)
        return json_pack("{s:s, s:I, s:s}", "t", "node-op", "addr", (json_int_t)address,
                         "op", op);
    return json_pack("{s:s, s:s, s:s}", "t", "node-op", "name", name, "op", op);
}

enum clv_exit cmd_amf_node_op(const struct clv_command *self, int argc, char **argv)
{
    const bool restart = strcmp(self->data, "failfast") == 0;
    const char *op = self->data;
    struct entity_name node;
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, restart ? 3 : 2, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (restart && o.n_words > 1 && strcasecmp(o.words[o.n_words - 1], "graceful") == 0) {
        o.n_words--;
        op = "switchover";
    }
    if (o.n_words > 1 && (o.n_words > 2 || strcasecmp(o.words[0], "node") != 0))
        return clv_command_misused(self, "\"%s\" is one too many",
                                   o.words[o.n_words - 1]);
    result = name_read(self, &o, o.n_words, "node", &node);
    if (result != CLV_EXIT_OK)
        return result;
    return op_request(self, &o, node.name, node_op_request(&o, node.name, op), NULL);
}

/* ---- faults --------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *name;
    enum amf_recovery recovery;
} recoveries[] = {
    { "NO_RECOMMENDATION",    AMF_REC_NO_RECOMMENDATION },
    { "COMP_RESTART",         AMF_REC_COMP_RESTART },
    { "COMP_FAILOVER",        AMF_REC_COMP_FAILOVER },
    { "NODE_SWITCHOVER",      AMF_REC_NODE_SWITCHOVER },
    { "NODE_FAILOVER",        AMF_REC_NODE_FAILOVER },
    { "NODE_FAILFAST",        AMF_REC_NODE_FAILFAST },
    { "CLUSTER_RESET",        AMF_REC_CLUSTER_RESET },
    { "APP_RESTART",          AMF_REC_APP_RESTART },
    { "INTERNALLY_RECOVERED", AMF_REC_INTERNALLY_RECOVERED },
    { "SU_RESTART",           AMF_REC_SU_RESTART },
    { "NODE_HALT",            AMF_REC_NODE_HALT },
};
/* clang-format on */

static const size_t n_recoveries = sizeof(recoveries) / sizeof(*recoveries);

/* By name, in any case and with - for _, or by its legacy number. */
static bool recovery_is(const char *word, size_t i)
{
    const char *name = recoveries[i].name;
    char *end;
    const long number = strtol(word, &end, 10);

    if (end != word && !*end)
        return number == (long)recoveries[i].recovery;
    for (; *word && *name; word++, name++)
        if (strncasecmp(*word == '-' ? "_" : word, name, 1) != 0)
            return false;
    return *word == *name;
}

static enum clv_exit recovery_read(const struct clv_command *self, const char *word,
                                   int *out)
{
    char text[300] = "";
    size_t i, used = 0;

    for (i = 0; i < n_recoveries; i++) {
        if (recovery_is(word, i)) {
            *out = (int)recoveries[i].recovery;
            return CLV_EXIT_OK;
        }
        used += (size_t)snprintf(text + used, sizeof(text) - used, " %s(%d)",
                                 recoveries[i].name, (int)recoveries[i].recovery);
    }
    return clv_command_misused(self, "\"%s\" is not a recovery; there are%s", word, text);
}

/* The time of detection that the old console has before the recovery; with one word more
 * than expected there has to be one. */
static enum clv_exit detected_read(const struct clv_command *self, struct op_options *o,
                                   int n, json_int_t *out)
{
    char *end;

    *out = 0;
    if (o->n_words < n + 2)
        return CLV_EXIT_OK;
    *out = strtoll(o->words[n], &end, 10);
    if (end == o->words[n] || *end)
        return clv_command_misused(self, "\"%s\" is not a time of detection, a number",
                                   o->words[n]);
    o->words[n] = o->words[n + 1];
    o->n_words--;
    return CLV_EXIT_OK;
}

enum clv_exit cmd_amf_fault(const struct clv_command *self, int argc, char **argv)
{
    int recovery = AMF_REC_NO_RECOMMENDATION;
    json_int_t detected = 0;
    const char *kind;
    struct entity_name comp;
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, 3, &o);
    int n;

    if (result != CLV_EXIT_OK)
        return result;
    if (o.n_words > 1 && entity_kind_read(o.words[0], &kind) && kind &&
        strcmp(kind, "comp") != 0)
        return clv_command_misused(self, "a %s reports no error, only components do",
                                   kind);
    /* "comp NAME" is the old console's way of naming */
    n = strcasecmp(o.words[0], "comp") == 0 && o.n_words > 1 ? 2 : 1;
    result = detected_read(self, &o, n, &detected);
    if (result == CLV_EXIT_OK)
        result = name_read(self, &o, n, "comp", &comp);
    if (result == CLV_EXIT_OK && o.n_words > n)
        result = recovery_read(self, o.words[n], &recovery);
    if (result != CLV_EXIT_OK)
        return result;
    return op_request(self, &o, comp.name,
                      json_pack("{s:s, s:s, s:i, s:I}", "t", "fault", "comp", comp.name,
                                "recovery", recovery, "detected", detected),
                      NULL);
}

enum clv_exit cmd_amf_clear(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name comp;
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, 2, &o);

    if (result == CLV_EXIT_OK)
        result = name_read(self, &o, o.n_words, "comp", &comp);
    if (result != CLV_EXIT_OK)
        return result;
    return op_request(self, &o, comp.name,
                      json_pack("{s:s, s:s}", "t", "clear", "comp", comp.name), NULL);
}

/* ---- the daemon ------------------------------------------------------------------ */

static enum clv_exit daemon_stop(const struct clv_command *self,
                                 const struct op_options *o)
{
    struct op_session *s;
    enum clv_exit result = op_session_open(self, o, &s);
    uint32_t rc = 0;

    if (result != CLV_EXIT_OK)
        return result;
    result = op_ask(s, json_pack("{s:s}", "t", "stop"), &rc, NULL);
    if (result == CLV_EXIT_OK && rc)
        result = op_refused(self, "stop", rc);
    if (result == CLV_EXIT_OK && o->wait && !op_wait_end(s)) {
        fprintf(stderr, "%s %s: asked, and the daemon still runs\n", self->path,
                self->name);
        result = CLV_EXIT_FAILED;
    }
    op_session_close(s);
    return result;
}

enum clv_exit cmd_amf_stop(const struct clv_command *self, int argc, char **argv)
{
    struct op_options o;
    const enum clv_exit result = op_options_read(self, argc, argv, OP_WAIT, 0, 2, &o);

    if (result != CLV_EXIT_OK)
        return result;
    return o.n_words ? cmd_amf_admin(self, argc, argv) : daemon_stop(self, &o);
}
