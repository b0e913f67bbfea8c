/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that die, freeze, forget, refuse; and connections that break under load. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend-redis/rds_client.h"
#include "base/clock.h"
#include "fault_proxy.h"
#include "fixture_store.h"

TestSuite(fault, .timeout = 110);

/* ---- a history that must be exact ---------------------------------------- */

enum { WORKERS = 4, SECTIONS = 3 };

struct worker {
    pthread_t thread;
    struct store_ckpt *c;
    int number;
    char wrong[160]; /* the first thing that was not as expected */
};

static atomic_bool over;
static atomic_long n_done;

static int64_t patient(void)
{
    return clv_deadline_ns(60 * CLV_NS_PER_S);
}

static bool expect(struct worker *w, const char *what, const char *id,
                   enum store_status got, enum store_status want)
{
    if (got == want)
        return true;
    snprintf(w->wrong, sizeof(w->wrong), "%s %s: \"%s\", expected \"%s\"", what, id,
             store_status_text(got), store_status_text(want));
    return false;
}

/* A worker alone writes its sections, so it knows every answer. */
static bool step(struct worker *w, unsigned n, char values[SECTIONS][32],
                 bool there[SECTIONS])
{
    const unsigned s = n % SECTIONS;
    char id[16], text[32], back[32] = "";
    struct store_read r = {.buffer = back, .size = sizeof(back) - 1};
    struct store_write vec;
    uint32_t bad;

    snprintf(id, sizeof(id), "w%d.%u", w->number, s);
    snprintf(text, sizeof(text), "%010u", n);
    r.id = bytes(id);
    vec = (struct store_write){bytes(id), bytes(text), 0};
    switch (n / SECTIONS % 5) {
    case 0:
        if (!expect(w, "create", id,
                    store_section_create(w->c, bytes(id), never, bytes(text), NULL,
                                         patient()),
                    there[s] ? STORE_EXISTS : STORE_OK))
            return false;
        if (!there[s])
            snprintf(values[s], 32, "%s", text);
        there[s] = true;
        break;
    case 1:
    case 4:
        if (!expect(w, "write", id,
                    store_section_write(w->c, bytes(id), bytes(text), patient()),
                    there[s] ? STORE_OK : STORE_ABSENT))
            return false;
        snprintf(values[s], 32, "%s", text);
        break;
    case 2:
        if (!expect(w, "vector", id, store_write(w->c, &vec, 1, &bad, patient()),
                    there[s] ? STORE_OK : STORE_ABSENT))
            return false;
        snprintf(values[s], 32, "%s", text);
        break;
    case 3:
        if (n % 7 == 0) {
            if (!expect(w, "delete", id, store_section_delete(w->c, bytes(id), patient()),
                        there[s] ? STORE_OK : STORE_ABSENT))
                return false;
            there[s] = false;
        }
        break;
    }
    if (!expect(w, "read", id, store_read(w->c, &r, 1, &bad, patient()),
                there[s] ? STORE_OK : STORE_ABSENT))
        return false;
    if (there[s] && strcmp(back, values[s])) {
        snprintf(w->wrong, sizeof(w->wrong), "%s: read \"%s\", wrote \"%s\"", id, back,
                 values[s]);
        return false;
    }
    return true;
}

static void *work(void *arg)
{
    char values[SECTIONS][32] = {"", "", ""};
    bool there[SECTIONS] = {false};
    struct worker *w = arg;
    unsigned n = 0;

    while (!atomic_load(&over) && step(w, n++, values, there))
        atomic_fetch_add(&n_done, 1);
    return NULL;
}

static struct worker workers[WORKERS];

static void workers_start(struct store_ckpt *c)
{
    int i;

    atomic_store(&over, false);
    for (i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){.c = c, .number = i};
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
}

static void workers_join(void)
{
    int i;

    atomic_store(&over, true);
    for (i = 0; i < WORKERS; i++)
        pthread_join(workers[i].thread, NULL);
    for (i = 0; i < WORKERS; i++)
        cr_expect_str_empty(workers[i].wrong, "worker %d: %s", i, workers[i].wrong);
}

static bool progressed(void *arg)
{
    return atomic_load(&n_done) >= *(long *)arg;
}

