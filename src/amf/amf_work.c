/* SPDX-License-Identifier: Apache-2.0 */
/* The work of components: their parts of assignments are lost, or answered. */
#include "amf/amf_state.h"

/* ---- lost ----------------------------------------------------------------------- */

static void lose_part(struct amf_engine *e, const struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];

    if (p->pending == AMF_PEND_SET && p->sent.ha == AMF_HA_ACTIVE) {
        p->ha = AMF_HA_ACTIVE; /* it may have got there */
        e->csis[amf_asg_csi(e, a, part)] = (struct amf_csi_state){.former = p->comp};
    }
    if (p->ha != AMF_HA_NONE || p->pending)
        p->lost = true;
    p->pending = AMF_PEND_NONE;
}

void amf_work_lose(struct amf_engine *e, int comp)
{
    const int su = e->m->comps[comp].su;
    const struct amf_sg_state *sg;

    if (e->m->sus[su].sg < 0)
        return;
    sg = &e->sgs[e->m->sus[su].sg];
    for (size_t i = 0; i < sg->n_sis; i++) {
        struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++)
            if (a->parts[k].comp == comp)
                lose_part(e, a, k);
    }
    amf_timer_cancel(e, AMF_TM_SET, comp);
    amf_timer_cancel(e, AMF_TM_REMOVE, comp);
    amf_timer_cancel(e, AMF_TM_QUIESCE, comp);
    amf_touch_su(e, su);
}

/* ---- answers -------------------------------------------------------------------- */

static bool is_quiescing(const struct amf_part *p)
{
    return p->pending == AMF_PEND_SET && p->sent.ha == AMF_HA_QUIESCING;
}

static bool pending_of_kind(const struct amf_part *p, enum amf_timer_kind kind)
{
    switch (kind) {
    case AMF_TM_QUIESCE:
        return is_quiescing(p);
    case AMF_TM_REMOVE:
        return p->pending == AMF_PEND_REMOVE;
    default:
        return p->pending == AMF_PEND_SET && !is_quiescing(p);
    }
}

static bool any_pending_of_kind(const struct amf_engine *e, int comp,
                                enum amf_timer_kind kind)
{
    const int su = e->m->comps[comp].su;
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];

    for (size_t i = 0; i < sg->n_sis; i++) {
        const struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++)
            if (a->parts[k].comp == comp && pending_of_kind(&a->parts[k], kind))
                return true;
    }
    return false;
}

bool amf_work_pending(const struct amf_engine *e, int comp, enum amf_pending what)
{
    if (what == AMF_PEND_REMOVE)
        return any_pending_of_kind(e, comp, AMF_TM_REMOVE);
    return any_pending_of_kind(e, comp, AMF_TM_SET) ||
           any_pending_of_kind(e, comp, AMF_TM_QUIESCE);
}

static void stop_idle_timer(struct amf_engine *e, int comp, enum amf_timer_kind kind)
{
    if (!any_pending_of_kind(e, comp, kind))
        amf_timer_cancel(e, kind, comp);
}

static void confirm(struct amf_engine *e, struct amf_asg *a, size_t part, enum amf_ha ha)
{
    struct amf_part *p = &a->parts[part];
    const int csi = amf_asg_csi(e, a, part);

    p->pending = AMF_PEND_NONE;
    p->ha = ha;
    if (ha == AMF_HA_ACTIVE) {
        e->csis[csi].former = p->comp;
        e->csis[csi].quiesced = false;
    } else if (ha == AMF_HA_QUIESCED && e->csis[csi].former == p->comp) {
        e->csis[csi].quiesced = true;
    }
    amf_pg_change(e, p->comp, csi, ha,
                  ha == AMF_HA_QUIESCED ? AMF_PGC_STATE_CHANGE : AMF_PGC_ADDED);
    amf_touch_su(e, a->su);
}

static void drop_removes(struct amf_engine *e, int comp);

/* What it was told is not waited for any more. */
void amf_work_failed(struct amf_engine *e, int comp)
{
    drop_removes(e, comp);
    for (int kind = AMF_TM_SET; kind <= AMF_TM_QUIESCE; kind++)
        amf_timer_cancel(e, (enum amf_timer_kind)kind, comp);
    e->comps[comp].oper = AMF_OPER_DISABLED;
    amf_touch_comp(e, comp);
}

static void failed(struct amf_engine *e, int comp, const char *what)
{
    amf_note(e, "comp %s: %s failed", e->m->comps[comp].name, what);
    e->comps[comp].oper = AMF_OPER_DISABLED;
    amf_fault(e, comp, AMF_REC_NO_RECOMMENDATION, AMF_FAULT_FAILURE);
    amf_touch_comp(e, comp);
}

