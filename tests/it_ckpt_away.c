/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API while the server is not there, stands still, or comes back: the codes that the
 * contract has for it, in time, and handles that go on.
 */
#include "ckpt_calls.h"
#include "fault.h"
#include "fixture_redis.h"

#include "base/clock.h"

TestSuite(away, .timeout = 110);

static const char *const keeps[] = {"--appendonly", "yes", "--appendfsync", "always",
                                    NULL};

/* No allocation fails here. */
_Thread_local int fault_paused;

bool fault_was_hit(void)
{
    return false;
}

void fault_arm(int nth)
{
    (void)nth;
}

static bool is_ok(unsigned int rc)
{
    return rc == (v.sa ? SA_AIS_OK : CL_OK);
}

static bool is_away(unsigned int rc)
{
    return rc == (v.sa ? SA_AIS_ERR_TRY_AGAIN : CL_CKPT_ERR_TRY_AGAIN) ||
           rc == (v.sa ? SA_AIS_ERR_TIMEOUT : CL_CKPT_ERR_TIMEOUT);
}

static void server_begin(struct redis *server, const char *const *args,
                         const char *limit_ms)
{
    redis_start(server, false, args);
    setenv("CLOVIS_REDIS_URL", server->url, 1);
    setenv("CLOVIS_OP_TIMEOUT_MS", limit_ms, 1);
    setenv("CLOVIS_LOG", "none", 1);
}

Test(away, no_server_at_all)
{
    static const struct variant both[] = {{"Cl", false, false}, {"SA", true, true}};
    ClHandleT svc_;
    int i;

    setenv("CLOVIS_REDIS_URL", "unix:///nowhere/at/all", 1);
    setenv("CLOVIS_OP_TIMEOUT_MS", "200", 1);
    setenv("CLOVIS_LOG", "none", 1);
    for (i = 0; i < 2; i++) {
        v = both[i];
        svc_ = 7;
        ROW("Initialize#3", t_init(&svc_, NULL, NULL), TRY_AGAIN);
        FACT("Initialize#3", svc_ == UINT64_MAX);
        ROW("Initialize#3", t_sync(1, 0), NOT_INITIALIZED);
    }
}

static const struct call *call_named(const char *name)
{
    size_t i = 0;

    while (strcmp(calls[i].call, name) != 0)
        cr_assert_lt(++i, n_calls);
    return &calls[i];
}

/* Four calls only, because each waits for its limit; which codes the others give for the
 * same cause is in test_ckpt_faults.c. */
Test(away, a_server_that_stands_still)
{
    static const struct {
        const char *call;
        struct variant as;
    } t[] = {
        {"Overwrite", {"Cl", false, false}},
        {"Read", {"SA B.02.02", true, true}},
        {"Open", {"SA B.01.01", true, false}},
        {"IterationInitialize", {"Cl", false, false}},
    };
    struct redis server;
    size_t i;

    server_begin(&server, NULL, "1000");
    v = t[0].as;
    calls_begin();
    redis_freeze(&server);
    for (i = 0; i < sizeof(t) / sizeof(*t); i++) {
        const int64_t begun = clv_now_ns();
        unsigned int rc;

        v = t[i].as;
        rc = call_named(t[i].call)->run();
        cr_expect(is_away(rc), "row StoreFault#1, %s, %s: 0x%x", v.name, t[i].call, rc);
        cr_expect_lt(clv_now_ns() - begun, 30 * CLV_NS_PER_S,
                     "row StoreFault#8, %s does not come back", t[i].call);
    }
    redis_thaw(&server);
    v = t[0].as;
    for (i = 0; i < 30 && !is_ok(put(h, "s", "again")); i++)
        ;
    cr_expect_lt(i, 30, "the handle does not go on");
    cr_expect_str_eq(content(h, "s"), "again");
    calls_end();
    redis_end(&server);
}

Test(away, a_handle_goes_on_after_a_restart_of_the_server)
{
    ClCkptSectionDescriptorT d;
    struct redis server;
    ClHandleT it;

    server_begin(&server, keeps, "30000");
    v = (struct variant){"Cl", false, false};
    calls_begin();
    OK(put(h, "s", "before"));
    OK(t_iter(h, CL_CKPT_SECTIONS_ANY, 0, &it));
    redis_kill(&server);
    redis_again(&server);
    cr_expect_str_eq(content(h, "s"), "before", "row Life#6");
    ROW_OK("Life#6", t_next(it, &d));
    free(d.sectionId.id);
    OK(t_iter_end(it));
    ROW_OK("Life#6", put(h, "s", "after"));
    ROW_OK("Life#6", add(h, "new", "x"));
    redis_kill(&server);
    redis_again(&server);
    cr_expect_str_eq(content(h, "s"), "after", "row Life#6");
    FACT("Life#6", count_chosen(h, CL_CKPT_SECTIONS_ANY, 0) == 3);
    calls_end();
    redis_end(&server);
}
