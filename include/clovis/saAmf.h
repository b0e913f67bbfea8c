/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SA Forum's Availability Management Framework, B.01, as the component's library
 * sees it. Handles are those of clCpmApi.h: either family of calls takes them.
 *
 * saAmfInitialize() starts the library, reads the component's name from ASP_COMPNAME and
 * makes the selection object, so that callbacks run in saAmfDispatch() only (that of the
 * protection group excepted, which runs on a thread of the library). Calls without a
 * result of interest go to the node's daemon without waiting for it. Names that the
 * daemon delivers count their NUL; both lengths are accepted in return.
 *
 * A return code that clCpmApi.h reports and that has no counterpart is
 * SA_AIS_ERR_LIBRARY, as for a second saAmfComponentRegister().
 */
#ifndef CLOVIS_SA_AMF_H
#define CLOVIS_SA_AMF_H

#include "saAis.h"
#include "saNtf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and constants ------------------------------------------------- */

/* clang-format off */
#define SA_AMF_HEALTHCHECK_KEY_MAX  32

#define SA_AMF_CSI_ADD_ONE          0x1
#define SA_AMF_CSI_TARGET_ONE       0x2
#define SA_AMF_CSI_TARGET_ALL       0x4

#define SA_AMF_PM_ZERO_EXIT         0x1
#define SA_AMF_PM_NON_ZERO_EXIT     0x2
#define SA_AMF_PM_ABNORMAL_END      0x4
/* clang-format on */

typedef SaUint64T SaAmfHandleT;
typedef SaUint32T SaAmfCSIFlagsT;
typedef SaUint32T SaAmfPmErrorsT;

typedef enum {
    SA_AMF_PM_PROC = 1,
    SA_AMF_PM_PROC_AND_DESCENDENTS = 2,
    SA_AMF_PM_ALL_PROCESSES = 3
} SaAmfPmStopQualifierT;

typedef enum {
    SA_AMF_HEALTHCHECK_AMF_INVOKED = 1,
    SA_AMF_HEALTHCHECK_COMPONENT_INVOKED = 2
} SaAmfHealthcheckInvocationT;

typedef struct {
    SaUint8T key[SA_AMF_HEALTHCHECK_KEY_MAX];
    SaUint16T keyLen;
} SaAmfHealthcheckKeyT;

typedef enum {
    SA_AMF_HA_ACTIVE = 1,
    SA_AMF_HA_STANDBY = 2,
    SA_AMF_HA_QUIESCED = 3,
    SA_AMF_HA_QUIESCING = 4
} SaAmfHAStateT;

typedef enum {
    SA_AMF_CSI_NEW_ASSIGN = 1,
    SA_AMF_CSI_QUIESCED = 2,
    SA_AMF_CSI_NOT_QUIESCED = 3,
    SA_AMF_CSI_STILL_ACTIVE = 4
} SaAmfCSITransitionDescriptorT;

typedef struct {
    SaAmfCSITransitionDescriptorT transitionDescriptor;
    SaNameT activeCompName;
} SaAmfCSIActiveDescriptorT;

typedef struct {
    SaNameT activeCompName;
    SaUint32T standbyRank;
} SaAmfCSIStandbyDescriptorT;

/* Which member counts follows from the HA state; neither does for the quiesced ones. */
typedef union {
    SaAmfCSIActiveDescriptorT activeDescriptor;
    SaAmfCSIStandbyDescriptorT standbyDescriptor;
} SaAmfCSIStateDescriptorT;

typedef struct {
    SaUint8T *attrName;  /* NUL-terminated */
    SaUint8T *attrValue; /* NUL-terminated */
} SaAmfCSIAttributeT;

/* Borrowed for the callback that delivers it. */
typedef struct {
    SaAmfCSIAttributeT *attr;
    SaUint32T number;
} SaAmfCSIAttributeListT;

