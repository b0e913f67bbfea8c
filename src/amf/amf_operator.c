/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_daemon.h"

#include <string.h>
#include <unistd.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"
#include "base/clock.h"

/* What an operator did and was told of survives the daemon. */
static void acknowledge(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                        uint32_t rc)
{
    amf_daemon_keep(d);
    amf_server_reply(p, o, rc, NULL);
}

/* ---- status ------------------------------------------------------------------------ */

static json_t *process_of(const struct amf_daemon *d, int comp)
{
    const struct amf_comp_run *run = &d->comps[comp];
    const struct amf_node *node = &d->model->nodes[amf_daemon_comp_node(d, comp)];
    json_t *o = json_pack("{s:s, s:s, s:i, s:b, s:b}", "comp", d->model->comps[comp].name,
                          "node", node->name, "pid", run->alive ? (int)run->pid : 0,
                          "registered", run->registered, "launched", run->launched);

    if (run->problem)
        json_object_set_new(o, "problem", json_string(run->problem));
    return amf_must(o);
}

static json_t *processes(const struct amf_daemon *d)
{
    json_t *list = amf_must(json_array());
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        json_array_append_new(list, process_of(d, (int)i));
    return list;
}

static json_t *nodes(const struct amf_daemon *d)
{
    json_t *list = amf_must(json_array());
    size_t i;

    for (i = 0; i < d->model->n_nodes; i++)
        json_array_append_new(list, json_pack("{s:s, s:b, s:b, s:b}", "name",
                                              d->model->nodes[i].name, "played",
                                              d->nodes[i].played, "up", d->nodes[i].up,
                                              "killed", d->nodes[i].held));
    return list;
}

void amf_operator_status(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    json_t *state = amf_must(amf_engine_dump(d->engine));

    amf_daemon_keep(d);
    json_object_set_new(state, "processes", processes(d));
    if (d->cluster)
        json_object_set_new(state, "cluster", amf_cluster_describe(d->cluster));
    json_object_set_new(
        state, "daemon",
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:b, s:I, s:o}", "pid", (int)getpid(),
                  "version", PACKAGE_VERSION, "model", d->settings->model_dir, "run_dir",
                  d->settings->run_dir, "socket", d->settings->socket, "busy",
                  amf_daemon_busy(d), "uptime_ms",
                  (json_int_t)(amf_daemon_now_ms() - d->began_ms), "nodes", nodes(d)));
    amf_server_reply(p, o, AMF_RE_OK, json_pack("{s:o}", "state", state));
}

/* ---- administration ------------------------------------------------------ */

/* clang-format off */
static const struct {
    const char *word;
    enum amf_admin_op op;
} ops[] = {
    { "lock",                     AMF_OP_LOCK_ASSIGNMENT },
    { "lock-instantiation",       AMF_OP_LOCK_INSTANTIATION },
    { "force-lock",               AMF_OP_FORCE_LOCK },
    { "force-lock-instantiation", AMF_OP_FORCE_LOCK_INSTANTIATION },
    { "unlock",                   AMF_OP_UNLOCK },
    { "shutdown",                 AMF_OP_SHUTDOWN },
    { "shutdown-restart",         AMF_OP_SHUTDOWN_RESTART },
    { "restart",                  AMF_OP_RESTART },
    { "repaired",                 AMF_OP_REPAIRED },
    { "swap",                     AMF_OP_SI_SWAP },
    { "adjust",                   AMF_OP_SG_ADJUST },
    { "assign",                   AMF_OP_SI_ASSIGN_SU },
};

/* In the order in which a name without a kind is looked for. */
static const struct {
    const char *word;
    enum amf_kind kind;
    int (*find)(const struct amf_model *, const char *, size_t);
} kinds[] = {
    { "node", AMF_KIND_NODE, amf_model_node },
    { "sg",   AMF_KIND_SG,   amf_model_sg },
    { "si",   AMF_KIND_SI,   amf_model_si },
    { "su",   AMF_KIND_SU,   amf_model_su },
    { "comp", AMF_KIND_COMP, amf_model_comp },
    { "csi",  AMF_KIND_CSI,  amf_model_csi },
};
/* clang-format on */

static bool find_op(const char *word, enum amf_admin_op *op)
{
    size_t i;

    for (i = 0; word && i < sizeof(ops) / sizeof(*ops); i++) {
        if (strcmp(ops[i].word, word) == 0) {
            *op = ops[i].op;
            return true;
        }
    }
    return false;
}

/* kind NULL: any. */
static bool find_entity(const struct amf_model *m, const char *kind, const char *name,
                        struct amf_event *ev)
{
    size_t i;

