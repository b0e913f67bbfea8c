/* SPDX-License-Identifier: Apache-2.0 */
/* saAmf: codes, and callbacks inside Dispatch only. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

#include <saAmf.h>

#include "cpm_app.h"
#include "fixture_redis.h"

TestSuite(saf, .init = app_setup, .fini = app_end, .timeout = 60);

static SaAmfHandleT initialize(void)
{
    SaVersionT v = {'B', 1, 1};
    SaAmfHandleT h = 0;

    cr_assert_eq(saAmfInitialize(&h, (const SaAmfCallbacksT *)&app_callbacks, &v),
                 SA_AIS_OK);
    return h;
}

static SaNameT name_of(const char *text)
{
    SaNameT n;

    saNameSet(&n, text);
    return n;
}

Test(saf, codes_are_those_of_the_sa_side)
{
    SaVersionT v = {'B', 4, 1};
    SaAmfCallbacksT cb = {0};
    SaNameT comp = name_of("comp1"), n;
    SaAmfHandleT h = 0, empty = 0;

    cr_expect_eq(saAmfInitialize(NULL, &cb, &v), SA_AIS_ERR_INVALID_PARAM);
    cr_expect_eq(saAmfInitialize(&h, NULL, &v), SA_AIS_ERR_INVALID_PARAM);
    cr_expect_eq(saAmfInitialize(&h, &cb, NULL), SA_AIS_ERR_INVALID_PARAM);
    cr_expect_eq(saAmfInitialize(&h, &cb, &v), SA_AIS_ERR_VERSION);
    cr_expect_eq(v.majorVersion, 2);
    cr_expect_eq(saAmfInitialize(&empty, &cb, &v), SA_AIS_OK);
    cr_expect_eq(saAmfComponentRegister(empty, &comp, NULL), SA_AIS_ERR_LIBRARY,
                 "no callback");
    h = initialize();
    cr_expect_eq(saAmfComponentRegister(h, NULL, NULL), SA_AIS_ERR_INVALID_PARAM);
    cr_expect_eq(saAmfComponentRegister(77, &comp, NULL), SA_AIS_ERR_BAD_HANDLE);
    cr_expect_eq(saAmfComponentRegister(h, &comp, NULL), SA_AIS_OK);
    cr_expect_eq(saAmfComponentRegister(h, &comp, NULL), SA_AIS_ERR_LIBRARY, "twice");
    cr_expect_eq(saAmfComponentNameGet(0, &n), SA_AIS_OK);
    cr_expect_eq(saAmfDispatch(h, 0), SA_AIS_ERR_INVALID_PARAM);
    cr_expect_eq(saAmfDispatch(h, SA_DISPATCH_ALL), SA_AIS_OK);
    cr_expect_eq(saAmfHealthcheckStart(h, &comp, NULL, 9, 1), SA_AIS_ERR_INVALID_PARAM);
    cr_expect_eq(saAmfResponse(h, 123456, SA_AIS_OK), SA_AIS_OK);
    cr_expect_eq(saAmfResponse(77, 1, SA_AIS_OK), SA_AIS_ERR_BAD_HANDLE);
    cr_expect_eq(saAmfPmStart(h, &comp, 1, 1, 1, 1), SA_AIS_ERR_NOT_SUPPORTED);
    cr_expect_eq(saAmfPmStop(h, &comp, 1, 1, 1), SA_AIS_ERR_NOT_SUPPORTED);
    cr_expect_eq(saAmfFinalize(h), SA_AIS_OK);
    cr_expect_eq(saAmfFinalize(h), SA_AIS_ERR_BAD_HANDLE);
    unsetenv("ASP_COMPNAME");
    cr_expect_eq(saAmfComponentNameGet(0, &n), SA_AIS_ERR_NOT_EXIST);
}

Test(saf, a_missing_daemon_is_try_again)
{
    SaVersionT v = {'B', 1, 1};
    SaAmfHandleT h;

    fake_amfd_die(app_daemon);
    setenv("CLOVIS_AMF_TIMEOUT_MS", "100", 1);
    cr_expect_eq(saAmfInitialize(&h, (const SaAmfCallbacksT *)&app_callbacks, &v),
                 SA_AIS_ERR_TRY_AGAIN);
}

Test(saf, callbacks_wait_for_dispatch_even_before_anybody_asked_for_the_object)
{
    const SaAmfHandleT h = initialize();
    SaNameT comp = name_of("comp1");
    SaSelectionObjectT fd;
    fd_set set;

    cr_assert_eq(saAmfComponentRegister(h, &comp, NULL), SA_AIS_OK);
    app_csi_set(1, "csi1", 1, 1, ", \"attrs\": [[\"a\", \"b\"]]");
    cr_expect_not(app_noted(30));
    cr_assert_eq(saAmfSelectionObjectGet(h, &fd), SA_AIS_OK);
    FD_ZERO(&set);
    FD_SET((int)fd, &set);
    cr_assert_eq(select((int)fd + 1, &set, NULL, NULL, NULL), 1);
    cr_assert_eq(saAmfDispatch(h, SA_DISPATCH_ALL), SA_AIS_OK);
    cr_expect_str_eq(app_next("csiset").text, "a=b ");
    /* the set was never filled again: dispatch finds nothing, and returns */
    cr_expect_eq(saAmfDispatch(h, SA_DISPATCH_ALL), SA_AIS_OK);
    cr_expect_eq(saAmfResponse(h, 1, SA_AIS_ERR_FAILED_OPERATION), SA_AIS_OK);
    app_expect_response(1, 0x23, "csiset");
    cr_expect_eq(saAmfFinalize(h), SA_AIS_OK);
}

Test(saf, the_two_families_share_a_handle)
{
    const SaAmfHandleT h = initialize();
    ClNameT comp = app_name("comp1");

    cr_expect_eq(clCpmComponentRegister(h, &comp, NULL), CL_OK);
    cr_expect_eq(clCpmClientFinalize(h), CL_OK);
    cr_expect_eq(saAmfFinalize(h), SA_AIS_ERR_BAD_HANDLE);
}
