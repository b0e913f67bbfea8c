/* SPDX-License-Identifier: Apache-2.0 */
/* Which faults count, what they are taken for, and what the counting ends in. */
#include <criterion/criterion.h>

#include "amf_story.h"

#define GIVEN_BACK                                                                       \
    "set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN active=comp1 attrs\n"

/* ---- reports that are dropped -------------------------------------------- */

Test(amf_filters, app_restart_is_not_offered)
{
    struct world *w = pair();

    settled(w, false);
    world_fault(w, 0, AMF_REC_APP_RESTART);
    world_run(w, 20000);
    story_is(w, "");
    world_end(w);
}

Test(amf_filters, a_report_that_asks_for_nothing_hides_no_other)
{
    struct world *w = pair();

    settled(w, false);
    world_fault(w, 0, AMF_REC_APP_RESTART);
    world_run(w, 10100);
    world_fault(w, 0, AMF_REC_COMP_RESTART);
    world_run(w, 20000);
    story_is(w, "[10100] kill comp1\n"
                "[10101] launch comp1\n"
                "[10111] " GIVEN_BACK);
    world_end(w);
}

Test(amf_filters, a_report_within_half_a_second_is_dropped_but_not_a_death)
{
    struct world *w = pair();

    settled(w, false);
    world_fault(w, 0, AMF_REC_COMP_RESTART);
    world_run(w, 10499);
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_run(w, 10500);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] " GIVEN_BACK);
    world_forget(w);
    world_fault(w, 0, AMF_REC_COMP_RESTART);
    world_run(w, 10600);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10500] kill comp1\n"
                "[10501] launch comp1\n"
                "[10511] " GIVEN_BACK "[10600] kill comp1\n"
                "[10601] launch comp1\n"
                "[10611] " GIVEN_BACK);
    world_end(w);
}

/* Its SU fails over; a weaker report then is none, and the stronger one after it is. */
Test(amf_filters, a_report_that_is_too_weak_hides_no_stronger_one)
{
    struct world *w = pair();

    w->comp[0].kill_ms = 5000;
    w->m.comps[0].cleanup_ms = 20000;
    settled(w, false);
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_run(w, 11000);
    world_fault(w, 0, AMF_REC_SU_RESTART);
    world_run(w, 11100);
    world_fault(w, 0, AMF_REC_NODE_FAILFAST);
    world_run(w, 11101);
    story_is(w, "[10000] kill comp1\n"
                "[11100] reset node1 restart\n"
                "[11101] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n");
    world_end(w);
}

/* ---- as strong as what is under way -------------------------------------- */

Test(amf_filters, a_restart_that_is_asked_for_again_is_counted_and_done_again)
{
    struct world *w = pair();

    w->m.sgs[0].comp_restart_max = 1;
    w->comp[0].launch_ms = 800;
    settled(w, false);
    world_fault(w, 0, AMF_REC_COMP_RESTART);
    world_run(w, 10600);
    world_fault(w, 0, AMF_REC_COMP_RESTART);
    w->notes = true;
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10600] kill comp1\n"
                "[10601] launch comp1\n"
                "[11401]   comp comp1 presence INSTANTIATED\n"
                "[11401] " GIVEN_BACK);
    world_end(w);
}

Test(amf_filters, restarts_that_repeat_while_one_is_under_way_escalate)
{
    struct world *w = pair();

    w->m.sgs[0].comp_restart_max = 1;
    w->m.sgs[0].su_restart_max = 1;
    w->comp[0].launch_ms = 900;
    settled(w, false);
    for (int i = 0; i < 3; i++) {
        world_fault(w, 0, i < 2 ? AMF_REC_COMP_RESTART : AMF_REC_SU_RESTART);
        world_run(w, 10600 + i * 600);
    }
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10600] kill comp1\n"
                "[10601] launch comp1\n"
                "[11200] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[11200] kill comp1\n"
                "[11201] launch comp1\n"
                "[12101] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

