/* SPDX-License-Identifier: Apache-2.0 */
/* Administrative operations: every state with its code, and what they set going. */
#include <criterion/criterion.h>

#include "amf_story.h"

/* ---- what is refused ----------------------------------------------------- */

struct refusal {
    const char *name;
    enum amf_admin state; /* that the entity is in; NONE: as configured */
    enum amf_admin_op op;
    enum amf_kind kind;
    int index;
    enum amf_admin_result want;
};

static const struct refusal refusals[] = {
    /* clang-format off */
    { "lock a locked SU",       AMF_ADMIN_LOCKED_A, AMF_OP_LOCK_ASSIGNMENT,    AMF_KIND_SU, 1, AMF_ADMIN_NO_OP },
    { "unlock an unlocked SU",  AMF_ADMIN_NONE,     AMF_OP_UNLOCK,             AMF_KIND_SU, 1, AMF_ADMIN_NO_OP },
    { "lock-i an unlocked SU",  AMF_ADMIN_NONE,     AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 1, AMF_ADMIN_BAD_OPERATION },
    { "lock-i an SI",           AMF_ADMIN_LOCKED_A, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SI, 0, AMF_ADMIN_INVALID_ENTITY },
    { "lock a component",       AMF_ADMIN_NONE,     AMF_OP_LOCK_ASSIGNMENT,    AMF_KIND_COMP, 0, AMF_ADMIN_INVALID_ENTITY },
    { "shut down a locked SU",  AMF_ADMIN_LOCKED_A, AMF_OP_SHUTDOWN,           AMF_KIND_SU, 1, AMF_ADMIN_BAD_OPERATION },
    { "shutdown-restart a node", AMF_ADMIN_NONE,    AMF_OP_SHUTDOWN_RESTART,   AMF_KIND_NODE, 0, AMF_ADMIN_NOT_SUPPORTED },
    { "restart an SG",          AMF_ADMIN_NONE,     AMF_OP_RESTART,            AMF_KIND_SG, 0, AMF_ADMIN_INVALID_ENTITY },
    { "repair what is healthy", AMF_ADMIN_NONE,     AMF_OP_REPAIRED,           AMF_KIND_SU, 0, AMF_ADMIN_NO_OP },
    { "repair a healthy node",  AMF_ADMIN_NONE,     AMF_OP_REPAIRED,           AMF_KIND_NODE, 0, AMF_ADMIN_NO_OP },
    { "swap a locked SI",       AMF_ADMIN_LOCKED_A, AMF_OP_SI_SWAP,            AMF_KIND_SI, 0, AMF_ADMIN_BAD_OPERATION },
    { "swap an SU",             AMF_ADMIN_NONE,     AMF_OP_SI_SWAP,            AMF_KIND_SU, 0, AMF_ADMIN_INVALID_ENTITY },
    { "an SU that is not there", AMF_ADMIN_NONE,    AMF_OP_UNLOCK,             AMF_KIND_SU, 9, AMF_ADMIN_NOT_EXIST },
    { "a negative index",       AMF_ADMIN_NONE,     AMF_OP_UNLOCK,             AMF_KIND_SG, -1, AMF_ADMIN_NOT_EXIST },
    { "no such operation",      AMF_ADMIN_NONE,     (enum amf_admin_op)77,     AMF_KIND_SG, 0, AMF_ADMIN_BAD_OPERATION },
    { "adjust an SI",           AMF_ADMIN_NONE,     AMF_OP_SG_ADJUST,          AMF_KIND_SI, 0, AMF_ADMIN_INVALID_ENTITY },
    /* clang-format on */
};

Test(amf_admin, what_cannot_be_done_is_refused_with_its_code)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct world *w = pair();

        settled(w, false);
        if (r->state == AMF_ADMIN_LOCKED_A)
            world_admin(w, AMF_OP_LOCK_ASSIGNMENT, r->kind, r->index);
        world_run(w, 12000);
        cr_expect_eq(world_admin(w, r->op, r->kind, r->index), r->want, "%s: %#x",
                     r->name, w->result);
        world_end(w);
    }
}

