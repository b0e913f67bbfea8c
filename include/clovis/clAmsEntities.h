/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entities of the availability model: configuration, status and relations. These are
 * in the layout of releases up to 6.0; clAmsMgmtClientApi.h fills them in.
 */
#ifndef CLOVIS_CL_AMS_ENTITIES_H
#define CLOVIS_CL_AMS_ENTITIES_H

#include "clCommon.h"
#include "clAmsTypes.h"
#include "clCntApi.h"
#include "clCpmApi.h"
#include "clIocApi.h"
#include "clList.h"
#include "clTimerApi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- kinds --------------------------------------------------------------- */

typedef enum {
    CL_AMS_ENTITY_TYPE_ENTITY = 0,
    CL_AMS_ENTITY_TYPE_NODE = 1,
    CL_AMS_ENTITY_TYPE_APP = 2,
    CL_AMS_ENTITY_TYPE_SG = 3,
    CL_AMS_ENTITY_TYPE_SU = 4,
    CL_AMS_ENTITY_TYPE_SI = 5,
    CL_AMS_ENTITY_TYPE_COMP = 6,
    CL_AMS_ENTITY_TYPE_CSI = 7,
    CL_AMS_ENTITY_TYPE_MAX = 7,
    CL_AMS_ENTITY_TYPE_CLUSTER = 8
} ClAmsEntityTypeT;

typedef enum {
    CL_AMS_ENTITY_REF_TYPE_ENTITY = 0,
    CL_AMS_ENTITY_REF_TYPE_NODE = 1,
    CL_AMS_ENTITY_REF_TYPE_APP = 2,
    CL_AMS_ENTITY_REF_TYPE_SG = 3,
    CL_AMS_ENTITY_REF_TYPE_SU = 4,
    CL_AMS_ENTITY_REF_TYPE_SI = 5,
    CL_AMS_ENTITY_REF_TYPE_COMP = 6,
    CL_AMS_ENTITY_REF_TYPE_CSI = 7,
    CL_AMS_ENTITY_REF_TYPE_SUSI = 8,
    CL_AMS_ENTITY_REF_TYPE_SISU = 9,
    CL_AMS_ENTITY_REF_TYPE_COMPCSI = 10,
    CL_AMS_ENTITY_REF_TYPE_CSICOMP = 11,
    CL_AMS_ENTITY_REF_TYPE_MAX = 11
} ClAmsEntityRefTypeT;

typedef enum {
    CL_AMS_START_LIST = 0,
    CL_AMS_CONFIG_LIST_START = 1,
    CL_AMS_NODE_CONFIG_NODE_DEPENDENT_LIST = 2,
    CL_AMS_NODE_CONFIG_NODE_DEPENDENCIES_LIST = 3,
    CL_AMS_NODE_CONFIG_SU_LIST = 4,
    CL_AMS_SG_CONFIG_SU_LIST = 5,
    CL_AMS_SG_CONFIG_SI_LIST = 6,
    CL_AMS_SU_CONFIG_COMP_LIST = 7,
    CL_AMS_SI_CONFIG_SU_RANK_LIST = 8,
    CL_AMS_SI_CONFIG_SI_DEPENDENTS_LIST = 9,
    CL_AMS_SI_CONFIG_SI_DEPENDENCIES_LIST = 10,
    CL_AMS_SI_CONFIG_CSI_LIST = 11,
    CL_AMS_CSI_CONFIG_NVP_LIST = 12,
    CL_AMS_CSI_CONFIG_CSI_DEPENDENTS_LIST = 13,
    CL_AMS_CSI_CONFIG_CSI_DEPENDENCIES_LIST = 14,
    CL_AMS_CONFIG_LIST_END = 15,
    CL_AMS_SG_STATUS_INSTANTIABLE_SU_LIST = 16,
    CL_AMS_SG_STATUS_INSTANTIATED_SU_LIST = 17,
    CL_AMS_SG_STATUS_IN_SERVICE_SPARE_SU_LIST = 18,
    CL_AMS_SG_STATUS_ASSIGNED_SU_LIST = 19,
    CL_AMS_SG_STATUS_FAULTY_SU_LIST = 20,
    CL_AMS_SU_STATUS_SI_LIST = 21,
    CL_AMS_SI_STATUS_SU_LIST = 22,
    CL_AMS_COMP_STATUS_CSI_LIST = 23,
    CL_AMS_CSI_STATUS_PG_LIST = 24,
    CL_AMS_ENTITY_LIST_ALL_START = 25,
    CL_AMS_SG_LIST = 26,
    CL_AMS_SI_LIST = 27,
    CL_AMS_NODE_LIST = 28,
    CL_AMS_SU_LIST = 29,
    CL_AMS_COMP_LIST = 30,
    CL_AMS_CSI_LIST = 31,
    CL_AMS_ENTITY_LIST_ALL_END = 32,
    CL_AMS_CSI_PGTRACK_CLIENT_LIST = 33,
    CL_AMS_SU_STATUS_SI_EXTENDED_LIST = 34,
    CL_AMS_SI_STATUS_SU_EXTENDED_LIST = 35,
    CL_AMS_END_LIST = 36
} ClAmsEntityListTypeT;