/* One SU fails over once, whatever else dies in it meanwhile. */
Test(amf_filters, a_second_fault_in_an_su_that_fails_over_is_no_second_failover)
{
    struct world *w = pair_of_two();

    w->m.nodes[0].su_failover_count_max = 1;
    settled(w, false);
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_fault(w, 1, AMF_REC_COMP_FAILOVER);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10000] kill comp1a\n"
                "[10000] kill comp1b\n"
                "[10001] set comp2a ACTIVE TARGET_ALL NOT_QUIESCED active=comp1a\n"
                "[10001] set comp2b ACTIVE TARGET_ALL NOT_QUIESCED active=comp1b\n"
                "[10001] launch comp1a\n"
                "[10001] launch comp1b\n"
                "[10011] set comp1a csi1a STANDBY ADD_ONE active=comp2a rank=1 attrs\n"
                "[10011] set comp1b csi1b STANDBY ADD_ONE active=comp2b rank=1 attrs\n");
    world_end(w);
}

/* ---- while an answer is awaited: the failure of what was asked ------------ */

Test(amf_filters, a_report_during_a_remove_ends_the_remove)
{
    struct world *w = pair();

    w->comp[0].answer_ms = 1000;
    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 11500); /* quiesced at 11000, its remove is out */
    world_fault(w, 0, AMF_REC_NO_RECOMMENDATION);
    cr_expect_eq(amf_engine_ha(w->e, 0, 0), AMF_HA_NONE, "taken as done");
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[11000] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[11000] remove comp1 csi1 TARGET_ONE\n"
                "[11500] kill comp1\n"
                "[11501] launch comp1\n");
    world_end(w);
}

Test(amf_filters, a_report_during_quiescing_is_its_failure)
{
    struct world *w = pair();

    w->m.comps[0].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    w->comp[0].quiesce_ms = 1000;
    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    world_run(w, 10300);
    world_fault(w, 0, AMF_REC_NO_RECOMMENDATION);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10300] kill comp1\n"
                "[10301] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10301] launch comp1\n");
    world_end(w);
}

/* A stronger recovery is under way, so the report as such would be too weak; but a set
 * that fails is not waited for. */
Test(amf_filters, a_report_during_a_set_is_its_failure)
{
    struct world *w = pair_of_two();

    w->comp[1].answer_ms = 1200;
    settled(w, false);
    world_fault(w, 0, AMF_REC_NODE_SWITCHOVER);
    world_run(w, 10300);
    world_fault(w, 1, AMF_REC_NO_RECOMMENDATION);
    world_run(w, 10320);
    story_is(w, "[10000] set comp1a csi1a QUIESCED TARGET_ONE\n"
                "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10300] kill comp1b\n"
                "[10301] set comp2a ACTIVE TARGET_ALL QUIESCED active=comp1a\n"
                "[10301] set comp2b ACTIVE TARGET_ALL NOT_QUIESCED active=comp1b\n"
                "[10301] remove comp1a csi1a TARGET_ONE\n"
                "[10306] terminate comp1a\n"
                "[10311] reset node1 restart\n");
    world_end(w);
}

Test(amf_filters, a_report_with_a_recommendation_is_followed_during_a_set_as_well)
{
    struct world *w = pair();

    w->comp[0].answer_ms = 1200;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 5500);
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_run(w, 5510);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 5500] kill comp1\n"
                "[ 5501] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[ 5501] launch comp1\n");
    world_end(w);
}

/* ---- counting ------------------------------------------------------------- */

Test(amf_filters, a_switchover_of_the_su_forgets_its_restarts)
{
    struct world *w = pair();

    w->m.sgs[0].comp_restart_max = 1;
    w->m.sgs[0].comp_restart_ms = 100000;
    w->m.sgs[0].su_restart_max = 0;
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 11000);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 12000);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0);
    world_run(w, 13000);
    world_forget(w);
    world_crash(w, 0); /* the first again: a restart in place, no fail-over */
    world_run(w, 20000);
    story_is(w, "[13000] kill comp1\n"
                "[13001] launch comp1\n"
                "[13011] set comp1 csi1 STANDBY ADD_ONE TARGET_ONE active=comp2 rank=1 "
                "attrs\n");
    world_end(w);
}
