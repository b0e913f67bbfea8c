/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol numbers: here for sources that include it. */
#ifndef CLOVIS_CL_IOC_PROTOCOLS_H
#define CLOVIS_CL_IOC_PROTOCOLS_H

#include "clCommon.h"

#endif
