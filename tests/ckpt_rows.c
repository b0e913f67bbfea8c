/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's tables. Compiled into test_ckpt_rows (store in memory) and into
 * it_ckpt_rows (real server). */
#include "ckpt_case.h"

#include <poll.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

TestSuite(rows, .timeout = 100);

static ClHandleT svc; /* of the body that runs */

static void begin(void)
{
    OK(t_init(&svc, NULL, NULL));
}

static void end(void)
{
    OK(t_fini(svc));
}

/* ---- 2.7 initialize, finalize -------------------------------------------- */

static void initialize_body(void)
{
    ClVersionT b1 = { 'B', 1, 1 };
    ClHandleT h = 7;

    if (v.sa) {
        SaVersionT sb = { 'B', 1, 1 };
        SaCkptHandleT sh;

        ROW("2.7.init#1", saCkptInitialize(NULL, NULL, &sb), NULL_POINTER);
        ROW("2.7.init#1", saCkptInitialize(&sh, NULL, NULL), NULL_POINTER);
        ROW_OK("2.7.init#5", saCkptInitialize(&sh, NULL, &sb));
        h = sh;
    } else {
        ROW("2.7.init#1", clCkptInitialize(NULL, NULL, &b1), NULL_POINTER);
        ROW("2.7.init#1", clCkptInitialize(&h, NULL, NULL), NULL_POINTER);
        FACT("2.7.init#1", h == 7);
        ROW_OK("2.7.init#5", clCkptInitialize(&h, NULL, &b1));
    }
    FACT("2.3.value#1", h != 0 && h <= INT32_MAX);
    ROW_OK("2.7.fini#3", t_fini(h));
    ROW("2.7.fini#1", t_fini(h), NOT_INITIALIZED);
}

Test(rows, initialize_and_finalize)
{
    each_variant(initialize_body);
}

Test(rows, versions)
{
    static const struct {
        const char *id;
        bool sa;
        ClVersionT ask, told;
        unsigned int want;
    } t[] = {
        { "2.7.init#2", false, { 'B', 1, 1 }, { 'B', 1, 1 }, CL_OK },
        { "2.7.init#2", false, { 'B', 0, 0 }, { 'B', 1, 1 }, CL_OK },
        { "2.7.init#2", false, { 'B', 1, 0 }, { 'B', 1, 1 }, CL_OK },
        { "2.7.init#2", false, { 'B', 1, 255 }, { 'B', 1, 1 }, CL_OK },
        { "trap#5", false, { 'B', 0, 9 }, { 'B', 1, 1 }, CL_OK },
        { "trap#5", false, { 'A', 1, 1 }, { 'B', 1, 1 }, 0x31000f },
        { "2.7.init#2", false, { 'B', 2, 2 }, { 'B', 1, 1 }, 0x31000f },
        { "2.7.init#2", false, { 'C', 1, 1 }, { 'B', 1, 1 }, 0x31000f },
        { "2.7.init#2", false, { 'b', 1, 1 }, { 'B', 1, 1 }, 0x31000f },
        { "2.7.init#2", false, { 0, 0, 0 }, { 'B', 1, 1 }, 0x31000f },
        { "d1#2", true, { 'B', 1, 1 }, { 'B', 1, 1 }, SA_AIS_OK },
        { "d1#2", true, { 'B', 0, 3 }, { 'B', 1, 1 }, SA_AIS_OK },
        { "d1#3", true, { 'B', 2, 0 }, { 'B', 2, 2 }, SA_AIS_OK },
        { "d1#3", true, { 'B', 2, 2 }, { 'B', 2, 2 }, SA_AIS_OK },
        { "d1#3", true, { 'B', 2, 3 }, { 'B', 2, 3 }, SA_AIS_OK },
        { "d1#4", true, { 'B', 3, 1 }, { 'B', 2, 3 }, SA_AIS_ERR_VERSION },
        { "d1#4", true, { 'A', 1, 1 }, { 'B', 2, 3 }, SA_AIS_ERR_VERSION },
        { "d1#4", true, { 'C', 2, 2 }, { 'B', 2, 3 }, SA_AIS_ERR_VERSION },
    };
    size_t i;

    world_begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        SaVersionT sv = { t[i].ask.releaseCode, t[i].ask.majorVersion, t[i].ask.minorVersion };
        ClVersionT cv = t[i].ask;
        ClHandleT h = 7;
        unsigned int rc;

        if (t[i].sa) {
            rc = saCkptInitialize((void *)&h, NULL, &sv);
            cv = (ClVersionT){ sv.releaseCode, sv.majorVersion, sv.minorVersion };
        } else {
            rc = clCkptInitialize(&h, NULL, &cv);
        }
        cr_expect_eq(rc, t[i].want, "row %s (%zu): 0x%x", t[i].id, i, rc);
        cr_expect(memcmp(&cv, &t[i].told, sizeof(cv)) == 0, "row %s (%zu): told %c.%d.%d",
                  t[i].id, i, cv.releaseCode, cv.majorVersion, cv.minorVersion);
        if (rc == CL_OK || (t[i].sa && rc == SA_AIS_OK))
            clCkptFinalize(h);
        else
            cr_expect_eq(h, UINT64_MAX, "row %s (%zu): handle on failure", t[i].id, i);
    }
    world_end();
}

static void finalize_body(void)
{
    ClCkptSectionDescriptorT d;
    ClHandleT other, a, b, it;
    ClSelectionObjectT fd;
    struct pollfd p;

    begin();
    OK(t_init(&other, NULL, NULL));
    a = opened(svc, "a", WR, 3, 0, RWC);
    b = opened(other, "b", WR, 3, 0, RWC);
    OK(add(a, "s", "1"));
    OK(t_iter(a, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_fd(svc, &fd));
    ROW("2.7.fini#2", t_fini(a), INVALID_HANDLE);
    ROW("2.7.fini#2", t_fini(0), INVALID_HANDLE);
    ROW("2.7.fini#2", t_fini(it), INVALID_HANDLE);
    ROW_OK("2.7.fini#4", t_fini(svc));
    ROW("2.7.fini#2", t_fini(svc), INVALID_HANDLE);
    ROW("2.7.fini#4", put(a, "s", "2"), INVALID_HANDLE);
    ROW("2.7.fini#4", t_next(it, &d), INVALID_HANDLE);
    p = (struct pollfd){ .fd = (int)fd, .events = POLLIN };
    FACT("d2.fd#1", poll(&p, 1, 0) == 1 && (p.revents & POLLNVAL));
    ROW_OK("2.7.fini#5", add(b, "s", "1")); /* not another service's */
    ROW("2.7.fini#4", t_open(other, nm("a"), NULL, R, &a), NOT_EXIST);
    ROW_OK("2.7.fini#6", t_fini(other));
    ROW("2.7.fini#6", add(b, "s", "1"), NOT_INITIALIZED);
}

Test(rows, finalize_closes_what_was_opened_with_it)
{
    each_variant(finalize_body);
}

/* ---- 2.3 not initialized, bad handles ------------------------------------ */

enum bad { UNINITIALIZED, ZERO, CLOSED, WRONG_KIND, NEVER, N_BAD };

static const char *const bad_words[] = { "uninitialized", "zero", "closed", "wrong kind",
                                         "never given" };

/* Every call that takes a checkpoint handle, with arguments that are all right. */
static unsigned int call_with(int which, ClHandleT h)
{
    ClCkptIOVectorElementT e = piece("s", "x", 0);
    ClCkptCheckpointDescriptorT cd;
    ClHandleT it;

    switch (which) {
    case 0:
        return t_close(h);
    case 1:
        return t_retention(h, 1);
    case 2:
        return t_active(h);
    case 3:
        return t_status(h, &cd);
    case 4:
        return add(h, "s", "1");
    case 5:
        return t_section_delete(h, sid("s"));
    case 6:
        return t_expire(h, sid("s"), CL_TIME_END);
    case 7:
        return t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it);
    case 8:
        return t_write(h, &e, 1, NULL);
    case 9:
        return put(h, "s", "1");
    case 10:
        e.dataBuffer = NULL;
        return t_read(h, &e, 1, NULL);
    case 11:
        return t_sync(h, CL_TIME_END);
    case 12:
        return t_sync_async(h, 1);
    default:
        return 0xdead;
    }
}

static const char *const call_words[] = {
    "Close", "RetentionDurationSet", "ActiveReplicaSet", "StatusGet",   "SectionCreate",
    "SectionDelete", "ExpirationTimeSet", "IterationInitialize", "Write", "Overwrite",
    "Read", "Synchronize", "SynchronizeAsync",
};

enum { N_CALLS = sizeof(call_words) / sizeof(*call_words) };

static void bad_row(const char *id, int call, int how, unsigned int got, unsigned int want)
{
    char row[80];

    snprintf(row, sizeof(row), "%s (%s, %s)", id, call_words[call], bad_words[how]);
    row_at(__LINE__, row, got, want);
}

static void bad_handle_body(void)
{
    ClHandleT h, closed;
    int i;

    for (i = 0; i < N_CALLS; i++)
        bad_row("2.3.uninit#1", i, UNINITIALIZED, call_with(i, 1 << 17),
                CL_ERR_NOT_INITIALIZED);
    begin();
    closed = opened(svc, "c", WR, 3, 0, RWC);
    OK(t_close(closed));
    for (i = 0; i < N_CALLS; i++) {
        bad_row("2.3.handle#1", i, ZERO, call_with(i, 0), CL_ERR_INVALID_HANDLE);
        bad_row("2.3.handle#2", i, CLOSED, call_with(i, closed), CL_ERR_INVALID_HANDLE);
        bad_row("2.3.handle#3", i, WRONG_KIND, call_with(i, svc), CL_ERR_INVALID_HANDLE);
        bad_row("2.3.handle#1", i, NEVER, call_with(i, UINT64_MAX), CL_ERR_INVALID_HANDLE);
    }
    h = opened(svc, "c", WR, 3, 0, RWC);
    FACT("2.3.value#2", h != closed); /* a stale number is told from a new one */
    ROW("2.3.handle#2", t_close(closed), INVALID_HANDLE);
    OK(t_close(h));
    end();
}

Test(rows, no_call_takes_a_bad_handle)
{
    each_variant(bad_handle_body);
}

