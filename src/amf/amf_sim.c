/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_sim.h"

#include <stdio.h>

#include "amf/amf_sim_custom.h"

enum { START_MS = 6000, SETTLE_MS = 60000, SETTLE_ROUNDS = 60 };

struct sim {
    struct world *w;
    uint64_t rng;
    bool plain, numbers; /* as in struct amf_sim */
    struct amf_sim_custom custom;
};

static uint32_t rng(struct sim *s, uint32_t below)
{
    s->rng ^= s->rng << 13;
    s->rng ^= s->rng >> 7;
    s->rng ^= s->rng << 17;
    return below ? (uint32_t)(s->rng >> 33) % below : 0;
}

static bool one_in(struct sim *s, uint32_t n)
{
    return rng(s, n) == 0;
}

/* ---- what can happen ----------------------------------------------------- */

static void random_fault(struct sim *s)
{
    static const enum amf_recovery advice[] = {
        AMF_REC_NO_RECOMMENDATION, AMF_REC_COMP_RESTART,         AMF_REC_SU_RESTART,
        AMF_REC_COMP_FAILOVER,     AMF_REC_NODE_SWITCHOVER,      AMF_REC_NODE_FAILOVER,
        AMF_REC_NODE_FAILFAST,     AMF_REC_INTERNALLY_RECOVERED, AMF_REC_APP_RESTART};
    const int comp = (int)rng(s, (uint32_t)s->w->m.n_comps);

    if (one_in(s, 200))
        world_fault(s->w, comp, AMF_REC_CLUSTER_RESET);
    else
        world_fault(s->w, comp, advice[rng(s, sizeof(advice) / sizeof(*advice))]);
}

/* As a change of the configuration does it. */
static void random_numbers(struct sim *s)
{
    struct amf_sg *sg = &s->w->m.sgs[rng(s, (uint32_t)s->w->m.n_sgs)];

    if (one_in(s, 2))
        sg->alpha = 50 + 25 * rng(s, 3);
    else
        sg->beta = 50 * rng(s, 3);
    world_look(s->w);
}

static void further_admin(struct sim *s)
{
    const uint32_t what = rng(s, 4);

    if (what == 0)
        world_admin(s->w, AMF_OP_FORCE_LOCK, AMF_KIND_SU,
                    (int)rng(s, (uint32_t)s->w->m.n_sus));
    else if (what == 1 && s->numbers)
        random_numbers(s);
    else
        world_feed(s->w,
                   &(struct amf_event){.type = AMF_EV_ADMIN,
                                       .kind = AMF_KIND_SG,
                                       .index = (int)rng(s, (uint32_t)s->w->m.n_sgs),
                                       .op = AMF_OP_SG_ADJUST,
                                       .arg = (int)rng(s, 2)});
}

/* An SU, or nobody, or at times one that there is not. */
static int random_su(struct sim *s)
{
    return (int)rng(s, (uint32_t)s->w->m.n_sus + 2) - 1;
}

/* Right or wrong: any SI, and any two SUs. */
static void random_assign(struct sim *s)
{
    const int si = (int)rng(s, (uint32_t)s->w->m.n_sis), active = random_su(s);

    amf_sim_custom_assign(&s->custom, s->w, si, active, random_su(s));
}

static void random_admin(struct sim *s)
{
    static const enum amf_kind kinds[] = {AMF_KIND_NODE, AMF_KIND_SG, AMF_KIND_SU,
                                          AMF_KIND_SI, AMF_KIND_COMP};
    const enum amf_kind kind = kinds[rng(s, 5)];
    const size_t n = kind == AMF_KIND_NODE ? s->w->m.n_nodes
                     : kind == AMF_KIND_SG ? s->w->m.n_sgs
                     : kind == AMF_KIND_SU ? s->w->m.n_sus
                     : kind == AMF_KIND_SI ? s->w->m.n_sis
                                           : s->w->m.n_comps;
    const enum amf_admin_op op = (enum amf_admin_op)(
        AMF_OP_LOCK_ASSIGNMENT + rng(s, AMF_OP_FORCE_LOCK_INSTANTIATION));

    if (op == AMF_OP_SG_ADJUST && !s->plain)
        further_admin(s);
    if (op == AMF_OP_SG_ADJUST || n == 0)
        return;
    world_admin(s->w, op, kind, (int)rng(s, (uint32_t)n));
}

static void random_behaviour(struct sim *s)
{
    struct world_comp *c = &s->w->comp[rng(s, (uint32_t)s->w->m.n_comps)];

    switch (rng(s, 7)) {
    case 0:
        c->answer_ms = one_in(s, 6) ? -1 : (int64_t)rng(s, 2000);
        break;
    case 1:
        c->launch_ms = one_in(s, 6) ? -1 : (int64_t)rng(s, 1500);
        break;
    case 2:
        c->quiesce_ms = one_in(s, 4) ? -1 : (int64_t)rng(s, 2000);
        c->quiescing_ack = one_in(s, 2);
        break;
    case 3:
        c->kill_ms = one_in(s, 10) ? -1 : (int64_t)rng(s, 100);
        break;
    case 4:
        c->refuse_sets = 1;
        break;
    case 5:
        c->refuse_launch = (int)rng(s, 3);
        break;
    default:
        c->answer_ms = 5;
        c->launch_ms = 10;
        c->quiesce_ms = 20;
        c->kill_ms = 1;
        break;
    }
}

