/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_instances.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_field.h"
#include "amf/amf_text.h"
#include "amf/amf_types.h"
#include "amf/amf_xml.h"

/* ---- arrays that grow ---------------------------------------------------- */

/* Room for one more, zeroed; elements and what they came from grow together. */
static bool slot_add(struct amf_load *l, void **array, size_t *n, size_t size,
                     const xmlNode ***els, const xmlNode *el)
{
    const xmlNode **more_els;
    void *more;

    /* capacities are powers of two */
    if ((*n & (*n - 1)) == 0) {
        const size_t cap = *n ? 2 * *n : 1;

        more = realloc(*array, cap * size);
        if (!more)
            return amf_fail_memory(l);
        *array = more;
        more_els = realloc(*els, cap * sizeof(const xmlNode *));
        if (!more_els)
            return amf_fail_memory(l);
        *els = more_els;
    }
    memset((char *)*array + *n * size, 0, size);
    (*els)[(*n)++] = el;
    return true;
}

#define SLOT_ADD(l, array, count, els, el)                                               \
    slot_add(l, (void **)&(l)->model->array, &(l)->model->count,                         \
             sizeof(*(l)->model->array), &(l)->els, el)

static bool index_add(struct amf_load *l, struct amf_list *list, size_t index)
{
    int *more = realloc(list->at, (list->n + 1) * sizeof(*more));

    if (!more)
        return amf_fail_memory(l);
    list->at = more;
    more[list->n++] = (int)index;
    return true;
}

/* ---- what every instance has --------------------------------------------- */

/* Copies of name and type; first: the index under which the name is known so far,
 * or -1. */
static bool identity_read(struct amf_load *l, const xmlNode *el, char **name, char **type)
{
    const char *n = amf_name_get(l, el, "name"), *t;

    if (!n)
        return false;
    t = amf_name_get(l, el, "type");
    if (!t)
        return false;
    *name = strdup(n);
    *type = strdup(t);
    return (*name && *type) || amf_fail_memory(l);
}

static bool unique_check(struct amf_load *l, const xmlNode *el, int first, size_t index,
                         const xmlNode **els)
{
    if (first < 0 || (size_t)first == index)
        return true;
    return amf_fail(l, el, "already defined in line %ld, expected each name once",
                    xmlGetLineNo(els[first]));
}

static const xmlNode *type_must(struct amf_load *l, const xmlNode *el,
                                enum amf_type_kind kind, const char *element,
                                const char *name)
{
    const xmlNode *type = amf_type_find(l, kind, name);

    if (!type)
        amf_fail(l, el, "type \"%s\" is not defined, expected a <%s> of %s", name,
                 element, amf_xml_file(l->definitions));
    return type;
}

/* A number in an attribute, left alone when it is missing or empty. */
static bool attr_number(struct amf_load *l, const xmlNode *el, const char *attr,
                        uint32_t *out)
{
    const char *text = amf_xml_attr(el, attr);

    return !text || !*text || amf_xml_number(l, el, attr, text, out);
}

/* ---- nodes --------------------------------------------------------------- */

/* A comp's own <exeName value=""/> replaces argv[0], its own <args> the rest. */
static bool comp_overrides(struct amf_load *l, const xmlNode *el, struct amf_comp *c)
{
    const xmlNode *exe = amf_xml_child(el, "exeName");
    const char *path = exe ? amf_xml_attr(exe, "value") : NULL;
    size_t i;

    if (path && *path) {
        if (!c->argv[0] && !amf_strings_append(&c->argv, "", 0))
            return amf_fail_memory(l);
        free(c->argv[0]);
        c->argv[0] = strdup(path);
        if (!c->argv[0])
            return amf_fail_memory(l);
        c->file = amf_xml_file(exe);
        c->line = (int)xmlGetLineNo(exe);
    }
    if (!c->argv[0] || !amf_xml_child(amf_xml_child(el, "args"), "argument"))
        return true;
    for (i = 1; c->argv[i]; i++) {
        free(c->argv[i]);
        c->argv[i] = NULL;
    }
    return amf_args_append(l, el, &c->argv);
}

