/* SPDX-License-Identifier: Apache-2.0 */
/*
 * autoAdjust: the best-ranked SUs get the work, also when they come late.
 *
 * One change at a time, and only while nothing else goes on: the worst-ranked SU that
 * holds something which a better one could hold gives it up; once it is off, everything
 * is assigned by rank. Then the next look. Each change puts a better SU in the place of
 * a worse one, so it ends.
 */
#include "amf/amf_state.h"

/* The places that an SU can have, best first. */
enum place { PLACE_ACTIVE, PLACE_STANDBY, PLACE_IDLE };

/* Here, and only here, rank 0 is the worst. */
static bool better(const struct amf_engine *e, int a, int b)
{
    return e->m->sus[a].rank - 1 < e->m->sus[b].rank - 1;
}

static bool in_service(const struct amf_engine *e, int su)
{
    return amf_su_readiness(e, su) == AMF_READY_INSERVICE;
}

static enum place place_of(const struct amf_engine *e, int sg, int su)
{
    const enum amf_redundancy r = e->m->sgs[sg].redundancy;

    if (amf_su_idle(e, su))
        return PLACE_IDLE;
    if (r != AMF_RED_TWO_N && r != AMF_RED_M_PLUS_N)
        return PLACE_ACTIVE; /* any work is as good */
    return amf_su_count(e, su, AMF_HA_ACTIVE) ? PLACE_ACTIVE : PLACE_STANDBY;
}

static bool nothing_pending(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    if (amf_sg_busy(e, sg, true))
        return false;
    for (size_t i = g->slot; i < g->slot + g->n_slots; i++)
        if (e->asgs[i].role != AMF_HA_NONE && !amf_asg_confirmed(e, &e->asgs[i]))
            return false;
    for (size_t i = 0; i < g->n_sus; i++)
        if (amf_su_moving(e, g->sus[i]))
            return false;
    return true;
}

/* ---- may b have the place of a? -------------------------------------------- */

static bool node_is_taken(const struct amf_engine *e, int si, int a, int b)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sis[si].sg];

    for (size_t i = 0; i < g->n_sus; i++)
        if (g->sus[i] != a && g->sus[i] != b &&
            e->m->sus[g->sus[i]].node == e->m->sus[b].node &&
            amf_asg_at(e, g->sus[i], si)->role != AMF_HA_NONE)
            return true;
    return false;
}

static bool could_hold(struct amf_engine *e, int a, int b, int si)
{
    const enum amf_ha role = amf_asg_at(e, a, si)->role;

    if (!e->m->sgs[e->m->sis[si].sg].collocation && node_is_taken(e, si, a, b))
        return false;
    return amf_asg_could_fit(e, b, si, role);
}

/* Everything that is on a would fit on b, which is idle. */
static bool could_replace(struct amf_engine *e, int sg, int a, int b)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sis; i++)
        if (amf_asg_at(e, a, g->sis[i])->role != AMF_HA_NONE &&
            !could_hold(e, a, b, g->sis[i]))
            return false;
    return true;
}

/* Those that stand by for what is active on a are all better than a. */
static bool heirs_are_better(const struct amf_engine *e, int sg, int a)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sis; i++) {
        if (amf_asg_at(e, a, g->sis[i])->role != AMF_HA_ACTIVE)
            continue;
        for (size_t k = 0; k < g->n_sus; k++)
            if (amf_asg_at(e, g->sus[k], g->sis[i])->role == AMF_HA_STANDBY &&
                !better(e, g->sus[k], a))
                return false;
    }
    return true;
}

/* Some SI is on this very SU by its own wish. */
static bool is_preferred(const struct amf_engine *e, int sg, int su)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sis; i++) {
        const struct amf_list *wish = &e->m->sis[g->sis[i]].preferred;

        for (size_t k = 0; k < wish->n; k++)
            if (wish->at[k] == su && amf_asg_at(e, su, g->sis[i])->role != AMF_HA_NONE)
                return e->m->sgs[sg].loading == AMF_LOAD_BY_SI_PREFERENCE;
    }
    return false;
}

/* b, once it is in service, would be in a better place with what a has. */
static bool takes_over(struct amf_engine *e, int sg, int a, int b)
{
    if (!better(e, b, a) || place_of(e, sg, b) <= place_of(e, sg, a))
        return false;
    return place_of(e, sg, b) == PLACE_IDLE ? could_replace(e, sg, a, b)
                                            : amf_su_stands_by_for(e, b, a);
}

static bool may_give_up(const struct amf_engine *e, int sg, int a)
{
    return !amf_su_idle(e, a) && !is_preferred(e, sg, a) && heirs_are_better(e, sg, a);
}

/* When a is to give its place up; AMF_NEVER: it may keep it. */
static int64_t gives_up_at(struct amf_engine *e, int sg, int a)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    int64_t at = AMF_NEVER;

    for (size_t i = 0; i < g->n_sus && may_give_up(e, sg, a); i++)
        if (in_service(e, g->sus[i]) && e->sus[g->sus[i]].probation_ms < at &&
            takes_over(e, sg, a, g->sus[i]))
            at = e->sus[g->sus[i]].probation_ms;
    return at;
}

