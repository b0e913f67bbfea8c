/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_types.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_field.h"
#include "amf/amf_text.h"
#include "amf/amf_xml.h"

#define N(array) (sizeof(array) / sizeof(*(array)))

enum { HEALTH_PERIOD_MIN_MS = 5000, HEALTH_MAX_MIN_MS = 10000 };

/* clang-format off */
static const struct amf_words admin_words = { "CL_AMS_ADMIN_STATE_", {
    { "NONE", AMF_ADMIN_NONE }, { "UNLOCKED", AMF_ADMIN_UNLOCKED },
    { "LOCKED_A", AMF_ADMIN_LOCKED_A }, { "LOCKED_I", AMF_ADMIN_LOCKED_I },
    { "SHUTTINGDOWN", AMF_ADMIN_SHUTTINGDOWN },
    { "SHUTTINGDOWN_RESTART", AMF_ADMIN_SHUTTINGDOWN_RESTART }, { NULL, 0 } } };

static const struct amf_words class_words = { "CL_AMS_NODE_CLASS_", {
    { "NONE", 0 }, { "A", 1 }, { "B", 2 }, { "C", 3 }, { "D", 4 }, { NULL, 0 } } };

static const struct amf_words redundancy_words = { "CL_AMS_SG_REDUNDANCY_MODEL_", {
    { "NONE", AMF_RED_NONE }, { "NO_REDUNDANCY", AMF_RED_NO_REDUNDANCY },
    { "TWO_N", AMF_RED_TWO_N }, { "M_PLUS_N", AMF_RED_M_PLUS_N },
    { "N_WAY", AMF_RED_N_WAY }, { "N_WAY_ACTIVE", AMF_RED_N_WAY_ACTIVE },
    { "CUSTOM", AMF_RED_CUSTOM }, { NULL, 0 } } };

static const struct amf_words loading_words = { "CL_AMS_SG_LOADING_STRATEGY_", {
    { "NONE", AMF_LOAD_NONE }, { "LEAST_SI_PER_SU", AMF_LOAD_LEAST_SI_PER_SU },
    { "LEAST_SU_ASSIGNED", AMF_LOAD_LEAST_SU_ASSIGNED },
    { "LEAST_LOAD_PER_SU", AMF_LOAD_LEAST_LOAD_PER_SU },
    { "BY_SI_PREFERENCE", AMF_LOAD_BY_SI_PREFERENCE },
    { "USER_DEFINED", AMF_LOAD_USER_DEFINED }, { NULL, 0 } } };

static const struct amf_words capability_words = { "CL_AMS_COMP_CAP_", {
    { "X_ACTIVE_AND_Y_STANDBY", AMF_CAP_X_ACTIVE_AND_Y_STANDBY },
    { "X_ACTIVE_OR_Y_STANDBY", AMF_CAP_X_ACTIVE_OR_Y_STANDBY },
    { "ONE_ACTIVE_OR_X_STANDBY", AMF_CAP_ONE_ACTIVE_OR_X_STANDBY },
    { "ONE_ACTIVE_OR_ONE_STANDBY", AMF_CAP_ONE_ACTIVE_OR_ONE_STANDBY },
    { "X_ACTIVE", AMF_CAP_X_ACTIVE }, { "ONE_ACTIVE", AMF_CAP_ONE_ACTIVE },
    { "NON_PREINSTANTIABLE", AMF_CAP_NON_PREINSTANTIABLE }, { NULL, 0 } } };

static const struct amf_words property_words = { "CL_AMS_", {
    { "SA_AWARE", AMF_PROP_SA_AWARE },
    { "PROXIED_PREINSTANTIABLE", AMF_PROP_PROXIED_PREINSTANTIABLE },
    { "PROXIED_NON_PREINSTANTIABLE", AMF_PROP_PROXIED_NON_PREINSTANTIABLE },
    { "NON_PROXIED_NON_PREINSTANTIABLE", AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE },
    { NULL, 0 } } };

static const struct amf_words process_words = { "CL_CPM_COMP_", {
    { "NONE", 0 }, { "MULTI_PROCESS", 1 }, { "SINGLE_PROCESS", 2 }, { "THREADED", 3 },
    { NULL, 0 } } };

