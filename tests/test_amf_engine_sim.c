/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thousands of random histories. After every step the engine's invariants and what
 * the world sees (two active processes, orders for the dead) are checked; at the end
 * all faults stop, everything is unlocked, and all that can be assigned has to be.
 *
 * CLOVIS-independent knobs: AMF_SIM_SEED runs one seed and tells its story,
 * AMF_SIM_RUNS sets how many seeds of each shape are tried.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf_world.h"

struct sim_shape {
    const char *name;
    struct world_shape shape;
    void (*adapt)(struct world *w);
};

static uint64_t rng_state;

static uint32_t rng(uint32_t below)
{
    rng_state ^= rng_state << 13;
    rng_state ^= rng_state >> 7;
    rng_state ^= rng_state << 17;
    return (uint32_t)(rng_state >> 33) % below;
}

static bool one_in(uint32_t n)
{
    return rng(n) == 0;
}

/* ---- shapes ------------------------------------------------------------------------ */

static void failover_first(struct world *w)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
}

static void with_levels(struct world *w)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].level = (uint32_t)(i % 2) + 1;
}

static void with_depends(struct world *w)
{
    static int first = 0;

    w->m.sis[1].depends = (struct amf_list){&first, 1};
    w->m.csis[1].depends = (struct amf_list){&first, 1};
}

static void no_repair(struct world *w)
{
    failover_first(w);
    w->m.sgs[0].auto_repair = false;
    w->m.nodes[0].auto_repair = false;
}

static void either_or(struct world *w)
{
    for (size_t i = 0; i < w->m.n_comps; i++) {
        w->m.comps[i].capability = AMF_CAP_X_ACTIVE_OR_Y_STANDBY;
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    }
    w->m.sgs[0].pref_active = 2;
    w->m.sgs[0].pref_standby = 1;
}

static void no_callbacks_beside(struct world *w)
{
    for (size_t i = 1; i < w->m.n_comps; i += 2)
        w->m.comps[i].property = AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
}

static void escalating(struct world *w)
{
    w->m.sgs[0].comp_restart_max = 1;
    w->m.sgs[0].su_restart_max = 1;
    w->m.sgs[0].failover_max = 3;
    w->m.nodes[1].su_failover_count_max = 1;
}

static void active_on_two(struct world *w)
{
    w->m.sgs[0].pref_active_per_si = 2;
}

static const struct sim_shape shapes[] = {
    {"1+1", {AMF_RED_TWO_N, 2, 2, 1, 1, 1}, NULL},
    {"1+1 fail over", {AMF_RED_TWO_N, 2, 2, 1, 1, 1}, failover_first},
    {"2N of 3, two SIs", {AMF_RED_TWO_N, 3, 3, 2, 2, 2}, with_levels},
    {"2N fail over", {AMF_RED_TWO_N, 2, 3, 2, 2, 2}, failover_first},
    {"2N dependencies", {AMF_RED_TWO_N, 2, 2, 2, 2, 2}, with_depends},
    {"2N no repair", {AMF_RED_TWO_N, 2, 3, 2, 1, 2}, no_repair},
    {"2N escalation", {AMF_RED_TWO_N, 3, 3, 2, 2, 2}, escalating},
    {"2N either or", {AMF_RED_TWO_N, 3, 3, 1, 2, 1}, either_or},
    {"no redundancy", {AMF_RED_NO_REDUNDANCY, 2, 4, 1, 3, 1}, failover_first},
    {"no redundancy, NPNP", {AMF_RED_NO_REDUNDANCY, 2, 3, 2, 2, 2}, no_callbacks_beside},
    {"N-way", {AMF_RED_N_WAY, 3, 3, 2, 3, 2}, failover_first},
    {"N-way active", {AMF_RED_N_WAY_ACTIVE, 3, 3, 1, 2, 1}, active_on_two},
    {"M+N", {AMF_RED_M_PLUS_N, 3, 4, 1, 3, 1}, either_or},
    {"M+N mixed", {AMF_RED_M_PLUS_N, 3, 4, 2, 4, 2}, failover_first},
};