static void uninit_body(void)
{
    ClCkptSectionDescriptorT d;
    ClSelectionObjectT fd;
    ClHandleT h;

    /* NULL pointers go first for section, data, status and iteration-init calls… */
    ROW("2.3.order#1", t_status(1, NULL), NULL_POINTER);
    ROW("2.3.order#1", t_create(1, NULL, NULL, 0), NULL_POINTER);
    ROW("2.3.order#1", t_section_delete(1, NULL), NULL_POINTER);
    ROW("2.3.order#1", t_expire(1, NULL, 0), NULL_POINTER);
    ROW("2.3.order#1", t_overwrite(1, NULL, "x", 1), NULL_POINTER);
    ROW("2.3.order#1", t_write(1, NULL, 1, NULL), NULL_POINTER);
    ROW("2.3.order#1", t_read(1, NULL, 1, NULL), NULL_POINTER);
    ROW("2.3.order#1", t_iter(1, CL_CKPT_SECTIONS_ANY, 0, NULL), NULL_POINTER);
    /* …and "not initialized" first for the others. */
    if (!v.sa) { /* the SA wrapper looks at the pointers that it fills in */
        ROW("2.3.order#2", t_open(1, NULL, NULL, 99, NULL), NOT_INITIALIZED);
        ROW("2.3.order#2", t_next(1, NULL), NOT_INITIALIZED);
    }
    ROW("2.8#1", t_open(1, NULL, NULL, 99, &h), NOT_INITIALIZED);
    ROW("2.3.order#2", t_open_async(1, 1, NULL, NULL, 99), NOT_INITIALIZED);
    ROW("2.11#1", t_delete(1, NULL), NOT_INITIALIZED);
    ROW("2.21.get#1", t_fd(1, NULL), NOT_INITIALIZED);
    ROW("2.21.get#1", t_fd(1, &fd), NOT_INITIALIZED);
    ROW("2.21.dispatch#1", t_dispatch(1, 99), NOT_INITIALIZED);
    ROW("2.16.next#1", t_next(1, &d), NOT_INITIALIZED);
    ROW("2.16.fini#1", t_iter_end(1), NOT_INITIALIZED);
    if (!v.sa)
        ROW("2.23#1", clCkptImmediateConsumptionRegister(1, NULL, NULL), INVALID_HANDLE);
}

Test(rows, order_of_the_first_checks)
{
    each_variant(uninit_body);
}

/* ---- 2.8 open ------------------------------------------------------------ */

static void open_arguments_body(void)
{
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h = 7;

    begin();
    ROW("2.8#2", t_open(svc, nm("n"), &a, RWC, NULL), NULL_POINTER);
    ROW("2.8#3", t_open(svc, NULL, &a, RWC, &h), NULL_POINTER);
    ROW("2.8#4", t_open(svc, nm("n"), &a, 8, &h), BAD_FLAG);
    ROW("2.8#4", t_open(svc, nm("n"), &a, 0x10 | RWC, &h), BAD_FLAG);
    ROW("2.8#4", t_open(svc, nm("n"), NULL, 0xffffffff, &h), BAD_FLAG);
    ROW("2.8#5", t_open(svc, nm("n"), NULL, C, &h), NULL_POINTER);
    ROW("trap#18", t_open(svc, nm("n"), NULL, RWC, &h), NULL_POINTER);
    ROW("2.8#6", t_open(svc, nm("n"), &a, R, &h), INVALID_PARAMETER);
    ROW("trap#18", t_open(svc, nm("n"), &a, R | W, &h), INVALID_PARAMETER);
    ROW("2.8#8", t_open(0, nm("n"), &a, RWC, &h), INVALID_HANDLE);
    ROW("2.8#8", t_open(svc + 1, nm("n"), &a, RWC, &h), INVALID_HANDLE);
    ROW("2.8#10", t_open(svc, nm("n"), NULL, R, &h), NOT_EXIST);
    FACT("2.8.out#1", h == (v.sa ? 0 : 7)); /* SA: 0 on failure; Cl: not written */
    /* a bad service handle is reported after bad arguments */
    ROW("2.8.order#1", t_open(0, NULL, &a, RWC, &h), NULL_POINTER);
    ROW("2.8.order#1", t_open(0, nm("n"), &a, 99, &h), BAD_FLAG);
    ROW("2.8.order#1", t_open(0, nm("n"), NULL, C, &h), NULL_POINTER);
    ROW("2.8.order#1", t_open(0, nm("n"), &a, R, &h), INVALID_PARAMETER);
    a.maxSections = 0;
    ROW("2.8#12", t_open(svc, nm("n"), &a, RWC, &h), INVALID_PARAMETER);
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(t_close(opened(svc, "n", WR, 3, 16, RWC)));
    ROW("2.8#11", t_open(svc, nm("n"), &a, RWC, &a.checkpointSize), ALREADY_EXIST);
    OK(t_close(h));
    end();
}

Test(rows, open_arguments)
{
    each_variant(open_arguments_body);
}

static void open_size_body(void)
{
    attrs_t a = attrs(WR, 2, 4);
    ClCkptCheckpointDescriptorT d;
    ClHandleT h;
    const bool clips = v.sa && !v.b02;
    const unsigned int want = clips ? CL_OK : CL_ERR_INVALID_PARAMETER;

    begin();
    a.checkpointSize = 8;
    ROW_OK("trap#16", t_open(svc, nm("fits"), &a, RWC, &h));
    OK(t_close(h));
    a.checkpointSize = 9;
    row_at(__LINE__, "2.8#7", t_open(svc, nm("big"), &a, RWC, &h), want);
    if (clips) {
        OK(t_status(h, &d));
        FACT("d2.size#1", d.checkpointCreationAttributes.checkpointSize == 8);
        OK(t_close(h));
    }
    a.maxSectionSize = 0;
    ROW_OK("trap#16", t_open(svc, nm("unlimited"), &a, RWC, &h));
    OK(t_status(h, &d));
    FACT("3.4#1", d.checkpointCreationAttributes.checkpointSize == (clips ? 0u : 9u));
    OK(t_close(h));
    a = attrs(WR, 0xffffffff, UINT64_MAX / 2);
    a.checkpointSize = UINT64_MAX;
    ROW_OK("2.8#7", t_open(svc, nm("overflow"), &a, RWC, &h));
    OK(t_close(h));
    end();
}

Test(rows, open_checks_the_size_against_the_product)
{
    each_variant(open_size_body);
}

static void reopen_body(void)
{
    static const char *const words[] = { "creationFlags", "checkpointSize", "maxSections",
                                         "maxSectionSize", "maxSectionIdSize" };
    ClHandleT h, again;
    attrs_t a;
    int i;

    begin();
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(add(h, "s", "kept"));
    for (i = 0; i < 5; i++) {
        char id[60];

        a = attrs(WR, 3, 16);
        a.creationFlags = i == 0 ? CL_CKPT_WR_ACTIVE_REPLICA_WEAK : a.creationFlags;
        a.checkpointSize += i == 1;
        a.maxSections += i == 2;
        a.maxSectionSize += i == 3;
        a.maxSectionIdSize += i == 4;
        snprintf(id, sizeof(id), "2.8#11 (%s)", words[i]);
        row_at(__LINE__, id, t_open(svc, nm("n"), &a, RWC, &again), CL_ERR_ALREADY_EXIST);
    }
    a = attrs(WR, 3, 16);
    a.retentionDuration = 5;
    row_at(__LINE__, "d2.retention#1", t_open(svc, nm("n"), &a, RWC, &again),
           v.b02 ? CL_OK : CL_ERR_ALREADY_EXIST);
    if (v.b02)
        OK(t_close(again));
    OK(t_retention(h, 5)); /* its current value is compared */
    ROW_OK("trap#17", t_open(svc, nm("n"), &a, RWC, &again));
    OK(t_close(again));
    a.retentionDuration = 0;
    row_at(__LINE__, "trap#17", t_open(svc, nm("n"), &a, RWC, &again),
           v.b02 ? CL_OK : CL_ERR_ALREADY_EXIST);
    if (v.b02)
        OK(t_close(again));
    ROW_OK("2.8.reopen#1", t_open(svc, nm("n"), NULL, R, &again));
    cr_expect_str_eq(content(again, "s"), "kept", "row 2.8.reopen#2, %s", v.name);
    OK(t_close(again));
    a.retentionDuration = 5;
    ROW_OK("2.8.reopen#2", t_open(svc, nm("n"), &a, RWC, &again));
    cr_expect_str_eq(content(again, "s"), "kept", "row 2.8.reopen#2, %s", v.name);
    FACT("2.4#2", again != h);
    OK(t_close(again));
    OK(t_close(h));
    end();
}

Test(rows, open_of_an_existing_checkpoint_compares_attributes)
{
    each_variant(reopen_body);
}

static void creation_flags_body(void)
{
    static const struct {
        const char *id;
        ClCkptCreationFlagsT flags;
        bool b02;
    } t[] = {
        { "2.5.flags#1", 0, false },
        { "2.5.flags#1", CL_CKPT_CHECKPOINT_COLLOCATED, false },
        { "2.5.flags#1", 0x1 | 0x2, false },
        { "2.5.flags#1", 0x7, false },
        { "2.5.flags#1", 0x10, false },
        { "d2.flags#2", 0x1f0, false },
        { "2.5.flags#1", 0x80000000 | 0x1, false },
        { "d2.flags#1", 0x1, true },
        { "d2.flags#1", 0x2, true },
        { "d2.flags#1", 0x4, true },
        { "d2.flags#1", 0x4 | CL_CKPT_CHECKPOINT_COLLOCATED, true },
        { "d2.flags#1", 0x1 | CL_CKPT_CHECKPOINT_COLLOCATED, true },
        { "2.6.p2p#1", 0x2 | CL_CKPT_DISTRIBUTED | CL_CKPT_PEER_TO_PEER_REPLICA, true },
        { "2.6.safe#1", 0x2 | CL_CKPT_WR_ALL_SAFE, true },
        { "2.6.open#1", 0x2 | CL_CKPT_ALL_OPEN_ARE_REPLICAS, true },
        { "2.6.p2p#2", 0x2 | CL_CKPT_PEER_TO_PEER_CACHE_DISABLE, true },
    };
    ClCkptCheckpointDescriptorT d;
    ClHandleT h;
    attrs_t a;
    size_t i;

    begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        const bool ok = !v.b02 || t[i].b02;
        char id[60];

        a = attrs(t[i].flags, 3, 16);
        snprintf(id, sizeof(id), "%s (0x%x)", t[i].id, t[i].flags);
        row_at(__LINE__, id, t_open(svc, nm("n"), &a, RWC, &h),
               ok ? CL_OK : CL_ERR_INVALID_PARAMETER);
        if (!ok)
            continue;
        if (t[i].flags & CL_CKPT_CHECKPOINT_COLLOCATED && !(t[i].flags & 1))
            OK(t_active(h));
        OK(t_status(h, &d));
        cr_expect_eq(d.checkpointCreationAttributes.creationFlags, t[i].flags, "row %s", id);
        OK(t_close(h));
    }
    end();
}

Test(rows, creation_flags)
{
    each_variant(creation_flags_body);
}

static void open_flags_body(void)
{
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT keep, h;
    ClUint32T f;

    begin();
    keep = opened(svc, "n", WR, 3, 16, RWC);
    row_at(__LINE__, "d2.open#1", t_open(svc, nm("n"), NULL, 0, &h),
           v.b02 ? CL_ERR_BAD_FLAG : CL_OK);
    if (!v.b02)
        OK(t_close(h));
    for (f = 1; f <= 7; f++) {
        ROW_OK("2.8#4", t_open(svc, nm("n"), (f & C) ? &a : NULL, f, &h));
        OK(t_close(h));
    }
    OK(t_close(keep));
    end();
}

