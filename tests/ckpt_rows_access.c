/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. Who may do what: bad handles, permissions, the active replica; status.
 */
#include "ckpt_case.h"

TestSuite(rows_access, .timeout = 100);

/* ---- not initialized, bad handles ------------------------------------ */

enum bad { UNINITIALIZED, ZERO, CLOSED, WRONG_KIND, NEVER, N_BAD };

static const char *const bad_words[] = {"uninitialized", "zero", "closed", "wrong kind",
                                        "never given"};

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
    "Close",
    "RetentionDurationSet",
    "ActiveReplicaSet",
    "StatusGet",
    "SectionCreate",
    "SectionDelete",
    "ExpirationTimeSet",
    "IterationInitialize",
    "Write",
    "Overwrite",
    "Read",
    "Synchronize",
    "SynchronizeAsync",
};

enum { N_CALLS = sizeof(call_words) / sizeof(*call_words) };

static void bad_row(const char *id, int call, int how, unsigned int got,
                    unsigned int want)
{
    char row[80];

    snprintf(row, sizeof(row), "%s (%s, %s)", id, call_words[call], bad_words[how]);
    row_at(__LINE__, row, got, want);
}

static void bad_handle_body(void)
{
    ClSelectionObjectT fd;
    ClHandleT h, it, closed;
    int i;

    for (i = 0; i < N_CALLS; i++)
        bad_row("Common.uninit#1", i, UNINITIALIZED, call_with(i, 1 << 17),
                CL_ERR_NOT_INITIALIZED);
    begin();
    closed = opened(svc, "c", WR, 3, 0, RWC);
    OK(t_close(closed));
    for (i = 0; i < N_CALLS; i++) {
        bad_row("Common.handle#1", i, ZERO, call_with(i, 0), CL_ERR_INVALID_HANDLE);
        bad_row("Common.handle#2", i, CLOSED, call_with(i, closed),
                CL_ERR_INVALID_HANDLE);
        bad_row("Common.handle#3", i, WRONG_KIND, call_with(i, svc),
                CL_ERR_INVALID_HANDLE);
        bad_row("Common.handle#1", i, NEVER, call_with(i, UINT64_MAX),
                CL_ERR_INVALID_HANDLE);
    }
    h = opened(svc, "c", WR, 3, 0, RWC);
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    for (i = 0; i < N_CALLS; i++)
        bad_row("Common.handle#3", i, WRONG_KIND, call_with(i, it),
                CL_ERR_INVALID_HANDLE);
    ROW("Common.handle#4", t_fd(h, &fd), INVALID_HANDLE);
    ROW("Common.handle#4", t_dispatch(h, CL_DISPATCH_ONE), INVALID_HANDLE);
    ROW("Common.handle#4", t_delete(h, nm("c")), INVALID_HANDLE);
    ROW("Common.handle#4", t_open(h, nm("c"), NULL, R, &it), INVALID_HANDLE);
    ROW("Common.handle#4", t_open_async(h, 1, nm("c"), NULL, R), INVALID_HANDLE);
    ROW("Common.handle#4", t_fini(h), INVALID_HANDLE);
    FACT("Common.value#2", h != closed); /* a stale number is told from a new one */
    ROW("Common.handle#2", t_close(closed), INVALID_HANDLE);
    OK(t_close(h));
    end();
}

Test(rows_access, no_call_takes_a_bad_handle)
{
    each_variant(bad_handle_body);
}

static void uninit_body(void)
{
    ClCkptSectionDescriptorT d;
    ClSelectionObjectT fd;
    ClHandleT h;

    /* NULL pointers go first for section, data, status and iteration-init calls… */
    ROW("Common.order#1", t_status(1, NULL), NULL_POINTER);
    ROW("Common.order#1", t_create(1, NULL, NULL, 0), NULL_POINTER);
    ROW("Common.order#1", t_section_delete(1, NULL), NULL_POINTER);
    ROW("Common.order#1", t_expire(1, NULL, 0), NULL_POINTER);
    ROW("Common.order#1", t_overwrite(1, NULL, "x", 1), NULL_POINTER);
    ROW("Common.order#1", t_write(1, NULL, 1, NULL), NULL_POINTER);
    ROW("Common.order#1", t_read(1, NULL, 1, NULL), NULL_POINTER);
    ROW("Common.order#1", t_iter(1, CL_CKPT_SECTIONS_ANY, 0, NULL), NULL_POINTER);
    /* …and "not initialized" first for the others. */
    if (!v.sa) { /* the SA wrapper looks at the pointers that it fills in */
        ROW("Common.order#2", t_open(1, NULL, NULL, 99, NULL), NOT_INITIALIZED);
        ROW("Common.order#2", t_next(1, NULL), NOT_INITIALIZED);
    }
    ROW("Open#1", t_open(1, NULL, NULL, 99, &h), NOT_INITIALIZED);
    ROW("Common.order#2", t_open_async(1, 1, NULL, NULL, 99), NOT_INITIALIZED);
    ROW("Delete#1", t_delete(1, NULL), NOT_INITIALIZED);
    ROW("SelectionObjectGet#1", t_fd(1, NULL), NOT_INITIALIZED);
    ROW("SelectionObjectGet#1", t_fd(1, &fd), NOT_INITIALIZED);
    ROW("Dispatch#1", t_dispatch(1, 99), NOT_INITIALIZED);
    ROW("IterationNext#1", t_next(1, &d), NOT_INITIALIZED);
    ROW("IterationFinalize#1", t_iter_end(1), NOT_INITIALIZED);
    if (!v.sa)
        ROW("Notify#1", clCkptImmediateConsumptionRegister(1, NULL, NULL),
            INVALID_HANDLE);
}

