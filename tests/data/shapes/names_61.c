/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of a source of release 6.1, which passes SaNameT to every call. Compiled with
 * -DCLOVIS_NAMES_SA it has to compile without a warning.
 */
#include <clCommon.h>
#include <clCkptApi.h>
#include <clCkptIpi.h>
#include <clCpmApi.h>
#include <clLogApi.h>
#include <saAmf.h>
#include <saCkpt.h>

int use_names(ClCpmHandleT cpm, ClCkptSvcHdlT service, ClLogHandleT log);

static ClRcT changed(ClCkptHdlT ckpt, SaNameT *name, ClCkptIOVectorElementT *vec,
                     ClUint32T n, ClPtrT cookie)
{
    (void)ckpt, (void)name, (void)vec, (void)n, (void)cookie;
    return CL_OK;
}

int use_names(ClCpmHandleT cpm, ClCkptSvcHdlT service, ClLogHandleT log)
{
    ClLogStreamHandleT stream;
    ClCpmCompCSIRefT csis = {0, NULL};
    ClCkptHdlT ckpt;
    SaNameT name = {5, "first"}, other;

    saNameSet(&name, "component");
    saNameCopy(&other, &name);
    saNameConcat(&name, &other, "_", NULL);
    clNamePrintf(name, "stream_%s", (const char *)other.value);
    if (clCpmComponentNameGet(cpm, &name) == CL_OK)
        (void)clCpmCompCSIList(&name, &csis);
    clHeapFree(csis.pCSIList);
    if (clCkptCheckpointOpen(service, &name, NULL, CL_CKPT_CHECKPOINT_READ, 0, &ckpt) ==
        CL_OK)
        (void)clCkptImmediateConsumptionRegister(ckpt, changed, NULL);
    return clLogStreamOpen(log, name, CL_LOG_STREAM_LOCAL, NULL, 0, 0, &stream) == CL_OK;
}
