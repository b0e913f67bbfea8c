/* SPDX-License-Identifier: Apache-2.0 */
/* The other redundancy models, and components that are no ordinary processes. */
#include <criterion/criterion.h>

#include <string.h>

#include "amf_story.h"

static struct world *group(enum amf_redundancy r, int sus, int sis)
{
    return world_new(&(struct world_shape){r, sus, sus, 1, sis, 1});
}

static void fail_over(struct world *w)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
}

/* ---- no redundancy, N-way active ----------------------------------------- */

Test(amf_models, no_redundancy_gives_each_si_an_su_of_its_own)
{
    struct world *w = group(AMF_RED_NO_REDUNDANCY, 3, 2);

    fail_over(w);
    settled(w, true);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[10000] set comp3 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp3 attrs\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n");
    world_end(w);
}

Test(amf_models, n_way_active_has_several_actives_and_no_standby)
{
    struct world *w = group(AMF_RED_N_WAY_ACTIVE, 3, 1);

    w->m.sgs[0].pref_active_per_si = 2;
    settled(w, true);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 20000);
    cr_expect_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_BAD_OPERATION);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10000] set comp3 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp3 attrs\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

/* ---- M+N ----------------------------------------------------------------- */

static struct world *two_plus_one(void)
{
    struct world *w = group(AMF_RED_M_PLUS_N, 3, 2);

    w->m.sgs[0].pref_active = 2;
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].capability = AMF_CAP_X_ACTIVE_OR_Y_STANDBY;
    fail_over(w);
    return w;
}

Test(amf_models, m_plus_n_promotes_the_common_standby_after_it_dropped_the_rest)
{
    struct world *w = two_plus_one();

    settled(w, true);
    world_crash(w, 1);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[ 5000] set comp3 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5000] set comp3 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[10000] remove comp3 csi1 TARGET_ONE\n"
                "[10000] kill comp2\n"
                "[10001] launch comp2\n"
                "[10005] set comp3 csi2 ACTIVE TARGET_ONE NOT_QUIESCED active=comp2\n"
                "[10011] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[10011] set comp2 csi2 STANDBY ADD_ONE active=comp3 rank=1 attrs\n");
    world_end(w);
}

Test(amf_models, m_plus_n_swap_hands_the_other_standbys_over)
{
    struct world *w = two_plus_one();

    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10000] remove comp3 csi2 TARGET_ONE\n"
                "[10005] set comp1 csi1 STANDBY ADD_ONE active=comp3 rank=2 attrs\n"
                "[10005] set comp3 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n"
                "[10005] set comp1 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

/* ---- N-way --------------------------------------------------------------- */

Test(amf_models, n_way_spreads_actives_and_ranks_standbys)
{
    struct world *w = group(AMF_RED_N_WAY, 3, 2);

    w->m.sis[0].n_standby = 2;
    fail_over(w);
    settled(w, true);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5000] set comp3 csi1 STANDBY ADD_ONE active=comp1 rank=2 attrs\n"
                "[ 5000] set comp1 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[10000] set comp2 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n"
                "[10000] set comp3 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=2 attrs\n");
    world_end(w);
}

Test(amf_models, si_preference_decides_who_is_asked_first)
{
    static int wish = 2;
    struct world *w = group(AMF_RED_N_WAY, 3, 1);

    w->m.sgs[0].loading = AMF_LOAD_BY_SI_PREFERENCE;
    w->m.sis[0].preferred = (struct amf_list){&wish, 1};
    settled(w, true);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp3 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp3 attrs\n"
                "[ 5000] set comp1 csi1 STANDBY ADD_ONE active=comp3 rank=1 attrs\n");
    world_end(w);
}

Test(amf_models, least_su_assigned_fills_an_su_before_it_takes_another)
{
    struct world *w = group(AMF_RED_N_WAY_ACTIVE, 3, 3);

    w->m.sgs[0].loading = AMF_LOAD_LEAST_SU_ASSIGNED;
    w->m.sgs[0].max_active_sis = 2;
    settled(w, true);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp1 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi3 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n");
    world_end(w);
}

