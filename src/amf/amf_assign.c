/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work of one service group: who has to give something up, who takes over, who
 * gets what is free. Each look changes roles only; amf_issue.c carries them out.
 */
#include "amf/amf_state.h"

static bool in_service(const struct amf_engine *e, int su)
{
    return amf_su_readiness(e, su) == AMF_READY_INSERVICE;
}

static struct amf_asg *first_slot(const struct amf_engine *e,
                                  const struct amf_sg_state *g)
{
    return e->asgs + g->slot;
}

static struct amf_asg *last_slot(const struct amf_engine *e, const struct amf_sg_state *g)
{
    return e->asgs + g->slot + g->n_slots; /* one behind it */
}

/* ---- which SUs run ---------------------------------------------------------------- */

static bool counts_as_running(const struct amf_engine *e, int su)
{
    return e->sus[su].wanted && amf_su_effective(e, su) != AMF_ADMIN_LOCKED_A;
}

static void set_wanted(struct amf_engine *e, int su, bool wanted)
{
    if (e->sus[su].wanted == wanted)
        return;
    e->sus[su].wanted = wanted;
    amf_touch_su(e, su);
}

static void start_waiting(struct amf_engine *e, int sg)
{
    struct amf_sg_state *g = &e->sgs[sg];

    if (g->started || g->start_due_ms != AMF_NEVER)
        return;
    if (e->m->sgs[sg].restart_ms == 0)
        g->started = true;
    else
        amf_timer_arm(e, AMF_TM_START, sg, e->m->sgs[sg].restart_ms);
}

void amf_sg_choose_running(struct amf_engine *e, int sg)
{
    struct amf_sg_state *g = &e->sgs[sg];
    uint32_t n = 0;

    for (size_t i = 0; i < g->n_sus; i++) {
        if (!amf_su_eligible(e, g->sus[i]))
            set_wanted(e, g->sus[i], false);
        if (counts_as_running(e, g->sus[i]))
            n++;
    }
    for (size_t i = 0; i < g->n_sus && n < e->m->sgs[sg].pref_inservice; i++) {
        if (e->sus[g->sus[i]].wanted || !amf_su_eligible(e, g->sus[i]))
            continue;
        set_wanted(e, g->sus[i], true);
        start_waiting(e, sg);
        if (counts_as_running(e, g->sus[i]))
            n++;
    }
    if (g->admin == AMF_ADMIN_LOCKED_I && (g->started || g->start_due_ms != AMF_NEVER)) {
        g->started = false;
        amf_timer_cancel(e, AMF_TM_START, sg);
    }
}

/* ---- who has to go ------------------------------------------------------- */

enum leave { STAY, GRACEFULLY, NOW };

static enum leave must_leave(const struct amf_engine *e, const struct amf_asg *a)
{
    const enum amf_readiness r = amf_su_readiness(e, a->su);
    const enum amf_admin si = amf_si_effective(e, a->si);
    const bool si_stops =
        si == AMF_ADMIN_SHUTTINGDOWN || si == AMF_ADMIN_SHUTTINGDOWN_RESTART;

    if (r == AMF_READY_OUTOFSERVICE || (si != AMF_ADMIN_UNLOCKED && !si_stops))
        return NOW;
    return r == AMF_READY_STOPPING || si_stops ? GRACEFULLY : STAY;
}

/* Nothing of it was ever active: no need to quiesce. */
static bool only_standby(const struct amf_asg *a)
{
    for (size_t k = 0; k < a->n_parts; k++)
        if (a->parts[k].comp >= 0 &&
            (a->parts[k].pending || a->parts[k].lost || a->parts[k].ha == AMF_HA_ACTIVE))
            return false;
    return true;
}

static bool complete(const struct amf_asg *a)
{
    for (size_t k = 0; k < a->n_parts; k++)
        if (a->parts[k].comp < 0)
            return false;
    return true;
}

/* A shutdown was taken back: it keeps its work, unless part of that is gone already,
 * somebody else has taken it, or other work has taken its place. */
static void take_back(struct amf_engine *e, struct amf_asg *a)
{
    bool keep = complete(a) &&
                amf_si_count(e, a->si, AMF_HA_ACTIVE) < amf_place_wanted_active(e, a->si);

    a->role = AMF_HA_ACTIVE;
    keep = keep && !amf_su_overloaded(e, a->su);
    amf_asg_set_role(e, a, keep ? AMF_HA_ACTIVE : AMF_HA_QUIESCED);
}

static bool has_active_part(const struct amf_asg *a)
{
    for (size_t k = 0; k < a->n_parts; k++)
        if (a->parts[k].comp >= 0 && a->parts[k].ha == AMF_HA_ACTIVE)
            return true;
    return false;
}

