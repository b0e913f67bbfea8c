/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the execution object. */
#ifndef CLOVIS_CL_EO_ERRORS_H
#define CLOVIS_CL_EO_ERRORS_H

#include "clCommonErrors.h"

#define CL_EO_RC(err) CL_RC(CL_CID_EO, err)

/* clang-format off */
#define CL_EO_ERR_EO_SUSPENDED          0x101
#define CL_EO_ERR_FUNC_NOT_REGISTERED   0x102
#define CL_EO_ERR_INVALID_CLIENTID      0x103
#define CL_EO_ERR_INVALID_SERVICEID     0x104
#define CL_EO_ERR_LIB_ID_INVALID        0x105
#define CL_EO_ERR_WATER_MARK_ID_INVALID 0x106
#define CL_EO_ERR_IMPROPER_STATE        0x107
#define CL_EO_ERR_QUEUE_OVERFLOW        0x108
#define CL_EO_ERR_ENQUEUE_MSG           0x109
/* clang-format on */

#endif
