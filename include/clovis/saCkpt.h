/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SA Forum's checkpoint service, kept in Redis.
 *
 * The version asked for in saCkptInitialize() chooses the rules: B.1.x follows the rules
 * of OpenClovis under the Forum's names (clCkptApi.h), B.2.x those of B.02.02. A handle's
 * rules hold for everything made from it. Handles are those of clCkptApi.h: either
 * family of calls takes them. Memory that a call hands out is of the malloc() family.
 *
 * All functions are safe from any thread and from inside a callback. Times are
 * nanoseconds. Beyond the errors listed, a call that asks the store may return
 *   SA_AIS_ERR_TRY_AGAIN     no master within the limit; nothing was done;
 *   SA_AIS_ERR_TIMEOUT       no answer within the limit; it may have been done;
 *   SA_AIS_ERR_NO_RESOURCES  the store is full or refuses writes (the log says why);
 *   SA_AIS_ERR_NO_MEMORY;
 * and any call SA_AIS_ERR_BAD_HANDLE.
 *
 * Differences to other editions of this header: memoryUsed has 32 bits, as in the header
 * that the programs were built with.
 */
#ifndef CLOVIS_SA_CKPT_H
#define CLOVIS_SA_CKPT_H

#include <stddef.h>

#include "saAis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and constants ------------------------------------------------- */

typedef SaUint64T SaCkptHandleT;
typedef SaUint64T SaCkptCheckpointHandleT;
typedef SaUint64T SaCkptSectionIterationHandleT;
typedef SaUint32T SaCkptCheckpointCreationFlagsT;
typedef SaUint32T SaCkptCheckpointOpenFlagsT;

/* The bits 0x10 to 0x100 of clCkptApi.h may be passed as well. */
/* clang-format off */
#define SA_CKPT_WR_ALL_REPLICAS         0x1
#define SA_CKPT_WR_ACTIVE_REPLICA       0x2
#define SA_CKPT_WR_ACTIVE_REPLICA_WEAK  0x4
#define SA_CKPT_CHECKPOINT_COLLOCATED   0x8

#define SA_CKPT_CHECKPOINT_READ         0x1
#define SA_CKPT_CHECKPOINT_WRITE        0x2
#define SA_CKPT_CHECKPOINT_CREATE       0x4

/* Initialisers of a SaCkptSectionIdT. */
#define SA_CKPT_DEFAULT_SECTION_ID      {0, NULL}
#define SA_CKPT_GENERATED_SECTION_ID    {0, NULL}
/* clang-format on */

typedef struct {
    SaCkptCheckpointCreationFlagsT creationFlags;
    SaSizeT checkpointSize;
    SaTimeT retentionDuration;
    SaUint32T maxSections;
    SaSizeT maxSectionSize;
    SaSizeT maxSectionIdSize;
} SaCkptCheckpointCreationAttributesT;

typedef struct {
    SaUint16T idLen;
    SaUint8T *id;
} SaCkptSectionIdT;

typedef struct {
    SaCkptSectionIdT *sectionId;
    SaTimeT expirationTime; /* absolute; below 7 days: from now; SA_TIME_END: never */
} SaCkptSectionCreationAttributesT;

typedef enum {
    SA_CKPT_SECTION_VALID = 1,
    SA_CKPT_SECTION_CORRUPTED = 2
} SaCkptSectionStateT;

typedef struct {
    SaCkptSectionIdT sectionId;
    SaTimeT expirationTime;
    SaSizeT sectionSize;
    SaCkptSectionStateT sectionState;
    SaTimeT lastUpdate;
} SaCkptSectionDescriptorT;

typedef enum {
    SA_CKPT_SECTIONS_FOREVER = 1,
    SA_CKPT_SECTIONS_LEQ_EXPIRATION_TIME = 2,
    SA_CKPT_SECTIONS_GEQ_EXPIRATION_TIME = 3,
    SA_CKPT_SECTIONS_CORRUPTED = 4,
    SA_CKPT_SECTIONS_ANY = 5
} SaCkptSectionsChosenT;

typedef struct {
    SaCkptSectionIdT sectionId;
    void *dataBuffer; /* reading: NULL asks for a new buffer */
    SaSizeT dataSize;
    SaOffsetT dataOffset;
    SaSizeT readSize; /* out: bytes read */
} SaCkptIOVectorElementT;

typedef struct {
    SaCkptCheckpointCreationAttributesT checkpointCreationAttributes;
    SaUint32T numberOfSections;
    SaUint32T memoryUsed;
} SaCkptCheckpointDescriptorT;

