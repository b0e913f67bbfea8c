/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of a model: which there are, all or none of them, and an engine that goes on
 * under them as if nothing had happened. */
#include <stdio.h>
#include <string.h>

#include "amf/amf_overlay.h"
#include "amf_story.h"

static struct amf_overlay overlay;
static char why[400];

static void finish(struct world *w)
{
    amf_overlay_free(&overlay);
    world_end(w);
}

static json_t *parsed(const char *text)
{
    json_error_t error;
    json_t *o = json_loads(text, JSON_DECODE_ANY, &error);

    cr_assert_not_null(o, "%s: %s", text, error.text);
    return o;
}

static enum amf_change_result check(const struct world *w, const char *text)
{
    json_t *changes = parsed(text);
    const enum amf_change_result r = amf_change_check(&w->m, changes, why, sizeof(why));

    json_decref(changes);
    return r;
}

static enum amf_change_result commit(struct world *w, const char *text)
{
    json_t *changes = parsed(text);
    const enum amf_change_result r =
        amf_overlay_commit(&overlay, &w->m, &w->e, changes, why, sizeof(why));

    json_decref(changes);
    return r;
}

static bool is(const json_t *o, const char *text)
{
    json_t *want = parsed(text);
    const bool same = json_equal(o, want);

    json_decref(want);
    return same;
}

static uint64_t steps(const struct world *w)
{
    json_t *state = amf_engine_dump(w->e);
    const uint64_t n = (uint64_t)json_integer_value(json_object_get(state, "steps"));

    json_decref(state);
    return n;
}

/* ---- the table --------------------------------------------------------------- */

Test(change, what_may_be_set)
{
    static const struct {
        const char *change;
        enum amf_change_result want;
        const char *says;
    } rows[] = {
        /* clang-format off */
        { "[]", AMF_CHANGE_OK, "" },
        { "{}", AMF_CHANGE_MALFORMED, "expected a list of changes" },
        { "[7]", AMF_CHANGE_MALFORMED, "expected kind, name and what to set" },
        { "[{\"kind\":\"su\",\"name\":\"su1\"}]", AMF_CHANGE_MALFORMED, "expected kind, name and what to set" },
        { "[{\"kind\":\"app\",\"name\":\"su1\",\"set\":{}}]", AMF_CHANGE_MALFORMED, "expected kind, name and what to set" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{}}]", AMF_CHANGE_OK, "" },
        { "[{\"kind\":\"csi\",\"name\":\"csi1\",\"set\":{\"rank\":1}}]", AMF_CHANGE_FIXED, "csi csi1: rank cannot be changed while it is played" },
        { "[{\"kind\":\"su\",\"name\":\"su9\",\"set\":{\"rank\":1}}]", AMF_CHANGE_NO_ENTITY, "su su9: no such entity" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":0}}]", AMF_CHANGE_OK, "" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":2147483647}}]", AMF_CHANGE_OK, "" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":2147483648}}]", AMF_CHANGE_BAD_VALUE, "su su1: rank: expected a number from 0 to 2147483647" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":-1}}]", AMF_CHANGE_BAD_VALUE, "su su1: rank: expected a number from 0 to 2147483647" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":\"1\"}}]", AMF_CHANGE_BAD_VALUE, "su su1: rank: expected a number from 0 to 2147483647" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"restartable\":1}}]", AMF_CHANGE_BAD_VALUE, "su su1: restartable: expected true or false" },
        { "[{\"kind\":\"comp\",\"name\":\"comp1\",\"set\":{\"csi_set_ms\":0}}]", AMF_CHANGE_BAD_VALUE, "comp comp1: csi_set_ms: expected a number from 1 to 2147483647" },
        { "[{\"kind\":\"comp\",\"name\":\"comp1\",\"set\":{\"recovery\":7}}]", AMF_CHANGE_OK, "" },
        { "[{\"kind\":\"comp\",\"name\":\"comp1\",\"set\":{\"recovery\":21}}]", AMF_CHANGE_OK, "" },
        { "[{\"kind\":\"comp\",\"name\":\"comp1\",\"set\":{\"recovery\":8}}]", AMF_CHANGE_BAD_VALUE, "comp comp1: recovery: expected a known value from 1 to 22" },
        { "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":1}},{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"node\":1}}]", AMF_CHANGE_FIXED, "su su1: node cannot be changed while it is played" },
        /* clang-format on */
    };
    struct world *w = pair();

    world_begin(w);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        cr_expect_eq(check(w, rows[i].change), rows[i].want, "%s", rows[i].change);
        cr_expect_str_eq(why, rows[i].says, "%s", rows[i].change);
    }
    finish(w);
}

