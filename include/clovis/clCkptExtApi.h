/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions of the checkpoint service, and the checkpoint library, which keeps data sets
 * that callbacks of the program turn into bytes and back. */
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

/* ---- the checkpoint library ---------------------------------------------- */

/*
 * A service keeps its databases where CLOVIS_LIBRARY_DB says: "redis" (the default),
 * "file" (SQLite files in ASP_RUNDIR), or "file:DIR". After a restart of the program:
 * initialise, create checkpoints (their data is kept), data sets and elements, read.
 *
 * A serialiser stores a block of clHeapAllocate() and its length; the library frees it. A
 * deserialiser borrows its buffer for the call. Both may call the library again, except
 * to delete the checkpoint that they work for.
 *
 * Codes of the databases have CL_CID_DBAL on them; an unknown checkpoint is
 * CL_RC(CL_CID_CNT, CL_ERR_NOT_EXIST).
 */

/* New: *pCkptHdl, for clCkptLibraryFinalize(). The database is named after node and
 * component, or after dbName, which may have a directory in front. */
ClRcT clCkptLibraryInitialize(ClCkptSvcHdlT *pCkptHdl);
ClRcT clCkptLibraryInitializeDB(ClCkptSvcHdlT *pCkptHdl, const ClCharT *dbName);
ClRcT clCkptLibraryFinalize(ClCkptSvcHdlT ckptHdl);

/* A checkpoint is known by the part of its name after the last '/'. Create opens a known
 * one with its data; a new one starts empty. Delete forgets it. */
ClRcT clCkptLibraryCkptCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName);
ClRcT clCkptLibraryCkptDelete(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName);
ClRcT clCkptLibraryDoesCkptExist(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                 ClBoolT *pRetVal);
ClRcT clCkptLibraryDoesDatasetExist(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                    ClUint32T dsId, ClBoolT *pRetVal);

/* Create registers the callbacks, again after each restart; version {4, 0, 0} without
 * "Version" in the name. The table is copied. */
ClRcT clCkptLibraryCkptDataSetCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId, ClUint32T grpId, ClUint32T order,
                                     ClCkptSerializeT dsSerialiser,
                                     ClCkptDeserializeT dsDeserialiser);
ClRcT clCkptLibraryCkptDataSetVersionCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                            ClUint32T dsId, ClUint32T grpId,
                                            ClUint32T order,
                                            ClCkptDataSetCallbackT *pTable,
                                            ClUint32T numTableEntries);
ClRcT clCkptLibraryCkptDataSetDelete(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId);
ClRcT clCkptLibraryCkptDataSetWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                    ClUint32T dsId, ClPtrT cookie);
ClRcT clCkptLibraryCkptDataSetVersionWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                           ClUint32T dsId, ClPtrT cookie,
                                           ClVersionT *pVersion);

/* The elements' deserialisers first, whatever they answer, then the data set's, whose
 * answer this is. */
ClRcT clCkptLibraryCkptDataSetRead(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                   ClUint32T dsId, ClPtrT cookie);

/* Elements of a data set have callbacks of their own, and a key of elemLen bytes each. */
ClRcT clCkptLibraryCkptElementCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId, ClCkptSerializeT elemSerialiser,
                                     ClCkptDeserializeT elemDeserialiser);
ClRcT clCkptLibraryCkptElementVersionCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                            ClUint32T dsId,
                                            ClCkptDataSetCallbackT *pTable,
                                            ClUint32T numTableEntries);
ClRcT clCkptLibraryCkptElementWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                    ClUint32T dsId, ClPtrT elemId, ClUint32T elemLen,
                                    ClPtrT cookie);
ClRcT clCkptLibraryCkptElementVersionWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                           ClUint32T dsId, ClPtrT elemId,
                                           ClUint32T elemLen, ClPtrT cookie,
                                           ClVersionT *pVersion);
ClRcT clCkptLibraryCkptElementDelete(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId, ClPtrT elemId, ClUint32T elemLen);

#ifdef __cplusplus
}
#endif

#endif