/* Names of B.02; no call of this library uses them. */
typedef enum {
    SA_CKPT_SECTION_RESOURCES_EXHAUSTED = 1,
    SA_CKPT_SECTION_RESOURCES_AVAILABLE = 2
} SaCkptCheckpointStatusT;

typedef enum { SA_CKPT_CHECKPOINT_STATUS = 1 } SaCkptStateT;

/* The outcome of saCkptCheckpointOpenAsync(). */
typedef void (*SaCkptCheckpointOpenCallbackT)(SaInvocationT invocation,
                                              SaCkptCheckpointHandleT checkpointHandle,
                                              SaAisErrorT error);

typedef void (*SaCkptCheckpointSynchronizeCallbackT)(SaInvocationT invocation,
                                                     SaAisErrorT error);

typedef struct {
    SaCkptCheckpointOpenCallbackT saCkptCheckpointOpenCallback;
    SaCkptCheckpointSynchronizeCallbackT saCkptCheckpointSynchronizeCallback;
} SaCkptCallbacksT;

/* ---- the service --------------------------------------------------------- */

/**
 * Start using the service. A process may do so several times.
 *
 * @param[out]    ckptHandle  new; ended with saCkptFinalize().
 * @param[in]     callbacks   copied; NULL, or members NULL, if not wanted.
 * @param[in,out] version     B.1.x or B.2.x; set to the highest that is supported of it.
 *
 * @retval SA_AIS_ERR_VERSION  another one; *version is the highest supported, B.2.3.
 */
SaAisErrorT saCkptInitialize(SaCkptHandleT *ckptHandle, const SaCkptCallbacksT *callbacks,
                             SaVersionT *version);

/** Get the descriptor that is readable while callbacks wait. Borrowed until Finalize. */
SaAisErrorT saCkptSelectionObjectGet(SaCkptHandleT ckptHandle,
                                     SaSelectionObjectT *selectionObject);

/** Run waiting callbacks: one, all, or (BLOCKING) until saCkptFinalize(). */
SaAisErrorT saCkptDispatch(SaCkptHandleT ckptHandle, SaDispatchFlagsT dispatchFlags);

/** Close what was opened with this handle and drop its undelivered callbacks. */
SaAisErrorT saCkptFinalize(SaCkptHandleT ckptHandle);

/* ---- checkpoints --------------------------------------------------------- */

/**
 * Open a checkpoint, or create it with SA_CKPT_CHECKPOINT_CREATE.
 *
 * @param[in]  timeout  any value; ignored.
 * @param[out] checkpointHandle  new; closed with saCkptCheckpointClose().
 *
 * @retval SA_AIS_ERR_NOT_EXIST  not there, and CREATE was not asked for.
 * @retval SA_AIS_ERR_EXIST      there with other attributes. SAF B.02 rule: the retention
 *                               may differ; Clovis rule: it may not.
 * @retval SA_AIS_ERR_INVALID_PARAM  SAF B.02 rule: creation needs exactly one of the
 *                               three update flags; Clovis rule: any flags do.
 * @retval SA_AIS_ERR_BAD_FLAGS  unknown open flags, or (SAF B.02 rule) none.
 */
SaAisErrorT saCkptCheckpointOpen(
    SaCkptHandleT ckptHandle, const SaNameT *checkpointName,
    const SaCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    SaCkptCheckpointOpenFlagsT checkpointOpenFlags, SaTimeT timeout,
    SaCkptCheckpointHandleT *checkpointHandle);

/** The same; the outcome comes through the callback. SA_AIS_ERR_INIT without one. */
SaAisErrorT saCkptCheckpointOpenAsync(
    SaCkptHandleT ckptHandle, SaInvocationT invocation, const SaNameT *checkpointName,
    const SaCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    SaCkptCheckpointOpenFlagsT checkpointOpenFlags);

/** Close; after the last close anywhere the retention runs. */
SaAisErrorT saCkptCheckpointClose(SaCkptCheckpointHandleT checkpointHandle);

/** Free the name at once, the data with the last close. SA_AIS_ERR_NOT_EXIST. */
SaAisErrorT saCkptCheckpointUnlink(SaCkptHandleT ckptHandle,
                                   const SaNameT *checkpointName);

/** SA_AIS_ERR_BAD_OPERATION when it is unlinked. */
SaAisErrorT saCkptCheckpointRetentionDurationSet(SaCkptCheckpointHandleT checkpointHandle,
                                                 SaTimeT retentionDuration);

/**
 * Take the active replica's role for this node; until somebody has, calls that touch the
 * data of a COLLOCATED checkpoint return SA_AIS_ERR_NOT_EXIST.
 *
 * @retval SA_AIS_ERR_BAD_OPERATION  not COLLOCATED, or ALL_REPLICAS.
 * @retval SA_AIS_ERR_ACCESS         not open for writing.
 */
