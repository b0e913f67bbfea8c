/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operating system layer: threads, mutexes, conditions, clocks. Functions return
 * CL_OK or CL_OSAL_RC() of a number in clCommonErrors.h or clOsalErrors.h.
 */
#ifndef CLOVIS_CL_OSAL_API_H
#define CLOVIS_CL_OSAL_API_H

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "clCommon.h"
#include "clHeapApi.h"
#include "clOsalErrors.h"
#include "clTimerApi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- types and constants ------------------------------------------------- */

/* clang-format off */
#define CL_OSAL_NAME_MAX                32
#define CL_OSAL_MIN_STACK_SIZE          (192 * 1024)
#define CL_OSAL_SHM_EXCEPTION_LENGTH    2048
/* clang-format on */

typedef ClUint64T ClOsalTaskIdT;
typedef ClPtrT ClOsalTaskDataT;
typedef ClUint32T ClOsalPidT;
typedef ClUint32T ClOsalShmIdT;
typedef ClUint64T ClOsalSemIdT;
typedef struct timespec ClNanoTimeT;

typedef void (*ClOsalProcessFuncT)(void *argument);
typedef void (*ClOsalTaskKeyDeleteCallBackT)(void *data);

typedef enum {
    CL_OSAL_SCHED_OTHER = SCHED_OTHER,
    CL_OSAL_SCHED_FIFO = SCHED_FIFO,
    CL_OSAL_SCHED_RR = SCHED_RR
} ClOsalSchedulePolicyT;

typedef enum {
    CL_OSAL_THREAD_PRI_NOT_APPLICABLE = 0,
    CL_OSAL_THREAD_PRI_LOW = 1,
    CL_OSAL_THREAD_PRI_MEDIUM = 80,
    CL_OSAL_THREAD_PRI_HIGH = 160
} ClOsalThreadPriorityT;

typedef enum {
    CL_OSAL_PROCESS_WITH_NEW_SESSION = 1,
    CL_OSAL_PROCESS_WITH_NEW_GROUP = 2
} ClOsalProcessFlagT;

typedef enum {
    CL_OSAL_PROCESS_PRIVATE = 0,
    CL_OSAL_PROCESS_SHARED = 1
} ClOsalSharedTypeT;

typedef enum {
    CL_OSAL_SHM_MODE_READ_USER = 0400,
    CL_OSAL_SHM_MODE_WRITE_USER = 0200,
    CL_OSAL_SHM_MODE_READ_GROUP = 0040,
    CL_OSAL_SHM_MODE_WRITE_GROUP = 0020,
    CL_OSAL_SHM_MODE_READ_OTHERS = 0004,
    CL_OSAL_SHM_MODE_WRITE_OTHERS = 0002
} ClOsalShmSecurityModeFlagT;

typedef struct ClOsalShmAreaDef {
    ClCharT exceptionInfo[CL_OSAL_SHM_EXCEPTION_LENGTH];
} ClOsalShmAreaDefT;

typedef enum {
    CL_OSAL_SHARED_INVALID = 0,
    CL_OSAL_SHARED_NORMAL = 1,
    CL_OSAL_SHARED_SYSV_SEM = 2,
    CL_OSAL_SHARED_POSIX_SEM = 4,
    CL_OSAL_SHARED_RECURSIVE = 8,
    CL_OSAL_SHARED_PROCESS = 16,
    CL_OSAL_SHARED_ERROR_CHECK = 32
} ClOsalSharedMutexFlagsT;

/* Programs allocate it and pass it to clOsalMutexInit(); its members are private. */
typedef struct ClOsalMutex {
    ClOsalSharedMutexFlagsT flags;
    union shared_lock {
        pthread_mutex_t mutex;
        struct ClSem {
            sem_t posSem;
            int semId;
            ClInt32T numSems;
        } sem;
    } shared_lock;
} ClOsalMutexT;

typedef ClOsalMutexT *ClOsalMutexIdT;
typedef pthread_mutexattr_t ClOsalMutexAttrT;
typedef pthread_cond_t ClOsalCondT;
typedef ClOsalCondT *ClOsalCondIdT;
typedef pthread_condattr_t ClOsalCondAttrT;

/* ---- threads ------------------------------------------------------------- */

