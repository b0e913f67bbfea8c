/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads at the checkpoint service over a real server: 32 of them on one handle; opens,
 * closes, callbacks and finalizes that race; changes of another process. A plain program,
 * because it runs under ThreadSanitizer; what it looks for itself is a wrong answer.
 */
#include <clCkptApi.h>
#include <clCkptErrors.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_redis.h"

enum { THREADS = 32, RACERS = 12, SHARED_ROUNDS = 60, RACE_ROUNDS = 60, FINALIZES = 25 };

#define ALL_FLAGS                                                                        \
    (CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE | CL_CKPT_CHECKPOINT_CREATE)

static atomic_int wrong;

static void complain(int line, const char *what, ClRcT rc)
{
    fprintf(stderr, "stress_ckpt: line %d: %s: 0x%x\n", line, what, rc);
    atomic_fetch_add(&wrong, 1);
}

/* The call succeeds. */
#define OK(call)                                                                         \
    do {                                                                                 \
        const ClRcT ok_rc = (call);                                                      \
        if (ok_rc != CL_OK)                                                              \
            complain(__LINE__, #call, ok_rc);                                            \
    } while (0)

/* It succeeds, or says one of what a race may lead to. */
#define RACY(call)                                                                       \
    do {                                                                                 \
        const ClRcT racy_rc = (call);                                                    \
        if (racy_rc != CL_OK && !is_race(racy_rc))                                       \
            complain(__LINE__, #call, racy_rc);                                          \
    } while (0)

static bool is_race(ClRcT rc)
{
    switch (rc) {
    case CL_CKPT_ERR_INVALID_HANDLE:
    case CL_CKPT_ERR_NOT_INITIALIZED:
    case CL_CKPT_ERR_NOT_EXIST:
    case CL_CKPT_ERR_ALREADY_EXIST:
    case CL_CKPT_ERR_NO_SPACE:
        return true;
    default:
        return false;
    }
}

/* ---- short forms --------------------------------------------------------- */

static const ClCkptCheckpointCreationAttributesT plain = {
    .creationFlags = CL_CKPT_WR_ACTIVE_REPLICA,
    .maxSections = 200,
    .maxSectionSize = 4096,
    .maxSectionIdSize = 16,
};

static ClCkptSvcHdlT service(const ClCkptCallbacksT *callbacks)
{
    ClVersionT version = {'B', 1, 1};
    ClCkptSvcHdlT svc = 0;

    OK(clCkptInitialize(&svc, callbacks, &version));
    return svc;
}

static ClNameT named(const char *text)
{
    ClNameT n = {.length = 0};

    n.length = (ClUint16T)snprintf(n.value, sizeof(n.value), "%s", text);
    return n;
}

static ClRcT open_it(ClCkptSvcHdlT svc, const char *text, ClUint32T more_flags,
                     ClCkptHdlT *out)
{
    ClCkptCheckpointCreationAttributesT a = plain;
    const ClNameT name = named(text);

    a.creationFlags |= more_flags;
    return clCkptCheckpointOpen(svc, &name, &a, ALL_FLAGS, -1, out);
}

static ClCkptSectionIdT section(char *text)
{
    return (ClCkptSectionIdT){(ClUint16T)strlen(text), (ClUint8T *)text};
}

static ClRcT create(ClCkptHdlT h, char *id)
{
    ClCkptSectionIdT s = section(id);
    ClCkptSectionCreationAttributesT a = {&s, (ClTimeT)CL_TIME_END};

    return clCkptSectionCreate(h, &a, (const ClUint8T *)"new", 3);
}

static ClRcT overwrite(ClCkptHdlT h, char *id, const char *text)
{
    const ClCkptSectionIdT s = section(id);

    return clCkptSectionOverwrite(h, &s, text, strlen(text));
}

static ClRcT iterate(ClCkptHdlT h, int *n)
{
    ClCkptSectionDescriptorT d;
    ClHandleT it;
    ClRcT rc = clCkptSectionIterationInitialize(h, CL_CKPT_SECTIONS_ANY, 0, &it);

    *n = 0;
    if (rc != CL_OK)
        return rc;
    while ((rc = clCkptSectionIterationNext(it, &d)) == CL_OK) {
        free(d.sectionId.id);
        ++*n;
    }
    clCkptSectionIterationFinalize(it);
    return rc == CL_RC(CL_CID_CKPT, CL_CKPT_ERR_NO_SECTIONS) ? CL_OK : rc;
}

static void run(int n, void *(*fn)(void *), void *arg)
{
    pthread_t t[THREADS];
    int i;

    for (i = 0; i < n; i++)
        if (pthread_create(&t[i], NULL, fn, arg) != 0)
            abort();
    for (i = 0; i < n; i++)
        pthread_join(t[i], NULL);
}

/* ---- 32 threads on one handle -------------------------------------------- */

static atomic_int turn;

/* What a thread wrote to its own section is what it reads. */
static void own_round(ClCkptHdlT h, char *id, int round)
{
    char text[64], in[64] = "";
    ClCkptIOVectorElementT vec[2] = {
        {.sectionId = section(id), .dataBuffer = in, .dataSize = sizeof(in)},
        {.sectionId = section((char *)(uintptr_t) "all")},
    };

    snprintf(text, sizeof(text), "%s-%d", id, round);
    OK(overwrite(h, id, text));
    OK(clCkptCheckpointRead(h, vec, 2, NULL));
    if (vec[0].readSize != strlen(text) || memcmp(in, text, strlen(text)) != 0)
        complain(__LINE__, "another thread's data", 0);
    free(vec[1].dataBuffer);
    vec[0] = (ClCkptIOVectorElementT){
        .sectionId = section(id), .dataBuffer = text, .dataSize = 1, .dataOffset = 60};
    vec[1] = (ClCkptIOVectorElementT){
        .sectionId = vec[1].sectionId, .dataBuffer = text, .dataSize = strlen(text)};
    OK(clCkptCheckpointWrite(h, vec, 2, NULL));
}

static void *share(void *arg)
{
    const ClCkptHdlT h = *(ClCkptHdlT *)arg;
    ClCkptCheckpointDescriptorT d;
    char id[16];
    int i, n;

    snprintf(id, sizeof(id), "own%d", atomic_fetch_add(&turn, 1));
    OK(create(h, id));
    for (i = 0; i < SHARED_ROUNDS; i++) {
        own_round(h, id, i);
        if (i % 16 == 0) {
            OK(iterate(h, &n));
            OK(clCkptCheckpointStatusGet(h, &d));
            OK(clCkptCheckpointSynchronize(h, (ClTimeT)CL_TIME_END));
        }
    }
    return NULL;
}

static void threads_share_a_handle(void)
{
    const ClCkptSvcHdlT svc = service(NULL);
    ClCkptHdlT h = 0;
    int n;

    OK(open_it(svc, "shared", 0, &h));
    OK(create(h, (char *)(uintptr_t) "all"));
    run(THREADS, share, &h);
    OK(iterate(h, &n));
    if (n != THREADS + 1)
        complain(__LINE__, "sections", (ClRcT)n);
    OK(clCkptFinalize(svc));
}

/* ---- iterations while sections come and go ------------------------------- */

enum { KEPT = 700, WALKS = 6 };

static atomic_bool walked;

static void *churn(void *arg)
{
    const ClCkptHdlT h = *(ClCkptHdlT *)arg;
    char id[16];
    ClCkptSectionIdT s;
    int i;

    for (i = 0; !walked; i++) {
        snprintf(id, sizeof(id), "x%d-%d", (int)atomic_load(&turn), i % 300);
        s = section(id);
        RACY(create(h, id));
        if (i % 2)
            RACY(clCkptSectionDelete(h, &s));
    }
    return NULL;
}

/* Sections that are there all the time come once each. */
static void walk(ClCkptHdlT h)
{
    unsigned char seen[KEPT] = "";
    ClCkptSectionDescriptorT d;
    ClHandleT it;
    int i, n;

    OK(clCkptSectionIterationInitialize(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    while (clCkptSectionIterationNext(it, &d) == CL_OK) {
        char id[17] = "";

        memcpy(id, d.sectionId.id, d.sectionId.idLen);
        free(d.sectionId.id);
        if (sscanf(id, "keep%d", &n) == 1 && n >= 0 && n < KEPT && seen[n]++)
            complain(__LINE__, "a section came twice", (ClRcT)n);
    }
    OK(clCkptSectionIterationFinalize(it));
    for (i = 0; i < KEPT; i++)
        if (!seen[i])
            complain(__LINE__, "a section was left out", (ClRcT)i);
}

static void iterations_stay_whole(void)
{
    ClCkptCheckpointCreationAttributesT a = plain;
    const ClCkptSvcHdlT svc = service(NULL);
    const ClNameT name = named("churn");
    pthread_t t[4];
    ClCkptHdlT h = 0;
    char id[16];
    int i;

    a.maxSections = KEPT + 400;
    OK(clCkptCheckpointOpen(svc, &name, &a, ALL_FLAGS, -1, &h));
    for (i = 0; i < KEPT; i++) {
        snprintf(id, sizeof(id), "keep%d", i);
        OK(create(h, id));
    }
    for (i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, churn, &h);
    for (i = 0; i < WALKS; i++)
        walk(h);
    walked = true;
    for (i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    OK(clCkptFinalize(svc));
}

/* ---- opens, closes, callbacks -------------------------------------------- */

static atomic_int pending;

static void opened(ClInvocationT invocation, ClCkptHdlT h, ClRcT rc)
{
    (void)invocation;
    if (rc == CL_OK)
        RACY(clCkptCheckpointClose(h));
    else if (!is_race(rc))
        complain(__LINE__, "asynchronous open", rc);
    atomic_fetch_sub(&pending, 1);
}

static void synced(ClInvocationT invocation, ClRcT rc)
{
    (void)invocation;
    (void)rc;
}

static const ClCkptCallbacksT callbacks = {opened, synced};

static void *blocked(void *arg)
{
    RACY(clCkptDispatch(*(ClCkptSvcHdlT *)arg, CL_DISPATCH_BLOCKING));
    return NULL;
}

/* Everything that makes and unmakes handles, on names that all threads use. */
static void *race(void *arg)
{
    const ClCkptSvcHdlT svc = *(ClCkptSvcHdlT *)arg;
    const int me = atomic_fetch_add(&turn, 1);
    char name[16], id[16];
    ClCkptHdlT h;
    int i, n;

    for (i = 0; i < RACE_ROUNDS; i++) {
        const ClNameT full = named("race0");
        ClCkptSectionIdT s;

        snprintf(name, sizeof(name), "race%d", (me + i) % 3);
        snprintf(id, sizeof(id), "s%d", (me * 7 + i) % 5);
        s = section(id);
        if (open_it(svc, name, 0, &h) != CL_OK)
            continue;
        RACY(create(h, id));
        RACY(overwrite(h, id, "text"));
        RACY(clCkptCheckpointSynchronizeAsync(h, 1));
        RACY(iterate(h, &n));
        RACY(clCkptSectionDelete(h, &s));
        atomic_fetch_add(&pending, 1);
        if (clCkptCheckpointOpenAsync(svc, 1, &full, &plain, ALL_FLAGS) != CL_OK)
            atomic_fetch_sub(&pending, 1);
        RACY(clCkptDispatch(svc, CL_DISPATCH_ONE));
        if (i % 9 == 0)
            RACY(clCkptCheckpointDelete(svc, &full));
        RACY(clCkptCheckpointClose(h));
    }
    return NULL;
}

static void opens_and_closes_race(void)
{
    ClCkptSvcHdlT svc = service(&callbacks);
    ClSelectionObjectT fd;
    pthread_t t;

    OK(clCkptSelectionObjectGet(svc, &fd));
    pthread_create(&t, NULL, blocked, &svc);
    run(RACERS, race, &svc);
    OK(clCkptFinalize(svc));
    pthread_join(t, NULL);
}

/* ---- finalize under everybody's feet ------------------------------------- */

static _Atomic ClCkptSvcHdlT current;
static atomic_bool over;
static atomic_long turns;

/* Wait until each racer has had a turn or two. */
static void turns_pass(void)
{
    const long until = atomic_load(&turns) + 2 * RACERS;

    while (atomic_load(&turns) < until)
        sched_yield();
}

static void *use_current(void *arg)
{
    ClSelectionObjectT fd;
    ClCkptHdlT h;
    int n;

    while (!over) {
        const ClCkptSvcHdlT svc = current;

        atomic_fetch_add(&turns, 1);
        RACY(clCkptSelectionObjectGet(svc, &fd));
        if (open_it(svc, "finalize", 0, &h) != CL_OK)
            continue;
        RACY(create(h, (char *)(uintptr_t) "s"));
        RACY(overwrite(h, (char *)(uintptr_t) "s", "text"));
        RACY(clCkptCheckpointSynchronizeAsync(h, 1));
        RACY(iterate(h, &n));
        RACY(clCkptDispatch(svc, CL_DISPATCH_ALL));
        RACY(clCkptCheckpointClose(h));
    }
    return arg;
}

static void finalize_races(void)
{
    pthread_t t[RACERS];
    int i;

    current = service(&callbacks);
    for (i = 0; i < RACERS; i++)
        pthread_create(&t[i], NULL, use_current, NULL);
    for (i = 0; i < FINALIZES; i++) {
        const ClCkptSvcHdlT before = current;

        if (i % 2) /* the last one of all stops the client of the store */
            OK(clCkptFinalize(before));
        turns_pass();
        current = service(&callbacks);
        if (i % 2 == 0)
            OK(clCkptFinalize(before));
        turns_pass();
    }
    over = true;
    for (i = 0; i < RACERS; i++)
        pthread_join(t[i], NULL);
    OK(clCkptFinalize(current));
}

/* ---- changes of another process ------------------------------------------ */

static atomic_long changes;

/* The writer counts: a handle is told of every number from its registration on, once. */
static ClRcT changed(ClCkptHdlT h, ClNameT *name, ClCkptIOVectorElementT *vec,
                     ClUint32T n, ClPtrT cookie)
{
    long *const last = cookie;
    char text[32];

    (void)h;
    (void)name;
    snprintf(text, sizeof(text), "%.*s", (int)vec[0].dataSize,
             vec[0].dataBuffer ? (char *)vec[0].dataBuffer : "");
    if (n != 1 || (*last >= 0 && strtol(text, NULL, 10) != *last + 1))
        complain(__LINE__, "a change was lost or came twice", n);
    *last = strtol(text, NULL, 10);
    atomic_fetch_add(&changes, 1);
    return CL_OK;
}

/* The other process: writes until it is killed. */
static void writer(int ready)
{
    char text[32];
    ClCkptHdlT h = 0;
    unsigned long i;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    OK(open_it(service(NULL), "feed", CL_CKPT_DISTRIBUTED, &h));
    OK(create(h, (char *)(uintptr_t) "s"));
    if (write(ready, "r", 1) != 1)
        _exit(1);
    for (i = 0;; i++) {
        snprintf(text, sizeof(text), "%lu", i);
        if (overwrite(h, (char *)(uintptr_t) "s", text) != CL_OK)
            _exit(1);
        usleep(200);
    }
}

static void *listen_(void *arg)
{
    ClCkptHdlT h = 0;
    int i;

    for (i = 0; i < RACE_ROUNDS / 2; i++) {
        long last = -1; /* the close below waits for a callback */

        OK(open_it(*(ClCkptSvcHdlT *)arg, "feed", CL_CKPT_DISTRIBUTED, &h));
        OK(clCkptImmediateConsumptionRegister(h, changed, &last));
        usleep(2000);
        if (i % 2)
            OK(clCkptImmediateConsumptionRegister(h, NULL, NULL));
        OK(clCkptCheckpointClose(h));
    }
    return NULL;
}

static void registrations_race(pid_t other, int ready)
{
    ClCkptSvcHdlT svc = service(NULL);
    char byte;

    if (read(ready, &byte, 1) != 1)
        complain(__LINE__, "the other process does not write", 0);
    run(RACERS, listen_, &svc);
    if (changes == 0)
        complain(__LINE__, "no change was told", 0);
    OK(clCkptFinalize(svc));
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

int main(void)
{
    struct redis server;
    int ready[2];
    pid_t other;

    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    if (pipe(ready) != 0)
        return 99;
    other = fork(); /* before there is a thread */
    if (other == 0)
        writer(ready[1]);
    threads_share_a_handle();
    iterations_stay_whole();
    opens_and_closes_race();
    finalize_races();
    registrations_race(other, ready[0]);
    redis_end(&server);
    printf("stress_ckpt: %ld changes told, %d wrong\n", (long)changes, (int)wrong);
    return wrong ? 1 : 0;
}
