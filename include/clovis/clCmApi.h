/* SPDX-License-Identifier: Apache-2.0 */
/* The chassis manager: here for sources that include it. */
#ifndef CLOVIS_CL_CM_API_H
#define CLOVIS_CL_CM_API_H

#include "clCommon.h"

#endif
