/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the communication layer; this library returns none of them. */
#ifndef CLOVIS_CL_IOC_ERRORS_H
#define CLOVIS_CL_IOC_ERRORS_H

#include "clCommonErrors.h"

#define CL_IOC_RC(err) CL_RC(CL_CID_IOC, err)

/* clang-format off */
#define CL_IOC_ERR_INIT_FAILED                  0x100
#define CL_IOC_ERR_COMMPORT_REG_FAIL            0x101
#define CL_IOC_ERR_TRY_AGAIN                    0x102
#define CL_IOC_ERR_COMMPORT_INVALID_MODE        0x103
#define CL_IOC_ERR_TL_LIMIT_EXCEEDED            0x104
#define CL_IOC_ERR_TL_DUPLICATE_ENTRY           0x105
#define CL_IOC_ERR_TL_ACTIVE_INST_NOT_PRESENT   0x106
#define CL_IOC_ERR_INVALID_SESSION              0x107
#define CL_IOC_ERR_COMP_UNREACHABLE             0x108
#define CL_IOC_ERR_XPORT_NOT_REGISTERED         0x109
#define CL_IOC_ERR_XPORT_ALREADY_REGISTERED     0x10a
#define CL_IOC_ERR_XPORT_LINK_NOT_REGISTERED    0x10b
#define CL_IOC_ERR_XPORT_LINK_NOT_DELETED       0x10c
#define CL_IOC_ERR_HOST_UNREACHABLE             0x10d
#define CL_IOC_ERR_COMMPORT_BLOCKED             0x10e
#define CL_IOC_ERR_ROUTE_NOT_EXIST              0x10f
#define CL_IOC_ERR_PROTO_IN_USE_WITH_IOC        0x110
#define CL_IOC_ERR_FLOW_XOFF_STATE              0x111
#define CL_IOC_ERR_RECV_UNBLOCKED               0x112
#define CL_IOC_ERR_INVALID_MSG_OPTION           0x113
#define CL_IOC_ERR_XPORT_LINK_LIMIT_EXCEEDED    0x114
#define CL_IOC_ERR_NODE_EXISTS                  0x115
#define CL_IOC_ERR_MAX                          0x116
/* clang-format on */

#endif
