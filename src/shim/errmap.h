/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One answer, two families. The cores that Cl and SA calls share answer with a
 * clv_err; the public wrapper translates it once.
 */
#ifndef CLV_ERRMAP_H
#define CLV_ERRMAP_H

#include <clCommon.h>
#include <clCommonErrors.h>
#include <saAis.h>
#include <stdbool.h>
#include <stdint.h>

#include "shim/status.h"

/* 0, a bare CL_ERR_ code (below 0x10000), or a store status with CLV_ERR_STORE. */
typedef uint32_t clv_err;

#define CLV_ERR_STORE UINT32_C(0x10000)

static inline clv_err clv_err_of(enum store_status st)
{
    return st == STORE_OK ? CL_OK : CLV_ERR_STORE | (clv_err)st;
}

static inline bool clv_err_is(clv_err e, enum store_status st)
{
    return e == (CLV_ERR_STORE | (clv_err)st);
}

/* With the component id on it. */
ClRcT clv_err_to_cl(ClCompIdT cid, clv_err e);

SaAisErrorT clv_err_to_sa(clv_err e);

/* By the code part of any ClRcT; what has no counterpart becomes LIBRARY, never OK. */
SaAisErrorT clv_rc_to_sa(ClRcT rc);

#endif
