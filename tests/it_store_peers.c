/* SPDX-License-Identifier: Apache-2.0 */
/*
 * More than one process: change feed, death, fork.
 */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fixture_fork.h"
#include "fixture_peer.h"
#include "fixture_store.h"

TestSuite(peers, .timeout = 60);

static void server_start(void)
{
    setenv("CLOVIS_LOG", "none", 1);
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
}

/* ---- feed ---------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    char text[4096];
} story = {PTHREAD_MUTEX_INITIALIZER, ""};

static void tell(void *arg, const struct store_change *vec, uint32_t n)
{
    char *at;
    uint32_t i;

    pthread_mutex_lock(&story.lock);
    at = story.text + strlen(story.text);
    for (i = 0; i < n; i++)
        at += snprintf(at, (size_t)(story.text + sizeof(story.text) - at),
                       "%s%.*s@%d=%.*s;", (const char *)arg, (int)vec[i].id.size,
                       (const char *)vec[i].id.base, (int)vec[i].offset,
                       (int)vec[i].data.size, (const char *)vec[i].data.base);
    pthread_mutex_unlock(&story.lock);
}

static bool told(void *arg)
{
    bool yes;

    pthread_mutex_lock(&story.lock);
    yes = strcmp(story.text, arg) == 0;
    pthread_mutex_unlock(&story.lock);
    return yes;
}

static const struct store_open_how watched = {.create = &plain, .notify = true};

static struct store_ckpt *watched_ckpt(void)
{
    struct store_ckpt *c;

    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_assert_eq(store_ckpt_open(bytes("c"), &watched, soon(), &c), STORE_OK);
    return c;
}

Test(peers, changes_of_others_are_told_in_order_and_own_ones_are_not)
{
    char want[] = "b@0=2;b@1=3;c@0=4;b@0=;";
    struct store_ckpt *c;
    struct peer p;

    server_start();
    peer_start(&p, &watched);
    c = watched_ckpt();
    PEER_DOES(&p, "open c");
    PEER_DOES(&p, "create b 1");
    PEER_DOES(&p, "write b before");
    cr_assert_eq(store_feed_set(c, tell, (void *)"", soon()), STORE_OK);
    PEER_DOES(&p, "write b 2");
    cr_expect_eq(store_section_write(c, bytes("b"), bytes("own"), soon()), STORE_OK);
    PEER_DOES(&p, "vector b 3");
    PEER_DOES(&p, "create c x");
    PEER_DOES(&p, "write c 4");
    PEER_DOES(&p, "delete b");
    cr_expect_str_eq(peer_ask(&p, "write b 5"), "no such checkpoint or section");
    cr_expect(wait_for(told, want, 5000), "%s", story.text);
    cr_expect_eq(store_feed_set(c, NULL, NULL, soon()), STORE_OK);
    PEER_DOES(&p, "write c 6");
    cr_expect(told(want), "%s", story.text);
    store_ckpt_close(c, soon());
    peer_end(&p);
    fixture_store_end();
}

Test(peers, a_lost_connection_loses_no_change)
{
    char want[] = "b@0=1;b@0=2;b@0=3;b@0=4;b@0=5;b@0=6;b@0=7;b@0=8;";
    char line[32];
    struct store_ckpt *c;
    struct peer p;
    int i;

    server_start();
    peer_start(&p, &watched);
    c = watched_ckpt();
    PEER_DOES(&p, "open c");
    PEER_DOES(&p, "create b x");
    cr_assert_eq(store_feed_set(c, tell, (void *)"", soon()), STORE_OK);
    for (i = 1; i < 9; i++) {
        redis_int(&server, "CLIENT KILL TYPE normal");
        snprintf(line, sizeof(line), "write b %d", i);
        PEER_DOES(&p, line);
    }
    cr_expect(wait_for(told, want, 5000), "%s", story.text);
    store_ckpt_close(c, soon());
    peer_end(&p);
    fixture_store_end();
}

Test(peers, an_expiry_is_told_as_a_delete_to_everybody)
{
    char want[] = "mine:b@0=;";
    struct store_ckpt *c;

    server_start();
    c = watched_ckpt();
    cr_assert_eq(store_feed_set(c, tell, (void *)"mine:", soon()), STORE_OK);
    cr_assert_eq(create_until(c, "b", (struct store_when){true, 20 * CLV_NS_PER_MS}),
                 STORE_OK);
    cr_expect(wait_for(told, want, 5000), "%s", story.text);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(peers, a_reader_that_missed_changes_gets_all_sections)
{
    char want[] = "b@0=2;b@0=3;";
    struct store_ckpt *c;
    struct peer p;

    server_start();
    peer_start(&p, &watched);
    c = watched_ckpt();
    PEER_DOES(&p, "open c");
    PEER_DOES(&p, "create b 1");
    redis_int(&server, "HSET clovis:{c:c}:%s:meta change 1", instance_of("c"));
    cr_assert_eq(store_feed_set(c, tell, (void *)"", soon()), STORE_OK);
    redis_int(&server, "HSET clovis:{c:c}:%s:meta change 5", instance_of("c"));
    PEER_DOES(&p, "write b 2");
    PEER_DOES(&p, "write b 3");
    cr_expect(wait_for(told, want, 5000) || strstr(story.text, "b@0=3;b@0=2;b@0=3;"),
              "%s", story.text);
    store_ckpt_close(c, soon());
    peer_end(&p);
    fixture_store_end();
}

/* ---- death --------------------------------------------------------------- */

