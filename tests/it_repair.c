/* SPDX-License-Identifier: Apache-2.0 */
/* What a fail-over has lost of this process's acknowledged writes comes back. */
#include <criterion/criterion.h>

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend-redis/rds_stats.h"
#include "base/clock.h"
#include "fixture_replicas.h"

TestSuite(repair, .timeout = 110);

static const struct store_attrs large = {2, 500, 1000000, 3600 * CLV_NS_PER_S, 70000, 20};

static struct group group;

/* The replica is on its own from now on, and will be the master: what is written to the
 * old one is lost. */
static void split(void)
{
    redis_int(&group.node[1], "REPLICAOF NO ONE");
}

static void fail_over(void)
{
    group_point(&group, 1);
    redis_kill(&group.node[0]);
}

static bool is_sealed(void)
{
    return getenv("CLOVIS_KEY_FILE") != NULL;
}

static void start(const char *repair_bytes)
{
    setenv("CLOVIS_LOG", "none", 1);
    if (repair_bytes)
        setenv("CLOVIS_REPAIR_BYTES", repair_bytes, 1);
    group_start(&group, 2, NULL);
    cr_assert_eq(store_start(soon()), STORE_OK);
}

static void end(struct store_ckpt *c)
{
    store_ckpt_close(c, soon());
    store_stop();
    group_end(&group);
}

/* Everything so far is on the replica, too. */
static void replicate(struct store_ckpt *c)
{
    cr_assert_eq(store_ckpt_sync(c, soon()), STORE_OK);
}

static enum store_status write_text(struct store_ckpt *c, const char *id,
                                    const char *text)
{
    return store_section_write(c, bytes(id), bytes(text), soon());
}

static enum store_status write_at(struct store_ckpt *c, const char *id, uint64_t offset,
                                  const char *text)
{
    const struct store_write w = {bytes(id), bytes(text), offset};
    uint32_t bad;

    return store_write(c, &w, 1, &bad, soon());
}

static enum store_status read_until(struct store_ckpt *c, const char *id, char *out,
                                    size_t size, int64_t deadline_ns)
{
    struct store_read r = {.id = bytes(id), .buffer = out, .size = size};
    uint32_t bad;

    return store_read(c, &r, 1, &bad, deadline_ns);
}

/* Another process stores text in a section of the new master, that long after now. */
static void other_writes(const char *name, const char *id, const char *text,
                         int64_t after_us)
{
    redisContext *raw = redis_raw(&group.node[1]);
    redisReply *r = redisCommand(raw, "GET clovis:{c:%s}", name);
    struct {
        char magic[4];
        uint32_t writer;
        uint64_t time, seq;
        char text[64];
    } value = {"CV1", htole32(77), htole64((uint64_t)(clv_wall_ns() / 1000 + after_us)),
               htole64(1), ""};

    snprintf(value.text, sizeof(value.text), "%s", text);
    redisAppendCommand(raw, "HSET clovis:{c:%s}:%s:data s:%s %b", name, r->str, id,
                       &value, 24 + strlen(text));
    freeReplyObject(r);
    cr_assert_eq(redisGetReply(raw, (void **)&r), REDIS_OK);
    freeReplyObject(r);
    redisFree(raw);
}

/* ---- one fail-over, many sections ---------------------------------------- */

enum what { NOTHING, CREATE, WRITE, HEAD, TAIL, DELETE, EXPIRE, NEWER, OLDER };

struct row {
    enum what before[3]; /* on both */
    enum what lost[4];   /* on the old master only */
    enum what other;     /* on the new master, by somebody else */
    const char *want;    /* content after the fail-over; NULL: no such section */
    int repaired,
        sealed; /* writes, and when contents are sealed, whose parts are wholes */
    const char *id;
};

static void act(struct store_ckpt *c, const char *id, enum what what, const char *text)
{
    const struct store_when hour = {true, 3600 * CLV_NS_PER_S};
    enum store_status st = STORE_OK;

    switch (what) {
    case NOTHING:
        break;
    case CREATE:
        st = create(c, id, text);
        break;
    case WRITE:
        st = write_text(c, id, text);
        break;
    case HEAD:
        st = write_at(c, id, 0, "H");
        break;
    case TAIL:
        st = write_at(c, id, 4, "T");
        break;
    case DELETE:
        st = store_section_delete(c, bytes(id), soon());
        break;
    case EXPIRE:
        st = store_section_expire(c, bytes(id), hour, soon());
        break;
    case NEWER:
        other_writes("c", id, text, 1000000);
        break;
    case OLDER:
        other_writes("c", id, text, -1000000);
        break;
    }
    cr_assert_eq(st, STORE_OK, "%s: action %d: %s", id, what, store_status_text(st));
}

