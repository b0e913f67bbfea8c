/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration that programs change in a cluster: every daemon has the change at the
 * same place of the log, and those that come later have it with the state. */
#include <signal.h>
#include <stdio.h>

#include <clHeapApi.h>

#include "fixture_amfd_cluster.h"
#include "fixture_mgmt.h"

enum { LIMIT = 90, LEASE_MS = 800, PATIENCE_MS = 20000 };

static struct redis store;
static struct amfd a, b; /* play blade1 and blade2 */
static ClAmsMgmtHandleT mgmt;
static ClAmsMgmtCCBHandleT ccb;

static const char *const args_a[] = {"--node", "blade1", "--cluster", "test", NULL};
static const char *const args_b[] = {"--node", "blade2", "--cluster", "test", NULL};

static void finish(void)
{
    amfd_end(&a);
    amfd_end(&b);
    redis_end(&store);
}

static void expect_log(struct amfd *f, const char *log, const char *text, int n)
{
    char *all;

    if (amfd_log_has(f, log, text, n, PATIENCE_MS))
        return;
    all = amfd_log(f, log);
    cr_assert(false, "expected \"%s\" %d times in\n%s", text, n, all);
}

/* The next calls go to this daemon. */
static void ask(const struct amfd *f)
{
    setenv("CLOVIS_AMF_SOCKET", f->socket, 1);
}

static void begin(int lease_ms)
{
    ClVersionT v = {'B', 1, 1};
    char lease[16];

    redis_start(&store, false, NULL);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    snprintf(lease, sizeof(lease), "%d", lease_ms);
    setenv("CLOVIS_AMF_LEASE_MS", lease, 1);
    amfd_prepare(&a, NULL);
    amfd_prepare(&b, NULL);
    amfd_launch(&a, args_a);
    expect_log(&a, "counter1", "csiset ACTIVE", 1);
    ask(&a);
    cr_assert_eq(clAmsMgmtInitialize(&mgmt, NULL, &v), CL_OK);
    cr_assert_eq(clAmsMgmtCCBInitialize(mgmt, &ccb), CL_OK);
}

static void begin_both(int lease_ms, const char *const *args_of_b)
{
    begin(lease_ms);
    amfd_launch(&b, args_of_b);
    expect_log(&b, "counter2", "csiset STANDBY", 1);
    cr_assert(amfd_cluster_settled(&b, PATIENCE_MS));
}

static ClUint32T rank_of(const char *name)
{
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, name);
    ClAmsEntityConfigT *config = NULL;
    ClUint32T rank;

    if (clAmsMgmtEntityGetConfig(mgmt, &su, &config) != CL_OK)
        return 0;
    rank = ((ClAmsSUConfigT *)config)->rank;
    clHeapFree(config);
    return rank;
}

static ClRcT rank_set(const char *su, ClUint32T rank)
{
    ClAmsSUConfigT c = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, su), .rank = rank};

    return clAmsMgmtCCBEntitySetConfig(ccb, &c.entity, SU_CONFIG_RANK);
}

static ClRcT rank_commit(const char *su, ClUint32T rank)
{
    cr_assert_eq(rank_set(su, rank), CL_OK);
    return clAmsMgmtCCBCommit(ccb);
}

struct shown {
    const struct amfd *f;
    ClUint32T rank;
};

static bool is_shown(void *arg)
{
    const struct shown *s = arg;

    ask(s->f);
    return rank_of("counterSU1") == s->rank;
}

static void expect_rank(const struct amfd *f, ClUint32T rank)
{
    struct shown s = {f, rank};

    cr_assert(wait_for(is_shown, &s, PATIENCE_MS), "rank %u at %s", rank, f->dir);
}

/* ---- everybody has it --------------------------------------------------------- */

