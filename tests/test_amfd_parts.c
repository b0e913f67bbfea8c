/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_health.h"
#include "amf/amf_pending.h"
#include "amf/amf_pg.h"
#include "amf/amf_process.h"
#include "amf/amf_state_file.h"
#include "amf/amf_timers.h"

/* ---- timers ------------------------------------------------------------------------ */

Test(timers, the_earliest_comes_first_and_only_when_it_is_due)
{
    struct amf_timers t = {0};
    uint64_t id = 0;

    cr_assert_eq(amf_timers_next_ms(&t), AMF_TIMERS_NONE);
    amf_timers_set(&t, 7, 300);
    amf_timers_set(&t, 8, 100);
    amf_timers_set(&t, 9, 100);
    cr_assert_eq(amf_timers_next_ms(&t), 100);
    cr_assert(!amf_timers_take(&t, 99, &id));
    cr_assert(amf_timers_take(&t, 300, &id) && id == 8, "id %d", (int)id);
    cr_assert(amf_timers_take(&t, 300, &id) && id == 9, "id %d", (int)id);
    cr_assert(amf_timers_take(&t, 300, &id) && id == 7, "id %d", (int)id);
    cr_assert(!amf_timers_take(&t, 300, &id));
    amf_timers_free(&t);
}

Test(timers, setting_again_moves_and_cancelling_the_unknown_is_harmless)
{
    struct amf_timers t = {0};

    amf_timers_set(&t, 7, 300);
    amf_timers_set(&t, 7, 50);
    cr_expect_eq(t.n, 1);
    cr_expect_eq(amf_timers_next_ms(&t), 50);
    amf_timers_cancel(&t, 99);
    amf_timers_cancel(&t, 7);
    cr_expect_eq(t.n, 0);
    amf_timers_free(&t);
}

/* ---- health -------------------------------------------------------------------------
 */

static const struct amf_comp slow = {.health_period_ms = 6000, .health_max_ms = 15000};
static const struct amf_comp hasty = {.health_period_ms = 10, .health_max_ms = 10};

Test(health, periods_below_the_legacy_minimum_are_raised)
{
    static const struct {
        uint32_t period, max;
        int64_t want_period, want_max;
    } rows[] = {
        {10, 10, 5000, 10000},
        {5000, 0, 5000, 10000},
        {8000, 10000, 8000, 16000},
        {30000, 90000, 30000, 90000},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct amf_comp c = {.health_period_ms = rows[i].period,
                                   .health_max_ms = rows[i].max};
        struct amf_health h = {0};

        amf_health_start(&h, &c, 0, AMF_HEALTH_AMF_INVOKED, AMF_REC_COMP_RESTART, "k", 0);
        cr_expect_eq(h.at[0].period_ms, rows[i].want_period, "row %zu", i);
        cr_expect_eq(h.at[0].max_ms, rows[i].want_max, "row %zu", i);
        amf_health_free(&h);
    }
}

Test(health, a_second_start_is_ignored)
{
    struct amf_health h = {0};

    cr_expect_eq(amf_health_start(&h, &slow, 3, AMF_HEALTH_AMF_INVOKED,
                                  AMF_REC_COMP_RESTART, "a", 0),
                 AMF_HEALTH_OK);
    cr_expect_eq(amf_health_start(&h, &slow, 3, AMF_HEALTH_CLIENT_INVOKED,
                                  AMF_REC_NODE_FAILOVER, "b", 1),
                 AMF_HEALTH_IGNORED);
    cr_expect_eq(h.at[0].recovery, AMF_REC_COMP_RESTART);
    amf_health_free(&h);
}

Test(health, an_unanswered_call_is_a_fault_after_the_maximum_and_is_not_repeated)
{
    struct amf_health h = {0};
    struct amf_health_check c;

    amf_health_start(&h, &slow, 3, AMF_HEALTH_AMF_INVOKED, AMF_REC_COMP_RESTART, "key",
                     1000);
    cr_expect_eq(amf_health_next_ms(&h), 7000);
    cr_expect_eq(amf_health_take(&h, 6999, &c), AMF_HEALTH_NOTHING);
    cr_expect_eq(amf_health_take(&h, 7000, &c), AMF_HEALTH_CALL);
    cr_expect_str_eq(c.key, "key");
    cr_expect_eq(amf_health_take(&h, 13000, &c), AMF_HEALTH_NOTHING); /* no second call */
    cr_expect_eq(amf_health_take(&h, 19000, &c), AMF_HEALTH_NOTHING);
    cr_expect_eq(amf_health_next_ms(&h), 22000);
    cr_expect_eq(amf_health_take(&h, 22000, &c), AMF_HEALTH_FAILED);
    cr_expect_eq(c.comp, 3);
    cr_expect_eq(c.recovery, AMF_REC_COMP_RESTART);
    cr_expect_eq(amf_health_next_ms(&h), INT64_MAX, "the check has ended");
    amf_health_free(&h);
}

