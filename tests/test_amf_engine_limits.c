/* SPDX-License-Identifier: Apache-2.0 */
/* How much an SU and a group may hold, and what becomes of what does not fit. */
#include <criterion/criterion.h>

#include "amf_story.h"

/* One component in each SU, each SU on a node of its own; a crash fails over. */
static struct world *group(enum amf_redundancy r, int sus, int sis)
{
    struct world *w = world_new(&(struct world_shape){r, sus, sus, 1, sis, 1});

    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    return w;
}

static void either_or(struct world *w)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].capability = AMF_CAP_X_ACTIVE_OR_Y_STANDBY;
}

static struct world *m_plus_n(uint32_t m, uint32_t n, int sus, int sis)
{
    struct world *w = group(AMF_RED_M_PLUS_N, sus, sis);

    w->m.sgs[0].pref_active = m;
    w->m.sgs[0].pref_standby = n;
    either_or(w);
    return w;
}

/* ---- an incomplete group -------------------------------------------------- */

Test(amf_limits, alpha_limits_the_actives_of_an_incomplete_group)
{
    struct world *w = m_plus_n(2, 1, 3, 2);

    w->m.sgs[0].alpha = 50;
    world_begin(w);
    world_node_up(w, 0);
    world_node_up(w, 1);
    world_run(w, 10000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp1 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5000] set comp2 csi2 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

/* 3+2 with 3 SUs and beta 50: one standby SU, so two are left for the active work. */
Test(amf_limits, beta_keeps_standbys_in_an_incomplete_group)
{
    struct world *w = m_plus_n(3, 2, 5, 3);

    w->m.sgs[0].beta = 50;
    world_begin(w);
    for (int i = 0; i < 3; i++)
        world_node_up(w, i);
    world_run(w, 10000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[ 5000] set comp1 csi3 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp3 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5000] set comp3 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[ 5000] set comp3 csi3 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

/* The complete group has M actives whatever alpha is. */
Test(amf_limits, a_complete_group_has_all_its_actives)
{
    struct world *w = m_plus_n(2, 1, 3, 3);

    w->m.sgs[0].alpha = 50;
    w->m.sgs[0].max_active_sis = 1;
    settled(w, true);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[    0] launch comp3\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[ 5000] set comp3 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5000] set comp3 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_limits, reduction_turns_a_standby_into_an_active)
{
    struct world *w = m_plus_n(2, 1, 3, 2);

    w->m.sgs[0].reduction = true;
    w->m.sgs[0].max_active_sis = 1;
    w->m.sis[1].admin = AMF_ADMIN_LOCKED_A;
    world_begin(w);
    world_node_up(w, 0);
    world_node_up(w, 1);
    world_run(w, 10000);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SI, 1);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10005] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n");
    world_end(w);
}

/* With one node missing alpha allows one active: what the standby gave up would only be
 * assigned to it again. */
Test(amf_limits, reduction_gives_nothing_up_for_an_active_that_alpha_forbids)
{
    struct world *w = m_plus_n(2, 1, 3, 2);

    w->m.sgs[0].reduction = true;
    w->m.sgs[0].max_active_sis = 1;
    w->m.sgs[0].alpha = 50;
    w->m.sis[1].admin = AMF_ADMIN_LOCKED_A;
    world_begin(w);
    world_node_up(w, 0);
    world_node_up(w, 1);
    world_run(w, 10000);
    world_forget(w);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SI, 1);
    world_run(w, 20000);
    story_is(w, "");
    world_end(w);
}

Test(amf_limits, without_reduction_the_standby_stays)
{
    struct world *w = m_plus_n(2, 1, 3, 2);

    w->m.sgs[0].max_active_sis = 1;
    w->m.sis[1].admin = AMF_ADMIN_LOCKED_A;
    world_begin(w);
    world_node_up(w, 0);
    world_node_up(w, 1);
    world_run(w, 10000);
    world_forget(w);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SI, 1);
    world_run(w, 20000);
    story_is(w, "");
    world_end(w);
}

/* ---- an SU that is full ---------------------------------------------------- */

Test(amf_limits, a_standby_in_a_full_su_waits_until_there_is_room)
{
    struct world *w = group(AMF_RED_N_WAY, 2, 2);

    w->m.sgs[0].max_active_sis = 1;
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[10011] set comp1 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_limits, a_swap_that_does_not_fit_is_refused)
{
    struct world *w = group(AMF_RED_N_WAY, 2, 2);

    w->m.sgs[0].max_active_sis = 1;
    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_BAD_OPERATION);
    world_run(w, 20000);
    story_is(w, "");
    world_end(w);
}

/* While it finishes, its place is taken; so it has to go when that is taken back. */
Test(amf_limits, a_shutdown_is_not_taken_back_when_its_place_is_taken)
{
    struct world *w = group(AMF_RED_N_WAY_ACTIVE, 1, 2);

    w->m.sgs[0].max_active_sis = 1;
    w->comp[0].quiesce_ms = 1000;
    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SI, 0);
    world_run(w, 10500);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SI, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10000] set comp1 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[10500] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10505] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

/* Reduction looks for standbys to give up; the old active of a swap is none yet. */
Test(amf_limits, the_old_active_of_a_swap_is_not_reduced)
{
    struct world *w = m_plus_n(2, 1, 3, 2);

    w->m.sgs[0].reduction = true;
    w->m.sgs[0].max_active_sis = 1;
    w->comp[0].answer_ms = 500;
    settled(w, false);
    w->comp[1].launch_ms = 800;
    cr_expect_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_OK);
    world_crash(w, 1);
    world_run(w, 20000);
    story_is(w, "[10000] remove comp3 csi2 TARGET_ONE\n"
                "[10000] kill comp2\n"
                "[10001] launch comp2\n"
                "[10005] set comp1 csi1 STANDBY ADD_ONE active=comp3 rank=2 attrs\n"
                "[10005] set comp3 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n"
                "[10505] remove comp1 csi1 TARGET_ONE\n"
                "[10801] set comp2 csi2 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[11005] set comp1 csi1 STANDBY ADD_ONE active=comp3 rank=1 attrs\n"
                "[11005] set comp1 csi2 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}
