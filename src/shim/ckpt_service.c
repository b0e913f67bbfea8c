/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>

#include "base/clock.h"
#include "shim/registry.h"

static void service_destroy(void *obj)
{
    struct ckpt_service *const s = obj;

    clv_children_fini(&s->checkpoints);
    clv_dispatch_fini(&s->dispatch);
    clv_registry_release();
    free(s);
}

clv_err clv_ckpt_initialize(const struct clv_rules *rules,
                            const struct ckpt_callbacks *callbacks, uint64_t *out)
{
    struct ckpt_service *s;
    enum store_status st;

    s = calloc(1, sizeof(*s));
    if (!s)
        return CL_ERR_NO_MEMORY;
    st = clv_registry_join(clv_ckpt_deadline());
    if (st != STORE_OK) {
        free(s);
        return clv_err_of(st);
    }
    s->rules = rules;
    s->callbacks = *callbacks;
    clv_dispatch_init(&s->dispatch);
    clv_children_init(&s->checkpoints);
    s->handle = clv_handle_add(CLV_CKPT_SERVICE, s, service_destroy);
    if (!s->handle) {
        clv_registry_leave();
        service_destroy(s);
        return CL_ERR_NO_MEMORY;
    }
    *out = s->handle;
    return CL_OK;
}

clv_err clv_ckpt_service_get(uint64_t service, struct ckpt_service **out)
{
    if (!clv_registry_is_joined())
        return CL_ERR_NOT_INITIALIZED;
    *out = clv_handle_get(service, CLV_CKPT_SERVICE);
    return *out ? CL_OK : CL_ERR_INVALID_HANDLE;
}

clv_err clv_ckpt_finalize(uint64_t service)
{
    struct ckpt_service *s;
    const clv_err e = clv_ckpt_service_get(service, &s);

    if (e != CL_OK)
        return e;
    if (!clv_handle_close(service, CLV_CKPT_SERVICE)) { /* another thread was faster */
        clv_handle_put(service);
        return CL_ERR_INVALID_HANDLE;
    }
    atomic_store(&s->close_deadline_ns, clv_ckpt_deadline());
    clv_dispatch_close(&s->dispatch);
    clv_children_close(&s->checkpoints, clv_ckpt_close_handle);
    clv_registry_leave();
    clv_handle_put(service);
    return CL_OK;
}

clv_err clv_ckpt_selection_object(uint64_t service, uint64_t *out)
{
    struct ckpt_service *s;
    clv_err e;
    int fd;

    if (!clv_registry_is_joined())
        return CL_ERR_NOT_INITIALIZED;
    if (!out)
        return CL_ERR_NULL_POINTER;
    e = clv_ckpt_service_get(service, &s);
    if (e != CL_OK)
        return e;
    fd = clv_dispatch_fd(&s->dispatch);
    if (fd >= 0) {
        atomic_store(&s->is_queued, true);
        *out = (uint64_t)fd;
    } else {
        e = CL_ERR_NO_RESOURCE;
    }
    clv_handle_put(service);
    return e;
}

static clv_err dispatch(struct ckpt_service *s, int flags)
{
    switch (flags) {
    case CL_DISPATCH_ONE:
        clv_dispatch_one(&s->dispatch);
        return CL_OK;
    case CL_DISPATCH_ALL:
        clv_dispatch_all(&s->dispatch);
        return CL_OK;
    case CL_DISPATCH_BLOCKING:
        /* A thread that waits here wants the callbacks, selection object or not. */
        atomic_store(&s->is_queued, true);
        clv_dispatch_blocking(&s->dispatch);
        return CL_OK;
    default:
        return CL_ERR_INVALID_PARAMETER;
    }
}

clv_err clv_ckpt_dispatch(uint64_t service, int flags)
{
    struct ckpt_service *s;
    clv_err e = clv_ckpt_service_get(service, &s);

    if (e != CL_OK)
        return e;
    e = dispatch(s, flags);
    clv_handle_put(service);
    return e;
}

ClRcT clCkptInitialize(ClCkptSvcHdlT *ckptSvcHandle, const ClCkptCallbacksT *callbacks,
                       ClVersionT *version)
{
    struct ckpt_callbacks cb = {.is_sa = false};
    struct clv_version v;
    const struct clv_rules *rules;
    uint64_t h;
    clv_err e;

    if (!ckptSvcHandle || !version)
        return clv_err_to_cl(CL_CID_CKPT, CL_ERR_NULL_POINTER);
    *ckptSvcHandle = CKPT_NO_HANDLE;
    v = (struct clv_version){version->releaseCode, version->majorVersion,
                             version->minorVersion};
    rules = clv_rules_for_cl(&v);
    *version = (ClVersionT){v.release, v.major, v.minor};
    if (!rules) /* legacy programs compare with the code of the version component */
        return CL_RC(CL_CID_VERSION, CL_ERR_VERSION_MISMATCH);
    if (callbacks)
        cb.cl = *callbacks;
    e = clv_ckpt_initialize(rules, &cb, &h);
    if (e == CL_OK)
        *ckptSvcHandle = h;
    return clv_err_to_cl(CL_CID_CKPT, e);
}

ClRcT clCkptFinalize(ClCkptSvcHdlT ckptHandle)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_finalize(ckptHandle));
}

ClRcT clCkptSelectionObjectGet(ClCkptSvcHdlT ckptHandle,
                               ClSelectionObjectT *selectionObject)
{
    uint64_t fd;
    const clv_err e = clv_ckpt_selection_object(ckptHandle, selectionObject ? &fd : NULL);

    if (e == CL_OK)
        *selectionObject = fd;
    return clv_err_to_cl(CL_CID_CKPT, e);
}

ClRcT clCkptDispatch(ClCkptSvcHdlT ckptHandle, ClDispatchFlagsT dispatchFlags)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_dispatch(ckptHandle, (int)dispatchFlags));
}
