/* SPDX-License-Identifier: Apache-2.0 */
/* The stories of the contract: what goes wrong, and what becomes of it. */
#include <criterion/criterion.h>

#include "amf_story.h"

static void recover_by(struct world *w, enum amf_recovery r)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].recovery_on_timeout = r;
}

/* ---- death of a component ------------------------------------------------ */

Test(amf_faults, a_killed_component_is_restarted_in_place)
{
    struct world *w = pair();

    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN "
                "active=comp1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_standby_gets_its_standby_back)
{
    struct world *w = pair();

    settled(w, false);
    world_crash(w, 1);
    world_run(w, 20000);
    story_is(
        w,
        "[10000] kill comp2\n"
        "[10001] launch comp2\n"
        "[10011] set comp2 csi1 STANDBY ADD_ONE TARGET_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_component_that_is_not_restartable_takes_its_su_along)
{
    struct world *w = pair_of_two();

    w->m.comps[0].restartable = false;
    recover_by(w, AMF_REC_COMP_RESTART);
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1a\n"
                "[10000] kill comp1b\n"
                "[10001] launch comp1a\n"
                "[10001] launch comp1b\n"
                "[10011] set comp1a csi1a ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN "
                "active=comp1a attrs\n"
                "[10011] set comp1b csi1b ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN "
                "active=comp1b attrs\n");
    world_end(w);
}

Test(amf_faults, a_failover_promotes_the_standby_and_repairs_the_su)
{
    struct world *w = pair();

    recover_by(w, AMF_REC_COMP_FAILOVER);
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_failover_quiesces_the_live_sibling_first)
{
    struct world *w = pair_of_two();

    recover_by(w, AMF_REC_COMP_FAILOVER);
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10000] kill comp1a\n"
                "[10005] set comp2a ACTIVE TARGET_ALL NOT_QUIESCED active=comp1a\n"
                "[10005] set comp2b ACTIVE TARGET_ALL QUIESCED active=comp1b\n"
                "[10005] remove comp1b csi1b TARGET_ONE\n"
                "[10010] terminate comp1b\n"
                "[10015] launch comp1a\n"
                "[10015] launch comp1b\n"
                "[10025] set comp1a csi1a STANDBY ADD_ONE active=comp2a rank=1 attrs\n"
                "[10025] set comp1b csi1b STANDBY ADD_ONE active=comp2b rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, without_auto_repair_the_su_waits_for_the_operator)
{
    struct world *w = pair();

    w->m.sgs[0].auto_repair = false;
    recover_by(w, AMF_REC_COMP_FAILOVER);
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    cr_expect_eq(amf_engine_oper(w->e, AMF_KIND_SU, 0), AMF_OPER_DISABLED);
    cr_assert_eq(world_admin(w, AMF_OP_REPAIRED, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 30000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[20000] launch comp1\n"
                "[20010] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_reported_live_component_is_dead_before_the_standby_takes_over)
{
    struct world *w = pair();

    w->comp[0].kill_ms = 300;
    settled(w, false);
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10300] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10300] launch comp1\n"
                "[10310] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, an_unsolicited_unregister_is_a_fault)
{
    struct world *w = pair();

    settled(w, false);
    world_feed(w, &(struct amf_event){.type = AMF_EV_UNREGISTERED, .index = 0});
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN "
                "active=comp1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_crash_in_a_locked_su_fails_the_su_over)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n");
    world_end(w);
}

Test(amf_faults, both_die_and_the_first_to_come_back_serves)
{
    struct world *w = pair();

    w->comp[0].launch_ms = 700;
    recover_by(w, AMF_REC_COMP_FAILOVER);
    settled(w, false);
    world_crash(w, 0);
    world_crash(w, 1);
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10000] kill comp2\n"
                "[10001] launch comp1\n"
                "[10001] launch comp2\n"
                "[10011] set comp2 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[10701] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, an_active_that_dies_before_the_standby_answered_is_followed_by_it)
{
    struct world *w = pair();

    w->comp[1].answer_ms = 400;
    recover_by(w, AMF_REC_COMP_FAILOVER);
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 5100);
    world_forget(w);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[ 5100] kill comp1\n"
                "[ 5101] launch comp1\n"
                "[ 5111] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[ 5400] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n");
    world_end(w);
}

/* ---- nodes --------------------------------------------------------------- */

Test(amf_faults, a_lost_node_fails_over_and_returns_as_standby)
{
    struct world *w = pair();

    settled(w, false);
    world_node_down(w, 0);
    cr_expect_eq(amf_engine_oper(w->e, AMF_KIND_NODE, 0), AMF_OPER_DISABLED);
    world_run(w, 15000);
    world_node_up(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[15000] launch comp1\n"
                "[15010] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_node_without_auto_repair_stays_out_until_repaired)
{
    struct world *w = pair();

    w->m.nodes[0].auto_repair = false;
    settled(w, false);
    world_node_down(w, 0);
    world_run(w, 15000);
    world_node_up(w, 0);
    world_run(w, 16000);
    cr_assert_eq(world_admin(w, AMF_OP_REPAIRED, AMF_KIND_NODE, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[16000] launch comp1\n"
                "[16010] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, node_switchover_empties_the_node_in_order_and_restarts_it)
{
    struct world *w = pair();

    settled(w, false);
    world_fault(w, 0, AMF_REC_NODE_SWITCHOVER);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[10010] terminate comp1\n"
                "[10015] reset node1 restart\n"
                "[10116] launch comp1\n"
                "[10126] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, node_failover_kills_the_faulty_one_and_switches_the_rest)
{
    struct world *w = pair_of_two();

    w->m.nodes[0].auto_repair = false;
    settled(w, false);
    world_fault(w, 0, AMF_REC_NODE_FAILOVER);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10000] kill comp1a\n"
                "[10005] set comp2a ACTIVE TARGET_ALL NOT_QUIESCED active=comp1a\n"
                "[10005] set comp2b ACTIVE TARGET_ALL NOT_QUIESCED active=comp1b\n"
                "[10005] remove comp1b csi1b TARGET_ONE\n"
                "[10010] terminate comp1b\n"
                "[10015] reset node1\n");
    world_end(w);
}

Test(amf_faults, node_failfast_asks_nobody)
{
    struct world *w = pair();

    settled(w, false);
    world_fault(w, 0, AMF_REC_NODE_FAILFAST);
    world_run(w, 20000);
    story_is(w, "[10000] reset node1 restart\n"
                "[10001] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10101] launch comp1\n"
                "[10111] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, cluster_reset_resets_every_node)
{
    struct world *w = pair();

    settled(w, false);
    world_fault(w, 1, AMF_REC_CLUSTER_RESET);
    world_run(w, 20000);
    story_is(w, "[10000] reset node1 restart\n"
                "[10000] reset node2 restart\n"
                "[10101] launch comp1\n"
                "[10101] launch comp2\n"
                "[10111] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[10111] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

/* ---- escalation ---------------------------------------------------------- */

Test(amf_faults, restarts_escalate_to_su_restart_failover_and_node_failover)
{
    struct world *w = pair();

    w->m.sgs[0].comp_restart_max = 1;
    w->m.sgs[0].su_restart_max = 1;
    w->m.nodes[0].su_failover_count_max = 0;
    recover_by(w, AMF_REC_COMP_RESTART);
    settled(w, false);
    for (int i = 0; i < 4; i++) {
        world_crash(w, 0);
        world_run(w, 11000 + i * 1000);
    }
    story_is(
        w,
        "[10000] kill comp1\n"
        "[10001] launch comp1\n"
        "[10011] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN active=comp1 attrs\n"
        "[11000] kill comp1\n"
        "[11001] launch comp1\n"
        "[11011] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN active=comp1 attrs\n"
        "[12000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
        "[12000] kill comp1\n"
        "[12001] reset node1 restart\n"
        "[12102] launch comp1\n"
        "[12112] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
        "[13000] kill comp1\n"
        "[13001] launch comp1\n"
        "[13011] set comp1 csi1 STANDBY ADD_ONE TARGET_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_window_starts_with_its_first_fault_and_ends)
{
    static const int64_t deaths[] = {10000, 14000, 18000, 20000, 26000};
    struct world *w = pair();

    w->m.sgs[0].comp_restart_max = 2;
    w->notes = true;
    settled(w, false);
    for (size_t i = 0; i < sizeof(deaths) / sizeof(*deaths); i++) {
        world_run(w, deaths[i]);
        world_crash(w, 0);
        w->silent = true;
        world_run(w, deaths[i] + 1000);
        w->silent = false;
    }
    story_is(w, "[10000]   comp comp1 died\n"
                "[10000]   comp comp1 recovery COMP_RESTART\n"
                "[10000]   comp comp1 presence RESTARTING\n"
                "[10000] kill comp1\n"
                "[14000]   comp comp1 died\n"
                "[14000]   comp comp1 recovery COMP_RESTART\n"
                "[14000]   comp comp1 presence RESTARTING\n"
                "[14000] kill comp1\n"
                "[18000]   comp comp1 died\n"
                "[18000]   comp comp1 recovery SU_RESTART\n"
                "[18000]   comp comp1 presence RESTARTING\n"
                "[18000] kill comp1\n"
                "[20000]   comp comp1 died\n"
                "[20000]   comp comp1 recovery COMP_RESTART\n"
                "[20000]   comp comp1 presence RESTARTING\n"
                "[20000] kill comp1\n"
                "[26000]   comp comp1 died\n"
                "[26000]   comp comp1 recovery COMP_RESTART\n"
                "[26000]   comp comp1 presence RESTARTING\n"
                "[26000] kill comp1\n");
    world_end(w);
}

Test(amf_faults, too_many_failovers_of_a_group_halt_the_node)
{
    struct world *w = pair();

    w->m.sgs[0].failover_max = 1;
    recover_by(w, AMF_REC_COMP_FAILOVER);
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 12000);
    world_crash(w, 1);
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[12000] set comp1 ACTIVE TARGET_ALL NOT_QUIESCED active=comp2\n"
                "[12000] kill comp2\n"
                "[12001] reset node2\n");
    world_end(w);
}

/* ---- time ---------------------------------------------------------------- */

Test(amf_faults, a_component_that_does_not_register_is_tried_again_then_given_up)
{
    struct world *w = pair();

    w->m.comps[0].max_instantiate = 2;
    w->comp[0].launch_ms = -1;
    settled(w, true);
    cr_expect_eq(amf_engine_presence(w->e, 0), AMF_PRES_INSTANTIATION_FAILED);
    cr_expect_eq(amf_engine_oper(w->e, AMF_KIND_SU, 0), AMF_OPER_DISABLED);
    w->comp[0].launch_ms = 10;
    cr_expect_eq(world_admin(w, AMF_OP_REPAIRED, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 1000] kill comp1\n"
                "[ 1001] launch comp1\n"
                "[ 2001] kill comp1\n"
                "[ 4002] launch comp1\n"
                "[ 5000] set comp2 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[ 5002] kill comp1\n"
                "[10000] launch comp1\n"
                "[10010] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_restart_that_fails_becomes_a_failover)
{
    struct world *w = pair();

    settled(w, false);
    w->comp[0].refuse_launch = 10;
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10001] kill comp1\n"
                "[12002] launch comp1\n"
                "[12002] kill comp1\n"
                "[12003] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n");
    world_end(w);
}

Test(amf_faults, a_csi_set_without_an_answer_is_a_fault)
{
    struct world *w = pair();

    w->comp[0].answer_ms = -1;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 6000);
    w->comp[0].answer_ms = 5;
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[ 6300] kill comp1\n"
                "[ 6301] launch comp1\n"
                "[ 6311] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN "
                "active=comp1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_csi_set_answered_with_an_error_is_a_fault)
{
    struct world *w = pair();

    recover_by(w, AMF_REC_COMP_FAILOVER);
    settled(w, false);
    w->comp[1].refuse_sets = 1;
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10005] kill comp2\n"
                "[10006] launch comp2\n"
                "[10011] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[10016] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_remove_without_an_answer_is_done_and_a_fault)
{
    struct world *w = pair();

    settled(w, false);
    w->comp[1].answer_ms = -1;
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 20000);
    story_is(w, "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[11400] kill comp2\n"
                "[11401] launch comp2\n");
    world_end(w);
}

Test(amf_faults, a_terminate_without_an_answer_ends_in_a_kill)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 11000);
    world_forget(w);
    w->comp[1].answer_ms = -1;
    world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 1);
    world_run(w, 20000);
    story_is(w, "[11000] terminate comp2\n"
                "[11550] terminate comp2\n"
                "[12100] kill comp2\n");
    cr_expect_eq(amf_engine_presence(w->e, 1), AMF_PRES_UNINSTANTIATED);
    world_end(w);
}

Test(amf_faults, a_terminate_that_got_lost_is_repeated_at_half_of_its_time)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 11000);
    world_forget(w);
    w->comp[1].answer_ms = -1;
    world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 1);
    w->comp[1].answer_ms = 400; /* the first message never came */
    world_run(w, 20000);
    story_is(w, "[11000] terminate comp2\n"
                "[11550] terminate comp2\n");
    cr_expect_eq(amf_engine_presence(w->e, 1), AMF_PRES_UNINSTANTIATED);
    world_end(w);
}

Test(amf_faults, one_answer_is_enough_for_a_terminate_that_was_repeated)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 11000);
    world_forget(w);
    w->comp[1].answer_ms = 700; /* later than the second message */
    world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 1);
    world_run(w, 11800);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 20000);
    story_is(w, "[11000] terminate comp2\n"
                "[11550] terminate comp2\n"
                "[11800] launch comp2\n");
    cr_expect_eq(amf_engine_presence(w->e, 1), AMF_PRES_INSTANTIATED);
    world_end(w);
}

