/* SPDX-License-Identifier: Apache-2.0 */
/* The heap is the C library's: what we hand out may be given back to clHeapFree()
 * or to free(). */
#include <stdlib.h>

#include <clHeapApi.h>

ClPtrT clHeapAllocate(ClUint32T size)
{
    return malloc(size ? size : 1);
}

ClPtrT clHeapCalloc(ClUint32T n, ClUint32T size)
{
    return calloc(n ? n : 1, size ? size : 1);
}

ClPtrT clHeapRealloc(ClPtrT block, ClUint32T size)
{
    return realloc(block, size ? size : 1);
}

void clHeapFree(ClPtrT block)
{
    free(block);
}
