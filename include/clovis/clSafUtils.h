/* SPDX-License-Identifier: Apache-2.0 */
/* Translation of return codes between the two families. */
#ifndef CLOVIS_CL_SAF_UTILS_H
#define CLOVIS_CL_SAF_UTILS_H

#include "clCommonErrors.h"
#include "clLogApi.h"
#include "saAis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What has no counterpart becomes SA_AIS_ERR_LIBRARY, or CL_ERR_UNSPECIFIED. */
SaAisErrorT clClovisToSafError(ClRcT rc);
ClRcT clSafToClovisError(SaAisErrorT error);

#ifdef __cplusplus
}
#endif

#endif