Test(rows, open_flags)
{
    each_variant(open_flags_body);
}

static void timeout_body(void)
{
    static const ClTimeT t[] = { 0, -1, 10, INT64_MAX, INT64_MIN };
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h;
    size_t i;

    begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        ROW_OK("d3.open#1",
               v.sa ? saCkptCheckpointOpen(svc, (const void *)nm("n"), (const void *)&a, RWC,
                                           t[i], (void *)&h)
                    : clCkptCheckpointOpen(svc, nm("n"), &a, RWC, t[i], &h));
        ROW_OK("d3.sync#1", t_sync(h, t[i] == 10 ? INT64_MAX : t[i]));
        OK(t_close(h));
    }
    end();
}

Test(rows, any_timeout_opens)
{
    each_variant(timeout_body);
}

static void names_body(void)
{
    ClNameT n = { .length = 0 }, other;
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h, h2;

    begin();
    ROW_OK("2.3.name#1", t_open(svc, &n, &a, RWC, &h));
    ROW_OK("2.3.name#1", t_open(svc, &n, NULL, R, &h2));
    OK(t_close(h2));
    OK(t_close(h));
    memset(n.value, 'x', sizeof(n.value));
    n.length = 256;
    ROW_OK("2.3.name#2", t_open(svc, &n, &a, RWC, &h));
    n.length = 65535;
    ROW_OK("2.3.name#2", t_open(svc, &n, NULL, R, &h2));
    OK(t_close(h2));
    n.length = 255;
    ROW_OK("2.3.name#2", t_open(svc, &n, NULL, R, &h2));
    OK(t_close(h2));
    n.length = 254;
    ROW("2.3.name#2", t_open(svc, &n, NULL, R, &h2), NOT_EXIST);
    OK(t_close(h));
    n = (ClNameT){ .length = 3, .value = "a\0b" };
    ROW_OK("2.3.name#3", t_open(svc, &n, &a, RWC, &h));
    other = (ClNameT){ .length = 3, .value = "a\0c" };
    ROW("2.3.name#3", t_open(svc, &other, NULL, R, &h2), NOT_EXIST);
    other = (ClNameT){ .length = 1, .value = "a" };
    ROW("2.3.name#3", t_open(svc, &other, NULL, R, &h2), NOT_EXIST);
    other = (ClNameT){ .length = 3, .value = "A\0b" };
    ROW("2.3.name#3", t_open(svc, &other, NULL, R, &h2), NOT_EXIST);
    OK(t_close(h));
    n = (ClNameT){ .length = 9, .value = "{x}:\n%s*\xff" };
    ROW_OK("2.3.name#3", t_open(svc, &n, &a, RWC, &h));
    OK(t_close(h));
    end();
}

Test(rows, names_are_counted_bytes)
{
    each_variant(names_body);
}

/* ---- 2.10 close, 2.11 delete, 2.12 retention ------------------------------ */

static bool exists(const char *name)
{
    ClHandleT h;

    if (t_open(svc, nm(name), NULL, R, &h) != (v.sa ? SA_AIS_OK : CL_OK))
        return false;
    OK(t_close(h));
    return true;
}

static void close_body(void)
{
    static const struct {
        const char *id;
        ClCkptCreationFlagsT flags;
        ClTimeT retention;
        bool stays;
    } t[] = {
        { "2.10.last#3", WR, 0, false },
        { "2.10.last#3", WR, 10, false },
        { "d3.retention#1", WR, 100, false },
        { "2.10.last#3", WR, -1, false },
        { "trap#21", WR, INT64_MIN, false },
        { "trap#21", WR, 999999, false },
        { "2.10.last#5", WR, 60 * CLV_NS_PER_S, true },
        { "2.5.retention#1", WR, 50 * DAY_NS, true }, /* beyond 32 bits of ms */
        { "2.10.last#4", WR, INT64_MAX, true },
        { "2.10.last#2", WR | CL_CKPT_DISTRIBUTED, 60 * CLV_NS_PER_S, false },
        { "2.6.dist#1", WR | CL_CKPT_DISTRIBUTED, INT64_MAX, false },
    };
    size_t i;

    begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        attrs_t a = attrs(t[i].flags, 3, 16);
        ClHandleT h, h2;

        a.retentionDuration = t[i].retention;
        OK(t_open(svc, nm("n"), &a, RWC, &h));
        OK(t_open(svc, nm("n"), NULL, R, &h2));
        OK(add(h, "s", "x"));
        OK(t_close(h));
        cr_expect_str_eq(content(h2, "s"), "x", "row 2.4#2, still open");
        ROW_OK("2.10#3", t_close(h2));
        ROW("2.10#2", t_close(h2), INVALID_HANDLE);
        cr_expect_eq(exists("n"), t[i].stays, "row %s (%zu), %s", t[i].id, i, v.name);
        if (t[i].stays) {
            OK(t_open(svc, nm("n"), NULL, R, &h));
            cr_expect_str_eq(content(h, "s"), "x", "row 2.4#3, sections are kept");
            OK(t_delete(svc, nm("n")));
            OK(t_close(h));
            FACT("2.10.last#1", !exists("n"));
        }
    }
    end();
}

Test(rows, last_close_and_retention)
{
    each_variant(close_body);
}

static void retention_runs_body(void)
{
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h;
    int i;

    begin();
    a.retentionDuration = 300 * CLV_NS_PER_MS;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    OK(t_close(h));
    FACT("2.10.last#5", exists("n"));
    for (i = 0; i < 5; i++) { /* each open stops the clock, each close starts it anew */
        OK(t_open(svc, nm("n"), NULL, R, &h));
        poll(NULL, 0, 100);
        OK(t_close(h));
    }
    FACT("trap#21", exists("n"));
    poll(NULL, 0, 400);
    FACT("d3.retention#2", !exists("n"));
    end();
}

Test(rows, retention_runs_from_the_last_close)
{
    each_variant(retention_runs_body);
}

static void delete_body(void)
{
    ClCkptCheckpointDescriptorT d;
    ClHandleT h, h2, it;
    attrs_t a;

    begin();
    ROW("2.11#2", t_delete(svc, NULL), NULL_POINTER);
    ROW("2.11#2", t_delete(0, NULL), NULL_POINTER);
    ROW("2.11#3", t_delete(0, nm("n")), INVALID_HANDLE);
    ROW("2.11#4", t_delete(svc, nm("n")), NOT_EXIST);
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(add(h, "s", "old"));
    ROW_OK("2.11#5", t_delete(svc, nm("n")));
    ROW("2.11#4", t_delete(svc, nm("n")), NOT_EXIST);
    FACT("trap#20", !exists("n"));
    h2 = opened(svc, "n", WR, 5, 0, RWC); /* an independent instance */
    OK(add(h2, "s", "new"));
    ROW_OK("2.11.old#1", put(h, "s", "older"));
    cr_expect_str_eq(content(h, "s"), "older", "row 2.11.old#1, %s", v.name);
    cr_expect_str_eq(content(h2, "s"), "new", "row 2.4#4, %s", v.name);
    ROW_OK("2.11.old#1", add(h, "t", "2"));
    ROW_OK("2.11.old#1", t_section_delete(h, sid("t")));
    ROW_OK("2.11.old#1", t_status(h, &d));
    FACT("2.11.old#1", d.numberOfSections == 1);
    ROW_OK("2.11.old#1", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_iter_end(it));
    ROW("2.12#2", t_retention(h, 5), BAD_OPERATION);
    ROW("trap#20", t_retention(h, -1), BAD_OPERATION);
    OK(t_close(h));
    cr_expect_str_eq(content(h2, "s"), "new", "row 2.4#4, %s", v.name);
    OK(t_close(h2));
    a = attrs(WR, 3, 16);
    a.retentionDuration = INT64_MAX;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    OK(t_close(h));
    ROW_OK("2.11#6", t_delete(svc, nm("n"))); /* a retained one goes at once */
    FACT("2.11#6", !exists("n"));
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(t_close(h));
    ROW("2.10.order#1", t_delete(svc, nm("n")), NOT_EXIST);
    end();
}

Test(rows, delete_frees_the_name_and_leaves_old_handles_alone)
{
    each_variant(delete_body);
}

static void retention_set_body(void)
{
    static const ClTimeT t[] = { 0, -1, 1, INT64_MAX, INT64_MIN, 60 * CLV_NS_PER_S };
    ClCkptCheckpointDescriptorT d;
    ClHandleT h, keep;
    size_t i;

    begin();
    keep = opened(svc, "n", WR, 3, 16, RWC);
    OK(t_open(svc, nm("n"), NULL, R, &h)); /* no mode is asked for */
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        ROW_OK("2.12#3", t_retention(h, t[i]));
        OK(t_status(keep, &d));
        FACT("2.12#3", d.checkpointCreationAttributes.retentionDuration == t[i]);
    }
    OK(t_close(h));
    OK(t_close(keep));
    FACT("2.12#3", exists("n"));
    OK(t_delete(svc, nm("n")));
    end();
}

Test(rows, retention_duration_set)
{
    each_variant(retention_set_body);
}

/* ---- 2.13 active replica ------------------------------------------------- */

static void active_body(void)
{
    static const struct {
        const char *id;
        ClCkptCreationFlagsT flags;
        bool ok, needed;
    } t[] = {
        { "2.13#3", WR, false, false },
        { "trap#2", CL_CKPT_WR_ALL_REPLICAS, false, false },
        { "2.13#3", CL_CKPT_WR_ALL_REPLICAS | CL_CKPT_CHECKPOINT_COLLOCATED, false, false },
        { "2.13#3", WR | CL_CKPT_DISTRIBUTED, false, false },
        { "2.13#4", WR | CL_CKPT_CHECKPOINT_COLLOCATED, true, true },
        { "2.13#4", 0x4 | CL_CKPT_CHECKPOINT_COLLOCATED, true, true },
        { "2.13#4", 0x4 | CL_CKPT_CHECKPOINT_COLLOCATED | CL_CKPT_DISTRIBUTED, true, true },
    };
    size_t i;

    begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        ClHandleT h = opened(svc, "n", t[i].flags, 3, 16, RWC), r;
        char id[40];

        snprintf(id, sizeof(id), "%s (0x%x)", t[i].id, t[i].flags);
        OK(t_open(svc, nm("n"), NULL, R, &r));
        row_at(__LINE__, id, add(h, "s", "1"), t[i].needed ? CL_ERR_NOT_EXIST : CL_OK);
        ROW("2.13#2", t_active(r), OP_NOT_PERMITTED);
        row_at(__LINE__, id, t_active(h), t[i].ok ? CL_OK : CL_ERR_BAD_OPERATION);
        if (t[i].ok) {
            ROW_OK("2.13.again#1", t_active(h));
            ROW_OK("2.13.others#1", count_chosen(r, 5, 0) == 0 ? (v.sa ? 1 : 0) : 99);
            OK(add(h, "s", "1"));
        }
        OK(t_close(r));
        OK(t_close(h));
    }
    end();
}

Test(rows, active_replica_set)
{
    each_variant(active_body);
}