static void random_step(struct sim *s)
{
    const int node = (int)rng(s, (uint32_t)s->w->m.n_nodes);

    if (s->custom.titles && s->w->m.n_sis && one_in(s, 3)) {
        random_assign(s);
        return;
    }
    switch (rng(s, 10)) {
    case 0:
    case 1:
    case 2:
        world_crash(s->w, (int)rng(s, (uint32_t)s->w->m.n_comps));
        break;
    case 3:
        random_fault(s);
        break;
    case 4:
    case 5:
    case 6:
        random_admin(s);
        break;
    case 7:
        if (one_in(s, 2))
            world_node_down(s->w, node);
        else
            world_node_up(s->w, node);
        break;
    case 8:
        random_behaviour(s);
        break;
    default:
        if (one_in(s, 4) && !world_restart_daemon(s->w))
            s->w->broken = "the state does not load";
        break;
    }
}

/* ---- how it ends --------------------------------------------------------- */

static void calm_down(struct sim *s)
{
    for (size_t i = 0; i < s->w->m.n_comps; i++) {
        s->w->comp[i].answer_ms = 5;
        s->w->comp[i].launch_ms = 10;
        s->w->comp[i].quiesce_ms = 20;
        s->w->comp[i].kill_ms = 1;
        s->w->comp[i].refuse_sets = s->w->comp[i].refuse_launch = 0;
    }
}

static void open_one(struct sim *s, enum amf_kind kind, size_t n)
{
    for (int i = 0; i < (int)n; i++) {
        if (amf_engine_admin(s->w->e, kind, i) == AMF_ADMIN_LOCKED_I)
            world_admin(s->w, AMF_OP_LOCK_ASSIGNMENT, kind, i);
        world_admin(s->w, AMF_OP_UNLOCK, kind, i);
        world_admin(s->w, AMF_OP_REPAIRED, kind, i);
        world_run(s->w, s->w->now_ms + 10000);
    }
}

static void open_all(struct sim *s)
{
    for (int round = 0; round < 4; round++) {
        for (size_t i = 0; i < s->w->m.n_nodes; i++)
            world_node_up(s->w, (int)i);
        world_run(s->w, s->w->now_ms + 60000);
        open_one(s, AMF_KIND_NODE, s->w->m.n_nodes);
        open_one(s, AMF_KIND_SG, s->w->m.n_sgs);
        open_one(s, AMF_KIND_SU, s->w->m.n_sus);
        open_one(s, AMF_KIND_SI, s->w->m.n_sis);
    }
}

static bool settle(struct world *w)
{
    for (int i = 0; i < SETTLE_ROUNDS && !world_quiet(w); i++)
        world_run(w, w->now_ms + SETTLE_MS);
    return world_quiet(w);
}

static bool is_active(const struct world *w, int csi)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        if (amf_engine_ha(w->e, (int)i, csi) == AMF_HA_ACTIVE)
            return true;
    return false;
}

static bool all_active(struct world *w, const bool *reachable)
{
    for (size_t c = 0; c < w->m.n_csis; c++) {
        if ((reachable && !reachable[c]) || is_active(w, (int)c))
            continue;
        snprintf(w->trouble, sizeof(w->trouble), "in the end nobody is active for %s",
                 w->m.csis[c].name);
        return false;
    }
    return true;
}

/* ---- one history --------------------------------------------------------- */

static void begin(struct world *w, FILE *aloud)
{
    w->silent = !aloud;
    w->notes = aloud != NULL;
    w->aloud = aloud;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, START_MS);
}

/* Faults stop, and what is left has to come to its end. */
static void finish(struct sim *s, const bool *reachable)
{
    struct world *w = s->w;

    calm_down(s);
    if (!w->broken)
        open_all(s);
    if (!w->broken && !settle(w))
        w->broken = "it does not come to rest";
    if (!w->broken)
        amf_sim_custom_finish(&s->custom, w);
    if (!w->broken && !all_active(w, reachable))
        w->broken = w->trouble;
}

static void dump(const struct world *w, FILE *out)
{
    json_t *state = amf_engine_dump(w->e);

    json_dumpf(state, out, JSON_INDENT(1));
    json_decref(state);
    fprintf(out, "\n%s\n", w->broken);
}

bool amf_sim_history(struct world *w, const struct amf_sim *o, char *why, size_t size,
                     uint64_t *steps)
{
    struct sim s = {w, o->seed * 0x9e3779b97f4a7c15u + 1, o->plain, o->numbers, {NULL}};

    amf_sim_custom_begin(&s.custom, w);
    begin(w, o->aloud);
    for (unsigned i = 0; i < o->faults && !w->broken; i++) {
        random_step(&s);
        world_run(w, w->now_ms + (one_in(&s, 3) ? rng(&s, 3) : rng(&s, 3000)));
        amf_sim_custom_check(&s.custom, w);
    }
    finish(&s, o->reachable);
    amf_sim_custom_end(&s.custom);
    if (w->broken)
        snprintf(why, size, "%s", w->broken);
    if (w->broken && o->aloud)
        dump(w, o->aloud);
    if (steps)
        *steps += w->fed;
    return !w->broken;
}

bool amf_sim_reachable(const struct amf_model *m, bool *active, char *why, size_t size)
{
    struct world *w = world_of(m);
    struct sim s = {w, 1, true, false, {NULL}};
    bool ok;

    for (size_t c = 0; c < m->n_csis; c++)
        active[c] = false; /* nothing has to be, as yet */
    amf_sim_custom_begin(&s.custom, w);
    begin(w, NULL);
    finish(&s, active);
    amf_sim_custom_end(&s.custom);
    for (size_t c = 0; c < m->n_csis; c++)
        active[c] = is_active(w, (int)c);
    ok = !w->broken;
    if (!ok)
        snprintf(why, size, "without any fault: %s", w->broken);
    world_free(w);
    return ok;
}
