/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf simulate: the engine alone with a model, random faults, virtual time. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_sim.h"
#include "base/clock.h"
#include "tools/cmd_amf.h"

enum { OPT_SEED = 256, OPT_FAULTS, OPT_SEQUENCES, OPT_TELL, OPT_JSON };

struct options {
    const char *dir;
    uint64_t seed, faults, sequences;
    bool tell, json;
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
    } else if (c == OPT_JSON) {
        o->json = true;
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
        {"json", no_argument, NULL, OPT_JSON},
        {NULL, 0, NULL, 0}};
    enum clv_exit result = CLV_EXIT_OK;
    int c;

    *o = (struct options){NULL, 1, 60, 100, false, false};
    opterr = 0;
    optind = 0;
    while (result == CLV_EXIT_OK && (c = getopt_long(argc, argv, ":", known, NULL)) != -1)
        result = option_take(self, c, argv, o);
    if (result != CLV_EXIT_OK)
        return result;
    if (o->tell && o->json)
        return clv_command_misused(self, "--tell and --json do not go together");
    if (optind == argc)
        return clv_command_misused(self, "no directory");
    if (optind + 1 < argc)
        return clv_command_misused(self, "\"%s\" is one too many", argv[optind + 1]);
    o->dir = argv[optind];
    return CLV_EXIT_OK;
}

/* What came of it. */
struct outcome {
    const char **unreachable; /* CSIs that nobody is active for; borrowed names */
    size_t n_unreachable;
    uint64_t events, seed; /* the seed of the history that broke an invariant */
    int64_t took_ns;
    char why[300]; /* that invariant, or why nothing was played; "": none */
    bool played;
};

static void failure_print(const struct clv_command *self, const struct options *o,
                          const struct outcome *out)
{
    printf("seed %" PRIu64 ": %s\n", out->seed, out->why);
    if (!o->tell)
        printf("%s %s %s --seed %" PRIu64 " --faults %" PRIu64
               " --sequences 1 --tell shows how\n",
               self->path, self->name, o->dir, out->seed, o->faults);
}

static void people_print(const struct clv_command *self, const struct options *o,
                         const struct outcome *out)
{
    size_t i;

    for (i = 0; i < out->n_unreachable; i++)
        printf("finding: CSI %s: nobody is active for it, even without faults\n",
               out->unreachable[i]);
    if (!out->played)
        puts(out->why);
    else if (*out->why)
        failure_print(self, o, out);
    else
        printf("%" PRIu64 " sequences of %" PRIu64 " faults from seed %" PRIu64
               ", %" PRIu64 " events, %.1f s: no invariant was broken\n",
               o->sequences, o->faults, o->seed, out->events,
               (double)out->took_ns / CLV_NS_PER_S);
}

static void json_print(const struct options *o, const struct outcome *out)
{
    json_t *unreachable = json_array(), *all;
    size_t i;

    for (i = 0; i < out->n_unreachable; i++)
        json_array_append_new(unreachable, json_string(out->unreachable[i]));
    all =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:f, s:o}", "model", o->dir, "seed",
                  (json_int_t)o->seed, "faults", (json_int_t)o->faults, "sequences",
                  (json_int_t)o->sequences, "events", (json_int_t)out->events, "seconds",
                  (double)out->took_ns / CLV_NS_PER_S, "unreachable", unreachable);
    if (*out->why)
        json_object_set_new(all, "broken", json_string(out->why));
    if (*out->why && out->played)
        json_object_set_new(all, "broken_seed", json_integer((json_int_t)out->seed));
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

static void play(const struct amf_model *m, const struct options *o,
                 const bool *reachable, struct outcome *out)
{
    const int64_t begin_ns = clv_now_ns();
    bool ok = true;
    uint64_t i;

    for (i = 0; ok && i < o->sequences; i++) {
        const struct amf_sim sim = {.seed = o->seed + i,
                                    .faults = (unsigned)o->faults,
                                    .aloud = o->tell ? stdout : NULL,
                                    .reachable = reachable};
        struct world *w = world_of(m);

        out->seed = sim.seed;
        ok = amf_sim_history(w, &sim, out->why, sizeof(out->why), &out->events);
        world_free(w);
    }
    if (ok)
        out->why[0] = '\0';
    out->played = true;
    out->took_ns = clv_now_ns() - begin_ns;
}

static enum clv_exit simulate(const struct clv_command *self, const struct amf_model *m,
                              const struct options *o)
{
    bool *reachable = calloc(m->n_csis + 1, sizeof(*reachable));
    struct outcome out = {.unreachable = calloc(m->n_csis + 1, sizeof(char *))};
    enum clv_exit result = CLV_EXIT_FAILED;
    size_t i;

    if (!reachable || !out.unreachable) {
        fprintf(stderr, "%s %s: no memory\n", self->path, self->name);
    } else {
        if (amf_sim_reachable(m, reachable, out.why, sizeof(out.why))) {
            for (i = 0; i < m->n_csis; i++)
                if (!reachable[i])
                    out.unreachable[out.n_unreachable++] = m->csis[i].name;
            play(m, o, reachable, &out);
        }
        if (o->json)
            json_print(o, &out);
        else
            people_print(self, o, &out);
        result = *out.why || out.n_unreachable ? CLV_EXIT_FINDINGS : CLV_EXIT_OK;
    }
    free(out.unreachable);
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
