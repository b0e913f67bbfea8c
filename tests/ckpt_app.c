/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program as others write them: public headers, libclovis, one checkpoint at a time. It
 * carries out lines of standard input and answers each with one line that begins with the
 * code of the call.
 *
 *   open NAME FLAGS SECTIONS RETENTION_MS   reopen NAME   close   delete NAME   active
 *   create ID TEXT   write ID TEXT   vector ID TEXT (at offset 1)   remove ID   expire ID
 *   read ID   sections   sync   register   unregister   changes N (at least; all of them)
 *   count ID   (overwrite with 1, 2, 3...; answers when a write fails: code and number)
 *   sawrite ID TEXT   (under the SA name)   fork   (a child looks at what it inherited)
 *   register close, register finalize   (which the callback does; finalize: it begins
 * anew)
 */
#include <clCkptApi.h>
#include <clCkptErrors.h>
#include <poll.h>
#include <pthread.h>
#include <saCkpt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_fork.h"

#define ALL_FLAGS                                                                        \
    (CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE | CL_CKPT_CHECKPOINT_CREATE)

static ClCkptSvcHdlT svc;
static ClCkptHdlT ckpt;

static struct {
    pthread_mutex_t lock; /* guards the rest */
    int n;
    char text[2048];
} changes = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct {
    char verb[16], a[64], b[64], c[32], d[32];
} words;

static ClNameT named(const char *text)
{
    ClNameT n = {.length = 0};

    n.length = (ClUint16T)snprintf(n.value, sizeof(n.value), "%s", text);
    return n;
}

static ClCkptSectionIdT section(const char *text)
{
    return (ClCkptSectionIdT){(ClUint16T)strlen(text), (ClUint8T *)text};
}

/* ---- calls --------------------------------------------------------------- */

static ClRcT do_open(void)
{
    const ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = (ClUint32T)strtoul(words.b, NULL, 16),
        .retentionDuration = strtoll(words.d, NULL, 10) * 1000000,
        .maxSections = (ClUint32T)strtoul(words.c, NULL, 10),
        .maxSectionSize = 64,
        .maxSectionIdSize = 64,
    };
    const ClNameT name = named(words.a);

    return clCkptCheckpointOpen(svc, &name, &attrs, ALL_FLAGS, -1, &ckpt);
}

static ClRcT do_reopen(void)
{
    const ClNameT name = named(words.a);

    return clCkptCheckpointOpen(
        svc, &name, NULL, CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE, -1, &ckpt);
}

static ClRcT do_close(void)
{
    return clCkptCheckpointClose(ckpt);
}

static ClRcT do_delete(void)
{
    const ClNameT name = named(words.a);

    return clCkptCheckpointDelete(svc, &name);
}

static ClRcT do_active(void)
{
    return clCkptActiveReplicaSet(ckpt);
}

static ClRcT do_create(void)
{
    ClCkptSectionIdT id = section(words.a);
    ClCkptSectionCreationAttributesT attrs = {&id, (ClTimeT)CL_TIME_END};

    return clCkptSectionCreate(ckpt, &attrs, (ClUint8T *)words.b, strlen(words.b));
}

static ClRcT do_write(void)
{
    const ClCkptSectionIdT id = section(words.a);

    return clCkptSectionOverwrite(ckpt, &id, words.b, strlen(words.b));
}

static ClRcT do_vector(void)
{
    ClCkptIOVectorElementT e = {.sectionId = section(words.a),
                                .dataBuffer = words.b,
                                .dataSize = strlen(words.b),
                                .dataOffset = 1};

    return clCkptCheckpointWrite(ckpt, &e, 1, NULL);
}

static ClRcT do_remove(void)
{
    const ClCkptSectionIdT id = section(words.a);

    return clCkptSectionDelete(ckpt, &id);
}

static ClRcT do_expire(void)
{
    const ClCkptSectionIdT id = section(words.a);

    return clCkptSectionExpirationTimeSet(ckpt, &id, 1);
}

static ClRcT do_sync(void)
{
    return clCkptCheckpointSynchronize(ckpt, (ClTimeT)CL_TIME_END);
}

static ClRcT do_sawrite(void)
{
    const SaCkptSectionIdT id = {(SaUint16T)strlen(words.a), (SaUint8T *)words.a};

    return saCkptSectionOverwrite(ckpt, &id, words.b, strlen(words.b));
}

/* ---- change callbacks ---------------------------------------------------- */

static ClRcT on_change(ClCkptHdlT h, ClNameT *name, ClCkptIOVectorElementT *vec,
                       ClUint32T n, ClPtrT cookie)
{
    ClUint32T i;

    (void)h;
    (void)name;
    pthread_mutex_lock(&changes.lock);
    for (i = 0; i < n; i++) {
        const size_t at = strlen(changes.text);

        snprintf(changes.text + at, sizeof(changes.text) - at, " %.*s@%lld=%.*s",
                 vec[i].sectionId.idLen, (char *)vec[i].sectionId.id, vec[i].dataOffset,
                 (int)vec[i].dataSize,
                 vec[i].dataBuffer ? (char *)vec[i].dataBuffer : "");
    }
    pthread_mutex_unlock(&changes.lock);
    if (cookie)
        ((void (*)(void))cookie)();
    pthread_mutex_lock(&changes.lock);
    changes.n++;
    pthread_mutex_unlock(&changes.lock);
    return CL_OK;
}

static void complain(const char *what, ClRcT rc)
{
    if (rc != CL_OK)
        fprintf(stderr, "ckpt_app: %s: 0x%x\n", what, rc);
}

static void close_inside(void)
{
    complain("close inside", clCkptCheckpointClose(ckpt));
}

