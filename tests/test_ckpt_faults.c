/* SPDX-License-Identifier: Apache-2.0 */
/* The store fails, or memory runs out: each call says so and leaves nothing behind. */
#include "ckpt_case.h"
#include "fake_store.h"
#include "fault.h"

#include <poll.h>

#include "base/clock.h"
#include "shim/errmap.h"

TestSuite(faults, .timeout = 100);

static ClHandleT h; /* collocated and active, with the sections "s" and "t" */

static void on_open(ClInvocationT inv, ClHandleT got, unsigned int rc)
{
    (void)inv;
    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        t_close(got);
}

static void on_sync(ClInvocationT inv, unsigned int rc)
{
    (void)inv;
    (void)rc;
}

static void begin_faults(void)
{
    OK(t_init(&svc, on_open, on_sync));
    h = opened(svc, "n", WR | CL_CKPT_CHECKPOINT_COLLOCATED, 40, 0, RWC);
    OK(t_active(h));
    OK(add(h, "s", "1"));
    OK(add(h, "t", "2"));
}

/* ---- one call after the other -------------------------------------------- */

static unsigned int do_initialize(void)
{
    ClHandleT other;
    const unsigned int rc = t_init(&other, on_open, on_sync);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(t_fini(other));
    return rc;
}

static unsigned int do_open(void)
{
    const attrs_t a = attrs(WR, 3, 8);
    ClHandleT other;
    const unsigned int rc = t_open(svc, nm("other"), &a, RWC, &other);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(t_close(other));
    return rc;
}

static unsigned int do_open_async(void)
{
    const attrs_t a = attrs(WR, 3, 8);
    const unsigned int rc = t_open_async(svc, 1, nm("other"), &a, RWC);

    fake_drain();
    return rc;
}

static unsigned int do_sync_async(void)
{
    const unsigned int rc = t_sync_async(h, 1);

    fake_drain();
    return rc;
}

static unsigned int do_delete(void)
{
    const attrs_t a = attrs(WR, 3, 8);
    ClHandleT other;
    unsigned int rc;

    rc = t_open(svc, nm("d"), &a, RWC, &other);
    if (rc != (v.sa ? SA_AIS_OK : CL_OK))
        return rc;
    rc = t_delete(svc, nm("d"));
    OK(t_close(other));
    return rc;
}

static unsigned int do_retention(void)
{
    return t_retention(h, 5);
}

static unsigned int do_active(void)
{
    return t_active(h);
}

static unsigned int do_status(void)
{
    ClCkptCheckpointDescriptorT d;

    return t_status(h, &d);
}

static unsigned int do_create(void)
{
    id_t_ id = {2, (ClUint8T *)"id"};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END};
    const unsigned int rc = t_create(h, &a, "1", 1);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(t_section_delete(h, &id));
    return rc;
}

static unsigned int do_generate(void)
{
    id_t_ id = {0, NULL};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END};
    const unsigned int rc = t_create(h, &a, "1", 1);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK)) {
        OK(t_section_delete(h, &id));
        free(id.id);
    } else {
        cr_expect_null(id.id);
    }
    return rc;
}

static unsigned int do_section_delete(void)
{
    const unsigned int rc = t_section_delete(h, sid("t"));

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        OK(add(h, "t", "2"));
    return rc;
}

static unsigned int do_expire(void)
{
    return t_expire(h, sid("s"), CL_TIME_END);
}

static unsigned int do_overwrite(void)
{
    return put(h, "s", "1");
}

static unsigned int do_write(void)
{
    const ClCkptIOVectorElementT e = piece("s", "1", 0);

    return t_write(h, &e, 1, NULL);
}

static unsigned int do_write_long(void)
{
    ClCkptIOVectorElementT vec[20];
    int i;

    for (i = 0; i < 20; i++)
        vec[i] = piece("s", "1", 0);
    return t_write(h, vec, 20, NULL);
}

static unsigned int do_read(void)
{
    ClCkptIOVectorElementT e = {.sectionId = *sid("s")};
    const unsigned int rc = t_read(h, &e, 1, NULL);

    if (rc == (v.sa ? SA_AIS_OK : CL_OK))
        free(e.dataBuffer);
    else
        cr_expect_null(e.dataBuffer);
    return rc;
}

