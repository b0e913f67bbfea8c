/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of object manager classes, from which generated headers derive theirs. */
#ifndef CLOVIS_CL_OM_COMMON_CLASS_TYPES_H
#define CLOVIS_CL_OM_COMMON_CLASS_TYPES_H

#include "clCommon.h"

/* clang-format off */
#define CL_OM_CMN_CLASS_TYPE_START  1
#define CL_OM_BASE_CLASS_TYPE       1
#define CL_OM_PROV_CLASS_TYPE       2
#define CL_OM_CM_CLASS_TYPE         3
#define CL_OM_ALARM_CLASS_TYPE      4
#define CL_OM_FM_CLASS_TYPE         5
#define CL_OM_CMN_CLASS_TYPE_END    8
/* clang-format on */

typedef ClInt32T ClOmClassTypeT;

#endif
