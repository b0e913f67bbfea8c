/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pool of threads that run jobs. Functions return CL_OK or CL_TASKPOOL_RC() of a number
 * in clCommonErrors.h.
 */
#ifndef CLOVIS_CL_TASK_POOL_H
#define CLOVIS_CL_TASK_POOL_H

#include "clCommon.h"
#include "clCommonErrors.h"
#include "clDebugApi.h"
#include "clLogApi.h"
#include "clOsalApi.h"
#include "clTimerApi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CL_TASKPOOL_RC(err) CL_RC(CL_CID_TASKPOOL, err)

#define CL_TASKPOOL_MONITOR_INTERVAL 150        /* s */
#define CL_TASKPOOL_DEFAULT_MONITOR_INTERVAL 30 /* s */

typedef struct ClTaskPool *ClTaskPoolHandleT;

typedef ClRcT (*ClTaskPoolMonitorCallbackT)(ClOsalTaskIdT tid, ClTimeT interval,
                                            ClTimeT threshold);

typedef struct ClTaskPoolStats {
    ClOsalTaskIdT tId;
    ClOsalTaskIdT taskId;
    ClTimeT startTime;
    ClTimeT iocSendTime;
    ClBoolT heartbeatDisabled;
} ClTaskPoolStatsT;

typedef struct ClTaskPoolUsage {
    ClInt32T numTasks;
    ClInt32T maxTasks;
    ClInt32T numIdleTasks;
} ClTaskPoolUsageT;

/**
 * Make a pool of at most maxTasks threads, which are started as they are needed.
 *
 * @param[out] pHandle  new; ended with clTaskPoolDelete().
 * @param[in]  preIdleFunc  called with its cookie by a thread that has run out of jobs;
 *                      may be NULL.
 */
ClRcT clTaskPoolCreate(ClTaskPoolHandleT *pHandle, ClInt32T maxTasks,
                       ClCallbackT preIdleFunc, ClPtrT preIdleCookie);

/** Hand over one job. Waits while the job before it has found no thread. */
ClRcT clTaskPoolRun(ClTaskPoolHandleT handle, ClCallbackT func, ClPtrT cookie);

/** Take no more jobs and wait for those that run; start anew. */
ClRcT clTaskPoolStop(ClTaskPoolHandleT handle);
ClRcT clTaskPoolStart(ClTaskPoolHandleT handle);

/** Let jobs wait until clTaskPoolResume(). */
ClRcT clTaskPoolQuiesce(ClTaskPoolHandleT handle);
ClRcT clTaskPoolResume(ClTaskPoolHandleT handle);

/** Take the pool, stopping it first. */
ClRcT clTaskPoolDelete(ClTaskPoolHandleT handle);

#ifdef __cplusplus
}
#endif

#endif
