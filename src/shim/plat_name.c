/* SPDX-License-Identifier: Apache-2.0 */
/* Names, strings and settings: the small functions of clCommon.h. Both name types
 * have one layout, so one body serves both families. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clCommon.h>
#include <clHeapApi.h>

#include "base/logline.h"

enum { NAME_KEPT = CL_MAX_NAME_LENGTH - 1 };

static ClUint16T cropped(size_t length)
{
    return (ClUint16T)(length < NAME_KEPT ? length : NAME_KEPT);
}

void clNameSet(ClNameT *name, const char *text)
{
    name->length = cropped(strlen(text));
    memcpy(name->value, text, name->length);
    name->value[name->length] = '\0';
}

void clNameCopy(ClNameT *to, const ClNameT *from)
{
    const ClUint16T n = cropped(from->length);

    memmove(to->value, from->value, n);
    to->value[n] = '\0';
    to->length = n;
}

/* What still fits of n bytes is appended at *used. */
static void part_append(char *to, size_t *used, const void *bytes, size_t n)
{
    const size_t room = NAME_KEPT - *used;

    if (n > room)
        n = room;
    memcpy(to + *used, bytes, n);
    *used += n;
}

/* to may be one of the inputs, so the result is made beside it. */
void clNameConcat(ClNameT *to, const ClNameT *prefix, const char *separator,
                  const ClNameT *suffix)
{
    ClNameT made = {0};
    size_t used = 0;

    if (prefix)
        part_append((char *)made.value, &used, prefix->value, prefix->length);
    if (separator)
        part_append((char *)made.value, &used, separator, strlen(separator));
    if (suffix)
        part_append((char *)made.value, &used, suffix->value, suffix->length);
    made.length = (ClUint16T)used;
    *to = made;
}

void saNameSet(SaNameT *name, const char *text)
{
    clNameSet((ClNameT *)name, text);
}

void saNameCopy(SaNameT *to, const SaNameT *from)
{
    clNameCopy((ClNameT *)to, (const ClNameT *)from);
}

void saNameConcat(SaNameT *to, const SaNameT *prefix, const char *separator,
                  const SaNameT *suffix)
{
    clNameConcat((ClNameT *)to, (const ClNameT *)prefix, separator,
                 (const ClNameT *)suffix);
}

ClCharT *clStrdup(const ClCharT *text)
{
    const size_t size = text ? strlen(text) + 1 : 0;
    ClCharT *copy = text ? clHeapAllocate((ClUint32T)size) : NULL;

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

ClStringT *clStringDup(const ClStringT *text)
{
    ClStringT *copy = text ? clHeapCalloc(1, sizeof(*copy)) : NULL;

    if (!copy)
        return NULL;
    copy->pValue = clHeapAllocate(text->length ? text->length : 1);
    if (!copy->pValue) {
        clHeapFree(copy);
        return NULL;
    }
    memcpy(copy->pValue, text->pValue, text->length);
    copy->length = text->length;
    return copy;
}

ClBoolT clParseEnvBoolean(const ClCharT *variable)
{
    const char *value = variable ? getenv(variable) : NULL;

    if (!value)
        return CL_FALSE;
    if (!*value || strchr("1yt", tolower((unsigned char)*value)))
        return CL_TRUE;
    if (!strchr("0nf", tolower((unsigned char)*value)))
        clv_log(CLV_LOG_WARNING, "%s=%s: expected yes or no; taken as no", variable,
                value);
    return CL_FALSE;
}

ClCharT *clParseEnvStr(const ClCharT *variable)
{
    char *value = variable ? getenv(variable) : NULL;

    while (value && isspace((unsigned char)*value))
        value++;
    return value && *value ? value : NULL;
}

ClUint32T clBinaryPower(ClUint32T value)
{
    ClUint32T power = 0;

    value += value & 1;
    while (value >>= 1)
        power++;
    return power;
}
