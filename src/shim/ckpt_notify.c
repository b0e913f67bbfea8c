/* SPDX-License-Identifier: Apache-2.0 */
/* Change callbacks: the hot standby learns of what other processes write. */
#include "shim/ckpt.h"

#include <stdlib.h>
#include <string.h>

#include "shim/registry.h"

/* Change vectors up to this length need no memory of their own. */
#define CHANGES_ON_STACK 8

/* What one delivery needs; borrowed by the callback. */
struct delivery {
    struct ckpt *ckpt;
    ClCkptNotificationCallbackT notify;
    ClPtrT cookie;
    ClNameT name;
};

static ClCkptSectionIdT announced_id(const struct ckpt *c, struct clv_bytes id)
{
    static ClUint8T default_id[] = CKPT_DEFAULT_ID;

    if (id.size > 0)
        return (ClCkptSectionIdT){(ClUint16T)id.size, (ClUint8T *)id.base};
    if (c->attrs.creation_flags & CL_CKPT_PEER_TO_PEER_REPLICA)
        return (ClCkptSectionIdT){sizeof(default_id), default_id};
    return (ClCkptSectionIdT){0, NULL};
}

static void tell(struct delivery *d, const struct store_change *vec, uint32_t n,
                 ClCkptIOVectorElementT *elements)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        elements[i] = (ClCkptIOVectorElementT){
            .sectionId = announced_id(d->ckpt, vec[i].id),
            .dataBuffer = vec[i].data.size > 0 ? (ClPtrT)vec[i].data.base : NULL,
            .dataSize = vec[i].data.size,
            .dataOffset = (ClOffsetT)vec[i].offset,
            .readSize = vec[i].data.size,
        };
    }
    d->notify(d->ckpt->child.handle, &d->name, elements, n, d->cookie);
}

static void tell_all(struct delivery *d, const struct store_change *vec, uint32_t n)
{
    ClCkptIOVectorElementT few[CHANGES_ON_STACK], *many = NULL;
    uint32_t i, part;

    if (n > CHANGES_ON_STACK)
        many = calloc(n, sizeof(*many));
    if (many) {
        tell(d, vec, n, many);
        free(many);
        return;
    }
    /* Without memory in portions, so that no change is lost. */
    for (i = 0; i < n; i += part) {
        part = n - i < CHANGES_ON_STACK ? n - i : CHANGES_ON_STACK;
        tell(d, vec + i, part, few);
    }
}

/* On the store's thread. */
static void changed(void *arg, const struct store_change *vec, uint32_t n)
{
    const uint64_t h = ((struct ckpt *)arg)->child.handle;
    struct clv_bytes name;
    struct delivery d;

    d.ckpt = clv_handle_get(h, CLV_CKPT);
    if (!d.ckpt) /* being closed */
        return;
    clv_registry_store_thread_enter();
    pthread_mutex_lock(&d.ckpt->lock);
    d.notify = d.ckpt->notify;
    d.cookie = d.ckpt->cookie;
    pthread_mutex_unlock(&d.ckpt->lock);
    if (d.notify) {
        name = store_ckpt_name(d.ckpt->store);
        d.name = (ClNameT){.length = (ClUint16T)name.size};
        memcpy(d.name.value, name.base, name.size);
        tell_all(&d, vec, n);
    }
    clv_handle_put(h);
    clv_registry_store_thread_leave();
}

static bool notify_set(struct ckpt *c, ClCkptNotificationCallbackT callback,
                       ClPtrT cookie)
{
    bool was_set;

    pthread_mutex_lock(&c->lock);
    was_set = c->notify != NULL;
    c->notify = callback;
    c->cookie = cookie;
    pthread_mutex_unlock(&c->lock);
    return was_set;
}

void clv_ckpt_notify_end(struct ckpt *c)
{
    /* Its status changes nothing: without a callback nothing is delivered. */
    if (notify_set(c, NULL, NULL))
        store_feed_set(c->store, NULL, NULL, clv_ckpt_deadline());
}

static clv_err notify_begin(struct ckpt *c, ClCkptNotificationCallbackT callback,
                            ClPtrT cookie)
{
    enum store_status st;

    notify_set(c, callback, cookie);
    st = store_feed_set(c->store, changed, c, clv_ckpt_deadline());
    if (st != STORE_OK)
        notify_set(c, NULL, NULL);
    return clv_err_of(st);
}

static clv_err notify_register(uint64_t h, ClCkptNotificationCallbackT callback,
                               ClPtrT cookie)
{
    struct ckpt *const c = clv_handle_get(h, CLV_CKPT);
    clv_err e = CL_OK;

    if (!c)
        return CL_ERR_INVALID_HANDLE;
    if (!(c->attrs.creation_flags & CL_CKPT_DISTRIBUTED))
        e = CL_ERR_OP_NOT_PERMITTED;
    else if (callback)
        e = notify_begin(c, callback, cookie);
    else
        clv_ckpt_notify_end(c);
    clv_ckpt_leave(c);
    return e;
}

ClRcT clCkptImmediateConsumptionRegister(ClCkptHdlT checkpointHandle,
                                         ClCkptNotificationCallbackT callback,
                                         ClPtrT pCookie)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         notify_register(checkpointHandle, callback, pCookie));
}
