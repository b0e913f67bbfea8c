/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The read cache against a real Redis: what others write is seen and never taken back,
 * what this process writes is seen at once, whatever happens to the connections.
 */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_cache.h"
#include "base/clock.h"
#include "fixture_cached.h"
#include "fixture_peer.h"
#include "fixture_store.h"

TestSuite(cache, .timeout = 120);

static const struct store_attrs wide = {2,       2000, 1 << 30, 3600 * CLV_NS_PER_S,
                                        1 << 24, 20};
static const struct store_open_how how = {.create = &wide};
static const char *const keeping[] = {"--appendonly", "yes", "--appendfsync", "no", NULL};
static struct peer peer;

/* The peer, whose cache is off, has to be there before this process has a client. */
static void cached_start(const char *ckpt)
{
    char line[64];

    setenv("CLOVIS_LOG", "none", 1);
    redis_start(&server, false, keeping);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    peer_start(&peer, &how);
    setenv("CLOVIS_READ_CACHE", "on", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    snprintf(line, sizeof(line), "open %s", ckpt);
    PEER_DOES(&peer, line);
}

static void cached_end(void)
{
    peer_end(&peer);
    fixture_store_end();
}

/* ---- what others change ---------------------------------------------------- */

Test(cache, unchanged_sections_are_read_from_memory)
{
    struct store_ckpt *c, *again;
    uint64_t before;
    int i;

    cached_start("c");
    c = ckpt_make_with("c", &wide);
    again = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "hello"), STORE_OK);
    HITS(c, "s");
    before = cached_hits();
    for (i = 0; i < 100; i++)
        cr_assert_str_eq(cached_found(i % 2 ? c : again, "s"), "hello");
    cr_expect_geq(cached_hits(), before + 50);
    store_ckpt_close(again, soon());
    store_ckpt_close(c, soon());
    cached_end();
}

Test(cache, changes_by_another_process_are_seen)
{
    const char *absent = store_status_text(STORE_ABSENT);
    const struct {
        const char *line, *want;
    } rows[] = {
        {"write s two", "two"},    {"vector s www", "twww"}, {"delete s", absent},
        {"create s new", "new"},   {"write s x", "x"},       {"expire s", absent},
        {"create s last", "last"},
    };
    struct store_ckpt *c;
    size_t i;

    cached_start("c");
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "one"), STORE_OK);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (strcmp(cached_found(c, "s"), absent))
            HITS(c, "s");
        PEER_DOES(&peer, rows[i].line);
        BECOMES(c, "s", rows[i].want, rows[i].line);
    }
    store_ckpt_close(c, soon());
    cached_end();
}

static unsigned number(struct store_ckpt *c, const char *id)
{
    return (unsigned)strtoul(cached_found(c, id), NULL, 10);
}

Test(cache, a_newer_content_is_never_followed_by_an_older_one)
{
    struct store_ckpt *c;
    char line[64], want[32];
    unsigned n = 0, now, i;

    cached_start("c");
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "0"), STORE_OK);
    HITS(c, "s");
    for (i = 1; i <= 300; i++) { /* one after the other */
        snprintf(line, sizeof(line), "write s %u", i);
        snprintf(want, sizeof(want), "%u", i);
        PEER_DOES(&peer, line);
        do {
            now = number(c, "s");
            cr_assert(now >= n, "%u after %u", now, n);
            n = now;
        } while (n < i);
    }
    cr_assert_eq(create(c, "t", "0"), STORE_OK);
    peer_tell(&peer, "burst t write 20");
    for (n = 0; n < 3000; n = now) { /* as fast as it can */
        now = number(c, "t");
        cr_assert(now >= n, "%u after %u", now, n);
    }
    peer_kill(&peer);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- what this process changes --------------------------------------------- */

static enum store_status put_at(struct store_ckpt *c, const char *id, uint64_t offset,
                                struct clv_bytes data)
{
    const struct store_write w = {bytes(id), data, offset};
    uint32_t bad;

    return store_write(c, &w, 1, &bad, soon());
}

