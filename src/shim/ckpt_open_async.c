/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>
#include <string.h>

#include "shim/registry.h"

struct open_request {
    struct ckpt_completion done; /* first: it outlives the request's other fields */
    uint64_t service;
    ClNameT name;
    ClCkptCheckpointCreationAttributesT attrs;
    bool has_attrs;
    ClCkptOpenFlagsT flags;
};

/* On the store's thread. A service that was finalized meanwhile gets no answer. */
static void open_run(void *arg)
{
    struct open_request *const r = arg;
    struct ckpt_service *const s = clv_handle_get(r->service, CLV_CKPT_SERVICE);
    const uint64_t service = r->service;

    if (!s) {
        free(r);
        return;
    }
    clv_registry_store_thread_enter();
    r->done.result =
        clv_ckpt_open_checked(s, clv_ckpt_name(&r->name), r->has_attrs ? &r->attrs : NULL,
                              r->flags, &r->done.handle);
    clv_ckpt_completion_deliver(s, &r->done);
    clv_handle_put(service);
    clv_registry_store_thread_leave();
}

static bool has_open_callback(const struct ckpt_service *s)
{
    return s->callbacks.is_sa ? s->callbacks.sa.saCkptCheckpointOpenCallback != NULL
                              : s->callbacks.cl.checkpointOpenCallback != NULL;
}

static clv_err open_submit(struct ckpt_service *s, ClInvocationT invocation,
                           const ClNameT *name,
                           const ClCkptCheckpointCreationAttributesT *attrs,
                           ClCkptOpenFlagsT flags)
{
    struct open_request *const r = calloc(1, sizeof(*r));

    if (!r)
        return CL_ERR_NO_MEMORY;
    clv_ckpt_completion_init(&r->done, s, true, invocation, 0);
    r->service = s->handle;
    r->name.length = (ClUint16T)clv_ckpt_name(name).size;
    memcpy(r->name.value, name->value, r->name.length);
    r->has_attrs = attrs != NULL;
    if (attrs)
        r->attrs = *attrs;
    r->flags = flags;
    if (store_defer(open_run, r))
        return CL_OK;
    free(r);
    return CL_ERR_NO_MEMORY;
}

clv_err clv_ckpt_open_async(uint64_t service, ClInvocationT invocation,
                            const ClNameT *name,
                            const ClCkptCheckpointCreationAttributesT *attrs,
                            ClCkptOpenFlagsT flags)
{
    struct ckpt_service *s = NULL;
    const clv_err no_service = clv_ckpt_service_get(service, &s);
    clv_err e;

    if (no_service == CL_ERR_NOT_INITIALIZED)
        return no_service;
    e = clv_ckpt_open_check(s ? s->rules : &clv_rules_clovis, name, attrs, flags);
    if (!s)
        return e == CL_OK ? no_service : e;
    if (e == CL_OK && !has_open_callback(s))
        e = CL_ERR_INITIALIZED;
    if (e == CL_OK)
        e = open_submit(s, invocation, name, attrs, flags);
    clv_handle_put(service);
    return e;
}

ClRcT clCkptCheckpointOpenAsync(
    ClCkptSvcHdlT ckptHandle, ClInvocationT invocation, const ClNameT *checkpointName,
    const ClCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    ClCkptOpenFlagsT checkpointOpenFlags)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         clv_ckpt_open_async(ckptHandle, invocation, checkpointName,
                                             checkpointCreationAttributes,
                                             checkpointOpenFlags));
}
