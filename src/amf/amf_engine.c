/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: made from a model, fed with events, settled after each. */
#include "amf/amf_state.h"

#include <stdlib.h>
#include <string.h>

/* ---- making ----------------------------------------------------------------------- */

static uint32_t rank_of(const struct amf_engine *e, int index, bool su)
{
    return su ? e->m->sus[index].rank : e->m->sis[index].rank;
}

/* Stable, so that ties keep the order of the model. */
static void sort_by_rank(const struct amf_engine *e, int *at, size_t n, bool su)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && rank_of(e, at[k], su) < rank_of(e, at[k - 1], su);
             k--) {
            const int t = at[k];

            at[k] = at[k - 1];
            at[k - 1] = t;
        }
}

static bool any_depends(const struct amf_model *m, const struct amf_sg *sg)
{
    for (size_t i = 0; i < sg->sis.n; i++) {
        const struct amf_si *si = &m->sis[sg->sis.at[i]];

        if (si->depends.n)
            return true;
        for (size_t k = 0; k < si->csis.n; k++)
            if (m->csis[si->csis.at[k]].depends.n)
                return true;
    }
    return false;
}

static size_t sg_parts(const struct amf_model *m, const struct amf_sg *sg)
{
    size_t n = 0;

    for (size_t i = 0; i < sg->sis.n; i++)
        n += m->sis[sg->sis.at[i]].csis.n;
    return n * sg->sus.n;
}

static void *array(size_t n, size_t size)
{
    return calloc(n ? n : 1, size);
}

static bool make_arrays(struct amf_engine *e)
{
    const struct amf_model *m = e->m;
    size_t parts = 0, order = 0;

    for (size_t i = 0; i < m->n_sgs; i++) {
        e->n_asgs += m->sgs[i].sus.n * m->sgs[i].sis.n;
        parts += sg_parts(m, &m->sgs[i]);
        order += m->sgs[i].sus.n + m->sgs[i].sis.n;
    }
    e->nodes = array(m->n_nodes, sizeof(*e->nodes));
    e->sgs = array(m->n_sgs, sizeof(*e->sgs));
    e->sus = array(m->n_sus, sizeof(*e->sus));
    e->comps = array(m->n_comps, sizeof(*e->comps));
    e->sis = array(m->n_sis, sizeof(*e->sis));
    e->csis = array(m->n_csis, sizeof(*e->csis));
    e->asgs = array(e->n_asgs, sizeof(*e->asgs));
    e->parts = array(parts, sizeof(*e->parts));
    e->order = array(order, sizeof(*e->order));
    e->asked = array(AMF_ASKED, sizeof(*e->asked));
    return amf_look_make(e) && e->asked && e->nodes && e->sgs && e->sus && e->comps &&
           e->sis && e->csis && e->asgs && e->parts && e->order;
}

static int *copy_list(int *to, const struct amf_list *from)
{
    if (from->n)
        memcpy(to, from->at, from->n * sizeof(*to));
    return to + from->n;
}

static struct amf_part *lay_out_slots(struct amf_engine *e, const struct amf_sg_state *g,
                                      struct amf_part *parts)
{
    struct amf_asg *a = &e->asgs[g->slot];

    for (size_t i = 0; i < g->n_sis; i++)
        for (size_t k = 0; k < g->n_sus; k++, a++) {
            a->si = g->sis[i];
            a->su = g->sus[k];
            a->n_parts = e->m->sis[a->si].csis.n;
            a->parts = parts;
            parts += a->n_parts;
        }
    return parts;
}

static void lay_out(struct amf_engine *e)
{
    struct amf_part *parts = e->parts;
    int *order = e->order;
    size_t slot = 0;

    for (size_t i = 0; i < e->m->n_sgs; i++) {
        const struct amf_sg *m = &e->m->sgs[i];
        struct amf_sg_state *g = &e->sgs[i];

        g->n_sus = m->sus.n;
        g->n_sis = m->sis.n;
        g->sus = order;
        g->sis = copy_list(order, &m->sus);
        order = copy_list(g->sis, &m->sis);
        sort_by_rank(e, g->sus, g->n_sus, true);
        sort_by_rank(e, g->sis, g->n_sis, false);
        for (size_t k = 0; k < g->n_sus; k++)
            e->sus[g->sus[k]].pos = (int)k;
        for (size_t k = 0; k < g->n_sis; k++)
            e->sis[g->sis[k]].pos = (int)k;
        g->slot = slot;
        g->n_slots = g->n_sus * g->n_sis;
        g->has_depends = any_depends(e->m, m);
        slot += g->n_slots;
        parts = lay_out_slots(e, g, parts);
    }
    amf_look_lay_out(e);
}

