/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: which condition gives which code; handles and versions. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clCpmErrors.h>

#include "cpm_app.h"

#define BAD_HANDLE 0x00300005u

TestSuite(cpm_api, .init = app_setup, .fini = app_end, .timeout = 60);

Test(cpm_api, versions_are_negotiated_and_written_back)
{
    static const struct {
        ClVersionT ask, get;
        ClRcT rc;
    } rows[] = {
        {{'B', 1, 1}, {'B', 1, 1}, CL_OK},      {{'B', 1, 99}, {'B', 1, 1}, CL_OK},
        {{'B', 0, 0}, {'B', 1, 1}, CL_OK},      {{'B', 2, 0}, {'B', 2, 0}, CL_OK},
        {{'B', 2, 7}, {'B', 2, 0}, CL_OK},      {{'B', 3, 0}, {'B', 2, 0}, 0x0031000f},
        {{'B', 4, 1}, {'B', 2, 0}, 0x0031000f}, {{'C', 1, 1}, {'B', 2, 0}, 0x0031000f},
        {{'A', 1, 1}, {'B', 1, 1}, 0x0031000f},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        ClVersionT v = rows[i].ask;
        ClCpmHandleT h = 0;

        cr_expect_eq(clCpmClientInitialize(&h, &app_callbacks, &v), rows[i].rc, "row %zu",
                     i);
        cr_expect_eq(memcmp(&v, &rows[i].get, sizeof(v)), 0, "row %zu: %c.%d.%d", i,
                     v.releaseCode, v.majorVersion, v.minorVersion);
        cr_expect_eq(h != 0, rows[i].rc == CL_OK, "row %zu", i);
    }
}

Test(cpm_api, initialize_refuses_null_and_a_process_without_a_name)
{
    ClVersionT v = {'B', 1, 1};
    ClCpmHandleT h;

    cr_expect_eq(clCpmClientInitialize(NULL, &app_callbacks, &v), 0x000f0003u);
    cr_expect_eq(clCpmClientInitialize(&h, NULL, &v), 0x000f0003u);
    cr_expect_eq(clCpmClientInitialize(&h, &app_callbacks, NULL), 0x000f0003u);
    unsetenv("ASP_COMPNAME");
    cr_expect_eq(clCpmClientInitialize(&h, &app_callbacks, &v), 0x000f0013u);
}

Test(cpm_api, initialize_hands_on_what_the_daemon_says)
{
    ClVersionT v = {'B', 1, 1};
    ClCpmHandleT h;

    fake_amfd_answer(app_daemon, "hello", "{\"rc\": 983059}");
    cr_expect_eq(clCpmClientInitialize(&h, &app_callbacks, &v), 0x000f0013u);
    fake_amfd_die(app_daemon);
    setenv("CLOVIS_AMF_TIMEOUT_MS", "100", 1);
    cr_expect_eq(clCpmClientInitialize(&h, &app_callbacks, &v), 0x000f0016u);
}

Test(cpm_api, the_last_handle_is_the_global_one)
{
    const ClCpmHandleT a = app_initialize(), b = app_initialize();

    cr_expect_neq(a, b);
    cr_expect_eq(clCpmHandle, b);
    cr_expect_eq(fake_amfd_count(app_daemon, "hello"), 1);
}

Test(cpm_api, without_a_daemon_by_choice_everything_succeeds)
{
    ClVersionT v = {'B', 1, 1};
    ClNameT comp = app_name("comp1");
    ClAmsHAStateT ha = CL_AMS_HA_STATE_ACTIVE;
    ClIocNodeAddressT master;
    ClCpmHandleT h;

    setenv("ASP_WITHOUT_CPM", "yes", 1);
    fake_amfd_die(app_daemon);
    cr_assert_eq(clCpmClientInitialize(&h, &app_callbacks, &v), CL_OK);
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    cr_expect_eq(clCpmHAStateGet(h, &comp, &comp, &ha), CL_OK);
    cr_expect_eq(ha, CL_AMS_HA_STATE_NONE);
    cr_expect_eq(clCpmMasterAddressGet(&master), 0x000f0013u);
    cr_expect_eq(clCpmProtectionGroupTrack(h, &comp, 1, NULL), 0x000f0013u);
    cr_expect_eq(clCpmResponse(h, 1, CL_OK), CL_OK);
    cr_expect_eq(clCpmComponentUnregister(h, &comp, NULL), CL_OK);
    cr_expect_eq(clCpmClientFinalize(h), CL_OK);
    cr_expect_eq(fake_amfd_count(app_daemon, "hello"), 0);
}

