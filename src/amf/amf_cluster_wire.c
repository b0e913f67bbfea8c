/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_cluster_wire.h"

#include <string.h>

#include "amf/amf_must.h"

json_t *amf_wire_pack(const struct amf_wire_event *w)
{
    const struct amf_event *ev = &w->ev;

    json_t *o = amf_must(json_pack(
        "{s:s, s:i, s:i, s:i, s:i, s:I, s:b, s:i, s:I, s:i, s:i, s:I, s:i}", "t", "ev",
        "type", (int)ev->type, "kind", (int)ev->kind, "index", ev->index, "proxy",
        ev->proxy, "inv", (json_int_t)ev->invocation, "ok", (int)ev->ok, "rec",
        (int)ev->recovery, "timer", (json_int_t)ev->timer, "op", (int)ev->op, "arg",
        ev->arg, "gen", (json_int_t)w->generation, "pid", w->pid));

    if (ev->op == AMF_OP_SI_ASSIGN_SU) {
        json_object_set_new(o, "active", json_integer(ev->active_su));
        json_object_set_new(o, "standby", json_integer(ev->standby_su));
    }
    return o;
}

bool amf_wire_is_about_comp(enum amf_event_type type)
{
    switch (type) {
    case AMF_EV_LAUNCH_FAILED:
    case AMF_EV_LAUNCHED:
    case AMF_EV_REGISTERED:
    case AMF_EV_UNREGISTERED:
    case AMF_EV_EXITED:
    case AMF_EV_FAULT:
    case AMF_EV_RESTORED:
        return true;
    default:
        return false;
    }
}

static size_t index_limit(const struct amf_model *m, const struct amf_event *ev)
{
    switch (ev->type == AMF_EV_ADMIN ? ev->kind : AMF_KIND_NONE) {
    case AMF_KIND_NODE:
        return m->n_nodes;
    case AMF_KIND_SG:
        return m->n_sgs;
    case AMF_KIND_SU:
        return m->n_sus;
    case AMF_KIND_SI:
        return m->n_sis;
    case AMF_KIND_COMP:
        return m->n_comps;
    case AMF_KIND_CSI:
        return m->n_csis;
    default:
        break;
    }
    if (ev->type == AMF_EV_NODE_UP || ev->type == AMF_EV_NODE_DOWN)
        return m->n_nodes;
    return amf_wire_is_about_comp(ev->type) || ev->type == AMF_EV_FAULT_CLEAR ? m->n_comps
                                                                              : 1;
}

/* Or nobody. */
static bool is_su(const struct amf_model *m, int su)
{
    return su >= -1 && su < (int)m->n_sus;
}

bool amf_wire_unpack(const struct amf_model *m, const json_t *o,
                     struct amf_wire_event *out)
{
    int type, kind, ok, rec, op;
    json_int_t inv, timer, gen;
    struct amf_event *ev = &out->ev;

    memset(out, 0, sizeof(*out));
    ev->active_su = ev->standby_su = -1;
    if (json_unpack((json_t *)(uintptr_t)o,
                    "{s:i, s:i, s:i, s:i, s:I, s:b, s:i, s:I, s:i, s:i, s:I, s:i, "
                    "s?i, s?i}",
                    "type", &type, "kind", &kind, "index", &ev->index, "proxy",
                    &ev->proxy, "inv", &inv, "ok", &ok, "rec", &rec, "timer", &timer,
                    "op", &op, "arg", &ev->arg, "gen", &gen, "pid", &out->pid, "active",
                    &ev->active_su, "standby", &ev->standby_su))
        return false;
    ev->type = (enum amf_event_type)type;
    ev->kind = (enum amf_kind)kind;
    ev->invocation = (uint64_t)inv;
    ev->ok = ok;
    ev->recovery = (enum amf_recovery)rec;
    ev->timer = (uint64_t)timer;
    ev->op = (enum amf_admin_op)op;
    out->generation = (uint32_t)gen;
    return type >= AMF_EV_NODE_UP && type <= AMF_EV_RESTORED && ev->index >= 0 &&
           (size_t)ev->index < index_limit(m, ev) && ev->proxy >= -1 &&
           ev->proxy < (int)m->n_comps && is_su(m, ev->active_su) &&
           is_su(m, ev->standby_su);
}