static void reset_comp(struct amf_comp_state *c)
{
    *c = (struct amf_comp_state){.presence = AMF_PRES_UNINSTANTIATED,
                                 .oper = AMF_OPER_ENABLED,
                                 .proxy = -1,
                                 .fault_ms = AMF_NEVER};
    for (size_t k = 0; k < AMF_TM_COMP_KINDS; k++)
        c->due_ms[k] = AMF_NEVER;
}

static void reset_asg(struct amf_asg *a)
{
    a->role = AMF_HA_NONE;
    a->removing = a->swap = a->ignored = a->tentative = false;
    for (size_t k = 0; k < a->n_parts; k++)
        a->parts[k] = (struct amf_part){.comp = -1};
}

static void reset_sg(struct amf_sg_state *g, const struct amf_sg *m)
{
    g->admin = m->admin;
    g->started = false;
    g->start_due_ms = g->adjust_due_ms = AMF_NEVER;
    g->auto_adjust = m->auto_adjust;
    g->adjusting = false;
    g->failovers = (struct amf_window){0, 0};
    g->swap_from = g->swap_to = -1;
}

void amf_engine_reset(struct amf_engine *e)
{
    const struct amf_model *m = e->m;

    for (size_t i = 0; i < m->n_nodes; i++)
        e->nodes[i] =
            (struct amf_node_state){.admin = m->nodes[i].admin, .oper = AMF_OPER_ENABLED};
    for (size_t i = 0; i < m->n_sgs; i++)
        reset_sg(&e->sgs[i], &m->sgs[i]);
    for (size_t i = 0; i < m->n_sus; i++)
        e->sus[i] = (struct amf_su_state){
            .admin = m->sus[i].admin, .oper = AMF_OPER_ENABLED, .pos = e->sus[i].pos};
    for (size_t i = 0; i < m->n_comps; i++)
        reset_comp(&e->comps[i]);
    for (size_t i = 0; i < m->n_sis; i++)
        e->sis[i] = (struct amf_si_state){.admin = m->sis[i].admin,
                                          .wish_active = -1,
                                          .wish_standby = -1,
                                          .pos = e->sis[i].pos};
    for (size_t i = 0; i < m->n_csis; i++)
        e->csis[i] = (struct amf_csi_state){.former = -1};
    for (size_t i = 0; i < e->n_asgs; i++)
        reset_asg(&e->asgs[i]);
    e->key = e->service_order = 0;
    e->now_ms = 0;
    e->timers_lost = false;
}

struct amf_engine *amf_engine_new(const struct amf_model *model)
{
    struct amf_engine *e = calloc(1, sizeof(*e));

    if (!e)
        return NULL;
    e->m = model;
    if (!make_arrays(e)) {
        amf_engine_free(e);
        return NULL;
    }
    lay_out(e);
    amf_engine_reset(e);
    return e;
}

void amf_engine_free(struct amf_engine *e)
{
    if (!e)
        return;
    free(e->nodes);
    free(e->sgs);
    free(e->sus);
    free(e->comps);
    free(e->sis);
    free(e->csis);
    free(e->asgs);
    free(e->parts);
    free(e->order);
    free(e->asked);
    amf_look_free(e);
    amf_dump_text_free(e);
    free(e);
}

/* ---- events -------------------------------------------------------------- */

static void start_due(struct amf_engine *e, int sg)
{
    e->sgs[sg].started = true;
    amf_touch_sg(e, sg);
}

static void timer_due(struct amf_engine *e, uint64_t timer)
{
    const enum amf_timer_kind kind = (enum amf_timer_kind)(timer >> 32);
    const int index = (int)(uint32_t)timer;
    const size_t n = kind < AMF_TM_COMP_KINDS ? e->m->n_comps : e->m->n_sgs;
    int64_t *due;

    if (kind >= AMF_TM_KINDS || index < 0 || (size_t)index >= n)
        return;
    due = amf_timer_due(e, kind, index);
    if (*due > e->now_ms) /* moved or cancelled meanwhile */
        return;
    *due = AMF_NEVER;
    if (kind == AMF_TM_START)
        start_due(e, index);
    else if (kind == AMF_TM_ADJUST)
        amf_touch_sg(e, index);
    else if (kind == AMF_TM_LIFE)
        amf_comp_life_timeout(e, index);
    else
        amf_work_timeout(e, index, kind);
}

static void answer(struct amf_engine *e, const struct amf_event *ev)
{
    switch (ev->invocation >> 32) {
    case AMF_INV_CSI_SET:
    case AMF_INV_CSI_REMOVE:
    case AMF_INV_CSI_QUIESCING:
        amf_work_answered(e, ev->invocation, ev->ok);
        break;
    case 0:
        break;
    default:
        amf_comp_answered(e, ev->invocation, ev->ok);
        break;
    }
}

static void unregistered(struct amf_engine *e, int comp)
{
    if (amf_comp_ready(e, comp) && amf_comp_has_callbacks(e, comp))
        amf_fault(e, comp, AMF_REC_NO_RECOMMENDATION, AMF_FAULT_FAILURE);
}

