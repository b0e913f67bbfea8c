/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf check: what a model says, before anything runs. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include "amf/amf_model.h"
#include "tools/cmd_amf.h"
#include "tools/model_dot.h"
#include "tools/model_findings.h"
#include "tools/model_json.h"
#include "tools/model_plan.h"

enum { OPT_BINDIR = 256, OPT_DOT, OPT_JSON }; /* above every character */

struct options {
    const char *dir, *bindir;
    bool dot, json;
};

static enum clv_exit options_read(const struct clv_command *self, int argc, char **argv,
                                  struct options *out)
{
    static const struct option known[] = {{"bindir", required_argument, NULL, OPT_BINDIR},
                                          {"dot", no_argument, NULL, OPT_DOT},
                                          {"json", no_argument, NULL, OPT_JSON},
                                          {NULL, 0, NULL, 0}};
    int c;

    opterr = 0;
    while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (c == OPT_BINDIR)
            out->bindir = optarg;
        else if (c == OPT_DOT)
            out->dot = true;
        else if (c == OPT_JSON)
            out->json = true;
        else if (c == ':')
            return clv_command_misused(self, "%s needs a value", argv[optind - 1]);
        else if (optopt > 0 && optopt < OPT_BINDIR)
            return clv_command_misused(self, "-%c is not an option", optopt);
        else
            return clv_command_misused(self, "%s is not an option", argv[optind - 1]);
    }
    if (out->dot && out->json)
        return clv_command_misused(self, "--dot and --json do not go together");
    if (optind == argc)
        return clv_command_misused(self, "no directory");
    if (optind + 1 < argc)
        return clv_command_misused(self, "\"%s\" is one too many", argv[optind + 1]);
    out->dir = argv[optind];
    return CLV_EXIT_OK;
}

static void summary_print(const struct amf_model *m)
{
    printf("nodes %zu, groups %zu, SUs %zu, components %zu, SIs %zu, CSIs %zu\n",
           m->n_nodes, m->n_sgs, m->n_sus, m->n_comps, m->n_sis, m->n_csis);
}

static void finding_print(void *unused, const char *text)
{
    (void)unused;
    printf("finding: %s\n", text);
}

static enum clv_exit explain(const struct amf_model *m, const char *bindir)
{
    size_t findings;

    summary_print(m);
    findings = model_plan_print(m);
    findings += model_findings_look(m, bindir, finding_print, NULL);
    printf("%zu findings\n", findings);
    return findings ? CLV_EXIT_FINDINGS : CLV_EXIT_OK;
}

enum clv_exit cmd_amf_check(const struct clv_command *self, int argc, char **argv)
{
    struct options o = {NULL, NULL, false, false};
    enum clv_exit result = options_read(self, argc, argv, &o);
    struct amf_model *m;
    char error[1000];

    if (result != CLV_EXIT_OK)
        return result;
    m = amf_model_load(o.dir, error, sizeof(error));
    if (!m) {
        fprintf(stderr, "%s\n", error);
        return CLV_EXIT_FAILED;
    }
    if (o.dot)
        model_dot_print(m);
    else if (o.json)
        result = model_json_print(m, o.dir, o.bindir) ? CLV_EXIT_FINDINGS : CLV_EXIT_OK;
    else
        result = explain(m, o.bindir);
    amf_model_free(m);
    return result;
}
