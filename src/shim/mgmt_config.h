/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations of entities as what a CCB is to set. */
#ifndef CLV_MGMT_CONFIG_H
#define CLV_MGMT_CONFIG_H

#include <jansson.h>

#include <clAmsMgmtClientApi.h>

/* {attribute: value} (new) of the attributes that the bits name; entity begins the
 * configuration of its type. NULL: a bit names what is not kept here, or nothing; *bad
 * says which. */
json_t *mgmt_config_set(const ClAmsEntityConfigT *entity, ClUint64T bits, ClUint64T *bad);

#endif
