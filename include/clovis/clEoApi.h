/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The execution object: the process as the platform sees it. Functions return CL_OK or
 * CL_EO_RC() of a number in clCommonErrors.h or clEoErrors.h.
 */
#ifndef CLOVIS_CL_EO_API_H
#define CLOVIS_CL_EO_API_H

#include "clCommon.h"
#include "clBufferApi.h"
#include "clCntApi.h"
#include "clCommonErrors.h"
#include "clEoConfigApi.h"
#include "clEoErrors.h"
#include "clHeapApi.h"
#include "clIocApi.h"
#include "clOsalApi.h"
#include "clRmdApi.h"
#include "clVersion.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and constants ------------------------------------------------- */

/* clang-format off */
#define CL_EO_NAME                      clEoNameGet()
#define CL_EO_EVENT_CHANNEL_NAME        "CL_EO_EVENT_CHANNEL_NAME"
#define CL_EO_EVENT_SUBSCRIBE_FLAG      0x3

#define CL_EO_CLIENT_BIT_SHIFT          6
#define CL_EO_MAX_NO_FUNC               (1 << CL_EO_CLIENT_BIT_SHIFT)
#define CL_EO_FN_MASK                   (CL_EO_MAX_NO_FUNC - 1)
#define CL_EO_CLIENT_ID_MASK            0x3ffffff
#define CL_EO_SERVER_COOKIE_BIT_SIZE    8

#define CL_MAX_BASIC_LIBS               10
#define CL_MAX_CLIENT_LIBS              20

#define _TASK_SND_MASK                  0x1
#define _TASK_RCV_MASK                  0x2
/* clang-format on */

/* The platform's tables of remote functions; a program's own begin after them. */
typedef enum {
    CL_EO_NATIVE_COMPONENT_TABLE_ID = 0,
    CL_EO_DEFAULT_SERVICE_TABLE_ID = 1,
    CL_EO_EO_MGR_CLIENT_TABLE_ID = 2,
    CL_EO_COR_CLIENT_TABLE_ID = 3,
    CL_EO_EVT_CLIENT_TABLE_ID = 4,
    CL_CPM_MGR_CLIENT_TABLE_ID = 5,
    CL_ALARM_CLIENT_TABLE_ID = 6,
    CL_DEBUG_CLIENT_TABLE_ID = 7,
    CL_TXN_CLIENT_TABLE_ID = 8,
    CL_GMS_CLIENT_TABLE_ID = 9,
    CL_AMS_MGMT_SERVER_TABLE_ID = 10,
    CL_AMS_MGMT_CLIENT_TABLE_ID = 11,
    CL_LOG_CLIENT_TABLE_ID = 12,
    CL_EO_CKPT_CLIENT_TABLE_ID = 13,
    CL_EO_RMD_CLIENT_TABLE_ID = 14,
    CL_AMS_ENTITY_TRIGGER_TABLE_ID = 15,
    CL_CPM_MGMT_CLIENT_TABLE_ID = 16,
    CL_MSG_CLIENT_TABLE_ID = 17,
    CL_MSG_CLIENT_SERVER_TABLE_ID = 18,
    CL_AMS_MGMT_SERVER_TABLE2_ID = 19,
    CL_EO_CLOVIS_RESERVED_CLIENTID_END = 20
} ClEoClientIdT;

#define CL_EO_USER_CLIENT_ID_START CL_EO_CLOVIS_RESERVED_CLIENTID_END

typedef enum {
    CL_EO_NATIVE_COMPONENT_COOKIE_BASE = 0,
    CL_EO_EO_MGR_SERVER_COOKIE_ID = 0x200,
    CL_EO_COR_SERVER_COOKIE_ID = 0x300,
    CL_EO_EVT_EVENT_DELIVERY_COOKIE_ID = 0x400,
    CL_EO_DEBUG_OBJECT_COOKIE_ID = 0x700,
    CL_EO_RMD_CLIENT_COOKIE_ID = 0xe00
} ClEoServerIdT;

typedef enum { CL_EO_ADD_TO_FRONT = 0, CL_EO_ADD_TO_BACK = 1 } ClEOServiceInstallOrderT;

typedef ClUint32T ClEoArgT;
typedef ClOsalTaskDataT ClEoDataT;
typedef ClPtrT ClRadixTreeHandleT;

typedef struct ClEoExecutionObj ClEoExecutionObjT;

