/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: configuration, status and lists of entities, from the daemon's answers. */
#include "shim/mgmt.h"

#include <stdlib.h>
#include <string.h>

#include <clHeapApi.h>

#include "shim/cpm_name.h"

static int64_t num(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static ClBoolT yes(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s ? s : "";
}

/* ---- configuration -------------------------------------------------------- */

static void node_config(void *at, const json_t *o)
{
    ClAmsNodeConfigT *c = at;

    c->adminState = (ClAmsAdminStateT)num(o, "admin");
    c->id = (ClUint32T)num(o, "id");
    c->isRestartable = yes(o, "restartable");
    c->autoRepair = yes(o, "auto_repair");
    c->isASPAware = yes(o, "asp_aware");
    c->suFailoverDuration = num(o, "su_failover_ms");
    c->suFailoverCountMax = (ClUint32T)num(o, "su_failover_max");
}

static void sg_config(void *at, const json_t *o)
{
    ClAmsSGConfigT *c = at;

    c->adminState = (ClAmsAdminStateT)num(o, "admin");
    c->redundancyModel = (ClAmsSGRedundancyModelT)num(o, "redundancy");
    c->loadingStrategy = (ClAmsSGLoadingStrategyT)num(o, "loading");
    c->autoRepair = yes(o, "auto_repair");
    c->instantiateDuration = num(o, "instantiate_ms");
    c->numPrefActiveSUs = (ClUint32T)num(o, "pref_active");
    c->numPrefStandbySUs = (ClUint32T)num(o, "pref_standby");
    c->numPrefInserviceSUs = (ClUint32T)num(o, "pref_inservice");
    c->numPrefAssignedSUs = (ClUint32T)num(o, "pref_assigned");
    c->numPrefActiveSUsPerSI = (ClUint32T)num(o, "pref_active_per_si");
    c->maxActiveSIsPerSU = (ClUint32T)num(o, "max_active");
    c->maxStandbySIsPerSU = (ClUint32T)num(o, "max_standby");
    c->compRestartDuration = num(o, "comp_restart_ms");
    c->compRestartCountMax = (ClUint32T)num(o, "comp_restart_max");
    c->suRestartDuration = num(o, "su_restart_ms");
    c->suRestartCountMax = (ClUint32T)num(o, "su_restart_max");
    c->isCollocationAllowed = yes(o, "collocation");
    c->alpha = (ClUint32T)num(o, "alpha");
    c->beta = (ClUint32T)num(o, "beta");
    c->autoAdjust = yes(o, "auto_adjust");
    c->autoAdjustProbation = num(o, "probation_ms");
    c->reductionProcedure = yes(o, "reduction");
    c->maxFailovers = (ClUint32T)num(o, "failover_max");
    c->failoverDuration = num(o, "failover_ms");
}

static void su_config(void *at, const json_t *o)
{
    ClAmsSUConfigT *c = at;

    c->adminState = (ClAmsAdminStateT)num(o, "admin");
    c->rank = (ClUint32T)num(o, "rank");
    c->numComponents = (ClUint32T)num(o, "n_comps");
    c->isPreinstantiable = yes(o, "preinstantiable");
    c->isRestartable = yes(o, "restartable");
    mgmt_entity_set(&c->parentSG.entity, CL_AMS_ENTITY_TYPE_SG, text(o, "sg"));
    mgmt_entity_set(&c->parentNode.entity, CL_AMS_ENTITY_TYPE_NODE, text(o, "node"));
}

static void si_config(void *at, const json_t *o)
{
    ClAmsSIConfigT *c = at;

    c->adminState = (ClAmsAdminStateT)num(o, "admin");
    c->rank = (ClUint32T)num(o, "rank");
    c->numCSIs = (ClUint32T)num(o, "n_csis");
    c->numStandbyAssignments = (ClUint32T)num(o, "n_standby");
    c->standbyAssignmentOrder = (ClUint32T)num(o, "standby_order");
    mgmt_entity_set(&c->parentSG.entity, CL_AMS_ENTITY_TYPE_SG, text(o, "sg"));
}

/* The supported CSI types stand behind the struct, in the same block. */
static void comp_config(void *at, const json_t *o)
{
    const json_t *types = json_object_get(o, "csi_types");
    const json_t *t = json_object_get(o, "timeouts");
    ClAmsCompConfigT *c = at;
    size_t i;

    c->numSupportedCSITypes = (ClUint32T)json_array_size(types);
    c->pSupportedCSITypes = (ClNameT *)(c + 1);
    for (i = 0; i < json_array_size(types); i++)
        cpm_name_set_counted(&c->pSupportedCSITypes[i],
                             json_string_value(json_array_get(types, i)));
    cpm_name_set_counted(&c->proxyCSIType, text(o, "proxy_csi_type"));
    c->capabilityModel = (ClAmsCompCapModelT)num(o, "capability");
    c->property = (ClAmsCompPropertyT)num(o, "property");
    c->isRestartable = yes(o, "restartable");
    c->nodeRebootCleanupFail = yes(o, "reboot_cleanup_fail");
    c->instantiateLevel = (ClUint32T)num(o, "level");
    c->numMaxInstantiate = (ClUint32T)num(o, "max_instantiate");
    c->numMaxInstantiateWithDelay = (ClUint32T)num(o, "max_instantiate_delayed");
    c->numMaxActiveCSIs = (ClUint32T)num(o, "max_active");
    c->numMaxStandbyCSIs = (ClUint32T)num(o, "max_standby");
    c->timeouts.instantiate = json_integer_value(json_array_get(t, 0));
    c->timeouts.terminate = json_integer_value(json_array_get(t, 1));
    c->timeouts.cleanup = json_integer_value(json_array_get(t, 2));
    c->timeouts.quiescingComplete = json_integer_value(json_array_get(t, 3));
    c->timeouts.csiSet = json_integer_value(json_array_get(t, 4));
    c->timeouts.csiRemove = json_integer_value(json_array_get(t, 5));
    c->timeouts.proxiedCompInstantiate = json_integer_value(json_array_get(t, 6));
    c->timeouts.proxiedCompCleanup = json_integer_value(json_array_get(t, 7));
    c->timeouts.instantiateDelay = json_integer_value(json_array_get(t, 8));
    c->recoveryOnTimeout = (ClAmsLocalRecoveryT)num(o, "recovery");
    mgmt_entity_set(&c->parentSU.entity, CL_AMS_ENTITY_TYPE_SU, text(o, "su"));
    memcpy(c->instantiateCommand, text(o, "command"),
           strnlen(text(o, "command"), sizeof(c->instantiateCommand) - 1));
}

static void csi_config(void *at, const json_t *o)
{
    ClAmsCSIConfigT *c = at;

    cpm_name_set_counted(&c->type, text(o, "type"));
    c->rank = (ClUint32T)num(o, "rank");
    mgmt_entity_set(&c->parentSI.entity, CL_AMS_ENTITY_TYPE_SI, text(o, "si"));
}

/* ---- status --------------------------------------------------------------- */

static void node_status(void *at, const json_t *o)
{
    ClAmsNodeStatusT *s = at;

    s->operState = (ClAmsOperStateT)num(o, "oper");
    s->isClusterMember = yes(o, "member") ? CL_AMS_NODE_IS_CLUSTER_MEMBER
                                          : CL_AMS_NODE_IS_NOT_CLUSTER_MEMBER;
    s->presenceState = yes(o, "member") ? CL_AMS_PRESENCE_STATE_INSTANTIATED
                                        : CL_AMS_PRESENCE_STATE_UNINSTANTIATED;
}

static void su_status(void *at, const json_t *o)
{
    ClAmsSUStatusT *s = at;

    s->operState = (ClAmsOperStateT)num(o, "oper");
    s->readinessState = (ClAmsReadinessStateT)num(o, "readiness");
}

static void comp_status(void *at, const json_t *o)
{
    ClAmsCompStatusT *s = at;

    s->operState = (ClAmsOperStateT)num(o, "oper");
    s->presenceState = (ClAmsPresenceStateT)num(o, "presence");
}

static void nothing_more(void *at, const json_t *o)
{
    (void)at;
    (void)o;
}

/* ---- either --------------------------------------------------------------- */

struct shape {
    size_t size;
    void (*fill)(void *at, const json_t *o);
};

/* clang-format off */
static const struct shape configs[] = {
    [CL_AMS_ENTITY_TYPE_NODE] = { sizeof(ClAmsNodeConfigT), node_config },
    [CL_AMS_ENTITY_TYPE_SG]   = { sizeof(ClAmsSGConfigT),   sg_config },
    [CL_AMS_ENTITY_TYPE_SU]   = { sizeof(ClAmsSUConfigT),   su_config },
    [CL_AMS_ENTITY_TYPE_SI]   = { sizeof(ClAmsSIConfigT),   si_config },
    [CL_AMS_ENTITY_TYPE_COMP] = { sizeof(ClAmsCompConfigT), comp_config },
    [CL_AMS_ENTITY_TYPE_CSI]  = { sizeof(ClAmsCSIConfigT),  csi_config },
};

static const struct shape statuses[] = {
    [CL_AMS_ENTITY_TYPE_NODE] = { sizeof(ClAmsNodeStatusT), node_status },
    [CL_AMS_ENTITY_TYPE_SG]   = { sizeof(ClAmsSGStatusT),   nothing_more },
    [CL_AMS_ENTITY_TYPE_SU]   = { sizeof(ClAmsSUStatusT),   su_status },
    [CL_AMS_ENTITY_TYPE_SI]   = { sizeof(ClAmsSIStatusT),   nothing_more },
    [CL_AMS_ENTITY_TYPE_COMP] = { sizeof(ClAmsCompStatusT), comp_status },
    [CL_AMS_ENTITY_TYPE_CSI]  = { sizeof(ClAmsCSIStatusT),  nothing_more },
};
/* clang-format on */

/* *out: new, of the shape that the entity's type has in shapes. */
static ClRcT entity_get(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity,
                        const struct shape *shapes, void **out)
{
    const char *kind = entity ? mgmt_kind(entity->type) : NULL;
    char name[CPM_TEXT_MAX];
    const json_t *o;
    json_t *answer;
    size_t size;
    ClRcT rc;

    if (!mgmt_is_open(handle))
        return AMS_RC(CL_ERR_INVALID_HANDLE);
    if (!entity)
        return AMS_RC(CL_ERR_NULL_POINTER);
    if (!kind)
        return AMS_RC(CL_AMS_ERR_INVALID_ENTITY);
    cpm_name_text(name, &entity->name);
    rc = mgmt_call(
        json_pack("{s:s, s:s, s:s}", "t", "entity", "kind", kind, "name", name), &answer);
    if (!rc) {
        o = json_object_get(answer, "entity");
        size = shapes[entity->type].size +
               json_array_size(json_object_get(o, "csi_types")) * sizeof(ClNameT);
        *out = clHeapCalloc(1, (ClUint32T)size);
        if (*out)
            shapes[entity->type].fill(*out, o);
        else
            rc = AMS_RC(CL_ERR_NO_MEMORY);
    }
    json_decref(answer);
    return rc;
}

ClRcT clAmsMgmtEntityGetConfig(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                               ClAmsEntityConfigT **out)
{
    char name[CPM_TEXT_MAX];
    void *config = NULL;
    ClRcT rc;

    if (!out)
        return AMS_RC(CL_ERR_NULL_POINTER);
    rc = entity_get(handle, entity, configs, &config);
    if (!rc) {
        *out = config; /* every configuration begins with its entity */
        cpm_name_text(name, &entity->name);
        mgmt_entity_set(*out, entity->type, name);
    }
    return rc;
}

ClRcT clAmsMgmtEntityGetStatus(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                               ClAmsEntityStatusT **out)
{
    void *status = NULL;
    ClRcT rc;

    if (!out)
        return AMS_RC(CL_ERR_NULL_POINTER);
    rc = entity_get(handle, entity, statuses, &status);
    if (!rc)
        *out = status;
    return rc;
}

ClAmsNodeConfigT *clAmsMgmtNodeGetConfig(ClAmsMgmtHandleT handle, const ClCharT *name)
{
    ClAmsEntityConfigT *config = NULL;
    ClAmsEntityT entity;

    mgmt_entity_set(&entity, CL_AMS_ENTITY_TYPE_NODE, name ? name : "");
    clAmsMgmtEntityGetConfig(handle, &entity, &config);
    return (void *)config;
}

ClAmsNodeStatusT *clAmsMgmtNodeGetStatus(ClAmsMgmtHandleT handle, const ClCharT *name)
{
    ClAmsEntityStatusT *status = NULL;
    ClAmsEntityT entity;

    mgmt_entity_set(&entity, CL_AMS_ENTITY_TYPE_NODE, name ? name : "");
    clAmsMgmtEntityGetStatus(handle, &entity, &status);
    return (void *)status;
}
