/* SPDX-License-Identifier: Apache-2.0 */
/* autoAdjust: work moves to better-ranked SUs, when nothing else goes on. */
#include <criterion/criterion.h>

#include "amf_story.h"

static struct world *adjusting(enum amf_redundancy r, int sus, int sis)
{
    struct world *w = world_new(&(struct world_shape){r, sus, sus, 1, sis, 1});

    w->m.sgs[0].auto_adjust = true;
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    return w;
}

Test(amf_adjust, a_repaired_su_gets_its_work_back_after_the_probation)
{
    struct world *w = adjusting(AMF_RED_TWO_N, 2, 1);

    settled(w, false);
    world_crash(w, 0);
    world_run(w, 40000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[20001] set comp2 csi1 QUIESCED TARGET_ONE\n"
                "[20006] set comp1 ACTIVE TARGET_ALL QUIESCED active=comp2\n"
                "[20006] remove comp2 csi1 TARGET_ONE\n"
                "[20011] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_adjust, a_better_su_that_comes_late_becomes_active_in_two_steps)
{
    struct world *w = adjusting(AMF_RED_TWO_N, 3, 1);

    world_begin(w);
    world_node_up(w, 1);
    world_node_up(w, 2);
    world_run(w, 20000);
    world_forget(w);
    world_node_up(w, 0);
    world_run(w, 60000);
    story_is(w, "[20000] launch comp1\n"
                "[30000] remove comp3 csi1 TARGET_ONE\n"
                "[30005] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[33010] set comp2 csi1 QUIESCED TARGET_ONE\n"
                "[33015] set comp1 ACTIVE TARGET_ALL QUIESCED active=comp2\n"
                "[33015] remove comp2 csi1 TARGET_ONE\n"
                "[33020] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_adjust, rank_0_is_the_least_preferred_here)
{
    struct world *w = adjusting(AMF_RED_TWO_N, 2, 1);

    w->m.sus[0].rank = 0;
    settled(w, true);
    world_run(w, 40000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp2 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[ 5000] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_adjust, a_better_su_is_started_and_the_surplus_one_ends)
{
    struct world *w = adjusting(AMF_RED_TWO_N, 3, 1);

    w->m.sgs[0].pref_inservice = 2;
    w->m.sus[0].admin = AMF_ADMIN_LOCKED_I;
    settled(w, false);
    world_run(w, 20000);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 21000);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0);
    world_run(w, 60000);
    story_is(w, "[21000] launch comp1\n"
                "[21010] remove comp3 csi1 TARGET_ONE\n"
                "[21015] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[24020] set comp2 csi1 QUIESCED TARGET_ONE\n"
                "[24025] set comp1 ACTIVE TARGET_ALL QUIESCED active=comp2\n"
                "[24025] remove comp2 csi1 TARGET_ONE\n"
                "[24030] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[27035] terminate comp3\n");
    world_end(w);
}

Test(amf_adjust, n_way_active_moves_the_worst_to_the_better)
{
    struct world *w = adjusting(AMF_RED_N_WAY_ACTIVE, 3, 2);

    w->m.sgs[0].pref_assigned = 2;
    w->m.sgs[0].max_active_sis = 1;
    world_begin(w);
    world_node_up(w, 1);
    world_node_up(w, 2);
    world_run(w, 20000);
    world_forget(w);
    world_node_up(w, 0);
    world_run(w, 60000);
    story_is(w, "[20000] launch comp1\n"
                "[30000] set comp3 csi2 QUIESCED TARGET_ONE\n"
                "[30005] remove comp3 csi2 TARGET_ONE\n"
                "[30010] set comp1 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n");
    world_end(w);
}

/* There is less work than places: the best-ranked ones get it all the same. */
Test(amf_adjust, n_way_active_moves_to_the_better_also_when_places_are_left)
{
    struct world *w = adjusting(AMF_RED_N_WAY_ACTIVE, 3, 1);

    world_begin(w);
    world_node_up(w, 1);
    world_node_up(w, 2);
    world_run(w, 20000);
    world_forget(w);
    world_node_up(w, 0);
    world_run(w, 60000);
    story_is(w, "[20000] launch comp1\n"
                "[30000] set comp2 csi1 QUIESCED TARGET_ONE\n"
                "[30005] remove comp2 csi1 TARGET_ONE\n"
                "[30010] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n");
    world_end(w);
}

Test(amf_adjust, m_plus_n_comes_to_the_order_of_ranks)
{
    struct world *w = adjusting(AMF_RED_M_PLUS_N, 4, 2);

    w->m.sgs[0].pref_active = 2;
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].capability = AMF_CAP_X_ACTIVE_OR_Y_STANDBY;
    world_begin(w);
    for (int i = 1; i < 4; i++)
        world_node_up(w, i);
    world_run(w, 20000);
    world_forget(w);
    world_node_up(w, 0);
    world_run(w, 80000);
    story_is(w, "[20000] launch comp1\n"
                "[30000] remove comp4 csi1 TARGET_ONE\n"
                "[30000] remove comp4 csi2 TARGET_ONE\n"
                "[30005] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[30005] set comp1 csi2 STANDBY ADD_ONE active=comp3 rank=1 attrs\n"
                "[33010] set comp3 csi2 QUIESCED TARGET_ONE\n"
                "[33015] remove comp1 csi1 TARGET_ONE\n"
                "[33020] set comp1 csi2 ACTIVE TARGET_ONE QUIESCED active=comp3\n"
                "[33020] remove comp3 csi2 TARGET_ONE\n"
                "[33025] set comp3 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[33025] set comp3 csi2 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_adjust, the_operator_turns_it_on_and_off)
{
    struct world *w = adjusting(AMF_RED_TWO_N, 2, 1);
    const struct amf_event adjust = {
        .type = AMF_EV_ADMIN, .kind = AMF_KIND_SG, .op = AMF_OP_SG_ADJUST, .arg = 1};
    struct amf_event off = adjust;

    off.arg = 0;
    w->m.sgs[0].auto_adjust = false;
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 40000);
    world_forget(w);
    world_feed(w, &adjust);
    world_run(w, 41000);
    world_feed(w, &off);
    world_crash(w, 0);
    world_run(w, 80000);
    story_is(w, "[40000] set comp2 csi1 QUIESCED TARGET_ONE\n"
                "[40005] set comp1 ACTIVE TARGET_ALL QUIESCED active=comp2\n"
                "[40005] remove comp2 csi1 TARGET_ONE\n"
                "[40010] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[41000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[41000] kill comp1\n"
                "[41001] launch comp1\n"
                "[41011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_adjust, an_su_that_an_si_prefers_keeps_it)
{
    static int wish = 1;
    struct world *w = adjusting(AMF_RED_N_WAY, 2, 1);

    w->m.sgs[0].pref_assigned = 1;
    w->m.sgs[0].loading = AMF_LOAD_BY_SI_PREFERENCE;
    w->m.sis[0].n_standby = 0;
    w->m.sis[0].preferred = (struct amf_list){&wish, 1};
    settled(w, false);
    world_run(w, 60000);
    story_is(w, "");
    world_end(w);
}
