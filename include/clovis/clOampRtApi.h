/* SPDX-License-Identifier: Apache-2.0 */
/* Run-time OAMP: here for sources that include it. */
#ifndef CLOVIS_CL_OAMP_RT_API_H
#define CLOVIS_CL_OAMP_RT_API_H

#include "clCommon.h"

#endif
