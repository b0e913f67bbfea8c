/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component in the shape of release 5.x: no main(), entered through clEoConfig, which
 * names a create callout that counts until the component is told to terminate. The count
 * is in a checkpoint, so the other node's component can go on with it.
 */
#include <netinet/in.h>
#include <string.h>

#include <clCommon.h>
#include <clOsalApi.h>
#include <clIocServices.h>
#include <clRmdApi.h>
#include <clDebugApi.h>
#include <clOmApi.h>
#include <clOampRtApi.h>
#include <clProvApi.h>
#include <clAlarmApi.h>
#include <clEoApi.h>
#include <clCpmApi.h>
#include <clIdlApi.h>
#include <clCkptApi.h>

#include "ev.h"

#define CKPT_NAME "legacyCounter"

static ClCpmHandleT cpmHandle;
static ClCkptSvcHdlT ckptService;
static ClCkptHdlT ckpt;
static ClCkptSectionIdT section = {1, (ClUint8T *)"1"};
static ClAmsHAStateT haState = CL_AMS_HA_STATE_NONE;
static int running = 1;
static ClUint32T seq;
static ClNameT nodeName;

/* ---- the checkpoint ------------------------------------------------------------ */

static ClRcT ckptOpen(void)
{
    ClNameT name = {strlen(CKPT_NAME), CKPT_NAME};
    ClVersionT version = {'B', 01, 01};
    ClCkptCheckpointCreationAttributesT attributes = {
        .creationFlags = CL_CKPT_CHECKPOINT_COLLOCATED | CL_CKPT_WR_ACTIVE_REPLICA_WEAK,
        .checkpointSize = sizeof(ClUint32T),
        .retentionDuration = (ClTimeT)3600 * CL_SEC_TO_NANO,
        .maxSections = 2,
        .maxSectionSize = sizeof(ClUint32T),
        .maxSectionIdSize = 64,
    };
    ClCkptSectionCreationAttributesT creation = {
        .sectionId = &section,
        .expirationTime = CL_TIME_END,
    };
    ClUint32T zero = htonl(0);
    ClRcT rc = clCkptInitialize(&ckptService, NULL, &version);

    if (rc == CL_OK)
        rc = clCkptCheckpointOpen(ckptService, &name, &attributes,
                                  CL_CKPT_CHECKPOINT_CREATE | CL_CKPT_CHECKPOINT_READ |
                                      CL_CKPT_CHECKPOINT_WRITE,
                                  (ClTimeT)-1, &ckpt);
    if (rc != CL_OK)
        return rc;
    clCkptActiveReplicaSet(ckpt);
    rc = clCkptSectionCreate(ckpt, &creation, (ClUint8T *)&zero, sizeof(zero));
    return CL_GET_ERROR_CODE(rc) == CL_ERR_ALREADY_EXIST ? CL_OK : rc;
}

static ClRcT ckptRead(void)
{
    ClUint32T value = 0, bad = 0;
    ClCkptIOVectorElementT vec = {
        .sectionId = section,
        .dataBuffer = (ClPtrT)&value,
        .dataSize = sizeof(value),
        .dataOffset = (ClOffsetT)0,
        .readSize = sizeof(value),
    };
    ClRcT rc = clCkptCheckpointRead(ckpt, &vec, 1, &bad);

    if (rc == CL_OK)
        seq = ntohl(value);
    return rc;
}

static ClRcT ckptWrite(ClUint32T number)
{
    ClUint32T value = htonl(number);
    ClRcT rc = clCkptSectionOverwrite(ckpt, &section, &value, sizeof(value));

    return rc == CL_OK ? clCkptCheckpointSynchronize(ckpt, CL_TIME_END) : rc;
}

/* ---- callbacks ------------------------------------------------------------------- */

static ClRcT appTerminate(ClInvocationT invocation, const ClNameT *name)
{
    ev_write(CL_LOG_NOTICE, "%s terminates", name->value);
    running = 0;
    clCpmComponentUnregister(cpmHandle, name, NULL);
    clCpmClientFinalize(cpmHandle);
    return clCpmResponse(cpmHandle, invocation, CL_OK);
}