/* By the ranks in the files, the other one is the first. */
Test(ccb_cluster, a_commit_at_a_follower_moves_the_work_of_both, .timeout = LIMIT,
     .fini = finish)
{
    ClAmsSGConfigT sg = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_SG, "counterSG"),
                         .autoAdjust = CL_TRUE,
                         .autoAdjustProbation = 1};

    begin_both(LEASE_MS, args_b);
    ask(&b);
    cr_assert_eq(rank_set("counterSU1", 9), CL_OK);
    cr_assert_eq(clAmsMgmtCCBEntitySetConfig(ccb, &sg.entity,
                                             SG_CONFIG_AUTO_ADJUST |
                                                 SG_CONFIG_AUTO_ADJUST_PROBATION),
                 CL_OK);
    cr_assert_eq(clAmsMgmtCCBCommit(ccb), CL_OK);
    cr_expect_eq(rank_of("counterSU1"), 9, "the asker's daemon has it with the answer");
    expect_rank(&a, 9);
    expect_log(&b, "counter2", "csiset ACTIVE", 1);
    expect_log(&a, "counter1", "csiset STANDBY", 1);
    expect_log(&a, "err", "changes the configuration of 2 entities", 1);
}

Test(ccb_cluster, a_refusal_is_one_everywhere_and_the_asker_hears_it, .timeout = LIMIT,
     .fini = finish)
{
    ClAmsCompConfigT comp = {.entity = mgmt_entity(CL_AMS_ENTITY_TYPE_COMP, "counter1")};

    begin_both(LEASE_MS, args_b);
    ask(&b);
    cr_assert_eq(
        clAmsMgmtCCBEntitySetConfig(ccb, &comp.entity, COMP_CONFIG_NUM_MAX_ACTIVE_CSIS),
        CL_OK);
    cr_expect_eq(rank_commit("counterSU1", 5), AMS(CL_AMS_ERR_BAD_CONFIG));
    expect_log(&a, "err", "what is assigned does not fit these changes", 1);
    expect_log(&b, "err", "what is assigned does not fit these changes", 1);
    cr_expect_eq(rank_of("counterSU1"), 1);
    cr_expect_eq(rank_commit("nobody", 5), AMS(CL_ERR_NOT_EXIST));
    expect_log(&a, "err", "su nobody: no such entity", 1);
    cr_expect_eq(rank_commit("counterSU1", 5), CL_OK);
    expect_rank(&a, 5);
}

/* ---- those that come later ------------------------------------------------------ */

Test(ccb_cluster, who_joins_later_has_it, .timeout = LIMIT, .fini = finish)
{
    begin(LEASE_MS);
    cr_assert_eq(rank_commit("counterSU1", 5), CL_OK);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "csiset STANDBY", 1);
    expect_rank(&b, 5);
    cr_assert_eq(rank_commit("counterSU1", 6), CL_OK, "and may change it");
    expect_rank(&a, 6);
}

Test(ccb_cluster, it_survives_the_daemon_that_committed_it, .timeout = LIMIT,
     .fini = finish)
{
    pid_t one;

    begin_both(5 * LEASE_MS, args_b);
    one = amfd_pid(&a, "counter1");
    cr_assert_eq(rank_commit("counterSU1", 5), CL_OK);
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    expect_rank(&b, 5);
    amfd_launch(&a, args_a);
    expect_log(&a, "err", "taken over", 1);
    expect_rank(&a, 5);
    cr_expect_eq(amfd_pid(&a, "counter1"), one, "nobody was disturbed");
    cr_expect_eq(amfd_log_count(&a, "counter1", "csiset"), 1);
}

Test(ccb_cluster, a_cluster_that_begins_anew_has_it, .timeout = LIMIT, .fini = finish)
{
    begin_both(LEASE_MS, args_b);
    cr_assert_eq(rank_commit("counterSU1", 5), CL_OK);
    expect_rank(&b, 5);
    cr_assert(amfd_state_saved(&store, &a, PATIENCE_MS));
    amfd_stop(&a, SIGKILL, PATIENCE_MS);
    amfd_stop(&b, SIGKILL, PATIENCE_MS);
    amfd_launch(&b, args_b);
    amfd_launch(&a, args_a);
    expect_log(&a, "err", "taken over", 1);
    expect_log(&b, "err", "taken over", 1);
    expect_rank(&b, 5);
    expect_rank(&a, 5);
}