typedef struct {
    SaAmfCSIFlagsT csiFlags;
    SaNameT csiName; /* not meaningful with TARGET_ALL */
    SaAmfCSIStateDescriptorT csiStateDescriptor;
    SaAmfCSIAttributeListT csiAttr; /* with ADD_ONE only */
} SaAmfCSIDescriptorT;

typedef enum {
    SA_AMF_PROTECTION_GROUP_NO_CHANGE = 1,
    SA_AMF_PROTECTION_GROUP_ADDED = 2,
    SA_AMF_PROTECTION_GROUP_REMOVED = 3,
    SA_AMF_PROTECTION_GROUP_STATE_CHANGE = 4
} SaAmfProtectionGroupChangesT;

typedef struct {
    SaNameT compName;
    SaAmfHAStateT haState;
    SaUint32T rank;
} SaAmfProtectionGroupMemberT;

typedef struct {
    SaAmfProtectionGroupMemberT member;
    SaAmfProtectionGroupChangesT change;
} SaAmfProtectionGroupNotificationT;

typedef struct {
    SaUint32T numberOfItems;
    SaAmfProtectionGroupNotificationT *notification;
} SaAmfProtectionGroupNotificationBufferT;

typedef enum {
    SA_AMF_NO_RECOMMENDATION = 1,
    SA_AMF_COMPONENT_RESTART = 2,
    SA_AMF_COMPONENT_FAILOVER = 3,
    SA_AMF_NODE_SWITCHOVER = 4,
    SA_AMF_NODE_FAILOVER = 5,
    SA_AMF_NODE_FAILFAST = 6,
    SA_AMF_CLUSTER_RESET = 7,
    SA_AMF_APPLICATION_RESTART = 8, /* B.04 */
    SA_AMF_CONTAINER_RESTART = 9    /* B.04 */
} SaAmfRecommendedRecoveryT;

/* State enumerations of B.04, for programs that name them. */
typedef enum {
    SA_AMF_HARS_READY_FOR_ASSIGNMENT = 1,
    SA_AMF_HARS_READY_FOR_ACTIVE_DEGRADED = 2,
    SA_AMF_HARS_NOT_READY_FOR_ACTIVE = 3,
    SA_AMF_HARS_NOT_READY_FOR_ASSIGNMENT = 4
} SaAmfHAReadinessStateT;

typedef enum {
    SA_AMF_READINESS_OUT_OF_SERVICE = 1,
    SA_AMF_READINESS_IN_SERVICE = 2,
    SA_AMF_READINESS_STOPPING = 3
} SaAmfReadinessStateT;

typedef enum {
    SA_AMF_PRESENCE_UNINSTANTIATED = 1,
    SA_AMF_PRESENCE_INSTANTIATING = 2,
    SA_AMF_PRESENCE_INSTANTIATED = 3,
    SA_AMF_PRESENCE_TERMINATING = 4,
    SA_AMF_PRESENCE_RESTARTING = 5,
    SA_AMF_PRESENCE_INSTANTIATION_FAILED = 6,
    SA_AMF_PRESENCE_TERMINATION_FAILED = 7
} SaAmfPresenceStateT;

typedef enum {
    SA_AMF_OPERATIONAL_ENABLED = 1,
    SA_AMF_OPERATIONAL_DISABLED = 2
} SaAmfOperationalStateT;

typedef enum {
    SA_AMF_ADMIN_UNLOCKED = 1,
    SA_AMF_ADMIN_LOCKED = 2,
    SA_AMF_ADMIN_LOCKED_INSTANTIATION = 3,
    SA_AMF_ADMIN_SHUTTING_DOWN = 4
} SaAmfAdminStateT;

typedef enum {
    SA_AMF_ASSIGNMENT_UNASSIGNED = 1,
    SA_AMF_ASSIGNMENT_FULLY_ASSIGNED = 2,
    SA_AMF_ASSIGNMENT_PARTIALLY_ASSIGNED = 3
} SaAmfAssignmentStateT;

/* ---- callbacks ----------------------------------------------------------- */

/* Each but the protection group's is answered with saAmfResponse() for its invocation.
 * What is passed by address is borrowed for the call. */
