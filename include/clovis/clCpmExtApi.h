/* SPDX-License-Identifier: Apache-2.0 */
/* More about nodes and components than clCpmApi.h tells. */
#ifndef CLOVIS_CL_CPM_EXT_API_H
#define CLOVIS_CL_CPM_EXT_API_H

#include "clCommon.h"
#include "clAmsTypes.h"
#include "clCorMetaData.h"
#include "clCpmApi.h"
#include "clEventApi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { CL_CPM_COMP_EVENT = 0, CL_CPM_NODE_EVENT = 1 } ClCpmEventTypeT;

/* Which member of a ClCpmSlotInfoT is given; the others are filled in. */
typedef enum {
    CL_CPM_SLOT_ID = 0,
    CL_CPM_IOC_ADDRESS = 1,
    CL_CPM_NODE_MOID = 2,
    CL_CPM_NODENAME = 3
} ClCpmSlotInfoFieldIdT;

typedef struct ClCpmSlotInfo {
    ClUint32T slotId;
    ClIocNodeAddressT nodeIocAddress;
    ClCorMOIdT nodeMoId;
    ClNameT nodeName;
} ClCpmSlotInfoT;

typedef struct ClCpmNodeConfig {
    ClCharT nodeName[CL_MAX_NAME_LENGTH];
    ClNameT nodeType;
    ClNameT nodeIdentifier;
    ClNameT nodeMoIdStr;
    ClCharT cpmType[CL_MAX_NAME_LENGTH];
} ClCpmNodeConfigT;

typedef struct ClTargetSlotInfo {
    ClCharT name[80];
    ClInt32T addr;
    ClCharT linkname[40];
    ClCharT arch[80];
    ClCharT customData[256];
} ClTargetSlotInfoT;

typedef struct ClTargetInfo {
    ClCharT version[80];
    ClCharT trapIp[40];
    ClBoolT installPrerequisites;
    ClBoolT instantiateImages;
    ClBoolT createTarballs;
    ClInt32T tipcNetid;
    ClInt32T gmsMcastPort;
    ClUint32T numSlots;
} ClTargetInfoT;

/* There is no event service: CL_ERR_NOT_SUPPORTED, and payLoad is zeroed.
 * clCpmNotificationCallbackInstall() tells who comes and goes. */
ClRcT clCpmEventPayLoadExtract(ClEventHandleT eventHandle, ClSizeT eventDataSize,
                               ClCpmEventTypeT cpmEventType, void *payLoad);
ClRcT clCpmComponentPIDGet(const ClNameT *compName, ClUint32T *pid);
ClRcT clCpmComponentPIDGetBySlot(ClIocNodeAddressT slot, const ClNameT *compName,
                                 ClUint32T *pid);
ClRcT clCpmSlotInfoGet(ClCpmSlotInfoFieldIdT flag, ClCpmSlotInfoT *slotInfo);
ClRcT clCpmSlotGet(ClCpmSlotInfoFieldIdT flag, ClCpmSlotInfoT *slotInfo);
ClRcT clCpmIocAddressForNodeGet(ClNameT nodeName, ClIocAddressT *pIocAddress);
ClBoolT clCpmIsCompRestarted(ClNameT compName);
ClRcT clCpmNodeConfigSet(ClCpmNodeConfigT *nodeConfig);
ClRcT clCpmNodeConfigGet(const ClCharT *nodeName, ClCpmNodeConfigT *nodeConfig);
ClRcT clCpmCompConfigSet(ClIocNodeAddressT node, ClCharT *name,
                         ClCharT *instantiateCommand, ClAmsCompPropertyT property,
                         ClUint64T mask);
ClRcT clCpmComponentFailureReportWithCookie(ClCpmHandleT cpmHandle,
                                            const ClNameT *compName,
                                            ClUint64T instantiateCookie,
                                            ClTimeT errorDetectionTime,
                                            ClAmsLocalRecoveryT recommendedRecovery,
                                            ClUint32T alarmHandle);
ClRcT clCpmTargetSlotInfoGet(const ClCharT *name, ClIocNodeAddressT addr,
                             ClTargetSlotInfoT *slotInfo);
ClRcT clCpmTargetInfoGet(ClTargetInfoT *targetInfo);
ClRcT clCpmTargetSlotListGet(ClTargetSlotInfoT *slotInfo, ClUint32T *numSlots);
ClRcT clCpmTargetVersionGet(ClCharT *aspVersion, ClUint32T maxBytes);

#ifdef __cplusplus
}
#endif

#endif