Test(cache, own_changes_are_seen_at_once)
{
    static char large[4000];
    const struct store_when past = {false, 1};
    struct store_ckpt *c, *again;
    char text[32];
    unsigned i;

    cached_start("c");
    c = ckpt_make_with("c", &wide);
    again = ckpt_make_with("c", &wide);
    memset(large, 'x', sizeof(large));
    for (i = 0; i < 50; i++) {
        cr_assert_eq(create(c, "s", "new"), STORE_OK);
        cr_assert_str_eq(cached_found(again, "s"), "new");
        snprintf(text, sizeof(text), "round %u", i);
        cr_assert_eq(store_section_write(again, bytes("s"), bytes(text), soon()),
                     STORE_OK);
        cr_assert_str_eq(cached_found(c, "s"), text);
        cr_assert_eq(put_at(c, "s", 0, (struct clv_bytes){large, sizeof(large)}),
                     STORE_OK);
        cr_assert_eq(put_at(c, "s", 1, bytes("first")), STORE_OK);
        cr_assert_eq(strncmp(cached_found(again, "s"), "xfirstx", 7), 0);
        cr_assert_eq(put_at(c, "s", 1, bytes("again")), STORE_OK);
        cr_assert_eq(strncmp(cached_found(again, "s"), "xagainx", 7), 0);
        cr_assert_eq(i % 2 ? store_section_delete(c, bytes("s"), soon())
                           : store_section_expire(c, bytes("s"), past, soon()),
                     STORE_OK);
        cr_assert_str_eq(cached_found(again, "s"), store_status_text(STORE_ABSENT));
    }
    store_ckpt_close(again, soon());
    store_ckpt_close(c, soon());
    cached_end();
}

/* ---- parts ------------------------------------------------------------------ */

Test(cache, a_part_is_answered_as_the_store_would)
{
    /* what is kept after the read before; -1: a new block */
    static const struct {
        const char *what;
        int offset, room, kept_offset, kept_room;
        const char *want;
    } rows[] = {
        {"all, of all", 0, 99, 0, 99, "0123456789"},
        {"a block, of all", 0, -1, 0, 99, "0123456789"},
        {"all, of a block", 0, 99, 0, -1, "0123456789"},
        {"exact, of exact", 0, 10, 0, 10, "0123456789"},
        {"more than exact", 0, 11, 0, 10, "0123456789"},
        {"a block, of exact", 0, -1, 0, 10, "0123456789"},
        {"middle, of all", 3, 4, 0, 99, "3456"},
        {"middle, of middle", 3, 4, 3, 4, "3456"},
        {"before the middle", 2, 4, 3, 4, "2345"},
        {"more than the middle", 3, 5, 3, 4, "34567"},
        {"inside the middle", 4, 2, 3, 4, "45"},
        {"end, of end", 7, 99, 7, 99, "789"},
        {"at the end, of all", 10, 9, 0, 99, ""},
        {"past the end, of all", 50, 9, 0, 99, ""},
        {"past the end, of exact", 50, 9, 0, 10, ""},
        {"past the end, of past the end", 50, 9, 20, 9, ""},
        {"all, of past the end", 0, 99, 20, 9, "0123456789"},
        {"no room", 2, 0, 0, 99, ""},
    };
    struct store_ckpt *c;
    char text[100];
    uint32_t bad;
    size_t i;

    cached_start("c");
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "0123456789"), STORE_OK);
    cr_assert_eq(create(c, "other", ""), STORE_OK);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct store_read first = {bytes("s"), (uint64_t)rows[i].kept_offset,
                                   rows[i].kept_room < 0 ? NULL : text,
                                   (uint64_t)rows[i].kept_room, 0};
        struct store_read r = {bytes("s"), (uint64_t)rows[i].offset,
                               rows[i].room < 0 ? NULL : text, (uint64_t)rows[i].room, 0};

        HITS(c, "other"); /* memory is in use; then it forgets all of c */
        cr_assert_eq(store_section_write(c, bytes("other"), bytes(""), soon()), STORE_OK);
        cr_assert_eq(store_read(c, &first, 1, &bad, soon()), STORE_OK);
        cr_assert_eq(store_read(c, &r, 1, &bad, soon()), STORE_OK);
        cr_expect_eq(r.got, strlen(rows[i].want), "%s: got %d", rows[i].what, (int)r.got);
        cr_expect(r.got == 0 || memcmp(r.buffer, rows[i].want, r.got) == 0, "%s",
                  rows[i].what);
        if (rows[i].room < 0)
            free(r.buffer);
        if (rows[i].kept_room < 0)
            free(first.buffer);
    }
    store_ckpt_close(c, soon());
    cached_end();
}

