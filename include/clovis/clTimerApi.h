/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers. Functions return CL_OK or CL_TIMER_RC() of a number in clCommonErrors.h or
 * clTimerErrors.h. Time is monotonic; granularity is about 10 ms.
 */
#ifndef CLOVIS_CL_TIMER_API_H
#define CLOVIS_CL_TIMER_API_H

#include "clCommon.h"
#include "clBufferApi.h"
#include "clTimerErrors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ClTimerTimeOut {
    ClUint32T tsSec;
    ClUint32T tsMilliSec;
} ClTimerTimeOutT;

typedef ClPtrT ClTimerHandleT;

/* The result is ignored. */
typedef ClRcT (*ClTimerCallBackT)(void *argument);
typedef ClRcT (*ClTimerReplicationCallbackT)(ClBufferHandleT message);

typedef enum {
    CL_TIMER_ONE_SHOT = 0,
    CL_TIMER_REPETITIVE = 1,
    CL_TIMER_VOLATILE = 2, /* one shot that deletes itself afterwards */
    CL_TIMER_MAX_TYPE = 3
} ClTimerTypeT;

typedef enum {
    CL_TIMER_TASK_CONTEXT = 0,     /* on the timer thread: must not block */
    CL_TIMER_SEPARATE_CONTEXT = 1, /* on a thread of its own */
    CL_TIMER_MAX_CONTEXT = 2
} ClTimerContextT;

typedef struct ClTimerConfig {
    ClUint32T timerResolution;
    ClUint32T timerTaskPriority;
} ClTimerConfigT;

typedef struct ClTimerStats {
    ClTimerTypeT type;
    ClTimerContextT context;
    ClTimeT timeOut;
    ClTimeT expiry;
} ClTimerStatsT;

/**
 * Start the timer library; the first timer does it, too. The argument is ignored.
 *
 * @retval CL_TIMER_RC(CL_ERR_INITIALIZED)  it is running already.
 */
ClRcT clTimerInitialize(ClPtrT pConfig);

/** Stop all timers. They and the rest of the library can be used afterwards. */
ClRcT clTimerFinalize(void);

/**
 * Make a timer that is not running.
 *
 * @param[in]  timeOut    until it fires, and between firings of a REPETITIVE one.
 * @param[in]  fpAction   called with pArgument at each firing.
 * @param[out] pHandle    new; ended with clTimerDelete(), unless VOLATILE.
 *
 * @retval CL_TIMER_RC(CL_TIMER_ERR_NULL_TIMER_CALLBACK)
 * @retval CL_TIMER_RC(CL_TIMER_ERR_INVALID_TIMER_TYPE)
 * @retval CL_TIMER_RC(CL_TIMER_ERR_INVALID_TIMER_CONTEXT_TYPE)
 */
ClRcT clTimerCreate(ClTimerTimeOutT timeOut, ClTimerTypeT type, ClTimerContextT context,
                    ClTimerCallBackT fpAction, void *pArgument, ClTimerHandleT *pHandle);

/** clTimerCreate(), then clTimerStart(). */
ClRcT clTimerCreateAndStart(ClTimerTimeOutT timeOut, ClTimerTypeT type,
                            ClTimerContextT context, ClTimerCallBackT fpAction,
                            void *pArgument, ClTimerHandleT *pHandle);

/** Let it fire the time-out from now, also when it is running. */
ClRcT clTimerStart(ClTimerHandleT handle);

/** Stop it; CL_OK when it does not run. */
ClRcT clTimerStop(ClTimerHandleT handle);

/**
 * Take the timer and set *pHandle to 0. Waits for a callback that runs on another
 * thread; from inside the callback the timer goes when the callback returns.
 *
 * @retval CL_TIMER_RC(CL_ERR_OP_NOT_PERMITTED)  it is VOLATILE.
 */
ClRcT clTimerDelete(ClTimerHandleT *pHandle);

#ifdef __cplusplus
}
#endif

#endif
