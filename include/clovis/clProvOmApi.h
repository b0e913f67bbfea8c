/* SPDX-License-Identifier: Apache-2.0 */
/* The provisioning library: a type that generated headers point at. */
#ifndef CLOVIS_CL_PROV_OM_API_H
#define CLOVIS_CL_PROV_OM_API_H

#include "clCommon.h"

typedef struct CL_OM_PROV_CLASS CL_OM_PROV_CLASS;

#endif
