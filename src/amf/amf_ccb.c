/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the configuration that a program commits: all of them, or none. */
#include "amf/amf_daemon.h"

#include <stdio.h>
#include <string.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"

static enum amf_admin_result refusal(enum amf_change_result r)
{
    switch (r) {
    case AMF_CHANGE_OK:
        return AMF_ADMIN_OK;
    case AMF_CHANGE_NO_ENTITY:
        return AMF_ADMIN_NOT_EXIST;
    case AMF_CHANGE_FIXED:
        return AMF_ADMIN_NOT_SUPPORTED;
    case AMF_CHANGE_MALFORMED:
    case AMF_CHANGE_BAD_VALUE:
    case AMF_CHANGE_UNFIT:
        break;
    }
    return AMF_ADMIN_BAD_CONFIG;
}

/* ---- what is not changed ----------------------------------------------------- */

/* What an entity already has may be given again, whatever it is; drop it. */
static void unchanged_drop(struct amf_daemon *d, json_t *change)
{
    json_t *config = amf_query_config(d, amf_server_text(change, "kind"),
                                      amf_server_text(change, "name"));
    json_t *set = json_object_get(change, "set"), *value;
    const char *key;
    void *next;

    json_object_foreach_safe(set, next, key, value)
    {
        if (config && json_equal(json_object_get(config, key), value))
            json_object_del(set, key);
    }
    json_decref(config);
}

/* ---- a commit has its turn --------------------------------------------------------- */

static void feed(struct amf_daemon *d, int64_t ms, const struct amf_event *ev)
{
    if (d->cluster)
        amf_daemon_step(d, ms, ev);
    else
        amf_daemon_admin(d, ev);
}

/* The engine has a switch of its own, which operators turn as well. */
static void adjust(struct amf_daemon *d, int64_t ms, const json_t *change)
{
    const json_t *on = json_object_get(json_object_get(change, "set"), "auto_adjust");
    const char *name = amf_server_text(change, "name");
    struct amf_event ev = {.type = AMF_EV_ADMIN,
                           .kind = AMF_KIND_SG,
                           .op = AMF_OP_SG_ADJUST,
                           .arg = json_is_true(on)};

    if (!on)
        return;
    ev.index = amf_model_sg(d->model, name, strlen(name));
    feed(d, ms, &ev);
}

static void changed(struct amf_daemon *d, int64_t ms, const json_t *changes)
{
    const struct amf_event look = {.type = AMF_EV_TIMER, .timer = UINT64_MAX};
    json_t *change;
    size_t i;

    d->dirty = true;
    json_array_foreach(changes, i, change) adjust(d, ms, change);
    feed(d, ms, &look);
}

enum amf_admin_result amf_ccb_apply(struct amf_daemon *d, int64_t ms, const char *by,
                                    const json_t *asked)
{
    json_t *changes = asked ? amf_must(json_deep_copy(asked)) : json_null(), *change;
    enum amf_change_result r;
    size_t i;

    json_array_foreach(changes, i, change) unchanged_drop(d, change);
    r = amf_overlay_commit(&d->overlay, d->model, &d->engine, changes, d->refused,
                           sizeof(d->refused));
    amf_record_change(d->recorder, ms, changes, r);
    if (r)
        amf_daemon_note(d, "%s: changes are refused, 0x%x: %s", by, (unsigned)refusal(r),
                        d->refused);
    else
        amf_daemon_note(d, "%s changes the configuration of %zu entities", by,
                        json_array_size(changes));
    if (!r)
        changed(d, ms, changes);
    json_decref(changes);
    return refusal(r);
}

/* ---- the request --------------------------------------------------------- */

static void answer(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                   const struct amf_event *ev, enum amf_admin_result r)
{
    const char *why = d->refused;

    (void)ev;
    if (!p)
        return;
    if (!r)
        why = "";
    else if (r == AMF_ADMIN_TRY_AGAIN)
        why = d->stopping ? "the daemon is stopping"
                          : "whether the cluster has taken them is not known";
    amf_daemon_keep(d);
    amf_server_reply(p, o, r ? AMF_RE_AMS | (uint32_t)r : AMF_RE_OK,
                     json_pack("{s:s}", "why", why));
}

void amf_ccb_commit(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const json_t *changes = json_object_get(o, "changes");
    char by[32];

    snprintf(by, sizeof(by), "pid %d", (int)p->pid);
    if (d->stopping)
        answer(d, p, o, NULL, AMF_ADMIN_TRY_AGAIN);
    else if (d->cluster)
        amf_cluster_share(d->cluster,
                          json_pack("{s:s, s:O*}", "t", "change", "changes", changes), p,
                          o, answer);
    else
        answer(d, p, o, NULL, amf_ccb_apply(d, amf_daemon_now_ms(), by, changes));
}

/* ---- what an earlier daemon, or another one, had changed ----------------- */

struct amf_engine *amf_ccb_engine(struct amf_daemon *d, const json_t *changes,
                                  const json_t *state, int64_t ms)
{
    json_t *before = json_incref(d->overlay.changes);
    struct amf_engine *e = NULL;

    if (amf_overlay_replace(&d->overlay, d->model, changes)) {
        e = amf_must(amf_engine_new(d->model));
        if (!amf_engine_load(e, state, ms)) {
            amf_engine_free(e);
            e = NULL;
            amf_overlay_replace(&d->overlay, d->model, before);
        }
    }
    json_decref(before);
    return e;
}
