/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The component's side of the availability management framework.
 *
 * Functions return CL_OK or CL_CPM_RC() of a number in clCommonErrors.h or clCpmErrors.h;
 * a handle that is not good is CL_RC(CL_CID_HANDLE, CL_ERR_INVALID_HANDLE), a NULL
 * argument CL_ERR_NULL_POINTER. Calls without a result of interest go to the node's
 * daemon without waiting for it: what it thinks of them is not reported.
 *
 * Callbacks run at once on a thread of the library, also while the create callout is
 * still running, until the program asks for the selection object; from then on they wait
 * for clCpmDispatch(). The protection group's never waits. Names that the daemon
 * delivers count their NUL; both lengths are accepted in return.
 */
#ifndef CLOVIS_CL_CPM_API_H
#define CLOVIS_CL_CPM_API_H

#include "clCommon.h"
#include "clAmsTypes.h"
#include "clCommonErrors.h"
#include "clCpmErrors.h"
#include "clEoApi.h"
#include "clHeapApi.h"
#include "clIocApi.h"
#include "clIocApiExt.h"
#include "clOsalApi.h"
#include "clRmdApi.h"
#include "clTimerApi.h"
#include "saAmf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and constants ------------------------------------------------- */

/* clang-format off */
#define CL_CPM_RELEASE_CODE             'B'
#define CL_CPM_MAJOR_VERSION            0x01
#define CL_CPM_MINOR_VERSION            0x01

#define CL_CPM_EO_ALIVE                 0
#define CL_CPM_EO_DEAD                  0xFFFFFFF

#define CL_CPM_IOC_SLOT_BITS            16
#define CL_CPM_IOC_SLOT_BITS_HEX        0xffff

#define CL_CPM_EVENT_CHANNEL_NAME       "CPM_EVENT_CHANNEL"
#define CL_CPM_NODE_EVENT_CHANNEL_NAME  "CPM_NODE_EVENT_CHANNEL"
#define CL_CPM_COMP_ARRIVAL_PATTERN     0x01
#define CL_CPM_COMP_DEPART_PATTERN      0x02
#define CL_CPM_COMP_DEATH_PATTERN       0x04
#define CL_CPM_NODE_ARRIVAL_PATTERN     0x08
#define CL_CPM_NODE_DEPART_PATTERN      0x10
#define CL_CPM_NODE_DEATH_PATTERN       0x20
/* clang-format on */

typedef ClHandleT ClCpmHandleT;
typedef ClEoSchedFeedBackT ClCpmSchedFeedBackT;

/* The handle that was initialised last. */
extern ClCpmHandleT clCpmHandle;

typedef enum {
    CL_CPM_COMP_ARRIVAL = 0,
    CL_CPM_COMP_DEPARTURE = 1,
    CL_CPM_COMP_DEATH = 2
} ClCpmCompEventT;

typedef enum {
    CL_CPM_NODE_ARRIVAL = 0,
    CL_CPM_NODE_DEPARTURE = 1,
    CL_CPM_NODE_DEATH = 2
} ClCpmNodeEventT;

typedef struct ClCpmEventPayLoad {
    ClNameT compName;
    ClNameT nodeName;
    ClUint32T compId;
    ClEoIdT eoId;
    ClIocNodeAddressT nodeIocAddress;
    ClIocPortT eoIocPort;
    ClCpmCompEventT operation;
} ClCpmEventPayLoadT;

typedef struct ClCpmEventNodePayLoad {
    ClNameT nodeName;
    ClIocNodeAddressT nodeIocAddress;
    ClCpmNodeEventT operation;
} ClCpmEventNodePayLoadT;

typedef struct ClCpmCompCSI {
    ClAmsHAStateT haState;
    ClAmsCSIDescriptorT csiDescriptor;
} ClCpmCompCSIT;

typedef struct ClCpmCompCSIRef {
    ClUint32T numCSIs;
    ClCpmCompCSIT *pCSIList;
} ClCpmCompCSIRefT;

typedef struct ClCpmCompSpecInfo {
    ClUint32T numArgs;
    ClCharT **args;
    ClUint32T period;
    ClUint32T maxDuration;
    ClAmsLocalRecoveryT recovery;
} ClCpmCompSpecInfoT;

/* ---- callbacks ----------------------------------------------------------- */

/* Each but the protection group's is answered with clCpmResponse() for its invocation;
 * what it returns is ignored. What is passed by address is borrowed for the call. */
typedef ClRcT (*ClCpmHealthCheckCallbackT)(ClInvocationT invocation,
                                           const ClNameT *pCompName,
                                           ClAmsCompHealthcheckKeyT *pHealthCheckKey);
typedef ClRcT (*ClCpmTerminateCallbackT)(ClInvocationT invocation,
                                         const ClNameT *pCompName);
typedef ClRcT (*ClCpmCSISetCallbackT)(ClInvocationT invocation, const ClNameT *pCompName,
                                      ClAmsHAStateT haState,
                                      ClAmsCSIDescriptorT csiDescriptor);
