/* SPDX-License-Identifier: Apache-2.0 */
/* The store on a Redis Cluster: the way of the calls, and what the cluster does to them.
 */
#include <criterion/criterion.h>

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backend-redis/rds_client.h"
#include "base/clock.h"
#include "fixture_fork.h"
#include "fixture_shards.h"
#include "fixture_store.h"

TestSuite(cluster, .timeout = 200);

enum { MASTERS = 3 };

static struct shards shards;

static void start(bool replicas)
{
    shards_start(&shards, MASTERS, replicas);
    setenv("CLOVIS_REDIS_URL", shards.url, 1);
    setenv("CLOVIS_LOG", "none", 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
}

static void end(void)
{
    store_stop();
    shards_end(&shards);
}

/* A checkpoint whose keys are on that node. */
static struct store_ckpt *ckpt_on(int node, int *slot)
{
    char name[32];
    int n;

    for (n = 0;; n++) {
        snprintf(name, sizeof(name), "c%d", n);
        *slot = shards_slot_of(&shards, name);
        if (shards_owner(&shards, *slot) == node)
            return ckpt_make(name);
    }
}

static enum store_status write_text(struct store_ckpt *c, const char *id,
                                    const char *text)
{
    return store_section_write(c, bytes(id), bytes(text), soon());
}

/* Id of the current instance of a name. */
static void instance_get(int node, const char *name, char out[32])
{
    redisContext *raw = redis_raw(&shards.node[node]);
    redisReply *r = redisCommand(raw, "GET clovis:{c:%s}", name);

    cr_assert(r && r->str);
    snprintf(out, 32, "%s", r->str);
    freeReplyObject(r);
    redisFree(raw);
}

/* ---- without faults ------------------------------------------------------ */

static long long keys_with_data(int node)
{
    return redis_int(&shards.node[node], "DBSIZE");
}

Test(cluster, checkpoints_spread_over_all_masters)
{
    enum { N = 60 };
    struct store_ckpt *c[N];
    char name[32], text[32], got[64];
    int i;

    start(false);
    for (i = 0; i < N; i++) {
        snprintf(name, sizeof(name), "spread-%d", i);
        c[i] = ckpt_make(name);
        cr_assert_eq(create(c[i], "s", name), STORE_OK);
        snprintf(text, sizeof(text), "text of %d", i);
        cr_assert_eq(write_text(c[i], "s", text), STORE_OK);
    }
    for (i = 0; i < MASTERS; i++)
        cr_expect_gt(keys_with_data(i), 20, "node %d has %lld keys", i,
                     keys_with_data(i));
    for (i = 0; i < N; i++) {
        snprintf(text, sizeof(text), "text of %d", i);
        cr_expect_eq(read_text(c[i], "s", got, sizeof(got)), STORE_OK);
        cr_expect_str_eq(got, text);
        cr_expect_eq(store_ckpt_close(c[i], soon()), STORE_OK);
    }
    end();
}

Test(cluster, one_seed_that_answers_is_enough)
{
    struct store_ckpt *c;
    char url[160];
    int dead, slot;

    shards_start(&shards, MASTERS, false);
    dead = free_port();
    snprintf(url, sizeof(url), "redis-cluster://127.0.0.1:%d,127.0.0.1:%d", dead,
             shards.node[1].port);
    setenv("CLOVIS_REDIS_URL", url, 1);
    cr_assert_eq(store_start(soon()), STORE_OK);
    c = ckpt_on(0, &slot);
    cr_expect_eq(create(c, "s", "x"), STORE_OK);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    end();
}

static void on_change(void *arg, const struct store_change *vec, uint32_t n)
{
    (void)vec;
    while (n-- > 0)
        sem_post(arg);
}

/* A second handle would be this process's own, whose changes are not told: so it is by
 * hand that another process's change is written. */
Test(cluster, changes_are_told)
{
    const struct store_open_how how = {.create = &plain, .notify = true};
    struct store_ckpt *c;
    struct timespec ts;
    char key[128], id[32];
    sem_t told;
    int node;

    start(false);
    sem_init(&told, 0, 0);
    cr_assert_eq(store_ckpt_open(bytes("told"), &how, soon(), &c), STORE_OK);
    cr_assert_eq(store_feed_set(c, on_change, &told, soon()), STORE_OK);
    node = shards_owner(&shards, shards_slot_of(&shards, "told"));
    instance_get(node, "told", id);
    snprintf(key, sizeof(key), "clovis:{c:told}:%s", id);
    redis_int(&shards.node[node], "HINCRBY %s:meta change 1", key);
    redis_int(&shards.node[node], "XADD %s:feed 1-0 writer other s 0 d text", key);
    clock_gettime(CLOCK_REALTIME, &ts);
    ts.tv_sec += 10;
    cr_expect_eq(sem_timedwait(&told, &ts), 0, "no change was told");
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    sem_destroy(&told);
    end();
}

/* In a process of its own: hold a checkpoint whose retention is nothing, until killed. */
static pid_t holder_start(const char *name)
{
    const struct store_attrs attrs = {2, 10, 1000, 0, 100, 20};
    int ready[2];
    pid_t pid;
    char c;

    cr_assert_eq(pipe(ready), 0);
    pid = fork_among_threads();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        if (store_start(soon()) != STORE_OK)
            _exit(1);
        ckpt_make_with(name, &attrs);
        if (write(ready[1], "+", 1) == 1)
            pause();
        _exit(1);
    }
    close(ready[1]);
    cr_assert_eq(read(ready[0], &c, 1), 1, "the holder has failed");
    close(ready[0]);
    return pid;
}

