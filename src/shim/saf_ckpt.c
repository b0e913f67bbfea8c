/* SPDX-License-Identifier: Apache-2.0 */
/* The SA names of the checkpoint service: the same cores, the other error codes. */
#include "shim/ckpt.h"

#include <stddef.h>
#include <stdlib.h>

/* The two families pass each other's structs, so that handles and code mix freely. */
#define SAME_FIELD(cl, sa, f) _Static_assert(offsetof(cl, f) == offsetof(sa, f), "layout")
#define SAME_SIZE(cl, sa) _Static_assert(sizeof(cl) == sizeof(sa), "layout")

SAME_SIZE(ClNameT, SaNameT);
SAME_FIELD(ClNameT, SaNameT, value);
SAME_SIZE(ClCkptCheckpointCreationAttributesT, SaCkptCheckpointCreationAttributesT);
SAME_FIELD(ClCkptCheckpointCreationAttributesT, SaCkptCheckpointCreationAttributesT,
           maxSections);
SAME_SIZE(ClCkptSectionIdT, SaCkptSectionIdT);
SAME_FIELD(ClCkptSectionIdT, SaCkptSectionIdT, id);
SAME_SIZE(ClCkptSectionCreationAttributesT, SaCkptSectionCreationAttributesT);
SAME_SIZE(ClCkptSectionDescriptorT, SaCkptSectionDescriptorT);
SAME_FIELD(ClCkptSectionDescriptorT, SaCkptSectionDescriptorT, lastUpdate);
SAME_SIZE(ClCkptIOVectorElementT, SaCkptIOVectorElementT);
SAME_FIELD(ClCkptIOVectorElementT, SaCkptIOVectorElementT, readSize);
SAME_SIZE(ClCkptCheckpointDescriptorT, SaCkptCheckpointDescriptorT);
SAME_FIELD(ClCkptCheckpointDescriptorT, SaCkptCheckpointDescriptorT, memoryUsed);

static SaAisErrorT invalid(void)
{
    return SA_AIS_ERR_INVALID_PARAM;
}

/* ---- the service --------------------------------------------------------- */

SaAisErrorT saCkptInitialize(SaCkptHandleT *ckptHandle, const SaCkptCallbacksT *callbacks,
                             SaVersionT *version)
{
    struct ckpt_callbacks cb = {.is_sa = true};
    const struct clv_rules *rules;
    struct clv_version v;
    uint64_t h;
    clv_err e;

    if (!ckptHandle || !version)
        return invalid();
    *ckptHandle = CKPT_NO_HANDLE;
    v = (struct clv_version){version->releaseCode, version->majorVersion,
                             version->minorVersion};
    rules = clv_rules_for_sa(&v);
    *version = (SaVersionT){v.release, v.major, v.minor};
    if (!rules)
        return SA_AIS_ERR_VERSION;
    if (callbacks)
        cb.sa = *callbacks;
    e = clv_ckpt_initialize(rules, &cb, &h);
    if (e == CL_OK)
        *ckptHandle = h;
    return clv_err_to_sa(e);
}

SaAisErrorT saCkptSelectionObjectGet(SaCkptHandleT ckptHandle,
                                     SaSelectionObjectT *selectionObject)
{
    uint64_t fd;
    const clv_err e = clv_ckpt_selection_object(ckptHandle, selectionObject ? &fd : NULL);

    if (e == CL_OK && selectionObject)
        *selectionObject = fd;
    return clv_err_to_sa(e);
}

SaAisErrorT saCkptDispatch(SaCkptHandleT ckptHandle, SaDispatchFlagsT dispatchFlags)
{
    return clv_err_to_sa(clv_ckpt_dispatch(ckptHandle, (int)dispatchFlags));
}

SaAisErrorT saCkptFinalize(SaCkptHandleT ckptHandle)
{
    return clv_err_to_sa(clv_ckpt_finalize(ckptHandle));
}

/* ---- checkpoints --------------------------------------------------------- */

static bool clips_size(uint64_t service)
{
    struct ckpt_service *s;
    bool clips;

    if (clv_ckpt_service_get(service, &s) != CL_OK)
        return false;
    clips = s->rules->sa_clips_size;
    clv_handle_put(service);
    return clips;
}