typedef enum {
    CL_AMS_NODE_TIMER_SUFAILOVER = 1,
    CL_AMS_SG_TIMER_INSTANTIATE = 10,
    CL_AMS_SG_TIMER_ADJUST = 11,
    CL_AMS_SG_TIMER_ADJUST_PROBATION = 12,
    CL_AMS_SU_TIMER_COMPRESTART = 20,
    CL_AMS_SU_TIMER_SURESTART = 21,
    CL_AMS_SU_TIMER_PROBATION = 22,
    CL_AMS_SU_TIMER_ASSIGNMENT = 23,
    CL_AMS_COMP_TIMER_INSTANTIATE = 40,
    CL_AMS_COMP_TIMER_TERMINATE = 41,
    CL_AMS_COMP_TIMER_CLEANUP = 42,
    CL_AMS_COMP_TIMER_AMSTART = 43,
    CL_AMS_COMP_TIMER_AMSTOP = 44,
    CL_AMS_COMP_TIMER_QUIESCINGCOMPLETE = 45,
    CL_AMS_COMP_TIMER_CSISET = 46,
    CL_AMS_COMP_TIMER_CSIREMOVE = 47,
    CL_AMS_COMP_TIMER_PROXIEDCOMPINSTANTIATE = 48,
    CL_AMS_COMP_TIMER_PROXIEDCOMPCLEANUP = 49,
    CL_AMS_COMP_TIMER_INSTANTIATEDELAY = 50,
    CL_AMS_COMP_TIMER_MAX = 51
} ClAmsEntityTimerTypeT;

/* clang-format off */
#define CL_AMS_ENTITY_OP_REMOVE_MPLUSN           0x01
#define CL_AMS_ENTITY_OP_SWAP_REMOVE_MPLUSN      0x02
#define CL_AMS_ENTITY_OP_REDUCE_REMOVE_MPLUSN    0x04
#define CL_AMS_ENTITY_OP_REMOVES_MPLUSN          0x07
#define CL_AMS_ENTITY_OP_ACTIVE_REMOVE_MPLUSN    0x08
#define CL_AMS_ENTITY_OP_SWAP_ACTIVE_MPLUSN      0x10
#define CL_AMS_ENTITY_OP_SI_REASSIGN_MPLUSN      0x20
#define CL_AMS_ENTITY_OP_ACTIVE_REMOVE_REF_MPLUSN 0x40

#define CL_AMS_SG_ADJUST_DURATION                3000 /* ms */
#define CL_AMS_SG_ADJUST_PROBATION               3000 /* ms */
#define CL_AMS_SU_ASSIGNMENT_DELAY               3000 /* ms */
/* clang-format on */

/* ---- every entity -------------------------------------------------------- */

typedef struct ClAmsEntity {
    ClAmsEntityTypeT type;
    ClNameT name;
    ClUint8T debugFlags;
} ClAmsEntityT;

typedef ClAmsEntityT ClAmsEntityConfigT;

typedef ClRcT (*ClAmsEntityCallbackT)(ClAmsEntityT *entity);
typedef ClRcT (*ClAmsEntityCallbackExtendedT)(ClAmsEntityT *entity, ClPtrT userArg);

typedef struct ClAmsEntityMethods {
    ClAmsEntityCallbackT printOut;
    ClAmsEntityCallbackT validateConfig;
    ClAmsEntityCallbackT validateRelationships;
} ClAmsEntityMethodsT;

/* The daemon's own; its content is opaque. */
typedef struct ClAmsEntityOpStack {
    ClUint64T opaque[3];
} ClAmsEntityOpStackT;

typedef struct ClAmsEntityStatus {
    ClTimeT epoch;
    ClUint32T timerCount;
    ClAmsEntityOpStackT opStack;
} ClAmsEntityStatusT;

