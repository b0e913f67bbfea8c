/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checkpoint service: named checkpoints made of sections, kept in Redis and shared
 * by all processes that use the same store.
 *
 * Every function returns CL_OK or a code of clCkptErrors.h. All are safe from any thread
 * and from inside a callback, and need less than 8 KiB of stack. Times are nanoseconds.
 * A call that meets a fail-over of the store waits for it inside the operation limit
 * (14 s, or CLOVIS_OP_TIMEOUT_MS). Beyond the codes listed at each function, any call
 * that asks the store may return
 *   CL_CKPT_ERR_TRY_AGAIN    no master within the limit; nothing was done;
 *   CL_CKPT_ERR_TIMEOUT      no answer within the limit; it may have been done;
 *   CL_CKPT_ERR_NO_RESOURCE  the store is full or refuses writes (the log says why);
 *   CL_CKPT_ERR_NO_MEMORY;
 * and any call CL_CKPT_ERR_INVALID_HANDLE for a handle that is closed or of another
 * kind, and CL_CKPT_ERR_NOT_INITIALIZED when the process has no service handle, which
 * is the case in a child after fork() too.
 *
 * "Clovis rule" marks what holds for handles of clCkptInitialize() and differs from the
 * SA Forum's rule; saCkpt.h tells which of its versions follows which.
 */
#ifndef CLOVIS_CL_CKPT_API_H
#define CLOVIS_CL_CKPT_API_H

#include "clCommon.h"
#include "clIocApi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and constants ------------------------------------------------- */

typedef ClHandleT ClCkptSvcHdlT;    /* the service */
typedef ClHandleT ClCkptHdlT;       /* an open checkpoint */
typedef ClHandleT ClCkptSecItrHdlT; /* an iteration */
typedef ClUint32T ClCkptCreationFlagsT;
typedef ClUint32T ClCkptOpenFlagsT;
typedef ClUint32T ClCkptSelectionObjT;

/* Creation flags. The first three say when a write returns: when every replica has it,
 * or when the master has it (both others). */
/* clang-format off */
#define CL_CKPT_WR_ALL_REPLICAS             0x001
#define CL_CKPT_WR_ACTIVE_REPLICA           0x002
#define CL_CKPT_WR_ACTIVE_REPLICA_WEAK      0x004
#define CL_CKPT_CHECKPOINT_COLLOCATED       0x008 /* needs clCkptActiveReplicaSet() */
#define CL_CKPT_DISTRIBUTED                 0x010 /* change callbacks; gone with the last close */
#define CL_CKPT_WR_ALL_SAFE                 0x020 /* stored, without effect */
#define CL_CKPT_ALL_OPEN_ARE_REPLICAS       0x040 /* stored, without effect */
#define CL_CKPT_PEER_TO_PEER_REPLICA        0x080 /* stored, without effect */
#define CL_CKPT_PEER_TO_PEER_CACHE_DISABLE  0x100 /* stored, without effect */

/* Open flags. Clovis rule: CREATE or WRITE grants writing. */
#define CL_CKPT_CHECKPOINT_READ             0x1
#define CL_CKPT_CHECKPOINT_WRITE            0x2
#define CL_CKPT_CHECKPOINT_CREATE           0x4

/* Initialisers of a ClCkptSectionIdT. */
#define CL_CKPT_DEFAULT_SECTION_ID          {0, NULL}
#define CL_CKPT_GENERATED_SECTION_ID        {0, NULL}
/* clang-format on */

typedef struct {
    ClCkptCreationFlagsT creationFlags;
    ClSizeT checkpointSize;    /* compared at open, no limit afterwards; 0: unspecified */
    ClTimeT retentionDuration; /* how long it outlives its last close; CL_TIME_END: for
                                  ever */
    ClUint32T maxSections;     /* 1: it has only the default section, made with it */
    ClSizeT maxSectionSize;    /* 0: unlimited */
    ClSizeT maxSectionIdSize;  /* 0: no section can be named */
} ClCkptCheckpointCreationAttributesT;

/* Ids are compared by length and bytes; a NUL counts when idLen counts it. */
typedef struct {
    ClUint16T idLen;
    ClUint8T *id;
} ClCkptSectionIdT;

typedef struct {
    ClCkptSectionIdT *sectionId;
    ClTimeT expirationTime; /* absolute; below 7 days: from now; CL_TIME_END: never */
} ClCkptSectionCreationAttributesT;

