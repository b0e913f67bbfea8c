/* SPDX-License-Identifier: Apache-2.0 */
/* Records of assignments: looked at, placed, dropped. */
#include "amf/amf_state.h"

#include <string.h>

struct amf_asg *amf_asg_at(const struct amf_engine *e, int su, int si)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];

    return &e->asgs[sg->slot + (size_t)e->sis[si].pos * sg->n_sus +
                    (size_t)e->sus[su].pos];
}

int amf_asg_csi(const struct amf_engine *e, const struct amf_asg *a, size_t part)
{
    return e->m->sis[a->si].csis.at[part];
}

bool amf_asg_leaving(const struct amf_asg *a)
{
    return a->removing || a->role == AMF_HA_QUIESCED || a->role == AMF_HA_QUIESCING;
}

/* The old active of a swap, which is to go although it has not become standby yet. */
static bool swap_undone(const struct amf_asg *a)
{
    return a->swap && a->role == AMF_HA_QUIESCED;
}

bool amf_asg_stands_by(const struct amf_asg *a)
{
    return a->role == AMF_HA_STANDBY || swap_undone(a);
}

/* Something is being taken off it, perhaps to make room. */
bool amf_su_clearing(const struct amf_engine *e, int su)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sus[su].sg];

    for (size_t i = 0; i < g->n_sis; i++)
        if (amf_asg_at(e, su, g->sis[i])->removing ||
            swap_undone(amf_asg_at(e, su, g->sis[i])))
            return true;
    return false;
}

bool amf_asg_confirmed(const struct amf_engine *e, const struct amf_asg *a)
{
    (void)e;
    for (size_t k = 0; k < a->n_parts; k++) {
        const struct amf_part *p = &a->parts[k];

        if (p->comp >= 0 && (p->pending || p->lost || p->ha != a->role))
            return false;
    }
    return a->role != AMF_HA_NONE && !a->removing;
}

/* A part that was to be promoted and still is standby does no work either. */
bool amf_asg_quiesced(const struct amf_asg *a)
{
    for (size_t k = 0; k < a->n_parts; k++) {
        const struct amf_part *p = &a->parts[k];

        if (p->comp >= 0 && (p->pending || p->ha == AMF_HA_ACTIVE))
            return false;
    }
    return true;
}

/* The component that is, or will be, active for a CSI; -1: none. su_not: not there. */
int amf_csi_active(const struct amf_engine *e, int su_not, int si, size_t part)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sis[si].sg];

    for (size_t i = 0; i < sg->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, sg->sus[i], si);

        if (sg->sus[i] != su_not && a->role == AMF_HA_ACTIVE && a->parts[part].comp >= 0)
            return a->parts[part].comp;
    }
    return -1;
}

/* ---- placing: every CSI needs a component with room ----------------------------- */

static bool comp_supports(const struct amf_comp *c, const char *type)
{
    for (char **t = c->csi_types; t && *t; t++)
        if (type && strcmp(*t, type) == 0)
            return true;
    return false;
}

static void count_parts(const struct amf_engine *e, int comp, uint32_t *active,
                        uint32_t *standby)
{
    const int su = e->m->comps[comp].su;
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];

    *active = *standby = 0;
    for (size_t i = 0; i < sg->n_sis; i++) {
        const struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        for (size_t k = 0; k < a->n_parts && !a->ignored; k++)
            if (a->parts[k].comp == comp)
                ++*(amf_asg_stands_by(a) ? standby : active);
    }
}

static bool has_room(const struct amf_engine *e, int comp, enum amf_ha role)
{
    const struct amf_comp *c = &e->m->comps[comp];
    uint32_t active, standby;

    count_parts(e, comp, &active, &standby);
    switch (c->capability) {
    case AMF_CAP_X_ACTIVE_AND_Y_STANDBY:
        return role == AMF_HA_ACTIVE ? active < c->max_active_csis
                                     : standby < c->max_standby_csis;
    case AMF_CAP_X_ACTIVE_OR_Y_STANDBY:
    case AMF_CAP_ONE_ACTIVE_OR_X_STANDBY:
    case AMF_CAP_ONE_ACTIVE_OR_ONE_STANDBY:
        return role == AMF_HA_ACTIVE ? standby == 0 && active < c->max_active_csis
                                     : active == 0 && standby < c->max_standby_csis;
    default:
        return role == AMF_HA_ACTIVE && active < c->max_active_csis;
    }
}

static int find_comp(const struct amf_engine *e, int su, int csi, enum amf_ha role)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (comp_supports(&e->m->comps[comps->at[i]], e->m->csis[csi].type) &&
            has_room(e, comps->at[i], role))
            return comps->at[i];
    return -1;
}

static void clear(struct amf_asg *a)
{
    for (size_t k = 0; k < a->n_parts; k++)
        a->parts[k] = (struct amf_part){.comp = -1};
    a->role = AMF_HA_NONE;
    a->removing = false;
    a->swap = false;
}

/* Fill a free slot; the slot stays free when a CSI finds no component. */
static bool fill(struct amf_engine *e, struct amf_asg *a, enum amf_ha role)
{
    if (a->role != AMF_HA_NONE || a->n_parts == 0)
        return false;
    a->role = role;
    for (size_t k = 0; k < a->n_parts; k++) {
        const int comp = find_comp(e, a->su, amf_asg_csi(e, a, k), role);

        if (comp < 0) {
            clear(a);
            return false;
        }
        a->parts[k].comp = comp;
    }
    return true;
}

