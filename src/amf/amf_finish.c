/* SPDX-License-Identifier: Apache-2.0 */
/* The end of administrative operations that take their time: shutdowns, force locks. */
#include "amf/amf_state.h"

static bool shutting_down(enum amf_admin a)
{
    return a == AMF_ADMIN_SHUTTINGDOWN || a == AMF_ADMIN_SHUTTINGDOWN_RESTART;
}

static bool sus_idle(const struct amf_engine *e, const struct amf_list *sus)
{
    for (size_t i = 0; i < sus->n; i++)
        if (!amf_su_idle(e, sus->at[i]))
            return false;
    return true;
}

static bool si_idle(const struct amf_engine *e, int si)
{
    const struct amf_list *sus;

    if (e->m->sis[si].sg < 0)
        return true;
    sus = &e->m->sgs[e->m->sis[si].sg].sus;
    for (size_t i = 0; i < sus->n; i++)
        if (amf_asg_at(e, sus->at[i], si)->role != AMF_HA_NONE)
            return false;
    return true;
}

static void finish_su(struct amf_engine *e, int su)
{
    const bool again = e->sus[su].admin == AMF_ADMIN_SHUTTINGDOWN_RESTART;
    const struct amf_list *comps = &e->m->sus[su].comps;

    if (!shutting_down(e->sus[su].admin) || !amf_su_idle(e, su))
        return;
    amf_admin_set(e, AMF_KIND_SU, su, again ? AMF_ADMIN_UNLOCKED : AMF_ADMIN_LOCKED_A);
    for (size_t i = 0; i < comps->n && again; i++)
        amf_comp_clean(e, comps->at[i], AMF_PRES_TERMINATING);
}

static void finish_force_lock(struct amf_engine *e, int su)
{
    struct amf_su_state *s = &e->sus[su];

    if (!s->force_locked || (s->admin == AMF_ADMIN_LOCKED_A && !amf_su_idle(e, su)))
        return;
    s->force_locked = false;
    amf_change_sg(e, e->m->sus[su].sg);
    if (s->admin == AMF_ADMIN_LOCKED_A) /* else somebody wanted it otherwise meanwhile */
        amf_admin_set(e, AMF_KIND_SU, su, AMF_ADMIN_LOCKED_I);
}

static void finish_sg(struct amf_engine *e, int sg)
{
    if (shutting_down(e->sgs[sg].admin) && sus_idle(e, &e->m->sgs[sg].sus))
        amf_admin_set(e, AMF_KIND_SG, sg, AMF_ADMIN_LOCKED_A);
}

static void finish_si(struct amf_engine *e, int si)
{
    if (shutting_down(e->sis[si].admin) && si_idle(e, si))
        amf_admin_set(e, AMF_KIND_SI, si, AMF_ADMIN_LOCKED_A);
}

/* No look goes over them, and nothing keeps them from finishing. */
static void finish_outside(struct amf_engine *e)
{
    for (size_t i = 0; i < e->m->n_sus; i++)
        if (e->m->sus[i].sg < 0) {
            finish_su(e, (int)i);
            finish_force_lock(e, (int)i);
        }
    for (size_t i = 0; i < e->m->n_sis; i++)
        if (e->m->sis[i].sg < 0)
            finish_si(e, (int)i);
}

void amf_admin_settle(struct amf_engine *e)
{
    const struct amf_looking *l = &e->looking;

    for (int i = amf_marks_next(&l->sus, 0); i >= 0; i = amf_marks_next(&l->sus, i + 1)) {
        finish_su(e, i);
        finish_force_lock(e, i);
    }
    for (size_t i = 0; i < e->m->n_nodes; i++)
        if (shutting_down(e->nodes[i].admin) && sus_idle(e, &e->m->nodes[i].sus))
            amf_admin_set(e, AMF_KIND_NODE, (int)i, AMF_ADMIN_LOCKED_A);
    for (int i = amf_marks_next(&l->sgs, 0); i >= 0; i = amf_marks_next(&l->sgs, i + 1))
        finish_sg(e, i);
    for (int i = amf_marks_next(&l->sis, 0); i >= 0; i = amf_marks_next(&l->sis, i + 1))
        finish_si(e, i);
    if (e->any_outside)
        finish_outside(e);
}