Test(health, an_answer_keeps_it_going_and_a_bad_one_ends_it)
{
    struct amf_health h = {0};
    struct amf_health_check c;
    enum amf_recovery r = AMF_REC_NONE;

    amf_health_start(&h, &hasty, 3, AMF_HEALTH_AMF_INVOKED, AMF_REC_COMP_FAILOVER, "key",
                     0);
    cr_expect_eq(amf_health_answer(&h, 3, true, &r), AMF_HEALTH_IGNORED,
                 "nothing was asked");
    cr_expect_eq(amf_health_take(&h, 5000, &c), AMF_HEALTH_CALL);
    cr_expect_eq(amf_health_answer(&h, 3, true, &r), AMF_HEALTH_OK);
    cr_expect_eq(amf_health_take(&h, 10000, &c), AMF_HEALTH_CALL);
    cr_expect_eq(amf_health_answer(&h, 3, false, &r), AMF_HEALTH_FAULT);
    cr_expect_eq(r, AMF_REC_COMP_FAILOVER);
    cr_expect_eq(h.n, 0);
    amf_health_free(&h);
}

Test(health, the_client_has_to_confirm_once_in_each_period)
{
    struct amf_health h = {0};
    struct amf_health_check c;
    enum amf_recovery r;

    amf_health_start(&h, &hasty, 3, AMF_HEALTH_CLIENT_INVOKED, AMF_REC_COMP_RESTART,
                     "key", 0);
    cr_expect_eq(amf_health_confirm(&h, 3, true, &r), AMF_HEALTH_OK);
    cr_expect_eq(amf_health_take(&h, 5000, &c), AMF_HEALTH_NOTHING);
    cr_expect_eq(amf_health_take(&h, 9999, &c), AMF_HEALTH_NOTHING);
    cr_expect_eq(amf_health_take(&h, 10000, &c), AMF_HEALTH_FAILED,
                 "none in the second one");
    cr_expect_eq(amf_health_confirm(&h, 3, true, &r), AMF_HEALTH_IGNORED);
    amf_health_free(&h);
}

/* ---- pending calls -------------------------------------------------------------------
 */

Test(pending, calls_go_with_the_one_who_was_asked)
{
    static const struct amf_pending_call calls[] = {
        {.invocation = 1, .kind = AMF_CALL_CSISET, .comp = 4, .asked = 4},
        {.invocation = 2, .kind = AMF_CALL_TERMINATE, .comp = 5, .asked = 4},
        {.invocation = 3, .kind = AMF_CALL_HEALTH, .comp = 6, .asked = 6},
    };
    struct amf_pending p = {0};
    size_t i;

    for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
        amf_pending_add(&p, &calls[i]);
    cr_expect_eq(amf_pending_operations(&p), 2);
    cr_assert_not_null(amf_pending_find(&p, 2));
    cr_expect_eq(amf_pending_find(&p, 2)->comp, 5);
    amf_pending_drop_comp(&p, 4);
    cr_expect_eq(p.n, 1);
    cr_expect_null(amf_pending_find(&p, 2));
    amf_pending_drop(&p, 3);
    amf_pending_drop(&p, 3);
    cr_expect_eq(p.n, 0);
    amf_pending_free(&p);
}

/* ---- protection groups ----------------------------------------------------------------
 */