SaAisErrorT saCkptCheckpointOpen(
    SaCkptHandleT ckptHandle, const SaNameT *checkpointName,
    const SaCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    SaCkptCheckpointOpenFlagsT checkpointOpenFlags, SaTimeT timeout,
    SaCkptCheckpointHandleT *checkpointHandle)
{
    ClCkptCheckpointCreationAttributesT attrs;
    uint64_t h = 0;
    clv_err e;

    (void)timeout;
    if (!checkpointHandle)
        return invalid();
    if (checkpointCreationAttributes) {
        attrs =
            *(const ClCkptCheckpointCreationAttributesT *)checkpointCreationAttributes;
        if (clips_size(ckptHandle))
            attrs.checkpointSize = clv_ckpt_clipped_size(&attrs);
    }
    e = clv_ckpt_open(ckptHandle, (const ClNameT *)checkpointName,
                      checkpointCreationAttributes ? &attrs : NULL, checkpointOpenFlags,
                      &h);
    *checkpointHandle = e == CL_OK ? h : 0;
    return clv_err_to_sa(e);
}

SaAisErrorT saCkptCheckpointOpenAsync(
    SaCkptHandleT ckptHandle, SaInvocationT invocation, const SaNameT *checkpointName,
    const SaCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    SaCkptCheckpointOpenFlagsT checkpointOpenFlags)
{
    const void *const attrs = checkpointCreationAttributes;

    return clv_err_to_sa(clv_ckpt_open_async(ckptHandle, invocation,
                                             (const ClNameT *)checkpointName, attrs,
                                             checkpointOpenFlags));
}

SaAisErrorT saCkptCheckpointClose(SaCkptCheckpointHandleT checkpointHandle)
{
    return clv_err_to_sa(clv_ckpt_close(checkpointHandle));
}

SaAisErrorT saCkptCheckpointUnlink(SaCkptHandleT ckptHandle,
                                   const SaNameT *checkpointName)
{
    return clv_err_to_sa(clv_ckpt_unlink(ckptHandle, (const ClNameT *)checkpointName));
}

SaAisErrorT saCkptCheckpointRetentionDurationSet(SaCkptCheckpointHandleT checkpointHandle,
                                                 SaTimeT retentionDuration)
{
    return clv_err_to_sa(clv_ckpt_retention_set(checkpointHandle, retentionDuration));
}

SaAisErrorT saCkptActiveReplicaSet(SaCkptCheckpointHandleT checkpointHandle)
{
    return clv_err_to_sa(clv_ckpt_active_set(checkpointHandle));
}

SaAisErrorT saCkptCheckpointStatusGet(SaCkptCheckpointHandleT checkpointHandle,
                                      SaCkptCheckpointDescriptorT *checkpointStatus)
{
    clv_err e;

    if (!checkpointStatus)
        return invalid();
    e = clv_ckpt_status(checkpointHandle,
                        (ClCkptCheckpointDescriptorT *)checkpointStatus);
    if (e != CL_OK)
        *checkpointStatus = (SaCkptCheckpointDescriptorT){.memoryUsed = 0};
    return clv_err_to_sa(e);
}

/* ---- sections ------------------------------------------------------------ */

SaAisErrorT
saCkptSectionCreate(SaCkptCheckpointHandleT checkpointHandle,
                    SaCkptSectionCreationAttributesT *sectionCreationAttributes,
                    const void *initialData, SaSizeT initialDataSize)
{
    return clv_err_to_sa(clv_ckpt_section_create(
        checkpointHandle, (ClCkptSectionCreationAttributesT *)sectionCreationAttributes,
        initialData, initialDataSize));
}

/* For the two functions below: memory of ours that the caller holds. */
static SaAisErrorT block_free(uint64_t h, void *block)
{
    struct ckpt *c;
    const clv_err e = clv_ckpt_enter(h, 0, &c);

    if (e != CL_OK)
        return clv_err_to_sa(e);
    clv_ckpt_leave(c);
    if (!block)
        return invalid();
    free(block);
    return SA_AIS_OK;
}

SaAisErrorT saCkptSectionIdFree(SaCkptCheckpointHandleT checkpointHandle, SaUint8T *id)
{
    return block_free(checkpointHandle, id);
}

