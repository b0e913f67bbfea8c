/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of a component of releases 5.x and 6.0 without a main() of its own: it
 * includes every header that generated components include, loops in its create callout,
 * and keeps a number in a checkpoint section. It has to compile without a warning.
 */
#include <string.h>
#include <netinet/in.h>

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
#include <clLogApi.h>

#define PAGE_NAME "gen1_page"

static int running = 1, exiting;
static ClAmsHAStateT ha_state = CL_AMS_HA_STATE_NONE;
static ClUint32T seq;

static ClCkptSvcHdlT service;
static ClCkptHdlT page;
static ClCpmHandleT cpm;
static ClNameT page_name = {sizeof(PAGE_NAME) - 1, PAGE_NAME};
static ClVersionT ckpt_version = {'B', 01, 01};
static ClCkptSectionIdT section = {1, (ClUint8T *)"1"};

static ClRcT read_seq(void)
{
    ClUint32T wire = 0, bad = 0;
    ClCkptIOVectorElementT vec = {.sectionId = section,
                                  .dataBuffer = (ClPtrT)&wire,
                                  .dataSize = sizeof(wire),
                                  .dataOffset = (ClOffsetT)0,
                                  .readSize = (ClSizeT)sizeof(wire)};
    ClRcT rc = clCkptCheckpointRead(page, &vec, 1, &bad);

    if (rc == CL_OK)
        seq = ntohl(wire);
    else
        clOsalPrintf("read: handle %x rc 0x%lx\n", page, rc);
    return rc;
}

static ClRcT open_page(void)
{
    ClCkptCheckpointCreationAttributesT attributes = {
        .creationFlags = CL_CKPT_CHECKPOINT_COLLOCATED | CL_CKPT_WR_ACTIVE_REPLICA_WEAK,
        .checkpointSize = sizeof(ClUint32T),
        .retentionDuration = (ClTimeT)0,
        .maxSections = 2,
        .maxSectionSize = sizeof(ClUint32T),
        .maxSectionIdSize = (ClSizeT)64};
    ClCkptSectionCreationAttributesT new_section = {.sectionId = &section,
                                                    .expirationTime = CL_TIME_END};
    ClRcT rc = clCkptInitialize(&service, NULL, &ckpt_version);

    if (rc != CL_OK)
        return rc;
    rc = clCkptCheckpointOpen(service, &page_name, &attributes,
                              CL_CKPT_CHECKPOINT_CREATE | CL_CKPT_CHECKPOINT_READ |
                                  CL_CKPT_CHECKPOINT_WRITE,
                              (ClTimeT)-1, &page);
    if (rc != CL_OK)
        return rc;
    rc = clCkptActiveReplicaSet(page);
    if (rc != CL_OK)
        return rc;
    rc = clCkptSectionCreate(page, &new_section, (ClUint8T *)"0", 1);
    if (CL_GET_ERROR_CODE(rc) == CL_ERR_ALREADY_EXIST)
        rc = read_seq();
    return rc;
}

static ClRcT write_seq(void)
{
    ClUint32T wire = htonl(seq);
    ClRcT rc = clCkptSectionOverwrite(page, &section, &wire, sizeof(wire));

    return rc == CL_OK ? clCkptCheckpointSynchronize(page, CL_TIME_END) : rc;
}

static ClRcT close_page(void)
{
    ClRcT rc = clCkptCheckpointClose(page);

    return rc == CL_OK ? clCkptFinalize(service) : rc;
}

static ClRcT terminate(ClInvocationT invocation, const ClNameT *compName)
{
    clLogNotice("GEN", NULL, "terminate %.*s", compName->length, compName->value);
    running = 0;
    close_page();
    exiting = 1;
    clCpmComponentUnregister(cpm, compName, NULL);
    clCpmClientFinalize(cpm);
    return clCpmResponse(cpm, invocation, CL_OK);
}

static ClRcT assign(ClInvocationT invocation, const ClNameT *compName,
                    ClAmsHAStateT state, ClAmsCSIDescriptorT descriptor)
{
    clLogInfo("GEN", "CSI", "%s: %s", compName->value, descriptor.csiName.value);
    if (state == CL_AMS_HA_STATE_ACTIVE && clCkptActiveReplicaSet(page) == CL_OK)
        read_seq();
    ha_state = state;
    if (state == CL_AMS_HA_STATE_QUIESCING)
        return clCpmCSIQuiescingComplete(cpm, invocation, CL_OK);
    return clCpmResponse(cpm, invocation, CL_OK);
}

static ClRcT withdraw(ClInvocationT invocation, const ClNameT *compName,
                      const ClNameT *csiName, ClAmsCSIFlagsT flags)
{
    clAppLog(CL_LOG_HANDLE_APP, CL_LOG_DEBUG, 10, NULL, NULL, "%s %s %u", compName->value,
             csiName->value, flags);
    return clCpmResponse(cpm, invocation, CL_OK);
}

static ClRcT initialize(ClUint32T argc, ClCharT *argv[])
{
    ClCpmCallbacksT callbacks = {NULL, terminate, assign, withdraw, NULL, NULL, NULL};
    ClVersionT version = {'B', 1, 1};
    ClNameT name;
    ClIocPortT port;
    ClRcT rc;

    CL_ASSERT(argc > 0 && argv != NULL);
    clEoMyEoIocPortGet(&port);
    rc = clCpmClientInitialize(&cpm, &callbacks, &version);
    if (rc == CL_OK)
        rc = open_page();
    if (rc == CL_OK)
        rc = clCpmComponentNameGet(cpm, &name);
    if (rc == CL_OK)
        rc = clCpmComponentRegister(cpm, &name, NULL);
    if (rc != CL_OK) {
        CL_DEBUG_PRINT(CL_DEBUG_ERROR, ("cannot start, rc 0x%x", rc));
        return rc;
    }
    clOsalPrintf("%s on node 0x%x port 0x%x\n", name.value, clIocLocalAddressGet(), port);
    while (!exiting) {
        if (running && ha_state == CL_AMS_HA_STATE_ACTIVE) {
            seq++;
            write_seq();
            printf("%u\n", seq);
            fflush(stdout);
        }
        sleep(1);
    }
    return CL_OK;
}

static ClRcT finish()
{
    return CL_OK;
}

static ClRcT change_state(ClEoStateT state)
{
    return state == CL_EO_STATE_INIT ? CL_OK : CL_EO_RC(CL_ERR_INVALID_STATE);
}

static ClRcT check_health(ClEoSchedFeedBackT *feedback)
{
    feedback->freq = CL_EO_DEFAULT_POLL;
    feedback->status = CL_CPM_EO_ALIVE;
    return CL_OK;
}

ClEoConfigT clEoConfig = {
    "GEN1",
    CL_OSAL_THREAD_PRI_MEDIUM,
    2,
    0,
    (CL_EO_USER_CLIENT_ID_START + 0),
    CL_EO_USE_THREAD_FOR_RECV,
    initialize,
    finish,
    change_state,
    check_health,
    NULL,
};

ClUint8T clEoBasicLibs[] = {CL_TRUE, CL_TRUE, CL_TRUE, CL_TRUE, CL_TRUE,
                            CL_TRUE, CL_TRUE, CL_TRUE, CL_TRUE};

ClUint8T clEoClientLibs[] = {CL_FALSE, CL_FALSE, CL_FALSE, CL_TRUE,  CL_FALSE,
                             CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE,
                             CL_FALSE, CL_FALSE, CL_FALSE};
