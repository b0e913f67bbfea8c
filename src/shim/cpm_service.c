/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/cpm_service.h"

#include <stdlib.h>
#include <string.h>

#include <clVersionApi.h>

#include "amf/amf_client.h"
#include "base/clock.h"
#include "base/settings.h"
#include "shim/cpm_comp.h"
#include "shim/cpm_group.h"
#include "shim/cpm_order.h"
#include "shim/cpm_pending.h"
#include "shim/eo_process.h"
#include "shim/handle.h"
#include "shim/registry.h"

/* Finalized services whose handle still takes a Response. */
enum { FINALIZED_KEPT = 64 };

pthread_mutex_t cpm_lock = PTHREAD_MUTEX_INITIALIZER;
ClCpmHandleT clCpmHandle;

static struct {
    unsigned n_open;
    ClCpmHandleT finalized[FINALIZED_KEPT]; /* a ring */
    unsigned next_finalized;
} services; /* guarded by cpm_lock */

/* ---- fork: the child starts from nothing ----------------------------------- */

static void fork_lock(void)
{
    pthread_mutex_lock(&cpm_lock);
}

static void fork_unlock(void)
{
    pthread_mutex_unlock(&cpm_lock);
}

static void child_begin(void)
{
    memset(&services, 0, sizeof(services));
    cpm_comp_forget_all();
    cpm_pending_forget_all();
    cpm_group_forget_all();
    pthread_mutex_unlock(&cpm_lock);
}

static void fork_watch(void)
{
    clv_registry_prepare(); /* before ours: its lock is taken after cpm_lock */
    pthread_atfork(fork_lock, fork_unlock, child_begin);
}

/* ---- pins ---------------------------------------------------------------- */

struct cpm *cpm_get_any(ClCpmHandleT handle)
{
    return clv_handle_get(handle, CLV_AMF);
}

struct cpm *cpm_get(ClCpmHandleT handle)
{
    struct cpm *s = cpm_get_any(handle);
    bool finalized;

    if (!s)
        return NULL;
    pthread_mutex_lock(&cpm_lock);
    finalized = s->finalized;
    pthread_mutex_unlock(&cpm_lock);
    if (!finalized)
        return s;
    cpm_put(s);
    return NULL;
}

void cpm_put(struct cpm *s)
{
    clv_handle_put(s->handle);
}

bool cpm_is_open(void)
{
    bool open;

    pthread_mutex_lock(&cpm_lock);
    open = services.n_open > 0;
    pthread_mutex_unlock(&cpm_lock);
    return open;
}

/* ---- talking to the daemon ----------------------------------------------- */

static const struct amf_client_hooks hooks = {cpm_order_take, cpm_order_resume};

bool cpm_is_alone(void)
{
    return clParseEnvBoolean("ASP_WITHOUT_CPM");
}

int64_t cpm_deadline_ns(void)
{
    int64_t ms;

    clv_setting_int("CLOVIS_AMF_TIMEOUT_MS", 1, 3600000, 5000, &ms);
    return clv_deadline_ns(ms * CLV_NS_PER_MS);
}

void cpm_send(json_t *m)
{
    if (cpm_is_alone())
        json_decref(m);
    else
        amf_client_send(m);
}

ClRcT cpm_call(json_t *m, json_t **answer)
{
    if (answer)
        *answer = NULL;
    if (!cpm_is_alone())
        return amf_client_call(m, cpm_deadline_ns(), answer);
    json_decref(m);
    return CL_OK;
}

static ClRcT process_announce(void)
{
    const char *comp = getenv("ASP_COMPNAME");

    if (!comp || !*comp)
        return CPM_RC(CL_ERR_DOESNT_EXIST);
    eo_process_begin(NULL);
    if (cpm_is_alone())
        return CL_OK;
    return amf_client_start(comp, &hooks, cpm_deadline_ns());
}

/* ---- Initialize, Finalize ------------------------------------------------ */

static ClRcT version_check(ClVersionT *version)
{
    static ClVersionT supported[] = {{'B', 1, 1}, {'B', 2, 0}};
    static ClVersionDatabaseT database = {2, supported};

    return clVersionVerify(&database, version);
}

static void service_free(void *obj)
{
    struct cpm *s = obj;

    clv_dispatch_close(&s->queue);
    clv_dispatch_fini(&s->queue);
    free(s);
}

