/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of entities: of the model, and of who has which work. */
#include "amf/amf_daemon.h"

#include <string.h>

#include "amf/amf_must.h"

static void put_text(json_t *list, const char *text)
{
    json_array_append_new(list, amf_must(json_string(text)));
}

/* ---- from the model ------------------------------------------------------ */

#define PUT_ALL(array, count)                                                            \
    static void all_##array(const struct amf_daemon *d, int i, json_t *out)              \
    {                                                                                    \
        size_t k;                                                                        \
                                                                                         \
        (void)i;                                                                         \
        for (k = 0; k < d->model->count; k++)                                            \
            put_text(out, d->model->array[k].name);                                      \
    }

PUT_ALL(nodes, n_nodes)
PUT_ALL(sgs, n_sgs)
PUT_ALL(sus, n_sus)
PUT_ALL(sis, n_sis)
PUT_ALL(comps, n_comps)
PUT_ALL(csis, n_csis)

/* Those of the array that the list of an owner names. */
#define PUT_LIST(fn, owners, list, array)                                                \
    static void fn(const struct amf_daemon *d, int i, json_t *out)                       \
    {                                                                                    \
        const struct amf_list *l = &d->model->owners[i].list;                            \
        size_t k;                                                                        \
                                                                                         \
        for (k = 0; k < l->n; k++)                                                       \
            put_text(out, d->model->array[l->at[k]].name);                               \
    }

PUT_LIST(node_sus, nodes, sus, sus)
PUT_LIST(node_depends, nodes, depends, nodes)
PUT_LIST(sg_sus, sgs, sus, sus)
PUT_LIST(sg_sis, sgs, sis, sis)
PUT_LIST(su_comps, sus, comps, comps)
PUT_LIST(si_csis, sis, csis, csis)
PUT_LIST(si_depends, sis, depends, sis)
PUT_LIST(si_ranks, sis, preferred, sus)
PUT_LIST(csi_depends, csis, depends, csis)

static void csi_pairs(const struct amf_daemon *d, int i, json_t *out)
{
    const struct amf_csi *c = &d->model->csis[i];
    size_t k;

    for (k = 0; k < c->n_attrs; k++)
        json_array_append_new(
            out, amf_must(json_pack("[s, s]", c->attrs[k].name, c->attrs[k].value)));
}

/* ---- the SUs of a group, by what they are -------------------------------- */

static bool su_assigned(const struct amf_daemon *d, int su)
{
    const struct amf_list *sis = &d->model->sgs[d->model->sus[su].sg].sis;
    struct amf_assigned a;
    size_t k;

    for (k = 0; k < sis->n; k++)
        if (amf_engine_assigned(d->engine, su, sis->at[k], &a))
            return true;
    return false;
}

static bool su_faulty(const struct amf_daemon *d, int su)
{
    return amf_engine_oper(d->engine, AMF_KIND_SU, su) == AMF_OPER_DISABLED;
}

static bool su_instantiated(const struct amf_daemon *d, int su)
{
    return amf_engine_su_presence(d->engine, su) == AMF_PRES_INSTANTIATED;
}

/* It could be started, and is not. */
static bool su_instantiable(const struct amf_daemon *d, int su)
{
    const enum amf_presence p = amf_engine_su_presence(d->engine, su);
    const int node = d->model->sus[su].node;

    return (p == AMF_PRES_UNINSTANTIATED || p == AMF_PRES_NONE) && !su_faulty(d, su) &&
           amf_engine_admin(d->engine, AMF_KIND_SU, su) != AMF_ADMIN_LOCKED_I &&
           node >= 0 && amf_engine_node_up(d->engine, node);
}

static bool su_spare(const struct amf_daemon *d, int su)
{
    return amf_engine_readiness(d->engine, su) == AMF_READY_INSERVICE &&
           !su_assigned(d, su);
}

#define PUT_SUS(fn, which)                                                               \
    static void fn(const struct amf_daemon *d, int i, json_t *out)                       \
    {                                                                                    \
        const struct amf_list *sus = &d->model->sgs[i].sus;                              \
        size_t k;                                                                        \
                                                                                         \
        for (k = 0; k < sus->n; k++)                                                     \
            if (which(d, sus->at[k]))                                                    \
                put_text(out, d->model->sus[sus->at[k]].name);                           \
    }

PUT_SUS(sg_assigned, su_assigned)
PUT_SUS(sg_faulty, su_faulty)
PUT_SUS(sg_instantiated, su_instantiated)
PUT_SUS(sg_instantiable, su_instantiable)
PUT_SUS(sg_spare, su_spare)

/* ---- who has which work -------------------------------------------------- */

static json_t *assigned(const char *name, uint32_t rank, const struct amf_assigned *a)
{
    return amf_must(json_pack("{s:s, s:I, s:i, s:I, s:I, s:I, s:I, s:I}", "name", name,
                              "rank", (json_int_t)rank, "ha", (int)a->role, "active",
                              (json_int_t)a->csis[AMF_HA_ACTIVE], "standby",
                              (json_int_t)a->csis[AMF_HA_STANDBY], "quiesced",
                              (json_int_t)a->csis[AMF_HA_QUIESCED], "quiescing",
                              (json_int_t)a->csis[AMF_HA_QUIESCING], "pending",
                              (json_int_t)a->pending));
}