/* 2N gives everything to its one SU. */
static bool su_over_limit(const struct amf_engine *e, int su)
{
    const struct amf_sg *sg = &e->m->sgs[e->m->sus[su].sg];

    return sg->redundancy != AMF_RED_TWO_N &&
           (amf_su_count(e, su, AMF_HA_ACTIVE) > sg->max_active_sis ||
            amf_su_count(e, su, AMF_HA_STANDBY) > sg->max_standby_sis);
}

static bool comp_over_limit(const struct amf_engine *e, int comp)
{
    const struct amf_comp *c = &e->m->comps[comp];
    uint32_t active, standby;

    count_parts(e, comp, &active, &standby);
    return active > c->max_active_csis || standby > c->max_standby_csis ||
           (active && standby && c->capability != AMF_CAP_X_ACTIVE_AND_Y_STANDBY) ||
           (standby && c->capability > AMF_CAP_ONE_ACTIVE_OR_ONE_STANDBY);
}

/* With the roles that its assignments have now. */
bool amf_su_overloaded(const struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (comp_over_limit(e, comps->at[i]))
            return true;
    return su_over_limit(e, su);
}

/* Would the SU and its components have room for a standby assignment as active one? */
enum amf_promotable amf_asg_promotable(struct amf_engine *e, struct amf_asg *a)
{
    enum amf_promotable answer = AMF_PROMOTABLE;

    a->role = AMF_HA_ACTIVE;
    if (su_over_limit(e, a->su))
        answer = AMF_NOT_PROMOTABLE;
    for (size_t k = 0; k < a->n_parts && answer != AMF_NOT_PROMOTABLE; k++) {
        const struct amf_comp *c;
        uint32_t active, standby;

        if (a->parts[k].comp < 0)
            continue;
        c = &e->m->comps[a->parts[k].comp];
        count_parts(e, a->parts[k].comp, &active, &standby);
        if (active > c->max_active_csis)
            answer = AMF_NOT_PROMOTABLE;
        else if (standby > 0 && c->capability != AMF_CAP_X_ACTIVE_AND_Y_STANDBY)
            answer = AMF_PROMOTABLE_ALONE;
    }
    a->role = AMF_HA_STANDBY;
    return answer;
}

/* Would it fit if the SU held nothing? */
bool amf_asg_could_fit(struct amf_engine *e, int su, int si, enum amf_ha role)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[su].sg];
    struct amf_asg *a = amf_asg_at(e, su, si);
    bool fits;

    if (a->role != AMF_HA_NONE)
        return false;
    for (size_t i = 0; i < sg->n_sis; i++)
        amf_asg_at(e, su, sg->sis[i])->ignored = true;
    a->ignored = false;
    fits = amf_asg_fits(e, su, si, role);
    for (size_t i = 0; i < sg->n_sis; i++)
        amf_asg_at(e, su, sg->sis[i])->ignored = false;
    return fits;
}

bool amf_asg_fits(struct amf_engine *e, int su, int si, enum amf_ha role)
{
    struct amf_asg *a = amf_asg_at(e, su, si);
    const bool fits = fill(e, a, role);

    if (fits)
        clear(a);
    return fits;
}

bool amf_asg_place(struct amf_engine *e, int su, int si, enum amf_ha role)
{
    if (!fill(e, amf_asg_at(e, su, si), role))
        return false;
    amf_touch_su(e, su);
    amf_note(e, "si %s assigned to su %s %s", e->m->sis[si].name, e->m->sus[su].name,
             amf_ha_name(role));
    return true;
}

void amf_asg_set_role(struct amf_engine *e, struct amf_asg *a, enum amf_ha role)
{
    a->role = role;
    a->swap = false;
    amf_touch_su(e, a->su);
    amf_note(e, "si %s on su %s to be %s", e->m->sis[a->si].name, e->m->sus[a->su].name,
             amf_ha_name(role));
}

void amf_asg_set_removing(struct amf_engine *e, struct amf_asg *a)
{
    if (a->removing)
        return;
    a->removing = true;
    amf_touch_su(e, a->su);
}

/* ---- dropping ------------------------------------------------------------------- */

void amf_pg_change(struct amf_engine *e, int comp, int csi, enum amf_ha ha, int change)
{
    struct amf_action *a = amf_order(e, AMF_DO_PG_CHANGE, comp);

    a->set.comp = comp;
    a->set.csi = csi;
    a->set.ha = ha;
    a->pg_change = change;
}

void amf_part_drop(struct amf_engine *e, struct amf_asg *a, size_t part)
{
    struct amf_part *p = &a->parts[part];
    const int comp = p->comp;
    bool empty = true;

    if (p->ha != AMF_HA_NONE)
        amf_pg_change(e, comp, amf_asg_csi(e, a, part), p->ha, AMF_PGC_REMOVED);
    *p = (struct amf_part){.comp = -1};
    for (size_t k = 0; k < a->n_parts; k++)
        if (a->parts[k].comp >= 0)
            empty = false;
    if (empty) {
        amf_note(e, "si %s left su %s", e->m->sis[a->si].name, e->m->sus[a->su].name);
        clear(a);
    }
    amf_touch_su(e, a->su);
}

static bool droppable(const struct amf_engine *e, const struct amf_part *p)
{
    if (p->comp < 0)
        return false;
    if (!e->comps[p->comp].alive && !e->comps[p->comp].unsure)
        return true;
    if (p->lost)
        return amf_comp_ready(e, p->comp); /* a new process that never had it */
    return p->ha == AMF_HA_NONE && !p->pending;
}

void amf_asg_prune(struct amf_engine *e, struct amf_asg *a)
{
    for (size_t k = 0; k < a->n_parts && amf_asg_leaving(a); k++)
        if (droppable(e, &a->parts[k]))
            amf_part_drop(e, a, k);
}
