/* SPDX-License-Identifier: Apache-2.0 */
/* Orders about a node that another daemon plays: they go through the log to that daemon,
 * and what came of them goes the same way back. */
#include "amf/amf_cluster_in.h"

#include <string.h>

static const char *const verbs[] = {[AMF_NODE_KILL] = "kill", [AMF_NODE_START] = "start"};

bool amf_cluster_plays(const struct amf_cluster *c, int node)
{
    return amf_cluster_based(c) && *c->owner[node] &&
           !amf_cluster_is_me(c, c->owner[node]);
}

void amf_cluster_order(struct amf_cluster *c, int node, enum amf_node_order order,
                       struct amf_peer *peer, const json_t *request,
                       amf_cluster_done done)
{
    struct waiting *w = amf_cluster_wait(c, peer, request, done);

    w->order_node = node;
    w->seq = amf_cluster_append(
        c, 0, 0,
        json_pack("{s:s, s:s, s:i}", "t", "order", "verb", verbs[order], "node", node));
}

static enum amf_admin_result carry_out(struct amf_cluster *c, const json_t *o, int node)
{
    const char *verb = amf_server_text(o, "verb");
    bool done;

    if (c->d->stopping || c->d->restoring || !c->settled)
        return AMF_ADMIN_TRY_AGAIN;
    if (verb && strcmp(verb, verbs[AMF_NODE_KILL]) == 0)
        done = amf_daemon_node_kill(c->d, node);
    else if (verb && strcmp(verb, verbs[AMF_NODE_START]) == 0)
        done = amf_daemon_node_up(c->d, node);
    else
        return AMF_ADMIN_NOT_SUPPORTED;
    amf_daemon_keep(c->d);
    return done ? AMF_ADMIN_OK : AMF_ADMIN_NO_OP;
}

void amf_cluster_read_order(struct amf_cluster *c, const struct amf_log_entry *e,
                            const json_t *o)
{
    const json_int_t node = json_integer_value(json_object_get(o, "node"));
    enum amf_admin_result result;

    if (!amf_cluster_has_joined(c, e->who) || node < 0 ||
        node >= (json_int_t)c->d->model->n_nodes)
        return;
    if (amf_cluster_is_me(c, c->owner[node]))
        result = carry_out(c, o, (int)node);
    else if (!*c->owner[node] && amf_cluster_is_me(c, e->who))
        result = AMF_ADMIN_TRY_AGAIN; /* its daemon went while the order was on its way */
    else
        return;
    if (amf_cluster_is_me(c, e->who))
        amf_cluster_answer(c, e->seq, result);
    else
        amf_cluster_append(c, 0, 0,
                           json_pack("{s:s, s:s, s:I, s:i}", "t", "done", "of", e->who,
                                     "seq", (json_int_t)e->seq, "result", (int)result));
}

void amf_cluster_read_done(struct amf_cluster *c, const json_t *o)
{
    const char *of = amf_server_text(o, "of");

    if (of && amf_cluster_is_me(c, of))
        amf_cluster_answer(
            c, (uint64_t)json_integer_value(json_object_get(o, "seq")),
            (enum amf_admin_result)json_integer_value(json_object_get(o, "result")));
}

void amf_cluster_killed(struct amf_cluster *c, int node)
{
    amf_cluster_append(c, 0, 0, json_pack("{s:s, s:i}", "t", "killed", "node", node));
}

void amf_cluster_read_killed(struct amf_cluster *c, const struct amf_log_entry *e,
                             const json_t *o)
{
    const json_int_t node = json_integer_value(json_object_get(o, "node"));

    if (node >= 0 && node < (json_int_t)c->d->model->n_nodes &&
        !c->d->nodes[node].played && strcmp(c->owner[node], e->who) == 0)
        c->d->nodes[node].held = true;
}

void amf_cluster_orders_end(struct amf_cluster *c, const char *who)
{
    struct waiting *w, *next;

    for (w = c->waiting; w; w = next) {
        next = w->next;
        if (w->order_node >= 0 && (!who || strcmp(c->owner[w->order_node], who) == 0))
            amf_cluster_answer(c, w->seq, AMF_ADMIN_TRY_AGAIN);
    }
}
