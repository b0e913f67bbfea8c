/* SPDX-License-Identifier: Apache-2.0 */
/* clAmsMgmtSIAssignSU: a program assigns the work of a group of the CUSTOM model. */
#include <signal.h>
#include <stdio.h>

#include "fixture_mgmt.h"
#include "fixture_redis.h"

enum { LIMIT = 60, PATIENCE_MS = 15000 };

static struct amfd f;
static char record[256];

static void finish(void)
{
    amfd_end(&f);
}

static bool both_run(void *unused)
{
    (void)unused;
    return amfd_pid(&f, "counter1") > 0 && amfd_pid(&f, "counter2") > 0;
}

/* The usual group, but of the model that assigns nothing by itself. */
static void begin(void)
{
    char command[700];
    const char *const edit[] = {"/bin/sh", "-c", command, NULL};
    const char *const args[] = {"--all-nodes", "--record", record, NULL};
    char *out;

    amfd_prepare(&f, NULL);
    snprintf(record, sizeof(record), "%s/record", f.dir);
    snprintf(command, sizeof(command), "sed -i 's/MODEL_TWO_N/MODEL_CUSTOM/' '%s'/*.xml",
             f.model);
    cr_assert_eq(amfd_run(&f, edit, &out), 0, "%s", out);
    free(out);
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
