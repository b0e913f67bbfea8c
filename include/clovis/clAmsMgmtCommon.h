/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types and constants of availability management, for programs that name them. The
 * management client's functions are not part of this library.
 */
#ifndef CLOVIS_CL_AMS_MGMT_COMMON_H
#define CLOVIS_CL_AMS_MGMT_COMMON_H

#include "clCommon.h"
#include "clAmsEntities.h"
#include "clAmsTypes.h"
#include "clCntApi.h"

/* ---- which attributes a configuration sets --------------------------------- */

/* clang-format off */
#define CL_AMS_RMD_DEFAULT_TIMEOUT               10000 /* ms */
#define CL_AMS_RMD_DEFAULT_RETRIES               3

#define CL_AMS_CONFIG_ATTR_ALL                   0x1

#define NODE_CONFIG_ADMIN_STATE                  0x2
#define NODE_CONFIG_ID                           0x4
#define NODE_CONFIG_CLASS_TYPE                   0x8
#define NODE_CONFIG_SUB_CLASS_TYPE               0x10
#define NODE_CONFIG_IS_SWAPPABLE                 0x20
#define NODE_CONFIG_IS_RESTARTABLE               0x40
#define NODE_CONFIG_AUTO_REPAIR                  0x80
#define NODE_CONFIG_IS_ASP_AWARE                 0x100
#define NODE_CONFIG_SU_FAILOVER_DURATION         0x200
#define NODE_CONFIG_SU_FAILOVER_COUNT_MAX        0x400

#define SG_CONFIG_ADMIN_STATE                    0x2
#define SG_CONFIG_REDUNDANCY_MODEL               0x4
#define SG_CONFIG_LOADING_STRATEGY               0x8
#define SG_CONFIG_FAILBACK_OPTION                0x10
#define SG_CONFIG_AUTO_REPAIR                    0x20
#define SG_CONFIG_INSTANTIATE_DURATION           0x40
#define SG_CONFIG_NUM_PREF_ACTIVE_SUS            0x80
#define SG_CONFIG_NUM_PREF_STANDBY_SUS           0x100
#define SG_CONFIG_NUM_PREF_INSERVICE_SUS         0x200
#define SG_CONFIG_NUM_PREF_ASSIGNED_SUS          0x400
#define SG_CONFIG_NUM_PREF_ACTIVE_SUS_PER_SI     0x800
#define SG_CONFIG_MAX_ACTIVE_SIS_PER_SU          0x1000
#define SG_CONFIG_MAX_STANDBY_SIS_PER_SU         0x2000
#define SG_CONFIG_COMP_RESTART_DURATION          0x4000
#define SG_CONFIG_COMP_RESTART_COUNT_MAX         0x8000
#define SG_CONFIG_SU_RESTART_DURATION            0x10000
#define SG_CONFIG_SU_RESTART_COUNT_MAX           0x20000
#define SG_CONFIG_REDUCTION_PROCEDURE            0x40000
#define SG_CONFIG_COLOCATION_ALLOWED             0x80000
#define SG_CONFIG_AUTO_ADJUST                    0x100000
#define SG_CONFIG_AUTO_ADJUST_PROBATION          0x200000
#define SG_CONFIG_ALPHA_FACTOR                   0x400000
#define SG_CONFIG_MAX_FAILOVERS                  0x800000
#define SG_CONFIG_FAILOVER_DURATION              0x1000000
#define SG_CONFIG_BETA_FACTOR                    0x2000000

#define SU_CONFIG_ADMIN_STATE                    0x2
#define SU_CONFIG_RANK                           0x4
#define SU_CONFIG_NUM_COMPONENTS                 0x8
#define SU_CONFIG_IS_PREINSTANTIABLE             0x10
#define SU_CONFIG_IS_RESTARTABLE                 0x20
#define SU_CONFIG_IS_CONTAINER_SU                0x40

#define SI_CONFIG_ADMIN_STATE                    0x2
#define SI_CONFIG_RANK                           0x4
#define SI_CONFIG_NUM_CSIS                       0x8
#define SI_CONFIG_NUM_STANDBY_ASSIGNMENTS        0x10
#define SI_CONFIG_STANDBY_ASSIGNMENT_ORDER       0x20

