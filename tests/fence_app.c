/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component that writes while it is active: one byte into a collocated checkpoint every
 * few milliseconds, and a line for each write that the store has acknowledged:
 *
 *   812345678 812345901 wrote        (microseconds: begun, acknowledged)
 *   812346001 refused 0x20
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <saAmf.h>
#include <saCkpt.h>

#include "base/clock.h"

enum { PERIOD_MS = 5 };

static SaAmfHandleT amf;
static SaCkptHandleT service;
static SaCkptCheckpointHandleT ckpt;
static atomic_bool active, ending;

static long long now_us(void)
{
    return (long long)(clv_now_ns() / 1000);
}

static bool ckpt_open(void)
{
    SaCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = SA_CKPT_WR_ACTIVE_REPLICA | SA_CKPT_CHECKPOINT_COLLOCATED,
        .checkpointSize = 64,
        .retentionDuration = SA_TIME_ONE_HOUR,
        .maxSections = 1,
        .maxSectionSize = 64,
        .maxSectionIdSize = 8};
    SaVersionT version = {'B', 2, 2};
    SaNameT name = {5, "fence"};

    return saCkptInitialize(&service, NULL, &version) == SA_AIS_OK &&
           saCkptCheckpointOpen(service, &name, &attrs,
                                SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE |
                                    SA_CKPT_CHECKPOINT_CREATE,
                                SA_TIME_ONE_MINUTE, &ckpt) == SA_AIS_OK;
}

/* On a thread of its own: a write may take as long as the store is away. */
static void *writer(void *unused)
{
    SaCkptIOVectorElementT io = {.dataBuffer = (void *)"x", .dataSize = 1};
    SaUint32T bad;
    SaAisErrorT rc;
    long long begun;

    (void)unused;
    while (!atomic_load(&ending)) {
        poll(NULL, 0, PERIOD_MS);
        if (!atomic_load(&active))
            continue;
        begun = now_us();
        rc = saCkptCheckpointWrite(ckpt, &io, 1, &bad);
        if (rc == SA_AIS_OK)
            printf("%lld %lld wrote\n", begun, now_us());
        else
            printf("%lld refused %d\n", begun, (int)rc);
    }
    return NULL;
}

static void on_set(SaInvocationT inv, const SaNameT *comp, SaAmfHAStateT ha,
                   SaAmfCSIDescriptorT csi)
{
    (void)comp;
    (void)csi;
    printf("%lld ha %d\n", now_us(), (int)ha);
    if (ha == SA_AMF_HA_ACTIVE && saCkptActiveReplicaSet(ckpt) != SA_AIS_OK)
        printf("%lld no role\n", now_us());
    atomic_store(&active, ha == SA_AMF_HA_ACTIVE);
    saAmfResponse(amf, inv, SA_AIS_OK);
}

static void on_remove(SaInvocationT inv, const SaNameT *comp, const SaNameT *csi,
                      SaAmfCSIFlagsT flags)
{
    (void)comp;
    (void)csi;
    (void)flags;
    saAmfResponse(amf, inv, SA_AIS_OK);
}

static void on_terminate(SaInvocationT inv, const SaNameT *comp)
{
    (void)comp;
    saAmfResponse(amf, inv, SA_AIS_OK);
    atomic_store(&ending, true);
}

int main(void)
{
    const SaAmfCallbacksT callbacks = {.saAmfComponentTerminateCallback = on_terminate,
                                       .saAmfCSISetCallback = on_set,
                                       .saAmfCSIRemoveCallback = on_remove};
    SaVersionT version = {'B', 1, 1};
    SaSelectionObjectT fd;
    struct pollfd p = {.events = POLLIN};
    pthread_t thread;
    SaNameT name;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (saAmfInitialize(&amf, &callbacks, &version) != SA_AIS_OK ||
        saAmfSelectionObjectGet(amf, &fd) != SA_AIS_OK || !ckpt_open() ||
        saAmfComponentNameGet(amf, &name) != SA_AIS_OK ||
        pthread_create(&thread, NULL, writer, NULL) != 0 ||
        saAmfComponentRegister(amf, &name, NULL) != SA_AIS_OK) {
        printf("cannot start\n");
        return 1;
    }
    p.fd = (int)fd;
    while (!atomic_load(&ending) && poll(&p, 1, -1) >= 0)
        saAmfDispatch(amf, SA_DISPATCH_ALL);
    pthread_join(thread, NULL);
    saCkptFinalize(service);
    saAmfFinalize(amf);
    return 0;
}
