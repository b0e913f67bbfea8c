/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/cmd_bench.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

static bool parse_kills(const char *text, unsigned *kills)
{
    char *end;
    const unsigned long n = strtoul(text, &end, 10);

    if (*end || end == text || n < 1 || n > 100000)
        return false;
    *kills = (unsigned)n;
    return true;
}

/* In the order in which they run. */
static const struct {
    const char *what;
    bool asked; /* runs only when it is asked for */
    bool (*run)(const struct bench_options *o, struct bench_report *r);
} workloads[] = {
    {"ckpt", false, bench_ckpt},
    {"ckpt", false, bench_vector},
    {"ckpt", false, bench_threads},
    {"cache", false, bench_cache},
    {"scale", false, bench_scale},
    {"sync", true, bench_sync}, /* wants a store with replicas */
    {"amf", false, bench_amf},
    {"amf-scale", true, bench_amf_scale}, /* 500 processes */
};

enum { N_WORKLOADS = sizeof(workloads) / sizeof(*workloads) };

static bool is_workload(const char *what)
{
    size_t i;

    for (i = 0; i < N_WORKLOADS; i++)
        if (strcmp(workloads[i].what, what) == 0)
            return true;
    return false;
}

static enum clv_exit measure(const char *what, const struct bench_options *o, bool json)
{
    struct bench_report r = {.json = json};
    bool ok = true;
    size_t i;

    bench_begin(&r);
    for (i = 0; ok && i < N_WORKLOADS; i++)
        if (what ? strcmp(workloads[i].what, what) == 0 : !workloads[i].asked)
            ok = workloads[i].run(o, &r);
    bench_end(&r);
    if (!ok)
        return CLV_EXIT_FAILED;
    return r.missed ? CLV_EXIT_FINDINGS : CLV_EXIT_OK;
}

enum clv_exit cmd_bench(const struct clv_command *self, int argc, char **argv)
{
    static const struct option options[] = {
        {"quick", no_argument, NULL, 'q'},        {"json", no_argument, NULL, 'j'},
        {"url", required_argument, NULL, 'u'},    {"kills", required_argument, NULL, 'k'},
        {"daemon", required_argument, NULL, 'd'}, {NULL, 0, NULL, 0}};
    struct bench_options o = {.kills = 100};
    const char *what = NULL;
    bool json = false;
    int c;

    opterr = 0; /* one line of ours is enough */
    optind = 0;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'q':
            o.quick = true;
            break;
        case 'j':
            json = true;
            break;
        case 'u':
            clv_command_url(optarg);
            break;
        case 'k':
            if (!parse_kills(optarg, &o.kills))
                return clv_command_misused(
                    self, "--kills wants a number from 1 to 100000, not '%s'", optarg);
            break;
        case 'd':
            o.daemon = optarg;
            break;
        default:
            return clv_command_misused(self, "unknown option, or one without its value");
        }
    }
    if (optind < argc)
        what = argv[optind++];
    if (what && !is_workload(what))
        return clv_command_misused(
            self, "expected ckpt, cache, scale, sync, amf or amf-scale, not '%s'", what);
    if (optind < argc)
        return clv_command_misused(self, "unexpected argument '%s'", argv[optind]);
    return measure(what, &o, json);
}

enum clv_exit cmd_bench_component(const struct clv_command *self, int argc, char **argv)
{
    (void)self;
    (void)argc;
    (void)argv;
    return bench_amf_component() == 0 ? CLV_EXIT_OK : CLV_EXIT_FAILED;
}
