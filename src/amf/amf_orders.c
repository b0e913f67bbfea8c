/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_daemon.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amf/amf_must.h"
#include "base/clock.h"

/* Invocations of health checks are the daemon's own; the engine has none of this class.
 */
#define HEALTH_CLASS (UINT64_C(0x21) << 32)

const char *amf_ha_word(enum amf_ha ha)
{
    static const char *const words[] = {"NONE", "ACTIVE", "STANDBY", "QUIESCED",
                                        "QUIESCING"};

    return (unsigned)ha < sizeof(words) / sizeof(*words) ? words[ha] : "?";
}

static const char *name_of(const struct amf_daemon *d, int comp)
{
    return comp >= 0 ? d->model->comps[comp].name : "";
}

static const char *csi_name(const struct amf_daemon *d, int csi)
{
    return csi >= 0 ? d->model->csis[csi].name : "";
}

/* Whose process is to be told: the component's own, or its proxy's. */
static int spokesman(const struct amf_daemon *d, int comp)
{
    return d->comps[comp].proxy >= 0 ? d->comps[comp].proxy : comp;
}

/* The same for an order, which may come before the proxy has registered the component. */
static int addressee(const struct amf_daemon *d, const struct amf_action *a, int comp)
{
    return a->proxy >= 0 ? a->proxy : spokesman(d, comp);
}

/* Processes of other nodes talk to the daemons that play those. */
static void not_there(const struct amf_daemon *d, int comp, int asked)
{
    const int node = amf_daemon_comp_node(d, asked);

    if (d->nodes[node].played)
        clv_log(CLV_LOG_DEBUG, "%s: not there to be told", name_of(d, asked));
    else
        clv_log(CLV_LOG_WARNING,
                "%s: cannot be told anything, its proxy %s is on node %s, which another "
                "daemon plays; expected a proxy on node %s",
                name_of(d, comp), name_of(d, asked), d->model->nodes[node].name,
                d->model->nodes[amf_daemon_comp_node(d, comp)].name);
}

/* Send o (taken) and remember that an answer is due. False: nobody is there; the
 * engine hears of that, or has heard, by the component's end. */
static bool call(struct amf_daemon *d, int comp, int asked, enum amf_call_kind kind,
                 uint64_t invocation, bool quiescing, json_t *o)
{
    struct amf_peer *peer = d->comps[asked].peer;
    const struct amf_pending_call p = {.invocation = invocation,
                                       .kind = kind,
                                       .comp = comp,
                                       .asked = asked,
                                       .quiescing = quiescing,
                                       .sent_ns = clv_now_ns()};

    amf_must(o);
    if (!peer) {
        not_there(d, comp, asked);
        json_decref(o);
        return false;
    }
    json_object_set_new(o, "inv", json_integer((json_int_t)invocation));
    json_object_set_new(o, "comp", json_string(name_of(d, comp)));
    amf_pending_add(&d->pending, &p);
    amf_peer_send(peer, o);
    return true;
}

static json_t *attributes(const struct amf_csi *csi)
{
    json_t *list = amf_must(json_array());
    size_t i;

    for (i = 0; i < csi->n_attrs; i++)
        json_array_append_new(
            list, json_pack("[s, s]", csi->attrs[i].name, csi->attrs[i].value));
    return list;
}

static void csi_set(struct amf_daemon *d, const struct amf_action *a)
{
    const struct amf_csi_set *s = &a->set;
    json_t *o = json_pack("{s:s, s:i, s:s, s:i, s:i, s:s, s:i}", "t", "csiset", "ha",
                          (int)s->ha, "csi", csi_name(d, s->csi), "flags", (int)s->flags,
                          "tr", (int)s->transition, "active", name_of(d, s->active_comp),
                          "rank", (int)s->standby_rank);

    if (s->with_attrs && s->csi >= 0)
        json_object_set_new(o, "attrs", attributes(&d->model->csis[s->csi]));
    if (!call(d, s->comp, addressee(d, a, s->comp), AMF_CALL_CSISET, s->invocation,
              s->ha == AMF_HA_QUIESCING, o))
        return;
    d->comps[s->comp].working = true;
    amf_daemon_note(d, "%s: %s %s", name_of(d, s->comp), amf_ha_word(s->ha),
                    s->csi >= 0 ? csi_name(d, s->csi) : "for all its CSIs");
}

static void csi_remove(struct amf_daemon *d, const struct amf_action *a)
{
    const struct amf_csi_set *s = &a->set;
    json_t *o = json_pack("{s:s, s:s, s:i}", "t", "csirmv", "csi", csi_name(d, s->csi),
                          "flags", (int)s->flags);

    if (call(d, s->comp, addressee(d, a, s->comp), AMF_CALL_CSIRMV, s->invocation, false,
             o))
        amf_daemon_note(d, "%s: remove %s", name_of(d, s->comp),
                        s->csi >= 0 ? csi_name(d, s->csi) : "all its CSIs");
}

static bool has_no_callbacks(const struct amf_daemon *d, int comp)
{
    return d->model->comps[comp].property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
}

bool amf_orders_terminate(struct amf_daemon *d, int comp, uint64_t invocation)
{
    if (!call(d, comp, spokesman(d, comp), AMF_CALL_TERMINATE, invocation, false,
              json_pack("{s:s}", "t", "terminate")))
        return false;
    amf_daemon_note(d, "%s: terminate", name_of(d, comp));
    return true;
}