typedef void (*SaAmfHealthcheckCallbackT)(SaInvocationT invocation,
                                          const SaNameT *compName,
                                          SaAmfHealthcheckKeyT *healthcheckKey);
typedef void (*SaAmfComponentTerminateCallbackT)(SaInvocationT invocation,
                                                 const SaNameT *compName);
typedef void (*SaAmfCSISetCallbackT)(SaInvocationT invocation, const SaNameT *compName,
                                     SaAmfHAStateT haState,
                                     SaAmfCSIDescriptorT csiDescriptor);
typedef void (*SaAmfCSIRemoveCallbackT)(SaInvocationT invocation, const SaNameT *compName,
                                        const SaNameT *csiName, SaAmfCSIFlagsT csiFlags);
typedef void (*SaAmfProtectionGroupTrackCallbackT)(
    const SaNameT *csiName, SaAmfProtectionGroupNotificationBufferT *notificationBuffer,
    SaUint32T numberOfMembers, SaAisErrorT error);
typedef void (*SaAmfProxiedComponentInstantiateCallbackT)(SaInvocationT invocation,
                                                          const SaNameT *proxiedCompName);
typedef void (*SaAmfProxiedComponentCleanupCallbackT)(SaInvocationT invocation,
                                                      const SaNameT *proxiedCompName);

typedef struct {
    SaAmfHealthcheckCallbackT saAmfHealthcheckCallback;
    SaAmfComponentTerminateCallbackT saAmfComponentTerminateCallback;
    SaAmfCSISetCallbackT saAmfCSISetCallback;
    SaAmfCSIRemoveCallbackT saAmfCSIRemoveCallback;
    SaAmfProtectionGroupTrackCallbackT saAmfProtectionGroupTrackCallback;
    SaAmfProxiedComponentInstantiateCallbackT saAmfProxiedComponentInstantiateCallback;
    SaAmfProxiedComponentCleanupCallbackT saAmfProxiedComponentCleanupCallback;
} SaAmfCallbacksT;

/* ---- functions ----------------------------------------------------------- */

/**
 * Start being a component.
 *
 * @param[out]    amfHandle    new; ended with saAmfFinalize().
 * @param[in]     amfCallbacks copied.
 * @param[in,out] version      B.1.x or B.2.x; set to the one that is supported.
 *
 * @retval SA_AIS_ERR_VERSION    another one; *version tells which there is.
 * @retval SA_AIS_ERR_NOT_EXIST  ASP_COMPNAME is not set.
 * @retval SA_AIS_ERR_TRY_AGAIN  the node's daemon does not answer.
 */
SaAisErrorT saAmfInitialize(SaAmfHandleT *amfHandle, const SaAmfCallbacksT *amfCallbacks,
                            SaVersionT *version);

/** Get the descriptor that is readable while callbacks wait. Borrowed until Finalize. */
SaAisErrorT saAmfSelectionObjectGet(SaAmfHandleT amfHandle,
                                    SaSelectionObjectT *selectionObject);

/** Run waiting callbacks: one, all, or (BLOCKING) until saAmfFinalize(). */
SaAisErrorT saAmfDispatch(SaAmfHandleT amfHandle, SaDispatchFlagsT dispatchFlags);

/** Stop. saAmfResponse() still works with the handle, so that a program can finalize
 * inside its terminate callback and answer afterwards. */
SaAisErrorT saAmfFinalize(SaAmfHandleT amfHandle);

/**
 * Say that the component is ready for assignments, which may arrive before this returns.
 *
 * @param[in] proxyCompName  NULL, or the registered proxy of compName.
 *
 * @retval SA_AIS_ERR_LIBRARY  it is registered already, or a callback that it needs is
 *                             missing. Clovis rule.
 * @retval SA_AIS_ERR_NOT_EXIST  the node has no component of that name.
 */
SaAisErrorT saAmfComponentRegister(SaAmfHandleT amfHandle, const SaNameT *compName,
                                   const SaNameT *proxyCompName);