static void check(struct store_ckpt *c, const struct row *row)
{
    char text[64];
    const enum store_status st = read_text(c, row->id, text, sizeof(text));

    if (!row->want)
        cr_expect_eq(st, STORE_ABSENT, "%s: %s \"%s\"", row->id, store_status_text(st),
                     text);
    else
        cr_expect(st == STORE_OK && strcmp(text, row->want) == 0,
                  "%s: %s \"%s\", expected \"%s\"", row->id, store_status_text(st), text,
                  row->want);
}

Test(repair, what_is_lost_is_written_again_and_never_over_something_newer)
{
    /* clang-format off */
    static const struct row rows[] = {
        { {CREATE, WRITE},  {0},                     NOTHING, "before", 0, 0, "not-lost" },
        { {CREATE},         {WRITE},                 NOTHING, "lost", 1, 1, "overwrite" },
        { {CREATE, WRITE},  {WRITE, WRITE},          NOTHING, "lost", 1, 1, "overwrite-twice" },
        { {0},              {CREATE},                NOTHING, "lost", 1, 1, "create" },
        { {0},              {CREATE, WRITE},         NOTHING, "lost", 2, 2, "create-overwrite" },
        { {0},              {CREATE, HEAD, TAIL},    NOTHING, "HostT", 3, 2, "create-parts" },
        { {CREATE},         {HEAD},                  NOTHING, "Hefore", 1, 1, "head" },
        { {CREATE},         {TAIL, HEAD, TAIL},      NOTHING, "HefoTe", 2, 1, "parts" },
        { {CREATE},         {WRITE, TAIL},           NOTHING, "lostT", 2, 1, "overwrite-part" },
        { {CREATE},         {DELETE},                NOTHING, NULL, 1, 1, "delete" },
        { {CREATE},         {DELETE, CREATE, WRITE}, NOTHING, "lost", 3, 3, "delete-create" },
        { {CREATE},         {EXPIRE},                NOTHING, "before", 1, 1, "expire" },
        { {CREATE},         {WRITE},                 NEWER,   "other", 0, 0, "other-is-newer" },
        { {CREATE},         {WRITE},                 OLDER,   "lost", 1, 1, "other-is-older" },
        { {CREATE},         {HEAD},                  NEWER,   "other", 0, 0, "part-under-newer" },
        { {CREATE},         {DELETE},                NEWER,   "other", 0, 0, "delete-under-newer" },
    };
    /* clang-format on */
    const uint64_t before = rds_stat_get(RDS_STAT_repaired);
    struct store_ckpt *c;
    uint64_t want = 0, got;
    size_t i, k;

    start(NULL);
    c = ckpt_make_with("c", &large);
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (k = 0; k < 3; k++)
            act(c, rows[i].id, rows[i].before[k], "before");
    replicate(c);
    split();
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        for (k = 0; k < 4; k++)
            act(c, rows[i].id, rows[i].lost[k], "lost");
        act(c, rows[i].id, rows[i].other, "other");
        want += (uint64_t)(is_sealed() ? rows[i].sealed : rows[i].repaired);
    }
    fail_over();
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        check(c, &rows[i]);
    got = rds_stat_get(RDS_STAT_repaired) - before;
    cr_expect_eq(got, want, "%llu repaired, expected %llu", (unsigned long long)got,
                 (unsigned long long)want);
    cr_expect_eq(rds_stat_get(RDS_STAT_unrepairable), 0);
    end(c);
}

/* ---- what cannot be restored is counted ---------------------------------- */

Test(repair, what_was_not_kept_is_counted_as_lost)
{
    char id[16], text[64];
    struct store_ckpt *c;
    int i, n = 0;

    start("4000");
    c = ckpt_make_with("c", &large);
    for (i = 0; i < 50; i++) {
        snprintf(id, sizeof(id), "s%02d", i);
        cr_assert_eq(create(c, id, "before"), STORE_OK);
    }
    replicate(c);
    split();
    for (i = 0; i < 50; i++) {
        snprintf(id, sizeof(id), "s%02d", i);
        cr_assert_eq(write_text(c, id, "lost"), STORE_OK);
    }
    fail_over();
    for (i = 0; i < 50; i++) {
        snprintf(id, sizeof(id), "s%02d", i);
        cr_assert_eq(read_text(c, id, text, sizeof(text)), STORE_OK);
        n += strcmp(text, "lost") == 0;
    }
    cr_expect(n > 0 && n < 50, "%d of 50 restored", n);
    cr_expect_eq(rds_stat_get(RDS_STAT_repaired), (uint64_t)n);
    cr_expect(rds_stat_get(RDS_STAT_unrepairable) >= 1, "nothing counted as lost");
    end(c);
}