static const struct amf_words recovery_words = { "CL_AMS_RECOVERY_", {
    { "NO_RECOMMENDATION", AMF_REC_NO_RECOMMENDATION },
    { "INTERNALLY_RECOVERED", AMF_REC_INTERNALLY_RECOVERED },
    { "COMP_RESTART", AMF_REC_COMP_RESTART }, { "SU_RESTART", AMF_REC_SU_RESTART },
    { "COMP_FAILOVER", AMF_REC_COMP_FAILOVER },
    { "NODE_SWITCHOVER", AMF_REC_NODE_SWITCHOVER },
    { "NODE_FAILOVER", AMF_REC_NODE_FAILOVER }, { "NODE_FAILFAST", AMF_REC_NODE_FAILFAST },
    { "CLUSTER_RESET", AMF_REC_CLUSTER_RESET }, { NULL, 0 } } };

#define ROW_BOOL(s, element, field, dflt)   { element, AMF_FIELD_BOOL, offsetof(struct s, field), dflt, NULL }
#define ROW_NUMBER(s, element, field, dflt) { element, AMF_FIELD_NUMBER, offsetof(struct s, field), dflt, NULL }
#define ROW_MS(s, element, field, dflt)     { element, AMF_FIELD_MS, offsetof(struct s, field), dflt, NULL }
#define ROW_WORD(s, element, field, dflt, words) { element, AMF_FIELD_WORD, offsetof(struct s, field), dflt, &words }

static const struct amf_field node_fields[] = {
    ROW_WORD  (amf_node, "adminState", admin, AMF_ADMIN_LOCKED_I, admin_words),
    ROW_BOOL  (amf_node, "isASPAware", asp_aware, true),
    ROW_BOOL  (amf_node, "autoRepair", auto_repair, true),
    ROW_BOOL  (amf_node, "isRestartable", restartable, true),
    ROW_NUMBER(amf_node, "suFailoverCountMax", su_failover_count_max, 10),
    ROW_MS    (amf_node, "suFailoverDuration", su_failover_ms, 60000),
};

static const struct amf_field sg_fields[] = {
    ROW_WORD  (amf_sg, "adminState", admin, AMF_ADMIN_LOCKED_I, admin_words),
    ROW_WORD  (amf_sg, "redundancyModel", redundancy, AMF_RED_TWO_N, redundancy_words),
    ROW_WORD  (amf_sg, "loadingStrategy", loading, AMF_LOAD_LEAST_SI_PER_SU, loading_words),
    ROW_BOOL  (amf_sg, "autoRepair", auto_repair, true),
    ROW_BOOL  (amf_sg, "isCollocationAllowed", collocation, true),
    ROW_BOOL  (amf_sg, "autoAdjust", auto_adjust, false),
    ROW_BOOL  (amf_sg, "reductionProcedure", reduction, false),
    ROW_MS    (amf_sg, "restartDuration", restart_ms, 10000),
    ROW_NUMBER(amf_sg, "numPrefActiveSUs", pref_active, 1),
    ROW_NUMBER(amf_sg, "numPrefStandbySUs", pref_standby, 1),
    ROW_NUMBER(amf_sg, "numPrefInserviceSUs", pref_inservice, 2),
    ROW_NUMBER(amf_sg, "numPrefAssignedSUs", pref_assigned, 2),
    ROW_NUMBER(amf_sg, "numPrefActiveSUsPerSI", pref_active_per_si, 1),
    ROW_NUMBER(amf_sg, "maxActiveSIsPerSU", max_active_sis, 1),
    ROW_NUMBER(amf_sg, "maxStandbySIsPerSU", max_standby_sis, 1),
    ROW_MS    (amf_sg, "compRestartDuration", comp_restart_ms, 10000),
    ROW_NUMBER(amf_sg, "compRestartCountMax", comp_restart_max, 5),
    ROW_MS    (amf_sg, "suRestartDuration", su_restart_ms, 20000),
    ROW_NUMBER(amf_sg, "suRestartCountMax", su_restart_max, 5),
    ROW_MS    (amf_sg, "failoverDuration", failover_ms, 300000),
    ROW_NUMBER(amf_sg, "maxFailovers", failover_max, 0),
    ROW_NUMBER(amf_sg, "alphaFactor", alpha, 100),
    ROW_NUMBER(amf_sg, "betaFactor", beta, 0),
    ROW_MS    (amf_sg, "autoAdjustProbation", adjust_probation_ms, 10000),
};

static const struct amf_field su_fields[] = {
    ROW_WORD  (amf_su, "adminState", admin, AMF_ADMIN_LOCKED_I, admin_words),
    ROW_NUMBER(amf_su, "rank", rank, 0),
    ROW_BOOL  (amf_su, "isPreinstantiable", preinstantiable, true),
    ROW_BOOL  (amf_su, "isRestartable", restartable, true),
};

