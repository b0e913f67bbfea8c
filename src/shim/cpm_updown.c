/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: who wants to hear of components and nodes that come and go. */
#include "shim/cpm_updown.h"

#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clCpmExtApi.h>
#include <clIocApiExt.h>

#include "base/logline.h"
#include "shim/cpm_service.h"

struct watcher {
    struct watcher *next;
    ClHandleT handle;
    ClIocPhysicalAddressT about; /* port 0: the node; node broadcast: any */
    ClCpmNotificationFuncT fn;
    ClPtrT arg;
};

static struct watcher *watchers; /* guarded by cpm_lock */
static ClHandleT last_handle;

static json_t *request(void)
{
    return json_pack("{s:s}", "t", "notify");
}

ClRcT clCpmNotificationCallbackInstall(ClIocPhysicalAddressT about,
                                       ClCpmNotificationFuncT fn, ClPtrT arg,
                                       ClHandleT *out)
{
    struct watcher *w;

    if (!fn || !out)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    w = calloc(1, sizeof(*w));
    if (!w)
        return CPM_RC(CL_ERR_NO_MEMORY);
    w->about = about;
    w->fn = fn;
    w->arg = arg;
    pthread_mutex_lock(&cpm_lock);
    *out = w->handle = ++last_handle;
    w->next = watchers;
    watchers = w;
    pthread_mutex_unlock(&cpm_lock);
    cpm_send(request()); /* the daemon does not mind to hear it again */
    return CL_OK;
}

ClRcT clCpmNotificationCallbackUninstall(ClHandleT *handle)
{
    ClRcT rc = CPM_RC(CL_ERR_INVALID_HANDLE);
    struct watcher **at, *w;

    if (!handle)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    pthread_mutex_lock(&cpm_lock);
    for (at = &watchers; (w = *at); at = &w->next) {
        if (w->handle != *handle)
            continue;
        *at = w->next;
        free(w);
        *handle = 0;
        rc = CL_OK;
        break;
    }
    pthread_mutex_unlock(&cpm_lock);
    return rc;
}

void cpm_updown_resume(void)
{
    if (watchers)
        cpm_send(request());
}

static bool concerns(const struct watcher *w, const ClIocPhysicalAddressT *at)
{
    return (w->about.nodeAddress == CL_IOC_BROADCAST_ADDRESS ||
            w->about.nodeAddress == at->nodeAddress) &&
           (at->portId ? w->about.portId == at->portId : w->about.portId == 0);
}

/* The next one that is to be told after the one with this handle; callbacks may come and
 * go meanwhile, so no pointer is kept. */
static bool next_after(ClHandleT handle, const ClIocPhysicalAddressT *at,
                       struct watcher *out)
{
    const struct watcher *w, *found = NULL;

    pthread_mutex_lock(&cpm_lock);
    for (w = watchers; w; w = w->next)
        if (w->handle > handle && concerns(w, at) &&
            (!found || w->handle < found->handle))
            found = w;
    if (found)
        *out = *found;
    pthread_mutex_unlock(&cpm_lock);
    return found != NULL;
}

void cpm_updown_take(const json_t *m)
{
    const bool up = json_is_true(json_object_get(m, "up"));
    ClIocAddressT at = {.iocPhyAddress = {0, 0}};
    struct watcher w = {.handle = 0};
    ClIocNotificationIdT id;

    at.iocPhyAddress.nodeAddress =
        (ClIocNodeAddressT)json_integer_value(json_object_get(m, "addr"));
    at.iocPhyAddress.portId = (ClIocPortT)json_integer_value(json_object_get(m, "pid"));
    if (at.iocPhyAddress.portId)
        id = up ? CL_IOC_COMP_ARRIVAL_NOTIFICATION : CL_IOC_COMP_DEATH_NOTIFICATION;
    else
        id = up ? CL_IOC_NODE_ARRIVAL_NOTIFICATION : CL_IOC_NODE_LEAVE_NOTIFICATION;
    while (next_after(w.handle, &at.iocPhyAddress, &w))
        w.fn(id, w.arg, &at);
}

/* ---- events ---------------------------------------------------------------- */

/* Nothing publishes events, so no handle can be one's. */
ClRcT clCpmEventPayLoadExtract(ClEventHandleT event, ClSizeT size, ClCpmEventTypeT type,
                               void *out)
{
    const size_t want = type == CL_CPM_COMP_EVENT ? sizeof(ClCpmEventPayLoadT)
                                                  : sizeof(ClCpmEventNodePayLoadT);

    if (!out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    if (type != CL_CPM_COMP_EVENT && type != CL_CPM_NODE_EVENT) {
        clv_log(CLV_LOG_ERROR,
                "clCpmEventPayLoadExtract: type %d, expected CL_CPM_COMP_EVENT or "
                "CL_CPM_NODE_EVENT",
                (int)type);
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    }
    memset(out, 0, want);
    clv_log(CLV_LOG_ERROR,
            "clCpmEventPayLoadExtract: event %#llx of %llu bytes: there is no event "
            "service; clCpmNotificationCallbackInstall() tells who comes and goes",
            (unsigned long long)event, (unsigned long long)size);
    return CPM_RC(CL_ERR_NOT_SUPPORTED);
}
