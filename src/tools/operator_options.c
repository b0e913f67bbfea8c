/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/operator.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/similar.h"

enum {
    OPT_SOCKET = 256, /* above every character */
    OPT_TIMEOUT,
    OPT_JSON,
    OPT_DETAIL,
    OPT_WAIT,
    OPT_CHECK
};

enum { TIMEOUT_MS = 15000, TIMEOUT_MAX_S = 86400 };

static const struct option known[] = {
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"timeout", required_argument, NULL, OPT_TIMEOUT},
    {"json", no_argument, NULL, OPT_JSON},
    {"detail", no_argument, NULL, OPT_DETAIL},
    {"wait", no_argument, NULL, OPT_WAIT},
    {"check", no_argument, NULL, OPT_CHECK},
    {NULL, 0, NULL, 0},
};

static int needed(int option)
{
    switch (option) {
    case OPT_JSON:
        return OP_JSON;
    case OPT_DETAIL:
        return OP_DETAIL;
    case OPT_WAIT:
        return OP_WAIT;
    case OPT_CHECK:
        return OP_CHECK;
    default:
        return 0;
    }
}

static bool seconds_read(const char *text, int64_t *ms)
{
    char *end;
    const double s = strtod(text, &end);

    if (end == text || *end || !(s > 0 && s <= TIMEOUT_MAX_S))
        return false;
    *ms = (int64_t)(s * 1000 + 0.5);
    return *ms > 0;
}

static enum clv_exit take(const struct clv_command *self, int option,
                          struct op_options *out)
{
    if (option == OPT_SOCKET)
        out->socket = optarg;
    else if (option == OPT_TIMEOUT && !seconds_read(optarg, &out->timeout_ms))
        return clv_command_misused(self, "--timeout \"%s\" is not between 0.001 and %d",
                                   optarg, TIMEOUT_MAX_S);
    out->json |= option == OPT_JSON;
    out->detail |= option == OPT_DETAIL;
    out->wait |= option == OPT_WAIT;
    out->check |= option == OPT_CHECK;
    return CLV_EXIT_OK;
}

static enum clv_exit words_read(const struct clv_command *self, int argc, char **argv,
                                int min, int max, struct op_options *out)
{
    const int n = argc - optind;
    int i;

    if (n < min)
        return clv_command_misused(self, n ? "not enough words" : "no name");
    if (n > max)
        return clv_command_misused(self, "\"%s\" is one too many", argv[optind + max]);
    for (i = 0; i < n; i++)
        out->words[i] = argv[optind + i];
    out->n_words = n;
    return CLV_EXIT_OK;
}

/* Also one that another command takes. */
static enum clv_exit option_misused(const struct clv_command *self, const char *word,
                                    int accepted)
{
    struct similar s;
    size_t i;

    similar_begin(&s, word + strspn(word, "-"));
    for (i = 0; known[i].name; i++)
        if (!(needed(known[i].val) & ~accepted))
            similar_look(&s, known[i].name);
    if (s.best)
        return clv_command_misused(self, "%s is not an option, did you mean --%s?", word,
                                   s.best);
    return clv_command_misused(self, "%s is not an option", word);
}

enum clv_exit op_options_read(const struct clv_command *self, int argc, char **argv,
                              int accepted, int min, int max, struct op_options *out)
{
    enum clv_exit result;
    int c;

    memset(out, 0, sizeof(*out));
    out->timeout_ms = TIMEOUT_MS;
    opterr = 0;
    optind = 0; /* from the start, whoever has read before */
    while ((c = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (c == ':')
            return clv_command_misused(self, "%s needs a value", argv[optind - 1]);
        if (c == '?' && optopt > 0 && optopt < OPT_SOCKET)
            return clv_command_misused(self, "-%c is not an option", optopt);
        if (c == '?' || (needed(c) & ~accepted))
            return option_misused(self, argv[optind - 1], accepted);
        result = take(self, c, out);
        if (result != CLV_EXIT_OK)
            return result;
    }
    return words_read(self, argc, argv, min, max, out);
}