static void terminate(struct amf_daemon *d, const struct amf_action *a)
{
    if (!has_no_callbacks(d, a->index)) {
        amf_orders_terminate(d, a->index, a->invocation);
        return;
    }
    amf_daemon_note(d, "%s: terminate", name_of(d, a->index));
    amf_component_forget(d, a->index);
    d->comps[a->index].terminate = a->invocation;
    amf_supervisor_terminate(d->supervisor, a->index);
}

static void proxied(struct amf_daemon *d, const struct amf_action *a)
{
    const bool instantiate = a->type == AMF_DO_PROXIED_INSTANTIATE;

    amf_component_forget(d, a->index); /* it may be registered anew */
    if (call(d, a->index, a->proxy, AMF_CALL_PROXIED, a->invocation, false,
             json_pack("{s:s}", "t", instantiate ? "pinst" : "pclean")))
        amf_daemon_note(d, "%s: asked to %s %s", name_of(d, a->proxy),
                        instantiate ? "instantiate" : "clean up", name_of(d, a->index));
}

static void launch(struct amf_daemon *d, const struct amf_action *a)
{
    amf_component_forget(d, a->index);
    d->comps[a->index].launch_wanted = true;
}

static void kill_it(struct amf_daemon *d, const struct amf_action *a)
{
    amf_daemon_note(d, "%s: clean up", name_of(d, a->index));
    amf_component_forget(d, a->index);
    d->comps[a->index].launch_wanted = false;
    amf_supervisor_kill(d->supervisor, a->index);
}

static void node_reset(struct amf_daemon *d, const struct amf_action *a)
{
    amf_daemon_node_down(d, a->index);
    if (!a->restart)
        return;
    d->nodes[a->index].resetting = true;
    /* NODE_UP follows when its last process is gone; that may be now. */
    amf_component_events(d).quieter(d);
}

void amf_orders_health_call(struct amf_daemon *d, const struct amf_health_check *c)
{
    call(d, c->comp, spokesman(d, c->comp), AMF_CALL_HEALTH,
         HEALTH_CLASS | ++d->health_key, false,
         json_pack("{s:s, s:s}", "t", "health", "key", c->key));
}

/* ---- protection groups ----------------------------------------------------------- */

json_t *amf_pg_members(const struct amf_daemon *d, int csi, int comp, int change,
                       bool only)
{
    json_t *members = amf_must(json_array());
    enum amf_ha ha;
    size_t i;

    for (i = 0; i < d->model->n_comps; i++) {
        ha = amf_engine_ha(d->engine, (int)i, csi);
        if ((int)i != comp && (only || ha == AMF_HA_NONE))
            continue;
        json_array_append_new(
            members,
            json_pack("{s:s, s:i, s:i, s:i}", "comp", name_of(d, (int)i), "ha", (int)ha,
                      "rank", 0, "change", (int)i == comp ? change : AMF_PG_NO_CHANGE));
    }
    return members;
}

/* What the engine reports of the changed member may already be history in its own
 * view (a removed one), so the order's state is what is sent. */
static void changed_member(json_t *members, const char *name, enum amf_ha ha)
{
    json_t *m;
    size_t i;

    json_array_foreach(
        members, i, m) if (strcmp(json_string_value(json_object_get(m, "comp")), name) ==
                           0) json_object_set_new(m, "ha", json_integer((json_int_t)ha));
}

static void pg_change(struct amf_daemon *d, const struct amf_action *a)
{
    const struct amf_csi_set *s = &a->set;
    json_t *members;
    size_t i;

    for (i = 0; i < d->pg.n; i++) {
        const struct amf_pg_tracker *t = &d->pg.at[i];

        if (t->csi != s->csi)
            continue;
        members = amf_pg_members(d, s->csi, s->comp, a->pg_change,
                                 (t->flags & AMF_PG_CHANGES_ONLY) != 0);
        changed_member(members, name_of(d, s->comp), s->ha);
        amf_peer_send(t->who, json_pack("{s:s, s:s, s:o}", "t", "pg", "csi",
                                        csi_name(d, s->csi), "members", members));
    }
}

/* ---- all of them ------------------------------------------------------------------ */

static void timer_set(struct amf_daemon *d, const struct amf_action *a)
{
    amf_timers_set(&d->timers, a->timer, a->at_ms);
}

static void timer_cancel(struct amf_daemon *d, const struct amf_action *a)
{
    amf_timers_cancel(&d->timers, a->timer);
}

static void note(struct amf_daemon *d, const struct amf_action *a)
{
    amf_daemon_note(d, "%s", a->note);
}

void amf_orders_carry_out(struct amf_daemon *d, const struct amf_action *a)
{
    static void (*const table[])(struct amf_daemon *, const struct amf_action *) = {
        [AMF_DO_LAUNCH] = launch,
        [AMF_DO_KILL] = kill_it,
        [AMF_DO_CSI_SET] = csi_set,
        [AMF_DO_CSI_REMOVE] = csi_remove,
        [AMF_DO_TERMINATE] = terminate,
        [AMF_DO_PROXIED_INSTANTIATE] = proxied,
        [AMF_DO_PROXIED_CLEANUP] = proxied,
        [AMF_DO_TIMER] = timer_set,
        [AMF_DO_TIMER_CANCEL] = timer_cancel,
        [AMF_DO_NODE_RESET] = node_reset,
        [AMF_DO_PG_CHANGE] = pg_change,
        [AMF_DO_NOTE] = note,
    };

    table[a->type](d, a);
}
