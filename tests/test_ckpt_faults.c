/* SPDX-License-Identifier: Apache-2.0 */
/* The store fails, or memory runs out: each call says so and leaves nothing behind. */
#include "ckpt_calls.h"
#include "fake_store.h"
#include "fault.h"

#include <poll.h>

#include "base/clock.h"
#include "shim/errmap.h"

TestSuite(faults, .timeout = 100);

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

    calls_begin();
    for (i = 0; i < n_calls; i++) {
        if (!calls[i].store || (calls[i].cl_only && v.sa))
            continue;
        for (j = 0; j < sizeof(t) / sizeof(*t); j++) {
            snprintf(row, sizeof(row), "%s (%s)", t[j].id, calls[i].call);
            if (t[j].st == STORE_NO_MEM && strcmp(calls[i].store, "iter_next") == 0)
                continue; /* the iteration goes on */
            fake_fail(calls[i].store, t[j].st);
            row_at(__LINE__, row, calls[i].run(), t[j].want);
            snprintf(row, sizeof(row), "%s (%s, after it)", t[j].id, calls[i].call);
            row_at(__LINE__, row, calls[i].run(), CL_OK);
        }
    }
    fake_fail("start", STORE_AWAY);
    ROW("Initialize#3", call_initialize(), TRY_AGAIN);
    fake_fail("ckpt_open", STORE_AWAY);
    ROW("Open#9", call_open(), TRY_AGAIN);
    calls_end();
}

Test(faults, each_call_reports_what_the_store_says)
{
    each_variant(status_body);
}

static void close_away_body(void)
{
    calls_begin();
    fake_fail("ckpt_close", STORE_AWAY);
    ROW_OK("Close#4", t_close(h));
    ROW("Close#2", t_close(h), INVALID_HANDLE);
    end();
    calls_begin();
    fake_fail("ckpt_close", STORE_UNSURE);
    ROW_OK("Finalize#7", t_fini(svc));
}

Test(faults, close_and_finalize_succeed_while_the_store_is_away)
{
    each_variant(close_away_body);
}

static void gone_body(void)
{
    calls_begin();
    fake_flush();
    ROW("StoreFault#4", put(h, "s", "1"), NOT_EXIST);
    ROW("StoreFault#4", call_read(), NOT_EXIST);
    ROW("StoreFault#4", call_status(), NOT_EXIST);
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

    calls_begin();
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
    calls_end();
}

Test(faults, a_damaged_section)
{
    each_variant(damaged_body);
}

static void deadline_body(void)
{
    calls_begin();
    OK(t_sync(h, CL_TIME_END));
    FACT("Time.sync#1", fake_last_left_ms() > 13000 && fake_last_left_ms() <= 14001);
    OK(t_sync(h, 0));
    FACT("Time.sync#1", fake_last_left_ms() > 13000);
    OK(t_sync(h, 3 * CLV_NS_PER_S));
    FACT("Time.sync#2", fake_last_left_ms() > 2000 && fake_last_left_ms() <= 3001);
    OK(put(h, "s", "1"));
    FACT("StoreFault#8", fake_last_left_ms() > 13000 && fake_last_left_ms() <= 14001);
    calls_end();
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

    calls_begin();
    for (i = 0; i < n_calls; i++) {
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
    calls_end();
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

    calls_begin();
    before = fault_count();
    e.dataBuffer = in;
    e.dataSize = sizeof(in);
    OK(t_overwrite(h, &s, "1", 1));
    OK(t_read(h, &e, 1, NULL));
    OK(t_write(h, &e, 1, NULL));
    cr_expect_eq(fault_count(), before, "row Process.memory#2: %ld allocations",
                 fault_count() - before);
    calls_end();
}

Test(faults, overwriting_and_reading_one_section_allocates_nothing)
{
    each_variant(hot_path_body);
}