SaAisErrorT saAmfComponentUnregister(SaAmfHandleT amfHandle, const SaNameT *compName,
                                     const SaNameT *proxyCompName);

/** The component's own name, from the environment. The handle is not looked at. */
SaAisErrorT saAmfComponentNameGet(SaAmfHandleT amfHandle, SaNameT *compName);

/** Answer a callback. An unknown invocation is ignored. */
SaAisErrorT saAmfResponse(SaAmfHandleT amfHandle, SaInvocationT invocation,
                          SaAisErrorT error);

/** Say that work is quiesced; invocation is that of the QUIESCING assignment. */
SaAisErrorT saAmfCSIQuiescingComplete(SaAmfHandleT amfHandle, SaInvocationT invocation,
                                      SaAisErrorT error);

SaAisErrorT saAmfHAStateGet(SaAmfHandleT amfHandle, const SaNameT *compName,
                            const SaNameT *csiName, SaAmfHAStateT *haState);

/** Health checks. SA_AIS_ERR_INVALID_PARAM: AMF_INVOKED without the callback. */
SaAisErrorT saAmfHealthcheckStart(SaAmfHandleT amfHandle, const SaNameT *compName,
                                  const SaAmfHealthcheckKeyT *healthcheckKey,
                                  SaAmfHealthcheckInvocationT invocationType,
                                  SaAmfRecommendedRecoveryT recommendedRecovery);
SaAisErrorT saAmfHealthcheckConfirm(SaAmfHandleT amfHandle, const SaNameT *compName,
                                    const SaAmfHealthcheckKeyT *healthcheckKey,
                                    SaAisErrorT healthcheckResult);
SaAisErrorT saAmfHealthcheckStop(SaAmfHandleT amfHandle, const SaNameT *compName,
                                 const SaAmfHealthcheckKeyT *healthcheckKey);

/** SA_AIS_ERR_NOT_SUPPORTED: the daemon watches the processes that it started. */
SaAisErrorT saAmfPmStart(SaAmfHandleT amfHandle, const SaNameT *compName,
                         SaUint64T processId, SaInt32T descendentsTreeDepth,
                         SaAmfPmErrorsT pmErrors,
                         SaAmfRecommendedRecoveryT recommendedRecovery);
SaAisErrorT saAmfPmStop(SaAmfHandleT amfHandle, const SaNameT *compName,
                        SaAmfPmStopQualifierT stopQualifier, SaInt64T processId,
                        SaAmfPmErrorsT pmErrors);

/**
 * Follow who serves an assignment.
 *
 * @param[in]     trackFlags  SA_TRACK_CURRENT, and one of SA_TRACK_CHANGES and
 *                            SA_TRACK_CHANGES_ONLY.
 * @param[in,out] notificationBuffer  NULL: the current members come through the callback;
 *                            else with SA_TRACK_CURRENT they are stored here, in a new
 *                            array (freed with free()) when notification is NULL.
 */
SaAisErrorT
saAmfProtectionGroupTrack(SaAmfHandleT amfHandle, const SaNameT *csiName,
                          SaUint8T trackFlags,
                          SaAmfProtectionGroupNotificationBufferT *notificationBuffer);
SaAisErrorT saAmfProtectionGroupTrackStop(SaAmfHandleT amfHandle, const SaNameT *csiName);

/** Report a fault of a component. The notification id is passed on, and not used. */
SaAisErrorT saAmfComponentErrorReport(SaAmfHandleT amfHandle,
                                      const SaNameT *erroneousComp,
                                      SaTimeT errorDetectionTime,
                                      SaAmfRecommendedRecoveryT recommendedRecovery,
                                      SaNtfIdentifierT ntfIdentifier);

/** Without effect. */
SaAisErrorT saAmfComponentErrorClear(SaAmfHandleT amfHandle, const SaNameT *compName,
                                     SaNtfIdentifierT ntfIdentifier);

#ifdef __cplusplus
}
#endif

#endif
