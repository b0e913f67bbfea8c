/* SPDX-License-Identifier: Apache-2.0 */
/* The usual model of a world: groups of a given shape; and what a world owns. */
#include "amf/amf_world.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory of the world ------------------------------------------------- */

void *world_own(struct world *w, void *p)
{
    w->owned = realloc(w->owned, (w->n_owned + 1) * sizeof(*w->owned));
    if (!p || !w->owned)
        abort();
    w->owned[w->n_owned++] = p;
    return p;
}

char *world_text(struct world *w, const char *format, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    return world_own(w, strdup(text));
}

int *world_ints(struct world *w, size_t n)
{
    return world_own(w, calloc(n ? n : 1, sizeof(int)));
}

static void list_add(struct world *w, struct amf_list *l, int i)
{
    int *at = world_ints(w, l->n + 1);

    if (l->n)
        memcpy(at, l->at, l->n * sizeof(*at));
    at[l->n++] = i;
    l->at = at;
}

/* ---- the model ----------------------------------------------------------- */

static void make_nodes(struct world *w, const struct world_shape *s)
{
    struct amf_model *m = &w->m;

    m->n_nodes = (size_t)s->nodes;
    m->nodes = world_own(w, calloc(m->n_nodes, sizeof(*m->nodes)));
    for (int i = 0; i < s->nodes; i++)
        m->nodes[i] = (struct amf_node){.name = world_text(w, "node%d", i + 1),
                                        .admin = AMF_ADMIN_UNLOCKED,
                                        .asp_aware = true,
                                        .auto_repair = true,
                                        .restartable = true,
                                        .su_failover_count_max = 10,
                                        .su_failover_ms = 60000};
}

static void make_sg(struct world *w, const struct world_shape *s, int sg)
{
    w->m.sgs[sg] = (struct amf_sg){.name = world_text(w, "sg%d", sg + 1),
                                   .admin = AMF_ADMIN_UNLOCKED,
                                   .redundancy = s->redundancy,
                                   .loading = AMF_LOAD_LEAST_SI_PER_SU,
                                   .auto_repair = true,
                                   .collocation = true,
                                   .restart_ms = 5000,
                                   .pref_active = 1,
                                   .pref_standby = 1,
                                   .pref_inservice = (uint32_t)s->sus,
                                   .pref_assigned = (uint32_t)s->sus,
                                   .pref_active_per_si = 1,
                                   .max_active_sis = 8,
                                   .max_standby_sis = 8,
                                   .comp_restart_ms = 10000,
                                   .comp_restart_max = 5,
                                   .su_restart_ms = 20000,
                                   .su_restart_max = 5,
                                   .failover_ms = 300000,
                                   .alpha = 100,
                                   .adjust_probation_ms = 10000};
}

static void make_sgs(struct world *w, const struct world_shape *s, int groups)
{
    w->m.n_sgs = (size_t)groups;
    w->m.sgs = world_own(w, calloc(w->m.n_sgs, sizeof(*w->m.sgs)));
    for (int i = 0; i < groups; i++)
        make_sg(w, s, i);
}

static void make_comp(struct world *w, const struct world_shape *s, int su, int k)
{
    struct amf_model *m = &w->m;
    const int index = su * s->comps + k;
    struct amf_comp *c = &m->comps[index];
    int n = 0;

    *c = (struct amf_comp){.name = s->comps > 1
                                       ? world_text(w, "comp%d%c", su + 1, 'a' + k)
                                       : world_text(w, "comp%d", su + 1),
                           .su = su,
                           .capability = AMF_CAP_X_ACTIVE_AND_Y_STANDBY,
                           .property = AMF_PROP_SA_AWARE,
                           .restartable = true,
                           .node_reboot_cleanup_fail = true,
                           .level = 1,
                           .instantiate_delay_ms = 2000,
                           .max_instantiate = 1,
                           .max_instantiate_delayed = 1,
                           .max_active_csis = 16,
                           .max_standby_csis = 16,
                           .recovery_on_timeout = AMF_REC_NO_RECOMMENDATION,
                           .instantiate_ms = 1000,
                           .terminate_ms = 1100,
                           .cleanup_ms = 1200,
                           .csi_set_ms = 1300,
                           .csi_remove_ms = 1400,
                           .quiescing_complete_ms = 1500,
                           .proxied_instantiate_ms = 1600,
                           .proxied_cleanup_ms = 1700};
    c->csi_types = world_own(w, calloc((size_t)s->csis + 1, sizeof(char *)));
    for (int j = 0; j < s->csis; j++)
        if (j % s->comps == k)
            c->csi_types[n++] = world_text(w, "work%d", j + 1);
    list_add(w, &m->sus[su].comps, index);
}