typedef struct ClAmsEntityTimer {
    ClAmsEntityTimerTypeT type;
    ClTimeT count;
    ClTimerHandleT handle;
    ClAmsEntityT *entity;
    ClUint32T currentOp;
} ClAmsEntityTimerT;

typedef ClRcT (*ClAmsEntityTimerCallbackT)(ClAmsEntityTimerT *timer);

typedef struct ClAmsEntityList {
    ClAmsEntityTypeT type;
    ClBoolT isRankedList;
    ClBoolT isValid;
    ClUint32T numEntities;
    ClCntHandleT list;
} ClAmsEntityListT;

typedef struct ClAmsEntityParams {
    ClNameT typeString;
    void *defaultConfig;
    ClUint32T configSize;
    void *defaultMethods;
    ClUint32T methodSize;
    ClUint32T entitySize;
} ClAmsEntityParamsT;

typedef struct ClAmsEntityReduceRemoveOp {
    ClInt32T sisRemoved;
} ClAmsEntityReduceRemoveOpT;

typedef struct ClAmsEntitySwapActiveOp {
    ClInt32T sisReassigned;
} ClAmsEntitySwapActiveOpT;

typedef struct ClAmsSUReassignOp {
    ClInt32T numSIs;
    ClAmsEntityT *sis;
} ClAmsSUReassignOpT;

/* ---- relations ----------------------------------------------------------- */

typedef struct ClAmsEntityRef {
    ClAmsEntityT entity;
    ClAmsEntityT *ptr;
    ClCntNodeHandleT nodeHandle;
} ClAmsEntityRefT;

typedef ClRcT (*ClAmsEntityRefCallbackT)(ClAmsEntityRefT *entityRef,
                                         ClAmsEntityListTypeT entityListName);

typedef struct ClAmsSUSIRef {
    ClAmsEntityRefT entityRef;
    ClAmsHAStateT haState;
    ClUint32T numActiveCSIs;
    ClUint32T numStandbyCSIs;
    ClUint32T numQuiescedCSIs;
    ClUint32T numQuiescingCSIs;
    ClUint32T rank;
} ClAmsSUSIRefT;

typedef struct ClAmsSUSIExtendedRef {
    ClAmsEntityRefT entityRef;
    ClAmsHAStateT haState;
    ClUint32T numActiveCSIs;
    ClUint32T numStandbyCSIs;
    ClUint32T numQuiescedCSIs;
    ClUint32T numQuiescingCSIs;
    ClUint32T numCSIs;
    ClUint32T rank;
    ClUint32T pendingInvocations;
} ClAmsSUSIExtendedRefT;

typedef struct ClAmsSISURef {
    ClAmsEntityRefT entityRef;
    ClUint32T rank;
    ClAmsHAStateT haState;
} ClAmsSISURefT;

typedef struct ClAmsSISUExtendedRef {
    ClAmsEntityRefT entityRef;
    ClUint32T rank;
    ClAmsHAStateT haState;
    ClUint32T pendingInvocations;
} ClAmsSISUExtendedRefT;

typedef struct ClAmsCompCSIRef {
    ClAmsEntityRefT entityRef;
    ClAmsHAStateT haState;
    ClAmsCSITransitionDescriptorT tdescriptor;
    ClUint32T rank;
    ClAmsEntityT *activeComp;
    ClUint16T pendingOp;
} ClAmsCompCSIRefT;

typedef struct ClAmsCSICompRef {
    ClAmsEntityRefT entityRef;
    ClAmsHAStateT haState;
    ClUint32T rank;
} ClAmsCSICompRefT;

/* ---- nodes --------------------------------------------------------------- */

typedef struct ClAmsNodeConfig {
    ClAmsEntityConfigT entity;
    ClAmsAdminStateT adminState;
    ClUint32T id;
    ClAmsNodeClassT classType;
    ClNameT subClassType;
    ClBoolT isSwappable;
    ClBoolT isRestartable;
    ClBoolT autoRepair;
    ClBoolT isASPAware;
    ClTimeT suFailoverDuration;
    ClUint32T suFailoverCountMax;
    ClAmsEntityListT nodeDependentsList;
    ClAmsEntityListT nodeDependenciesList;
    ClAmsEntityListT suList;
} ClAmsNodeConfigT;

