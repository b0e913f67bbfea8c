/* SPDX-License-Identifier: Apache-2.0 */
/* Which SU is to take an SI; one rule for each redundancy model. */
#include "amf/amf_state.h"

uint32_t amf_su_count(const struct amf_engine *e, int su, enum amf_ha role)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];
    uint32_t n = 0;

    for (size_t i = 0; i < sg->n_sis; i++) {
        const struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        if (a->role == role && !a->removing)
            n++;
    }
    return n;
}

uint32_t amf_si_count(const struct amf_engine *e, int si, enum amf_ha role)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sis[si].sg];
    uint32_t n = 0;

    for (size_t i = 0; i < sg->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, sg->sus[i], si);

        if (a->role == role && !a->removing)
            n++;
    }
    return n;
}

uint32_t amf_place_wanted_active(const struct amf_engine *e, int si)
{
    const struct amf_sg *sg = &e->m->sgs[e->m->sis[si].sg];

    switch (sg->redundancy) {
    case AMF_RED_N_WAY_ACTIVE:
        return sg->pref_active_per_si;
    case AMF_RED_NONE:
    case AMF_RED_CUSTOM: /* by the operator alone */
        return 0;
    default:
        return 1;
    }
}

/* 2N always has its one standby; M+N too, and more where the SI asks for more. */
uint32_t amf_place_wanted_standby(const struct amf_engine *e, int si)
{
    const struct amf_sg *sg = &e->m->sgs[e->m->sis[si].sg];
    const uint32_t asked = e->m->sis[si].n_standby;

    switch (sg->redundancy) {
    case AMF_RED_TWO_N:
        return sg->pref_standby ? 1 : 0;
    case AMF_RED_M_PLUS_N:
        return sg->pref_standby == 0 ? 0 : asked ? asked : 1;
    case AMF_RED_N_WAY:
        return asked;
    default:
        return 0;
    }
}

static bool in_service(const struct amf_engine *e, int su)
{
    return amf_su_readiness(e, su) == AMF_READY_INSERVICE;
}

/* a goes before b: rank, then who came into service first. Where a group adjusts
 * itself, rank 0 is the last. */
static bool before(const struct amf_engine *e, int a, int b)
{
    const uint32_t first = e->sgs[e->m->sus[a].sg].auto_adjust ? 1 : 0;
    const uint32_t rank_a = e->m->sus[a].rank - first;
    const uint32_t rank_b = e->m->sus[b].rank - first;

    if (rank_a != rank_b)
        return rank_a < rank_b;
    return e->sus[a].order < e->sus[b].order;
}

static bool has_room_beside(const struct amf_engine *e, int su, int si)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sis[si].sg];

    if (e->m->sgs[e->m->sis[si].sg].collocation)
        return true;
    for (size_t i = 0; i < sg->n_sus; i++)
        if (sg->sus[i] != su && amf_asg_at(e, sg->sus[i], si)->role != AMF_HA_NONE &&
            e->m->sus[sg->sus[i]].node == e->m->sus[su].node)
            return false;
    return true;
}

/* The best of the SUs without any assignment; -1: none fits. */
static int spare(struct amf_engine *e, int sg, int si, enum amf_ha role)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    int best = -1;

    for (size_t i = 0; i < g->n_sus; i++) {
        const int su = g->sus[i];

        if (in_service(e, su) && amf_su_idle(e, su) && has_room_beside(e, su, si) &&
            (best < 0 || before(e, su, best)) && amf_asg_fits(e, su, si, role))
            best = su;
    }
    return best;
}

/* ---- 2N -------------------------------------------------------------------------- */

/* The SU with the work, be it that some SI is just leaving it. */
static int two_n_active_su(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    int leaving = -1;

    for (size_t i = 0; i < g->n_sus; i++) {
        if (amf_su_count(e, g->sus[i], AMF_HA_ACTIVE))
            return g->sus[i];
        if (in_service(e, g->sus[i]) && (amf_su_count(e, g->sus[i], AMF_HA_QUIESCED) ||
                                         amf_su_count(e, g->sus[i], AMF_HA_QUIESCING)))
            leaving = g->sus[i];
    }
    return leaving;
}

static int two_n_standby_su(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sus; i++)
        if (amf_su_count(e, g->sus[i], AMF_HA_STANDBY))
            return g->sus[i];
    return -1;
}

