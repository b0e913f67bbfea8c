/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a reimplementation of the AMF would differ visibly: the traps of the contract
 * that concern the engine, the health checks and the model, by their number. Those of
 * the library are in test_cpm_traps.c.
 */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "amf/amf_health.h"
#include "amf_story.h"
#include "fixture_model.h"

static void fail_over(struct world *w)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
}

/* One component in each SU that has the CSIs of two SIs. */
static struct world *pair_with_two_sis(void)
{
    return world_new(&(struct world_shape){AMF_RED_TWO_N, 2, 2, 1, 2, 1});
}

Test(amf_traps, trap_05_a_promotion_is_one_callback_without_a_name)
{
    struct world *w = pair_with_two_sis();

    fail_over(w);
    settled(w, false);
    world_node_down(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n");
    world_end(w);
}

Test(amf_traps, trap_06_only_sets_that_add_carry_attributes)
{
    struct world *w = pair();

    settled(w, true);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[ 5000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n"
                "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10020] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10020] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

Test(amf_traps, trap_07_work_given_back_after_a_restart_has_both_flags)
{
    struct world *w = pair();

    settled(w, false);
    world_crash(w, 0);
    world_crash(w, 1);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10000] kill comp2\n"
                "[10001] launch comp1\n"
                "[10001] launch comp2\n"
                "[10011] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN "
                "active=comp1 attrs\n"
                "[10011] set comp2 csi1 STANDBY ADD_ONE TARGET_ONE active=comp1 rank=1 "
                "attrs\n");
    world_end(w);
}

Test(amf_traps, trap_08_a_crash_is_no_failover)
{
    struct world *w = pair();

    w->m.comps[0].recovery_on_timeout = AMF_REC_NO_RECOMMENDATION;
    settled(w, false);
    world_crash(w, 0);
    world_run(w, 20000);
    story_is(w, "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 ACTIVE ADD_ONE TARGET_ONE NEW_ASSIGN "
                "active=comp1 attrs\n");
    world_end(w);
}

/* Complete alone is an answer; a response alone only stops the clock. */
Test(amf_traps, trap_09_quiescing_ends_with_its_completion)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SI, 0);
    world_run(w, 11000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n"
                "[10000] remove comp2 csi1 TARGET_ONE\n"
                "[10020] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
    w = pair();
    w->comp[0].quiescing_ack = true;
    w->comp[0].quiesce_ms = -1;
    settled(w, false);
    world_admin(w, AMF_OP_SHUTDOWN, AMF_KIND_SU, 0);
    world_run(w, 3600000);
    story_is(w, "[10000] set comp1 csi1 QUIESCING TARGET_ONE\n");
    world_end(w);
}

Test(amf_traps, trap_10_the_descriptor_of_a_quiesced_set_is_empty)
{
    struct world *w = pair();
    bool seen = false;

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    for (size_t i = 0; i < w->out.n; i++) {
        const struct amf_csi_set *s = &w->out.at[i].set;

        if (w->out.at[i].type != AMF_DO_CSI_SET)
            continue;
        seen = true;
        cr_expect_eq(s->ha, AMF_HA_QUIESCED);
        cr_expect_eq(s->transition, AMF_TR_NONE);
        cr_expect_eq(s->active_comp, -1);
        cr_expect_eq(s->standby_rank, 0);
        cr_expect_not(s->with_attrs);
    }
    cr_expect(seen);
    world_end(w);
}

Test(amf_traps, trap_11_a_fresh_active_is_told_its_own_name)
{
    struct world *w = pair();

    world_begin(w);
    world_node_up(w, 0);
    world_run(w, 10000);
    story_is(w, "[    0] launch comp1\n"
                "[ 5000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n");
    world_end(w);
}

/* OK: gone at once, its process is not waited for. Error: that process is killed. */
Test(amf_traps, trap_20_the_answer_to_terminate_is_its_end)
{
    struct world *w = pair();

    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 1);
    world_run(w, 11000);
    w->comp[1].kill_ms = -1; /* it lingers, and could not be killed either */
    world_forget(w);
    world_admin(w, AMF_OP_LOCK_INSTANTIATION, AMF_KIND_SU, 1);
    world_run(w, 20000);
    story_is(w, "[11000] terminate comp2\n");
    cr_expect_eq(amf_engine_presence(w->e, 1), AMF_PRES_UNINSTANTIATED);
    world_end(w);
}