Test(amf_admin, operations_wait_for_what_is_under_way)
{
    struct world *w = pair();

    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    cr_expect_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0), AMF_ADMIN_TRY_AGAIN);
    cr_expect_eq(world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 0),
                 AMF_ADMIN_TRY_AGAIN);
    cr_expect_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SI, 0),
                 AMF_ADMIN_TRY_AGAIN);
    cr_expect_eq(world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_NODE, 1), AMF_ADMIN_TRY_AGAIN);
    world_run(w, 12000);
    cr_expect_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SU, 0), AMF_ADMIN_OK);
    world_end(w);
}

/* ---- every operation in every state ------------------------------------------ */

enum { OK, NO_OP = AMF_ADMIN_NO_OP, BAD = AMF_ADMIN_BAD_OPERATION };
enum { INV = AMF_ADMIN_INVALID_ENTITY, NOT = AMF_ADMIN_NOT_SUPPORTED };
enum { STATE = AMF_ADMIN_INVALID_STATE };

/* What each operation answers for an entity that is UNLOCKED, LOCKED_A, LOCKED_I,
 * SHUTTINGDOWN. */
static const struct row {
    enum amf_admin_op op;
    enum amf_kind kind;
    int want[4];
} rows[] = {
    /* clang-format off */
    { AMF_OP_LOCK_ASSIGNMENT,    AMF_KIND_NODE, { OK,    NO_OP, OK,    BAD } },
    { AMF_OP_LOCK_ASSIGNMENT,    AMF_KIND_SG,   { OK,    NO_OP, OK,    BAD } },
    { AMF_OP_LOCK_ASSIGNMENT,    AMF_KIND_SU,   { OK,    NO_OP, OK,    BAD } },
    { AMF_OP_LOCK_ASSIGNMENT,    AMF_KIND_SI,   { OK,    NO_OP, OK,    BAD } },
    { AMF_OP_LOCK_INSTANTIATION, AMF_KIND_NODE, { BAD,   OK,    NO_OP, BAD } },
    { AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SG,   { BAD,   OK,    NO_OP, BAD } },
    { AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU,   { BAD,   OK,    NO_OP, BAD } },
    { AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SI,   { INV,   INV,   INV,   INV } },
    { AMF_OP_UNLOCK,             AMF_KIND_NODE, { NO_OP, OK,    BAD,   OK } },
    { AMF_OP_UNLOCK,             AMF_KIND_SG,   { NO_OP, OK,    BAD,   OK } },
    { AMF_OP_UNLOCK,             AMF_KIND_SU,   { NO_OP, OK,    BAD,   OK } },
    { AMF_OP_UNLOCK,             AMF_KIND_SI,   { NO_OP, OK,    BAD,   OK } },
    { AMF_OP_SHUTDOWN,           AMF_KIND_NODE, { OK,    BAD,   BAD,   NO_OP } },
    { AMF_OP_SHUTDOWN,           AMF_KIND_SG,   { OK,    BAD,   BAD,   NO_OP } },
    { AMF_OP_SHUTDOWN,           AMF_KIND_SU,   { OK,    BAD,   BAD,   NO_OP } },
    { AMF_OP_SHUTDOWN,           AMF_KIND_SI,   { OK,    BAD,   BAD,   NO_OP } },
    { AMF_OP_SHUTDOWN_RESTART,   AMF_KIND_NODE, { NOT,   NOT,   NOT,   NOT } },
    { AMF_OP_SHUTDOWN_RESTART,   AMF_KIND_SG,   { NOT,   NOT,   NOT,   NOT } },
    { AMF_OP_SHUTDOWN_RESTART,   AMF_KIND_SU,   { OK,    BAD,   BAD,   NO_OP } },
    { AMF_OP_SHUTDOWN_RESTART,   AMF_KIND_SI,   { NOT,   NOT,   NOT,   NOT } },
    { AMF_OP_RESTART,            AMF_KIND_SG,   { INV,   INV,   INV,   INV } },
    { AMF_OP_RESTART,            AMF_KIND_SI,   { INV,   INV,   INV,   INV } },
    { AMF_OP_RESTART,            AMF_KIND_SU,   { OK,    OK,    NO_OP, AMF_ADMIN_TRY_AGAIN } },
    { AMF_OP_REPAIRED,           AMF_KIND_SG,   { INV,   INV,   INV,   INV } },
    { AMF_OP_REPAIRED,           AMF_KIND_SI,   { INV,   INV,   INV,   INV } },
    { AMF_OP_REPAIRED,           AMF_KIND_SU,   { NO_OP, NO_OP, NO_OP, NO_OP } },
    { AMF_OP_REPAIRED,           AMF_KIND_NODE, { NO_OP, NO_OP, NO_OP, NO_OP } },
    { AMF_OP_FORCE_LOCK_INSTANTIATION, AMF_KIND_SU, { OK, OK,   NO_OP, OK } },
    { AMF_OP_FORCE_LOCK_INSTANTIATION, AMF_KIND_SG, { INV, INV, INV,   INV } },
    { AMF_OP_FORCE_LOCK,         AMF_KIND_SU,   { OK,    STATE, STATE, STATE } },
    { AMF_OP_FORCE_LOCK,         AMF_KIND_SG,   { INV,   INV,   INV,   INV } },
    { AMF_OP_FORCE_LOCK,         AMF_KIND_SI,   { INV,   INV,   INV,   INV } },
    { AMF_OP_FORCE_LOCK,         AMF_KIND_NODE, { INV,   INV,   INV,   INV } },
    /* clang-format on */
};

