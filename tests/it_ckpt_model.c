/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random operations on a real server, each compared with ckpt_model.c. Programs of both
 * rule sets use the same checkpoints. The seed is printed; MODEL_SEED and MODEL_OPS in
 * the environment repeat a run, or make a longer one. A difference ends the run with the
 * operations since everything was fresh. With MODEL_CROWD=N that many more threads write
 * and read sections of their own meanwhile, so that requests go out together.
 */
#include "ckpt_model_run.h"
#include "fixture_redis.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"

#if defined(__SANITIZE_ADDRESS__)
#define OPS 30000 /* the checks make it slower; the plain build does the rest */
#else
#define OPS 100000
#endif

TestSuite(model, .timeout = 110);

static struct redis server;

static long long keys_like(const char *pattern)
{
    redisContext *const raw = redis_raw(&server);
    redisReply *const r = redisCommand(raw, "KEYS %s", pattern);
    const long long n = r && r->type == REDIS_REPLY_ARRAY ? (long long)r->elements : -1;

    freeReplyObject(r);
    redisFree(raw);
    return n;
}

static long long keys_left(void)
{
    return keys_like("clovis:{c:*") - keys_like("clovis:{c:crowd}*");
}

/* ---- the crowd ------------------------------------------------------------ */

enum { CROWD_MAX = 63 };

static struct {
    pthread_t threads[CROWD_MAX];
    uint64_t n;
    ClHandleT service, ckpt;
    atomic_bool over;
    atomic_long rounds, wrong;
} crowd;

/* The section's content is the thread's own number, which only grows. */
static bool crowd_round(const ClCkptSectionIdT *id, uint64_t number)
{
    uint64_t back = 0;
    ClCkptIOVectorElementT io = {*id, &back, sizeof(back), 0, 0};
    ClUint32T bad;

    return clCkptSectionOverwrite(crowd.ckpt, id, &number, sizeof(number)) == CL_OK &&
           clCkptCheckpointRead(crowd.ckpt, &io, 1, &bad) == CL_OK && back == number;
}

static void *crowd_member(void *arg)
{
    char text[16];
    ClCkptSectionIdT id = {
        (ClUint16T)snprintf(text, sizeof(text), "t%lu", (unsigned long)(uintptr_t)arg),
        (ClUint8T *)text};
    ClCkptSectionCreationAttributesT a = {&id, CL_TIME_END};
    uint64_t number = 0;
    const ClRcT rc = clCkptSectionCreate(crowd.ckpt, &a, NULL, 0);

    if (rc != CL_OK) {
        fprintf(stderr, "model: %s: create: 0x%x\n", text, rc);
        atomic_fetch_add(&crowd.wrong, 1);
    }
    while (!atomic_load(&crowd.over) && !atomic_load(&crowd.wrong)) {
        if (!crowd_round(&id, ++number))
            atomic_fetch_add(&crowd.wrong, 1);
        atomic_fetch_add(&crowd.rounds, 1);
    }
    return NULL;
}

static void crowd_begin(uint64_t n)
{
    static const ClCkptCallbacksT none = {NULL, NULL};
    const attrs_t a = {.creationFlags = WR,
                       .checkpointSize = CROWD_MAX * 16,
                       .retentionDuration = 0,
                       .maxSections = CROWD_MAX + 1,
                       .maxSectionSize = 16,
                       .maxSectionIdSize = 16};
    ClVersionT version = {'B', 1, 1};
    ClNameT name = {5, "crowd"};
    uint64_t i;

    cr_assert_leq(n, CROWD_MAX, "MODEL_CROWD: at most %d", CROWD_MAX);
    crowd.n = n;
    if (n == 0)
        return;
    cr_assert_eq(clCkptInitialize(&crowd.service, &none, &version), CL_OK);
    cr_assert_eq(clCkptCheckpointOpen(crowd.service, &name, &a, RWC, 0, &crowd.ckpt),
                 CL_OK);
    for (i = 0; i < n; i++)
        cr_assert_eq(
            pthread_create(&crowd.threads[i], NULL, crowd_member, (void *)(uintptr_t)i),
            0);
}

static void crowd_end(void)
{
    uint64_t i;

    atomic_store(&crowd.over, true);
    for (i = 0; i < crowd.n; i++)
        pthread_join(crowd.threads[i], NULL);
    cr_expect_eq(atomic_load(&crowd.wrong), 0, "the crowd does not read what it wrote");
    if (crowd.n) {
        fprintf(stderr, "model: %llu more threads made %ld rounds\n",
                (unsigned long long)crowd.n, atomic_load(&crowd.rounds));
        cr_expect_eq(clCkptFinalize(crowd.service), CL_OK);
    }
}

/* ---- the run --------------------------------------------------------------- */

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
    crowd_begin(from_environment("MODEL_CROWD", 0));
    for (i = 0; i < n; i++) {
        run_operation();
        if (run.logged >= RUN_ROUND_OPS - M_VECTOR)
            everything_fresh();
    }
    everything_fresh();
    crowd_end();
    run_end();
    fprintf(stderr, "model: %llu operations, %ld calls succeeded, in %.1f s\n",
            (unsigned long long)n, run.agreed_ok,
            (double)(clv_now_ns() - begun) / CLV_NS_PER_S);
    redis_end(&server);
}
