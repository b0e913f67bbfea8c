/* SPDX-License-Identifier: Apache-2.0 */
/* The hardware layer: here for sources that include it. */
#ifndef CLOVIS_CL_HAL_API_H
#define CLOVIS_CL_HAL_API_H

#include "clCommon.h"

#endif
