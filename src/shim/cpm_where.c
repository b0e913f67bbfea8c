/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: where components and nodes are, and whether they are up. Asked of the daemon of
 * this node, which knows the whole cluster. A component's port is its process id. */
#include <stdio.h>
#include <string.h>

#include <clCpmApi.h>
#include <clCpmExtApi.h>
#include <clHeapApi.h>

#include "shim/cpm_name.h"
#include "shim/cpm_service.h"

static ClRcT ask_comp(const char *comp, json_t **answer)
{
    return cpm_call(json_pack("{s:s, s:s}", "t", "compstatus", "comp", comp), answer);
}

/* The node's number must match, unless the caller does not care. */
static ClRcT ask_comp_on(ClIocNodeAddressT node, const ClNameT *comp, json_t **answer)
{
    char name[CPM_TEXT_MAX];
    ClRcT rc;

    cpm_name_text(name, comp);
    rc = ask_comp(name, answer);
    if (!rc && node &&
        json_integer_value(json_object_get(*answer, "addr")) != (json_int_t)node)
        rc = CPM_RC(CL_ERR_DOESNT_EXIST);
    return rc;
}

static ClUint32T number_of(const json_t *answer, const char *key)
{
    return (ClUint32T)json_integer_value(json_object_get(answer, key));
}

/* ---- components ----------------------------------------------------------------------
 */

