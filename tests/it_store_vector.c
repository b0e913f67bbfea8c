/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors that are written again: after any change that somebody else makes, the next one
 * has the effect that it always had, all or nothing.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fixture_peer.h"
#include "fixture_store.h"

TestSuite(vector, .timeout = 110);

enum { N = 3, TEXT = 16 };

static const char *const ids[N] = {"a", "b", "c"};
static const struct store_attrs roomy = {2,    10, UINT32_MAX, 3600 * CLV_NS_PER_S,
                                         5000, 20};

static enum store_status write_all(struct store_ckpt *c, const char *text, uint32_t *bad)
{
    struct store_write w[N];
    int i;

    for (i = 0; i < N; i++)
        w[i] = (struct store_write){bytes(ids[i]), bytes(text), 0};
    return store_write(c, w, N, bad, soon());
}

static void writes(struct store_ckpt *c, const char *text)
{
    uint32_t bad;

    const enum store_status st = write_all(c, text, &bad);

    cr_assert_eq(st, STORE_OK, "%s: %s", text, store_status_text(st));
}

#define READS(c, id, want)                                                               \
    do {                                                                                 \
        char back[5000];                                                                 \
        cr_assert_eq(read_text(c, id, back, sizeof(back)), STORE_OK, "%s", id);          \
        cr_expect_str_eq(back, want, "%s", id);                                          \
    } while (0)

/* How often data was moved back, that is, how many vectors took the short way. */
static long long times_again(void)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "INFO commandstats");
    const char *at = r && r->str ? strstr(r->str, "cmdstat_rename:calls=") : NULL;
    const long long n = at ? atoll(strchr(at, '=') + 1) : 0;

    if (r)
        freeReplyObject(r);
    redisFree(raw);
    return n;
}

/* A checkpoint with the sections, of which the vector was written twice. */
static struct store_ckpt *warm(void)
{
    struct store_ckpt *c = ckpt_make_with("c", &roomy);
    long long before;
    int i;

    for (i = 0; i < N; i++)
        cr_assert_eq(create(c, ids[i], "first"), STORE_OK);
    writes(c, "zero.");
    before = times_again();
    writes(c, "one..");
    cr_assert_eq(times_again(), before + 1, "the second vector took the long way");
    return c;
}

static void with_peer(struct peer *peer)
{
    static const struct store_open_how how = {.create = &roomy};

    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    peer_start(peer, &how);
    cr_assert_eq(store_start(soon()), STORE_OK);
}

