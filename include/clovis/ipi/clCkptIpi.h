/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoint calls that were internal and that programs use all the same. */
#ifndef CLOVIS_CL_CKPT_IPI_H
#define CLOVIS_CL_CKPT_IPI_H

#include "../clCkptApi.h"
#include "../clCkptErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* CL_OK when the section is there, CL_CKPT_ERR_NOT_EXIST when not. Any open will do. */
ClRcT clCkptSectionCheck(ClCkptHdlT checkpointHandle, ClCkptSectionIdT *pSectionId);

/* clCkptActiveReplicaSet() without the check of the open flags. */
ClRcT clCkptActiveReplicaSetSwitchOver(ClCkptHdlT checkpointHandle);

/* clCkptSectionOverwrite(), clCkptCheckpointWrite(): there is no differential encoding.
 */
ClRcT clCkptSectionOverwriteLinear(ClCkptHdlT checkpointHandle,
                                   const ClCkptSectionIdT *sectionId,
                                   const void *dataBuffer, ClSizeT dataSize);
ClRcT clCkptCheckpointWriteLinear(ClCkptHdlT checkpointHandle,
                                  const ClCkptIOVectorElementT *ioVector,
                                  ClUint32T numberOfElements,
                                  ClUint32T *erroneousVectorIndex);

/* CL_FALSE. */
ClBoolT clCkptDifferentialCheckpointStatusGet(void);

#ifdef __cplusplus
}
#endif

#endif
