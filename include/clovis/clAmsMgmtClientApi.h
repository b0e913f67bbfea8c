/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Availability management: operate the cluster that the daemon of this node belongs to,
 * and ask how it is configured and how it does.
 *
 * An operation is accepted when it returns CL_OK; it completes later. Refusals carry the
 * AMS id: CL_ERR_NO_OP, CL_ERR_BAD_OPERATION, CL_ERR_TRY_AGAIN (something is under way),
 * CL_ERR_NOT_EXIST, CL_AMS_ERR_INVALID_ENTITY. The Extended forms with retry wait
 * CL_ERR_TRY_AGAIN out, for some seconds.
 *
 * In a name the NUL may be counted or not. What is returned by address is one block,
 * clHeapFree() it; names in it count their NUL.
 *
 * The model itself is in its files: there are no functions that create entities.
 */
#ifndef CLOVIS_CL_AMS_MGMT_CLIENT_API_H
#define CLOVIS_CL_AMS_MGMT_CLIENT_API_H

#include "clCommon.h"
#include "clAmsEntities.h"
#include "clAmsErrors.h"
#include "clAmsMgmtCommon.h"
#include "clCpmApi.h"
#include "clList.h"
#include "clLogApi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ASP_INSTALL_KEY "ASP_INSTALL_INFO"

typedef struct ClAmsMgmtCallbacks {
    int nothingForNow;
} ClAmsMgmtCallbacksT;

/* version: B.1.1; written back. pCallbacks may be NULL. CL_ERR_TRY_AGAIN: no daemon. */
ClRcT clAmsMgmtInitialize(ClAmsMgmtHandleT *pHandle,
                          const ClAmsMgmtCallbacksT *pCallbacks, ClVersionT *pVersion);
ClRcT clAmsMgmtFinalize(ClAmsMgmtHandleT handle);

ClRcT clAmsMgmtEntityLockAssignment(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityLockAssignmentExtended(ClAmsMgmtHandleT handle,
                                            const ClAmsEntityT *entity, ClBoolT retry);
ClRcT clAmsMgmtEntityLockInstantiation(ClAmsMgmtHandleT handle,
                                       const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityLockInstantiationExtended(ClAmsMgmtHandleT handle,
                                               const ClAmsEntityT *entity, ClBoolT retry);
ClRcT clAmsMgmtEntityUnlock(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityUnlockExtended(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity,
                                    ClBoolT retry);
ClRcT clAmsMgmtEntityShutdown(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityShutdownExtended(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity,
                                      ClBoolT retry);
ClRcT clAmsMgmtEntityShutdownWithRestart(ClAmsMgmtHandleT handle,
                                         const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityShutdownWithRestartExtended(ClAmsMgmtHandleT handle,
                                                 const ClAmsEntityT *entity,
                                                 ClBoolT retry);
ClRcT clAmsMgmtEntityRestart(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityRestartExtended(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity,
                                     ClBoolT retry);
ClRcT clAmsMgmtEntityRepaired(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityRepairedExtended(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity,
                                      ClBoolT retry);
ClRcT clAmsMgmtEntityForceLockInstantiation(ClAmsMgmtHandleT handle,
                                            const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityForceLockInstantiationExtended(ClAmsMgmtHandleT handle,
                                                    const ClAmsEntityT *entity,
                                                    ClBoolT retry);

ClRcT clAmsMgmtSISwap(ClAmsMgmtHandleT handle, const ClCharT *si);
ClRcT clAmsMgmtSGAdjust(ClAmsMgmtHandleT handle, const ClCharT *sg, ClUint32T enable);

/* What out gets is a ClAmsNodeConfigT, ClAmsSGConfigT ..., by the entity's type. Lists in
 * it are empty: ask for them below. */
ClRcT clAmsMgmtEntityGetConfig(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                               ClAmsEntityConfigT **out);
ClRcT clAmsMgmtEntityGetStatus(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                               ClAmsEntityStatusT **out);

/* The same by name; NULL when there is no such entity, or no daemon. */
ClAmsNodeConfigT *clAmsMgmtNodeGetConfig(ClAmsMgmtHandleT handle, const ClCharT *name);
ClAmsNodeStatusT *clAmsMgmtNodeGetStatus(ClAmsMgmtHandleT handle, const ClCharT *name);

ClRcT clAmsMgmtGetSGSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                           ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSGSIList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                           ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetNodeSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                             ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSUCompList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                             ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSICSIList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                            ClAmsEntityBufferT *out);

#ifdef __cplusplus
}
#endif

#endif