static enum amf_admin *configured(struct world *w, enum amf_kind kind)
{
    switch (kind) {
    case AMF_KIND_NODE:
        return &w->m.nodes[0].admin;
    case AMF_KIND_SG:
        return &w->m.sgs[0].admin;
    case AMF_KIND_SU:
        return &w->m.sus[0].admin;
    default:
        return &w->m.sis[0].admin;
    }
}

Test(amf_admin, every_operation_has_its_code_in_every_state)
{
    static const enum amf_admin states[] = {AMF_ADMIN_UNLOCKED, AMF_ADMIN_LOCKED_A,
                                            AMF_ADMIN_LOCKED_I, AMF_ADMIN_UNLOCKED};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (size_t k = 0; k < 4; k++) {
            struct world *w = pair();

            *configured(w, rows[i].kind) = states[k];
            w->comp[0].quiesce_ms = -1;
            settled(w, false);
            if (k == 3)
                world_admin(w, AMF_OP_SHUTDOWN, rows[i].kind, 0);
            world_run(w, 10100); /* the standby has gone, the active takes its time */
            cr_expect_eq((int)world_admin(w, rows[i].op, rows[i].kind, 0),
                         rows[i].want[k], "row %zu, state %zu: %#x", i, k, w->result);
            world_end(w);
        }
}

Test(amf_admin, a_node_without_the_amf_is_not_operated)
{
    struct world *w = pair();

    w->m.nodes[0].asp_aware = false;
    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_NODE, 0),
                 AMF_ADMIN_NO_OP);
    cr_expect_eq(world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_NODE, 0), AMF_ADMIN_NO_OP);
    cr_expect_eq(world_admin(w, AMF_OP_RESTART, AMF_KIND_NODE, 0), AMF_ADMIN_NO_OP);
    world_run(w, 20000);
    story_is(w, "");
    world_end(w);
}

Test(amf_admin, what_cannot_be_restarted_is_left_alone)
{
    struct world *w = pair();

    w->m.comps[0].restartable = false;
    w->m.sus[1].restartable = false;
    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_RESTART, AMF_KIND_COMP, 0), AMF_ADMIN_NO_OP);
    cr_expect_eq(world_admin(w, AMF_OP_RESTART, AMF_KIND_SU, 1), AMF_ADMIN_NO_OP);
    cr_expect_eq(world_admin(w, AMF_OP_RESTART, AMF_KIND_NODE, 1), AMF_ADMIN_NO_OP);
    story_is(w, "");
    world_end(w);
}

/* ---- shutdowns ------------------------------------------------------------------ */

Test(amf_admin, shutdown_of_a_node_moves_its_work_when_that_is_done)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_NODE, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10020] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10020] remove comp1 csi1 TARGET_ONE\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_NODE, 0), AMF_ADMIN_LOCKED_A);
    world_end(w);
}

Test(amf_admin, shutdown_of_an_sg_promotes_nobody)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SG, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10020] remove comp1 csi1 TARGET_ONE\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SG, 0), AMF_ADMIN_LOCKED_A);
    world_end(w);
}

Test(amf_admin, shutdown_of_an_si_leaves_the_others_alone)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 1, 2, 1});

    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SI, 1);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi2 QUIESCING TARGET_ONE\n"
                "[10000] remove comp2 csi2 TARGET_ONE\n"
                "[10020] remove comp1 csi2 TARGET_ONE\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SI, 1), AMF_ADMIN_LOCKED_A);
    world_end(w);
}

