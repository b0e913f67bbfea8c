/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two hundred processes on one server, each with the library and a section of its own in
 * one checkpoint, against as many with hiredis and a field of their own in one hash. Both
 * crowds are there all the time, and work in turn.
 */
#include "bench/bench.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/clock.h"
#include "bench/bench_link.h"

#define RAW_KEY "clovis-bench-procs"

enum { PROCS = 200, BYTES = 100, SLICE_MS = 300, QUICK_SLICES = 3, SLICES = 10 };
enum { READY_S = 60, OURS = 0, RAW = 1 };

/* Shared by all. */
struct board {
    atomic_int ready, failed;
    atomic_int turn; /* OURS or RAW may work, -1: nobody */
    atomic_long done[2];
    atomic_llong open_ns; /* spent in the processes' starts and opens */
};

struct worker {
    ClCkptSvcHdlT service;
    ClCkptHdlT ckpt;
    struct bench_raw *raw;
    struct board *board;
    uint32_t number;
    int kind;
    char payload[BYTES];
};

static void nap(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000L}, NULL);
}

/* ---- a worker -------------------------------------------------------------- */

static bool ours_open(struct worker *w, pid_t parent)
{
    const ClCkptCheckpointCreationAttributesT attrs = {.creationFlags =
                                                           CL_CKPT_WR_ACTIVE_REPLICA,
                                                       .maxSections = 2 * PROCS,
                                                       .maxSectionSize = BYTES,
                                                       .maxSectionIdSize = 16};
    ClCkptSectionIdT id = {sizeof(w->number), (ClUint8T *)&w->number};
    ClCkptSectionCreationAttributesT create = {&id, CL_TIME_END};
    const int64_t begin = clv_now_ns();
    const bool ok =
        bench_service_open(&w->service) &&
        bench_ckpt_open_as(w->service, parent, "procs", &attrs, &w->ckpt) &&
        clCkptSectionCreate(w->ckpt, &create, (ClUint8T *)w->payload, BYTES) == CL_OK;

    atomic_fetch_add(&w->board->open_ns, clv_now_ns() - begin);
    return ok;
}

static bool work(struct worker *w)
{
    const ClCkptSectionIdT id = {sizeof(w->number), (ClUint8T *)&w->number};

    if (w->kind == RAW)
        return bench_raw_int(w->raw, "HSET %s %u %b", RAW_KEY, w->number, w->payload,
                             (size_t)BYTES) >= 0;
    return clCkptSectionOverwrite(w->ckpt, &id, w->payload, BYTES) == CL_OK;
}

static _Noreturn void worker_main(struct worker *w, pid_t parent)
{
    bool ok = w->kind == OURS ? ours_open(w, parent) : !!(w->raw = bench_raw_open());
    long n = 0;

    atomic_fetch_add(&w->board->ready, 1);
    while (ok && getppid() == parent) {
        if (atomic_load(&w->board->turn) == w->kind) {
            ok = work(w);
            n++;
        } else {
            atomic_fetch_add(&w->board->done[w->kind], n);
            n = 0;
            nap(2);
        }
    }
    atomic_fetch_add(&w->board->failed, !ok);
    _exit(!ok);
}

/* ---- the parent ------------------------------------------------------------ */

struct crowd {
    struct board *board;
    pid_t pids[2 * PROCS];
    int n;
};

static bool crowd_start(struct crowd *c)
{
    const int64_t deadline = clv_deadline_ns(READY_S * CLV_NS_PER_S);
    const pid_t self = getpid();

    for (c->n = 0; c->n < 2 * PROCS; c->n++) {
        c->pids[c->n] = fork();
        if (c->pids[c->n] == 0) {
            struct worker w = {
                .board = c->board, .number = (uint32_t)c->n / 2, .kind = c->n % 2};

            worker_main(&w, self);
        }
        if (c->pids[c->n] < 0)
            return false;
    }
    while (atomic_load(&c->board->ready) < c->n && clv_now_ns() < deadline)
        nap(5);
    return atomic_load(&c->board->ready) == c->n && !atomic_load(&c->board->failed);
}

/* Calls per second of one kind. */
static double slice(struct crowd *c, int kind)
{
    const long before = atomic_load(&c->board->done[kind]);
    const int64_t begin = clv_now_ns();
    int64_t ns;

    atomic_store(&c->board->turn, kind);
    nap(SLICE_MS);
    atomic_store(&c->board->turn, -1);
    ns = clv_now_ns() - begin;
    nap(50); /* they end their calls and count them */
    return (double)(atomic_load(&c->board->done[kind]) - before) * 1e9 / (double)ns;
}

static void crowd_end(struct crowd *c)
{
    int i;

    for (i = 0; i < c->n; i++)
        kill(c->pids[i], SIGKILL);
    for (i = 0; i < c->n; i++)
        waitpid(c->pids[i], NULL, 0);
}

static void report(struct bench_report *r, struct board *b, double *ours, double *raw,
                   size_t n)
{
    bench_add_value(r, &(struct bench_value){.name = "overwrites, 200 processes",
                                             .size = BYTES,
                                             .threads = PROCS,
                                             .ours = bench_median(ours, n),
                                             .raw = bench_median(raw, n),
                                             .unit = "calls/s",
                                             .raw_name = "hiredis, 200 processes",
                                             .at_least = 0.8});
    bench_add_value(
        r, &(struct bench_value){.name = "start and open, all at once",
                                 .threads = PROCS,
                                 .ours = (double)atomic_load(&b->open_ns) / PROCS / 1e6,
                                 .unit = "ms each"});
}

bool bench_procs(const struct bench_options *o, struct bench_report *r)
{
    const size_t rounds = o->quick ? QUICK_SLICES : SLICES;
    struct crowd c = {.n = 0};
    double ours[SLICES], raw[SLICES];
    struct bench_raw *admin;
    bool ok;
    size_t i;

    bench_progress(r, "200 processes", BYTES);
    c.board = mmap(NULL, sizeof(*c.board), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (c.board == MAP_FAILED)
        return false;
    atomic_store(&c.board->turn, -1);
    ok = crowd_start(&c);
    for (i = 0; ok && i < rounds; i++) {
        ours[i] = slice(&c, OURS);
        raw[i] = slice(&c, RAW);
    }
    ok = ok && !atomic_load(&c.board->failed);
    crowd_end(&c);
    if (ok)
        report(r, c.board, ours, raw, rounds);
    else
        fprintf(stderr, "bench: %d of %d processes came up, %d failed\n",
                atomic_load(&c.board->ready), 2 * PROCS, atomic_load(&c.board->failed));
    munmap(c.board, sizeof(*c.board));
    admin = bench_raw_open();
    if (admin)
        bench_raw_int(admin, "DEL %s", RAW_KEY);
    bench_raw_close(admin);
    return ok;
}
