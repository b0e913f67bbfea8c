/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. Services: initialize, finalize, dispatch, fork; both families on one
 * store. */
#include "ckpt_case.h"
#include "fixture_fork.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

TestSuite(rows_service, .timeout = 100);

/* ---- initialize, finalize -------------------------------------------- */

static void initialize_body(void)
{
    ClVersionT b1 = {'B', 1, 1};
    ClHandleT h = 7;

    if (v.sa) {
        SaVersionT sb = {'B', 1, 1};
        SaCkptHandleT sh;

        ROW("Initialize#1", saCkptInitialize(NULL, NULL, &sb), NULL_POINTER);
        ROW("Initialize#1", saCkptInitialize(&sh, NULL, NULL), NULL_POINTER);
        ROW_OK("Initialize#5", saCkptInitialize(&sh, NULL, &sb));
        h = sh;
    } else {
        ROW("Initialize#1", clCkptInitialize(NULL, NULL, &b1), NULL_POINTER);
        ROW("Initialize#1", clCkptInitialize(&h, NULL, NULL), NULL_POINTER);
        FACT("Initialize#1", h == 7);
        ROW_OK("Initialize#5", clCkptInitialize(&h, NULL, &b1));
    }
    FACT("Common.value#1", h != 0 && h <= INT32_MAX);
    ROW_OK("Finalize#3", t_fini(h));
    ROW("Finalize#1", t_fini(h), NOT_INITIALIZED);
}

Test(rows_service, initialize_and_finalize)
{
    each_variant(initialize_body);
}

Test(rows_service, versions)
{
    static const struct {
        const char *id;
        bool sa;
        ClVersionT ask, told;
        unsigned int want;
    } t[] = {
        {"Initialize#2", false, {'B', 1, 1}, {'B', 1, 1}, CL_OK},
        {"Initialize#2", false, {'B', 0, 0}, {'B', 1, 1}, CL_OK},
        {"Initialize#2", false, {'B', 1, 0}, {'B', 1, 1}, CL_OK},
        {"Initialize#2", false, {'B', 1, 255}, {'B', 1, 1}, CL_OK},
        {"trap_05", false, {'B', 0, 9}, {'B', 1, 1}, CL_OK},
        {"trap_05", false, {'A', 1, 1}, {'B', 1, 1}, 0x31000f},
        {"Initialize#2", false, {'B', 2, 2}, {'B', 1, 1}, 0x31000f},
        {"Initialize#2", false, {'C', 1, 1}, {'B', 1, 1}, 0x31000f},
        {"Initialize#2", false, {'b', 1, 1}, {'B', 1, 1}, 0x31000f},
        {"Initialize#2", false, {0, 0, 0}, {'B', 1, 1}, 0x31000f},
        {"Version#2", true, {'B', 1, 1}, {'B', 1, 1}, SA_AIS_OK},
        {"Version#2", true, {'B', 0, 3}, {'B', 1, 1}, SA_AIS_OK},
        {"Version#3", true, {'B', 2, 0}, {'B', 2, 2}, SA_AIS_OK},
        {"Version#3", true, {'B', 2, 2}, {'B', 2, 2}, SA_AIS_OK},
        {"Version#3", true, {'B', 2, 3}, {'B', 2, 3}, SA_AIS_OK},
        {"Version#4", true, {'B', 3, 1}, {'B', 2, 3}, SA_AIS_ERR_VERSION},
        {"Version#4", true, {'A', 1, 1}, {'B', 2, 3}, SA_AIS_ERR_VERSION},
        {"Version#4", true, {'C', 2, 2}, {'B', 2, 3}, SA_AIS_ERR_VERSION},
    };
    size_t i;

    world_begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        SaVersionT sv = {t[i].ask.releaseCode, t[i].ask.majorVersion,
                         t[i].ask.minorVersion};
        ClVersionT cv = t[i].ask;
        ClHandleT h = 7;
        unsigned int rc;

        if (t[i].sa) {
            rc = saCkptInitialize((void *)&h, NULL, &sv);
            cv = (ClVersionT){sv.releaseCode, sv.majorVersion, sv.minorVersion};
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
    world_close();
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
    ROW("Finalize#2", t_fini(a), INVALID_HANDLE);
    ROW("Finalize#2", t_fini(0), INVALID_HANDLE);
    ROW("Finalize#2", t_fini(it), INVALID_HANDLE);
    ROW_OK("Finalize#4", t_fini(svc));
    ROW("Finalize#2", t_fini(svc), INVALID_HANDLE);
    ROW("Finalize#4", put(a, "s", "2"), INVALID_HANDLE);
    ROW("Finalize#4", t_next(it, &d), INVALID_HANDLE);
    p = (struct pollfd){.fd = (int)fd, .events = POLLIN};
    FACT("Rules.fd#1", poll(&p, 1, 0) == 1 && (p.revents & POLLNVAL));
    ROW_OK("Finalize#5", add(b, "s", "1")); /* not another service's */
    ROW("Finalize#4", t_open(other, nm("a"), NULL, R, &a), NOT_EXIST);
    ROW_OK("Finalize#6", t_fini(other));
    ROW("Finalize#6", add(b, "s", "1"), NOT_INITIALIZED);
}

Test(rows_service, finalize_closes_what_was_opened_with_it)
{
    each_variant(finalize_body);
}

/* ---- synchronize, selection object and dispatch ----------------- */

static void sync_body(void)
{
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC);
    OK(add(h, "s", "1"));
    ROW_OK("Synchronize#7", t_sync(h, CL_TIME_END));
    ROW_OK("trap_23", t_sync(h, 0));
    ROW_OK("Synchronize#7", t_sync(h, -1));
    ROW_OK("Synchronize#7", t_sync(h, 5 * CLV_NS_PER_S));
    ROW("Synchronize#3", t_sync_async(h, 1), INITIALIZED);
    OK(t_close(h));
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS, 3, 8, RWC);
    ROW("Synchronize#5", t_sync(h, CL_TIME_END), BAD_OPERATION);
    OK(t_close(h));
    h = opened(svc, "all", CL_CKPT_WR_ALL_REPLICAS | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 8,
               RWC);
    ROW("trap_23", t_sync(h, CL_TIME_END), BAD_OPERATION);
    OK(t_close(h));
    end();
}

