/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who would get what: the layout that a model comes to when every node is up,
 * nothing has failed and the admin states are those of the model.
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "amf/amf_model.h"

enum plan_role { PLAN_NONE = 0, PLAN_ACTIVE, PLAN_STANDBY };

/* One group being laid out. Counts are by index into the model's arrays. */
struct plan {
    const struct amf_model *m;
    const struct amf_sg *g;
    int *sus; /* in service and unlocked, in the order in which they are taken */
    size_t n_sus;
    unsigned max_active_sus, max_standby_sus; /* how many SUs may have the role */
    unsigned max_active_sis, max_standby_sis; /* what one SU may hold */
    unsigned *su_active, *su_standby;         /* SIs by SU */
    unsigned *comp_active, *comp_standby;     /* CSIs by component */
    enum plan_role *role;                     /* [si * model->n_sus + su] */
    int *comp; /* [csi * model->n_sus + su]: component + 1 */
};

/* Lay out a group; new, plan_free(). NULL: no memory. */
struct plan *plan_new(const struct amf_model *m, int sg);
void plan_free(struct plan *p);

enum plan_role plan_role(const struct plan *p, int si, int su);

/* How many SUs are to be active, or standby, for an SI of the group. */
unsigned plan_wanted(const struct plan *p, int si, enum plan_role role);

/* Fewer SUs have the role for an SI than are to; then text says it. */
bool plan_short(const struct plan *p, int si, enum plan_role role, char *text,
                size_t size);

/* "TWO_N", "UNLOCKED", "active" */
const char *plan_redundancy_word(enum amf_redundancy redundancy);
const char *plan_admin_word(enum amf_admin admin);
const char *plan_role_word(enum plan_role role);

/* What becomes of an SU of the group: "in service, ...", "no work while ..."; cut to
 * size. */
const char *plan_su_words(const struct plan *p, int su, char *text, size_t size);

/* Admin states with those of what an entity belongs to and depends on. */
enum amf_admin plan_su_admin(const struct amf_model *m, int su);
enum amf_admin plan_si_admin(const struct amf_model *m, int si);

/* Print the layout of every group; the number of findings among the lines. */
size_t model_plan_print(const struct amf_model *m);

#endif