static void no_active_body(void)
{
    ClCkptIOVectorElementT e = piece("s", "x", 0);
    ClCkptCheckpointDescriptorT d;
    ClHandleT h, h2, it;
    attrs_t a;

    begin();
    a = attrs(WR | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 16);
    a.retentionDuration = INT64_MAX;
    ROW_OK("trap#1", t_open(svc, nm("n"), &a, RWC, &h));
    ROW("2.3.active#1", add(h, "s", "1"), NOT_EXIST);
    ROW("2.3.active#2", t_section_delete(h, sid("s")), NOT_EXIST);
    ROW("2.3.active#3", t_expire(h, sid("s"), CL_TIME_END), NOT_EXIST);
    ROW("2.3.active#4", t_write(h, &e, 1, NULL), NOT_EXIST);
    ROW("2.3.active#5", put(h, "s", "1"), NOT_EXIST);
    ROW("2.3.active#6", t_read(h, &e, 1, NULL), NOT_EXIST);
    ROW("2.3.active#7", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it), NOT_EXIST);
    ROW("2.14#3", t_status(h, &d), NOT_EXIST);
    ROW("2.20#6", t_sync(h, CL_TIME_END), NOT_EXIST);
    ROW_OK("2.3.active#8", t_retention(h, INT64_MAX));
    if (v.sa) {
        FACT("3.4#2", d.checkpointCreationAttributes.maxSections == 0); /* zeroed */
    } else {
        id_t_ s = *sid("s");

        ROW("2.3.active#9", clCkptSectionCheck(h, &s), NOT_EXIST);
    }
    /* a second handle sees the role at once, and it outlives the handle that took it */
    OK(t_open(svc, nm("n"), &a, RWC, &h2));
    OK(t_active(h2));
    ROW_OK("2.13.others#1", add(h, "s", "1"));
    OK(t_close(h2));
    ROW_OK("trap#3", put(h, "s", "2"));
    OK(t_close(h));
    OK(t_open(svc, nm("n"), NULL, R | W, &h));
    ROW_OK("2.13.stays#1", put(h, "s", "3"));
    OK(t_delete(svc, nm("n")));
    ROW_OK("2.13.stays#1", t_active(h)); /* unlinked, and still usable */
    OK(t_close(h));
    OK(t_open(svc, nm("n"), &a, RWC, &h)); /* a new instance starts without */
    ROW("2.13.new#1", add(h, "s", "1"), NOT_EXIST);
    OK(t_delete(svc, nm("n")));
    ROW_OK("2.3.active#8", t_close(h));
    end();
}

Test(rows, collocated_checkpoint_without_an_active_replica)
{
    each_variant(no_active_body);
}

/* ---- 2.3 permissions ----------------------------------------------------- */

static void permission_body(void)
{
    static const struct {
        ClUint32T flags;
        bool writes, writes_b02, reads;
    } t[] = {
        { R, false, false, true },      { W, true, true, false },
        { C, true, false, false },      { R | W, true, true, true },
        { R | C, true, false, true },   { W | C, true, true, false },
        { R | W | C, true, true, true }, { 0, false, false, false },
    };
    ClHandleT keep, h, it;
    attrs_t a;
    size_t i;

    begin();
    a = attrs(WR | CL_CKPT_CHECKPOINT_COLLOCATED, 9, 16);
    OK(t_open(svc, nm("n"), &a, RWC, &keep));
    OK(t_active(keep));
    OK(add(keep, "s", "1"));
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        const unsigned int w = (v.b02 ? t[i].writes_b02 : t[i].writes) ? CL_OK
                                                                       : CL_ERR_OP_NOT_PERMITTED;
        const unsigned int r = t[i].reads ? CL_OK : CL_ERR_OP_NOT_PERMITTED;
        ClCkptIOVectorElementT e = piece("s", "x", 0);
        ClCkptCheckpointDescriptorT d;
        char in[16];

        if (t[i].flags == 0 && v.b02)
            continue; /* cannot be opened so */
        OK(t_open(svc, nm("n"), (t[i].flags & C) ? &a : NULL, t[i].flags, &h));
        row_at(__LINE__, "2.3.write#1", t_active(h), w);
        row_at(__LINE__, "2.3.write#2", add(h, "t", "1"), w);
        row_at(__LINE__, "2.3.write#3", put(h, "s", "2"), w);
        row_at(__LINE__, "2.3.write#4", t_write(h, &e, 1, NULL), w);
        row_at(__LINE__, "2.3.write#5", t_expire(h, sid("s"), CL_TIME_END), w);
        row_at(__LINE__, "2.20#4", t_sync(h, CL_TIME_END), w);
        row_at(__LINE__, "2.3.write#6", t_section_delete(h, sid("t")), w);
        e.dataBuffer = in;
        e.dataSize = sizeof(in);
        row_at(__LINE__, "2.3.read#1", t_read(h, &e, 1, NULL), r);
        ROW_OK("2.3.none#1", t_status(h, &d));
        ROW_OK("2.3.none#2", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
        OK(t_iter_end(it));
        ROW_OK("2.3.none#3", t_retention(h, 0));
        if (!v.sa) {
            id_t_ s = *sid("s");

            ROW_OK("2.3.none#4", clCkptSectionCheck(h, &s));
            row_at(__LINE__, "trap#19", put(h, "s", "2"), w);
        }
        ROW_OK("2.3.none#5", t_close(h));
    }
    /* the permission goes before what is wrong with the section */
    OK(t_open(svc, nm("n"), NULL, R, &h));
    ROW("2.3.write#7", put(h, "none", "2"), OP_NOT_PERMITTED);
    ROW("2.15.create#5", add(h, "much too long", "2"), OP_NOT_PERMITTED);
    OK(t_close(h));
    OK(t_close(keep));
    end();
}

Test(rows, permissions)
{
    each_variant(permission_body);
}

/* ---- 2.14 status --------------------------------------------------------- */

static void status_body(void)
{
    ClCkptCheckpointDescriptorT d;
    ClHandleT h;
    attrs_t a;

    begin();
    a = attrs(WR, 3, 16);
    a.checkpointSize = 40;
    a.retentionDuration = 77;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    ROW("2.14#1", t_status(h, NULL), NULL_POINTER);
    ROW("2.14#1", t_status(0, NULL), NULL_POINTER);
    ROW_OK("2.14#4", t_status(h, &d));
    FACT("2.14#4", memcmp(&d.checkpointCreationAttributes, &a, sizeof(a)) == 0 ||
                       (d.checkpointCreationAttributes.checkpointSize == 40 &&
                        d.checkpointCreationAttributes.retentionDuration == 77 &&
                        d.checkpointCreationAttributes.maxSections == 3 &&
                        d.checkpointCreationAttributes.maxSectionSize == 16 &&
                        d.checkpointCreationAttributes.maxSectionIdSize == 8));
    FACT("2.14#5", d.numberOfSections == 0 && d.memoryUsed == 0);
    OK(add(h, "a", "12345"));
    OK(add(h, "b", ""));
    OK(put(h, "b", "67"));
    OK(t_status(h, &d));
    FACT("2.14#5", d.numberOfSections == 2);
    FACT("2.14#6", d.memoryUsed == 7);
    OK(t_section_delete(h, sid("a")));
    OK(t_status(h, &d));
    FACT("2.14#5", d.numberOfSections == 1 && d.memoryUsed == 2);
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 16, RWC);
    OK(t_status(h, &d));
    FACT("d2.count#1", d.numberOfSections == (v.b02 ? 1 : 0));
    OK(t_close(h));
    end();
}

Test(rows, status_get)
{
    each_variant(status_body);
}

/* ---- 2.15 sections ------------------------------------------------------- */

static void section_create_body(void)
{
    ClUint8T bytes[16] = "id";
    id_t_ id = { 2, bytes }, null_id = { 2, NULL };
    ClCkptSectionCreationAttributesT a = { &id, CL_TIME_END }, no_id = { NULL, CL_TIME_END },
                                     no_bytes = { &null_id, CL_TIME_END };
    ClHandleT h, unlimited;

    begin();
    h = opened(svc, "n", WR, 2, 4, RWC);
    ROW("2.15.create#1", t_create(h, NULL, "x", 1), NULL_POINTER);
    ROW("2.15.create#1", t_create(h, &no_id, "x", 1), NULL_POINTER);
    ROW("2.15.create#1", t_create(h, &no_bytes, "x", 1), NULL_POINTER);
    ROW("2.15.create#2", t_create(h, &a, "x", 0), INVALID_PARAMETER);
    ROW("2.15.create#3", t_create(h, &a, NULL, 1), NULL_POINTER);
    ROW("2.15.create#2", t_create(0, &a, "x", 0), INVALID_PARAMETER);
    ROW("2.15.create#4", t_create(0, &a, "x", 1), INVALID_HANDLE);
    id.idLen = 9;
    ROW("2.15.create#7", t_create(h, &a, "x", 1), INVALID_PARAMETER);
    id.idLen = 8;
    ROW_OK("2.15.create#7", t_create(h, &a, "x", 1));
    OK(t_section_delete(h, &id));
    id.idLen = 2;
    ROW("2.15.create#8", t_create(h, &a, "12345", 5), INVALID_PARAMETER);
    ROW_OK("2.15.create#8", t_create(h, &a, "1234", 4));
    ROW("2.15.create#10", t_create(h, &a, "x", 1), ALREADY_EXIST);
    ROW_OK("2.15.create#3", add(h, "empty", ""));
    cr_expect_str_eq(content(h, "empty"), "", "row 2.15.create#3, %s", v.name);
    ROW("2.15.create#11", add(h, "third", "x"), NO_SPACE);
    ROW("trap#10", t_create(h, &a, "x", 1), ALREADY_EXIST); /* before NO_SPACE */
    OK(t_section_delete(h, &id));
    ROW_OK("2.15.create#11", add(h, "third", "x"));
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 4, RWC);
    ROW("2.15.create#9", t_create(h, &a, "x", 1), ALREADY_EXIST);
    id = (id_t_){ 0, NULL };
    ROW("2.15.gen#6", t_create(h, &a, "x", 1), ALREADY_EXIST);
    OK(t_close(h));
    unlimited = opened(svc, "n", WR, 2, 0, RWC);
    ROW_OK("trap#15", add(unlimited, "s", "as long as it likes to be"));
    OK(t_close(unlimited));
    end();
}

Test(rows, section_create)
{
    each_variant(section_create_body);
}

static void strict_id_size_body(void)
{
    attrs_t a = attrs(WR, 3, 16);
    id_t_ id = { 0, NULL };
    ClCkptSectionCreationAttributesT gen = { &id, CL_TIME_END };
    ClHandleT h;

    begin();
    a.maxSectionIdSize = 0;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    ROW("trap#15", add(h, "a", "1"), INVALID_PARAMETER);
    ROW_OK("2.5.id#1", t_create(h, &gen, NULL, 0)); /* a generated id is not compared */
    free(id.id);
    OK(t_close(h));
    end();
}

Test(rows, max_section_id_size_zero_is_strict)
{
    each_variant(strict_id_size_body);
}

