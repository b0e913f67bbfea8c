/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf fault and clear: errors of components and nodes, reported by hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "amf/amf_model.h"
#include "tools/cmd_amf.h"
#include "tools/entity_name.h"
#include "tools/operator.h"

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
    if (o->n_words > n + 2)
        return clv_command_misused(self, "\"%s\" is one too many", o->words[n + 2]);
    *out = strtoll(o->words[n], &end, 10);
    if (end == o->words[n] || *end)
        return clv_command_misused(self, "\"%s\" is not a time of detection, a number",
                                   o->words[n]);
    o->words[n] = o->words[n + 1];
    o->n_words--;
    return CLV_EXIT_OK;
}

/* ---- of a node ------------------------------------------------------------------- */

/* NULL: what is recommended is about less than a node. */
static const char *node_op(int recovery)
{
    switch (recovery) {
    case AMF_REC_NODE_FAILFAST:
        return "failfast";
    case AMF_REC_NODE_SWITCHOVER:
        return "switchover";
    case AMF_REC_NO_RECOMMENDATION:
    case AMF_REC_NODE_FAILOVER:
        return "failover";
    default:
        return NULL;
    }
}

/* The name is in the first n words. */
static enum clv_exit node_fault(const struct clv_command *self,
                                const struct op_options *o, int n)
{
    int recovery = AMF_REC_NO_RECOMMENDATION;
    enum clv_exit result = CLV_EXIT_OK;
    struct entity_name node;

    if (!entity_name_read(o->words, n, &node) ||
        (node.kind && strcmp(node.kind, "node") != 0))
        return clv_command_misused(self, "\"%s\" does not name a node", o->words[n - 1]);
    if (o->n_words > n + 1)
        return clv_command_misused(self, "\"%s\" is one too many", o->words[n + 1]);
    if (o->n_words > n)
        result = recovery_read(self, o->words[n], &recovery);
    if (result != CLV_EXIT_OK)
        return result;
    if (!node_op(recovery))
        return clv_command_misused(
            self, "a node recovers by NODE_SWITCHOVER(4), NODE_FAILOVER(5) or "
                  "NODE_FAILFAST(6)");
    return op_request(self, o, node.name,
                      cmd_amf_node_op_request(&node, node_op(recovery)), NULL);
}

/* ---- of a component -------------------------------------------------------------- */

/* The name is in the first n words. */
static enum clv_exit comp_fault(const struct clv_command *self, struct op_options *o,
                                int n)
{
    int recovery = AMF_REC_NO_RECOMMENDATION;
    json_int_t detected = 0;
    struct entity_name comp;
    enum clv_exit result = detected_read(self, o, n, &detected);

    if (result == CLV_EXIT_OK && (!entity_name_read(o->words, n, &comp) ||
                                  (comp.kind && strcmp(comp.kind, "comp") != 0)))
        result = clv_command_misused(self, "\"%s\" does not name a comp", o->words[0]);
    if (result == CLV_EXIT_OK && o->n_words > n)
        result = recovery_read(self, o->words[n], &recovery);
    if (result != CLV_EXIT_OK)
        return result;
    return op_request(self, o, comp.name,
                      json_pack("{s:s, s:s, s:i, s:I}", "t", "fault", "comp", comp.name,
                                "recovery", recovery, "detected", detected),
                      NULL);
}

/* "node NAME" and "comp NAME" are the old console's way of naming. */
enum clv_exit cmd_amf_fault(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name first;
    const char *kind = NULL;
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, 4, &o);
    int n = 1;

    if (result != CLV_EXIT_OK)
        return result;
    if (o.n_words > 1 && entity_kind_read(o.words[0], &kind))
        n = 2;
    else if (entity_name_read(o.words, 1, &first))
        kind = first.kind;
    if (!kind)
        kind = self->data ? self->data : "comp";
    if (strcmp(kind, "node") == 0)
        return node_fault(self, &o, n);
    if (strcmp(kind, "comp") == 0 && !self->data)
        return comp_fault(self, &o, n);
    return clv_command_misused(
        self, "a %s reports no error, only components and nodes do", kind);
}

enum clv_exit cmd_amf_clear(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name comp;
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, 2, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (!entity_name_read(o.words, o.n_words, &comp) ||
        (comp.kind && strcmp(comp.kind, "comp") != 0))
        return clv_command_misused(self, "\"%s\" does not name a comp", o.words[0]);
    return op_request(self, &o, comp.name,
                      json_pack("{s:s, s:s}", "t", "clear", "comp", comp.name), NULL);
}
