/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets and removes that the roles ask for: compares what each part has with what
 * its assignment wants, and orders the difference.
 */
#include "amf/amf_state.h"

/* The order within one look: first what makes room, then new actives, then
 * standbys, then removes. */
enum pass { PASS_QUIESCE, PASS_ACTIVE, PASS_STANDBY, PASS_REMOVE, PASSES };

static void order_set(struct amf_engine *e, const struct amf_csi_set *s)
{
    struct amf_action *o = amf_order(e, AMF_DO_CSI_SET, s->comp);

    o->set = *s;
    o->invocation = s->invocation;
    o->proxy = e->comps[s->comp].proxy;
    if (s->ha == AMF_HA_QUIESCING)
        amf_timer_arm(e, AMF_TM_QUIESCE, s->comp,
                      e->m->comps[s->comp].quiescing_complete_ms);
    else
        amf_timer_arm(e, AMF_TM_SET, s->comp, e->m->comps[s->comp].csi_set_ms);
}

static void order_remove(struct amf_engine *e, const struct amf_csi_set *s)
{
    struct amf_action *o = amf_order(e, AMF_DO_CSI_REMOVE, s->comp);

    o->set = *s;
    o->invocation = s->invocation;
    o->proxy = e->comps[s->comp].proxy;
    amf_timer_arm(e, AMF_TM_REMOVE, s->comp, e->m->comps[s->comp].csi_remove_ms);
}

static void set_pending(struct amf_engine *e, struct amf_part *p,
                        const struct amf_csi_set *s)
{
    p->pending = AMF_PEND_SET;
    p->lost = false;
    p->sent = *s;
    amf_touch_comp(e, s->comp);
}

static struct amf_csi_set new_set(struct amf_engine *e, int comp, int csi, enum amf_ha ha,
                                  uint32_t flags)
{
    const uint32_t klass =
        ha == AMF_HA_QUIESCING ? AMF_INV_CSI_QUIESCING : AMF_INV_CSI_SET;

    return (struct amf_csi_set){.comp = comp,
                                .csi = csi,
                                .ha = ha,
                                .flags = flags,
                                .active_comp = -1,
                                .with_attrs = (flags & AMF_CSI_ADD_ONE) != 0,
                                .invocation = amf_invocation(e, klass, comp)};
}

static void send(struct amf_engine *e, struct amf_part *p, const struct amf_csi_set *s)
{
    set_pending(e, p, s);
    order_set(e, s);
}

/* ---- active --------------------------------------------------------------------- */

static void describe_promotion(const struct amf_engine *e, struct amf_csi_set *s, int csi,
                               bool swap)
{
    const struct amf_csi_state *c = &e->csis[csi];
    const int former = c->former;

    s->active_comp = former;
    s->transition = AMF_TR_NOT_QUIESCED;
    if (former >= 0 && !swap && c->quiesced &&
        e->comps[former].oper == AMF_OPER_ENABLED &&
        e->nodes[e->m->sus[e->m->comps[former].su].node].oper == AMF_OPER_ENABLED)
        s->transition = AMF_TR_QUIESCED;
}

static bool is_promotion(const struct amf_asg *a, const struct amf_part *p)
{
    return a->role == AMF_HA_ACTIVE && !p->pending && !p->lost && p->ha == AMF_HA_STANDBY;
}

/* TARGET_ALL speaks of everything that the component has: all of it must be waiting
 * for just that. */
static bool all_promoted(const struct amf_engine *e, int comp)
{
    const int su = e->m->comps[comp].su;
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];

    for (size_t i = 0; i < sg->n_sis; i++) {
        const struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++) {
            const struct amf_part *p = &a->parts[k];

            if (p->comp == comp && !is_promotion(a, p) &&
                (p->pending || p->ha || p->lost))
                return false;
        }
    }
    return true;
}

static void promote_all(struct amf_engine *e, int comp, int first_csi)
{
    const int su = e->m->comps[comp].su;
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];
    struct amf_csi_set s = new_set(e, comp, -1, AMF_HA_ACTIVE, AMF_CSI_TARGET_ALL);

    describe_promotion(e, &s, first_csi, false);
    for (size_t i = 0; i < sg->n_sis; i++) {
        struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++)
            if (a->parts[k].comp == comp && is_promotion(a, &a->parts[k]))
                set_pending(e, &a->parts[k], &s);
    }
    order_set(e, &s);
}

static void promote(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    const int sg = e->m->sis[a->si].sg, csi = amf_asg_csi(e, a, part);
    struct amf_part *p = &a->parts[part];
    struct amf_csi_set s;

    if (e->m->sgs[sg].redundancy == AMF_RED_TWO_N && !e->sgs[sg].has_depends &&
        !a->swap) {
        if (all_promoted(e, p->comp))
            promote_all(e, p->comp, csi);
        return;
    }
    s = new_set(e, p->comp, csi, AMF_HA_ACTIVE, AMF_CSI_TARGET_ONE);
    describe_promotion(e, &s, csi, a->swap);
    send(e, p, &s);
}

