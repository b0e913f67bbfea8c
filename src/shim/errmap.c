/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/errmap.h"

#include <clCkptErrors.h>

/* End of iteration; the macro's value carries no component id. */
_Static_assert(CL_CKPT_ERR_NO_SECTIONS == 0x101,
               "the value that legacy programs compare with");

static const struct {
    ClRcT cl;
    SaAisErrorT sa;
} codes[STORE_STATUS_N] = {[STORE_OK] = {CL_OK, SA_AIS_OK},
#define CODES(cause, retry, cl_, sa_, text) [cause] = {CL_ERR_##cl_, SA_AIS_ERR_##sa_},
                           STORE_STATUS_MAP(CODES)
#undef CODES
};

static const struct {
    ClRcT cl;
    SaAisErrorT sa;
} families[] = {
    {CL_OK, SA_AIS_OK},
    {CL_ERR_NO_MEMORY, SA_AIS_ERR_NO_MEMORY},
    {CL_ERR_INVALID_PARAMETER, SA_AIS_ERR_INVALID_PARAM},
    {CL_ERR_NULL_POINTER, SA_AIS_ERR_INVALID_PARAM},
    {CL_ERR_NOT_EXIST, SA_AIS_ERR_NOT_EXIST},
    {CL_ERR_DOESNT_EXIST, SA_AIS_ERR_NOT_EXIST},
    {CL_ERR_OUT_OF_RANGE, SA_AIS_ERR_NOT_EXIST},
    {CL_ERR_INVALID_HANDLE, SA_AIS_ERR_BAD_HANDLE},
    {CL_ERR_NOT_INITIALIZED, SA_AIS_ERR_BAD_HANDLE},
    {CL_ERR_NOT_IMPLEMENTED, SA_AIS_ERR_NOT_SUPPORTED},
    {CL_ERR_NO_RESOURCE, SA_AIS_ERR_NO_RESOURCES},
    {CL_ERR_INITIALIZED, SA_AIS_ERR_INIT},
    {CL_ERR_BUFFER_OVERRUN, SA_AIS_ERR_QUEUE_FULL},
    {CL_ERR_VERSION_MISMATCH, SA_AIS_ERR_VERSION},
    {CL_ERR_ALREADY_EXIST, SA_AIS_ERR_EXIST},
    {CL_ERR_DUPLICATE, SA_AIS_ERR_EXIST},
    {CL_ERR_TIMEOUT, SA_AIS_ERR_TIMEOUT},
    {CL_ERR_INUSE, SA_AIS_ERR_TRY_AGAIN},
    {CL_ERR_TRY_AGAIN, SA_AIS_ERR_TRY_AGAIN},
    {CL_ERR_OP_NOT_PERMITTED, SA_AIS_ERR_ACCESS},
    {CL_ERR_NO_SPACE, SA_AIS_ERR_NO_SPACE},
    {CL_ERR_BAD_FLAG, SA_AIS_ERR_BAD_FLAGS},
    {CL_ERR_BAD_OPERATION, SA_AIS_ERR_BAD_OPERATION},
    {CL_CKPT_ERR_NO_SECTIONS, SA_AIS_ERR_NO_SECTIONS},
};

static bool is_status(clv_err e)
{
    return (e & CLV_ERR_STORE) && (e & ~CLV_ERR_STORE) < STORE_STATUS_N;
}

ClRcT clv_err_to_cl(ClCompIdT cid, clv_err e)
{
    return CL_RC(cid, is_status(e) ? codes[e & ~CLV_ERR_STORE].cl : e);
}

SaAisErrorT clv_err_to_sa(clv_err e)
{
    return is_status(e) ? codes[e & ~CLV_ERR_STORE].sa : clv_rc_to_sa(e);
}

SaAisErrorT clv_rc_to_sa(ClRcT rc)
{
    size_t i;

    for (i = 0; i < sizeof(families) / sizeof(*families); i++) {
        if (families[i].cl == CL_GET_ERROR_CODE(rc))
            return families[i].sa;
    }
    return SA_AIS_ERR_LIBRARY;
}
