/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A component that counts while it is active: every few milliseconds it writes the next
 * number into a collocated checkpoint and reads it back, and logs each act, which
 * tests/exclusion.h judges. After taking the role, and after a write that was not
 * acknowledged, it reads first. Times are microseconds of CLOCK_MONOTONIC.
 *
 *   812345000 start 4711       the process
 *   812345100 ha 1             told by a callback
 *   812345200 active           has the active-replica role; acts from now on
 *   812345300 look
 *   812345400 found 41 4700    the counter, and the process that wrote it
 *   812345500 blind 6          or the read's error
 *   812345600 invoke 42 1      about to write, in this HA state
 *   812345700 ok 42            or fail 42 20: not written; or unknown 42 5: perhaps
 */
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <saAmf.h>
#include <saCkpt.h>

#include "base/clock.h"

enum { PERIOD_MS = 5 };

struct counter {
    uint64_t number, pid;
};

static SaAmfHandleT amf;
static SaCkptHandleT service;
static SaCkptCheckpointHandleT ckpt;
static atomic_int ha_state, activations;
static atomic_bool ending;

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

static bool look(struct counter *c)
{
    SaCkptIOVectorElementT io = {.dataBuffer = c, .dataSize = sizeof(*c)};
    SaAisErrorT rc;
    SaUint32T bad;

    *c = (struct counter){0};
    printf("%lld look\n", now_us());
    rc = saCkptCheckpointRead(ckpt, &io, 1, &bad);
    if (rc == SA_AIS_OK)
        printf("%lld found %" PRIu64 " %" PRIu64 "\n", now_us(), c->number, c->pid);
    else
        printf("%lld blind %d\n", now_us(), (int)rc);
    return rc == SA_AIS_OK;
}

/* False: what is in the checkpoint now is not known. */
static bool write_next(struct counter *c, int ha)
{
    SaCkptIOVectorElementT io = {.dataBuffer = c, .dataSize = sizeof(*c)};
    SaAisErrorT rc;
    SaUint32T bad;

    *c = (struct counter){c->number + 1, (uint64_t)getpid()};
    printf("%lld invoke %" PRIu64 " %d\n", now_us(), c->number, ha);
    rc = saCkptCheckpointWrite(ckpt, &io, 1, &bad);
    if (rc == SA_AIS_OK)
        printf("%lld ok %" PRIu64 "\n", now_us(), c->number);
    else
        printf("%lld %s %" PRIu64 " %d\n", now_us(),
               rc == SA_AIS_ERR_TIMEOUT ? "unknown" : "fail", c->number, (int)rc);
    return rc == SA_AIS_OK;
}

static bool role_take(void)
{
    if (saCkptActiveReplicaSet(ckpt) != SA_AIS_OK)
        return false;
    printf("%lld active\n", now_us());
    return true;
}

/* On a thread of its own, because a call may take as long as the store is away. The role
 * is taken on it, too: so what was counted before is never written after. */
static void *counting(void *unused)
{
    struct counter c = {0};
    bool known = false;
    int taken = 0, told, ha;

    (void)unused;
    while (!atomic_load(&ending)) {
        poll(NULL, 0, PERIOD_MS);
        told = atomic_load(&activations);
        ha = atomic_load(&ha_state);
        if (ha != SA_AMF_HA_ACTIVE || (taken != told && !role_take()))
            continue;
        known = known && taken == told;
        taken = told;
        known = (known || look(&c)) && write_next(&c, ha) && look(&c);
    }
    return NULL;
}

static void on_set(SaInvocationT inv, const SaNameT *comp, SaAmfHAStateT ha,
                   SaAmfCSIDescriptorT csi)
{
    (void)comp;
    (void)csi;
    printf("%lld ha %d\n", now_us(), (int)ha);
    if (ha == SA_AMF_HA_ACTIVE)
        atomic_fetch_add(&activations, 1);
    atomic_store(&ha_state, (int)ha);
    saAmfResponse(amf, inv, SA_AIS_OK);
}

static void on_remove(SaInvocationT inv, const SaNameT *comp, const SaNameT *csi,
                      SaAmfCSIFlagsT flags)
{
    (void)comp;
    (void)csi;
    (void)flags;
    printf("%lld ha 0\n", now_us());
    atomic_store(&ha_state, 0);
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
    printf("%lld start %d\n", now_us(), (int)getpid());
    if (saAmfInitialize(&amf, &callbacks, &version) != SA_AIS_OK ||
        saAmfSelectionObjectGet(amf, &fd) != SA_AIS_OK || !ckpt_open() ||
        saAmfComponentNameGet(amf, &name) != SA_AIS_OK ||
        pthread_create(&thread, NULL, counting, NULL) != 0 ||
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
