/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/cpm_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/logline.h"
#include "shim/cpm_comp.h"
#include "shim/cpm_csi.h"
#include "shim/cpm_group.h"
#include "shim/cpm_name.h"
#include "shim/cpm_pending.h"
#include "shim/cpm_service.h"
#include "shim/cpm_updown.h"

/* One callback to make. */
struct order {
    struct clv_job job;
    const ClCpmCallbacksT *callbacks; /* of the service whose queue holds the job */
    enum cpm_order what;
    ClInvocationT invocation;
    ClNameT comp, csi;
    ClAmsHAStateT ha;
    ClAmsCSIFlagsT flags;
    ClAmsCompHealthcheckKeyT key;
    ClAmsCSIDescriptorT descriptor; /* its attributes are owned */
};

static const char *text(const json_t *m, const char *member)
{
    const char *s = json_string_value(json_object_get(m, member));

    return s ? s : "";
}

static uint64_t number(const json_t *m, const char *member)
{
    return (uint64_t)json_integer_value(json_object_get(m, member));
}

/* ---- running ------------------------------------------------------------- */

static void order_drop(struct clv_job *job)
{
    struct order *o = (struct order *)job;

    cpm_csi_attrs_free(&o->descriptor.csiAttributeList);
    free(o);
}

/* The callbacks' own results mean nothing: the answer is a Response. */
static void order_run(struct clv_job *job)
{
    struct order *o = (struct order *)job;
    const ClCpmCallbacksT *cb = o->callbacks;

    switch (o->what) {
    case CPM_CSI_SET:
        cb->appCSISet(o->invocation, &o->comp, o->ha, o->descriptor);
        break;
    case CPM_CSI_REMOVE:
        cb->appCSIRmv(o->invocation, &o->comp, &o->csi, o->flags);
        break;
    case CPM_TERMINATE:
        cb->appTerminate(o->invocation, &o->comp);
        break;
    case CPM_HEALTH:
        cb->appHealthCheck(o->invocation, &o->comp, &o->key);
        break;
    case CPM_PROXIED_INSTANTIATE:
        cb->appProxiedComponentInstantiate(o->invocation, &o->comp);
        break;
    case CPM_PROXIED_CLEANUP:
        cb->appProxiedComponentCleanup(o->invocation, &o->comp);
        break;
    }
    order_drop(job);
}

/* Whether the service has the callback; reads only the member in question, because
 * programs leave others uninitialised. */
static bool callback_exists(const ClCpmCallbacksT *cb, enum cpm_order what)
{
    switch (what) {
    case CPM_CSI_SET:
        return cb->appCSISet != NULL;
    case CPM_CSI_REMOVE:
        return cb->appCSIRmv != NULL;
    case CPM_TERMINATE:
        return cb->appTerminate != NULL;
    case CPM_HEALTH:
        return cb->appHealthCheck != NULL;
    case CPM_PROXIED_INSTANTIATE:
        return cb->appProxiedComponentInstantiate != NULL;
    case CPM_PROXIED_CLEANUP:
        return cb->appProxiedComponentCleanup != NULL;
    }
    return false;
}

/* ---- what an order becomes ----------------------------------------------- */

/* New; NULL: no memory. */
static struct order *order_new(const struct cpm *s, enum cpm_order what, const json_t *m)
{
    struct order *o = calloc(1, sizeof(*o));

    if (!o)
        return NULL;
    o->job.run = order_run;
    o->job.drop = order_drop;
    o->callbacks = &s->callbacks;
    o->what = what;
    o->invocation = number(m, "inv");
    o->ha = (ClAmsHAStateT)number(m, "ha");
    o->flags = (ClAmsCSIFlagsT)number(m, "flags");
    cpm_name_set(&o->comp, text(m, "comp"));
    cpm_name_set_counted(&o->csi, text(m, "csi"));
    return o;
}

static struct cpm_set set_of(const json_t *m)
{
    return (struct cpm_set){.csi = text(m, "csi"),
                            .ha = (ClAmsHAStateT)number(m, "ha"),
                            .flags = (ClUint32T)number(m, "flags"),
                            .rank = (ClUint32T)number(m, "rank"),
                            .transition = (ClUint32T)number(m, "tr"),
                            .active = text(m, "active"),
                            .attrs = json_object_get(m, "attrs")};
}

static void answer_ok(enum cpm_order what, uint64_t wire)
{
    cpm_send(json_pack("{s:s, s:I, s:i, s:s}", "t", "response", "inv", (json_int_t)wire,
                       "rc", 0, "kind", cpm_order_word(what)));
}

enum decision { TELL, SILENT, ANSWER_OK };

/* Does the order repeat an earlier one, given or not yet answered? Lock held. */
static bool order_is_news(struct cpm_comp *c, enum cpm_order what,
                          const struct cpm_set *set, const struct cpm_pending *same)
{
    if (what == CPM_CSI_SET && c)
        return cpm_comp_set(c, set);
    if (what == CPM_CSI_REMOVE && c)
        return cpm_comp_csi_remove(c, set->csi);
    return what == CPM_HEALTH || !same;
}

