/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: what a program can ask about nodes. */
#include <string.h>

#include <clCpmApi.h>
#include <clCpmExtApi.h>

#include "base/clock.h"
#include "shim/cpm_name.h"
#include "shim/cpm_service.h"
#include "shim/eo_process.h"

/* ---- this node, and the one that leads ------------------------------------ */

ClRcT clCpmLocalNodeNameGet(ClNameT *out)
{
    char name[CPM_TEXT_MAX];

    if (!out)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    eo_node_name(name);
    cpm_name_set(out, name);
    return CL_OK;
}

ClRcT clCpmMasterAddressGet(ClIocNodeAddressT *out)
{
    json_t *answer;
    ClRcT rc;

    if (!out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    if (cpm_is_alone())
        return CPM_RC(CL_ERR_DOESNT_EXIST);
    rc = cpm_call(json_pack("{s:s}", "t", "master"), &answer);
    if (!rc)
        *out = (ClIocNodeAddressT)json_integer_value(json_object_get(answer, "addr"));
    else if (!answer)
        rc = CPM_RC(CL_ERR_DOESNT_EXIST); /* nobody to ask: no active controller */
    json_decref(answer);
    return rc;
}

/* As often as asked for beyond the first time; delay NULL: at once. */
ClRcT clCpmMasterAddressGetExtended(ClIocNodeAddressT *out, ClInt32T retries,
                                    ClTimerTimeOutT *delay)
{
    ClRcT rc = clCpmMasterAddressGet(out);

    while (rc && out && retries-- > 0) {
        if (delay)
            clOsalTaskDelay(*delay);
        rc = clCpmMasterAddressGet(out);
    }
    return rc;
}

ClUint32T clCpmIsMaster(void)
{
    ClIocNodeAddressT master;

    return clCpmMasterAddressGet(&master) == CL_OK && master == eo_node_address();
}

ClBoolT clCpmIsSC(void)
{
    return clParseEnvBoolean("SYSTEM_CONTROLLER");
}

ClBoolT clCpmIsSCCapable(void)
{
    return clCpmIsSC() || clParseEnvBoolean("ASP_SC_PROMOTE");
}

/* ---- slots: a node's number is its slot ------------------------------------ */

/* Whether the field that the caller filled in names this node. */
static bool slot_is_ours(ClCpmSlotInfoFieldIdT field, const ClCpmSlotInfoT *info)
{
    char ours[CPM_TEXT_MAX], asked[CPM_TEXT_MAX];

    switch (field) {
    case CL_CPM_SLOT_ID:
        return info->slotId == eo_node_address();
    case CL_CPM_IOC_ADDRESS:
        return info->nodeIocAddress == eo_node_address();
    case CL_CPM_NODENAME:
        eo_node_name(ours);
        cpm_name_text(asked, &info->nodeName);
        return strcmp(ours, asked) == 0;
    default:
        return false;
    }
}

/* Only this node is known: the field of another one is NOT_EXIST, and so is a search
 * by MO id, which nothing here has. */
ClRcT clCpmSlotInfoGet(ClCpmSlotInfoFieldIdT field, ClCpmSlotInfoT *info)
{
    char name[CPM_TEXT_MAX];

    if (!info)
        return CPM_RC(CL_ERR_NULL_POINTER);
    if (!slot_is_ours(field, info))
        return CPM_RC(CL_ERR_NOT_EXIST);
    info->slotId = info->nodeIocAddress = eo_node_address();
    eo_node_name(name);
    cpm_name_set(&info->nodeName, name);
    return CL_OK;
}

ClRcT clCpmSlotGet(ClCpmSlotInfoFieldIdT field, ClCpmSlotInfoT *info)
{
    return clCpmSlotInfoGet(field, info);
}
