/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the configuration that a program commits: all of them, or none. */
#include "amf/amf_daemon.h"

#include <stdio.h>
#include <string.h>

#include "amf/amf_change.h"
#include "amf/amf_must.h"

enum { WHY_MAX = 700 };

static void answer(struct amf_peer *p, const json_t *o, enum amf_admin_result r,
                   const char *why)
{
    amf_server_reply(p, o, r ? AMF_RE_AMS | (uint32_t)r : AMF_RE_OK,
                     json_pack("{s:s}", "why", why));
}

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

/* ---- a model that changes under an engine ---------------------------------------- */

/* The engine lays out by rank, so it is made anew, and goes on as the old one would.
 * False: what it has to take over breaks the changed rules. */
static bool engine_renew(struct amf_daemon *d)
{
    struct amf_engine *fresh = amf_must(amf_engine_new(d->model));
    json_t *state = amf_must(amf_engine_dump(d->engine));
    const bool ok =
        amf_engine_resume(fresh, state, amf_daemon_now_ms()) &&
        !amf_engine_check_state(fresh); /* more may be assigned now than was */
    struct amf_engine *old = ok ? d->engine : fresh;

    if (ok)
        d->engine = fresh;
    amf_engine_free(old);
    json_decref(state);
    return ok;
}

/* The engine has a switch of its own, which operators turn as well. */
static void adjust(struct amf_daemon *d, const json_t *change)
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
    amf_daemon_admin(d, &ev);
}

static bool changes_take(struct amf_daemon *d, const json_t *changes)
{
    json_t *undo = amf_change_set(d->model, changes), *change;
    const bool ok = engine_renew(d);
    size_t i;

    if (!ok)
        json_decref(amf_change_set(d->model, undo));
    json_decref(undo);
    if (!ok)
        return false;
    if (!d->changes)
        d->changes = amf_must(json_array());
    amf_change_merge(d->changes, changes);
    d->dirty = true;
    json_array_foreach(changes, i, change) adjust(d, change);
    amf_engine_look(d->engine);
    amf_daemon_feed(d, &(struct amf_event){.type = AMF_EV_TIMER, .timer = UINT64_MAX});
    return true;
}

/* NULL, or why this daemon cannot take changes at all. */
static const char *unable(const struct amf_daemon *d, enum amf_admin_result *r)
{
    *r = AMF_ADMIN_NOT_SUPPORTED;
    if (d->cluster)
        return "the daemons of a cluster have their configuration from their files";
    if (d->recorder)
        return "a recording could not be replayed";
    *r = AMF_ADMIN_TRY_AGAIN;
    return d->stopping ? "the daemon is stopping" : NULL;
}

void amf_ccb_commit(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    json_t *changes = amf_must(json_deep_copy(
        json_object_get(o, "changes") ? json_object_get(o, "changes") : json_null()));
    enum amf_admin_result r = AMF_ADMIN_OK;
    const char *never = unable(d, &r);
    char why[WHY_MAX] = "";
    json_t *change;
    size_t i;

    if (never) {
        snprintf(why, sizeof(why), "%s", never);
    } else {
        json_array_foreach(changes, i, change) unchanged_drop(d, change);
        r = refusal(amf_change_check(d->model, changes, why, sizeof(why)));
    }
    if (!r && !changes_take(d, changes)) {
        r = AMF_ADMIN_BAD_CONFIG;
        snprintf(why, sizeof(why), "what is assigned does not fit these changes");
    }
    if (r)
        amf_daemon_note(d, "pid %d: changes are refused, 0x%x: %s", (int)p->pid,
                        (unsigned)r, why);
    else
        amf_daemon_note(d, "pid %d changes the configuration of %zu entities",
                        (int)p->pid, json_array_size(changes));
    json_decref(changes);
    amf_daemon_keep(d);
    answer(p, o, r, why);
}

bool amf_ccb_restore(struct amf_daemon *d, const json_t *changes)
{
    char why[WHY_MAX];

    if (!changes)
        return true;
    if (amf_change_check(d->model, changes, why, sizeof(why)) != AMF_CHANGE_OK)
        return false;
    if (d->recorder)
        clv_log(CLV_LOG_WARNING,
                "--record %s: programs have changed the configuration, so "
                "this cannot be replayed with the files of the model",
                d->settings->record);
    json_decref(amf_change_set(d->model, changes));
    json_decref(d->changes);
    d->changes = amf_must(json_deep_copy(changes));
    amf_engine_free(d->engine);
    d->engine = amf_must(amf_engine_new(d->model));
    return true;
}