/* ---- connections ------------------------------------------------------------ */

Test(cache, changes_are_seen_after_connections_were_killed)
{
    static const char *const rows[] = {"pubsub", "normal", "pubsub", "normal"};
    struct store_ckpt *c;
    char line[64];
    size_t i;

    setenv("CLOVIS_READ_CACHE_STALE_MS", "500", 1);
    cached_start("c");
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "one"), STORE_OK);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        HITS(c, "s");
        snprintf(line, sizeof(line), "write s %s-%zu", rows[i], i);
        cr_assert_geq(redis_int(&server, "CLIENT KILL TYPE %s", rows[i]), 1);
        PEER_DOES(&peer, line);
        BECOMES(c, "s", line + 8, rows[i]);
    }
    HITS(c, "s");
    store_ckpt_close(c, soon());
    cached_end();
}

static bool is_unanswered(void *arg)
{
    struct cached_read *p = arg;
    struct store_read r = {.id = bytes(p->id)};
    uint32_t bad;
    const enum store_status st =
        store_read(p->c, &r, 1, &bad, clv_deadline_ns(20 * CLV_NS_PER_MS));

    free(r.buffer);
    return st != STORE_OK;
}

Test(cache, a_server_that_does_not_answer_is_not_trusted_for_long)
{
    struct store_ckpt *c;

    setenv("CLOVIS_READ_CACHE_STALE_MS", "300", 1);
    cached_start("c");
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "one"), STORE_OK);
    HITS(c, "s");
    redis_freeze(&server);
    cr_expect(
        wait_for(is_unanswered, &(struct cached_read){c, "s", NULL}, CACHED_LONG_MS));
    redis_thaw(&server);
    BECOMES(c, "s", "one", "thawed");
    HITS(c, "s");
    store_ckpt_close(c, soon());
    cached_end();
}

Test(cache, a_restarted_server_is_tracked_again)
{
    struct store_ckpt *c;

    cached_start("c");
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "one"), STORE_OK);
    HITS(c, "s");
    redis_kill(&server);
    redis_again(&server);
    BECOMES(c, "s", "one", "restarted");
    HITS(c, "s");
    PEER_DOES(&peer, "write s two");
    BECOMES(c, "s", "two", "written");
    store_ckpt_close(c, soon());
    cached_end();
}

static bool is_gone(void *arg)
{
    return is_unanswered(arg);
}

Test(cache, a_flushed_store_has_nothing)
{
    struct store_ckpt *c;

    cached_start("c");
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "s", "one"), STORE_OK);
    HITS(c, "s");
    redis_int(&server, "FLUSHALL");
    cr_expect(wait_for(is_gone, &(struct cached_read){c, "s", NULL}, CACHED_LONG_MS));
    store_ckpt_close(c, soon());
    cached_end();
}

/* ---- memory, time, settings -------------------------------------------------- */

