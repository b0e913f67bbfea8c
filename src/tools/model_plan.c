/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/model_plan.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- admin states -------------------------------------------------------- */

static enum amf_admin node_admin(const struct amf_model *m, int node)
{
    const struct amf_node *n = &m->nodes[node];
    size_t i;

    if (!n->asp_aware)
        return AMF_ADMIN_UNLOCKED;
    for (i = 0; i < n->depends.n; i++)
        if (m->nodes[n->depends.at[i]].admin != AMF_ADMIN_UNLOCKED)
            return m->nodes[n->depends.at[i]].admin;
    return n->admin;
}

enum amf_admin plan_su_admin(const struct amf_model *m, int su)
{
    const struct amf_su *u = &m->sus[su];
    const enum amf_admin node = node_admin(m, u->node);
    const enum amf_admin sg = u->sg < 0 ? AMF_ADMIN_LOCKED_I : m->sgs[u->sg].admin;

    if (u->admin == AMF_ADMIN_UNLOCKED && node == AMF_ADMIN_UNLOCKED)
        return sg;
    if (u->admin == AMF_ADMIN_LOCKED_I || node == AMF_ADMIN_LOCKED_I ||
        sg == AMF_ADMIN_LOCKED_I)
        return AMF_ADMIN_LOCKED_I;
    return AMF_ADMIN_LOCKED_A;
}

enum amf_admin plan_si_admin(const struct amf_model *m, int si)
{
    const struct amf_si *i = &m->sis[si];
    size_t k;

    if (i->admin != AMF_ADMIN_UNLOCKED)
        return i->admin;
    if (m->sgs[i->sg].admin != AMF_ADMIN_UNLOCKED)
        return m->sgs[i->sg].admin;
    for (k = 0; k < i->depends.n; k++)
        if (m->sis[i->depends.at[k]].admin != AMF_ADMIN_UNLOCKED)
            return m->sis[i->depends.at[k]].admin;
    return AMF_ADMIN_UNLOCKED;
}

/* ---- which SUs take part ------------------------------------------------- */

static void by_rank(const struct amf_model *m, int *sus, size_t n)
{
    size_t i, j;
    int moved;

    for (i = 1; i < n; i++) {
        moved = sus[i];
        for (j = i; j > 0 && m->sus[sus[j - 1]].rank > m->sus[moved].rank; j--)
            sus[j] = sus[j - 1];
        sus[j] = moved;
    }
}

/* The best-ranked that may run are started, up to the number wanted; of those, the
 * unlocked ones get work. */
static void sus_choose(struct plan *p)
{
    size_t i, started = 0;

    memcpy(p->sus, p->g->sus.at, p->g->sus.n * sizeof(*p->sus));
    by_rank(p->m, p->sus, p->g->sus.n);
    for (i = 0; i < p->g->sus.n && started < p->g->pref_inservice; i++) {
        const int su = p->sus[i];
        const enum amf_admin admin = plan_su_admin(p->m, su);

        if (admin == AMF_ADMIN_LOCKED_I || p->m->sus[su].comps.n == 0)
            continue;
        started++;
        if (admin == AMF_ADMIN_UNLOCKED)
            p->sus[p->n_sus++] = su;
    }
}

static unsigned at_least_one(unsigned n)
{
    return n > 0 ? n : 1;
}

/* With fewer SUs than M + N, alpha and beta say who is short of them. */
static void m_plus_n_scale(struct plan *p)
{
    const struct amf_sg *g = p->g;
    const unsigned n = (unsigned)p->n_sus;

    p->max_active_sus = g->pref_active;
    p->max_standby_sus = g->pref_standby;
    if ((uint64_t)n >= (uint64_t)g->pref_active + g->pref_standby)
        return;
    p->max_active_sus =
        at_least_one((unsigned)((uint64_t)g->pref_active * g->alpha / 100));
    if (g->beta == 0)
        return;
    p->max_standby_sus = (unsigned)((uint64_t)g->pref_standby * g->beta / 100);
    if (n <= g->pref_active)
        p->max_active_sus =
            at_least_one(n > p->max_standby_sus ? n - p->max_standby_sus : 0);
}

