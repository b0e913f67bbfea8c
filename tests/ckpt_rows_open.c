/* SPDX-License-Identifier: Apache-2.0 */
/* Contract rows. Checkpoints: open, close, delete, retention. */
#include "ckpt_case.h"

#include <poll.h>

#include "base/clock.h"

TestSuite(rows_open, .timeout = 100);

/* ---- open ------------------------------------------------------------ */

static void open_arguments_body(void)
{
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h = 7;

    begin();
    ROW("Open#2", t_open(svc, nm("n"), &a, RWC, NULL), NULL_POINTER);
    ROW("Open#3", t_open(svc, NULL, &a, RWC, &h), NULL_POINTER);
    ROW("Open#4", t_open(svc, nm("n"), &a, 8, &h), BAD_FLAG);
    ROW("Open#4", t_open(svc, nm("n"), &a, 0x10 | RWC, &h), BAD_FLAG);
    ROW("Open#4", t_open(svc, nm("n"), NULL, 0xffffffff, &h), BAD_FLAG);
    ROW("Open#5", t_open(svc, nm("n"), NULL, C, &h), NULL_POINTER);
    ROW("trap_18", t_open(svc, nm("n"), NULL, RWC, &h), NULL_POINTER);
    ROW("Open#6", t_open(svc, nm("n"), &a, R, &h), INVALID_PARAMETER);
    ROW("trap_18", t_open(svc, nm("n"), &a, R | W, &h), INVALID_PARAMETER);
    ROW("Open#8", t_open(0, nm("n"), &a, RWC, &h), INVALID_HANDLE);
    ROW("Open#8", t_open(svc + 1, nm("n"), &a, RWC, &h), INVALID_HANDLE);
    ROW("Open#10", t_open(svc, nm("n"), NULL, R, &h), NOT_EXIST);
    FACT("Open.out#1", h == (v.sa ? 0 : 7)); /* SA: 0 on failure; Cl: not written */
    /* a bad service handle is reported after bad arguments */
    ROW("Open.order#1", t_open(0, NULL, &a, RWC, &h), NULL_POINTER);
    ROW("Open.order#1", t_open(0, nm("n"), &a, 99, &h), BAD_FLAG);
    ROW("Open.order#1", t_open(0, nm("n"), NULL, C, &h), NULL_POINTER);
    ROW("Open.order#1", t_open(0, nm("n"), &a, R, &h), INVALID_PARAMETER);
    a.maxSections = 0;
    ROW("Open#12", t_open(svc, nm("n"), &a, RWC, &h), INVALID_PARAMETER);
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(t_close(opened(svc, "n", WR, 3, 16, RWC)));
    ROW("Open#11", t_open(svc, nm("n"), &a, RWC, &a.checkpointSize), ALREADY_EXIST);
    OK(t_close(h));
    end();
}

Test(rows_open, open_arguments)
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
    ROW_OK("trap_16", t_open(svc, nm("fits"), &a, RWC, &h));
    OK(t_close(h));
    a.checkpointSize = 9;
    row_at(__LINE__, "Open#7", t_open(svc, nm("big"), &a, RWC, &h), want);
    if (clips) {
        OK(t_status(h, &d));
        FACT("Rules.size#1", d.checkpointCreationAttributes.checkpointSize == 8);
        OK(t_close(h));
    }
    a.checkpointSize = 1;
    OK(t_open(svc, nm("small"), &a, RWC, &h));
    ROW_OK("Attributes.size#1", add(h, "a", "1234"));
    ROW_OK("Attributes.size#1", add(h, "b", "1234"));
    OK(t_close(h));
    a.checkpointSize = 9;
    a.maxSectionSize = 0;
    ROW_OK("trap_16", t_open(svc, nm("unlimited"), &a, RWC, &h));
    OK(t_status(h, &d));
    FACT("Sa.wrapper#1",
         d.checkpointCreationAttributes.checkpointSize == (clips ? 0u : 9u));
    OK(t_close(h));
    a = attrs(WR, 0xffffffff, UINT64_MAX / 2);
    a.checkpointSize = UINT64_MAX;
    ROW_OK("Open#7", t_open(svc, nm("overflow"), &a, RWC, &h));
    OK(t_close(h));
    end();
}

Test(rows_open, open_checks_the_size_against_the_product)
{
    each_variant(open_size_body);
}

