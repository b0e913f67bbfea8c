/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: what a component answers to orders. */
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>

#include "shim/cpm_comp.h"
#include "shim/cpm_pending.h"
#include "shim/cpm_service.h"
#include "shim/eo_process.h"

struct answer {
    uint64_t wire;
    const char *kind;
    bool ends_process; /* this process itself was told to terminate */
};

static bool is_own_terminate(const struct cpm_pending *p)
{
    const char *own = getenv("ASP_COMPNAME");

    return p->order == CPM_TERMINATE && own && strcmp(p->comp, own) == 0;
}

/* What is known of an order that was answered before, or never given: the class in
 * the upper half of its invocation. The daemon ignores it anyway. */
static const char *class_word(ClInvocationT invocation)
{
    /* clang-format off */
    static const struct {
        unsigned class;
        enum cpm_order order;
    } classes[] = {
        { 0x21, CPM_HEALTH }, { 0x22, CPM_TERMINATE }, { 0x24, CPM_CSI_REMOVE },
        { 0x26, CPM_PROXIED_INSTANTIATE }, { 0x27, CPM_PROXIED_CLEANUP },
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
        if (classes[i].class == invocation >> 32)
            return cpm_order_word(classes[i].order);
    return cpm_order_word(CPM_CSI_SET);
}

/* Take the order off the list. An answer to QUIESCING says "heard": the order ends
 * with QuiescingComplete, or with an error. */
static struct answer pending_take(ClInvocationT invocation, ClRcT result)
{
    struct answer a = {.wire = invocation, .kind = class_word(invocation)};
    struct cpm_pending *p;

    pthread_mutex_lock(&cpm_lock);
    p = cpm_pending_find(invocation);
    if (p) {
        a.wire = p->wire;
        a.kind = cpm_order_word(p->order);
        a.ends_process = result == CL_OK && is_own_terminate(p);
        if (p->ha != CL_AMS_HA_STATE_QUIESCING || result != CL_OK)
            cpm_pending_remove(p);
    }
    pthread_mutex_unlock(&cpm_lock);
    return a;
}

ClRcT clCpmResponse(ClCpmHandleT h, ClInvocationT invocation, ClRcT result)
{
    struct cpm *s = cpm_get_any(h);
    struct answer a;

    if (!s)
        return CPM_BAD_HANDLE;
    a = pending_take(invocation, result);
    if (a.ends_process)
        eo_process_delete();
    cpm_send(json_pack("{s:s, s:I, s:I, s:s}", "t", "response", "inv", (json_int_t)a.wire,
                       "rc", (json_int_t)result, "kind", a.kind));
    if (a.ends_process)
        eo_process_release();
    cpm_put(s);
    return CL_OK;
}

/* The wire's invocation; the CSIs are QUIESCED now, without another order. */
static uint64_t quiescing_take(ClInvocationT invocation, ClRcT result)
{
    uint64_t wire = invocation;
    struct cpm_pending *p;
    struct cpm_comp *c;

    pthread_mutex_lock(&cpm_lock);
    p = cpm_pending_find(invocation);
    if (p && p->ha == CL_AMS_HA_STATE_QUIESCING) {
        wire = p->wire;
        c = cpm_comp_find(p->comp);
        if (c && result == CL_OK)
            cpm_comp_quiesced(c, p->csi);
        cpm_pending_remove(p);
    }
    pthread_mutex_unlock(&cpm_lock);
    return wire;
}

ClRcT clCpmCSIQuiescingComplete(ClCpmHandleT h, ClInvocationT invocation, ClRcT result)
{
    struct cpm *s = cpm_get(h);

    if (!s)
        return CPM_BAD_HANDLE;
    cpm_send(json_pack("{s:s, s:I, s:I}", "t", "quiesced", "inv",
                       (json_int_t)quiescing_take(invocation, result), "rc",
                       (json_int_t)result));
    cpm_put(s);
    return CL_OK;
}