typedef ClRcT (*ClEoPayloadWithReplyCallbackT)(ClEoDataT data,
                                               ClBufferHandleT inMsgHandle,
                                               ClBufferHandleT outMsgHandle);
typedef ClRcT (*ClEoCallFuncCallbackT)(ClEoPayloadWithReplyCallbackT func,
                                       ClEoDataT eoArg, ClBufferHandleT inMsgHandle,
                                       ClBufferHandleT outMsgHandle);
typedef ClRcT (*ClEoProtoCallbackT)(ClEoExecutionObjT *pThis, ClBufferHandleT eoRecvMsg,
                                    ClUint8T priority, ClUint8T protoType,
                                    ClUint32T length, ClIocPhysicalAddressT srcAddr);

typedef struct ClEoProtoDef {
    ClUint8T protoID;
    ClCharT name[CL_MAX_NAME_LENGTH];
    ClEoProtoCallbackT func;
    ClEoProtoCallbackT nonblockingHandler;
    ClUint32T flags;
} ClEoProtoDefT;

#if defined(__GNUC__) && !defined(__cplusplus)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#endif
typedef struct ClEoServiceObj {
    void (*func)();
    struct ClEoServiceObj *pNextServObj;
} ClEoServiceObjT;
#if defined(__GNUC__) && !defined(__cplusplus)
#pragma GCC diagnostic pop
#endif

typedef struct ClEoClientObj {
    ClEoServiceObjT funcs[CL_EO_MAX_NO_FUNC];
    ClEoDataT data;
} ClEoClientObjT;

typedef struct ClEoClientTable {
    ClUint32T maxClients;
    ClRadixTreeHandleT funTable;
} ClEoClientTableT;

typedef struct ClEoServerTable {
    ClUint32T maxClients;
    ClRadixTreeHandleT funTable;
    ClEoDataT data;
} ClEoServerTableT;

typedef struct ClEoPayloadWithReplyCallbackServer {
    ClRcT (*fun)(ClEoDataT data, ClBufferHandleT inMsgHandle,
                 ClBufferHandleT outMsgHandle);
    ClUint32T funId;
    ClUint32T version;
} ClEoPayloadWithReplyCallbackServerT;

typedef struct ClEoPayloadWithReplyCallbackClient {
    ClUint32T funId;
    ClUint32T version;
} ClEoPayloadWithReplyCallbackClientT;

typedef struct ClEoPayloadWithReplyCallbackTableServer {
    ClUint32T clientID;
    ClEoPayloadWithReplyCallbackServerT *funTable;
    ClUint32T funTableSize;
} ClEoPayloadWithReplyCallbackTableServerT;

typedef struct ClEoPayloadWithReplyCallbackTableClient {
    ClUint32T clientID;
    ClEoPayloadWithReplyCallbackClientT *funTable;
    ClUint32T funTableSize;
} ClEoPayloadWithReplyCallbackTableClientT;

/* Programs pass its address on; the library fills in name, port and configuration. */
struct ClEoExecutionObj {
    ClCharT name[CL_EO_MAX_NAME_LEN];
    ClEoIdT eoID;
    ClOsalThreadPriorityT pri;
    ClEoStateT state;
    ClUint32T threadRunning;
    ClEoClientObjT *pClient;
    ClEoClientTableT *pClientTable;
    ClEoServerTableT *pServerTable;
    ClUint32T noOfThreads;
    ClCntHandleT pEOPrivDataHdl;
    ClIocCommPortHandleT commObj;
    ClRmdObjHandleT rmdObj;
    ClUint32T eoInitDone;
    ClUint32T eoSetDoneCnt;
    ClCntHandleT eoTaskIdInfo;
    ClUint32T refCnt;
    ClOsalMutexT eoMutex;
    ClOsalCondT eoCond;
    ClIocPortT eoPort;
    ClUint32T appType;
    ClUint32T maxNoClients;
    ClEoAppCreateCallbackT clEoCreateCallout;
    ClEoAppDeleteCallbackT clEoDeleteCallout;
    ClEoAppStateChgCallbackT clEoStateChgCallout;
    ClEoAppHealthCheckCallbackT clEoHealthCheckCallout;
};

typedef enum { CL_EO_CRASH_DEADLOCK = 0, CL_EO_CRASH_HUNG_SYSCALL = 1 } ClEoCrashReasonT;

