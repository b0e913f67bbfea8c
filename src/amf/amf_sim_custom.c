/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_sim_custom.h"

#include <stdio.h>
#include <stdlib.h>

#include "amf/amf_state.h"

enum { ROUNDS = 8, ROUND_MS = 60000 };

static bool is_custom(const struct world *w, int si)
{
    const int sg = w->m.sis[si].sg;

    return sg >= 0 && w->m.sgs[sg].redundancy == AMF_RED_CUSTOM;
}

static bool is_member(const struct world *w, int su, int si)
{
    return w->m.sus[su].sg == w->m.sis[si].sg;
}

static bool *title(struct amf_sim_custom *c, const struct world *w, int si, int su)
{
    return &c->titles[(size_t)si * w->m.n_sus + (size_t)su];
}

void amf_sim_custom_begin(struct amf_sim_custom *c, const struct world *w)
{
    c->titles = NULL;
    for (size_t i = 0; i < w->m.n_sgs; i++)
        if (w->m.sgs[i].redundancy == AMF_RED_CUSTOM && !c->titles) {
            c->titles = calloc(w->m.n_sis * w->m.n_sus + 1, sizeof(*c->titles));
            if (!c->titles)
                abort();
        }
}

void amf_sim_custom_end(struct amf_sim_custom *c)
{
    free(c->titles);
    c->titles = NULL;
}

enum amf_admin_result amf_sim_custom_assign(struct amf_sim_custom *c, struct world *w,
                                            int si, int active, int standby)
{
    world_feed(w, &(struct amf_event){.type = AMF_EV_ADMIN,
                                      .kind = AMF_KIND_SI,
                                      .index = si,
                                      .op = AMF_OP_SI_ASSIGN_SU,
                                      .active_su = active,
                                      .standby_su = standby});
    if (w->result == AMF_ADMIN_OK && active >= 0)
        *title(c, w, si, active) = true;
    if (w->result == AMF_ADMIN_OK && standby >= 0)
        *title(c, w, si, standby) = true;
    return w->result;
}

/* ---- what has to be so --------------------------------------------------------------
 */

static bool is_wished(const struct world *w, int su, int si)
{
    return w->e->sis[si].wish_active == su || w->e->sis[si].wish_standby == su;
}

static void trouble(struct world *w, const char *what, int si)
{
    char text[200];

    snprintf(text, sizeof(text), "si %s of a CUSTOM group: %s", w->m.sis[si].name, what);
    world_trouble(w, text);
}

/* A title lasts until the SU has nothing of the SI, and is not about to. */
static void check_su(struct amf_sim_custom *c, struct world *w, int si, int su)
{
    bool *t = title(c, w, si, su);

    if (amf_asg_at(w->e, su, si)->role != AMF_HA_NONE && !*t)
        trouble(w, "an SU has it that was not asked for", si);
    else if (amf_asg_at(w->e, su, si)->role == AMF_HA_NONE && !is_wished(w, su, si))
        *t = false;
}

static void check_si(struct amf_sim_custom *c, struct world *w, int si)
{
    int active = 0;

    for (int su = 0; su < (int)w->m.n_sus && !w->broken; su++) {
        if (!is_member(w, su, si))
            continue;
        active += amf_asg_at(w->e, su, si)->role == AMF_HA_ACTIVE;
        check_su(c, w, si, su);
    }
    if (active > 1)
        trouble(w, "two SUs are active", si);
    if (w->e->sis[si].wish_active >= 0 && world_quiet(w))
        trouble(w, "what was asked for is still open, and nothing is under way", si);
}

void amf_sim_custom_check(struct amf_sim_custom *c, struct world *w)
{
    for (int si = 0; c->titles && si < (int)w->m.n_sis && !w->broken; si++)
        if (is_custom(w, si))
            check_si(c, w, si);
}

/* ---- the end ---------------------------------------------------------------------- */

static bool is_served(const struct world *w, int si)
{
    for (int su = 0; su < (int)w->m.n_sus; su++)
        if (is_member(w, su, si) && amf_asg_at(w->e, su, si)->role == AMF_HA_ACTIVE)
            return true;
    return false;
}

static void serve(struct amf_sim_custom *c, struct world *w, int si)
{
    for (int su = 0; su < (int)w->m.n_sus && !is_served(w, si) && !w->broken; su++)
        if (is_member(w, su, si) &&
            amf_sim_custom_assign(c, w, si, su, -1) == AMF_ADMIN_OK)
            world_run(w, w->now_ms + ROUND_MS);
}

void amf_sim_custom_finish(struct amf_sim_custom *c, struct world *w)
{
    if (!c->titles)
        return;
    amf_sim_custom_check(c, w);
    for (int round = 0; round < ROUNDS && !w->broken; round++)
        for (int si = 0; si < (int)w->m.n_sis && !w->broken; si++)
            if (is_custom(w, si))
                serve(c, w, si);
    amf_sim_custom_check(c, w);
}
