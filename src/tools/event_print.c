/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/event_print.h"

#include <stdio.h>
#include <time.h>

static void time_print(json_int_t ms)
{
    const time_t s = (time_t)(ms / 1000);
    char text[40] = "";
    struct tm tm;

    if (localtime_r(&s, &tm))
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
    printf("%s.%03d", text, (int)(ms % 1000));
}

void event_print(const json_t *event)
{
    const char *note = json_string_value(json_object_get(event, "note"));

    time_print(json_integer_value(json_object_get(event, "ms")));
    printf("  %s\n", note ? note : "");
}

void event_print_json(const json_t *event)
{
    json_dumpf(event, stdout, JSON_COMPACT);
    putchar('\n');
}
