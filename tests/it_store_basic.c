/* SPDX-License-Identifier: Apache-2.0 */
/* The store against a real Redis: checkpoints and sections, one process. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_store.h"

TestSuite(store, .timeout = 60);

Test(store, a_new_checkpoint_is_empty_and_known_by_its_name)
{
    struct store_ckpt_status status;
    struct store_ckpt *c;

    fixture_store_start(NULL);
    c = ckpt_make("orders");
    cr_expect(clv_bytes_equal(store_ckpt_name(c), bytes("orders")));
    cr_expect_eq(store_ckpt_attrs(c)->max_sections, 10);
    cr_expect_eq(store_ckpt_status(c, &status, soon()), STORE_OK);
    cr_expect_eq(status.n_sections, 0);
    cr_expect_eq(status.bytes_used, 0);
    cr_expect_eq(status.retention_ns, 3600 * CLV_NS_PER_S);
    cr_expect_eq(redis_int(&server, "SISMEMBER clovis:names orders"), 1);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    fixture_store_end();
}

Test(store, opening_compares_the_attributes_with_those_of_the_instance)
{
    /* clang-format off */
    static const struct {
        const char *what;
        struct store_attrs attrs;
        bool ignore_retention;
        enum store_status want;
    } rows[] = {
        { "equal",              { 2, 10, 1000, 3600000000000, 100, 20 }, false, STORE_OK },
        { "flags",              { 1, 10, 1000, 3600000000000, 100, 20 }, false, STORE_DIFFERS },
        { "sections",           { 2, 11, 1000, 3600000000000, 100, 20 }, false, STORE_DIFFERS },
        { "size",               { 2, 10, 1001, 3600000000000, 100, 20 }, false, STORE_DIFFERS },
        { "retention",          { 2, 10, 1000, 3600000000001, 100, 20 }, false, STORE_DIFFERS },
        { "retention, ignored", { 2, 10, 1000, 3600000000001, 100, 20 }, true,  STORE_OK },
        { "section size",       { 2, 10, 1000, 3600000000000, 101, 20 }, false, STORE_DIFFERS },
        { "id size",            { 2, 10, 1000, 3600000000000, 100, 21 }, false, STORE_DIFFERS },
    };
    /* clang-format on */
    struct store_ckpt *first, *again;
    size_t i;

    fixture_store_start(NULL);
    first = ckpt_make("c");
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct store_open_how how = {.create = &rows[i].attrs,
                                           .ignore_retention = rows[i].ignore_retention};
        const enum store_status st = store_ckpt_open(bytes("c"), &how, soon(), &again);

        cr_expect_eq(st, rows[i].want, "%s: %s", rows[i].what, store_status_text(st));
        if (st == STORE_OK)
            store_ckpt_close(again, soon());
    }
    store_ckpt_close(first, soon());
    fixture_store_end();
}

Test(store, what_was_not_created_cannot_be_opened)
{
    const struct store_open_how how = {0};
    struct store_ckpt *c;

    fixture_store_start(NULL);
    cr_expect_eq(store_ckpt_open(bytes("nobody"), &how, soon(), &c), STORE_ABSENT);
    cr_expect_eq(store_ckpt_unlink(bytes("nobody"), soon()), STORE_ABSENT);
    fixture_store_end();
}