Test(amf_models, active_and_standby_may_be_kept_off_the_same_node)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 1, 2, 1, 1, 1});

    w->m.sgs[0].collocation = false;
    settled(w, true);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n");
    world_end(w);
}

Test(amf_models, a_custom_group_is_left_to_the_operator)
{
    struct world *w = group(AMF_RED_CUSTOM, 2, 1);

    settled(w, true);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n");
    world_end(w);
}

/* ---- dependencies -------------------------------------------------------- */

Test(amf_models, an_si_is_assigned_after_and_locked_with_what_it_depends_on)
{
    static int second = 1;
    struct world *w = group(AMF_RED_TWO_N, 2, 2);

    w->m.sis[0].depends = (struct amf_list){&second, 1};
    settled(w, true);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SI, 1);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi2 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5005] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5005] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10000] set comp1 csi2 QUIESCED TARGET_ONE\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10000] remove comp2 csi2 TARGET_ONE\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[10005] remove comp1 csi2 TARGET_ONE\n");
    world_end(w);
}

/* Two pairs; the work of the second needs that of the first. */
static struct world *two_pairs(void)
{
    static int first = 0;
    struct world *w =
        world_new_groups(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 1, 1, 1}, 2);

    w->m.sis[1].depends = (struct amf_list){&first, 1};
    return w;
}

Test(amf_models, an_si_waits_for_one_in_another_group)
{
    struct world *w = two_pairs();

    settled(w, true);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SI, 0);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp3\n"
                "[    0] launch comp2\n"
                "[    0] launch comp4\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5005] set comp3 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp3 attrs\n"
                "[ 5005] set comp4 csi2 STANDBY ADD_ONE active=comp3 rank=1 attrs\n"
                "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10000] set comp3 csi2 QUIESCED TARGET_ONE\n"
                "[10000] remove comp4 csi2 TARGET_ONE\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[10005] remove comp3 csi2 TARGET_ONE\n");
    world_end(w);
}

/* Nobody is active for the first SI, so nobody can take the second over: its old active
 * is not kept waiting for that. */
Test(amf_models, a_shutdown_ends_although_the_heir_waits_for_another_group)
{
    struct world *w = two_pairs();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 11000);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 12000);
    world_forget(w);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 2);
    world_run(w, 13000);
    story_is(w, "[12000] set comp3 csi2 QUIESCING TARGET_ONE\n"
                "[12020] remove comp3 csi2 TARGET_ONE\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 2), AMF_ADMIN_LOCKED_A);
    world_forget(w);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[13000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[13005] set comp4 csi2 ACTIVE TARGET_ONE QUIESCED active=comp3\n");
    world_end(w);
}

Test(amf_models, a_node_is_locked_with_what_it_depends_on)
{
    static int second = 1;
    struct world *w = pair();

    w->m.nodes[0].depends = (struct amf_list){&second, 1};
    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_NODE, 1);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

/* ---- components that are no ordinary processes --------------------------- */

Test(amf_models, a_process_without_callbacks_runs_while_it_has_work)
{
    struct world *w = group(AMF_RED_NO_REDUNDANCY, 2, 1);

    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].property = AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
    settled(w, true);
    world_crash(w, 0);
    world_run(w, 11000);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[ 5000] launch comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[11000] terminate comp1\n"
                "[11005] launch comp2\n");
    world_end(w);
}

/* Node 1: a proxy in su1 with the proxy CSI of si1; su2 has the proxied component. */
static struct world *with_proxy(enum amf_property p)
{
    struct world *w = group(AMF_RED_NO_REDUNDANCY, 2, 2);

    w->m.comps[1].property = p;
    w->m.comps[1].proxy_csi_type = world_text(w, "proxy");
    w->m.csis[0].type = world_text(w, "proxy");
    w->m.comps[0].csi_types[0] = world_text(w, "proxy");
    return w;
}

