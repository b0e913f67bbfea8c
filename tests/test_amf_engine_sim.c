/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thousands of random histories over models of every kind; see amf_sim.h.
 *
 * CLOVIS-independent knobs: AMF_SIM_SEED runs one seed and tells its story,
 * AMF_SIM_RUNS sets how many seeds of each shape are tried, AMF_SIM_FROM the first.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_sim.h"

struct sim_shape {
    const char *name;
    int groups; /* so many of this shape */
    struct world_shape shape;
    void (*adapt)(struct world *w);
};

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

/* Every second SU has a component that an active of the first SI speaks for. */
static void proxied_by_the_first(struct world *w, enum amf_property p)
{
    failover_first(w);
    w->m.csis[0].type = world_text(w, "proxy");
    for (size_t i = 0; i < w->m.n_comps; i++) {
        if (i % 2 == 0) {
            w->m.comps[i].csi_types[0] = world_text(w, "proxy");
        } else {
            w->m.comps[i].property = p;
            w->m.comps[i].proxy_csi_type = world_text(w, "proxy");
        }
    }
}

static void proxied(struct world *w)
{
    proxied_by_the_first(w, AMF_PROP_PROXIED_PREINSTANTIABLE);
}

static void proxied_late(struct world *w)
{
    proxied_by_the_first(w, AMF_PROP_PROXIED_NON_PREINSTANTIABLE);
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

static void nine_and_three(struct world *w)
{
    either_or(w);
    w->m.sgs[0].pref_active = 9;
    w->m.sgs[0].pref_standby = 3;
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].max_active_csis = 1;
}

/* Each SU has room for one active and one standby SI. */
static void tight(struct world *w)
{
    failover_first(w);
    w->m.sgs[0].max_active_sis = w->m.sgs[0].max_standby_sis = 1;
}

static void tight_and_few(struct world *w)
{
    tight(w);
    w->m.sgs[0].max_active_sis = 2;
    w->m.sgs[0].pref_assigned = 3;
    w->m.sgs[0].pref_active_per_si = 2;
    w->m.sgs[0].loading = AMF_LOAD_LEAST_SU_ASSIGNED;
}

static void n_way_either_or(struct world *w)
{
    either_or(w);
    for (size_t i = 0; i < w->m.n_sis; i++)
        w->m.sis[i].n_standby = (uint32_t)(i % 3);
}

static void preferring(struct world *w)
{
    static int last = 3, middle[] = {2, 1};

    tight(w);
    w->m.sgs[0].loading = AMF_LOAD_BY_SI_PREFERENCE;
    w->m.sis[0].preferred = (struct amf_list){&last, 1};
    w->m.sis[1].preferred = (struct amf_list){middle, 2};
}

static void apart(struct world *w)
{
    failover_first(w);
    w->m.sgs[0].collocation = false;
    w->m.sis[0].n_standby = 2;
}

static void alpha(struct world *w)
{
    either_or(w);
    w->m.sgs[0].pref_active = 3;
    w->m.sgs[0].alpha = 50;
}

static void beta(struct world *w)
{
    either_or(w);
    w->m.sgs[0].pref_active = 3;
    w->m.sgs[0].pref_standby = 2;
    w->m.sgs[0].beta = 50;
    w->m.sgs[0].max_active_sis = 2;
}

static void reducing(struct world *w)
{
    nine_and_three(w);
    w->m.sgs[0].pref_active = 3;
    w->m.sgs[0].pref_standby = 1;
    w->m.sgs[0].reduction = true;
}

static void adjusting(struct world *w)
{
    failover_first(w);
    w->m.sgs[0].auto_adjust = true;
    w->m.sgs[0].pref_inservice = 3;
    w->m.sus[0].rank = 0;
}

static void adjusting_either_or(struct world *w)
{
    either_or(w);
    adjusting(w);
    w->m.sgs[0].max_active_sis = 2;
    w->m.sgs[0].pref_inservice = 4;
}

