/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmt: the configuration is changed under a daemon that plays it, as a whole or not
 * at all. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <clHeapApi.h>

#include "fixture_mgmt.h"
#include "fixture_redis.h"

#define LIMIT 60

static struct amfd f;
static ClAmsMgmtHandleT mgmt;
static ClAmsMgmtCCBHandleT ccb;

static void finish(void)
{
    amfd_end(&f);
}

static void begin(void)
{
    mgmt = mgmt_begin(&f);
    cr_assert_eq(clAmsMgmtCCBInitialize(mgmt, &ccb), CL_OK);
}

static void *config_of(ClAmsEntityTypeT type, const char *name)
{
    ClAmsEntityT e = mgmt_entity(type, name);
    ClAmsEntityConfigT *config = NULL;

    cr_assert_eq(clAmsMgmtEntityGetConfig(mgmt, &e, &config), CL_OK, "%s", name);
    return config;
}

static ClUint32T rank_of(const char *su)
{
    ClAmsSUConfigT *c = config_of(CL_AMS_ENTITY_TYPE_SU, su);
    const ClUint32T rank = c->rank;

    clHeapFree(c);
    return rank;
}

static ClRcT rank_set(const char *su, ClUint32T rank)
{
    ClAmsSUConfigT c = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, su), .rank = rank};

    return clAmsMgmtCCBEntitySetConfig(ccb, &c.entity, SU_CONFIG_RANK);
}

/* ---- handles -------------------------------------------------------------- */

Test(ccb, handles_are_checked, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    ClAmsEntityT cluster = mgmt_entity(CL_AMS_ENTITY_TYPE_CLUSTER, "c");

    begin();
    cr_expect_eq(clAmsMgmtCCBInitialize(77, &ccb), AMS(CL_ERR_INVALID_HANDLE));
    cr_expect_eq(clAmsMgmtCCBInitialize(mgmt, NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtCCBEntitySetConfig(ccb, NULL, 0), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtCCBEntitySetConfig(ccb, &cluster, 0),
                 AMS(CL_AMS_ERR_INVALID_ENTITY));
    cr_expect_eq(clAmsMgmtCCBEntityCreate(ccb, NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtCCBCommit(mgmt), AMS(CL_ERR_INVALID_HANDLE), "of another kind");
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), CL_OK, "nothing is not much, but well");
    cr_expect_eq(clAmsMgmtCCBFinalize(ccb), CL_OK);
    cr_expect_eq(clAmsMgmtCCBFinalize(ccb), AMS(CL_ERR_INVALID_HANDLE));
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), AMS(CL_ERR_INVALID_HANDLE));
    cr_expect_eq(clAmsMgmtCCBEntityDelete(ccb, &su), AMS(CL_ERR_INVALID_HANDLE));
    cr_expect_eq(clAmsMgmtCCBEntitySetConfig(ccb, &su, 0), AMS(CL_ERR_INVALID_HANDLE));
}

/* ---- what can change --------------------------------------------------------- */

static void sg_change(void)
{
    ClAmsSGConfigT sg = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG"),
                         .compRestartCountMax = 1,
                         .compRestartDuration = 60000,
                         .maxActiveSIsPerSU = 4,
                         .numPrefStandbySUs = 9 /* not asked for */};

    cr_assert_eq(clAmsMgmtCCBEntitySetConfig(ccb, &sg.entity,
                                             SG_CONFIG_COMP_RESTART_COUNT_MAX |
                                                 SG_CONFIG_COMP_RESTART_DURATION |
                                                 SG_CONFIG_MAX_ACTIVE_SIS_PER_SU),
                 CL_OK);
}

static void comp_change(const char *name)
{
    ClAmsCompConfigT *comp = config_of(CL_AMS_ENTITY_TYPE_COMP, name);

    comp->timeouts.csiSet = 7777;
    comp->recoveryOnTimeout = CL_AMS_RECOVERY_COMP_RESTART;
    cr_assert_eq(clAmsMgmtCCBEntitySetConfig(ccb, &comp->entity, CL_AMS_CONFIG_ATTR_ALL),
                 CL_OK);
    clHeapFree(comp);
}

