/* SPDX-License-Identifier: Apache-2.0 */
/*
 * States, assignments and protection groups. Where the SA Forum has the same notion,
 * values and layouts equal those of saAmf.h.
 */
#ifndef CLOVIS_CL_AMS_TYPES_H
#define CLOVIS_CL_AMS_TYPES_H

#include "clCommon.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ClHandleT ClAmsClientHandleT;
typedef ClHandleT ClAmsEntityHandleT;
typedef ClHandleT ClAmsEventHandleT;
typedef ClHandleT ClAmsFaultHandleT;
typedef ClHandleT ClAmsMgmtHandleT;
typedef ClHandleT ClAmsMgmtCCBHandleT;
typedef ClPtrT ClAmsMgmtCCBBatchHandleT;
typedef ClPtrT ClAmsMgmtDBHandleT;

/* ---- states -------------------------------------------------------------- */

typedef enum {
    CL_AMS_MGMT_STATE_NONE = 0,
    CL_AMS_MGMT_STATE_DISABLED = 1,
    CL_AMS_MGMT_STATE_ENABLED = 2
} ClAmsMgmtStateT;

typedef enum {
    CL_AMS_ADMIN_STATE_NONE = 0,
    CL_AMS_ADMIN_STATE_UNLOCKED = 1,
    CL_AMS_ADMIN_STATE_LOCKED_A = 2,
    CL_AMS_ADMIN_STATE_LOCKED_I = 3,
    CL_AMS_ADMIN_STATE_SHUTTINGDOWN = 4,
    CL_AMS_ADMIN_STATE_MAX = 5,
    CL_AMS_ADMIN_STATE_SHUTTINGDOWN_RESTART = 5 /* release 6.1, where MAX is 6 */
} ClAmsAdminStateT;

typedef enum {
    CL_AMS_PRESENCE_STATE_NONE = 0,
    CL_AMS_PRESENCE_STATE_ABSENT = CL_AMS_PRESENCE_STATE_NONE,
    CL_AMS_PRESENCE_STATE_UNINSTANTIATED = 1,
    CL_AMS_PRESENCE_STATE_INSTANTIATING = 2,
    CL_AMS_PRESENCE_STATE_INSTANTIATED = 3,
    CL_AMS_PRESENCE_STATE_TERMINATING = 4,
    CL_AMS_PRESENCE_STATE_RESTARTING = 5,
    CL_AMS_PRESENCE_STATE_INSTANTIATION_FAILED = 6,
    CL_AMS_PRESENCE_STATE_TERMINATION_FAILED = 7,
    CL_AMS_PRESENCE_STATE_FAULT = 8,
    CL_AMS_PRESENCE_STATE_FAULT_WTC = 9,
    CL_AMS_PRESENCE_STATE_FAULT_WTR = 10
} ClAmsPresenceStateT;

typedef enum {
    CL_AMS_OPER_STATE_NONE = 0,
    CL_AMS_OPER_STATE_ENABLED = 1,
    CL_AMS_OPER_STATE_DISABLED = 2
} ClAmsOperStateT;

typedef enum {
    CL_AMS_HA_STATE_NONE = 0,
    CL_AMS_HA_STATE_ACTIVE = 1,
    CL_AMS_HA_STATE_STANDBY = 2,
    CL_AMS_HA_STATE_QUIESCED = 3,
    CL_AMS_HA_STATE_QUIESCING = 4
} ClAmsHAStateT;

typedef enum {
    CL_AMS_READINESS_STATE_NONE = 0,
    CL_AMS_READINESS_STATE_OUTOFSERVICE = 1,
    CL_AMS_READINESS_STATE_INSERVICE = 2,
    CL_AMS_READINESS_STATE_STOPPING = 3
} ClAmsReadinessStateT;

typedef enum {
    CL_AMS_SERVICE_STATE_NONE = 0,
    CL_AMS_SERVICE_STATE_RUNNING = 1,
    CL_AMS_SERVICE_STATE_STOPPED = 2,
    CL_AMS_SERVICE_STATE_STARTINGUP = 3,
    CL_AMS_SERVICE_STATE_SHUTTINGDOWN = 4,
    CL_AMS_SERVICE_STATE_UNAVAILABLE = 5,
    CL_AMS_SERVICE_STATE_HOT_STANDBY = 6
} ClAmsServiceStateT;

/* ---- the model ----------------------------------------------------------- */