Test(cpm_api, a_bad_handle_is_one_of_the_handle_service)
{
    const ClCpmHandleT finalized = app_initialize();
    const ClCpmHandleT bad[] = {0, 12345, 0xffffffffffffffffULL, finalized};
    ClAmsCompHealthcheckKeyT key = {"k", 1};
    ClAmsHAStateT ha;
    ClSelectionObjectT fd;
    ClNameT n = app_name("comp1");

    cr_assert_eq(clCpmClientFinalize(finalized), CL_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        const ClCpmHandleT h = bad[i];

        cr_expect_eq(clCpmClientFinalize(h), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmSelectionObjectGet(h, &fd), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ALL), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmComponentRegister(h, &n, NULL), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmComponentUnregister(h, &n, NULL), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmHAStateGet(h, &n, &n, &ha), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmCSIQuiescingComplete(h, 1, CL_OK), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmHealthcheckStart(h, &n, &key, 1, 1), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmHealthcheckConfirm(h, &n, &key, 0), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmHealthcheckStop(h, &n, &key), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmProtectionGroupTrack(h, &n, 1, NULL), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmProtectionGroupTrackStop(h, &n), BAD_HANDLE, "row %zu", i);
        cr_expect_eq(clCpmResponse(h, 1, CL_OK), h == finalized ? CL_OK : BAD_HANDLE,
                     "row %zu", i);
    }
}

Test(cpm_api, null_arguments_are_named)
{
    const ClCpmHandleT h = app_initialize();
    ClAmsPresenceStateT presence;
    ClCpmCompCSIRefT list = {0, NULL};
    ClUint32T id;
    ClAmsHAStateT ha;
    ClNameT n = app_name("comp1");

    cr_expect_eq(clCpmSelectionObjectGet(h, NULL), 0x000f0003u);
    cr_expect_eq(clCpmComponentRegister(h, NULL, NULL), 0x000f0003u);
    cr_expect_eq(clCpmComponentUnregister(h, NULL, NULL), 0x000f0003u);
    cr_expect_eq(clCpmComponentNameGet(h, NULL), 0x000f0003u);
    cr_expect_eq(clCpmHAStateGet(h, NULL, &n, &ha), 0x000f0003u);
    cr_expect_eq(clCpmHAStateGet(h, &n, NULL, &ha), 0x000f0003u);
    cr_expect_eq(clCpmHAStateGet(h, &n, &n, NULL), 0x000f0003u);
    cr_expect_eq(clCpmComponentFailureReport(h, NULL, 0, 1, 0), 0x000f0003u);
    cr_expect_eq(clCpmComponentFailureClear(h, NULL), 0x000f0003u);
    cr_expect_eq(clCpmHealthcheckStart(h, NULL, NULL, 1, 1), 0x000f0003u);
    cr_expect_eq(clCpmHealthcheckConfirm(h, NULL, NULL, 0), 0x000f0003u);
    cr_expect_eq(clCpmHealthcheckStop(h, NULL, NULL), 0x000f0003u);
    cr_expect_eq(clCpmProtectionGroupTrack(h, NULL, 1, NULL), 0x000f0003u);
    cr_expect_eq(clCpmProtectionGroupTrackStop(h, NULL), 0x000f0003u);
    cr_expect_eq(clCpmComponentIdGet(h, NULL, &id), 0x000f0003u);
    cr_expect_eq(clCpmComponentStatusGet(&n, NULL, &presence, NULL), 0x000f0003u);
    cr_expect_eq(clCpmMasterAddressGet(NULL), 0x000f0003u);
    cr_expect_eq(clCpmLocalNodeNameGet(NULL), 0x000f0002u);
    cr_expect_eq(clCpmCompCSIList(NULL, &list), 0x000f0002u);
    cr_expect_eq(clCpmCompCSIList(&n, NULL), 0x000f0002u);
}

Test(cpm_api, dispatch_wants_one_of_three_flags)
{
    const ClCpmHandleT h = app_initialize();

    cr_expect_eq(clCpmDispatch(h, 0), 0x000f0002u);
    cr_expect_eq(clCpmDispatch(h, 4), 0x000f0002u);
    cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ONE), CL_OK);
    cr_expect_eq(clCpmDispatch(h, CL_DISPATCH_ALL), CL_OK);
}

Test(cpm_api, a_registration_needs_its_callbacks)
{
    ClCpmCallbacksT cb = app_callbacks;
    ClVersionT v = {'B', 1, 1};
    ClNameT comp = app_name("comp1"), proxied = app_name("comp2");
    ClCpmHandleT h;

    cb.appTerminate = NULL;
    cr_assert_eq(clCpmClientInitialize(&h, &cb, &v), CL_OK);
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), 0x000f0106u);
    cb.appTerminate = app_callbacks.appTerminate;
    cb.appProxiedComponentCleanup = NULL;
    cr_assert_eq(clCpmClientInitialize(&h, &cb, &v), CL_OK);
    cr_expect_eq(clCpmComponentRegister(h, &proxied, &comp), 0x000f0106u);
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
}