Test(change, the_undo_of_a_list_that_sets_something_twice)
{
    struct world *w = pair();
    json_t *all, *again, *undo, *changes;

    world_begin(w);
    all = amf_change_all(&w->m);
    changes = parsed("[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":5}},"
                     " {\"kind\":\"sg\",\"name\":\"sg1\",\"set\":{\"auto_adjust\":true}},"
                     " {\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":6}}]");
    undo = amf_change_set(&w->m, changes);
    cr_expect_eq(w->m.sus[0].rank, 6);
    cr_expect(w->m.sgs[0].auto_adjust);
    json_decref(amf_change_set(&w->m, undo));
    again = amf_change_all(&w->m);
    cr_expect(json_equal(all, again));
    json_decref(all);
    json_decref(again);
    json_decref(undo);
    json_decref(changes);
    finish(w);
}

Test(change, all_that_can_change_is_listed_and_may_be_set)
{
    struct world *w = pair();
    json_t *all;

    world_begin(w);
    all = amf_change_all(&w->m);
    cr_expect_eq(json_array_size(all), 2 + 1 + 2 + 2 + 1, "nodes, SG, SUs, comps, SI");
    cr_expect_eq(amf_change_check(&w->m, all, why, sizeof(why)), AMF_CHANGE_OK, "%s",
                 why);
    json_decref(all);
    finish(w);
}

Test(change, later_changes_take_the_place_of_earlier_ones)
{
    json_t *one = parsed("[{\"kind\":\"su\",\"name\":\"a\",\"set\":{\"rank\":1}}]");
    json_t *two = parsed("[{\"kind\":\"su\",\"name\":\"a\",\"set\":{\"rank\":2,"
                         "\"restartable\":true}},"
                         " {\"kind\":\"si\",\"name\":\"a\",\"set\":{\"rank\":3}}]");

    amf_change_merge(one, two);
    cr_expect(is(one, "[{\"kind\":\"su\",\"name\":\"a\",\"set\":{\"rank\":2,"
                      "\"restartable\":true}},"
                      " {\"kind\":\"si\",\"name\":\"a\",\"set\":{\"rank\":3}}]"));
    json_decref(one);
    json_decref(two);
}

/* ---- the overlay ------------------------------------------------------------- */

Test(change, other_changes_take_the_place_of_those_that_were_there)
{
    struct world *w = pair();
    json_t *other = parsed("[{\"kind\":\"si\",\"name\":\"si1\",\"set\":{\"rank\":7}}]");
    json_t *bad = parsed("[{\"kind\":\"si\",\"name\":\"si1\",\"set\":{\"rank\":-7}}]");
    uint32_t rank;

    world_begin(w);
    rank = w->m.sus[0].rank;
    cr_assert_eq(commit(w, "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":5}}]"),
                 AMF_CHANGE_OK);
    cr_expect_eq(w->m.sus[0].rank, 5);
    cr_expect(amf_overlay_replace(&overlay, &w->m, other));
    cr_expect_eq(w->m.sus[0].rank, rank, "as in the files");
    cr_expect_eq(w->m.sis[0].rank, 7);
    cr_expect(json_equal(overlay.changes, other));
    cr_expect_not(amf_overlay_replace(&overlay, &w->m, bad));
    cr_expect_eq(w->m.sis[0].rank, 7, "nothing is changed");
    cr_expect(json_equal(overlay.changes, other));
    cr_expect(amf_overlay_replace(&overlay, &w->m, NULL));
    cr_expect_neq(w->m.sis[0].rank, 7);
    cr_expect_null(overlay.changes);
    json_decref(other);
    json_decref(bad);
    finish(w);
}

