/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types, names and constants that every header shares.
 *
 * Two name types existed: ClNameT up to release 6.0, SaNameT in 6.1. They have the
 * same layout and differ in the signedness of value[]. Here they are two types, so
 * that sources of 5.x and 6.0 compile without warnings. A source of 6.1, which passes
 * SaNameT everywhere, is compiled with -DCLOVIS_NAMES_SA: then ClNameT is another name
 * of SaNameT. Objects compiled either way link with each other and the same library.
 */
#ifndef CLOVIS_CL_COMMON_H
#define CLOVIS_CL_COMMON_H

/* Programs count on these being visible through this header. */
#include <sys/types.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/version.h>
#include <sys/reboot.h>
#endif
#ifdef __GLIBC__
#include <execinfo.h>
#endif
/* glibc's own headers warn when they are read in strict mode without a feature macro. */
#if !defined(__GLIBC__) || defined(__USE_MISC) || defined(__USE_XOPEN)
#include <sys/ipc.h>
#include <sys/sem.h>
#endif

#include "saAis.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What releases from 6.0 did for sources that say __FUNCTION__ and are built with
 * -std=c99 -pedantic. */
#if !defined(__cplusplus) && !defined(__FUNCTION__) && defined(__STRICT_ANSI__)
#define __FUNCTION__ __func__
#endif

/* ---- scalars ------------------------------------------------------------- */

typedef unsigned long long ClUint64T;
typedef signed long long ClInt64T;
typedef unsigned int ClUint32T;
typedef signed int ClInt32T;
typedef unsigned short ClUint16T;
typedef signed short ClInt16T;
typedef unsigned char ClUint8T;
typedef signed char ClInt8T;
typedef char ClCharT;
typedef signed int ClFdT;
typedef unsigned long ClWordT;
typedef ClWordT ClPidT;
typedef ClUint16T ClBoolT; /* two bytes; SaBoolT has four */
typedef ClInt64T ClTimeT;  /* nanoseconds, unless a name says otherwise */
typedef ClUint64T ClHandleT;
typedef ClUint64T ClSizeT;
typedef ClInt64T ClOffsetT; /* signed; SaOffsetT is not */
typedef ClUint64T ClInvocationT;
typedef ClUint64T ClSelectionObjectT; /* a file descriptor for select() and poll() */
typedef ClUint64T ClNtfIdentifierT;
typedef ClInt8T *ClAddrT;
typedef void *ClPtrT;
typedef ClUint32T ClRcT; /* see CL_RC in clCommonErrors.h */

typedef ClRcT (*ClCallbackT)(ClPtrT invocation);

typedef union cl_u64_u {
    struct {
        ClUint32T high;
        ClUint32T low;
    } DWord;
    ClUint32T dWords[2];
    ClUint16T words[4];
    ClInt8T bytes[8];
} ClUnion64T;

/* ---- macros -------------------------------------------------------------- */

/* clang-format off */
#define CL_TRUE                 1
#define CL_FALSE                0
#define CL_YES                  CL_TRUE
#define CL_NO                   CL_FALSE
#define CL_ENABLE               CL_TRUE
#define CL_DISABLE              CL_FALSE

#define CL_IN
#define CL_OUT
#define CL_INOUT

#define CL_MAX_NAME_LENGTH      256
#define CL_BITS_PER_BYTE        8
#define CL_FORCED_TO_8BITS      0xff
#define CL_FORCED_TO_16BITS     0xffff
#define CL_FORCED_TO_32BITS     0xffffffff

/* Unsigned, although ClTimeT is signed: compare for equality only. */
#define CL_TIME_END             0x7fffffffffffffffULL
#define CL_TIME_FOREVER         0x7fffffffffffffffULL

#define CL_MICRO_TO_NANO        1000ULL
#define CL_MILLI_TO_MICRO       1000ULL
#define CL_SEC_TO_MILLI         1000ULL
#define CL_MILLI_TO_NANO        (CL_MILLI_TO_MICRO * CL_MICRO_TO_NANO)
#define CL_SEC_TO_NANO          (CL_SEC_TO_MILLI * CL_MILLI_TO_NANO)

