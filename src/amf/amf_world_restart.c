/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon of a world dies, and another one takes over what it had saved. */
#include <stdlib.h>

#include "amf/amf_world.h"

static bool is_back(const struct world *w, int comp)
{
    const int proxy = w->comp[comp].proxy;

    return proxy >= 0 ? w->comp[proxy].registered : w->comp[comp].running;
}

/* As the daemon does: first who is still there, then who is not. */
static void restored_feed(struct world *w, bool back)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        if (is_back(w, (int)i) == back)
            world_feed(w, &(struct amf_event){
                              .type = AMF_EV_RESTORED, .index = (int)i, .ok = back});
}

bool world_restart_daemon(struct world *w)
{
    json_t *state = amf_engine_dump(w->e);
    struct amf_engine *e = amf_engine_new(&w->m);
    char *text = state ? json_dumps(state, JSON_COMPACT) : NULL;
    json_t *again = text ? json_loads(text, 0, NULL) : NULL;
    bool ok;

    if (!state || !e || !text || !again)
        abort();
    ok = amf_engine_load(e, again, w->now_ms);
    free(text);
    json_decref(state);
    json_decref(again);
    world_twin_free(w);
    amf_engine_free(w->e);
    w->e = e;
    w->n_timers = 0;
    for (size_t i = 0; i < w->queue_end; i++) /* what programs send now finds nobody */
        if (w->queue[i].ev.type == AMF_EV_RESPONSE ||
            w->queue[i].ev.type == AMF_EV_QUIESCING_DONE ||
            w->queue[i].ev.type == AMF_EV_EXITED ||
            w->queue[i].ev.type == AMF_EV_LAUNCH_FAILED)
            w->queue[i].used = false;
    if (!ok)
        return false;
    w->repeating = true;
    restored_feed(w, true);
    restored_feed(w, false);
    w->repeating = false;
    return ok;
}
