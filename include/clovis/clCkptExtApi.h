/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions of the checkpoint service. The file-based checkpoint library that this
 * header was named for has its types here; its functions are not part of this library.
 */
#ifndef CLOVIS_CL_CKPT_EXT_API_H
#define CLOVIS_CL_CKPT_EXT_API_H

#include "clCkptApi.h"
#include "clCntApi.h"
#include "clDifferenceVector.h"
#include "clEoApi.h"
#include "clOsalApi.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef ClRcT (*ClCkptSerializeT)(ClUint32T dsId, ClAddrT *pBuffer, ClUint32T *pLen,
                                  ClPtrT cookie);
typedef ClRcT (*ClCkptDeserializeT)(ClUint32T dsId, ClAddrT pBuffer, ClUint32T len,
                                    ClPtrT cookie);

typedef struct ClCkptDataSetCallback {
    ClVersionT version;
    ClCkptSerializeT serialiser;
    ClCkptDeserializeT deSerialiser;
} ClCkptDataSetCallbackT;

typedef struct ClCkptDifferenceIOVectorElement {
    ClCkptSectionIdT sectionId;
    ClSizeT dataSize;
    ClOffsetT dataOffset;
    ClDifferenceVectorT *differenceVector;
} ClCkptDifferenceIOVectorElementT;

typedef struct ClCkptClientInfo {
    ClIocNodeAddressT nodeAddress;
    ClIocPortT portId;
} ClCkptClientInfoT;

typedef struct ClCkptClientInfoList {
    ClUint32T numEntries;
    ClCkptClientInfoT *pClientInfo;
} ClCkptClientInfoListT;

typedef ClRcT (*ClCkptReplicaChangeCallbackT)(const ClNameT *pCkptName,
                                              ClIocNodeAddressT replicaAddr);

/* Be told when the active replica of a checkpoint that this process has open moves. One
 * registration per process: CL_CKPT_ERR_INITIALIZED when there is one already. */
ClRcT clCkptReplicaChangeRegister(ClCkptReplicaChangeCallbackT callback);
ClRcT clCkptReplicaChangeDeregister(void);

/* Write blocks into a section and make it dataSize bytes long. */
ClRcT clCkptSectionOverwriteVector(ClCkptHdlT checkpointHandle,
                                   const ClCkptSectionIdT *sectionId, ClSizeT dataSize,
                                   ClDifferenceVectorT *differenceVector);

/* Read every section whole. New: an array whose elements are freed with
 * clCkptIOVectorFree() and which is then freed itself with clHeapFree(). The default
 * section's id is "defaultSection", its NUL included. */
ClRcT clCkptCheckpointReadSections(ClCkptHdlT checkpointHandle,
                                   ClCkptIOVectorElementT **ppIOVecs,
                                   ClUint32T *pNumVecs);

/* Free ids and buffers of the elements, not the array. */
ClRcT clCkptIOVectorFree(ClCkptIOVectorElementT *pIOVecs, ClUint32T numVecs);

#ifdef __cplusplus
}
#endif

#endif