static unsigned int do_read_long(void)
{
    ClCkptIOVectorElementT vec[20];
    char in[20];
    int i;

    for (i = 0; i < 20; i++)
        vec[i] = (ClCkptIOVectorElementT){
            .sectionId = *sid("s"), .dataBuffer = &in[i], .dataSize = 1};
    return t_read(h, vec, 20, NULL);
}

static unsigned int do_iterate(void)
{
    ClCkptSectionDescriptorT d;
    unsigned int rc;
    ClHandleT it;
    int n = 0;

    rc = t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it);
    if (rc != (v.sa ? SA_AIS_OK : CL_OK))
        return rc;
    do { /* a section that could not be handed over comes again */
        rc = t_next(it, &d);
        if (rc == (v.sa ? SA_AIS_OK : CL_OK)) {
            n++;
            free(d.sectionId.id);
        } else if (fault_was_hit() && rc == (v.sa ? SA_AIS_ERR_NO_MEMORY : 0x160001)) {
            fault_arm(-1);
        }
    } while (rc == (v.sa ? SA_AIS_OK : CL_OK) ||
             rc == (v.sa ? SA_AIS_ERR_NO_MEMORY : 0x160001));
    OK(t_iter_end(it));
    if (rc == (v.sa ? SA_AIS_ERR_NO_SECTIONS : 0x160101)) {
        cr_expect_eq(n, 2, "%d sections", n);
        return v.sa ? SA_AIS_OK : CL_OK;
    }
    return rc;
}

static unsigned int do_sync(void)
{
    return t_sync(h, CL_TIME_END);
}

static unsigned int do_check(void)
{
    return clCkptSectionCheck(h, &(id_t_){1, (ClUint8T *)"s"});
}

static unsigned int do_switch_over(void)
{
    return clCkptActiveReplicaSetSwitchOver(h);
}

static unsigned int do_blocks(void)
{
    ClUint8T block[4] = "blk";
    ClDataVectorT data = {0, 4, block};
    ClDifferenceVectorT d = {.numDataVectors = 1, .dataVectors = &data};

    return clCkptSectionOverwriteVector(h, &(id_t_){1, (ClUint8T *)"s"}, 4, &d);
}

static unsigned int do_read_sections(void)
{
    ClCkptIOVectorElementT *all;
    ClUint32T n;
    const unsigned int rc = clCkptCheckpointReadSections(h, &all, &n);

    if (rc == CL_OK) {
        cr_expect_eq(n, 2);
        OK(clCkptIOVectorFree(all, n));
        free(all);
    } else {
        cr_expect(!all && n == 0);
    }
    return rc;
}

static const struct {
    const char *call, *store; /* what it asks the store */
    unsigned int (*run)(void);
    bool cl_only, allocates;
} calls[] = {
    {"Initialize", "start", do_initialize, false, true},
    {"Open", "ckpt_open", do_open, false, true},
    {"OpenAsync", NULL, do_open_async, false, true},
    {"Delete", "ckpt_unlink", do_delete, false, true},
    {"RetentionDurationSet", "ckpt_retention_set", do_retention, false, false},
    {"ActiveReplicaSet", "ckpt_active_set", do_active, false, false},
    {"StatusGet", "ckpt_status", do_status, false, false},
    {"SectionCreate", "section_create", do_create, false, false},
    {"SectionCreate, generated", "section_create", do_generate, false, true},
    {"SectionDelete", "section_delete", do_section_delete, false, false},
    {"ExpirationTimeSet", "section_expire", do_expire, false, false},
    {"Overwrite", "section_write", do_overwrite, false, false},
    {"Write", "write", do_write, false, false},
    {"Write, long", "write", do_write_long, false, true},
    {"Read", "read", do_read, false, false},
    {"Read, long", "read", do_read_long, false, true},
    {"IterationInitialize", "iter_begin", do_iterate, false, true},
    {"IterationNext", "iter_next", do_iterate, false, true},
    {"Synchronize", "ckpt_sync", do_sync, false, false},
    {"SynchronizeAsync", NULL, do_sync_async, false, true},
    {"collocated, any", "ckpt_active_check", do_overwrite, false, false},
    {"SectionCheck", "section_check", do_check, true, false},
    {"SwitchOver", "ckpt_active_set", do_switch_over, true, false},
    {"OverwriteVector, its read", "read", do_blocks, true, true},
    {"OverwriteVector, its write", "section_write", do_blocks, true, true},
    {"ReadSections", "iter_begin", do_read_sections, true, true},
    {"ReadSections, its read", "read", do_read_sections, true, true},
    {"ReadSections, its walk", "iter_next", do_read_sections, true, true},
};

