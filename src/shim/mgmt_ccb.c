/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: changes that are collected here, and committed by the daemon as one. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/logline.h"
#include "shim/cpm_name.h"
#include "shim/mgmt.h"
#include "shim/mgmt_config.h"
#include "shim/plat_handle.h"

struct ccb {
    enum plat_what what;
    pthread_mutex_t lock; /* of what follows */
    json_t *changes;      /* owned */
    ClRcT refused;        /* what the commit comes to, whatever else is in it */
};

static void ccb_destroy(void *at)
{
    struct ccb *c = at;

    pthread_mutex_destroy(&c->lock);
    json_decref(c->changes);
    free(c);
}

/* ---- handles -------------------------------------------------------------- */

static ClRcT initialize(ClAmsMgmtHandleT handle, uint64_t *out)
{
    struct ccb *c;

    if (!mgmt_is_open(handle))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    c = calloc(1, sizeof(*c));
    if (!c)
        return AMS_RC(CL_ERR_NO_MEMORY);
    c->what = PLAT_CCB;
    pthread_mutex_init(&c->lock, NULL);
    c->changes = json_array();
    *out = c->changes ? clv_handle_add(CLV_PLATFORM, c, ccb_destroy) : 0;
    if (*out)
        return CL_OK;
    ccb_destroy(c);
    return AMS_RC(CL_ERR_NO_MEMORY);
}

static ClRcT finalize(uint64_t handle)
{
    if (!plat_get(handle, PLAT_CCB))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    clv_handle_close(handle, CLV_PLATFORM);
    clv_handle_put(handle);
    return CL_OK;
}

/* ---- collecting ------------------------------------------------------------ */

/* The program may not look at what it gets, so the commit says it again. */
static ClRcT spoil(struct ccb *c, ClRcT rc)
{
    pthread_mutex_lock(&c->lock);
    if (!c->refused)
        c->refused = rc;
    pthread_mutex_unlock(&c->lock);
    return rc;
}

static ClRcT collect(struct ccb *c, const ClAmsEntityConfigT *entity, ClUint64T bits)
{
    char name[CPM_TEXT_MAX];
    ClUint64T bad = 0;
    json_t *change;
    json_t *set;
    bool ok;

    cpm_name_text(name, &entity->name);
    set = mgmt_config_set(entity, bits, &bad);
    if (!set) {
        clv_log(CLV_LOG_ERROR, "CCB: %s %s: attributes %#llx cannot be changed",
                mgmt_kind(entity->type), name, (unsigned long long)bad);
        return spoil(c, AMS_RC(CL_ERR_NOT_SUPPORTED));
    }
    change = json_pack("{s:s, s:s, s:o}", "kind", mgmt_kind(entity->type), "name", name,
                       "set", set);
    pthread_mutex_lock(&c->lock);
    ok = change && json_array_append_new(c->changes, change) == 0;
    pthread_mutex_unlock(&c->lock);
    return ok ? CL_OK : spoil(c, AMS_RC(CL_ERR_NO_MEMORY));
}

static ClRcT set_config(uint64_t handle, const ClAmsEntityConfigT *entity, ClUint64T bits)
{
    struct ccb *c = plat_get(handle, PLAT_CCB);
    ClRcT rc;

    if (!c)
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    if (!entity)
        rc = AMS_RC(CL_ERR_NULL_POINTER);
    else if (!mgmt_kind(entity->type))
        rc = AMS_RC(CL_AMS_ERR_INVALID_ENTITY);
    else
        rc = collect(c, entity, bits);
    clv_handle_put(handle);
    return rc;
}

static ClRcT refuse(uint64_t handle, const char *what, const ClAmsEntityT *entity,
                    const void *other)
{
    struct ccb *c = plat_get(handle, PLAT_CCB);
    char name[CPM_TEXT_MAX];
    ClRcT rc = AMS_RC(CL_ERR_NULL_POINTER);

    if (!c)
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    if (entity && other) {
        cpm_name_text(name, &entity->name);
        clv_log(CLV_LOG_ERROR,
                "CCB: %s of %s: expected a change of numbers, time-outs or choices; the "
                "rest is in the files of the model",
                what, name);
        rc = spoil(c, AMS_RC(CL_ERR_NOT_SUPPORTED));
    }
    clv_handle_put(handle);
    return rc;
}

/* ---- the commit ------------------------------------------------------------- */

/* What was collected; the CCB is empty then. NULL: nothing can come of it, for *rc. */
static json_t *changes_take(struct ccb *c, ClRcT *rc)
{
    json_t *changes = c->changes, *empty = json_array();

    pthread_mutex_lock(&c->lock);
    *rc = empty ? c->refused : AMS_RC(CL_ERR_NO_MEMORY);
    if (empty) {
        changes = c->changes;
        c->changes = empty;
        c->refused = CL_OK;
    }
    pthread_mutex_unlock(&c->lock);
    if (!*rc)
        return changes;
    if (empty)
        json_decref(changes);
    return NULL;
}

