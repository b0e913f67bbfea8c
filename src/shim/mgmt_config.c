/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/mgmt_config.h"

#include <stddef.h>
#include <string.h>

#include "shim/cpm_name.h"

enum type { YES, NUMBER, TIME, NAME, TEXT, PARENT, TYPES };

struct row {
    ClUint64T bit;
    const char *key; /* NULL: not kept; it can only be given as 0, or no name */
    enum type type;
    size_t offset;
};

/* clang-format off */
#define ROW(Config, bit, key, type, member) { bit, key, type, offsetof(Config, member) }

#define NODE(bit, key, type, member) ROW(ClAmsNodeConfigT, NODE_CONFIG_##bit, key, type, member)
static const struct row node_rows[] = {
    NODE(ADMIN_STATE,           "admin",           NUMBER, adminState),
    NODE(ID,                    "id",              NUMBER, id),
    NODE(CLASS_TYPE,            NULL,              NUMBER, classType),
    NODE(SUB_CLASS_TYPE,        NULL,              NAME,   subClassType),
    NODE(IS_SWAPPABLE,          NULL,              YES,    isSwappable),
    NODE(IS_RESTARTABLE,        "restartable",     YES,    isRestartable),
    NODE(AUTO_REPAIR,           "auto_repair",     YES,    autoRepair),
    NODE(IS_ASP_AWARE,          "asp_aware",       YES,    isASPAware),
    NODE(SU_FAILOVER_DURATION,  "su_failover_ms",  TIME,   suFailoverDuration),
    NODE(SU_FAILOVER_COUNT_MAX, "su_failover_max", NUMBER, suFailoverCountMax),
};

#define SG(bit, key, type, member) ROW(ClAmsSGConfigT, SG_CONFIG_##bit, key, type, member)
static const struct row sg_rows[] = {
    SG(ADMIN_STATE,                "admin",              NUMBER, adminState),
    SG(REDUNDANCY_MODEL,           "redundancy",         NUMBER, redundancyModel),
    SG(LOADING_STRATEGY,           "loading",            NUMBER, loadingStrategy),
    SG(FAILBACK_OPTION,            NULL,                 YES,    failbackOption),
    SG(AUTO_REPAIR,                "auto_repair",        YES,    autoRepair),
    SG(INSTANTIATE_DURATION,       "instantiate_ms",     TIME,   instantiateDuration),
    SG(NUM_PREF_ACTIVE_SUS,        "pref_active",        NUMBER, numPrefActiveSUs),
    SG(NUM_PREF_STANDBY_SUS,       "pref_standby",       NUMBER, numPrefStandbySUs),
    SG(NUM_PREF_INSERVICE_SUS,     "pref_inservice",     NUMBER, numPrefInserviceSUs),
    SG(NUM_PREF_ASSIGNED_SUS,      "pref_assigned",      NUMBER, numPrefAssignedSUs),
    SG(NUM_PREF_ACTIVE_SUS_PER_SI, "pref_active_per_si", NUMBER, numPrefActiveSUsPerSI),
    SG(MAX_ACTIVE_SIS_PER_SU,      "max_active",         NUMBER, maxActiveSIsPerSU),
    SG(MAX_STANDBY_SIS_PER_SU,     "max_standby",        NUMBER, maxStandbySIsPerSU),
    SG(COMP_RESTART_DURATION,      "comp_restart_ms",    TIME,   compRestartDuration),
    SG(COMP_RESTART_COUNT_MAX,     "comp_restart_max",   NUMBER, compRestartCountMax),
    SG(SU_RESTART_DURATION,        "su_restart_ms",      TIME,   suRestartDuration),
    SG(SU_RESTART_COUNT_MAX,       "su_restart_max",     NUMBER, suRestartCountMax),
    SG(REDUCTION_PROCEDURE,        "reduction",          YES,    reductionProcedure),
    SG(COLOCATION_ALLOWED,         "collocation",        YES,    isCollocationAllowed),
    SG(AUTO_ADJUST,                "auto_adjust",        YES,    autoAdjust),
    SG(AUTO_ADJUST_PROBATION,      "probation_ms",       TIME,   autoAdjustProbation),
    SG(ALPHA_FACTOR,               "alpha",              NUMBER, alpha),
    SG(BETA_FACTOR,                "beta",               NUMBER, beta),
    SG(MAX_FAILOVERS,              "failover_max",       NUMBER, maxFailovers),
    SG(FAILOVER_DURATION,          "failover_ms",        TIME,   failoverDuration),
};