static void give_up_standby(struct amf_engine *e, struct amf_asg *a)
{
    if (!has_active_part(a)) {
        amf_asg_set_removing(e, a);
        return;
    }
    amf_asg_set_role(e, a, AMF_HA_QUIESCED); /* a swap has not got that far */
    a->swap = true;
}

static void leave_if_due(struct amf_engine *e, struct amf_asg *a)
{
    const enum leave how = must_leave(e, a);

    if (a->removing)
        return;
    if (a->role == AMF_HA_ACTIVE && how != STAY && only_standby(a))
        amf_asg_set_role(e, a, AMF_HA_STANDBY);
    if (a->role == AMF_HA_STANDBY && how != STAY)
        give_up_standby(e, a);
    else if (a->role == AMF_HA_ACTIVE && how != STAY)
        amf_asg_set_role(e, a, how == NOW ? AMF_HA_QUIESCED : AMF_HA_QUIESCING);
    else if (a->role == AMF_HA_QUIESCING && how == NOW)
        amf_asg_set_role(e, a, AMF_HA_QUIESCED);
    else if (a->role == AMF_HA_QUIESCING && how == STAY)
        take_back(e, a);
}

static void leave_where_due(struct amf_engine *e, const struct amf_sg_state *g)
{
    for (struct amf_asg *a = first_slot(e, g); a < last_slot(e, g); a++) {
        if (a->role == AMF_HA_NONE)
            continue;
        leave_if_due(e, a);
        amf_asg_prune(e, a);
        if (a->swap && amf_asg_confirmed(e, a)) {
            a->swap = false;
            amf_touch_su(e, a->su);
        }
    }
}

static bool still_working(const struct amf_asg *a)
{
    return (a->role == AMF_HA_QUIESCED || a->role == AMF_HA_QUIESCING) &&
           !amf_asg_quiesced(a);
}

/* An SU that goes out of service gives up all its work before another takes any. */
static bool su_still_working(const struct amf_engine *e, int su)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sus[su].sg];

    for (size_t i = 0; i < g->n_sis; i++)
        if (still_working(amf_asg_at(e, su, g->sis[i])))
            return true;
    return false;
}

static bool si_still_served(const struct amf_engine *e, const struct amf_sg_state *g,
                            int si)
{
    for (size_t i = 0; i < g->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, g->sus[i], si);

        if (a->role != AMF_HA_QUIESCED && a->role != AMF_HA_QUIESCING)
            continue;
        if (in_service(e, a->su) ? still_working(a) : su_still_working(e, a->su))
            return true;
    }
    return false;
}

static bool sg_still_served(const struct amf_engine *e, const struct amf_sg_state *g)
{
    for (struct amf_asg *a = first_slot(e, g); a < last_slot(e, g); a++)
        if (!in_service(e, a->su) && still_working(a))
            return true;
    return false;
}

/* ---- who takes over ------------------------------------------------------ */

static bool may_be_promoted(const struct amf_engine *e, const struct amf_asg *a)
{
    return a->role == AMF_HA_STANDBY && !a->removing && in_service(e, a->su) &&
           amf_custom_may_lead(e, a) && amf_si_effective(e, a->si) == AMF_ADMIN_UNLOCKED;
}

static bool orphaned(const struct amf_engine *e, const struct amf_sg_state *g, int si)
{
    return amf_si_count(e, si, AMF_HA_ACTIVE) == 0 && !si_still_served(e, g, si);
}

/* What first's SU stands by for goes, unless it can be promoted along with first; that
 * is marked as tentative. */
static void clear_standbys(struct amf_engine *e, const struct amf_sg_state *g,
                           struct amf_asg *first)
{
    for (size_t i = 0; i < g->n_sis; i++) {
        struct amf_asg *a = amf_asg_at(e, first->su, g->sis[i]);

        if (a == first || a->role != AMF_HA_STANDBY || a->removing)
            continue;
        if (orphaned(e, g, a->si) && amf_asg_promotable(e, a) != AMF_NOT_PROMOTABLE) {
            a->role = AMF_HA_ACTIVE;
            a->tentative = true;
        } else {
            give_up_standby(e, a);
        }
    }
}

/* All of them or, while something has still to go, none. */
static void promote_tentative(struct amf_engine *e, const struct amf_sg_state *g, int su)
{
    const bool now = !amf_su_clearing(e, su);

    for (size_t i = 0; i < g->n_sis; i++) {
        struct amf_asg *a = amf_asg_at(e, su, g->sis[i]);

        if (!a->tentative)
            continue;
        a->tentative = false;
        a->role = AMF_HA_STANDBY;
        if (now)
            amf_asg_set_role(e, a, AMF_HA_ACTIVE);
    }
}

