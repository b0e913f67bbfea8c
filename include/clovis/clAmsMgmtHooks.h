/* SPDX-License-Identifier: Apache-2.0 */
/* Here for sources that include it. */
#ifndef CLOVIS_CL_AMS_MGMT_HOOKS_H
#define CLOVIS_CL_AMS_MGMT_HOOKS_H

#include "clCommon.h"
#include "clAmsMgmtCommon.h"

#endif
