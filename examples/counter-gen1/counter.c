/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A counter that survives its process: generation 1 of the legacy programming model.
 *
 * The program has no main(): libclovis-main.a brings one, which calls the create
 * callout named in clEoConfig. The callout is the program. It opens the checkpoint,
 * registers the component, and counts while the component is ACTIVE; it returns when
 * the component has been told to terminate. Callbacks run on a thread of the library.
 *
 * Each count is written to section "1" of the checkpoint "counter-gen1". A standby
 * that becomes active reads it and counts on. With both nodes of the model on one
 * machine, and the active process killed after the third count:
 *
 *   blade1 ACTIVE count 1
 *   blade2 STANDBY
 *   blade1 ACTIVE count 2
 *   blade1 ACTIVE count 3
 *   blade2 ACTIVE count 4
 *   blade1 STANDBY
 *   blade2 ACTIVE count 5
 *
 * The period in milliseconds is the first argument, else COUNTER_PERIOD_MS, else 1000.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <clCkptApi.h>
#include <clCommon.h>
#include <clCpmApi.h>
#include <clEoApi.h>
#include <clOsalApi.h>

#define RETENTION_NS (3600 * (ClTimeT)CL_SEC_TO_NANO)

static ClRcT app_initialize(ClUint32T argc, ClCharT *argv[]);
static ClRcT app_finalize(void);
static ClRcT app_state_change(ClEoStateT state);
static ClRcT app_health_check(ClEoSchedFeedBackT *feedback);

ClEoConfigT clEoConfig = {
    "counter",                  /* name */
    CL_OSAL_THREAD_PRI_MEDIUM,  /* priority of the library's threads */
    2,                          /* threads for callbacks */
    0,                          /* port: any */
    CL_EO_USER_CLIENT_ID_START, /* number of the first client table */
    CL_EO_USE_THREAD_FOR_APP,   /* the create callout is the program */
    app_initialize,
    app_finalize,
    app_state_change,
    app_health_check,
    NULL,
    CL_FALSE,
};

ClUint8T clEoBasicLibs[] = {CL_TRUE, CL_TRUE,  CL_TRUE,  CL_TRUE, CL_TRUE,
                            CL_TRUE, CL_FALSE, CL_FALSE, CL_FALSE};
ClUint8T clEoClientLibs[] = {CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE,
                             CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE, CL_FALSE,
                             CL_FALSE, CL_FALSE, CL_FALSE};

static ClCkptSvcHdlT ckpt_service;
static ClCkptHdlT ckpt;
static ClCkptSectionIdT section_id = {1, (ClUint8T *)"1"};

static ClCpmHandleT cpm;
static ClNameT node;

static ClOsalMutexT lock; /* guards what follows */
static ClAmsHAStateT ha_state = CL_AMS_HA_STATE_NONE;
static ClUint32T count;
static int exiting;

/* ---- the checkpoint ------------------------------------------------------ */

static ClRcT failed(const char *what, ClRcT rc)
{
    clOsalPrintf("%s: error %#x\n", what, rc);
    fflush(stdout);
    return rc;
}

static ClRcT section_create(void)
{
    ClCkptSectionCreationAttributesT attrs = {&section_id, CL_TIME_END};
    ClUint32T zero = htonl(0);
    ClRcT rc = clCkptSectionCreate(ckpt, &attrs, (ClUint8T *)&zero, sizeof(zero));

    if (CL_GET_ERROR_CODE(rc) == CL_ERR_ALREADY_EXIST)
        return CL_OK; /* the other node was first */
    return rc ? failed("clCkptSectionCreate", rc) : CL_OK;
}

static ClRcT ckpt_open(void)
{
    ClNameT name = {sizeof("counter-gen1") - 1, "counter-gen1"};
    ClVersionT version = {'B', 1, 1};
    ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = CL_CKPT_WR_ACTIVE_REPLICA | CL_CKPT_CHECKPOINT_COLLOCATED,
        .checkpointSize = sizeof(ClUint32T),
        .retentionDuration = RETENTION_NS,
        .maxSections = 2,
        .maxSectionSize = sizeof(ClUint32T),
        .maxSectionIdSize = 64,
    };
    ClRcT rc = clCkptInitialize(&ckpt_service, NULL, &version);

    if (rc)
        return failed("clCkptInitialize", rc);
    rc = clCkptCheckpointOpen(ckpt_service, &name, &attrs,
                              CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE |
                                  CL_CKPT_CHECKPOINT_CREATE,
                              (ClTimeT)-1, &ckpt);
    return rc ? failed("clCkptCheckpointOpen", rc) : CL_OK;
}

/* This node's replica becomes the active one, and its value ours. */
static ClRcT count_take_over(void)
{
    ClUint32T value = 0, bad = 0;
    ClCkptIOVectorElementT element = {section_id, &value, sizeof(value), 0, 0};
    ClRcT rc = clCkptActiveReplicaSet(ckpt);

    if (rc)
        return failed("clCkptActiveReplicaSet", rc);
    rc = section_create();
    if (rc)
        return rc;
    rc = clCkptCheckpointRead(ckpt, &element, 1, &bad);
    if (rc)
        return failed("clCkptCheckpointRead", rc);
    count = ntohl(value);
    return CL_OK;
}