static void finalize_inside(void)
{
    ClVersionT version = {'B', 1, 1};

    complain("finalize inside", clCkptFinalize(svc));
    complain("initialize inside", clCkptInitialize(&svc, NULL, &version));
}

static ClRcT do_register(void)
{
    void (*then)(void) = NULL;

    if (strcmp(words.a, "close") == 0)
        then = close_inside;
    else if (strcmp(words.a, "finalize") == 0)
        then = finalize_inside;
    return clCkptImmediateConsumptionRegister(ckpt, on_change, (ClPtrT)then);
}

static ClRcT do_unregister(void)
{
    return clCkptImmediateConsumptionRegister(ckpt, NULL, NULL);
}

static void say_changes(void)
{
    const int want = atoi(words.a);
    int i, n = -1;

    for (i = 0; i < 4000 && n < want; i++) {
        if (i > 0)
            poll(NULL, 0, 5);
        pthread_mutex_lock(&changes.lock);
        n = changes.n;
        pthread_mutex_unlock(&changes.lock);
    }
    pthread_mutex_lock(&changes.lock);
    printf("0x0 %d%s\n", changes.n, changes.text);
    pthread_mutex_unlock(&changes.lock);
}

/* ---- longer answers ------------------------------------------------------ */

static void say_read(void)
{
    ClCkptIOVectorElementT e = {.sectionId = section(words.a)};
    const ClRcT rc = clCkptCheckpointRead(ckpt, &e, 1, NULL);

    printf("0x%x %.*s\n", rc, rc == CL_OK ? (int)e.readSize : 0, (char *)e.dataBuffer);
    free(e.dataBuffer);
}

static void say_sections(void)
{
    ClCkptSectionDescriptorT d;
    ClHandleT it;
    ClRcT rc;
    int n = 0;

    rc = clCkptSectionIterationInitialize(ckpt, CL_CKPT_SECTIONS_ANY, 0, &it);
    while (rc == CL_OK && (rc = clCkptSectionIterationNext(it, &d)) == CL_OK) {
        free(d.sectionId.id);
        n++;
    }
    printf("0x%x %d\n", rc, n);
}

static void say_count(void)
{
    const ClCkptSectionIdT id = section(words.a);
    char text[32];
    unsigned long n = 0;
    ClRcT rc;

    do {
        snprintf(text, sizeof(text), "%lu", n + 1);
        rc = clCkptSectionOverwrite(ckpt, &id, text, strlen(text));
    } while (rc == CL_OK && ++n);
    printf("0x%x %lu\n", rc, n);
}

/* In the child: what it inherited is refused, what it makes is good; exit code 0. */
static int forked(void)
{
    const ClCkptSectionIdT id = section("s");
    ClVersionT version = {'B', 1, 1};
    const ClNameT name = named(words.a);
    ClCkptSvcHdlT own;
    ClCkptHdlT h;

    if (clCkptSectionOverwrite(ckpt, &id, "x", 1) != CL_CKPT_ERR_NOT_INITIALIZED)
        return 1;
    if (clCkptInitialize(&own, NULL, &version) != CL_OK)
        return 2;
    if (clCkptSectionOverwrite(ckpt, &id, "x", 1) != CL_CKPT_ERR_INVALID_HANDLE)
        return 3;
    if (clCkptCheckpointOpen(own, &name, NULL, 3, -1, &h) != CL_OK ||
        clCkptSectionOverwrite(h, &id, "child", 5) != CL_OK)
        return 4;
    return clCkptFinalize(own) == CL_OK ? 0 : 5;
}

static void say_fork(void)
{
    const pid_t pid = fork_among_threads();
    int status = -1;

    if (pid == 0)
        _exit(forked());
    waitpid(pid, &status, 0);
    printf("0x0 %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 999);
}

/* ---- lines --------------------------------------------------------------- */

static const struct {
    const char *verb;
    ClRcT (*call)(void);
    void (*say)(void); /* answers itself */
} verbs[] = {
    {"open", do_open, NULL},          {"reopen", do_reopen, NULL},
    {"close", do_close, NULL},        {"delete", do_delete, NULL},
    {"active", do_active, NULL},      {"create", do_create, NULL},
    {"write", do_write, NULL},        {"vector", do_vector, NULL},
    {"remove", do_remove, NULL},      {"expire", do_expire, NULL},
    {"sync", do_sync, NULL},          {"sawrite", do_sawrite, NULL},
    {"register", do_register, NULL},  {"unregister", do_unregister, NULL},
    {"changes", NULL, say_changes},   {"read", NULL, say_read},
    {"sections", NULL, say_sections}, {"count", NULL, say_count},
    {"fork", NULL, say_fork},
};

static void obey(void)
{
    size_t i;

    for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
        if (strcmp(words.verb, verbs[i].verb) != 0)
            continue;
        if (verbs[i].say)
            verbs[i].say();
        else
            printf("0x%x\n", verbs[i].call());
        fflush(stdout);
        return;
    }
    fprintf(stderr, "ckpt_app: no such verb: %s\n", words.verb);
    exit(2);
}

int main(void)
{
    ClVersionT version = {'B', 1, 1};
    char line[256];
    ClRcT rc;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    rc = clCkptInitialize(&svc, NULL, &version);
    printf("0x%x\n", rc);
    fflush(stdout);
    while (fgets(line, sizeof(line), stdin)) {
        memset(&words, 0, sizeof(words));
        sscanf(line, "%15s %63s %63s %31s %31s", words.verb, words.a, words.b, words.c,
               words.d);
        obey();
    }
    return clCkptFinalize(svc) == CL_OK ? 0 : 1;
}