enum { N_CALLS = sizeof(calls) / sizeof(*calls) };

/* ---- the store fails ------------------------------------------------------ */

static void status_body(void)
{
    static const struct {
        const char *id;
        enum store_status st;
        unsigned int want;
    } t[] = {
        {"StoreFault#1", STORE_AWAY, CL_ERR_TRY_AGAIN},
        {"StoreFault#2", STORE_UNSURE, CL_ERR_TIMEOUT},
        {"StoreFault#3", STORE_REFUSED, CL_ERR_NO_RESOURCE},
        {"StoreFault#4", STORE_GONE, CL_ERR_NOT_EXIST},
        {"Initialize#4", STORE_NO_MEM, CL_ERR_NO_MEMORY},
    };
    char row[80];
    size_t i, j;

    begin_faults();
    for (i = 0; i < N_CALLS; i++) {
        if (!calls[i].store || (calls[i].cl_only && v.sa))
            continue;
        for (j = 0; j < sizeof(t) / sizeof(*t); j++) {
            snprintf(row, sizeof(row), "%s (%s)", t[j].id, calls[i].call);
            if (t[j].st == STORE_NO_MEM && strcmp(calls[i].store, "iter_next") == 0)
                continue; /* do_iterate goes on */
            fake_fail(calls[i].store, t[j].st);
            row_at(__LINE__, row, calls[i].run(), t[j].want);
            snprintf(row, sizeof(row), "%s (%s, after it)", t[j].id, calls[i].call);
            row_at(__LINE__, row, calls[i].run(), CL_OK);
        }
    }
    fake_fail("start", STORE_AWAY);
    ROW("Initialize#3", do_initialize(), TRY_AGAIN);
    fake_fail("ckpt_open", STORE_AWAY);
    ROW("Open#9", do_open(), TRY_AGAIN);
    OK(t_close(h));
    end();
}

Test(faults, each_call_reports_what_the_store_says)
{
    each_variant(status_body);
}

static void close_away_body(void)
{
    begin_faults();
    fake_fail("ckpt_close", STORE_AWAY);
    ROW_OK("Close#4", t_close(h));
    ROW("Close#2", t_close(h), INVALID_HANDLE);
    end();
    begin_faults();
    fake_fail("ckpt_close", STORE_UNSURE);
    ROW_OK("Finalize#7", t_fini(svc));
}

Test(faults, close_and_finalize_succeed_while_the_store_is_away)
{
    each_variant(close_away_body);
}

static void gone_body(void)
{
    begin_faults();
    fake_flush();
    ROW("StoreFault#4", put(h, "s", "1"), NOT_EXIST);
    ROW("StoreFault#4", do_read(), NOT_EXIST);
    ROW("StoreFault#4", do_status(), NOT_EXIST);
    ROW("StoreFault#4", t_retention(h, 1), NOT_EXIST);
    ROW_OK("Close#5", t_close(h));
    end();
}

Test(faults, a_checkpoint_that_is_gone)
{
    each_variant(gone_body);
}