static void generated_body(void)
{
    id_t_ id[4] = { { 0, NULL } };
    ClCkptSectionCreationAttributesT a;
    ClUint8T own[8] = "own";
    id_t_ borrowed = { 0, own };
    char want[40];
    ClHandleT h;
    int i;

    begin();
    h = opened(svc, "n", WR, 3, 16, RWC);
    for (i = 0; i < 3; i++) {
        id[i] = (id_t_){ 0, NULL };
        a = (ClCkptSectionCreationAttributesT){ &id[i], CL_TIME_END };
        ROW_OK("2.15.gen#1", t_create(h, &a, "x", 1));
        snprintf(want, sizeof(want), "generatedSection%d", i);
        cr_assert_not_null(id[i].id);
        FACT("trap#6", id[i].idLen == strlen(want) + 1 && memcmp(id[i].id, want, id[i].idLen) == 0);
    }
    id[3] = (id_t_){ 0, NULL };
    a = (ClCkptSectionCreationAttributesT){ &id[3], CL_TIME_END };
    ROW("2.15.gen#2", t_create(h, &a, "x", 1), NO_SPACE);
    FACT("2.15.gen#2", id[3].id == NULL && id[3].idLen == 0);
    ROW_OK("2.15.gen#3", t_overwrite(h, &id[0], "y", 1));
    ROW_OK("2.15.gen#3", t_section_delete(h, &id[0]));
    ROW_OK("2.15.gen#2", t_create(h, &a, "x", 1)); /* a number is never used again */
    FACT("2.15.gen#2", id[3].id && strcmp((char *)id[3].id, "generatedSection0") != 0 &&
                           strcmp((char *)id[3].id, "generatedSection2") != 0);
    for (i = 0; i < 4; i++)
        free(id[i].id);
    OK(t_close(h));
    h = opened(svc, "m", WR, 3, 16, RWC);
    a = (ClCkptSectionCreationAttributesT){ &borrowed, CL_TIME_END };
    row_at(__LINE__, "d2.empty#1", t_create(h, &a, "x", 1),
           v.b02 ? CL_ERR_INVALID_PARAMETER : CL_OK);
    FACT("2.15.gen#5", borrowed.id == own && borrowed.idLen == 0);
    FACT("2.15.gen#5", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == (v.b02 ? 0 : 1));
    OK(t_close(h));
    end();
}

Test(rows, generated_ids)
{
    each_variant(generated_body);
}

static void id_equality_body(void)
{
    ClUint8T a1[] = "a", bin1[] = { 0, 1, 0xff }, bin2[] = { 0, 1, 0xfe };
    id_t_ id = { 1, a1 }, with_nul = { 2, a1 }, b1 = { 3, bin1 }, b2 = { 3, bin2 };
    ClCkptSectionCreationAttributesT a = { &id, CL_TIME_END };
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    OK(t_create(h, &a, "1", 1));
    ROW("trap#7", t_overwrite(h, &with_nul, "2", 1), NOT_EXIST);
    a.sectionId = &with_nul;
    ROW_OK("2.3.id#1", t_create(h, &a, "2", 1));
    a.sectionId = &b1;
    ROW_OK("2.3.id#1", t_create(h, &a, "3", 1));
    ROW("2.3.id#1", t_overwrite(h, &b2, "4", 1), NOT_EXIST);
    ROW_OK("2.3.id#1", t_overwrite(h, &b1, "4", 1));
    cr_expect_str_eq(content(h, "a"), "1", "row trap#7, %s", v.name);
    FACT("2.3.id#1", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 3);
    OK(t_close(h));
    end();
}

Test(rows, section_ids_are_counted_bytes)
{
    each_variant(id_equality_body);
}

static void null_bytes_body(void)
{
    id_t_ none = { 3, NULL };
    ClCkptIOVectorElementT e = { .sectionId = { 3, NULL }, .dataBuffer = (void *)"x", .dataSize = 1 };
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    ROW("2.3.id#2", t_overwrite(h, &none, "x", 1), INVALID_PARAMETER);
    ROW("2.3.id#2", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    ROW("2.3.id#2", t_read(h, &e, 1, NULL), INVALID_PARAMETER);
    ROW("2.15.delete#2", t_section_delete(h, &none), INVALID_PARAMETER);
    ROW("2.15.expire#2", t_expire(h, &none, CL_TIME_END), INVALID_PARAMETER);
    if (!v.sa)
        ROW("2.3.id#2", clCkptSectionCheck(h, &none), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

Test(rows, an_id_with_a_length_needs_bytes)
{
    each_variant(null_bytes_body);
}

static void section_delete_body(void)
{
    id_t_ empty = { 0, NULL };
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(add(h, "s", "1"));
    ROW("2.15.delete#1", t_section_delete(h, NULL), NULL_POINTER);
    ROW("2.15.delete#2", t_section_delete(h, &empty), INVALID_PARAMETER);
    ROW("2.15.delete#3", t_section_delete(0, sid("s")), INVALID_HANDLE);
    ROW("2.15.delete#2", t_section_delete(0, &empty), INVALID_PARAMETER);
    ROW("2.15.delete#4", t_section_delete(h, sid("t")), NOT_EXIST);
    ROW_OK("2.15.delete#5", t_section_delete(h, sid("s")));
    ROW("2.15.delete#4", t_section_delete(h, sid("s")), NOT_EXIST);
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 16, RWC);
    ROW("trap#8", t_section_delete(h, &empty), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

Test(rows, section_delete)
{
    each_variant(section_delete_body);
}

static void expire_body(void)
{
    id_t_ empty = { 0, NULL };
    ClHandleT h;
    int i;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    OK(add(h, "s", "1"));
    ROW("2.15.expire#1", t_expire(h, NULL, CL_TIME_END), NULL_POINTER);
    ROW("2.15.expire#2", t_expire(h, &empty, CL_TIME_END), INVALID_PARAMETER);
    ROW("2.15.expire#3", t_expire(0, sid("s"), CL_TIME_END), INVALID_HANDLE);
    ROW("2.15.expire#5", t_expire(h, sid("t"), CL_TIME_END), NOT_EXIST);
    ROW_OK("2.15.expire#7", t_expire(h, sid("s"), CL_TIME_END));
    ROW_OK("2.15.expire#8", t_expire(h, sid("s"), clv_wall_ns() + 60 * CLV_NS_PER_S));
    FACT("2.15.expire#8", count_chosen(h, CL_CKPT_SECTIONS_FOREVER, 0) == 0);
    ROW_OK("2.15.expire#7", t_expire(h, sid("s"), CL_TIME_END));
    FACT("2.15.expire#7", count_chosen(h, CL_CKPT_SECTIONS_FOREVER, 0) == 1);
    ROW_OK("2.15.expire#6", t_expire(h, sid("s"), clv_wall_ns() - CLV_NS_PER_S));
    ROW("d3.expire#2", put(h, "s", "1"), NOT_EXIST);
    OK(add(h, "s", "1"));
    ROW_OK("2.15.expire#6", t_expire(h, sid("s"), 0));
    ROW("d3.expire#2", put(h, "s", "1"), NOT_EXIST);
    OK(add(h, "s", "1"));
    OK(t_expire(h, sid("s"), 100 * CLV_NS_PER_MS)); /* from now */
    ROW_OK("d3.expire#1", put(h, "s", "2"));
    for (i = 0; i < 15; i++) { /* writing does not keep it alive */
        poll(NULL, 0, 10);
        put(h, "s", "2");
    }
    ROW("2.15.expire#9", put(h, "s", "2"), NOT_EXIST);
    FACT("d3.expire#3", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 0);
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 16, RWC);
    ROW("2.15.expire#4", t_expire(h, sid("s"), CL_TIME_END), INVALID_PARAMETER);
    OK(t_close(h));
    end();
}

Test(rows, section_expiration_time_set)
{
    each_variant(expire_body);
}

static void create_expiry_body(void)
{
    ClCkptSectionDescriptorT d;
    ClTimeT before;
    ClHandleT h, it;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    ROW("2.15.create#12", add_until(h, "a", clv_wall_ns() - 2 * CLV_NS_PER_S), INVALID_PARAMETER);
    ROW("trap#22", add_until(h, "a", 0), INVALID_PARAMETER);
    ROW("trap#22", add_until(h, "a", -1), INVALID_PARAMETER);
    ROW("d3.create#2", add_until(h, "a", 8 * DAY_NS), INVALID_PARAMETER); /* 1970-01-09 */
    FACT("2.15.create#12", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 0);
    before = clv_wall_ns();
    ROW_OK("d3.create#1", add_until(h, "a", 6 * DAY_NS));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_next(it, &d));
    FACT("d3.create#3", d.expirationTime >= before + 6 * DAY_NS - CLV_NS_PER_S &&
                            d.expirationTime <= clv_wall_ns() + 6 * DAY_NS + CLV_NS_PER_S);
    free(d.sectionId.id);
    OK(t_iter_end(it));
    ROW_OK("2.15.create#12", add_until(h, "b", clv_wall_ns() + 60 * CLV_NS_PER_S));
    ROW_OK("d3.create#1", add_until(h, "c", 50 * CLV_NS_PER_MS));
    poll(NULL, 0, 80);
    FACT("d3.create#4", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 2);
    ROW_OK("d3.create#4", add_until(h, "c", CL_TIME_END)); /* the id is free again */
    OK(t_close(h));
    end();
}

Test(rows, section_create_expiration_time)
{
    each_variant(create_expiry_body);
}

static void default_section_body(void)
{
    id_t_ empty = { 0, NULL };
    ClUint8T named[] = "defaultSection";
    ClCkptIOVectorElementT e = { .dataBuffer = (void *)"abc", .dataSize = 3 };
    char in[8] = "";
    ClHandleT h;

    begin();
    h = opened(svc, "one", WR, 1, 8, RWC);
    ROW_OK("2.4#1", t_read(h, &(ClCkptIOVectorElementT){ .dataBuffer = in, .dataSize = 8 }, 1, NULL));
    ROW_OK("2.18#8", t_overwrite(h, &empty, "12345", 5));
    ROW_OK("2.17.data#3", t_write(h, &e, 1, NULL));
    e.dataBuffer = in;
    e.dataSize = sizeof(in);
    ROW_OK("2.19.ok#1", t_read(h, &e, 1, NULL));
    FACT("2.18#8", e.readSize == 5 && memcmp(in, "abc45", 5) == 0);
    e = (ClCkptIOVectorElementT){ .sectionId = { 15, named }, .dataBuffer = in, .dataSize = 8 };
    ROW_OK("2.4#1", t_read(h, &e, 1, NULL)); /* its other name */
    FACT("2.4#1", e.readSize == 5);
    OK(t_close(h));
    h = opened(svc, "many", WR, 2, 8, RWC);
    e = (ClCkptIOVectorElementT){ .dataBuffer = in, .dataSize = 3 };
    ROW("trap#9", t_overwrite(h, &empty, "12345", 5), INVALID_PARAMETER);
    ROW("2.18#5", t_overwrite(h, &empty, "12345", 5), INVALID_PARAMETER);
    ROW("2.17#4", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    ROW("2.19#6", t_read(h, &e, 1, NULL), NULL_POINTER);
    OK(t_close(h));
    end();
}

Test(rows, default_section)
{
    each_variant(default_section_body);
}

/* ---- 2.16 iteration ------------------------------------------------------ */

static void iteration_body(void)
{
    ClCkptSectionDescriptorT d = { .sectionSize = 7 };
    ClHandleT h, it, it2;
    ClTimeT before;
    int n;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    ROW("2.16.init#1", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, NULL), NULL_POINTER);
    ROW("2.16.init#2", t_iter(h, 6, 0, &it), INVALID_PARAMETER);
    ROW("2.16.init#2", t_iter(h, 0, 0, &it), INVALID_PARAMETER);
    FACT("3.4#3", !v.sa || it == UINT64_MAX);
    ROW("2.16.init#2", t_iter(0, 99, 0, &it), INVALID_PARAMETER);
    ROW("2.16.init#3", t_iter(0, CL_CKPT_SECTIONS_ANY, 0, &it), INVALID_HANDLE);
    ROW_OK("2.16.init#5", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    ROW("2.16.next#2", t_next(it, NULL), NULL_POINTER);
    ROW_END("2.16.init#5", t_next(it, &d));
    FACT("2.16.next#4", d.sectionSize == 7);
    ROW_OK("2.16.fini#4", t_iter_end(it));
    before = clv_wall_ns();
    OK(add(h, "a", "1"));
    OK(add(h, "b", "22"));
    OK(add(h, "c", "333"));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_section_delete(h, sid("b")));
    OK(add(h, "d", "4444"));
    OK(put(h, "a", "new size"));
    for (n = 0; t_next(it, &d) == (v.sa ? SA_AIS_OK : CL_OK); n++) {
        const char c = (char)d.sectionId.id[0];

        FACT("2.16.live#1", d.sectionId.idLen == 1 && (c == 'a' || c == 'c'));
        FACT("2.16.live#2", d.sectionSize == (c == 'a' ? 8u : 3u));
        FACT("2.16.desc#1", d.sectionState == CL_CKPT_SECTION_VALID);
        FACT("2.16.desc#2", d.expirationTime == INT64_MAX);
        FACT("2.16.desc#3", d.lastUpdate >= before - CLV_NS_PER_S &&
                                d.lastUpdate <= clv_wall_ns() + CLV_NS_PER_S);
        free(d.sectionId.id); /* the caller's own */
    }
    FACT("2.16.live#1", n == 2);
    ROW_END("trap#4", t_next(it, &d));
    ROW_END("2.16.next#4", t_next(it, &d));
    if (!v.sa)
        FACT("trap#4", clCkptSectionIterationNext(it, &d) == 0x160101);
    ROW_OK("2.16.fini#4", t_iter_end(it));
    ROW("2.16.fini#4", t_iter_end(it), INVALID_HANDLE);
    ROW("2.16.next#3", t_next(it, &d), INVALID_HANDLE);
    ROW("2.16.next#3", t_next(h, &d), INVALID_HANDLE);
    ROW("2.16.fini#2", t_iter_end(h), INVALID_HANDLE);
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it2));
    OK(t_next(it2, &d));
    OK(t_close(h));
    free(d.sectionId.id); /* outlives the iteration */
    ROW("2.16.next#3", t_next(it, &d), INVALID_HANDLE);
    ROW("2.16.fini#3", t_iter_end(it), INVALID_HANDLE);
    h = opened(svc, "one", WR, 1, 16, RWC);
    row_at(__LINE__, "d2.iter#1", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it),
           v.b02 ? CL_OK : CL_ERR_OP_NOT_PERMITTED);
    if (v.b02) {
        ROW_OK("d2.iter#1", t_next(it, &d));
        FACT("d2.iter#1", d.sectionId.idLen == 0 && d.expirationTime == INT64_MAX);
        free(d.sectionId.id);
        ROW_END("d2.iter#1", t_next(it, &d));
        OK(t_iter_end(it));
    }
    OK(t_close(h));
    end();
}

