/* SPDX-License-Identifier: Apache-2.0 */
/* The state as JSON, for people (names) and for the next daemon (numbers); the
 * members are described in doc/amf-status.md. Times are relative to the dump. */
#include "amf/amf_state.h"

/* Every helper takes what it is given, and a lack of memory shows in the end as a
 * member that is missing, which a load refuses. */
static void put(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static void put_state(json_t *o, const char *key, int value, const char *name)
{
    json_t *s = json_object();

    put(s, "value", json_integer(value));
    put(s, "name", json_string(name));
    put(o, key, s);
}

static void put_name(json_t *o, const char *key, const char *name)
{
    put(o, key, name ? json_string(name) : json_null());
}

static void put_su(const struct amf_engine *e, json_t *o, const char *key, int su)
{
    put_name(o, key, su < 0 ? NULL : e->m->sus[su].name);
}

static json_t *left(const struct amf_engine *e, int64_t due_ms)
{
    if (due_ms == AMF_NEVER)
        return json_null();
    return json_integer(due_ms > e->now_ms ? due_ms - e->now_ms : 0);
}

static json_t *window(const struct amf_engine *e, const struct amf_window *w)
{
    json_t *o = json_object();
    const bool open = w->count && w->end_ms > e->now_ms;

    put(o, "count", json_integer(open ? w->count : 0));
    put(o, "left_ms", json_integer(open ? w->end_ms - e->now_ms : 0));
    return o;
}

static json_t *node(const struct amf_engine *e, size_t i)
{
    const struct amf_node_state *n = &e->nodes[i];
    json_t *o = json_object();

    put_name(o, "name", e->m->nodes[i].name);
    put_state(o, "admin", n->admin, amf_admin_name(n->admin));
    put_state(o, "oper", n->oper, amf_oper_name(n->oper));
    put(o, "up", json_boolean(n->up));
    put_state(o, "leaving", n->leaving, amf_recovery_name(n->leaving));
    put(o, "restart", json_boolean(n->restart));
    put(o, "reset_sent", json_boolean(n->reset_sent));
    put(o, "su_failovers", window(e, &n->failovers));
    return o;
}

static json_t *sg(const struct amf_engine *e, size_t i)
{
    const struct amf_sg_state *g = &e->sgs[i];
    json_t *o = json_object();

    put_name(o, "name", e->m->sgs[i].name);
    put_state(o, "admin", g->admin, amf_admin_name(g->admin));
    put(o, "redundancy", json_integer(e->m->sgs[i].redundancy));
    put(o, "started", json_boolean(g->started));
    put(o, "start_left_ms", left(e, g->start_due_ms));
    put(o, "adjust_left_ms", left(e, g->adjust_due_ms));
    put(o, "auto_adjust", json_boolean(g->auto_adjust));
    put(o, "adjusting", json_boolean(g->adjusting));
    put(o, "failovers", window(e, &g->failovers));
    put_su(e, o, "swap_from", g->swap_from);
    put_su(e, o, "swap_to", g->swap_to);
    return o;
}

static json_t *su(const struct amf_engine *e, size_t i)
{
    const struct amf_su_state *s = &e->sus[i];
    const struct amf_su *m = &e->m->sus[i];
    const enum amf_presence p = amf_su_presence(e, (int)i);
    const enum amf_readiness r = amf_su_readiness(e, (int)i);
    json_t *o = json_object();

    put_name(o, "name", m->name);
    put_name(o, "node", m->node < 0 ? NULL : e->m->nodes[m->node].name);
    put_name(o, "sg", m->sg < 0 ? NULL : e->m->sgs[m->sg].name);
    put_state(o, "admin", s->admin, amf_admin_name(s->admin));
    put_state(o, "oper", s->oper, amf_oper_name(s->oper));
    put_state(o, "presence", p, amf_presence_name(p));
    put_state(o, "readiness", r, amf_readiness_name(r));
    put(o, "rank", json_integer(m->rank));
    put(o, "wanted", json_boolean(s->wanted));
    put(o, "in_service", json_boolean(s->in_service));
    put(o, "restarting", json_boolean(s->restarting));
    put(o, "force_locked", json_boolean(s->force_locked));
    put(o, "order", json_integer(s->order));
    put(o, "probation_left_ms",
        json_integer(s->probation_ms > e->now_ms ? s->probation_ms - e->now_ms : 0));
    put(o, "comp_restarts", window(e, &s->comp_restarts));
    put(o, "su_restarts", window(e, &s->su_restarts));
    return o;
}

/* So long another report is taken for the same; null: it would not be. */
static json_t *report_left(const struct amf_engine *e, const struct amf_comp_state *c)
{
    return left(e, c->fault_ms == AMF_NEVER ||
                           e->now_ms - c->fault_ms >= AMF_DUPLICATE_FAULT_MS
                       ? AMF_NEVER
                       : c->fault_ms + AMF_DUPLICATE_FAULT_MS);
}

static json_t *comp(const struct amf_engine *e, size_t i)
{
    static const char *const ops[] = {"idle",      "clean-due", "cleaning",
                                      "launching", "delayed",   "terminating"};
    const struct amf_comp_state *c = &e->comps[i];
    json_t *o = json_object(), *timers = json_array();

    put_name(o, "name", e->m->comps[i].name);
    put_name(o, "su", e->m->sus[e->m->comps[i].su].name);
    put_state(o, "presence", c->presence, amf_presence_name(c->presence));
    put_state(o, "oper", c->oper, amf_oper_name(c->oper));
    put_state(o, "op", c->op, ops[c->op]);
    put(o, "alive", json_boolean(c->alive));
    put(o, "failed", json_boolean(c->failed));
    put(o, "reminded", json_boolean(c->reminded));
    put_name(o, "proxy", c->proxy < 0 ? NULL : e->m->comps[c->proxy].name);
    put(o, "attempts", json_integer(c->attempts));
    put(o, "launches", json_integer(c->launches));
    put(o, "faults", json_integer(c->faults));
    put(o, "unsure", json_boolean(c->unsure));
    put(o, "invocation", json_integer((json_int_t)c->invocation));
    put(o, "report_left_ms", report_left(e, c));
    for (size_t k = 0; k < AMF_TM_COMP_KINDS; k++)
        json_array_append_new(timers, left(e, c->due_ms[k]));
    put(o, "timers_left_ms", timers);
    return o;
}

static json_t *si(const struct amf_engine *e, size_t i)
{
    const enum amf_admin effective = amf_si_effective(e, (int)i);
    json_t *o = json_object();

    put_name(o, "name", e->m->sis[i].name);
    put_name(o, "sg", e->m->sis[i].sg < 0 ? NULL : e->m->sgs[e->m->sis[i].sg].name);
    put_state(o, "admin", e->sis[i].admin, amf_admin_name(e->sis[i].admin));
    put_state(o, "effective", effective, amf_admin_name(effective));
    put(o, "rank", json_integer(e->m->sis[i].rank));
    put_su(e, o, "wish_active", e->sis[i].wish_active);
    put_su(e, o, "wish_standby", e->sis[i].wish_standby);
    return o;
}

static json_t *csi(const struct amf_engine *e, size_t i)
{
    const struct amf_csi_state *c = &e->csis[i];
    json_t *o = json_object();

    put_name(o, "name", e->m->csis[i].name);
    put_name(o, "si", e->m->sis[e->m->csis[i].si].name);
    put_name(o, "former", c->former < 0 ? NULL : e->m->comps[c->former].name);
    put(o, "quiesced", json_boolean(c->quiesced));
    return o;
}

static json_t *sent(const struct amf_engine *e, const struct amf_csi_set *s)
{
    json_t *o = json_object();

    put(o, "all", json_boolean(s->csi < 0));
    put(o, "ha", json_integer(s->ha));
    put(o, "flags", json_integer(s->flags));
    put(o, "transition", json_integer(s->transition));
    put_name(o, "active", s->active_comp < 0 ? NULL : e->m->comps[s->active_comp].name);
    put(o, "rank", json_integer(s->standby_rank));
    put(o, "attrs", json_boolean(s->with_attrs));
    put(o, "invocation", json_integer((json_int_t)s->invocation));
    return o;
}

static json_t *part(const struct amf_engine *e, const struct amf_asg *a, size_t k)
{
    const struct amf_part *p = &a->parts[k];
    json_t *o = json_object();

    put_name(o, "csi", e->m->csis[e->m->sis[a->si].csis.at[k]].name);
    put_name(o, "comp", e->m->comps[p->comp].name);
    put_state(o, "ha", p->ha, amf_ha_name(p->ha));
    put(o, "lost", json_boolean(p->lost));
    put(o, "pending", json_integer(p->pending));
    put(o, "sent", sent(e, &p->sent));
    return o;
}

static json_t *assignment(const struct amf_engine *e, const struct amf_asg *a)
{
    json_t *o = json_object(), *parts = json_array();

    put_name(o, "si", e->m->sis[a->si].name);
    put_name(o, "su", e->m->sus[a->su].name);
    put_state(o, "role", a->role, amf_ha_name(a->role));
    put(o, "removing", json_boolean(a->removing));
    put(o, "swap", json_boolean(a->swap));
    put(o, "confirmed", json_boolean(amf_asg_confirmed(e, a)));
    for (size_t k = 0; k < a->n_parts; k++)
        if (a->parts[k].comp >= 0)
            json_array_append_new(parts, part(e, a, k));
    put(o, "parts", parts);
    return o;
}

static json_t *work(const struct amf_engine *e, size_t sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    json_t *list = json_array();

    for (size_t i = g->slot; i < g->slot + g->n_slots; i++)
        if (e->asgs[i].role != AMF_HA_NONE)
            json_array_append_new(list, assignment(e, &e->asgs[i]));
    return list;
}

json_t *amf_dump_entity(const struct amf_engine *e, enum amf_dump_list list, size_t i)
{
    static json_t *(*const one[AMF_DUMP_LISTS])(const struct amf_engine *e, size_t i) = {
        node, sg, su, comp, si, csi, work};

    return one[list](e, i);
}

static json_t *each(const struct amf_engine *e, size_t n, enum amf_dump_list which)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, amf_dump_entity(e, which, i));
    return list;
}

static json_t *all_work(const struct amf_engine *e)
{
    json_t *list = json_array();

    for (size_t i = 0; i < e->m->n_sgs; i++) {
        json_t *of_group = work(e, i);

        json_array_extend(list, of_group);
        json_decref(of_group);
    }
    return list;
}

json_t *amf_engine_dump(const struct amf_engine *e)
{
    json_t *o = json_object();

    put(o, "version", json_integer(1));
    put(o, "key", json_integer(e->key));
    put(o, "steps", json_integer((json_int_t)e->steps));
    put(o, "service_order", json_integer(e->service_order));
    put(o, "nodes", each(e, e->m->n_nodes, AMF_DUMP_NODES));
    put(o, "sgs", each(e, e->m->n_sgs, AMF_DUMP_SGS));
    put(o, "sus", each(e, e->m->n_sus, AMF_DUMP_SUS));
    put(o, "comps", each(e, e->m->n_comps, AMF_DUMP_COMPS));
    put(o, "sis", each(e, e->m->n_sis, AMF_DUMP_SIS));
    put(o, "csis", each(e, e->m->n_csis, AMF_DUMP_CSIS));
    put(o, "assignments", all_work(e));
    return o;
}
