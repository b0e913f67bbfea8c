/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_field.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_load.h"
#include "amf/amf_xml.h"

enum { WORDS_MAX_BYTES = 200 };

static void words_list(const struct amf_words *words, char *out, size_t size)
{
    size_t i, used = 0;

    for (i = 0; words->at[i].word; i++) {
        const size_t len = strlen(words->at[i].word);

        if (used + len + 2 > size)
            break;
        if (i > 0)
            out[used++] = ',';
        memcpy(out + used, words->at[i].word, len);
        used += len;
    }
    out[used] = '\0';
}

bool amf_word_find(struct amf_load *l, const xmlNode *at, const struct amf_words *words,
                   const char *text, int *out)
{
    const size_t len = strlen(words->prefix);
    char known[WORDS_MAX_BYTES];
    size_t i;

    if (strncmp(text, words->prefix, len) == 0)
        for (i = 0; words->at[i].word; i++)
            if (strcmp(text + len, words->at[i].word) == 0) {
                *out = words->at[i].value;
                return true;
            }
    words_list(words, known, sizeof(known));
    return amf_fail(l, at, "\"%s\" is not known, expected %s{%s}", text, words->prefix,
                    known);
}

static void field_set(const struct amf_field *f, void *out, int value)
{
    void *to = (char *)out + f->offset;

    if (f->kind == AMF_FIELD_BOOL)
        *(bool *)to = value != 0;
    else
        memcpy(to, &value, sizeof(value)); /* uint32_t or an enum: the same size */
}

static bool bool_read(struct amf_load *l, const xmlNode *el, const char *text, int *out)
{
    *out = strcmp(text, "CL_TRUE") == 0;
    if (*out || strcmp(text, "CL_FALSE") == 0)
        return true;
    return amf_warn(l, el, "\"%s\" counts as false, expected CL_TRUE or CL_FALSE", text);
}

static bool text_read(struct amf_load *l, const struct amf_field *f, const xmlNode *el,
                      const char *text, int *out)
{
    uint32_t n;

    switch (f->kind) {
    case AMF_FIELD_BOOL:
        return bool_read(l, el, text, out);
    case AMF_FIELD_WORD:
        return amf_word_find(l, el, f->words, text, out);
    case AMF_FIELD_NUMBER:
    case AMF_FIELD_MS:
        break;
    }
    if (!amf_xml_number(l, el, NULL, text, &n))
        return false;
    *out = n == 0 && f->kind == AMF_FIELD_MS ? f->dflt : (int)n;
    return true;
}

static bool field_read(struct amf_load *l, const struct amf_field *f,
                       const xmlNode *parent, void *out)
{
    const xmlNode *el = amf_xml_child(parent, f->element);
    int value = f->dflt;
    bool ok = true;
    char *text;

    if (el) {
        text = amf_xml_text(el);
        if (!text)
            return amf_fail_memory(l);
        if (*text)
            ok = text_read(l, f, el, text, &value);
        free(text);
    }
    field_set(f, out, value);
    return ok;
}

bool amf_fields_read(struct amf_load *l, const xmlNode *parent,
                     const struct amf_field *fields, size_t n, void *out)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (!field_read(l, &fields[i], parent, out))
            return false;
    return true;
}
