/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: health checks and error reports. All of it is said to the daemon and not
 * waited for: what the daemon thinks of it the caller never hears. */
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clCpmExtApi.h>

#include "shim/cpm_comp.h"
#include "shim/cpm_name.h"
#include "shim/cpm_service.h"

/* The key as text: at most its stored length, and nothing that is no text. */
static json_t *key_json(const ClAmsCompHealthcheckKeyT *key)
{
    size_t n = key ? key->keyLen : 0;
    json_t *text;

    if (n > CL_AMS_HEALTHCHECK_KEY_MAX)
        n = CL_AMS_HEALTHCHECK_KEY_MAX;
    n = n ? strnlen((const char *)key->key, n) : 0;
    text = json_stringn(n ? (const char *)key->key : "", n);
    return text ? text : json_string("");
}

static json_t *message_new(const char *type, const ClNameT *comp,
                           const ClAmsCompHealthcheckKeyT *key)
{
    char name[CPM_TEXT_MAX];

    cpm_name_text(name, comp);
    return json_pack("{s:s, s:s, s:o}", "t", type, "comp", name, "key", key_json(key));
}

/* Kept for the callbacks, and for a daemon that restarts. Takes m. */
static void health_note(const ClNameT *comp, const ClAmsCompHealthcheckKeyT *key,
                        json_t *m)
{
    char name[CPM_TEXT_MAX];
    struct cpm_comp *c;

    cpm_name_text(name, comp);
    pthread_mutex_lock(&cpm_lock);
    c = cpm_comp_find(name);
    if (c) {
        json_decref(c->health);
        c->health = m;
        m = NULL;
        if (key)
            c->key = *key;
    }
    pthread_mutex_unlock(&cpm_lock);
    json_decref(m);
}

ClRcT clCpmHealthcheckStart(ClCpmHandleT h, const ClNameT *comp,
                            const ClAmsCompHealthcheckKeyT *key,
                            ClAmsCompHealthcheckInvocationT type, ClAmsRecoveryT recovery)
{
    struct cpm *s = cpm_get(h);
    ClRcT rc = CL_OK;

    if (!s)
        return CPM_BAD_HANDLE;
    if (!comp)
        rc = CPM_RC(CL_ERR_NULL_POINTER);
    else if (type != CL_AMS_COMP_HEALTHCHECK_AMF_INVOKED &&
             type != CL_AMS_COMP_HEALTHCHECK_CLIENT_INVOKED)
        rc = CPM_RC(CL_ERR_INVALID_PARAMETER);
    else if (type == CL_AMS_COMP_HEALTHCHECK_AMF_INVOKED && !s->callbacks.appHealthCheck)
        rc = CPM_RC(CL_ERR_INVALID_PARAMETER);
    cpm_put(s);
    if (!rc) {
        json_t *m = message_new("hcstart", comp, key);

        json_object_set_new(m, "type", json_integer(type));
        json_object_set_new(m, "recovery", json_integer(recovery));
        health_note(comp, key, json_deep_copy(m));
        cpm_send(m);
    }
    return rc;
}

static ClRcT handle_and_comp_check(ClCpmHandleT h, const ClNameT *comp)
{
    struct cpm *s = cpm_get(h);

    if (!s)
        return CPM_BAD_HANDLE;
    cpm_put(s);
    return comp ? CL_OK : CPM_RC(CL_ERR_NULL_POINTER);
}

ClRcT clCpmHealthcheckConfirm(ClCpmHandleT h, const ClNameT *comp,
                              const ClAmsCompHealthcheckKeyT *key, ClRcT result)
{
    const ClRcT rc = handle_and_comp_check(h, comp);

    if (!rc) {
        json_t *m = message_new("hcconfirm", comp, key);

        json_object_set_new(m, "rc", json_integer(result));
        cpm_send(m);
    }
    return rc;
}

ClRcT clCpmHealthcheckStop(ClCpmHandleT h, const ClNameT *comp,
                           const ClAmsCompHealthcheckKeyT *key)
{
    const ClRcT rc = handle_and_comp_check(h, comp);

    if (!rc) {
        health_note(comp, NULL, NULL);
        cpm_send(message_new("hcstop", comp, key));
    }
    return rc;
}

/* The handle is not looked at, as in the original. */
ClRcT clCpmComponentFailureReport(ClCpmHandleT h, const ClNameT *comp, ClTimeT detected,
                                  ClAmsLocalRecoveryT recovery, ClUint32T alarm)
{
    char name[CPM_TEXT_MAX];

    (void)h;
    (void)alarm;
    if (!comp)
        return CPM_RC(CL_ERR_NULL_POINTER);
    cpm_name_text(name, comp);
    cpm_send(json_pack("{s:s, s:s, s:i, s:I}", "t", "fault", "comp", name, "recovery",
                       (int)recovery, "detected", (json_int_t)detected));
    return CL_OK;
}

/* The cookie told one life of the component from the next; here its name suffices. */
ClRcT clCpmComponentFailureReportWithCookie(ClCpmHandleT h, const ClNameT *comp,
                                            ClUint64T cookie, ClTimeT detected,
                                            ClAmsLocalRecoveryT recovery, ClUint32T alarm)
{
    (void)cookie;
    return clCpmComponentFailureReport(h, comp, detected, recovery, alarm);
}

ClRcT clCpmComponentFailureClear(ClCpmHandleT h, ClNameT *comp)
{
    char name[CPM_TEXT_MAX];

    (void)h;
    if (!comp)
        return CPM_RC(CL_ERR_NULL_POINTER);
    cpm_name_text(name, comp);
    cpm_send(json_pack("{s:s, s:s}", "t", "clear", "comp", name));
    return CL_OK;
}