static void activate(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];
    const uint32_t again = p->lost ? AMF_CSI_TARGET_ONE : 0;
    struct amf_csi_set s = new_set(e, p->comp, amf_asg_csi(e, a, part), AMF_HA_ACTIVE,
                                   AMF_CSI_ADD_ONE | again);

    s.transition = AMF_TR_NEW_ASSIGN;
    s.active_comp = p->comp;
    send(e, p, &s);
}

/* A shutdown that was taken back: it keeps what it has. */
static void reactivate(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];
    struct amf_csi_set s =
        new_set(e, p->comp, amf_asg_csi(e, a, part), AMF_HA_ACTIVE, AMF_CSI_TARGET_ONE);

    s.transition = p->ha == AMF_HA_QUIESCED ? AMF_TR_QUIESCED : AMF_TR_NOT_QUIESCED;
    s.active_comp = p->comp;
    send(e, p, &s);
}

/* Active, and not on its way to standby; if that process is gone for good, it is not. */
static bool holds_on(const struct amf_engine *e, const struct amf_part *p)
{
    if (p->comp < 0 || p->ha != AMF_HA_ACTIVE)
        return false;
    if (p->lost) /* given back only to a new process */
        return e->comps[p->comp].alive && !amf_comp_ready(e, p->comp);
    return p->pending != AMF_PEND_SET || p->sent.ha != AMF_HA_STANDBY;
}

/* In a swap the other one's answer is not awaited, but it has to be told first; with
 * dependencies its turn may come late, and its SU may fail meanwhile. */
static bool other_holds_on(const struct amf_engine *e, const struct amf_asg *self,
                           size_t part)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sis[self->si].sg];

    for (size_t i = 0; i < sg->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, sg->sus[i], self->si);

        if (a != self && holds_on(e, &a->parts[part]))
            return true;
    }
    return false;
}

static bool has_to_wait(const struct amf_engine *e, const struct amf_asg *a, size_t part)
{
    return !amf_si_depends_met(e, a->si) || (a->swap && other_holds_on(e, a, part));
}

static void want_active(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];

    if (p->pending == AMF_PEND_SET && p->sent.ha == AMF_HA_QUIESCING) {
        p->pending = AMF_PEND_NONE;
        amf_timer_cancel(e, AMF_TM_QUIESCE, p->comp);
        reactivate(e, a, part);
    } else if (p->pending) {
        return;
    } else if (p->ha == AMF_HA_NONE || p->ha == AMF_HA_STANDBY) {
        if (has_to_wait(e, a, part))
            return;
        if (p->lost || p->ha == AMF_HA_NONE)
            activate(e, a, part);
        else
            promote(e, a, part);
    } else if (p->lost) {
        activate(e, a, part);
    } else if (p->ha != AMF_HA_ACTIVE) {
        reactivate(e, a, part);
    }
}

/* ---- standby -------------------------------------------------------------------- */

/* Standbys that are listed for the CSI; one that a swap promotes still counts. */
static uint32_t standbys_listed(const struct amf_engine *e, const struct amf_asg *self,
                                size_t part)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sis[self->si].sg];
    uint32_t n = 0;

    for (size_t i = 0; i < sg->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, sg->sus[i], self->si);
        const struct amf_part *p = &a->parts[part];

        if (a == self || p->comp < 0 || a->removing)
            continue;
        if ((a->role == AMF_HA_STANDBY &&
             (p->ha == AMF_HA_STANDBY || p->pending || p->lost)) ||
            (a->swap && a->role == AMF_HA_ACTIVE && p->ha == AMF_HA_STANDBY))
            n++;
    }
    return n;
}

static void want_standby(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];
    struct amf_csi_set s;

    if (p->pending || (p->ha == AMF_HA_STANDBY && !p->lost))
        return;
    s = new_set(e, p->comp, amf_asg_csi(e, a, part), AMF_HA_STANDBY,
                p->lost ? AMF_CSI_ADD_ONE | AMF_CSI_TARGET_ONE : AMF_CSI_ADD_ONE);
    s.active_comp = amf_csi_active(e, a->su, a->si, part);
    s.standby_rank = 1 + standbys_listed(e, a, part);
    send(e, p, &s);
}

/* ---- leaving -------------------------------------------------------------------- */

static void want_quiesced(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];
    struct amf_csi_set s;

    if (p->ha != AMF_HA_ACTIVE) /* not yet; an answer may still make it active */
        return;
    if (p->pending == AMF_PEND_SET && p->sent.ha == AMF_HA_QUIESCING &&
        a->role == AMF_HA_QUIESCED) {
        p->pending = AMF_PEND_NONE; /* patience is over */
        amf_timer_cancel(e, AMF_TM_QUIESCE, p->comp);
    }
    if (p->pending)
        return;
    s = new_set(e, p->comp, amf_asg_csi(e, a, part), a->role, AMF_CSI_TARGET_ONE);
    send(e, p, &s);
}

