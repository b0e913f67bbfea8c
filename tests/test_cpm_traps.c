/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a reimplementation of the library would differ visibly: the traps of the
 * contract that concern it, by their number. Those of the engine are in
 * test_amf_traps.c, those of programs without main() in it_cpm_gen1.c.
 */
#include <criterion/criterion.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clCpmErrors.h>
#include <clEoApi.h>
#include <saAmf.h>

#include "cpm_app.h"
#include "fixture_redis.h"

TestSuite(cpm_traps, .init = app_setup, .fini = app_end, .timeout = 60);

Test(cpm_traps, trap_01_a_response_after_finalize_arrives)
{
    const ClCpmHandleT h = app_register();
    ClNameT comp = app_name("comp1");

    fake_amfd_send(app_daemon, "{\"t\": \"terminate\", \"inv\": 9, \"comp\": \"comp1\"}");
    app_next("terminate");
    cr_expect_eq(clCpmComponentUnregister(h, &comp, NULL), CL_OK);
    cr_expect_eq(clCpmClientFinalize(h), CL_OK);
    cr_expect_eq(clCpmResponse(h, 9, CL_OK), CL_OK);
    app_expect_response(9, 0, "terminate");
}

Test(cpm_traps, trap_03_callbacks_that_were_never_set_are_not_looked_at)
{
    ClNameT comp = app_name("comp1");
    ClVersionT v = {'B', 1, 1};
    ClCpmCallbacksT cb;
    ClCpmHandleT h;

    memset(&cb, 0xa5, sizeof(cb));
    cb.appHealthCheck = app_callbacks.appHealthCheck;
    cb.appTerminate = app_callbacks.appTerminate;
    cb.appCSISet = app_callbacks.appCSISet;
    cb.appCSIRmv = app_callbacks.appCSIRmv;
    cr_assert_eq(clCpmClientInitialize(&h, &cb, &v), CL_OK);
    memset(&cb, 0x5a, sizeof(cb)); /* and its stack is gone */
    cr_assert_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    app_csi_set(1, "csi1", 1, 1, "");
    app_next("csiset");
}

Test(cpm_traps, trap_04_names_of_the_amf_count_their_nul)
{
    const ClCpmHandleT h = app_register();
    ClAmsHAStateT ha;
    struct app_note n;
    ClNameT comp;

    app_csi_set(1, "csi1", 2, 1, ", \"rank\": 1, \"active\": \"comp2\"");
    n = app_next("csiset");
    comp = n.comp;
    cr_expect_eq(n.comp.length, 5, "the component's own name");
    cr_expect_eq(n.csi.length, 5, "csi1 and its NUL");
    cr_expect_eq(n.descriptor.csiStateDescriptor.standbyDescriptor.activeCompName.length,
                 6);
    fake_amfd_answer(app_daemon, "hastate", "{\"ha\": 2}");
    for (int extra = 0; extra < 2; extra++) {
        json_t *m;

        n.csi.length = (ClUint16T)(4 + extra);
        cr_expect_eq(clCpmHAStateGet(h, &comp, &n.csi, &ha), CL_OK);
        m = fake_amfd_take(app_daemon, "hastate");
        cr_expect_str_eq(fake_str(m, "csi"), "csi1", "length %d", 4 + extra);
        json_decref(m);
    }
}

Test(cpm_traps, trap_12_what_repeats_is_answered_by_the_library)
{
    const ClCpmHandleT h = app_register();

    app_csi_set(1, "csi1", 1, 1, "");
    app_next("csiset");
    cr_expect_eq(clCpmResponse(h, 1, CL_OK), CL_OK);
    app_expect_response(1, 0, "csiset");
    app_csi_set(2, "csi1", 1, 2, "");
    app_expect_response(2, 0, "csiset");
    fake_amfd_send(app_daemon, "{\"t\": \"csirmv\", \"inv\": 3, \"comp\": \"comp1\", "
                               "\"csi\": \"other\"}");
    app_expect_response(3, 0, "csirmv");
    cr_expect_not(app_noted(0));
}

/* Without a selection object on a thread of the library, before Register returns and
 * beside the application; with one only inside Dispatch; a group's callback never. */
Test(cpm_traps, trap_13_who_runs_callbacks)
{
    const ClCpmHandleT h = app_initialize();
    ClNameT comp = app_name("comp1"), csi = app_name("csi1");
    ClSelectionObjectT fd;
    struct pollfd p = {.events = POLLIN};
    struct app_note n;

    fake_amfd_before(app_daemon, "register",
                     "{\"t\": \"csiset\", \"inv\": 1, \"comp\": \"comp1\", \"csi\": "
                     "\"csi1\", \"ha\": 1, \"flags\": 1}");
    cr_assert_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    n = app_next("csiset");
    cr_expect_not(pthread_equal(n.thread, pthread_self()));
    cr_assert_eq(clCpmSelectionObjectGet(h, &fd), CL_OK);
    app_csi_set(2, "csi2", 1, 1, "");
    p.fd = (int)fd;
    cr_assert_eq(poll(&p, 1, 20000), 1);
    cr_expect_not(app_noted(0), "it waits for Dispatch");
    cr_assert_eq(clCpmDispatch(h, CL_DISPATCH_ALL), CL_OK);
    cr_expect(pthread_equal(app_next("csiset").thread, pthread_self()));
    cr_assert_eq(clCpmProtectionGroupTrack(h, &csi, CL_AMS_PG_TRACK_CHANGES, NULL),
                 CL_OK);
    json_decref(fake_amfd_take(app_daemon, "pgtrack"));
    fake_amfd_send(app_daemon,
                   "{\"t\": \"pg\", \"csi\": \"csi1\", \"members\": [{\"comp\": "
                   "\"comp1\", \"ha\": 1, \"rank\": 0, \"change\": 2}]}");
    n = app_next("pg");
    cr_expect_not(pthread_equal(n.thread, pthread_self()));
}