enum { N_SHAPES = sizeof(shapes) / sizeof(*shapes) };

/* ---- one history --------------------------------------------------------------------
 */

static void random_fault(struct world *w)
{
    static const enum amf_recovery advice[] = {
        AMF_REC_NO_RECOMMENDATION, AMF_REC_COMP_RESTART,         AMF_REC_SU_RESTART,
        AMF_REC_COMP_FAILOVER,     AMF_REC_NODE_SWITCHOVER,      AMF_REC_NODE_FAILOVER,
        AMF_REC_NODE_FAILFAST,     AMF_REC_INTERNALLY_RECOVERED, AMF_REC_APP_RESTART};
    const int comp = (int)rng((uint32_t)w->m.n_comps);

    if (one_in(200))
        world_fault(w, comp, AMF_REC_CLUSTER_RESET);
    else
        world_fault(w, comp, advice[rng(sizeof(advice) / sizeof(*advice))]);
}

static void random_admin(struct world *w)
{
    static const enum amf_kind kinds[] = {AMF_KIND_NODE, AMF_KIND_SG, AMF_KIND_SU,
                                          AMF_KIND_SI, AMF_KIND_COMP};
    const enum amf_kind kind = kinds[rng(5)];
    const size_t n = kind == AMF_KIND_NODE ? w->m.n_nodes
                     : kind == AMF_KIND_SG ? w->m.n_sgs
                     : kind == AMF_KIND_SU ? w->m.n_sus
                     : kind == AMF_KIND_SI ? w->m.n_sis
                                           : w->m.n_comps;
    const enum amf_admin_op op = (enum amf_admin_op)(
        AMF_OP_LOCK_ASSIGNMENT + rng(AMF_OP_FORCE_LOCK_INSTANTIATION));
    bool was;

    if (op == AMF_OP_SG_ADJUST)
        return;
    was = w->swapping;
    w->swapping = was || op == AMF_OP_SI_SWAP; /* two actives are excused from now on */
    if (world_admin(w, op, kind, (int)rng((uint32_t)n)) != AMF_ADMIN_OK)
        w->swapping = was;
}

static void random_behaviour(struct world *w)
{
    struct world_comp *c = &w->comp[rng((uint32_t)w->m.n_comps)];

    switch (rng(7)) {
    case 0:
        c->answer_ms = one_in(6) ? -1 : (int64_t)rng(2000);
        break;
    case 1:
        c->launch_ms = one_in(6) ? -1 : (int64_t)rng(1500);
        break;
    case 2:
        c->quiesce_ms = one_in(4) ? -1 : (int64_t)rng(2000);
        c->quiescing_ack = one_in(2);
        break;
    case 3:
        c->kill_ms = one_in(10) ? -1 : (int64_t)rng(100);
        break;
    case 4:
        c->refuse_sets = 1;
        break;
    case 5:
        c->refuse_launch = (int)rng(3);
        break;
    default:
        c->answer_ms = 5;
        c->launch_ms = 10;
        c->quiesce_ms = 20;
        c->kill_ms = 1;
        break;
    }
}

static void random_step(struct world *w)
{
    const int node = (int)rng((uint32_t)w->m.n_nodes);

    switch (rng(10)) {
    case 0:
    case 1:
    case 2:
        world_crash(w, (int)rng((uint32_t)w->m.n_comps));
        break;
    case 3:
        random_fault(w);
        break;
    case 4:
    case 5:
    case 6:
        random_admin(w);
        break;
    case 7:
        if (one_in(2))
            world_node_down(w, node);
        else
            world_node_up(w, node);
        break;
    case 8:
        random_behaviour(w);
        break;
    default:
        if (one_in(4) && !world_restart_daemon(w))
            w->broken = "the state does not load";
        break;
    }
}

static void calm_down(struct world *w)
{
    for (size_t i = 0; i < w->m.n_comps; i++) {
        w->comp[i].answer_ms = 5;
        w->comp[i].launch_ms = 10;
        w->comp[i].quiesce_ms = 20;
        w->comp[i].kill_ms = 1;
        w->comp[i].refuse_sets = w->comp[i].refuse_launch = 0;
    }
}

