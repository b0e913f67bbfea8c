/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles are opaque numbers, never 0. The masks describe how the old platform composed
 * them; handles of this library are not composed that way.
 */
#ifndef CLOVIS_CL_HANDLE_API_H
#define CLOVIS_CL_HANDLE_API_H

#include "clCommon.h"
#include "clCommonErrors.h"

#define CL_HANDLE_RC(err) CL_RC(CL_CID_HANDLE, err)

/* clang-format off */
#define CL_HANDLE_INVALID_VALUE 0x0

#define CL_HDL_IDX_MASK         0x00000000FFFFFFFFULL
#define CL_HDL_DB_MASK          0x000000FF00000000ULL
#define CL_HDL_PORT_MASK        0x000FFF0000000000ULL
#define CL_HDL_NODE_MASK        0xFFF0000000000000ULL
#define CL_HDL_DB_ADDR_MASK     CL_HDL_DB_MASK
#define CL_HDL_PORT_ADDR_MASK   CL_HDL_PORT_MASK
#define CL_HDL_NODE_ADDR_MASK   CL_HDL_NODE_MASK
/* clang-format on */

typedef ClPtrT ClHandleDatabaseHandleT;

#endif
