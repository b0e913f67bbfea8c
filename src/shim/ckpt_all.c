/* SPDX-License-Identifier: Apache-2.0 */
/* All sections of a checkpoint at once. */
#include <clCkptExtApi.h>
#include <stdlib.h>
#include <string.h>

#include "shim/ckpt.h"

/* What one request asks for: many small sections, or one large one. */
enum { BATCH_SECTIONS = 64, BATCH_BYTES = 1 << 20 };

/* The first n elements are complete; those after them have their ids and are to be read.
 */
struct collected {
    ClCkptIOVectorElementT *vec; /* new */
    ClUint32T n, room;
    uint32_t pending;
    uint64_t pending_bytes;
    struct store_read batch[BATCH_SECTIONS]; /* of the pending ones */
};

/* Takes nothing from id; *to is new. */
static clv_err id_copy(struct clv_bytes id, ClCkptSectionIdT *to)
{
    static const char default_id[] = CKPT_DEFAULT_ID;

    if (id.size == 0)
        id = (struct clv_bytes){default_id, sizeof(default_id)};
    to->id = malloc(id.size);
    if (!to->id)
        return CL_ERR_NO_MEMORY;
    memcpy(to->id, id.base, id.size);
    to->idLen = (ClUint16T)id.size;
    return CL_OK;
}

static clv_err collected_grow(struct collected *all)
{
    const ClUint32T room = all->room ? all->room * 2 : 16;
    ClCkptIOVectorElementT *vec;

    if (all->n + all->pending < all->room)
        return CL_OK;
    vec = realloc(all->vec, room * sizeof(*vec));
    if (!vec)
        return CL_ERR_NO_MEMORY;
    all->vec = vec;
    all->room = room;
    return CL_OK;
}

static clv_err pending_add(struct collected *all, const struct store_section_info *info)
{
    ClCkptIOVectorElementT *to;
    clv_err e = collected_grow(all);

    if (e != CL_OK)
        return e;
    to = &all->vec[all->n + all->pending];
    *to = (ClCkptIOVectorElementT){.dataBuffer = NULL};
    e = id_copy(info->id, &to->sectionId);
    if (e != CL_OK)
        return e;
    all->batch[all->pending++] = (struct store_read){
        .id = {to->sectionId.id, info->id.size ? to->sectionId.idLen : 0}};
    all->pending_bytes += info->size;
    return CL_OK;
}

static void pending_drop(struct collected *all, uint32_t which)
{
    ClCkptIOVectorElementT *const gone = &all->vec[all->n + which];
    const size_t after = --all->pending - which;

    free(gone->sectionId.id);
    memmove(gone, gone + 1, after * sizeof(*gone));
    memmove(&all->batch[which], &all->batch[which + 1], after * sizeof(all->batch[0]));
}

static void pending_complete(struct collected *all)
{
    uint32_t i;

    for (i = 0; i < all->pending; i++) {
        const struct store_read *r = &all->batch[i];
        ClCkptIOVectorElementT *to = &all->vec[all->n + i];

        if (r->got > 0)
            to->dataBuffer = r->buffer;
        else
            free(r->buffer);
        to->dataSize = to->readSize = r->got;
    }
    all->n += all->pending;
    all->pending = 0;
    all->pending_bytes = 0;
}

/* A section that went away meanwhile is left out. */
static clv_err pending_read(struct ckpt *c, struct collected *all)
{
    enum store_status st = STORE_OK;
    bool again = all->pending > 0;
    uint32_t bad;

    while (again) {
        st = store_read(c->store, all->batch, all->pending, &bad, clv_ckpt_deadline());
        again = st == STORE_ABSENT && all->pending > 1;
        if (st == STORE_ABSENT)
            pending_drop(all, bad);
    }
    if (st != STORE_OK && st != STORE_ABSENT)
        return clv_err_of(st);
    pending_complete(all);
    return CL_OK;
}

static clv_err collect(struct ckpt *c, const struct store_section_info *info,
                       struct collected *all)
{
    clv_err e = CL_OK;

    if (all->pending == BATCH_SECTIONS ||
        (all->pending > 0 && all->pending_bytes + info->size > BATCH_BYTES))
        e = pending_read(c, all);
    return e == CL_OK ? pending_add(all, info) : e;
}

static clv_err collect_all(struct ckpt *c, struct collected *all)
{
    struct store_section_info info;
    struct store_iter *it;
    clv_err e = clv_err_of(store_iter_begin(
        c->store, STORE_ANY, (struct store_when){.ns = 0}, clv_ckpt_deadline(), &it));

    if (e != CL_OK)
        return e;
    do {
        e = clv_err_of(store_iter_next(it, &info, clv_ckpt_deadline()));
        if (e == CL_OK)
            e = collect(c, &info, all);
    } while (e == CL_OK);
    store_iter_end(it);
    return clv_err_is(e, STORE_ABSENT) ? pending_read(c, all) : e;
}

ClRcT clCkptIOVectorFree(ClCkptIOVectorElementT *pIOVecs, ClUint32T numVecs)
{
    ClUint32T i;

    if (!pIOVecs)
        return CL_ERR_INVALID_PARAMETER; /* without a component id, as ever */
    for (i = 0; i < numVecs; i++) {
        free(pIOVecs[i].sectionId.id);
        free(pIOVecs[i].dataBuffer);
        pIOVecs[i].sectionId.id = NULL;
        pIOVecs[i].dataBuffer = NULL;
    }
    return CL_OK;
}

static clv_err read_sections(uint64_t h, struct collected *all)
{
    struct ckpt *c;
    clv_err e = clv_ckpt_enter(h, CKPT_READ | CKPT_ACTIVE, &c);

    if (e != CL_OK)
        return e;
    e = collect_all(c, all);
    if (e != CL_OK && all->vec) {
        clCkptIOVectorFree(all->vec, all->n + all->pending);
        free(all->vec);
    }
    clv_ckpt_leave(c);
    return e;
}

ClRcT clCkptCheckpointReadSections(ClCkptHdlT checkpointHandle,
                                   ClCkptIOVectorElementT **ppIOVecs, ClUint32T *pNumVecs)
{
    struct collected *all;
    clv_err e;

    if (ppIOVecs)
        *ppIOVecs = NULL;
    if (pNumVecs)
        *pNumVecs = 0;
    if (!ppIOVecs || !pNumVecs)
        return clv_err_to_cl(CL_CID_CKPT, CL_ERR_NULL_POINTER);
    all = calloc(1, sizeof(*all));
    if (!all)
        return clv_err_to_cl(CL_CID_CKPT, CL_ERR_NO_MEMORY);
    e = read_sections(checkpointHandle, all);
    if (e == CL_OK) {
        *ppIOVecs = all->vec;
        *pNumVecs = all->n;
    }
    free(all);
    return clv_err_to_cl(CL_CID_CKPT, e);
}
