/* SPDX-License-Identifier: Apache-2.0 */
/* SI swap: two SUs exchange all that one is active and the other standby for. */
#include "amf/amf_state.h"

static bool in_service(const struct amf_engine *e, int su)
{
    return amf_su_readiness(e, su) == AMF_READY_INSERVICE;
}

void amf_swap_start(struct amf_engine *e, int sg, int from, int to)
{
    struct amf_sg_state *g = &e->sgs[sg];

    g->swap_from = from;
    g->swap_to = to;
    amf_touch_sg(e, sg);
    for (size_t i = 0; i < g->n_sis && e->m->sgs[sg].redundancy == AMF_RED_M_PLUS_N;
         i++) {
        struct amf_asg *a = amf_asg_at(e, to, g->sis[i]);

        if (a->role == AMF_HA_STANDBY &&
            amf_asg_at(e, from, g->sis[i])->role != AMF_HA_ACTIVE)
            amf_asg_set_removing(e, a);
    }
}

static bool is_exchanged(const struct amf_asg *old, const struct amf_asg *new)
{
    return old->role == AMF_HA_ACTIVE && new->role == AMF_HA_STANDBY && !new->removing;
}

/* Does each have room for what the other has? Tries it. */
bool amf_swap_fits(struct amf_engine *e, int sg, int from, int to)
{
    const struct amf_sg_state *g = &e->sgs[sg];
    const bool rest_goes = e->m->sgs[sg].redundancy == AMF_RED_M_PLUS_N;
    bool fits;

    for (size_t i = 0; i < g->n_sis; i++) {
        struct amf_asg *old = amf_asg_at(e, from, g->sis[i]);
        struct amf_asg *new = amf_asg_at(e, to, g->sis[i]);

        if (is_exchanged(old, new)) {
            old->role = AMF_HA_STANDBY;
            new->role = AMF_HA_ACTIVE;
            old->tentative = new->tentative = true;
        } else if (rest_goes && new->role == AMF_HA_STANDBY) {
            new->ignored = true;
        }
    }
    fits = !amf_su_overloaded(e, from) && !amf_su_overloaded(e, to);
    for (size_t i = 0; i < g->n_sis; i++) {
        struct amf_asg *old = amf_asg_at(e, from, g->sis[i]);
        struct amf_asg *new = amf_asg_at(e, to, g->sis[i]);

        if (old->tentative) {
            old->role = AMF_HA_ACTIVE;
            new->role = AMF_HA_STANDBY;
        }
        old->tentative = new->tentative = new->ignored = false;
    }
    return fits;
}

static void exchange(struct amf_engine *e, struct amf_asg *old, struct amf_asg *new)
{
    amf_asg_set_role(e, old, AMF_HA_STANDBY);
    amf_asg_set_role(e, new, AMF_HA_ACTIVE);
    old->swap = new->swap = true;
}

/* When the removes are through; not at all when one of the two went away meanwhile. */
void amf_swap_if_ready(struct amf_engine *e, int sg)
{
    struct amf_sg_state *g = &e->sgs[sg];
    const int from = g->swap_from, to = g->swap_to;

    if (to < 0 || (in_service(e, from) && in_service(e, to) && amf_su_clearing(e, to)))
        return;
    g->swap_from = g->swap_to = -1;
    amf_touch_sg(e, sg);
    if (!in_service(e, from) || !in_service(e, to) || !amf_swap_fits(e, sg, from, to))
        return;
    for (size_t i = 0; i < g->n_sis; i++) {
        struct amf_asg *old = amf_asg_at(e, from, g->sis[i]);
        struct amf_asg *new = amf_asg_at(e, to, g->sis[i]);

        if (is_exchanged(old, new))
            exchange(e, old, new);
    }
}