static const struct amf_field si_fields[] = {
    ROW_WORD  (amf_si, "adminState", admin, AMF_ADMIN_LOCKED_A, admin_words),
    ROW_NUMBER(amf_si, "rank", rank, 0),
    ROW_NUMBER(amf_si, "numStandbyAssignments", n_standby, 0),
    ROW_NUMBER(amf_si, "standbyAssignmentOrder", standby_order, 0),
};

static const struct amf_field csi_fields[] = {
    ROW_NUMBER(amf_csi, "rank", rank, 1),
};

static const struct amf_field comp_fields[] = {
    ROW_WORD  (amf_comp, "capabilityModel", capability, AMF_CAP_X_ACTIVE_OR_Y_STANDBY, capability_words),
    ROW_WORD  (amf_comp, "property", property, AMF_PROP_SA_AWARE, property_words),
    ROW_BOOL  (amf_comp, "isRestartable", restartable, true),
    ROW_BOOL  (amf_comp, "nodeRebootCleanupFail", node_reboot_cleanup_fail, true),
    ROW_NUMBER(amf_comp, "instantiateLevel", level, 1),
    ROW_MS    (amf_comp, "instantiateDelay", instantiate_delay_ms, 10000),
    ROW_NUMBER(amf_comp, "numMaxInstantiate", max_instantiate, 1),
    ROW_NUMBER(amf_comp, "numMaxInstantiateWithDelay", max_instantiate_delayed, 1),
    ROW_NUMBER(amf_comp, "numMaxActiveCSIs", max_active_csis, 1),
    ROW_NUMBER(amf_comp, "numMaxStandbyCSIs", max_standby_csis, 1),
    ROW_WORD  (amf_comp, "recoveryOnTimeout", recovery_on_timeout, AMF_REC_COMP_FAILOVER, recovery_words),
};

static const struct amf_field timeout_fields[] = { /* below <timeouts> */
    ROW_MS    (amf_comp, "instantiateTimeout", instantiate_ms, 20000),
    ROW_MS    (amf_comp, "terminateTimeout", terminate_ms, 20000),
    ROW_MS    (amf_comp, "cleanupTimeout", cleanup_ms, 20000),
    ROW_MS    (amf_comp, "csiSetTimeout", csi_set_ms, 20000),
    ROW_MS    (amf_comp, "csiRemoveTimeout", csi_remove_ms, 20000),
    ROW_MS    (amf_comp, "quiescingCompleteTimeout", quiescing_complete_ms, 20000),
    ROW_MS    (amf_comp, "proxiedCompInstantiateTimeout", proxied_instantiate_ms, 20000),
    ROW_MS    (amf_comp, "proxiedCompCleanupTimeout", proxied_cleanup_ms, 20000),
};

static const struct amf_field health_fields[] = { /* below <healthCheck> */
    ROW_MS    (amf_comp, "period", health_period_ms, 30000),
    ROW_MS    (amf_comp, "maxDuration", health_max_ms, 60000),
};

static const struct {
    const char *list, *element;
} type_elements[AMF_N_TYPES] = {
    [AMF_TYPE_NODE] = { "nodeTypes", "nodeType" },
    [AMF_TYPE_SG]   = { "sgTypes", "sgType" },
    [AMF_TYPE_SU]   = { "suTypes", "suType" },
    [AMF_TYPE_SI]   = { "siTypes", "siType" },
    [AMF_TYPE_CSI]  = { "csiTypes", "csiType" },
    [AMF_TYPE_COMP] = { "compTypes", "compType" },
};
/* clang-format on */

/* ---- the types ----------------------------------------------------------- */

const xmlNode *amf_type_find(const struct amf_load *l, enum amf_type_kind kind,
                             const char *name)
{
    const xmlNode *list = amf_xml_child(l->definitions, type_elements[kind].list), *el;
    const char *seen;

    AMF_XML_EACH(el, list, type_elements[kind].element)
    {
        seen = amf_xml_attr(el, "name");
        if (seen && strcmp(seen, name) == 0)
            return el;
    }
    return NULL;
}

bool amf_type_number(struct amf_load *l, const xmlNode *type, const char *element,
                     uint32_t *out, bool *is_set)
{
    bool ok = true;
    char *text;

    if (!amf_text_get(l, type, element, &text))
        return false;
    *is_set = text != NULL;
    if (text)
        ok = amf_xml_number(l, amf_xml_child(type, element), NULL, text, out);
    free(text);
    return ok;
}