Test(rows_service, synchronize)
{
    each_variant(sync_body);
}

static void dispatch_body(void)
{
    ClSelectionObjectT fd = 999, again = 0;
    struct pollfd p;

    begin();
    ROW("SelectionObjectGet#2", t_fd(svc, NULL), NULL_POINTER);
    ROW("SelectionObjectGet#2", t_fd(0, NULL), NULL_POINTER);
    ROW("SelectionObjectGet#3", t_fd(0, &fd), INVALID_HANDLE);
    ROW("Dispatch#2", t_dispatch(0, CL_DISPATCH_ONE), INVALID_HANDLE);
    ROW("Dispatch#2", t_dispatch(0, 99), INVALID_HANDLE);
    ROW_OK("Dispatch#3", t_dispatch(svc, CL_DISPATCH_ONE));
    ROW_OK("Dispatch#3", t_dispatch(svc, CL_DISPATCH_ALL));
    ROW_OK("SelectionObjectGet#5", t_fd(svc, &fd));
    ROW_OK("SelectionObjectGet#5", t_fd(svc, &again));
    FACT("SelectionObjectGet#5", fd == again && fd < 1024);
    p = (struct pollfd){.fd = (int)fd, .events = POLLIN};
    FACT("SelectionObjectGet#6", poll(&p, 1, 0) == 0);
    ROW_OK("Dispatch#5", t_dispatch(svc, CL_DISPATCH_ONE));
    ROW_OK("Dispatch#7", t_dispatch(svc, CL_DISPATCH_ALL));
    ROW("Dispatch#4", t_dispatch(svc, 0), INVALID_PARAMETER);
    ROW("Dispatch#4", t_dispatch(svc, 4), INVALID_PARAMETER);
    ROW("Dispatch#4", t_dispatch(svc, -1), INVALID_PARAMETER);
    end();
}

Test(rows_service, selection_object_and_dispatch)
{
    each_variant(dispatch_body);
}

static void no_descriptor_body(void)
{
    struct rlimit before, none;
    ClSelectionObjectT fd = 77;
    ClHandleT h;

    begin();
    h = opened(svc, "n", WR, 3, 8, RWC); /* what the library itself needs is open */
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    ROW("SelectionObjectGet#4", t_fd(svc, &fd), NO_RESOURCE);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    FACT("SelectionObjectGet#4", fd == 77);
    ROW_OK("SelectionObjectGet#4", t_fd(svc, &fd));
    OK(t_close(h));
    end();
}

Test(rows_service, no_descriptor_for_a_selection_object)
{
    each_variant(no_descriptor_body);
}

/* ---- both families on one handle; two rule sets on one store --------------- */

Test(rows_service, both_families_share_handles_and_store)
{
    attrs_t a = attrs(WR | CL_CKPT_CHECKPOINT_COLLOCATED, 3, 8);
    ClVersionT cv = {'B', 1, 1};
    SaVersionT sv = {'B', 2, 2};
    SaCkptHandleT sa;
    ClHandleT cl, h, h2;

    world_begin();
    v = (struct variant){"mixed", false, false};
    cr_assert_eq(clCkptInitialize(&cl, NULL, &cv), CL_OK);
    cr_assert_eq(saCkptInitialize(&sa, NULL, &sv), SA_AIS_OK);
    cr_expect_eq(clCkptCheckpointOpen(cl, nm("m"), &a, RWC, -1, &h), CL_OK);
    cr_expect_eq(
        saCkptCheckpointOpen(sa, (const void *)nm("m"), NULL, R | W, 0, (void *)&h2),
        SA_AIS_OK, "row Version#5");
    cr_expect_eq(saCkptActiveReplicaSet(h), SA_AIS_OK,
                 "row Sa.mixed#1: SA name, Cl handle");
    cr_expect_eq(clCkptSectionCheck(h2, &(id_t_){1, (ClUint8T *)"s"}),
                 CL_CKPT_ERR_NOT_EXIST, "row Sa.mixed#1: Cl name, SA handle");
    cr_expect_eq(add(h2, "s", "1"), CL_OK);
    cr_expect_str_eq(content(h, "s"), "1");
    cr_expect_eq(clCkptCheckpointClose(h2), CL_OK, "row Sa.mixed#1");
    cr_expect_eq(clCkptFinalize(sa), CL_OK, "row Sa.mixed#1");
    cr_expect_eq(saCkptFinalize(cl), SA_AIS_OK);
    world_end();
    world_close();
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
    pid = fork_among_threads();
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
    cr_expect_eq(status, 0, "row Process.fork#1, %s: status 0x%x", v.name, status);
    ROW_OK("Process.fork#2", put(h, "s", "1")); /* the parent is not disturbed */
    OK(t_init(&fresh, NULL, NULL));
    OK(t_fini(fresh));
    OK(t_close(h));
    end();
}

Test(rows_service, a_forked_child_starts_afresh)
{
    each_variant(fork_body);
}
