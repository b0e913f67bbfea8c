/* SPDX-License-Identifier: Apache-2.0 */
/* What programs may ask about components, nodes and the model. */
#include "amf/amf_daemon.h"

#include <stdio.h>
#include <string.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"

/* ---- nodes --------------------------------------------------------------- */

/* The node whose daemon leads; alone: the first one that is up. */
static int master_node(const struct amf_daemon *d)
{
    size_t i;

    if (d->cluster)
        return amf_cluster_leader_node(d->cluster);
    for (i = 0; i < d->model->n_nodes; i++)
        if (d->nodes[i].up)
            return (int)i;
    return -1;
}

void amf_query_master(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int node = master_node(d);

    if (node < 0)
        amf_server_reply(p, o, AMF_RE_DOESNT_EXIST, NULL);
    else
        amf_server_reply(p, o, AMF_RE_OK,
                         json_pack("{s:s, s:I}", "node", d->model->nodes[node].name,
                                   "addr", (json_int_t)d->model->nodes[node].slot));
}

/* 0: none. */
static int comp_pid(const struct amf_daemon *d, int comp)
{
    if (d->comps[comp].alive)
        return (int)d->comps[comp].pid;
    return d->cluster ? amf_cluster_pid(d->cluster, comp) : 0;
}

/* By "name", else by "addr". */
static int node_asked(const struct amf_daemon *d, const json_t *o)
{
    const char *name = amf_server_text(o, "name");
    const json_int_t addr = json_integer_value(json_object_get(o, "addr"));
    size_t i;

    if (name)
        return amf_model_node(d->model, name, strlen(name));
    for (i = 0; i < d->model->n_nodes; i++)
        if (d->model->nodes[i].slot == (uint32_t)addr)
            return (int)i;
    return -1;
}

/* A component of the node has the process that is asked for. */
static bool is_running(const struct amf_daemon *d, int node, const json_t *o)
{
    const json_int_t pid = json_integer_value(json_object_get(o, "pid"));
    size_t i;

    for (i = 0; pid && i < d->model->n_comps; i++)
        if (amf_daemon_comp_node(d, (int)i) == node && comp_pid(d, (int)i) == pid)
            return true;
    return false;
}

void amf_query_node(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int node = node_asked(d, o);
    const struct amf_node *n;

    if (node < 0) {
        amf_server_reply(p, o, AMF_RE_DOESNT_EXIST, NULL);
        return;
    }
    n = &d->model->nodes[node];
    amf_server_reply(p, o, AMF_RE_OK,
                     json_pack("{s:s, s:s, s:I, s:b, s:b, s:b}", "node", n->name, "type",
                               n->type, "addr", (json_int_t)n->slot, "up",
                               (int)d->nodes[node].up, "controller", (int)n->controller,
                               "running", (int)is_running(d, node, o)));
}

static int first_comp(const struct amf_daemon *d, int node)
{
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        if (amf_daemon_comp_node(d, (int)i) == node)
            return (int)i;
    return -1;
}

static void shutdown_fed(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                         const struct amf_event *ev, enum amf_admin_result result)
{
    (void)d;
    (void)ev;
    if (p)
        amf_server_reply(p, o, result ? AMF_RE_AMS | (uint32_t)result : AMF_RE_OK, NULL);
}

/* clang-format off */
static const struct {
    const char *op;
    enum amf_recovery recovery;
} node_faults[] = {
    { "failfast",   AMF_REC_NODE_FAILFAST },
    { "failover",   AMF_REC_NODE_FAILOVER },
    { "switchover", AMF_REC_NODE_SWITCHOVER },
};
/* clang-format on */

static bool node_fault_read(const char *op, enum amf_recovery *out)
{
    size_t i;

    for (i = 0; i < sizeof(node_faults) / sizeof(*node_faults); i++) {
        if (strcmp(node_faults[i].op, op) == 0) {
            *out = node_faults[i].recovery;
            return true;
        }
    }
    return false;
}

static void node_shutdown(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                          int node)
{
    const struct amf_event ev = {.type = AMF_EV_ADMIN,
                                 .kind = AMF_KIND_NODE,
                                 .index = node,
                                 .op = AMF_OP_SHUTDOWN};

    if (d->cluster)
        amf_cluster_ask(d->cluster, &ev, p, o, shutdown_fed);
    else
        shutdown_fed(d, p, o, &ev, amf_daemon_admin(d, &ev));
}

