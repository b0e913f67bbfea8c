/* SPDX-License-Identifier: Apache-2.0 */
/* The platform's small calls: heap, debug hooks, printing, conditions, the pool's brakes,
 * what a program sets about itself. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <clCommonErrors.h>
#include <clDbg.h>
#include <clDebugApi.h>
#include <clEoApi.h>
#include <clHeapApi.h>
#include <clLogApi.h>
#include <clOsalApi.h>
#include <clTaskPool.h>

#include "fixture_redis.h"

TestSuite(plat_rest, .timeout = 60);

/* ---- heap ---------------------------------------------------------------------- */

Test(plat_rest, the_heap_is_that_of_the_c_library)
{
    unsigned char *block = clHeapCalloc(3, 100);

    cr_assert(block);
    for (int i = 0; i < 300; i++)
        cr_assert_eq(block[i], 0, "byte %d", i);
    block[0] = 7;
    block = clHeapRealloc(block, 10000);
    cr_assert_eq(block[0], 7);
    clHeapFree(block);
    clHeapFree(NULL);
    block = clHeapRealloc(NULL, 5);
    cr_assert(block);
    free(block); /* programs use either */
    block = malloc(5);
    clHeapFree(block);
    block = clHeapAllocate(0);
    cr_assert(block, "no bytes are a block, too");
    clHeapFree(block);
    block = clHeapCalloc(0, 8);
    cr_assert(block);
    clHeapFree(block);
    block = clHeapRealloc(NULL, 0);
    cr_assert(block);
    clHeapFree(block);
}

/* ---- names of 6.1 ---------------------------------------------------------------- */

Test(plat_rest, names_of_6_1_are_the_same_bytes)
{
    SaNameT name, copy, both;
    char text[400];

    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    saNameSet(&name, text);
    cr_expect_eq(name.length, 255);
    cr_expect_eq(name.value[255], '\0');
    saNameSet(&name, "left");
    memset(&copy, 0xff, sizeof(copy));
    saNameCopy(&copy, &name);
    cr_expect_eq(copy.length, 4);
    cr_expect_str_eq((char *)copy.value, "left");
    saNameConcat(&both, &name, "_", &copy);
    cr_expect_eq(both.length, 9);
    cr_expect_str_eq((char *)both.value, "left_left");
    saNameConcat(&both, NULL, NULL, &copy);
    cr_expect_str_eq((char *)both.value, "left");
}

/* ---- what a child process does ------------------------------------------------------
 */

static void child_paused(void)
{
    clDbgPauseFn("file.c", 7);
    _exit(3);
}

static void child_asserts(void)
{
    fclose(stderr);
    CL_ASSERT(getpid() == 1);
    _exit(3);
}

static void child_passes(void)
{
    int n = 1;

    if (n)
        CL_ASSERT(n == 1);
    clDbgPauseFn("file.c", 7);
    clDbgMsg(getpid(), "file.c", 7, "function", 3, "not shown");
    _exit(3);
}

static pid_t child_begin(void (*body)(void))
{
    const pid_t pid = fork();

    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        body();
    }
    cr_assert_gt(pid, 0);
    return pid;
}

static bool is_asleep(void *arg)
{
    char path[64], state = '?';
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/syscall", *(pid_t *)arg);
    f = fopen(path, "r");
    if (f) {
        int number = -1;

        if (fscanf(f, "%d", &number) == 1 && number == 34) /* pause() on x86-64 */
            state = 'S';
        fclose(f);
        return state == 'S';
    }
    snprintf(path, sizeof(path), "/proc/%d/stat", *(pid_t *)arg);
    f = fopen(path, "r");
    if (!f)
        return false;
    if (fscanf(f, "%*d %*s %c", &state) != 1)
        state = '?';
    fclose(f);
    return state == 'S';
}

Test(plat_rest, debug_hooks_are_silent_unless_asked_for)
{
    int status;
    pid_t pid;

    waitpid(child_begin(child_passes), &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    waitpid(child_begin(child_asserts), &status, 0);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    setenv("CLOVIS_LOG", "none", 1);
    setenv("CL_DEBUG_PAUSE", "yes", 1);
    pid = child_begin(child_paused);
    cr_expect(wait_for(is_asleep, &pid, 20000), "it does not wait for a debugger");
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    cr_expect_eq(clDbgPauseOnCodeError, 0);
}

static void child_prints(void)
{
    /* nothing is flushed by the call */
    if (clOsalPrintf("handle %x, %s\n", 7, "done") != CL_OK)
        _exit(4);
    fflush(stdout);
    _exit(3);
}

Test(plat_rest, printf_goes_to_standard_output)
{
    char text[64] = "";
    int ends[2], status;
    pid_t pid;

    cr_assert_eq(pipe(ends), 0);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        child_prints();
    }
    close(ends[1]);
    cr_expect_gt(read(ends[0], text, sizeof(text) - 1), 0);
    close(ends[0]);
    waitpid(pid, &status, 0);
    cr_expect_str_eq(text, "handle 7, done\n");
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 3, "status %#x", status);
}

