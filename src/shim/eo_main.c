/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clEoInitialize: what the main() of generation-1 programs is. The create callout is
 * the program; the thread model says whether its return ends the process (APP) or
 * the process goes on for the callbacks (RECV) until the component has been told to
 * terminate, or has finalized its last service.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <clEoApi.h>

#include "amf/amf_client.h"
#include "base/clock.h"
#include "shim/cpm_comp.h"
#include "shim/cpm_pending.h"
#include "shim/cpm_service.h"
#include "shim/eo_process.h"

enum {
    PORT_FIRST = 128, /* the range of ports that are given out */
    PORT_LAST = 1023,
    END_WAIT_S = 5 /* for callbacks that still run when the program wants to end */
};

ClIocPortT gEOIocPort;
ClCharT *clEoProgName = (ClCharT *)"";

static struct {
    pthread_mutex_t lock; /* guards every field */
    pthread_cond_t changed;
    bool started;
    bool released; /* our own terminate has been answered */
    bool deleted;  /* the delete callout was called */
    bool had_service;
} eo = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* ---- the end ------------------------------------------------------------- */

void eo_process_delete(void)
{
    bool call;

    pthread_mutex_lock(&eo.lock);
    call = eo.started && !eo.deleted && eo_config()->clEoDeleteCallout;
    eo.deleted = true;
    pthread_mutex_unlock(&eo.lock);
    if (call)
        eo_config()->clEoDeleteCallout();
}

void eo_process_release(void)
{
    pthread_mutex_lock(&eo.lock);
    eo.released = true;
    pthread_cond_broadcast(&eo.changed);
    pthread_mutex_unlock(&eo.lock);
}

void eo_process_wake(void)
{
    pthread_mutex_lock(&eo.lock);
    pthread_cond_broadcast(&eo.changed);
    pthread_mutex_unlock(&eo.lock);
}

void eo_process_service_opened(void)
{
    pthread_mutex_lock(&eo.lock);
    eo.had_service = true;
    pthread_mutex_unlock(&eo.lock);
}

/* The program finalized its services of its own accord: no terminate is due that it
 * still means to answer. */
static bool is_finalized(void)
{
    const char *own = getenv("ASP_COMPNAME");
    bool asked;

    if (cpm_is_open())
        return false;
    pthread_mutex_lock(&cpm_lock);
    asked = own && cpm_pending_terminate(own);
    pthread_mutex_unlock(&cpm_lock);
    return !asked;
}

/* RECV: the callbacks are the program now. */
static void end_wait(void)
{
    pthread_mutex_lock(&eo.lock);
    while (!eo.released && !(eo.had_service && is_finalized()))
        pthread_cond_wait(&eo.changed, &eo.lock);
    pthread_mutex_unlock(&eo.lock);
}

/* Callbacks that run, answers that leave, and a delete callout get a while. */
static void end_settle(void)
{
    const int64_t deadline_ns = clv_deadline_ns(END_WAIT_S * CLV_NS_PER_S);

    amf_client_drain(deadline_ns);
    fflush(NULL);
}

/* ---- the start ----------------------------------------------------------- */

static bool name_is_default(void)
{
    return strncmp(eo_config()->EOname, CL_EO_DEFAULT_NAME, sizeof(CL_EO_DEFAULT_NAME)) ==
           0;
}

/* Nobody listens on the port: programs print it. */
static ClIocPortT port_choose(void)
{
    const unsigned n = PORT_LAST - PORT_FIRST + 1;

    if (eo_config()->reqIocPort)
        return eo_config()->reqIocPort;
    return PORT_FIRST + (ClIocPortT)((unsigned)getpid() % n);
}

static void process_fill(void)
{
    char name[CL_EO_MAX_NAME_LEN];

    eo_environment_read();
    if (name_is_default() && ASP_COMPNAME[0]) {
        memset(name, 0, sizeof(name));
        memcpy(name, ASP_COMPNAME, strnlen(ASP_COMPNAME, sizeof(name) - 1));
        memcpy(eo_config()->EOname, name, sizeof(name));
    }
    gEOIocPort = port_choose();
    eo_object_fill();
}

void eo_process_begin(const char *path)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const char *slash = path ? strrchr(path, '/') : NULL;

    if (path)
        clEoProgName = (ClCharT *)(uintptr_t)(slash ? slash + 1 : path);
    else if (!*clEoProgName) /* the program has a main() of its own */
        clEoProgName = program_invocation_short_name;
    pthread_once(&once, process_fill);
}

/* As the original, which ends a program that does not know its name. */
static void name_require(void)
{
    if (ASP_COMPNAME[0] || cpm_is_alone())
        return;
    fprintf(stderr, "%s: ASP_COMPNAME is not set: expected the name of the component\n",
            clEoProgName);
    exit(1);
}

ClRcT clEoInitialize(ClInt32T argc, ClCharT *argv[])
{
    ClRcT rc = CL_OK;

    eo_process_begin(argv ? argv[0] : NULL);
    name_require();
    pthread_mutex_lock(&eo.lock);
    eo.started = true;
    pthread_mutex_unlock(&eo.lock);
    if (eo_config()->clEoCreateCallout)
        rc = eo_config()->clEoCreateCallout((ClUint32T)argc, argv);
    if (!rc && eo_config()->appType == CL_EO_USE_THREAD_FOR_RECV) {
        end_wait();
        eo_process_delete();
    }
    end_settle();
    return rc;
}