/* ---- an engine goes on under changes ------------------------------------------- */

Test(change, nothing_is_done_and_nothing_is_forgotten)
{
    struct world *w = pair();
    uint64_t before;

    settled(w, false);
    before = steps(w);
    cr_assert_eq(commit(w, "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":5}}]"),
                 AMF_CHANGE_OK);
    cr_expect_eq(steps(w), before, "the counter goes on");
    world_run(w, 20000);
    story_is(w, "");
    world_crash(w, 0);
    world_run(w, 20100);
    cr_expect_eq(steps(w) > before, true);
    finish(w);
}

/* comp1 is active: it cannot be allowed no active CSI. */
Test(change, what_does_not_fit_is_rolled_back)
{
    struct world *w = pair();
    const struct amf_engine *engine;
    json_t *model, *state, *now;

    settled(w, false);
    engine = w->e;
    model = amf_change_all(&w->m);
    state = amf_engine_dump(w->e);
    cr_expect_eq(
        commit(w, "[{\"kind\":\"su\",\"name\":\"su1\",\"set\":{\"rank\":5}},"
                  " {\"kind\":\"comp\",\"name\":\"comp1\",\"set\":{\"max_active\":0}}]"),
        AMF_CHANGE_UNFIT);
    cr_expect_str_eq(why, "what is assigned does not fit these changes");
    cr_expect_eq(w->e, engine, "the engine that there was goes on");
    cr_expect_null(overlay.changes);
    now = amf_change_all(&w->m);
    cr_expect(json_equal(model, now), "the model is as it was");
    json_decref(now);
    now = amf_engine_dump(w->e);
    cr_expect(json_equal(state, now), "and so is the engine");
    json_decref(now);
    json_decref(model);
    json_decref(state);
    world_crash(w, 0);
    world_run(w, 10000);
    cr_expect_null(w->broken, "and it can go on: %s", w->broken);
    finish(w);
}

/* The set that was sent 1.5 s before the commit times out when it would have done. */
Test(change, what_is_in_flight_comes_due_as_before)
{
    struct world *w = pair();
    char *expected;

    for (int committed = 0; committed < 2; committed++) {
        if (committed)
            w = pair();
        for (size_t i = 0; i < w->m.n_comps; i++)
            w->m.comps[i].recovery_on_timeout = AMF_REC_COMP_FAILOVER;
        w->m.comps[0].csi_set_ms = 5000;
        world_begin(w);
        w->comp[0].answer_ms = -1;
        world_nodes_up(w);
        world_run(w, 6500);
        if (committed)
            cr_assert_eq(
                commit(w, "[{\"kind\":\"su\",\"name\":\"su2\",\"set\":{\"rank\":9}}]"),
                AMF_CHANGE_OK, "%s", why);
        world_run(w, 40000);
        if (committed) {
            story_is(w, expected);
            free(expected);
        } else {
            expected = strdup(world_story(w));
            cr_expect(strstr(expected, "kill comp1"), "%s", expected);
        }
        finish(w);
    }
}

/* An answer to what was asked before the commit is still an answer. */
Test(change, an_answer_that_is_under_way_is_understood)
{
    struct world *w = pair();

    w->m.comps[0].csi_set_ms = 5000;
    world_begin(w);
    w->comp[0].answer_ms = 3000;
    world_nodes_up(w);
    world_run(w, 6500);
    cr_assert_eq(commit(w, "[{\"kind\":\"comp\",\"name\":\"comp1\","
                           "\"set\":{\"csi_set_ms\":1}}]"),
                 AMF_CHANGE_OK, "%s", why);
    world_run(w, 10000);
    cr_expect_eq(amf_engine_ha(w->e, 0, 0), AMF_HA_ACTIVE);
    cr_expect_null(strstr(world_story(w), "kill"), "the time-out is armed already");
    finish(w);
}