SaAisErrorT saCkptActiveReplicaSet(SaCkptCheckpointHandleT checkpointHandle);

/** SAF B.02 rule: the default section counts; Clovis rule: it does not. */
SaAisErrorT saCkptCheckpointStatusGet(SaCkptCheckpointHandleT checkpointHandle,
                                      SaCkptCheckpointDescriptorT *checkpointStatus);

/* ---- sections ------------------------------------------------------------ */

/**
 * Create a section. {0, NULL} asks for a generated id, which is written back and freed
 * with saCkptSectionIdFree().
 *
 * @retval SA_AIS_ERR_EXIST     the id is taken, or maxSections is 1.
 * @retval SA_AIS_ERR_NO_SPACE  maxSections is reached.
 */
SaAisErrorT
saCkptSectionCreate(SaCkptCheckpointHandleT checkpointHandle,
                    SaCkptSectionCreationAttributesT *sectionCreationAttributes,
                    const void *initialData, SaSizeT initialDataSize);

/** Free an id that saCkptSectionCreate() generated. */
SaAisErrorT saCkptSectionIdFree(SaCkptCheckpointHandleT checkpointHandle, SaUint8T *id);

/** SA_AIS_ERR_INVALID_PARAM for the default section. */
SaAisErrorT saCkptSectionDelete(SaCkptCheckpointHandleT checkpointHandle,
                                const SaCkptSectionIdT *sectionId);

/** With a time in the past the section is gone. */
SaAisErrorT saCkptSectionExpirationTimeSet(SaCkptCheckpointHandleT checkpointHandle,
                                           const SaCkptSectionIdT *sectionId,
                                           SaTimeT expirationTime);

/** Begin to list sections. Clovis rule: SA_AIS_ERR_ACCESS when maxSections is 1. */
SaAisErrorT saCkptSectionIterationInitialize(
    SaCkptCheckpointHandleT checkpointHandle, SaCkptSectionsChosenT sectionsChosen,
    SaTimeT expirationTime, SaCkptSectionIterationHandleT *sectionIterationHandle);

/** Describe the next section; SA_AIS_ERR_NO_SECTIONS when that was all. The id stays
 * good until the caller frees it, whether or not it does. */
SaAisErrorT
saCkptSectionIterationNext(SaCkptSectionIterationHandleT sectionIterationHandle,
                           SaCkptSectionDescriptorT *sectionDescriptor);

SaAisErrorT
saCkptSectionIterationFinalize(SaCkptSectionIterationHandleT sectionIterationHandle);

/* ---- data ---------------------------------------------------------------- */

/** Write pieces into existing sections, all or none. */
SaAisErrorT saCkptCheckpointWrite(SaCkptCheckpointHandleT checkpointHandle,
                                  const SaCkptIOVectorElementT *ioVector,
                                  SaUint32T numberOfElements,
                                  SaUint32T *erroneousVectorIndex);

/** Replace the whole content of an existing section with 1 or more bytes. */
SaAisErrorT saCkptSectionOverwrite(SaCkptCheckpointHandleT checkpointHandle,
                                   const SaCkptSectionIdT *sectionId,
                                   const void *dataBuffer, SaSizeT dataSize);

/**
 * Read pieces. A NULL dataBuffer is filled with a new one, freed with
 * saCkptIOVectorElementDataFree() or free(); after a failure there is none.
 *
 * @retval SA_AIS_ERR_LIBRARY  the stored bytes are damaged.
 */
SaAisErrorT saCkptCheckpointRead(SaCkptCheckpointHandleT checkpointHandle,
                                 SaCkptIOVectorElementT *ioVector,
                                 SaUint32T numberOfElements,
                                 SaUint32T *erroneousVectorIndex);

/** Free a buffer that saCkptCheckpointRead() allocated. */
SaAisErrorT saCkptIOVectorElementDataFree(SaCkptCheckpointHandleT checkpointHandle,
                                          void *data);

/** Return when what was written is on the replicas. SA_AIS_ERR_BAD_OPERATION on an
 * ALL_REPLICAS checkpoint. A timeout of 0 or less, or SA_TIME_END: the library's limit.
 */
SaAisErrorT saCkptCheckpointSynchronize(SaCkptCheckpointHandleT checkpointHandle,
                                        SaTimeT timeout);

/** The same; the outcome comes through the callback. SA_AIS_ERR_INIT without one. */
SaAisErrorT saCkptCheckpointSynchronizeAsync(SaCkptCheckpointHandleT checkpointHandle,
                                             SaInvocationT invocation);

#ifdef __cplusplus
}
#endif

#endif