ClRcT clCpmComponentPIDGetBySlot(ClIocNodeAddressT slot, const ClNameT *comp,
                                 ClUint32T *out)
{
    json_t *answer = NULL;
    ClRcT rc;

    if (!comp || !out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    rc = ask_comp_on(slot, comp, &answer);
    if (!rc && !number_of(answer, "pid"))
        rc = CPM_RC(CL_ERR_DOESNT_EXIST);
    if (!rc)
        *out = number_of(answer, "pid");
    json_decref(answer);
    return rc;
}

ClRcT clCpmComponentPIDGet(const ClNameT *comp, ClUint32T *out)
{
    return clCpmComponentPIDGetBySlot(0, comp, out);
}

ClRcT clCpmComponentAddressGet(ClIocNodeAddressT node, ClNameT *comp, ClIocAddressT *out)
{
    ClUint32T pid = 0;
    ClRcT rc;

    if (!comp || !out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    rc = clCpmComponentPIDGetBySlot(node, comp, &pid);
    if (rc)
        return rc;
    memset(out, 0, sizeof(*out));
    out->iocPhyAddress.nodeAddress = node;
    out->iocPhyAddress.portId = pid;
    return CL_OK;
}

ClRcT clCpmComponentAddressGetFast(ClIocNodeAddressT node, ClNameT *comp,
                                   ClIocAddressT *out)
{
    return clCpmComponentAddressGet(node, comp, out);
}

ClBoolT clCpmIsCompRestarted(ClNameT comp)
{
    char name[CPM_TEXT_MAX];
    json_t *answer = NULL;
    ClBoolT restarted;

    cpm_name_text(name, &comp);
    restarted = !ask_comp(name, &answer) && number_of(answer, "launches") > 1;
    json_decref(answer);
    return restarted;
}

/* The arguments in one block: the pointers, then the texts. */
static ClRcT args_copy(const json_t *args, ClCpmCompSpecInfoT *info)
{
    const size_t n = json_array_size(args);
    size_t size = n * sizeof(char *), i;
    json_t *arg;
    char *at;

    info->numArgs = (ClUint32T)n;
    info->args = NULL;
    if (!n)
        return CL_OK;
    json_array_foreach(args, i, arg) size += json_string_length(arg) + 1;
    info->args = clHeapAllocate((ClUint32T)size);
    if (!info->args)
        return CPM_RC(CL_ERR_NO_MEMORY);
    at = (char *)(info->args + n);
    json_array_foreach(args, i, arg)
    {
        info->args[i] = at;
        memcpy(at, json_string_value(arg), json_string_length(arg) + 1);
        at += json_string_length(arg) + 1;
    }
    return CL_OK;
}

ClRcT clCpmCompInfoGet(const ClNameT *comp, const ClIocNodeAddressT node,
                       ClCpmCompSpecInfoT *info)
{
    json_t *answer = NULL;
    ClRcT rc;

    if (!comp || !info)
        return CPM_RC(CL_ERR_NULL_POINTER);
    rc = ask_comp_on(node, comp, &answer);
    if (!rc) {
        info->period = number_of(answer, "period");
        info->maxDuration = number_of(answer, "max");
        info->recovery = (ClAmsLocalRecoveryT)number_of(answer, "recovery");
        rc = args_copy(json_object_get(answer, "args"), info);
    }
    json_decref(answer);
    return rc;
}

/* ---- nodes ---------------------------------------------------------------------------
 */

static ClRcT ask_node(const char *name, ClIocNodeAddressT addr, ClUint32T pid,
                      json_t **answer)
{
    json_t *o = json_pack("{s:s, s:I, s:I}", "t", "node", "addr", (json_int_t)addr, "pid",
                          (json_int_t)pid);

    if (name)
        json_object_set_new(o, "name", json_string(name));
    return cpm_call(o, answer);
}

static ClRcT status_get(const ClIocAddressT *addr, const char *key, ClStatusT *out)
{
    const ClIocPhysicalAddressT *at = &addr->iocPhyAddress;
    json_t *answer = NULL;
    ClRcT rc;

    if (!out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    if (!at->nodeAddress || at->nodeAddress & ~CL_IOC_NODE_MASK)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    rc = ask_node(NULL, at->nodeAddress, at->portId, &answer);
    if (!rc)
        *out = json_is_true(json_object_get(answer, key)) ? CL_STATUS_UP : CL_STATUS_DOWN;
    json_decref(answer);
    return rc;
}

ClRcT clCpmNodeStatusGet(ClIocAddressT node, ClStatusT *out)
{
    return status_get(&node, "up", out);
}

ClRcT clCpmCompStatusGet(ClIocAddressT comp, ClStatusT *out)
{
    return status_get(&comp, "running", out);
}

ClRcT clCpmIocAddressForNodeGet(ClNameT node, ClIocAddressT *out)
{
    char name[CPM_TEXT_MAX];
    json_t *answer = NULL;
    ClRcT rc;

    if (!out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    cpm_name_text(name, &node);
    rc = ask_node(name, 0, 0, &answer);
    if (!rc) {
        memset(out, 0, sizeof(*out));
        out->iocPhyAddress.nodeAddress = number_of(answer, "addr");
    }
    json_decref(answer);
    return rc;
}

ClRcT clCpmNodeConfigGet(const ClCharT *node, ClCpmNodeConfigT *out)
{
    json_t *answer = NULL;
    const char *type;
    ClRcT rc;

    if (!node || !out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    rc = ask_node(node, 0, 0, &answer);
    if (!rc) {
        type = json_string_value(json_object_get(answer, "type"));
        memset(out, 0, sizeof(*out));
        memcpy(out->nodeName, node, strnlen(node, sizeof(out->nodeName) - 1));
        cpm_name_set(&out->nodeType, type ? type : "");
        cpm_name_set(&out->nodeIdentifier, node);
        snprintf(out->cpmType, sizeof(out->cpmType), "%s",
                 json_is_true(json_object_get(answer, "controller")) ? "GLOBAL"
                                                                     : "LOCAL");
    }
    json_decref(answer);
    return rc;
}

/* The model's files say what is configured. */
ClRcT clCpmNodeConfigSet(ClCpmNodeConfigT *config)
{
    return CPM_RC(config ? CL_ERR_NOT_SUPPORTED : CL_ERR_NULL_POINTER);
}

ClRcT clCpmCompConfigSet(ClIocNodeAddressT node, ClCharT *name, ClCharT *command,
                         ClAmsCompPropertyT property, ClUint64T mask)
{
    (void)node;
    (void)command;
    (void)property;
    (void)mask;
    return CPM_RC(name ? CL_ERR_NOT_SUPPORTED : CL_ERR_NULL_POINTER);
}

/* ---- taking nodes down ----------------------------------------------------------------
 */

static ClRcT node_order(ClIocNodeAddressT node, const char *op)
{
    json_t *answer = NULL;
    const ClRcT rc = cpm_call(
        json_pack("{s:s, s:I, s:s}", "t", "node-op", "addr", (json_int_t)node, "op", op),
        &answer);

    json_decref(answer);
    return rc;
}

ClRcT clCpmNodeShutDown(ClIocNodeAddressT node)
{
    return node_order(node, "shutdown");
}

ClRcT clCpmNodeRestart(ClIocNodeAddressT node, ClBoolT graceful)
{
    return node_order(node, graceful ? "switchover" : "failfast");
}

ClRcT clCpmNodeSwitchover(ClIocNodeAddressT node)
{
    return clCpmNodeRestart(node, CL_TRUE);
}

/* There is no middleware beside the node's components. */
ClRcT clCpmMiddlewareRestart(ClIocNodeAddressT node, ClBoolT graceful, ClBoolT reset)
{
    (void)reset;
    return clCpmNodeRestart(node, graceful);
}
