/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program says about itself in clEoConfig. A program that was built with release
 * 6.1 and only linked anew, or started with this library in place of its own, brings the
 * layout of 6.1, which lacks the name: the size of its symbol tells.
 */
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>

#include <clEoApi.h>

#include "shim/eo_process.h"

/* Defaults for programs that bring none; their own definitions go before these. */
CL_WEAK ClEoConfigT clEoConfig = {
    .EOname = CL_EO_DEFAULT_NAME,
    .pri = CL_OSAL_THREAD_PRI_MEDIUM,
    .noOfThreads = 2,
    .appType = CL_EO_USE_THREAD_FOR_APP,
};
CL_WEAK ClUint8T clEoBasicLibs[9] = {CL_TRUE, CL_TRUE, CL_TRUE,
                                     CL_TRUE, CL_TRUE, CL_TRUE};
CL_WEAK ClUint8T clEoClientLibs[13] = {0};

struct config_61 {
    ClOsalThreadPriorityT pri;
    ClUint32T noOfThreads;
    ClIocPortT reqIocPort;
    ClUint32T maxNoClients;
    ClEoApplicationTypeT appType;
    ClEoAppCreateCallbackT clEoCreateCallout;
    ClEoAppDeleteCallbackT clEoDeleteCallout;
    ClEoAppStateChgCallbackT clEoStateChgCallout;
    ClEoAppHealthCheckCallbackT clEoHealthCheckCallout;
    ClEoCustomActionT clEoCustomAction;
    ClBoolT needSerialization;
};

static ClEoConfigT translated;
static ClEoConfigT *config;

static size_t symbol_size(void)
{
    const ElfW(Sym) *symbol = NULL;
    Dl_info info;

    if (!dladdr1(&clEoConfig, &info, (void **)&symbol, RTLD_DL_SYMENT) || !symbol)
        return sizeof(clEoConfig);
    return symbol->st_size;
}

static void config_choose(void)
{
    const struct config_61 *const old =
        (const struct config_61 *)(const void *)&clEoConfig;

    config = &clEoConfig;
    if (symbol_size() != sizeof(*old))
        return;
    translated = (ClEoConfigT){
        .EOname = CL_EO_DEFAULT_NAME,
        .pri = old->pri,
        .noOfThreads = old->noOfThreads,
        .reqIocPort = old->reqIocPort,
        .maxNoClients = old->maxNoClients,
        .appType = old->appType,
        .clEoCreateCallout = old->clEoCreateCallout,
        .clEoDeleteCallout = old->clEoDeleteCallout,
        .clEoStateChgCallout = old->clEoStateChgCallout,
        .clEoHealthCheckCallout = old->clEoHealthCheckCallout,
        .clEoCustomAction = old->clEoCustomAction,
        .needSerialization = old->needSerialization,
    };
    config = &translated;
}

ClEoConfigT *eo_config(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, config_choose);
    return config;
}
