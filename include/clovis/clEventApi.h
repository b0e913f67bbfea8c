/* SPDX-License-Identifier: Apache-2.0 */
/* The event handle's type, which clCpmExtApi.h names. There is no event service here. */
#ifndef CLOVIS_CL_EVENT_API_H
#define CLOVIS_CL_EVENT_API_H

#include "clCommon.h"

typedef ClHandleT ClEventHandleT;

#endif