static void comp_event(struct amf_engine *e, const struct amf_event *ev)
{
    const int comp = ev->index;

    if (comp < 0 || (size_t)comp >= e->m->n_comps || e->m->comps[comp].su < 0 ||
        e->m->sus[e->m->comps[comp].su].sg < 0)
        return;
    amf_change_comp(e, comp);
    switch (ev->type) {
    case AMF_EV_LAUNCH_FAILED:
        amf_comp_launch_failed(e, comp);
        break;
    case AMF_EV_LAUNCHED:
        amf_comp_launched(e, comp);
        break;
    case AMF_EV_REGISTERED:
        amf_comp_registered(e, comp, ev->proxy);
        break;
    case AMF_EV_UNREGISTERED:
        unregistered(e, comp);
        break;
    case AMF_EV_EXITED:
        amf_comp_exited(e, comp);
        break;
    case AMF_EV_FAULT:
        amf_fault(e, comp, ev->recovery, AMF_FAULT_REPORT);
        break;
    case AMF_EV_RESTORED:
        amf_comp_restored(e, comp, ev->ok);
        break;
    default: /* FAULT_CLEAR has no effect */
        break;
    }
}

static enum amf_admin_result apply(struct amf_engine *e, const struct amf_event *ev)
{
    const bool node = ev->index >= 0 && (size_t)ev->index < e->m->n_nodes;

    switch (ev->type) {
    case AMF_EV_NODE_UP:
        if (node)
            amf_node_joined(e, ev->index);
        break;
    case AMF_EV_NODE_DOWN:
        if (node)
            amf_node_lost(e, ev->index);
        break;
    case AMF_EV_RESPONSE:
        answer(e, ev);
        break;
    case AMF_EV_QUIESCING_DONE:
        amf_work_quiescing_done(e, ev->invocation, ev->ok);
        break;
    case AMF_EV_TIMER:
        timer_due(e, ev->timer);
        break;
    case AMF_EV_ADMIN:
        return amf_admin_request(e, ev);
    default:
        comp_event(e, ev);
        break;
    }
    return AMF_ADMIN_OK;
}

/* ---- one step ------------------------------------------------------------ */

enum amf_admin_result amf_engine_step(struct amf_engine *e, int64_t now_ms,
                                      const struct amf_event *ev, struct amf_actions *out)
{
    enum amf_admin_result r;

    out->n = 0;
    e->out = out;
    if (now_ms > e->now_ms)
        e->now_ms = now_ms;
    if (e->timers_lost)
        amf_timers_repeat(e);
    e->steps++;
    r = apply(e, ev);
    amf_look(e);
    e->out = NULL;
    return r;
}

void amf_engine_look(struct amf_engine *e)
{
    amf_touch_all(e);
}

/* ---- looking in ---------------------------------------------------------- */

enum amf_presence amf_engine_presence(const struct amf_engine *e, int comp)
{
    return e->comps[comp].presence;
}

enum amf_oper amf_engine_oper(const struct amf_engine *e, enum amf_kind kind, int index)
{
    switch (kind) {
    case AMF_KIND_NODE:
        return e->nodes[index].oper;
    case AMF_KIND_SU:
        return e->sus[index].oper;
    case AMF_KIND_COMP:
        return e->comps[index].oper;
    default:
        return AMF_OPER_NONE;
    }
}

enum amf_admin amf_engine_admin(const struct amf_engine *e, enum amf_kind kind, int index)
{
    switch (kind) {
    case AMF_KIND_NODE:
        return e->nodes[index].admin;
    case AMF_KIND_SG:
        return e->sgs[index].admin;
    case AMF_KIND_SU:
        return e->sus[index].admin;
    case AMF_KIND_SI:
        return e->sis[index].admin;
    default:
        return AMF_ADMIN_NONE;
    }
}

int64_t amf_engine_now_ms(const struct amf_engine *e)
{
    return e->now_ms;
}

uint32_t amf_engine_launches(const struct amf_engine *e, int comp)
{
    return e->comps[comp].launches;
}

bool amf_engine_node_up(const struct amf_engine *e, int node)
{
    return e->nodes[node].up;
}

enum amf_readiness amf_engine_readiness(const struct amf_engine *e, int su)
{
    return amf_su_readiness(e, su);
}

enum amf_ha amf_engine_ha(const struct amf_engine *e, int comp, int csi)
{
    const int su = e->m->comps[comp].su, si = e->m->csis[csi].si;
    const struct amf_asg *a;

    if (su < 0 || si < 0 || e->m->sus[su].sg < 0 || e->m->sus[su].sg != e->m->sis[si].sg)
        return AMF_HA_NONE;
    a = amf_asg_at(e, su, si);
    for (size_t k = 0; k < a->n_parts; k++)
        if (a->parts[k].comp == comp && e->m->sis[si].csis.at[k] == csi)
            return a->parts[k].ha;
    return AMF_HA_NONE;
}