typedef struct ClAmsNodeStatus {
    ClAmsEntityStatusT entity;
    ClAmsPresenceStateT presenceState;
    ClAmsOperStateT operState;
    ClAmsNodeClusterMemberT isClusterMember;
    ClBoolT wasMemberBefore;
    ClAmsLocalRecoveryT recovery;
    ClUint32T alarmHandle;
    ClUint32T suFailoverCount;
    ClAmsEntityTimerT suFailoverTimer;
    ClUint32T numInstantiatedSUs;
    ClUint32T numAssignedSUs;
} ClAmsNodeStatusT;

typedef struct ClAmsNodeMethods {
    ClAmsEntityMethodsT entity;
    ClAmsEntityTimerCallbackT suFailoverTimeout;
} ClAmsNodeMethodsT;

typedef struct ClAmsNode {
    ClAmsNodeConfigT config;
    ClAmsNodeStatusT status;
    ClAmsNodeMethodsT methods;
} ClAmsNodeT;

/* ---- applications -------------------------------------------------------- */

typedef struct ClAmsAppConfig {
    ClAmsEntityConfigT entity;
} ClAmsAppConfigT;

typedef struct ClAmsAppStatus {
    ClAmsEntityStatusT entity;
} ClAmsAppStatusT;

typedef struct ClAmsAppMethods {
    ClAmsEntityMethodsT entity;
} ClAmsAppMethodsT;

typedef struct ClAmsApp {
    ClAmsAppConfigT config;
    ClAmsAppStatusT status;
    ClAmsAppMethodsT methods;
} ClAmsAppT;

/* ---- service groups ------------------------------------------------------ */

typedef struct ClAmsSGConfig {
    ClAmsEntityConfigT entity;
    ClAmsAdminStateT adminState;
    ClAmsSGRedundancyModelT redundancyModel;
    ClAmsSGLoadingStrategyT loadingStrategy;
    ClBoolT failbackOption;
    ClBoolT autoRepair;
    ClTimeT instantiateDuration;
    ClUint32T numPrefActiveSUs;
    ClUint32T numPrefStandbySUs;
    ClUint32T numPrefInserviceSUs;
    ClUint32T numPrefAssignedSUs;
    ClUint32T numPrefActiveSUsPerSI;
    ClUint32T maxActiveSIsPerSU;
    ClUint32T maxStandbySIsPerSU;
    ClTimeT compRestartDuration;
    ClUint32T compRestartCountMax;
    ClTimeT suRestartDuration;
    ClUint32T suRestartCountMax;
    ClBoolT isCollocationAllowed;
    ClUint32T alpha;
    ClBoolT autoAdjust;
    ClTimeT autoAdjustProbation;
    ClBoolT reductionProcedure;
    ClAmsEntityRefT parentApp;
    ClUint32T maxFailovers;
    ClTimeT failoverDuration;
    ClUint32T beta;
    ClAmsEntityListT suList;
    ClAmsEntityListT siList;
} ClAmsSGConfigT;

typedef struct ClAmsSGStatus {
    ClAmsEntityStatusT entity;
    ClBoolT isStarted;
    ClAmsEntityTimerT instantiateTimer;
    ClAmsEntityTimerT adjustTimer;
    ClAmsEntityTimerT adjustProbationTimer;
    ClAmsEntityTimerT assignmentTimer;
    ClAmsEntityListT instantiableSUList;
    ClAmsEntityListT instantiatedSUList;
    ClAmsEntityListT inserviceSpareSUList;
    ClAmsEntityListT assignedSUList;
    ClAmsEntityListT faultySUList;
    ClUint32T numCurrActiveSUs;
    ClUint32T numCurrStandbySUs;
    ClUint32T failoverHistoryIndex;
    ClInt32T failoverHistoryCount;
    ClListHeadT failoverHistory;
} ClAmsSGStatusT;

typedef struct ClAmsSGMethods {
    ClAmsEntityMethodsT entity;
    ClAmsEntityTimerCallbackT instantiateTimeout;
    ClAmsEntityTimerCallbackT adjustTimeout;
    ClAmsEntityTimerCallbackT adjustProbationTimeout;
} ClAmsSGMethodsT;

typedef struct ClAmsSG {
    ClAmsSGConfigT config;
    ClAmsSGStatusT status;
    ClAmsSGMethodsT methods;
} ClAmsSGT;

/* ---- service units ------------------------------------------------------- */

typedef struct ClAmsSUConfig {
    ClAmsEntityConfigT entity;
    ClAmsAdminStateT adminState;
    ClUint32T rank;
    ClUint32T numComponents;
    ClBoolT isPreinstantiable;
    ClBoolT isRestartable;
    ClBoolT isContainerSU;
    ClAmsEntityListT compList;
    ClAmsEntityRefT parentSG;
    ClAmsEntityRefT parentNode;
} ClAmsSUConfigT;