static bool comp_read(struct amf_load *l, const xmlNode *el, size_t su)
{
    const size_t index = l->model->n_comps;
    const xmlNode *type;
    struct amf_comp *c;

    if (!SLOT_ADD(l, comps, n_comps, comp_els, el))
        return false;
    c = &l->model->comps[index];
    c->su = (int)su;
    if (!identity_read(l, el, &c->name, &c->type) ||
        !unique_check(l, el, amf_model_comp(l->model, c->name, strlen(c->name)), index,
                      l->comp_els))
        return false;
    type = type_must(l, el, AMF_TYPE_COMP, "compType", c->type);
    return type && amf_type_comp(l, type, c) && comp_overrides(l, el, c) &&
           index_add(l, &l->model->sus[su].comps, index);
}

static bool su_count_check(struct amf_load *l, const xmlNode *el, const xmlNode *type,
                           size_t n_comps)
{
    uint32_t wanted;
    bool is_set;

    if (!amf_type_number(l, type, "numComponents", &wanted, &is_set))
        return false;
    if (!is_set || wanted == n_comps)
        return true;
    return amf_warn(l, el, "%zu components, expected %u by numComponents of its type",
                    n_comps, wanted);
}

static bool su_read(struct amf_load *l, const xmlNode *el, size_t node)
{
    const size_t index = l->model->n_sus;
    const xmlNode *type, *comp;
    struct amf_su *u;

    if (!SLOT_ADD(l, sus, n_sus, su_els, el))
        return false;
    u = &l->model->sus[index];
    u->node = (int)node;
    u->sg = -1;
    if (!identity_read(l, el, &u->name, &u->type) ||
        !unique_check(l, el, amf_model_su(l->model, u->name, strlen(u->name)), index,
                      l->su_els))
        return false;
    type = type_must(l, el, AMF_TYPE_SU, "suType", u->type);
    if (!type || !amf_type_su(l, type, u) || !attr_number(l, el, "rank", &u->rank) ||
        !index_add(l, &l->model->nodes[node].sus, index))
        return false;
    AMF_XML_EACH(comp, amf_xml_child(el, "componentInstances"), "componentInstance")
    if (!comp_read(l, comp, index))
        return false;
    return su_count_check(l, el, type, l->model->sus[index].comps.n);
}

/* The node types that cpmConfigs calls GLOBAL are controllers. */
static bool is_controller(const struct amf_load *l, const char *type)
{
    const xmlNode *el;
    const char *of, *role;

    AMF_XML_EACH(el, amf_xml_child(l->config, "cpmConfigs"), "cpmConfig")
    {
        of = amf_xml_attr(el, "nodeType");
        role = amf_xml_attr(el, "cpmType");
        if (of && strcmp(of, type) == 0)
            return role && strcmp(role, "GLOBAL") == 0;
    }
    return false;
}

static bool node_read(struct amf_load *l, const xmlNode *el)
{
    const size_t index = l->model->n_nodes;
    const xmlNode *type, *su;
    struct amf_node *n;

    if (!SLOT_ADD(l, nodes, n_nodes, node_els, el))
        return false;
    n = &l->model->nodes[index];
    n->slot = (uint32_t)index + 1;
    if (!identity_read(l, el, &n->name, &n->type) ||
        !unique_check(l, el, amf_model_node(l->model, n->name, strlen(n->name)), index,
                      l->node_els))
        return false;
    type = type_must(l, el, AMF_TYPE_NODE, "nodeType", n->type);
    if (!type || !amf_type_node(l, type, n) || !attr_number(l, el, "slotId", &n->slot))
        return false;
    n->controller = is_controller(l, n->type);
    AMF_XML_EACH(su, amf_xml_child(el, "serviceUnitInstances"), "serviceUnitInstance")
    if (!su_read(l, su, index))
        return false;
    return true;
}

/* ---- service groups ------------------------------------------------------ */

static bool csi_read(struct amf_load *l, const xmlNode *el, size_t si)
{
    const size_t index = l->model->n_csis;
    struct amf_csi *i;
    const xmlNode *type;
    char *type_name = NULL;
    bool ok;

    if (!SLOT_ADD(l, csis, n_csis, csi_els, el))
        return false;
    i = &l->model->csis[index];
    i->si = (int)si;
    ok = identity_read(l, el, &i->name, &type_name) &&
         unique_check(l, el, amf_model_csi(l->model, i->name, strlen(i->name)), index,
                      l->csi_els);
    type = ok ? type_must(l, el, AMF_TYPE_CSI, "csiType", type_name) : NULL;
    free(type_name);
    return type && amf_type_csi(l, type, i) &&
           index_add(l, &l->model->sis[si].csis, index);
}

