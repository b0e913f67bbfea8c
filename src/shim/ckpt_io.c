/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>

/* Vectors up to this length need no memory of their own. */
#define VECTOR_ON_STACK 8

/* Whether offset + size stays within what a section of c may hold. */
static bool is_within(const struct ckpt *c, ClOffsetT offset, ClSizeT size)
{
    ClSizeT end;

    return !__builtin_add_overflow((ClSizeT)offset, size, &end) && end <= INT64_MAX &&
           (c->attrs.max_section_size == 0 || end <= c->attrs.max_section_size);
}

/* ---- write --------------------------------------------------------------- */

static clv_err write_element(const struct ckpt *c, const ClCkptIOVectorElementT *from,
                             struct store_write *to)
{
    const clv_err e =
        clv_ckpt_section_id(c, &from->sectionId, CL_ERR_INVALID_PARAMETER, &to->id);

    if (e != CL_OK)
        return e;
    if (!from->dataBuffer && from->dataSize > 0)
        return CL_ERR_NULL_POINTER;
    if (from->dataOffset < 0 || !is_within(c, from->dataOffset, from->dataSize))
        return CL_ERR_INVALID_PARAMETER;
    to->data = (struct clv_bytes){from->dataBuffer, from->dataSize};
    to->offset = (uint64_t)from->dataOffset;
    return CL_OK;
}

static clv_err write_elements(const struct ckpt *c, const ClCkptIOVectorElementT *vec,
                              ClUint32T n, struct store_write *w, ClUint32T *bad)
{
    clv_err e;

    for (*bad = 0; *bad < n; (*bad)++) {
        e = write_element(c, &vec[*bad], &w[*bad]);
        if (e != CL_OK)
            return e;
    }
    *bad = 0;
    return CL_OK;
}

static clv_err write_vector(struct ckpt *c, const ClCkptIOVectorElementT *vec,
                            ClUint32T n, ClUint32T *bad)
{
    struct store_write few[VECTOR_ON_STACK], *w = few;
    clv_err e;

    *bad = 0;
    if (n > VECTOR_ON_STACK && !(w = calloc(n, sizeof(*w))))
        return CL_ERR_NO_MEMORY;
    e = write_elements(c, vec, n, w, bad);
    if (e == CL_OK)
        e = clv_err_of(store_write(c->store, w, n, bad, clv_ckpt_deadline()));
    if (w != few)
        free(w);
    return e;
}

clv_err clv_ckpt_write(uint64_t h, const ClCkptIOVectorElementT *vec, ClUint32T n,
                       ClUint32T *bad)
{
    ClUint32T at;
    struct ckpt *c;
    clv_err e;

    if (!vec)
        return CL_ERR_NULL_POINTER;
    if (n == 0)
        return CL_ERR_INVALID_PARAMETER;
    e = clv_ckpt_enter(h, CKPT_WRITE | CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = write_vector(c, vec, n, &at);
    if (bad && e != CL_OK)
        *bad = at;
    else if (bad && c->service->rules->success_zeroes_index)
        *bad = 0;
    clv_ckpt_leave(c);
    return e;
}

/* ---- read ---------------------------------------------------------------- */

/* A section that is missing is reported before a size that it could not have. */
static clv_err excess(struct ckpt *c, struct clv_bytes section)
{
    const enum store_status st =
        store_section_check(c->store, section, clv_ckpt_deadline());

    return st == STORE_OK ? CL_ERR_INVALID_PARAMETER : clv_err_of(st);
}

static clv_err read_element(struct ckpt *c, const ClCkptIOVectorElementT *from,
                            struct store_read *to)
{
    const uint64_t most = c->attrs.max_section_size;
    const clv_err e =
        clv_ckpt_section_id(c, &from->sectionId, CL_ERR_NULL_POINTER, &to->id);

    if (e != CL_OK)
        return e;
    if (from->dataOffset < 0)
        return CL_ERR_INVALID_PARAMETER;
    to->offset = (uint64_t)from->dataOffset;
    to->buffer = from->dataBuffer;
    to->size =
        from->dataBuffer ? from->dataSize : 0; /* without a buffer: the whole section */
    to->got = 0;
    if (most != 0 && (to->size > most || to->offset > most))
        return excess(c, to->id);
    return CL_OK;
}

static void read_results(ClCkptIOVectorElementT *vec, const struct store_read *r,
                         ClUint32T n)
{
    ClUint32T i;

    for (i = 0; i < n; i++) {
        vec[i].dataBuffer = r[i].buffer;
        vec[i].readSize = r[i].got;
    }
}

static clv_err read_elements(struct ckpt *c, const ClCkptIOVectorElementT *vec,
                             ClUint32T n, struct store_read *r, ClUint32T *bad)
{
    clv_err e;

    for (*bad = 0; *bad < n; (*bad)++) {
        e = read_element(c, &vec[*bad], &r[*bad]);
        if (e != CL_OK)
            return e;
    }
    *bad = 0;
    return CL_OK;
}

static clv_err read_vector(struct ckpt *c, ClCkptIOVectorElementT *vec, ClUint32T n,
                           ClUint32T *bad)
{
    struct store_read few[VECTOR_ON_STACK], *r = few;
    clv_err e;

    *bad = 0;
    if (n > VECTOR_ON_STACK && !(r = calloc(n, sizeof(*r))))
        return CL_ERR_NO_MEMORY;
    e = read_elements(c, vec, n, r, bad);
    if (e == CL_OK)
        e = clv_err_of(store_read(c->store, r, n, bad, clv_ckpt_deadline()));
    if (e == CL_OK)
        read_results(vec, r, n);
    if (r != few)
        free(r);
    return e;
}

clv_err clv_ckpt_read(uint64_t h, ClCkptIOVectorElementT *vec, ClUint32T n,
                      ClUint32T *bad)
{
    ClUint32T at;
    struct ckpt *c;
    clv_err e;

    if (!vec)
        return CL_ERR_NULL_POINTER;
    if (n == 0)
        return CL_ERR_INVALID_PARAMETER;
    e = clv_ckpt_enter(h, CKPT_READ | CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = read_vector(c, vec, n, &at);
    if (bad && e != CL_OK)
        *bad = at;
    clv_ckpt_leave(c);
    return e;
}

/* ---- Cl names ------------------------------------------------------------ */

ClRcT clCkptCheckpointWrite(ClCkptHdlT checkpointHandle,
                            const ClCkptIOVectorElementT *ioVector,
                            ClUint32T numberOfElements, ClUint32T *erroneousVectorIndex)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         clv_ckpt_write(checkpointHandle, ioVector, numberOfElements,
                                        erroneousVectorIndex));
}

ClRcT clCkptCheckpointRead(ClCkptHdlT checkpointHandle, ClCkptIOVectorElementT *ioVector,
                           ClUint32T numberOfElements, ClUint32T *erroneousVectorIndex)
{
    ClUint32T i;
    clv_err e;

    if (erroneousVectorIndex)
        *erroneousVectorIndex = 0;
    e = clv_ckpt_read(checkpointHandle, ioVector, numberOfElements, erroneousVectorIndex);
    for (i = 0; e == CL_OK && i < numberOfElements; i++) {
        /* Legacy programs find these changed, and reset them in their loops. */
        ioVector[i].dataSize = ioVector[i].readSize;
        ioVector[i].dataOffset = 0;
    }
    return clv_err_to_cl(CL_CID_CKPT, e);
}