typedef struct ClAmsSUStatus {
    ClAmsEntityStatusT entity;
    ClAmsPresenceStateT presenceState;
    ClAmsOperStateT operState;
    ClAmsReadinessStateT readinessState;
    ClAmsLocalRecoveryT recovery;
    ClUint32T numActiveSIs;
    ClUint32T numStandbySIs;
    ClUint32T numQuiescedSIs;
    ClUint32T compRestartCount;
    ClAmsEntityTimerT compRestartTimer;
    ClUint32T suRestartCount;
    ClAmsEntityTimerT suRestartTimer;
    ClAmsEntityTimerT suProbationTimer;
    ClAmsEntityTimerT suAssignmentTimer;
    ClUint32T numInstantiatedComp;
    ClUint32T numPIComp;
    ClUint32T instantiateLevel;
    ClUint32T numWaitAdjustments;
    ClUint32T numDelayAssignments;
    ClAmsEntityListT siList;
} ClAmsSUStatusT;

typedef struct ClAmsSUMethods {
    ClAmsEntityMethodsT entity;
    ClAmsEntityTimerCallbackT suRestartTimeout;
    ClAmsEntityTimerCallbackT compRestartTimeout;
    ClAmsEntityTimerCallbackT suProbationTimeout;
    ClAmsEntityTimerCallbackT suAssignmentTimeout;
} ClAmsSUMethodsT;

typedef struct ClAmsSU {
    ClAmsSUConfigT config;
    ClAmsSUStatusT status;
    ClAmsSUMethodsT methods;
} ClAmsSUT;

/* ---- service instances --------------------------------------------------- */

typedef struct ClAmsSIConfig {
    ClAmsEntityConfigT entity;
    ClAmsAdminStateT adminState;
    ClUint32T rank;
    ClUint32T numCSIs;
    ClUint32T numStandbyAssignments;
    ClUint32T standbyAssignmentOrder;
    ClAmsEntityRefT parentSG;
    ClAmsEntityListT suList;
    ClAmsEntityListT siDependentsList;
    ClAmsEntityListT siDependenciesList;
    ClAmsEntityListT csiList;
} ClAmsSIConfigT;

typedef struct ClAmsSIStatus {
    ClAmsEntityStatusT entity;
    ClAmsOperStateT operState;
    ClUint32T numActiveAssignments;
    ClUint32T numStandbyAssignments;
    ClAmsEntityListT suList;
} ClAmsSIStatusT;

typedef struct ClAmsSIMethods {
    ClAmsEntityMethodsT entity;
} ClAmsSIMethodsT;

typedef struct ClAmsSI {
    ClAmsSIConfigT config;
    ClAmsSIStatusT status;
    ClAmsSIMethodsT methods;
} ClAmsSIT;

typedef struct ClAmsSIReassignEntry {
    ClAmsSIT *si;
    ClListHeadT list;
} ClAmsSIReassignEntryT;

/* ---- components ---------------------------------------------------------- */

typedef ClCpmCallbacksT ClAmsSAClientCallbacksT;

typedef struct ClAmsCompTimerDurations {
    ClTimeT instantiate;
    ClTimeT terminate;
    ClTimeT cleanup;
    ClTimeT amStart;
    ClTimeT amStop;
    ClTimeT quiescingComplete;
    ClTimeT csiSet;
    ClTimeT csiRemove;
    ClTimeT proxiedCompInstantiate;
    ClTimeT proxiedCompCleanup;
    ClTimeT instantiateDelay;
} ClAmsCompTimerDurationsT;

typedef struct ClAmsCompTimers {
    ClAmsEntityTimerT instantiate;
    ClAmsEntityTimerT terminate;
    ClAmsEntityTimerT cleanup;
    ClAmsEntityTimerT amStart;
    ClAmsEntityTimerT amStop;
    ClAmsEntityTimerT quiescingComplete;
    ClAmsEntityTimerT csiSet;
    ClAmsEntityTimerT csiRemove;
    ClAmsEntityTimerT proxiedCompInstantiate;
    ClAmsEntityTimerT proxiedCompCleanup;
    ClAmsEntityTimerT instantiateDelay;
} ClAmsCompTimersT;