/* A word that must be known although the model does not keep it. */
static bool word_check(struct amf_load *l, const xmlNode *type, const char *element,
                       const struct amf_words *words)
{
    int value;
    bool ok = true;
    char *text;

    if (!amf_text_get(l, type, element, &text))
        return false;
    if (text)
        ok = amf_word_find(l, amf_xml_child(type, element), words, text, &value);
    free(text);
    return ok;
}

bool amf_type_node(struct amf_load *l, const xmlNode *type, struct amf_node *out)
{
    return word_check(l, type, "classType", &class_words) &&
           amf_fields_read(l, type, node_fields, N(node_fields), out);
}

bool amf_type_sg(struct amf_load *l, const xmlNode *type, struct amf_sg *out)
{
    return amf_fields_read(l, type, sg_fields, N(sg_fields), out);
}

bool amf_type_su(struct amf_load *l, const xmlNode *type, struct amf_su *out)
{
    return amf_fields_read(l, type, su_fields, N(su_fields), out);
}

bool amf_type_si(struct amf_load *l, const xmlNode *type, struct amf_si *out)
{
    return amf_fields_read(l, type, si_fields, N(si_fields), out);
}

bool amf_type_csi(struct amf_load *l, const xmlNode *type, struct amf_csi *out)
{
    const char *name = amf_name_get(l, type, "name");

    if (!name || !amf_fields_read(l, type, csi_fields, N(csi_fields), out) ||
        !amf_text_get(l, type, "type", &out->type))
        return false;
    if (!out->type)
        out->type = strdup(name);
    if (!out->type)
        return amf_fail_memory(l);
    return amf_pairs_read(l, amf_xml_child(type, "nameValueLists"), &out->attrs,
                          &out->n_attrs);
}

/* ---- component types ----------------------------------------------------- */

static bool is_proxied(const struct amf_comp *c)
{
    return c->property == AMF_PROP_PROXIED_PREINSTANTIABLE ||
           c->property == AMF_PROP_PROXIED_NON_PREINSTANTIABLE;
}

/* 6.x: <csiTypes><csiType name=""/>; 5.x: one <csiType> with the name as text. */
static bool csi_types_read(struct amf_load *l, const xmlNode *type, struct amf_comp *out)
{
    const xmlNode *el;
    const char *name;
    bool ok = true;
    char *text;

    AMF_XML_EACH(el, amf_xml_child(type, "csiTypes"), "csiType")
    {
        name = amf_name_get(l, el, "name");
        if (!name)
            return false;
        if (!amf_strings_append(&out->csi_types, name, strlen(name)))
            return amf_fail_memory(l);
    }
    if (!amf_text_get(l, type, "csiType", &text))
        return false;
    if (text && !amf_strings_append(&out->csi_types, text, strlen(text)))
        ok = amf_fail_memory(l);
    free(text);
    if (!ok || out->csi_types[0] || is_proxied(out))
        return ok;
    return amf_fail(l, type,
                    "no <csiTypes>, expected at least one <csiType name=\"…\"/>");
}

static bool command_read(struct amf_load *l, const xmlNode *type, struct amf_comp *out)
{
    const xmlNode *el = amf_xml_child(type, "instantiateCommand");
    bool ok = true;
    char *text;

    if (!el)
        return amf_fail(l, type, "no <instantiateCommand>, expected it");
    out->file = amf_xml_file(el);
    out->line = (int)xmlGetLineNo(el);
    if (!amf_text_get(l, type, "instantiateCommand", &text))
        return false;
    if (text)
        ok = amf_command_split(l, text, &out->argv);
    else if (!is_proxied(out))
        ok = amf_fail(
            l, el, "empty, expected a command line (only a proxied component has none)");
    free(text);
    if (!ok || !out->argv[0])
        return ok;
    return amf_args_append(l, type, &out->argv);
}

/* The legacy daemon never probed faster than this, whatever the model said. */
static bool health_floor(struct amf_load *l, const xmlNode *health, struct amf_comp *c)
{
    const uint32_t period = c->health_period_ms, max = c->health_max_ms;

    if (c->health_period_ms < HEALTH_PERIOD_MIN_MS)
        c->health_period_ms = HEALTH_PERIOD_MIN_MS;
    if (c->health_max_ms < HEALTH_MAX_MIN_MS)
        c->health_max_ms = HEALTH_MAX_MIN_MS;
    if (c->health_max_ms / 2 < c->health_period_ms)
        c->health_max_ms = 2 * c->health_period_ms;
    if (period == c->health_period_ms && max == c->health_max_ms)
        return true;
    return amf_warn(l, health,
                    "period %u and maxDuration %u are raised to %u and %u, "
                    "expected at least %d, and twice the period",
                    period, max, c->health_period_ms, c->health_max_ms,
                    HEALTH_PERIOD_MIN_MS);
}