Test(store, any_bytes_make_a_name)
{
    static const char odd[] = "a{b}%\0 \xff\n*";
    const struct clv_bytes names[] = {
        {"", 0}, {odd, sizeof(odd)}, {odd, sizeof(odd) - 1}, {"%00", 3}, {"\0", 1},
    };
    const size_t n = sizeof(names) / sizeof(*names);
    struct store_ckpt *c[5];
    char back[16];
    size_t i;

    fixture_store_start(NULL);
    for (i = 0; i < n; i++) {
        const struct store_open_how how = {.create = &plain};

        cr_assert_eq(store_ckpt_open(names[i], &how, soon(), &c[i]), STORE_OK, "row %zu",
                     i);
        cr_assert_eq(create(c[i], "s", (const char *[]){"0", "1", "2", "3", "4"}[i]),
                     STORE_OK, "row %zu", i);
    }
    for (i = 0; i < n; i++) {
        cr_expect_eq(read_text(c[i], "s", back, sizeof(back)), STORE_OK, "row %zu", i);
        cr_expect_eq(back[0], '0' + (char)i, "row %zu: %s", i, back);
        store_ckpt_close(c[i], soon());
    }
    fixture_store_end();
}

Test(store, sections_are_created_written_read_and_deleted)
{
    struct store_ckpt_status status;
    struct store_ckpt *c;
    char back[64];

    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_expect_eq(create(c, "a", "one"), STORE_OK);
    cr_expect_eq(create(c, "a", "two"), STORE_EXISTS);
    cr_expect_eq(read_text(c, "a", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "one");
    cr_expect_eq(store_section_write(c, bytes("a"), bytes("three"), soon()), STORE_OK);
    cr_expect_eq(read_text(c, "a", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "three");
    cr_expect_eq(store_section_check(c, bytes("a"), soon()), STORE_OK);
    cr_expect_eq(store_ckpt_status(c, &status, soon()), STORE_OK);
    cr_expect_eq(status.n_sections, 1);
    cr_expect_eq(status.bytes_used, 5);
    cr_expect_eq(store_section_delete(c, bytes("a"), soon()), STORE_OK);
    cr_expect_eq(store_section_delete(c, bytes("a"), soon()), STORE_ABSENT);
    cr_expect_eq(store_section_check(c, bytes("a"), soon()), STORE_ABSENT);
    cr_expect_eq(read_text(c, "a", back, sizeof(back)), STORE_ABSENT);
    cr_expect_eq(store_section_write(c, bytes("a"), bytes("x"), soon()), STORE_ABSENT);
    cr_expect_eq(store_section_expire(c, bytes("a"), never, soon()), STORE_ABSENT);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, a_write_to_an_absent_section_leaves_nothing_behind)
{
    struct store_ckpt *c;
    char back[64];

    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_expect_eq(store_section_write(c, bytes("a"), bytes("stray"), soon()),
                 STORE_ABSENT);
    cr_expect_eq(data_fields("c"), 1, "only the writer's number");
    cr_expect_eq(create(c, "a", ""), STORE_OK);
    cr_expect_eq(read_text(c, "a", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, section_ids_are_bytes_with_a_length)
{
    static const struct clv_bytes ids[] = {{"a", 1}, {"a", 2}, {"\0", 1}, {"a\r\nb", 4}};
    struct store_ckpt *c;
    size_t i, n = sizeof(ids) / sizeof(*ids);

    fixture_store_start(NULL);
    c = ckpt_make("c");
    for (i = 0; i < n; i++)
        cr_expect_eq(store_section_create(c, ids[i], never,
                                          (struct clv_bytes){&"0123"[i], 1}, NULL,
                                          soon()),
                     STORE_OK, "row %zu", i);
    for (i = 0; i < n; i++) {
        char back[2] = "";
        struct store_read r = {.id = ids[i], .buffer = back, .size = 1};
        uint32_t bad;

        cr_expect_eq(store_read(c, &r, 1, &bad, soon()), STORE_OK, "row %zu", i);
        cr_expect_eq(back[0], "0123"[i], "row %zu", i);
    }
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, exists_goes_before_full_goes_before_past)
{
    static const struct store_when past = {false, 1000000000};
    struct store_attrs two = plain;
    struct store_ckpt *c;

    fixture_store_start(NULL);
    two.max_sections = 2;
    c = ckpt_make_with("c", &two);
    cr_expect_eq(create_until(c, "a", past), STORE_PAST);
    cr_expect_eq(create_until(c, "a", (struct store_when){false, 0}), STORE_PAST);
    cr_expect_eq(create(c, "a", "1"), STORE_OK);
    cr_expect_eq(create(c, "b", "2"), STORE_OK);
    cr_expect_eq(create_until(c, "c", past), STORE_FULL);
    cr_expect_eq(create_until(c, "a", past), STORE_EXISTS);
    cr_expect_eq(store_section_delete(c, bytes("a"), soon()), STORE_OK);
    cr_expect_eq(create_until(c, "c", (struct store_when){false, clv_wall_ns()}),
                 STORE_OK, "the same second is not the past");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, generated_ids_count_from_zero_and_count_failures)
{
    struct store_attrs two = plain;
    char id[STORE_GENERATED_ID_MAX];
    struct store_ckpt *c;

    fixture_store_start(NULL);
    two.max_sections = 2;
    c = ckpt_make_with("c", &two);
    cr_expect_eq(generate(c, id), STORE_OK);
    cr_expect_str_eq(id, "generatedSection0");
    cr_expect_eq(store_section_check(c, (struct clv_bytes){id, strlen(id) + 1}, soon()),
                 STORE_OK);
    cr_expect_eq(generate(c, id), STORE_OK);
    cr_expect_str_eq(id, "generatedSection1");
    cr_expect_eq(store_section_delete(c, (struct clv_bytes){id, strlen(id) + 1}, soon()),
                 STORE_OK);
    cr_expect_eq(create(c, "mine", ""), STORE_OK);
    cr_expect_eq(generate(c, id), STORE_FULL);
    cr_expect_eq(store_section_delete(c, bytes("mine"), soon()), STORE_OK);
    cr_expect_eq(generate(c, id), STORE_OK);
    cr_expect_str_eq(id, "generatedSection3");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, the_default_section_is_there_and_is_not_counted)
{
    const struct store_open_how how = {.create = &plain, .default_section = true};
    struct store_ckpt_status status;
    struct store_ckpt *c;
    char back[16];

    fixture_store_start(NULL);
    cr_assert_eq(store_ckpt_open(bytes("c"), &how, soon(), &c), STORE_OK);
    cr_expect_eq(read_text(c, "", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "");
    cr_expect_eq(store_section_write(c, bytes(""), bytes("12345"), soon()), STORE_OK);
    cr_expect_eq(read_text(c, "", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "12345");
    cr_expect_eq(store_ckpt_status(c, &status, soon()), STORE_OK);
    cr_expect_eq(status.n_sections, 0);
    cr_expect_eq(status.bytes_used, 5);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, an_unlinked_checkpoint_lives_until_its_last_close)
{
    struct store_ckpt *old, *fresh;
    char back[16];

    fixture_store_start(NULL);
    old = ckpt_make("c");
    cr_expect_eq(create(old, "s", "old"), STORE_OK);
    cr_expect_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_OK);
    cr_expect_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_ABSENT);
    cr_expect_eq(store_ckpt_retention_set(old, 5, soon()), STORE_UNLINKED);
    fresh = ckpt_make("c");
    cr_expect_eq(create(fresh, "s", "new"), STORE_OK);
    cr_expect_eq(read_text(old, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "old");
    cr_expect_eq(store_ckpt_close(old, soon()), STORE_OK);
    cr_expect_eq(read_text(fresh, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "new");
    cr_expect_eq(store_ckpt_close(fresh, soon()), STORE_OK);
    cr_expect_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_OK);
    cr_expect_eq(keys_left(), 0);
    fixture_store_end();
}

Test(store, the_last_close_decides_by_retention)
{
    /* clang-format off */
    static const struct {
        int64_t retention_ns;
        bool discard, stays;
    } rows[] = {
        { 0,                    false, false },
        { -1,                   false, false },
        { 999999,               false, false },
        { STORE_TIME_END,       false, true },
        { STORE_TIME_END,       true,  false },
        { 3600 * CLV_NS_PER_S,  false, true },
        { 3600 * CLV_NS_PER_S,  true,  false },
    };
    /* clang-format on */
    size_t i;

    fixture_store_start(NULL);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct store_attrs a = plain;
        const struct store_open_how how = {.create = &a, .discard = rows[i].discard};
        const struct store_open_how look = {0};
        struct store_ckpt *c, *second, *again;
        enum store_status st;
        char back[16];

        a.retention_ns = rows[i].retention_ns;
        cr_assert_eq(store_ckpt_open(bytes("c"), &how, soon(), &c), STORE_OK, "row %zu",
                     i);
        cr_assert_eq(store_ckpt_open(bytes("c"), &how, soon(), &second), STORE_OK,
                     "row %zu", i);
        cr_expect_eq(create(c, "s", "kept"), STORE_OK, "row %zu", i);
        cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK, "row %zu", i);
        cr_expect_eq(read_text(second, "s", back, sizeof(back)), STORE_OK, "row %zu", i);
        cr_expect_eq(store_ckpt_close(second, soon()), STORE_OK, "row %zu", i);
        st = store_ckpt_open(bytes("c"), &look, soon(), &again);
        cr_expect_eq(st, rows[i].stays ? STORE_OK : STORE_ABSENT, "row %zu", i);
        if (st == STORE_OK) {
            cr_expect_eq(read_text(again, "s", back, sizeof(back)), STORE_OK, "row %zu",
                         i);
            cr_expect_str_eq(back, "kept", "row %zu", i);
            cr_expect_eq(data_ttl("c"), -1, "row %zu: open, so no TTL", i);
            store_ckpt_close(again, soon());
            store_ckpt_unlink(bytes("c"), soon());
        }
        cr_expect_eq(keys_left(), 0, "row %zu", i);
    }
    fixture_store_end();
}

static bool cannot_be_opened(void *arg)
{
    const struct store_open_how look = {0};
    struct store_ckpt *c;

    (void)arg;
    if (store_ckpt_open(bytes("c"), &look, soon(), &c) == STORE_ABSENT)
        return true;
    store_ckpt_close(c, soon());
    return false;
}

Test(store, a_retention_that_has_passed_removes_the_checkpoint)
{
    struct store_attrs a = plain;
    struct store_ckpt *c;

    fixture_store_start(NULL);
    a.retention_ns = 2 * CLV_NS_PER_MS;
    c = ckpt_make_with("c", &a);
    store_ckpt_close(c, soon());
    cr_expect(wait_for(cannot_be_opened, NULL, 5000));
    cr_expect_eq(keys_left(), 0, "the look removed it, before the TTL did");
    fixture_store_end();
}

Test(store, retention_is_compared_with_its_current_value)
{
    struct store_attrs a = plain;
    struct store_open_how how = {.create = &a};
    struct store_ckpt *c, *d;

    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_expect_eq(store_ckpt_retention_set(c, 77, soon()), STORE_OK);
    cr_expect_eq(store_ckpt_open(bytes("c"), &how, soon(), &d), STORE_DIFFERS);
    a.retention_ns = 77;
    cr_expect_eq(store_ckpt_open(bytes("c"), &how, soon(), &d), STORE_OK);
    store_ckpt_close(c, soon());
    store_ckpt_close(d, soon());
    cr_expect_eq(keys_left(), 0);
    fixture_store_end();
}

Test(store, the_active_replica_is_unset_until_somebody_takes_it)
{
    const struct store_open_how look = {0};
    struct store_ckpt *c, *d;

    setenv("ASP_NODENAME", "nodeA", 1);
    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_assert_eq(store_ckpt_open(bytes("c"), &look, soon(), &d), STORE_OK);
    cr_expect_eq(store_ckpt_active_check(c, soon()), STORE_NO_ACTIVE);
    cr_expect_eq(store_ckpt_active_set(d, soon()), STORE_OK);
    cr_expect_eq(store_ckpt_active_check(c, soon()), STORE_OK);
    cr_expect_eq(store_ckpt_active_set(c, soon()), STORE_OK);
    store_ckpt_close(c, soon());
    store_ckpt_close(d, soon());
    fixture_store_end();
}

Test(store, expiry_is_decided_at_the_next_look)
{
    static const struct store_when soon_over = {true, 1000}, past = {false, 1000};
    struct store_when later = {true, 3600 * CLV_NS_PER_S};
    struct store_ckpt_status status;
    struct store_ckpt *c;
    char back[16];

    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_expect_eq(create_until(c, "a", later), STORE_OK);
    cr_expect_eq(store_section_write(c, bytes("a"), bytes("x"), soon()), STORE_OK);
    cr_expect_eq(read_text(c, "a", back, sizeof(back)), STORE_OK);
    cr_expect_eq(store_section_expire(c, bytes("a"), soon_over, soon()), STORE_OK);
    cr_expect_eq(store_section_write(c, bytes("a"), bytes("x"), soon()), STORE_ABSENT);
    cr_expect_eq(create_until(c, "a", later), STORE_OK);
    cr_expect_eq(store_section_expire(c, bytes("a"), past, soon()), STORE_OK);
    cr_expect_eq(read_text(c, "a", back, sizeof(back)), STORE_ABSENT);
    cr_expect_eq(create_until(c, "a", soon_over), STORE_OK);
    cr_expect_eq(store_ckpt_status(c, &status, soon()), STORE_OK);
    cr_expect_eq(status.n_sections, 0, "expired, though nobody swept it");
    cr_expect_eq(create_until(c, "a", later), STORE_OK);
    cr_expect_eq(store_section_expire(c, bytes("a"), never, soon()), STORE_OK);
    cr_expect_eq(store_section_check(c, bytes("a"), soon()), STORE_OK);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, synchronize_makes_a_round_trip)
{
    struct store_ckpt *c;

    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_expect_eq(store_ckpt_sync(c, soon()), STORE_OK);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(store, a_clean_end_leaves_only_what_is_retained)
{
    struct store_ckpt *c;

    fixture_store_start(NULL);
    c = ckpt_make("c");
    create(c, "s", "x");
    store_stop();
    cr_expect_eq(redis_int(&server, "HLEN clovis:{c:c}:%s:open", instance_of("c")), 0);
    cr_expect_gt(data_ttl("c"), 3500000);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_AWAY,
                 "only the memory is left to free");
    redis_end(&server);
}

Test(store, an_iteration_of_many_sections_shows_each_once)
{
    enum { MANY = 5000 }; /* more than come with one answer */
    static bool seen[MANY];
    struct store_attrs attrs = plain;
    struct store_section_info info;
    struct store_iter *it;
    struct store_ckpt *c;
    unsigned long at;
    char id[16];
    int i, n = 0;

    fixture_store_start(NULL);
    attrs.max_sections = MANY;
    c = ckpt_make_with("c", &attrs);
    for (i = 0; i < MANY; i++) {
        snprintf(id, sizeof(id), "%d", i);
        cr_assert_eq(create(c, id, "x"), STORE_OK);
    }
    cr_assert_eq(store_iter_begin(c, STORE_ANY, never, soon(), &it), STORE_OK);
    while (store_iter_next(it, &info, soon()) == STORE_OK) {
        snprintf(id, sizeof(id), "%.*s", (int)info.id.size, (const char *)info.id.base);
        at = strtoul(id, NULL, 10);
        cr_assert(at < MANY && !seen[at], "%s", id);
        seen[at] = true;
        n++;
    }
    store_iter_end(it);
    cr_expect_eq(n, MANY, "%d of %d", n, MANY);
    store_ckpt_close(c, soon());
    fixture_store_end();
}
