/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_overlay.h"

#include <stdio.h>

#include "amf/amf_must.h"

void amf_overlay_free(struct amf_overlay *o)
{
    json_decref(o->changes);
    json_decref(o->as_read);
    *o = (struct amf_overlay){NULL, NULL};
}

static void keep_as_read(struct amf_overlay *o, const struct amf_model *m)
{
    if (!o->as_read)
        o->as_read = amf_change_all(m);
}

bool amf_overlay_replace(struct amf_overlay *o, struct amf_model *m,
                         const json_t *changes)
{
    char why[200];

    if (changes && amf_change_check(m, changes, why, sizeof(why)) != AMF_CHANGE_OK)
        return false;
    if (!changes && !o->changes)
        return true;
    keep_as_read(o, m);
    json_decref(amf_change_set(m, o->as_read));
    if (changes)
        json_decref(amf_change_set(m, changes));
    json_decref(o->changes);
    o->changes = changes ? amf_must(json_deep_copy(changes)) : NULL;
    return true;
}

/* False: what the engine has to go on with breaks the changed rules. */
static bool engine_renew(const struct amf_model *m, struct amf_engine **e)
{
    struct amf_engine *fresh = amf_must(amf_engine_new(m)), *old = *e;
    json_t *state = amf_must(amf_engine_dump(old));
    /* As of the old one's last step: its timers stay armed for the same moments. More may
     * be assigned now than was. */
    const bool ok = amf_engine_resume(fresh, state, amf_engine_now_ms(old)) &&
                    !amf_engine_check_state(fresh);

    json_decref(state);
    amf_engine_free(ok ? old : fresh);
    if (ok)
        *e = fresh;
    return ok;
}

enum amf_change_result amf_overlay_commit(struct amf_overlay *o, struct amf_model *m,
                                          struct amf_engine **e, const json_t *changes,
                                          char *why, size_t size)
{
    const enum amf_change_result r = amf_change_check(m, changes, why, size);
    json_t *undo;
    bool ok;

    if (r)
        return r;
    keep_as_read(o, m);
    undo = amf_change_set(m, changes);
    ok = engine_renew(m, e);
    if (!ok)
        json_decref(amf_change_set(m, undo));
    json_decref(undo);
    if (!ok) {
        snprintf(why, size, "what is assigned does not fit these changes");
        return AMF_CHANGE_UNFIT;
    }
    if (!o->changes)
        o->changes = amf_must(json_array());
    amf_change_merge(o->changes, changes);
    amf_engine_look(*e);
    return AMF_CHANGE_OK;
}
