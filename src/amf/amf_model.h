/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model: what the legacy XML says, resolved into instances. Plain data;
 * entities refer to each other by index into the model's arrays, -1 is none.
 * amf_config.c fills it, the engine reads it and never changes it; between two engines,
 * amf_change.c may.
 *
 * Durations are milliseconds. Defaults are filled in already.
 */
#ifndef AMF_MODEL_H
#define AMF_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Values are those of the legacy enumerations (ClAms...T), so that they can be
 * shown and sent as they are. */
enum amf_admin {
    AMF_ADMIN_NONE = 0,
    AMF_ADMIN_UNLOCKED = 1,
    AMF_ADMIN_LOCKED_A = 2,
    AMF_ADMIN_LOCKED_I = 3,
    AMF_ADMIN_SHUTTINGDOWN = 4,
    AMF_ADMIN_SHUTTINGDOWN_RESTART = 5
};

enum amf_redundancy {
    AMF_RED_NONE = 0,
    AMF_RED_NO_REDUNDANCY = 1,
    AMF_RED_TWO_N = 2,
    AMF_RED_M_PLUS_N = 3,
    AMF_RED_N_WAY = 4,
    AMF_RED_N_WAY_ACTIVE = 5,
    AMF_RED_CUSTOM = 6
};

enum amf_loading {
    AMF_LOAD_NONE = 0,
    AMF_LOAD_LEAST_SI_PER_SU = 1,
    AMF_LOAD_LEAST_SU_ASSIGNED = 2,
    AMF_LOAD_LEAST_LOAD_PER_SU = 3,
    AMF_LOAD_BY_SI_PREFERENCE = 4,
    AMF_LOAD_USER_DEFINED = 5
};

enum amf_capability {
    AMF_CAP_X_ACTIVE_AND_Y_STANDBY = 1,
    AMF_CAP_X_ACTIVE_OR_Y_STANDBY = 2,
    AMF_CAP_ONE_ACTIVE_OR_X_STANDBY = 3,
    AMF_CAP_ONE_ACTIVE_OR_ONE_STANDBY = 4,
    AMF_CAP_X_ACTIVE = 5,
    AMF_CAP_ONE_ACTIVE = 6,
    AMF_CAP_NON_PREINSTANTIABLE = 7
};

enum amf_property {
    AMF_PROP_SA_AWARE = 1,
    AMF_PROP_PROXIED_PREINSTANTIABLE = 2,
    AMF_PROP_PROXIED_NON_PREINSTANTIABLE = 3,
    AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE = 4
};

enum amf_recovery {
    AMF_REC_NONE = 0,
    AMF_REC_NO_RECOMMENDATION = 1,
    AMF_REC_COMP_RESTART = 2,
    AMF_REC_COMP_FAILOVER = 3,
    AMF_REC_NODE_SWITCHOVER = 4,
    AMF_REC_NODE_FAILOVER = 5,
    AMF_REC_NODE_FAILFAST = 6,
    AMF_REC_CLUSTER_RESET = 7,
    AMF_REC_APP_RESTART = 8,
    AMF_REC_INTERNALLY_RECOVERED = 20,
    AMF_REC_SU_RESTART = 21,
    AMF_REC_NODE_HALT = 22
};

struct amf_pair {
    char *name, *value;
};

struct amf_list {
    int *at; /* indexes, in the order of the XML unless said otherwise */
    size_t n;
};

struct amf_node {
    char *name, *type;
    enum amf_admin admin; /* configured, the state at start */
    bool asp_aware, auto_repair, restartable;
    bool controller; /* cpmType GLOBAL */
    uint32_t su_failover_count_max, su_failover_ms;
    uint32_t slot; /* node address: slotId, else position + 1 */
    struct amf_list sus;
    struct amf_list depends; /* nodes */
};