typedef enum {
    CL_CKPT_SECTION_VALID = 1,
    CL_CKPT_SECTION_CORRUPTED = 2
} ClCkptSectionStateT;

typedef struct {
    ClCkptSectionIdT sectionId;
    ClTimeT expirationTime; /* absolute, or CL_TIME_END */
    ClSizeT sectionSize;
    ClCkptSectionStateT sectionState;
    ClTimeT lastUpdate;
} ClCkptSectionDescriptorT;

typedef enum {
    CL_CKPT_SECTIONS_FOREVER = 1,
    CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME = 2,
    CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME = 3,
    CL_CKPT_SECTIONS_CORRUPTED = 4,
    CL_CKPT_SECTIONS_ANY = 5
} ClCkptSectionsChosenT;

typedef struct {
    ClCkptSectionIdT sectionId;
    ClPtrT dataBuffer; /* reading: NULL asks for a new buffer, freed with clHeapFree() */
    ClSizeT dataSize;
    ClOffsetT dataOffset;
    ClSizeT readSize; /* out: bytes read */
} ClCkptIOVectorElementT;

typedef struct {
    ClCkptCheckpointCreationAttributesT checkpointCreationAttributes;
    ClUint32T numberOfSections;
    ClUint32T memoryUsed;
} ClCkptCheckpointDescriptorT;

/* A change by another process. Everything passed is borrowed for the call. */
typedef ClRcT (*ClCkptNotificationCallbackT)(ClCkptHdlT ckptHdl, ClNameT *pName,
                                             ClCkptIOVectorElementT *pIOVector,
                                             ClUint32T numSections, ClPtrT pCookie);

/* The outcome of clCkptCheckpointOpenAsync(); the handle is ~0 on failure. */
typedef void (*ClCkptCheckpointOpenCallbackT)(ClInvocationT invocation,
                                              ClCkptHdlT checkpointHandle, ClRcT error);

typedef void (*ClCkptCheckpointSynchronizeCallbackT)(ClInvocationT invocation,
                                                     ClRcT error);

typedef struct {
    ClCkptCheckpointOpenCallbackT checkpointOpenCallback;
    ClCkptCheckpointSynchronizeCallbackT checkpointSynchronizeCallback;
} ClCkptCallbacksT;

/* ---- the service --------------------------------------------------------- */

/**
 * Start using the service. A process may do so several times.
 *
 * @param[out]    ckptSvcHandle  new; ended with clCkptFinalize(). ~0 on failure.
 * @param[in]     callbacks      copied; NULL, or members NULL, if not wanted.
 * @param[in,out] version        asks for {'B', 0 or 1, any}; set to {'B', 1, 1}.
 *
 * @retval CL_RC(CL_CID_VERSION, CL_ERR_VERSION_MISMATCH)  (the id is VERSION's, not
 *                            CKPT's) another version was asked for.
 * @retval CL_CKPT_ERR_TRY_AGAIN  the store does not answer.
 */
ClRcT clCkptInitialize(ClCkptSvcHdlT *ckptSvcHandle, const ClCkptCallbacksT *callbacks,
                       ClVersionT *version);

/**
 * Stop using the service: closes what was opened with this handle, drops undelivered
 * callbacks, wakes a blocking clCkptDispatch(), closes the descriptor.
 */
ClRcT clCkptFinalize(ClCkptSvcHdlT ckptHandle);

/**
 * Get the descriptor that is readable while callbacks wait for clCkptDispatch().
 * Borrowed, the same at each call, valid until clCkptFinalize().
 */
ClRcT clCkptSelectionObjectGet(ClCkptSvcHdlT ckptHandle,
                               ClSelectionObjectT *selectionObject);

/**
 * Run waiting callbacks on this thread: one, all, or (BLOCKING) until clCkptFinalize().
 * CL_OK when none waits.
 */
ClRcT clCkptDispatch(ClCkptSvcHdlT ckptHandle, ClDispatchFlagsT dispatchFlags);

/* ---- checkpoints --------------------------------------------------------- */

