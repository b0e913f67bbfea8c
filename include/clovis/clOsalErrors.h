/* SPDX-License-Identifier: Apache-2.0 */
/* Error numbers of the operating system layer. */
#ifndef CLOVIS_CL_OSAL_ERRORS_H
#define CLOVIS_CL_OSAL_ERRORS_H

#include "clCommonErrors.h"

#define CL_OSAL_RC(err) CL_RC(CL_CID_OSAL, err)

/* clang-format off */
#define CL_OSAL_AREA                    "OSA"

#define CL_OSAL_ERR_OS_ERROR              0x100
#define CL_OSAL_ERR_CREATE_MUTEX          0x101
#define CL_OSAL_ERR_TASK_ATTRIBUTE_INIT   0x102
#define CL_OSAL_ERR_TASK_CREATE           0x103
#define CL_OSAL_ERR_TASK_DELETE           0x104
#define CL_OSAL_ERR_TASK_ATTRIBUTE_SET    0x105
#define CL_OSAL_ERR_TASK_DELAY            0x106
#define CL_OSAL_ERR_MUTEX_CREATE          0x107
#define CL_OSAL_ERR_MUTEX_LOCK            0x108
#define CL_OSAL_ERR_MUTEX_UNLOCK          0x109
#define CL_OSAL_ERR_MUTEX_DELETE          0x10a
#define CL_OSAL_ERR_CONDITION_CREATE      0x10b
#define CL_OSAL_ERR_CONDITION_DELETE      0x10c
#define CL_OSAL_ERR_CONDITION_WAIT        0x10d
#define CL_OSAL_ERR_CONDITION_BROADCAST   0x10e
#define CL_OSAL_ERR_CONDITION_SIGNAL      0x10f
#define CL_OSAL_ERR_SCHEDULE_POLICY       0x110
#define CL_OSAL_ERR_COS_CLEANUP           0x111
#define CL_OSAL_ERR_TASK_ATTRIBUTE_GET    0x112
#define CL_OSAL_ERR_NO_TASK_EXIST         0x113
#define CL_OSAL_ERR_TASK_STACK_SIZE       0x114
#define CL_OSAL_ERR_TIME_OF_DAY           0x115
#define CL_OSAL_ERR_SEM_CREATE            0x116
#define CL_OSAL_ERR_SEM_ID_GET            0x117
#define CL_OSAL_ERR_SEM_LOCK              0x118
#define CL_OSAL_ERR_SEM_UNLOCK            0x119
#define CL_OSAL_ERR_SEM_GET_VALUE         0x11a
#define CL_OSAL_ERR_SEM_DELETE            0x11b
#define CL_OSAL_ERR_PROCESS_CREATE        0x11c
#define CL_OSAL_ERR_PROCESS_DELETE        0x11d
#define CL_OSAL_ERR_PROCESS_WAIT          0x11e
#define CL_OSAL_ERR_SHM_CREATE            0x11f
#define CL_OSAL_ERR_SHM_ID_GET            0x120
#define CL_OSAL_ERR_SHM_DELETE            0x121
#define CL_OSAL_ERR_SHM_ATTACH            0x122
#define CL_OSAL_ERR_SHM_DETACH            0x123
#define CL_OSAL_ERR_SHM_MODE_SET          0x124
#define CL_OSAL_ERR_SHM_MODE_GET          0x125
#define CL_OSAL_ERR_SHM_SIZE              0x126
#define CL_OSAL_ERR_COS_INIT              0x127
#define CL_OSAL_ERR_MEM_POOL_CREATE       0x128
#define CL_OSAL_ERR_MEM_POOL_DETACH       0x129
#define CL_OSAL_ERR_MEM_POOL_DELETE       0x130
#define CL_OSAL_ERR_NAME_TOO_LONG         0x131
#define CL_OSAL_ERR_CONDITION_TIMEDOUT    0x132
/* clang-format on */

#endif