static void want_removed(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];
    struct amf_csi_set s = {.comp = p->comp,
                            .csi = amf_asg_csi(e, a, part),
                            .flags = AMF_CSI_TARGET_ONE,
                            .active_comp = -1};

    if (p->pending || p->lost || p->ha == AMF_HA_NONE) /* a new process never had it */
        return;
    s.invocation = amf_invocation(e, AMF_INV_CSI_REMOVE, p->comp);
    p->pending = AMF_PEND_REMOVE;
    p->sent = s;
    amf_touch_su(e, a->su);
    order_remove(e, &s);
}

/* ---- all of it ------------------------------------------------------------------ */

/* Those it depends on have confirmed the same role. */
static bool depends_met(const struct amf_engine *e, const struct amf_asg *a, size_t part)
{
    const struct amf_list *csis = &e->m->sis[a->si].csis;
    const struct amf_list *needs = &e->m->csis[csis->at[part]].depends;

    for (size_t i = 0; i < needs->n; i++)
        for (size_t k = 0; k < a->n_parts; k++) {
            const struct amf_part *p = &a->parts[k];

            if (csis->at[k] == needs->at[i] && p->comp >= 0 && k != part &&
                (p->pending || p->lost || p->ha != a->role))
                return false;
        }
    return true;
}

/* A process without callbacks works from its start to its end. */
static void confirm_silently(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];

    if (a->role != AMF_HA_ACTIVE || (p->ha == AMF_HA_ACTIVE && !p->lost))
        return;
    p->lost = false;
    p->ha = AMF_HA_ACTIVE;
    e->csis[amf_asg_csi(e, a, part)].former = p->comp;
    e->csis[amf_asg_csi(e, a, part)].quiesced = false;
    amf_pg_change(e, p->comp, amf_asg_csi(e, a, part), AMF_HA_ACTIVE, AMF_PGC_ADDED);
    amf_touch_su(e, a->su);
}

static enum pass pass_of(const struct amf_asg *a, const struct amf_part *p)
{
    if (a->removing)
        return PASS_REMOVE;
    if (a->role == AMF_HA_ACTIVE)
        return PASS_ACTIVE;
    if (a->role == AMF_HA_STANDBY && p->ha != AMF_HA_ACTIVE)
        return PASS_STANDBY;
    return PASS_QUIESCE; /* also the old active of a swap */
}

/* A proxied one through its proxy, which may be about to be killed. */
static bool can_be_told(const struct amf_engine *e, int comp)
{
    const int proxy = e->comps[comp].proxy;

    return amf_comp_ready(e, comp) &&
           (!amf_comp_proxied(e, comp) || (proxy >= 0 && amf_comp_ready(e, proxy)));
}

static void issue_part(struct amf_engine *e, struct amf_asg *a, size_t part,
                       enum pass pass)
{
    struct amf_part *p = &a->parts[part];

    if (p->comp < 0 || pass_of(a, p) != pass || !can_be_told(e, p->comp))
        return;
    if (!amf_comp_has_callbacks(e, p->comp)) {
        confirm_silently(e, a, part);
        return;
    }
    if (pass == PASS_REMOVE)
        want_removed(e, a, part);
    else if (a->role == AMF_HA_QUIESCED || a->role == AMF_HA_QUIESCING)
        want_quiesced(e, a, part);
    else if (!depends_met(e, a, part))
        return;
    else if (a->role == AMF_HA_ACTIVE)
        want_active(e, a, part);
    else
        want_standby(e, a, part);
}

void amf_issue(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (int pass = 0; pass < PASSES; pass++)
        for (size_t i = g->slot; i < g->slot + g->n_slots; i++)
            for (size_t k = 0; k < e->asgs[i].n_parts; k++)
                issue_part(e, &e->asgs[i], k, (enum pass)pass);
}

/* ---- after a load ---------------------------------------------------------------- */

static const struct amf_sg_state *sg_of(const struct amf_engine *e, int comp)
{
    return &e->sgs[e->m->sus[e->m->comps[comp].su].sg];
}

/* Parts that wait for the same invocation get the same new one. */
static void reissue(struct amf_engine *e, uint64_t old, struct amf_csi_set *s)
{
    const struct amf_sg_state *g = sg_of(e, s->comp);

    s->invocation = amf_invocation(e, (uint32_t)(old >> 32), s->comp);
    for (size_t i = g->slot; i < g->slot + g->n_slots; i++)
        for (size_t k = 0; k < e->asgs[i].n_parts; k++) {
            struct amf_part *p = &e->asgs[i].parts[k];

            if (p->comp >= 0 && p->pending && p->sent.invocation == old)
                p->sent.invocation = s->invocation;
        }
    if (old >> 32 == AMF_INV_CSI_REMOVE)
        order_remove(e, s);
    else
        order_set(e, s);
}

void amf_reissue(struct amf_engine *e, int comp)
{
    const struct amf_sg_state *g = sg_of(e, comp);
    const uint32_t first_new = e->key + 1;

    for (size_t i = g->slot; i < g->slot + g->n_slots; i++)
        for (size_t k = 0; k < e->asgs[i].n_parts; k++) {
            const struct amf_part *p = &e->asgs[i].parts[k];
            struct amf_csi_set s = p->sent;

            if (p->comp == comp && p->pending && (uint32_t)s.invocation < first_new)
                reissue(e, s.invocation, &s);
        }
}