/**
 * Open a checkpoint, or create it when CL_CKPT_CHECKPOINT_CREATE is among the flags.
 *
 * @param[in]  checkpointName                of any bytes; borrowed.
 * @param[in]  checkpointCreationAttributes  borrowed; needed exactly when creating.
 * @param[in]  checkpointOpenFlags           CL_CKPT_CHECKPOINT_*. Clovis rule: 0 is
 * legal.
 * @param[in]  timeout                       any value; ignored. Clovis rule.
 * @param[out] checkpointHandle              new; closed with clCkptCheckpointClose().
 *
 * @retval CL_CKPT_ERR_NOT_EXIST      not there, and CREATE was not asked for.
 * @retval CL_CKPT_ERR_ALREADY_EXIST  there with other attributes.
 * @retval CL_CKPT_ERR_INVALID_PARAMETER  attributes and flags do not go together.
 * @retval CL_CKPT_ERR_BAD_FLAG       an unknown open flag.
 */
ClRcT clCkptCheckpointOpen(
    ClCkptSvcHdlT ckptHandle, const ClNameT *checkpointName,
    const ClCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    ClCkptOpenFlagsT checkpointOpenFlags, ClTimeT timeout, ClCkptHdlT *checkpointHandle);

/**
 * The same; the outcome comes through checkpointOpenCallback with this invocation.
 *
 * @retval CL_CKPT_ERR_INITIALIZED  no such callback was given to clCkptInitialize().
 */
ClRcT clCkptCheckpointOpenAsync(
    ClCkptSvcHdlT ckptHandle, ClInvocationT invocation, const ClNameT *checkpointName,
    const ClCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    ClCkptOpenFlagsT checkpointOpenFlags);

/**
 * Close; drops undelivered callbacks of this handle. After the last close anywhere the
 * checkpoint goes when its retention is over, and at once if it is unlinked or
 * DISTRIBUTED.
 */
ClRcT clCkptCheckpointClose(ClCkptHdlT checkpointHandle);

/**
 * Free the name at once. Those who have it open keep it until they close it; the name
 * can be created anew meanwhile. Never CL_CKPT_ERR_INUSE.
 *
 * @retval CL_CKPT_ERR_NOT_EXIST  no such name.
 */
ClRcT clCkptCheckpointDelete(ClCkptSvcHdlT ckptHandle, const ClNameT *checkpointName);

/**
 * Set how long the checkpoint outlives its last close; negative or below 1 ms: not at
 * all.
 *
 * @retval CL_CKPT_ERR_BAD_OPERATION  it is unlinked.
 */
ClRcT clCkptCheckpointRetentionDurationSet(ClCkptHdlT checkpointHandle,
                                           ClTimeT retentionDuration);

/**
 * Take the active replica's role for this node. A COLLOCATED checkpoint answers calls
 * that touch data with CL_CKPT_ERR_NOT_EXIST until somebody has taken it once.
 *
 * @retval CL_CKPT_ERR_BAD_OPERATION     not COLLOCATED, or ALL_REPLICAS.
 * @retval CL_CKPT_ERR_OP_NOT_PERMITTED  not open for writing.
 */
ClRcT clCkptActiveReplicaSet(ClCkptHdlT checkpointHandle);

/**
 * Get attributes and size. Clovis rule: the default section is not counted.
 */
ClRcT clCkptCheckpointStatusGet(ClCkptHdlT checkpointHandle,
                                ClCkptCheckpointDescriptorT *checkpointStatus);

/* ---- sections ------------------------------------------------------------ */

/**
 * Create a section. An id of length 0 asks for a generated one: with a NULL id pointer
 * it is written back into *sectionId (freed with clHeapFree()).
 *
 * @param[in,out] sectionCreationAttributes  borrowed, but for a generated id.
 * @param[in]     initialData                borrowed; NULL with size 0: an empty section.
 *
 * @retval CL_CKPT_ERR_ALREADY_EXIST  the id is taken, or maxSections is 1.
 * @retval CL_CKPT_ERR_NO_SPACE       maxSections is reached.
 * @retval CL_CKPT_ERR_INVALID_PARAMETER  data or id too long, or the time is past.
 */
ClRcT clCkptSectionCreate(ClCkptHdlT checkpointHandle,
                          ClCkptSectionCreationAttributesT *sectionCreationAttributes,
                          const ClUint8T *initialData, ClSizeT initialDataSize);

/**
 * @retval CL_CKPT_ERR_NOT_EXIST          no such section.
 * @retval CL_CKPT_ERR_INVALID_PARAMETER  the default section cannot be deleted.
 */
ClRcT clCkptSectionDelete(ClCkptHdlT checkpointHandle, const ClCkptSectionIdT *sectionId);

/**
 * Set when the section ends: an absolute time, or below 7 days a time from now, or
 * CL_TIME_END. With a time in the past the section is gone.
 */
