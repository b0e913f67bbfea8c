/* SPDX-License-Identifier: Apache-2.0 */
/* The stories of the contract: normal life and what an operator asks for. */
#include <criterion/criterion.h>

#include "amf_story.h"

/* ---- start ----------------------------------------------------------------------------
 */

Test(amf_engine, cold_start_waits_then_assigns_active_and_standby)
{
    struct world *w = pair();

    world_begin(w);
    world_nodes_up(w);
    world_run(w, 10000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_engine, a_second_node_that_joins_later_gets_the_standby)
{
    struct world *w = pair();

    world_begin(w);
    world_node_up(w, 1);
    world_run(w, 10000);
    world_node_up(w, 0);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp2\n"
                "[ 5000] set comp2 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[10000] launch comp1\n"
                "[10010] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_engine, components_start_by_level_and_end_in_reverse)
{
    struct world *w = pair_of_two();

    w->m.comps[0].level = 2;
    world_begin(w);
    world_node_up(w, 0);
    world_run(w, 10000);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 11000);
    world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 0);
    world_run(w, 12000);
    story_is(w, "[    0] launch comp1b\n"
                "[   10] launch comp1a\n"
                "[ 5000] set comp1a csi1a ACTIVE ADD_ONE NEW_ASSIGN active=comp1a attrs\n"
                "[ 5000] set comp1b csi1b ACTIVE ADD_ONE NEW_ASSIGN active=comp1b attrs\n"
                "[10000] set comp1a csi1a QUIESCED TARGET_ONE\n"
                "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10005] remove comp1a csi1a TARGET_ONE\n"
                "[10005] remove comp1b csi1b TARGET_ONE\n"
                "[11000] terminate comp1a\n"
                "[11005] terminate comp1b\n");
    world_end(w);
}

Test(amf_engine, only_as_many_sus_run_as_are_preferred_in_service)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 3, 3, 1, 1, 1});

    w->m.sgs[0].pref_inservice = 2;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 10000);
    world_node_down(w, 0);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] launch comp3\n"
                "[10010] set comp3 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_engine, csis_with_dependencies_wait_for_those_they_need)
{
    static int first = 0;
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 2, 1, 2});

    w->m.csis[1].depends = (struct amf_list){&first, 1};
    settled(w, true);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_NODE, 0);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1a\n"
                "[    0] launch comp1b\n"
                "[    0] launch comp2a\n"
                "[    0] launch comp2b\n"
                "[ 5000] set comp1a csi1a ACTIVE ADD_ONE NEW_ASSIGN active=comp1a attrs\n"
                "[ 5000] set comp2a csi1a STANDBY ADD_ONE active=comp1a rank=1 attrs\n"
                "[ 5005] set comp1b csi1b ACTIVE ADD_ONE NEW_ASSIGN active=comp1b attrs\n"
                "[ 5005] set comp2b csi1b STANDBY ADD_ONE active=comp1b rank=1 attrs\n"
                "[10000] set comp1a csi1a QUIESCED TARGET_ONE\n"
                "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10005] set comp2a csi1a ACTIVE TARGET_ONE QUIESCED active=comp1a\n"
                "[10010] set comp2b csi1b ACTIVE TARGET_ONE QUIESCED active=comp1b\n"
                "[10015] remove comp1a csi1a TARGET_ONE\n"
                "[10015] remove comp1b csi1b TARGET_ONE\n");
    world_end(w);
}

/* ---- lock and unlock ----------------------------------------------------- */

Test(amf_engine, lock_of_the_active_su_moves_the_work)
{
    struct world *w = pair();

    settled(w, false);
    cr_assert_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

Test(amf_engine, a_locked_su_comes_back_by_way_of_lock_assignment_and_unlock)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 11000);
    world_forget(w);
    cr_assert_eq(world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 12000);
    cr_assert_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0), AMF_ADMIN_BAD_OPERATION);
    cr_assert_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 13000);
    cr_assert_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 14000);
    story_is(w, "[11000] terminate comp1\n"
                "[12000] launch comp1\n"
                "[13000] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_engine, lock_of_the_standby_su_only_removes)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 20000);
    story_is(w, "[10000] remove comp2 csi1 TARGET_ONE\n");
    world_end(w);
}