/* Wait for n more steps. */
static void work_goes_on(long n)
{
    long until = atomic_load(&n_done) + n;
    int i;

    for (i = 0; i < WORKERS; i++)
        if (workers[i].wrong[0])
            return;
    cr_expect(wait_for(progressed, &until, 20000), "the work stands still");
}

static struct store_ckpt *roomy_ckpt(void)
{
    struct store_attrs a = plain;

    a.max_sections = 1000;
    return ckpt_make_with("c", &a);
}

Test(fault, under_load_every_cut_is_settled_exactly)
{
    static struct fault_proxy proxy;
    unsigned seed = 7;
    struct store_ckpt *c;
    int i;

    redis_start(&server, false, NULL);
    fault_proxy_start(&proxy, server.socket);
    setenv("CLOVIS_REDIS_URL", proxy.url, 1);
    setenv("CLOVIS_LOG", "none", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = roomy_ckpt();
    workers_start(c);
    for (i = 0; i < 300; i++) {
        fault_proxy_cut_after(&proxy, rand_r(&seed) % 2 ? FAULT_UP : FAULT_DOWN,
                              rand_r(&seed) % 3000);
        work_goes_on(12);
    }
    workers_join();
    cr_expect_gt(fault_proxy_cuts(&proxy), 100);
    store_ckpt_close(c, soon());
    store_stop();
    fault_proxy_end(&proxy);
    redis_end(&server);
}

Test(fault, a_killed_server_that_keeps_a_log_loses_and_repeats_nothing)
{
    static const char *const aof[] = {"--appendonly", "yes", "--appendfsync", "always",
                                      NULL};
    struct store_ckpt *c;
    int i;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(aof);
    c = roomy_ckpt();
    workers_start(c);
    for (i = 0; i < 6; i++) {
        work_goes_on(100);
        redis_kill(&server);
        redis_again(&server);
    }
    work_goes_on(100);
    workers_join();
    store_ckpt_close(c, soon());
    fixture_store_end();
}

static void raw_do(const char *command)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, command);

    cr_assert(r && r->type != REDIS_REPLY_ERROR, "%s: %s", command,
              r ? r->str : "no reply");
    freeReplyObject(r);
    redisFree(raw);
}

Test(fault, an_operator_who_kills_connections_and_scripts_goes_unnoticed)
{
    struct store_ckpt *c;
    int i;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    c = roomy_ckpt();
    workers_start(c);
    for (i = 0; i < 40; i++) {
        raw_do(i % 2 ? "CLIENT KILL TYPE normal" : "SCRIPT FLUSH");
        work_goes_on(50);
    }
    workers_join();
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- generations ---------------------------------------------------------- */

static atomic_ulong told; /* number of the generation that the watcher was told of last */

static void generation_note(const struct rds_generation *now)
{
    atomic_store(&told, now->number);
}

static bool was_told(void *arg)
{
    return atomic_load(&told) == *(unsigned long *)arg;
}

Test(fault, a_generation_lasts_until_the_server_or_its_history_is_another)
{
    /* clang-format off */
    static const struct { const char *what; bool restart, is_new; } rows[] = {
        { "CLIENT KILL TYPE normal",   false, false },
        { "DEBUG CHANGE-REPL-ID",      false, true },
        { "(restart)",                 true,  true },
    };
    /* clang-format on */
    static const char *const args[] = {"--enable-debug-command", "yes", NULL};
    struct rds_generation g;
    struct store_ckpt *c;
    unsigned long number = 1;
    size_t i;

    setenv("CLOVIS_LOG", "none", 1);
    rds_generation_watch(generation_note);
    fixture_store_start(args);
    rds_generation_get(&g);
    cr_expect_eq(g.number, 1);
    c = ckpt_make("c");
    for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (rows[i].restart) {
            redis_kill(&server);
            redis_again(&server);
        } else {
            raw_do(rows[i].what);
            raw_do("CLIENT KILL TYPE normal");
        }
        store_section_check(c, bytes("s"), soon());
        number += rows[i].is_new;
        rds_generation_get(&g);
        cr_expect_eq(g.number, number, "%s: %lu", rows[i].what, (unsigned long)g.number);
        cr_expect(!rows[i].is_new || wait_for(was_told, &number, 5000), "%s: not told",
                  rows[i].what);
    }
    rds_generation_watch(NULL);
    store_ckpt_close(c, clv_deadline_ns(0));
    fixture_store_end();
}