typedef ClRcT (*ClCpmCSIRmvCallbackT)(ClInvocationT invocation, const ClNameT *pCompName,
                                      const ClNameT *pCsiName, ClAmsCSIFlagsT csiFlags);
typedef void (*ClCpmProtectionGroupTrackCallbackT)(
    const ClNameT *pCsiName, ClAmsPGNotificationBufferT *pNotificationBuffer,
    ClUint32T numberOfMembers, ClUint32T error);
typedef ClRcT (*ClCpmProxiedComponentInstantiateCallbackT)(
    ClInvocationT invocation, const ClNameT *pProxiedCompName);
typedef ClRcT (*ClCpmProxiedComponentCleanupCallbackT)(ClInvocationT invocation,
                                                       const ClNameT *pProxiedCompName);

typedef void (*ClCpmNotificationFuncT)(ClIocNotificationIdT eventId, ClPtrT pArg,
                                       ClIocAddressT *pAddress);

typedef struct ClCpmCallbacks {
    ClCpmHealthCheckCallbackT appHealthCheck;
    ClCpmTerminateCallbackT appTerminate;
    ClCpmCSISetCallbackT appCSISet;
    ClCpmCSIRmvCallbackT appCSIRmv;
    ClCpmProtectionGroupTrackCallbackT appProtectionGroupTrack;
    ClCpmProxiedComponentInstantiateCallbackT appProxiedComponentInstantiate;
    ClCpmProxiedComponentCleanupCallbackT appProxiedComponentCleanup;
} ClCpmCallbacksT;

/* ---- the library --------------------------------------------------------- */

/**
 * Start being a component; its name comes from ASP_COMPNAME.
 *
 * @param[out]    pCpmHandle  new; ended with clCpmClientFinalize().
 * @param[in]     pCallbacks  copied.
 * @param[in,out] pVersion    B.1.x or B.2.x; set to the one that is supported.
 *
 * @retval CL_RC(CL_CID_VERSION, CL_ERR_VERSION_MISMATCH)
 * @retval CL_CPM_RC(CL_ERR_DOESNT_EXIST)  ASP_COMPNAME is not set.
 * @retval CL_CPM_RC(CL_ERR_TRY_AGAIN)     the node's daemon does not answer.
 */
ClRcT clCpmClientInitialize(ClCpmHandleT *pCpmHandle, const ClCpmCallbacksT *pCallbacks,
                            ClVersionT *pVersion);

/** Stop. clCpmResponse() still works with the handle, so that a program can finalize
 * inside its terminate callback and answer afterwards. */
ClRcT clCpmClientFinalize(ClCpmHandleT cpmHandle);

/** Get the descriptor that is readable while callbacks wait. Borrowed until Finalize. */
ClRcT clCpmSelectionObjectGet(ClCpmHandleT cpmHandle,
                              ClSelectionObjectT *pSelectionObject);

/** Run waiting callbacks: one, all, or (BLOCKING) until clCpmClientFinalize(). */
ClRcT clCpmDispatch(ClCpmHandleT cpmHandle, ClDispatchFlagsT dispatchFlags);

/* ---- the component ------------------------------------------------------- */

/**
 * Say that the component is ready for assignments, which may arrive before this returns.
 *
 * @param[in] pProxyCompName  NULL, or the registered proxy of pCompName.
 *
 * @retval CL_CPM_RC(CL_CPM_ERR_INIT)   a callback that it needs is missing.
 * @retval CL_CPM_RC(CL_CPM_ERR_EXIST)  it is registered already.
 * @retval CL_CPM_RC(CL_ERR_DOESNT_EXIST)  the node has no component of that name.
 */
ClRcT clCpmComponentRegister(ClCpmHandleT cpmHandle, const ClNameT *pCompName,
                             const ClNameT *pProxyCompName);
ClRcT clCpmComponentUnregister(ClCpmHandleT cpmHandle, const ClNameT *pCompName,
                               const ClNameT *pProxyCompName);

/** The component's own name, from the environment. The handle is not looked at. */
ClRcT clCpmComponentNameGet(ClCpmHandleT cpmHandle, ClNameT *pCompName);

/** "safComp=...,safSu=...,safSg=..." of a component. */
ClRcT clCpmComponentDNNameGet(ClCpmHandleT cpmHandle, ClNameT *pCompName,
                              ClNameT *pDNName);

/** Answer a callback: CL_OK, or what went wrong. The answer to a terminate callback ends
 * a program that has no main() of its own. */
ClRcT clCpmResponse(ClCpmHandleT cpmHandle, ClInvocationT invocation, ClRcT rc);

/** Say that work is quiesced; invocation is that of the QUIESCING assignment. */
ClRcT clCpmCSIQuiescingComplete(ClCpmHandleT cpmHandle, ClInvocationT invocation,
                                ClRcT retCode);

ClRcT clCpmHAStateGet(ClCpmHandleT cpmHandle, ClNameT *compName, ClNameT *csiName,
                      ClAmsHAStateT *haState);

/** The component's assignments, as delivered so far. pCSIList must be NULL; it is set to
 * a new array, freed with clHeapFree(). */