Test(cluster, a_holder_that_died_holds_nothing)
{
    const struct store_open_how how = {.create = NULL};
    struct store_ckpt *c;
    char name[16];
    pid_t pid;
    int i;

    shards_start(&shards, MASTERS, false);
    setenv("CLOVIS_REDIS_URL", shards.url, 1);
    setenv("CLOVIS_LOG", "none", 1);
    for (i = 0; i < 4; i++) { /* the process and the checkpoint lie anywhere */
        snprintf(name, sizeof(name), "held-%d", i);
        pid = holder_start(name);
        cr_assert_eq(store_start(soon()), STORE_OK);
        cr_assert_eq(store_ckpt_open(bytes(name), &how, soon(), &c), STORE_OK);
        cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
        kill(pid, SIGKILL);
        cr_assert_eq(waitpid(pid, NULL, 0), pid);
        cr_expect_eq(store_ckpt_open(bytes(name), &how, soon(), &c), STORE_ABSENT);
        store_stop();
    }
    shards_end(&shards);
}

/* ---- under load ---------------------------------------------------------- */

/* One thread writes numbers that rise to one section, and reads them back. */
struct load {
    struct store_ckpt *c;
    pthread_t thread;
    atomic_bool stop;
    atomic_ulong acknowledged; /* the last number whose write succeeded */
    unsigned long n_unknown;
    char wrong[160];
};

static bool number_read(struct store_ckpt *c, unsigned long *out)
{
    char text[32];

    if (read_text(c, "n", text, sizeof(text)) != STORE_OK)
        return false;
    *out = strtoul(text, NULL, 10);
    return true;
}

static void load_step(struct load *l, unsigned long n)
{
    const unsigned long before = atomic_load(&l->acknowledged);
    enum store_status st;
    unsigned long seen;
    char text[32];

    snprintf(text, sizeof(text), "%lu", n);
    st = write_text(l->c, "n", text);
    if (st == STORE_OK)
        atomic_store(&l->acknowledged, n);
    else
        l->n_unknown++;
    if (!number_read(l->c, &seen))
        return;
    if ((seen != n && (st == STORE_OK || seen < before)) && !l->wrong[0])
        snprintf(l->wrong, sizeof(l->wrong),
                 "write %lu: %s; then %lu was read, %lu had been acknowledged", n,
                 store_status_text(st), seen, before);
}

static void *load_main(void *arg)
{
    struct load *l = arg;
    unsigned long n;

    for (n = 1; !atomic_load(&l->stop); n++)
        load_step(l, n);
    return NULL;
}

/* Each section made anew, and again: EXISTS would tell of a create done twice, ABSENT of
 * a delete. */
static void *churn_main(void *arg)
{
    struct load *l = arg;
    enum store_status st;
    unsigned long n;
    char id[16];

    for (n = 1; !atomic_load(&l->stop); n++) {
        snprintf(id, sizeof(id), "x%lu", n % 5);
        st = create(l->c, id, "made");
        if (st == STORE_OK)
            st = store_section_delete(l->c, bytes(id), soon());
        if (st == STORE_OK)
            atomic_store(&l->acknowledged, n);
        else if (!l->wrong[0])
            snprintf(l->wrong, sizeof(l->wrong), "round %lu: %s", n,
                     store_status_text(st));
    }
    return NULL;
}

static void load_begin(struct load *l, struct store_ckpt *c, void *(*fn)(void *))
{
    memset(l, 0, sizeof(*l));
    l->c = c;
    cr_assert_eq(pthread_create(&l->thread, NULL, fn, l), 0);
}

