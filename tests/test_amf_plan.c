/* SPDX-License-Identifier: Apache-2.0 */
/* What clovis amf check says that a model comes to. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture_model.h"
#include "tools/model_plan.h"

#define TYPES "clAmfDefinitions.xml"
#define CONFIG "clAmfConfig.xml"
#define LEN(array) (sizeof(array) / sizeof(*(array)))

static void role_print(FILE *f, const struct plan *p, int si, enum plan_role role)
{
    size_t i, n = 0;

    for (i = 0; i < p->n_sus; i++)
        if (plan_role(p, si, p->sus[i]) == role)
            fprintf(f, "%s%s", n++ ? "+" : "",
                    strchr(p->m->sus[p->sus[i]].name, '-') + 1);
    if (n == 0)
        fputc('-', f);
}

/* "si1=su1/su2 si2=-/-" for the group of that name; new. */
static char *layout(const char *dir, const char *group)
{
    char error[1000], *text = NULL;
    struct amf_model *m = amf_model_load(dir, error, sizeof(error));
    size_t len, i;
    struct plan *p;
    FILE *f = open_memstream(&text, &len);

    cr_assert(m, "%s", error);
    p = plan_new(m, amf_model_sg(m, group, strlen(group)));
    cr_assert(p && f);
    for (i = 0; i < p->g->sis.n; i++) {
        const int si = p->g->sis.at[i];

        fprintf(f, "%s%s=", i ? " " : "", strchr(m->sis[si].name, '-') + 1);
        role_print(f, p, si, PLAN_ACTIVE);
        fputc('/', f);
        role_print(f, p, si, PLAN_STANDBY);
    }
    fclose(f);
    plan_free(p);
    amf_model_free(m);
    return text;
}

/* One edit of the model good-groups, NULL: none. */
/* clang-format off */
static const struct {
    const char *group, *file, *find, *replace, *want;
} rows[] = {
    { "single", NULL, NULL, NULL, "si1=su1/- si2=su2/-" },
    { "single", TYPES, "<numPrefInserviceSUs>3", "<numPrefInserviceSUs>1", "si1=su1/- si2=-/-" },
    { "single", CONFIG, "name=\"single-su1\" type=\"SU\" rank=\"1\"", "name=\"single-su1\" type=\"SU\" rank=\"9\"", "si1=su2/- si2=su3/-" },
    { "two", NULL, NULL, NULL, "si1=su1/su2 si2=su1/su2" },
    { "two", CONFIG, "<associatedServiceUnit>two-su1</associatedServiceUnit>", "", "si1=su2/su3 si2=su2/su3" },
    { "two", TYPES, "<numPrefInserviceSUs>2", "<numPrefInserviceSUs>1", "si1=su1/- si2=su1/-" },
    { "two", TYPES, "<numPrefInserviceSUs>2", "<numPrefInserviceSUs>0", "si1=-/- si2=-/-" },
    { "two", TYPES, "X_ACTIVE_AND_Y_STANDBY", "ONE_ACTIVE", "si1=su1/- si2=su1/-" },
    { "two", TYPES, "<numMaxActiveCSIs>4", "<numMaxActiveCSIs>1", "si1=su1/su2 si2=-/-" },
    { "two", TYPES, "<adminState>CL_AMS_ADMIN_STATE_UNLOCKED</adminState>", "", "si1=su3/- si2=su3/-" },
    { "two", TYPES, "TWO_N", "CUSTOM", "si1=-/- si2=-/-" },
    { "two", TYPES, "TWO_N", "NONE", "si1=-/- si2=-/-" },
    { "mn", NULL, NULL, NULL, "si1=su1/su3 si2=su2/su3 si3=su1/su3" },
    { "mn", CONFIG, "<associatedServiceUnit>mn-su3</associatedServiceUnit>", "", "si1=su1/- si2=su2/- si3=su1/-" },
    { "mn", TYPES, "MODEL_M_PLUS_N</redundancyModel>", "MODEL_M_PLUS_N</redundancyModel><alphaFactor>50</alphaFactor>"
      "<isCollocationAllowed>CL_FALSE</isCollocationAllowed>", "si1=su1/su3 si2=su2/su3 si3=su1/su3" },
    { "mn", CONFIG, "<associatedServiceUnit>mn-su2</associatedServiceUnit>", "<!-- -->", "si1=su1/- si2=su3/- si3=su1/-" },
    { "mn", TYPES, "MODEL_M_PLUS_N</redundancyModel>", "MODEL_M_PLUS_N</redundancyModel>"
      "<loadingStrategy>CL_AMS_SG_LOADING_STRATEGY_LEAST_SU_ASSIGNED</loadingStrategy>", "si1=su1/su3 si2=su1/su3 si3=su2/su3" },
    { "nway", NULL, NULL, NULL, "si1=su3/su1 si2=su1/su2 si3=su2/su3" },
    { "nway", TYPES, "<numStandbyAssignments>1", "<numStandbyAssignments>2", "si1=su3/su1+su2 si2=su1/su2+su3 si3=su2/su1+su3" },
    { "nway", TYPES, "<numStandbyAssignments>1", "<numStandbyAssignments>0", "si1=su3/- si2=su1/- si3=su2/-" },
    { "all", NULL, NULL, NULL, "si1=su1+su2/- si2=su1+su3/-" },
    { "all", TYPES, "<numPrefActiveSUsPerSI>2", "<numPrefActiveSUsPerSI>9", "si1=su1+su2+su3/- si2=su1+su2+su3/-" },
};
/* clang-format on */

