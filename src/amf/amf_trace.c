/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"
#include "amf/amf_words.h"

/* clang-format off */
static const struct {
    const char *word;
    unsigned flag;
} flags[] = {
    { "msg",            AMF_TRACE_MSG },
    { "timer",          AMF_TRACE_TIMER },
    { "state_change",   AMF_TRACE_STATE },
    { "function_enter", AMF_TRACE_FUNCTION },
};
/* clang-format on */

static const size_t n_flags = sizeof(flags) / sizeof(*flags);

/* ---- lines ------------------------------------------------------------------- */

static void put(const struct amf_trace *t, const char *what, const char *text)
{
    if (!*t->name || strstr(text, t->name))
        clv_log(CLV_LOG_INFO, "trace: %s%s", what, text);
}

static bool is_timer(const struct amf_action *a)
{
    return a->type == AMF_DO_TIMER || a->type == AMF_DO_TIMER_CANCEL;
}

void amf_trace_step(const struct amf_trace *t, const struct amf_model *m,
                    const struct amf_event *ev, const struct amf_actions *orders)
{
    char text[500];
    size_t i;

    if (t->flags & (ev->type == AMF_EV_TIMER ? AMF_TRACE_TIMER : AMF_TRACE_STATE)) {
        amf_event_words(m, ev, text, sizeof(text));
        put(t, "", text);
    }
    for (i = 0; i < orders->n; i++) {
        const struct amf_action *a = &orders->at[i];

        if (!(t->flags & (is_timer(a) ? AMF_TRACE_TIMER : AMF_TRACE_STATE)))
            continue;
        amf_action_words(m, a, text, sizeof(text));
        put(t, "-> ", text);
    }
}

void amf_trace_message(const struct amf_trace *t, const char *way, int pid,
                       const json_t *o)
{
    char what[40];
    char *text;

    if (!(t->flags & AMF_TRACE_MSG))
        return;
    text = amf_must(json_dumps(o, JSON_COMPACT));
    snprintf(what, sizeof(what), "%s pid %d: ", way, pid);
    put(t, what, text);
    free(text);
}

/* ---- settings ----------------------------------------------------------------- */

json_t *amf_trace_describe(const struct amf_trace *t)
{
    json_t *list = amf_must(json_array());
    size_t i;

    for (i = 0; i < n_flags; i++)
        if (t->flags & flags[i].flag)
            json_array_append_new(list, json_string(flags[i].word));
    return amf_must(json_pack("{s:s, s:o, s:s, s:b}", "level",
                              clv_log_level_word(clv_log_level()), "trace", list, "name",
                              t->name, "console", (int)clv_log_console()));
}

/* No list is no flag. */
static bool flags_read(const json_t *list, unsigned *out)
{
    const json_t *word;
    size_t i, k;

    *out = 0;
    json_array_foreach(list, i, word)
    {
        const char *text = json_string_value(word);

        for (k = 0; k < n_flags && (!text || strcmp(flags[k].word, text) != 0); k++)
            ;
        if (k == n_flags)
            return false;
        *out |= flags[k].flag;
    }
    return true;
}

/* What is traced is to be seen, so the log is at info at least. */
static void level_apply(const struct amf_trace *t)
{
    enum clv_sev level = t->level;

    if (t->flags & AMF_TRACE_FUNCTION)
        level = CLV_LOG_DEBUG;
    else if (t->flags && level < CLV_LOG_INFO)
        level = CLV_LOG_INFO;
    clv_log_level_set(level);
}

bool amf_trace_set(struct amf_trace *t, const json_t *o)
{
    const json_t *console = json_object_get(o, "console");
    const char *level = json_string_value(json_object_get(o, "level"));
    const char *name = json_string_value(json_object_get(o, "name"));
    enum clv_sev wanted = t->flags ? t->level : clv_log_level();
    unsigned on, off;

    if ((level && !clv_log_level_read(level, &wanted)) ||
        !flags_read(json_object_get(o, "on"), &on) ||
        !flags_read(json_object_get(o, "off"), &off))
        return false;
    t->level = wanted;
    t->flags = (t->flags | on) & ~off;
    if (name || !t->flags)
        snprintf(t->name, sizeof(t->name), "%s", name && t->flags ? name : "");
    if (console)
        clv_log_console_set(json_is_true(console));
    level_apply(t);
    return true;
}
