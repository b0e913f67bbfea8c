/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second engine beside the first: now and then it takes over what the first would
 * write into a recording or a state file, and must decide the same from there on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_world.h"

static bool same_set(const struct amf_csi_set *a, const struct amf_csi_set *b)
{
    return a->comp == b->comp && a->csi == b->csi && a->ha == b->ha &&
           a->flags == b->flags && a->transition == b->transition &&
           a->active_comp == b->active_comp && a->standby_rank == b->standby_rank &&
           a->with_attrs == b->with_attrs && a->invocation == b->invocation;
}

static bool same_action(const struct amf_action *a, const struct amf_action *b)
{
    return a->type == b->type && a->index == b->index && a->proxy == b->proxy &&
           a->invocation == b->invocation && same_set(&a->set, &b->set) &&
           a->timer == b->timer && a->at_ms == b->at_ms && a->restart == b->restart &&
           a->pg_change == b->pg_change && strcmp(a->note, b->note) == 0;
}

static void compare(struct world *w, enum amf_admin_result result)
{
    char text[120];
    size_t i;

    for (i = 0; i < w->out.n && i < w->twin_out.n; i++)
        if (!same_action(&w->out.at[i], &w->twin_out.at[i]))
            break;
    if (i == w->out.n && i == w->twin_out.n && result == w->result)
        return;
    snprintf(text, sizeof(text), "the twin decides differently: order %zu of %zu and %zu",
             i, w->out.n, w->twin_out.n);
    world_trouble(w, text);
}

/* By way of its text, as it would be read. */
static void take_over(struct world *w)
{
    json_t *state = amf_engine_dump(w->e), *again;
    char *text;

    world_twin_free(w);
    w->twin = amf_engine_new(&w->m);
    text = amf_engine_dump_text(w->e);
    again = text ? json_loads(text, 0, NULL) : NULL;
    if (!w->twin || !again)
        abort();
    if (!json_equal(state, again))
        world_trouble(w, "the text of the state is not what the state is");
    if (!amf_engine_resume(w->twin, again, w->now_ms))
        world_trouble(w, "the state does not load into a twin");
    json_decref(again);
    json_decref(state);
    free(text);
}

void world_twin_step(struct world *w, const struct amf_event *ev)
{
    if (w->twin)
        compare(w, amf_engine_step(w->twin, w->now_ms, ev, &w->twin_out));
    if (w->twin_every && w->fed % w->twin_every == 0)
        take_over(w);
}

void world_twin_free(struct world *w)
{
    amf_engine_free(w->twin);
    amf_actions_free(&w->twin_out);
    w->twin = NULL;
}