Test(amf_faults, the_command_of_a_process_without_callbacks_is_not_repeated)
{
    struct world *w =
        world_new(&(struct world_shape){AMF_RED_NO_REDUNDANCY, 1, 1, 1, 1, 1});

    w->m.comps[0].property = AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
    settled(w, false);
    w->comp[0].answer_ms = -1;
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[10000] terminate comp1\n"
                "[11100] kill comp1\n");
    world_end(w);
}

Test(amf_faults, what_cannot_be_killed_keeps_its_work_until_the_node_is_reset)
{
    struct world *w = pair();

    settled(w, false);
    w->comp[0].kill_ms = -1;
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[11200] reset node1 restart\n"
                "[11201] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[11301] launch comp1\n"
                "[11311] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

/* ---- a new daemon -------------------------------------------------------- */

Test(amf_faults, a_new_daemon_repeats_what_was_not_answered)
{
    struct world *w = pair();

    settled(w, false);
    w->comp[0].answer_ms = 200;
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 10100);
    cr_assert(world_restart_daemon(w));
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10100] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10300] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10300] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

Test(amf_faults, a_new_daemon_finds_out_who_has_died)
{
    struct world *w = pair();

    recover_by(w, AMF_REC_COMP_FAILOVER);
    settled(w, false);
    world_vanish(w, 0); /* while nobody watched */
    cr_assert(world_restart_daemon(w));
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_faults, a_new_daemon_goes_on_with_launches_delays_and_the_start_of_the_group)
{
    struct world *w = pair();

    w->comp[0].launch_ms = 600;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 300);
    cr_assert(world_restart_daemon(w));
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5290] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5290] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

