/* SPDX-License-Identifier: Apache-2.0 */
/* What a process pays before its first call: the library's start and end. */
#include "bench/bench.h"

#include <clCkptErrors.h>
#include <clCommonErrors.h>

#include "base/clock.h"
#include "bench/bench_link.h"

static bool round_run(struct bench_samples *ours, struct bench_samples *raw)
{
    ClCkptSvcHdlT service = 0;
    struct bench_raw *c;
    int64_t begin = clv_now_ns();
    bool ok = bench_service_open(&service);

    bench_samples_add(ours, clv_now_ns() - begin);
    ok = ok && clCkptFinalize(service) == CL_OK;
    begin = clv_now_ns();
    c = bench_raw_open();
    if (c)
        freeReplyObject(bench_raw_command(c, "PING"));
    bench_samples_add(raw, clv_now_ns() - begin);
    bench_raw_close(c);
    return ok && c;
}

bool bench_start(const struct bench_options *o, struct bench_report *r)
{
    struct bench_line line = {.name = "clCkptInitialize, the first",
                              .threads = 1,
                              .raw = "connect, PING",
                              .target_p50_ns = 5 * CLV_NS_PER_MS};
    const size_t rounds = o->quick ? 50 : 500;
    struct bench_samples ours = {0}, raw = {0};
    bool ok = bench_samples_init(&ours, rounds) && bench_samples_init(&raw, rounds);
    size_t i;

    bench_progress(r, line.name, 0);
    for (i = 0; ok && i < rounds; i++)
        ok = round_run(&ours, &raw);
    if (ok)
        bench_add_samples(r, &line, &ours, &raw);
    bench_samples_free(&ours);
    bench_samples_free(&raw);
    return ok;
}
