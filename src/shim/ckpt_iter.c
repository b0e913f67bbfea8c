/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>
#include <string.h>

#include "shim/registry.h"

struct ckpt_iter {
    struct clv_child child;   /* its handle is ours */
    struct ckpt *ckpt;        /* pinned */
    struct store_iter *store; /* owned */

    pthread_mutex_t
        lock; /* held for the length of a Next: the store lends us one id at a time */
    bool is_pending; /* a section was fetched that could not be handed over */
    struct store_section_info pending;
};

static void iter_destroy(void *obj)
{
    struct ckpt_iter *const it = obj;
    struct ckpt *const c = it->ckpt;

    clv_children_remove(&c->iterators, &it->child);
    store_iter_end(it->store);
    pthread_mutex_destroy(&it->lock);
    free(it);
    clv_ckpt_leave(c);
}

/* Takes begun on success only. The caller holds a pin on c. */
static clv_err iter_publish(struct ckpt *c, struct store_iter *begun, uint64_t *out)
{
    struct ckpt_iter *const it = calloc(1, sizeof(*it));
    uint64_t h;

    if (!it)
        return CL_ERR_NO_MEMORY;
    it->ckpt = c;
    it->store = begun;
    pthread_mutex_init(&it->lock, NULL);
    h = clv_handle_add(CLV_CKPT_ITER, it, iter_destroy);
    if (!h) {
        pthread_mutex_destroy(&it->lock);
        free(it);
        return CL_ERR_NO_MEMORY;
    }
    it->child.handle = h;
    clv_handle_pin(c->child.handle);
    if (!clv_children_add(&c->iterators, &it->child)) { /* closed meanwhile */
        clv_handle_close(h, CLV_CKPT_ITER);
        return CL_ERR_INVALID_HANDLE;
    }
    *out = h;
    return CL_OK;
}

static clv_err iter_begin(struct ckpt *c, enum store_chosen chosen, ClTimeT t,
                          uint64_t *out)
{
    struct store_iter *begun;
    enum store_status st;
    clv_err e;

    if (clv_ckpt_has_default(c) && !c->service->rules->default_is_a_section)
        return CL_ERR_OP_NOT_PERMITTED;
    st =
        store_iter_begin(c->store, chosen, clv_ckpt_when(t), clv_ckpt_deadline(), &begun);
    if (st != STORE_OK)
        return clv_err_of(st);
    e = iter_publish(c, begun, out);
    if (e == CL_ERR_NO_MEMORY)
        store_iter_end(begun);
    return e;
}

clv_err clv_ckpt_iter_begin(uint64_t h, int chosen, ClTimeT t, uint64_t *out)
{
    static const enum store_chosen of[] = {
        [CL_CKPT_SECTIONS_FOREVER] = STORE_FOREVER,
        [CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME] = STORE_ENDS_UNTIL,
        [CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME] = STORE_ENDS_FROM,
        [CL_CKPT_SECTIONS_CORRUPTED] = STORE_CORRUPTED,
        [CL_CKPT_SECTIONS_ANY] = STORE_ANY,
    };
    struct ckpt *c;
    clv_err e;

    if (!out)
        return CL_ERR_NULL_POINTER;
    if (chosen < CL_CKPT_SECTIONS_FOREVER || chosen > CL_CKPT_SECTIONS_ANY)
        return CL_ERR_INVALID_PARAMETER;
    e = clv_ckpt_enter(h, CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = iter_begin(c, of[chosen], t, out);
    clv_ckpt_leave(c);
    return e;
}

/* The iterator behind a handle, pinned; its checkpoint is closed together with it. */
static clv_err iter_enter(uint64_t h, struct ckpt_iter **out)
{
    if (!clv_registry_is_joined())
        return CL_ERR_NOT_INITIALIZED;
    *out = clv_handle_get(h, CLV_CKPT_ITER);
    return *out ? CL_OK : CL_ERR_INVALID_HANDLE;
}

static clv_err describe(const struct store_section_info *info,
                        ClCkptSectionDescriptorT *out)
{
    ClUint8T *id = NULL;

    if (info->id.size > 0) {
        id = malloc(info->id.size);
        if (!id)
            return CL_ERR_NO_MEMORY;
        memcpy(id, info->id.base, info->id.size);
    }
    *out = (ClCkptSectionDescriptorT){
        .sectionId = {.idLen = (ClUint16T)info->id.size, .id = id},
        .expirationTime = info->end_ns,
        .sectionSize = info->size,
        .sectionState =
            info->corrupted ? CL_CKPT_SECTION_CORRUPTED : CL_CKPT_SECTION_VALID,
        .lastUpdate = info->update_ns,
    };
    return CL_OK;
}

/* Lock held. */
static clv_err next(struct ckpt_iter *it, ClCkptSectionDescriptorT *out)
{
    enum store_status st;
    clv_err e;

    if (!it->is_pending) {
        st = store_iter_next(it->store, &it->pending, clv_ckpt_deadline());
        if (st != STORE_OK)
            return st == STORE_ABSENT ? CL_CKPT_ERR_NO_SECTIONS : clv_err_of(st);
    }
    e = describe(&it->pending, out);
    it->is_pending = e != CL_OK; /* without memory now: the same section next time */
    return e;
}

clv_err clv_ckpt_iter_next(uint64_t iter, ClCkptSectionDescriptorT *out)
{
    struct ckpt_iter *it;
    clv_err e;

    if (!clv_registry_is_joined())
        return CL_ERR_NOT_INITIALIZED;
    if (!out)
        return CL_ERR_NULL_POINTER;
    e = iter_enter(iter, &it);
    if (e != CL_OK)
        return e;
    pthread_mutex_lock(&it->lock);
    e = next(it, out);
    pthread_mutex_unlock(&it->lock);
    clv_handle_put(iter);
    return e;
}

clv_err clv_ckpt_iter_end(uint64_t iter)
{
    if (!clv_registry_is_joined())
        return CL_ERR_NOT_INITIALIZED;
    return clv_handle_close(iter, CLV_CKPT_ITER) ? CL_OK : CL_ERR_INVALID_HANDLE;
}

ClRcT clCkptSectionIterationInitialize(ClCkptHdlT checkpointHandle,
                                       ClCkptSectionsChosenT sectionsChosen,
                                       ClTimeT expirationTime,
                                       ClHandleT *sectionIterationHandle)
{
    uint64_t h;
    const clv_err e =
        clv_ckpt_iter_begin(checkpointHandle, (int)sectionsChosen, expirationTime,
                            sectionIterationHandle ? &h : NULL);

    if (e == CL_OK)
        *sectionIterationHandle = h;
    return clv_err_to_cl(CL_CID_CKPT, e);
}

ClRcT clCkptSectionIterationNext(ClHandleT sectionIterationHandle,
                                 ClCkptSectionDescriptorT *sectionDescriptor)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         clv_ckpt_iter_next(sectionIterationHandle, sectionDescriptor));
}

ClRcT clCkptSectionIterationFinalize(ClHandleT sectionIterationHandle)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_iter_end(sectionIterationHandle));
}