static void count_step(void)
{
    ClUint32T value = htonl(count + 1);
    ClRcT rc = clCkptSectionOverwrite(ckpt, &section_id, &value, sizeof(value));

    if (!rc)
        rc = clCkptCheckpointSynchronize(ckpt, (ClTimeT)CL_TIME_END);
    if (rc) {
        failed("writing the count", rc); /* tried again after the period */
        return;
    }
    count++;
    clOsalPrintf("%.*s ACTIVE count %u\n", node.length, node.value, count);
    fflush(stdout);
}

/* ---- callbacks ----------------------------------------------------------- */

static ClRcT csi_set(ClInvocationT invocation, const ClNameT *comp, ClAmsHAStateT state,
                     ClAmsCSIDescriptorT csi)
{
    ClRcT rc = CL_OK;

    (void)comp;
    (void)csi;
    clOsalMutexLock(&lock);
    if (state == CL_AMS_HA_STATE_ACTIVE)
        rc = count_take_over();
    if (!rc)
        ha_state = state;
    if (state == CL_AMS_HA_STATE_STANDBY) {
        clOsalPrintf("%.*s STANDBY\n", node.length, node.value);
        fflush(stdout);
    }
    clOsalMutexUnlock(&lock);
    if (state == CL_AMS_HA_STATE_QUIESCING)
        return clCpmCSIQuiescingComplete(cpm, invocation, rc);
    return clCpmResponse(cpm, invocation, rc);
}

static ClRcT csi_remove(ClInvocationT invocation, const ClNameT *comp, const ClNameT *csi,
                        ClAmsCSIFlagsT flags)
{
    (void)comp;
    (void)csi;
    (void)flags;
    clOsalMutexLock(&lock);
    ha_state = CL_AMS_HA_STATE_NONE;
    clOsalMutexUnlock(&lock);
    return clCpmResponse(cpm, invocation, CL_OK);
}

static ClRcT terminate(ClInvocationT invocation, const ClNameT *comp)
{
    clOsalMutexLock(&lock);
    ha_state = CL_AMS_HA_STATE_NONE;
    exiting = 1;
    clOsalMutexUnlock(&lock);
    clCpmComponentUnregister(cpm, comp, NULL);
    clCpmClientFinalize(cpm);
    return clCpmResponse(cpm, invocation, CL_OK); /* the handle is good for this */
}

static ClRcT health_check(ClInvocationT invocation, const ClNameT *comp,
                          ClAmsCompHealthcheckKeyT *key)
{
    (void)comp;
    (void)key;
    return clCpmResponse(cpm, invocation, CL_OK);
}

/* ---- callouts ------------------------------------------------------------ */

static ClUint32T period_ms(ClUint32T argc, ClCharT *argv[])
{
    const char *text = argc > 1 && *argv[1] ? argv[1] : getenv("COUNTER_PERIOD_MS");
    int ms = text ? atoi(text) : 0;

    return ms > 0 ? (ClUint32T)ms : 1000;
}

static ClRcT comp_register(void)
{
    ClCpmCallbacksT callbacks = {0};
    ClVersionT version = {'B', 1, 1};
    ClNameT comp;
    ClRcT rc;

    callbacks.appHealthCheck = health_check;
    callbacks.appTerminate = terminate;
    callbacks.appCSISet = csi_set;
    callbacks.appCSIRmv = csi_remove;
    rc = clCpmClientInitialize(&cpm, &callbacks, &version);
    if (rc)
        return failed("clCpmClientInitialize", rc);
    rc = clCpmLocalNodeNameGet(&node);
    if (!rc)
        rc = clCpmComponentNameGet(cpm, &comp);
    if (!rc)
        rc = clCpmComponentRegister(cpm, &comp, NULL);
    return rc ? failed("clCpmComponentRegister", rc) : CL_OK;
}

/* False when the program is to end. */
static int count_turn(void)
{
    int go_on;

    clOsalMutexLock(&lock);
    if (ha_state == CL_AMS_HA_STATE_ACTIVE)
        count_step();
    go_on = !exiting;
    clOsalMutexUnlock(&lock);
    return go_on;
}

static ClRcT app_initialize(ClUint32T argc, ClCharT *argv[])
{
    ClUint32T ms = period_ms(argc, argv);
    ClTimerTimeOutT period = {ms / 1000, ms % 1000};
    ClRcT rc;

    clOsalMutexInit(&lock);
    rc = ckpt_open();
    if (!rc)
        rc = comp_register();
    if (rc)
        return rc;
    while (count_turn())
        clOsalTaskDelay(period);
    return CL_OK;
}

/* The library calls it before the answer to terminate leaves. */
static ClRcT app_finalize(void)
{
    clOsalMutexLock(&lock);
    clCkptCheckpointClose(ckpt);
    clCkptFinalize(ckpt_service);
    clOsalMutexUnlock(&lock);
    return CL_OK;
}

static ClRcT app_state_change(ClEoStateT state)
{
    (void)state;
    return CL_OK;
}

static ClRcT app_health_check(ClEoSchedFeedBackT *feedback)
{
    feedback->freq = CL_EO_DEFAULT_POLL;
    feedback->status = CL_CPM_EO_ALIVE;
    return CL_OK;
}