Test(rows, iteration)
{
    each_variant(iteration_body);
}

static void filter_body(void)
{
    const ClTimeT now = clv_wall_ns(), s = CLV_NS_PER_S;
    const struct {
        const char *id;
        int chosen;
        ClTimeT t;
        int n;
    } t[] = {
        { "2.16.filter#1", CL_CKPT_SECTIONS_FOREVER, 0, 2 },
        { "2.16.filter#5", CL_CKPT_SECTIONS_ANY, 0, 5 },
        { "2.16.filter#4", CL_CKPT_SECTIONS_CORRUPTED, 0, 0 },
        { "2.16.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, now + 200 * s, 2 },
        { "2.16.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, now + 199 * s, 1 },
        { "2.16.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, now + 50 * s, 0 },
        { "2.16.filter#2", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, INT64_MAX, 5 },
        { "2.16.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, now + 200 * s, 4 },
        { "2.16.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, now + 201 * s, 3 },
        { "2.16.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, INT64_MAX, 2 },
        { "2.16.filter#3", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, 0, 5 },
        { "d3.filter#1", CL_CKPT_SECTIONS_LEQ_EXPIRATION_TIME, 250 * s, 2 },
        { "d3.filter#1", CL_CKPT_SECTIONS_GEQ_EXPIRATION_TIME, 250 * s, 3 },
    };
    ClHandleT h;
    size_t i;

    begin();
    h = opened(svc, "n", WR, 9, 16, RWC);
    OK(add_until(h, "1", now + 100 * s));
    OK(add_until(h, "2", now + 200 * s));
    OK(add_until(h, "3", now + 300 * s));
    OK(add(h, "4", "x"));
    OK(add(h, "5", "x"));
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        const int n = count_chosen(h, t[i].chosen, t[i].t);

        cr_expect_eq(n, t[i].n, "row %s (%zu), %s: %d sections, want %d", t[i].id, i, v.name, n,
                     t[i].n);
    }
    OK(t_close(h));
    end();
}

Test(rows, iteration_filters)
{
    each_variant(filter_body);
}

/* ---- 2.17 write ---------------------------------------------------------- */

static void write_body(void)
{
    ClCkptIOVectorElementT e = piece("s", "x", 0), two[3];
    ClUint32T bad = 9;
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 9, 8, RWC);
    OK(add(h, "s", "abc"));
    OK(add(h, "t", "def"));
    ROW("2.17#1", t_write(h, NULL, 1, &bad), NULL_POINTER);
    ROW("2.17#2", t_write(h, &e, 0, &bad), INVALID_PARAMETER);
    ROW("2.17#3", t_write(0, &e, 1, &bad), INVALID_HANDLE);
    FACT("2.17.index#3", bad == 9); /* nothing was looked at */
    e = piece("s", "12345678", 1);
    ROW("2.17#5", t_write(h, &e, 1, &bad), INVALID_PARAMETER);
    FACT("2.17.index#1", bad == 0);
    e = piece("s", "x", -1);
    ROW("2.17.data#4", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    e = piece("s", "x", INT64_MAX);
    ROW("2.17.data#4", t_write(h, &e, 1, NULL), INVALID_PARAMETER);
    e.dataBuffer = NULL;
    e.dataOffset = 0;
    ROW("2.17.data#5", t_write(h, &e, 1, NULL), NULL_POINTER);
    e = piece("none", "x", 0);
    ROW("2.17#6", t_write(h, &e, 1, &bad), NOT_EXIST);
    ROW("trap#11", t_write(h, &e, 1, &bad), NOT_EXIST);
    FACT("2.17.index#1", bad == 0);
    two[0] = piece("s", "XX", 0);
    two[1] = piece("t", "YY", 0);
    two[2] = piece("none", "ZZ", 0);
    ROW("2.17.index#1", t_write(h, two, 3, &bad), NOT_EXIST);
    FACT("2.17.index#1", bad == 2);
    cr_expect_str_eq(content(h, "s"), "abc", "row 2.17.atomic#1, %s", v.name);
    two[1] = piece("t", "123456789", 0);
    ROW("2.17.index#1", t_write(h, two, 2, &bad), INVALID_PARAMETER);
    FACT("2.17.index#1", bad == 1);
    cr_expect_str_eq(content(h, "s"), "abc", "row 2.17.atomic#1, %s", v.name);
    bad = 9;
    two[1] = piece("t", "YY", 2);
    ROW_OK("2.17.data#1", t_write(h, two, 2, &bad));
    FACT("2.17.index#2", bad == (v.b02 ? 9u : 0u));
    cr_expect_str_eq(content(h, "s"), "XXc", "row 2.17.data#1, %s", v.name);
    cr_expect_str_eq(content(h, "t"), "deYY", "row 2.17.data#1, %s", v.name);
    ROW_OK("2.17.index#4", t_write(h, two, 2, NULL));
    two[0] = piece("s", "1", 0);
    two[1] = piece("s", "2", 1);
    two[2] = piece("s", "3", 1); /* in order, also within one section */
    ROW_OK("2.17.order#1", t_write(h, two, 3, NULL));
    cr_expect_str_eq(content(h, "s"), "13c", "row 2.17.order#1, %s", v.name);
    e = piece("s", "end", 5);
    e.readSize = 77;
    ROW_OK("2.17.data#2", t_write(h, &e, 1, NULL));
    FACT("2.17.data#6", e.readSize == 77 && e.dataOffset == 5 && e.dataSize == 3);
    {
        char in[8] = "########";
        ClCkptIOVectorElementT r = { .sectionId = *sid("s"), .dataBuffer = in, .dataSize = 8 };

        OK(t_read(h, &r, 1, NULL));
        FACT("2.17.data#2", r.readSize == 8 && memcmp(in, "13c\0\0end", 8) == 0);
    }
    OK(t_close(h));
    end();
}

Test(rows, checkpoint_write)
{
    each_variant(write_body);
}

static void long_vector_body(void)
{
    enum { N = 50 };
    static char ids[N][4], data[N][8], in[N][8];
    ClCkptIOVectorElementT vec[N];
    ClUint32T bad = 9;
    ClHandleT h;
    int i;

    begin();
    h = opened(svc, "n", WR, N, 8, RWC);
    for (i = 0; i < N; i++) {
        snprintf(ids[i], sizeof(ids[i]), "%d", i);
        snprintf(data[i], sizeof(data[i]), "d%d", i);
        OK(add(h, ids[i], "x"));
        vec[i] = (ClCkptIOVectorElementT){
            .sectionId = { (ClUint16T)strlen(ids[i]), (ClUint8T *)ids[i] },
            .dataBuffer = data[i],
            .dataSize = strlen(data[i]),
        };
    }
    ROW_OK("2.17.data#1", t_write(h, vec, N, NULL));
    for (i = 0; i < N; i++) {
        vec[i].dataBuffer = i % 2 ? in[i] : NULL;
        vec[i].dataSize = 8;
    }
    ROW_OK("2.19.ok#1", t_read(h, vec, N, &bad));
    for (i = 0; i < N; i++) {
        FACT("2.19.ok#1", vec[i].readSize == strlen(data[i]) &&
                              memcmp(vec[i].dataBuffer, data[i], vec[i].readSize) == 0);
        if (i % 2 == 0)
            free(vec[i].dataBuffer);
        vec[i].dataBuffer = data[i];
        vec[i].dataSize = 1;
    }
    vec[37].sectionId = *sid("none");
    ROW("2.17.index#1", t_write(h, vec, N, &bad), NOT_EXIST);
    FACT("2.17.index#1", bad == 37);
    ROW("2.19.fail#1", t_read(h, vec, N, &bad), NOT_EXIST);
    FACT("2.19.fail#1", bad == 37);
    OK(t_close(h));
    end();
}

Test(rows, long_vectors)
{
    each_variant(long_vector_body);
}

/* ---- 2.18 overwrite ------------------------------------------------------ */

static void overwrite_body(void)
{
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "abcdef"));
    ROW("2.18#1", t_overwrite(h, NULL, "x", 1), NULL_POINTER);
    ROW("2.18#1", t_overwrite(h, sid("s"), NULL, 1), NULL_POINTER);
    ROW("2.18#1", t_overwrite(h, sid("s"), NULL, 0), NULL_POINTER);
    ROW("2.18#2", t_overwrite(h, sid("s"), "x", 0), INVALID_PARAMETER);
    ROW("2.18#2", t_overwrite(0, sid("s"), "x", 0), INVALID_PARAMETER);
    ROW("2.18#3", t_overwrite(0, sid("s"), "x", 1), INVALID_HANDLE);
    ROW("2.18#6", t_overwrite(h, sid("s"), "123456789", 9), INVALID_PARAMETER);
    ROW("2.18#6", t_overwrite(h, sid("none"), "123456789", 9), INVALID_PARAMETER);
    ROW("2.18#7", put(h, "none", "x"), NOT_EXIST);
    ROW("trap#11", put(h, "none", "x"), NOT_EXIST);
    ROW_OK("2.18#8", put(h, "s", "12345678"));
    ROW_OK("2.18#8", put(h, "s", "z"));
    cr_expect_str_eq(content(h, "s"), "z", "row 2.18#8, %s: content and size", v.name);
    OK(t_close(h));
    end();
}

Test(rows, section_overwrite)
{
    each_variant(overwrite_body);
}

/* ---- 2.19 read ----------------------------------------------------------- */

static void read_body(void)
{
    const ClCkptIOVectorElementT s = { .sectionId = { 1, (ClUint8T *)"s" } };
    ClCkptIOVectorElementT e, two[2];
    ClUint32T bad;
    char in[16];
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "abcdef"));
    OK(add(h, "e", ""));
    e = s;
    bad = 9;
    ROW("2.19#1", t_read(h, NULL, 1, &bad), NULL_POINTER);
    FACT("2.19.index#1", v.sa || bad == 0);
    ROW("2.19#2", t_read(h, &e, 0, NULL), INVALID_PARAMETER);
    ROW("2.19#3", t_read(0, &e, 1, NULL), INVALID_HANDLE);
    e.sectionId = *sid("none");
    e.dataSize = 99;
    e.dataBuffer = in;
    ROW("2.19#7", t_read(h, &e, 1, NULL), NOT_EXIST); /* before its size */
    e.sectionId = s.sectionId;
    ROW("2.19#8", t_read(h, &e, 1, &bad), INVALID_PARAMETER);
    e.dataSize = 8;
    e.dataOffset = 9;
    ROW("2.19#8", t_read(h, &e, 1, &bad), INVALID_PARAMETER);
    e.dataOffset = -1;
    ROW("2.19#9", t_read(h, &e, 1, &bad), INVALID_PARAMETER);

    memset(in, '#', sizeof(in));
    e = s;
    e.dataBuffer = in;
    e.dataSize = 3;
    e.dataOffset = 2;
    ROW_OK("2.19.ok#1", t_read(h, &e, 1, NULL));
    FACT("2.19.ok#1", e.readSize == 3 && memcmp(in, "cde#", 4) == 0);
    FACT("trap#13", e.dataSize == 3 && e.dataOffset == (v.sa ? 2 : 0));
    e.dataSize = 8;
    e.dataOffset = 4;
    memset(in, '#', sizeof(in));
    ROW_OK("2.19.ok#2", t_read(h, &e, 1, NULL));
    FACT("trap#12", e.readSize == 2 && memcmp(in, "ef##", 4) == 0);
    FACT("2.19.ok#7", e.dataSize == (v.sa ? 8u : 2u));
    e.dataSize = 8;
    e.dataOffset = 6;
    e.readSize = 99;
    ROW_OK("2.19.ok#3", t_read(h, &e, 1, NULL));
    FACT("2.19.ok#3", e.readSize == 0 && memcmp(in, "ef##", 4) == 0);
    e.dataSize = 0;
    e.dataOffset = 0;
    ROW_OK("2.19.ok#6", t_read(h, &e, 1, NULL));
    FACT("2.19.ok#6", e.readSize == 0 && memcmp(in, "ef##", 4) == 0);

    e = s;
    e.dataSize = 99; /* ignored without a buffer */
    ROW_OK("2.19.ok#4", t_read(h, &e, 1, NULL));
    FACT("trap#14", e.dataBuffer && e.readSize == 6 && memcmp(e.dataBuffer, "abcdef", 7) == 0);
    free(e.dataBuffer);
    e = (ClCkptIOVectorElementT){ .sectionId = *sid("e") };
    ROW_OK("2.19.ok#4", t_read(h, &e, 1, NULL));
    FACT("trap#14", e.dataBuffer && e.readSize == 0 && *(char *)e.dataBuffer == '\0');
    free(e.dataBuffer);
    e = s;
    e.dataOffset = 4;
    ROW_OK("2.19.ok#5", t_read(h, &e, 1, NULL));
    FACT("2.19.ok#5", e.readSize == 2 && memcmp(e.dataBuffer, "ef", 3) == 0);
    free(e.dataBuffer);

    two[0] = s;
    two[1] = (ClCkptIOVectorElementT){ .sectionId = *sid("none") };
    bad = 9;
    ROW("2.19.fail#1", t_read(h, two, 2, &bad), NOT_EXIST);
    FACT("2.19.fail#1", bad == 1);
    FACT("2.19.fail#2", two[0].dataBuffer == NULL);
    OK(t_close(h));
    end();
}

Test(rows, checkpoint_read)
{
    each_variant(read_body);
}

/* ---- 2.20 synchronize, 2.21 selection object and dispatch ----------------- */

static void sync_body(void)
{
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "1"));
    ROW_OK("2.20#7", t_sync(h, CL_TIME_END));
    ROW_OK("trap#23", t_sync(h, 0));
    ROW_OK("2.20#7", t_sync(h, -1));
    ROW_OK("2.20#7", t_sync(h, 5 * CLV_NS_PER_S));
    ROW("2.20#3", t_sync_async(h, 1), INITIALIZED);
    OK(t_close(h));
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS, 3, 8, RWC);
    ROW("2.20#5", t_sync(h, CL_TIME_END), BAD_OPERATION);
    OK(t_close(h));
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 8, RWC);
    ROW("trap#23", t_sync(h, CL_TIME_END), BAD_OPERATION);
    OK(t_close(h));
    end();
}