ClRcT clCkptSectionExpirationTimeSet(ClCkptHdlT checkpointHandle,
                                     const ClCkptSectionIdT *sectionId,
                                     ClTimeT expirationTime);

/**
 * Replace the whole content of a section with 1 or more bytes. An id of length 0 is the
 * default section.
 *
 * @retval CL_CKPT_ERR_NOT_EXIST  no such section: it is not created.
 */
ClRcT clCkptSectionOverwrite(ClCkptHdlT checkpointHandle,
                             const ClCkptSectionIdT *sectionId, const void *dataBuffer,
                             ClSizeT dataSize);

/* ---- vectors ------------------------------------------------------------- */

/**
 * Write pieces into existing sections, all or none. Sections grow as needed and gaps are
 * zero.
 *
 * @param[in]  ioVector             borrowed.
 * @param[out] erroneousVectorIndex the element that failed; may be NULL.
 *
 * @retval CL_CKPT_ERR_NOT_EXIST  a section is missing; nothing was written.
 */
ClRcT clCkptCheckpointWrite(ClCkptHdlT checkpointHandle,
                            const ClCkptIOVectorElementT *ioVector,
                            ClUint32T numberOfElements, ClUint32T *erroneousVectorIndex);

/**
 * Read pieces. readSize of each element tells how much came; 0 beyond the end.
 *
 * @param[in,out] ioVector  a NULL dataBuffer is filled with a new one, which the caller
 *                          frees with clHeapFree(). After a failure there is none.
 * @param[out]    erroneousVectorIndex  the element that failed; may be NULL.
 *
 * @retval CL_CKPT_ERR_OP_NOT_PERMITTED  not open with CL_CKPT_CHECKPOINT_READ.
 * @retval CL_CKPT_ERR_BAD_OPERATION     the stored bytes are damaged.
 */
ClRcT clCkptCheckpointRead(ClCkptHdlT checkpointHandle, ClCkptIOVectorElementT *ioVector,
                           ClUint32T numberOfElements, ClUint32T *erroneousVectorIndex);

/**
 * Return when everything written before is on the replicas.
 *
 * @param[in] timeout  0 or less, or CL_TIME_END: the library's own limit.
 *
 * @retval CL_CKPT_ERR_BAD_OPERATION  an ALL_REPLICAS checkpoint: it always is.
 */
ClRcT clCkptCheckpointSynchronize(ClCkptHdlT checkpointHandle, ClTimeT timeout);

/**
 * The same; the outcome comes through checkpointSynchronizeCallback.
 *
 * @retval CL_CKPT_ERR_INITIALIZED  no such callback was given to clCkptInitialize().
 */
ClRcT clCkptCheckpointSynchronizeAsync(ClCkptHdlT checkpointHandle,
                                       ClInvocationT invocation);

/* ---- iteration ----------------------------------------------------------- */

/**
 * Begin to list sections.
 *
 * @param[in]  expirationTime  compared with for LEQ and GEQ; below 7 days: from now.
 * @param[out] sectionIterationHandle  new; ended with clCkptSectionIterationFinalize().
 *
 * @retval CL_CKPT_ERR_OP_NOT_PERMITTED  maxSections is 1. Clovis rule.
 */
ClRcT clCkptSectionIterationInitialize(ClCkptHdlT checkpointHandle,
                                       ClCkptSectionsChosenT sectionsChosen,
                                       ClTimeT expirationTime,
                                       ClHandleT *sectionIterationHandle);

/**
 * Describe the next section. The id is new, freed with clHeapFree() (Clovis rule).
 *
 * @retval CKPT_RC(CL_CKPT_ERR_NO_SECTIONS)  that was all.
 */
ClRcT clCkptSectionIterationNext(ClHandleT sectionIterationHandle,
                                 ClCkptSectionDescriptorT *sectionDescriptor);

ClRcT clCkptSectionIterationFinalize(ClHandleT sectionIterationHandle);

/* ---- hot standby --------------------------------------------------------- */

/**
 * Be told at once what other processes change in a DISTRIBUTED checkpoint. Replaces the
 * handle's previous registration; a NULL callback ends it. No SA Forum counterpart.
 *
 * @retval CL_CKPT_ERR_OP_NOT_PERMITTED  not DISTRIBUTED.
 */
ClRcT clCkptImmediateConsumptionRegister(ClCkptHdlT checkpointHandle,
                                         ClCkptNotificationCallbackT callback,
                                         ClPtrT pCookie);

#ifdef __cplusplus
}
#endif

#endif