Test(cache, memory_is_bounded_and_what_was_read_last_is_kept)
{
    enum { N = 300, SIZE = 8192 };
    static char block[SIZE];
    struct rds_cache_count n;
    struct store_ckpt *c;
    char id[16];
    int i;

    setenv("CLOVIS_READ_CACHE_MB", "1", 1);
    cached_start("c");
    c = ckpt_make_with("c", &wide);
    for (i = 0; i < N; i++) {
        snprintf(id, sizeof(id), "s%d", i);
        cr_assert_eq(store_section_create(c, bytes(id), never,
                                          (struct clv_bytes){block, SIZE}, NULL, soon()),
                     STORE_OK);
    }
    for (i = 0; i < N; i++) {
        struct store_read r = {.id = bytes(id)};
        uint32_t bad;

        snprintf(id, sizeof(id), "s%d", i);
        r.id = bytes(id);
        cr_assert_eq(store_read(c, &r, 1, &bad, soon()), STORE_OK);
        free(r.buffer);
        rds_cache_count(&n);
        cr_assert_leq(n.bytes, 1U << 20);
    }
    HITS(c, id);
    rds_cache_count(&n);
    cr_expect_geq(n.entries, 1);
    store_ckpt_close(c, soon());
    cached_end();
}

/* Seconds and microseconds of the server's clock, in microseconds. */
static int64_t server_us(redisContext *raw)
{
    redisReply *r = redisCommand(raw, "TIME");
    int64_t us;

    cr_assert(r && r->elements == 2);
    us = strtoll(r->element[0]->str, NULL, 10) * 1000000 +
         strtoll(r->element[1]->str, NULL, 10);
    freeReplyObject(r);
    return us;
}

Test(cache, a_section_ends_when_the_store_says_so)
{
    redisContext *raw;
    struct store_ckpt *c;
    int64_t end_us, now_us;
    uint64_t before;
    enum store_status st;
    char text[16];
    bool was_hit = false;
    int tries;

    cached_start("c");
    raw = redis_raw(&server);
    c = ckpt_make_with("c", &wide);
    cr_assert_eq(create(c, "ready", ""), STORE_OK);
    for (tries = 0; tries < 5 && !was_hit; tries++) { /* on a busy machine */
        HITS(c, "ready");
        end_us = server_us(raw) + 1000000;
        cr_assert_eq(create_until(c, "s", (struct store_when){false, end_us * 1000}),
                     STORE_OK);
        do {
            before = cached_hits();
            now_us = server_us(raw);
            st = read_text(c, "s", text, sizeof(text));
            cr_assert(st == STORE_OK || st == STORE_ABSENT);
            cr_assert(st == STORE_ABSENT || now_us < end_us, "%lld us after its end",
                      (long long)(now_us - end_us));
            was_hit = was_hit || cached_hits() > before;
        } while (st == STORE_OK);
        cr_assert_geq(server_us(raw), end_us);
    }
    cr_expect(was_hit);
    redisFree(raw);
    store_ckpt_close(c, soon());
    cached_end();
}

Test(cache, is_off_unless_asked_for_and_in_strict_mode)
{
    /* clang-format off */
    static const struct {
        const char *on, *mode;
        bool want;
        enum store_status start;
    } rows[] = {
        { "",    "",          false, STORE_OK },
        { "off", "",          false, STORE_OK },
        { "on",  "",          true,  STORE_OK },
        { "on",  "available", true,  STORE_OK },
        { "on",  "strict",    false, STORE_OK },
        { "yes", "",          false, STORE_CONFIG },
    };
    /* clang-format on */
    size_t i;

    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_SYNC_MEMBERS", "127.0.0.1:1", 1);
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        setenv("CLOVIS_READ_CACHE", rows[i].on, 1);
        setenv("CLOVIS_SYNC_MODE", rows[i].mode, 1);
        cr_assert_eq(store_start(soon()), rows[i].start, "%s, %s", rows[i].on,
                     rows[i].mode);
        cr_expect_eq(atomic_load(&rds_cache_enabled), rows[i].want, "%s, %s", rows[i].on,
                     rows[i].mode);
        if (rows[i].start == STORE_OK)
            store_stop();
    }
    redis_end(&server);
}

/* ---- the same with and without ------------------------------------------------ */

enum { OPS = 4000, IDS = 4, SIZE_MAX_ = 3000 };

static uint64_t digest(uint64_t h, const void *base, size_t n)
{
    const unsigned char *p = base;

    while (n-- > 0)
        h = (h ^ *p++) * UINT64_C(1099511628211);
    return h;
}