/* Not found by anybody before it is complete: the handle is not known yet. */
static ClRcT service_open(const ClCpmCallbacksT *callbacks, ClCpmHandleT *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct cpm *s = calloc(1, sizeof(*s));
    ClCpmHandleT h;

    if (!s)
        return CPM_RC(CL_ERR_NO_MEMORY);
    pthread_once(&once, fork_watch);
    memcpy(&s->callbacks, callbacks, sizeof(s->callbacks));
    clv_dispatch_init(&s->queue);
    pthread_mutex_lock(&cpm_lock);
    h = clv_handle_add(CLV_AMF, s, service_free);
    s->handle = h;
    services.n_open += h != 0;
    pthread_mutex_unlock(&cpm_lock);
    if (!h) {
        service_free(s);
        return CPM_RC(CL_ERR_NO_MEMORY);
    }
    eo_process_service_opened();
    *out = clCpmHandle = h;
    return CL_OK;
}

ClRcT clCpmClientInitialize(ClCpmHandleT *h, const ClCpmCallbacksT *callbacks,
                            ClVersionT *version)
{
    ClRcT rc;

    if (!h || !callbacks || !version)
        return CPM_RC(CL_ERR_NULL_POINTER);
    rc = version_check(version);
    if (rc)
        return rc;
    rc = process_announce();
    if (rc)
        return rc;
    return service_open(callbacks, h);
}

/* Lock held. The handle that has been finalized longest. */
static ClCpmHandleT finalized_push(ClCpmHandleT h)
{
    ClCpmHandleT *slot = &services.finalized[services.next_finalized++ % FINALIZED_KEPT];
    const ClCpmHandleT oldest = *slot;

    *slot = h;
    return oldest;
}

ClRcT clCpmClientFinalize(ClCpmHandleT h)
{
    struct cpm *s = cpm_get_any(h);
    ClCpmHandleT oldest = 0;
    bool first, last = false;

    if (!s)
        return CPM_BAD_HANDLE;
    pthread_mutex_lock(&cpm_lock);
    first = !s->finalized;
    if (first) {
        s->finalized = true;
        cpm_comp_remove_all(h);
        cpm_order_forget(h);
        oldest = finalized_push(h);
        last = --services.n_open == 0;
    }
    pthread_mutex_unlock(&cpm_lock);
    if (first) {
        clv_dispatch_close(&s->queue);
        if (last)
            cpm_send(json_pack("{s:s}", "t", "bye"));
        eo_process_wake();
    }
    cpm_put(s);
    if (oldest)
        clv_handle_close(oldest, CLV_AMF);
    return first ? CL_OK : CPM_BAD_HANDLE;
}

/* ---- the queue ----------------------------------------------------------- */

ClRcT clCpmSelectionObjectGet(ClCpmHandleT h, ClSelectionObjectT *out)
{
    struct cpm *s;
    int fd;

    if (!out)
        return CPM_RC(CL_ERR_NULL_POINTER);
    s = cpm_get(h);
    if (!s)
        return CPM_BAD_HANDLE;
    fd = clv_dispatch_fd(&s->queue);
    if (fd >= 0) {
        pthread_mutex_lock(&cpm_lock);
        s->queued = true;
        pthread_mutex_unlock(&cpm_lock);
        *out = (ClSelectionObjectT)fd;
    }
    cpm_put(s);
    return fd >= 0 ? CL_OK : CPM_RC(CL_ERR_NO_RESOURCE);
}

ClRcT clCpmDispatch(ClCpmHandleT h, ClDispatchFlagsT flags)
{
    struct cpm *s;

    if (flags != CL_DISPATCH_ONE && flags != CL_DISPATCH_ALL &&
        flags != CL_DISPATCH_BLOCKING)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    s = cpm_get(h);
    if (!s)
        return CPM_BAD_HANDLE;
    if (flags == CL_DISPATCH_ONE)
        clv_dispatch_one(&s->queue);
    else if (flags == CL_DISPATCH_BLOCKING)
        clv_dispatch_blocking(&s->queue);
    else
        while (clv_dispatch_one(&s->queue)) /* what is queued meanwhile, too */
            ;
    cpm_put(s);
    return CL_OK;
}