Test(amf_traps, trap_21_the_old_active_loses_its_work_with_the_promotion)
{
    struct world *w = pair();

    w->comp[1].answer_ms = 700;
    settled(w, false);
    world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SU, 0);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 QUIESCED TARGET_ONE\n"
                "[10005] set comp2 ACTIVE TARGET_ALL QUIESCED active=comp1\n"
                "[10005] remove comp1 csi1 TARGET_ONE\n");
    world_end(w);
}

Test(amf_traps, trap_22_a_swap_neither_quiesces_nor_waits)
{
    struct world *w = pair();

    w->comp[0].answer_ms = 700;
    settled(w, false);
    cr_assert_eq(world_admin(w, AMF_OP_SI_SWAP, AMF_KIND_SI, 0), AMF_ADMIN_OK);
    world_run(w, 20000);
    story_is(w, "[10000] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=2 attrs\n"
                "[10000] set comp2 csi1 ACTIVE TARGET_ONE NOT_QUIESCED active=comp1\n");
    world_end(w);
}

Test(amf_traps, trap_23_who_is_repaired_returns_as_standby_and_stays_it)
{
    struct world *w = pair();

    fail_over(w);
    settled(w, false);
    world_crash(w, 0); /* of the better rank */
    world_run(w, 3600000);
    story_is(w, "[10000] set comp2 ACTIVE TARGET_ALL NOT_QUIESCED active=comp1\n"
                "[10000] kill comp1\n"
                "[10001] launch comp1\n"
                "[10011] set comp1 csi1 STANDBY ADD_ONE active=comp2 rank=1 attrs\n");
    world_end(w);
}