static void load_end(struct load *l, const char *what)
{
    atomic_store(&l->stop, true);
    pthread_join(l->thread, NULL);
    cr_expect_str_empty(l->wrong, "%s: %s", what, l->wrong);
    cr_expect_gt(atomic_load(&l->acknowledged), 10, "%s: %lu rounds", what,
                 atomic_load(&l->acknowledged));
}

static unsigned long mark;

static bool has_moved_on(void *arg)
{
    struct load *l = arg;

    return atomic_load(&l->acknowledged) > mark + 3;
}

/* Both loads go on. */
static void loads_go_on(struct load *a, struct load *b, const char *what)
{
    struct load *both[] = {a, b};
    int i;

    for (i = 0; i < 2; i++) {
        mark = atomic_load(&both[i]->acknowledged);
        cr_assert(wait_for(has_moved_on, both[i], 30000), "%s: load %d stands at %lu",
                  what, i, mark);
    }
}

/* Move slot with its keys, one at a time. */
static void slot_move(int slot, int from, int to)
{
    shards_move_begin(&shards, slot, from, to);
    while (shards_move_keys(&shards, slot, from, to, 1) > 0) {
    }
    shards_move_end(&shards, slot, from, to);
}

/* Connections of the loads break, with requests under way, until told to stop. */
static void *cutter_main(void *stop)
{
    int i;

    while (!atomic_load((atomic_bool *)stop))
        for (i = 0; i < MASTERS; i++) {
            redis_int(&shards.node[i], "CLIENT KILL TYPE normal LADDR 127.0.0.1:%d",
                      shards.node[i].port);
            clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){0, 7000000}, NULL);
        }
    return NULL;
}

static void moves_under_load(bool cut)
{
    struct load writer, churn;
    struct store_ckpt *c;
    atomic_bool stop = false;
    pthread_t cutter;
    unsigned long last;
    int slot, i;

    start(false);
    c = ckpt_on(0, &slot);
    cr_assert_eq(create(c, "n", "0"), STORE_OK);
    load_begin(&writer, c, load_main);
    load_begin(&churn, c, churn_main);
    if (cut)
        cr_assert_eq(pthread_create(&cutter, NULL, cutter_main, &stop), 0);
    for (i = 0; i < 12; i++) {
        loads_go_on(&writer, &churn, "before a move");
        slot_move(slot, i % MASTERS, (i + 1) % MASTERS);
    }
    atomic_store(&stop, true);
    if (cut)
        pthread_join(cutter, NULL);
    loads_go_on(&writer, &churn, "after the moves");
    load_end(&writer, "writer");
    load_end(&churn, "churn");
    cr_expect_eq(writer.n_unknown, 0, "%lu writes failed", writer.n_unknown);
    cr_assert(number_read(c, &last));
    cr_expect_eq(last, atomic_load(&writer.acknowledged));
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    end();
}

Test(cluster, a_slot_moves_to_and_fro_under_load)
{
    moves_under_load(false);
}

Test(cluster, connections_break_while_a_slot_moves)
{
    moves_under_load(true);
}

static bool replica_has(void *arg)
{
    return shards_has(&shards, MASTERS, *(int *)arg);
}

/* The writes that wait for the fail-over are lost or not, but none of them twice, and the
 * calls come back by themselves. */
static void fail_over(void (*fault)(struct redis *r))
{
    struct load writer, other;
    struct store_ckpt *c, *d;
    int slot, far;

    start(true);
    c = ckpt_on(0, &slot);
    d = ckpt_on(1, &far);
    cr_assert_eq(create(c, "n", "0"), STORE_OK);
    cr_assert_eq(create(d, "n", "0"), STORE_OK);
    load_begin(&writer, c, load_main);
    load_begin(&other, d, load_main);
    loads_go_on(&writer, &other, "before");
    fault(&shards.node[0]);
    cr_assert(wait_for(replica_has, &slot, 30000), "no fail-over");
    loads_go_on(&writer, &other, "after");
    atomic_store(&writer.stop, true);
    pthread_join(writer.thread, NULL);
    load_end(&other, "the other shard");
    cr_expect_eq(other.n_unknown, 0, "%lu writes failed", other.n_unknown);
    cr_expect_eq(store_ckpt_close(c, soon()), STORE_OK);
    cr_expect_eq(store_ckpt_close(d, soon()), STORE_OK);
    if (shards.node[0].pid)
        redis_thaw(&shards.node[0]);
    end();
}

Test(cluster, calls_ride_through_the_death_of_a_master)
{
    fail_over(redis_kill);
}

Test(cluster, calls_ride_through_a_master_that_stands_still)
{
    fail_over(redis_freeze);
}
