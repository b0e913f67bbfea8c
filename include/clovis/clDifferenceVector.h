/* SPDX-License-Identifier: Apache-2.0 */
/* Changed blocks of a section, as clCkptSectionOverwriteVector() takes them. */
#ifndef CLOVIS_CL_DIFFERENCE_VECTOR_H
#define CLOVIS_CL_DIFFERENCE_VECTOR_H

#include "clCommon.h"
#include "clHash.h"
#include "clMD5Api.h"

#define CL_DIFFERENCE_VECTOR_BLOCK_SHIFT 12
#define CL_DIFFERENCE_VECTOR_BLOCK_SIZE (1 << CL_DIFFERENCE_VECTOR_BLOCK_SHIFT)
#define CL_DIFFERENCE_VECTOR_BLOCK_MASK (CL_DIFFERENCE_VECTOR_BLOCK_SIZE - 1)

typedef struct ClDifferenceVectorKey {
    ClStringT *groupKey;
    ClStringT *sectionKey;
} ClDifferenceVectorKeyT;

typedef struct ClDataVector {
    ClUint32T dataBlock; /* goes to dataBlock * CL_DIFFERENCE_VECTOR_BLOCK_SIZE */
    ClSizeT dataSize;
    ClUint8T *dataBase;
} ClDataVectorT;

typedef struct ClDifferenceVector {
    ClUint32T numDataVectors;
    ClDataVectorT *dataVectors;
    ClUint32T md5Blocks;
    ClMD5T *md5List;
} ClDifferenceVectorT;

typedef struct ClDifferenceBlock {
    struct hashStruct hash;
    ClDifferenceVectorKeyT key;
    ClSizeT size;
    ClUint8T *data;
    ClUint32T md5Blocks;
    ClMD5T *md5List;
} ClDifferenceBlockT;

#endif
