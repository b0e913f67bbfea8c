/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an overwrite to the change callback in another process, against PUBLISH to its
 * subscriber. The other process is a child, which reports the time of each callback and
 * each message on the same monotonic clock.
 */
#include "bench/bench.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/clock.h"
#include "bench/bench_link.h"

#define CHANNEL "clovis-bench-channel"

enum { BYTES = 100, ID_BYTES = 1 };

struct told {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw;
    pid_t child;
    int callbacks[2], messages[2]; /* pipes: times from the child */
    char payload[BYTES];
};

static bool dist_open(struct told *t, pid_t parent)
{
    const ClCkptCheckpointCreationAttributesT attrs = {
        .creationFlags = CL_CKPT_WR_ACTIVE_REPLICA | CL_CKPT_DISTRIBUTED,
        .maxSections = 2,
        .maxSectionSize = BYTES,
        .maxSectionIdSize = 16};

    return bench_service_open(&t->service) &&
           bench_ckpt_open_as(t->service, parent, "notify", &attrs, &t->ckpt);
}

/* ---- the child ------------------------------------------------------------- */

static void time_send(int fd)
{
    const int64_t now = clv_now_ns();

    if (write(fd, &now, sizeof(now)) != sizeof(now))
        _exit(0); /* the parent is gone */
}

static ClRcT on_change(ClCkptHdlT ckpt, ClNameT *name, ClCkptIOVectorElementT *vec,
                       ClUint32T n, ClPtrT cookie)
{
    (void)ckpt;
    (void)name;
    (void)vec;
    (void)n;
    time_send(*(int *)cookie);
    return CL_OK;
}

static void listen_forever(struct told *t)
{
    redisReply *r = bench_raw_command(t->raw, "SUBSCRIBE %s", CHANNEL);

    while (r) {
        freeReplyObject(r);
        time_send(t->messages[1]); /* the first one: it is subscribed */
        r = bench_raw_reply(t->raw);
    }
}

static _Noreturn void child_main(struct told *t, pid_t parent)
{
    close(t->callbacks[0]);
    close(t->messages[0]);
    signal(SIGPIPE, SIG_IGN);
    t->raw = bench_raw_open();
    if (t->raw && dist_open(t, parent) &&
        clCkptImmediateConsumptionRegister(t->ckpt, on_change, &t->callbacks[1]) == CL_OK)
        listen_forever(t);
    _exit(1);
}

/* ---- the parent ------------------------------------------------------------ */

/* When the child was told, after since. */
static bool latency(int fd, int64_t since, struct bench_samples *s)
{
    int64_t at;

    if (read(fd, &at, sizeof(at)) != sizeof(at))
        return false;
    bench_samples_add(s, at - since);
    return true;
}

static bool round_run(struct told *t, struct bench_samples *ours,
                      struct bench_samples *raw)
{
    const ClCkptSectionIdT id = {ID_BYTES, (ClUint8T *)(uintptr_t) "s"};
    int64_t since = clv_now_ns();

    if (clCkptSectionOverwrite(t->ckpt, &id, t->payload, BYTES) != CL_OK ||
        !latency(t->callbacks[0], since, ours))
        return false;
    since = clv_now_ns();
    return bench_raw_int(t->raw, "PUBLISH %s %b", CHANNEL, t->payload, (size_t)BYTES) ==
               1 &&
           latency(t->messages[0], since, raw);
}

static bool prepare(struct told *t)
{
    ClCkptSectionIdT id = {ID_BYTES, (ClUint8T *)(uintptr_t) "s"};
    ClCkptSectionCreationAttributesT attrs = {&id, CL_TIME_END};
    const pid_t self = getpid();
    int64_t subscribed;

    if (pipe(t->callbacks) || pipe(t->messages))
        return false;
    t->child = fork(); /* before there is a client in this process */
    if (t->child == 0)
        child_main(t, self);
    close(t->callbacks[1]);
    close(t->messages[1]);
    t->callbacks[1] = t->messages[1] = -1;
    t->raw = bench_raw_open();
    return t->child > 0 && t->raw && dist_open(t, self) &&
           clCkptSectionCreate(t->ckpt, &attrs, (ClUint8T *)t->payload, BYTES) == CL_OK &&
           read(t->messages[0], &subscribed, sizeof(subscribed)) == sizeof(subscribed);
}

static void teardown(struct told *t)
{
    int i;

    if (t->child > 0) {
        kill(t->child, SIGKILL);
        waitpid(t->child, NULL, 0);
    }
    if (t->ckpt)
        clCkptCheckpointClose(t->ckpt);
    if (t->service)
        clCkptFinalize(t->service);
    bench_raw_close(t->raw);
    for (i = 0; i < 2; i++) {
        if (t->callbacks[i] >= 0)
            close(t->callbacks[i]);
        if (t->messages[i] >= 0)
            close(t->messages[i]);
    }
}

bool bench_notify(const struct bench_options *o, struct bench_report *r)
{
    struct bench_line line = {.name = "overwrite -> change callback",
                              .size = BYTES,
                              .threads = 1,
                              .raw = "PUBLISH -> subscriber",
                              .target_ratio = 1.5};
    struct told t = {.callbacks = {-1, -1}, .messages = {-1, -1}};
    struct bench_samples ours = {0}, raw = {0};
    const size_t rounds = o->quick ? 1000 : 10000;
    bool ok;
    size_t i;

    bench_progress(r, line.name, line.size);
    ok = bench_samples_init(&ours, rounds) && bench_samples_init(&raw, rounds) &&
         prepare(&t);
    for (i = 0; ok && i < rounds; i++)
        ok = round_run(&t, &ours, &raw);
    teardown(&t);
    if (ok)
        bench_add_samples(r, &line, &ours, &raw);
    else
        fprintf(stderr, "bench: %s failed\n", line.name);
    bench_samples_free(&ours);
    bench_samples_free(&raw);
    return ok;
}
