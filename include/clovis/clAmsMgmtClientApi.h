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
 * The model itself is in its files: which entities there are does not change.
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
/* An SU that is UNLOCKED and perhaps restarts without end: LOCKED_A at once, from where
 * each fault is a fail-over; LOCKED_I when its work has moved. Else CL_ERR_INVALID_STATE.
 */
ClRcT clAmsMgmtEntityForceLock(ClAmsMgmtHandleT handle, const ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityForceLockExtended(ClAmsMgmtHandleT handle,
                                       const ClAmsEntityT *entity, ClBoolT retry);
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

/* Lists. An empty one has count 0 and no block. */

/* All that there are: CL_AMS_NODE_LIST, _SG_, _SU_, _SI_, _COMP_ or _CSI_LIST. */
ClRcT clAmsMgmtGetList(ClAmsMgmtHandleT handle, ClAmsEntityListTypeT which,
                       ClAmsEntityBufferT *out);

/* As the files say; CL_ERR_NOT_EXIST: no such entity. */
ClRcT clAmsMgmtGetNodeSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                             ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetNodeDependenciesList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                       ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSGSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                           ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSGSIList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                           ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSUCompList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                             ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSICSIList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                            ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSIDependenciesList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                     ClAmsEntityBufferT *out);
/* The SUs that the SI prefers, best first. */
ClRcT clAmsMgmtGetSISURankList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                               ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetCSIDependenciesList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                      ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetCSINVPList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                             ClAmsCSINVPBufferT *out);

/* The SUs of a group that have work, failed, could be started, run, or are in service and
 * idle. */
ClRcT clAmsMgmtGetSGAssignedSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                   ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSGFaultySUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                 ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSGInstantiableSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                       ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSGInstantiatedSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                       ClAmsEntityBufferT *out);
ClRcT clAmsMgmtGetSGInServiceSpareSUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                         ClAmsEntityBufferT *out);

/* Who has which work. haState is what an SU is to be for an SI, and what a component is
 * for a CSI; the numbers count what components confirmed. rank is the listed entity's
 * own. Not told: ptr, nodeHandle, tdescriptor, pendingOp. */
ClRcT clAmsMgmtGetSUAssignedSIsList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                    ClAmsSUSIRefBufferT *out);
ClRcT clAmsMgmtGetSUAssignedSIsExtendedList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                            ClAmsSUSIExtendedRefBufferT *out);
ClRcT clAmsMgmtGetSISUList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                           ClAmsSISURefBufferT *out);
ClRcT clAmsMgmtGetSISUExtendedList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                   ClAmsSISUExtendedRefBufferT *out);
ClRcT clAmsMgmtGetCompCSIList(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                              ClAmsCompCSIRefBufferT *out);

/* One state for an SI over all its SUs, or for an SU over all its SIs: ACTIVE if any of
 * them is that, else QUIESCING, QUIESCED, STANDBY; CL_AMS_HA_STATE_NONE: nothing is
 * assigned. As in the lists, it is what is to be, not what was confirmed. Clovis; the
 * prototypes are not verified. CL_ERR_NOT_EXIST: no such entity. */
ClRcT clAmsMgmtGetSIHAState(ClAmsMgmtHandleT handle, ClAmsEntityT *si,
                            ClAmsHAStateT *haState);
ClRcT clAmsMgmtGetSUHAState(ClAmsMgmtHandleT handle, ClAmsEntityT *su,
                            ClAmsHAStateT *haState);

/*
 * Bytes that the daemon keeps for programs with an entity, or with a key of an entity,
 * and does not look into. They survive the daemon, as long as the model's files stay the
 * same; a cluster has them on all hosts. len is in bytes, at most 4096, and everything
 * that is kept, with the names, at most 65536: CL_ERR_TOO_BIG, CL_ERR_NO_SPACE. What Get
 * returns is one block for clHeapFree(), with a NUL behind it that is not counted;
 * CL_ERR_NOT_EXIST: nothing is kept there, or no such entity. An empty key is
 * CL_ERR_INVALID_PARAMETER. Delete takes away what Set has set, DeleteKey what SetKey
 * has, DeleteAll both, for all keys. CL_ERR_TRY_AGAIN: no daemon, or a cluster whose
 * store is away, so that what came of it is not known. Clovis; the prototypes are not
 * verified.
 */
ClRcT clAmsMgmtEntityUserDataSet(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                 ClCharT *data, ClUint32T len);
ClRcT clAmsMgmtEntityUserDataSetKey(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                    ClNameT *key, ClCharT *data, ClUint32T len);
ClRcT clAmsMgmtEntityUserDataGet(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                 ClCharT **data, ClUint32T *len);
ClRcT clAmsMgmtEntityUserDataGetKey(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                    ClNameT *key, ClCharT **data, ClUint32T *len);
ClRcT clAmsMgmtEntityUserDataDelete(ClAmsMgmtHandleT handle, ClAmsEntityT *entity);
ClRcT clAmsMgmtEntityUserDataDeleteKey(ClAmsMgmtHandleT handle, ClAmsEntityT *entity,
                                       ClNameT *key);
