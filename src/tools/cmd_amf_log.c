/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf log and trace: what the running daemon writes into its log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/cmd_amf.h"
#include "tools/cmd_amf_log.h"
#include "tools/entity_name.h"
#include "tools/operator.h"

static const char *const levels[] = {"none", "error", "warning", "info", "debug"};
static const char *const flags[] = {"msg", "timer", "state_change", "function_enter"};

#define N(array) (sizeof(array) / sizeof(*(array)))

static const char *word_find(const char *const *words, size_t n, const char *word)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcasecmp(words[i], word) == 0)
            return words[i];
    return NULL;
}

/* ---- the answer ---------------------------------------------------------------- */

static void log_print(const json_t *log, bool json)
{
    const char *name = json_string_value(json_object_get(log, "name"));
    const json_t *word;
    size_t i;

    if (json) {
        json_dumpf(log, stdout, JSON_INDENT(2));
        putchar('\n');
        return;
    }
    printf("level    %s\ntrace   ", json_string_value(json_object_get(log, "level"))
                                        ? json_string_value(json_object_get(log, "level"))
                                        : "");
    json_array_foreach(json_object_get(log, "trace"), i, word)
        printf(" %s", json_string_value(word));
    if (!i)
        printf(" off");
    else if (name && *name)
        printf(", lines with %s", name);
    printf("\nconsole  %s\n",
           json_is_true(json_object_get(log, "console")) ? "on" : "off");
}

/* Ask with what is to be set (taken), and print what is set then if that is wanted. */
static enum clv_exit ask(const struct clv_command *self, const struct op_options *o,
                         json_t *request, bool show)
{
    json_t *answer = NULL;
    enum clv_exit result;

    json_object_set_new(request, "t", json_string("log"));
    result = op_request(self, o, "log", request, &answer);
    if (result == CLV_EXIT_OK && show)
        log_print(json_object_get(answer, "log"), o->json);
    json_decref(answer);
    return result;
}

/* ---- the commands -------------------------------------------------------------- */

enum clv_exit cmd_amf_log(const struct clv_command *self, int argc, char **argv)
{
    struct op_options o;
    json_t *request;
    enum clv_exit result = op_options_read(self, argc, argv, OP_JSON, 0, 1, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (o.n_words && !word_find(levels, N(levels), o.words[0]))
        return clv_command_misused(self,
                                   "\"%s\" is not a level, there are none, error, "
                                   "warning, info and debug",
                                   o.words[0]);
    request = json_object();
    if (o.n_words)
        json_object_set_new(request, "level", json_string(o.words[0]));
    return ask(self, &o, request, !o.n_words || o.json);
}

enum clv_exit cmd_amf_log_console(const struct clv_command *self, int argc, char **argv)
{
    const struct amf_log_switch *how = self->data;
    struct op_options o;
    const enum clv_exit result = op_options_read(self, argc, argv, 0, 0, 0, &o);

    if (result != CLV_EXIT_OK)
        return result;
    return ask(self, &o, json_pack("{s:b}", "console", (int)how->on), false);
}

/* "msg,timer" or "all", added to list. False: a word that is no flag. */
static bool flags_add(json_t *list, const char *words)
{
    const char *flag;
    char word[40];
    size_t n, i;

    for (; *words; words += n + (words[n] == ',')) {
        n = strcspn(words, ",");
        snprintf(word, sizeof(word), "%.*s", (int)n, words);
        flag = word_find(flags, N(flags), word);
        if (!flag && strcasecmp(word, "all") != 0)
            return false;
        for (i = 0; i < N(flags); i++)
            if (!flag || flags[i] == flag)
                json_array_append_new(list, json_string(flags[i]));
    }
    return true;
}

/* Flags, and before them whose lines: "all", "KIND NAME", or nobody's. */
static enum clv_exit trace_words_read(const struct clv_command *self,
                                      const struct op_options *o, int first,
                                      struct entity_name *e, json_t *list)
{
    const char *kind;
    int i = first;

    e->name[0] = '\0';
    if (i + 1 < o->n_words && entity_kind_read(o->words[i], &kind)) {
        if (!entity_name_read(o->words + i, 2, e))
            return clv_command_misused(self, "\"%s\" does not name a %s", o->words[i + 1],
                                       o->words[i]);
        i += 2;
    } else if (i + 1 < o->n_words && strcasecmp(o->words[i], "all") == 0) {
        i++;
    }
    for (; i < o->n_words; i++)
        if (!flags_add(list, o->words[i]))
            return clv_command_misused(self,
                                       "\"%s\" is not a flag, there are msg, timer, "
                                       "state_change, function_enter and all",
                                       o->words[i]);
    if (!json_array_size(list))
        flags_add(list, "all");
    return CLV_EXIT_OK;
}

/* on, off: the first word, or what the command's name says. */
static bool switch_read(const struct clv_command *self, const struct op_options *o,
                        int *first, bool *on)
{
    const struct amf_log_switch *how = self->data;

    *first = how ? 0 : 1;
    if (how)
        *on = how->on;
    else
        *on = o->n_words && strcmp(o->words[0], "on") == 0;
    return how || *on || (o->n_words && strcmp(o->words[0], "off") == 0);
}

enum clv_exit cmd_amf_trace(const struct clv_command *self, int argc, char **argv)
{
    struct entity_name e;
    struct op_options o;
    json_t *list, *request;
    bool on = false;
    int first = 0;
    enum clv_exit result = op_options_read(self, argc, argv, 0, 0, OP_MAX_WORDS, &o);

    if (result != CLV_EXIT_OK)
        return result;
    if (!switch_read(self, &o, &first, &on))
        return clv_command_misused(self, "neither on nor off");
    list = json_array();
    result = trace_words_read(self, &o, first, &e, list);
    request = json_pack("{s:o}", on ? "on" : "off", list);
    if (on)
        json_object_set_new(request, "name", json_string(e.name));
    if (result == CLV_EXIT_OK)
        return ask(self, &o, request, false);
    json_decref(request);
    return result;
}