typedef struct ClAmsCompConfig {
    ClAmsEntityConfigT entity;
    ClUint32T numSupportedCSITypes;
    ClNameT *pSupportedCSITypes;
    ClNameT proxyCSIType;
    ClAmsCompCapModelT capabilityModel;
    ClAmsCompPropertyT property;
    ClBoolT isRestartable;
    ClBoolT nodeRebootCleanupFail;
    ClUint32T instantiateLevel;
    ClUint32T numMaxInstantiate;
    ClUint32T numMaxInstantiateWithDelay;
    ClUint32T numMaxTerminate;
    ClUint32T numMaxAmStart;
    ClUint32T numMaxAmStop;
    ClUint32T numMaxActiveCSIs;
    ClUint32T numMaxStandbyCSIs;
    ClAmsCompTimerDurationsT timeouts;
    ClAmsLocalRecoveryT recoveryOnTimeout;
    ClAmsEntityRefT parentSU;
    ClCharT instantiateCommand[256];
} ClAmsCompConfigT;

typedef struct ClAmsCompStatus {
    ClAmsEntityStatusT entity;
    ClAmsPresenceStateT presenceState;
    ClAmsOperStateT operState;
    ClAmsReadinessStateT readinessState;
    ClAmsLocalRecoveryT recovery;
    ClUint32T alarmHandle;
    ClUint32T numActiveCSIs;
    ClUint32T numStandbyCSIs;
    ClUint32T numQuiescingCSIs;
    ClUint32T numQuiescedCSIs;
    ClUint32T restartCount;
    ClUint32T failoverCount;
    ClUint32T instantiateCount;
    ClUint32T instantiateDelayCount;
    ClUint32T amStartCount;
    ClUint32T amStopCount;
    ClUint64T instantiateCookie;
    ClAmsCompTimersT timers;
    ClAmsEntityT *proxyComp;
    ClAmsEntityListT csiList;
    ClAmsSAClientCallbacksT clientCallbacks;
} ClAmsCompStatusT;

typedef struct ClAmsCompMethods {
    ClAmsEntityMethodsT entity;
    ClAmsEntityTimerCallbackT instantiateTimeout;
    ClAmsEntityTimerCallbackT terminateTimeout;
    ClAmsEntityTimerCallbackT cleanupTimeout;
    ClAmsEntityTimerCallbackT amStartTimeout;
    ClAmsEntityTimerCallbackT amStopTimeout;
    ClAmsEntityTimerCallbackT quiescingCompleteTimeout;
    ClAmsEntityTimerCallbackT csiSetTimeout;
    ClAmsEntityTimerCallbackT csiRemoveTimeout;
    ClAmsEntityTimerCallbackT proxiedCompInstantiateTimeout;
    ClAmsEntityTimerCallbackT proxiedCompCleanupTimeout;
    ClAmsEntityTimerCallbackT instantiateDelayTimeout;
} ClAmsCompMethodsT;

typedef struct ClAmsComp {
    ClAmsCompConfigT config;
    ClAmsCompStatusT status;
    ClAmsCompMethodsT methods;
} ClAmsCompT;

/* ---- component service instances ----------------------------------------- */

typedef struct ClAmsCSIConfig {
    ClAmsEntityConfigT entity;
    ClNameT type;
    ClBoolT isProxyCSI;
    ClUint32T rank;
    ClCntHandleT nameValuePairList;
    ClAmsEntityRefT parentSI;
    ClAmsEntityListT csiDependentsList;
    ClAmsEntityListT csiDependenciesList;
} ClAmsCSIConfigT;

typedef struct ClAmsCSIStatus {
    ClAmsEntityStatusT entity;
    ClAmsEntityListT pgList;
    ClCntHandleT pgTrackList;
} ClAmsCSIStatusT;

typedef struct ClAmsCSIMethods {
    ClAmsEntityMethodsT entity;
} ClAmsCSIMethodsT;

typedef struct ClAmsCSI {
    ClAmsCSIConfigT config;
    ClAmsCSIStatusT status;
    ClAmsCSIMethodsT methods;
} ClAmsCSIT;

typedef struct ClAmsCSINameValuePair {
    ClNameT csiName;
    ClNameT paramName;
    ClNameT paramValue;
} ClAmsCSINameValuePairT;

typedef struct ClAmsCSIPGTrackClient {
    ClIocAddressT address;
    ClAmsPGTrackFlagT trackFlags;
    ClCpmHandleT cpmHandle;
} ClAmsCSIPGTrackClientT;

#ifdef __cplusplus
}
#endif

#endif