Test(amf_models, a_proxied_component_lives_by_its_proxy)
{
    struct world *w = with_proxy(AMF_PROP_PROXIED_PREINSTANTIABLE);

    settled(w, true);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 11000);
    world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 1);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5005] instantiate comp2 by comp1\n"
                "[ 5010] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[10000] set comp2 csi2 QUIESCED TARGET_ONE\n"
                "[10005] remove comp2 csi2 TARGET_ONE\n"
                "[11000] terminate comp2\n");
    world_end(w);
}

Test(amf_models, a_proxied_component_gets_its_work_back_with_its_proxy)
{
    struct world *w = with_proxy(AMF_PROP_PROXIED_PREINSTANTIABLE);

    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(
        w,
        "[10000] kill comp1\n"
        "[10001] launch comp1\n"
        "[10011] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN active=comp1 attrs\n"
        "[10011] instantiate comp2 by comp1\n"
        "[10016] set comp2 csi2 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN active=comp2 "
        "attrs\n");
    world_end(w);
}

/* Its proxy is being killed: what it would be told then would be lost. */
Test(amf_models, a_proxied_component_is_told_nothing_by_a_proxy_that_is_killed)
{
    struct world *w = with_proxy(AMF_PROP_PROXIED_PREINSTANTIABLE);

    w->comp[0].kill_ms = 500;
    settled(w, false);
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SI, 1);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10500] launch comp1\n"
                "[10510] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[10515] instantiate comp2 by comp1\n");
    world_end(w);
}

/* Nothing is under way then, so the lock can be taken back; which brings the proxy. */
Test(amf_models, a_group_whose_proxied_component_waits_can_be_unlocked)
{
    struct world *w = with_proxy(AMF_PROP_PROXIED_PREINSTANTIABLE);

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SG, 0);
    world_run(w, 11000);
    world_crash(w, 0);
    world_run(w, 12000);
    world_forget(w);
    cr_expect_eq(amf_engine_presence(w->e, 1), AMF_PRES_RESTARTING);
    cr_expect_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SG, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[12000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[12005] instantiate comp2 by comp1\n"
                "[12010] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n");
    world_end(w);
}

Test(amf_models, a_proxied_component_that_is_not_preinstantiable_starts_with_its_set)
{
    struct world *w = with_proxy(AMF_PROP_PROXIED_NON_PREINSTANTIABLE);

    settled(w, true);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SI, 1);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5005] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[10000] set comp2 csi2 QUIESCED TARGET_ONE\n"
                "[10005] remove comp2 csi2 TARGET_ONE\n");
    cr_expect_eq(amf_engine_presence(w->e, 1), AMF_PRES_UNINSTANTIATED);
    world_end(w);
}

/* ---- protection groups --------------------------------------------------- */

static void pg_told(const struct world *w, char *text, size_t size)
{
    static const char *const ha[] = {"NONE", "ACTIVE", "STANDBY", "QUIESCED",
                                     "QUIESCING"};

    for (size_t i = 0; i < w->out.n; i++) {
        const struct amf_action *a = &w->out.at[i];
        const size_t used = strlen(text);

        if (a->type == AMF_DO_PG_CHANGE)
            snprintf(text + used, size - used, "%s %s %d; ", w->m.comps[a->set.comp].name,
                     ha[a->set.ha], a->pg_change);
    }
}

Test(amf_models, a_protection_group_hears_of_added_quiesced_and_removed_members)
{
    struct world *w = pair();
    char told[256] = "";

    settled(w, false);
    w->comp[0].answer_ms = 4; /* so that each answer is a step of its own */
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    for (size_t i = 0; i < 20; i++) {
        w->out.n = 0;
        world_run(w, 10000 + (int64_t)i);
        pg_told(w, told, sizeof(told));
    }
    cr_expect_str_eq(told, "comp1 QUIESCED 4; comp1 QUIESCED 3; comp2 ACTIVE 2; ", "%s",
                     told);
    world_end(w);
}
