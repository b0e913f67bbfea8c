/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed contents among several processes, over cut connections and a fail-over. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fault_proxy.h"
#include "fixture_fork.h"
#include "fixture_replicas.h"
#include "fixture_seal.h"

TestSuite(seal_peers, .timeout = 110);

enum { WRITERS = 4, PLACES = 25, ROUNDS = 6, PLACE = 8 };

static const struct store_attrs roomy = {2, 50, 1000000, 3600 * CLV_NS_PER_S, 100000, 40};

/* ---- many writers, one section ------------------------------------------- */

/* Write every place that is this writer's, again and again; the last is ROUNDS. */
static bool places_write(struct store_ckpt *c, int who)
{
    char text[PLACE + 1];
    int round, i;

    for (round = 1; round <= ROUNDS; round++)
        for (i = 0; i < PLACES; i++) {
            const uint64_t at = (uint64_t)PLACE * (uint64_t)(i * WRITERS + who);

            snprintf(text, sizeof(text), "%d-%03d-%d;", who, i, round);
            if (write_at(c, "s", at, text) != STORE_OK)
                return false;
        }
    return true;
}

static void places_check(struct store_ckpt *c)
{
    char want[PLACE + 1];
    static char text[2 * WRITERS * PLACES * PLACE];
    int who, i;

    cr_assert_eq(read_text(c, "s", text, sizeof(text)), STORE_OK);
    cr_assert_eq(strlen(text), (size_t)WRITERS * PLACES * PLACE);
    for (i = 0; i < PLACES; i++)
        for (who = 0; who < WRITERS; who++) {
            snprintf(want, sizeof(want), "%d-%03d-%d;", who, i, ROUNDS);
            cr_expect_eq(memcmp(text + PLACE * (i * WRITERS + who), want, PLACE), 0,
                         "writer %d, place %d is lost", who, i);
        }
}

static pid_t writer_fork(int who)
{
    const pid_t pid = fork_among_threads();
    struct store_ckpt *c;

    if (pid)
        return pid;
    if (store_start(soon()) != STORE_OK)
        _exit(2);
    c = ckpt_make_with("c", &roomy);
    _exit(places_write(c, who) && store_ckpt_close(c, soon()) == STORE_OK ? 0 : 1);
}

/* The children are forked from a process whose client runs, and make their own. */
Test(seal_peers, writers_of_one_section_lose_nothing)
{
    pid_t pid[WRITERS];
    struct store_ckpt *c;
    int who, status;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "s", ""), STORE_OK);
    for (who = 0; who < WRITERS; who++)
        pid[who] = writer_fork(who);
    for (who = 0; who < WRITERS; who++) {
        cr_assert_eq(waitpid(pid[who], &status, 0), pid[who]);
        cr_expect_eq(status, 0, "writer %d: status %d", who, status);
    }
    places_check(c);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

static struct store_ckpt *shared;

static void *writer_thread(void *who)
{
    return places_write(shared, (int)(intptr_t)who) ? NULL : who;
}

Test(seal_peers, threads_that_share_a_handle_lose_nothing)
{
    pthread_t thread[WRITERS];
    void *failed;
    int who;

    fixture_seal_start(KEY_1);
    shared = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(shared, "s", ""), STORE_OK);
    for (who = 0; who < WRITERS; who++)
        pthread_create(&thread[who], NULL, writer_thread, (void *)(intptr_t)who);
    for (who = 0; who < WRITERS; who++) {
        pthread_join(thread[who], &failed);
        cr_expect_null(failed);
    }
    places_check(shared);
    store_ckpt_close(shared, soon());
    fixture_store_end();
}

/* ---- the feed ------------------------------------------------------------ */

static struct {
    pthread_mutex_t lock;
    char text[1000];
} story = {PTHREAD_MUTEX_INITIALIZER, ""};

static void tell(void *arg, const struct store_change *vec, uint32_t n)
{
    const size_t room = sizeof(story.text);
    char *at;
    uint32_t i;

    pthread_mutex_lock(&story.lock);
    at = story.text + strlen(story.text);
    for (i = 0; i < n; i++)
        at += snprintf(at, room - (size_t)(at - story.text), "%s %.*s@%d=%.*s;",
                       (const char *)arg, (int)vec[i].id.size,
                       (const char *)vec[i].id.base, (int)vec[i].offset,
                       (int)vec[i].data.size, (const char *)vec[i].data.base);
    pthread_mutex_unlock(&story.lock);
}

static bool told(void *want)
{
    bool yes;

    pthread_mutex_lock(&story.lock);
    yes = strstr(story.text, want) != NULL;
    pthread_mutex_unlock(&story.lock);
    return yes;
}

