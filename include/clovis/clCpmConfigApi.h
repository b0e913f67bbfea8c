/* SPDX-License-Identifier: Apache-2.0 */
/* Types of the node configuration. */
#ifndef CLOVIS_CL_CPM_CONFIG_API_H
#define CLOVIS_CL_CPM_CONFIG_API_H

#include "clCommon.h"

#define CL_CPM_DEFAULT_MIN_FREQ 2000  /* ms */
#define CL_CPM_DEFAULT_MAX_FREQ 32000 /* ms */

typedef enum {
    CL_CPM_COMP_NONE = 0,
    CL_CPM_COMP_MULTI_PROCESS = 1,
    CL_CPM_COMP_SINGLE_PROCESS = 2,
    CL_CPM_COMP_THREADED = 3
} ClCpmCompProcessRelT;

typedef struct ClCpmNodeClassType {
    ClNameT name;
    ClNameT identifier;
} ClCpmNodeClassTypeT;

typedef struct ClCpmSlotClassTypes {
    ClUint32T numItems;
    ClCpmNodeClassTypeT *nodeClassTypes;
} ClCpmSlotClassTypesT;

#endif
