/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each redundancy model promises: that its limits hold always, and that nothing is
 * left unassigned when all is quiet. Written from the model, not from amf_place.c.
 */
#include "amf/amf_state.h"

/* What an SU and its group have, as far as the rules ask for it. */
struct load {
    uint32_t active, standby;         /* SIs of the SU */
    uint32_t active_sus, standby_sus; /* of the group, this SU aside */
    uint32_t assigned_sus;
};

static bool in_service(const struct amf_engine *e, int su)
{
    return amf_su_readiness(e, su) == AMF_READY_INSERVICE;
}

static struct load load_of(const struct amf_engine *e, int sg, int su)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    struct load l = {0, 0, 0, 0, 0};

    for (size_t i = 0; i < g->n_sus; i++) {
        const uint32_t active = amf_su_count(e, g->sus[i], AMF_HA_ACTIVE);
        const uint32_t standby = amf_su_count(e, g->sus[i], AMF_HA_STANDBY);

        if (g->sus[i] == su) {
            l.active = active;
            l.standby = standby;
            continue;
        }
        l.active_sus += active > 0;
        l.standby_sus += standby > 0;
        l.assigned_sus += !amf_su_idle(e, g->sus[i]);
    }
    return l;
}

static bool node_has(const struct amf_engine *e, int su, int si)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sis[si].sg];

    for (size_t i = 0; i < g->n_sus; i++)
        if (e->m->sus[g->sus[i]].node == e->m->sus[su].node &&
            amf_asg_at(e, g->sus[i], si)->role != AMF_HA_NONE)
            return true;
    return false;
}

static bool has_room(struct amf_engine *e, int sg, int su, int si, enum amf_ha role)
{
    return (e->m->sgs[sg].collocation || !node_has(e, su, si)) &&
           amf_asg_fits(e, su, si, role);
}

static bool promotable(struct amf_engine *e, int sg, int su, int si, const struct load *l)
{
    const struct amf_sg *m = &e->m->sgs[sg];

    if (m->redundancy != AMF_RED_TWO_N && l->active >= m->max_active_sis)
        return false;
    return amf_asg_promotable(e, amf_asg_at(e, su, si)) != AMF_NOT_PROMOTABLE;
}

static bool could_be_active(struct amf_engine *e, int sg, int su, int si)
{
    const struct amf_sg *m = &e->m->sgs[sg];
    const struct load l = load_of(e, sg, su);

    if (amf_asg_at(e, su, si)->role == AMF_HA_STANDBY)
        return promotable(e, sg, su, si, &l);
    if (!has_room(e, sg, su, si, AMF_HA_ACTIVE))
        return false;
    switch (m->redundancy) {
    case AMF_RED_NO_REDUNDANCY:
        return l.active == 0;
    case AMF_RED_TWO_N:
        return l.standby == 0 && l.active_sus == 0;
    case AMF_RED_M_PLUS_N:
        return l.standby == 0 &&
               (l.active ? l.active < m->max_active_sis
                         : l.active_sus < amf_place_limit(e, sg, AMF_HA_ACTIVE));
    default:
        return l.active || l.standby ? l.active < m->max_active_sis
                                     : l.assigned_sus < m->pref_assigned;
    }
}

static bool could_stand_by(struct amf_engine *e, int sg, int su, int si)
{
    const struct amf_sg *m = &e->m->sgs[sg];
    const struct load l = load_of(e, sg, su);

    if (!has_room(e, sg, su, si, AMF_HA_STANDBY))
        return false;
    switch (m->redundancy) {
    case AMF_RED_TWO_N:
        return l.active == 0 && l.standby_sus == 0;
    case AMF_RED_M_PLUS_N:
        return l.active == 0 &&
               (l.standby ? l.standby < m->max_standby_sis
                          : l.standby_sus < amf_place_limit(e, sg, AMF_HA_STANDBY));
    case AMF_RED_N_WAY:
        return l.active || l.standby ? l.standby < m->max_standby_sis
                                     : l.assigned_sus < m->pref_assigned;
    default:
        return false;
    }
}

static const char *check_si(struct amf_engine *e, int sg, int si)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const uint32_t active = amf_si_count(e, si, AMF_HA_ACTIVE);
    const uint32_t standby = amf_si_count(e, si, AMF_HA_STANDBY);

    for (size_t i = 0; i < g->n_sus; i++) {
        const int su = g->sus[i];

        if (!in_service(e, su) || amf_asg_at(e, su, si)->role == AMF_HA_ACTIVE)
            continue;
        if (active < amf_place_wanted_active(e, si) && could_be_active(e, sg, su, si))
            return amf_broken(e, "si %s could be active on %s and is not",
                              e->m->sis[si].name, e->m->sus[su].name);
        if (active && standby < amf_place_wanted_standby(e, si) &&
            could_stand_by(e, sg, su, si))
            return amf_broken(e, "si %s could have a standby on %s and has not",
                              e->m->sis[si].name, e->m->sus[su].name);
    }
    return NULL;
}

/* ---- ranks ----------------------------------------------------------------- */

/* Where a group tells actives from standbys, being active counts for more. */
static int worth(const struct amf_engine *e, int sg, int su)
{
    const enum amf_redundancy r = e->m->sgs[sg].redundancy;

    if (amf_su_idle(e, su))
        return 0;
    if (r != AMF_RED_TWO_N && r != AMF_RED_M_PLUS_N)
        return 1;
    return amf_su_count(e, su, AMF_HA_ACTIVE) ? 2 : 1;
}