#define CL_EO_ACTION_CUSTOM     (1 << 0)
#define CL_EO_ACTION_EVENT      (1 << 1)
#define CL_EO_ACTION_LOG        (1 << 2)
#define CL_EO_ACTION_NOT        (1 << 3)
#define CL_EO_ACTION_MAX        (-2147483647 - 1) /* bit 31 */

#define CL_BIT(x)               (0x1 << (x))
#define CL_MIN(a, b)            ((a) < (b) ? (a) : (b))
#define CL_MAX(a, b)            ((a) > (b) ? (a) : (b))
#define CL_SIZEOF_ARRAY(array)  (sizeof(array) / sizeof((array)[0]))
#define CL_ROUNDUP(v, base)     ((((v) + (base) - 1) / (base)) * (base))
#define CL_ROUNDDOWN(v, base)   (((v) / (base)) * (base))
/* clang-format on */

#if defined(__GNUC__)
#define CL_WEAK __attribute__((__weak__))
#define CL_DEPRECATED __attribute__((__deprecated__))
#define CL_PRINTF_FORMAT(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define CL_WEAK
#define CL_DEPRECATED
#define CL_PRINTF_FORMAT(text, first)
#endif

/* ---- names, versions, strings -------------------------------------------- */

#ifdef CLOVIS_NAMES_SA
typedef SaNameT ClNameT;
#else
/* length bytes of value count; they need not be followed by a NUL. */
typedef struct {
    ClUint16T length;
    ClCharT value[CL_MAX_NAME_LENGTH];
} ClNameT;
#endif

typedef struct {
    ClUint8T releaseCode;
    ClUint8T majorVersion;
    ClUint8T minorVersion;
} ClVersionT;

typedef struct {
    ClUint32T length;
    ClCharT *pValue;
} ClStringT;

/* Print into name, which is a ClNameT or SaNameT itself, not a pointer to one. At most
 * 254 characters are kept; length is that of the kept text, without the NUL. */
#define clNamePrintf(name, ...)                                                          \
    do {                                                                                 \
        int clNamePrintfLength =                                                         \
            snprintf((char *)(name).value, CL_MAX_NAME_LENGTH - 1, __VA_ARGS__);         \
                                                                                         \
        (name).length =                                                                  \
            (ClUint16T)CL_MIN(CL_MAX(clNamePrintfLength, 0), CL_MAX_NAME_LENGTH - 2);    \
    } while (0)

/* Copy text; the length does not count the NUL. Cropped to 255 characters. */
void clNameSet(ClNameT *name, const char *text);
void saNameSet(SaNameT *name, const char *text);

/* Copy length bytes, at most 255, and put a NUL after them. */
void clNameCopy(ClNameT *to, const ClNameT *from);
void saNameCopy(SaNameT *to, const SaNameT *from);

/* prefix separator suffix, each of which may be NULL. Cropped to 255 characters, with
 * a NUL after them. */
void clNameConcat(ClNameT *to, const ClNameT *prefix, const char *separator,
                  const ClNameT *suffix);
void saNameConcat(SaNameT *to, const SaNameT *prefix, const char *separator,
                  const SaNameT *suffix);

/* New copy, freed with clHeapFree(); NULL for NULL and when memory is short. */
ClCharT *clStrdup(const ClCharT *text);
ClStringT *clStringDup(const ClStringT *text);

/* Unset: CL_FALSE. Empty, or beginning with 1, y, Y, t or T: CL_TRUE. Else CL_FALSE. */
ClBoolT clParseEnvBoolean(const ClCharT *variable);

/* The value without leading blanks, borrowed from the environment; NULL when the
 * variable is unset or blank. */
ClCharT *clParseEnvStr(const ClCharT *variable);

/* Round value up to an even number; the result is the index of its highest bit. */
ClUint32T clBinaryPower(ClUint32T value);

/* ---- enumerations -------------------------------------------------------- */

typedef enum {
    CL_DISPATCH_ONE = 1,
    CL_DISPATCH_ALL = 2,
    CL_DISPATCH_BLOCKING = 3
} ClDispatchFlagsT;

