/* SPDX-License-Identifier: Apache-2.0 */
/* The object manager: here for sources that include it. */
#ifndef CLOVIS_CL_OM_API_H
#define CLOVIS_CL_OM_API_H

#include "clCommon.h"
#include "clCorMetaData.h"
#include "clCorServiceId.h"
#include "clOmCommonClassTypes.h"

#endif
