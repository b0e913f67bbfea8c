/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/model_json.h"

#include <jansson.h>
#include <stdio.h>

#include "tools/model_findings.h"
#include "tools/model_plan.h"

static void found(void *findings, const char *text)
{
    json_array_append_new(findings, json_string(text));
}

static json_t *counts(const struct amf_model *m)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "nodes", (json_int_t)m->n_nodes,
                     "groups", (json_int_t)m->n_sgs, "sus", (json_int_t)m->n_sus,
                     "components", (json_int_t)m->n_comps, "sis", (json_int_t)m->n_sis,
                     "csis", (json_int_t)m->n_csis);
}

static json_t *su_pack(const struct plan *p, int su)
{
    const struct amf_su *u = &p->m->sus[su];
    char text[200];

    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I}", "name", u->name, "node", p->m->nodes[u->node].name,
        "text", plan_su_words(p, su, text, sizeof(text)), "active",
        (json_int_t)p->su_active[su], "standby", (json_int_t)p->su_standby[su]);
}

/* {"csi", "comp"} for each CSI. */
static json_t *csis_pack(const struct plan *p, int si, int su)
{
    const struct amf_list *csis = &p->m->sis[si].csis;
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < csis->n; i++) {
        const int comp = p->comp[(size_t)csis->at[i] * p->m->n_sus + (size_t)su];

        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "csi", p->m->csis[csis->at[i]].name,
                                        "comp", p->m->comps[comp - 1].name));
    }
    return list;
}

static json_t *si_pack(const struct plan *p, int si, json_t *findings)
{
    const enum amf_admin admin = plan_si_admin(p->m, si);
    json_t *assignments = json_array();
    enum plan_role role;
    char text[1000];
    size_t i;

    for (role = PLAN_ACTIVE; admin == AMF_ADMIN_UNLOCKED && role <= PLAN_STANDBY;
         role++) {
        for (i = 0; i < p->n_sus; i++)
            if (plan_role(p, si, p->sus[i]) == role)
                json_array_append_new(
                    assignments,
                    json_pack("{s:s, s:s, s:o}", "su", p->m->sus[p->sus[i]].name, "role",
                              plan_role_word(role), "csis", csis_pack(p, si, p->sus[i])));
        if (plan_short(p, si, role, text, sizeof(text)))
            found(findings, text);
    }
    return json_pack("{s:s, s:s, s:o}", "name", p->m->sis[si].name, "admin",
                     plan_admin_word(admin), "assignments", assignments);
}

/* NULL: no memory. */
static json_t *sg_pack(const struct amf_model *m, int sg, json_t *findings)
{
    struct plan *p = plan_new(m, sg);
    json_t *sus, *sis, *o;
    size_t i;

    if (!p)
        return NULL;
    sus = json_array();
    sis = json_array();
    for (i = 0; i < p->g->sus.n; i++)
        json_array_append_new(sus, su_pack(p, p->g->sus.at[i]));
    for (i = 0; i < p->g->sis.n; i++)
        json_array_append_new(sis, si_pack(p, p->g->sis.at[i], findings));
    o = json_pack("{s:s, s:s, s:o, s:o}", "name", p->g->name, "redundancy",
                  plan_redundancy_word(p->g->redundancy), "sus", sus, "sis", sis);
    plan_free(p);
    return o;
}

size_t model_json_print(const struct amf_model *m, const char *dir, const char *bindir)
{
    json_t *groups = json_array(), *findings = json_array(), *o;
    size_t i, n;

    for (i = 0; i < m->n_sgs; i++)
        json_array_append_new(groups, sg_pack(m, (int)i, findings));
    model_findings_look(m, bindir, found, findings);
    n = json_array_size(findings);
    o = json_pack("{s:s, s:o, s:o, s:o}", "model", dir, "counts", counts(m), "groups",
                  groups, "findings", findings);
    json_dumpf(o, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(o);
    return n;
}