#define COMP_CONFIG_SUPPORTED_CSI_TYPE           0x2
#define COMP_CONFIG_PROXY_CSI_TYPE               0x4
#define COMP_CONFIG_CAPABILITY_MODEL             0x8
#define COMP_CONFIG_PROPERTY                     0x10
#define COMP_CONFIG_IS_RESTARTABLE               0x20
#define COMP_CONFIG_NODE_REBOOT_CLEANUP_FAIL     0x40
#define COMP_CONFIG_INSTANTIATE_LEVEL            0x80
#define COMP_CONFIG_NUM_MAX_INSTANTIATE          0x100
#define COMP_CONFIG_NUM_MAX_INSTANTIATE_WITH_DELAY 0x200
#define COMP_CONFIG_NUM_MAX_TERMINATE            0x400
#define COMP_CONFIG_NUM_MAX_AM_START             0x800
#define COMP_CONFIG_NUM_MAX_AM_STOP              0x1000
#define COMP_CONFIG_NUM_MAX_ACTIVE_CSIS          0x2000
#define COMP_CONFIG_NUM_MAX_STANDBY_CSIS         0x4000
#define COMP_CONFIG_TIMEOUTS                     0x8000
#define COMP_CONFIG_RECOVERY_ON_TIMEOUT          0x10000
#define COMP_CONFIG_PARENT_SU                    0x20000
#define COMP_CONFIG_INSTANTIATE_COMMAND          0x40000

#define CSI_CONFIG_TYPE                          0x2
#define CSI_CONFIG_IS_PROXY_CSI                  0x4
#define CSI_CONFIG_RANK                          0x8
/* clang-format on */

/* ---- operations ------------------------------------------------------------ */

typedef enum {
    CL_AMS_MGMT_SUB_AREA_MSG = 1,
    CL_AMS_MGMT_SUB_AREA_STATE_CHANGE = 2,
    CL_AMS_MGMT_SUB_AREA_FN_CALL = 4,
    CL_AMS_MGMT_SUB_AREA_TIMER = 8,
    CL_AMS_MGMT_SUB_AREA_UNDEFINED = 128
} ClAmsMgmtSubAreaT;

typedef enum {
    CL_AMS_TLV_TYPE_ENTITY = 0,
    CL_AMS_TLV_TYPE_NODE = 1,
    CL_AMS_TLV_TYPE_APP = 2,
    CL_AMS_TLV_TYPE_SG = 3,
    CL_AMS_TLV_TYPE_SU = 4,
    CL_AMS_TLV_TYPE_SI = 5,
    CL_AMS_TLV_TYPE_COMP = 6,
    CL_AMS_TLV_TYPE_CSI = 7,
    CL_AMS_TLV_TYPE_CLUSTER = 8,
    CL_AMS_TLV_TYPE_START_LIST = 9,
    CL_AMS_TLV_TYPE_END_LIST = 10
} ClAmsTLVTypeT;

typedef enum {
    CL_AMS_MGMT_CCB_OPERATION_CREATE = 1,
    CL_AMS_MGMT_CCB_OPERATION_DELETE = 2,
    CL_AMS_MGMT_CCB_OPERATION_SET_CONFIG = 3,
    CL_AMS_MGMT_CCB_OPERATION_CSI_SET_NVP = 4,
    CL_AMS_MGMT_CCB_OPERATION_SET_NODE_DEPENDENCY = 5,
    CL_AMS_MGMT_CCB_OPERATION_SET_NODE_SU_LIST = 6,
    CL_AMS_MGMT_CCB_OPERATION_SET_SG_SU_LIST = 7,
    CL_AMS_MGMT_CCB_OPERATION_SET_SG_SI_LIST = 8,
    CL_AMS_MGMT_CCB_OPERATION_SET_SU_COMP_LIST = 9,
    CL_AMS_MGMT_CCB_OPERATION_SET_SI_SU_RANK_LIST = 10,
    CL_AMS_MGMT_CCB_OPERATION_SET_SI_SI_DEPENDENCY_LIST = 11,
    CL_AMS_MGMT_CCB_OPERATION_SET_SI_CSI_LIST = 12,
    CL_AMS_MGMT_CCB_OPERATION_SET_CSI_CSI_DEPENDENCY_LIST = 13,
    CL_AMS_MGMT_CCB_OPERATION_CSI_DELETE_NVP = 14,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_NODE_DEPENDENCY = 15,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_NODE_SU_LIST = 16,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_SG_SU_LIST = 17,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_SG_SI_LIST = 18,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_SU_COMP_LIST = 19,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_SI_SU_RANK_LIST = 20,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_SI_SI_DEPENDENCY_LIST = 21,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_CSI_CSI_DEPENDENCY_LIST = 22,
    CL_AMS_MGMT_CCB_OPERATION_DELETE_SI_CSI_LIST = 23,
    CL_AMS_MGMT_CCB_OPERATION_MAX = 24
} ClAmsMgmtCCBOperationsT;

