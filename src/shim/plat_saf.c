/* SPDX-License-Identifier: Apache-2.0 */
/* Error codes across the two families. What has no counterpart becomes LIBRARY on
 * the SA side and UNSPECIFIED on ours. */
#include <clCommonErrors.h>
#include <clCpmErrors.h>
#include <clSafUtils.h>

/* clang-format off */
static const struct {
    ClUint32T cl;
    SaAisErrorT sa;
} to_saf[] = {
    { CL_ERR_VERSION_MISMATCH,  SA_AIS_ERR_VERSION },
    { CL_ERR_TIMEOUT,           SA_AIS_ERR_TIMEOUT },
    { CL_ERR_TRY_AGAIN,         SA_AIS_ERR_TRY_AGAIN },
    { CL_ERR_INVALID_PARAMETER, SA_AIS_ERR_INVALID_PARAM },
    { CL_ERR_NULL_POINTER,      SA_AIS_ERR_INVALID_PARAM },
    { CL_ERR_NO_MEMORY,         SA_AIS_ERR_NO_MEMORY },
    { CL_ERR_INVALID_HANDLE,    SA_AIS_ERR_BAD_HANDLE },
    { CL_ERR_OP_NOT_PERMITTED,  SA_AIS_ERR_ACCESS },
    { CL_ERR_DOESNT_EXIST,      SA_AIS_ERR_NOT_EXIST },
    { CL_ERR_ALREADY_EXIST,     SA_AIS_ERR_EXIST },
    { CL_ERR_NO_SPACE,          SA_AIS_ERR_NO_SPACE },
    { CL_ERR_NO_RESOURCE,       SA_AIS_ERR_NO_RESOURCES },
    { CL_ERR_NOT_IMPLEMENTED,   SA_AIS_ERR_NOT_SUPPORTED },
    { CL_ERR_BAD_OPERATION,     SA_AIS_ERR_BAD_OPERATION },
    { CL_ERR_BAD_FLAG,          SA_AIS_ERR_BAD_FLAGS },
};

static const ClUint32T to_clovis[] = {
    [SA_AIS_OK]                   = CL_OK,
    [SA_AIS_ERR_LIBRARY]          = CL_ERR_INITIALIZED,
    [SA_AIS_ERR_VERSION]          = CL_ERR_VERSION_MISMATCH,
    [SA_AIS_ERR_INIT]             = CL_ERR_NOT_INITIALIZED,
    [SA_AIS_ERR_TIMEOUT]          = CL_ERR_TIMEOUT,
    [SA_AIS_ERR_TRY_AGAIN]        = CL_ERR_TRY_AGAIN,
    [SA_AIS_ERR_INVALID_PARAM]    = CL_ERR_INVALID_PARAMETER,
    [SA_AIS_ERR_NO_MEMORY]        = CL_ERR_NO_MEMORY,
    [SA_AIS_ERR_BAD_HANDLE]       = CL_ERR_INVALID_HANDLE,
    [SA_AIS_ERR_BUSY]             = CL_ERR_TRY_AGAIN,
    [SA_AIS_ERR_ACCESS]           = CL_ERR_OP_NOT_PERMITTED,
    [SA_AIS_ERR_NOT_EXIST]        = CL_ERR_NOT_EXIST,
    [SA_AIS_ERR_NAME_TOO_LONG]    = CL_ERR_OUT_OF_RANGE,
    [SA_AIS_ERR_EXIST]            = CL_ERR_ALREADY_EXIST,
    [SA_AIS_ERR_NO_SPACE]         = CL_ERR_NO_SPACE,
    [SA_AIS_ERR_INTERRUPT]        = CL_ERR_UNSPECIFIED,
    [SA_AIS_ERR_NAME_NOT_FOUND]   = CL_ERR_DOESNT_EXIST,
    [SA_AIS_ERR_NO_RESOURCES]     = CL_ERR_NO_RESOURCE,
    [SA_AIS_ERR_NOT_SUPPORTED]    = CL_ERR_NOT_SUPPORTED,
    [SA_AIS_ERR_BAD_OPERATION]    = CL_ERR_BAD_OPERATION,
    [SA_AIS_ERR_FAILED_OPERATION] = CL_ERR_BAD_OPERATION,
    [SA_AIS_ERR_MESSAGE_ERROR]    = CL_ERR_MESSAGE_ERROR,
    [SA_AIS_ERR_QUEUE_FULL]       = CL_ERR_UNSPECIFIED,
    [SA_AIS_ERR_QUEUE_NOT_AVAILABLE] = CL_ERR_QUEUE_NOT_AVAILABLE,
    [SA_AIS_ERR_BAD_FLAGS]        = CL_ERR_BAD_FLAG,
    [SA_AIS_ERR_TOO_BIG]          = CL_ERR_OUT_OF_RANGE,
    [SA_AIS_ERR_NO_SECTIONS]      = CL_ERR_NO_SECTIONS,
    [SA_AIS_ERR_NO_OP]            = CL_ERR_NO_OP,
};
/* clang-format on */

SaAisErrorT clClovisToSafError(ClRcT rc)
{
    if (rc == CL_OK)
        return SA_AIS_OK;
    if (rc == CL_RC(CL_CID_CPM, CL_CPM_ERR_OPERATION_IN_PROGRESS))
        return SA_AIS_ERR_BUSY;
    for (size_t i = 0; i < sizeof(to_saf) / sizeof(*to_saf); i++)
        if (to_saf[i].cl == CL_GET_ERROR_CODE(rc))
            return to_saf[i].sa;
    return SA_AIS_ERR_LIBRARY;
}

ClRcT clSafToClovisError(SaAisErrorT error)
{
    const size_t n = sizeof(to_clovis) / sizeof(*to_clovis);
    const size_t at = (size_t)error;

    if (error == SA_AIS_OK)
        return CL_OK;
    return at < n && to_clovis[at] ? to_clovis[at] : CL_ERR_UNSPECIFIED;
}
