/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: lists of entities, and who has which work, from the daemon's answers. */
#include "shim/mgmt.h"

#include <stddef.h>
#include <string.h>

#include <clHeapApi.h>

#include "shim/cpm_name.h"

/* The answer's list; borrowed from *answer, which is new or NULL. */
static ClRcT ask(ClAmsMgmtHandleT handle, const char *of, const char *name,
                 json_t **answer, const json_t **list)
{
    ClRcT rc;

    *answer = NULL;
    if (!mgmt_is_open(handle))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    rc = mgmt_call(json_pack("{s:s, s:s, s:s}", "t", "list", "of", of, "name", name),
                   answer);
    *list = json_object_get(*answer, "names");
    return rc;
}

/* The list of an entity, as count elements of size bytes that fill makes out of the
 * answer's; behind them, room for tail bytes each. One block; none for an empty list. */
struct filling {
    const char *of;
    size_t size, tail;
    void (*fill)(void *at, void *tail, const json_t *o, const struct filling *f);
    ClAmsEntityTypeT type;        /* of what is listed */
    const struct number *numbers; /* of a reference, until one without key */
};

/* A number of the answer, and where it goes in an element. */
struct number {
    const char *key;
    size_t offset;
};

static ClRcT filled(const struct filling *f, const json_t *list, ClUint32T *count,
                    void **out)
{
    const size_t n = json_array_size(list);
    char *block = NULL;
    size_t i;

    if (n)
        block = clHeapCalloc((ClUint32T)n, (ClUint32T)(f->size + f->tail));
    if (n && !block)
        return AMS_RC(CL_ERR_NO_MEMORY);
    for (i = 0; i < n; i++)
        f->fill(block + i * f->size, block + n * f->size + i * f->tail,
                json_array_get(list, i), f);
    *count = (ClUint32T)n;
    *out = block;
    return CL_OK;
}

static ClRcT list_get(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity,
                      const struct filling *f, ClUint32T *count, void **out)
{
    char name[CPM_TEXT_MAX] = "";
    const json_t *list;
    json_t *answer;
    ClRcT rc;

    if (entity)
        cpm_name_text(name, &entity->name);
    rc = ask(handle, f->of, name, &answer, &list);
    if (!rc)
        rc = filled(f, list, count, out);
    json_decref(answer);
    return rc;
}

/* ---- entities ------------------------------------------------------------- */

static void name_fill(void *at, void *tail, const json_t *o, const struct filling *f)
{
    (void)tail;
    mgmt_entity_set(at, f->type, json_string_value(o));
}

static ClRcT entities_get(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity,
                          const char *of, ClAmsEntityTypeT type, ClAmsEntityBufferT *out)
{
    const struct filling f = {of, sizeof(ClAmsEntityT), 0, name_fill, type, NULL};
    void *block = NULL;
    ClRcT rc;

    rc = list_get(handle, entity, &f, &out->count, &block);
    if (!rc)
        out->entity = block;
    return rc;
}