    for (i = 0; name && i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (kind && strcmp(kinds[i].word, kind) != 0)
            continue;
        ev->kind = kinds[i].kind;
        ev->index = kinds[i].find(m, name, strlen(name));
        if (ev->index >= 0)
            return true;
    }
    return false;
}

/* Whom a member names: -1 if it is absent. False: there is no such SU. */
static bool find_su(const struct amf_model *m, const json_t *o, const char *key, int *su)
{
    const char *name = amf_server_text(o, key);

    *su = name ? amf_model_su(m, name, strlen(name)) : -1;
    return !name || *su >= 0;
}

static void admin_answer(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                         const struct amf_event *ev, enum amf_admin_result result)
{
    (void)ev;
    if (result)
        amf_daemon_note(d, "operator: %s %s is refused, 0x%x", amf_server_text(o, "op"),
                        amf_server_text(o, "name"), (unsigned)result);
    if (p)
        acknowledge(d, p, o, result ? AMF_RE_AMS | (uint32_t)result : AMF_RE_OK);
}

void amf_operator_admin(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *word = amf_server_text(o, "op");
    const char *name = amf_server_text(o, "name");
    const json_t *arg = json_object_get(o, "arg");
    struct amf_event ev = {.type = AMF_EV_ADMIN, .arg = 1};

    if (!find_op(word, &ev.op)) {
        amf_server_reply(p, o, AMF_RE_INVALID_PARAMETER, NULL);
        return;
    }
    if (!find_entity(d->model, amf_server_text(o, "kind"), name, &ev) ||
        !find_su(d->model, o, "active", &ev.active_su) ||
        !find_su(d->model, o, "standby", &ev.standby_su)) {
        amf_server_reply(p, o, AMF_RE_AMS | AMF_ADMIN_NOT_EXIST, NULL);
        return;
    }
    if (d->stopping) {
        amf_server_reply(p, o, AMF_RE_AMS | AMF_ADMIN_TRY_AGAIN, NULL);
        return;
    }
    if (json_is_integer(arg))
        ev.arg = (int)json_integer_value(arg);
    amf_daemon_note(d, "operator: %s %s", word, name);
    if (d->cluster)
        amf_cluster_ask(d->cluster, &ev, p, o, admin_answer);
    else
        admin_answer(d, p, o, &ev, amf_daemon_admin(d, &ev));
}

/* ---- nodes --------------------------------------------------------------- */

static bool node_do(struct amf_daemon *d, int node, enum amf_node_order order)
{
    return order == AMF_NODE_KILL ? amf_daemon_node_kill(d, node)
                                  : amf_daemon_node_up(d, node);
}

static void order_answer(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                         const struct amf_event *ev, enum amf_admin_result result)
{
    (void)d;
    (void)ev;
    if (p)
        amf_server_reply(p, o, result ? AMF_RE_CPM | (uint32_t)result : AMF_RE_OK, NULL);
}

/* This daemon does it for its own nodes, another one of the cluster for the others. */
static void node_order(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                       enum amf_node_order order)
{
    const char *name = amf_server_text(o, "name");
    const int node = name ? amf_model_node(d->model, name, strlen(name)) : -1;

    if (d->stopping)
        amf_server_reply(p, o, AMF_RE_TRY_AGAIN, NULL);
    else if (node >= 0 && d->cluster && amf_cluster_plays(d->cluster, node))
        amf_cluster_order(d->cluster, node, order, p, o, order_answer);
    else if (node >= 0 && d->nodes[node].played)
        acknowledge(d, p, o, node_do(d, node, order) ? AMF_RE_OK : AMF_RE_NO_OP);
    else
        amf_server_reply(p, o, AMF_RE_NOT_EXIST, NULL);
}

void amf_operator_kill_node(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    node_order(d, p, o, AMF_NODE_KILL);
}

void amf_operator_start_node(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    node_order(d, p, o, AMF_NODE_START);
}

/* ---- the rest ------------------------------------------------------------ */

void amf_operator_watch(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    (void)d;
    p->watching = true;
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

void amf_operator_events(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const json_int_t max = json_integer_value(json_object_get(o, "max"));

    amf_server_reply(
        p, o, AMF_RE_OK,
        json_pack("{s:o, s:I}", "events",
                  amf_history_list(&d->history, max > 0 ? (size_t)max : AMF_HISTORY_MAX),
                  "dropped", (json_int_t)d->history.dropped));
}

void amf_operator_log(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    if (!amf_trace_set(&d->trace, o))
        amf_server_reply(p, o, AMF_RE_INVALID_PARAMETER, NULL);
    else
        amf_server_reply(p, o, AMF_RE_OK,
                         json_pack("{s:o}", "log", amf_trace_describe(&d->trace)));
}

void amf_operator_stop(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    amf_server_reply(p, o, AMF_RE_OK, NULL);
    amf_stop_begin(d, "asked by the operator");
}