Test(rows_access, order_of_the_first_checks)
{
    each_variant(uninit_body);
}

/* ---- active replica ------------------------------------------------- */

static void active_body(void)
{
    static const struct {
        const char *id;
        ClCkptCreationFlagsT flags;
        bool ok, needed;
    } t[] = {
        {"ActiveReplicaSet#3", WR, false, false},
        {"trap_02", CL_CKPT_WR_ALL_REPLICAS, false, false},
        {"ActiveReplicaSet#3", CL_CKPT_WR_ALL_REPLICAS | CL_CKPT_CHECKPOINT_COLLOCATED,
         false, false},
        {"ActiveReplicaSet#3", WR | CL_CKPT_DISTRIBUTED, false, false},
        {"ActiveReplicaSet#4", WR | CL_CKPT_CHECKPOINT_COLLOCATED, true, true},
        {"ActiveReplicaSet#4", 0x4 | CL_CKPT_CHECKPOINT_COLLOCATED, true, true},
        {"ActiveReplicaSet#4", 0x4 | CL_CKPT_CHECKPOINT_COLLOCATED | CL_CKPT_DISTRIBUTED,
         true, true},
    };
    size_t i;

    begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        ClHandleT h = opened(svc, "n", t[i].flags, 3, 16, RWC), r;
        char id[40];

        snprintf(id, sizeof(id), "%s (0x%x)", t[i].id, t[i].flags);
        OK(t_open(svc, nm("n"), NULL, R, &r));
        row_at(__LINE__, id, add(h, "s", "1"), t[i].needed ? CL_ERR_NOT_EXIST : CL_OK);
        ROW("ActiveReplicaSet#2", t_active(r), OP_NOT_PERMITTED);
        row_at(__LINE__, id, t_active(h), t[i].ok ? CL_OK : CL_ERR_BAD_OPERATION);
        if (t[i].ok) {
            ROW_OK("ActiveReplicaSet.again#1", t_active(h));
            ROW_OK("ActiveReplicaSet.others#1",
                   count_chosen(r, 5, 0) == 0 ? (v.sa ? 1 : 0) : 99);
            OK(add(h, "s", "1"));
        }
        OK(t_close(r));
        OK(t_close(h));
    }
    end();
}

Test(rows_access, active_replica_set)
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
    ROW_OK("trap_01", t_open(svc, nm("n"), &a, RWC, &h));
    ROW("Common.active#1", add(h, "s", "1"), NOT_EXIST);
    ROW("Common.active#2", t_section_delete(h, sid("s")), NOT_EXIST);
    ROW("Common.active#3", t_expire(h, sid("s"), CL_TIME_END), NOT_EXIST);
    ROW("Common.active#4", t_write(h, &e, 1, NULL), NOT_EXIST);
    ROW("Common.active#5", put(h, "s", "1"), NOT_EXIST);
    ROW("Common.active#6", t_read(h, &e, 1, NULL), NOT_EXIST);
    ROW("Common.active#7", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it), NOT_EXIST);
    ROW("StatusGet#3", t_status(h, &d), NOT_EXIST);
    ROW("Synchronize#6", t_sync(h, CL_TIME_END), NOT_EXIST);
    ROW_OK("Common.active#8", t_retention(h, INT64_MAX));
    if (v.sa) {
        FACT("Sa.wrapper#2",
             d.checkpointCreationAttributes.maxSections == 0); /* zeroed */
    } else {
        id_t_ s = *sid("s");

        ClCkptIOVectorElementT *all;
        ClUint32T n;

        ROW("Common.active#9", clCkptSectionCheck(h, &s), NOT_EXIST);
        ROW("Common.active#10", clCkptCheckpointReadSections(h, &all, &n), NOT_EXIST);
    }
    /* a second handle sees the role at once, and it outlives the handle that took it */
    OK(t_open(svc, nm("n"), &a, RWC, &h2));
    OK(t_active(h2));
    ROW_OK("ActiveReplicaSet.others#1", add(h, "s", "1"));
    OK(t_close(h2));
    ROW_OK("trap_03", put(h, "s", "2"));
    OK(t_close(h));
    OK(t_open(svc, nm("n"), NULL, R | W, &h));
    ROW_OK("ActiveReplicaSet.stays#1", put(h, "s", "3"));
    OK(t_delete(svc, nm("n")));
    ROW_OK("ActiveReplicaSet.stays#1", t_active(h)); /* unlinked, and still usable */
    OK(t_close(h));
    OK(t_open(svc, nm("n"), &a, RWC, &h)); /* a new instance starts without */
    ROW("ActiveReplicaSet.new#1", add(h, "s", "1"), NOT_EXIST);
    OK(t_delete(svc, nm("n")));
    ROW_OK("Common.active#8", t_close(h));
    end();
}

