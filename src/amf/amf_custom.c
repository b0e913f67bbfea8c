/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CUSTOM model: who is active and who stands by for an SI is the operator's word. It
 * is given once: it is carried out step by step, each with the next look, and forgotten
 * then. A standby takes over from an active that fails, as everywhere.
 */
#include "amf/amf_state.h"

static bool in_service(const struct amf_engine *e, int su)
{
    return amf_su_readiness(e, su) == AMF_READY_INSERVICE;
}

static bool is_role(const struct amf_engine *e, int su, int si, enum amf_ha role)
{
    const struct amf_asg *a = amf_asg_at(e, su, si);

    return a->role == role && !a->removing;
}

static void forget(struct amf_engine *e, int si)
{
    e->sis[si].wish_active = e->sis[si].wish_standby = -1;
}

/* ---- what may be asked for -------------------------------------------------------- */

static bool in_transit(const struct amf_engine *e, int su)
{
    const enum amf_presence p = amf_su_presence(e, su);

    return p == AMF_PRES_INSTANTIATING || p == AMF_PRES_TERMINATING ||
           p == AMF_PRES_RESTARTING;
}

/* su -1: nobody, which is fine. */
static enum amf_admin_result check_su(const struct amf_engine *e, int sg, int su)
{
    if (su >= (int)e->m->n_sus)
        return AMF_ADMIN_NOT_EXIST;
    if (su >= 0 && e->m->sus[su].sg != sg)
        return AMF_ADMIN_INVALID_ENTITY;
    if (su < 0 || in_service(e, su))
        return AMF_ADMIN_OK;
    return in_transit(e, su) ? AMF_ADMIN_TRY_AGAIN : AMF_ADMIN_BAD_OPERATION;
}

static bool could_lead(struct amf_engine *e, int su, int si)
{
    struct amf_asg *a = amf_asg_at(e, su, si);

    if (a->role == AMF_HA_STANDBY)
        return amf_asg_promotable(e, a) != AMF_NOT_PROMOTABLE;
    return a->role == AMF_HA_ACTIVE || amf_asg_fits(e, su, si, AMF_HA_ACTIVE);
}

/* Who is active now has given up its place before it gets the other one. */
static bool could_stand_by(struct amf_engine *e, int su, int si)
{
    return amf_asg_at(e, su, si)->role != AMF_HA_NONE ||
           amf_asg_fits(e, su, si, AMF_HA_STANDBY);
}

static enum amf_admin_result check(struct amf_engine *e, int sg,
                                   const struct amf_event *ev)
{
    const int si = ev->index, active = ev->active_su, standby = ev->standby_su;
    enum amf_admin_result r;

    if (e->m->sgs[sg].redundancy != AMF_RED_CUSTOM ||
        amf_si_effective(e, si) != AMF_ADMIN_UNLOCKED || (active < 0 && standby >= 0) ||
        (active >= 0 && active == standby))
        return AMF_ADMIN_BAD_OPERATION;
    r = check_su(e, sg, active);
    if (!r)
        r = check_su(e, sg, standby);
    if (r)
        return r;
    if (!e->sgs[sg].started || amf_sg_busy(e, sg, true))
        return AMF_ADMIN_TRY_AGAIN;
    if ((active >= 0 && (!amf_si_depends_met(e, si) || !could_lead(e, active, si))) ||
        (standby >= 0 && !could_stand_by(e, standby, si)))
        return AMF_ADMIN_BAD_OPERATION;
    return AMF_ADMIN_OK;
}

/* ---- step by step -------------------------------------------------------- */

/* What others have of it goes. */
static void withdraw(struct amf_engine *e, int si, int active, int standby)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sis[si].sg];

    for (size_t i = 0; i < g->n_sus; i++) {
        struct amf_asg *a = amf_asg_at(e, g->sus[i], si);

        if (a->removing || a->su == active)
            continue;
        if (a->role == AMF_HA_ACTIVE)
            amf_asg_set_role(e, a, AMF_HA_QUIESCED);
        else if (a->role == AMF_HA_STANDBY && a->su != standby)
            amf_asg_set_removing(e, a);
    }
}