static void changed_expect(void)
{
    ClAmsSGConfigT *sg = config_of(CL_AMS_ENTITY_TYPE_SG, "counterSG");
    ClAmsCompConfigT *comp = config_of(CL_AMS_ENTITY_TYPE_COMP, "counter2");

    cr_expect_eq(sg->compRestartCountMax, 1);
    cr_expect_eq(sg->compRestartDuration, 60000);
    cr_expect_eq(sg->maxActiveSIsPerSU, 4);
    cr_expect_eq(sg->numPrefStandbySUs, 1, "only what was asked for");
    cr_expect_eq(comp->timeouts.csiSet, 7777);
    cr_expect_eq(comp->timeouts.terminate, 5000);
    cr_expect_eq(comp->recoveryOnTimeout, CL_AMS_RECOVERY_COMP_RESTART);
    cr_expect_eq(rank_of("counterSU1"), 5);
    clHeapFree(sg);
    clHeapFree(comp);
}

Test(ccb, a_commit_changes_everything_and_a_new_daemon_keeps_it, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one, two;

    begin();
    one = amfd_pid(&f, "counter1");
    two = amfd_pid(&f, "counter2");
    cr_assert(one > 0 && two > 0);
    sg_change();
    comp_change("counter2");
    cr_assert_eq(rank_set("counterSU1", 5), CL_OK);
    cr_expect_eq(rank_of("counterSU1"), 1, "not before the commit");
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    changed_expect();
    cr_expect_eq(amfd_pid(&f, "counter1"), one, "nobody is disturbed");
    cr_expect_eq(amfd_log_count(&f, "counter1", "csiset"), 1);

    amfd_stop(&f, SIGKILL, 5000);
    amfd_again(&f);
    cr_assert(amfd_settled(&f, 15000));
    cr_expect_eq(amfd_pid(&f, "counter1"), one, "taken over");
    cr_expect_eq(amfd_pid(&f, "counter2"), two);
    changed_expect();
}

/* The files say that a death is a fail-over. Now it is a restart, once; after the second
 * one within the time the SU may not be restarted either. */
Test(ccb, the_engine_goes_by_the_changed_numbers, .timeout = LIMIT, .fini = finish)
{
    ClAmsSGConfigT sg = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG")};

    begin();
    sg_change();
    comp_change("counter1");
    cr_assert_eq(
        clAmsMgmtCCBEntitySetConfig(ccb, &sg.entity, SG_CONFIG_SU_RESTART_COUNT_MAX),
        CL_OK);
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    cr_assert_eq(kill(amfd_pid(&f, "counter1"), SIGKILL), 0);
    cr_assert(amfd_log_has(&f, "counter1", "csiset ACTIVE", 2, 15000), "restarted");
    cr_expect_eq(amfd_log_count(&f, "counter2", "csiset ACTIVE"), 0);
    cr_assert_eq(kill(amfd_pid(&f, "counter1"), SIGKILL), 0);
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 15000), "escalated");
}

/* By rank, the other one would have been first from the start. */
Test(ccb, changed_ranks_move_the_work_of_a_group_that_adjusts, .timeout = LIMIT,
     .fini = finish)
{
    ClAmsSGConfigT sg = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG"),
                         .autoAdjust = CL_TRUE,
                         .autoAdjustProbation = 1};

    begin();
    cr_assert_eq(rank_set("counterSU1", 9), CL_OK);
    cr_assert_eq(clAmsMgmtCCBEntitySetConfig(ccb, &sg.entity,
                                             SG_CONFIG_AUTO_ADJUST |
                                                 SG_CONFIG_AUTO_ADJUST_PROBATION),
                 CL_OK);
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    cr_expect(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, 30000));
}

