/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_ahead.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"

/* ---- what may be done ahead -------------------------------------------------------- */

static enum amf_ha role_of(const struct amf_engine *e, int su, int si)
{
    struct amf_assigned as;

    return amf_engine_assigned(e, su, si, &as) ? as.role : AMF_HA_NONE;
}

/* Who is to have what, and who is out of order: as before. */
static bool same_roles(const struct amf_model *m, const struct amf_engine *before,
                       const struct amf_engine *after, const struct amf_sg *sg)
{
    size_t i, k;

    for (i = 0; i < sg->sus.n; i++) {
        const int su = sg->sus.at[i];

        if (amf_engine_oper(before, AMF_KIND_SU, su) !=
            amf_engine_oper(after, AMF_KIND_SU, su))
            return false;
        for (k = 0; k < sg->sis.n; k++)
            if (role_of(before, su, sg->sis.at[k]) != role_of(after, su, sg->sis.at[k]))
                return false;
        for (k = 0; k < m->sus[su].comps.n; k++)
            if (amf_engine_oper(before, AMF_KIND_COMP, m->sus[su].comps.at[k]) !=
                amf_engine_oper(after, AMF_KIND_COMP, m->sus[su].comps.at[k]))
                return false;
    }
    return true;
}

static bool same_nodes(const struct amf_model *m, const struct amf_engine *before,
                       const struct amf_engine *after)
{
    size_t i;

    for (i = 0; i < m->n_nodes; i++)
        if (amf_engine_oper(before, AMF_KIND_NODE, (int)i) !=
                amf_engine_oper(after, AMF_KIND_NODE, (int)i) ||
            amf_engine_node_up(before, (int)i) != amf_engine_node_up(after, (int)i))
            return false;
    return true;
}

/* The component gets back what its SU has. */
static bool gives_back(const struct amf_model *m, const struct amf_engine *before,
                       const struct amf_csi_set *s, const bool *ours)
{
    return ours[s->comp] && s->csi >= 0 &&
           role_of(before, m->comps[s->comp].su, m->csis[s->csi].si) == s->ha;
}

/* One that somebody has to carry out, and not only our loop. */
static bool is_order(const struct amf_action *a)
{
    switch (a->type) {
    case AMF_DO_TIMER: /* only the cluster's engine is told of the time */
    case AMF_DO_TIMER_CANCEL:
    case AMF_DO_PG_CHANGE:
    case AMF_DO_NOTE:
        return false;
    default:
        return true;
    }
}

bool amf_ahead_safe(const struct amf_model *m, const struct amf_engine *before,
                    const struct amf_engine *after, const struct amf_actions *orders,
                    const bool *ours)
{
    size_t i;

    for (i = 0; i < orders->n; i++) {
        const struct amf_action *a = &orders->at[i];
        bool safe = false;

        if (a->type == AMF_DO_LAUNCH || a->type == AMF_DO_KILL)
            safe = ours[a->index];
        else if (a->type == AMF_DO_CSI_SET)
            safe = gives_back(m, before, &a->set, ours);
        else
            safe = !is_order(a);
        if (!safe)
            return false;
    }
    for (i = 0; i < m->n_sgs; i++)
        if (!same_roles(m, before, after, &m->sgs[i]))
            return false;
    return same_nodes(m, before, after);
}

/* ---- deciding ------------------------------------------------------------ */

static struct amf_engine *engine_like(const struct amf_model *m,
                                      const struct amf_engine *before, int64_t now_ms)
{
    struct amf_engine *e = amf_must(amf_engine_new(m));
    json_t *state = amf_must(amf_engine_dump(before));
    const bool ok = amf_engine_resume(e, state, now_ms);

    json_decref(state);
    if (ok)
        return e;
    amf_engine_free(e);
    return NULL;
}

/* False: the state cannot be taken over. */
static bool begin(struct amf_ahead *a, const struct amf_engine *before,
                  const uint32_t *generation, int64_t now_ms)
{
    amf_engine_free(a->engine);
    a->engine = engine_like(a->m, before, now_ms);
    if (a->m->n_comps)
        memcpy(a->generation, generation, a->m->n_comps * sizeof(*generation));
    return a->engine != NULL;
}

struct amf_ahead *amf_ahead_new(const struct amf_model *m,
                                const struct amf_engine *before,
                                const uint32_t *generation, const bool *ours,
                                int64_t now_ms)
{
    struct amf_ahead *a = amf_must(calloc(1, sizeof(*a)));

    a->m = m;
    a->ours = amf_must(calloc(m->n_comps + 1, sizeof(*a->ours)));
    a->touched = amf_must(calloc(m->n_comps + 1, sizeof(*a->touched)));
    a->generation = amf_must(calloc(m->n_comps + 1, sizeof(*a->generation)));
    if (m->n_comps)
        memcpy(a->ours, ours, m->n_comps * sizeof(*ours));
    if (begin(a, before, generation, now_ms))
        return a;
    amf_ahead_free(a);
    return NULL;
}