#define ENTITIES(Name, of, TYPE)                                                         \
    ClRcT clAmsMgmtGet##Name(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,              \
                             ClAmsEntityBufferT *out)                                    \
    {                                                                                    \
        if (!entity || !out)                                                             \
            return AMS_RC(CL_ERR_NULL_POINTER);                                          \
        return entities_get(handle, entity, of, CL_AMS_ENTITY_TYPE_##TYPE, out);         \
    }

ENTITIES(NodeSUList, "node-su", SU)
ENTITIES(NodeDependenciesList, "node-dependency", NODE)
ENTITIES(SGSUList, "sg-su", SU)
ENTITIES(SGSIList, "sg-si", SI)
ENTITIES(SGAssignedSUList, "sg-assigned", SU)
ENTITIES(SGFaultySUList, "sg-faulty", SU)
ENTITIES(SGInstantiableSUList, "sg-instantiable", SU)
ENTITIES(SGInstantiatedSUList, "sg-instantiated", SU)
ENTITIES(SGInServiceSpareSUList, "sg-spare", SU)
ENTITIES(SUCompList, "su-comp", COMP)
ENTITIES(SICSIList, "si-csi", CSI)
ENTITIES(SIDependenciesList, "si-dependency", SI)
ENTITIES(SISURankList, "si-rank", SU)
ENTITIES(CSIDependenciesList, "csi-dependency", CSI)

ClRcT clAmsMgmtGetList(ClAmsMgmtHandleT handle, ClAmsEntityListTypeT which,
                       ClAmsEntityBufferT *out)
{
    static const ClAmsEntityTypeT types[] = {[CL_AMS_SG_LIST] = CL_AMS_ENTITY_TYPE_SG,
                                             [CL_AMS_SI_LIST] = CL_AMS_ENTITY_TYPE_SI,
                                             [CL_AMS_NODE_LIST] = CL_AMS_ENTITY_TYPE_NODE,
                                             [CL_AMS_SU_LIST] = CL_AMS_ENTITY_TYPE_SU,
                                             [CL_AMS_COMP_LIST] = CL_AMS_ENTITY_TYPE_COMP,
                                             [CL_AMS_CSI_LIST] = CL_AMS_ENTITY_TYPE_CSI};
    const ClAmsEntityTypeT type = (unsigned)which < sizeof(types) / sizeof(*types)
                                      ? types[which]
                                      : CL_AMS_ENTITY_TYPE_ENTITY;

    if (!out)
        return AMS_RC(CL_ERR_NULL_POINTER);
    if (!mgmt_kind(type))
        return AMS_RC(CL_AMS_ERR_INVALID_ENTITY_LIST);
    return entities_get(handle, NULL, mgmt_kind(type), type, out);
}

/* ---- name and value --------------------------------------------------------- */

static void pair_fill(void *at, void *tail, const json_t *o, const struct filling *f)
{
    ClAmsCSINVPT *pair = at;

    (void)tail;
    (void)f;
    cpm_name_set_counted(&pair->paramName, json_string_value(json_array_get(o, 0)));
    cpm_name_set_counted(&pair->paramValue, json_string_value(json_array_get(o, 1)));
}

ClRcT clAmsMgmtGetCSINVPList(ClAmsMgmtHandleT handle, ClAmsEntityT *csi,
                             ClAmsCSINVPBufferT *out)
{
    const struct filling f = {"csi-nvp", sizeof(ClAmsCSINVPT),   0,
                              pair_fill, CL_AMS_ENTITY_TYPE_CSI, NULL};
    char name[CPM_TEXT_MAX];
    void *block = NULL;
    ClUint32T i;
    ClRcT rc;

    if (!csi || !out)
        return AMS_RC(CL_ERR_NULL_POINTER);
    rc = list_get(handle, csi, &f, &out->count, &block);
    if (rc)
        return rc;
    out->nvp = block;
    cpm_name_text(name, &csi->name);
    for (i = 0; i < out->count; i++)
        cpm_name_set_counted(&out->nvp[i].csiName, name);
    return CL_OK;
}

/* ---- who has which work -------------------------------------------------------- */

/* clang-format off */
#define NUMBER(Ref, key, member) { key, offsetof(Ref, member) }
#define SUSI(Ref)                                                                        \
    NUMBER(Ref, "ha", haState), NUMBER(Ref, "active", numActiveCSIs),                    \
    NUMBER(Ref, "standby", numStandbyCSIs), NUMBER(Ref, "quiesced", numQuiescedCSIs),    \
    NUMBER(Ref, "quiescing", numQuiescingCSIs), NUMBER(Ref, "rank", rank)
#define PLACE(Ref) NUMBER(Ref, "ha", haState), NUMBER(Ref, "rank", rank)
#define PENDING(Ref) NUMBER(Ref, "pending", pendingInvocations)
#define END { NULL, 0 }

static const struct number susi[] = { SUSI(ClAmsSUSIRefT), END };
static const struct number susi_extended[] = { SUSI(ClAmsSUSIExtendedRefT),
    NUMBER(ClAmsSUSIExtendedRefT, "csis", numCSIs), PENDING(ClAmsSUSIExtendedRefT), END };
static const struct number sisu[] = { PLACE(ClAmsSISURefT), END };
static const struct number sisu_extended[] = { PLACE(ClAmsSISUExtendedRefT),
    PENDING(ClAmsSISUExtendedRefT), END };
static const struct number compcsi[] = { PLACE(ClAmsCompCSIRefT), END };
/* clang-format on */

/* A reference begins with whom it is to; the numbers are of one size, states too. */
static void ref_fill(void *at, void *tail, const json_t *o, const struct filling *f)
{
    const struct number *n;
    ClAmsEntityRefT *ref = at;
    ClUint32T value;

    (void)tail;
    mgmt_entity_set(&ref->entity, f->type, json_string_value(json_object_get(o, "name")));
    for (n = f->numbers; n->key; n++) {
        value = (ClUint32T)json_integer_value(json_object_get(o, n->key));
        memcpy((char *)at + n->offset, &value, sizeof(value));
    }
}

/* The active component stands behind the list, in the same block. */
static void compcsi_fill(void *at, void *tail, const json_t *o, const struct filling *f)
{
    const char *active = json_string_value(json_object_get(o, "active"));
    ClAmsCompCSIRefT *r = at;

    ref_fill(at, tail, o, f);
    if (!active || !*active)
        return;
    r->activeComp = tail;
    mgmt_entity_set(r->activeComp, CL_AMS_ENTITY_TYPE_COMP, active);
}

#define REFS(Name, of, Ref, Buffer, tail, filler, TYPE, numbers)                         \
    ClRcT clAmsMgmtGet##Name(ClAmsMgmtHandleT handle, ClAmsEntityT *entity, Buffer *out) \
    {                                                                                    \
        static const struct filling f = {                                                \
            of, sizeof(Ref), tail, filler, CL_AMS_ENTITY_TYPE_##TYPE, numbers};          \
        void *block = NULL;                                                              \
        ClRcT rc;                                                                        \
                                                                                         \
        if (!entity || !out)                                                             \
            return AMS_RC(CL_ERR_NULL_POINTER);                                          \
        rc = list_get(handle, entity, &f, &out->count, &block);                          \
        if (!rc)                                                                         \
            out->entityRef = block;                                                      \
        return rc;                                                                       \
    }

/* clang-format off */
REFS(SUAssignedSIsList, "su-assigned", ClAmsSUSIRefT, ClAmsSUSIRefBufferT, 0,
     ref_fill, SI, susi)
REFS(SUAssignedSIsExtendedList, "su-assigned", ClAmsSUSIExtendedRefT,
     ClAmsSUSIExtendedRefBufferT, 0, ref_fill, SI, susi_extended)
REFS(SISUList, "si-assigned", ClAmsSISURefT, ClAmsSISURefBufferT, 0, ref_fill, SU, sisu)
REFS(SISUExtendedList, "si-assigned", ClAmsSISUExtendedRefT, ClAmsSISUExtendedRefBufferT, 0,
     ref_fill, SU, sisu_extended)
REFS(CompCSIList, "comp-assigned", ClAmsCompCSIRefT, ClAmsCompCSIRefBufferT,
     sizeof(ClAmsEntityT), compcsi_fill, CSI, compcsi)
/* clang-format on */

/* ---- one state for all of it ------------------------------------------------------ */

/* The first of these that there is counts. */
static ClAmsHAStateT strongest(const json_t *list)
{
    static const ClAmsHAStateT order[] = {
        CL_AMS_HA_STATE_ACTIVE, CL_AMS_HA_STATE_QUIESCING, CL_AMS_HA_STATE_QUIESCED,
        CL_AMS_HA_STATE_STANDBY};
    const json_t *o;
    size_t i, k;

    for (i = 0; i < sizeof(order) / sizeof(*order); i++)
        json_array_foreach(list, k, o)
        {
            if (json_integer_value(json_object_get(o, "ha")) == (json_int_t)order[i])
                return order[i];
        }
    return CL_AMS_HA_STATE_NONE;
}

static ClRcT state_get(ClAmsMgmtHandleT handle, const char *of,
                       const ClAmsEntityT *entity, ClAmsHAStateT *out)
{
    char name[CPM_TEXT_MAX];
    const json_t *list;
    json_t *answer;
    ClRcT rc;

    if (!entity || !out)
        return AMS_RC(CL_ERR_NULL_POINTER);
    cpm_name_text(name, &entity->name);
    rc = ask(handle, of, name, &answer, &list);
    if (!rc)
        *out = strongest(list);
    json_decref(answer);
    return rc;
}

ClRcT clAmsMgmtGetSIHAState(ClAmsMgmtHandleT handle, ClAmsEntityT *si, ClAmsHAStateT *out)
{
    return state_get(handle, "si-assigned", si, out);
}

ClRcT clAmsMgmtGetSUHAState(ClAmsMgmtHandleT handle, ClAmsEntityT *su, ClAmsHAStateT *out)
{
    return state_get(handle, "su-assigned", su, out);
}