static void adjusting_tight(struct world *w)
{
    tight_and_few(w);
    adjusting(w);
}

static void si_needs(struct world *w, int si, int other)
{
    int *at = world_ints(w, 1);

    at[0] = other;
    w->m.sis[si].depends = (struct amf_list){at, 1};
}

static void node_needs(struct world *w, int node, int other)
{
    int *at = world_ints(w, 1);

    at[0] = other;
    w->m.nodes[node].depends = (struct amf_list){at, 1};
}

/* The last SI of the last group, and the last node, need the first ones. */
static void across(struct world *w)
{
    failover_first(w);
    si_needs(w, (int)w->m.n_sis - 1, 0);
    node_needs(w, (int)w->m.n_nodes - 1, 0);
}

static void in_a_chain(struct world *w)
{
    for (int i = 2; i < (int)w->m.n_sis; i++)
        si_needs(w, i, i - 2);
}

static void mixed_across(struct world *w)
{
    either_or(w);
    w->m.sgs[1].redundancy = AMF_RED_TWO_N;
    si_needs(w, 2, 1);
    si_needs(w, 3, 0);
}

static void nodes_in_a_chain(struct world *w)
{
    for (int i = 1; i < (int)w->m.n_nodes; i++)
        node_needs(w, i, i - 1);
    si_needs(w, 2, 1);
}

static void some_adjusting(struct world *w)
{
    adjusting(w);
    w->m.sgs[2].auto_adjust = true;
    si_needs(w, 5, 0);
}

/* The first group is the operator's. */
static void custom_needs_2n(struct world *w)
{
    failover_first(w);
    w->m.sgs[1].redundancy = AMF_RED_TWO_N;
    si_needs(w, 0, 2);
    si_needs(w, 3, 1);
}