static bool is_served(const struct amf_engine *e, int si)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sis[si].sg];

    for (size_t i = 0; i < g->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, g->sus[i], si);

        if (a->role != AMF_HA_NONE && a->role != AMF_HA_STANDBY && !amf_asg_quiesced(a))
            return true;
    }
    return false;
}

static bool as_wished(const struct amf_engine *e, int si, int active, int standby)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sis[si].sg];

    for (size_t i = 0; i < g->n_sus; i++) {
        const int su = g->sus[i];
        const enum amf_ha want = su == active    ? AMF_HA_ACTIVE
                                 : su == standby ? AMF_HA_STANDBY
                                                 : AMF_HA_NONE;

        if (!is_role(e, su, si, want))
            return false;
    }
    return true;
}

/* The SU is about to take over from an active that is gone: that comes first, and may
 * leave no room for more. */
static bool takes_over(struct amf_engine *e, int su)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sus[su].sg];

    for (size_t i = 0; i < g->n_sis; i++) {
        const int si = g->sis[i];

        if (is_role(e, su, si, AMF_HA_STANDBY) && !is_served(e, si) &&
            amf_si_effective(e, si) == AMF_ADMIN_UNLOCKED && amf_si_depends_met(e, si) &&
            amf_custom_may_lead(e, amf_asg_at(e, su, si)) &&
            amf_asg_promotable(e, amf_asg_at(e, su, si)) != AMF_NOT_PROMOTABLE)
            return true;
    }
    return false;
}

/* False: it has become impossible. A standby is promoted by amf_assign.c. */
static bool advance(struct amf_engine *e, int si, int active, int standby)
{
    withdraw(e, si, active, standby);
    if (amf_asg_at(e, active, si)->role == AMF_HA_NONE && !is_served(e, si) &&
        !amf_asg_place(e, active, si, AMF_HA_ACTIVE))
        return false;
    return standby < 0 || !is_role(e, active, si, AMF_HA_ACTIVE) ||
           amf_asg_at(e, standby, si)->role != AMF_HA_NONE || takes_over(e, standby) ||
           amf_asg_place(e, standby, si, AMF_HA_STANDBY);
}

static void look(struct amf_engine *e, int si)
{
    struct amf_si_state *s = &e->sis[si];

    amf_change_sg(e, e->m->sis[si].sg);
    if (s->wish_standby >= 0 && !in_service(e, s->wish_standby))
        s->wish_standby = -1;
    if (!in_service(e, s->wish_active) || amf_si_effective(e, si) != AMF_ADMIN_UNLOCKED ||
        !advance(e, si, s->wish_active, s->wish_standby)) {
        amf_note(e, "si %s: the assignment that was asked for is given up",
                 e->m->sis[si].name);
        forget(e, si);
    } else if (as_wished(e, si, s->wish_active, s->wish_standby)) {
        forget(e, si);
    }
}

/* ---- for the others ------------------------------------------------------ */

enum amf_admin_result amf_custom_request(struct amf_engine *e, const struct amf_event *ev)
{
    const int si = ev->index;
    enum amf_admin_result r;

    if (ev->kind != AMF_KIND_SI)
        return AMF_ADMIN_INVALID_ENTITY;
    if (e->m->sis[si].sg < 0)
        return AMF_ADMIN_BAD_OPERATION;
    r = check(e, e->m->sis[si].sg, ev);
    if (r)
        return r;
    if (as_wished(e, si, ev->active_su, ev->standby_su))
        return AMF_ADMIN_NO_OP;
    e->sis[si].wish_active = ev->active_su;
    e->sis[si].wish_standby = ev->standby_su;
    amf_touch_sg(e, e->m->sis[si].sg);
    if (ev->active_su < 0)
        withdraw(e, si, -1, -1);
    return AMF_ADMIN_OK;
}

void amf_custom_look(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sis; i++)
        if (e->sis[g->sis[i]].wish_active >= 0)
            look(e, g->sis[i]);
}

bool amf_custom_may_lead(const struct amf_engine *e, const struct amf_asg *a)
{
    return e->sis[a->si].wish_active < 0 || e->sis[a->si].wish_active == a->su;
}
