/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_xml.h"

enum { WARNING_MAX_BYTES = 1000 };

/* Names come from files and may hold anything; an error is one line. */
static void line_tidy(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

static void append(char *out, size_t size, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));
static void append_word(char *out, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *out, size_t size, const char *fmt, va_list ap)
{
    const size_t used = strlen(out);

    vsnprintf(out + used, size - used, fmt, ap);
}

static void append_word(char *out, size_t size, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    append(out, size, fmt, ap);
    va_end(ap);
}

/* "FILE:LINE: <suType name="x"><rank>: "; an element without a name is shown
 * behind the nearest one that has a name. */
static void place_write(char *out, size_t size, const xmlNode *at)
{
    const xmlNode *named = at;
    const char *name = NULL;

    for (; named && named->type == XML_ELEMENT_NODE; named = named->parent) {
        name = amf_xml_attr(named, "name");
        if (name)
            break;
    }
    snprintf(out, size, "%s:%ld: ", amf_xml_file(at), xmlGetLineNo(at));
    if (name)
        append_word(out, size, "<%s name=\"%s\">", amf_xml_name(named), name);
    if (!name || named != at)
        append_word(out, size, "<%s>", amf_xml_name(at));
    append_word(out, size, ": ");
}

bool amf_fail(struct amf_load *l, const xmlNode *at, const char *fmt, ...)
{
    va_list ap;

    if (l->size == 0)
        return false;
    place_write(l->error, l->size, at);
    va_start(ap, fmt);
    append(l->error, l->size, fmt, ap);
    va_end(ap);
    line_tidy(l->error);
    return false;
}

bool amf_fail_plain(struct amf_load *l, const char *fmt, ...)
{
    va_list ap;

    if (l->size == 0)
        return false;
    l->error[0] = '\0';
    va_start(ap, fmt);
    append(l->error, l->size, fmt, ap);
    va_end(ap);
    line_tidy(l->error);
    return false;
}

bool amf_fail_memory(struct amf_load *l)
{
    return amf_fail_plain(l, "no memory for the model");
}

static bool warning_known(char *const *all, const char *line)
{
    for (; all && *all; all++)
        if (strcmp(*all, line) == 0)
            return true;
    return false;
}

static bool warning_add(struct amf_model *m, const char *line)
{
    size_t n = 0;
    char **grown;

    while (m->warnings && m->warnings[n])
        n++;
    grown = realloc(m->warnings, (n + 2) * sizeof(*grown));
    if (!grown)
        return false;
    m->warnings = grown;
    grown[n] = strdup(line);
    grown[n + 1] = NULL;
    return grown[n] != NULL;
}

bool amf_warn(struct amf_load *l, const xmlNode *at, const char *fmt, ...)
{
    char line[WARNING_MAX_BYTES];
    va_list ap;

    place_write(line, sizeof(line), at);
    va_start(ap, fmt);
    append(line, sizeof(line), fmt, ap);
    va_end(ap);
    line_tidy(line);
    if (warning_known(l->model->warnings, line) || warning_add(l->model, line))
        return true;
    return amf_fail_memory(l);
}
