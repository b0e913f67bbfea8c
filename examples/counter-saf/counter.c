/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A counter that survives its process: the SA Forum's programming model, with a
 * main() of its own and one thread. Callbacks run inside saAmfDispatch(), called when
 * the selection object is readable; between two of them the program counts.
 *
 * Each count is written to section "1" of the checkpoint "counter-saf". A standby that
 * becomes active reads it and counts on. With both nodes of the model on one machine,
 * and the active process killed after the third count:
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
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>

#include <clCkptApi.h>
#include <clCpmApi.h>
#include <saAmf.h>

#define RETENTION_NS (3600 * (ClTimeT)CL_SEC_TO_NANO)

static SaAmfHandleT amf;
static SaNameT comp;
static ClNameT node;
static SaAmfHAStateT ha_state; /* 0: none */
static int exiting;

static ClCkptSvcHdlT ckpt_service;
static ClCkptHdlT ckpt;
static ClCkptSectionIdT section_id = {1, (ClUint8T *)"1"};
static ClUint32T count;

/* ---- the checkpoint ------------------------------------------------------ */

/* Says what went wrong; 0 when nothing did. */
static int failed(const char *what, unsigned int code, unsigned int good)
{
    if (code == good)
        return 0;
    printf("%s: error %#x\n", what, code);
    fflush(stdout);
    return 1;
}

static int ckpt_open(void)
{
    ClVersionT version = {'B', 1, 1};
    ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = CL_CKPT_WR_ACTIVE_REPLICA | CL_CKPT_CHECKPOINT_COLLOCATED,
        .checkpointSize = sizeof(ClUint32T),
        .retentionDuration = RETENTION_NS,
        .maxSections = 2,
        .maxSectionSize = sizeof(ClUint32T),
        .maxSectionIdSize = 64,
    };
    ClNameT name;

    clNameSet(&name, "counter-saf");
    if (failed("clCkptInitialize", clCkptInitialize(&ckpt_service, NULL, &version),
               CL_OK))
        return -1;
    if (failed("clCkptCheckpointOpen",
               clCkptCheckpointOpen(ckpt_service, &name, &attrs,
                                    CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE |
                                        CL_CKPT_CHECKPOINT_CREATE,
                                    0, &ckpt),
               CL_OK))
        return -1;
    return 0;
}

/* The section, if the other node has not made it. */
static int section_create(void)
{
    ClCkptSectionCreationAttributesT attrs = {&section_id, CL_TIME_END};
    ClUint32T zero = htonl(0);
    ClRcT rc = clCkptSectionCreate(ckpt, &attrs, (ClUint8T *)&zero, sizeof(zero));

    if (CL_GET_ERROR_CODE(rc) == CL_ERR_ALREADY_EXIST)
        return 0;
    return failed("clCkptSectionCreate", rc, CL_OK);
}

/* This node's replica becomes the active one, and its value ours. */
static int count_take_over(void)
{
    ClUint32T value = 0, bad = 0;
    ClCkptIOVectorElementT element = {section_id, &value, sizeof(value), 0, 0};

    if (failed("clCkptActiveReplicaSet", clCkptActiveReplicaSet(ckpt), CL_OK))
        return -1;
    if (section_create())
        return -1;
    if (failed("clCkptCheckpointRead", clCkptCheckpointRead(ckpt, &element, 1, &bad),
               CL_OK))
        return -1;
    count = ntohl(value);
    return 0;
}

static void count_step(void)
{
    ClUint32T value = htonl(count + 1);

    if (failed("clCkptSectionOverwrite",
               clCkptSectionOverwrite(ckpt, &section_id, &value, sizeof(value)), CL_OK))
        return; /* tried again after the period */
    if (failed("clCkptCheckpointSynchronize",
               clCkptCheckpointSynchronize(ckpt, (ClTimeT)CL_TIME_END), CL_OK))
        return;
    count++;
    printf("%.*s ACTIVE count %u\n", node.length, node.value, count);
    fflush(stdout);
}

/* ---- callbacks ----------------------------------------------------------- */