static void open_one(struct world *w, enum amf_kind kind, size_t n)
{
    for (int i = 0; i < (int)n; i++) {
        if (amf_engine_admin(w->e, kind, i) == AMF_ADMIN_LOCKED_I)
            world_admin(w, AMF_OP_LOCK_ASSIGNMENT, kind, i);
        world_admin(w, AMF_OP_UNLOCK, kind, i);
        world_admin(w, AMF_OP_REPAIRED, kind, i);
        world_run(w, w->now_ms + 10000);
    }
}

static void open_all(struct world *w)
{
    for (int round = 0; round < 4; round++) {
        for (size_t i = 0; i < w->m.n_nodes; i++)
            world_node_up(w, (int)i);
        world_run(w, w->now_ms + 60000);
        open_one(w, AMF_KIND_NODE, w->m.n_nodes);
        open_one(w, AMF_KIND_SG, w->m.n_sgs);
        open_one(w, AMF_KIND_SU, w->m.n_sus);
        open_one(w, AMF_KIND_SI, w->m.n_sis);
    }
}

static bool all_active(struct world *w)
{
    for (size_t c = 0; c < w->m.n_csis; c++) {
        bool active = false;

        for (size_t i = 0; i < w->m.n_comps; i++)
            if (amf_engine_ha(w->e, (int)i, (int)c) == AMF_HA_ACTIVE)
                active = true;
        if (!active) {
            snprintf(w->trouble, sizeof(w->trouble), "in the end nobody is active for %s",
                     w->m.csis[c].name);
            return false;
        }
    }
    return true;
}

static bool history(const struct sim_shape *s, uint64_t seed, char *why, size_t size,
                    bool tell)
{
    struct world *w = world_new(&s->shape);
    bool ok;

    rng_state = seed * 0x9e3779b97f4a7c15u + 1;
    if (s->adapt)
        s->adapt(w);
    w->silent = !tell;
    w->notes = w->aloud = tell;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 6000);
    for (int i = 0; i < 60 && !w->broken; i++) {
        random_step(w);
        world_run(w, w->now_ms + (one_in(3) ? rng(3) : rng(3000)));
        if (world_quiet(w))
            w->swapping = false;
    }
    calm_down(w);
    if (!w->broken)
        open_all(w);
    if (!w->broken && (!world_quiet(w) || !all_active(w)))
        w->broken = world_quiet(w) ? w->trouble : "it does not come to rest";
    ok = !w->broken;
    if (!ok)
        snprintf(why, size, "%s", w->broken);
    if (!ok && tell) {
        json_t *state = amf_engine_dump(w->e);

        json_dumpf(state, stderr, JSON_INDENT(1));
        json_decref(state);
        fprintf(stderr, "%s\n", why);
    }
    world_free(w);
    return ok;
}

static void try_seeds(const struct sim_shape *s, uint64_t from, uint64_t n)
{
    char why[256] = "";

    for (uint64_t seed = from; seed < from + n; seed++)
        cr_assert(history(s, seed, why, sizeof(why), false), "%s, seed %llu: %s", s->name,
                  (unsigned long long)seed, why);
}

Test(amf_engine_sim, invariants_hold_through_random_faults, .timeout = 110)
{
    const char *runs = getenv("AMF_SIM_RUNS"), *seed = getenv("AMF_SIM_SEED");
    const char *shape = getenv("AMF_SIM_SHAPE");
    char why[256] = "";

    for (size_t i = 0; i < N_SHAPES; i++) {
        if (shape && strcmp(shape, shapes[i].name) != 0)
            continue;
        if (seed)
            cr_expect(
                history(&shapes[i], strtoull(seed, NULL, 10), why, sizeof(why), true),
                "%s", why);
        else
            try_seeds(&shapes[i], 1, runs ? strtoull(runs, NULL, 10) : 150);
    }
}