/* A program takes a node down: "shutdown", or with what a fault of the node would do. */
void amf_query_node_op(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *op = amf_server_text(o, "op");
    const int node = node_asked(d, o), comp = node >= 0 ? first_comp(d, node) : -1;
    struct amf_event ev = {.type = AMF_EV_FAULT, .index = comp};
    const bool is_shutdown = op && strcmp(op, "shutdown") == 0;

    if (node < 0 || comp < 0 || !op) {
        amf_server_reply(p, o, AMF_RE_DOESNT_EXIST, NULL);
        return;
    }
    if (!is_shutdown && !node_fault_read(op, &ev.recovery)) {
        amf_server_reply(p, o, AMF_RE_INVALID_PARAMETER, NULL);
        return;
    }
    amf_daemon_note(d, "pid %d asks for %s of node %s", (int)p->pid, op,
                    d->model->nodes[node].name);
    if (is_shutdown) {
        node_shutdown(d, p, o, node);
        return;
    }
    amf_daemon_feed(d, &ev);
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

/* ---- components ---------------------------------------------------------- */

void amf_query_comp(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    const char *node = amf_server_text(o, "node");
    const struct amf_model *m = d->model;
    const struct amf_comp *c;
    const struct amf_node *n;
    const struct amf_su *su;
    json_t *re, *args;
    char dn[800];
    size_t i;

    if (comp < 0 ||
        (node && *node &&
         amf_model_node(m, node, strlen(node)) != amf_daemon_comp_node(d, comp))) {
        amf_server_reply(p, o, AMF_RE_DOESNT_EXIST, NULL);
        return;
    }
    c = &m->comps[comp];
    su = &m->sus[c->su];
    n = &m->nodes[su->node];
    snprintf(dn, sizeof(dn), "safComp=%s,safSu=%s,safSg=%s", c->name, su->name,
             su->sg >= 0 ? m->sgs[su->sg].name : "");
    args = amf_must(json_array());
    for (i = 0; c->argv && c->argv[i]; i++)
        json_array_append_new(args, json_string(c->argv[i]));
    re = json_pack("{s:i, s:i, s:s, s:s, s:I, s:i, s:I, s:I, s:I, s:i, s:o}", "presence",
                   (int)amf_engine_presence(d->engine, comp), "oper",
                   (int)amf_engine_oper(d->engine, AMF_KIND_COMP, comp), "dn", dn, "node",
                   n->name, "addr", (json_int_t)n->slot, "pid", comp_pid(d, comp),
                   "launches", (json_int_t)amf_engine_launches(d->engine, comp), "period",
                   (json_int_t)c->health_period_ms, "max", (json_int_t)c->health_max_ms,
                   "recovery", (int)c->recovery_on_timeout, "args", args);
    amf_server_reply(p, o, AMF_RE_OK, amf_must(re));
}

/* ---- the configuration of an entity -------------------------------------- */

static json_t *node_config(const struct amf_daemon *d, int i)
{
    const struct amf_node *n = &d->model->nodes[i];

    return json_pack("{s:I, s:b, s:b, s:b, s:I, s:I, s:b, s:s}", "id",
                     (json_int_t)n->slot, "restartable", (int)n->restartable,
                     "auto_repair", (int)n->auto_repair, "asp_aware", (int)n->asp_aware,
                     "su_failover_ms", (json_int_t)n->su_failover_ms, "su_failover_max",
                     (json_int_t)n->su_failover_count_max, "member",
                     (int)amf_engine_node_up(d->engine, i), "type", n->type);
}

static json_t *sg_config(const struct amf_daemon *d, int i)
{
    const struct amf_sg *g = &d->model->sgs[i];

    return json_pack(
        "{s:i, s:i, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
        "s:b, s:I, s:b, s:I, s:b, s:I, s:I, s:I}",
        "redundancy", (int)g->redundancy, "loading", (int)g->loading, "auto_repair",
        (int)g->auto_repair, "instantiate_ms", (json_int_t)g->restart_ms, "pref_active",
        (json_int_t)g->pref_active, "pref_standby", (json_int_t)g->pref_standby,
        "pref_inservice", (json_int_t)g->pref_inservice, "pref_assigned",
        (json_int_t)g->pref_assigned, "pref_active_per_si",
        (json_int_t)g->pref_active_per_si, "max_active", (json_int_t)g->max_active_sis,
        "max_standby", (json_int_t)g->max_standby_sis, "comp_restart_ms",
        (json_int_t)g->comp_restart_ms, "comp_restart_max",
        (json_int_t)g->comp_restart_max, "su_restart_ms", (json_int_t)g->su_restart_ms,
        "su_restart_max", (json_int_t)g->su_restart_max, "collocation",
        (int)g->collocation, "alpha", (json_int_t)g->alpha, "auto_adjust",
        (int)amf_engine_auto_adjust(d->engine, i), "probation_ms",
        (json_int_t)g->adjust_probation_ms, "reduction", (int)g->reduction,
        "failover_max", (json_int_t)g->failover_max, "failover_ms",
        (json_int_t)g->failover_ms, "beta", (json_int_t)g->beta);
}

static json_t *su_config(const struct amf_daemon *d, int i)
{
    const struct amf_su *s = &d->model->sus[i];

    return json_pack("{s:I, s:I, s:b, s:b, s:s, s:s, s:i}", "rank", (json_int_t)s->rank,
                     "n_comps", (json_int_t)s->comps.n, "preinstantiable",
                     (int)s->preinstantiable, "restartable", (int)s->restartable, "node",
                     s->node >= 0 ? d->model->nodes[s->node].name : "", "sg",
                     s->sg >= 0 ? d->model->sgs[s->sg].name : "", "readiness",
                     (int)amf_engine_readiness(d->engine, i));
}

static json_t *si_config(const struct amf_daemon *d, int i)
{
    const struct amf_si *s = &d->model->sis[i];

    return json_pack("{s:I, s:I, s:I, s:I, s:s}", "rank", (json_int_t)s->rank, "n_csis",
                     (json_int_t)s->csis.n, "n_standby", (json_int_t)s->n_standby,
                     "standby_order", (json_int_t)s->standby_order, "sg",
                     s->sg >= 0 ? d->model->sgs[s->sg].name : "");
}

static json_t *comp_config(const struct amf_daemon *d, int i)
{
    const struct amf_comp *c = &d->model->comps[i];
    json_t *types = amf_must(json_array());
    size_t k;

    for (k = 0; c->csi_types && c->csi_types[k]; k++)
        json_array_append_new(types, json_string(c->csi_types[k]));
    return json_pack(
        "{s:o, s:s, s:i, s:i, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:i, s:s, s:s, "
        "s:[I, I, I, I, I, I, I, I, I]}",
        "csi_types", types, "proxy_csi_type", c->proxy_csi_type ? c->proxy_csi_type : "",
        "capability", (int)c->capability, "property", (int)c->property, "restartable",
        (int)c->restartable, "reboot_cleanup_fail", (int)c->node_reboot_cleanup_fail,
        "level", (json_int_t)c->level, "max_instantiate", (json_int_t)c->max_instantiate,
        "max_instantiate_delayed", (json_int_t)c->max_instantiate_delayed, "max_active",
        (json_int_t)c->max_active_csis, "max_standby", (json_int_t)c->max_standby_csis,
        "recovery", (int)c->recovery_on_timeout, "su", d->model->sus[c->su].name,
        "command", c->argv && c->argv[0] ? c->argv[0] : "", "timeouts",
        (json_int_t)c->instantiate_ms, (json_int_t)c->terminate_ms,
        (json_int_t)c->cleanup_ms, (json_int_t)c->quiescing_complete_ms,
        (json_int_t)c->csi_set_ms, (json_int_t)c->csi_remove_ms,
        (json_int_t)c->proxied_instantiate_ms, (json_int_t)c->proxied_cleanup_ms,
        (json_int_t)c->instantiate_delay_ms);
}

static json_t *csi_config(const struct amf_daemon *d, int i)
{
    const struct amf_csi *c = &d->model->csis[i];

    return json_pack("{s:s, s:I, s:s}", "type", c->type, "rank", (json_int_t)c->rank,
                     "si", c->si >= 0 ? d->model->sis[c->si].name : "");
}

/* clang-format off */
static const struct {
    const char *word;
    enum amf_kind kind;
    int (*find)(const struct amf_model *, const char *, size_t);
    json_t *(*config)(const struct amf_daemon *d, int i);
} kinds[] = {
    { "node", AMF_KIND_NODE, amf_model_node, node_config },
    { "sg",   AMF_KIND_SG,   amf_model_sg,   sg_config },
    { "su",   AMF_KIND_SU,   amf_model_su,   su_config },
    { "si",   AMF_KIND_SI,   amf_model_si,   si_config },
    { "comp", AMF_KIND_COMP, amf_model_comp, comp_config },
    { "csi",  AMF_KIND_CSI,  amf_model_csi,  csi_config },
};
/* clang-format on */

#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

/* N_KINDS: none. */
static size_t kind_find(const char *word)
{
    size_t i;

    for (i = 0; i < N_KINDS && (!word || strcmp(kinds[i].word, word) != 0); i++)
        ;
    return i;
}

json_t *amf_query_config(const struct amf_daemon *d, const char *kind, const char *name)
{
    const size_t k = kind_find(kind);
    const int index =
        k < N_KINDS && name ? kinds[k].find(d->model, name, strlen(name)) : -1;
    json_t *o;

    if (index < 0)
        return NULL;
    o = amf_must(kinds[k].config(d, index));
    json_object_set_new(
        o, "admin",
        json_integer((json_int_t)amf_engine_admin(d->engine, kinds[k].kind, index)));
    json_object_set_new(
        o, "oper",
        json_integer((json_int_t)amf_engine_oper(d->engine, kinds[k].kind, index)));
    if (kinds[k].kind == AMF_KIND_COMP)
        json_object_set_new(
            o, "presence",
            json_integer((json_int_t)amf_engine_presence(d->engine, index)));
    return o;
}

void amf_query_entity(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *kind = amf_server_text(o, "kind"), *name = amf_server_text(o, "name");
    json_t *config = amf_query_config(d, kind, name);

    if (config)
        amf_server_reply(p, o, AMF_RE_OK, json_pack("{s:o}", "entity", config));
    else if (!name || kind_find(kind) == N_KINDS)
        amf_server_reply(p, o, AMF_RE_AMS | AMF_ADMIN_INVALID_ENTITY, NULL);
    else
        amf_server_reply(p, o, AMF_RE_AMS | AMF_ADMIN_NOT_EXIST, NULL);
}
