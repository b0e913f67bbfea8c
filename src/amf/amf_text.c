/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_xml.h"

enum { NAME_MAX_BYTES = 255 }; /* a legacy name holds 256 with its NUL */

/* ---- strings ------------------------------------------------------------- */

const char *amf_name_get(struct amf_load *l, const xmlNode *el, const char *attr)
{
    const char *name = amf_xml_attr(el, attr);

    if (!name || !*name) {
        amf_fail(l, el, "no %s, expected %s=\"…\"", attr, attr);
        return NULL;
    }
    if (strlen(name) > NAME_MAX_BYTES) {
        amf_fail(l, el, "%s of %zu bytes, expected at most %d", attr, strlen(name),
                 NAME_MAX_BYTES);
        return NULL;
    }
    return name;
}

bool amf_strings_append(char ***list, const char *text, size_t len)
{
    size_t n = 0;
    char **grown;

    while (*list && (*list)[n])
        n++;
    grown = realloc(*list, (n + 2) * sizeof(*grown));
    if (!grown)
        return false;
    *list = grown;
    grown[n] = strndup(text, len);
    grown[n + 1] = NULL;
    return grown[n] != NULL;
}

bool amf_text_get(struct amf_load *l, const xmlNode *parent, const char *element,
                  char **out)
{
    const xmlNode *el = amf_xml_child(parent, element);

    *out = NULL;
    if (!el)
        return true;
    *out = amf_xml_text(el);
    if (!*out)
        return amf_fail_memory(l);
    if (!**out) {
        free(*out);
        *out = NULL;
    }
    return true;
}

bool amf_text_must(struct amf_load *l, const xmlNode *parent, const char *element,
                   char **out)
{
    if (!amf_text_get(l, parent, element, out))
        return false;
    return *out || amf_fail(l, parent, "no <%s>, expected it with a value", element);
}

void amf_strings_free(char **list)
{
    size_t i;

    for (i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

/* ---- lists of name and value --------------------------------------------- */

static size_t elements_count(const xmlNode *parent, const char *element)
{
    const xmlNode *el;
    size_t n = 0;

    AMF_XML_EACH(el, parent, element)
    n++;
    return n;
}

static bool pair_read(struct amf_load *l, const xmlNode *el, struct amf_pair *out)
{
    const char *name = amf_name_get(l, el, "name"), *value = amf_xml_attr(el, "value");

    if (!name)
        return false;
    out->name = strdup(name);
    out->value = strdup(value ? value : "");
    return (out->name && out->value) || amf_fail_memory(l);
}

bool amf_pairs_read(struct amf_load *l, const xmlNode *parent, struct amf_pair **out,
                    size_t *n)
{
    const size_t count = elements_count(parent, "nameValue");
    const xmlNode *el;

    *out = calloc(count + 1, sizeof(**out));
    if (!*out)
        return amf_fail_memory(l);
    AMF_XML_EACH(el, parent, "nameValue")
    if (!pair_read(l, el, &(*out)[(*n)++]))
        return false;
    return true;
}

void amf_pairs_free(struct amf_pair *pairs, size_t n)
{
    while (n-- > 0) {
        free(pairs[n].name);
        free(pairs[n].value);
    }
    free(pairs);
}

/* ---- command lines ------------------------------------------------------- */

bool amf_command_split(struct amf_load *l, const char *text, char ***argv)
{
    static const char space[] = " \t\r\n";
    size_t len;

    for (text += strspn(text, space); *text; text += strspn(text, space)) {
        len = strcspn(text, space);
        if (!amf_strings_append(argv, text, len))
            return amf_fail_memory(l);
        text += len;
    }
    return true;
}

/* The value of $(NAME), "" when it is not set; *len: what was read of text. */
static const char *variable_get(const char *text, size_t *len)
{
    const char *end = strchr(text, ')');
    const char *value = NULL;
    char *name;

    *len = (size_t)(end - text) + 1;
    name = strndup(text + 2, *len - 3);
    if (name)
        value = getenv(name);
    free(name);
    return value ? value : "";
}

/* text with each $(NAME) replaced, once and not again; new, NULL: no memory. */
static char *variables_expand(const char *text)
{
    char *out = NULL;
    size_t size = 0, len;
    FILE *f = open_memstream(&out, &size);

    if (!f)
        return NULL;
    while (*text) {
        if (text[0] == '$' && text[1] == '(' && strchr(text, ')')) {
            fputs(variable_get(text, &len), f);
            text += len;
        } else {
            fputc(*text++, f);
        }
    }
    if (fclose(f) != 0) {
        free(out);
        return NULL;
    }
    return out;
}

bool amf_args_append(struct amf_load *l, const xmlNode *el, char ***argv)
{
    const xmlNode *arg;
    const char *value;
    char *word;
    bool ok;

    AMF_XML_EACH(arg, amf_xml_child(el, "args"), "argument")
    {
        value = amf_xml_attr(arg, "value");
        if (!value)
            return amf_fail(l, arg, "no value, expected value=\"…\"");
        word = variables_expand(value);
        ok = word && amf_strings_append(argv, word, strlen(word));
        free(word);
        if (!ok)
            return amf_fail_memory(l);
    }
    return true;
}
