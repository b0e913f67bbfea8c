/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of a component of release 6.0 with a main() of its own, calls of both
 * families on one handle, and the log macros with literal strings. It has to compile
 * without a warning.
 */
#include <sys/select.h>

#include <clCommon.h>
#include <clCommonErrors.h>
#include <clCpmApi.h>
#include <clDbg.h>
#include <clHandleApi.h>
#include <clHash.h>
#include <clHeapApi.h>
#include <clLogApi.h>
#include <clRbTree.h>
#include <clSafUtils.h>
#include <clTimerApi.h>
#include <clTimerErrors.h>
#include <clCkptApi.h>
#include <clCkptErrors.h>
#include <clCkptIpi.h>
#include <saAmf.h>
#include <saCkpt.h>

#define report(severity, ...)                                                            \
    clAppLog(CL_LOG_HANDLE_APP, severity, 10, CL_LOG_AREA_UNSPECIFIED,                   \
             CL_LOG_CONTEXT_UNSPECIFIED, __VA_ARGS__)

struct session {
    ClRbTreeT node;
    struct hashStruct link;
    ClUint32T id;
};

static ClInt32T session_compare(ClRbTreeT *a, ClRbTreeT *b)
{
    struct session *s = CL_RBTREE_ENTRY(a, struct session, node);
    struct session *t = CL_RBTREE_ENTRY(b, struct session, node);

    return s->id < t->id ? -1 : s->id > t->id;
}

static CL_RBTREE_DECLARE(sessions, session_compare);
static struct hashStruct *buckets[16];
static SaAmfHandleT amf;
static SaBoolT unblock = SA_FALSE;

static ClRcT tick(void *unused)
{
    clLogTrace("TMR", NULL, "%s", unused ? "set" : "none");
    return CL_OK;
}

static void add_session(ClUint32T id)
{
    struct session *s = clHeapCalloc(1, sizeof(*s));
    ClRbTreeT *iter;

    if (s == NULL)
        return;
    s->id = id;
    clRbTreeInsert(&sessions, &s->node);
    hashAdd(buckets, id & 15, &s->link);
    CL_RBTREE_FOR_EACH(iter, &sessions)
    {
        report(CL_LOG_SEV_INFO, "session %u",
               CL_RBTREE_ENTRY(iter, struct session, node)->id);
    }
    clRbTreeDelete(&sessions, &s->node);
    hashDel(&s->link);
    clHeapFree(hashEntry(&s->link, struct session, link));
}

static void terminate(SaInvocationT invocation, const SaNameT *compName)
{
    report(CL_LOG_SEV_NOTICE, "%s in %s: %.*s", __FUNCTION__, __FILE__,
           (int)compName->length, compName->value);
    unblock = SA_TRUE;
    saAmfResponse(amf, invocation, SA_AIS_OK);
}

static void assign(SaInvocationT invocation, const SaNameT *compName, SaAmfHAStateT state,
                   SaAmfCSIDescriptorT descriptor)
{
    (void)compName;
    if (descriptor.csiFlags & SA_AMF_CSI_ADD_ONE)
        report(CL_LOG_SEV_INFO, "%u attributes", descriptor.csiAttr.number);
    if (state == SA_AMF_HA_QUIESCING)
        saAmfCSIQuiescingComplete(amf, invocation, SA_AIS_OK);
    saAmfResponse(amf, invocation, SA_AIS_OK);
}

static void withdraw(SaInvocationT invocation, const SaNameT *compName,
                     const SaNameT *csiName, SaAmfCSIFlagsT flags)
{
    (void)compName, (void)csiName, (void)flags;
    saAmfResponse(amf, invocation, SA_AIS_OK);
}

static void use_checkpoint(void)
{
    SaCkptCheckpointCreationAttributesT attributes = {
        CL_CKPT_DISTRIBUTED | CL_CKPT_PEER_TO_PEER_REPLICA, 0, -1, 100, 0, 256};
    SaCkptSectionIdT id = SA_CKPT_DEFAULT_SECTION_ID;
    SaVersionT version = {'B', 01, 01};
    SaCkptHandleT service;
    SaCkptCheckpointHandleT ckpt;
    SaNameT name;

    saNameSet(&name, "table");
    if (saCkptInitialize(&service, NULL, &version) != SA_AIS_OK)
        return;
    if (saCkptCheckpointOpen(service, &name, &attributes,
                             SA_CKPT_CHECKPOINT_READ | SA_CKPT_CHECKPOINT_WRITE |
                                 SA_CKPT_CHECKPOINT_CREATE,
                             SA_TIME_END, &ckpt) == SA_AIS_OK) {
        ClRcT rc = clCkptSectionCheck(ckpt, (ClCkptSectionIdT *)&id);

        if (rc == CL_CKPT_ERR_NOT_EXIST)
            clLogError("TBL", "CKP", "no section, %d", clClovisToSafError(rc));
        clCkptImmediateConsumptionRegister(ckpt, NULL, NULL);
        clCkptCheckpointClose(ckpt);
    }
    clCkptFinalize(service);
}

int main(int argc, char *argv[])
{
    SaAmfCallbacksT callbacks = {NULL, terminate, assign, withdraw, NULL, NULL, NULL};
    SaVersionT version = {'B', 1, 1};
    ClTimerTimeOutT second = {1, 0};
    ClTimerHandleT timer = CL_HANDLE_INVALID_VALUE;
    SaSelectionObjectT object;
    SaNameT name;
    fd_set fds;

    (void)argc, (void)argv;
    if (saAmfInitialize(&amf, &callbacks, &version) != SA_AIS_OK ||
        saAmfSelectionObjectGet(amf, &object) != SA_AIS_OK ||
        saAmfComponentNameGet(amf, &name) != SA_AIS_OK ||
        saAmfComponentRegister(amf, &name, NULL) != SA_AIS_OK)
        return 1;
    add_session(17);
    use_checkpoint();
    clTimerCreateAndStart(second, CL_TIMER_REPETITIVE, CL_TIMER_SEPARATE_CONTEXT, tick,
                          NULL, &timer);
    FD_ZERO(&fds);
    FD_SET(object, &fds);
    while (!unblock && select((int)object + 1, &fds, NULL, NULL, NULL) >= 0)
        saAmfDispatch(amf, SA_DISPATCH_ALL);
    clTimerDelete(&timer);
    clTimerFinalize();
    saAmfComponentErrorReport(amf, &name, 0, SA_AMF_COMPONENT_RESTART,
                              SA_NTF_IDENTIFIER_UNUSED);
    return saAmfFinalize(amf) == SA_AIS_OK ? 0 : 1;
}