/* ---- deadlines ----------------------------------------------------------- */

/* The first sign of life, which comes a moment after the start, would be in the way. */
static bool has_beaten(void *arg)
{
    redisContext *raw = redis_raw(&server);
    redisReply *keys = redisCommand(raw, "KEYS clovis:proc:*");
    const bool yes = keys && keys->type == REDIS_REPLY_ARRAY && keys->elements == 1;

    (void)arg;
    freeReplyObject(keys);
    redisFree(raw);
    return yes;
}

Test(fault, a_frozen_server_makes_calls_unsure_in_time_and_is_used_again)
{
    struct store_ckpt *c;
    int64_t begin, took;
    char back[16];

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "old"), STORE_OK);
    cr_assert(wait_for(has_beaten, NULL, 10000));
    redis_freeze(&server);
    begin = clv_now_ns();
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("new"),
                                     clv_deadline_ns(300 * CLV_NS_PER_MS)),
                 STORE_UNSURE);
    took = (clv_now_ns() - begin) / CLV_NS_PER_MS;
    cr_expect(took >= 290 && took < 900, "took %d ms", (int)took);
    begin = clv_now_ns();
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("never sent"),
                                     clv_deadline_ns(300 * CLV_NS_PER_MS)),
                 STORE_AWAY);
    took = (clv_now_ns() - begin) / CLV_NS_PER_MS;
    cr_expect(took >= 290 && took < 900, "took %d ms", (int)took);
    redis_thaw(&server);
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("last"), soon()), STORE_OK);
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "last");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(fault, without_a_server_calls_end_at_their_deadline_and_do_nothing)
{
    struct store_ckpt *c;
    int64_t begin;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    c = ckpt_make("c");
    redis_kill(&server);
    store_section_check(c, bytes("s"), clv_deadline_ns(50 * CLV_NS_PER_MS));
    begin = clv_now_ns();
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("x"),
                                     clv_deadline_ns(200 * CLV_NS_PER_MS)),
                 STORE_AWAY);
    cr_expect_lt(clv_now_ns() - begin, 600 * CLV_NS_PER_MS);
    cr_expect_eq(store_ckpt_close(c, clv_deadline_ns(100 * CLV_NS_PER_MS)), STORE_AWAY);
    fixture_store_end();
}

static bool nobody_has_it_open(void *arg)
{
    (void)arg;
    return redis_int(&server, "HLEN clovis:{c:c}:%s:open", instance_of("c")) == 0;
}

Test(fault, a_close_that_found_no_store_is_made_up_for)
{
    static const char *const aof[] = {"--appendonly", "yes", "--appendfsync", "always",
                                      NULL};
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(aof);
    c = ckpt_make("c");
    redis_kill(&server);
    cr_expect_neq(store_ckpt_close(c, clv_deadline_ns(50 * CLV_NS_PER_MS)), STORE_OK);
    redis_again(&server);
    cr_expect(wait_for(nobody_has_it_open, NULL, 10000));
    fixture_store_end();
}

/* ---- a store that forgets or refuses ------------------------------------- */

Test(fault, what_was_emptied_is_gone_and_is_not_revived)
{
    struct store_ckpt_status status;
    static const char large[2000];
    char back[16], id[STORE_GENERATED_ID_MAX];
    struct store_ckpt *c;
    struct store_write w = {bytes("s"), bytes("x"), 0};
    uint32_t bad;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    raw_do("FLUSHALL");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("x"), soon()), STORE_GONE);
    cr_expect_eq(keys_left(), 0, "a write revived it");
    cr_expect_eq(store_write(c, &w, 1, &bad, soon()), STORE_GONE);
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_GONE);
    cr_expect_eq(create(c, "s", "x"), STORE_GONE);
    cr_expect_eq(store_section_create(c, bytes("s"), never,
                                      (struct clv_bytes){large, 2000}, NULL, soon()),
                 STORE_GONE);
    cr_expect_eq(generate(c, id), STORE_GONE);
    cr_expect_eq(store_section_delete(c, bytes("s"), soon()), STORE_GONE);
    cr_expect_eq(store_section_expire(c, bytes("s"), never, soon()), STORE_GONE);
    cr_expect_eq(store_section_check(c, bytes("s"), soon()), STORE_GONE);
    cr_expect_eq(store_ckpt_status(c, &status, soon()), STORE_GONE);
    cr_expect_eq(store_ckpt_retention_set(c, 1, soon()), STORE_GONE);
    cr_expect_eq(store_ckpt_active_set(c, soon()), STORE_GONE);
    cr_expect_eq(keys_left(), 0);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    fixture_store_end();
}