static bool is_told(const char *want)
{
    return wait_for(told, (void *)(uintptr_t)want, 5000);
}

static void listen_as(struct store_ckpt *c, const char *name)
{
    cr_assert_eq(store_feed_set(c, tell, (void *)(uintptr_t)name, soon()), STORE_OK);
}

/* Another process that writes into a checkpoint with a feed. */
static void other_writes(const struct store_open_how *how, const char *keys)
{
    const struct store_write vec[] = {{bytes("s"), bytes("X"), 0},
                                      {bytes("t"), bytes("YY"), 5},
                                      {bytes("s"), bytes("Z"), 2}};
    const pid_t pid = fork_among_threads();
    struct store_ckpt *c;
    uint32_t bad;
    bool ok;
    int status;

    if (pid == 0) {
        keys_set(keys);
        ok = store_start(soon()) == STORE_OK &&
             store_ckpt_open(bytes("c"), how, soon(), &c) == STORE_OK &&
             store_section_write(c, bytes("s"), bytes("whole"), soon()) == STORE_OK &&
             store_write(c, vec, keys ? 3 : 0, &bad, soon()) == STORE_OK &&
             store_section_write(c, bytes("t"), bytes("last"), soon()) == STORE_OK;
        _exit(ok ? 0 : 1);
    }
    cr_assert(waitpid(pid, &status, 0) == pid && status == 0);
}

Test(seal_peers, changes_are_delivered_opened_to_each_handle)
{
    const struct store_open_how how = {.create = &roomy, .notify = true};
    struct store_ckpt *a, *b;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    cr_assert_eq(store_ckpt_open(bytes("c"), &how, soon(), &a), STORE_OK);
    cr_assert_eq(store_ckpt_open(bytes("c"), &how, soon(), &b), STORE_OK);
    cr_assert_eq(create(a, "s", ""), STORE_OK);
    cr_assert_eq(create(a, "t", ""), STORE_OK);
    listen_as(a, "a");
    listen_as(b, "b");
    other_writes(&how, KEY_1);
    cr_expect(is_told("a s@0=whole;"));
    cr_expect(is_told("a s@0=X;a t@5=YY;a s@2=Z;"));
    cr_expect(is_told("b s@0=X;b t@5=YY;b s@2=Z;"));
    cr_expect(is_told("b t@0=last;"), "%s", story.text);
    cr_expect_eq(redis_int(&server, "EXISTS clovis:{c:c}:%s:feed", instance_of("c")), 1);
    store_ckpt_close(a, soon());
    store_ckpt_close(b, soon());
    fixture_store_end();
}

static bool is_seen(void *c)
{
    char text[64];

    return read_text(c, "t", text, sizeof(text)) == STORE_OK && strcmp(text, "last") == 0;
}

/* Who lacks the key is told nothing rather than what is not the content; so is who
 * requires one of a writer without. */
Test(seal_peers, changes_that_cannot_be_opened_are_not_delivered)
{
    const struct store_open_how how = {.create = &roomy, .notify = true};
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_2);
    cr_assert_eq(store_ckpt_open(bytes("c"), &how, soon(), &c), STORE_OK);
    cr_assert_eq(create(c, "s", ""), STORE_OK);
    cr_assert_eq(create(c, "t", ""), STORE_OK);
    listen_as(c, "c");
    other_writes(&how, KEY_1 KEY_2);
    other_writes(&how, NULL); /* is delivered, after the others */
    cr_expect(is_told("c t@0=last;"));
    cr_expect_str_eq(story.text, "c s@0=whole;c t@0=last;");
    cr_expect(wait_for(is_seen, c, 5000));
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* The last change in the feed, as a value. */
static void last_change(struct value *out)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r =
        redisCommand(raw, "XREVRANGE clovis:{c:c}:%s:feed + - COUNT 1", instance_of("c"));
    const redisReply *fields = r->element[0]->element[1];

    cr_assert_str_eq(fields->element[4]->str, "e");
    out->size = (size_t)fields->element[5]->len;
    memcpy(out->at, fields->element[5]->str, out->size);
    freeReplyObject(r);
    redisFree(raw);
}