static ClRcT commit(uint64_t handle)
{
    struct ccb *c = plat_get(handle, PLAT_CCB);
    json_t *changes, *answer = NULL;
    const char *why;
    ClRcT rc;

    if (!c)
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    changes = changes_take(c, &rc);
    if (changes)
        rc = mgmt_call(json_pack("{s:s, s:o}", "t", "ccb", "changes", changes), &answer);
    why = json_string_value(json_object_get(answer, "why"));
    if (rc)
        clv_log(CLV_LOG_ERROR, "CCB: nothing is changed: %s",
                why && *why ? why
                : !changes  ? "a part of it was refused"
                            : "no daemon");
    json_decref(answer);
    clv_handle_put(handle);
    return rc;
}

/* ---- the calls, under either name ----------------------------------------------- */

#define ID_CCB(ccb) (ccb)
#define ID_CCBBatch(ccb) ((uint64_t)(uintptr_t)(ccb))

#define CALL(Family, Name, Handle)                                                       \
    ClRcT clAmsMgmt##Family##Name(Handle ccb, const ClAmsEntityT *entity)                \
    {                                                                                    \
        return refuse(ID_##Family(ccb), #Name, entity, entity);                          \
    }
#define CALL_2(Family, Name, Handle, Other)                                              \
    ClRcT clAmsMgmt##Family##Name(Handle ccb, ClAmsEntityT *entity, Other *other)        \
    {                                                                                    \
        return refuse(ID_##Family(ccb), #Name, entity, other);                           \
    }

#define FAMILY(Family, Handle)                                                           \
    ClRcT clAmsMgmt##Family##Initialize(ClAmsMgmtHandleT handle, Handle *out)            \
    {                                                                                    \
        uint64_t id = 0;                                                                 \
        const ClRcT rc = out ? initialize(handle, &id) : AMS_RC(CL_ERR_NULL_POINTER);    \
                                                                                         \
        if (!rc)                                                                         \
            *out = (Handle)id;                                                           \
        return rc;                                                                       \
    }                                                                                    \
    ClRcT clAmsMgmt##Family##Finalize(Handle ccb)                                        \
    {                                                                                    \
        return finalize(ID_##Family(ccb));                                               \
    }                                                                                    \
    ClRcT clAmsMgmt##Family##EntitySetConfig(Handle ccb, ClAmsEntityConfigT *entity,     \
                                             ClUint64T attributes)                       \
    {                                                                                    \
        return set_config(ID_##Family(ccb), entity, attributes);                         \
    }                                                                                    \
    ClRcT clAmsMgmt##Family##Commit(Handle ccb)                                          \
    {                                                                                    \
        return commit(ID_##Family(ccb));                                                 \
    }                                                                                    \
    ClRcT clAmsMgmt##Family##SetSISURankList(Handle ccb, ClAmsEntityT *si,               \
                                             ClAmsEntityT *su, ClUint32T rank)           \
    {                                                                                    \
        (void)rank;                                                                      \
        return refuse(ID_##Family(ccb), "SetSISURankList", si, su);                      \
    }                                                                                    \
    CALL(Family, EntityCreate, Handle)                                                   \
    CALL(Family, EntityDelete, Handle)                                                   \
    CALL_2(Family, CSISetNVP, Handle, ClAmsCSINameValuePairT)                            \
    CALL_2(Family, CSIDeleteNVP, Handle, ClAmsCSINameValuePairT)                         \
    CALL_2(Family, SetNodeDependency, Handle, ClAmsEntityT)                              \
    CALL_2(Family, DeleteNodeDependency, Handle, ClAmsEntityT)                           \
    CALL_2(Family, SetNodeSUList, Handle, ClAmsEntityT)                                  \
    CALL_2(Family, DeleteNodeSUList, Handle, ClAmsEntityT)                               \
    CALL_2(Family, SetSGSUList, Handle, ClAmsEntityT)                                    \
    CALL_2(Family, DeleteSGSUList, Handle, ClAmsEntityT)                                 \
    CALL_2(Family, SetSGSIList, Handle, ClAmsEntityT)                                    \
    CALL_2(Family, DeleteSGSIList, Handle, ClAmsEntityT)                                 \
    CALL_2(Family, SetSUCompList, Handle, ClAmsEntityT)                                  \
    CALL_2(Family, DeleteSUCompList, Handle, ClAmsEntityT)                               \
    CALL_2(Family, SetSICSIList, Handle, ClAmsEntityT)                                   \
    CALL_2(Family, DeleteSICSIList, Handle, ClAmsEntityT)                                \
    CALL_2(Family, SetSIDependency, Handle, ClAmsEntityT)                                \
    CALL_2(Family, DeleteSIDependency, Handle, ClAmsEntityT)                             \
    CALL_2(Family, SetCSIDependency, Handle, ClAmsEntityT)                               \
    CALL_2(Family, DeleteCSIDependency, Handle, ClAmsEntityT)                            \
    CALL_2(Family, DeleteSISURankList, Handle, ClAmsEntityT)

FAMILY(CCB, ClAmsMgmtCCBHandleT)
FAMILY(CCBBatch, ClAmsMgmtCCBBatchHandleT)
