/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the death of the master to the next acknowledged write: this library and raw
 * commands through Sentinel, both in the same fail-over, so that the sentinels' dice are
 * the same for both. KILLS=5. Exits 1 when the sum of ours is more than 1.1 of raw's.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "fixture_sentinel.h"
#include "sentinel_load.h"

enum { WRITE_EVERY_MS = 2, ASK_EVERY_MS = 10, KILLS_MAX = 100 };

static struct cluster cluster;
static struct store_ckpt *ckpt;
static atomic_bool over;

/* One writer: when it was acknowledged by a master other than the one before. */
struct writer {
    pthread_t thread;
    atomic_llong moved_ns; /* 0: not yet */
    atomic_long n_acknowledged;
};

static struct writer ours, raw;

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){0, (long)ms * 1000000}, NULL);
}

static void *ours_main(void *unused)
{
    uint64_t generation = load_generation(), now;

    while (!atomic_load(&over)) {
        if (store_section_write(ckpt, bytes("bench"), bytes("a value of some bytes"),
                                load_patient()) == STORE_OK) {
            atomic_fetch_add(&ours.n_acknowledged, 1);
            now = load_generation();
            if (now != generation)
                atomic_store(&ours.moved_ns, clv_now_ns());
            generation = now;
        }
        pause_ms(WRITE_EVERY_MS);
    }
    return unused;
}

static redisContext *raw_connect(int port)
{
    const struct timeval limit = {0, 300000};
    redisContext *c = redisConnectWithTimeout("127.0.0.1", port, limit);

    if (c && (c->err || redisSetTimeout(c, limit) != REDIS_OK)) {
        redisFree(c);
        c = NULL;
    }
    return c;
}

static bool raw_write(redisContext *c)
{
    redisReply *r =
        c ? redisCommand(c, "HSET raw bench %s", "a value of some bytes") : NULL;
    const bool ok = r && r->type == REDIS_REPLY_INTEGER;

    if (r)
        freeReplyObject(r);
    return ok;
}

/* The first sentinel that answers is believed; that is the least that can be done. */
static int raw_ask(void)
{
    char text[64];
    int i;

    for (i = 0; i < cluster.n_sentinels; i++)
        if (ask_port(cluster.sentinel[i].port, 1, text, sizeof(text),
                     "SENTINEL GET-MASTER-ADDR-BY-NAME m"))
            return atoi(text);
    return 0;
}

static void *raw_main(void *unused)
{
    int port = raw_ask(), last = port;
    redisContext *c = raw_connect(port);

    while (!atomic_load(&over)) {
        if (raw_write(c)) {
            atomic_fetch_add(&raw.n_acknowledged, 1);
            if (port != last)
                atomic_store(&raw.moved_ns, clv_now_ns());
            last = port;
            pause_ms(WRITE_EVERY_MS);
            continue;
        }
        if (c)
            redisFree(c);
        port = raw_ask();
        c = raw_connect(port);
        if (!raw_write(c))
            pause_ms(ASK_EVERY_MS);
    }
    if (c)
        redisFree(c);
    return unused;
}

static bool both_moved(void *unused)
{
    (void)unused;
    return atomic_load(&ours.moved_ns) && atomic_load(&raw.moved_ns);
}

static bool both_write(void *unused)
{
    (void)unused;
    return atomic_load(&ours.n_acknowledged) > 50 &&
           atomic_load(&raw.n_acknowledged) > 50;
}

static bool give_up(const char *what)
{
    printf("failover-bench: %s: ours %ld writes, raw %ld\n", what,
           atomic_load(&ours.n_acknowledged), atomic_load(&raw.n_acknowledged));
    return false;
}

/* One fail-over; false: nobody moved. */
static bool one(int n, int64_t *ours_ns, int64_t *raw_ns)
{
    const int master = cluster_master_other_than(&cluster, -1);
    int64_t killed_ns;

    atomic_store(&ours.n_acknowledged, 0);
    atomic_store(&raw.n_acknowledged, 0);
    if (!wait_for(both_write, NULL, 30000))
        return give_up("before the kill they do not both write");
    atomic_store(&ours.moved_ns, 0);
    atomic_store(&raw.moved_ns, 0);
    killed_ns = clv_now_ns();
    redis_kill(&cluster.node[master]);
    if (!wait_for(both_moved, NULL, 60000))
        return give_up("after the kill they do not both move");
    *ours_ns = atomic_load(&ours.moved_ns) - killed_ns;
    *raw_ns = atomic_load(&raw.moved_ns) - killed_ns;
    printf("kill %d: ours %d ms, raw %d ms, ratio %.3f\n", n,
           (int)(*ours_ns / CLV_NS_PER_MS), (int)(*raw_ns / CLV_NS_PER_MS),
           (double)*ours_ns / (double)*raw_ns);
    cluster_heal(&cluster);
    return true;
}

int main(void)
{
    const char *text = getenv("KILLS");
    int n = text && *text ? atoi(text) : 5, i;
    int64_t a = 0, b = 0, ours_sum = 0, raw_sum = 0;
    struct store_attrs attrs = plain;
    bool ok = true;

    attrs.max_sections = 10;
    setvbuf(stdout, NULL, _IOLBF, 0);
    cluster_start(&cluster, 3, 3, NULL);
    setenv("CLOVIS_REDIS_URL", cluster.url, 1);
    setenv("CLOVIS_LOG", "none", 1);
    if (store_start(load_patient()) != STORE_OK) {
        give_up("the store does not start");
        return 1;
    }
    ckpt = ckpt_make_with("bench", &attrs);
    if (create(ckpt, "bench", "x") != STORE_OK) {
        give_up("the section is not made");
        return 1;
    }
    pthread_create(&ours.thread, NULL, ours_main, NULL);
    pthread_create(&raw.thread, NULL, raw_main, NULL);
    for (i = 0; ok && i < n && i < KILLS_MAX; i++) {
        ok = one(i, &a, &b);
        ours_sum += a;
        raw_sum += b;
    }
    atomic_store(&over, true);
    pthread_join(ours.thread, NULL);
    pthread_join(raw.thread, NULL);
    store_ckpt_close(ckpt, soon());
    store_stop();
    cluster_end(&cluster);
    if (!ok || !raw_sum)
        return 1;
    printf("failover-bench: %d kills, ours/raw %.3f, target 1.1\n", i,
           (double)ours_sum / (double)raw_sum);
    return (double)ours_sum <= 1.1 * (double)raw_sum ? 0 : 1;
}