static void two_n_promote(struct amf_engine *e, const struct amf_sg_state *g)
{
    for (struct amf_asg *a = first_slot(e, g); a < last_slot(e, g); a++)
        if (a->role == AMF_HA_ACTIVE || (in_service(e, a->su) && still_working(a)))
            return;
    if (sg_still_served(e, g))
        return;
    for (struct amf_asg *a = first_slot(e, g); a < last_slot(e, g); a++) {
        if (!may_be_promoted(e, a))
            continue;
        if (amf_asg_promotable(e, a) == AMF_NOT_PROMOTABLE)
            give_up_standby(e, a);
        else
            amf_asg_set_role(e, a, AMF_HA_ACTIVE);
    }
}

/* The standby with the lowest rank; NULL: none can take it. */
static struct amf_asg *best_standby(struct amf_engine *e, const struct amf_sg_state *g,
                                    int si)
{
    struct amf_asg *best = NULL;

    for (size_t i = 0; i < g->n_sus; i++) {
        struct amf_asg *a = amf_asg_at(e, g->sus[i], si);

        if (may_be_promoted(e, a) && amf_asg_promotable(e, a) != AMF_NOT_PROMOTABLE &&
            (!best || a->parts[0].sent.standby_rank < best->parts[0].sent.standby_rank))
            best = a;
    }
    return best;
}

/* The SU that is to take si over as soon as that can be; -1: none. */
int amf_si_heir(struct amf_engine *e, int si)
{
    const struct amf_asg *a = amf_si_count(e, si, AMF_HA_ACTIVE)
                                  ? NULL
                                  : best_standby(e, &e->sgs[e->m->sis[si].sg], si);

    return a ? a->su : -1;
}

static void promote_one(struct amf_engine *e, const struct amf_sg_state *g, int sg,
                        int si)
{
    struct amf_asg *a;
    bool alone;

    if (!orphaned(e, g, si))
        return;
    a = best_standby(e, g, si);
    if (!a)
        return;
    alone = e->m->sgs[sg].redundancy == AMF_RED_M_PLUS_N ||
            amf_asg_promotable(e, a) == AMF_PROMOTABLE_ALONE;
    a->role = AMF_HA_ACTIVE;
    a->tentative = true;
    if (alone)
        clear_standbys(e, g, a);
    promote_tentative(e, g, a->su);
}

static void promote_where_due(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    if (e->m->sgs[sg].redundancy == AMF_RED_TWO_N) {
        two_n_promote(e, g);
        return;
    }
    for (size_t i = 0; i < g->n_sis; i++)
        promote_one(e, g, sg, g->sis[i]);
}

/* ---- the quiesced go when somebody took over, or nobody will ------------- */

static bool takeover_unconfirmed(const struct amf_engine *e, const struct amf_sg_state *g,
                                 int si)
{
    for (size_t i = 0; i < g->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, g->sus[i], si);

        if (a->role == AMF_HA_ACTIVE && !amf_asg_confirmed(e, a))
            return !amf_si_depends_unserved(e, si); /* else it waits for others */
    }
    return false;
}

static bool may_retire(struct amf_engine *e, int sg, const struct amf_asg *a)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    if (!amf_asg_quiesced(a))
        return false;
    if (amf_si_effective(e, a->si) != AMF_ADMIN_UNLOCKED)
        return true;
    if (!in_service(e, a->su) && su_still_working(e, a->su))
        return false;
    if (amf_si_count(e, a->si, AMF_HA_ACTIVE) == 0 && best_standby(e, g, a->si))
        return false;
    return !(g->has_depends && takeover_unconfirmed(e, g, a->si));
}

static void retire_quiesced(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (struct amf_asg *a = first_slot(e, g); a < last_slot(e, g); a++) {
        if ((a->role != AMF_HA_QUIESCED && a->role != AMF_HA_QUIESCING) || a->removing)
            continue;
        if (may_retire(e, sg, a))
            amf_asg_set_removing(e, a);
    }
}

/* ---- who gets what is free ----------------------------------------------- */

static bool is_swapping(const struct amf_engine *e, const struct amf_sg_state *g, int su)
{
    for (size_t i = 0; i < g->n_sis; i++)
        if (amf_asg_at(e, su, g->sis[i])->swap)
            return true;
    return false;
}