static void csi_set(SaInvocationT invocation, const SaNameT *name, SaAmfHAStateT state,
                    SaAmfCSIDescriptorT csi)
{
    (void)name;
    (void)csi;
    if (state == SA_AMF_HA_ACTIVE && count_take_over()) {
        saAmfResponse(amf, invocation, SA_AIS_ERR_FAILED_OPERATION);
        return;
    }
    ha_state = state;
    if (state == SA_AMF_HA_STANDBY) {
        printf("%.*s STANDBY\n", node.length, node.value);
        fflush(stdout);
    }
    if (state == SA_AMF_HA_QUIESCING)
        saAmfCSIQuiescingComplete(amf, invocation, SA_AIS_OK);
    else
        saAmfResponse(amf, invocation, SA_AIS_OK);
}

static void csi_remove(SaInvocationT invocation, const SaNameT *name, const SaNameT *csi,
                       SaAmfCSIFlagsT flags)
{
    (void)name;
    (void)csi;
    (void)flags;
    ha_state = 0;
    saAmfResponse(amf, invocation, SA_AIS_OK);
}

static void terminate(SaInvocationT invocation, const SaNameT *name)
{
    ha_state = 0;
    exiting = 1;
    clCkptCheckpointClose(ckpt);
    clCkptFinalize(ckpt_service);
    saAmfComponentUnregister(amf, name, NULL);
    saAmfResponse(amf, invocation, SA_AIS_OK);
}

static void health_check(SaInvocationT invocation, const SaNameT *name,
                         SaAmfHealthcheckKeyT *key)
{
    (void)name;
    (void)key;
    saAmfResponse(amf, invocation, SA_AIS_OK);
}

/* ---- main ---------------------------------------------------------------- */

static int comp_register(SaSelectionObjectT *fd)
{
    SaAmfCallbacksT callbacks = {
        .saAmfHealthcheckCallback = health_check,
        .saAmfComponentTerminateCallback = terminate,
        .saAmfCSISetCallback = csi_set,
        .saAmfCSIRemoveCallback = csi_remove,
    };
    SaVersionT version = {'B', 1, 1};

    if (failed("saAmfInitialize", saAmfInitialize(&amf, &callbacks, &version),
               SA_AIS_OK) ||
        failed("saAmfSelectionObjectGet", saAmfSelectionObjectGet(amf, fd), SA_AIS_OK) ||
        failed("saAmfComponentNameGet", saAmfComponentNameGet(amf, &comp), SA_AIS_OK) ||
        failed("clCpmLocalNodeNameGet", clCpmLocalNodeNameGet(&node), CL_OK))
        return -1;
    return failed("saAmfComponentRegister", saAmfComponentRegister(amf, &comp, NULL),
                  SA_AIS_OK)
               ? -1
               : 0;
}

static long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

static long period_ms(int argc, char *argv[])
{
    const char *text = argc > 1 && *argv[1] ? argv[1] : getenv("COUNTER_PERIOD_MS");
    int ms = text ? atoi(text) : 0;

    return ms > 0 ? ms : 1000;
}

/* Wait for callbacks, at most until due; 0 when there is something to dispatch. */
static int callbacks_wait(int fd, long due)
{
    long left = due - now_ms();
    struct timeval limit;
    fd_set set;

    if (left < 0)
        left = 0;
    limit.tv_sec = left / 1000;
    limit.tv_usec = left % 1000 * 1000;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return select(fd + 1, &set, NULL, NULL, &limit) > 0 ? 0 : -1;
}

int main(int argc, char *argv[])
{
    long period = period_ms(argc, argv), due = now_ms();
    SaSelectionObjectT fd;

    if (ckpt_open() || comp_register(&fd))
        return 1;
    while (!exiting) {
        if (callbacks_wait((int)fd, due) == 0)
            saAmfDispatch(amf, SA_DISPATCH_ALL);
        if (now_ms() < due)
            continue;
        if (ha_state == SA_AMF_HA_ACTIVE)
            count_step();
        due = now_ms() + period;
    }
    saAmfFinalize(amf);
    return 0;
}
