/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: registration, and the names that a component has. */
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clCpmErrors.h>

#include "amf/amf_client.h"
#include "shim/cpm_comp.h"
#include "shim/cpm_name.h"
#include "shim/cpm_service.h"

/* Reads the proxied members only for a proxied component. */
static bool callbacks_suffice(const ClCpmCallbacksT *cb, bool proxied)
{
    if (!cb->appTerminate)
        return false;
    return !proxied ||
           (cb->appProxiedComponentInstantiate && cb->appProxiedComponentCleanup);
}

/* Known before the daemon is asked: its first orders may come before its answer. */
static ClRcT comp_reserve(const char *name, ClCpmHandleT h)
{
    ClRcT rc = CL_OK;

    pthread_mutex_lock(&cpm_lock);
    if (cpm_comp_find(name))
        rc = CPM_RC(CL_CPM_ERR_EXIST);
    else if (!cpm_comp_add(name, h))
        rc = CPM_RC(CL_ERR_NO_MEMORY);
    pthread_mutex_unlock(&cpm_lock);
    return rc;
}

static void comp_settle(const char *name, bool registered)
{
    struct cpm_comp *c;

    pthread_mutex_lock(&cpm_lock);
    c = cpm_comp_find(name);
    if (c && registered)
        c->confirmed = true;
    else if (c)
        cpm_comp_remove(name);
    pthread_mutex_unlock(&cpm_lock);
}

static json_t *request_new(const char *type, const char *comp, const char *proxy)
{
    json_t *m = json_pack("{s:s, s:s}", "t", type, "comp", comp);

    if (m && proxy)
        json_object_set_new(m, "proxy", json_string(proxy));
    return m;
}

static ClRcT daemon_register(const char *comp, const char *proxy)
{
    json_t *m = request_new("register", comp, proxy), *answer;
    ClRcT rc;

    if (!m)
        return CPM_RC(CL_ERR_DOESNT_EXIST); /* not UTF-8: no model knows such a name */
    rc = cpm_call(m, &answer);
    if (rc == CPM_RC(CL_CPM_ERR_EXIST) && json_object_get(answer, AMF_ANSWER_REPEATED))
        rc = CL_OK; /* our own first try, whose answer was lost */
    json_decref(answer);
    return rc;
}

ClRcT clCpmComponentRegister(ClCpmHandleT h, const ClNameT *comp, const ClNameT *proxy)
{
    char name[CPM_TEXT_MAX], proxy_name[CPM_TEXT_MAX];
    struct cpm *s;
    ClRcT rc;

    if (!comp)
        return CPM_RC(CL_ERR_NULL_POINTER);
    s = cpm_get(h);
    if (!s)
        return CPM_BAD_HANDLE;
    if (!callbacks_suffice(&s->callbacks, proxy != NULL)) {
        rc = CPM_RC(CL_CPM_ERR_INIT);
        goto put;
    }
    cpm_name_text(name, comp);
    if (proxy)
        cpm_name_text(proxy_name, proxy);
    rc = comp_reserve(name, h);
    if (rc)
        goto put;
    rc = daemon_register(name, proxy ? proxy_name : NULL);
    comp_settle(name, rc == CL_OK);
put:
    cpm_put(s);
    return rc;
}

static ClRcT comp_give_up(const char *name, ClCpmHandleT h)
{
    const struct cpm_comp *c;
    ClRcT rc = CL_OK;

    pthread_mutex_lock(&cpm_lock);
    c = cpm_comp_find(name);
    if (!c)
        rc = CPM_RC(CL_ERR_NOT_EXIST);
    else if (c->handle != h)
        rc = CPM_BAD_HANDLE;
    else
        cpm_comp_remove(name);
    pthread_mutex_unlock(&cpm_lock);
    return rc;
}

ClRcT clCpmComponentUnregister(ClCpmHandleT h, const ClNameT *comp, const ClNameT *proxy)
{
    char name[CPM_TEXT_MAX], proxy_name[CPM_TEXT_MAX];
    struct cpm *s;
    ClRcT rc;

    if (!comp)
        return CPM_RC(CL_ERR_NULL_POINTER);
    s = cpm_get(h);
    if (!s)
        return CPM_BAD_HANDLE;
    cpm_name_text(name, comp);
    if (proxy)
        cpm_name_text(proxy_name, proxy);
    rc = comp_give_up(name, h);
    if (!rc)
        cpm_send(request_new("unregister", name, proxy ? proxy_name : NULL));
    cpm_put(s);
    return rc;
}

/* The handle is not looked at: programs ask before Initialize. */
ClRcT clCpmComponentNameGet(ClCpmHandleT h, ClNameT *comp)
{
    const char *name = getenv("ASP_COMPNAME");

    (void)h;
    if (!comp)
        return CPM_RC(CL_ERR_NULL_POINTER);
    if (!name)
        return CPM_RC(CL_ERR_DOESNT_EXIST);
    cpm_name_set(comp, name);
    return CL_OK;
}
