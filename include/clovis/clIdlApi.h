/* SPDX-License-Identifier: Apache-2.0 */
/* Generated remote calls: here for sources that include it. */
#ifndef CLOVIS_CL_IDL_API_H
#define CLOVIS_CL_IDL_API_H

#include "clCommon.h"
#include "clEoApi.h"
#include "clHandleApi.h"
#include "clRmdApi.h"
#include "clVersionApi.h"

#define CL_IDL_RC(err) CL_RC(CL_CID_IDL, err)

#endif