Test(vector, of_the_same_sections_takes_the_short_way_each_time)
{
    struct store_ckpt *c;
    char text[TEXT], back[TEXT];
    long long before;
    int i;

    fixture_store_start(NULL);
    c = warm();
    before = times_again();
    for (i = 0; i < 50; i++) {
        snprintf(text, sizeof(text), "text %03d", i);
        writes(c, text);
        cr_assert_eq(read_text(c, ids[i % N], back, sizeof(back)), STORE_OK);
        cr_assert_str_eq(back, text);
    }
    cr_expect_eq(times_again(), before + 50);
    cr_expect_eq(
        redis_int(&server, "EXISTS clovis:{c:c}:%s:data:moved", instance_of("c")), 0);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(vector, that_is_shorter_or_longer_keeps_what_it_does_not_cover)
{
    struct store_ckpt *c;

    fixture_store_start(NULL);
    c = warm();
    writes(c, "a longer one");
    writes(c, "short");
    READS(c, "a", "shortger one");
    READS(c, "c", "shortger one");
    writes(c, "a longer one");
    writes(c, "again longer");
    READS(c, "b", "again longer");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(vector, after_another_process_has_made_a_section_longer_keeps_its_end)
{
    struct store_ckpt *c;
    struct peer peer;

    with_peer(&peer);
    c = warm();
    PEER_DOES(&peer, "open c");
    PEER_DOES(&peer, "write b 0123456789");
    writes(c, "two..");
    READS(c, "a", "two..");
    READS(c, "b", "two..56789");
    PEER_DOES(&peer, "vector b 0123456789");
    writes(c, "three");
    READS(c, "b", "three456789");
    store_ckpt_close(c, soon());
    peer_end(&peer);
    fixture_store_end();
}

Test(vector, after_another_process_has_removed_a_section_changes_nothing)
{
    static const char *const ways[] = {"delete b", "expire b"};
    struct store_ckpt *c;
    struct peer peer;
    uint32_t bad;
    size_t i;

    with_peer(&peer);
    c = warm();
    PEER_DOES(&peer, "open c");
    for (i = 0; i < 2; i++) {
        writes(c, "two..");
        PEER_DOES(&peer, ways[i]);
        cr_expect_eq(write_all(c, "three", &bad), STORE_ABSENT, "%s", ways[i]);
        cr_expect_eq(bad, 1, "%s: %u", ways[i], bad);
        READS(c, "a", "two..");
        READS(c, "c", "two..");
        cr_expect_eq(
            redis_int(&server, "HEXISTS clovis:{c:c}:%s:data s:b", instance_of("c")), 0);
        PEER_DOES(&peer, "create b new");
        writes(c, "four.");
        READS(c, "b", "four.");
    }
    store_ckpt_close(c, soon());
    peer_end(&peer);
    fixture_store_end();
}

/* A section that another process is about to let end is not taken for one that stays. */
Test(vector, of_sections_with_an_end_always_looks)
{
    const struct store_when day = {true, 24 * 3600 * CLV_NS_PER_S};
    struct store_ckpt *c;
    long long before;

    fixture_store_start(NULL);
    c = warm();
    cr_assert_eq(store_section_expire(c, bytes("b"), day, soon()), STORE_OK);
    before = times_again();
    writes(c, "two..");
    writes(c, "three");
    cr_expect_eq(times_again(), before);
    cr_assert_eq(store_section_expire(c, bytes("b"), never, soon()), STORE_OK);
    writes(c, "four.");
    writes(c, "five.");
    cr_expect_eq(times_again(), before + 1);
    READS(c, "b", "five.");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(vector, of_a_section_that_got_a_key_of_its_own_goes_there)
{
    static char big[3000];
    const struct store_write whole = {bytes("b"), {big, sizeof(big)}, 0};
    const struct store_write part = {bytes("b"), {"patch", 5}, 100};
    struct store_ckpt *c;
    char back[4000];
    uint32_t bad;

    memset(big, 'x', sizeof(big));
    fixture_store_start(NULL);
    c = warm();
    cr_assert_eq(store_write(c, &whole, 1, &bad, soon()), STORE_OK);
    cr_assert_eq(store_write(c, &part, 1, &bad, soon()), STORE_OK);
    writes(c, "two..");
    writes(c, "three");
    cr_assert_eq(read_text(c, "b", back, sizeof(back)), STORE_OK);
    cr_expect_eq(strlen(back), sizeof(big));
    cr_expect_eq(memcmp(back, "threexxx", 8), 0);
    cr_expect_eq(memcmp(back + 98, "xxpatchxx", 9), 0);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* The look fails in the middle of a transaction whose other commands are carried out. */
Test(vector, whose_script_the_server_forgot_is_written_once_it_knows_it_again)
{
    struct store_ckpt *c;
    redisContext *raw;

    fixture_store_start(NULL);
    c = warm();
    raw = redis_raw(&server);
    freeReplyObject(redisCommand(raw, "SCRIPT FLUSH"));
    redisFree(raw);
    writes(c, "two..");
    READS(c, "a", "two..");
    READS(c, "b", "two..");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(vector, of_an_instance_that_is_gone_says_so_and_leaves_nothing)
{
    struct store_ckpt *c;
    redisContext *raw;
    uint32_t bad;

    fixture_store_start(NULL);
    setenv("CLOVIS_LOG", "none", 1);
    c = warm();
    raw = redis_raw(&server);
    freeReplyObject(redisCommand(raw, "DEL clovis:{c:c}:%s:meta", instance_of("c")));
    redisFree(raw);
    cr_expect_eq(write_all(c, "two..", &bad), STORE_GONE);
    cr_expect_eq(data_fields("c"), 0);
    cr_expect_eq(keys_left(), 2, "the name and who has it open: %lld", keys_left());
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(vector, of_two_handles_in_turn_is_right)
{
    struct store_ckpt *c, *d;

    fixture_store_start(NULL);
    c = warm();
    d = ckpt_make_with("c", &roomy);
    writes(d, "two..");
    writes(c, "three");
    writes(d, "four, longer");
    writes(c, "five.");
    READS(d, "a", "five. longer");
    READS(c, "c", "five. longer");
    store_ckpt_close(d, soon());
    store_ckpt_close(c, soon());
    fixture_store_end();
}