typedef enum {
    CL_AMS_NODE_CLASS_NONE = 0,
    CL_AMS_NODE_CLASS_A = 1,
    CL_AMS_NODE_CLASS_B = 2,
    CL_AMS_NODE_CLASS_C = 3,
    CL_AMS_NODE_CLASS_D = 4,
    CL_AMS_NODE_CLASS_MAX = 5
} ClAmsNodeClassT;

typedef enum {
    CL_AMS_NODE_IS_NOT_CLUSTER_MEMBER = 0,
    CL_AMS_NODE_IS_CLUSTER_MEMBER = 1,
    CL_AMS_NODE_IS_LEAVING_CLUSTER = 2
} ClAmsNodeClusterMemberT;

typedef enum {
    CL_AMS_SG_REDUNDANCY_MODEL_NONE = 0,
    CL_AMS_SG_REDUNDANCY_MODEL_NO_REDUNDANCY = 1,
    CL_AMS_SG_REDUNDANCY_MODEL_TWO_N = 2,
    CL_AMS_SG_REDUNDANCY_MODEL_M_PLUS_N = 3,
    CL_AMS_SG_REDUNDANCY_MODEL_N_WAY = 4,
    CL_AMS_SG_REDUNDANCY_MODEL_N_WAY_ACTIVE = 5,
    CL_AMS_SG_REDUNDANCY_MODEL_CUSTOM = 6,
    CL_AMS_SG_REDUNDANCY_MODEL_MAX = 7
} ClAmsSGRedundancyModelT;

typedef enum {
    CL_AMS_SG_LOADING_STRATEGY_NONE = 0,
    CL_AMS_SG_LOADING_STRATEGY_LEAST_SI_PER_SU = 1,
    CL_AMS_SG_LOADING_STRATEGY_LEAST_SU_ASSIGNED = 2,
    CL_AMS_SG_LOADING_STRATEGY_LEAST_LOAD_PER_SU = 3,
    CL_AMS_SG_LOADING_STRATEGY_BY_SI_PREFERENCE = 4,
    CL_AMS_SG_LOADING_STRATEGY_USER_DEFINED = 5,
    CL_AMS_SG_LOADING_STRATEGY_MAX = 6
} ClAmsSGLoadingStrategyT;

typedef enum {
    CL_AMS_COMP_CAP_X_ACTIVE_AND_Y_STANDBY = 1,
    CL_AMS_COMP_CAP_X_ACTIVE_OR_Y_STANDBY = 2,
    CL_AMS_COMP_CAP_ONE_ACTIVE_OR_X_STANDBY = 3,
    CL_AMS_COMP_CAP_ONE_ACTIVE_OR_ONE_STANDBY = 4,
    CL_AMS_COMP_CAP_X_ACTIVE = 5,
    CL_AMS_COMP_CAP_ONE_ACTIVE = 6,
    CL_AMS_COMP_CAP_NON_PREINSTANTIABLE = 7,
    CL_AMS_COMP_CAP_MAX = 8
} ClAmsCompCapModelT;

typedef enum {
    CL_AMS_COMP_PROPERTY_SA_AWARE = 1,
    CL_AMS_COMP_PROPERTY_PROXIED_PREINSTANTIABLE = 2,
    CL_AMS_COMP_PROPERTY_PROXIED_NON_PREINSTANTIABLE = 3,
    CL_AMS_COMP_PROPERTY_NON_PROXIED_NON_PREINSTANTIABLE = 4,
    CL_AMS_COMP_PROPERTY_MAX = 5
} ClAmsCompPropertyT;

typedef enum {
    CL_AMS_RECOVERY_NONE = 0,
    CL_AMS_RECOVERY_NO_RECOMMENDATION = 1,
    CL_AMS_RECOVERY_COMP_RESTART = 2,
    CL_AMS_RECOVERY_COMP_FAILOVER = 3,
    CL_AMS_RECOVERY_NODE_SWITCHOVER = 4,
    CL_AMS_RECOVERY_NODE_FAILOVER = 5,
    CL_AMS_RECOVERY_NODE_FAILFAST = 6,
    CL_AMS_RECOVERY_CLUSTER_RESET = 7,
    CL_AMS_RECOVERY_APP_RESTART = 8,
    CL_AMS_RECOVERY_INTERNALLY_RECOVERED = 20,
    CL_AMS_RECOVERY_SU_RESTART = 21,
    CL_AMS_RECOVERY_NODE_HALT = 22,
    CL_AMS_EXTERNAL_RECOVERY_RESET = 30,
    CL_AMS_EXTERNAL_RECOVERY_REBOOT = 31,
    CL_AMS_EXTERNAL_RECOVERY_POWER_ON = 32,
    CL_AMS_EXTERNAL_RECOVERY_POWER_OFF = 33
} ClAmsRecoveryT;