static void limits_set(struct plan *p)
{
    p->max_active_sis = p->g->max_active_sis;
    p->max_standby_sis = p->g->max_standby_sis;
    switch (p->g->redundancy) {
    case AMF_RED_TWO_N: /* one SU takes all, whatever the limits for one SU say */
        p->max_active_sus = p->max_standby_sus = 1;
        p->max_active_sis = p->max_standby_sis = UINT_MAX;
        break;
    case AMF_RED_M_PLUS_N:
        m_plus_n_scale(p);
        break;
    case AMF_RED_N_WAY:
        p->max_active_sus = p->max_standby_sus = p->g->pref_assigned;
        break;
    case AMF_RED_N_WAY_ACTIVE:
        p->max_active_sus = p->g->pref_assigned;
        break;
    case AMF_RED_NO_REDUNDANCY:
        p->max_active_sus = UINT_MAX;
        p->max_active_sis = 1;
        break;
    case AMF_RED_NONE:
    case AMF_RED_CUSTOM: /* by command only */
        break;
    }
}

unsigned plan_wanted(const struct plan *p, int si, enum plan_role role)
{
    const bool active = role == PLAN_ACTIVE;

    switch (p->g->redundancy) {
    case AMF_RED_TWO_N:
    case AMF_RED_M_PLUS_N:
        return 1;
    case AMF_RED_N_WAY:
        return active ? 1 : p->m->sis[si].n_standby;
    case AMF_RED_N_WAY_ACTIVE:
        return active ? p->g->pref_active_per_si : 0;
    case AMF_RED_NO_REDUNDANCY:
        return active ? 1 : 0;
    case AMF_RED_NONE:
    case AMF_RED_CUSTOM:
        break;
    }
    return 0;
}

/* ---- whether an SU can take an SI ---------------------------------------- */

static bool supports(const struct amf_comp *c, const char *type)
{
    char **t;

    for (t = c->csi_types; *t; t++)
        if (strcmp(*t, type) == 0)
            return true;
    return false;
}

static bool has_room(const struct plan *p, int comp, enum plan_role role)
{
    const struct amf_comp *c = &p->m->comps[comp];
    const unsigned active = p->comp_active[comp], standby = p->comp_standby[comp];
    const bool room =
        role == PLAN_ACTIVE ? active < c->max_active_csis : standby < c->max_standby_csis;

    switch (c->capability) {
    case AMF_CAP_X_ACTIVE_AND_Y_STANDBY:
        return room;
    case AMF_CAP_X_ACTIVE_OR_Y_STANDBY:
    case AMF_CAP_ONE_ACTIVE_OR_X_STANDBY:
    case AMF_CAP_ONE_ACTIVE_OR_ONE_STANDBY:
        return room && (role == PLAN_ACTIVE ? standby : active) == 0;
    case AMF_CAP_X_ACTIVE:
    case AMF_CAP_ONE_ACTIVE:
    case AMF_CAP_NON_PREINSTANTIABLE:
        break;
    }
    return room && role == PLAN_ACTIVE;
}

static int comp_choose(const struct plan *p, int su, int csi, enum plan_role role)
{
    const struct amf_list *comps = &p->m->sus[su].comps;
    size_t i;

    for (i = 0; i < comps->n; i++)
        if (supports(&p->m->comps[comps->at[i]], p->m->csis[csi].type) &&
            has_room(p, comps->at[i], role))
            return comps->at[i];
    return -1;
}

static unsigned *comp_count(struct plan *p, int comp, enum plan_role role)
{
    return role == PLAN_ACTIVE ? &p->comp_active[comp] : &p->comp_standby[comp];
}

static int *comp_slot(const struct plan *p, int csi, int su)
{
    return &p->comp[(size_t)csi * p->m->n_sus + (size_t)su];
}

static void csis_release(struct plan *p, int su, int si, enum plan_role role)
{
    const struct amf_list *csis = &p->m->sis[si].csis;
    size_t i;

    for (i = 0; i < csis->n; i++) {
        int *slot = comp_slot(p, csis->at[i], su);

        if (*slot)
            --*comp_count(p, *slot - 1, role);
        *slot = 0;
    }
}

