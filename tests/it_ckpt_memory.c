/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory runs out over a real server: of each call the nth allocation fails, the API's
 * and the store's. The call says NO_MEMORY or succeeds, and all goes on.
 */
#include "ckpt_calls.h"
#include "fault.h"

TestSuite(memory, .timeout = 110);

enum { ALLOCATIONS_MAX = 400 };

_Thread_local int fault_paused; /* 0 also on the library's threads: theirs fail, too */

static bool is_ok(unsigned int rc)
{
    return rc == (v.sa ? SA_AIS_OK : CL_OK);
}

/* Whether the nth allocation was reached. */
static bool nth_fails(const struct call *c, int nth)
{
    unsigned int rc;
    bool hit;

    fault_arm(nth);
    rc = c->run();
    hit = fault_was_hit();
    fault_arm(-1);
    cr_expect(is_ok(rc) || (hit && rc == (v.sa ? SA_AIS_ERR_NO_MEMORY : 0x160001)),
              "row Process.memory#1, %s, %s: allocation %d: 0x%x", c->call, v.name, nth,
              rc);
    rc = c->run();
    cr_expect(is_ok(rc), "row Process.memory#1, %s, %s: after allocation %d: 0x%x",
              c->call, v.name, nth, rc);
    return hit;
}

static void each_call_body(void)
{
    size_t i;
    int nth;

    calls_begin();
    for (i = 0; i < n_calls; i++) {
        if (calls[i].cl_only && v.sa)
            continue;
        for (nth = 0; nth < ALLOCATIONS_MAX && nth_fails(&calls[i], nth); nth++)
            ;
        cr_expect_lt(nth, ALLOCATIONS_MAX, "%s never stops to allocate", calls[i].call);
        cr_expect_str_eq(content(h, "t"), "2", "%s: another section is as it was",
                         calls[i].call);
    }
    calls_end();
}

Test(memory, each_allocation_of_each_call_fails_once)
{
    setenv("CLOVIS_LOG", "none", 1);
    each_variant(each_call_body);
}

/* The first call of all: connections, threads, scripts. */
static void start_body(void)
{
    bool hit = true;
    int nth;

    for (nth = 0; hit && nth < ALLOCATIONS_MAX; nth++) {
        unsigned int rc;

        fault_arm(nth);
        rc = call_initialize();
        hit = fault_was_hit();
        fault_arm(-1);
        cr_expect(is_ok(rc) || (hit && rc == (v.sa ? SA_AIS_ERR_NO_MEMORY : 0x160001)),
                  "row Initialize#4, %s: allocation %d: 0x%x", v.name, nth, rc);
        rc = call_initialize();
        cr_expect(is_ok(rc), "row Initialize#4, %s: after allocation %d: 0x%x", v.name,
                  nth, rc);
    }
    cr_expect_lt(nth, ALLOCATIONS_MAX);
}

Test(memory, each_allocation_of_the_first_call_fails_once)
{
    setenv("CLOVIS_LOG", "none", 1);
    each_variant(start_body);
}
