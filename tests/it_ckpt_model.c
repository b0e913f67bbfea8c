/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random operations on a real server, each compared with ckpt_model.c. Programs of both
 * rule sets use the same checkpoints. The seed is printed; MODEL_SEED and MODEL_OPS in
 * the environment repeat a run, or make a longer one. A difference ends the run with the
 * operations since everything was fresh.
 */
#include "ckpt_model_run.h"
#include "fixture_redis.h"

#include "base/clock.h"

#if defined(__SANITIZE_ADDRESS__)
#define OPS 30000 /* the checks make it slower; the plain build does the rest */
#else
#define OPS 100000
#endif

TestSuite(model, .timeout = 110);

static struct redis server;

static long long keys_left(void)
{
    redisContext *const raw = redis_raw(&server);
    redisReply *const r = redisCommand(raw, "KEYS clovis:{c:*");
    const long long n = r && r->type == REDIS_REPLY_ARRAY ? (long long)r->elements : -1;

    freeReplyObject(r);
    redisFree(raw);
    return n;
}

/* All of it goes, and the server keeps nothing. */
static void everything_fresh(void)
{
    run_fresh();
    if (keys_left() != 0)
        run_differs("keys are left in the server");
    run.logged = 0;
    run.round++;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *const text = getenv(name);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

Test(model, random_operations_do_what_the_model_says)
{
    const uint64_t seed = from_environment("MODEL_SEED", (uint64_t)clv_wall_ns() / 1000);
    const uint64_t n = from_environment("MODEL_OPS", OPS);
    const int64_t begun = clv_now_ns();
    uint64_t i;

    fprintf(stderr, "model: MODEL_SEED=%llu MODEL_OPS=%llu\n", (unsigned long long)seed,
            (unsigned long long)n);
    run.state = seed;
    redis_start(&server, false, NULL);
    setenv("CLOVIS_REDIS_URL", server.url, 1);
    run_begin();
    for (i = 0; i < n; i++) {
        run_operation();
        if (run.logged >= RUN_ROUND_OPS - M_VECTOR)
            everything_fresh();
    }
    everything_fresh();
    run_end();
    fprintf(stderr, "model: %llu operations, %ld calls succeeded, in %.1f s\n",
            (unsigned long long)n, run.agreed_ok,
            (double)(clv_now_ns() - begun) / CLV_NS_PER_S);
    redis_end(&server);
}