static void reopen_body(void)
{
    static const char *const words[] = {"creationFlags", "checkpointSize", "maxSections",
                                        "maxSectionSize", "maxSectionIdSize"};
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
        snprintf(id, sizeof(id), "Open#11 (%s)", words[i]);
        row_at(__LINE__, id, t_open(svc, nm("n"), &a, RWC, &again), CL_ERR_ALREADY_EXIST);
    }
    a = attrs(WR, 3, 16);
    a.retentionDuration = 5;
    row_at(__LINE__, "Rules.retention#1", t_open(svc, nm("n"), &a, RWC, &again),
           v.b02 ? CL_OK : CL_ERR_ALREADY_EXIST);
    if (v.b02)
        OK(t_close(again));
    OK(t_retention(h, 5)); /* its current value is compared */
    ROW_OK("trap_17", t_open(svc, nm("n"), &a, RWC, &again));
    OK(t_close(again));
    a.retentionDuration = 0;
    row_at(__LINE__, "trap_17", t_open(svc, nm("n"), &a, RWC, &again),
           v.b02 ? CL_OK : CL_ERR_ALREADY_EXIST);
    if (v.b02)
        OK(t_close(again));
    ROW_OK("Open.reopen#1", t_open(svc, nm("n"), NULL, R, &again));
    cr_expect_str_eq(content(again, "s"), "kept", "row Open.reopen#2, %s", v.name);
    OK(t_close(again));
    a.retentionDuration = 5;
    ROW_OK("Open.reopen#2", t_open(svc, nm("n"), &a, RWC, &again));
    cr_expect_str_eq(content(again, "s"), "kept", "row Open.reopen#2, %s", v.name);
    FACT("Life#2", again != h);
    OK(t_close(again));
    OK(t_close(h));
    end();
}

Test(rows_open, open_of_an_existing_checkpoint_compares_attributes)
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
        {"Attributes.flags#1", 0, false},
        {"Attributes.flags#1", CL_CKPT_CHECKPOINT_COLLOCATED, false},
        {"Attributes.flags#1", 0x1 | 0x2, false},
        {"Attributes.flags#1", 0x7, false},
        {"Attributes.flags#1", 0x10, false},
        {"Rules.flags#2", 0x1f0, false},
        {"Attributes.flags#1", 0x80000000 | 0x1, false},
        {"Rules.flags#1", 0x1, true},
        {"Rules.flags#1", 0x2, true},
        {"Rules.flags#1", 0x4, true},
        {"Rules.flags#1", 0x4 | CL_CKPT_CHECKPOINT_COLLOCATED, true},
        {"Rules.flags#1", 0x1 | CL_CKPT_CHECKPOINT_COLLOCATED, true},
        {"Flags.p2p#1", 0x2 | CL_CKPT_DISTRIBUTED | CL_CKPT_PEER_TO_PEER_REPLICA, true},
        {"Flags.safe#1", 0x2 | CL_CKPT_WR_ALL_SAFE, true},
        {"Flags.open#1", 0x2 | CL_CKPT_ALL_OPEN_ARE_REPLICAS, true},
        {"Flags.p2p#2", 0x2 | CL_CKPT_PEER_TO_PEER_CACHE_DISABLE, true},
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
        cr_expect_eq(d.checkpointCreationAttributes.creationFlags, t[i].flags, "row %s",
                     id);
        OK(t_close(h));
    }
    end();
}

Test(rows_open, creation_flags)
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
    row_at(__LINE__, "Rules.open#1", t_open(svc, nm("n"), NULL, 0, &h),
           v.b02 ? CL_ERR_BAD_FLAG : CL_OK);
    if (!v.b02)
        OK(t_close(h));
    for (f = 1; f <= 7; f++) {
        ROW_OK("Open#4", t_open(svc, nm("n"), (f & C) ? &a : NULL, f, &h));
        OK(t_close(h));
    }
    OK(t_close(keep));
    end();
}

Test(rows_open, open_flags)
{
    each_variant(open_flags_body);
}

static void timeout_body(void)
{
    static const ClTimeT t[] = {0, -1, 10, INT64_MAX, INT64_MIN};
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h;
    size_t i;

    begin();
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        ROW_OK("Time.open#1",
               v.sa ? saCkptCheckpointOpen(svc, (const void *)nm("n"), (const void *)&a,
                                           RWC, t[i], (void *)&h)
                    : clCkptCheckpointOpen(svc, nm("n"), &a, RWC, t[i], &h));
        ROW_OK("Time.sync#1", t_sync(h, t[i] == 10 ? INT64_MAX : t[i]));
        OK(t_close(h));
    }
    end();
}