Test(cpm_api, uninitialised_callbacks_are_left_alone)
{
    ClVersionT v = {'B', 1, 1};
    ClNameT comp = app_name("comp1");
    ClCpmCallbacksT cb;
    ClCpmHandleT h;

    memset(&cb, 0x5a, sizeof(cb)); /* what a struct on the stack may hold */
    cb.appTerminate = app_callbacks.appTerminate;
    cb.appCSISet = app_callbacks.appCSISet;
    cb.appCSIRmv = app_callbacks.appCSIRmv;
    cb.appHealthCheck = NULL;
    cr_assert_eq(clCpmClientInitialize(&h, &cb, &v), CL_OK);
    cr_assert_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    app_csi_set(1, "csi1", 1, 1, ", \"tr\": 1, \"active\": \"comp1\"");
    app_next("csiset");
    fake_amfd_send(app_daemon, "{\"t\": \"terminate\", \"inv\": 2, \"comp\": \"comp1\"}");
    app_next("terminate");
    cr_expect_eq(clCpmClientFinalize(h), CL_OK);
}

Test(cpm_api, a_second_registration_is_refused_here_and_by_the_daemon)
{
    const ClCpmHandleT h = app_register(), other = app_initialize();
    ClNameT comp = app_name("comp1"), strange = app_name("strange");

    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), 0x000f0108u);
    cr_expect_eq(clCpmComponentRegister(other, &comp, NULL), 0x000f0108u);
    fake_amfd_answer(app_daemon, "register", "{\"rc\": 983059}");
    cr_expect_eq(clCpmComponentRegister(h, &strange, NULL), 0x000f0013u);
    fake_amfd_answer(app_daemon, "register", "{}");
    cr_expect_eq(clCpmComponentRegister(h, &strange, NULL), CL_OK,
                 "the refusal left nothing");
}

Test(cpm_api, only_who_registered_may_unregister)
{
    const ClCpmHandleT h = app_register(), other = app_initialize();
    ClNameT comp = app_name("comp1"), strange = app_name("strange");

    cr_expect_eq(clCpmComponentUnregister(other, &comp, NULL), BAD_HANDLE);
    cr_expect_eq(clCpmComponentUnregister(h, &strange, NULL), 0x000f0004u);
    cr_expect_eq(clCpmComponentUnregister(h, &comp, NULL), CL_OK);
    cr_expect_eq(clCpmComponentUnregister(h, &comp, NULL), 0x000f0004u);
    json_decref(fake_amfd_take(app_daemon, "unregister"));
    cr_expect_eq(fake_amfd_count(app_daemon, "unregister"), 1);
    cr_expect_eq(clCpmComponentRegister(other, &comp, NULL), CL_OK);
}

Test(cpm_api, a_registration_rides_through_a_restart_of_the_daemon)
{
    const ClCpmHandleT h = app_initialize();
    ClNameT comp = app_name("comp1");

    fake_amfd_die(app_daemon);
    setenv("CLOVIS_AMF_TIMEOUT_MS", "100", 1);
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), 0x000f0016u);
    fake_amfd_again(app_daemon);
    setenv("CLOVIS_AMF_TIMEOUT_MS", "5000", 1);
    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
}

Test(cpm_api, the_name_needs_no_handle)
{
    ClNameT n;

    cr_expect_eq(clCpmComponentNameGet(0, &n), CL_OK);
    cr_expect_eq(n.length, 5);
    cr_expect_str_eq((char *)n.value, "comp1");
    unsetenv("ASP_COMPNAME");
    cr_expect_eq(clCpmComponentNameGet(0, &n), 0x000f0013u);
}

Test(cpm_api, a_health_check_starts_only_with_its_callback)
{
    ClCpmCallbacksT cb = app_callbacks;
    ClAmsCompHealthcheckKeyT key = {"k", 1};
    ClVersionT v = {'B', 1, 1};
    ClNameT comp = app_name("comp1");
    ClCpmHandleT h;
    json_t *m;

    cb.appHealthCheck = NULL;
    cr_assert_eq(clCpmClientInitialize(&h, &cb, &v), CL_OK);
    cr_expect_eq(clCpmHealthcheckStart(h, &comp, &key, 0, 1), 0x000f0002u);
    cr_expect_eq(clCpmHealthcheckStart(h, &comp, &key, 3, 1), 0x000f0002u);
    cr_expect_eq(clCpmHealthcheckStart(h, &comp, &key, 1, 1), 0x000f0002u);
    cr_expect_eq(clCpmHealthcheckStart(h, &comp, &key, 2, 3), CL_OK);
    m = fake_amfd_take(app_daemon, "hcstart");
    cr_expect_eq(fake_int(m, "type"), 2);
    cr_expect_eq(fake_int(m, "recovery"), 3);
    cr_expect_str_eq(fake_str(m, "comp"), "comp1");
    json_decref(m);
    cr_expect_eq(clCpmHealthcheckConfirm(h, &comp, &key, 0x000f0011), CL_OK);
    m = fake_amfd_take(app_daemon, "hcconfirm");
    cr_expect_eq(fake_int(m, "rc"), 0x000f0011);
    json_decref(m);
    cr_expect_eq(clCpmHealthcheckStop(h, &comp, &key), CL_OK);
    json_decref(fake_amfd_take(app_daemon, "hcstop"));
}

