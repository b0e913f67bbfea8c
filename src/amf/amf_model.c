/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_model.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_load.h"
#include "amf/amf_text.h"

/* ---- freeing ------------------------------------------------------------- */

static void node_clear(struct amf_node *n)
{
    free(n->name);
    free(n->type);
    free(n->sus.at);
    free(n->depends.at);
}

static void sg_clear(struct amf_sg *g)
{
    free(g->name);
    free(g->type);
    free(g->sus.at);
    free(g->sis.at);
}

static void su_clear(struct amf_su *u)
{
    free(u->name);
    free(u->type);
    free(u->comps.at);
}

static void si_clear(struct amf_si *i)
{
    free(i->name);
    free(i->type);
    free(i->csis.at);
    free(i->depends.at);
    free(i->preferred.at);
}

void amf_csi_clear(struct amf_csi *i)
{
    free(i->name);
    free(i->type);
    amf_pairs_free(i->attrs, i->n_attrs);
    free(i->depends.at);
}

void amf_comp_clear(struct amf_comp *c)
{
    free(c->name);
    free(c->type);
    free(c->proxy_csi_type);
    free(c->terminate_command);
    free(c->cleanup_command);
    amf_strings_free(c->csi_types);
    amf_strings_free(c->argv);
    amf_pairs_free(c->envs, c->n_envs);
}

#define CLEAR_ALL(array, n, clear)                                                       \
    do {                                                                                 \
        size_t i_;                                                                       \
        for (i_ = 0; i_ < (n); i_++)                                                     \
            clear(&(array)[i_]);                                                         \
        free(array);                                                                     \
    } while (0)

void amf_model_free(struct amf_model *m)
{
    if (!m)
        return;
    CLEAR_ALL(m->nodes, m->n_nodes, node_clear);
    CLEAR_ALL(m->sgs, m->n_sgs, sg_clear);
    CLEAR_ALL(m->sus, m->n_sus, su_clear);
    CLEAR_ALL(m->comps, m->n_comps, amf_comp_clear);
    CLEAR_ALL(m->sis, m->n_sis, si_clear);
    CLEAR_ALL(m->csis, m->n_csis, amf_csi_clear);
    amf_strings_free(m->files);
    amf_strings_free(m->warnings);
    free(m);
}

/* ---- looking up ---------------------------------------------------------- */

/* A legacy name may count its trailing NUL. */
static bool name_is(const char *have, const char *name, size_t len)
{
    if (len > 0 && name[len - 1] == '\0')
        len--;
    return have && strlen(have) == len && memcmp(have, name, len) == 0;
}

#define DEFINE_LOOKUP(entity, array, count)                                              \
    int amf_model_##entity(const struct amf_model *m, const char *name, size_t len)      \
    {                                                                                    \
        size_t i;                                                                        \
                                                                                         \
        for (i = 0; i < m->count; i++)                                                   \
            if (name_is(m->array[i].name, name, len))                                    \
                return (int)i;                                                           \
        return -1;                                                                       \
    }

DEFINE_LOOKUP(node, nodes, n_nodes)
DEFINE_LOOKUP(sg, sgs, n_sgs)
DEFINE_LOOKUP(su, sus, n_sus)
DEFINE_LOOKUP(comp, comps, n_comps)
DEFINE_LOOKUP(si, sis, n_sis)
DEFINE_LOOKUP(csi, csis, n_csis)