Test(plan, each_redundancy_model_has_its_layout, .timeout = 60)
{
    char *dir, *text;
    size_t i;

    for (i = 0; i < LEN(rows); i++) {
        dir = model_copy("good-groups");
        if (rows[i].file)
            model_edit(dir, rows[i].file, rows[i].find, rows[i].replace);
        text = layout(dir, rows[i].group);
        cr_expect_str_eq(text, rows[i].want, "row %zu: %s: %s, not %s", i, rows[i].group,
                         text, rows[i].want);
        free(text);
        model_remove(dir);
    }
}

Test(plan, alpha_and_beta_divide_what_is_there)
{
    char *dir = model_copy("good-groups"), *text;

    model_edit(dir, CONFIG, "<associatedServiceUnit>mn-su2</associatedServiceUnit>", "");
    model_edit(dir, TYPES, "MODEL_M_PLUS_N</redundancyModel>",
               "MODEL_M_PLUS_N</redundancyModel><alphaFactor>50</alphaFactor>");
    text = layout(dir, "mn");
    cr_expect_str_eq(text, "si1=su1/su3 si2=su1/su3 si3=-/-", "alpha: %s", text);
    free(text);
    model_edit(dir, TYPES, "<alphaFactor>50</alphaFactor>",
               "<betaFactor>100</betaFactor>");
    text = layout(dir, "mn");
    cr_expect_str_eq(text, "si1=su1/su3 si2=su1/su3 si3=-/-", "beta: %s", text);
    free(text);
    model_remove(dir);
}

Test(plan, a_locked_entity_gets_nothing)
{
    struct amf_model *m;
    char *dir = model_copy("good-groups"), error[1000];
    int su, si;

    m = amf_model_load(dir, error, sizeof(error));
    cr_assert(m, "%s", error);
    su = amf_model_su(m, "two-su1", 7);
    si = amf_model_si(m, "mn-si3", 6);
    cr_expect_eq(plan_su_admin(m, su), AMF_ADMIN_UNLOCKED);
    m->nodes[m->sus[su].node].admin = AMF_ADMIN_LOCKED_A;
    cr_expect_eq(plan_su_admin(m, su), AMF_ADMIN_LOCKED_A);
    m->sgs[m->sus[su].sg].admin = AMF_ADMIN_LOCKED_I;
    cr_expect_eq(plan_su_admin(m, su), AMF_ADMIN_LOCKED_I);
    cr_expect_eq(plan_si_admin(m, si), AMF_ADMIN_UNLOCKED);
    m->sis[m->sis[si].depends.at[0]].admin = AMF_ADMIN_LOCKED_A;
    cr_expect_eq(plan_si_admin(m, si), AMF_ADMIN_LOCKED_A,
                 "what it depends on is locked");
    amf_model_free(m);
    model_remove(dir);
}
