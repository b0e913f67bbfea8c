/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Availability management: types only. Models are managed with clovis-amfd and clovis(1);
 * the clAmsMgmt functions are not part of this library.
 */
#ifndef CLOVIS_CL_AMS_MGMT_CLIENT_API_H
#define CLOVIS_CL_AMS_MGMT_CLIENT_API_H

#include "clCommon.h"
#include "clAmsEntities.h"
#include "clAmsErrors.h"
#include "clAmsMgmtCommon.h"
#include "clCpmApi.h"
#include "clList.h"
#include "clLogApi.h"

#define ASP_INSTALL_KEY "ASP_INSTALL_INFO"

typedef struct ClAmsMgmtCallbacks {
    int nothingForNow;
} ClAmsMgmtCallbacksT;

#endif