#define SU(bit, key, type, member) ROW(ClAmsSUConfigT, SU_CONFIG_##bit, key, type, member)
static const struct row su_rows[] = {
    SU(ADMIN_STATE,        "admin",           NUMBER, adminState),
    SU(RANK,               "rank",            NUMBER, rank),
    SU(NUM_COMPONENTS,     "n_comps",         NUMBER, numComponents),
    SU(IS_PREINSTANTIABLE, "preinstantiable", YES,    isPreinstantiable),
    SU(IS_RESTARTABLE,     "restartable",     YES,    isRestartable),
    SU(IS_CONTAINER_SU,    NULL,              YES,    isContainerSU),
};

#define SI(bit, key, type, member) ROW(ClAmsSIConfigT, SI_CONFIG_##bit, key, type, member)
static const struct row si_rows[] = {
    SI(ADMIN_STATE,              "admin",         NUMBER, adminState),
    SI(RANK,                     "rank",          NUMBER, rank),
    SI(NUM_CSIS,                 "n_csis",        NUMBER, numCSIs),
    SI(NUM_STANDBY_ASSIGNMENTS,  "n_standby",     NUMBER, numStandbyAssignments),
    SI(STANDBY_ASSIGNMENT_ORDER, "standby_order", NUMBER, standbyAssignmentOrder),
};

#define COMP(bit, key, type, member) ROW(ClAmsCompConfigT, COMP_CONFIG_##bit, key, type, member)
static const struct row comp_rows[] = {
    COMP(SUPPORTED_CSI_TYPE,         "csi_types",               TYPES,  pSupportedCSITypes),
    COMP(PROXY_CSI_TYPE,             "proxy_csi_type",          NAME,   proxyCSIType),
    COMP(CAPABILITY_MODEL,           "capability",              NUMBER, capabilityModel),
    COMP(PROPERTY,                   "property",                NUMBER, property),
    COMP(IS_RESTARTABLE,             "restartable",             YES,    isRestartable),
    COMP(NODE_REBOOT_CLEANUP_FAIL,   "reboot_cleanup_fail",     YES,    nodeRebootCleanupFail),
    COMP(INSTANTIATE_LEVEL,          "level",                   NUMBER, instantiateLevel),
    COMP(NUM_MAX_INSTANTIATE,        "max_instantiate",         NUMBER, numMaxInstantiate),
    COMP(NUM_MAX_INSTANTIATE_WITH_DELAY, "max_instantiate_delayed", NUMBER, numMaxInstantiateWithDelay),
    COMP(NUM_MAX_TERMINATE,          NULL,                      NUMBER, numMaxTerminate),
    COMP(NUM_MAX_AM_START,           NULL,                      NUMBER, numMaxAmStart),
    COMP(NUM_MAX_AM_STOP,            NULL,                      NUMBER, numMaxAmStop),
    COMP(NUM_MAX_ACTIVE_CSIS,        "max_active",              NUMBER, numMaxActiveCSIs),
    COMP(NUM_MAX_STANDBY_CSIS,       "max_standby",             NUMBER, numMaxStandbyCSIs),
    COMP(TIMEOUTS,                   "instantiate_ms",          TIME,   timeouts.instantiate),
    COMP(TIMEOUTS,                   "terminate_ms",            TIME,   timeouts.terminate),
    COMP(TIMEOUTS,                   "cleanup_ms",              TIME,   timeouts.cleanup),
    COMP(TIMEOUTS,                   NULL,                      TIME,   timeouts.amStart),
    COMP(TIMEOUTS,                   NULL,                      TIME,   timeouts.amStop),
    COMP(TIMEOUTS,                   "quiescing_complete_ms",   TIME,   timeouts.quiescingComplete),
    COMP(TIMEOUTS,                   "csi_set_ms",              TIME,   timeouts.csiSet),
    COMP(TIMEOUTS,                   "csi_remove_ms",           TIME,   timeouts.csiRemove),
    COMP(TIMEOUTS,                   "proxied_instantiate_ms",  TIME,   timeouts.proxiedCompInstantiate),
    COMP(TIMEOUTS,                   "proxied_cleanup_ms",      TIME,   timeouts.proxiedCompCleanup),
    COMP(TIMEOUTS,                   "instantiate_delay_ms",    TIME,   timeouts.instantiateDelay),
    COMP(RECOVERY_ON_TIMEOUT,        "recovery",                NUMBER, recoveryOnTimeout),
    COMP(PARENT_SU,                  "su",                      PARENT, parentSU),
    COMP(INSTANTIATE_COMMAND,        "command",                 TEXT,   instantiateCommand),
};

