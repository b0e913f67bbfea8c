/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the log library. */
#ifndef CLOVIS_CL_LOG_ERRORS_H
#define CLOVIS_CL_LOG_ERRORS_H

#include "clCommonErrors.h"

#define CL_LOG_RC(err) CL_RC(CL_CID_LOG, err)

#define CL_LOG_ERR_FILE_FULL 0x101
#define CL_LOG_ERR_INVALID_XML_FILE 0x102

#endif