Test(peers, what_a_dead_process_held_is_closed_by_the_next_who_looks)
{
    /* clang-format off */
    static const struct {
        int64_t retention_ns;
        enum store_status want; /* of an open that does not create */
    } rows[] = {
        { 0,                   STORE_ABSENT },
        { STORE_TIME_END,      STORE_OK },
        { 3600 * CLV_NS_PER_S, STORE_OK },
    };
    /* clang-format on */
    size_t i;

    server_start();
    setenv("CLOVIS_LEASE_MS", "60000", 1); /* on the same host nobody waits for that */
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct store_attrs a = plain;
        const struct store_open_how make = {.create = &a}, look = {0};
        struct store_ckpt *c;
        struct peer p;

        a.retention_ns = rows[i].retention_ns;
        peer_start(&p, &make);
        PEER_DOES(&p, "open c");
        PEER_DOES(&p, "create s x");
        peer_kill(&p);
        cr_assert_eq(store_start(soon()), STORE_OK);
        cr_expect_eq(store_ckpt_open(bytes("c"), &look, soon(), &c), rows[i].want,
                     "row %zu", i);
        if (rows[i].want == STORE_OK) {
            cr_expect_eq(
                redis_int(&server, "HLEN clovis:{c:c}:%s:open", instance_of("c")), 1);
            cr_expect_eq(data_fields("c"), 1, "row %zu: the section alone", i);
            store_ckpt_close(c, soon());
        }
        store_ckpt_unlink(bytes("c"), soon());
        cr_expect_eq(keys_left(), 0, "row %zu", i);
        store_stop();
    }
    redis_end(&server);
}

/* Else others could not tell what became of a process that dies right after its start. */
Test(peers, a_start_leaves_a_sign_of_life)
{
    redisContext *raw;
    redisReply *r;
    int i;

    server_start();
    raw = redis_raw(&server);
    for (i = 0; i < 100; i++) {
        cr_assert_eq(store_start(soon()), STORE_OK);
        r = redisCommand(raw, "KEYS clovis:proc:*");
        cr_assert(r && r->elements == 1, "start %d", i);
        freeReplyObject(r);
        store_stop();
    }
    redisFree(raw);
    redis_end(&server);
}

Test(peers, a_living_process_keeps_its_checkpoint)
{
    struct store_attrs a = plain;
    const struct store_open_how make = {.create = &a}, look = {0};
    struct store_ckpt *c;
    struct peer p;

    a.retention_ns = 0;
    server_start();
    peer_start(&p, &make);
    PEER_DOES(&p, "open c");
    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_assert_eq(store_ckpt_open(bytes("c"), &look, soon(), &c), STORE_OK);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    PEER_DOES(&p, "create s x");
    cr_expect_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_OK);
    PEER_DOES(&p, "create t x");
    peer_kill(&p);
    store_stop();
    redis_end(&server);
}

Test(peers, an_unlinked_checkpoint_goes_when_its_dead_holder_is_found)
{
    const struct store_open_how make = {.create = &plain}, look = {0};
    struct store_ckpt *c;
    struct peer p;

    server_start();
    peer_start(&p, &make);
    PEER_DOES(&p, "open c");
    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_assert_eq(store_ckpt_open(bytes("c"), &look, soon(), &c), STORE_OK);
    cr_expect_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_OK);
    peer_kill(&p);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    cr_expect_eq(keys_left(), 0);
    store_stop();
    redis_end(&server);
}

/* Nobody can open it any more, and nobody had it open with the dead one. */
static bool nothing_is_left(void *arg)
{
    (void)arg;
    return keys_left() == 0;
}

