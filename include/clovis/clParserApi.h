/* SPDX-License-Identifier: Apache-2.0 */
/* The XML parser: here for sources that include it. */
#ifndef CLOVIS_CL_PARSER_API_H
#define CLOVIS_CL_PARSER_API_H

#include "clCommon.h"

#endif
