/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>

#include <clCkptErrors.h>

#include "shim/errmap.h"

Test(errmap, every_common_code_has_the_counterpart_of_the_contract)
{
    static const struct {
        ClRcT cl;
        SaAisErrorT sa;
    } t[] = {
        {CL_OK, SA_AIS_OK},
        {CL_ERR_NO_MEMORY, SA_AIS_ERR_NO_MEMORY},
        {CL_ERR_INVALID_PARAMETER, SA_AIS_ERR_INVALID_PARAM},
        {CL_ERR_NULL_POINTER, SA_AIS_ERR_INVALID_PARAM},
        {CL_ERR_NOT_EXIST, SA_AIS_ERR_NOT_EXIST},
        {CL_ERR_INVALID_HANDLE, SA_AIS_ERR_BAD_HANDLE},
        {CL_ERR_NOT_IMPLEMENTED, SA_AIS_ERR_NOT_SUPPORTED},
        {CL_ERR_DUPLICATE, SA_AIS_ERR_EXIST},
        {CL_ERR_OUT_OF_RANGE, SA_AIS_ERR_NOT_EXIST},
        {CL_ERR_NO_RESOURCE, SA_AIS_ERR_NO_RESOURCES},
        {CL_ERR_INITIALIZED, SA_AIS_ERR_INIT},
        {CL_ERR_BUFFER_OVERRUN, SA_AIS_ERR_QUEUE_FULL},
        {CL_ERR_NOT_INITIALIZED, SA_AIS_ERR_BAD_HANDLE},
        {CL_ERR_VERSION_MISMATCH, SA_AIS_ERR_VERSION},
        {CL_ERR_ALREADY_EXIST, SA_AIS_ERR_EXIST},
        {CL_ERR_DOESNT_EXIST, SA_AIS_ERR_NOT_EXIST},
        {CL_ERR_TIMEOUT, SA_AIS_ERR_TIMEOUT},
        {CL_ERR_INUSE, SA_AIS_ERR_TRY_AGAIN},
        {CL_ERR_TRY_AGAIN, SA_AIS_ERR_TRY_AGAIN},
        {CL_ERR_OP_NOT_PERMITTED, SA_AIS_ERR_ACCESS},
        {CL_ERR_NO_SPACE, SA_AIS_ERR_NO_SPACE},
        {CL_ERR_BAD_FLAG, SA_AIS_ERR_BAD_FLAGS},
        {CL_ERR_BAD_OPERATION, SA_AIS_ERR_BAD_OPERATION},
        {CL_CKPT_ERR_NO_SECTIONS, SA_AIS_ERR_NO_SECTIONS},
    };
    ClRcT code;
    size_t i;

    for (code = 0; code <= 0x1ff; code++) {
        SaAisErrorT want = SA_AIS_ERR_LIBRARY;

        for (i = 0; i < sizeof(t) / sizeof(*t); i++)
            want = t[i].cl == code ? t[i].sa : want;
        cr_expect_eq(clv_rc_to_sa(code), want, "row ErrorMap#1: 0x%x", code);
        cr_expect_eq(clv_rc_to_sa(0x160000 | code), want,
                     "row ErrorMap#2: with a component id");
    }
    cr_expect_eq(clv_rc_to_sa(0x50108), SA_AIS_ERR_LIBRARY, "row trap_25: never OK");
}

Test(errmap, a_code_is_stamped_with_the_component)
{
    cr_expect_eq(clv_err_to_cl(CL_CID_CKPT, CL_ERR_NOT_EXIST), 0x160004, "row trap_25");
    cr_expect_eq(clv_err_to_cl(CL_CID_CKPT, CL_CKPT_ERR_NO_SECTIONS), 0x160101,
                 "row trap_04");
    cr_expect_eq(clv_err_to_cl(CL_CID_CPM, CL_ERR_NO_MEMORY), 0xf0001);
    cr_expect_eq(clv_err_to_cl(CL_CID_CKPT, CL_OK), CL_OK);
}

Test(errmap, a_store_status_becomes_what_the_decisions_say)
{
    static const struct {
        enum store_status st;
        ClRcT cl;
        SaAisErrorT sa;
        const char *id;
    } t[] = {
        {STORE_OK, CL_OK, SA_AIS_OK, "StoreFault#0"},
        {STORE_AWAY, 0x160016, SA_AIS_ERR_TRY_AGAIN, "StoreFault#1"},
        {STORE_UNSURE, 0x160014, SA_AIS_ERR_TIMEOUT, "StoreFault#2"},
        {STORE_REFUSED, 0x16000b, SA_AIS_ERR_NO_RESOURCES, "StoreFault#3"},
        {STORE_CONFIG, 0x16000b, SA_AIS_ERR_NO_RESOURCES, "StoreFault#3"},
        {STORE_GONE, 0x160004, SA_AIS_ERR_NOT_EXIST, "StoreFault#4"},
        {STORE_DAMAGED, 0x160023, SA_AIS_ERR_LIBRARY, "StoreFault#5"},
        {STORE_ABSENT, 0x160004, SA_AIS_ERR_NOT_EXIST, "Overwrite#7"},
        {STORE_NO_ACTIVE, 0x160004, SA_AIS_ERR_NOT_EXIST, "trap_01"},
        {STORE_EXISTS, 0x160010, SA_AIS_ERR_EXIST, "SectionCreate#10"},
        {STORE_DIFFERS, 0x160010, SA_AIS_ERR_EXIST, "Open#11"},
        {STORE_FULL, 0x160021, SA_AIS_ERR_NO_SPACE, "SectionCreate#11"},
        {STORE_PAST, 0x160002, SA_AIS_ERR_INVALID_PARAM, "SectionCreate#12"},
        {STORE_UNLINKED, 0x160023, SA_AIS_ERR_BAD_OPERATION, "RetentionSet#2"},
        {STORE_FENCED, 0x160020, SA_AIS_ERR_ACCESS, "StoreFault#6"},
        {STORE_NO_MEM, 0x160001, SA_AIS_ERR_NO_MEMORY, "Initialize#4"},
    };
    size_t i;

    cr_assert_eq(sizeof(t) / sizeof(*t), (size_t)STORE_STATUS_N, "a status has no row");
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        const clv_err e = clv_err_of(t[i].st);

        cr_expect_eq(clv_err_to_cl(CL_CID_CKPT, e), t[i].cl, "row %s", t[i].id);
        cr_expect_eq(clv_err_to_sa(e), t[i].sa, "row %s", t[i].id);
    }
}