/* Give up the standbys of the worst standby SU, so that it can become active. */
static void reduce(struct amf_engine *e, int sg, int si)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = g->n_sus; i-- > 0;) {
        const int su = g->sus[i];

        if (!in_service(e, su) || amf_su_count(e, su, AMF_HA_ACTIVE) ||
            !amf_su_count(e, su, AMF_HA_STANDBY) || is_swapping(e, g, su) ||
            !amf_asg_could_fit(e, su, si, AMF_HA_ACTIVE))
            continue;
        for (size_t k = 0; k < g->n_sis; k++)
            if (amf_asg_at(e, su, g->sis[k])->role == AMF_HA_STANDBY)
                amf_asg_set_removing(e, amf_asg_at(e, su, g->sis[k]));
        return;
    }
}

static uint32_t active_sus(const struct amf_engine *e, const struct amf_sg_state *g)
{
    uint32_t n = 0;

    for (size_t i = 0; i < g->n_sus; i++)
        if (amf_su_count(e, g->sus[i], AMF_HA_ACTIVE))
            n++;
    return n;
}

/* The group may have one more active SU: without that, what is given up would only be
 * assigned as standby again. */
static bool room_for_active(struct amf_engine *e, int sg)
{
    if (e->m->sgs[sg].redundancy == AMF_RED_M_PLUS_N)
        return amf_place_may_take_spare(e, sg, AMF_HA_ACTIVE);
    return e->m->sgs[sg].redundancy == AMF_RED_N_WAY &&
           active_sus(e, &e->sgs[sg]) < e->m->sgs[sg].pref_active;
}

static bool removal_under_way(const struct amf_engine *e, const struct amf_sg_state *g)
{
    for (struct amf_asg *a = first_slot(e, g); a < last_slot(e, g); a++)
        if (a->removing)
            return true;
    return false;
}

static void find_active(struct amf_engine *e, int sg, int si)
{
    const struct amf_sg *m = &e->m->sgs[sg];
    const struct amf_sg_state *g = &e->sgs[sg];

    while (amf_si_count(e, si, AMF_HA_ACTIVE) < amf_place_wanted_active(e, si)) {
        const int su = amf_place_active(e, sg, si);

        if (su >= 0 && amf_asg_place(e, su, si, AMF_HA_ACTIVE))
            continue;
        if (m->reduction && room_for_active(e, sg) && !removal_under_way(e, g))
            reduce(e, sg, si);
        return;
    }
}

static void assign_actives(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sis; i++) {
        const int si = g->sis[i];

        if (amf_si_effective(e, si) != AMF_ADMIN_UNLOCKED || !amf_si_depends_met(e, si))
            continue;
        if (e->m->sgs[sg].redundancy != AMF_RED_N_WAY_ACTIVE &&
            (!orphaned(e, g, si) || best_standby(e, g, si)))
            continue;
        find_active(e, sg, si);
    }
}

static void assign_standbys(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sis; i++) {
        const int si = g->sis[i];

        if (amf_si_effective(e, si) != AMF_ADMIN_UNLOCKED ||
            amf_si_count(e, si, AMF_HA_ACTIVE) == 0)
            continue;
        while (amf_si_count(e, si, AMF_HA_STANDBY) < amf_place_wanted_standby(e, si)) {
            const int su = amf_place_standby(e, sg, si);

            if (su < 0 || !amf_asg_place(e, su, si, AMF_HA_STANDBY))
                break;
        }
    }
}

/* ---- all of it ----------------------------------------------------------- */

static bool is_outstanding(const struct amf_part *p, bool count_quiescing)
{
    if (p->comp < 0 || !p->pending)
        return false;
    return count_quiescing || p->pending == AMF_PEND_REMOVE ||
           p->sent.ha != AMF_HA_QUIESCING;
}

bool amf_sg_busy(const struct amf_engine *e, int sg, bool count_quiescing)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    if (g->swap_to >= 0)
        return true;
    for (struct amf_asg *a = first_slot(e, g); a < last_slot(e, g); a++)
        for (size_t k = 0; k < a->n_parts; k++)
            if (is_outstanding(&a->parts[k], count_quiescing))
                return true;
    return false;
}

void amf_sg_evaluate(struct amf_engine *e, int sg)
{
    struct amf_sg_state *g = &e->sgs[sg];

    leave_where_due(e, g);
    amf_custom_look(e, sg);
    amf_swap_if_ready(e, sg);
    promote_where_due(e, sg);
    retire_quiesced(e, sg);
    if (g->started && g->swap_to < 0 && amf_adjust_may_assign(e, sg)) {
        assign_actives(e, sg);
        assign_standbys(e, sg);
    }
    amf_issue(e, sg);
    amf_adjust_look(e, sg);
}