Test(rows_open, any_timeout_opens)
{
    each_variant(timeout_body);
}

static void names_body(void)
{
    ClNameT n = {.length = 0}, other;
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h, h2;

    begin();
    ROW_OK("Common.name#1", t_open(svc, &n, &a, RWC, &h));
    ROW_OK("Common.name#1", t_open(svc, &n, NULL, R, &h2));
    OK(t_close(h2));
    OK(t_close(h));
    memset(n.value, 'x', sizeof(n.value));
    n.length = 256;
    ROW_OK("Common.name#2", t_open(svc, &n, &a, RWC, &h));
    n.length = 65535;
    ROW_OK("Common.name#2", t_open(svc, &n, NULL, R, &h2));
    OK(t_close(h2));
    n.length = 255;
    ROW_OK("Common.name#2", t_open(svc, &n, NULL, R, &h2));
    OK(t_close(h2));
    n.length = 254;
    ROW("Common.name#2", t_open(svc, &n, NULL, R, &h2), NOT_EXIST);
    OK(t_close(h));
    n = (ClNameT){.length = 3, .value = "a\0b"};
    ROW_OK("Common.name#3", t_open(svc, &n, &a, RWC, &h));
    other = (ClNameT){.length = 3, .value = "a\0c"};
    ROW("Common.name#3", t_open(svc, &other, NULL, R, &h2), NOT_EXIST);
    other = (ClNameT){.length = 1, .value = "a"};
    ROW("Common.name#3", t_open(svc, &other, NULL, R, &h2), NOT_EXIST);
    other = (ClNameT){.length = 3, .value = "A\0b"};
    ROW("Common.name#3", t_open(svc, &other, NULL, R, &h2), NOT_EXIST);
    OK(t_close(h));
    n = (ClNameT){.length = 9, .value = "{x}:\n%s*\xff"};
    ROW_OK("Common.name#3", t_open(svc, &n, &a, RWC, &h));
    OK(t_close(h));
    end();
}

Test(rows_open, names_are_counted_bytes)
{
    each_variant(names_body);
}

/* ---- close, delete, retention ------------------------------ */

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
        {"Close.last#3", WR, 0, false},
        {"Close.last#3", WR, 10, false},
        {"Time.retention#1", WR, 100, false},
        {"Close.last#3", WR, -1, false},
        {"trap_21", WR, INT64_MIN, false},
        {"trap_21", WR, 999999, false},
        {"Close.last#5", WR, 60 * CLV_NS_PER_S, true},
        {"Attributes.retention#1", WR, 50 * DAY_NS, true}, /* beyond 32 bits of ms */
        {"Close.last#4", WR, INT64_MAX, true},
        {"Close.last#2", WR | CL_CKPT_DISTRIBUTED, 60 * CLV_NS_PER_S, false},
        {"Flags.dist#1", WR | CL_CKPT_DISTRIBUTED, INT64_MAX, false},
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
        cr_expect_str_eq(content(h2, "s"), "x", "row Life#2, still open");
        ROW_OK("Close#3", t_close(h2));
        ROW("Close#2", t_close(h2), INVALID_HANDLE);
        cr_expect_eq(exists("n"), t[i].stays, "row %s (%zu), %s", t[i].id, i, v.name);
        if (t[i].stays) {
            OK(t_open(svc, nm("n"), NULL, R, &h));
            cr_expect_str_eq(content(h, "s"), "x", "row Life#3, sections are kept");
            OK(t_delete(svc, nm("n")));
            OK(t_close(h));
            FACT("Close.last#1", !exists("n"));
        }
    }
    end();
}

Test(rows_open, last_close_and_retention)
{
    each_variant(close_body);
}

static void retention_runs_body(void)
{
    attrs_t a = attrs(WR, 3, 16);
    ClHandleT h;
    int i;

    begin();
    a.retentionDuration = 600 * CLV_NS_PER_MS;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    OK(t_close(h));
    FACT("Close.last#5", exists("n"));
    for (i = 0; i < 4; i++) { /* each open stops the clock, each close starts it anew */
        OK(t_open(svc, nm("n"), NULL, R, &h));
        poll(NULL, 0, 200);
        OK(t_close(h));
    }
    FACT("trap_21", exists("n"));
    poll(NULL, 0, 700);
    FACT("Time.retention#2", !exists("n"));
    end();
}