Test(amf_engine, lock_of_the_sg_promotes_nobody)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SG, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

Test(amf_engine, lock_of_an_si_leaves_the_others_alone)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 1, 2, 1});

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SI, 0);
    world_run(w, 11000);
    world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SI, 0);
    world_run(w, 12000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[11000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[11000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_engine, a_promotion_is_one_callback_for_each_component)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 2, 2, 2});

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_NODE, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1a csi1a QUIESCED TARGET_ONE\n"
                "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10000] set comp1a csi2a QUIESCED TARGET_ONE\n"
                "[10000] set comp1b csi2b QUIESCED TARGET_ONE\n"
                "[10005] set comp2a ACTIVE TARGET_ALL QUIESCED active=comp1a\n"
                "[10005] set comp2b ACTIVE TARGET_ALL QUIESCED active=comp1b\n"
                "[10005] remove comp1a csi1a TARGET_ONE\n"
                "[10005] remove comp1b csi1b TARGET_ONE\n"
                "[10005] remove comp1a csi2a TARGET_ONE\n"
                "[10005] remove comp1b csi2b TARGET_ONE\n");
    world_end(w);
}

Test(amf_engine, a_spare_su_becomes_standby_after_a_switchover)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 3, 3, 1, 1, 1});

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] set comp3 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

Test(amf_engine, force_lock_kills_and_the_standby_takes_over)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_FORCE_LOCK_INSTANTIATION, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n");
    world_end(w);
}

Test(amf_engine, force_lock_moves_the_work_then_ends_the_processes)
{
    struct world *w = pair();

    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_FORCE_LOCK, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_LOCKED_A);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[10010] terminate comp1\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_LOCKED_I);
    world_end(w);
}

/* It crashes as soon as it is given its work, again and again. */
Test(amf_engine, force_lock_gets_hold_of_an_su_that_restarts_without_end)
{
    struct world *w = pair();

    w->m.sgs[0].comp_restart_max = 1000;
    settled(w, false);
    for (int i = 0; i < 3; i++) {
        world_crash(w, 0);
        world_run(w, w->now_ms + 11);
    }
    world_crash(w, 0);
    world_forget(w);
    cr_expect_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0),
                 AMF_ADMIN_TRY_AGAIN);
    cr_expect_eq(world_admin(w, AMF_OP_FORCE_LOCK, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10033] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_LOCKED_I);
    cr_expect_eq(amf_engine_presence(w->e, 0), AMF_PRES_UNINSTANTIATED);
    world_end(w);
}

Test(amf_engine, a_fault_in_an_su_that_is_force_locked_is_a_failover)
{
    struct world *w = pair_of_two();

    settled(w, false);
    w->comp[0].answer_ms = 300;
    world_admin(w, AMF_OP_FORCE_LOCK, AMF_KIND_SU, 0);
    world_crash(w, 1);
    cr_expect_eq(amf_engine_oper(w->e, AMF_KIND_SU, 0), AMF_OPER_DISABLED);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1a csi1a QUIESCED TARGET_ONE\n"
                "[10000] set comp1b csi1b QUIESCED TARGET_ONE\n"
                "[10000] kill comp1b\n"
                "[10300] set comp2a ACTIVE TARGET_ALL QUIESCED active=comp1a\n"
                "[10300] set comp2b ACTIVE TARGET_ALL NOT_QUIESCED active=comp1b\n"
                "[10300] remove comp1a csi1a TARGET_ONE\n"
                "[10600] terminate comp1a\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_LOCKED_I);
    world_end(w);
}

Test(amf_engine, a_force_lock_outlives_the_daemon)
{
    struct world *w = pair();

    settled(w, false);
    w->comp[0].answer_ms = 300;
    world_admin(w, AMF_OP_FORCE_LOCK, AMF_KIND_SU, 0);
    cr_assert(world_restart_daemon(w));
    world_run(w, 20000);
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_LOCKED_I);
    world_end(w);
}

