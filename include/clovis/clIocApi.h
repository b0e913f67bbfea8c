/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of nodes and components. Of the communication layer itself only the local
 * node's address is left; the other types are here because programs and other headers
 * name them.
 */
#ifndef CLOVIS_CL_IOC_API_H
#define CLOVIS_CL_IOC_API_H

#include "clCommon.h"
#include "clCommonErrors.h"
#include "clBufferApi.h"
#include "clIocConfig.h"
#include "clIocErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */
#define CL_IOC_HEADER_VERSION               1
#define CL_IOC_NOTIFICATION_VERSION         1
#define CL_IOC_TIMEOUT_FOREVER              0xffffffffU
#define CL_IOC_RECEIVE_TIMEOUT              1500
#define CL_IOC_GEO_ADDR_MAX_LENGTH          128

#define CL_IOC_NODE_DOWN                    0
#define CL_IOC_NODE_UP                      1
#define CL_IOC_LINK_UP                      2
#define CL_IOC_LINK_DOWN                    3

#define CL_IOC_RESERVED_ADDRESS             0
#define CL_IOC_BROADCAST_ADDRESS            0xffffffffU
#define CL_IOC_NODE_MASK                    0x00ffffffU

#define CL_IOC_ADDRESS_TYPE_BITS            8
#define CL_IOC_ADDRESS_TYPE_MASK            0xff
#define CL_IOC_ADDRESS_TYPE_SHIFT_WORD      24
#define CL_IOC_ADDRESS_TYPE_SHIFT_DWORD     56
#define CL_IOC_PHYSICAL_ADDRESS_TYPE        0
#define CL_IOC_LOGICAL_ADDRESS_TYPE         1
#define CL_IOC_MULTICAST_ADDRESS_TYPE       2
#define CL_IOC_MASTER_ADDRESS_TYPE          3
#define CL_IOC_INTRANODE_ADDRESS_TYPE       4
#define CL_IOC_USER_ADDRESS_TYPE            10
#define CL_IOC_BROADCAST_ADDRESS_TYPE       0xff

#define CL_IOC_UNRELIABLE_MESSAGING         0
#define CL_IOC_RELIABLE_MESSAGING           1

#define CL_IOC_TL_GLOBAL_SCOPE              0
#define CL_IOC_TL_LOCAL_SCOPE               1
#define CL_IOC_TL_NO_REPLICATION            0
#define CL_IOC_TL_ACTIVE                    0
#define CL_IOC_TL_STDBY                     1
/* clang-format on */

typedef ClUint32T ClIocNodeAddressT; /* 1 to 1023 */
typedef ClUint32T ClIocPortT;
typedef ClUint32T ClIocCommPortFlagsT;
typedef ClWordT ClIocCommPortHandleT;
typedef ClHandleT ClIocToBindHandleT;
typedef ClUint64T ClIocLogicalAddressT;
typedef ClUint64T ClIocMulticastAddressT;

typedef struct ClIocPhysicalAddress {
    ClIocNodeAddressT nodeAddress;
    ClIocPortT portId;
} ClIocPhysicalAddressT;

typedef union ClIocAddress {
    ClIocPhysicalAddressT iocPhyAddress;
    ClIocLogicalAddressT iocLogicalAddress;
    ClIocMulticastAddressT iocMulticastAddress;
} ClIocAddressT;

typedef enum {
    CL_IOC_DEFAULT_PRIORITY = 0,
    CL_IOC_HIGH_PRIORITY = 1,
    CL_IOC_LOW_PRIORITY = 2,
    CL_IOC_ORDERED_PRIORITY = 3,
    CL_IOC_NOTIFICATION_PRIORITY = 4,
    CL_IOC_RESERVED_PRIORITY = 5,
    CL_IOC_RESERVED_PRIORITY_USER = 6,
    CL_IOC_RESERVED_PRIORITY_USER_END = 16,
    CL_IOC_MAX_PRIORITIES = 17
} ClIocPriorityT;

typedef enum {
    CL_IOC_PERSISTENT_MSG = 0,
    CL_IOC_NON_PERSISTENT_MSG = 1
} ClIocMessageOptionT;

typedef enum {
    CL_IOC_NOTIFICATION_DISABLE = 0,
    CL_IOC_NOTIFICATION_ENABLE = 1
} ClIocNotificationActionT;

typedef enum { CL_IOC_SENDQ = 0, CL_IOC_RECVQ = 1, CL_IOC_QUEUE_MAX = 2 } ClIocQueueIdT;

typedef enum {
    CL_IOC_TL_CONTEXT_GLOBAL = CL_IOC_TL_GLOBAL_SCOPE,
    CL_IOC_TL_CONTEXT_LOCAL = CL_IOC_TL_LOCAL_SCOPE
} ClIocTLContextT;

typedef struct ClIocQueueInfo {
    ClUint32T queueSize;
    ClWaterMarkT queueWM;
} ClIocQueueInfoT;

typedef struct ClIocQueueStats {
    ClIocQueueInfoT queueInfo;
    ClUint32T queueUtilisation;
} ClIocQueueStatsT;

typedef struct ClIocLibConfig {
    ClUint8T version;
    ClIocNodeAddressT nodeAddress;
    ClCharT iocGeoGraphicalAddress[CL_IOC_GEO_ADDR_MAX_LENGTH + 1];
    ClUint32T iocMaxNumOfPriorities;
    ClUint32T iocReassemblyTimeOut;
    ClUint32T iocMaxNumOfXports;
    ClUint32T iocHeartbeatTimeInterval;
    ClUint32T iocTLMaxEntries;
    ClIocQueueInfoT iocSendQInfo;
    ClIocQueueInfoT iocRecvQInfo;
    ClIocPortT iocNodeRepresentative;
    ClBoolT isNodeRepresentative;
} ClIocLibConfigT;

typedef struct ClIocMcastUserInfo {
    ClIocMulticastAddressT mcastAddr;
    ClIocPhysicalAddressT physicalAddr;
} ClIocMcastUserInfoT;

typedef struct ClIocRecvOption {
    ClUint32T recvTimeout;
} ClIocRecvOptionT;

typedef struct ClIocRecvParam {
    ClUint8T priority;
    ClUint8T protoType;
    ClUint32T length;
    ClIocAddressT srcAddr;
} ClIocRecvParamT;

typedef struct ClIocSendOption {
    ClUint8T priority;
    ClUint8T sendType;
    ClWordT linkHandle;
    ClIocMessageOptionT msgOption;
    ClUint32T timeout;
} ClIocSendOptionT;

typedef struct ClIocTlInfo {
    ClIocLogicalAddressT logicalAddr;
    ClUint32T compId;
    ClIocTLContextT contextType;
    ClUint32T unused;
    ClUint32T haState;
    ClIocPhysicalAddressT physicalAddr;
} ClIocTLInfoT;

typedef struct ClIocTLMapping {
    ClUint32T haState;
    ClIocPhysicalAddressT physicalAddr;
} ClIocTLMappingT;

/* The address of the local node, ASP_NODEADDR; 1 when that is not set. */
ClIocNodeAddressT clIocLocalAddressGet(void);

#ifdef __cplusplus
}
#endif

#endif
