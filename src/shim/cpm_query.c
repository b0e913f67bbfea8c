/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: what a program can ask about components. */
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clHeapApi.h>

#include "shim/cpm_comp.h"
#include "shim/cpm_csi.h"
#include "shim/cpm_name.h"
#include "shim/cpm_service.h"
#include "shim/eo_process.h"

/* What the AMF does not know is CL_OK and no state, as in the original; only a
 * daemon that does not answer is an error. */
ClRcT clCpmHAStateGet(ClCpmHandleT h, ClNameT *comp, ClNameT *csi, ClAmsHAStateT *out)
{
    char comp_name[CPM_TEXT_MAX], csi_name[CPM_TEXT_MAX];
    json_t *answer;
    struct cpm *s;
    ClRcT rc;

    if (!comp || !csi || !out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    s = cpm_get(h);
    if (!s)
        return CPM_BAD_HANDLE;
    cpm_put(s);
    cpm_name_text(comp_name, comp);
    cpm_name_text(csi_name, csi);
    rc = cpm_call(
        json_pack("{s:s, s:s, s:s}", "t", "hastate", "comp", comp_name, "csi", csi_name),
        &answer);
    if (rc && !answer)
        return rc;
    *out = rc ? CL_AMS_HA_STATE_NONE
              : (ClAmsHAStateT)json_integer_value(json_object_get(answer, "ha"));
    json_decref(answer);
    return CL_OK;
}

/* One block: the list, then the attributes of each CSI. Lock held. */
static size_t list_size(const struct cpm_comp *c, ClUint32T *n)
{
    const struct cpm_csi *csi;
    size_t size = 0;

    *n = 0;
    for (csi = c->csis; csi; csi = csi->next) {
        size += sizeof(ClCpmCompCSIT) + cpm_csi_attrs_size(csi->attrs);
        size = (size + 15) & ~(size_t)15;
        (*n)++;
    }
    return size;
}

/* Lock held. */
static void list_fill(ClCpmCompCSIT *list, ClUint32T n, const struct cpm_comp *c)
{
    char *at = (char *)(list + n);
    const struct cpm_csi *csi;
    size_t size;

    for (csi = c->csis; csi; csi = csi->next, list++) {
        const struct cpm_set set = {.csi = csi->name,
                                    .ha = csi->ha,
                                    .flags = csi->flags,
                                    .rank = csi->rank,
                                    .transition = csi->transition,
                                    .active = csi->active};

        list->haState = csi->ha;
        cpm_csi_head(&list->csiDescriptor, &set);
        size = cpm_csi_attrs_size(csi->attrs);
        cpm_csi_attrs_put(&list->csiDescriptor.csiAttributeList, csi->attrs,
                          size ? at : NULL);
        at += (size + 7) & ~(size_t)7;
    }
}

ClRcT clCpmCompCSIList(const ClNameT *comp, ClCpmCompCSIRefT *out)
{
    char name[CPM_TEXT_MAX];
    const struct cpm_comp *c;
    ClRcT rc = CL_OK;
    size_t size;

    if (!comp || !out || out->pCSIList)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    cpm_name_text(name, comp);
    pthread_mutex_lock(&cpm_lock);
    c = cpm_comp_find(name);
    if (!c) {
        rc = CPM_RC(CL_ERR_NOT_EXIST);
        goto unlock;
    }
    size = list_size(c, &out->numCSIs);
    if (size) {
        out->pCSIList = clHeapAllocate((ClUint32T)size);
        if (out->pCSIList)
            list_fill(out->pCSIList, out->numCSIs, c);
        else
            rc = CPM_RC(CL_ERR_NO_MEMORY);
    }
unlock:
    pthread_mutex_unlock(&cpm_lock);
    return rc;
}

/* The number means nothing to this AMF. It is made of the node and the name, so that
 * it is the same in every process of the node. */
ClRcT clCpmComponentIdGet(ClCpmHandleT h, ClNameT *comp, ClUint32T *out)
{
    char name[CPM_TEXT_MAX];
    ClUint32T hash = 0;

    (void)h;
    if (!comp || !out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    cpm_name_text(name, comp);
    for (const char *at = name; *at; at++)
        hash = hash * 31 + (unsigned char)*at;
    *out = eo_node_address() << 16 | (hash & 0xffff);
    return CL_OK;
}

ClRcT clAmfGetComponentId(ClCpmHandleT h, ClNameT *comp, ClUint32T *out)
{
    return clCpmComponentIdGet(h, comp, out);
}

ClRcT clCpmComponentStatusGet(ClNameT *comp, ClNameT *node, ClAmsPresenceStateT *presence,
                              ClAmsOperStateT *oper)
{
    char comp_name[CPM_TEXT_MAX], node_name[CPM_TEXT_MAX] = "";
    json_t *answer;
    ClRcT rc;

    if (!comp || !presence || !oper)
        return CPM_RC(CL_ERR_NULL_POINTER);
    cpm_name_text(comp_name, comp);
    if (node)
        cpm_name_text(node_name, node);
    rc = cpm_call(json_pack("{s:s, s:s, s:s}", "t", "compstatus", "comp", comp_name,
                            "node", node_name),
                  &answer);
    if (!rc) {
        *presence =
            (ClAmsPresenceStateT)json_integer_value(json_object_get(answer, "presence"));
        *oper = (ClAmsOperStateT)json_integer_value(json_object_get(answer, "oper"));
    }
    json_decref(answer);
    return rc;
}

/* safComp=COMP,safSu=SU,safSg=SG, as the daemon's model has it. */
ClRcT clCpmComponentDNNameGet(ClCpmHandleT h, ClNameT *comp, ClNameT *out)
{
    char name[CPM_TEXT_MAX];
    const char *dn;
    json_t *answer;
    ClRcT rc;

    (void)h;
    if (!comp || !out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    cpm_name_text(name, comp);
    rc = cpm_call(json_pack("{s:s, s:s}", "t", "compstatus", "comp", name), &answer);
    dn = json_string_value(json_object_get(answer, "dn"));
    if (!rc && !dn)
        rc = CPM_RC(CL_ERR_DOESNT_EXIST);
    if (!rc)
        cpm_name_set(out, dn);
    json_decref(answer);
    return rc;
}