Test(pg, flags_add_up_and_the_two_kinds_of_changes_do_not_mix)
{
    static const struct {
        unsigned first, second, want;
        bool ok;
    } rows[] = {
        {AMF_PG_CURRENT, 0, 0, true},
        {AMF_PG_CHANGES, AMF_PG_CURRENT, AMF_PG_CHANGES, true},
        {AMF_PG_CURRENT, AMF_PG_CHANGES_ONLY, AMF_PG_CHANGES_ONLY, true},
        {AMF_PG_CHANGES, AMF_PG_CHANGES_ONLY, AMF_PG_CHANGES, false},
        {AMF_PG_CHANGES_ONLY, AMF_PG_CHANGES | AMF_PG_CURRENT, AMF_PG_CHANGES_ONLY,
         false},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct amf_pg pg = {0};
        int who;

        cr_expect(amf_pg_track(&pg, &who, 1, rows[i].first), "row %zu", i);
        cr_expect_eq(amf_pg_track(&pg, &who, 1, rows[i].second), rows[i].ok, "row %zu",
                     i);
        cr_expect_eq(pg.n ? pg.at[0].flags : 0, rows[i].want, "row %zu", i);
        cr_expect_eq(pg.n, rows[i].want ? 1 : 0, "row %zu", i);
        amf_pg_free(&pg);
    }
}

Test(pg, stopping_and_leaving_forget)
{
    struct amf_pg pg = {0};
    int a, b;

    amf_pg_track(&pg, &a, 1, AMF_PG_CHANGES);
    amf_pg_track(&pg, &a, 2, AMF_PG_CHANGES);
    amf_pg_track(&pg, &b, 1, AMF_PG_CHANGES);
    cr_expect(amf_pg_stop(&pg, &b, 1));
    cr_expect(!amf_pg_stop(&pg, &b, 1));
    amf_pg_forget(&pg, &a);
    cr_expect_eq(pg.n, 0);
    amf_pg_free(&pg);
}

/* ---- the state file ------------------------------------------------------ */

static void temporary(char *path, size_t size)
{
    const char *tmp = getenv("TMPDIR");

    snprintf(path, size, "%s/state.%d", tmp ? tmp : "/tmp", (int)getpid());
    unlink(path);
}

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    fputs(text, f);
    fclose(f);
}

Test(state_file, what_is_written_comes_back)
{
    json_t *state = json_pack("{s:i, s:s}", "version", AMF_STATE_VERSION, "epoch", "x");
    char path[300], why[200];
    char *text = json_dumps(state, JSON_COMPACT);
    json_t *back;

    temporary(path, sizeof(path));
    cr_assert_null(amf_state_read(path, why, sizeof(why)));
    cr_assert_str_eq(why, "", "no file is no error");
    cr_assert(amf_state_write(path, text));
    back = amf_state_read(path, why, sizeof(why));
    cr_assert(json_equal(state, back), "%s", why);
    cr_assert(!amf_state_write("/no/such/directory/state", text));
    free(text);
    json_decref(state);
    json_decref(back);
    unlink(path);
}

Test(state_file, what_is_damaged_is_refused_with_its_name)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", ":1:"},
        {"{\"version\":1", ":1:"},
        {"{}", "not a state of version 1"},
        {"{\"version\":99}", "not a state of version 1"},
        {"[1]", "not a state of version 1"},
    };
    char path[300], why[200];
    size_t i;

    temporary(path, sizeof(path));
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        put(path, rows[i].text);
        cr_expect_null(amf_state_read(path, why, sizeof(why)), "row %zu", i);
        cr_expect(strstr(why, rows[i].want) && strstr(why, path), "row %zu: %s", i, why);
    }
    unlink(path);
}

Test(state_file, the_fingerprint_follows_the_files)
{
    char path[300];
    char *files[] = {path, NULL};
    const struct amf_model m = {.files = files};
    uint64_t first;

    temporary(path, sizeof(path));
    put(path, "one");
    first = amf_model_fingerprint(&m);
    cr_expect_neq(first, 0);
    cr_expect_eq(amf_model_fingerprint(&m), first);
    put(path, "two");
    cr_expect_neq(amf_model_fingerprint(&m), first);
    unlink(path);
    cr_expect_eq(amf_model_fingerprint(&m), 0);
}

/* ---- processes ----------------------------------------------------------- */

Test(process, the_start_tells_one_process_from_another)
{
    uint64_t mine = 0, again = 0, init = 0;

    cr_assert(amf_process_start(getpid(), &mine));
    cr_assert(amf_process_start(getpid(), &again));
    cr_expect_eq(mine, again);
    cr_assert(amf_process_start(getppid(), &init));
    cr_expect(init <= mine);
    cr_expect(!amf_process_start(0x3ffffff, &again));
}
