/* SPDX-License-Identifier: Apache-2.0 */
/* What may be decided without the cluster, and for how long. */
#include "amf/amf_ahead.h"
#include "amf/amf_log_probe.h"
#include "amf_story.h"

#define TOLD ((UINT64_C(0x23) << 32) | 0x80000001)

static const bool first_only[] = {true, false};

static struct world *restartable_pair(void)
{
    struct world *w = pair();
    size_t i;

    for (i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].restartable = true;
    for (i = 0; i < w->m.n_sus; i++)
        w->m.sus[i].restartable = true;
    return w;
}

/* At rest; comp1 is active and ours, comp2 is standby and another daemon's. */
static struct amf_ahead *ahead_of(struct world *w)
{
    static const uint32_t generation[] = {7, 3};
    struct amf_ahead *a;

    settled(w, false);
    a = amf_ahead_new(&w->m, w->e, generation, first_only, w->now_ms);
    cr_assert_not_null(a);
    return a;
}

static void end(struct world *w, struct amf_ahead *a)
{
    amf_ahead_free(a);
    world_end(w);
}

static bool feed(struct amf_ahead *a, struct world *w, enum amf_event_type type, int comp,
                 uint32_t generation)
{
    const struct amf_wire_event e = {.ev = {.type = type, .index = comp, .proxy = -1},
                                     .generation = generation};

    return amf_ahead_feed(a, w->e, &e, w->now_ms);
}

static bool answer(struct amf_ahead *a, struct world *w, uint64_t invocation)
{
    const struct amf_wire_event e = {
        .ev = {.type = AMF_EV_RESPONSE, .invocation = invocation, .ok = true}};

    return amf_ahead_feed(a, w->e, &e, w->now_ms);
}

static void ordered(const struct amf_ahead *a, size_t i, enum amf_action_type type)
{
    cr_assert_eq(a->n_orders, i + 1, "%zu orders", a->n_orders);
    cr_expect_eq(a->orders[i].type, type, "order %zu is a %d", i, (int)a->orders[i].type);
    cr_expect_eq(a->orders[i].comp, 0);
}

/* From its death, with that many orders before it, to the answer to its work. */
static void restart(struct amf_ahead *a, struct world *w, uint32_t generation)
{
    const size_t n = a->n_orders;

    cr_assert(feed(a, w, AMF_EV_EXITED, 0, generation));
    ordered(a, n, AMF_DO_KILL);
    cr_assert(feed(a, w, AMF_EV_EXITED, 0, generation + 1));
    ordered(a, n + 1, AMF_DO_LAUNCH);
    cr_assert(feed(a, w, AMF_EV_LAUNCHED, 0, generation + 2));
    cr_assert(feed(a, w, AMF_EV_REGISTERED, 0, generation + 2));
    ordered(a, n + 2, AMF_DO_CSI_SET);
    cr_expect_eq(a->orders[n + 2].set.ha, AMF_HA_ACTIVE);
    a->orders[n + 2].told = TOLD + n;
    cr_assert(answer(a, w, TOLD + n));
}

/* The engine of the cluster gives these orders, in this order, when it reads the facts.
 */
static void expect_the_same(const struct amf_ahead *a, struct world *w)
{
    size_t i, k, at = 0;

    for (i = 0; i < a->n_facts; i++) {
        const struct amf_wire_event fact = amf_ahead_fact(a, i);

        amf_engine_step(w->e, w->now_ms, &fact.ev, &w->out);
        for (k = 0; k < w->out.n; k++)
            if (at < a->n_orders && amf_ahead_is(&a->orders[at], &w->out.at[k])) {
                if (w->out.at[k].type == AMF_DO_CSI_SET)
                    cr_expect_eq(a->orders[at].set.invocation,
                                 w->out.at[k].set.invocation);
                at++;
            }
    }
    cr_expect_eq(at, a->n_orders, "%zu of %zu orders", at, a->n_orders);
    cr_expect_eq(amf_engine_ha(w->e, 0, 0), AMF_HA_ACTIVE);
    cr_expect_null(amf_engine_check(w->e));
}

Test(amf_ahead, a_restart_in_place_gives_back_what_it_had)
{
    struct world *w = restartable_pair();
    struct amf_ahead *a = ahead_of(w);

    restart(a, w, 7);
    cr_expect_eq(amf_engine_ha(a->engine, 0, 0), AMF_HA_ACTIVE);
    cr_expect_eq(amf_engine_ha(a->engine, 1, 0), AMF_HA_STANDBY);
    cr_expect_eq(amf_engine_launches(w->e, 0), 1, "the cluster knows of none");
    cr_expect(a->touched[0] && !a->touched[1]);
    expect_the_same(a, w);
    end(w, a);
}

Test(amf_ahead, a_fail_over_is_the_clusters)
{
    struct world *w = pair();
    struct amf_ahead *a;

    w->m.comps[0].restartable = false;
    w->m.comps[0].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    a = ahead_of(w);
    cr_expect(!feed(a, w, AMF_EV_EXITED, 0, 7));
    cr_expect_eq(a->n_orders, 0);
    cr_expect_eq(a->n_facts, 0);
    end(w, a);
}