typedef struct ClEoCrashNotification {
    ClEoCrashReasonT reason;
    pid_t pid;
    ClOsalTaskIdT tid;
    ClTimeT interval;
    const ClCharT *compName;
} ClEoCrashNotificationT;

typedef ClEoCrashNotificationT ClEoCrashDeadlockT;

typedef struct ClEoCrashHungSyscall {
    ClEoCrashNotificationT crash;
    ClUint32T mask;
} ClEoCrashHungSyscallT;

typedef void (*ClEoCrashNotificationCallbackT)(const ClEoCrashNotificationT *crash);

/* ---- the process's environment ------------------------------------------- */

/* Copies of the environment variables, filled when the library starts. */
extern ClCharT ASP_NODENAME[CL_MAX_NAME_LENGTH];
extern ClCharT ASP_COMPNAME[CL_MAX_NAME_LENGTH];
extern ClCharT ASP_RUNDIR[CL_MAX_NAME_LENGTH];
extern ClCharT ASP_LOGDIR[CL_MAX_NAME_LENGTH];
extern ClCharT ASP_BINDIR[CL_MAX_NAME_LENGTH];
extern ClCharT ASP_CONFIG[CL_MAX_NAME_LENGTH];
extern ClCharT ASP_DBDIR[CL_MAX_NAME_LENGTH];
extern ClCharT ASP_APP_BINDIR[CL_MAX_NAME_LENGTH];
extern ClCharT CL_APP_BINDIR[CL_MAX_NAME_LENGTH]; /* as ASP_APP_BINDIR */
extern ClUint32T ASP_NODEADDR;
extern ClBoolT SYSTEM_CONTROLLER;
extern ClBoolT ASP_SC_PROMOTE;
extern ClIocPortT gEOIocPort;
extern ClCharT *clEoProgName;

/* ---- functions ----------------------------------------------------------- */

/**
 * Run a program that has no main() of its own: read the environment, start the library,
 * call clEoConfig.clEoCreateCallout on this thread, wait as clEoConfig.appType says,
 * call clEoConfig.clEoDeleteCallout, stop the library. The main() in libclovis-main.a
 * does nothing else.
 */
ClRcT clEoInitialize(ClInt32T argc, ClCharT *argv[]);

/** Replace the defaults; arguments are copied, NULL ones keep what there is. */
void clAppConfigure(ClEoConfigT *clEoConfiguration, ClUint8T *basicLibs,
                    ClUint8T *clientLibs);

/** Start and stop the library for a main() written by hand. Counted. */
ClRcT clASPInitialize(void);
ClRcT clASPFinalize(void);

/** The process's port, 0 before the start. */
ClRcT clEoMyEoIocPortGet(ClIocPortT *pIocPort);
ClRcT clEoMyEoIocPortSet(ClIocPortT iocPort);

/** The process's object: borrowed for the life of the process. An error before start. */
ClRcT clEoMyEoObjectGet(ClEoExecutionObjT **pEOObj);
ClRcT clEoMyEoObjectSet(ClEoExecutionObjT *pEOObj);

/** Borrowed: the component's name, as a rule. */
ClCharT *clEoNameGet(void);

/** Copy the program's name, with its NUL, into maxSize bytes. */
ClRcT clEoProgNameGet(ClCharT *pName, ClUint32T maxSize);

/** Accepted and without effect: there are no remote calls. */
ClRcT clEoClientInstall(ClEoExecutionObjT *pThis, ClUint32T clientId,
                        ClEoPayloadWithReplyCallbackT *pFuncs, ClEoDataT data,
                        ClUint32T nFuncs);
ClRcT clEoClientInstallTables(ClEoExecutionObjT *pThis,
                              ClEoPayloadWithReplyCallbackTableServerT *table);
ClRcT clEoClientUninstall(ClEoExecutionObjT *pThis, ClUint32T clientId);

/** A pointer of the program's, kept per client or type. */
ClRcT clEoClientDataSet(ClEoExecutionObjT *pThis, ClUint32T clientId, ClEoDataT data);
ClRcT clEoClientDataGet(ClEoExecutionObjT *pThis, ClUint32T clientId, ClEoDataT *pData);
ClRcT clEoPrivateDataSet(ClEoExecutionObjT *pThis, ClUint32T type, void *pData);
ClRcT clEoPrivateDataGet(ClEoExecutionObjT *pThis, ClUint32T type, void **pData);

#ifdef __cplusplus
}
#endif

#endif