Test(amf_traps, trap_24_the_first_assignment_waits_although_all_are_ready)
{
    struct world *w = pair();

    w->m.sgs[0].restart_ms = 10000;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 9999);
    cr_expect_eq(amf_engine_presence(w->e, 0), AMF_PRES_INSTANTIATED);
    story_is(w, "[    0] launch comp1\n"
                "[    0] launch comp2\n");
    world_run(w, 10000);
    story_is(w, "[10000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[10000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}

static bool delay_in_timeouts_is_ignored(const struct amf_model *m)
{
    return m->comps[0].instantiate_delay_ms == 10000;
}

static bool other_truth_is_false(const struct amf_model *m)
{
    return !m->comps[0].restartable;
}

static bool nought_is_the_default(const struct amf_model *m)
{
    return m->comps[0].csi_set_ms == 20000;
}

static bool the_misspelt_list_counts(const struct amf_model *m)
{
    return m->sis[0].preferred.n == 1;
}

/* One edit of a good model each; what NULL: it is refused. */
Test(amf_traps, trap_25_spellings_and_values_of_the_xml, .timeout = 60)
{
    static const struct {
        const char *row, *file, *find, *replace;
        bool (*what)(const struct amf_model *m);
    } rows[] = {
        /* clang-format off */
        { "property with COMP_PROPERTY", "clAmfDefinitions.xml",
          "CL_AMS_SA_AWARE", "CL_AMS_COMP_PROPERTY_SA_AWARE", NULL },
        { "an unknown enumerator", "clAmfDefinitions.xml",
          "CL_AMS_COMP_CAP_ONE", "CL_AMS_COMP_CAP_NONE", NULL },
        { "numCSIs that does not fit", "clAmfDefinitions.xml",
          "<numCSIs>1<", "<numCSIs>2<", NULL },
        { "instantiateDelay inside timeouts", "clAmfDefinitions.xml",
          "<instantiateDelay>5000</instantiateDelay>", "", delay_in_timeouts_is_ignored },
        { "a boolean other than CL_TRUE", "clAmfDefinitions.xml",
          "<isRestartable>CL_TRUE</isRestartable>\n          <instantiateLevel>",
          "<isRestartable>TRUE</isRestartable>\n          <instantiateLevel>", other_truth_is_false },
        { "a time-out of 0", "clAmfDefinitions.xml",
          "<csiSetTimeout>13000<", "<csiSetTimeout>0<", nought_is_the_default },
        { "prefferedServiceUnits", "clAmfConfig.xml",
          "<prefferedServiceUnits prefferedServiceUnit=\"\"/>",
          "<prefferedServiceUnits><prefferedServiceUnit>desk2</prefferedServiceUnit>"
          "</prefferedServiceUnits>", the_misspelt_list_counts },
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *dir = model_copy("good-6x"), error[500];
        struct amf_model *m;

        model_edit(dir, rows[i].file, rows[i].find, rows[i].replace);
        if (rows[i].what == delay_in_timeouts_is_ignored)
            model_edit(dir, rows[i].file, "<timeouts>",
                       "<timeouts><instantiateDelay>77</instantiateDelay>");
        m = amf_model_load(dir, error, sizeof(error));
        cr_expect_eq(m != NULL, rows[i].what != NULL, "%s: %s", rows[i].row,
                     m ? "loaded" : error);
        if (m && rows[i].what)
            cr_expect(rows[i].what(m), "%s", rows[i].row);
        amf_model_free(m);
        model_remove(dir);
    }
}

Test(amf_traps, trap_26_health_checks_have_a_floor_and_start_once)
{
    const struct amf_comp fast = {.health_period_ms = 100, .health_max_ms = 200};
    struct amf_health h = {0};
    struct amf_health_check due;
    enum amf_recovery r;

    cr_assert_eq(amf_health_start(&h, &fast, 0, AMF_HEALTH_AMF_INVOKED,
                                  AMF_REC_COMP_FAILOVER, "key", 1000),
                 AMF_HEALTH_OK);
    cr_expect_eq(h.at[0].period_ms, 5000);
    cr_expect_eq(h.at[0].max_ms, 10000);
    cr_expect_eq(amf_health_start(&h, &fast, 0, AMF_HEALTH_AMF_INVOKED,
                                  AMF_REC_NODE_FAILFAST, "other", 2000),
                 AMF_HEALTH_IGNORED, "the second start");
    cr_expect_eq(amf_health_take(&h, amf_health_next_ms(&h), &due), AMF_HEALTH_CALL);
    cr_expect_eq(amf_health_answer(&h, 0, false, &r), AMF_HEALTH_FAULT);
    cr_expect_eq(r, AMF_REC_COMP_FAILOVER, "of the first start");
    amf_health_free(&h);
}

Test(amf_traps, trap_27_a_flood_of_reports_is_filtered)
{
    struct world *w = pair();

    w->comp[0].kill_ms = 5000;
    w->m.comps[0].cleanup_ms = 20000;
    settled(w, false);
    world_fault(w, 0, AMF_REC_COMP_FAILOVER);
    world_run(w, 10100);
    world_fault(w, 0, AMF_REC_NODE_FAILFAST); /* within half a second */
    world_run(w, 11000);
    world_fault(w, 0, AMF_REC_COMP_RESTART); /* weaker than what is under way */
    world_run(w, 14000);
    story_is(w, "[10000] kill comp1\n");
    world_end(w);
}

Test(amf_traps, trap_28_the_way_up_from_locked_instantiation)
{
    struct world *w = pair();

    w->m.sgs[0].admin = AMF_ADMIN_LOCKED_I;
    world_begin(w);
    world_nodes_up(w);
    world_run(w, 20000);
    cr_expect_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SG, 0), AMF_ADMIN_BAD_OPERATION);
    story_is(w, "");
    cr_expect_eq(world_admin(w, AMF_OP_LOCK_ASSIGNMENT, AMF_KIND_SG, 0), AMF_ADMIN_OK);
    world_run(w, 30000);
    story_is(w, "[20000] launch comp1\n"
                "[20000] launch comp2\n");
    cr_expect_eq(world_admin(w, AMF_OP_UNLOCK, AMF_KIND_SG, 0), AMF_ADMIN_OK);
    world_run(w, 40000);
    story_is(w, "[30000] set comp1 csi1 ACTIVE ADD_ONE NEW_ASSIGN active=comp1 attrs\n"
                "[30000] set comp2 csi1 STANDBY ADD_ONE active=comp1 rank=1 attrs\n");
    world_end(w);
}
