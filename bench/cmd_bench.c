/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/cmd_bench.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/settings.h"
#include "bench/bench.h"
#include "bench/bench_raw.h"

static bool parse_kills(const char *text, unsigned *kills)
{
    char *end;
    const unsigned long n = strtoul(text, &end, 10);

    if (*end || end == text || n < 1 || n > 100000)
        return false;
    *kills = (unsigned)n;
    return true;
}

/* What a workload is measured on, when there is more than one store. */
enum scope {
    EACH_STORE,
    FIRST_STORE,
    REPLICATED, /* each store with replicas */
    ON_REQUEST  /* the first, and only when it is asked for */
};

/* In the order in which they run. */
static const struct {
    const char *what;
    enum scope scope;
    bool (*run)(const struct bench_options *o, struct bench_report *r);
} workloads[] = {
    {"ckpt", EACH_STORE, bench_ckpt},
    {"ckpt", EACH_STORE, bench_vector},
    {"ckpt", EACH_STORE, bench_threads},
    {"ckpt", EACH_STORE, bench_notify},
    {"start", EACH_STORE, bench_start},
    {"sync", REPLICATED, bench_sync},
    {"cache", FIRST_STORE, bench_cache},
    {"scale", FIRST_STORE, bench_scale},
    {"scale", FIRST_STORE, bench_big},
    {"scale", FIRST_STORE, bench_procs},
    {"amf", FIRST_STORE, bench_amf},
    {"amf-scale", ON_REQUEST, bench_amf_scale}, /* 500 processes */
};

enum {
    N_WORKLOADS = sizeof(workloads) / sizeof(*workloads),
    STORES_MAX = 8,
    URL_SIZE = 1024
};

struct stores {
    char urls[STORES_MAX][URL_SIZE];
    int n; /* 0: the one of the settings */
};

static bool is_workload(const char *what)
{
    size_t i;

    for (i = 0; i < N_WORKLOADS; i++)
        if (strcmp(workloads[i].what, what) == 0)
            return true;
    return false;
}

/* "unix", "tls", and "+2" with two replicas; false after an error line. */
static bool store_name(char *out, size_t size, int *replicas)
{
    const char *url = clv_setting("CLOVIS_REDIS_URL");
    const char *how = "tcp";
    struct bench_raw *raw = bench_raw_open();
    char text[16] = "0";

    if (!raw)
        return false;
    bench_raw_info(raw, "replication", "connected_slaves", text, sizeof(text));
    bench_raw_close(raw);
    *replicas = atoi(text);
    if (url && strncmp(url, "unix:", 5) == 0)
        how = "unix";
    else if (url && strncmp(url, "rediss:", 7) == 0)
        how = "tls";
    snprintf(out, size, *replicas ? "%s+%d" : "%s", how, *replicas);
    return true;
}

static bool is_due(size_t w, const char *what, bool first, bool only, int replicas)
{
    if (what ? strcmp(workloads[w].what, what) : workloads[w].scope == ON_REQUEST)
        return false;
    if (workloads[w].scope == REPLICATED)
        return replicas > 0 || (what && only); /* then it says what is missing */
    return first || workloads[w].scope == EACH_STORE;
}

static bool store_measure(const char *what, const struct bench_options *given, bool first,
                          bool only, struct bench_report *r)
{
    struct bench_options o = *given;
    int replicas;
    char name[16];
    bool ok;
    size_t i;

    ok = store_name(name, sizeof(name), &replicas);
    r->store = name;
    o.brief = o.quick && !first;
    for (i = 0; ok && i < N_WORKLOADS; i++)
        if (is_due(i, what, first, only, replicas))
            ok = workloads[i].run(&o, r);
    r->store = "";
    return ok;
}

static enum clv_exit measure(const char *what, const struct bench_options *o,
                             const struct stores *stores, struct bench_report *r)
{
    bool ok;
    int i;

    bench_begin(r);
    if (stores->n)
        setenv("CLOVIS_REDIS_URL", stores->urls[0], 1);
    ok = store_measure(what, o, true, stores->n <= 1, r);
    for (i = 1; ok && i < stores->n; i++) {
        setenv("CLOVIS_REDIS_URL", stores->urls[i], 1);
        ok = store_measure(what, o, false, false, r);
    }
    bench_end(r);
    if (!ok)
        return CLV_EXIT_FAILED;
    return r->missed ? CLV_EXIT_FINDINGS : CLV_EXIT_OK;
}

enum clv_exit cmd_bench(const struct clv_command *self, int argc, char **argv)
{
    static const struct option options[] = {{"quick", no_argument, NULL, 'q'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"url", required_argument, NULL, 'u'},
                                            {"kills", required_argument, NULL, 'k'},
                                            {"daemon", required_argument, NULL, 'd'},
                                            {"progress", no_argument, NULL, 'p'},
                                            {NULL, 0, NULL, 0}};
    struct bench_options o = {.kills = 100};
    struct bench_report r = {.terminal = isatty(STDERR_FILENO), .store = ""};
    struct stores stores = {.n = 0};
    const char *what = NULL;
    int c;

    r.progress = r.terminal;

    opterr = 0; /* one line of ours is enough */
    optind = 0;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (c) {
        case 'q':
            o.quick = true;
            break;
        case 'j':
            r.json = true;
            break;
        case 'p':
            r.progress = true;
            break;
        case 'u':
            if (stores.n == STORES_MAX)
                return clv_command_misused(self, "expected at most %d --url", STORES_MAX);
            if (strlen(optarg) >= URL_SIZE)
                return clv_command_misused(self, "expected a --url of less than %d bytes",
                                           URL_SIZE);
            memcpy(stores.urls[stores.n++], optarg, strlen(optarg) + 1);
            clv_command_url(optarg); /* nobody need see a password in it */
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
            self, "expected ckpt, start, sync, cache, scale, amf or amf-scale, not '%s'",
            what);
    if (optind < argc)
        return clv_command_misused(self, "unexpected argument '%s'", argv[optind]);
    return measure(what, &o, &stores, &r);
}

enum clv_exit cmd_bench_component(const struct clv_command *self, int argc, char **argv)
{
    (void)self;
    (void)argc;
    (void)argv;
    return bench_amf_component() == 0 ? CLV_EXIT_OK : CLV_EXIT_FAILED;
}
