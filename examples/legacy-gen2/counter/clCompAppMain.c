/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component in the shape of release 6.0: a main() of its own, saAmf for the HA states,
 * saCkpt for the checkpoint with calls of clCkpt on the same handles, a timer that counts
 * on a thread of the library, and one thread that dispatches.
 */
#include <sys/select.h>

#include <clCommon.h>
#include <clCommonErrors.h>
#include <clCkptApi.h>
#include <clCkptIpi.h>
#include <clCpmApi.h>
#include <clDbg.h>
#include <clHandleApi.h>
#include <clHeapApi.h>
#include <clLogApi.h>
#include <clTimerApi.h>
#include <clTimerErrors.h>
#include <saAmf.h>
#include <saCkpt.h>

#define clprintf(severity, ...)                                                          \
    clAppLog(CL_LOG_HANDLE_APP, severity, 10, CL_LOG_AREA_UNSPECIFIED,                   \
             CL_LOG_CONTEXT_UNSPECIFIED, __VA_ARGS__)

static SaAmfHandleT amfHandle;
static SaNameT appName;
static ClNameT nodeName;
static SaCkptHandleT ckptHandle;
static SaCkptCheckpointHandleT ckpt;
static SaCkptSectionIdT section = {7, (SaUint8T *)"counter"};
static ClTimerHandleT timer;
static ClOsalMutexT lock; /* guards what follows */
static int unblockNow;
static SaAmfHAStateT haState;
static SaUint32T count;

/* ---- the checkpoint ------------------------------------------------------------ */

static SaAisErrorT checkpointInitialize(void)
{
    SaCkptCheckpointCreationAttributesT attributes = {
        SA_CKPT_WR_ACTIVE_REPLICA | SA_CKPT_CHECKPOINT_COLLOCATED,
        sizeof(count),
        3600 * SA_TIME_ONE_SECOND,
        1,
        sizeof(count),
        16,
    };
    SaCkptSectionCreationAttributesT creation = {&section, SA_TIME_END};
    SaVersionT version = {'B', 1, 1};
    SaUint32T zero = 0;
    SaNameT name;
    SaAisErrorT rc;

    saNameSet(&name, "legacyCounter");
    attributes.maxSections = 2;
    attributes.checkpointSize = 2 * sizeof(count);
    rc = saCkptInitialize(&ckptHandle, NULL, &version);
    if (rc == SA_AIS_OK)
        rc = saCkptCheckpointOpen(ckptHandle, &name, &attributes,
                                  SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE |
                                      SA_CKPT_CHECKPOINT_CREATE,
                                  (SaTimeT)SA_TIME_END, &ckpt);
    if (rc != SA_AIS_OK)
        return rc;
    saCkptActiveReplicaSet(ckpt);
    if (clCkptSectionCheck(ckpt, (ClCkptSectionIdT *)&section) == CL_OK)
        return SA_AIS_OK;
    rc = saCkptSectionCreate(ckpt, &creation, &zero, sizeof(zero));
    return rc == SA_AIS_ERR_EXIST ? SA_AIS_OK : rc;
}

static SaAisErrorT checkpointRead(void)
{
    SaCkptIOVectorElementT vec = {section, NULL, 0, 0, 0};
    SaUint32T bad = 0;
    SaAisErrorT rc;

    vec.dataBuffer = &count;
    vec.dataSize = sizeof(count);
    saCkptActiveReplicaSet(ckpt);
    rc = saCkptCheckpointRead(ckpt, &vec, 1, &bad);
    if (rc != SA_AIS_OK)
        clprintf(CL_LOG_SEV_ERROR, "read: error %d in element %u", (int)rc, bad);
    return rc;
}

static ClRcT tick(void *unused)
{
    clOsalMutexLock(&lock);
    if (haState == SA_AMF_HA_ACTIVE) {
        SaUint32T next = count + 1;

        if (saCkptSectionOverwrite(ckpt, &section, &next, sizeof(next)) == SA_AIS_OK &&
            saCkptCheckpointSynchronize(ckpt, 600 * SA_TIME_ONE_SECOND) == SA_AIS_OK) {
            count = next;
            printf("%s ACTIVE count %u\n", nodeName.value, count);
            fflush(stdout);
        }
    }
    clOsalMutexUnlock(&lock);
    return CL_OK;
}

