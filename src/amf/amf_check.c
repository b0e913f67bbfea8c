/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold between steps. Two things look like breaches and are none: in a swap
 * the old active keeps ACTIVE until it has answered, while its role is STANDBY
 * already; and a component whose death is being made sure of still has its CSIs.
 */
#include "amf/amf_state.h"

#include <stdarg.h>
#include <stdio.h>

const char *amf_broken(struct amf_engine *e, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(e->broken, sizeof(e->broken), format, ap);
    va_end(ap);
    return e->broken;
}

static bool one_active(const struct amf_engine *e, int sg)
{
    return e->m->sgs[sg].redundancy != AMF_RED_N_WAY_ACTIVE;
}

/* ---- one assignment ------------------------------------------------------ */

static const char *check_part(struct amf_engine *e, const struct amf_asg *a, size_t k)
{
    const struct amf_part *p = &a->parts[k];
    const struct amf_comp_state *c;

    if (p->comp < 0)
        return NULL;
    c = &e->comps[p->comp];
    if (e->m->comps[p->comp].su != a->su)
        return amf_broken(e, "si %s: component %s is not in su %s", e->m->sis[a->si].name,
                          e->m->comps[p->comp].name, e->m->sus[a->su].name);
    if (p->pending && !c->unsure && !amf_comp_ready(e, p->comp) &&
        !e->nodes[e->m->sus[a->su].node].reset_sent)
        return amf_broken(e, "comp %s has an order pending but takes none",
                          e->m->comps[p->comp].name);
    if (p->pending && p->lost)
        return amf_broken(e, "comp %s: lost and pending", e->m->comps[p->comp].name);
    if (!c->alive && !c->unsure && amf_comp_down(e, p->comp) && p->ha != AMF_HA_NONE &&
        e->sus[a->su].wanted && !p->lost)
        return amf_broken(e, "comp %s is dead and has a CSI", e->m->comps[p->comp].name);
    return NULL;
}

static const char *check_asg(struct amf_engine *e, const struct amf_asg *a)
{
    bool any = false;

    for (size_t k = 0; k < a->n_parts; k++) {
        const char *text = check_part(e, a, k);

        if (text)
            return text;
        any = any || a->parts[k].comp >= 0;
    }
    if (any != (a->role != AMF_HA_NONE) || a->ignored || a->tentative)
        return amf_broken(e, "si %s on su %s: role %s, parts %d", e->m->sis[a->si].name,
                          e->m->sus[a->su].name, amf_ha_name(a->role), any);
    if (amf_asg_leaving(a) || a->role == AMF_HA_NONE)
        return NULL;
    for (size_t k = 0; k < a->n_parts; k++)
        if (a->parts[k].comp < 0)
            return amf_broken(e, "si %s is in part on su %s", e->m->sis[a->si].name,
                              e->m->sus[a->su].name);
    if (amf_su_readiness(e, a->su) != AMF_READY_INSERVICE)
        return amf_broken(e, "si %s stays on su %s, which is out of service",
                          e->m->sis[a->si].name, e->m->sus[a->su].name);
    return NULL;
}

/* ---- one SI -------------------------------------------------------------- */

static bool works(const struct amf_asg *a)
{
    if (a->role == AMF_HA_STANDBY || a->role == AMF_HA_NONE || a->removing)
        return false;
    if (a->swap && a->role == AMF_HA_QUIESCED)
        return false;
    return a->role == AMF_HA_ACTIVE || !amf_asg_quiesced(a);
}

static const char *check_si(struct amf_engine *e, int si)
{
    const struct amf_sg_state *g;
    uint32_t n = 0;

    if (e->m->sis[si].sg < 0)
        return NULL;
    g = &e->sgs[e->m->sis[si].sg];
    for (size_t i = 0; i < g->n_sus; i++)
        if (works(amf_asg_at(e, g->sus[i], si)))
            n++;
    if (n > 1 && one_active(e, e->m->sis[si].sg))
        return amf_broken(e, "si %s is active on %u SUs", e->m->sis[si].name, n);
    if (n > amf_place_wanted_active(e, si) && !one_active(e, e->m->sis[si].sg) &&
        amf_si_count(e, si, AMF_HA_ACTIVE) > amf_place_wanted_active(e, si))
        return amf_broken(e, "si %s has more actives than wanted", e->m->sis[si].name);
    return NULL;
}

/* 2N: one SU with the work, one standby, none both. */
static const char *check_two_n(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    uint32_t active = 0, standby = 0;

    if (e->m->sgs[sg].redundancy != AMF_RED_TWO_N)
        return NULL;
    for (size_t i = 0; i < g->n_sus; i++) {
        const bool a = amf_su_count(e, g->sus[i], AMF_HA_ACTIVE) > 0;
        const bool s = amf_su_count(e, g->sus[i], AMF_HA_STANDBY) > 0;

        if (a && s)
            return amf_broken(e, "su %s is active and standby",
                              e->m->sus[g->sus[i]].name);
        active += a;
        standby += s;
    }
    if (active > 1 || standby > 1)
        return amf_broken(e, "sg %s has %u active and %u standby SUs", e->m->sgs[sg].name,
                          active, standby);
    return NULL;
}

/* ---- one component ------------------------------------------------------- */

