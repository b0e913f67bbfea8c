/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/status_json.h"

#include <stdio.h>
#include <string.h>

const char *status_text(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text ? text : "";
}

int status_number(const json_t *o, const char *key)
{
    return (int)json_integer_value(json_object_get(o, key));
}

bool status_true(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

int status_value(const json_t *o, const char *key)
{
    return status_number(json_object_get(o, key), "value");
}

bool status_is(const json_t *o, const char *key, const char *name)
{
    return strcmp(status_text(json_object_get(o, key), "name"), name) == 0;
}

const char *status_state(const json_t *o, const char *key, bool detail, char *text,
                         size_t size)
{
    const char *name = status_text(json_object_get(o, key), "name");

    if (detail)
        snprintf(text, size, "%s(%d)", name, status_value(o, key));
    else
        snprintf(text, size, "%s", name);
    return text;
}

const json_t *status_find(const json_t *state, const char *list, const char *key,
                          const char *name)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(state, list), i, item)
    {
        if (strcmp(status_text(item, key), name) == 0)
            return item;
    }
    return NULL;
}