static void su_sis(const struct amf_daemon *d, int su, json_t *out)
{
    const struct amf_model *m = d->model;
    struct amf_assigned a;
    json_t *o;
    size_t k;

    for (k = 0; k < m->n_sis; k++) {
        if (!amf_engine_assigned(d->engine, su, (int)k, &a))
            continue;
        o = assigned(m->sis[k].name, m->sis[k].rank, &a);
        json_object_set_new(o, "csis", json_integer((json_int_t)m->sis[k].csis.n));
        json_array_append_new(out, o);
    }
}

static void si_sus(const struct amf_daemon *d, int si, json_t *out)
{
    const struct amf_model *m = d->model;
    struct amf_assigned a;
    size_t k;

    for (k = 0; k < m->n_sus; k++)
        if (amf_engine_assigned(d->engine, (int)k, si, &a))
            json_array_append_new(out, assigned(m->sus[k].name, m->sus[k].rank, &a));
}

/* The component that is active for a CSI, or "". */
static const char *active_for(const struct amf_daemon *d, int csi)
{
    size_t k;

    for (k = 0; k < d->model->n_comps; k++)
        if (amf_engine_ha(d->engine, (int)k, csi) == AMF_HA_ACTIVE)
            return d->model->comps[k].name;
    return "";
}

static void comp_csis(const struct amf_daemon *d, int comp, json_t *out)
{
    const struct amf_model *m = d->model;
    size_t k;

    for (k = 0; k < m->n_csis; k++) {
        const enum amf_ha ha = amf_engine_ha(d->engine, comp, (int)k);

        if (ha != AMF_HA_NONE)
            json_array_append_new(
                out, amf_must(json_pack("{s:s, s:I, s:i, s:s}", "name", m->csis[k].name,
                                        "rank", (json_int_t)m->csis[k].rank, "ha",
                                        (int)ha, "active", active_for(d, (int)k))));
    }
}

/* ---- the question -------------------------------------------------------- */

typedef int (*find_fn)(const struct amf_model *m, const char *name, size_t n);

/* clang-format off */
static const struct {
    const char *of;
    find_fn find; /* NULL: nobody's */
    void (*put)(const struct amf_daemon *d, int i, json_t *out);
} lists[] = {
    { "node",             NULL,           all_nodes },
    { "sg",               NULL,           all_sgs },
    { "su",               NULL,           all_sus },
    { "si",               NULL,           all_sis },
    { "comp",             NULL,           all_comps },
    { "csi",              NULL,           all_csis },
    { "node-su",          amf_model_node, node_sus },
    { "node-dependency",  amf_model_node, node_depends },
    { "sg-su",            amf_model_sg,   sg_sus },
    { "sg-si",            amf_model_sg,   sg_sis },
    { "sg-assigned",      amf_model_sg,   sg_assigned },
    { "sg-faulty",        amf_model_sg,   sg_faulty },
    { "sg-instantiable",  amf_model_sg,   sg_instantiable },
    { "sg-instantiated",  amf_model_sg,   sg_instantiated },
    { "sg-spare",         amf_model_sg,   sg_spare },
    { "su-comp",          amf_model_su,   su_comps },
    { "su-assigned",      amf_model_su,   su_sis },
    { "si-csi",           amf_model_si,   si_csis },
    { "si-dependency",    amf_model_si,   si_depends },
    { "si-rank",          amf_model_si,   si_ranks },
    { "si-assigned",      amf_model_si,   si_sus },
    { "comp-assigned",    amf_model_comp, comp_csis },
    { "csi-dependency",   amf_model_csi,  csi_depends },
    { "csi-nvp",          amf_model_csi,  csi_pairs },
};
/* clang-format on */

void amf_query_list(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *of = amf_server_text(o, "of"), *name = amf_server_text(o, "name");
    json_t *out;
    size_t k;
    int i = 0;

    for (k = 0; of && k < sizeof(lists) / sizeof(*lists); k++)
        if (strcmp(lists[k].of, of) == 0)
            break;
    if (!of || k == sizeof(lists) / sizeof(*lists) || (lists[k].find && !name)) {
        amf_server_reply(p, o, AMF_RE_AMS | AMF_ADMIN_INVALID_ENTITY, NULL);
        return;
    }
    if (lists[k].find)
        i = lists[k].find(d->model, name, strlen(name));
    if (i < 0) {
        amf_server_reply(p, o, AMF_RE_AMS | AMF_ADMIN_NOT_EXIST, NULL);
        return;
    }
    out = amf_must(json_array());
    lists[k].put(d, i, out);
    amf_server_reply(p, o, AMF_RE_OK, json_pack("{s:o}", "names", out));
}
