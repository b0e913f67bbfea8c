/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program without main(), run by it_cpm_gen1 as a real process. GEN1_MODEL is the
 * thread model, GEN1_CALLOUT what the create callout does after it has registered:
 * "loop" until told to terminate, "return", "fail", or "finalize" and return.
 */
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clEoApi.h>
#include <clOsalApi.h>

static ClRcT create(ClUint32T argc, ClCharT *argv[]);
static ClRcT delete (void);

ClEoConfigT clEoConfig = {CL_EO_DEFAULT_NAME,
                          CL_OSAL_THREAD_PRI_MEDIUM,
                          2,
                          0,
                          20,
                          CL_EO_USE_THREAD_FOR_APP,
                          create,
                          delete,
                          NULL,
                          NULL,
                          NULL,
                          0};
ClUint8T clEoBasicLibs[] = {CL_TRUE, CL_TRUE, CL_TRUE, CL_TRUE, CL_TRUE, CL_TRUE};
ClUint8T clEoClientLibs[] = {CL_FALSE};

static ClCpmHandleT cpm;
static volatile int exiting, ha_state; /* polled without a lock, as old programs do */

static void say(const char *text)
{
    clOsalPrintf("%s\n", text);
    fflush(stdout);
}

static void __attribute__((constructor)) model_choose(void)
{
    const char *model = getenv("GEN1_MODEL");

    if (model && strcmp(model, "recv") == 0)
        clEoConfig.appType = CL_EO_USE_THREAD_FOR_RECV;
}

static ClRcT csi_set(ClInvocationT inv, const ClNameT *comp, ClAmsHAStateT ha,
                     ClAmsCSIDescriptorT d)
{
    (void)comp;
    (void)d;
    ha_state = (int)ha;
    say("csiset");
    return clCpmResponse(cpm, inv, CL_OK);
}

static ClRcT terminate(ClInvocationT inv, const ClNameT *comp)
{
    say("terminate");
    exiting = 1;
    clCpmComponentUnregister(cpm, comp, NULL);
    clCpmClientFinalize(cpm);
    clCpmResponse(cpm, inv, CL_OK);
    say("answered");
    return CL_OK;
}

static ClRcT delete (void)
{
    say("delete");
    return CL_OK;
}

static ClRcT registration(void)
{
    ClVersionT v = {'B', 1, 1};
    ClCpmCallbacksT cb;
    ClNameT comp;
    ClRcT rc;

    memset(&cb, 0xee, sizeof(cb)); /* as on a used stack */
    cb.appHealthCheck = NULL;
    cb.appTerminate = terminate;
    cb.appCSISet = csi_set;
    cb.appCSIRmv = NULL;
    rc = clCpmClientInitialize(&cpm, &cb, &v);
    if (!rc)
        rc = clCpmComponentNameGet(cpm, &comp);
    return rc ? rc : clCpmComponentRegister(cpm, &comp, NULL);
}

static ClRcT create(ClUint32T argc, ClCharT *argv[])
{
    const char *then = getenv("GEN1_CALLOUT");
    ClTimerTimeOutT pause = {0, 1};
    ClIocPortT port = 0;
    ClRcT rc = registration();

    clEoMyEoIocPortGet(&port);
    clOsalPrintf("create argc %u argv1 %s name %s node %s port %s rc %#x\n", argc,
                 argc > 1 ? argv[1] : "-", CL_EO_NAME, ASP_NODENAME,
                 port >= 128 && port < 1024 ? "ok" : "bad", rc);
    fflush(stdout);
    if (rc || strcmp(then, "fail") == 0)
        return CL_CPM_RC(CL_ERR_UNSPECIFIED);
    while (strcmp(then, "loop") == 0 && !exiting)
        clOsalTaskDelay(pause);
    if (strcmp(then, "finalize") == 0)
        clCpmClientFinalize(cpm);
    say("created");
    return CL_OK;
}
