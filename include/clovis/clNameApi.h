/* SPDX-License-Identifier: Apache-2.0 */
/* The name service: here for sources that include it. */
#ifndef CLOVIS_CL_NAME_API_H
#define CLOVIS_CL_NAME_API_H

#include "clCommon.h"

#endif