static bool health_read(struct amf_load *l, const xmlNode *type, struct amf_comp *out)
{
    const xmlNode *health = amf_xml_child(type, "healthCheck");
    size_t i;

    for (i = 0; health && i < N(health_fields); i++)
        if (!amf_xml_child(health, health_fields[i].element))
            return amf_fail(l, health, "no <%s>, expected both period and maxDuration",
                            health_fields[i].element);
    if (!amf_fields_read(l, health, health_fields, N(health_fields), out))
        return false;
    return !health || health_floor(l, health, out);
}

static bool mandatory_check(struct amf_load *l, const xmlNode *type)
{
    static const char *const elements[] = {"property", "processRel"};
    char *text;
    size_t i;

    for (i = 0; i < N(elements); i++) {
        if (!amf_text_must(l, type, elements[i], &text))
            return false;
        free(text);
    }
    return word_check(l, type, "processRel", &process_words);
}

bool amf_type_comp(struct amf_load *l, const xmlNode *type, struct amf_comp *out)
{
    out->csi_types = calloc(1, sizeof(*out->csi_types));
    out->argv = calloc(1, sizeof(*out->argv));
    if (!out->csi_types || !out->argv)
        return amf_fail_memory(l);
    if (!mandatory_check(l, type) ||
        !amf_fields_read(l, type, comp_fields, N(comp_fields), out) ||
        !amf_fields_read(l, amf_xml_child(type, "timeouts"), timeout_fields,
                         N(timeout_fields), out))
        return false;
    if (out->level == 0)
        out->level = 1;
    return health_read(l, type, out) && csi_types_read(l, type, out) &&
           command_read(l, type, out) &&
           amf_text_get(l, type, "proxyCSIType", &out->proxy_csi_type) &&
           amf_text_get(l, type, "terminateCommand", &out->terminate_command) &&
           amf_text_get(l, type, "cleanupCommand", &out->cleanup_command) &&
           amf_pairs_read(l, amf_xml_child(type, "envs"), &out->envs, &out->n_envs);
}

/* ---- all of them --------------------------------------------------------- */

static bool node_try(struct amf_load *l, const xmlNode *type)
{
    struct amf_node n = {0};

    return amf_type_node(l, type, &n);
}

static bool sg_try(struct amf_load *l, const xmlNode *type)
{
    struct amf_sg g = {0};

    return amf_type_sg(l, type, &g);
}

static bool su_try(struct amf_load *l, const xmlNode *type)
{
    struct amf_su u = {0};

    return amf_type_su(l, type, &u);
}

static bool si_try(struct amf_load *l, const xmlNode *type)
{
    struct amf_si i = {0};

    return amf_type_si(l, type, &i);
}

static bool csi_try(struct amf_load *l, const xmlNode *type)
{
    struct amf_csi i = {0};
    const bool ok = amf_type_csi(l, type, &i);

    amf_csi_clear(&i);
    return ok;
}

static bool comp_try(struct amf_load *l, const xmlNode *type)
{
    struct amf_comp c = {0};
    const bool ok = amf_type_comp(l, type, &c);

    amf_comp_clear(&c);
    return ok;
}

static bool type_check(struct amf_load *l, enum amf_type_kind kind, const xmlNode *type)
{
    static bool (*const tries[AMF_N_TYPES])(struct amf_load *, const xmlNode *) = {
        [AMF_TYPE_NODE] = node_try, [AMF_TYPE_SG] = sg_try,   [AMF_TYPE_SU] = su_try,
        [AMF_TYPE_SI] = si_try,     [AMF_TYPE_CSI] = csi_try, [AMF_TYPE_COMP] = comp_try,
    };
    const char *name = amf_name_get(l, type, "name");
    const xmlNode *first;

    if (!name)
        return false;
    first = amf_type_find(l, kind, name);
    if (first != type)
        return amf_fail(l, type, "already defined in line %ld, expected each name once",
                        xmlGetLineNo(first));
    return tries[kind](l, type);
}

bool amf_types_check(struct amf_load *l)
{
    enum amf_type_kind kind;
    const xmlNode *list, *type;

    for (kind = 0; kind < AMF_N_TYPES; kind++) {
        list = amf_xml_child(l->definitions, type_elements[kind].list);
        AMF_XML_EACH(type, list, type_elements[kind].element)
        if (!type_check(l, kind, type))
            return false;
    }
    return true;
}