typedef enum {
    CL_AMS_MGMT_INITIALIZE = 1,
    CL_AMS_MGMT_FINALIZE = 2,
    CL_AMS_MGMT_ENTITY_CREATE = 3,
    CL_AMS_MGMT_ENTITY_DELETE = 4,
    CL_AMS_MGMT_ENTITY_SET_CONFIG = 5,
    CL_AMS_MGMT_ENTITY_LOCK_ASSIGNMENT = 6,
    CL_AMS_MGMT_ENTITY_LOCK_INSTANTIATION = 7,
    CL_AMS_MGMT_ENTITY_UNLOCK = 8,
    CL_AMS_MGMT_ENTITY_SHUTDOWN = 9,
    CL_AMS_MGMT_ENTITY_RESTART = 10,
    CL_AMS_MGMT_ENTITY_REPAIRED = 11,
    CL_AMS_MGMT_SG_ADJUST_PREFERENCE = 12,
    CL_AMS_MGMT_SI_SWAP = 13,
    CL_AMS_MGMT_ENTITY_LIST_ENTITY_REF_ADD = 14,
    CL_AMS_MGMT_ENTITY_SET_REF = 15,
    CL_AMS_MGMT_CSI_SET_NVP = 16,
    CL_AMS_MGMT_DEBUG_ENABLE = 17,
    CL_AMS_MGMT_DEBUG_DISABLE = 18,
    CL_AMS_MGMT_DEBUG_GET = 19,
    CL_AMS_MGMT_DEBUG_ENABLE_LOG_TO_CONSOLE = 20,
    CL_AMS_MGMT_DEBUG_DISABLE_LOG_TO_CONSOLE = 21,
    CL_AMS_MGMT_CCB_INITIALIZE = 22,
    CL_AMS_MGMT_CCB_FINALIZE = 23,
    CL_AMS_MGMT_CCB_ENTITY_SET_CONFIG = 24,
    CL_AMS_MGMT_CCB_CSI_SET_NVP = 25,
    CL_AMS_MGMT_CCB_SET_NODE_DEPENDENCY = 26,
    CL_AMS_MGMT_CCB_SET_NODE_SU_LIST = 27,
    CL_AMS_MGMT_CCB_SET_SG_SU_LIST = 28,
    CL_AMS_MGMT_CCB_SET_SG_SI_LIST = 29,
    CL_AMS_MGMT_CCB_SET_SU_COMP_LIST = 30,
    CL_AMS_MGMT_CCB_SET_SI_SU_RANK_LIST = 31,
    CL_AMS_MGMT_CCB_SET_SI_SI_DEPENDENCY = 32,
    CL_AMS_MGMT_CCB_SET_SI_CSI_LIST = 33,
    CL_AMS_MGMT_CCB_ENABLE_ENTITY = 34,
    CL_AMS_MGMT_CCB_DISABLE_ENTITY = 35,
    CL_AMS_MGMT_CCB_ENTITY_CREATE = 36,
    CL_AMS_MGMT_CCB_ENTITY_DELETE = 37,
    CL_AMS_MGMT_CCB_COMMIT = 38,
    CL_AMS_MGMT_ENTITY_GET = 39,
    CL_AMS_MGMT_ENTITY_GET_CONFIG = 40,
    CL_AMS_MGMT_ENTITY_GET_STATUS = 41,
    CL_AMS_MGMT_GET_CSI_NVP_LIST = 42,
    CL_AMS_MGMT_GET_ENTITY_LIST = 43,
    CL_AMS_MGMT_GET_OL_ENTITY_LIST = 44,
    CL_AMS_MGMT_CCB_CSI_DELETE_NVP = 45,
    CL_AMS_MGMT_CCB_DELETE_NODE_DEPENDENCY = 46,
    CL_AMS_MGMT_CCB_DELETE_NODE_SU_LIST = 47,
    CL_AMS_MGMT_CCB_DELETE_SG_SU_LIST = 48,
    CL_AMS_MGMT_CCB_DELETE_SG_SI_LIST = 49,
    CL_AMS_MGMT_CCB_DELETE_SU_COMP_LIST = 50,
    CL_AMS_MGMT_CCB_DELETE_SI_SU_RANK_LIST = 51,
    CL_AMS_MGMT_CCB_DELETE_SI_SI_DEPENDENCY = 52,
    CL_AMS_MGMT_CCB_DELETE_SI_CSI_LIST = 53,
    CL_AMS_MGMT_ENTITY_SET_ALPHA_FACTOR = 54,
    CL_AMS_MGMT_MIGRATE_SG = 55,
    CL_AMS_MGMT_ENTITY_USER_DATA_SET = 56,
    CL_AMS_MGMT_ENTITY_USER_DATA_SETKEY = 57,
    CL_AMS_MGMT_ENTITY_USER_DATA_GET = 58,
    CL_AMS_MGMT_ENTITY_USER_DATA_GETKEY = 59,
    CL_AMS_MGMT_ENTITY_USER_DATA_DELETE = 60,
    CL_AMS_MGMT_ENTITY_USER_DATA_DELETEKEY = 61,
    CL_AMS_MGMT_CCB_SET_CSI_CSI_DEPENDENCY = 62,
    CL_AMS_MGMT_CCB_DELETE_CSI_CSI_DEPENDENCY = 63,
    CL_AMS_MGMT_SI_ASSIGN_SU_CUSTOM = 65,
    CL_AMS_MGMT_ENTITY_SET_BETA_FACTOR = 66,
    CL_AMS_MGMT_ENTITY_FORCE_LOCK = 67,
    CL_AMS_MGMT_DB_GET = 68,
    CL_AMS_MGMT_COMPUTED_ADMIN_STATE_GET = 69,
    CL_AMS_MGMT_ENTITY_FORCE_LOCK_INSTANTIATION = 70,
    CL_AMS_MGMT_CCB_BATCH_COMMIT = 71,
    CL_AMS_MGMT_ENTITY_SHUTDOWN_WITH_RESTART = 72
} ClAmsMgmtClientCallbackRmdInterfaceT;

