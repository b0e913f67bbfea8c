/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmtSIAssignSU: a program assigns the work of a group of the CUSTOM model. */
#include <signal.h>
#include <stdio.h>

#include "fixture_amfd_cluster.h"
#include "fixture_mgmt.h"

enum { LIMIT = 90, PATIENCE_MS = 20000 };

static struct amfd f, g; /* g: of a cluster, whose nodes f and g share */
static struct redis store;
static char record[256];

static void finish(void)
{
    amfd_end(&f);
}

static void finish_both(void)
{
    amfd_end(&f);
    amfd_end(&g);
    redis_end(&store);
}

static bool both_run(void *unused)
{
    (void)unused;
    return amfd_pid(&f, "counter1") > 0 && amfd_pid(&f, "counter2") > 0;
}

/* The usual group, but of the model that assigns nothing by itself. */
static void prepare(struct amfd *one)
{
    char command[700];
    const char *const edit[] = {"/bin/sh", "-c", command, NULL};
    char *out;

    amfd_prepare(one, NULL);
    snprintf(command, sizeof(command), "sed -i 's/MODEL_TWO_N/MODEL_CUSTOM/' '%s'/*.xml",
             one->model);
    cr_assert_eq(amfd_run(one, edit, &out), 0, "%s", out);
    free(out);
}

static void begin(void)
{
    const char *const args[] = {"--all-nodes", "--record", record, NULL};

    prepare(&f);
    snprintf(record, sizeof(record), "%s/record", f.dir);
    amfd_launch(&f, args);
    setenv("CLOVIS_AMF_SOCKET", f.socket, 1);
    cr_assert(wait_for(both_run, NULL, PATIENCE_MS));
}

struct wanted {
    const char *active, *standby;
    ClRcT rc;
};

static bool is_answered(void *arg)
{
    struct wanted *w = arg;

    w->rc = clAmsMgmtSIAssignSU("counterSI", w->active, w->standby);
    return CL_GET_ERROR_CODE(w->rc) != CL_ERR_TRY_AGAIN;
}

/* TRY_AGAIN is for something under way: it passes. */
static ClRcT assign(const char *active, const char *standby)
{
    struct wanted w = {active, standby, CL_OK};

    cr_assert(wait_for(is_answered, &w, PATIENCE_MS), "%#x", w.rc);
    return w.rc;
}

static void replay_expect(const char *says)
{
    const char *const argv[] = {"clovis", "amf", "replay", record, NULL};
    char *out;

    cr_expect_eq(amfd_run(&f, argv, &out), 0, "%s", out);
    cr_expect(strstr(out, says), "expected \"%s\" in\n%s", says, out);
    free(out);
}

Test(custom, a_program_assigns_moves_and_takes_away, .timeout = LIMIT, .fini = finish)
{
    begin();
    cr_expect_eq(assign("counterSU1", "counterSU2"), CL_OK);
    cr_assert(amfd_log_has(&f, "counter1", "csiset ACTIVE", 1, PATIENCE_MS));
    cr_assert(amfd_log_has(&f, "counter2", "csiset STANDBY", 1, PATIENCE_MS));
    cr_expect_eq(assign("counterSU1", "counterSU2"), AMS(CL_ERR_NO_OP));
    cr_expect_eq(assign("counterSU2", ""), CL_OK);
    cr_assert(amfd_log_has(&f, "counter1", "csirmv", 1, PATIENCE_MS));
    cr_assert(amfd_log_has(&f, "counter2", "csiset ACTIVE", 1, PATIENCE_MS));
    cr_expect_eq(assign(NULL, NULL), CL_OK);
    cr_assert(amfd_log_has(&f, "counter2", "csirmv", 1, PATIENCE_MS));
    cr_expect_eq(amfd_log_count(&f, "counter1", "csiset ACTIVE"), 1);
    cr_assert_eq(amfd_stop(&f, SIGTERM, PATIENCE_MS), 0);
    replay_expect("orders: the same decisions\n");
    replay_expect("admin assign si counterSI active counterSU1 standby counterSU2\n");
    replay_expect("admin assign si counterSI active - standby -\n");
}

