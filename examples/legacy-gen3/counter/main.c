/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component in the shape of release 6.1: SaNameT everywhere, a detached task of the
 * platform that counts, the checkpoint behind a C++ class.
 */
#include <sys/select.h>

#include <clCommon.h>
#include <clCpmApi.h>
#include <clLogApi.h>
#include <clOsalApi.h>
#include <saAmf.h>

#include "checkpoint.h"

#define clprintf(severity, ...)                                                          \
    clAppLog(CL_LOG_HANDLE_APP, severity, 10, CL_LOG_AREA_UNSPECIFIED,                   \
             CL_LOG_CONTEXT_UNSPECIFIED, __VA_ARGS__)

static SaAmfHandleT amfHandle;
static SaNameT node;
static ClOsalMutexT lock; /* guards what follows */
static SaAmfHAStateT haState;
static ClUint32T count;
static int exiting;

static void *activeLoop(void *unused)
{
    ClTimerTimeOutT period = {0, 50};
    int goOn = 1;

    while (goOn) {
        clOsalMutexLock(&lock);
        if (haState == SA_AMF_HA_ACTIVE && counter_write(count + 1) == CL_OK) {
            count++;
            printf("%s ACTIVE count %u\n", (char *)node.value, count);
            fflush(stdout);
        }
        goOn = !exiting;
        clOsalMutexUnlock(&lock);
        clOsalTaskDelay(period);
    }
    return NULL;
}

static void safAssignWork(SaInvocationT invocation, const SaNameT *compName,
                          SaAmfHAStateT state, SaAmfCSIDescriptorT csi)
{
    ClRcT rc = CL_OK;

    clprintf(CL_LOG_SEV_INFO, "Component [%.*s] : state %d", compName->length,
             (const char *)compName->value, (int)state);
    clOsalMutexLock(&lock);
    if (state == SA_AMF_HA_ACTIVE)
        rc = counter_read(&count);
    haState = state;
    if (state == SA_AMF_HA_STANDBY) {
        printf("%s STANDBY\n", (char *)node.value);
        fflush(stdout);
    }
    clOsalMutexUnlock(&lock);
    if (state == SA_AMF_HA_QUIESCING)
        saAmfCSIQuiescingComplete(amfHandle, invocation, SA_AIS_OK);
    else
        saAmfResponse(amfHandle, invocation,
                      rc == CL_OK ? SA_AIS_OK : SA_AIS_ERR_FAILED_OPERATION);
}

static void safRemoveWork(SaInvocationT invocation, const SaNameT *compName,
                          const SaNameT *csiName, SaAmfCSIFlagsT flags)
{
    clOsalMutexLock(&lock);
    haState = 0;
    clOsalMutexUnlock(&lock);
    saAmfResponse(amfHandle, invocation, SA_AIS_OK);
}

static void safTerminate(SaInvocationT invocation, const SaNameT *compName)
{
    clOsalMutexLock(&lock);
    haState = 0;
    exiting = 1;
    clOsalMutexUnlock(&lock);
    saAmfComponentUnregister(amfHandle, compName, NULL);
    saAmfResponse(amfHandle, invocation, SA_AIS_OK);
}

static SaAisErrorT initializeAmf(SaNameT *name)
{
    SaAmfCallbacksT callbacks = {.saAmfComponentTerminateCallback = safTerminate,
                                 .saAmfCSISetCallback = safAssignWork,
                                 .saAmfCSIRemoveCallback = safRemoveWork};
    SaVersionT version = {'B', 01, 01};
    SaAisErrorT rc = saAmfInitialize(&amfHandle, &callbacks, &version);

    if (rc == SA_AIS_OK)
        rc = saAmfComponentNameGet(amfHandle, name);
    if (rc == SA_AIS_OK && clCpmLocalNodeNameGet(&node) != CL_OK)
        rc = SA_AIS_ERR_LIBRARY;
    return rc;
}

static void dispatchLoop(void)
{
    SaSelectionObjectT fd;
    fd_set readable;

    if (saAmfSelectionObjectGet(amfHandle, &fd) != SA_AIS_OK)
        return;
    FD_ZERO(&readable);
    FD_SET((int)fd, &readable);
    while (!exiting)
        if (select((int)fd + 1, &readable, NULL, NULL, NULL) >= 0)
            saAmfDispatch(amfHandle, SA_DISPATCH_ALL);
}

int main(int argc, char *argv[])
{
    SaNameT name, checkpoint;

    clOsalMutexInit(&lock);
    saNameSet(&checkpoint, "legacyCounter");
    if (initializeAmf(&name) != SA_AIS_OK || counter_open(&checkpoint) != CL_OK)
        return 1;
    if (saAmfComponentRegister(amfHandle, &name, NULL) != SA_AIS_OK)
        return 1;
    clOsalTaskCreateDetached("active", CL_OSAL_SCHED_OTHER,
                             CL_OSAL_THREAD_PRI_NOT_APPLICABLE, 65536, activeLoop, NULL);
    dispatchLoop();
    clOsalMutexLock(&lock);
    counter_close();
    clOsalMutexUnlock(&lock);
    saAmfFinalize(amfHandle);
    return 0;
}