/* Give every CSI of the SI to a component of the SU, or none at all. */
static bool csis_take(struct plan *p, int su, int si, enum plan_role role)
{
    const struct amf_list *csis = &p->m->sis[si].csis;
    size_t i;
    int comp;

    for (i = 0; i < csis->n; i++) {
        comp = comp_choose(p, su, csis->at[i], role);
        if (comp < 0) {
            csis_release(p, su, si, role);
            return false;
        }
        *comp_slot(p, csis->at[i], su) = comp + 1;
        ++*comp_count(p, comp, role);
    }
    return true;
}

/* ---- choosing ------------------------------------------------------------ */

static enum plan_role *role_slot(const struct plan *p, int si, int su)
{
    return &p->role[(size_t)si * p->m->n_sus + (size_t)su];
}

enum plan_role plan_role(const struct plan *p, int si, int su)
{
    return *role_slot(p, si, su);
}

static unsigned *su_count(const struct plan *p, int su, enum plan_role role)
{
    return role == PLAN_ACTIVE ? &p->su_active[su] : &p->su_standby[su];
}

static unsigned sus_with(const struct plan *p, enum plan_role role)
{
    unsigned n = 0;
    size_t i;

    for (i = 0; i < p->n_sus; i++)
        n += *su_count(p, p->sus[i], role) > 0;
    return n;
}

static int active_su(const struct plan *p, int si)
{
    size_t i;

    for (i = 0; i < p->n_sus; i++)
        if (plan_role(p, si, p->sus[i]) == PLAN_ACTIVE)
            return p->sus[i];
    return -1;
}

static bool same_node_refused(const struct plan *p, int si, int su)
{
    const int active = active_su(p, si);

    return !p->g->collocation && active >= 0 &&
           p->m->sus[active].node == p->m->sus[su].node;
}

/* Whether the rules of the group let the SU have one more SI in this role. */
static bool may_take(const struct plan *p, int su, int si, enum plan_role role)
{
    const enum plan_role other = role == PLAN_ACTIVE ? PLAN_STANDBY : PLAN_ACTIVE;
    const unsigned most = role == PLAN_ACTIVE ? p->max_active_sis : p->max_standby_sis;
    const unsigned sus = role == PLAN_ACTIVE ? p->max_active_sus : p->max_standby_sus;
    const unsigned held = *su_count(p, su, role);

    if (plan_role(p, si, su) != PLAN_NONE || held >= most)
        return false;
    if (held == 0 && sus_with(p, role) >= sus)
        return false;
    if (p->g->redundancy != AMF_RED_N_WAY && *su_count(p, su, other) > 0)
        return false;
    return role == PLAN_ACTIVE || !same_node_refused(p, si, su);
}

static bool take(struct plan *p, int su, int si, enum plan_role role)
{
    if (!may_take(p, su, si, role) || !csis_take(p, su, si, role))
        return false;
    *role_slot(p, si, su) = role;
    ++*su_count(p, su, role);
    return true;
}

static bool preferred_take(struct plan *p, int si)
{
    const struct amf_list *wish = &p->m->sis[si].preferred;
    size_t i, k;

    if (p->g->loading != AMF_LOAD_BY_SI_PREFERENCE)
        return false;
    for (i = 0; i < wish->n; i++)
        for (k = 0; k < p->n_sus; k++)
            if (p->sus[k] == wish->at[i] && take(p, wish->at[i], si, PLAN_ACTIVE))
                return true;
    return false;
}

/* SUs that are standby for other work of the active one: a fail-over then moves
 * everything to one place. */
static bool partner_take(struct plan *p, int si)
{
    const int active = active_su(p, si);
    size_t i, k;

    for (i = 0; i < p->g->sis.n; i++)
        for (k = 0; active_su(p, p->g->sis.at[i]) == active && k < p->n_sus; k++)
            if (plan_role(p, p->g->sis.at[i], p->sus[k]) == PLAN_STANDBY &&
                take(p, p->sus[k], si, PLAN_STANDBY))
                return true;
    return false;
}

