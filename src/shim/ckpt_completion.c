/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>

static void tell_open(const struct ckpt_completion *c)
{
    const uint64_t h = c->result == CL_OK ? c->handle : CKPT_NO_HANDLE;

    if (c->callbacks.is_sa)
        c->callbacks.sa.saCkptCheckpointOpenCallback(c->invocation, h,
                                                     clv_err_to_sa(c->result));
    else
        c->callbacks.cl.checkpointOpenCallback(c->invocation, h,
                                               clv_err_to_cl(CL_CID_CKPT, c->result));
}

static void tell_sync(const struct ckpt_completion *c)
{
    if (c->callbacks.is_sa)
        c->callbacks.sa.saCkptCheckpointSynchronizeCallback(c->invocation,
                                                            clv_err_to_sa(c->result));
    else
        c->callbacks.cl.checkpointSynchronizeCallback(
            c->invocation, clv_err_to_cl(CL_CID_CKPT, c->result));
}

static void completion_run(struct clv_job *job)
{
    struct ckpt_completion *const c = (struct ckpt_completion *)job;

    if (c->is_open)
        tell_open(c);
    else
        tell_sync(c);
    free(c);
}

/* An open that nobody will hear of must not keep its checkpoint alive. */
static void completion_drop(struct clv_job *job)
{
    struct ckpt_completion *const c = (struct ckpt_completion *)job;

    if (c->handle)
        clv_ckpt_close_handle(c->handle);
    free(c);
}

void clv_ckpt_completion_init(struct ckpt_completion *c, const struct ckpt_service *s,
                              bool is_open, ClInvocationT invocation, uint64_t owner)
{
    *c = (struct ckpt_completion){
        .job = {.owner = owner, .run = completion_run, .drop = completion_drop},
        .callbacks = s->callbacks,
        .is_open = is_open,
        .invocation = invocation,
    };
}

void clv_ckpt_completion_deliver(struct ckpt_service *s, struct ckpt_completion *c)
{
    if (atomic_load(&s->is_queued))
        clv_dispatch_post(&s->dispatch, &c->job);
    else /* legacy programs without a selection object are called right here */
        c->job.run(&c->job);
}