Test(rows, synchronize)
{
    each_variant(sync_body);
}

static void dispatch_body(void)
{
    ClSelectionObjectT fd = 999, again = 0;
    struct pollfd p;

    begin();
    ROW("2.21.get#2", t_fd(svc, NULL), NULL_POINTER);
    ROW("2.21.get#2", t_fd(0, NULL), NULL_POINTER);
    ROW("2.21.get#3", t_fd(0, &fd), INVALID_HANDLE);
    ROW("2.21.dispatch#2", t_dispatch(0, CL_DISPATCH_ONE), INVALID_HANDLE);
    ROW("2.21.dispatch#2", t_dispatch(0, 99), INVALID_HANDLE);
    ROW_OK("2.21.dispatch#3", t_dispatch(svc, CL_DISPATCH_ONE));
    ROW_OK("2.21.dispatch#3", t_dispatch(svc, CL_DISPATCH_ALL));
    ROW_OK("2.21.get#5", t_fd(svc, &fd));
    ROW_OK("2.21.get#5", t_fd(svc, &again));
    FACT("2.21.get#5", fd == again && fd < 1024);
    p = (struct pollfd){ .fd = (int)fd, .events = POLLIN };
    FACT("2.21.get#6", poll(&p, 1, 0) == 0);
    ROW_OK("2.21.dispatch#5", t_dispatch(svc, CL_DISPATCH_ONE));
    ROW_OK("2.21.dispatch#7", t_dispatch(svc, CL_DISPATCH_ALL));
    ROW("2.21.dispatch#4", t_dispatch(svc, 0), INVALID_PARAMETER);
    ROW("2.21.dispatch#4", t_dispatch(svc, 4), INVALID_PARAMETER);
    ROW("2.21.dispatch#4", t_dispatch(svc, -1), INVALID_PARAMETER);
    end();
}

Test(rows, selection_object_and_dispatch)
{
    each_variant(dispatch_body);
}

/* ---- 5.1, 5.2: Cl names only ---------------------------------------------- */

static ClRcT on_replica_change(const ClNameT *name, ClIocNodeAddressT address)
{
    (void)name;
    (void)address;
    return CL_OK;
}

static void ipi_body(void)
{
    id_t_ s = { 1, (ClUint8T *)"s" }, none = { 1, (ClUint8T *)"x" }, empty = { 0, NULL };
    ClCkptIOVectorElementT e = piece("s", "12", 0);
    ClHandleT h, coll;

    if (v.sa)
        return;
    FACT("5.1#10", clCkptDifferentialCheckpointStatusGet() == CL_FALSE);
    ROW("5.1#1", clCkptSectionCheck(1, NULL), INVALID_PARAMETER);
    ROW("5.1#2", clCkptSectionCheck(1, &s), NOT_INITIALIZED);
    ROW("5.1#2", clCkptActiveReplicaSetSwitchOver(1), NOT_INITIALIZED);
    begin();
    ROW("5.1#2", clCkptSectionCheck(1, &s), INVALID_HANDLE);
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "1"));
    ROW_OK("5.1#3", clCkptSectionCheck(h, &s));
    ROW("5.1#4", clCkptSectionCheck(h, &none), NOT_EXIST);
    ROW("5.1#5", clCkptSectionCheck(h, &empty), NOT_EXIST);
    ROW("5.1#6", clCkptActiveReplicaSetSwitchOver(h), OP_NOT_PERMITTED);
    ROW_OK("5.1#8", clCkptSectionOverwriteLinear(h, &s, "abc", 3));
    ROW("5.1#8", clCkptSectionOverwriteLinear(h, NULL, "abc", 3), NULL_POINTER);
    ROW_OK("5.1#9", clCkptCheckpointWriteLinear(h, &e, 1, NULL));
    ROW("5.1#9", clCkptCheckpointWriteLinear(h, NULL, 1, NULL), NULL_POINTER);
    cr_expect_str_eq(content(h, "s"), "12c", "row 5.1#9");
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 8, RWC);
    ROW_OK("5.1#5", clCkptSectionCheck(h, &empty));
    OK(t_close(h));
    coll = opened(svc, "c", WR | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 8, RWC);
    OK(t_open(svc, nm("c"), NULL, R, &h));
    ROW_OK("5.1#7", clCkptActiveReplicaSetSwitchOver(h)); /* no mode is asked for */
    ROW_OK("5.1#7", add(coll, "s", "1"));
    OK(t_close(h));
    OK(t_close(coll));
    end();
    ROW("5.2#2", clCkptReplicaChangeRegister(NULL), INVALID_PARAMETER);
    ROW_OK("5.2#3", clCkptReplicaChangeRegister(on_replica_change));
    ROW("5.2#1", clCkptReplicaChangeRegister(on_replica_change), INITIALIZED);
    ROW("5.2#1", clCkptReplicaChangeRegister(NULL), INITIALIZED);
    ROW_OK("5.2#4", clCkptReplicaChangeDeregister());
    ROW_OK("5.2#4", clCkptReplicaChangeDeregister());
    ROW_OK("5.2#3", clCkptReplicaChangeRegister(on_replica_change));
    OK(clCkptReplicaChangeDeregister());
}

