/* SPDX-License-Identifier: Apache-2.0 */
/* Checksums: here for sources that include it. */
#ifndef CLOVIS_CL_CKSM_API_H
#define CLOVIS_CL_CKSM_API_H

#include "clCommon.h"

#endif