ClRcT clCpmCompCSIList(const ClNameT *pCompName, ClCpmCompCSIRefT *pCSIRef);

/** Report a fault of a component, or that one is over (without effect). */
ClRcT clCpmComponentFailureReport(ClCpmHandleT cpmHandle, const ClNameT *pCompName,
                                  ClTimeT errorDetectionTime,
                                  ClAmsLocalRecoveryT recommendedRecovery,
                                  ClUint32T alarmHandle);
ClRcT clCpmComponentFailureClear(ClCpmHandleT cpmHandle, ClNameT *pCompName);

/** Health checks. CL_ERR_INVALID_PARAMETER: AMF_INVOKED without the callback. */
ClRcT clCpmHealthcheckStart(ClCpmHandleT cpmHandle, const ClNameT *pCompName,
                            const ClAmsCompHealthcheckKeyT *pCompHealthCheck,
                            ClAmsCompHealthcheckInvocationT invocationType,
                            ClAmsRecoveryT recommondedRecovery);
ClRcT clCpmHealthcheckConfirm(ClCpmHandleT cpmHandle, const ClNameT *pCompName,
                              const ClAmsCompHealthcheckKeyT *pCompHealthCheck,
                              ClRcT healthCheckResult);
ClRcT clCpmHealthcheckStop(ClCpmHandleT cpmHandle, const ClNameT *pCompName,
                           const ClAmsCompHealthcheckKeyT *pCompHealthCheck);

/**
 * Follow who serves an assignment.
 *
 * @param[in]     trackFlags  CL_AMS_PG_TRACK_*.
 * @param[in,out] pNotificationBuffer  NULL: the current members come through the
 * callback; else with CURRENT they are stored here, in a new array (freed with
 * clHeapFree()) when notification is NULL.
 */
ClRcT clCpmProtectionGroupTrack(ClCpmHandleT cpmHandle, ClNameT *pCsiName,
                                ClUint8T trackFlags,
                                ClAmsPGNotificationBufferT *pNotificationBuffer);
ClRcT clCpmProtectionGroupTrackStop(ClCpmHandleT cpmHandle, ClNameT *pCsiName);

/* ---- components and nodes ------------------------------------------------ */

/** A number for a component; the daemon's, or one of the library's own. */
ClRcT clCpmComponentIdGet(ClCpmHandleT cpmHandle, ClNameT *pCompName, ClUint32T *pCompId);
ClRcT clAmfGetComponentId(ClCpmHandleT cpmHandle, ClNameT *pCompName, ClUint32T *pCompId);

ClRcT clCpmComponentAddressGet(ClIocNodeAddressT nodeAddress, ClNameT *pCompName,
                               ClIocAddressT *pCompAddress);
ClRcT clCpmComponentAddressGetFast(ClIocNodeAddressT nodeAddress, ClNameT *pCompName,
                                   ClIocAddressT *pCompAddress);

/** pNodeName NULL: the local node. */
ClRcT clCpmComponentStatusGet(ClNameT *pCompName, ClNameT *pNodeName,
                              ClAmsPresenceStateT *pPresenceState,
                              ClAmsOperStateT *pOperationalState);
ClRcT clCpmCompInfoGet(const ClNameT *compName, const ClIocNodeAddressT nodeAddress,
                       ClCpmCompSpecInfoT *compInfo);
ClRcT clCpmCompStatusGet(ClIocAddressT compAddr, ClStatusT *pStatus);
ClRcT clCpmNodeStatusGet(ClIocAddressT nodeAddr, ClStatusT *pStatus);

/** The node that leads the cluster. CL_ERR_DOESNT_EXIST when there is none at the
 * moment; Extended tries numRetries times more, pDelay apart. */
ClRcT clCpmMasterAddressGet(ClIocNodeAddressT *pIocAddress);
ClRcT clCpmMasterAddressGetExtended(ClIocNodeAddressT *pIocAddress, ClInt32T numRetries,
                                    ClTimerTimeOutT *pDelay);
ClUint32T clCpmIsMaster(void);
ClBoolT clCpmIsSC(void);
ClBoolT clCpmIsSCCapable(void);
ClRcT clCpmLocalNodeNameGet(ClNameT *nodeName);

ClRcT clCpmNodeShutDown(ClIocNodeAddressT iocNodeAddress);
ClRcT clCpmNodeRestart(ClIocNodeAddressT iocNodeAddress, ClBoolT graceful);
ClRcT clCpmNodeSwitchover(ClIocNodeAddressT iocNodeAddress);
ClRcT clCpmMiddlewareRestart(ClIocNodeAddressT iocNodeAddress, ClBoolT graceful,
                             ClBoolT nodeReset);

ClRcT clCpmNotificationCallbackInstall(ClIocPhysicalAddressT compAddr,
                                       ClCpmNotificationFuncT pFunc, ClPtrT pArg,
                                       ClHandleT *pHandle);
ClRcT clCpmNotificationCallbackUninstall(ClHandleT *pHandle);

#ifdef __cplusplus
}
#endif

#endif