SaAisErrorT saCkptIOVectorElementDataFree(SaCkptCheckpointHandleT checkpointHandle,
                                          void *data)
{
    return block_free(checkpointHandle, data);
}

SaAisErrorT saCkptSectionDelete(SaCkptCheckpointHandleT checkpointHandle,
                                const SaCkptSectionIdT *sectionId)
{
    return clv_err_to_sa(
        clv_ckpt_section_delete(checkpointHandle, (const ClCkptSectionIdT *)sectionId));
}

SaAisErrorT saCkptSectionExpirationTimeSet(SaCkptCheckpointHandleT checkpointHandle,
                                           const SaCkptSectionIdT *sectionId,
                                           SaTimeT expirationTime)
{
    return clv_err_to_sa(clv_ckpt_section_expire(
        checkpointHandle, (const ClCkptSectionIdT *)sectionId, expirationTime));
}

SaAisErrorT saCkptSectionOverwrite(SaCkptCheckpointHandleT checkpointHandle,
                                   const SaCkptSectionIdT *sectionId,
                                   const void *dataBuffer, SaSizeT dataSize)
{
    return clv_err_to_sa(clv_ckpt_section_overwrite(
        checkpointHandle, (const ClCkptSectionIdT *)sectionId, dataBuffer, dataSize));
}

/* ---- iteration ----------------------------------------------------------- */

SaAisErrorT saCkptSectionIterationInitialize(
    SaCkptCheckpointHandleT checkpointHandle, SaCkptSectionsChosenT sectionsChosen,
    SaTimeT expirationTime, SaCkptSectionIterationHandleT *sectionIterationHandle)
{
    uint64_t h = CKPT_NO_HANDLE;
    clv_err e;

    if (!sectionIterationHandle)
        return invalid();
    e = clv_ckpt_iter_begin(checkpointHandle, (int)sectionsChosen, expirationTime, &h);
    *sectionIterationHandle = h;
    return clv_err_to_sa(e);
}

SaAisErrorT
saCkptSectionIterationNext(SaCkptSectionIterationHandleT sectionIterationHandle,
                           SaCkptSectionDescriptorT *sectionDescriptor)
{
    if (!sectionDescriptor)
        return invalid();
    return clv_err_to_sa(clv_ckpt_iter_next(
        sectionIterationHandle, (ClCkptSectionDescriptorT *)sectionDescriptor));
}

SaAisErrorT
saCkptSectionIterationFinalize(SaCkptSectionIterationHandleT sectionIterationHandle)
{
    return clv_err_to_sa(clv_ckpt_iter_end(sectionIterationHandle));
}

/* ---- vectors, replicas --------------------------------------------------- */

SaAisErrorT saCkptCheckpointWrite(SaCkptCheckpointHandleT checkpointHandle,
                                  const SaCkptIOVectorElementT *ioVector,
                                  SaUint32T numberOfElements,
                                  SaUint32T *erroneousVectorIndex)
{
    return clv_err_to_sa(clv_ckpt_write(checkpointHandle,
                                        (const ClCkptIOVectorElementT *)ioVector,
                                        numberOfElements, erroneousVectorIndex));
}

/* dataSize and dataOffset survive, unlike in the Cl call. */
SaAisErrorT saCkptCheckpointRead(SaCkptCheckpointHandleT checkpointHandle,
                                 SaCkptIOVectorElementT *ioVector,
                                 SaUint32T numberOfElements,
                                 SaUint32T *erroneousVectorIndex)
{
    return clv_err_to_sa(clv_ckpt_read(checkpointHandle,
                                       (ClCkptIOVectorElementT *)ioVector,
                                       numberOfElements, erroneousVectorIndex));
}

SaAisErrorT saCkptCheckpointSynchronize(SaCkptCheckpointHandleT checkpointHandle,
                                        SaTimeT timeout)
{
    return clv_err_to_sa(clv_ckpt_sync(checkpointHandle, timeout));
}

SaAisErrorT saCkptCheckpointSynchronizeAsync(SaCkptCheckpointHandleT checkpointHandle,
                                             SaInvocationT invocation)
{
    return clv_err_to_sa(clv_ckpt_sync_async(checkpointHandle, invocation));
}
