/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the management client share. */
#ifndef CLV_MGMT_H
#define CLV_MGMT_H

#include <jansson.h>
#include <stdbool.h>

#include <clAmsMgmtClientApi.h>

#define AMS_RC(error) CL_RC(CL_CID_AMS, error)

/* The handle is one of ours. */
bool mgmt_is_open(ClAmsMgmtHandleT handle);

/* Ask the daemon over a connection of its own, so that programs which are no component
 * can, too. m is taken; answer: new, or NULL. CL_ERR_TRY_AGAIN: no daemon. */
ClRcT mgmt_call(json_t *m, json_t **answer);

/* The NUL of the name is counted. */
void mgmt_entity_set(ClAmsEntityT *out, ClAmsEntityTypeT type, const char *name);

/* "node", "sg"...; NULL: nothing that can be managed. */
const char *mgmt_kind(ClAmsEntityTypeT type);

#endif
