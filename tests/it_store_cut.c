/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that break at every byte of an exchange: the call succeeds, with an effect
 * that happened once. The lease is long, so that nothing but the exchange is on the wire.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fault_proxy.h"
#include "fixture_store.h"

TestSuite(cut, .timeout = 110);

static struct fault_proxy proxy;

static bool has_beaten(void *arg)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "KEYS clovis:proc:*");
    const bool yes = r && r->type == REDIS_REPLY_ARRAY && r->elements == 1;

    (void)arg;
    if (r)
        freeReplyObject(r);
    redisFree(raw);
    return yes;
}

static void setup(void)
{
    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    setenv("CLOVIS_REDIS_URL", proxy.url, 1);
    setenv("CLOVIS_LEASE_MS", "3600000", 1);
    setenv("CLOVIS_LOG", "none", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_assert(wait_for(has_beaten, NULL, 20000));
}

static void teardown(void)
{
    store_stop();
    fault_proxy_end(&proxy);
    redis_end(&server);
}

/* One exchange on c; round tells the repetitions apart. Judges its own effect. */
typedef void exchange_fn(struct store_ckpt *c, int round);

/* Run the exchange once to learn its length, then with a cut at each of its bytes. */
static void cut_everywhere(exchange_fn *prepare, exchange_fn *exchange,
                           exchange_fn *judge, int step)
{
    static const enum fault_way ways[] = {FAULT_UP, FAULT_DOWN};
    struct store_ckpt *c;
    long from, length;
    int round = 0, pos;
    size_t w;

    setup();
    c = ckpt_make("c");
    for (w = 0; w < 2; w++) {
        prepare(c, round);
        from = fault_proxy_seen(&proxy, ways[w]);
        exchange(c, round);
        length = fault_proxy_seen(&proxy, ways[w]) - from;
        judge(c, round++);
        cr_assert_gt(length, 0);
        for (pos = 0; pos <= length;
             pos += pos + step > length && pos < length ? 1 : step) {
            const unsigned cuts = fault_proxy_cuts(&proxy);

            prepare(c, round);
            fault_proxy_cut_after(&proxy, ways[w], pos);
            exchange(c, round);
            cr_assert_eq(fault_proxy_cuts(&proxy), cuts + 1, "way %zu, byte %d of %ld", w,
                         pos, length);
            judge(c, round++);
        }
    }
    store_ckpt_close(c, soon());
    teardown();
}

static void nothing_first(struct store_ckpt *c, int round)
{
    (void)c;
    (void)round;
}

static void section_first(struct store_ckpt *c, int round)
{
    char text[32];

    snprintf(text, sizeof(text), "befor %06d", round);
    if (store_section_check(c, bytes("s"), soon()) == STORE_ABSENT)
        cr_assert_eq(create(c, "s", text), STORE_OK);
}

static void do_create(struct store_ckpt *c, int round)
{
    char text[32];

    snprintf(text, sizeof(text), "value %06d", round);
    cr_assert_eq(create(c, "s", text), STORE_OK, "round %d", round);
}

static void do_write(struct store_ckpt *c, int round)
{
    char text[32];

    snprintf(text, sizeof(text), "value %06d", round);
    cr_assert_eq(store_section_write(c, bytes("s"), bytes(text), soon()), STORE_OK,
                 "round %d", round);
}

static void do_vector(struct store_ckpt *c, int round)
{
    char text[32];
    const struct store_write w[] = {{bytes("s"), {text, 12}, 0}};
    uint32_t bad;

    snprintf(text, sizeof(text), "value %06d", round);
    cr_assert_eq(store_write(c, w, 1, &bad, soon()), STORE_OK, "round %d", round);
}

/* A vector that is written a second time, of three sections. */
static enum store_status write_three(struct store_ckpt *c, const char *text)
{
    const struct store_write w[] = {{bytes("s"), bytes(text), 0},
                                    {bytes("t"), bytes(text), 0},
                                    {bytes("u"), bytes(text), 0}};
    uint32_t bad;

    return store_write(c, w, 3, &bad, soon());
}

static void three_first(struct store_ckpt *c, int round)
{
    char text[32];

    snprintf(text, sizeof(text), "befor %06d", round);
    if (store_section_check(c, bytes("s"), soon()) == STORE_ABSENT) {
        cr_assert_eq(create(c, "s", text), STORE_OK);
        cr_assert_eq(create(c, "t", text), STORE_OK);
        cr_assert_eq(create(c, "u", text), STORE_OK);
    }
    cr_assert_eq(write_three(c, text), STORE_OK);
}

static void do_three(struct store_ckpt *c, int round)
{
    char text[32];

    snprintf(text, sizeof(text), "value %06d", round);
    cr_assert_eq(write_three(c, text), STORE_OK, "round %d", round);
}

static void do_delete(struct store_ckpt *c, int round)
{
    cr_assert_eq(store_section_delete(c, bytes("s"), soon()), STORE_OK, "round %d",
                 round);
}

static void do_write_absent(struct store_ckpt *c, int round)
{
    cr_assert_eq(store_section_write(c, bytes("s"), bytes("stray"), soon()), STORE_ABSENT,
                 "round %d", round);
}

static void has_value(struct store_ckpt *c, int round)
{
    char want[32], back[64];

    snprintf(want, sizeof(want), "value %06d", round);
    cr_assert_eq(read_text(c, "s", back, sizeof(back)), STORE_OK, "round %d", round);
    cr_assert_str_eq(back, want, "round %d", round);
}

static void have_value(struct store_ckpt *c, int round)
{
    static const char *const ids[] = {"s", "t", "u"};
    char want[32], back[64];
    size_t i;

    snprintf(want, sizeof(want), "value %06d", round);
    for (i = 0; i < 3; i++) {
        cr_assert_eq(read_text(c, ids[i], back, sizeof(back)), STORE_OK);
        cr_assert_str_eq(back, want, "round %d, %s", round, ids[i]);
    }
}

static void has_value_then_goes(struct store_ckpt *c, int round)
{
    has_value(c, round);
    cr_assert_eq(store_section_delete(c, bytes("s"), soon()), STORE_OK, "round %d",
                 round);
}

static void is_absent(struct store_ckpt *c, int round)
{
    cr_assert_eq(store_section_check(c, bytes("s"), soon()), STORE_ABSENT, "round %d",
                 round);
    cr_assert_leq(data_fields("c"), 1, "round %d left a stray field", round);
}

static char large[3000];

static void large_fill(int round)
{
    size_t i;

    for (i = 0; i < sizeof(large); i++)
        large[i] = (char)('a' + ((size_t)round + i) % 26);
}

static void do_create_large(struct store_ckpt *c, int round)
{
    large_fill(round);
    cr_assert_eq(store_section_create(c, bytes("s"), never,
                                      (struct clv_bytes){large, sizeof(large)}, NULL,
                                      soon()),
                 STORE_OK, "round %d", round);
}

static void do_write_large(struct store_ckpt *c, int round)
{
    large_fill(round);
    cr_assert_eq(store_section_write(c, bytes("s"),
                                     (struct clv_bytes){large, sizeof(large)}, soon()),
                 STORE_OK, "round %d", round);
}

static void do_vector_large(struct store_ckpt *c, int round)
{
    const struct store_write w[] = {{bytes("s"), {large, sizeof(large)}, 0}};
    uint32_t bad;

    large_fill(round);
    cr_assert_eq(store_write(c, w, 1, &bad, soon()), STORE_OK, "round %d", round);
}

static void has_large(struct store_ckpt *c, int round)
{
    static char back[sizeof(large) + 1];

    cr_assert_eq(read_text(c, "s", back, sizeof(back)), STORE_OK, "round %d", round);
    cr_assert_eq(memcmp(back, large, sizeof(large)), 0, "round %d", round);
}

static void has_large_then_goes(struct store_ckpt *c, int round)
{
    has_large(c, round);
    cr_assert_eq(store_section_delete(c, bytes("s"), soon()), STORE_OK, "round %d",
                 round);
}

static char generated[STORE_GENERATED_ID_MAX];

static void do_generate(struct store_ckpt *c, int round)
{
    cr_assert_eq(generate(c, generated), STORE_OK, "round %d", round);
}

static void is_the_only_one(struct store_ckpt *c, int round)
{
    struct store_ckpt_status status;

    cr_assert_eq(store_ckpt_status(c, &status, soon()), STORE_OK, "round %d", round);
    cr_assert_eq(status.n_sections, 1, "round %d: %d sections", round,
                 (int)status.n_sections);
    cr_assert_eq(store_section_delete(
                     c, (struct clv_bytes){generated, strlen(generated) + 1}, soon()),
                 STORE_OK, "round %d", round);
}

Test(cut, a_create_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(nothing_first, do_create, has_value_then_goes, 1);
}

Test(cut, an_overwrite_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(section_first, do_write, has_value, 1);
}

Test(cut, an_overwrite_of_nothing_that_is_cut_anywhere_stays_without_effect)
{
    cut_everywhere(nothing_first, do_write_absent, is_absent, 7);
}

Test(cut, a_vector_write_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(section_first, do_vector, has_value, 3);
}

Test(cut, a_vector_written_again_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(three_first, do_three, have_value, 3);
}

Test(cut, a_delete_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(section_first, do_delete, is_absent, 3);
}

Test(cut, a_generated_create_that_is_cut_anywhere_makes_one_section)
{
    cut_everywhere(nothing_first, do_generate, is_the_only_one, 5);
}

Test(cut, a_large_create_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(nothing_first, do_create_large, has_large_then_goes, 61);
}

Test(cut, a_large_overwrite_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(section_first, do_write_large, has_large, 61);
}

Test(cut, a_large_vector_write_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(section_first, do_vector_large, has_large, 61);
}

static struct store_ckpt *opened;

static void do_open(struct store_ckpt *c, int round)
{
    const struct store_open_how how = {.create = &plain};

    (void)c;
    cr_assert_eq(store_ckpt_open(bytes("other"), &how, soon(), &opened), STORE_OK,
                 "round %d", round);
}

static void is_open_once(struct store_ckpt *c, int round)
{
    (void)c;
    cr_assert_eq(
        redis_int(&server, "HLEN clovis:{c:other}:%s:open", instance_of("other")), 1,
        "round %d", round);
    cr_assert_eq(store_ckpt_close(opened, soon()), STORE_OK);
    cr_assert_eq(
        redis_int(&server, "HLEN clovis:{c:other}:%s:open", instance_of("other")), 0,
        "round %d", round);
    cr_assert_eq(store_ckpt_unlink(bytes("other"), soon()), STORE_OK, "round %d", round);
}

Test(cut, an_open_that_is_cut_anywhere_counts_once)
{
    cut_everywhere(nothing_first, do_open, is_open_once, 11);
}

static void open_first(struct store_ckpt *c, int round)
{
    do_open(c, round);
}

static void do_close(struct store_ckpt *c, int round)
{
    (void)c;
    cr_assert_eq(store_ckpt_close(opened, soon()), STORE_OK, "round %d", round);
}

static void is_closed(struct store_ckpt *c, int round)
{
    (void)c;
    cr_assert_eq(
        redis_int(&server, "HLEN clovis:{c:other}:%s:open", instance_of("other")), 0,
        "round %d", round);
}

Test(cut, a_close_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(open_first, do_close, is_closed, 5);
}

static void closed_first(struct store_ckpt *c, int round)
{
    do_open(c, round);
    do_close(c, round);
}

static void do_unlink(struct store_ckpt *c, int round)
{
    (void)c;
    cr_assert_eq(store_ckpt_unlink(bytes("other"), soon()), STORE_OK, "round %d", round);
}

static void is_unlinked(struct store_ckpt *c, int round)
{
    (void)c;
    cr_assert_str_eq(instance_of("other"), "none", "round %d", round);
}

Test(cut, an_unlink_that_is_cut_anywhere_happens_once)
{
    cut_everywhere(closed_first, do_unlink, is_unlinked, 5);
}