static void damaged_body(void)
{
    ClCkptSectionDescriptorT d;
    const unsigned int ok = v.sa ? SA_AIS_OK : CL_OK;
    ClCkptIOVectorElementT two[2];
    char name[64];
    ClUint32T bad = 9;
    ClHandleT it;
    int n = 0;

    begin_faults();
    snprintf(name, sizeof(name), "n/%s", v.name);
    fake_damage(name, "t");
    two[0] = (ClCkptIOVectorElementT){.sectionId = *sid("s")};
    two[1] = (ClCkptIOVectorElementT){.sectionId = *sid("t")};
    cr_expect_eq(t_read(h, two, 2, &bad), v.sa ? SA_AIS_ERR_LIBRARY : 0x160023,
                 "row StoreFault#5");
    FACT("StoreFault#5", bad == 1 && !two[0].dataBuffer && !two[1].dataBuffer);
    OK(t_iter(h, CL_CKPT_SECTIONS_CORRUPTED, 0, &it));
    while (t_next(it, &d) == ok) {
        n++;
        FACT("StoreFault#7",
             d.sectionState == CL_CKPT_SECTION_CORRUPTED && d.sectionId.id[0] == 't');
        free(d.sectionId.id);
    }
    FACT("StoreFault#7", n == 1);
    OK(t_iter_end(it));
    ROW_OK("StoreFault#5", put(h, "t", "good again"));
    OK(t_close(h));
    end();
}

Test(faults, a_damaged_section)
{
    each_variant(damaged_body);
}

static void deadline_body(void)
{
    begin_faults();
    OK(t_sync(h, CL_TIME_END));
    FACT("Time.sync#1", fake_last_left_ms() > 13000 && fake_last_left_ms() <= 14001);
    OK(t_sync(h, 0));
    FACT("Time.sync#1", fake_last_left_ms() > 13000);
    OK(t_sync(h, 3 * CLV_NS_PER_S));
    FACT("Time.sync#2", fake_last_left_ms() > 2000 && fake_last_left_ms() <= 3001);
    OK(put(h, "s", "1"));
    FACT("StoreFault#8", fake_last_left_ms() > 13000 && fake_last_left_ms() <= 14001);
    OK(t_close(h));
    end();
}

Test(faults, every_call_has_a_deadline)
{
    each_variant(deadline_body);
}

/* ---- memory runs out ------------------------------------------------------ */

static void allocation_body(void)
{
    const unsigned int ok = v.sa ? SA_AIS_OK : CL_OK;
    size_t i;
    int nth;

    begin_faults();
    for (i = 0; i < N_CALLS; i++) {
        if (calls[i].cl_only && v.sa)
            continue;
        for (nth = 0; nth < 100; nth++) {
            const int opens = fake_open();
            unsigned int rc;

            fault_arm(nth);
            rc = calls[i].run();
            if (!fault_was_hit()) {
                fault_arm(-1);
                break;
            }
            fault_arm(-1);
            cr_expect(rc == ok || rc == (v.sa ? SA_AIS_ERR_NO_MEMORY : 0x160001),
                      "row Process.memory#1, %s, %s: allocation %d: 0x%x", calls[i].call,
                      v.name, nth, rc);
            cr_expect_eq(fake_open(), opens, "%s, allocation %d left the checkpoint open",
                         calls[i].call, nth);
            cr_expect_eq(fake_iterators(), 0, "%s, allocation %d left an iterator",
                         calls[i].call, nth);
            cr_expect_eq(fake_started(), 1, "%s, allocation %d left a service",
                         calls[i].call, nth);
        }
        cr_expect_lt(nth, 100);
        cr_expect((nth > 0) == calls[i].allocates, "%s allocates %d times", calls[i].call,
                  nth);
    }
    OK(t_close(h));
    end();
}

Test(faults, each_allocation_of_each_call_fails_once)
{
    each_variant(allocation_body);
}

static void hot_path_body(void)
{
    ClCkptIOVectorElementT e = {.sectionId = {1, (ClUint8T *)"s"}};
    const id_t_ s = {1, (ClUint8T *)"s"};
    char in[8];
    long before;

    begin_faults();
    before = fault_count();
    e.dataBuffer = in;
    e.dataSize = sizeof(in);
    OK(t_overwrite(h, &s, "1", 1));
    OK(t_read(h, &e, 1, NULL));
    OK(t_write(h, &e, 1, NULL));
    cr_expect_eq(fault_count(), before, "row Process.memory#2: %ld allocations",
                 fault_count() - before);
    OK(t_close(h));
    end();
}

Test(faults, overwriting_and_reading_one_section_allocates_nothing)
{
    each_variant(hot_path_body);
}