Test(cpm_traps, trap_14_the_selection_object_tells_the_truth)
{
    const ClCpmHandleT h = app_register();
    ClSelectionObjectT fd, again;
    struct pollfd p = {.events = POLLIN};

    cr_assert_eq(clCpmSelectionObjectGet(h, &fd), CL_OK);
    cr_assert_eq(clCpmSelectionObjectGet(h, &again), CL_OK);
    cr_expect_eq(fd, again);
    p.fd = (int)fd;
    cr_expect_eq(poll(&p, 1, 0), 0, "nothing is queued");
    cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ALL), CL_OK, "and that is no error");
    app_csi_set(1, "csi1", 1, 1, "");
    cr_assert_eq(poll(&p, 1, 20000), 1);
    cr_expect_eq(poll(&p, 1, 0), 1, "it stays so until the callback has run");
    cr_assert_eq(clCpmDispatch(h, CL_DISPATCH_ONE), CL_OK);
    app_next("csiset");
    cr_expect_eq(poll(&p, 1, 0), 0);
    cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ALL), CL_OK);
}

Test(cpm_traps, trap_16_the_name_needs_no_handle)
{
    ClNameT n;

    cr_expect_eq(clCpmComponentNameGet(0, &n), CL_OK, "before Initialize");
    cr_expect_eq(n.length, 5);
    cr_expect_eq(clCpmComponentNameGet(app_initialize() + 12345, &n), CL_OK);
}

Test(cpm_traps, trap_17_codes_that_have_no_counterpart_are_library)
{
    SaAmfCallbacksT none = {0};
    SaVersionT v = {'B', 1, 1};
    ClNameT comp = app_name("comp1");
    SaNameT name;
    SaAmfHandleT h;

    memcpy(&name, &comp, sizeof(name));
    cr_assert_eq(saAmfInitialize(&h, &none, &v), SA_AIS_OK);
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), CL_CPM_RC(CL_CPM_ERR_INIT));
    cr_expect_eq(saAmfComponentRegister(h, &name, NULL), SA_AIS_ERR_LIBRARY);
    h = app_register();
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), CL_CPM_RC(CL_CPM_ERR_EXIST));
    cr_expect_eq(saAmfComponentRegister(h, &name, NULL), SA_AIS_ERR_LIBRARY);
}

Test(cpm_traps, trap_18_the_minor_version_is_not_compared)
{
    static const struct {
        SaVersionT ask, get;
        SaAisErrorT rc;
    } rows[] = {
        {{'B', 1, 77}, {'B', 1, 1}, SA_AIS_OK},
        {{'B', 2, 77}, {'B', 2, 0}, SA_AIS_OK},
        {{'B', 4, 1}, {'B', 2, 0}, SA_AIS_ERR_VERSION},
        {{'A', 1, 1}, {'B', 1, 1}, SA_AIS_ERR_VERSION},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        SaVersionT v = rows[i].ask;
        SaAmfHandleT h;

        cr_expect_eq(saAmfInitialize(&h, (const SaAmfCallbacksT *)&app_callbacks, &v),
                     rows[i].rc, "row %zu", i);
        cr_expect_eq(memcmp(&v, &rows[i].get, sizeof(v)), 0, "row %zu", i);
    }
}

/* The daemon refuses each of them, and nobody hears of it. */
Test(cpm_traps, trap_19_what_is_only_said_succeeds)
{
    static const char *const said[] = {"unregister", "hcstart", "hcconfirm",
                                       "hcstop",     "fault",   "response"};
    const ClCpmHandleT h = app_register();
    ClAmsCompHealthcheckKeyT key = {"k", 1};
    ClNameT comp = app_name("comp1");

    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
        fake_amfd_answer(app_daemon, said[i], "{\"rc\": 983047}");
    cr_expect_eq(clCpmHealthcheckStart(h, &comp, &key, 2, 1), CL_OK);
    cr_expect_eq(clCpmHealthcheckConfirm(h, &comp, &key, CL_OK), CL_OK);
    cr_expect_eq(clCpmHealthcheckStop(h, &comp, &key), CL_OK);
    cr_expect_eq(clCpmComponentFailureReport(h, &comp, 0, 1, 0), CL_OK);
    cr_expect_eq(clCpmResponse(h, 4711, CL_OK), CL_OK);
    cr_expect_eq(clCpmComponentUnregister(h, &comp, NULL), CL_OK);
}

/* A positional initialiser of an old source fits. */
Test(cpm_traps, trap_29_the_configuration_begins_with_the_name)
{
    static const ClEoConfigT config = {"name", CL_OSAL_THREAD_PRI_MEDIUM,
                                       2,      0,
                                       21,     CL_EO_USE_THREAD_FOR_APP,
                                       NULL,   NULL,
                                       NULL,   NULL,
                                       NULL,   CL_FALSE};

    cr_expect_str_eq(config.EOname, "name");
    cr_expect_eq(config.noOfThreads, 2);
    cr_expect_eq(config.appType, CL_EO_USE_THREAD_FOR_APP);
    cr_expect_eq(offsetof(ClEoConfigT, pri), 32);
}