Test(seal_peers, a_change_of_the_feed_is_no_value)
{
    const struct store_open_how how = {.create = &roomy, .notify = true};
    static struct value v;
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_seal_start(KEY_1);
    cr_assert_eq(store_ckpt_open(bytes("c"), &how, soon(), &c), STORE_OK);
    cr_assert_eq(create(c, "s", "content"), STORE_OK);
    cr_assert_eq(write_at(c, "s", 0, "x"), STORE_OK);
    last_change(&v);
    value_set("c", "s", &v);
    cr_expect(is_corrupted(c, "s"), "a part that begins at 0");
    cr_assert_eq(write_at(c, "s", 0, "all of it"), STORE_OK);
    last_change(&v);
    value_set("c", "s", &v);
    cr_expect_not(is_corrupted(c, "s"), "what covered the section is its value");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- cut connections ----------------------------------------------------- */

static struct fault_proxy proxy;

static long long changes(void)
{
    return redis_int(&server, "HGET clovis:{c:fed}:%s:meta change", instance_of("fed"));
}

/* A write at an offset is a look and a swap; cut anywhere, it happens once, as the number
 * of changes in the feed tells. */
static void cut_part(struct store_ckpt *c, enum fault_way way, size_t size, int step)
{
    static char back[VALUE_MAX], data[VALUE_MAX];
    const long from = fault_proxy_seen(&proxy, way);
    long long n;
    long length, pos;

    memset(data, 'a', size);
    data[size] = '\0';
    cr_assert_eq(write_at(c, "s", 5, data), STORE_OK);
    length = fault_proxy_seen(&proxy, way) - from;
    n = changes();
    for (pos = 0; pos <= length; pos += step) {
        const unsigned cuts = fault_proxy_cuts(&proxy);

        data[0] = (char)('a' + (data[0] - 'a' + 1) % 26);
        fault_proxy_cut_after(&proxy, way, pos);
        cr_assert_eq(write_at(c, "s", 5, data), STORE_OK, "byte %ld of %ld", pos, length);
        cr_assert_eq(fault_proxy_cuts(&proxy), cuts + 1, "byte %ld of %ld", pos, length);
        n++;
        cr_assert_eq(changes(), n, "byte %ld of %ld", pos, length);
        cr_assert_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
        cr_assert(memcmp(back, "start", 5) == 0 && strcmp(back + 5, data) == 0,
                  "byte %ld of %ld: %.40s", pos, length, back);
    }
}

Test(seal_peers, a_write_at_an_offset_that_is_cut_anywhere_happens_once)
{
    const struct store_open_how how = {.create = &roomy, .notify = true};
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    setenv("CLOVIS_LEASE_MS", "3600000", 1);
    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    setenv("CLOVIS_REDIS_URL", proxy.url, 1);
    keys_set(KEY_1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    cr_assert_eq(store_ckpt_open(bytes("fed"), &how, soon(), &c), STORE_OK);
    cr_assert_eq(create(c, "s", "start"), STORE_OK);
    cut_part(c, FAULT_UP, 40, 3);
    cut_part(c, FAULT_DOWN, 40, 1);
    cut_part(c, FAULT_UP, 12000, 397); /* follows its script */
    cut_part(c, FAULT_DOWN, 12000, 397);
    store_ckpt_close(c, soon());
    store_stop();
    fault_proxy_end(&proxy);
    redis_end(&server);
}

/* ---- a fail-over that loses ---------------------------------------------- */

static struct group group;

Test(seal_peers, what_a_fail_over_has_lost_is_written_again_sealed)
{
    static char large[20001];
    char text[30000];
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    keys_set(KEY_1);
    group_start(&group, 2, NULL);
    cr_assert_eq(store_start(soon()), STORE_OK);
    memset(large, 'x', sizeof(large) - 1);
    c = ckpt_make_with("c", &roomy);
    cr_assert_eq(create(c, "whole", "before"), STORE_OK);
    cr_assert_eq(create(c, "part", "before"), STORE_OK);
    cr_assert_eq(create(c, "large", large), STORE_OK);
    cr_assert_eq(store_ckpt_sync(c, soon()), STORE_OK);
    redis_int(&group.node[1], "REPLICAOF NO ONE");
    cr_assert_eq(store_section_write(c, bytes("whole"), bytes("lost"), soon()), STORE_OK);
    cr_assert_eq(create(c, "new", "lost"), STORE_OK);
    cr_assert_eq(write_at(c, "part", 4, "LOST"), STORE_OK);
    cr_assert_eq(write_at(c, "part", 0, "B"), STORE_OK);
    cr_assert_eq(write_at(c, "large", 10000, "LOST"), STORE_OK);
    group_point(&group, 1);
    redis_kill(&group.node[0]);
    cr_assert_eq(read_text(c, "whole", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "lost");
    cr_assert_eq(read_text(c, "new", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "lost");
    cr_assert_eq(read_text(c, "part", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, "BefoLOST");
    memcpy(large + 10000, "LOST", 4);
    cr_assert_eq(read_text(c, "large", text, sizeof(text)), STORE_OK);
    cr_expect_str_eq(text, large);
    cr_expect_not(is_corrupted(c, "new"));
    store_ckpt_close(c, soon());
    store_stop();
    group_end(&group);
}