Test(amf_admin, shutdown_of_the_standby_su_only_removes)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 1);
    world_run(w, 20000);
    story_is(w, "[10000] remove comp2 csi1 TARGET_ONE\n");
    cr_expect_eq(amf_engine_admin(w->e, AMF_KIND_SU, 1), AMF_ADMIN_LOCKED_A);
    world_end(w);
}

Test(amf_admin, quiescing_that_ends_with_an_error_is_a_failure)
{
    struct world *w = pair();

    w->m.comps[0].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    settled(w, false);
    w->comp[0].refuse_sets = 1;
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10020] kill comp1\n"
                "[10021] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10021] launch comp1\n");
    world_end(w);
}

/* The answer may take for ever then; an error as the answer is a failure at once. */
Test(amf_admin, an_error_as_the_response_to_quiescing_is_a_failure)
{
    struct world *w = pair();
    uint64_t invocation = 0;

    w->m.comps[0].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
    w->comp[0].quiesce_ms = -1;
    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    for (size_t i = 0; i < w->out.n; i++)
        if (w->out.at[i].type == AMF_DO_CSI_SET)
            invocation = w->out.at[i].invocation;
    world_run(w, 10100);
    world_feed(w, &(struct amf_event){.type = AMF_EV_RESPONSE, .invocation = invocation});
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10100] kill comp1\n"
                "[10101] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10101] launch comp1\n");
    world_end(w);
}

/* ---- locks, swaps ---------------------------------------------------------------- */

Test(amf_admin, lock_of_the_node_of_the_active_moves_the_work)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_NODE, 0);
    world_run(w, 11000);
    cr_expect_eq(world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_NODE, 0),
                 AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[11000] terminate comp1\n");
    world_end(w);
}

Test(amf_admin, a_swap_takes_all_that_the_su_is_active_for)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 1, 2, 1});

    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 1), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=2 attrs\n"
                "[10000] set comp1 csi2 STANDBY ADD_ONE active=comp2 rank=2 attrs\n"
                "[10000] set comp2 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n"
                "[10000] set comp2 csi2 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n");
    world_end(w);
}

Test(amf_admin, n_way_swaps_what_the_two_have_in_common)
{
    struct world *w = world_new(&(struct world_shape){AMF_RED_N_WAY, 2, 2, 1, 2, 1});

    settled(w, false);
    cr_expect_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=2 attrs\n"
                "[10000] set comp2 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n");
    world_end(w);
}

/* The second CSI depends on the first, with which the old active is slow. */
Test(amf_admin, in_a_swap_each_csi_is_taken_from_the_one_before_it_is_given_to_the_other)
{
    static int first = 0;
    struct world *w = pair_of_two();

    w->m.csis[1].depends = (struct amf_list){&first, 1};
    settled(w, false);
    w->comp[0].answer_ms = 500;
    cr_expect_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w,
             "[10000] set comp1a csi1a STANDBY ADD_ONE active=comp2a rank=2 attrs\n"
             "[10000] set comp2a csi1a ACTIVE TARGET_ONE NOT_QUIESCED active=comp1a\n"
             "[10500] set comp1b csi1b STANDBY ADD_ONE active=comp2b rank=2 attrs\n"
             "[10500] set comp2b csi1b ACTIVE TARGET_ONE NOT_QUIESCED active=comp1b\n");
    world_end(w);
}

/* ---- recoveries that no story had -------------------------------------------------- */

Test(amf_admin, an_internally_recovered_component_is_asked_to_leave)
{
    struct world *w = pair();

    settled(w, false);
    world_fault(w, 0, AMF_REC_INTERNALLY_RECOVERED);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[10010] terminate comp1\n"
                "[10015] launch comp1\n"
                "[10025] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_admin, a_node_that_does_not_repair_itself_is_shut_down)
{
    struct world *w = pair();

    w->m.nodes[0].auto_repair = false;
    settled(w, false);
    world_fault(w, 0, AMF_REC_NODE_SWITCHOVER);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n"
                "[10010] terminate comp1\n"
                "[10015] reset node1\n");
    world_end(w);
}

Test(amf_admin, an_su_that_cannot_be_restarted_fails_over)
{
    struct world *w = pair();

    w->m.sus[0].restartable = false;
    settled(w, false);
    world_fault(w, 0, AMF_REC_SU_RESTART);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}