Test(rows_access, collocated_checkpoint_without_an_active_replica)
{
    each_variant(no_active_body);
}

/* ---- permissions ----------------------------------------------------- */

static void permission_body(void)
{
    static const struct {
        ClUint32T flags;
        bool writes, writes_b02, reads;
    } t[] = {
        {R, false, false, true},       {W, true, true, false},
        {C, true, false, false},       {R | W, true, true, true},
        {R | C, true, false, true},    {W | C, true, true, false},
        {R | W | C, true, true, true}, {0, false, false, false},
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
        const unsigned int w =
            (v.b02 ? t[i].writes_b02 : t[i].writes) ? CL_OK : CL_ERR_OP_NOT_PERMITTED;
        const unsigned int r = t[i].reads ? CL_OK : CL_ERR_OP_NOT_PERMITTED;
        ClCkptIOVectorElementT e = piece("s", "x", 0);
        ClCkptCheckpointDescriptorT d;
        char in[16];

        if (t[i].flags == 0 && v.b02)
            continue; /* cannot be opened so */
        OK(t_open(svc, nm("n"), (t[i].flags & C) ? &a : NULL, t[i].flags, &h));
        row_at(__LINE__, "Common.write#1", t_active(h), w);
        row_at(__LINE__, "Common.write#2", add(h, "t", "1"), w);
        row_at(__LINE__, "Common.write#3", put(h, "s", "2"), w);
        row_at(__LINE__, "Common.write#4", t_write(h, &e, 1, NULL), w);
        row_at(__LINE__, "Common.write#5", t_expire(h, sid("s"), CL_TIME_END), w);
        row_at(__LINE__, "Synchronize#4", t_sync(h, CL_TIME_END), w);
        row_at(__LINE__, "Common.write#6", t_section_delete(h, sid("t")), w);
        e.dataBuffer = in;
        e.dataSize = sizeof(in);
        row_at(__LINE__, "Common.read#1", t_read(h, &e, 1, NULL), r);
        ROW_OK("Common.none#1", t_status(h, &d));
        ROW_OK("Common.none#2", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
        OK(t_iter_end(it));
        ROW_OK("Common.none#3", t_retention(h, 0));
        if (!v.sa) {
            id_t_ s = *sid("s");

            ROW_OK("Common.none#4", clCkptSectionCheck(h, &s));
            row_at(__LINE__, "trap_19", put(h, "s", "2"), w);
        }
        ROW_OK("Common.none#5", t_close(h));
    }
    /* the permission goes before what is wrong with the section */
    OK(t_open(svc, nm("n"), NULL, R, &h));
    ROW("Common.write#7", put(h, "none", "2"), OP_NOT_PERMITTED);
    ROW("SectionCreate#5", add(h, "much too long", "2"), OP_NOT_PERMITTED);
    OK(t_close(h));
    OK(t_close(keep));
    end();
}

Test(rows_access, permissions)
{
    each_variant(permission_body);
}

/* ---- status --------------------------------------------------------- */

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
    ROW("StatusGet#1", t_status(h, NULL), NULL_POINTER);
    ROW("StatusGet#1", t_status(0, NULL), NULL_POINTER);
    ROW_OK("StatusGet#4", t_status(h, &d));
    FACT("StatusGet#4", memcmp(&d.checkpointCreationAttributes, &a, sizeof(a)) == 0 ||
                            (d.checkpointCreationAttributes.checkpointSize == 40 &&
                             d.checkpointCreationAttributes.retentionDuration == 77 &&
                             d.checkpointCreationAttributes.maxSections == 3 &&
                             d.checkpointCreationAttributes.maxSectionSize == 16 &&
                             d.checkpointCreationAttributes.maxSectionIdSize == 8));
    FACT("StatusGet#5", d.numberOfSections == 0 && d.memoryUsed == 0);
    OK(add(h, "a", "12345"));
    OK(add(h, "b", ""));
    OK(put(h, "b", "67"));
    OK(t_status(h, &d));
    FACT("StatusGet#5", d.numberOfSections == 2);
    FACT("StatusGet#6", d.memoryUsed == 7);
    OK(t_section_delete(h, sid("a")));
    OK(t_status(h, &d));
    FACT("StatusGet#5", d.numberOfSections == 1 && d.memoryUsed == 2);
    OK(t_close(h));
    h = opened(svc, "one", WR, 1, 16, RWC);
    OK(t_status(h, &d));
    FACT("Rules.count#1", d.numberOfSections == (v.b02 ? 1 : 0));
    OK(t_close(h));
    end();
}

Test(rows_access, status_get)
{
    each_variant(status_body);
}
