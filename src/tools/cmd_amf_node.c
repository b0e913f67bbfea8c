/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf kill-node, node-restart, stop and their like: what happens to processes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/cmd_amf.h"
#include "tools/cmd_amf_admin.h"
#include "tools/entity_name.h"
#include "tools/operator.h"

enum { CODE_NO_OP = 0x19 };

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

json_t *cmd_amf_node_op_request(const struct entity_name *node, const char *op)
{
    char *end;
    const unsigned long address = strtoul(node->name, &end, 10);

    if (!node->kind && end != node->name && !*end)
        return json_pack("{s:s, s:I, s:s}", "t", "node-op", "addr", (json_int_t)address,
                         "op", op);
    return json_pack("{s:s, s:s, s:s}", "t", "node-op", "name", node->name, "op", op);
}

/* Takes the words behind the name off the list. */
static void how_read(struct op_options *o, bool *graceful, bool *reset)
{
    const char *last;

    for (; o->n_words > 1; o->n_words--) {
        last = o->words[o->n_words - 1];
        if (strcasecmp(last, "graceful") == 0)
            *graceful = true;
        else if (strcasecmp(last, "node-reset") == 0)
            *reset = true;
        else
            return;
    }
}

/* The node as such goes down and comes up, even if it is down already. */
static enum clv_exit node_reset(const struct clv_command *self,
                                const struct op_options *o,
                                const struct entity_name *node)
{
    static const char *const orders[] = {"kill-node", "start-node"};
    struct op_session *s;
    enum clv_exit result = op_session_open(self, o, &s);
    uint32_t rc = 0;
    size_t i;

    if (result != CLV_EXIT_OK)
        return result;
    for (i = 0; i < 2 && result == CLV_EXIT_OK && (!rc || i == 1); i++) {
        result = op_ask(s, json_pack("{s:s, s:s}", "t", orders[i], "name", node->name),
                        &rc, NULL);
        if (i == 0 && (rc & 0xffff) == CODE_NO_OP)
            rc = 0;
    }
    if (result == CLV_EXIT_OK && rc)
        result = op_refused_for(s, "node", node->name, rc);
    op_session_close(s);
    return result;
}

enum clv_exit cmd_amf_node_op(const struct clv_command *self, int argc, char **argv)
{
    const bool restart = strcmp(self->data, "failfast") == 0;
    bool graceful = false, reset = false;
    struct entity_name node;
    struct op_options o;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 1, restart ? 4 : 2, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (restart)
        how_read(&o, &graceful, &reset);
    if (o.n_words > 1 && (o.n_words > 2 || strcasecmp(o.words[0], "node") != 0))
        return clv_command_misused(self, "\"%s\" is one too many",
                                   o.words[o.n_words - 1]);
    result = name_read(self, &o, o.n_words, "node", &node);
    if (result != CLV_EXIT_OK)
        return result;
    if (reset && !graceful)
        return node_reset(self, &o, &node);
    return op_request(
        self, &o, node.name,
        cmd_amf_node_op_request(&node, graceful ? "switchover" : self->data), NULL);
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
        result = op_refused(self, "stop", rc, NULL);
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