/* Of the SUs that hold exactly n SIs in the role, the first that can take it. */
static bool level_take(struct plan *p, int si, enum plan_role role, unsigned n)
{
    size_t i;

    for (i = 0; i < p->n_sus; i++)
        if (*su_count(p, p->sus[i], role) == n && take(p, p->sus[i], si, role))
            return true;
    return false;
}

/* A spare SU first, then the least loaded; or the loaded ones before a spare. */
static bool assign(struct plan *p, int si, enum plan_role role)
{
    const bool fill = p->g->loading == AMF_LOAD_LEAST_SU_ASSIGNED && role == PLAN_ACTIVE;
    unsigned n;

    if (role == PLAN_ACTIVE ? preferred_take(p, si) : partner_take(p, si))
        return true;
    if (!fill && level_take(p, si, role, 0))
        return true;
    for (n = 1; n <= p->g->sis.n; n++)
        if (level_take(p, si, role, n))
            return true;
    return fill && level_take(p, si, role, 0);
}

/* ---- the layout ---------------------------------------------------------- */

static unsigned has(const struct plan *p, int si, enum plan_role role)
{
    unsigned n = 0;
    size_t i;

    for (i = 0; i < p->n_sus; i++)
        n += plan_role(p, si, p->sus[i]) == role;
    return n;
}

/* SIs in ascending rank, by repeated search: equal ranks keep their order. */
static int next_si(const struct plan *p, int after)
{
    const struct amf_si *sis = p->m->sis;
    int best = -1, si;
    size_t i;

    for (i = 0; i < p->g->sis.n; i++) {
        si = p->g->sis.at[i];
        if (after >= 0 && (sis[si].rank < sis[after].rank ||
                           (si <= after && sis[si].rank == sis[after].rank)))
            continue;
        if (best < 0 || sis[si].rank < sis[best].rank)
            best = si;
    }
    return best;
}

static void role_lay_out(struct plan *p, enum plan_role role)
{
    int si;

    for (si = next_si(p, -1); si >= 0; si = next_si(p, si)) {
        if (plan_si_admin(p->m, si) != AMF_ADMIN_UNLOCKED || p->m->sis[si].csis.n == 0)
            continue;
        if (role == PLAN_STANDBY && active_su(p, si) < 0)
            continue;
        while (has(p, si, role) < plan_wanted(p, si, role) && assign(p, si, role))
            ;
    }
}

static bool tables_make(struct plan *p)
{
    const struct amf_model *m = p->m;

    p->sus = calloc(p->g->sus.n + 1, sizeof(*p->sus));
    p->su_active = calloc(m->n_sus + 1, sizeof(*p->su_active));
    p->su_standby = calloc(m->n_sus + 1, sizeof(*p->su_standby));
    p->comp_active = calloc(m->n_comps + 1, sizeof(*p->comp_active));
    p->comp_standby = calloc(m->n_comps + 1, sizeof(*p->comp_standby));
    p->role = calloc(m->n_sis * m->n_sus + 1, sizeof(*p->role));
    p->comp = calloc(m->n_csis * m->n_sus + 1, sizeof(*p->comp));
    return p->sus && p->su_active && p->su_standby && p->comp_active && p->comp_standby &&
           p->role && p->comp;
}

struct plan *plan_new(const struct amf_model *m, int sg)
{
    struct plan *p = calloc(1, sizeof(*p));

    if (!p)
        return NULL;
    p->m = m;
    p->g = &m->sgs[sg];
    if (!tables_make(p)) {
        plan_free(p);
        return NULL;
    }
    if (p->g->sus.n)
        sus_choose(p);
    limits_set(p);
    role_lay_out(p, PLAN_ACTIVE);
    role_lay_out(p, PLAN_STANDBY);
    return p;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    free(p->sus);
    free(p->su_active);
    free(p->su_standby);
    free(p->comp_active);
    free(p->comp_standby);
    free(p->role);
    free(p->comp);
    free(p);
}
