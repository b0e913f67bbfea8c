/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program without a main() of its own defines: clEoConfig and the two library
 * lists. The layout is that of releases up to 6.0, with the name first.
 */
#ifndef CLOVIS_CL_EO_CONFIG_API_H
#define CLOVIS_CL_EO_CONFIG_API_H

#include "clCommon.h"
#include "clIocApi.h"
#include "clOsalApi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define CL_EO_MAX_NAME_LEN      32
#define CL_EO_DEFAULT_NAME      "3RD_PARTY_COMP" /* replaced by the component's name */
#define CL_EO_DEFAULT_THREADS   1
#define CL_EO_STATE_BITS        9
/* clang-format on */

typedef ClUint64T ClEoIdT;

/* Who runs the create callout to its end: the process ends with it (APP), or lives on
 * until the component is finalized (RECV). */
typedef enum {
    CL_EO_USE_THREAD_FOR_APP = CL_FALSE,
    CL_EO_USE_THREAD_FOR_RECV = CL_TRUE
} ClEoApplicationTypeT;

typedef enum {
    CL_EO_STATE_INVALID = 0,
    CL_EO_STATE_INIT = 0x001,
    CL_EO_STATE_ACTIVE = 0x002,
    CL_EO_STATE_STDBY = 0x004,
    CL_EO_STATE_SUSPEND = 0x008,
    CL_EO_STATE_STOP = 0x010,
    CL_EO_STATE_KILL = 0x020,
    CL_EO_STATE_RESUME = 0x040,
    CL_EO_STATE_FAILED = 0x080,
    CL_EO_STATE_THREAD_SAFE = 0x100
} ClEoStateT;

typedef enum {
    CL_EO_DONT_POLL = 0,
    CL_EO_BUSY_POLL = 1,
    CL_EO_DEFAULT_POLL = 2
} ClEoPollingTypeT;

typedef struct ClEoSchedFeedBack {
    ClEoPollingTypeT freq;
    ClRcT status;
} ClEoSchedFeedBackT;

typedef enum {
    CL_EO_LIB_ID_OSAL = 0,
    CL_EO_LIB_ID_MEM = 1,
    CL_EO_LIB_ID_HEAP = 2,
    CL_EO_LIB_ID_BUFFER = 3,
    CL_EO_LIB_ID_TIMER = 4,
    CL_EO_LIB_ID_IOC = 5,
    CL_EO_LIB_ID_RMD = 6,
    CL_EO_LIB_ID_EO = 7,
    CL_EO_LIB_ID_POOL = 8,
    CL_EO_LIB_ID_RES = CL_EO_LIB_ID_POOL,
    CL_EO_LIB_ID_CPM = 9,
    CL_EO_LIB_ID_MAX = 10
} ClEoLibIdT;

typedef ClRcT (*ClEoAppCreateCallbackT)(ClUint32T argc, ClCharT *argv[]);
typedef ClRcT (*ClEoAppStateChgCallbackT)(ClEoStateT state);
typedef ClRcT (*ClEoAppHealthCheckCallbackT)(ClEoSchedFeedBackT *schFeedback);
typedef ClRcT (*ClEoCustomActionT)(ClCompIdT compId, ClWaterMarkIdT wmId,
                                   ClWaterMarkT *pWaterMark, ClEoWaterMarkFlagT flag,
                                   ClEoActionArgListT argList);

/* Without a prototype: programs differ in what they declare. */
#if defined(__GNUC__) && !defined(__cplusplus)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#endif
typedef ClRcT (*ClEoAppDeleteCallbackT)();
#if defined(__GNUC__) && !defined(__cplusplus)
#pragma GCC diagnostic pop
#endif

typedef struct ClEoConfig {
    ClCharT EOname[CL_EO_MAX_NAME_LEN];
    ClOsalThreadPriorityT pri;
    ClUint32T noOfThreads;
    ClIocPortT reqIocPort; /* 0: chosen */
    ClUint32T maxNoClients;
    ClEoApplicationTypeT appType;
    ClEoAppCreateCallbackT clEoCreateCallout; /* the program's entry */
    ClEoAppDeleteCallbackT clEoDeleteCallout; /* before the process ends */
    ClEoAppStateChgCallbackT clEoStateChgCallout;
    ClEoAppHealthCheckCallbackT clEoHealthCheckCallout;
    ClEoCustomActionT clEoCustomAction;
    ClBoolT needSerialization;
} ClEoConfigT;

/* The library has defaults; a program's definitions replace them. */
extern ClEoConfigT clEoConfig;
extern ClUint8T clEoBasicLibs[];
extern ClUint8T clEoClientLibs[];

#ifdef __cplusplus
}
#endif

#endif