Test(ccb, the_later_names_do_the_same, .timeout = LIMIT, .fini = finish)
{
    ClAmsSUConfigT su = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU2"),
                         .rank = 8};
    ClAmsMgmtCCBBatchHandleT batch = NULL;

    begin();
    cr_assert_eq(clAmsMgmtCCBBatchInitialize(mgmt, &batch), CL_OK);
    cr_assert_eq(clAmsMgmtCCBBatchEntitySetConfig(batch, &su.entity, SU_CONFIG_RANK),
                 CL_OK);
    cr_assert_eq(clAmsMgmtCCBBatchCommit(batch), CL_OK);
    cr_expect_eq(rank_of("counterSU2"), 8);
    cr_expect_eq(clAmsMgmtCCBBatchEntityCreate(batch, &su.entity),
                 AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(clAmsMgmtCCBBatchFinalize(batch), CL_OK);
    cr_expect_eq(clAmsMgmtCCBBatchFinalize(NULL), AMS(CL_ERR_INVALID_HANDLE));
}

/* ---- what cannot -------------------------------------------------------------- */

Test(ccb, all_or_nothing, .timeout = LIMIT, .fini = finish)
{
    ClAmsSGConfigT sg = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG")};
    ClAmsSUConfigT su = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU2")};
    ClAmsCompConfigT comp = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_COMP, "counter1")};
    const struct {
        const char *row;
        ClAmsEntityConfigT *entity;
        ClUint64T bits;
        ClRcT set, commit;
        const char *says;
    } rows[] = {
        /* clang-format off */
        { "zero duration", &sg.entity, SG_CONFIG_SU_RESTART_DURATION, CL_OK, AMS(CL_AMS_ERR_BAD_CONFIG), "su_restart_ms: expected a number from 1" },
        { "no strategy",   &sg.entity, SG_CONFIG_LOADING_STRATEGY, CL_OK, AMS(CL_AMS_ERR_BAD_CONFIG), "loading: expected a known value" },
        { "another model", &sg.entity, SG_CONFIG_REDUNDANCY_MODEL, CL_OK, AMS(CL_ERR_NOT_SUPPORTED), "redundancy cannot be changed" },
        { "no work",       &comp.entity, COMP_CONFIG_NUM_MAX_ACTIVE_CSIS, CL_OK, AMS(CL_AMS_ERR_BAD_CONFIG), "what is assigned does not fit these changes" },
        { "a state",       &su.entity, SU_CONFIG_ADMIN_STATE, CL_OK, AMS(CL_ERR_NOT_SUPPORTED), "admin cannot be changed" },
        { "no bit of it",  &su.entity, 0x800, AMS(CL_ERR_NOT_SUPPORTED), AMS(CL_ERR_NOT_SUPPORTED), NULL },
        /* clang-format on */
    };

    begin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        cr_assert_eq(rank_set("counterSU1", 5), CL_OK);
        cr_expect_eq(clAmsMgmtCCBEntitySetConfig(ccb, rows[i].entity, rows[i].bits),
                     rows[i].set, "%s", rows[i].row);
        cr_expect_eq(clAmsMgmtCCBCommit(ccb), rows[i].commit, "%s", rows[i].row);
        cr_expect_eq(rank_of("counterSU1"), 1, "%s: nothing is changed", rows[i].row);
        if (rows[i].says)
            cr_expect(amfd_log_has(&f, "err", rows[i].says, 1, 5000), "%s", rows[i].row);
    }
    cr_assert_eq(rank_set("nobody", 5), CL_OK);
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), CL_OK, "the refused one is forgotten");
    cr_assert_eq(rank_set("counterSU1", 5), CL_OK);
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), CL_OK, "and the handle can be used again");
    cr_expect_eq(rank_of("counterSU1"), 5);
}

