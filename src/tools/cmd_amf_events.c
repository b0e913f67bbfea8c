/* SPDX-License-Identifier: Apache-2.0 */
/* clovis amf events: who was told what and when, as far as the daemon remembers. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/cmd_amf.h"
#include "tools/event_print.h"
#include "tools/operator.h"

static bool count_read(const char *word, int *out)
{
    char *end;
    const long n = strtol(word, &end, 10);

    *out = (int)n;
    return end != word && !*end && n > 0 && n <= 1000000;
}

static void list_print(const json_t *answer, bool json)
{
    const json_int_t dropped = json_integer_value(json_object_get(answer, "dropped"));
    const json_t *event;
    size_t i;

    if (dropped)
        printf(json ? "{\"dropped\":%lld}\n" : "(%lld earlier ones are forgotten)\n",
               (long long)dropped);
    json_array_foreach(json_object_get(answer, "events"), i, event)
    {
        if (json)
            event_print_json(event);
        else
            event_print(event);
    }
}

enum clv_exit cmd_amf_events(const struct clv_command *self, int argc, char **argv)
{
    struct op_options o;
    json_t *answer = NULL;
    enum clv_exit result = op_options_read(self, argc, argv, OP_JSON, 0, 1, &o);
    int max = 0;

    if (result != CLV_EXIT_OK)
        return result;
    if (o.n_words && !count_read(o.words[0], &max))
        return clv_command_misused(self, "\"%s\" is not a number of events", o.words[0]);
    result = op_request(self, &o, "events",
                        json_pack("{s:s, s:i}", "t", "events", "max", max), &answer);
    if (result == CLV_EXIT_OK)
        list_print(answer, o.json);
    json_decref(answer);
    return result;
}
