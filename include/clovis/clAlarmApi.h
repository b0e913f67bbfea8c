/* SPDX-License-Identifier: Apache-2.0 */
/* The alarm service: here for sources that include it. */
#ifndef CLOVIS_CL_ALARM_API_H
#define CLOVIS_CL_ALARM_API_H

#include "clCommon.h"

#endif