static const char *check_capacity(struct amf_engine *e, int comp)
{
    const struct amf_comp *c = &e->m->comps[comp];
    const struct amf_sg_state *g = &e->sgs[e->m->sus[c->su].sg];
    uint32_t active = 0, standby = 0;

    for (size_t i = 0; i < g->n_sis; i++) {
        const struct amf_asg *a = amf_asg_at(e, c->su, g->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++)
            if (a->parts[k].comp == comp && !a->removing)
                ++*(amf_asg_stands_by(a) ? &standby : &active);
    }
    if (active > c->max_active_csis || standby > c->max_standby_csis)
        return amf_broken(e, "comp %s: %u active and %u standby CSIs are too many",
                          c->name, active, standby);
    if (active && standby && c->capability != AMF_CAP_X_ACTIVE_AND_Y_STANDBY)
        return amf_broken(e, "comp %s is active and standby", c->name);
    return NULL;
}

static const char *check_comp(struct amf_engine *e, int comp)
{
    const struct amf_comp_state *c = &e->comps[comp];
    const bool waits = c->op == AMF_COMP_LAUNCHING || c->op == AMF_COMP_DELAYED ||
                       c->op == AMF_COMP_TERMINATING || c->op == AMF_COMP_CLEANING;

    if (e->m->comps[comp].su < 0 || e->m->sus[e->m->comps[comp].su].sg < 0)
        return NULL;
    if (c->op == AMF_COMP_CLEAN_DUE && !c->unsure &&
        !e->nodes[e->m->sus[e->m->comps[comp].su].node].reset_sent)
        return amf_broken(e, "comp %s: not killed yet", e->m->comps[comp].name);
    if (waits != (c->due_ms[AMF_TM_LIFE] != AMF_NEVER))
        return amf_broken(e, "comp %s: operation %d, timer %s", e->m->comps[comp].name,
                          c->op, waits ? "missing" : "left over");
    if (amf_work_pending(e, comp, AMF_PEND_REMOVE) !=
        (c->due_ms[AMF_TM_REMOVE] != AMF_NEVER))
        return amf_broken(e, "comp %s: removes and their timer differ",
                          e->m->comps[comp].name);
    if (!amf_work_pending(e, comp, AMF_PEND_SET) &&
        (c->due_ms[AMF_TM_SET] != AMF_NEVER || c->due_ms[AMF_TM_QUIESCE] != AMF_NEVER))
        return amf_broken(e, "comp %s: timer of a set left over", e->m->comps[comp].name);
    if (c->presence == AMF_PRES_INSTANTIATED && c->op == AMF_COMP_IDLE && !c->alive)
        return amf_broken(e, "comp %s is instantiated and dead", e->m->comps[comp].name);
    return check_capacity(e, comp);
}

/* ---- one group ----------------------------------------------------------- */

static const char *check_comps(struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;
    const char *text = NULL;

    for (size_t i = 0; i < comps->n && !text; i++)
        text = check_comp(e, comps->at[i]);
    return text;
}

static const char *check_group(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const char *text = NULL;

    for (size_t i = g->slot; i < g->slot + g->n_slots && !text; i++)
        text = check_asg(e, &e->asgs[i]);
    for (size_t i = 0; i < g->n_sis && !text; i++)
        text = check_si(e, g->sis[i]);
    if (!text)
        text = check_two_n(e, sg);
    if (!text)
        text = amf_check_limits(e, sg);
    for (size_t i = 0; i < g->n_sus && !text; i++)
        text = check_comps(e, g->sus[i]);
    return text;
}

/* ---- when all is quiet, all is assigned ---------------------------------- */

static bool group_quiet(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sus; i++)
        if (amf_su_moving(e, g->sus[i]))
            return false;
    return !amf_sg_busy(e, sg, true);
}

/* Nor is anything under way that it sees. */
static bool family_quiet(const struct amf_engine *e, int sg)
{
    int i = sg;

    do {
        if (!group_quiet(e, i))
            return false;
        i = e->sgs[i].relative;
    } while (i != sg);
    return true;
}

static bool nodes_quiet(const struct amf_engine *e)
{
    for (size_t i = 0; i < e->m->n_nodes; i++)
        if (e->nodes[i].leaving != AMF_REC_NONE)
            return false;
    return true;
}

static const char *check_settled(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = g->slot; i < g->slot + g->n_slots; i++) {
        const struct amf_asg *a = &e->asgs[i];

        if (a->role != AMF_HA_NONE && amf_asg_leaving(a))
            return amf_broken(e, "si %s does not get off su %s", e->m->sis[a->si].name,
                              e->m->sus[a->su].name);
    }
    return amf_check_assigned(e, sg);
}

/* Of the groups in e->unchecked; settled: also that nothing is left to be assigned. */
static const char *check(struct amf_engine *e, bool settled)
{
    const struct amf_marks *sgs = &e->unchecked;
    const bool quiet = settled && nodes_quiet(e);
    const char *text = NULL;

    if (e->dirty)
        return amf_broken(e, "the last step did not come to rest");
    for (int i = amf_marks_next(sgs, 0); i >= 0 && !text;
         i = amf_marks_next(sgs, i + 1)) {
        text = check_group(e, i);
        if (!text && quiet && family_quiet(e, i))
            text = check_settled(e, i);
    }
    amf_marks_clear(&e->unchecked);
    return text;
}

static void mark_all(struct amf_engine *e)
{
    for (size_t i = 0; i < e->m->n_sgs; i++)
        amf_marks_add(&e->unchecked, (int)i);
}

const char *amf_engine_check_touched(struct amf_engine *e)
{
    return check(e, true);
}

const char *amf_engine_check(struct amf_engine *e)
{
    mark_all(e);
    return check(e, true);
}

const char *amf_engine_check_state(struct amf_engine *e)
{
    mark_all(e);
    return check(e, false);
}
