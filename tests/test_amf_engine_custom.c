/* SPDX-License-Identifier: Apache-2.0 */
/* The CUSTOM model: an operator says who is active and who stands by. */
#include <criterion/criterion.h>
#include <string.h>

#include "amf_story.h"

enum { NOBODY = -1 };

/* Three SUs on three nodes, and SIs. A second engine takes the state over at each step,
 * and must decide the same. */
static struct world *three(int sis)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_CUSTOM, 3, 3, 1, sis, 1});

    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    w->twin_every = 1;
    return w;
}

static enum amf_admin_result assign(struct world *w, int si, int active, int standby)
{
    world_feed(w, &(struct amf_event){.type = AMF_EV_ADMIN,
                                      .kind = AMF_KIND_SI,
                                      .index = si,
                                      .op = AMF_OP_SI_ASSIGN_SU,
                                      .active_su = active,
                                      .standby_su = standby});
    return w->result;
}

static void assigned(struct world *w, int si, int active, int standby)
{
    cr_assert_eq(assign(w, si, active, standby), AMF_ADMIN_OK, "%#x", w->result);
    world_run(w, w->now_ms + 5000);
    cr_assert_null(w->broken, "%s", w->broken);
}

static void holds(struct world *w, int si, int active, int standby)
{
    for (int su = 0; su < 3; su++)
        cr_expect_eq(amf_engine_ha(w->e, su, si),
                     su == active    ? AMF_HA_ACTIVE
                     : su == standby ? AMF_HA_STANDBY
                                     : AMF_HA_NONE,
                     "su%d", su + 1);
}

/* ---- what it does --------------------------------------------------------------- */

Test(amf_custom, nothing_is_assigned_until_somebody_says_so)
{
    struct world *w = three(1);

    settled(w, true);
    story_is(w, "[    0] launch comp1\n[    0] launch comp2\n[    0] launch comp3\n");
    assigned(w, 0, 1, 2);
    story_is(w, "[10000] set comp2 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[10000] set comp3 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    holds(w, 0, 1, 2);
    world_end(w);
}

Test(amf_custom, the_active_moves_to_an_su_that_had_nothing)
{
    struct world *w = three(1);

    settled(w, false);
    assigned(w, 0, 0, NOBODY);
    world_forget(w);
    assigned(w, 0, 1, NOBODY);
    story_is(w, "[15000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[15005] set comp2 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp2 attrs\n"
                "[15005] remove comp1 csi1 TARGET_ONE\n");
    holds(w, 0, 1, NOBODY);
    world_end(w);
}

Test(amf_custom, the_two_change_places)
{
    struct world *w = three(1);

    settled(w, false);
    assigned(w, 0, 0, 1);
    world_forget(w);
    assigned(w, 0, 1, 0);
    story_is(w, "[15000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[15005] set comp2 csi1 ACTIVE TARGET_ONE QUIESCED active=comp1\n"
                "[15005] remove comp1 csi1 TARGET_ONE\n"
                "[15010] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    holds(w, 0, 1, 0);
    world_end(w);
}

/* The standby that there is must not take what another one is to have. */
Test(amf_custom, a_third_one_becomes_active_and_the_standby_stays)
{
    struct world *w = three(1);

    settled(w, false);
    assigned(w, 0, 0, 1);
    world_forget(w);
    assigned(w, 0, 2, 1);
    cr_expect_null(strstr(world_story(w), "comp2 csi1 ACTIVE"));
    holds(w, 0, 2, 1);
    world_end(w);
}

Test(amf_custom, all_of_it_is_taken_away)
{
    struct world *w = three(1);

    settled(w, false);
    assigned(w, 0, 0, 1);
    assigned(w, 0, NOBODY, NOBODY);
    holds(w, 0, NOBODY, NOBODY);
    world_run(w, w->now_ms + 10000);
    holds(w, 0, NOBODY, NOBODY);
    cr_expect_eq(assign(w, 0, NOBODY, NOBODY), AMF_ADMIN_NO_OP);
    assigned(w, 0, 2, NOBODY);
    holds(w, 0, 2, NOBODY);
    world_end(w);
}

Test(amf_custom, an_su_has_both_roles_for_two_sis)
{
    struct world *w = three(2);

    settled(w, false);
    assigned(w, 0, 0, 1);
    assigned(w, 1, 1, 0);
    holds(w, 0, 0, 1);
    holds(w, 1, 1, 0);
    world_end(w);
}

Test(amf_custom, the_standby_takes_over_and_nobody_takes_its_place)
{
    struct world *w = three(1);

    w->m.comps[0].restartable = false;
    settled(w, false);
    assigned(w, 0, 0, 1);
    world_crash(w, 0);
    world_run(w, w->now_ms + 30000);
    holds(w, 0, 1, NOBODY);
    assigned(w, 0, 0, 1);
    holds(w, 0, 0, 1);
    world_end(w);
}

/* comp1 is slow to stop; by then the one that was to follow is gone. */
Test(amf_custom, it_is_given_up_when_the_su_goes_meanwhile)
{
    struct world *w = three(1);

    w->m.comps[1].restartable = false;
    settled(w, false);
    assigned(w, 0, 0, NOBODY);
    w->comp[0].answer_ms = 1000;
    cr_assert_eq(assign(w, 0, 1, NOBODY), AMF_ADMIN_OK);
    world_run(w, w->now_ms + 500);
    world_node_down(w, 1);
    world_run(w, w->now_ms + 30000);
    holds(w, 0, NOBODY, NOBODY);
    assigned(w, 0, 2, NOBODY);
    holds(w, 0, 2, NOBODY);
    world_end(w);
}

/* comp2b came back without its standby CSI, which waits for comp2a: there is nothing to
 * take from it. */
Test(amf_custom, a_standby_that_comes_back_gives_up_what_it_had_not_got_again)
{
    static int first = 0;
    struct world *w = world_new(&(struct world_shape){AMF_RED_CUSTOM, 3, 3, 2, 1, 2});

    w->m.csis[1].depends = (struct amf_list){&first, 1};
    w->twin_every = 1;
    settled(w, false);
    assigned(w, 0, 2, 1);
    w->comp[2].launch_ms = 2000;
    world_crash(w, 2);
    world_crash(w, 3);
    world_run(w, w->now_ms + 500);
    world_forget(w);
    assigned(w, 0, 2, NOBODY);
    cr_expect_null(strstr(world_story(w), "remove comp2"));
    cr_expect_eq(amf_engine_ha(w->e, 2, 0), AMF_HA_NONE);
    cr_expect_eq(amf_engine_ha(w->e, 3, 1), AMF_HA_NONE);
    world_end(w);
}

/* su3 is to stand by for si2, too, and has to take si1 over: it cannot do both. */
Test(amf_custom, a_take_over_comes_before_another_standby)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_CUSTOM, 4, 4, 1, 2, 1});

    for (size_t i = 0; i < w->m.n_comps; i++) {
        w->m.comps[i].capability = AMF_CAP_X_ACTIVE_OR_Y_STANDBY;
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    }
    w->m.comps[1].restartable = false;
    w->twin_every = 1;
    settled(w, false);
    assigned(w, 0, 1, 2);
    assigned(w, 1, 1, 0);
    cr_assert_eq(assign(w, 1, 3, 2), AMF_ADMIN_OK);
    world_crash(w, 1);
    world_run(w, w->now_ms + 5000);
    cr_expect_eq(amf_engine_ha(w->e, 2, 0), AMF_HA_ACTIVE);
    cr_expect_eq(amf_engine_ha(w->e, 2, 1), AMF_HA_NONE);
    cr_expect_eq(amf_engine_ha(w->e, 3, 1), AMF_HA_ACTIVE);
    world_end(w);
}