/* Lock held. */
static enum decision order_decide(struct cpm_comp *c, enum cpm_order what,
                                  const json_t *m)
{
    const struct cpm_set set = set_of(m);
    const int ha = what == CPM_CSI_SET ? (int)set.ha : 0;
    struct cpm_pending *same = cpm_pending_same(what, text(m, "comp"), set.csi, ha);

    if (!order_is_news(c, what, &set, same)) {
        if (!same)
            return ANSWER_OK;
        same->wire = number(m, "inv"); /* the coming answer is for this one */
        return SILENT;
    }
    if (cpm_pending_add(what, number(m, "inv"), text(m, "comp"), set.csi, ha))
        return TELL;
    clv_log(CLV_LOG_ERROR, "component \"%s\": out of memory, an order is lost",
            text(m, "comp"));
    return SILENT;
}

/* A proxied component is instantiated before its proxy registers it: then whoever
 * registered a component of this process is the proxy. Lock held. */
static struct cpm *order_service(enum cpm_order what, const json_t *m,
                                 struct cpm_comp **out)
{
    struct cpm_comp *c = cpm_comp_find(text(m, "comp"));

    *out = c;
    if (!c && (what == CPM_PROXIED_INSTANTIATE || what == CPM_PROXIED_CLEANUP))
        c = cpm_comp_next(NULL);
    return c ? cpm_get_any(c->handle) : NULL;
}

static void order_deliver(struct cpm *s, bool queued, struct order *o)
{
    if (queued)
        clv_dispatch_post(&s->queue, &o->job);
    else
        order_run(&o->job);
}

/* s is pinned. */
static void order_tell(struct cpm *s, bool queued, enum cpm_order what,
                       const ClAmsCompHealthcheckKeyT *key, const json_t *m)
{
    const struct cpm_set set = set_of(m);
    struct order *o = order_new(s, what, m);

    if (o && what == CPM_CSI_SET && !cpm_csi_descriptor(&o->descriptor, &set)) {
        free(o);
        o = NULL;
    }
    if (!o) {
        clv_log(CLV_LOG_ERROR, "component \"%s\": out of memory, an order is lost",
                text(m, "comp"));
        return;
    }
    o->key = *key;
    order_deliver(s, queued, o);
}

static void order_take(enum cpm_order what, const json_t *m)
{
    ClAmsCompHealthcheckKeyT key = {0};
    enum decision decision = SILENT;
    bool queued = false;
    struct cpm_comp *c;
    struct cpm *s;

    pthread_mutex_lock(&cpm_lock);
    s = order_service(what, m, &c);
    if (s && callback_exists(&s->callbacks, what)) {
        decision = order_decide(c, what, m);
        queued = s->queued;
    }
    if (c)
        key = c->key;
    pthread_mutex_unlock(&cpm_lock);
    if (decision == TELL)
        order_tell(s, queued, what, &key, m);
    else if (decision == ANSWER_OK)
        answer_ok(what, number(m, "inv"));
    if (s)
        cpm_put(s);
    else
        clv_log(CLV_LOG_INFO,
                "component \"%s\": an order for it, but it is not registered",
                text(m, "comp"));
}

/* ---- hooks --------------------------------------------------------------- */

static void csi_set_take(const json_t *m)
{
    order_take(CPM_CSI_SET, m);
}

static void csi_remove_take(const json_t *m)
{
    order_take(CPM_CSI_REMOVE, m);
}

static void terminate_take(const json_t *m)
{
    order_take(CPM_TERMINATE, m);
}

static void health_take(const json_t *m)
{
    order_take(CPM_HEALTH, m);
}

static void proxied_instantiate_take(const json_t *m)
{
    order_take(CPM_PROXIED_INSTANTIATE, m);
}

static void proxied_cleanup_take(const json_t *m)
{
    order_take(CPM_PROXIED_CLEANUP, m);
}

void cpm_order_take(const json_t *m)
{
    static const struct {
        const char *type;
        void (*take)(const json_t *m);
    } types[] = {
        {"csiset", csi_set_take},
        {"csirmv", csi_remove_take},
        {"terminate", terminate_take},
        {"health", health_take},
        {"pinst", proxied_instantiate_take},
        {"pclean", proxied_cleanup_take},
        {"pg", cpm_group_take},
        {"updown", cpm_updown_take},
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strcmp(types[i].type, text(m, "t")) == 0)
            types[i].take(m);
}

/* Lock held. */
static void comp_describe(const struct cpm_comp *c, json_t *names, json_t *csis)
{
    const struct cpm_csi *csi;

    json_array_append_new(names, json_string(c->name));
    for (csi = c->csis; csi; csi = csi->next)
        json_array_append_new(csis, json_pack("{s:s, s:s, s:i, s:i}", "comp", c->name,
                                              "csi", csi->name, "ha", (int)csi->ha,
                                              "rank", (int)csi->rank));
    if (c->health)
        cpm_send(json_deep_copy(c->health));
}

void cpm_order_resume(json_t *hello)
{
    json_t *names = json_array(), *csis = json_array();
    const struct cpm_comp *c;

    pthread_mutex_lock(&cpm_lock);
    for (c = cpm_comp_next(NULL); c; c = cpm_comp_next(c))
        if (c->confirmed)
            comp_describe(c, names, csis);
    cpm_group_resume();
    cpm_updown_resume();
    pthread_mutex_unlock(&cpm_lock);
    json_object_set_new(hello, "registered", names);
    json_object_set_new(hello, "csis", csis);
}

void cpm_order_forget(ClHandleT h)
{
    cpm_group_forget(h);
}
