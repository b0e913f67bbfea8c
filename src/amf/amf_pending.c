/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_pending.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"

void amf_pending_free(struct amf_pending *p)
{
    free(p->at);
    memset(p, 0, sizeof(*p));
}

const struct amf_pending_call *amf_pending_find(const struct amf_pending *p,
                                                uint64_t invocation)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        if (p->at[i].invocation == invocation)
            return &p->at[i];
    return NULL;
}

void amf_pending_add(struct amf_pending *p, const struct amf_pending_call *call)
{
    if (amf_pending_find(p, call->invocation)) /* told again, and answered once */
        return;
    if (p->n == p->cap) {
        p->cap = p->cap ? 2 * p->cap : 16;
        p->at = amf_must(realloc(p->at, p->cap * sizeof(*p->at)));
    }
    p->at[p->n++] = *call;
}

void amf_pending_drop(struct amf_pending *p, uint64_t invocation)
{
    const struct amf_pending_call *call = amf_pending_find(p, invocation);

    if (call)
        p->at[call - p->at] = p->at[--p->n];
}

void amf_pending_drop_comp(struct amf_pending *p, int comp)
{
    size_t i = 0;

    while (i < p->n) {
        if (p->at[i].comp == comp || p->at[i].asked == comp)
            p->at[i] = p->at[--p->n];
        else
            i++;
    }
}

size_t amf_pending_operations(const struct amf_pending *p)
{
    size_t i, n = 0;

    for (i = 0; i < p->n; i++)
        if (p->at[i].kind != AMF_CALL_HEALTH)
            n++;
    return n;
}
