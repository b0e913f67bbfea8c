/* SPDX-License-Identifier: Apache-2.0 */
/* Well-known ports, from which generated headers derive theirs. */
#ifndef CLOVIS_CL_IOC_SERVICES_H
#define CLOVIS_CL_IOC_SERVICES_H

#include "clIocApi.h"
#include "clIocConfig.h"

/* clang-format off */
#define CL_IOC_DEFAULT_COMMPORT                  0x00
#define CL_IOC_CPM_PORT                          0x01
#define CL_IOC_EVENT_PORT                        0x02
#define CL_IOC_MSG_PORT                          0x03
#define CL_IOC_LOG_PORT                          0x04
#define CL_IOC_NAME_PORT                         0x05
#define CL_IOC_DSHM_PORT                         0x06
#define CL_IOC_DIAG_PORT                         0x07
#define CL_IOC_FAULT_PORT                        0x08
#define CL_IOC_GMS_PORT                          0x09
#define CL_IOC_DLOCK_PORT                        0x0a
#define CL_IOC_TXN_PORT                          0x0b
#define CL_IOC_CKPT_PORT                         0x0c
#define CL_IOC_COR_PORT                          0x0d
#define CL_IOC_CM_PORT                           0x0e
#define CL_IOC_HPI_PORT                          0x0f
#define CL_IOC_SNMP_PORT                         0x10
#define CL_IOC_ALARM_PORT                        0x11
#define CL_IOC_DEBUG_PORT                        0x12
#define CL_IOC_UM_PORT                           0x13
#define CL_IOC_DM_PORT                           0x14
#define CL_IOC_ALARM_APP_PORT                    0x15
#define CL_IOC_AMS_PORT                          0x16
#define CL_IOC_TIPC_PORT                         0x17
#define CL_IOC_XPORT_PORT                        0x17
#define CL_IOC_GMS_UCAST_PORT                    0x18
#define CL_IOC_GMS_MCAST_PORT                    0x19
#define CL_IOC_ASP_PORTS_END                     0x3f
#define CL_IOC_USER_APP_WELLKNOWN_PORTS_START    0x40
#define CL_IOC_USER_APP_WELLKNOWN_PORTS_END      0x7f
#define CL_IOC_EPHEMERAL_PORTS_START             0x80
#define CL_IOC_EPHEMERAL_PORTS_END               0x3ff
/* clang-format on */

#endif
