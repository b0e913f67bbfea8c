/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the timer library. */
#ifndef CLOVIS_CL_TIMER_ERRORS_H
#define CLOVIS_CL_TIMER_ERRORS_H

#include "clCommonErrors.h"

#define CL_TIMER_RC(err) CL_RC(CL_CID_TIMER, err)

/* clang-format off */
#define CL_TIMER_ERR_INVALID_TIMER              0x100
#define CL_TIMER_ERR_INVALID_TIMER_TYPE         0x102
#define CL_TIMER_ERR_INVALID_TIMER_CONTEXT_TYPE 0x103
#define CL_TIMER_ERR_NULL_TIMER_CALLBACK        0x104
/* clang-format on */

#endif