Test(amf_custom, a_new_daemon_goes_on_with_it)
{
    struct world *w = three(1);

    settled(w, false);
    assigned(w, 0, 0, 1);
    w->comp[0].answer_ms = 1000;
    cr_assert_eq(assign(w, 0, 2, 0), AMF_ADMIN_OK);
    world_run(w, w->now_ms + 500);
    cr_assert(world_restart_daemon(w));
    world_run(w, w->now_ms + 30000);
    holds(w, 0, 2, 0);
    world_end(w);
}

/* ---- what it refuses -------------------------------------------------------------- */

Test(amf_custom, what_cannot_be_is_refused_with_its_code)
{
    static const struct {
        const char *row;
        int active, standby;
        enum amf_admin_result want;
    } rows[] = {
        /* clang-format off */
        { "one for both",         0, 0,           AMF_ADMIN_BAD_OPERATION },
        { "a standby of nobody",  NOBODY, 1,      AMF_ADMIN_BAD_OPERATION },
        { "no such SU",           7, NOBODY,      AMF_ADMIN_NOT_EXIST },
        { "no such standby",      0, 7,           AMF_ADMIN_NOT_EXIST },
        { "an SU that is locked", 2, NOBODY,      AMF_ADMIN_BAD_OPERATION },
        { "a standby likewise",   1, 2,           AMF_ADMIN_BAD_OPERATION },
        { "it is so",             0, 1,           AMF_ADMIN_NO_OP },
        { "without room",         1, NOBODY,      AMF_ADMIN_BAD_OPERATION },
        /* clang-format on */
    };
    struct world *w = three(1);

    w->m.comps[1].max_active_csis = 0;
    settled(w, false);
    cr_assert_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 2), AMF_ADMIN_OK);
    assigned(w, 0, 0, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_eq(assign(w, 0, rows[i].active, rows[i].standby), rows[i].want,
                     "%s: %#x", rows[i].row, w->result);
    holds(w, 0, 0, 1);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SI, 0);
    world_run(w, w->now_ms + 5000);
    cr_expect_eq(assign(w, 0, 0, NOBODY), AMF_ADMIN_BAD_OPERATION, "a locked SI");
    world_end(w);
}

Test(amf_custom, it_waits_for_what_is_under_way)
{
    struct world *w = three(1);

    world_begin(w);
    cr_expect_eq(assign(w, 0, 0, NOBODY), AMF_ADMIN_BAD_OPERATION, "no node");
    world_nodes_up(w);
    cr_expect_eq(assign(w, 0, 0, NOBODY), AMF_ADMIN_TRY_AGAIN, "its SU is coming up");
    world_run(w, 4000);
    cr_expect_eq(assign(w, 0, 0, NOBODY), AMF_ADMIN_TRY_AGAIN, "the group is");
    world_run(w, 10000);
    cr_assert_eq(assign(w, 0, 0, NOBODY), AMF_ADMIN_OK);
    cr_expect_eq(assign(w, 0, 1, NOBODY), AMF_ADMIN_TRY_AGAIN);
    world_run(w, w->now_ms + 5000);
    holds(w, 0, 0, NOBODY);
    world_end(w);
}

Test(amf_custom, other_models_assign_by_themselves)
{
    struct world *w = pair();

    settled(w, false);
    cr_expect_eq(assign(w, 0, 1, 0), AMF_ADMIN_BAD_OPERATION);
    world_run(w, w->now_ms + 5000);
    story_is(w, "");
    world_end(w);
}