static bool anyone_quiescing(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = g->slot; i < g->slot + g->n_slots; i++)
        if (e->asgs[i].role == AMF_HA_QUIESCED || e->asgs[i].role == AMF_HA_QUIESCING)
            if (!amf_asg_quiesced(&e->asgs[i]))
                return true;
    return false;
}

static int two_n_active(struct amf_engine *e, int sg, int si)
{
    const int su = two_n_active_su(e, sg);

    if (su >= 0)
        return in_service(e, su) && amf_asg_fits(e, su, si, AMF_HA_ACTIVE) ? su : -1;
    if (anyone_quiescing(e, sg) || two_n_standby_su(e, sg) >= 0)
        return -1;
    return spare(e, sg, si, AMF_HA_ACTIVE);
}

static int two_n_standby(struct amf_engine *e, int sg, int si)
{
    const int su = two_n_standby_su(e, sg);

    if (su < 0)
        return spare(e, sg, si, AMF_HA_STANDBY);
    return in_service(e, su) && has_room_beside(e, su, si) &&
                   amf_asg_fits(e, su, si, AMF_HA_STANDBY)
               ? su
               : -1;
}

/* ---- limits of the others ---------------------------------------------------------- */

static uint32_t usable_sus(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    uint32_t n = 0;

    for (size_t i = 0; i < g->n_sus; i++)
        if (in_service(e, g->sus[i]))
            n++;
    return n;
}

static uint32_t at_least_one(uint32_t n)
{
    return n ? n : 1;
}

static uint32_t m_plus_n_standby_limit(const struct amf_engine *e, int sg)
{
    const struct amf_sg *m = &e->m->sgs[sg];

    return m->beta ? m->pref_standby * m->beta / 100 : m->pref_standby;
}

static uint32_t m_plus_n_active_limit(const struct amf_engine *e, int sg)
{
    const struct amf_sg *m = &e->m->sgs[sg];
    const uint32_t usable = usable_sus(e, sg), standby = m_plus_n_standby_limit(e, sg);

    if (m->beta && usable <= m->pref_active)
        return at_least_one(usable > standby ? usable - standby : 0);
    if (usable < m->pref_active + m->pref_standby)
        return at_least_one(m->pref_active * m->alpha / 100);
    return m->pref_active;
}

/* How many SUs may have that role; N-way: any role. */
uint32_t amf_place_limit(const struct amf_engine *e, int sg, enum amf_ha role)
{
    switch (e->m->sgs[sg].redundancy) {
    case AMF_RED_NO_REDUNDANCY:
        return UINT32_MAX;
    case AMF_RED_M_PLUS_N:
        return role == AMF_HA_ACTIVE ? m_plus_n_active_limit(e, sg)
                                     : m_plus_n_standby_limit(e, sg);
    default:
        return e->m->sgs[sg].pref_assigned;
    }
}

/* It has active work, or will as soon as what is in the way of it has gone. */
static bool becomes_active(struct amf_engine *e, int su)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sus[su].sg];

    if (amf_su_count(e, su, AMF_HA_ACTIVE))
        return true;
    for (size_t i = 0; i < g->n_sis; i++)
        if (amf_asg_at(e, su, g->sis[i])->role == AMF_HA_STANDBY &&
            amf_si_heir(e, g->sis[i]) == su)
            return true;
    return false;
}

static bool counts_for(struct amf_engine *e, int sg, int su, enum amf_ha role)
{
    if (e->m->sgs[sg].redundancy != AMF_RED_M_PLUS_N)
        return !amf_su_idle(e, su);
    return role == AMF_HA_ACTIVE ? becomes_active(e, su) : amf_su_count(e, su, role) > 0;
}

bool amf_place_may_take_spare(struct amf_engine *e, int sg, enum amf_ha role)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    uint32_t n = 0;

    for (size_t i = 0; i < g->n_sus; i++)
        n += counts_for(e, sg, g->sus[i], role);
    return n < amf_place_limit(e, sg, role);
}

/* ---- load ---------------------------------------------------------------- */