Test(ccb, entities_and_relations_are_refused_and_spoil_the_commit, .timeout = LIMIT,
     .fini = finish)
{
    static ClRcT (*const relations[])(ClAmsMgmtCCBHandleT, ClAmsEntityT *,
                                      ClAmsEntityT *) = {
        clAmsMgmtCCBSetNodeDependency, clAmsMgmtCCBDeleteNodeDependency,
        clAmsMgmtCCBSetNodeSUList,     clAmsMgmtCCBDeleteNodeSUList,
        clAmsMgmtCCBSetSGSUList,       clAmsMgmtCCBDeleteSGSUList,
        clAmsMgmtCCBSetSGSIList,       clAmsMgmtCCBDeleteSGSIList,
        clAmsMgmtCCBSetSUCompList,     clAmsMgmtCCBDeleteSUCompList,
        clAmsMgmtCCBSetSICSIList,      clAmsMgmtCCBDeleteSICSIList,
        clAmsMgmtCCBSetSIDependency,   clAmsMgmtCCBDeleteSIDependency,
        clAmsMgmtCCBSetCSIDependency,  clAmsMgmtCCBDeleteCSIDependency,
        clAmsMgmtCCBDeleteSISURankList};
    ClAmsEntityT a = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "newSU"), b = a;
    ClAmsCSINameValuePairT pair = {.paramName = a.name};

    begin();
    for (size_t i = 0; i < sizeof(relations) / sizeof(*relations); i++) {
        cr_expect_eq(relations[i](ccb, &a, &b), AMS(CL_ERR_NOT_SUPPORTED), "%zu", i);
        cr_expect_eq(relations[i](ccb, &a, NULL), AMS(CL_ERR_NULL_POINTER), "%zu", i);
    }
    cr_expect_eq(clAmsMgmtCCBSetSISURankList(ccb, &a, &b, 1), AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(clAmsMgmtCCBCSISetNVP(ccb, &a, &pair), AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(clAmsMgmtCCBCSIDeleteNVP(ccb, &a, &pair), AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), AMS(CL_ERR_NOT_SUPPORTED));

    cr_expect_eq(clAmsMgmtCCBEntityCreate(ccb, &a), AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(rank_set("counterSU1", 5), CL_OK);
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(rank_of("counterSU1"), 1, "a part that went well is not made either");
    cr_expect_eq(clAmsMgmtCCBEntityDelete(ccb, &a), AMS(CL_ERR_NOT_SUPPORTED));
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), AMS(CL_ERR_NOT_SUPPORTED));
}

/* The switch is the engine's: it is what is asked for and what is set, whoever turned it.
 */
Test(ccb, what_an_operator_turned_on_a_program_turns_off, .timeout = LIMIT,
     .fini = finish)
{
    ClAmsSGConfigT off = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG")}, *sg;

    begin();
    cr_assert_eq(clAmsMgmtSGAdjust(mgmt, "counterSG", CL_TRUE), CL_OK);
    sg = config_of(CL_AMS_ENTITY_TYPE_SG, "counterSG");
    cr_expect_eq(sg->autoAdjust, CL_TRUE);
    clHeapFree(sg);
    cr_assert_eq(clAmsMgmtCCBEntitySetConfig(ccb, &off.entity, SG_CONFIG_AUTO_ADJUST),
                 CL_OK);
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    sg = config_of(CL_AMS_ENTITY_TYPE_SG, "counterSG");
    cr_expect_eq(sg->autoAdjust, CL_FALSE);
    clHeapFree(sg);
}

/* ---- recordings ---------------------------------------------------------------- */

static void replay_expect(const char *file, int code, const char *says)
{
    const char *const argv[] = {"clovis", "amf", "replay", file, NULL};
    char *out;

    cr_expect_eq(amfd_run(&f, argv, &out), code, "%s", out);
    cr_expect(strstr(out, says), "expected \"%s\" in\n%s", says, out);
    free(out);
}

static char record[256], first[260];

/* The same as begin(), by a daemon that records from the start. */
static void begin_recorded(const char *limit_kib)
{
    const struct amfd_model restartable = {.restartable = "CL_TRUE"};
    const char *args[] = {"--all-nodes",    "--record", record,
                          "--record-limit", limit_kib,  NULL};
    ClVersionT v = {'B', 1, 1};

    amfd_prepare(&f, &restartable);
    snprintf(record, sizeof(record), "%s/record", f.dir);
    snprintf(first, sizeof(first), "%s.1", record);
    setenv("CLOVIS_AMF_SOCKET", f.socket, 1);
    amfd_launch(&f, args);
    cr_assert(amfd_settled(&f, 15000));
    cr_assert_eq(clAmsMgmtInitialize(&mgmt, NULL, &v), CL_OK);
    cr_assert_eq(clAmsMgmtCCBInitialize(mgmt, &ccb), CL_OK);
}

