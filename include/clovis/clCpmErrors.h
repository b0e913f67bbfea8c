/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the component manager. */
#ifndef CLOVIS_CL_CPM_ERRORS_H
#define CLOVIS_CL_CPM_ERRORS_H

#include "clCommonErrors.h"

#define CL_CPM_RC(err) CL_RC(CL_CID_CPM, err)

/* clang-format off */
#define CL_CPM_ERR_OPERATION_NOT_ALLOWED    0x100
#define CL_CPM_ERR_EO_UNREACHABLE           0x101
#define CL_CPM_ERR_INVALID_ARGUMENTS        0x102
#define CL_CPM_ERR_OPERATION_FAILED         0x103
#define CL_CPM_ERR_FORWARDING_FAILED        0x104
#define CL_CPM_ERR_OPERATION_IN_PROGRESS    0x105
#define CL_CPM_ERR_INIT                     0x106
#define CL_CPM_ERR_BAD_OPERATION            0x107
#define CL_CPM_ERR_EXIST                    0x108
#define CL_CPM_ERR_OPER_ABANDONED           0x109
/* clang-format on */

#endif
