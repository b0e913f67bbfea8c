/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that were internal to the original, and that programs use all the same. */
#include "shim/ckpt.h"

#include <clCkptExtApi.h>
#include <clCkptIpi.h>
#include <stdlib.h>
#include <string.h>

/* ---- replicas ------------------------------------------------------------ */

static struct {
    pthread_mutex_t lock; /* guards the rest; a leaf */
    bool is_registered;
} replica_change = {.lock = PTHREAD_MUTEX_INITIALIZER};

static clv_err replica_change_set(bool is_registered)
{
    clv_err e = CL_OK;

    pthread_mutex_lock(&replica_change.lock);
    if (is_registered && replica_change.is_registered)
        e = CL_ERR_INITIALIZED;
    replica_change.is_registered = is_registered;
    pthread_mutex_unlock(&replica_change.lock);
    return e;
}

/* Accepted and never called: all nodes share one store, so no data has an address
 * that a program would have to follow. */
ClRcT clCkptReplicaChangeRegister(ClCkptReplicaChangeCallbackT callback)
{
    clv_err e = replica_change_set(true);

    if (e == CL_OK && !callback) {
        replica_change_set(false);
        e = CL_ERR_INVALID_PARAMETER;
    }
    return clv_err_to_cl(CL_CID_CKPT, e);
}

ClRcT clCkptReplicaChangeDeregister(void)
{
    return clv_err_to_cl(CL_CID_CKPT, replica_change_set(false));
}

static clv_err switch_over(uint64_t h)
{
    struct ckpt *c;
    clv_err e = clv_ckpt_enter(h, 0, &c);

    if (e != CL_OK)
        return e;
    e = clv_ckpt_is_collocated(c)
            ? clv_err_of(store_ckpt_active_set(c->store, clv_ckpt_deadline()))
            : CL_ERR_OP_NOT_PERMITTED;
    clv_ckpt_leave(c);
    return e;
}

ClRcT clCkptActiveReplicaSetSwitchOver(ClCkptHdlT checkpointHandle)
{
    return clv_err_to_cl(CL_CID_CKPT, switch_over(checkpointHandle));
}

/* ---- the same without differential encoding, which is never used here ---- */

ClRcT clCkptSectionCheck(ClCkptHdlT checkpointHandle, ClCkptSectionIdT *pSectionId)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         clv_ckpt_section_check(checkpointHandle, pSectionId));
}

ClRcT clCkptSectionOverwriteLinear(ClCkptHdlT checkpointHandle,
                                   const ClCkptSectionIdT *sectionId,
                                   const void *dataBuffer, ClSizeT dataSize)
{
    return clCkptSectionOverwrite(checkpointHandle, sectionId, dataBuffer, dataSize);
}

ClRcT clCkptCheckpointWriteLinear(ClCkptHdlT checkpointHandle,
                                  const ClCkptIOVectorElementT *ioVector,
                                  ClUint32T numberOfElements,
                                  ClUint32T *erroneousVectorIndex)
{
    return clCkptCheckpointWrite(checkpointHandle, ioVector, numberOfElements,
                                 erroneousVectorIndex);
}

ClBoolT clCkptDifferentialCheckpointStatusGet(void)
{
    return CL_FALSE;
}

/* ---- blocks into a section ----------------------------------------------- */

static clv_err blocks_check(const ClDifferenceVectorT *blocks, ClSizeT size)
{
    ClUint32T i;

    if (size == 0 || !blocks || blocks->numDataVectors == 0 || !blocks->dataVectors)
        return CL_ERR_INVALID_PARAMETER;
    for (i = 0; i < blocks->numDataVectors; i++) {
        const ClDataVectorT *const v = &blocks->dataVectors[i];
        const ClSizeT at = (ClSizeT)v->dataBlock << CL_DIFFERENCE_VECTOR_BLOCK_SHIFT;

        if (at > size || v->dataSize > size - at || (!v->dataBase && v->dataSize > 0))
            return CL_ERR_INVALID_PARAMETER;
    }
    return CL_OK;
}

/* New: the section's content cut or zero-filled to size, and the blocks on top. */
static clv_err patched(struct ckpt *c, struct clv_bytes section, ClSizeT size,
                       const ClDifferenceVectorT *blocks, ClUint8T **out)
{
    struct store_read r = {.id = section};
    ClUint8T *content;
    enum store_status st;
    uint32_t i, bad;

    content = calloc(1, size);
    if (!content)
        return CL_ERR_NO_MEMORY;
    r.buffer = content;
    r.size = size;
    st = store_read(c->store, &r, 1, &bad, clv_ckpt_deadline());
    if (st != STORE_OK) {
        free(content);
        return clv_err_of(st);
    }
    for (i = 0; i < blocks->numDataVectors; i++) {
        const ClDataVectorT *const v = &blocks->dataVectors[i];

        if (v->dataSize > 0)
            memcpy(content + ((ClSizeT)v->dataBlock << CL_DIFFERENCE_VECTOR_BLOCK_SHIFT),
                   v->dataBase, v->dataSize);
    }
    *out = content;
    return CL_OK;
}

static clv_err overwrite_blocks(struct ckpt *c, const ClCkptSectionIdT *id, ClSizeT size,
                                const ClDifferenceVectorT *blocks)
{
    struct clv_bytes section;
    ClUint8T *content;
    clv_err e = clv_ckpt_section_id(c, id, CL_ERR_INVALID_PARAMETER, &section);

    if (e == CL_OK && c->attrs.max_section_size != 0 && size > c->attrs.max_section_size)
        e = CL_ERR_INVALID_PARAMETER;
    if (e == CL_OK)
        e = patched(c, section, size, blocks, &content);
    if (e != CL_OK)
        return e;
    e = clv_err_of(store_section_write(
        c->store, section, (struct clv_bytes){content, size}, clv_ckpt_deadline()));
    free(content);
    return e;
}

ClRcT clCkptSectionOverwriteVector(ClCkptHdlT checkpointHandle,
                                   const ClCkptSectionIdT *sectionId, ClSizeT dataSize,
                                   ClDifferenceVectorT *differenceVector)
{
    struct ckpt *c;
    clv_err e =
        sectionId ? blocks_check(differenceVector, dataSize) : CL_ERR_NULL_POINTER;

    if (e == CL_OK)
        e = clv_ckpt_enter(checkpointHandle, CKPT_WRITE | CKPT_ACTIVE, &c);
    if (e == CL_OK) {
        e = overwrite_blocks(c, sectionId, dataSize, differenceVector);
        clv_ckpt_leave(c);
    }
    return clv_err_to_cl(CL_CID_CKPT, e);
}