void amf_ahead_free(struct amf_ahead *a)
{
    if (!a)
        return;
    amf_engine_free(a->engine);
    amf_actions_free(&a->actions);
    free(a->ours);
    free(a->touched);
    free(a->generation);
    free(a->facts);
    free(a->orders);
    free(a);
}

static struct amf_wire_event translated(const struct amf_ahead *a,
                                        const struct amf_wire_event *w)
{
    struct amf_wire_event out = *w;
    size_t i;

    for (i = 0; w->ev.invocation && i < a->n_orders; i++)
        if (a->orders[i].told == w->ev.invocation)
            out.ev.invocation = a->orders[i].set.invocation;
    return out;
}

struct amf_wire_event amf_ahead_fact(const struct amf_ahead *a, size_t i)
{
    return translated(a, &a->facts[i]);
}

/* Decide on one fact; one that an order has overtaken is passed over, as the cluster
 * does. */
static bool decide(struct amf_ahead *a, const struct amf_engine *before,
                   const struct amf_wire_event *fact, int64_t now_ms)
{
    const struct amf_wire_event w = translated(a, fact);
    size_t i;

    a->actions.n = 0;
    if (amf_wire_is_about_comp(w.ev.type) && w.generation != a->generation[w.ev.index])
        return true;
    amf_engine_step(a->engine, now_ms, &w.ev, &a->actions);
    for (i = 0; i < a->actions.n; i++)
        if (a->actions.at[i].type == AMF_DO_LAUNCH ||
            a->actions.at[i].type == AMF_DO_KILL)
            a->generation[a->actions.at[i].index]++;
    return amf_ahead_safe(a->m, before, a->engine, &a->actions, a->ours);
}

static struct amf_ahead_order order_of(const struct amf_action *a)
{
    struct amf_ahead_order o = {.type = a->type, .comp = a->index, .proxy = a->proxy};

    if (a->type == AMF_DO_CSI_SET) {
        o.comp = a->set.comp;
        o.set = a->set;
    }
    return o;
}

static void order_add(struct amf_ahead *a, const struct amf_action *action)
{
    if (a->n_orders == a->cap_orders) {
        a->cap_orders = a->cap_orders ? 2 * a->cap_orders : 16;
        a->orders = amf_must(realloc(a->orders, a->cap_orders * sizeof(*a->orders)));
    }
    a->orders[a->n_orders] = order_of(action);
    a->touched[a->orders[a->n_orders++].comp] = true;
}

bool amf_ahead_feed(struct amf_ahead *a, const struct amf_engine *before,
                    const struct amf_wire_event *w, int64_t now_ms)
{
    size_t i;

    if (!decide(a, before, w, now_ms))
        return false;
    if (a->n_facts == a->cap_facts) {
        a->cap_facts = a->cap_facts ? 2 * a->cap_facts : 16;
        a->facts = amf_must(realloc(a->facts, a->cap_facts * sizeof(*a->facts)));
    }
    a->facts[a->n_facts++] = *w;
    for (i = 0; i < a->actions.n; i++)
        if (is_order(&a->actions.at[i]))
            order_add(a, &a->actions.at[i]);
    return true;
}

/* All but the number. */
static bool same_set(const struct amf_csi_set *a, const struct amf_csi_set *b)
{
    return a->comp == b->comp && a->csi == b->csi && a->ha == b->ha &&
           a->flags == b->flags && a->transition == b->transition &&
           a->active_comp == b->active_comp && a->standby_rank == b->standby_rank &&
           a->with_attrs == b->with_attrs;
}

bool amf_ahead_is(const struct amf_ahead_order *o, const struct amf_action *a)
{
    const struct amf_ahead_order other = order_of(a);

    return o->type == other.type && o->comp == other.comp && o->proxy == other.proxy &&
           same_set(&o->set, &other.set);
}

bool amf_ahead_again(struct amf_ahead *a, const struct amf_engine *before,
                     const uint32_t *generation, int64_t now_ms)
{
    size_t i, k, at = 0;

    if (!begin(a, before, generation, now_ms))
        return false;
    for (i = 0; i < a->n_facts; i++) {
        if (!decide(a, before, &a->facts[i], now_ms))
            return false;
        for (k = 0; k < a->actions.n; k++) {
            const struct amf_action *action = &a->actions.at[k];

            if (!is_order(action))
                continue;
            if (at == a->n_orders || !amf_ahead_is(&a->orders[at], action))
                return false;
            a->orders[at++].set.invocation = action->set.invocation;
        }
    }
    return at == a->n_orders;
}
