/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: who wants to hear of components and nodes that come and go. */
#include "shim/cpm_updown.h"

#include <stdlib.h>

#include <clCpmApi.h>
#include <clIocApiExt.h>

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
