/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an operation on the store failed: one cause, one row. The backend's retry
 * loop reads the second column, errmap.c the next two. Only tokens stand here,
 * so that the backend never sees a Cl or Sa type.
 *
 *   NOT_DONE  nothing was executed; may be tried again inside the limit
 *   UNKNOWN   sent, no answer; must be settled by an idempotent re-send
 *   FINAL     trying again gives the same answer
 */
#ifndef CLV_STATUS_H
#define CLV_STATUS_H

/* clang-format off */
/*    cause            retry     CL_ERR_            SA_AIS_ERR_    what happened */
#define STORE_STATUS_MAP(X) \
    X(STORE_ABSENT,    FINAL,    NOT_EXIST,         NOT_EXIST,     "no such checkpoint or section") \
    X(STORE_GONE,      FINAL,    NOT_EXIST,         NOT_EXIST,     "the checkpoint behind the handle is gone") \
    X(STORE_NO_ACTIVE, FINAL,    NOT_EXIST,         NOT_EXIST,     "no active replica") \
    X(STORE_EXISTS,    FINAL,    ALREADY_EXIST,     EXIST,         "it exists already") \
    X(STORE_DIFFERS,   FINAL,    ALREADY_EXIST,     EXIST,         "it exists with other attributes") \
    X(STORE_FULL,      FINAL,    NO_SPACE,          NO_SPACE,      "maxSections reached") \
    X(STORE_PAST,      FINAL,    INVALID_PARAMETER, INVALID_PARAM, "expiration time lies in the past") \
    X(STORE_UNLINKED,  FINAL,    BAD_OPERATION,     BAD_OPERATION, "the checkpoint is unlinked") \
    X(STORE_FENCED,    FINAL,    OP_NOT_PERMITTED,  ACCESS,        "another node holds the active replica") \
    X(STORE_REFUSED,   FINAL,    NO_RESOURCE,       NO_RESOURCES,  "the store refuses") \
    X(STORE_CONFIG,    FINAL,    NO_RESOURCE,       NO_RESOURCES,  "a setting is not usable") \
    X(STORE_DAMAGED,   FINAL,    BAD_OPERATION,     LIBRARY,       "the value is not ours or is damaged") \
    X(STORE_NO_MEM,    FINAL,    NO_MEMORY,         NO_MEMORY,     "out of memory") \
    X(STORE_AWAY,      NOT_DONE, TRY_AGAIN,         TRY_AGAIN,     "no master, nothing was done") \
    X(STORE_UNSURE,    UNKNOWN,  TIMEOUT,           TIMEOUT,       "sent, no answer in time")
/* clang-format on */

#define STORE_STATUS_ENUM(cause, retry, cl, sa, text) cause,
enum store_status { STORE_OK = 0, STORE_STATUS_MAP(STORE_STATUS_ENUM) STORE_STATUS_N };
#undef STORE_STATUS_ENUM

enum store_retry { STORE_RETRY_FINAL, STORE_RETRY_NOT_DONE, STORE_RETRY_UNKNOWN };

#endif