Test(rows_open, retention_runs_from_the_last_close)
{
    each_variant(retention_runs_body);
}

static void delete_body(void)
{
    ClCkptCheckpointDescriptorT d;
    ClHandleT h, h2, it;
    attrs_t a;

    begin();
    ROW("Delete#2", t_delete(svc, NULL), NULL_POINTER);
    ROW("Delete#2", t_delete(0, NULL), NULL_POINTER);
    ROW("Delete#3", t_delete(0, nm("n")), INVALID_HANDLE);
    ROW("Delete#4", t_delete(svc, nm("n")), NOT_EXIST);
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(add(h, "s", "old"));
    ROW_OK("Delete#5", t_delete(svc, nm("n")));
    ROW("Delete#4", t_delete(svc, nm("n")), NOT_EXIST);
    FACT("trap_20", !exists("n"));
    h2 = opened(svc, "n", WR, 5, 0, RWC); /* an independent instance */
    OK(add(h2, "s", "new"));
    ROW_OK("Delete.old#1", put(h, "s", "older"));
    cr_expect_str_eq(content(h, "s"), "older", "row Delete.old#1, %s", v.name);
    cr_expect_str_eq(content(h2, "s"), "new", "row Life#4, %s", v.name);
    ROW_OK("Delete.old#1", add(h, "t", "2"));
    ROW_OK("Delete.old#1", t_section_delete(h, sid("t")));
    ROW_OK("Delete.old#1", t_status(h, &d));
    FACT("Delete.old#1", d.numberOfSections == 1);
    ROW_OK("Delete.old#1", t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    OK(t_iter_end(it));
    ROW("RetentionSet#2", t_retention(h, 5), BAD_OPERATION);
    ROW("trap_20", t_retention(h, -1), BAD_OPERATION);
    OK(t_close(h));
    cr_expect_str_eq(content(h2, "s"), "new", "row Life#4, %s", v.name);
    OK(t_close(h2));
    a = attrs(WR, 3, 16);
    a.retentionDuration = INT64_MAX;
    OK(t_open(svc, nm("n"), &a, RWC, &h));
    OK(t_close(h));
    ROW_OK("Delete#6", t_delete(svc, nm("n"))); /* a retained one goes at once */
    FACT("Delete#6", !exists("n"));
    h = opened(svc, "n", WR, 3, 16, RWC);
    OK(t_close(h));
    ROW("Close.order#1", t_delete(svc, nm("n")), NOT_EXIST);
    end();
}

Test(rows_open, delete_frees_the_name_and_leaves_old_handles_alone)
{
    each_variant(delete_body);
}

static void anyone_deletes_body(void)
{
    ClHandleT other, h;

    begin();
    OK(t_init(&other, NULL, NULL));
    h = opened(svc, "n", WR, 3, 16, RWC);
    ROW_OK("Delete#7", t_delete(other, nm("n"))); /* it has nothing open */
    ROW_OK("Delete#7", add(h, "s", "1"));
    OK(t_fini(other));
    OK(t_close(h));
    end();
}

Test(rows_open, anyone_may_delete)
{
    each_variant(anyone_deletes_body);
}

static void retention_set_body(void)
{
    static const ClTimeT t[] = {0, -1, 1, INT64_MAX, INT64_MIN, 60 * CLV_NS_PER_S};
    ClCkptCheckpointDescriptorT d;
    ClHandleT h, keep;
    size_t i;

    begin();
    keep = opened(svc, "n", WR, 3, 16, RWC);
    OK(t_open(svc, nm("n"), NULL, R, &h)); /* no mode is asked for */
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        ROW_OK("RetentionSet#3", t_retention(h, t[i]));
        OK(t_status(keep, &d));
        FACT("RetentionSet#3", d.checkpointCreationAttributes.retentionDuration == t[i]);
    }
    OK(t_close(h));
    OK(t_close(keep));
    FACT("RetentionSet#3", exists("n"));
    OK(t_delete(svc, nm("n")));
    end();
}

Test(rows_open, retention_duration_set)
{
    each_variant(retention_set_body);
}