static void CL_PRINTF_FORMAT(1, 2) log_va(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    cr_expect_eq(clLogVMsgWrite(CL_LOG_HANDLE_APP, CL_LOG_SEV_NOTICE, 10, "ARE", "CTX",
                                "f.c", 1, format, args),
                 CL_OK);
    va_end(args);
}

Test(plat_rest, a_log_line_from_a_list_of_arguments)
{
    const char *const tmp = getenv("TMPDIR");
    char path[256], text[512] = "";
    FILE *f;

    snprintf(path, sizeof(path), "%s/console", tmp ? tmp : "/tmp");
    setenv("CL_LOG_TO_FILE", path, 1);
    log_va("%d and %s", 5, "six");
    f = fopen(path, "r");
    cr_assert(f);
    cr_expect(fgets(text, sizeof(text), f));
    fclose(f);
    unlink(path);
    cr_expect(strstr(text, "5 and six\n"), "%s", text);
    cr_expect(strstr(text, "ARE.CTX"), "%s", text);
}

/* ---- threads ---------------------------------------------------------------------- */

static ClOsalMutexT lock;
static ClOsalCondT condition;
static int turn, woken;

static void *waiter(void *unused)
{
    ClTimerTimeOutT for_ever = {0, 0};

    clOsalMutexLock(&lock);
    while (!turn)
        clOsalCondWait(&condition, &lock, for_ever);
    woken++;
    clOsalMutexUnlock(&lock);
    return unused;
}

static bool all_woken(void *arg)
{
    int n;

    clOsalMutexLock(&lock);
    n = woken;
    clOsalMutexUnlock(&lock);
    return n == *(int *)arg;
}

Test(plat_rest, conditions_wake_who_waits)
{
    ClOsalTaskIdT id[3], self = 0;
    int want = 3;

    cr_assert_eq(clOsalMutexInit(&lock), CL_OK);
    cr_assert_eq(clOsalCondInit(&condition), CL_OK);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(clOsalTaskCreateAttached("w", CL_OSAL_SCHED_OTHER, 0, 0, waiter,
                                              NULL, &id[i]),
                     CL_OK);
    clOsalMutexLock(&lock);
    turn = 1;
    clOsalMutexUnlock(&lock);
    cr_expect_eq(clOsalCondSignal(&condition), CL_OK);
    cr_expect_eq(clOsalCondBroadcast(&condition), CL_OK);
    cr_expect(wait_for(all_woken, &want, 20000));
    for (int i = 0; i < 3; i++)
        cr_expect_eq(clOsalTaskJoin(id[i]), CL_OK);
    cr_expect_eq(clOsalCondDestroy(&condition), CL_OK);
    cr_expect_eq(clOsalCondInit(NULL), CL_OSAL_RC(CL_ERR_NULL_POINTER));
    cr_expect_eq(clOsalCondSignal(NULL), CL_OSAL_RC(CL_ERR_NULL_POINTER));
    cr_expect_eq(clOsalCondBroadcast(NULL), CL_OSAL_RC(CL_ERR_NULL_POINTER));
    cr_expect_eq(clOsalSelfTaskIdGet(&self), CL_OK);
    cr_expect_neq(self, 0);
}

Test(plat_rest, recursive_mutexes_and_wall_time)
{
    ClOsalMutexT m;
    ClNanoTimeT now = {0, 0};

    cr_assert_eq(clOsalRecursiveMutexInit(&m), CL_OK);
    cr_expect_eq(clOsalMutexLock(&m), CL_OK);
    cr_expect_eq(clOsalMutexLock(&m), CL_OK);
    cr_expect_eq(clOsalMutexUnlock(&m), CL_OK);
    cr_expect_eq(clOsalMutexUnlock(&m), CL_OK);
    cr_expect_eq(clOsalMutexDestroy(&m), CL_OK);
    cr_expect_eq(clOsalRecursiveMutexInit(NULL), CL_OSAL_RC(CL_ERR_NULL_POINTER));
    cr_expect_eq(clOsalNanoTimeGet(&now), CL_OK);
    cr_expect_leq(time(NULL) - now.tv_sec, 1);
}

static int jobs_done;

static ClRcT job(ClPtrT unused)
{
    (void)unused;
    clOsalMutexLock(&lock);
    jobs_done++;
    clOsalMutexUnlock(&lock);
    return CL_OK;
}