static bool may_share(const struct amf_engine *e, int sg, int su, enum amf_ha role)
{
    const struct amf_sg *m = &e->m->sgs[sg];
    const uint32_t active = amf_su_count(e, su, AMF_HA_ACTIVE);
    const uint32_t standby = amf_su_count(e, su, AMF_HA_STANDBY);

    if (m->redundancy == AMF_RED_NO_REDUNDANCY || amf_su_idle(e, su) ||
        amf_su_clearing(e, su))
        return false;
    if (role == AMF_HA_ACTIVE ? active >= m->max_active_sis
                              : standby >= m->max_standby_sis)
        return false;
    if (m->redundancy == AMF_RED_M_PLUS_N)
        return role == AMF_HA_ACTIVE ? active && !standby : standby && !active;
    return true;
}

/* The least loaded of the SUs that have work already; -1: none has room. */
static int least_loaded(struct amf_engine *e, int sg, int si, enum amf_ha role)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    uint32_t load = 0;
    int best = -1;

    for (size_t i = 0; i < g->n_sus; i++) {
        const int su = g->sus[i];
        const uint32_t n = amf_su_count(e, su, role);

        if (!in_service(e, su) || !may_share(e, sg, su, role) ||
            !has_room_beside(e, su, si))
            continue;
        if ((best < 0 || n < load || (n == load && before(e, su, best))) &&
            amf_asg_fits(e, su, si, role)) {
            best = su;
            load = n;
        }
    }
    return best;
}

static int preferred(struct amf_engine *e, int sg, int si, enum amf_ha role)
{
    const struct amf_list *list = &e->m->sis[si].preferred;

    for (size_t i = 0; i < list->n; i++) {
        const int su = list->at[i];

        if (e->m->sus[su].sg != sg || !in_service(e, su) || !has_room_beside(e, su, si))
            continue;
        if ((amf_su_idle(e, su) ? amf_place_may_take_spare(e, sg, role)
                                : may_share(e, sg, su, role)) &&
            amf_asg_fits(e, su, si, role))
            return su;
    }
    return -1;
}

static int by_strategy(struct amf_engine *e, int sg, int si, enum amf_ha role)
{
    const enum amf_loading loading = e->m->sgs[sg].loading;
    int su = -1;

    if (loading == AMF_LOAD_BY_SI_PREFERENCE)
        su = preferred(e, sg, si, role);
    if (su < 0 && loading == AMF_LOAD_LEAST_SU_ASSIGNED)
        su = least_loaded(e, sg, si, role);
    if (su < 0 && amf_place_may_take_spare(e, sg, role))
        su = spare(e, sg, si, role);
    return su >= 0 ? su : least_loaded(e, sg, si, role);
}

int amf_place_active(struct amf_engine *e, int sg, int si)
{
    if (e->m->sgs[sg].redundancy == AMF_RED_TWO_N)
        return two_n_active(e, sg, si);
    return by_strategy(e, sg, si, AMF_HA_ACTIVE);
}

/* ---- standbys of M+N and N-way ------------------------------------------- */

bool amf_su_stands_by_for(const struct amf_engine *e, int su, int active_su)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sus[su].sg];

    for (size_t i = 0; i < g->n_sis; i++)
        if (amf_asg_at(e, su, g->sis[i])->role == AMF_HA_STANDBY &&
            amf_asg_at(e, active_su, g->sis[i])->role == AMF_HA_ACTIVE)
            return true;
    return false;
}

static int active_su_of(const struct amf_engine *e, int sg, int si)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sus; i++)
        if (amf_asg_at(e, g->sus[i], si)->role == AMF_HA_ACTIVE)
            return g->sus[i];
    return -1;
}

static int companion(struct amf_engine *e, int sg, int si)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const int active = active_su_of(e, sg, si);

    for (size_t i = 0; i < g->n_sus && active >= 0; i++) {
        const int su = g->sus[i];

        if (in_service(e, su) && su != active && amf_su_stands_by_for(e, su, active) &&
            may_share(e, sg, su, AMF_HA_STANDBY) && has_room_beside(e, su, si) &&
            amf_asg_fits(e, su, si, AMF_HA_STANDBY))
            return su;
    }
    return -1;
}

int amf_place_standby(struct amf_engine *e, int sg, int si)
{
    int su;

    if (e->m->sgs[sg].redundancy == AMF_RED_TWO_N)
        return two_n_standby(e, sg, si);
    su = e->sgs[sg].adjusting ? -1 : companion(e, sg, si);
    return su >= 0 ? su : by_strategy(e, sg, si, AMF_HA_STANDBY);
}