struct found {
    struct amf_asg *a;
    size_t part;
    size_t asg, end; /* of a, and one behind the last that may be it */
};

/* Before the first part that may wait for invocation. */
static struct found before(const struct amf_engine *e, uint64_t invocation)
{
    const int comp = amf_asked(e, invocation);
    const struct amf_sg_state *g;

    if (comp < 0 || e->m->comps[comp].su < 0 || e->m->sus[e->m->comps[comp].su].sg < 0)
        return (struct found){.end = e->n_asgs};
    g = &e->sgs[e->m->sus[e->m->comps[comp].su].sg];
    return (struct found){.asg = g->slot, .end = g->slot + g->n_slots};
}

/* The next part at or after *f that waits for invocation. */
static bool find_part(struct amf_engine *e, uint64_t invocation, struct found *f)
{
    for (; f->asg < f->end; f->asg++, f->part = 0) {
        f->a = &e->asgs[f->asg];
        for (; f->part < f->a->n_parts; f->part++) {
            const struct amf_part *p = &f->a->parts[f->part];

            if (p->comp >= 0 && p->pending && p->sent.invocation == invocation)
                return true;
        }
    }
    return false;
}

static void set_answered(struct amf_engine *e, uint64_t invocation, bool ok)
{
    struct found f = before(e, invocation);
    int comp = -1;

    for (; find_part(e, invocation, &f); f.part++) {
        comp = f.a->parts[f.part].comp;
        if (!ok)
            break;
        confirm(e, f.a, f.part, f.a->parts[f.part].sent.ha);
    }
    if (comp < 0)
        return;
    if (ok)
        stop_idle_timer(e, comp, AMF_TM_SET);
    else
        failed(e, comp, "CSI set");
}

static void removed(struct amf_engine *e, uint64_t invocation, bool ok)
{
    struct found f = before(e, invocation);
    int comp;

    if (!find_part(e, invocation, &f))
        return;
    comp = f.a->parts[f.part].comp;
    amf_part_drop(e, f.a, f.part);
    stop_idle_timer(e, comp, AMF_TM_REMOVE);
    if (!ok)
        failed(e, comp, "CSI remove");
}

/* Response to a QUIESCING set: success only stops the clock. */
static void quiescing_answered(struct amf_engine *e, uint64_t invocation, bool ok)
{
    struct found f = before(e, invocation);

    if (!find_part(e, invocation, &f))
        return;
    if (ok)
        amf_timer_cancel(e, AMF_TM_QUIESCE, f.a->parts[f.part].comp);
    else
        failed(e, f.a->parts[f.part].comp, "quiescing");
}

void amf_work_answered(struct amf_engine *e, uint64_t invocation, bool ok)
{
    switch (invocation >> 32) {
    case AMF_INV_CSI_SET:
        set_answered(e, invocation, ok);
        break;
    case AMF_INV_CSI_REMOVE:
        removed(e, invocation, ok);
        break;
    case AMF_INV_CSI_QUIESCING:
        quiescing_answered(e, invocation, ok);
        break;
    default:
        break;
    }
}

void amf_work_quiescing_done(struct amf_engine *e, uint64_t invocation, bool ok)
{
    struct found f = before(e, invocation);
    int comp;

    if (!find_part(e, invocation, &f) || !is_quiescing(&f.a->parts[f.part]))
        return;
    comp = f.a->parts[f.part].comp;
    if (!ok) {
        failed(e, comp, "quiescing");
        return;
    }
    confirm(e, f.a, f.part, AMF_HA_QUIESCED);
    stop_idle_timer(e, comp, AMF_TM_QUIESCE);
}

/* Removes that got no answer are taken as done. */
static void drop_removes(struct amf_engine *e, int comp)
{
    const int su = e->m->comps[comp].su;
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];

    for (size_t i = 0; i < sg->n_sis; i++) {
        struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++)
            if (a->parts[k].comp == comp && a->parts[k].pending == AMF_PEND_REMOVE)
                amf_part_drop(e, a, k);
    }
}

void amf_work_timeout(struct amf_engine *e, int comp, enum amf_timer_kind kind)
{
    static const char *const what[] = {[AMF_TM_SET] = "CSI set (no answer in time)",
                                       [AMF_TM_REMOVE] = "CSI remove (no answer in time)",
                                       [AMF_TM_QUIESCE] = "quiescing (not done in time)"};

    if (kind == AMF_TM_REMOVE)
        drop_removes(e, comp);
    failed(e, comp, what[kind]);
}