/* No section is kept at all. */
Test(repair, what_memory_had_no_room_for_is_counted_as_lost)
{
    struct store_ckpt *c;
    char text[64];

    start("1");
    c = ckpt_make_with("c", &large);
    cr_assert_eq(create(c, "s", "before"), STORE_OK);
    replicate(c);
    split();
    cr_assert_eq(write_text(c, "s", "lost"), STORE_OK);
    fail_over();
    cr_assert_eq(read_text(c, "s", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "before");
    cr_expect_eq(rds_stat_get(RDS_STAT_repaired), 0);
    cr_expect_eq(rds_stat_get(RDS_STAT_unrepairable), 1);
    end(c);
}

Test(repair, a_checkpoint_that_is_gone_is_counted_as_lost)
{
    struct store_ckpt *c, *gone;

    start(NULL);
    c = ckpt_make_with("c", &large);
    cr_assert_eq(create(c, "s", "before"), STORE_OK);
    replicate(c);
    split();
    gone = ckpt_make_with("gone", &large);
    cr_assert_eq(create(gone, "s", "lost"), STORE_OK);
    cr_assert_eq(write_text(c, "s", "lost"), STORE_OK);
    fail_over();
    cr_expect_eq(write_text(gone, "s", "x"), STORE_GONE);
    cr_expect_eq(rds_stat_get(RDS_STAT_unrepairable), 1);
    store_ckpt_close(gone, soon());
    end(c);
}

static bool has_refused(void *arg)
{
    redisContext *raw = redis_raw(arg);
    redisReply *r = redisCommand(raw, "INFO errorstats");
    const bool has = r && r->str && strstr(r->str, "errorstat_NOREPLICAS");

    if (r)
        freeReplyObject(r);
    redisFree(raw);
    return has;
}

/* As one that was demoted again does, and one that waits for its replicas. */
Test(repair, a_master_that_takes_no_writes_yet_has_lost_nothing)
{
    enum store_status st;
    struct store_ckpt *c;
    char text[64];

    start(NULL);
    c = ckpt_make_with("c", &large);
    cr_assert_eq(create(c, "s", "before"), STORE_OK);
    replicate(c);
    split();
    cr_assert_eq(write_text(c, "s", "lost"), STORE_OK);
    redis_int(&group.node[1], "CONFIG SET min-replicas-to-write 1");
    fail_over();
    st = read_until(c, "s", text, sizeof(text), clv_deadline_ns(500 * CLV_NS_PER_MS));
    cr_expect_neq(st, STORE_OK, "\"%s\"", text);
    cr_assert(wait_for(has_refused, &group.node[1], 20000));
    cr_expect_eq(rds_stat_get(RDS_STAT_unrepairable), 0);
    redis_int(&group.node[1], "CONFIG SET min-replicas-to-write 0");
    cr_assert_eq(read_text(c, "s", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "lost");
    cr_expect_eq(rds_stat_get(RDS_STAT_repaired), 1);
    cr_expect_eq(rds_stat_get(RDS_STAT_unrepairable), 0);
    end(c);
}

/* ---- large contents, and twice ------------------------------------------- */

Test(repair, large_contents_and_a_second_fail_over)
{
    static char data[60000], back[60001];
    struct store_ckpt *c;
    int i;

    start(NULL);
    memset(data, 'x', sizeof(data) - 1);
    c = ckpt_make_with("c", &large);
    cr_assert_eq(create(c, "s", "before"), STORE_OK);
    cr_assert_eq(create(c, "p", data), STORE_OK);
    cr_assert_eq(write_at(c, "p", 3000, "T"), STORE_OK); /* gives it a key of its own */
    replicate(c);
    split();
    cr_assert_eq(write_text(c, "s", data), STORE_OK);
    cr_assert_eq(write_at(c, "p", 3000, "U"), STORE_OK);
    cr_assert_eq(write_at(c, "p", 10, "V"), STORE_OK);
    fail_over();
    cr_assert_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, data);
    cr_assert_eq(read_text(c, "p", back, sizeof(back)), STORE_OK);
    cr_expect(back[10] == 'V' && back[3000] == 'U' && strlen(back) == strlen(data),
              "parts: %c %c %zu", back[10], back[3000], strlen(back));
    /* back to node 0, with what it has lost meanwhile */
    redis_again(&group.node[0]);
    redis_int(&group.node[0], "REPLICAOF 127.0.0.1 %d", group.node[1].port);
    group_settle(&group, 1, 1);
    replicate(c);
    redis_int(&group.node[0], "REPLICAOF NO ONE");
    for (i = 0; i < 3; i++)
        cr_assert_eq(write_text(c, "s", "second"), STORE_OK);
    group_point(&group, 0);
    redis_kill(&group.node[1]);
    cr_assert_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "second");
    cr_expect_eq(rds_stat_get(RDS_STAT_repaired), is_sealed() ? 3 : 4);
    cr_expect_eq(rds_stat_get(RDS_STAT_failovers), 2);
    end(c);
}
