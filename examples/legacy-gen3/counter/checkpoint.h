/* SPDX-License-Identifier: Apache-2.0 */
/* The counter's checkpoint: written in C++, used from C. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include <clCommon.h>
#include <clCommonErrors.h>

#ifdef __cplusplus
extern "C" {
#endif

ClRcT counter_open(const SaNameT *checkpoint);
ClRcT counter_read(ClUint32T *count);
ClRcT counter_write(ClUint32T count);
void counter_close(void);

#ifdef __cplusplus
}
#endif
#endif