Test(fault, values_that_are_not_ours_are_damaged_and_never_returned)
{
    /* clang-format off */
    static const char *const values[] = {
        "", "x", "CV1", "somebody else's value, long enough", "CV2 23456789012345678901234",
    };
    /* clang-format on */
    struct store_ckpt *c;
    char back[64];
    size_t i;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    c = ckpt_make("c");
    for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
        struct store_write w = {bytes("s"), bytes("x"), 3};
        uint32_t bad = 7;

        store_section_delete(c, bytes("s"), soon());
        cr_assert_eq(create(c, "s", "ours"), STORE_OK, "row %zu", i);
        redis_int(&server, "HSET clovis:{c:c}:%s:data s:s %s", instance_of("c"),
                  values[i]);
        strcpy(back, "untouched");
        struct store_read r = {.id = bytes("s"), .buffer = back, .size = sizeof(back)};
        cr_expect_eq(store_read(c, &r, 1, &bad, soon()), STORE_DAMAGED, "row %zu", i);
        cr_expect_eq(bad, 0, "row %zu", i);
        cr_expect_str_eq(back, "untouched", "row %zu", i);
        cr_expect_eq(store_write(c, &w, 1, &bad, soon()), STORE_DAMAGED, "row %zu", i);
        cr_expect_eq(store_section_write(c, bytes("s"), bytes("ours"), soon()), STORE_OK,
                     "row %zu", i);
    }
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(fault, keys_of_another_type_are_damaged)
{
    static const char *const parts[] = {"meta", "data", "index"};
    char back[16];
    size_t i;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    for (i = 0; i < 3; i++) {
        struct store_ckpt_status status;
        struct store_ckpt *c = ckpt_make("c");
        enum store_status st;

        cr_assert_eq(create(c, "s", "x"), STORE_OK);
        redis_int(&server, "DEL clovis:{c:c}:%s:%s", instance_of("c"), parts[i]);
        redis_int(&server, "LPUSH clovis:{c:c}:%s:%s x", instance_of("c"), parts[i]);
        st = store_ckpt_status(c, &status, soon());
        cr_expect_eq(st, STORE_DAMAGED, "%s: status: %s", parts[i],
                     store_status_text(st));
        if (i > 0) {
            st = read_text(c, "s", back, sizeof(back));
            cr_expect_eq(st, STORE_DAMAGED, "%s: read: %s", parts[i],
                         store_status_text(st));
            st = store_section_write(c, bytes("s"), bytes("y"), soon());
            cr_expect_eq(st, STORE_DAMAGED, "%s: write: %s", parts[i],
                         store_status_text(st));
        }
        store_ckpt_close(c, soon());
        raw_do("FLUSHALL");
    }
    fixture_store_end();
}

Test(fault, a_full_store_refuses_and_then_works_again)
{
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    raw_do("CONFIG SET maxmemory 1");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("y"), soon()), STORE_REFUSED);
    cr_expect_eq(create(c, "t", "y"), STORE_REFUSED);
    raw_do("CONFIG SET maxmemory 0");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("y"), soon()), STORE_OK);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

static bool save_has_failed(void *arg)
{
    redisContext *raw = redis_raw(&server);
    redisReply *r = redisCommand(raw, "INFO persistence");
    const bool failed = r && r->str && strstr(r->str, "rdb_last_bgsave_status:err");

    (void)arg;
    freeReplyObject(r);
    redisFree(raw);
    return failed;
}