typedef enum { CL_STATUS_DOWN = 0, CL_STATUS_UP = 1 } ClStatusT;

typedef struct ClWaterMark {
    ClUint64T lowLimit;
    ClUint64T highLimit;
} ClWaterMarkT;

typedef enum { CL_WM_LOW_LIMIT = 0, CL_WM_HIGH_LIMIT = 1 } ClEoWaterMarkFlagT;

typedef enum {
    CL_WM_LOW = 0,
    CL_WM_HIGH = 1,
    CL_WM_MED = 2,
    CL_WM_SENDQ = 3,
    CL_WM_RECVQ = 4,
    CL_WM_MAX = 5
} ClWaterMarkIdT;

typedef struct ClEoActionInfo {
    ClUint32T bitMap;
} ClEoActionInfoT;

typedef ClPtrT *ClEoActionArgListT;

/* Component ids: the upper half of a return code. */
typedef enum {
    CL_CID_UNSPECIFIED = 0x00,
    CL_CID_OSAL = 0x01,
    CL_CID_HAL = 0x02,
    CL_CID_DBAL = 0x03,
    CL_CID_EO = 0x04,
    CL_CID_IOC = 0x05,
    CL_CID_RMD = 0x06,
    CL_CID_NAMES = 0x07,
    CL_CID_TIMER = 0x08,
    CL_CID_SHM = 0x09,
    CL_CID_DSHM = 0x0a,
    CL_CID_LOG = 0x0b,
    CL_CID_MSG = 0x0c,
    CL_CID_DIAG = 0x0d,
    CL_CID_DEBUG = 0x0e,
    CL_CID_CPM = 0x0f,
    CL_CID_CAP = 0x10,
    CL_CID_RES = 0x11,
    CL_CID_GMS = 0x12,
    CL_CID_EVENTS = 0x13,
    CL_CID_DLOCK = 0x14,
    CL_CID_TXN = 0x15,
    CL_CID_CKPT = 0x16,
    CL_CID_COR = 0x17,
    CL_CID_CNT = 0x18,
    CL_CID_DCNT = 0x19,
    CL_CID_RCNT = 0x1a,
    CL_CID_ALARMS = 0x1b,
    CL_CID_POLICY = 0x1c,
    CL_CID_RULE = 0x1d,
    CL_CID_SCRIPTING = 0x1e,
    CL_CID_CM = 0x1f,
    CL_CID_HPI = 0x20,
    CL_CID_FAULTS = 0x21,
    CL_CID_AMS = 0x22,
    CL_CID_MED = 0x23,
    CL_CID_BUFFER = 0x24,
    CL_CID_QUEUE = 0x25,
    CL_CID_CLIST = 0x26,
    CL_CID_SNMP = 0x27,
    CL_CID_NS = 0x28,
    CL_CID_OM = 0x29,
    CL_CID_POOL = 0x2a,
    CL_CID_CD = 0x2b,
    CL_CID_DM = 0x2c,
    CL_CID_OAMP_RT = 0x2d,
    CL_CID_PROV = 0x2e,
    CL_CID_UM = 0x2f,
    CL_CID_HANDLE = 0x30,
    CL_CID_VERSION = 0x31,
    CL_CID_XDR = 0x32,
    CL_CID_IDL = 0x33,
    CL_CID_HEAP = 0x34,
    CL_CID_MEM = 0x35,
    CL_CID_PARSER = 0x36,
    CL_CID_BACKING_STORAGE = 0x37,
    CL_CID_JOB = 0x38,
    CL_CID_JOBQUEUE = CL_CID_JOB,
    CL_CID_THREADPOOL = 0x39,
    CL_CID_TASKPOOL = CL_CID_THREADPOOL,
    CL_CID_BITMAP = 0x3a,
    CL_CID_LEAKY_BUCKET = 0x3b,
    CL_CID_MSO = 0x3c,
    CL_CID_PM = 0x3d,
    CL_CID_NF = 0x3e,
    CL_CID_MAX = 0x3f
} ClCompIdT;

#ifdef __cplusplus
}
#endif

#endif
