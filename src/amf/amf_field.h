/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One row per child element that holds one value: its name, how its text is
 * read, where the value goes, and what it is when the element is missing.
 */
#ifndef AMF_FIELD_H
#define AMF_FIELD_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct amf_load;

/* The words of one legacy enumeration, as they are written in the XML. */
struct amf_words {
    const char *prefix;
    struct {
        const char *word; /* NULL: the end */
        int value;
    } at[12];
};

enum amf_field_kind {
    AMF_FIELD_BOOL,   /* bool: CL_TRUE, everything else is false */
    AMF_FIELD_NUMBER, /* uint32_t */
    AMF_FIELD_MS,     /* uint32_t: 0 means the default, too */
    AMF_FIELD_WORD    /* an enum */
};

struct amf_field {
    const char *element;
    enum amf_field_kind kind;
    size_t offset;
    int dflt;
    const struct amf_words *words; /* AMF_FIELD_WORD */
};

/* Fill the n fields of the struct at out from the children of parent (NULL: all
 * defaults). An element without text counts as missing. */
bool amf_fields_read(struct amf_load *l, const xmlNode *parent,
                     const struct amf_field *fields, size_t n, void *out);

/* The text of a word, or an error that lists what is known. */
bool amf_word_find(struct amf_load *l, const xmlNode *at, const struct amf_words *words,
                   const char *text, int *out);

#endif
