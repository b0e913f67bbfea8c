/* SPDX-License-Identifier: Apache-2.0 */
/* The event service: here for sources that include it. */
#ifndef CLOVIS_CL_EVENT_EXT_API_H
#define CLOVIS_CL_EVENT_EXT_API_H

#include "clCommon.h"
#include "clEventApi.h"

#endif
