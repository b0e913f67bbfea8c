/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>

#include "base/clock.h"
#include "shim/registry.h"

/* The checkpoint, pinned, if it may be synchronized. */
static clv_err sync_enter(uint64_t h, struct ckpt **out)
{
    clv_err e = clv_ckpt_enter(h, CKPT_WRITE, out);

    if (e != CL_OK)
        return e;
    if ((*out)->attrs.creation_flags & CL_CKPT_WR_ALL_REPLICAS)
        e = CL_ERR_BAD_OPERATION; /* every write has been synchronous */
    else
        e = clv_ckpt_active_check(*out);
    if (e != CL_OK)
        clv_ckpt_leave(*out);
    return e;
}

clv_err clv_ckpt_sync(uint64_t h, ClTimeT timeout_ns)
{
    struct ckpt *c;
    clv_err e = sync_enter(h, &c);

    if (e != CL_OK)
        return e;
    e = clv_err_of(
        store_ckpt_sync(c->store, timeout_ns <= 0 || timeout_ns == STORE_TIME_END
                                      ? clv_ckpt_deadline()
                                      : clv_deadline_ns(timeout_ns)));
    clv_ckpt_leave(c);
    return e;
}

struct sync_request {
    struct ckpt_completion done; /* first: it outlives the request's other fields */
    uint64_t ckpt;
};

/* On the store's thread. A checkpoint that was closed meanwhile gets no answer. */
static void sync_run(void *arg)
{
    struct sync_request *const r = arg;
    struct ckpt *const c = clv_handle_get(r->ckpt, CLV_CKPT);

    if (!c) {
        free(r);
        return;
    }
    clv_registry_store_thread_enter();
    r->done.result = clv_err_of(store_ckpt_sync(c->store, clv_ckpt_deadline()));
    clv_ckpt_completion_deliver(c->service, &r->done);
    clv_ckpt_leave(c);
    clv_registry_store_thread_leave();
}

static bool has_sync_callback(const struct ckpt_service *s)
{
    return s->callbacks.is_sa
               ? s->callbacks.sa.saCkptCheckpointSynchronizeCallback != NULL
               : s->callbacks.cl.checkpointSynchronizeCallback != NULL;
}

static clv_err sync_submit(struct ckpt *c, ClInvocationT invocation)
{
    struct sync_request *const r = calloc(1, sizeof(*r));

    if (!r)
        return CL_ERR_NO_MEMORY;
    clv_ckpt_completion_init(&r->done, c->service, false, invocation, c->child.handle);
    r->ckpt = c->child.handle;
    if (store_defer(sync_run, r))
        return CL_OK;
    free(r);
    return CL_ERR_NO_MEMORY;
}

clv_err clv_ckpt_sync_async(uint64_t h, ClInvocationT invocation)
{
    struct ckpt *c;
    clv_err e = clv_ckpt_enter(h, 0, &c);
    const bool has_callback = e == CL_OK && has_sync_callback(c->service);

    if (e != CL_OK)
        return e;
    clv_ckpt_leave(c);
    if (!has_callback)
        return CL_ERR_INITIALIZED;
    e = sync_enter(h, &c);
    if (e != CL_OK)
        return e;
    e = sync_submit(c, invocation);
    clv_ckpt_leave(c);
    return e;
}

ClRcT clCkptCheckpointSynchronize(ClCkptHdlT checkpointHandle, ClTimeT timeout)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_sync(checkpointHandle, timeout));
}

ClRcT clCkptCheckpointSynchronizeAsync(ClCkptHdlT checkpointHandle,
                                       ClInvocationT invocation)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_sync_async(checkpointHandle, invocation));
}
