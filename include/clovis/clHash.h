/* SPDX-License-Identifier: Apache-2.0 */
/* Chained hash buckets whose links lie inside the caller's entries. */
#ifndef CLOVIS_CL_HASH_H
#define CLOVIS_CL_HASH_H

#include <stddef.h>

#include "clCommon.h"
#include "clCommonErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

struct hashStruct {
    struct hashStruct *pNext;
    struct hashStruct **ppPrev; /* what points at this entry; NULL when not in a table */
};

/* The structure around an entry. */
#define hashEntry(element, type, member)                                                 \
    ((type *)(void *)((char *)(element)-offsetof(type, member)))

/* Put the entry at the head of a bucket. */
static inline ClRcT hashAdd(struct hashStruct **table, ClUint32T bucket,
                            struct hashStruct *element)
{
    struct hashStruct **head = &table[bucket];

    element->pNext = *head;
    element->ppPrev = head;
    if (*head)
        (*head)->ppPrev = &element->pNext;
    *head = element;
    return CL_OK;
}

/* CL_ERR_INVALID_PARAMETER when the entry is in no table. */
static inline ClRcT hashDel(struct hashStruct *element)
{
    if (!element->ppPrev)
        return CL_ERR_INVALID_PARAMETER;
    *element->ppPrev = element->pNext;
    if (element->pNext)
        element->pNext->ppPrev = element->ppPrev;
    element->pNext = NULL;
    element->ppPrev = NULL;
    return CL_OK;
}

#ifdef __cplusplus
}
#endif

#endif