#define CSI(bit, key, type, member) ROW(ClAmsCSIConfigT, CSI_CONFIG_##bit, key, type, member)
static const struct row csi_rows[] = {
    CSI(TYPE,         "type", NAME,   type),
    CSI(IS_PROXY_CSI, NULL,   YES,    isProxyCSI),
    CSI(RANK,         "rank", NUMBER, rank),
};

#define N(array) (sizeof(array) / sizeof(*(array)))
static const struct {
    const struct row *rows;
    size_t n;
} kinds[] = {
    [CL_AMS_ENTITY_TYPE_NODE] = { node_rows, N(node_rows) },
    [CL_AMS_ENTITY_TYPE_SG]   = { sg_rows,   N(sg_rows) },
    [CL_AMS_ENTITY_TYPE_SU]   = { su_rows,   N(su_rows) },
    [CL_AMS_ENTITY_TYPE_SI]   = { si_rows,   N(si_rows) },
    [CL_AMS_ENTITY_TYPE_COMP] = { comp_rows, N(comp_rows) },
    [CL_AMS_ENTITY_TYPE_CSI]  = { csi_rows,  N(csi_rows) },
};
/* clang-format on */

static json_t *name_value(const ClNameT *name)
{
    char text[CPM_TEXT_MAX];

    cpm_name_text(text, name);
    return json_string(text);
}

static json_t *types_value(const ClAmsCompConfigT *c)
{
    json_t *list = json_array();
    ClUint32T i;

    for (i = 0; c->pSupportedCSITypes && i < c->numSupportedCSITypes; i++)
        json_array_append_new(list, name_value(&c->pSupportedCSITypes[i]));
    return list;
}

static json_t *text_value(const char *text, size_t size)
{
    return json_stringn(text, strnlen(text, size));
}

/* New; NULL: no memory, or a text that is not UTF-8. */
static json_t *value_of(const struct row *r, const ClAmsEntityConfigT *entity)
{
    const char *at = (const char *)entity + r->offset;
    ClUint32T number;
    ClTimeT time;
    ClBoolT yes;

    switch (r->type) {
    case YES:
        memcpy(&yes, at, sizeof(yes));
        return json_boolean(yes != CL_FALSE);
    case NUMBER: /* or an enumeration: the same size */
        memcpy(&number, at, sizeof(number));
        return json_integer((json_int_t)number);
    case TIME:
        memcpy(&time, at, sizeof(time));
        return json_integer((json_int_t)time);
    case NAME:
        return name_value((const ClNameT *)(const void *)at);
    case PARENT:
        return name_value(&((const ClAmsEntityRefT *)(const void *)at)->entity.name);
    case TYPES:
        return types_value((const ClAmsCompConfigT *)(const void *)entity);
    case TEXT:
        break;
    }
    return text_value(at, sizeof(((ClAmsCompConfigT *)NULL)->instantiateCommand));
}

static bool is_nothing(const json_t *value)
{
    return json_is_false(value) ||
           (json_is_string(value) && !json_string_length(value)) ||
           (json_is_integer(value) && !json_integer_value(value));
}

static ClUint64T all_bits(ClAmsEntityTypeT type)
{
    ClUint64T bits = 0;
    size_t i;

    for (i = 0; i < kinds[type].n; i++)
        bits |= kinds[type].rows[i].bit;
    return bits;
}

json_t *mgmt_config_set(const ClAmsEntityConfigT *entity, ClUint64T bits, ClUint64T *bad)
{
    const ClUint64T all = all_bits(entity->type);
    json_t *set = json_object(), *value;
    const struct row *r;
    size_t i;

    if (bits & CL_AMS_CONFIG_ATTR_ALL)
        bits = all;
    *bad = bits & ~all;
    for (i = 0; !*bad && i < kinds[entity->type].n; i++) {
        r = &kinds[entity->type].rows[i];
        if (!(bits & r->bit))
            continue;
        value = value_of(r, entity);
        if (r->key ? json_object_set_new(set, r->key, value) != 0 : !is_nothing(value))
            *bad = r->bit;
        if (!r->key)
            json_decref(value);
    }
    if (!*bad)
        return set;
    json_decref(set);
    return NULL;
}
