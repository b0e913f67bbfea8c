/* SPDX-License-Identifier: Apache-2.0 */
/*
 * saAmf: the SA names of clCpm. Types differ in name only, so arguments are handed
 * on as they are and results are translated. A saAmf program gets its callbacks only
 * inside saAmfDispatch(): Initialize makes the selection object.
 */
#include <clCpmApi.h>
#include <clEoApi.h>
#include <clSafUtils.h>
#include <saAmf.h>

#include "shim/cpm_service.h"

_Static_assert(sizeof(SaAmfCallbacksT) == sizeof(ClCpmCallbacksT), "one layout");
_Static_assert(sizeof(SaAmfCSIDescriptorT) == sizeof(ClAmsCSIDescriptorT), "one layout");
_Static_assert(sizeof(SaNameT) == sizeof(ClNameT), "one layout");

#define NAME(name) ((const ClNameT *)(name))
#define OWN_NAME(name) ((ClNameT *)(uintptr_t)(name)) /* where clCpm takes no const */

/* ---- the service --------------------------------------------------------- */

SaAisErrorT saAmfInitialize(SaAmfHandleT *h, const SaAmfCallbacksT *callbacks,
                            SaVersionT *version)
{
    ClSelectionObjectT fd;
    ClCpmHandleT made;
    ClRcT rc;

    if (!h)
        return SA_AIS_ERR_INVALID_PARAM;
    rc = clCpmClientInitialize(&made, (const ClCpmCallbacksT *)callbacks,
                               (ClVersionT *)version);
    if (rc)
        return clClovisToSafError(rc);
    rc = clCpmSelectionObjectGet(made, &fd);
    if (rc)
        clCpmClientFinalize(made);
    else
        *h = made;
    return clClovisToSafError(rc);
}

SaAisErrorT saAmfFinalize(SaAmfHandleT h)
{
    return clClovisToSafError(clCpmClientFinalize(h));
}

SaAisErrorT saAmfSelectionObjectGet(SaAmfHandleT h, SaSelectionObjectT *out)
{
    return clClovisToSafError(clCpmSelectionObjectGet(h, (ClSelectionObjectT *)out));
}

SaAisErrorT saAmfDispatch(SaAmfHandleT h, SaDispatchFlagsT flags)
{
    return clClovisToSafError(clCpmDispatch(h, (ClDispatchFlagsT)flags));
}

/* ---- registration -------------------------------------------------------- */

SaAisErrorT saAmfComponentRegister(SaAmfHandleT h, const SaNameT *comp,
                                   const SaNameT *proxy)
{
    return clClovisToSafError(clCpmComponentRegister(h, NAME(comp), NAME(proxy)));
}

SaAisErrorT saAmfComponentUnregister(SaAmfHandleT h, const SaNameT *comp,
                                     const SaNameT *proxy)
{
    return clClovisToSafError(clCpmComponentUnregister(h, NAME(comp), NAME(proxy)));
}

SaAisErrorT saAmfComponentNameGet(SaAmfHandleT h, SaNameT *comp)
{
    return clClovisToSafError(clCpmComponentNameGet(h, OWN_NAME(comp)));
}

/* ---- passive monitoring: there is none ------------------------------------ */

SaAisErrorT saAmfPmStart(SaAmfHandleT h, const SaNameT *comp, SaUint64T pid,
                         SaInt32T depth, SaAmfPmErrorsT errors,
                         SaAmfRecommendedRecoveryT recovery)
{
    (void)h;
    (void)comp;
    (void)pid;
    (void)depth;
    (void)errors;
    (void)recovery;
    return SA_AIS_ERR_NOT_SUPPORTED;
}

SaAisErrorT saAmfPmStop(SaAmfHandleT h, const SaNameT *comp,
                        SaAmfPmStopQualifierT qualifier, SaInt64T pid,
                        SaAmfPmErrorsT errors)
{
    (void)h;
    (void)comp;
    (void)qualifier;
    (void)pid;
    (void)errors;
    return SA_AIS_ERR_NOT_SUPPORTED;
}

/* ---- health -------------------------------------------------------------- */

SaAisErrorT saAmfHealthcheckStart(SaAmfHandleT h, const SaNameT *comp,
                                  const SaAmfHealthcheckKeyT *key,
                                  SaAmfHealthcheckInvocationT type,
                                  SaAmfRecommendedRecoveryT recovery)
{
    return clClovisToSafError(clCpmHealthcheckStart(
        h, NAME(comp), (const ClAmsCompHealthcheckKeyT *)key,
        (ClAmsCompHealthcheckInvocationT)type, (ClAmsRecoveryT)recovery));
}

SaAisErrorT saAmfHealthcheckConfirm(SaAmfHandleT h, const SaNameT *comp,
                                    const SaAmfHealthcheckKeyT *key, SaAisErrorT result)
{
    return clClovisToSafError(
        clCpmHealthcheckConfirm(h, NAME(comp), (const ClAmsCompHealthcheckKeyT *)key,
                                clSafToClovisError(result)));
}

SaAisErrorT saAmfHealthcheckStop(SaAmfHandleT h, const SaNameT *comp,
                                 const SaAmfHealthcheckKeyT *key)
{
    return clClovisToSafError(
        clCpmHealthcheckStop(h, NAME(comp), (const ClAmsCompHealthcheckKeyT *)key));
}

SaAisErrorT saAmfComponentErrorReport(SaAmfHandleT h, const SaNameT *comp,
                                      SaTimeT detected,
                                      SaAmfRecommendedRecoveryT recovery,
                                      SaNtfIdentifierT notification)
{
    return clClovisToSafError(clCpmComponentFailureReport(
        h, NAME(comp), detected, (ClAmsLocalRecoveryT)recovery, (ClUint32T)notification));
}

SaAisErrorT saAmfComponentErrorClear(SaAmfHandleT h, const SaNameT *comp,
                                     SaNtfIdentifierT notification)
{
    (void)notification;
    return clClovisToSafError(clCpmComponentFailureClear(h, OWN_NAME(comp)));
}

/* ---- work ---------------------------------------------------------------- */

SaAisErrorT saAmfResponse(SaAmfHandleT h, SaInvocationT invocation, SaAisErrorT result)
{
    return clClovisToSafError(clCpmResponse(h, invocation, clSafToClovisError(result)));
}

SaAisErrorT saAmfCSIQuiescingComplete(SaAmfHandleT h, SaInvocationT invocation,
                                      SaAisErrorT result)
{
    return clClovisToSafError(
        clCpmCSIQuiescingComplete(h, invocation, clSafToClovisError(result)));
}

SaAisErrorT saAmfHAStateGet(SaAmfHandleT h, const SaNameT *comp, const SaNameT *csi,
                            SaAmfHAStateT *out)
{
    return clClovisToSafError(
        clCpmHAStateGet(h, OWN_NAME(comp), OWN_NAME(csi), (ClAmsHAStateT *)out));
}

SaAisErrorT saAmfProtectionGroupTrack(SaAmfHandleT h, const SaNameT *csi, SaUint8T flags,
                                      SaAmfProtectionGroupNotificationBufferT *buffer)
{
    return clClovisToSafError(clCpmProtectionGroupTrack(
        h, OWN_NAME(csi), flags, (ClAmsPGNotificationBufferT *)buffer));
}

SaAisErrorT saAmfProtectionGroupTrackStop(SaAmfHandleT h, const SaNameT *csi)
{
    return clClovisToSafError(clCpmProtectionGroupTrackStop(h, OWN_NAME(csi)));
}