/* What a has, b could have: it stands by for all of it, or is idle and has room. One that
 * stands by for others would first have to hand them over. */
static bool could_have(struct amf_engine *e, int sg, int a, int b)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const bool idle = worth(e, sg, b) == 0;

    for (size_t i = 0; i < g->n_sis; i++) {
        const enum amf_ha role = amf_asg_at(e, a, g->sis[i])->role;

        if (role != AMF_HA_NONE &&
            !(idle ? amf_asg_could_fit(e, b, g->sis[i], role)
                   : amf_asg_at(e, b, g->sis[i])->role == AMF_HA_STANDBY))
            return false;
    }
    return true;
}

/* Rank 0 is the last. */
static bool is_better(const struct amf_engine *e, int a, int b)
{
    return e->m->sus[a].rank - 1 < e->m->sus[b].rank - 1;
}

/* With autoAdjust, and no look at the layout to come: nobody has a place that one of a
 * better rank could have. */
static const char *check_ranks(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sus; i++)
        for (size_t k = 0; k < g->n_sus; k++) {
            const int a = g->sus[i], b = g->sus[k];

            if (in_service(e, a) && in_service(e, b) && is_better(e, b, a) &&
                worth(e, sg, a) > worth(e, sg, b) && could_have(e, sg, a, b))
                return amf_broken(e, "su %s has a place that %s could have",
                                  e->m->sus[a].name, e->m->sus[b].name);
        }
    return NULL;
}

/* Some may wait for an SI in another group, or for a proxy. */
static bool all_confirmed(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = g->slot; i < g->slot + g->n_slots; i++)
        if (e->asgs[i].role != AMF_HA_NONE && !amf_asg_confirmed(e, &e->asgs[i]))
            return false;
    return true;
}

static bool has_adjusted(const struct amf_engine *e, int sg)
{
    const struct amf_sg *m = &e->m->sgs[sg];

    return all_confirmed(e, sg) && e->sgs[sg].auto_adjust &&
           e->sgs[sg].adjust_due_ms == AMF_NEVER &&
           e->sgs[sg].admin == AMF_ADMIN_UNLOCKED && m->collocation &&
           m->loading != AMF_LOAD_BY_SI_PREFERENCE && m->redundancy != AMF_RED_CUSTOM;
}

const char *amf_check_assigned(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const char *text = NULL;

    for (size_t i = 0; i < g->n_sis && g->started && !text; i++)
        if (amf_si_effective(e, g->sis[i]) == AMF_ADMIN_UNLOCKED &&
            amf_si_depends_met(e, g->sis[i]) && e->m->sis[g->sis[i]].csis.n)
            text = check_si(e, sg, g->sis[i]);
    return text || !g->started || !has_adjusted(e, sg) ? text : check_ranks(e, sg);
}

/* ---- limits ---------------------------------------------------------------- */

static const char *check_su(struct amf_engine *e, int sg, int su)
{
    const struct amf_sg *m = &e->m->sgs[sg];
    const struct load l = load_of(e, sg, su);

    if (l.active > m->max_active_sis || l.standby > m->max_standby_sis)
        return amf_broken(e, "su %s has %u active and %u standby SIs, more than it may",
                          e->m->sus[su].name, l.active, l.standby);
    if (m->redundancy == AMF_RED_NO_REDUNDANCY && l.active > 1)
        return amf_broken(e, "su %s has %u SIs without redundancy", e->m->sus[su].name,
                          l.active);
    if (m->redundancy == AMF_RED_M_PLUS_N && l.active && l.standby)
        return amf_broken(e, "su %s is active and standby in M+N", e->m->sus[su].name);
    return NULL;
}

/* How many standbys an SI has, and how many SUs have work, never exceeds the wish. */
static const char *check_counts(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const struct amf_sg *m = &e->m->sgs[sg];
    const struct load l = load_of(e, sg, -1);

    for (size_t i = 0; i < g->n_sis; i++)
        if (amf_si_count(e, g->sis[i], AMF_HA_STANDBY) >
            amf_place_wanted_standby(e, g->sis[i]))
            return amf_broken(e, "si %s has too many standbys",
                              e->m->sis[g->sis[i]].name);
    if (m->redundancy == AMF_RED_M_PLUS_N &&
        (l.active_sus > m->pref_active || l.standby_sus > m->pref_standby))
        return amf_broken(e, "sg %s has %u active and %u standby SUs", m->name,
                          l.active_sus, l.standby_sus);
    if ((m->redundancy == AMF_RED_N_WAY || m->redundancy == AMF_RED_N_WAY_ACTIVE) &&
        l.assigned_sus > m->pref_assigned)
        return amf_broken(e, "sg %s has %u SUs with work", m->name, l.assigned_sus);
    return NULL;
}

const char *amf_check_limits(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const char *text = NULL;

    if (e->m->sgs[sg].redundancy == AMF_RED_TWO_N ||
        e->m->sgs[sg].redundancy == AMF_RED_CUSTOM)
        return NULL;
    for (size_t i = 0; i < g->n_sus && !text; i++)
        text = check_su(e, sg, g->sus[i]);
    return text ? text : check_counts(e, sg);
}
