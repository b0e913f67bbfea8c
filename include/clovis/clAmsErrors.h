/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the availability management service. */
#ifndef CLOVIS_CL_AMS_ERRORS_H
#define CLOVIS_CL_AMS_ERRORS_H

#include "clCommonErrors.h"

#define CL_AMS_RC(err) CL_RC(CL_CID_AMS, err)

/* clang-format off */
#define CL_AMS_ERR_INVALID_COMP         0x100
#define CL_AMS_ERR_INVALID_ENTITY       0x101
#define CL_AMS_ERR_INVALID_ENTITY_STATE 0x102
#define CL_AMS_ERR_INVALID_ENTITY_LIST  0x103
#define CL_AMS_ERR_ENTITY_NOT_ENABLED   0x104
#define CL_AMS_ERR_BAD_CONFIG           0x105
#define CL_AMS_ERR_INVALID_ARGS         0x106
#define CL_AMS_ERR_INVALID_OPERATION    0x107
#define CL_AMS_ERR_OPERATION_FAILED     0x108
#define CL_AMS_ERR_SI_NOT_ASSIGNABLE    0x109
#define CL_AMS_ERR_CSI_NOT_ASSIGNABLE   0x10a
#define CL_AMS_ERR_UNMARSHALING_FAILED  0x10b
/* clang-format on */

#endif
