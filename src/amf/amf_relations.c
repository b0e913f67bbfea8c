/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "amf/amf_instances.h"
#include "amf/amf_text.h"
#include "amf/amf_xml.h"

typedef int lookup_fn(const struct amf_model *m, const char *name, size_t len);

static bool list_has(const struct amf_list *list, int index)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        if (list->at[i] == index)
            return true;
    return false;
}

static bool list_add(struct amf_load *l, struct amf_list *list, int index)
{
    int *more = realloc(list->at, (list->n + 1) * sizeof(*more));

    if (!more)
        return amf_fail_memory(l);
    list->at = more;
    more[list->n++] = index;
    return true;
}

/* Append what el names; an empty element names nothing, a second mention adds
 * nothing. */
static bool reference_add(struct amf_load *l, const xmlNode *el, lookup_fn *lookup,
                          const char *what, struct amf_list *out)
{
    char *name = amf_xml_text(el);
    bool ok = true;
    int index;

    if (!name)
        return amf_fail_memory(l);
    if (*name) {
        index = lookup(l->model, name, strlen(name));
        if (index < 0)
            ok = amf_fail(l, el, "\"%s\" does not exist, expected the name of %s", name,
                          what);
        else if (!list_has(out, index))
            ok = list_add(l, out, index);
    }
    free(name);
    return ok;
}

static bool references_read(struct amf_load *l, const xmlNode *parent, const char *list,
                            const char *element, lookup_fn *lookup, const char *what,
                            struct amf_list *out)
{
    const xmlNode *el;

    AMF_XML_EACH(el, amf_xml_child(parent, list), element)
    if (!reference_add(l, el, lookup, what, out))
        return false;
    return true;
}

static bool nodes_relate(struct amf_load *l)
{
    size_t i;

    for (i = 0; i < l->model->n_nodes; i++)
        if (!references_read(l, l->node_els[i], "dependencies", "node", amf_model_node,
                             "a node", &l->model->nodes[i].depends))
            return false;
    return true;
}

/* An SU belongs to one group; place is where the second one claims it. */
static bool sus_claim(struct amf_load *l, size_t sg)
{
    const struct amf_list *sus = &l->model->sgs[sg].sus;
    const xmlNode *place = amf_xml_child(l->sg_els[sg], "associatedServiceUnits");
    struct amf_su *su;
    size_t i;

    for (i = 0; i < sus->n; i++) {
        su = &l->model->sus[sus->at[i]];
        if (su->sg >= 0)
            return amf_fail(l, place,
                            "SU \"%s\" is in group \"%s\" already, expected one "
                            "group for each SU",
                            su->name, l->model->sgs[su->sg].name);
        su->sg = (int)sg;
    }
    return true;
}

static bool sgs_relate(struct amf_load *l)
{
    size_t i;

    for (i = 0; i < l->model->n_sgs; i++)
        if (!references_read(l, l->sg_els[i], "associatedServiceUnits",
                             "associatedServiceUnit", amf_model_su, "an SU",
                             &l->model->sgs[i].sus) ||
            !sus_claim(l, i))
            return false;
    return true;
}

/* The spelling is that of the legacy files; the right one is taken as well. */
static bool preferred_read(struct amf_load *l, size_t si)
{
    struct amf_list *out = &l->model->sis[si].preferred;

    return references_read(l, l->si_els[si], "prefferedServiceUnits",
                           "prefferedServiceUnit", amf_model_su, "an SU", out) &&
           references_read(l, l->si_els[si], "preferredServiceUnits",
                           "preferredServiceUnit", amf_model_su, "an SU", out);
}

static bool sis_relate(struct amf_load *l)
{
    size_t i;

    for (i = 0; i < l->model->n_sis; i++)
        if (!references_read(l, l->si_els[i], "dependencies", "serviceInstance",
                             amf_model_si, "an SI", &l->model->sis[i].depends) ||
            !preferred_read(l, i))
            return false;
    return true;
}

static bool csis_relate(struct amf_load *l)
{
    struct amf_csi *csi;
    size_t i, k;

    for (i = 0; i < l->model->n_csis; i++) {
        csi = &l->model->csis[i];
        if (!references_read(l, l->csi_els[i], "dependencies", "componentServiceInstance",
                             amf_model_csi, "a CSI", &csi->depends))
            return false;
        for (k = 0; k < csi->depends.n; k++)
            if (l->model->csis[csi->depends.at[k]].si != csi->si)
                return amf_fail(l, l->csi_els[i],
                                "depends on \"%s\" of another SI, "
                                "expected a CSI of the same one",
                                l->model->csis[csi->depends.at[k]].name);
    }
    return true;
}

bool amf_relations_read(struct amf_load *l)
{
    return nodes_relate(l) && sgs_relate(l) && sis_relate(l) && csis_relate(l);
}

/* ---- cycles -------------------------------------------------------------- */

struct graph {
    const struct amf_model *model;
    size_t n;
    const struct amf_list *(*edges)(const struct amf_model *m, size_t i);
};

static const struct amf_list *node_edges(const struct amf_model *m, size_t i)
{
    return &m->nodes[i].depends;
}

static const struct amf_list *si_edges(const struct amf_model *m, size_t i)
{
    return &m->sis[i].depends;
}

static const struct amf_list *csi_edges(const struct amf_model *m, size_t i)
{
    return &m->csis[i].depends;
}

/* Take away what depends on nothing that is left, until nothing changes; what
 * remains is on a cycle or leads to one. out[i] is set for those. */
static bool peel(const struct graph *g, bool *left)
{
    bool changed = true, any = false;
    size_t i, k;

    for (i = 0; i < g->n; i++)
        left[i] = true;
    while (changed) {
        changed = any = false;
        for (i = 0; i < g->n; i++) {
            const struct amf_list *e = g->edges(g->model, i);

            if (!left[i])
                continue;
            for (k = 0; k < e->n && !left[e->at[k]]; k++)
                ;
            if (k == e->n)
                left[i] = false, changed = true;
            else
                any = true;
        }
    }
    return any;
}

/* From anything that is left, following the dependencies for n steps ends on a
 * cycle. */
static size_t cycle_find(const struct graph *g, const bool *left)
{
    size_t at = 0, steps, k;

    while (!left[at])
        at++;
    for (steps = 0; steps < g->n; steps++) {
        const struct amf_list *e = g->edges(g->model, at);

        for (k = 0; !left[e->at[k]]; k++)
            ;
        at = (size_t)e->at[k];
    }
    return at;
}

static bool acyclic_check(struct amf_load *l, const struct graph *g, const xmlNode **els)
{
    bool *left = calloc(g->n + 1, sizeof(*left));
    bool ok = true;

    if (!left)
        return amf_fail_memory(l);
    if (peel(g, left))
        ok = amf_fail(l, els[cycle_find(g, left)],
                      "depends on itself, directly or through others, expected no cycle");
    free(left);
    return ok;
}

bool amf_relations_check(struct amf_load *l)
{
    const struct amf_model *m = l->model;
    const struct graph nodes = {m, m->n_nodes, node_edges};
    const struct graph sis = {m, m->n_sis, si_edges};
    const struct graph csis = {m, m->n_csis, csi_edges};

    return acyclic_check(l, &nodes, l->node_els) && acyclic_check(l, &sis, l->si_els) &&
           acyclic_check(l, &csis, l->csi_els);
}