ClRcT clAmsMgmtEntityUserDataDeleteAll(ClAmsMgmtHandleT handle, ClAmsEntityT *entity);

/*
 * In a group of the CUSTOM model: si is to be active on one SU and, unless that is NULL
 * or
 * "", standby on another one; what others have of it is taken away, the active work
 * quiesced first. activeSU NULL or "": nobody is to have it. It needs no handle.
 * Nobody else assigns or moves it, but that a standby takes over from an active that
 * fails. It is accepted when this returns CL_OK, and done later; it is given up if the SU
 * goes out of service meanwhile.
 * CL_ERR_BAD_OPERATION: another model, an SI that is locked or depends on one without
 * work, an SU out of service or without room, a standby without an active, one SU for
 * both; CL_ERR_NOT_EXIST: no such entity; CL_AMS_ERR_INVALID_ENTITY: an SU of another
 * group; CL_ERR_TRY_AGAIN: something is under way in the group, an SU is coming up, or no
 * daemon; CL_ERR_NO_OP: it is so. Clovis; the prototype is not verified.
 */
ClRcT clAmsMgmtSIAssignSU(const ClCharT *si, const ClCharT *activeSU,
                          const ClCharT *standbySU);

/* CL_ERR_NOT_SUPPORTED, whatever else is passed: a group moves to nodes and SUs that the
 * model would get for it, and the model is in its files. */
ClRcT clAmsMgmtMigrateSG(ClAmsMgmtHandleT handle, const ClCharT *sg, ...);

/*
 * Changes of the configuration, collected and committed as one: all of them take effect,
 * or none, and a daemon that follows keeps them. What can change are numbers, time-outs
 * and choices of what there is, as clovis-amfd(8) lists them. Everything else (new and
 * deleted entities, lists, dependencies, name-value pairs, states) is
 * CL_ERR_NOT_SUPPORTED at once and makes the commit so, too; the log says what it was.
 *
 * Commit: CL_ERR_NOT_EXIST: no such entity; CL_AMS_ERR_BAD_CONFIG: a value is out of
 * range, or does not fit what is assigned; CL_ERR_NOT_SUPPORTED: cannot change;
 * CL_ERR_TRY_AGAIN: no daemon, or a cluster whose store is away, so that whether the
 * changes are made is not known. Afterwards the handle is empty, and may be used again.
 * In a cluster of daemons all of them make the changes, or refuse them alike.
 */
ClRcT clAmsMgmtCCBInitialize(ClAmsMgmtHandleT handle, ClAmsMgmtCCBHandleT *ccb);
ClRcT clAmsMgmtCCBFinalize(ClAmsMgmtCCBHandleT ccb);
/* entity begins a ClAmsNodeConfigT, ClAmsSGConfigT ..., by its type; attributes:
 * NODE_CONFIG_... and so on, or CL_AMS_CONFIG_ATTR_ALL. What already is so may be given,
 * whatever it is. */
ClRcT clAmsMgmtCCBEntitySetConfig(ClAmsMgmtCCBHandleT ccb, ClAmsEntityConfigT *entity,
                                  ClUint64T attributes);
ClRcT clAmsMgmtCCBCommit(ClAmsMgmtCCBHandleT ccb);

/* CL_ERR_NOT_SUPPORTED, all of them. */
ClRcT clAmsMgmtCCBEntityCreate(ClAmsMgmtCCBHandleT ccb, const ClAmsEntityT *entity);
ClRcT clAmsMgmtCCBEntityDelete(ClAmsMgmtCCBHandleT ccb, const ClAmsEntityT *entity);
ClRcT clAmsMgmtCCBCSISetNVP(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *csi,
                            ClAmsCSINameValuePairT *nvp);
ClRcT clAmsMgmtCCBCSIDeleteNVP(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *csi,
                               ClAmsCSINameValuePairT *nvp);
ClRcT clAmsMgmtCCBSetNodeDependency(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *node,
                                    ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBDeleteNodeDependency(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *node,
                                       ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBSetNodeSUList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *node,
                                ClAmsEntityT *su);
ClRcT clAmsMgmtCCBDeleteNodeSUList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *node,
                                   ClAmsEntityT *su);
ClRcT clAmsMgmtCCBSetSGSUList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *sg,
                              ClAmsEntityT *su);
ClRcT clAmsMgmtCCBDeleteSGSUList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *sg,
                                 ClAmsEntityT *su);
