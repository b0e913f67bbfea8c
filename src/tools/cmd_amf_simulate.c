/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf simulate: the engine alone with a model, random faults, virtual time. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_sim.h"
#include "base/clock.h"
#include "tools/cmd_amf.h"

enum { OPT_SEED = 256, OPT_FAULTS, OPT_SEQUENCES, OPT_TELL };

struct options {
    const char *dir;
    uint64_t seed, faults, sequences;
    bool tell;
};

static bool number(const char *text, uint64_t max, uint64_t *out)
{
    char *end;

    errno = 0;
    *out = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && *out <= max;
}

static enum clv_exit option_take(const struct clv_command *self, int c, char **argv,
                                 struct options *o)
{
    static const uint64_t max[] = {UINT64_MAX, 1000000, 1000000000};
    uint64_t *const at[] = {&o->seed, &o->faults, &o->sequences};
    const int i = c - OPT_SEED;

    if (c == OPT_TELL) {
        o->tell = true;
    } else if (c == ':') {
        return clv_command_misused(self, "%s needs a value", argv[optind - 1]);
    } else if (c == '?') {
        return clv_command_misused(self, "%s is not an option", argv[optind - 1]);
    } else if (!number(optarg, max[i], at[i])) {
        return clv_command_misused(self, "\"%s\" is not a whole number up to %" PRIu64,
                                   optarg, max[i]);
    }
    return CLV_EXIT_OK;
}

static enum clv_exit options_read(const struct clv_command *self, int argc, char **argv,
                                  struct options *o)
{
    static const struct option known[] = {
        {"seed", required_argument, NULL, OPT_SEED},
        {"faults", required_argument, NULL, OPT_FAULTS},
        {"sequences", required_argument, NULL, OPT_SEQUENCES},
        {"tell", no_argument, NULL, OPT_TELL},
        {NULL, 0, NULL, 0}};
    enum clv_exit result = CLV_EXIT_OK;
    int c;

    *o = (struct options){NULL, 1, 60, 100, false};
    opterr = 0;
    optind = 0;
    while (result == CLV_EXIT_OK && (c = getopt_long(argc, argv, ":", known, NULL)) != -1)
        result = option_take(self, c, argv, o);
    if (result != CLV_EXIT_OK)
        return result;
    if (optind == argc)
        return clv_command_misused(self, "no directory");
    if (optind + 1 < argc)
        return clv_command_misused(self, "\"%s\" is one too many", argv[optind + 1]);
    o->dir = argv[optind];
    return CLV_EXIT_OK;
}

static void failure_print(const struct clv_command *self, const struct options *o,
                          uint64_t seed, const char *why)
{
    printf("seed %" PRIu64 ": %s\n", seed, why);
    if (!o->tell)
        printf("%s %s %s --seed %" PRIu64 " --faults %" PRIu64
               " --sequences 1 --tell shows how\n",
               self->path, self->name, o->dir, seed, o->faults);
}

static enum clv_exit play(const struct clv_command *self, const struct amf_model *m,
                          const struct options *o, const bool *reachable)
{
    const int64_t begin_ns = clv_now_ns();
    uint64_t steps = 0, i;
    char why[300];

    for (i = 0; i < o->sequences; i++) {
        const struct amf_sim sim = {.seed = o->seed + i,
                                    .faults = (unsigned)o->faults,
                                    .aloud = o->tell ? stdout : NULL,
                                    .reachable = reachable};
        struct world *w = world_of(m);
        const bool ok = amf_sim_history(w, &sim, why, sizeof(why), &steps);

        world_free(w);
        if (!ok) {
            failure_print(self, o, sim.seed, why);
            return CLV_EXIT_FINDINGS;
        }
    }
    printf("%" PRIu64 " sequences of %" PRIu64 " faults from seed %" PRIu64 ", %" PRIu64
           " events, %.1f s: no invariant was broken\n",
           o->sequences, o->faults, o->seed, steps,
           (double)(clv_now_ns() - begin_ns) / CLV_NS_PER_S);
    return CLV_EXIT_OK;
}

static size_t unreachable_print(const struct amf_model *m, const bool *reachable)
{
    size_t i, n = 0;

    for (i = 0; i < m->n_csis; i++) {
        if (reachable[i])
            continue;
        printf("finding: CSI %s: nobody is active for it, even without faults\n",
               m->csis[i].name);
        n++;
    }
    return n;
}

static enum clv_exit simulate(const struct clv_command *self, const struct amf_model *m,
                              const struct options *o)
{
    bool *reachable = calloc(m->n_csis + 1, sizeof(*reachable));
    enum clv_exit result;
    char why[300];
    size_t findings;

    if (!reachable) {
        fprintf(stderr, "%s %s: no memory\n", self->path, self->name);
        return CLV_EXIT_FAILED;
    }
    if (amf_sim_reachable(m, reachable, why, sizeof(why))) {
        findings = unreachable_print(m, reachable);
        result = play(self, m, o, reachable);
        if (result == CLV_EXIT_OK && findings)
            result = CLV_EXIT_FINDINGS;
    } else {
        puts(why);
        result = CLV_EXIT_FINDINGS;
    }
    free(reachable);
    return result;
}

enum clv_exit cmd_amf_simulate(const struct clv_command *self, int argc, char **argv)
{
    struct options o;
    struct amf_model *m;
    enum clv_exit result = options_read(self, argc, argv, &o);
    char error[1000];

    if (result != CLV_EXIT_OK)
        return result;
    m = amf_model_load(o.dir, error, sizeof(error));
    if (!m) {
        fprintf(stderr, "%s\n", error);
        return CLV_EXIT_FAILED;
    }
    result = simulate(self, m, &o);
    amf_model_free(m);
    return result;
}