static bool jobs_are(void *arg)
{
    int n;

    clOsalMutexLock(&lock);
    n = jobs_done;
    clOsalMutexUnlock(&lock);
    return n == *(int *)arg;
}

Test(plat_rest, a_quiet_pool_keeps_its_job)
{
    ClTaskPoolHandleT pool, other;
    int done;

    clOsalMutexInit(&lock);
    cr_expect_eq(clTaskPoolQuiesce(NULL), CL_TASKPOOL_RC(CL_ERR_INVALID_PARAMETER));
    cr_expect_eq(clTaskPoolResume(NULL), CL_TASKPOOL_RC(CL_ERR_INVALID_PARAMETER));
    cr_expect_eq(clTaskPoolStart(NULL), CL_TASKPOOL_RC(CL_ERR_INVALID_PARAMETER));
    cr_assert_eq(clTaskPoolCreate(&pool, 2, NULL, NULL), CL_OK);
    cr_expect_eq(clTaskPoolQuiesce(pool), CL_OK);
    cr_expect_eq(clTaskPoolRun(pool, job, NULL), CL_OK);
    /* what another pool gets after that, and does one by one, overtakes it */
    cr_assert_eq(clTaskPoolCreate(&other, 1, NULL, NULL), CL_OK);
    for (done = 1; done <= 100; done++) {
        cr_expect_eq(clTaskPoolRun(other, job, NULL), CL_OK);
        cr_assert(wait_for(jobs_are, &done, 20000), "job %d", done);
    }
    cr_expect_eq(clTaskPoolResume(pool), CL_OK);
    cr_expect(wait_for(jobs_are, &done, 20000));
    cr_expect_eq(clTaskPoolDelete(pool), CL_OK);
    cr_expect_eq(clTaskPoolDelete(other), CL_OK);
}

/* ---- what a program says about itself ------------------------------------------------
 */

Test(plat_rest, a_program_configures_itself)
{
    ClEoConfigT config = {"renamed", CL_OSAL_THREAD_PRI_HIGH,
                          5,         77,
                          1,         CL_EO_USE_THREAD_FOR_RECV,
                          NULL,      NULL,
                          NULL,      NULL,
                          NULL,      0};
    ClEoExecutionObjT mine, *got = NULL;
    ClIocPortT port = 0;

    clAppConfigure(NULL, NULL, NULL);
    cr_expect_str_eq(clEoNameGet(), CL_EO_DEFAULT_NAME);
    clAppConfigure(&config, clEoBasicLibs, clEoClientLibs);
    cr_expect_str_eq(clEoNameGet(), "renamed");
    cr_expect_eq(clEoConfig.noOfThreads, 5);
    cr_expect_eq(clEoMyEoIocPortSet(99), CL_OK);
    cr_expect_eq(clEoMyEoIocPortGet(&port), CL_OK);
    cr_expect_eq(port, 99);
    cr_expect_eq(gEOIocPort, 99);
    cr_expect_eq(clEoMyEoObjectSet(NULL), CL_EO_RC(CL_ERR_NULL_POINTER));
    cr_expect_eq(clEoMyEoObjectSet(&mine), CL_OK);
    cr_expect_eq(clEoMyEoObjectGet(&got), CL_OK);
    cr_expect_eq(got, &mine);
}

Test(plat_rest, the_environment_is_copied_at_the_start)
{
    static const struct {
        const char *name;
        ClCharT *variable;
    } rows[] = {
        {"ASP_NODENAME", ASP_NODENAME},    {"ASP_RUNDIR", ASP_RUNDIR},
        {"ASP_LOGDIR", ASP_LOGDIR},        {"ASP_BINDIR", ASP_BINDIR},
        {"ASP_CONFIG", ASP_CONFIG},        {"ASP_DBDIR", ASP_DBDIR},
        {"ASP_APP_BINDIR", CL_APP_BINDIR},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char value[64];

        snprintf(value, sizeof(value), "/value/of/%s", rows[i].name);
        setenv(rows[i].name, value, 1);
    }
    setenv("SYSTEM_CONTROLLER", "1", 1);
    setenv("ASP_SC_PROMOTE", "no", 1);
    cr_assert_eq(clASPInitialize(), CL_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_str_eq(rows[i].variable, getenv(rows[i].name), "%s", rows[i].name);
    cr_expect_eq(SYSTEM_CONTROLLER, CL_TRUE);
    cr_expect_eq(ASP_SC_PROMOTE, CL_FALSE);
    cr_expect(clEoProgName && *clEoProgName);
    cr_expect_eq(clASPFinalize(), CL_OK);
}
