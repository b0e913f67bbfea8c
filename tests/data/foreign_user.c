/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with foreign_ckpt.c; prints what the library that it really got answers. */
#include <stdio.h>

#include <saCkpt.h>

int main(void)
{
    SaVersionT version = {'B', 1, 1};
    SaCkptHandleT handle = 0;

    printf("%d\n", (int)saCkptInitialize(&handle, NULL, &version));
    return saCkptFinalize(handle) == SA_AIS_OK ? 0 : 1;
}