/* ---- what is done ---------------------------------------------------------- */

static void give_up(struct amf_engine *e, int sg, int su)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    e->sgs[sg].adjusting = true;
    amf_note(e, "sg %s adjusts: su %s gives up its place", e->m->sgs[sg].name,
             e->m->sus[su].name);
    for (size_t i = 0; i < g->n_sis; i++) {
        struct amf_asg *a = amf_asg_at(e, su, g->sis[i]);

        if (a->role == AMF_HA_ACTIVE)
            amf_asg_set_role(e, a, AMF_HA_QUIESCED);
        else if (a->role == AMF_HA_STANDBY)
            amf_asg_set_removing(e, a);
    }
}

/* The worst of those that are to give up; -1: none now, *next says when. */
static int worst(struct amf_engine *e, int sg, int64_t *next)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    int found = -1;

    *next = AMF_NEVER;
    for (size_t i = 0; i < g->n_sus; i++) {
        const int64_t at = gives_up_at(e, sg, g->sus[i]);

        if (at > e->now_ms)
            *next = at < *next ? at : *next;
        else if (found < 0 || better(e, found, g->sus[i]))
            found = g->sus[i];
    }
    return found;
}

static bool could_be_started(const struct amf_engine *e, int su)
{
    return !e->sus[su].wanted && amf_su_eligible(e, su) &&
           amf_su_effective(e, su) == AMF_ADMIN_UNLOCKED &&
           e->sus[su].probation_ms <= e->now_ms;
}

/* An SU that does not run although a worse one has work: it is started as well. */
static bool start_better(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = 0; i < g->n_sus; i++)
        for (size_t k = 0; k < g->n_sus && could_be_started(e, g->sus[i]); k++)
            if (may_give_up(e, sg, g->sus[k]) &&
                takes_over(e, sg, g->sus[k], g->sus[i])) {
                e->sus[g->sus[i]].wanted = true;
                amf_touch_sg(e, sg);
                return true;
            }
    return false;
}

/* What runs beyond the wish, because a better one was started, ends. */
static void end_surplus(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    uint32_t running = 0;
    int idle = -1;

    for (size_t i = 0; i < g->n_sus; i++) {
        if (!e->sus[g->sus[i]].wanted || !in_service(e, g->sus[i]))
            continue;
        running++;
        if (amf_su_idle(e, g->sus[i]) && (idle < 0 || better(e, idle, g->sus[i])))
            idle = g->sus[i];
    }
    if (running <= e->m->sgs[sg].pref_inservice || idle < 0)
        return;
    e->sus[idle].wanted = false;
    amf_touch_sg(e, sg);
}

static void look_again(struct amf_engine *e, int sg, int64_t at_ms)
{
    if (e->sgs[sg].adjust_due_ms == AMF_NEVER)
        amf_timer_arm(e, AMF_TM_ADJUST, sg, at_ms - e->now_ms);
}

/* Nothing that was taken off an SU for a better one is on its way out any more. */
bool amf_adjust_may_assign(const struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    for (size_t i = g->slot; i < g->slot + g->n_slots && g->adjusting; i++)
        if (e->asgs[i].role != AMF_HA_NONE && amf_asg_leaving(&e->asgs[i]) &&
            in_service(e, e->asgs[i].su) &&
            amf_si_effective(e, e->asgs[i].si) == AMF_ADMIN_UNLOCKED)
            return false;
    return true;
}

static void stop(struct amf_engine *e, int sg)
{
    if (e->sgs[sg].adjusting) /* what waited for that may be assigned now */
        amf_touch_sg(e, sg);
    e->sgs[sg].adjusting = false;
    amf_timer_cancel(e, AMF_TM_ADJUST, sg);
}

void amf_adjust_look(struct amf_engine *e, int sg)
{
    struct amf_sg_state *g = &e->sgs[sg];
    int64_t next;
    int su;

    if (!g->auto_adjust || !g->started || g->admin != AMF_ADMIN_UNLOCKED ||
        e->m->sgs[sg].redundancy == AMF_RED_CUSTOM) {
        stop(e, sg);
        return;
    }
    if (e->dirty || !nothing_pending(e, sg)) /* each answer brings the next look */
        return;
    if (g->adjusting) { /* the next change waits for its turn */
        g->adjusting = false;
        look_again(e, sg, e->now_ms + AMF_ADJUST_RETRY_MS);
    }
    if (g->adjust_due_ms != AMF_NEVER && g->adjust_due_ms > e->now_ms)
        return;
    su = worst(e, sg, &next);
    if (su >= 0)
        give_up(e, sg, su);
    else if (next != AMF_NEVER)
        look_again(e, sg, next);
    else if (!start_better(e, sg))
        end_surplus(e, sg);
}