/* ---- callbacks ------------------------------------------------------------------- */

static void csiSet(SaInvocationT invocation, const SaNameT *compName, SaAmfHAStateT state,
                   SaAmfCSIDescriptorT csi)
{
    SaAisErrorT rc = SA_AIS_OK;

    clprintf(CL_LOG_SEV_INFO, "%s: state %d of %s", compName->value, (int)state,
             csi.csiName.value);
    clOsalMutexLock(&lock);
    if (state == SA_AMF_HA_ACTIVE)
        rc = checkpointRead();
    haState = state;
    if (state == SA_AMF_HA_STANDBY) {
        printf("%s STANDBY\n", nodeName.value);
        fflush(stdout);
    }
    clOsalMutexUnlock(&lock);
    if (state == SA_AMF_HA_QUIESCING)
        saAmfCSIQuiescingComplete(amfHandle, invocation, rc);
    else
        saAmfResponse(amfHandle, invocation, rc);
}

static void csiRemove(SaInvocationT invocation, const SaNameT *compName,
                      const SaNameT *csiName, SaAmfCSIFlagsT flags)
{
    clOsalMutexLock(&lock);
    haState = 0;
    clOsalMutexUnlock(&lock);
    saAmfResponse(amfHandle, invocation, SA_AIS_OK);
}

static void terminate(SaInvocationT invocation, const SaNameT *compName)
{
    clOsalMutexLock(&lock);
    haState = 0;
    clOsalMutexUnlock(&lock);
    unblockNow = 1;
    saAmfComponentUnregister(amfHandle, compName, NULL);
    saAmfResponse(amfHandle, invocation, SA_AIS_OK);
}

/* ---- main ------------------------------------------------------------------------- */

static void dispatchLoop(void)
{
    SaSelectionObjectT fd;
    fd_set readable;

    if (saAmfSelectionObjectGet(amfHandle, &fd) != SA_AIS_OK)
        return;
    FD_ZERO(&readable);
    FD_SET((int)fd, &readable);
    do {
        if (select((int)fd + 1, &readable, NULL, NULL, NULL) < 0)
            continue;
        saAmfDispatch(amfHandle, SA_DISPATCH_ALL);
    } while (!unblockNow);
}

int main(int argc, char *argv[])
{
    SaAmfCallbacksT callbacks = {NULL, terminate, csiSet, csiRemove, NULL, NULL, NULL};
    SaVersionT version = {'B', 1, 1};
    ClTimerTimeOutT period = {0, 50};
    SaAisErrorT rc;

    clOsalMutexInit(&lock);
    rc = saAmfInitialize(&amfHandle, &callbacks, &version);
    if (rc == SA_AIS_OK)
        rc = saAmfComponentNameGet(amfHandle, &appName);
    if (rc == SA_AIS_OK)
        rc = checkpointInitialize();
    if (rc == SA_AIS_OK && clCpmLocalNodeNameGet(&nodeName) != CL_OK)
        rc = SA_AIS_ERR_LIBRARY;
    if (rc == SA_AIS_OK &&
        clTimerCreateAndStart(period, CL_TIMER_REPETITIVE, CL_TIMER_SEPARATE_CONTEXT,
                              tick, NULL, &timer) != CL_OK)
        rc = SA_AIS_ERR_NO_RESOURCES;
    if (rc == SA_AIS_OK)
        rc = saAmfComponentRegister(amfHandle, &appName, NULL);
    if (rc != SA_AIS_OK) {
        clprintf(CL_LOG_SEV_ERROR, "%s: cannot start, error %d", argv[0], (int)rc);
        return 1;
    }
    dispatchLoop();
    clTimerStop(timer);
    clTimerDelete(&timer);
    clCkptCheckpointClose(ckpt); /* one handle space: this is saCkptCheckpointClose() */
    clCkptFinalize(ckptHandle);
    saAmfFinalize(amfHandle);
    return 0;
}