ClRcT clAmsMgmtCCBSetSGSIList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *sg,
                              ClAmsEntityT *si);
ClRcT clAmsMgmtCCBDeleteSGSIList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *sg,
                                 ClAmsEntityT *si);
ClRcT clAmsMgmtCCBSetSUCompList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *su,
                                ClAmsEntityT *comp);
ClRcT clAmsMgmtCCBDeleteSUCompList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *su,
                                   ClAmsEntityT *comp);
ClRcT clAmsMgmtCCBSetSICSIList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *si,
                               ClAmsEntityT *csi);
ClRcT clAmsMgmtCCBDeleteSICSIList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *si,
                                  ClAmsEntityT *csi);
ClRcT clAmsMgmtCCBSetSIDependency(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *si,
                                  ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBDeleteSIDependency(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *si,
                                     ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBSetCSIDependency(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *csi,
                                   ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBDeleteCSIDependency(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *csi,
                                      ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBSetSISURankList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *si,
                                  ClAmsEntityT *su, ClUint32T rank);
ClRcT clAmsMgmtCCBDeleteSISURankList(ClAmsMgmtCCBHandleT ccb, ClAmsEntityT *si,
                                     ClAmsEntityT *su);

/* The same under their later names. */
ClRcT clAmsMgmtCCBBatchInitialize(ClAmsMgmtHandleT handle, ClAmsMgmtCCBBatchHandleT *ccb);
ClRcT clAmsMgmtCCBBatchFinalize(ClAmsMgmtCCBBatchHandleT ccb);
ClRcT clAmsMgmtCCBBatchEntitySetConfig(ClAmsMgmtCCBBatchHandleT ccb,
                                       ClAmsEntityConfigT *entity, ClUint64T attributes);
ClRcT clAmsMgmtCCBBatchCommit(ClAmsMgmtCCBBatchHandleT ccb);
ClRcT clAmsMgmtCCBBatchEntityCreate(ClAmsMgmtCCBBatchHandleT ccb,
                                    const ClAmsEntityT *entity);
ClRcT clAmsMgmtCCBBatchEntityDelete(ClAmsMgmtCCBBatchHandleT ccb,
                                    const ClAmsEntityT *entity);
ClRcT clAmsMgmtCCBBatchCSISetNVP(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *csi,
                                 ClAmsCSINameValuePairT *nvp);
ClRcT clAmsMgmtCCBBatchCSIDeleteNVP(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *csi,
                                    ClAmsCSINameValuePairT *nvp);
ClRcT clAmsMgmtCCBBatchSetNodeDependency(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *node,
                                         ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBBatchDeleteNodeDependency(ClAmsMgmtCCBBatchHandleT ccb,
                                            ClAmsEntityT *node, ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBBatchSetNodeSUList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *node,
                                     ClAmsEntityT *su);
ClRcT clAmsMgmtCCBBatchDeleteNodeSUList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *node,
                                        ClAmsEntityT *su);
ClRcT clAmsMgmtCCBBatchSetSGSUList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *sg,
                                   ClAmsEntityT *su);
ClRcT clAmsMgmtCCBBatchDeleteSGSUList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *sg,
                                      ClAmsEntityT *su);
ClRcT clAmsMgmtCCBBatchSetSGSIList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *sg,
                                   ClAmsEntityT *si);
ClRcT clAmsMgmtCCBBatchDeleteSGSIList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *sg,
                                      ClAmsEntityT *si);
ClRcT clAmsMgmtCCBBatchSetSUCompList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *su,
                                     ClAmsEntityT *comp);
ClRcT clAmsMgmtCCBBatchDeleteSUCompList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *su,
                                        ClAmsEntityT *comp);
ClRcT clAmsMgmtCCBBatchSetSICSIList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *si,
                                    ClAmsEntityT *csi);
ClRcT clAmsMgmtCCBBatchDeleteSICSIList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *si,
                                       ClAmsEntityT *csi);
ClRcT clAmsMgmtCCBBatchSetSIDependency(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *si,
                                       ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBBatchDeleteSIDependency(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *si,
                                          ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBBatchSetCSIDependency(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *csi,
                                        ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBBatchDeleteCSIDependency(ClAmsMgmtCCBBatchHandleT ccb,
                                           ClAmsEntityT *csi, ClAmsEntityT *dependency);
ClRcT clAmsMgmtCCBBatchSetSISURankList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *si,
                                       ClAmsEntityT *su, ClUint32T rank);
ClRcT clAmsMgmtCCBBatchDeleteSISURankList(ClAmsMgmtCCBBatchHandleT ccb, ClAmsEntityT *si,
                                          ClAmsEntityT *su);

#ifdef __cplusplus
}
#endif

#endif