/**
 * Start a thread that nobody joins.
 *
 * @param[in] pTaskName  borrowed for the call; may be NULL.
 * @param[in] priority   0 with CL_OSAL_SCHED_OTHER; else 1 to 160.
 * @param[in] stackSize  bytes; raised to CL_OSAL_MIN_STACK_SIZE.
 *
 * @retval CL_OSAL_RC(CL_OSAL_ERR_TASK_CREATE)  no resources, after three tries in 1 s.
 */
ClRcT clOsalTaskCreateDetached(const ClCharT *pTaskName, ClOsalSchedulePolicyT policy,
                               ClUint32T priority, ClUint32T stackSize,
                               void *(*fpTaskFunction)(void *), void *pTaskFuncArgument);

/** Start a thread that clOsalTaskJoin() waits for. */
ClRcT clOsalTaskCreateAttached(const ClCharT *pTaskName, ClOsalSchedulePolicyT policy,
                               ClUint32T priority, ClUint32T stackSize,
                               void *(*fpTaskFunction)(void *), void *pTaskFuncArgument,
                               ClOsalTaskIdT *pTaskId);

ClRcT clOsalTaskJoin(ClOsalTaskIdT taskId);
ClRcT clOsalSelfTaskIdGet(ClOsalTaskIdT *pTaskId);

/** Sleep for the whole time, signals or not. */
ClRcT clOsalTaskDelay(ClTimerTimeOutT timer);

/* ---- mutexes ------------------------------------------------------------- */

/** Make a plain, a recursive, or an error-checking mutex in the caller's memory; ended
 * with clOsalMutexDestroy(). */
ClRcT clOsalMutexInit(ClOsalMutexT *pMutex);
ClRcT clOsalRecursiveMutexInit(ClOsalMutexT *pMutex);
ClRcT clOsalMutexErrorCheckInit(ClOsalMutexT *pMutex);
ClRcT clOsalMutexDestroy(ClOsalMutexT *pMutex);

/** New plain mutex, freed with clOsalMutexDelete(). */
ClRcT clOsalMutexCreate(ClOsalMutexIdT *pMutexId);
ClRcT clOsalMutexDelete(ClOsalMutexIdT mutexId);

/** @retval CL_OSAL_RC(CL_ERR_INUSE)  this thread has it already (error-checking mutex).
 */
ClRcT clOsalMutexLock(ClOsalMutexIdT mutexId);

/** @retval CL_OSAL_RC(CL_ERR_INUSE)  it is locked. */
ClRcT clOsalMutexTryLock(ClOsalMutexIdT mutexId);
ClRcT clOsalMutexUnlock(ClOsalMutexIdT mutexId);

/* ---- conditions ---------------------------------------------------------- */

/** Make a condition in the caller's memory; ended with clOsalCondDestroy(). */
ClRcT clOsalCondInit(ClOsalCondT *pCond);
ClRcT clOsalCondDestroy(ClOsalCondT *pCond);

/** New condition, freed with clOsalCondDelete(). */
ClRcT clOsalCondCreate(ClOsalCondIdT *pConditionId);
ClRcT clOsalCondDelete(ClOsalCondIdT conditionId);

/**
 * Wait, with the mutex locked, for a signal or until the time is over; {0, 0}: for ever.
 *
 * @retval CL_OSAL_RC(CL_ERR_TIMEOUT)  the time is over.
 */
ClRcT clOsalCondWait(ClOsalCondIdT conditionId, ClOsalMutexIdT mutexId,
                     ClTimerTimeOutT timer);
ClRcT clOsalCondSignal(ClOsalCondIdT conditionId);
ClRcT clOsalCondBroadcast(ClOsalCondIdT conditionId);

/* ---- clocks, output ------------------------------------------------------ */

/** Monotonic time in microseconds. */
ClTimeT clOsalStopWatchTimeGet(void);

/** Wall-clock time. */
ClRcT clOsalTimeOfDayGet(ClTimerTimeOutT *pTime);
ClRcT clOsalNanoTimeGet(ClNanoTimeT *pTime);

/** printf() on stdout. Without the compiler's check of the format: programs pass handles
 * to %x. */
ClRcT clOsalPrintf(const ClCharT *fmt, ...);

#ifdef __cplusplus
}
#endif

#endif