static uint64_t vector_read(struct store_ckpt *c, unsigned *seed, uint64_t h)
{
    static const char *const ids[IDS] = {"", "a", "b", "c"};
    static char room[IDS][SIZE_MAX_];
    struct store_read vec[IDS];
    const uint32_t n = 1 + (uint32_t)rand_r(seed) % IDS;
    uint32_t i, bad = 0;
    enum store_status st;

    for (i = 0; i < n; i++) {
        vec[i] = (struct store_read){.id = bytes(ids[rand_r(seed) % IDS])};
        vec[i].offset = rand_r(seed) % 3 ? 0 : (uint64_t)(rand_r(seed) % 64);
        vec[i].buffer = rand_r(seed) % 2 ? room[i] : NULL;
        vec[i].size = (uint64_t)(rand_r(seed) % 4 ? SIZE_MAX_ : rand_r(seed) % 40);
    }
    st = store_read(c, vec, n, &bad, soon());
    h = digest(h, &st, sizeof(st));
    if (st != STORE_OK)
        return digest(h, &bad, sizeof(bad));
    for (i = 0; i < n; i++) {
        h = digest(h, &vec[i].got, sizeof(vec[i].got));
        h = digest(h, vec[i].buffer, vec[i].got);
        if (vec[i].buffer != room[i])
            free(vec[i].buffer);
    }
    return h;
}

/* One history, as a number. */
static uint64_t history(struct store_ckpt *c[2], unsigned seed)
{
    static const char *const ids[IDS] = {"", "a", "b", "c"};
    static char block[SIZE_MAX_];
    uint64_t h = UINT64_C(14695981039346656037);
    enum store_status st;
    unsigned i;

    for (i = 0; i < OPS; i++) {
        struct store_ckpt *who = c[rand_r(&seed) % 2];
        const char *id = ids[rand_r(&seed) % IDS];
        const size_t size = (size_t)rand_r(&seed) % (rand_r(&seed) % 4 ? 50 : SIZE_MAX_);
        const struct clv_bytes data = {block, size};

        memset(block, 'a' + (int)(i % 26), size);
        switch (rand_r(&seed) % 16) {
        case 0:
            st = store_section_create(who, bytes(id), never, data, NULL, soon());
            break;
        case 1:
            st = store_section_write(who, bytes(id), data, soon());
            break;
        case 2:
            st = put_at(who, id, (uint64_t)(rand_r(&seed) % 64), data);
            break;
        case 3:
            st = i % 3 ? STORE_OK : store_section_delete(who, bytes(id), soon());
            break;
        default:
            h = vector_read(who, &seed, h);
            st = STORE_OK;
        }
        h = digest(h, &st, sizeof(st));
    }
    return h;
}

Test(cache, changes_nothing_that_a_single_process_can_see)
{
    static const char *const settings[] = {"off", "on"};
    uint64_t seen[2] = {0}, n_hits = 0;
    struct store_ckpt *c[2];
    char name[16];
    unsigned i, seed;

    setenv("CLOVIS_LOG", "none", 1);
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    for (seed = 1; seed <= 3; seed++) {
        for (i = 0; i < 2; i++) {
            setenv("CLOVIS_READ_CACHE", settings[i], 1);
            cr_assert_eq(store_start(soon()), STORE_OK);
            snprintf(name, sizeof(name), "c%u.%u", seed, i);
            c[0] = ckpt_make_with(name, &wide);
            c[1] = ckpt_make_with(name, &wide);
            if (i == 1) {
                cr_assert_eq(create(c[0], "ready", ""), STORE_OK);
                HITS(c[0], "ready");
            }
            seen[i] = history(c, seed);
            n_hits = cached_hits();
            store_ckpt_close(c[0], soon());
            store_ckpt_close(c[1], soon());
            store_stop();
        }
        cr_expect_eq(seen[0], seen[1], "seed %u", seed);
        cr_expect_gt(n_hits, 100, "seed %u", seed);
    }
    redis_end(&server);
}