Test(ccb_cluster, a_store_that_lost_everything_gets_it_back, .timeout = LIMIT,
     .fini = finish)
{
    begin_both(LEASE_MS, args_b);
    cr_assert_eq(rank_commit("counterSU1", 5), CL_OK);
    expect_rank(&b, 5);
    redis_kill(&store);
    redis_again(&store); /* empty: it keeps nothing */
    cr_assert(amfd_beats_pass(&store, 2, 2 * AMFD_BEATS, PATIENCE_MS));
    expect_rank(&b, 5);
    expect_rank(&a, 5);
    cr_assert(amfd_stop(&a, SIGTERM, PATIENCE_MS) == 0);
    amfd_launch(&a, args_a);
    expect_rank(&a, 5);
}

/* ---- user data go the same way ------------------------------------------------------
 */

static bool data_are(void *arg)
{
    const struct shown *s = arg;
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    ClCharT *data = NULL;
    ClUint32T n = 0;
    bool same;

    ask(s->f);
    if (clAmsMgmtEntityUserDataGet(mgmt, &su, &data, &n) != CL_OK)
        return false;
    same = n == s->rank;
    clHeapFree(data);
    return same;
}

static void expect_data(const struct amfd *f, ClUint32T n)
{
    struct shown s = {f, n};

    cr_assert(wait_for(data_are, &s, PATIENCE_MS), "%u bytes at %s", n, f->dir);
}

Test(ccb_cluster, user_data_are_shared, .timeout = LIMIT, .fini = finish)
{
    ClAmsEntityT su = mgmt_entity(CL_AMS_ENTITY_TYPE_SU, "counterSU1");
    ClCharT data[] = "user data";

    begin(5 * LEASE_MS);
    cr_assert_eq(clAmsMgmtEntityUserDataSet(mgmt, &su, data, 3), CL_OK);
    amfd_launch(&b, args_b);
    expect_log(&b, "counter2", "csiset STANDBY", 1);
    expect_data(&b, 3);
    cr_assert_eq(clAmsMgmtEntityUserDataSet(mgmt, &su, data, 9), CL_OK);
    amfd_stop(&b, SIGKILL, PATIENCE_MS);
    expect_data(&a, 9);
    amfd_launch(&b, args_b);
    expect_data(&b, 9);
    cr_assert_eq(clAmsMgmtEntityUserDataDeleteAll(mgmt, &su), CL_OK);
    cr_expect_eq(clAmsMgmtEntityUserDataDelete(mgmt, &su), AMS(CL_ERR_NOT_EXIST));
}

/* ---- recordings ------------------------------------------------------------------ */

Test(ccb_cluster, what_another_daemon_committed_is_in_the_recording, .timeout = LIMIT,
     .fini = finish)
{
    char record[256];
    const char *const args[] = {"--node",   "blade2", "--cluster", "test",
                                "--record", record,   NULL};
    const char *const replay[] = {"clovis", "amf", "replay", record, NULL};
    char *out;

    begin(LEASE_MS);
    snprintf(record, sizeof(record), "%s/record", b.dir);
    cr_assert_eq(rank_commit("counterSU1", 4), CL_OK, "before it came");
    amfd_launch(&b, args);
    expect_log(&b, "counter2", "csiset STANDBY", 1);
    ask(&a);
    cr_assert_eq(rank_commit("counterSU1", 5), CL_OK);
    expect_rank(&b, 5);
    kill(amfd_pid(&a, "counter1"), SIGKILL);
    expect_log(&b, "counter2", "csiset ACTIVE", 1);
    cr_assert_eq(amfd_stop(&b, SIGTERM, PATIENCE_MS), 0);
    cr_expect_eq(amfd_run(&b, replay, &out), 0, "%s", out);
    cr_expect(strstr(out, "orders: the same decisions\n"), "%s", out);
    cr_expect(strstr(out, "su counterSU1 {\"rank\":5}\n"), "%s", out);
    free(out);
}