/* ---- lists ----------------------------------------------------------------- */

typedef struct ClAmsTLV {
    ClAmsTLVTypeT type;
    ClUint32T length;
} ClAmsTLVT;

typedef struct ClAmsCSINVP {
    ClNameT csiName;
    ClNameT paramName;
    ClNameT paramValue;
} ClAmsCSINVPT;

typedef struct ClAmsCSINVPBuffer {
    ClUint32T count;
    ClAmsCSINVPT *nvp;
} ClAmsCSINVPBufferT;

typedef struct ClAmsEntityBuffer {
    ClUint32T count;
    ClAmsEntityT *entity;
} ClAmsEntityBufferT;

typedef struct ClAmsEntityRefBuffer {
    ClUint32T count;
    ClAmsEntityRefT *entityRef;
} ClAmsEntityRefBufferT;

typedef struct ClAmsCompCSIRefBuffer {
    ClUint32T count;
    ClAmsCompCSIRefT *entityRef;
} ClAmsCompCSIRefBufferT;

typedef struct ClAmsSUSIRefBuffer {
    ClUint32T count;
    ClAmsSUSIRefT *entityRef;
} ClAmsSUSIRefBufferT;

typedef struct ClAmsSUSIExtendedRefBuffer {
    ClUint32T count;
    ClAmsSUSIExtendedRefT *entityRef;
} ClAmsSUSIExtendedRefBufferT;

typedef struct ClAmsSISURefBuffer {
    ClUint32T count;
    ClAmsSISURefT *entityRef;
} ClAmsSISURefBufferT;

typedef struct ClAmsSISUExtendedRefBuffer {
    ClUint32T count;
    ClAmsSISUExtendedRefT *entityRef;
} ClAmsSISUExtendedRefBufferT;

typedef struct ClAmsMgmtMigrateList {
    ClAmsEntityBufferT si;
    ClAmsEntityBufferT csi;
    ClAmsEntityBufferT node;
    ClAmsEntityBufferT su;
    ClAmsEntityBufferT comp;
} ClAmsMgmtMigrateListT;

typedef struct clAmsMgmtCCB {
    ClCntHandleT ccbOpListHandle;
} clAmsMgmtCCBT;

#endif