static void make_su(struct world *w, const struct world_shape *s, int su)
{
    struct amf_model *m = &w->m;
    const int node = su % s->sus % s->nodes;

    m->sus[su] = (struct amf_su){.name = world_text(w, "su%d", su + 1),
                                 .admin = AMF_ADMIN_UNLOCKED,
                                 .node = node,
                                 .sg = su / s->sus,
                                 .rank = (uint32_t)(su % s->sus) + 1,
                                 .preinstantiable = true,
                                 .restartable = true};
    list_add(w, &m->nodes[node].sus, su);
    list_add(w, &m->sgs[m->sus[su].sg].sus, su);
    for (int k = 0; k < s->comps; k++)
        make_comp(w, s, su, k);
}

static void make_sus(struct world *w, const struct world_shape *s, int groups)
{
    struct amf_model *m = &w->m;
    const int n = groups * s->sus;

    m->n_sus = (size_t)n;
    m->n_comps = (size_t)n * (size_t)s->comps;
    m->sus = world_own(w, calloc(m->n_sus, sizeof(*m->sus)));
    m->comps = world_own(w, calloc(m->n_comps, sizeof(*m->comps)));
    for (int i = 0; i < n; i++)
        make_su(w, s, i);
}

static void make_csi(struct world *w, const struct world_shape *s, int si, int k)
{
    struct amf_model *m = &w->m;
    const int index = si * s->csis + k;

    m->csis[index] =
        (struct amf_csi){.name = s->csis > 1 ? world_text(w, "csi%d%c", si + 1, 'a' + k)
                                             : world_text(w, "csi%d", si + 1),
                         .type = world_text(w, "work%d", k + 1),
                         .si = si,
                         .rank = (uint32_t)k + 1};
    list_add(w, &m->sis[si].csis, index);
}

static void make_sis(struct world *w, const struct world_shape *s, int groups)
{
    struct amf_model *m = &w->m;
    const int n = groups * s->sis;

    m->n_sis = (size_t)n;
    m->n_csis = (size_t)n * (size_t)s->csis;
    m->sis = world_own(w, calloc(m->n_sis ? m->n_sis : 1, sizeof(*m->sis)));
    m->csis = world_own(w, calloc(m->n_csis ? m->n_csis : 1, sizeof(*m->csis)));
    for (int i = 0; i < n; i++) {
        m->sis[i] = (struct amf_si){.name = world_text(w, "si%d", i + 1),
                                    .admin = AMF_ADMIN_UNLOCKED,
                                    .sg = i / s->sis,
                                    .rank = (uint32_t)(i % s->sis) + 1,
                                    .n_standby = 1};
        list_add(w, &m->sgs[m->sis[i].sg].sis, i);
        for (int k = 0; k < s->csis; k++)
            make_csi(w, s, i, k);
    }
}

struct world *world_new_groups(const struct world_shape *shape, int groups)
{
    struct world *w = world_empty();

    make_nodes(w, shape);
    make_sgs(w, shape, groups);
    make_sus(w, shape, groups);
    make_sis(w, shape, groups);
    world_make_comps(w);
    return w;
}

struct world *world_new(const struct world_shape *shape)
{
    return world_new_groups(shape, 1);
}