Test(rows, calls_that_were_internal)
{
    each_variant(ipi_body);
}

static void blocks_body(void)
{
    static ClUint8T block[4096], last[10];
    ClDataVectorT data[2] = { { 1, sizeof(block), block }, { 2, sizeof(last), last } };
    ClDifferenceVectorT d = { .numDataVectors = 2, .dataVectors = data };
    ClCkptIOVectorElementT e = piece("s", "", 0);
    id_t_ s = { 1, (ClUint8T *)"s" };
    ClHandleT h;

    if (v.sa)
        return;
    begin();
    h = opened(svc, "n", WR, 3, 0, RWC);
    OK(add(h, "s", "first block"));
    memset(block, 'b', sizeof(block));
    memset(last, 'l', sizeof(last));
    ROW("5.2#5", clCkptSectionOverwriteVector(h, NULL, 8202, &d), NULL_POINTER);
    ROW("5.2#6", clCkptSectionOverwriteVector(h, &s, 0, &d), INVALID_PARAMETER);
    ROW("5.2#6", clCkptSectionOverwriteVector(h, &s, 8202, NULL), INVALID_PARAMETER);
    ROW("5.2#6", clCkptSectionOverwriteVector(h, &s, 8201, &d), INVALID_PARAMETER);
    ROW_OK("5.2#7", clCkptSectionOverwriteVector(h, &s, 8202, &d));
    e.dataBuffer = NULL;
    OK(t_read(h, &e, 1, NULL));
    FACT("5.2#7", e.readSize == 8202 && memcmp(e.dataBuffer, "first block\0", 12) == 0 &&
                      memcmp((char *)e.dataBuffer + 4096, block, 4096) == 0 &&
                      memcmp((char *)e.dataBuffer + 8192, last, 10) == 0);
    free(e.dataBuffer);
    d.numDataVectors = 0;
    ROW("5.2#6", clCkptSectionOverwriteVector(h, &s, 8202, &d), INVALID_PARAMETER);
    d.numDataVectors = 1;
    data[0] = (ClDataVectorT){ 0, 5, block };
    ROW_OK("5.2#7", clCkptSectionOverwriteVector(h, &s, 7, &d)); /* cut, too */
    cr_expect_str_eq(content(h, "s"), "bbbbb b", "row 5.2#7");
    s.id = (ClUint8T *)"x";
    ROW("5.2#7", clCkptSectionOverwriteVector(h, &s, 7, &d), NOT_EXIST);
    OK(t_close(h));
    end();
}

Test(rows, overwrite_vector)
{
    each_variant(blocks_body);
}

static void read_sections_body(void)
{
    ClCkptIOVectorElementT *all = (void *)1;
    ClUint32T n = 9, i, seen = 0;
    ClHandleT h, w;

    if (v.sa)
        return;
    ROW("5.2.all#1", clCkptCheckpointReadSections(1, NULL, &n), NULL_POINTER);
    ROW("5.2.all#1", clCkptCheckpointReadSections(1, &all, NULL), NULL_POINTER);
    ROW("5.2.all#1", clCkptCheckpointReadSections(1, &all, &n), NOT_INITIALIZED);
    FACT("5.2.all#1", all == NULL && n == 0);
    begin();
    h = opened(svc, "n", WR, 40, 0, RWC);
    ROW_OK("5.2.all#3", clCkptCheckpointReadSections(h, &all, &n));
    FACT("5.2.all#3", n == 0);
    free(all);
    for (i = 0; i < 30; i++) {
        char id[8];

        snprintf(id, sizeof(id), "%u", i);
        OK(add(h, id, i % 3 ? id : ""));
    }
    ROW_OK("5.2.all#3", clCkptCheckpointReadSections(h, &all, &n));
    FACT("5.2.all#3", n == 30);
    for (i = 0; i < n; i++) {
        const int at = atoi((char[8]){ (char)all[i].sectionId.id[0],
                                       all[i].sectionId.idLen > 1 ? (char)all[i].sectionId.id[1]
                                                                  : '\0' });

        seen |= 1u << at;
        FACT("5.2.all#4", all[i].dataSize == all[i].readSize && all[i].dataOffset == 0);
        FACT("5.2.all#4", (at % 3 == 0) == (all[i].dataBuffer == NULL));
        if (all[i].dataBuffer)
            FACT("5.2.all#4", all[i].readSize == all[i].sectionId.idLen &&
                                  memcmp(all[i].dataBuffer, all[i].sectionId.id,
                                         all[i].readSize) == 0);
    }
    FACT("5.2.all#3", seen == (1u << 30) - 1);
    FACT("5.2.free#1", clCkptIOVectorFree(NULL, 3) == 0x2);
    ROW_OK("5.2.free#2", clCkptIOVectorFree(all, n));
    free(all);
    OK(t_open(svc, nm("n"), NULL, W, &w));
    ROW("5.2.all#2", clCkptCheckpointReadSections(w, &all, &n), OP_NOT_PERMITTED);
    OK(t_close(w));
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 0, RWC);
    OK(t_overwrite(h, &(id_t_){ 0, NULL }, "dflt", 4));
    ROW_OK("5.2.all#5", clCkptCheckpointReadSections(h, &all, &n));
    FACT("5.2.all#5", n == 1 && all[0].sectionId.idLen == 15 &&
                          memcmp(all[0].sectionId.id, "defaultSection", 15) == 0 &&
                          all[0].readSize == 4);
    OK(clCkptIOVectorFree(all, n));
    free(all);
    OK(t_close(h));
    end();
}

Test(rows, read_sections)
{
    each_variant(read_sections_body);
}

static void free_body(void)
{
    ClHandleT h;

    if (!v.sa)
        return;
    ROW("3.3#1", saCkptSectionIdFree(1, NULL), INVALID_HANDLE);
    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    ROW("3.3#2", saCkptSectionIdFree(h, NULL), INVALID_PARAMETER);
    ROW("3.3#2", saCkptIOVectorElementDataFree(h, NULL), INVALID_PARAMETER);
    ROW("3.3#1", saCkptIOVectorElementDataFree(svc, NULL), INVALID_HANDLE);
    ROW_OK("3.3#3", saCkptSectionIdFree(h, malloc(8)));
    ROW_OK("3.3#3", saCkptIOVectorElementDataFree(h, malloc(8)));
    OK(t_close(h));
    end();
}

Test(rows, sa_free_functions)
{
    each_variant(free_body);
}

/* ---- both families on one handle; two rule sets on one store --------------- */

Test(rows, both_families_share_handles_and_store)
{
    attrs_t a = attrs(WR | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 8);
    ClVersionT cv = { 'B', 1, 1 };
    SaVersionT sv = { 'B', 2, 2 };
    SaCkptHandleT sa;
    ClHandleT cl, h, h2;

    world_begin();
    v = (struct variant){ "mixed", false, false };
    cr_assert_eq(clCkptInitialize(&cl, NULL, &cv), CL_OK);
    cr_assert_eq(saCkptInitialize(&sa, NULL, &sv), SA_AIS_OK);
    cr_expect_eq(clCkptCheckpointOpen(cl, nm("m"), &a, RWC, -1, &h), CL_OK);
    cr_expect_eq(saCkptCheckpointOpen(sa, (const void *)nm("m"), NULL, R | W, 0, (void *)&h2),
                 SA_AIS_OK, "row d1#5");
    cr_expect_eq(saCkptActiveReplicaSet(h), SA_AIS_OK, "row 3.2#1: SA name, Cl handle");
    cr_expect_eq(clCkptSectionCheck(h2, &(id_t_){ 1, (ClUint8T *)"s" }), CL_CKPT_ERR_NOT_EXIST,
                 "row 3.2#1: Cl name, SA handle");
    cr_expect_eq(add(h2, "s", "1"), CL_OK);
    cr_expect_str_eq(content(h, "s"), "1");
    cr_expect_eq(clCkptCheckpointClose(h2), CL_OK, "row 3.2#1");
    cr_expect_eq(clCkptFinalize(sa), CL_OK, "row 3.2#1");
    cr_expect_eq(saCkptFinalize(cl), SA_AIS_OK);
    world_end();
}

/* ---- fork ---------------------------------------------------------------- */

static void fork_body(void)
{
    ClHandleT h, fresh;
    pid_t pid;
    int status;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "1"));
    pid = fork();
    if (pid == 0) {
        const unsigned int uninit = v.sa ? SA_AIS_ERR_BAD_HANDLE : 0x16000e;
        const unsigned int stale = v.sa ? SA_AIS_ERR_BAD_HANDLE : 0x160005;
        const unsigned int ok = v.sa ? SA_AIS_OK : CL_OK;
        ClHandleT s2, h2;

        if (put(h, "s", "2") != uninit || t_close(h) != uninit || t_fini(svc) != uninit)
            _exit(1);
        if (t_init(&s2, NULL, NULL) != ok)
            _exit(2);
        if (put(h, "s", "2") != stale || t_fini(svc) != stale)
            _exit(3);
#ifdef CKPT_ROWS_SHARED
        if (t_open(s2, nm("n"), NULL, R | W, &h2) != ok || put(h2, "s", "child") != ok)
            _exit(4);
#else
        (void)h2;
#endif
        _exit(t_fini(s2) == ok ? 0 : 5);
    }
    cr_assert_gt(pid, 0);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect_eq(status, 0, "row d6.fork#1, %s: status 0x%x", v.name, status);
    ROW_OK("d6.fork#2", put(h, "s", "1")); /* the parent is not disturbed */
    OK(t_init(&fresh, NULL, NULL));
    OK(t_fini(fresh));
    OK(t_close(h));
    end();
}

Test(rows, a_forked_child_starts_afresh)
{
    each_variant(fork_body);
}
