/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names at the edge of the API. Inside they are plain text; outside they are
 * counted, and what comes from the AMF counts its NUL while component names do not.
 */
#ifndef CLV_CPM_NAME_H
#define CLV_CPM_NAME_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <clCommon.h>

/* Text of a name; with or without the NUL in its length. text has room for any name. */
#define CPM_TEXT_MAX (CL_MAX_NAME_LENGTH + 1)

static inline void cpm_name_text(char text[CPM_TEXT_MAX], const ClNameT *name)
{
    const size_t room =
        name->length < CL_MAX_NAME_LENGTH ? name->length : (size_t)CL_MAX_NAME_LENGTH;
    const size_t n = strnlen((const char *)name->value, room);

    memcpy(text, name->value, n);
    text[n] = '\0';
}

static inline void cpm_name_set(ClNameT *name, const char *text)
{
    const size_t n = strnlen(text, CL_MAX_NAME_LENGTH - 1);

    memset(name, 0, sizeof(*name));
    memcpy(name->value, text, n);
    name->length = (ClUint16T)n;
}

/* The NUL counted; no name at all for an empty text. */
static inline void cpm_name_set_counted(ClNameT *name, const char *text)
{
    cpm_name_set(name, text);
    if (name->length)
        name->length++;
}

#endif