static void spoil(json_t *state, size_t how)
{
    json_t *comp = json_array_get(json_object_get(state, "comps"), 0);

    switch (how) {
    case 0:
        json_object_del(state, "version");
        break;
    case 1:
        json_object_set_new(comp, "name", json_string("nobody"));
        break;
    case 2:
        json_object_set_new(json_object_get(comp, "presence"), "value", json_integer(99));
        break;
    case 3:
        json_array_remove(json_object_get(state, "nodes"), 0);
        break;
    case 4:
        json_object_set_new(comp, "alive", json_integer(1));
        break;
    case 5:
        json_array_append(json_object_get(state, "sus"),
                          json_array_get(json_object_get(state, "sus"), 0));
        break;
    case 6:
        json_object_set_new(json_array_get(json_object_get(state, "assignments"), 0),
                            "su", json_integer(3));
        break;
    case 7:
        json_object_del(state, "assignments");
        break;
    default:
        json_object_set_new(comp, "timers_left_ms", json_array());
        break;
    }
}

Test(amf_faults, a_state_that_does_not_fit_is_refused_and_leaves_a_new_engine)
{
    struct world *w = pair();

    settled(w, false);
    for (size_t how = 0; how < 9; how++) {
        struct amf_engine *e = amf_engine_new(&w->m);
        json_t *state = amf_engine_dump(w->e);

        spoil(state, how);
        cr_expect_not(amf_engine_load(e, state, 77), "row %zu", how);
        cr_expect_eq(amf_engine_presence(e, 0), AMF_PRES_UNINSTANTIATED, "row %zu", how);
        json_decref(state);
        amf_engine_free(e);
    }
    world_end(w);
}