struct amf_sg {
    char *name, *type;
    enum amf_admin admin;
    enum amf_redundancy redundancy;
    enum amf_loading loading;
    bool auto_repair, collocation, auto_adjust, reduction;
    uint32_t restart_ms; /* from SG start to the first assignment */
    uint32_t pref_active, pref_standby, pref_inservice, pref_assigned, pref_active_per_si;
    uint32_t max_active_sis, max_standby_sis;
    uint32_t comp_restart_ms, comp_restart_max, su_restart_ms, su_restart_max;
    uint32_t failover_ms, failover_max; /* 0: off */
    uint32_t alpha, beta;
    uint32_t adjust_probation_ms;
    struct amf_list sus; /* associatedServiceUnits order */
    struct amf_list sis;
};

struct amf_su {
    char *name, *type;
    enum amf_admin admin;
    int node, sg;  /* sg -1: in no group */
    uint32_t rank; /* 0 sorts first */
    bool preinstantiable, restartable;
    struct amf_list comps;
};

struct amf_comp {
    char *name, *type;
    int su;
    enum amf_capability capability;
    enum amf_property property;
    char **csi_types;     /* NULL-terminated; supported CSI types */
    char *proxy_csi_type; /* NULL: none */
    char **argv; /* NULL-terminated; argv[0] as written: relative is below ASP_BINDIR */
    struct amf_pair *envs;
    size_t n_envs;
    char *terminate_command, *cleanup_command; /* NULL: none */
    bool restartable, node_reboot_cleanup_fail;
    uint32_t level; /* instantiate level, at least 1 */
    uint32_t instantiate_delay_ms, max_instantiate, max_instantiate_delayed;
    uint32_t max_active_csis, max_standby_csis;
    enum amf_recovery recovery_on_timeout;
    uint32_t instantiate_ms, terminate_ms, cleanup_ms, csi_set_ms, csi_remove_ms;
    uint32_t quiescing_complete_ms, proxied_instantiate_ms, proxied_cleanup_ms;
    uint32_t health_period_ms, health_max_ms;
    /* where argv[0] stands, for error texts */
    const char *file; /* owned by the model */
    int line;
};

struct amf_si {
    char *name, *type;
    enum amf_admin admin;
    int sg;
    uint32_t rank, n_standby, standby_order;
    struct amf_list csis;      /* ascending rank */
    struct amf_list depends;   /* SIs */
    struct amf_list preferred; /* SUs, best first */
};

struct amf_csi {
    char *name;
    char *type;
    int si;
    uint32_t rank;
    struct amf_pair *attrs; /* in the order of the XML */
    size_t n_attrs;
    struct amf_list depends; /* CSIs of the same SI */
};

struct amf_model {
    struct amf_node *nodes;
    struct amf_sg *sgs;
    struct amf_su *sus;
    struct amf_comp *comps;
    struct amf_si *sis;
    struct amf_csi *csis;
    size_t n_nodes, n_sgs, n_sus, n_comps, n_sis, n_csis;
    char **files;    /* NULL-terminated names that the model was read from */
    char **warnings; /* NULL-terminated lines "FILE:LINE: …" about what is legal but
                        hardly meant; NULL: none */
};

/* Read clAmfDefinitions.xml and clAmfConfig.xml below dir; new. On failure
 * NULL, and one line "FILE:LINE: <element>: what is wrong, what was expected" in
 * error (cut to size). */
struct amf_model *amf_model_load(const char *dir, char *error, size_t size);

void amf_model_free(struct amf_model *m);

/* Index by name, or -1. name need not end with NUL; a trailing NUL counted in len
 * is ignored. */
int amf_model_node(const struct amf_model *m, const char *name, size_t len);
int amf_model_sg(const struct amf_model *m, const char *name, size_t len);
int amf_model_su(const struct amf_model *m, const char *name, size_t len);
int amf_model_comp(const struct amf_model *m, const char *name, size_t len);
int amf_model_si(const struct amf_model *m, const char *name, size_t len);
int amf_model_csi(const struct amf_model *m, const char *name, size_t len);

#endif