Test(custom, refusals_have_their_codes, .timeout = LIMIT, .fini = finish)
{
    begin();
    cr_expect_eq(clAmsMgmtSIAssignSU(NULL, "counterSU1", NULL), AMS(CL_ERR_NULL_POINTER));
    cr_expect_eq(clAmsMgmtSIAssignSU("nobody", "counterSU1", NULL),
                 AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(assign("counterSU9", NULL), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(assign("counterSU1", "counterSU9"), AMS(CL_ERR_NOT_EXIST));
    cr_expect_eq(assign(NULL, "counterSU1"), AMS(CL_ERR_BAD_OPERATION));
    cr_expect_eq(assign("counterSU1", "counterSU1"), AMS(CL_ERR_BAD_OPERATION));
    cr_assert_eq(amfd_stop(&f, SIGTERM, PATIENCE_MS), 0);
    cr_expect_eq(clAmsMgmtSIAssignSU("counterSI", NULL, NULL), AMS(CL_ERR_TRY_AGAIN));
}

/* ---- two daemons -------------------------------------------------------------------
 */

/* Two daemons; f, which came first, leads. */
static void begin_both(void)
{
    const char *const args_f[] = {"--node", "blade1", "--cluster", "test", NULL};
    const char *const args_g[] = {"--node", "blade2", "--cluster", "test", NULL};

    redis_start(&store, false, NULL);
    setenv("CLOVIS_REDIS_URL", store.url, 1);
    prepare(&f);
    prepare(&g);
    amfd_launch(&f, args_f);
    cr_assert(amfd_log_has(&f, "counter1", "registered", 1, PATIENCE_MS));
    amfd_launch(&g, args_g);
    cr_assert(amfd_log_has(&g, "counter2", "registered", 1, PATIENCE_MS));
    cr_assert(amfd_cluster_settled(&g, PATIENCE_MS));
    setenv("CLOVIS_AMF_SOCKET", g.socket, 1);
}

Test(custom, what_a_follower_is_asked_for_both_daemons_do, .timeout = LIMIT,
     .fini = finish_both)
{
    begin_both();
    cr_expect_eq(assign("counterSU1", "counterSU2"), CL_OK);
    cr_assert(amfd_log_has(&f, "counter1", "csiset ACTIVE", 1, PATIENCE_MS));
    cr_assert(amfd_log_has(&g, "counter2", "csiset STANDBY", 1, PATIENCE_MS));
    cr_expect_eq(assign("counterSU1", "counterSU2"), AMS(CL_ERR_NO_OP));
    cr_expect_eq(assign("counterSU2", "counterSU1"), CL_OK, "they change places");
    cr_assert(amfd_log_has(&g, "counter2", "csiset ACTIVE", 1, PATIENCE_MS));
    cr_assert(amfd_log_has(&f, "counter1", "csiset STANDBY", 1, PATIENCE_MS));
    cr_expect_eq(assign("counterSU9", NULL), AMS(CL_ERR_NOT_EXIST));
    setenv("CLOVIS_AMF_SOCKET", f.socket, 1);
    cr_expect_eq(assign("counterSU2", "counterSU1"), AMS(CL_ERR_NO_OP),
                 "the leader has the same");
}

/* The order is an entry of the log: its asker is not needed for the rest of it. */
Test(custom, the_other_daemon_goes_on_when_the_askers_dies, .timeout = LIMIT,
     .fini = finish_both)
{
    setenv("CLOVIS_AMF_LEASE_MS", "1000", 1);
    begin_both();
    cr_expect_eq(assign("counterSU1", "counterSU2"), CL_OK);
    amfd_stop(&g, SIGKILL, PATIENCE_MS);
    cr_assert(amfd_log_has(&f, "counter1", "csiset ACTIVE", 1, PATIENCE_MS));
    cr_assert(amfd_log_has(&f, "err", "counting it as dead", 1, PATIENCE_MS));
    setenv("CLOVIS_AMF_SOCKET", f.socket, 1);
    cr_expect_eq(assign("counterSU1", NULL), AMS(CL_ERR_NO_OP));
    cr_expect_eq(amfd_log_count(&f, "counter1", "csiset"), 1);
}