Test(fault, a_store_that_cannot_save_refuses_and_then_works_again)
{
    static const char *const args[] = {"--enable-protected-configs", "yes", NULL};
    struct store_ckpt *c;
    char dir[200];

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(args);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    snprintf(dir, sizeof(dir), "%s/gone", server.dir);
    cr_assert_eq(mkdir(dir, 0700), 0);
    redis_int(&server, "CONFIG SET dir %s", dir);
    redis_int(&server, "CONFIG SET save %s", "1000 1");
    cr_assert_eq(rmdir(dir), 0);
    redis_int(&server, "BGSAVE");
    cr_assert(wait_for(save_has_failed, NULL, 20000));
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("y"), soon()), STORE_REFUSED);
    raw_do("CONFIG SET stop-writes-on-bgsave-error no");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("y"), soon()), STORE_OK);
    store_ckpt_close(c, soon());
    fixture_store_end();
}

Test(fault, too_few_replicas_is_waited_for_and_then_nothing_was_done)
{
    struct store_ckpt *c;
    char back[16];

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    c = ckpt_make("c");
    cr_assert_eq(create(c, "s", "x"), STORE_OK);
    raw_do("CONFIG SET min-replicas-to-write 1");
    cr_expect_eq(store_section_write(c, bytes("s"), bytes("y"),
                                     clv_deadline_ns(200 * CLV_NS_PER_MS)),
                 STORE_AWAY);
    cr_expect_eq(read_text(c, "s", back, sizeof(back)), STORE_OK);
    cr_expect_str_eq(back, "x");
    raw_do("CONFIG SET min-replicas-to-write 0");
    store_ckpt_close(c, soon());
    fixture_store_end();
}

/* ---- start --------------------------------------------------------------- */

static void captured_log(char *out, size_t size)
{
    FILE *f = fopen(getenv("CLOVIS_LOG") + strlen("error:"), "r");
    const size_t n = f ? fread(out, 1, size - 1, f) : 0;

    out[n] = '\0';
    if (f)
        fclose(f);
}

static void capture_log(void)
{
    char spec[256];

    snprintf(spec, sizeof(spec), "error:%s/log",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    setenv("CLOVIS_LOG", spec, 1);
    remove(spec + strlen("error:"));
}

Test(fault, starting_without_a_server_says_where_it_looked)
{
    char log[1024];

    capture_log();
    setenv("CLOVIS_REDIS_URL", "unix:///nowhere/redis.sock", 1);
    cr_expect_eq(store_start(clv_deadline_ns(CLV_NS_PER_S)), STORE_AWAY);
    captured_log(log, sizeof(log));
    cr_expect(strstr(log, "/nowhere/redis.sock: No such file or directory"), "%s", log);
}

Test(fault, a_wrong_password_is_refused_at_once_and_not_shown)
{
    static const char *const args[] = {"--requirepass", "right", NULL};
    const int64_t begin = clv_now_ns();
    char log[1024];

    capture_log();
    redis_start(&server, false, args);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    setenv("CLOVIS_REDIS_PASSWORD", "wrong-secret", 1);
    cr_expect_eq(store_start(soon()), STORE_REFUSED);
    cr_expect_lt(clv_now_ns() - begin, 5 * CLV_NS_PER_S);
    captured_log(log, sizeof(log));
    cr_expect(strstr(log, "WRONGPASS"), "%s", log);
    cr_expect_not(strstr(log, "secret"), "%s", log);
    setenv("CLOVIS_REDIS_PASSWORD", "right", 1);
    cr_expect_eq(store_start(soon()), STORE_OK);
    store_stop();
    redis_end(&server);
}

Test(fault, a_replica_is_no_store)
{
    static char port[16];
    static const char *args[] = {"--replicaof", "127.0.0.1", port, NULL};
    char log[1024];

    capture_log();
    snprintf(port, sizeof(port), "%d", free_port());
    redis_start(&server, false, args);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    cr_expect_eq(store_start(clv_deadline_ns(200 * CLV_NS_PER_MS)), STORE_AWAY);
    captured_log(log, sizeof(log));
    cr_expect(strstr(log, "replica"), "%s", log);
    redis_end(&server);
}

Test(fault, starts_are_counted)
{
    struct store_ckpt *c;

    setenv("CLOVIS_LOG", "none", 1);
    fixture_store_start(NULL);
    cr_expect_eq(store_start(soon()), STORE_OK);
    store_stop();
    c = ckpt_make("c");
    store_ckpt_close(c, soon());
    store_stop();
    store_stop();
    cr_expect_eq(store_start(soon()), STORE_OK);
    c = ckpt_make("c");
    store_ckpt_close(c, soon());
    fixture_store_end();
}