Test(peers, an_unlinked_checkpoint_of_a_dead_process_goes_at_the_next_start)
{
    const struct store_open_how make = {.create = &plain};
    struct peer p;

    server_start();
    peer_start(&p, &make);
    PEER_DOES(&p, "open c");
    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_expect_eq(store_ckpt_unlink(bytes("c"), soon()), STORE_OK);
    peer_kill(&p);
    store_stop();
    cr_expect_gt(keys_left(), 0);
    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_expect(wait_for(nothing_is_left, NULL, 10000), "%lld keys", keys_left());
    store_stop();
    redis_end(&server);
}

static char process_key[64];

/* The first sign of life comes a moment after the start. */
static bool one_process_is_known(void *arg)
{
    redisContext *raw = redis_raw(&server);
    redisReply *keys = redisCommand(raw, "KEYS clovis:proc:*");
    const bool known = keys && keys->type == REDIS_REPLY_ARRAY && keys->elements == 1;

    (void)arg;
    if (known)
        snprintf(process_key, sizeof(process_key), "%s", keys->element[0]->str);
    freeReplyObject(keys);
    redisFree(raw);
    return known;
}

Test(peers, a_silent_process_on_another_host_is_dead_only_after_watching)
{
    struct store_attrs a = plain;
    const struct store_open_how make = {.create = &a};
    struct store_ckpt *c;
    struct peer p;
    int64_t begin, took;

    setenv("CLOVIS_LEASE_MS", "600", 1);
    a.retention_ns = 0;
    server_start();
    peer_start(&p, &make);
    PEER_DOES(&p, "open c");
    PEER_DOES(&p, "create s x");
    cr_assert(wait_for(one_process_is_known, NULL, 10000));
    peer_kill(&p);
    redis_int(&server, "HSET %s host elsewhere", process_key);
    cr_assert_eq(store_start(soon()), STORE_OK);
    begin = clv_now_ns();
    do { /* until its lease is over, it passes for alive */
        cr_assert_eq(store_ckpt_open(bytes("c"), &make, soon(), &c), STORE_OK);
        took = (clv_now_ns() - begin) / CLV_NS_PER_MS;
        if (store_section_check(c, bytes("s"), soon()) == STORE_ABSENT)
            break;
        store_ckpt_close(c, soon());
    } while (took < 10000);
    cr_expect_geq(took, 1500, "took %d ms", (int)took);
    cr_expect_eq(store_section_check(c, bytes("s"), soon()), STORE_ABSENT, "a fresh one");
    store_ckpt_close(c, soon());
    store_stop();
    redis_end(&server);
}

static bool is_open_by_one(void *arg)
{
    (void)arg;
    return redis_int(&server, "HLEN clovis:{c:c}:%s:open", instance_of("c")) == 1;
}

Test(peers, a_process_that_was_taken_for_dead_enters_its_opens_again)
{
    struct store_ckpt *c;

    setenv("CLOVIS_LEASE_MS", "500", 1);
    server_start();
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    cr_assert(wait_for(one_process_is_known, NULL, 10000));
    redis_int(&server, "DEL clovis:{c:c}:%s:open", instance_of("c"));
    redis_int(&server, "DEL %s", process_key);
    cr_expect(wait_for(is_open_by_one, NULL, 5000));
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- fork ---------------------------------------------------------------- */

Test(peers, a_forked_child_starts_afresh_and_leaves_the_parent_alone)
{
    struct store_ckpt *c;
    char back[16];
    int status = 0;
    pid_t pid;

    server_start();
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "parent"), STORE_OK);
    pid = fork_among_threads();
    if (pid == 0) {
        struct store_ckpt *mine;
        int wrong = 0;

        wrong |= store_section_write(c, bytes("s"), bytes("x"), soon()) == STORE_OK;
        wrong |= store_start(soon()) != STORE_OK ? 2 : 0;
        wrong |= store_ckpt_close(c, soon()) == STORE_OK ? 4 : 0;
        mine = ckpt_make("c");
        wrong |= read_text(mine, "s", back, sizeof(back)) != STORE_OK ? 8 : 0;
        wrong |= store_section_write(mine, bytes("s"), bytes("child"), soon()) ? 16 : 0;
        store_ckpt_close(mine, soon());
        store_stop();
        _exit(wrong);
    }
    waitpid(pid, &status, 0);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x",
              (unsigned)status);
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "child");
    cr_expect_eq(redis_int(&server, "HLEN clovis:{c:c}:%s:open", instance_of("c")), 1);
    store_ckpt_close(c, soon());
    fixture_store_end();
}