Test(amf_ahead, components_of_others_are_the_clusters)
{
    struct world *w = restartable_pair();
    struct amf_ahead *a = ahead_of(w);

    cr_expect(!feed(a, w, AMF_EV_EXITED, 1, 3));
    end(w, a);
}

Test(amf_ahead, one_crash_too_many_is_the_clusters)
{
    struct world *w = restartable_pair();
    struct amf_ahead *a;

    w->m.sgs[0].comp_restart_max = 1;
    w->m.sgs[0].su_restart_max = 1;
    a = ahead_of(w);
    restart(a, w, 7);
    restart(a, w, 9);
    cr_expect(!feed(a, w, AMF_EV_EXITED, 0, 11));
    cr_expect_eq(a->n_orders, 6);
    end(w, a);
}

Test(amf_ahead, what_an_order_has_overtaken_is_passed_over)
{
    struct world *w = restartable_pair();
    struct amf_ahead *a = ahead_of(w);

    cr_expect(feed(a, w, AMF_EV_EXITED, 0, 6));
    cr_expect_eq(a->n_orders, 0);
    restart(a, w, 7);
    cr_expect(feed(a, w, AMF_EV_EXITED, 0, 8));
    cr_expect_eq(a->n_orders, 3);
    end(w, a);
}

Test(amf_ahead, the_same_is_decided_again_under_other_numbers)
{
    static const uint32_t generation[] = {7, 5};
    struct world *w = restartable_pair();
    struct amf_ahead *a = ahead_of(w);
    uint64_t before;

    restart(a, w, 7);
    before = a->orders[2].set.invocation;
    world_crash(w, 1); /* the other daemon's component takes numbers meanwhile */
    world_run(w, w->now_ms + 5000);
    cr_assert(amf_ahead_again(a, w->e, generation, w->now_ms));
    cr_expect_neq(a->orders[2].set.invocation, before);
    cr_expect_eq(a->orders[2].told, TOLD);
    expect_the_same(a, w);
    end(w, a);
}

Test(amf_ahead, something_else_is_decided_after_a_lock)
{
    static const uint32_t generation[] = {7, 3};
    struct world *w = restartable_pair();
    struct amf_ahead *a = ahead_of(w);

    restart(a, w, 7);
    cr_assert_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0), 0);
    cr_expect(!amf_ahead_again(a, w->e, generation, w->now_ms));
    end(w, a);
}

/* The cluster reads all of it at once, and counts it within one window. */
Test(amf_ahead, crashes_that_were_far_apart_may_be_too_many_at_once)
{
    static const uint32_t generation[] = {7, 3};
    struct world *w = restartable_pair();
    struct amf_ahead *a;

    w->m.sgs[0].comp_restart_max = 1;
    w->m.sgs[0].su_restart_max = 0;
    a = ahead_of(w);
    restart(a, w, 7);
    w->now_ms += w->m.sgs[0].comp_restart_ms + 1;
    restart(a, w, 9);
    cr_expect(!amf_ahead_again(a, w->e, generation, w->now_ms));
    end(w, a);
}

/* ---- for how long --------------------------------------------------------------------
 */

Test(amf_probe, it_is_safe_for_three_quarters_of_a_lease)
{
    struct amf_probe_times t = {.lease_ns = 1000};

    amf_probe_times_gone(&t, 100, 100);
    cr_expect(!t.gone, "the store was never there");
    amf_probe_times_heard(&t, 5000);
    cr_expect_eq(t.safe_ns, 5750);
    cr_expect(!t.gone);
}

Test(amf_probe, each_look_in_time_makes_it_longer)
{
    struct amf_probe_times t = {.lease_ns = 1000};

    amf_probe_times_heard(&t, 5000);
    amf_probe_times_gone(&t, 5400, 5400);
    cr_expect(t.gone);
    cr_expect_eq(t.safe_ns, 5750);
    amf_probe_times_gone(&t, 5700, 5700);
    cr_expect_eq(t.safe_ns, 5950);
    amf_probe_times_gone(&t, 5940, 5940);
    amf_probe_times_gone(&t, 6180, 6180);
    cr_expect_eq(t.safe_ns, 6680, "%d: after a lease nobody is blamed at once",
                 (int)t.safe_ns);
    amf_probe_times_gone(&t, 6700, 6700);
    cr_expect_eq(t.safe_ns, 6680, "others may have had it between 6680 and 6700");
    amf_probe_times_heard(&t, 9000);
    cr_expect_eq(t.safe_ns, 9750);
    cr_expect(!t.gone);
}

Test(amf_probe, sentinels_may_notice_late_that_it_was_away_all_the_time)
{
    struct amf_probe_times t = {.lease_ns = 1000};

    amf_probe_times_heard(&t, 5000);
    amf_probe_times_gone(&t, 5800, 15000);
    cr_expect(!t.gone);
    amf_probe_times_gone(&t, 5200, 15000);
    cr_expect(t.gone);
    cr_expect_eq(t.safe_ns, 15500);
}