Test(cpm_api, a_fault_is_reported_without_a_handle)
{
    ClNameT other = app_name("somebody");
    json_t *m;

    app_initialize();
    cr_expect_eq(
        clCpmComponentFailureReport(0, &other, 77, CL_AMS_RECOVERY_COMP_FAILOVER, 0),
        CL_OK);
    m = fake_amfd_take(app_daemon, "fault");
    cr_expect_str_eq(fake_str(m, "comp"), "somebody");
    cr_expect_eq(fake_int(m, "recovery"), 3);
    cr_expect_eq(fake_int(m, "detected"), 77);
    json_decref(m);
    cr_expect_eq(clCpmComponentFailureClear(0, &other), CL_OK);
    json_decref(fake_amfd_take(app_daemon, "clear"));
}

Test(cpm_api, the_ha_state_is_asked_with_either_length_and_unknown_is_none)
{
    const ClCpmHandleT h = app_register();
    ClNameT comp = app_name("comp1"), csi = app_name("csi1");
    ClAmsHAStateT ha = CL_AMS_HA_STATE_NONE;

    fake_amfd_answer(app_daemon, "hastate", "{\"ha\": 2}");
    for (int i = 0; i < 2; i++) {
        json_t *m;

        cr_expect_eq(clCpmHAStateGet(h, &comp, &csi, &ha), CL_OK);
        cr_expect_eq(ha, CL_AMS_HA_STATE_STANDBY);
        m = fake_amfd_take(app_daemon, "hastate");
        cr_expect_str_eq(fake_str(m, "csi"), "csi1");
        json_decref(m);
        csi.length++; /* as it comes in a descriptor */
    }
    fake_amfd_answer(app_daemon, "hastate", "{\"rc\": 983044}");
    cr_expect_eq(clCpmHAStateGet(h, &comp, &csi, &ha), CL_OK);
    cr_expect_eq(ha, CL_AMS_HA_STATE_NONE);
}

Test(cpm_api, nodes_are_known_from_the_environment_or_the_daemon)
{
    ClNameT comp = app_name("comp1"), node;
    ClIocNodeAddressT master = 0;
    ClUint32T id = 0;

    app_initialize();
    cr_expect_eq(clCpmLocalNodeNameGet(&node), CL_OK);
    cr_expect_str_eq((char *)node.value, "blade1");
    cr_expect_eq(clCpmComponentIdGet(0, &comp, &id), CL_OK);
    cr_expect_eq(id >> 16, 1);
    fake_amfd_answer(app_daemon, "master", "{\"addr\": 1}");
    cr_expect_eq(clCpmMasterAddressGet(&master), CL_OK);
    cr_expect_eq(master, 1);
    cr_expect_eq(clCpmIsMaster(), 1);
    setenv("ASP_NODENAME", "blade7", 1);
    setenv("ASP_NODEADDR", "7", 1);
    cr_expect_eq(clCpmLocalNodeNameGet(&node), CL_OK);
    cr_expect_str_eq((char *)node.value, "blade7");
    cr_expect_eq(clCpmIsMaster(), 0);
    cr_expect_eq(clIocLocalAddressGet(), 7);
    cr_expect_not(clCpmIsSC());
    cr_expect_not(clCpmIsSCCapable());
    setenv("ASP_SC_PROMOTE", "1", 1);
    cr_expect_not(clCpmIsSC());
    cr_expect(clCpmIsSCCapable());
    setenv("SYSTEM_CONTROLLER", "yes", 1);
    cr_expect(clCpmIsSC());
}

Test(cpm_api, handles_come_and_go_without_end)
{
    ClCpmHandleT first = app_initialize(), h = first;

    for (int i = 0; i < 1000; i++) {
        cr_assert_eq(clCpmClientFinalize(h), CL_OK, "round %d", i);
        h = app_initialize();
    }
    cr_expect_eq(clCpmResponse(first, 1, CL_OK), BAD_HANDLE, "long gone");
    cr_expect_eq(fake_amfd_count(app_daemon, "hello"), 1);
}