static ClRcT appCSISet(ClInvocationT invocation, const ClNameT *name, ClAmsHAStateT state,
                       ClAmsCSIDescriptorT csi)
{
    ClRcT rc = CL_OK;

    ev_write(CL_LOG_INFORMATIONAL, "%s is given %s", name->value, csi.csiName.value);
    if (state == CL_AMS_HA_STATE_ACTIVE) {
        clCkptActiveReplicaSet(ckpt);
        rc = ckptRead();
    }
    haState = state;
    if (state == CL_AMS_HA_STATE_STANDBY) {
        clOsalPrintf("%s STANDBY\n", nodeName.value);
        fflush(stdout);
    }
    if (state == CL_AMS_HA_STATE_QUIESCING)
        return clCpmCSIQuiescingComplete(cpmHandle, invocation, rc);
    return clCpmResponse(cpmHandle, invocation, rc);
}

static ClRcT appCSIRemove(ClInvocationT invocation, const ClNameT *name,
                          const ClNameT *csi, ClAmsCSIFlagsT flags)
{
    haState = CL_AMS_HA_STATE_NONE;
    return clCpmResponse(cpmHandle, invocation, CL_OK);
}

/* ---- callouts --------------------------------------------------------------------- */

static ClRcT appInitialize(ClUint32T argc, ClCharT *argv[])
{
    ClCpmCallbacksT callbacks = {NULL, appTerminate, appCSISet, appCSIRemove,
                                 NULL, NULL,         NULL};
    ClVersionT version = {'B', 01, 01};
    ClTimerTimeOutT period = {0, 50};
    ClNameT name;
    ClIocPortT port;
    ClRcT rc;

    clEoMyEoIocPortGet(&port);
    rc = clCpmClientInitialize(&cpmHandle, &callbacks, &version);
    if (rc == CL_OK)
        rc = clCpmComponentNameGet(cpmHandle, &name);
    if (rc == CL_OK)
        rc = ev_open((ClCharT *)name.value);
    if (rc == CL_OK)
        rc = ckptOpen();
    if (rc == CL_OK)
        rc = clCpmLocalNodeNameGet(&nodeName);
    if (rc == CL_OK)
        rc = clCpmComponentRegister(cpmHandle, &name, NULL);
    if (rc != CL_OK) {
        clOsalPrintf("%s: cannot start, error 0x%x\n", argv[0], rc);
        return rc;
    }
    ev_write(CL_LOG_NOTICE, "%s on node %u, port %u", name.value, clIocLocalAddressGet(),
             port);
    while (running) {
        if (haState == CL_AMS_HA_STATE_ACTIVE && ckptWrite(seq + 1) == CL_OK) {
            seq++;
            clOsalPrintf("%s ACTIVE count %u\n", nodeName.value, seq);
            fflush(stdout);
        }
        clOsalTaskDelay(period);
    }
    clCkptCheckpointClose(ckpt);
    clCkptFinalize(ckptService);
    ev_close();
    return CL_OK;
}

static ClRcT appFinalize()
{
    return CL_OK;
}

static ClRcT appStateChange(ClEoStateT state)
{
    return CL_OK;
}

static ClRcT appHealthCheck(ClEoSchedFeedBackT *schFeedback)
{
    schFeedback->freq = CL_EO_DEFAULT_POLL;
    schFeedback->status = CL_CPM_EO_ALIVE;
    return CL_OK;
}

ClEoConfigT clEoConfig = {
    "legacyCounter",
    CL_OSAL_THREAD_PRI_MEDIUM,
    2,
    0,
    (CL_EO_USER_CLIENT_ID_START + 0),
    CL_EO_USE_THREAD_FOR_RECV,
    appInitialize,
    appFinalize,
    appStateChange,
    appHealthCheck,
    NULL,
};

ClUint8T clEoBasicLibs[] = {
    CL_TRUE,  /* osal */
    CL_TRUE,  /* timer */
    CL_TRUE,  /* buffer */
    CL_TRUE,  /* ioc */
    CL_TRUE,  /* rmd */
    CL_TRUE,  /* eo */
    CL_FALSE, /* om */
    CL_FALSE, /* hal */
    CL_FALSE, /* dbal */
};

ClUint8T clEoClientLibs[] = {
    CL_FALSE, CL_FALSE, CL_FALSE, CL_TRUE,  CL_FALSE, CL_FALSE, CL_FALSE,
    CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE,
};
