/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: handles, and operations on the cluster. */
#include "shim/mgmt.h"

#include <stdlib.h>
#include <string.h>

#include <clOsalApi.h>

#include "base/clock.h"
#include "base/logline.h"
#include "shim/cpm_name.h"
#include "shim/plat_handle.h"

enum { RETRY_LIMIT_S = 10, RETRY_PAUSE_MS = 200 };

struct mgmt {
    enum plat_what what;
};

/* ---- handles -------------------------------------------------------------- */

bool mgmt_is_open(ClAmsMgmtHandleT handle)
{
    const bool open = plat_get(handle, PLAT_MGMT) != NULL;

    if (open)
        clv_handle_put(handle);
    return open;
}

/* B.1.x is what there is. */
static bool version_agree(ClVersionT *v)
{
    const bool ok = v->releaseCode == 'B' && v->majorVersion <= 1;

    *v = (ClVersionT){'B', 1, 1};
    return ok;
}

ClRcT clAmsMgmtInitialize(ClAmsMgmtHandleT *out, const ClAmsMgmtCallbacksT *callbacks,
                          ClVersionT *version)
{
    struct mgmt *s;
    json_t *answer;
    ClRcT rc;

    (void)callbacks; /* there are none */
    if (!out || !version)
        return AMS_RC(CL_ERR_NULL_POINTER);
    if (!version_agree(version))
        return AMS_RC(CL_ERR_VERSION_MISMATCH);
    rc = mgmt_call(json_pack("{s:s}", "t", "master"), &answer);
    if (!answer)
        return rc;
    json_decref(answer); /* somebody is there, whoever leads */
    s = calloc(1, sizeof(*s));
    if (!s)
        return AMS_RC(CL_ERR_NO_MEMORY);
    s->what = PLAT_MGMT;
    *out = clv_handle_add(CLV_PLATFORM, s, free);
    if (*out)
        return CL_OK;
    free(s);
    return AMS_RC(CL_ERR_NO_MEMORY);
}

ClRcT clAmsMgmtFinalize(ClAmsMgmtHandleT handle)
{
    if (!mgmt_is_open(handle) || !clv_handle_close(handle, CLV_PLATFORM))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    clv_handle_put(handle);
    return CL_OK;
}

/* ---- operations ----------------------------------------------------------- */

const char *mgmt_kind(ClAmsEntityTypeT type)
{
    static const char *const kinds[] = {
        [CL_AMS_ENTITY_TYPE_NODE] = "node", [CL_AMS_ENTITY_TYPE_SG] = "sg",
        [CL_AMS_ENTITY_TYPE_SU] = "su",     [CL_AMS_ENTITY_TYPE_SI] = "si",
        [CL_AMS_ENTITY_TYPE_COMP] = "comp", [CL_AMS_ENTITY_TYPE_CSI] = "csi"};

    return (unsigned)type < sizeof(kinds) / sizeof(*kinds) ? kinds[type] : NULL;
}

void mgmt_entity_set(ClAmsEntityT *out, ClAmsEntityTypeT type, const char *name)
{
    memset(out, 0, sizeof(*out));
    out->type = type;
    cpm_name_set_counted(&out->name, name);
}

static ClRcT once(const char *op, const char *kind, const char *name, int arg)
{
    json_t *answer;
    const ClRcT rc = mgmt_call(json_pack("{s:s, s:s, s:s, s:s, s:i}", "t", "admin", "op",
                                         op, "kind", kind, "name", name, "arg", arg),
                               &answer);

    json_decref(answer);
    return rc;
}

static ClRcT operate(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity, const char *op,
                     ClBoolT retry)
{
    const int64_t end_ns = clv_deadline_ns(RETRY_LIMIT_S * CLV_NS_PER_S);
    const ClTimerTimeOutT pause = {0, RETRY_PAUSE_MS};
    char name[CPM_TEXT_MAX];
    ClRcT rc;

    if (!mgmt_is_open(handle))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    if (!entity)
        return AMS_RC(CL_ERR_NULL_POINTER);
    if (!mgmt_kind(entity->type))
        return AMS_RC(CL_AMS_ERR_INVALID_ENTITY);
    cpm_name_text(name, &entity->name);
    rc = once(op, mgmt_kind(entity->type), name, 0);
    while (retry && CL_GET_ERROR_CODE(rc) == CL_ERR_TRY_AGAIN && clv_now_ns() < end_ns) {
        clOsalTaskDelay(pause);
        rc = once(op, mgmt_kind(entity->type), name, 0);
    }
    return rc;
}

#define OPERATION(Name, word)                                                            \
    ClRcT clAmsMgmtEntity##Name(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity)     \
    {                                                                                    \
        return operate(handle, entity, word, CL_FALSE);                                  \
    }                                                                                    \
    ClRcT clAmsMgmtEntity##Name##Extended(ClAmsMgmtHandleT handle,                       \
                                          const ClAmsEntityT *entity, ClBoolT retry)     \
    {                                                                                    \
        return operate(handle, entity, word, retry);                                     \
    }

OPERATION(LockAssignment, "lock")
OPERATION(LockInstantiation, "lock-instantiation")
OPERATION(Unlock, "unlock")
OPERATION(Shutdown, "shutdown")
OPERATION(ShutdownWithRestart, "shutdown-restart")
OPERATION(Restart, "restart")
OPERATION(Repaired, "repaired")
OPERATION(ForceLock, "force-lock")
OPERATION(ForceLockInstantiation, "force-lock-instantiation")

static ClRcT operate_named(ClAmsMgmtHandleT handle, const char *op, const char *kind,
                           const ClCharT *name, int arg)
{
    if (!mgmt_is_open(handle))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    return name ? once(op, kind, name, arg) : AMS_RC(CL_ERR_NULL_POINTER);
}

ClRcT clAmsMgmtSISwap(ClAmsMgmtHandleT handle, const ClCharT *si)
{
    return operate_named(handle, "swap", "si", si, 0);
}

ClRcT clAmsMgmtSGAdjust(ClAmsMgmtHandleT handle, const ClCharT *sg, ClUint32T enable)
{
    return operate_named(handle, "adjust", "sg", sg, enable != 0);
}

/* o may be NULL. text: an SU, or nobody. */
static void su_put(json_t *o, const char *key, const ClCharT *text)
{
    if (o && text && *text)
        json_object_set_new(o, key, json_string(text));
}

ClRcT clAmsMgmtSIAssignSU(const ClCharT *si, const ClCharT *active,
                          const ClCharT *standby)
{
    json_t *o, *answer;
    ClRcT rc;

    if (!si)
        return AMS_RC(CL_ERR_NULL_POINTER);
    o = json_pack("{s:s, s:s, s:s, s:s}", "t", "admin", "op", "assign", "kind", "si",
                  "name", si);
    su_put(o, "active", active);
    su_put(o, "standby", standby);
    rc = mgmt_call(o, &answer);
    json_decref(answer);
    return rc;
}

ClRcT clAmsMgmtMigrateSG(ClAmsMgmtHandleT handle, const ClCharT *sg, ...)
{
    if (!mgmt_is_open(handle))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    if (!sg)
        return AMS_RC(CL_ERR_NULL_POINTER);
    clv_log(
        CLV_LOG_ERROR,
        "clAmsMgmtMigrateSG of %s: expected a model that has the other nodes and SUs; "
        "this one is in its files",
        sg);
    return AMS_RC(CL_ERR_NOT_SUPPORTED);
}
