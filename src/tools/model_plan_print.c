/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tools/model_plan.h"

/* clang-format off */
static const char *const redundancy_names[] = {
    [AMF_RED_NONE] = "NONE", [AMF_RED_NO_REDUNDANCY] = "NO_REDUNDANCY",
    [AMF_RED_TWO_N] = "TWO_N", [AMF_RED_M_PLUS_N] = "M_PLUS_N", [AMF_RED_N_WAY] = "N_WAY",
    [AMF_RED_N_WAY_ACTIVE] = "N_WAY_ACTIVE", [AMF_RED_CUSTOM] = "CUSTOM",
};
static const char *const admin_names[] = {
    [AMF_ADMIN_NONE] = "NONE", [AMF_ADMIN_UNLOCKED] = "UNLOCKED",
    [AMF_ADMIN_LOCKED_A] = "LOCKED_A", [AMF_ADMIN_LOCKED_I] = "LOCKED_I",
    [AMF_ADMIN_SHUTTINGDOWN] = "SHUTTINGDOWN",
    [AMF_ADMIN_SHUTTINGDOWN_RESTART] = "SHUTTINGDOWN_RESTART",
};
static const char *const role_names[] = { [PLAN_ACTIVE] = "active", [PLAN_STANDBY] = "standby" };
/* clang-format on */

static void csis_print(const struct plan *p, int si, int su)
{
    const struct amf_list *csis = &p->m->sis[si].csis;
    size_t i;

    for (i = 0; i < csis->n; i++) {
        const int comp = p->comp[(size_t)csis->at[i] * p->m->n_sus + (size_t)su];

        printf("      CSI %s: %s\n", p->m->csis[csis->at[i]].name,
               p->m->comps[comp - 1].name);
    }
}

/* The SUs in one role; how many. */
static unsigned role_print(const struct plan *p, int si, enum plan_role role)
{
    unsigned n = 0;
    size_t i;

    for (i = 0; i < p->n_sus; i++) {
        const int su = p->sus[i];

        if (plan_role(p, si, su) != role)
            continue;
        n++;
        printf("    %s: SU %s on node %s\n", role_names[role], p->m->sus[su].name,
               p->m->nodes[p->m->sus[su].node].name);
        csis_print(p, si, su);
    }
    return n;
}

static size_t si_print(const struct plan *p, int si)
{
    const enum amf_admin admin = plan_si_admin(p->m, si);
    const char *name = p->m->sis[si].name;
    enum plan_role role;
    size_t findings = 0;
    unsigned n, wanted;

    printf("  SI %s", name);
    if (admin != AMF_ADMIN_UNLOCKED) {
        printf(": not assigned while it, its group or what it depends on is %s\n",
               admin_names[admin]);
        return 0;
    }
    putchar('\n');
    for (role = PLAN_ACTIVE; role <= PLAN_STANDBY; role++) {
        n = role_print(p, si, role);
        wanted = plan_wanted(p, si, role);
        if (n >= wanted || p->m->sis[si].csis.n == 0)
            continue;
        findings++;
        printf("finding: SI %s: %u of %u %s assignments, no other SU can take it\n", name,
               n, wanted, role_names[role]);
    }
    return findings;
}

static void su_print(const struct plan *p, int su)
{
    const enum amf_admin admin = plan_su_admin(p->m, su);
    const struct amf_su *u = &p->m->sus[su];
    size_t i;

    printf("  SU %s on node %s: ", u->name, p->m->nodes[u->node].name);
    for (i = 0; i < p->n_sus && p->sus[i] != su; i++)
        ;
    if (i < p->n_sus)
        printf("in service, %u active, %u standby\n", p->su_active[su],
               p->su_standby[su]);
    else if (admin != AMF_ADMIN_UNLOCKED)
        printf("no work while it, its node or its group is %s\n", admin_names[admin]);
    else
        printf("not started, %u in service are enough\n", p->g->pref_inservice);
}

static size_t sg_print(const struct amf_model *m, int sg)
{
    struct plan *p = plan_new(m, sg);
    size_t findings = 0, i;

    if (!p) {
        printf("finding: group %s: no memory to lay it out\n", m->sgs[sg].name);
        return 1;
    }
    printf("group %s, %s%s\n", p->g->name, redundancy_names[p->g->redundancy],
           p->g->redundancy == AMF_RED_CUSTOM ? ", assigned by command only" : "");
    for (i = 0; i < p->g->sus.n; i++)
        su_print(p, p->g->sus.at[i]);
    for (i = 0; i < p->g->sis.n; i++)
        findings += si_print(p, p->g->sis.at[i]);
    plan_free(p);
    return findings;
}

size_t model_plan_print(const struct amf_model *m)
{
    size_t findings = 0, i;

    for (i = 0; i < m->n_sgs; i++)
        findings += sg_print(m, (int)i);
    return findings;
}