static const struct sim_shape shapes[] = {
    {"1+1", 1, {AMF_RED_TWO_N, 2, 2, 1, 1, 1}, NULL},
    {"1+1 fail over", 1, {AMF_RED_TWO_N, 2, 2, 1, 1, 1}, failover_first},
    {"2N of 3, two SIs", 1, {AMF_RED_TWO_N, 3, 3, 2, 2, 2}, with_levels},
    {"2N fail over", 1, {AMF_RED_TWO_N, 2, 3, 2, 2, 2}, failover_first},
    {"2N dependencies", 1, {AMF_RED_TWO_N, 2, 2, 2, 2, 2}, with_depends},
    {"2N no repair", 1, {AMF_RED_TWO_N, 2, 3, 2, 1, 2}, no_repair},
    {"2N escalation", 1, {AMF_RED_TWO_N, 3, 3, 2, 2, 2}, escalating},
    {"2N either or", 1, {AMF_RED_TWO_N, 3, 3, 1, 2, 1}, either_or},
    {"no redundancy", 1, {AMF_RED_NO_REDUNDANCY, 2, 4, 1, 3, 1}, failover_first},
    {"no redundancy, NPNP",
     1,
     {AMF_RED_NO_REDUNDANCY, 2, 3, 2, 2, 2},
     no_callbacks_beside},
    {"proxied", 1, {AMF_RED_NO_REDUNDANCY, 2, 4, 1, 2, 1}, proxied},
    {"proxied late", 1, {AMF_RED_NO_REDUNDANCY, 2, 4, 1, 2, 1}, proxied_late},
    {"N-way", 1, {AMF_RED_N_WAY, 3, 3, 2, 3, 2}, failover_first},
    {"N-way dependencies", 1, {AMF_RED_N_WAY, 3, 3, 2, 3, 2}, with_depends},
    {"N-way active", 1, {AMF_RED_N_WAY_ACTIVE, 3, 3, 1, 2, 1}, active_on_two},
    {"M+N", 1, {AMF_RED_M_PLUS_N, 3, 4, 1, 3, 1}, either_or},
    {"M+N 9+3", 1, {AMF_RED_M_PLUS_N, 4, 12, 1, 9, 1}, nine_and_three},
    {"N-way tight", 1, {AMF_RED_N_WAY, 3, 4, 1, 4, 1}, tight},
    {"N-way either or", 1, {AMF_RED_N_WAY, 3, 4, 1, 3, 1}, n_way_either_or},
    {"N-way preferences", 1, {AMF_RED_N_WAY, 2, 4, 1, 3, 1}, preferring},
    {"N-way off the same node", 1, {AMF_RED_N_WAY, 2, 4, 1, 2, 1}, apart},
    {"N-way active few", 1, {AMF_RED_N_WAY_ACTIVE, 3, 4, 2, 3, 2}, tight_and_few},
    {"M+N alpha", 1, {AMF_RED_M_PLUS_N, 3, 5, 1, 4, 1}, alpha},
    {"M+N beta", 1, {AMF_RED_M_PLUS_N, 3, 5, 1, 4, 1}, beta},
    {"M+N reduction", 1, {AMF_RED_M_PLUS_N, 3, 4, 1, 3, 1}, reducing},
    {"2N adjusting", 1, {AMF_RED_TWO_N, 3, 4, 2, 2, 2}, adjusting},
    {"M+N adjusting", 1, {AMF_RED_M_PLUS_N, 3, 5, 1, 4, 1}, adjusting_either_or},
    {"N-way adjusting", 1, {AMF_RED_N_WAY, 3, 5, 1, 4, 1}, adjusting_tight},
    {"N-way active adjusting", 1, {AMF_RED_N_WAY_ACTIVE, 3, 5, 1, 3, 1}, adjusting_tight},
    {"no redundancy adjusting", 1, {AMF_RED_NO_REDUNDANCY, 2, 4, 1, 2, 1}, adjusting},
    {"M+N mixed", 1, {AMF_RED_M_PLUS_N, 3, 4, 2, 4, 2}, failover_first},
    {"two 2N, one needs the other", 2, {AMF_RED_TWO_N, 3, 3, 2, 2, 2}, across},
    {"three N-way in a chain", 3, {AMF_RED_N_WAY, 3, 3, 1, 2, 1}, in_a_chain},
    {"2N needs M+N", 2, {AMF_RED_M_PLUS_N, 3, 4, 1, 2, 1}, mixed_across},
    {"nodes in a chain", 2, {AMF_RED_TWO_N, 4, 3, 1, 2, 1}, nodes_in_a_chain},
    {"three 2N, two adjust", 3, {AMF_RED_TWO_N, 3, 4, 1, 2, 1}, some_adjusting},
    {"N-way adjusting, even", 1, {AMF_RED_N_WAY, 3, 5, 1, 4, 1}, adjusting},
    {"N-way active, all alike", 1, {AMF_RED_N_WAY_ACTIVE, 3, 5, 1, 3, 1}, adjusting},
    {"custom", 1, {AMF_RED_CUSTOM, 3, 3, 1, 2, 1}, failover_first},
    {"custom of two components", 1, {AMF_RED_CUSTOM, 3, 3, 2, 3, 2}, with_levels},
    {"custom either or", 1, {AMF_RED_CUSTOM, 3, 4, 1, 2, 1}, either_or},
    {"custom dependencies", 1, {AMF_RED_CUSTOM, 3, 3, 2, 2, 2}, with_depends},
    {"custom no repair", 1, {AMF_RED_CUSTOM, 2, 4, 2, 2, 2}, no_repair},
    {"custom and 2N", 2, {AMF_RED_CUSTOM, 3, 3, 1, 2, 1}, custom_needs_2n},
};

enum { N_SHAPES = sizeof(shapes) / sizeof(*shapes) };

/* ---- histories ----------------------------------------------------------------------
 */