/* It is there to be killed. */
static void crash(const char *comp)
{
    const pid_t pid = amfd_pid(&f, comp);

    cr_assert_gt(pid, 0, "%s", comp);
    cr_assert_eq(kill(pid, SIGKILL), 0);
}

/* Two files: the second one goes on with what the first one's commits have left. */
Test(ccb, what_is_decided_under_changes_is_decided_so_again, .timeout = LIMIT,
     .fini = finish)
{
    const char *args[] = {"--all-nodes", "--record", record, NULL};

    begin_recorded("1024");
    sg_change();
    comp_change("counter1");
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    cr_assert_eq(rank_set("nobody", 1), CL_OK);
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), AMS(CL_ERR_NOT_EXIST));
    crash("counter1");
    cr_assert(amfd_log_has(&f, "counter1", "csiset ACTIVE", 2, 15000), "restarted");
    cr_assert(amfd_settled(&f, 15000));
    amfd_stop(&f, SIGKILL, 5000);
    amfd_launch(&f, args);
    cr_assert(amfd_log_has(&f, "err", "taken over", 1, 15000));
    crash("counter1");
    cr_assert(amfd_log_has(&f, "counter1", "csiset ACTIVE", 3, 15000), "the SU is");
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    replay_expect(first, 0, "orders: the same decisions\n");
    replay_expect(first, 0, "sg counterSG {");
    replay_expect(first, 0, "programs change the configuration, refused\n");
    replay_expect(record, 0, "orders: the same decisions\n");
}

static void swap(void)
{
    const char *const argv[] = {"clovis", "amf", "swap", "counterSI", "--wait", NULL};
    char *out;

    cr_assert_eq(amfd_run(&f, argv, &out), 0, "%s", out);
    free(out);
}

/* The second file begins with a state under the changes of the first one. */
Test(ccb, a_recording_that_turns_over_keeps_the_changes, .timeout = LIMIT, .fini = finish)
{
    begin_recorded("16");
    comp_change("counter1");
    cr_assert_eq(rank_set("counterSU2", 7), CL_OK);
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    for (int i = 0; i < 100 && access(first, F_OK) != 0; i++)
        swap();
    swap();
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    replay_expect(first, 0, "orders: the same decisions\n");
    replay_expect(record, 0, "goes on where the file before ended\n");
    replay_expect(record, 0, "admin swap si counterSI\n");
    replay_expect(record, 0, "orders: the same decisions\n");
}

/* The recording is edited, so that the commit is one that cannot be. */
Test(ccb, a_commit_that_is_refused_now_is_a_difference, .timeout = LIMIT, .fini = finish)
{
    char command[900];
    const char *const edit[] = {"/bin/sh", "-c", command, NULL};
    char *out;

    begin_recorded("1024");
    cr_assert_eq(rank_set("counterSU1", 5), CL_OK);
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    snprintf(command, sizeof(command), "sed -i 's/\"rank\":5/\"node\":5/' '%s'", record);
    cr_assert_eq(amfd_run(&f, edit, &out), 0, "%s", out);
    free(out);
    replay_expect(record, 4, "1 steps are decided differently now\n");
    replay_expect(record, 4, "change the configuration; now it is refused\n");
}

Test(ccb, without_a_daemon_a_commit_says_so, .timeout = LIMIT, .fini = finish)
{
    begin();
    cr_assert_eq(rank_set("counterSU1", 5), CL_OK);
    cr_assert_eq(amfd_stop(&f, SIGTERM, 15000), 0);
    cr_expect_eq(clAmsMgmtCCBCommit(ccb), AMS(CL_ERR_TRY_AGAIN));
}
