/* SPDX-License-Identifier: Apache-2.0 */
/* Return codes of remote calls; this library returns none of them. */
#ifndef CLOVIS_CL_RMD_ERRORS_H
#define CLOVIS_CL_RMD_ERRORS_H

#include "clCommonErrors.h"

#define CL_RMD_RC(err) CL_RC(CL_CID_RMD, err)

#define CL_RMD_ERR_INUSE CL_RMD_RC(CL_ERR_INUSE)
#define CL_RMD_ERR_CONTINUE CL_RMD_RC(CL_ERR_CONTINUE)

#endif