static bool history(const struct sim_shape *s, uint64_t seed, bool plain, char *why,
                    size_t size)
{
    const struct amf_sim o = {.seed = seed,
                              .faults = 60,
                              .plain = plain,
                              .numbers = true,
                              .aloud = getenv("AMF_SIM_SEED") ? stderr : NULL};
    struct world *w = world_new_groups(&s->shape, s->groups);
    bool ok;

    w->twin_every = seed % 32 == 0 ? 7 : 0; /* it costs several times the rest */
    if (s->adapt)
        s->adapt(w);
    ok = amf_sim_history(w, &o, why, size, NULL);
    world_free(w);
    return ok;
}

static void try_seeds(const struct sim_shape *s, uint64_t from, uint64_t n)
{
    char why[256] = "";

    for (uint64_t seed = from; seed < from + n; seed++)
        cr_assert(history(s, seed, false, why, sizeof(why)), "%s, seed %llu: %s", s->name,
                  (unsigned long long)seed, why);
}

/* More than 20,000 histories where they are cheap; fewer under a sanitizer. */
#ifdef __SANITIZE_ADDRESS__
enum { RUNS = 100 };
#else
enum { RUNS = 750 };
#endif

/* A large shape takes several times as long as the others. */
static uint64_t runs_of(const struct sim_shape *s)
{
    const char *runs = getenv("AMF_SIM_RUNS");

    if (runs)
        return strtoull(runs, NULL, 10);
    return s->groups * s->shape.sus > 6 ? RUNS / 4 : RUNS;
}

ParameterizedTestParameters(amf_engine_sim, invariants_hold_through_random_faults)
{
    static size_t index[N_SHAPES];

    for (size_t i = 0; i < N_SHAPES; i++)
        index[i] = i;
    return cr_make_param_array(size_t, index, N_SHAPES);
}

ParameterizedTest(const size_t *index, amf_engine_sim,
                  invariants_hold_through_random_faults, .timeout = 110)
{
    const char *seed = getenv("AMF_SIM_SEED"), *only = getenv("AMF_SIM_SHAPE");
    const char *from = getenv("AMF_SIM_FROM");
    const struct sim_shape *s = &shapes[*index];
    char why[256] = "";

    if (only && strcmp(only, s->name) != 0)
        return;
    if (seed)
        cr_expect(history(s, strtoull(seed, NULL, 10), false, why, sizeof(why)), "%s",
                  why);
    else
        try_seeds(s, from ? strtoull(from, NULL, 10) : 1, runs_of(s));
}

/* What longer runs have found, each a fault of the engine once. */
Test(amf_engine_seeds, seeds_that_broke_something_hold, .timeout = 60)
{
    static const struct {
        const char *shape;
        uint64_t seed;
        bool wide; /* with all operations; the others are older than some of them */
    } known[] = {
        {"N-way either or", 14, false},
        {"M+N reduction", 257, false},
        {"N-way active few", 600, false},
        {"M+N alpha", 774, false},
        {"M+N 9+3", 831, false},
        {"M+N mixed", 590, false},
        {"N-way dependencies", 101717, false},
        {"M+N", 102678, false},
        {"N-way dependencies", 116, false},
        {"N-way dependencies", 401807, false},
        {"2N dependencies", 700982, false},
        {"proxied", 16, false},
        {"proxied", 1734, false},
        {"M+N reduction", 17, true},
        {"N-way active, all alike", 1, true},
        {"N-way tight", 46, true},
        {"two 2N, one needs the other", 33, false},
        {"two 2N, one needs the other", 98, false},
        {"two 2N, one needs the other", 340, false},
        {"custom dependencies", 3376, true},
        {"custom either or", 103191, true},
    };
    char why[256] = "";

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        for (size_t k = 0; k < N_SHAPES; k++)
            cr_expect(
                strcmp(shapes[k].name, known[i].shape) != 0 ||
                    history(&shapes[k], known[i].seed, !known[i].wide, why, sizeof(why)),
                "%s, seed %llu: %s", known[i].shape, (unsigned long long)known[i].seed,
                why);
}