/* ---- shutdown ------------------------------------------------------------ */

Test(amf_engine, shutdown_lets_the_active_finish)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_SHUTTINGDOWN);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10020] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10020] remove comp1 csi1 TARGET_ONE\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_LOCKED_A);
    world_end(w);
}

Test(amf_engine, a_response_to_quiescing_stops_the_clock)
{
    struct world *w = pair();

    w->comp[0].quiescing_ack = true;
    w->comp[0].quiesce_ms = 60000;
    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_NODE, 0);
    world_run(w, 100000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[70000] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[70000] remove comp1 csi1 TARGET_ONE\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_NODE, 0), AMF_ADMIN_LOCKED_A);
    world_end(w);
}

Test(amf_engine, quiescing_that_takes_too_long_ends_in_a_failover)
{
    struct world *w = pair();

    w->comp[0].quiesce_ms = -1;
    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[11500] kill comp1\n"
                "[11501] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[11501] launch comp1\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_LOCKED_A);
    world_end(w);
}

Test(amf_engine, unlock_takes_a_shutdown_back)
{
    struct world *w = pair();

    w->comp[0].quiescing_ack = true;
    w->comp[0].quiesce_ms = -1;
    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    world_run(w, 20000);
    cr_assert_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_run(w, 30000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[20000] set comp1 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n");
    world_end(w);
}

Test(amf_engine, shutdown_with_restart_ends_unlocked_with_a_new_process)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN_RESTART, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10020] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10020] remove comp1 csi1 TARGET_ONE\n"
                "[10025] kill comp1\n"
                "[10026] launch comp1\n"
                "[10036] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 0), AMF_ADMIN_UNLOCKED);
    world_end(w);
}

/* ---- swap, restart, repair ----------------------------------------------- */

Test(amf_engine, swap_exchanges_the_roles_without_waiting)
{
    struct world *w = pair();

    settled(w, false);
    cr_assert_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_OK);
    cr_assert_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_TRY_AGAIN);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=2 attrs\n"
                "[10000] set comp2 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n");
    world_end(w);
}

Test(amf_engine, an_admin_restart_gives_the_work_back_without_a_switchover)
{
    struct world *w = pair();

    settled(w, false);
    cr_assert_eq(world_admin(w, AMF_OP_RESTART, AMF_KIND_COMP, 0), AMF_ADMIN_OK);
    world_run(w, 11000);
    cr_assert_eq(world_admin(w, AMF_OP_RESTART, AMF_KIND_NODE, 1), AMF_ADMIN_OK);
    world_run(w, 12000);
    story_is(
        w,
        "[10000] terminate comp1\n"
        "[10005] launch comp1\n"
        "[10015] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN active=comp1 attrs\n"
        "[11000] terminate comp2\n"
        "[11005] launch comp2\n"
        "[11015] set comp2 csi1 STANDBY ADD_ONE TARGET_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

Test(amf_engine, a_process_that_a_person_started_is_adopted)
{
    struct world *w = pair();

    w->comp[0].refuse_launch = 100;
    settled(w, true);
    cr_assert_eq(amf_engine_presence(w->e, 0), AMF_PRES_INSTANTIATION_FAILED);
    world_forget(w);
    world_feed(w,
               &(struct amf_event){.type = AMF_EV_REGISTERED, .index = 0, .proxy = -1});
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

/* ---- what is nonsense -------------------------------------------------------- */

Test(amf_engine, events_that_fit_nothing_are_ignored)
{
    struct world *w = pair();

    settled(w, false);
    for (int type = 0; type < 20; type++)
        for (int index = -1; index < 5; index += 5)
            world_feed(w, &(struct amf_event){.type = (enum amf_event_type)type,
                                              .kind = (enum amf_kind)9,
                                              .index = index,
                                              .invocation = 0x2300000000 + 77,
                                              .timer = 0xffffffffffff});
    world_run(w, 20000);
    story_is(w, "");
    world_end(w);
}
