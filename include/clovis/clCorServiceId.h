/* SPDX-License-Identifier: Apache-2.0 */
/* The object repository: here for sources that include it. */
#ifndef CLOVIS_CL_COR_SERVICE_ID_H
#define CLOVIS_CL_COR_SERVICE_ID_H

#include "clCommon.h"

#endif
