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

const char *plan_redundancy_word(enum amf_redundancy redundancy)
{
    return redundancy_names[redundancy];
}

const char *plan_admin_word(enum amf_admin admin)
{
    return admin_names[admin];
}

const char *plan_role_word(enum plan_role role)
{
    return role_names[role];
}

bool plan_short(const struct plan *p, int si, enum plan_role role, char *text,
                size_t size)
{
    const unsigned wanted = plan_wanted(p, si, role);
    unsigned n = 0;
    size_t i;

    for (i = 0; i < p->n_sus; i++)
        n += plan_role(p, si, p->sus[i]) == role;
    if (n >= wanted || p->m->sis[si].csis.n == 0)
        return false;
    snprintf(text, size, "SI %s: %u of %u %s assignments, no other SU can take it",
             p->m->sis[si].name, n, wanted, role_names[role]);
    return true;
}

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

static void role_print(const struct plan *p, int si, enum plan_role role)
{
    size_t i;

    for (i = 0; i < p->n_sus; i++) {
        const int su = p->sus[i];

        if (plan_role(p, si, su) != role)
            continue;
        printf("    %s: SU %s on node %s\n", role_names[role], p->m->sus[su].name,
               p->m->nodes[p->m->sus[su].node].name);
        csis_print(p, si, su);
    }
}

static size_t si_print(const struct plan *p, int si)
{
    const enum amf_admin admin = plan_si_admin(p->m, si);
    const char *name = p->m->sis[si].name;
    enum plan_role role;
    char text[1000];
    size_t findings = 0;

    printf("  SI %s", name);
    if (admin != AMF_ADMIN_UNLOCKED) {
        printf(": not assigned while it, its group or what it depends on is %s\n",
               admin_names[admin]);
        return 0;
    }
    putchar('\n');
    for (role = PLAN_ACTIVE; role <= PLAN_STANDBY; role++) {
        role_print(p, si, role);
        if (!plan_short(p, si, role, text, sizeof(text)))
            continue;
        findings++;
        printf("finding: %s\n", text);
    }
    return findings;
}

const char *plan_su_words(const struct plan *p, int su, char *text, size_t size)
{
    const enum amf_admin admin = plan_su_admin(p->m, su);
    size_t i;

    for (i = 0; i < p->n_sus && p->sus[i] != su; i++)
        ;
    if (i < p->n_sus)
        snprintf(text, size, "in service, %u active, %u standby", p->su_active[su],
                 p->su_standby[su]);
    else if (admin != AMF_ADMIN_UNLOCKED)
        snprintf(text, size, "no work while it, its node or its group is %s",
                 admin_names[admin]);
    else
        snprintf(text, size, "not started, %u in service are enough",
                 p->g->pref_inservice);
    return text;
}

static void su_print(const struct plan *p, int su)
{
    const struct amf_su *u = &p->m->sus[su];
    char text[200];

    printf("  SU %s on node %s: %s\n", u->name, p->m->nodes[u->node].name,
           plan_su_words(p, su, text, sizeof(text)));
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