/* Ascending rank; equal ranks keep the order of the XML. */
static void csis_sort(const struct amf_model *m, struct amf_list *list)
{
    size_t i, j;
    int moved;

    for (i = 1; i < list->n; i++) {
        moved = list->at[i];
        for (j = i; j > 0 && m->csis[list->at[j - 1]].rank > m->csis[moved].rank; j--)
            list->at[j] = list->at[j - 1];
        list->at[j] = moved;
    }
}

static bool csi_count_check(struct amf_load *l, const xmlNode *el, const xmlNode *type,
                            size_t n_csis)
{
    uint32_t wanted;
    bool is_set;

    if (!amf_type_number(l, type, "numCSIs", &wanted, &is_set))
        return false;
    if (!is_set || wanted == n_csis)
        return true;
    return amf_fail(l, el, "%zu CSIs, expected %u by numCSIs in line %ld of %s", n_csis,
                    wanted, xmlGetLineNo(amf_xml_child(type, "numCSIs")),
                    amf_xml_file(type));
}

static bool si_read(struct amf_load *l, const xmlNode *el, size_t sg)
{
    const size_t index = l->model->n_sis;
    const xmlNode *type, *csi;
    struct amf_si *i;

    if (!SLOT_ADD(l, sis, n_sis, si_els, el))
        return false;
    i = &l->model->sis[index];
    i->sg = (int)sg;
    if (!identity_read(l, el, &i->name, &i->type) ||
        !unique_check(l, el, amf_model_si(l->model, i->name, strlen(i->name)), index,
                      l->si_els))
        return false;
    type = type_must(l, el, AMF_TYPE_SI, "siType", i->type);
    if (!type || !amf_type_si(l, type, i) || !index_add(l, &l->model->sgs[sg].sis, index))
        return false;
    AMF_XML_EACH(csi, amf_xml_child(el, "componentServiceInstances"),
                 "componentServiceInstance")
    if (!csi_read(l, csi, index))
        return false;
    csis_sort(l->model, &i->csis);
    return csi_count_check(l, el, type, i->csis.n);
}

static bool sg_read(struct amf_load *l, const xmlNode *el)
{
    const size_t index = l->model->n_sgs;
    const xmlNode *type, *si;
    struct amf_sg *g;

    if (!SLOT_ADD(l, sgs, n_sgs, sg_els, el))
        return false;
    g = &l->model->sgs[index];
    if (!identity_read(l, el, &g->name, &g->type) ||
        !unique_check(l, el, amf_model_sg(l->model, g->name, strlen(g->name)), index,
                      l->sg_els))
        return false;
    type = type_must(l, el, AMF_TYPE_SG, "sgType", g->type);
    if (!type || !amf_type_sg(l, type, g))
        return false;
    AMF_XML_EACH(si, amf_xml_child(el, "serviceInstances"), "serviceInstance")
    if (!si_read(l, si, index))
        return false;
    return true;
}

/* ---- all of them --------------------------------------------------------- */

static bool cpm_check(struct amf_load *l)
{
    static const struct amf_words roles = {"", {{"GLOBAL", 1}, {"LOCAL", 0}, {NULL, 0}}};
    const char *type, *role;
    const xmlNode *el;
    int value;

    AMF_XML_EACH(el, amf_xml_child(l->config, "cpmConfigs"), "cpmConfig")
    {
        type = amf_name_get(l, el, "nodeType");
        if (!type || !type_must(l, el, AMF_TYPE_NODE, "nodeType", type))
            return false;
        role = amf_name_get(l, el, "cpmType");
        if (!role || !amf_word_find(l, el, &roles, role, &value))
            return false;
    }
    return true;
}

bool amf_instances_read(struct amf_load *l)
{
    const xmlNode *nodes = amf_xml_child(l->config, "nodeInstances"), *el;

    if (!cpm_check(l))
        return false;
    if (!amf_xml_child(nodes, "nodeInstance"))
        return amf_fail(l, l->config,
                        "no node, expected <nodeInstances><nodeInstance …>");
    AMF_XML_EACH(el, nodes, "nodeInstance")
    if (!node_read(l, el))
        return false;
    AMF_XML_EACH(el, amf_xml_child(l->config, "serviceGroups"), "serviceGroup")
    if (!sg_read(l, el))
        return false;
    return true;
}