typedef ClAmsRecoveryT ClAmsLocalRecoveryT;

/* ---- health checks ------------------------------------------------------- */

#define CL_AMS_HEALTHCHECK_KEY_MAX 32

typedef enum {
    CL_AMS_COMP_HEALTHCHECK_AMF_INVOKED = 1,
    CL_AMS_COMP_HEALTHCHECK_CLIENT_INVOKED = 2
} ClAmsCompHealthcheckInvocationT;

typedef struct ClAmsCompHealthcheckKey {
    ClUint8T key[CL_AMS_HEALTHCHECK_KEY_MAX];
    ClUint16T keyLen;
} ClAmsCompHealthcheckKeyT;

/* ---- assignments --------------------------------------------------------- */

/* clang-format off */
#define CL_AMS_CSI_FLAG_ADD_ONE     0x1
#define CL_AMS_CSI_FLAG_TARGET_ONE  0x2
#define CL_AMS_CSI_FLAG_TARGET_ALL  0x4
/* clang-format on */

typedef ClUint32T ClAmsCSIFlagsT;
typedef ClNameT ClAmsCSITypeT;

typedef enum {
    CL_AMS_CSI_NEW_ASSIGN = 1,
    CL_AMS_CSI_QUIESCED = 2,
    CL_AMS_CSI_NOT_QUIESCED = 3,
    CL_AMS_CSI_STILL_ACTIVE = 4
} ClAmsCSITransitionDescriptorT;

typedef struct ClAmsCSIActiveDescriptor {
    ClAmsCSITransitionDescriptorT transitionDescriptor;
    ClNameT activeCompName;
} ClAmsCSIActiveDescriptorT;

typedef struct ClAmsCSIStandbyDescriptor {
    ClNameT activeCompName;
    ClUint32T standbyRank;
} ClAmsCSIStandbyDescriptorT;

/* Which member counts follows from the HA state; neither does for the quiesced ones. */
typedef union ClAmsCSIStateDescriptor {
    ClAmsCSIActiveDescriptorT activeDescriptor;
    ClAmsCSIStandbyDescriptorT standbyDescriptor;
} ClAmsCSIStateDescriptorT;

typedef struct ClAmsCSIAttribute {
    ClUint8T *attributeName;  /* NUL-terminated */
    ClUint8T *attributeValue; /* NUL-terminated */
} ClAmsCSIAttributeT;

/* Borrowed for the callback that delivers it. */
typedef struct ClAmsCSIAttributeList {
    ClAmsCSIAttributeT *attribute;
    ClUint32T numAttributes;
} ClAmsCSIAttributeListT;

typedef struct ClAmsCSIDescriptor {
    ClAmsCSIFlagsT csiFlags;
    ClNameT csiName; /* not meaningful with TARGET_ALL */
    ClAmsCSIStateDescriptorT csiStateDescriptor;
    ClAmsCSIAttributeListT csiAttributeList; /* with ADD_ONE only */
} ClAmsCSIDescriptorT;

typedef struct ClAmsCSITypeDescriptor {
    ClAmsCSIDescriptorT csiDescriptor;
    ClAmsCSITypeT csiType;
    ClNameT compName;
} ClAmsCSITypeDescriptorT;

typedef struct ClAmsSIDescriptor {
    ClUint32T numberOfItems;
    ClAmsCSITypeDescriptorT *csiDefinition;
} ClAmsSIDescriptorT;

/* ---- protection groups --------------------------------------------------- */

typedef enum {
    CL_AMS_PG_TRACK_CURRENT = 1,
    CL_AMS_PG_TRACK_CHANGES = 2,
    CL_AMS_PG_TRACK_CHANGES_ONLY = 4
} ClAmsPGTrackFlagT;

typedef enum {
    CL_AMS_PG_NO_CHANGE = 1,
    CL_AMS_PG_ADDED = 2,
    CL_AMS_PG_REMOVED = 3,
    CL_AMS_PG_STATE_CHANGE = 4
} ClAmsPGChangeT;

typedef struct ClAmsPGMember {
    ClNameT compName;
    ClAmsHAStateT haState;
    ClUint32T rank;
} ClAmsPGMemberT;

typedef struct ClAmsPGNotification {
    ClAmsPGMemberT member;
    ClAmsPGChangeT change;
} ClAmsPGNotificationT;

typedef struct ClAmsPGNotificationBuffer {
    ClUint32T numItems;
    ClAmsPGNotificationT *notification;
} ClAmsPGNotificationBufferT;

#ifdef __cplusplus
}
#endif

#endif
