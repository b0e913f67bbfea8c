/* SPDX-License-Identifier: Apache-2.0 */
/* clCpm: the installed system as targetconf.xml and VERSION beside the model describe it.
 * The file is a handful of flat elements, written by a tool; it is scanned, not parsed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>
#include <clCpmExtApi.h>

#include "shim/cpm_service.h"

enum { FILE_MAX_SIZE = 256 * 1024 };

/* A file below $ASP_CONFIG (the first directory of a list that has it); new, or NULL. */
static char *file_read(const char *name)
{
    const char *dirs = getenv("ASP_CONFIG");
    char path[4096];
    size_t n, len;
    char *text;
    FILE *f;

    for (; dirs && *dirs; dirs += len + (dirs[len] == ':')) {
        len = strcspn(dirs, ":");
        if (len == 0 || snprintf(path, sizeof(path), "%.*s/%s", (int)len, dirs, name) >=
                            (int)sizeof(path))
            continue;
        f = fopen(path, "re");
        if (!f)
            continue;
        text = calloc(1, FILE_MAX_SIZE + 1);
        n = text ? fread(text, 1, FILE_MAX_SIZE, f) : 0;
        fclose(f);
        if (text)
            text[n] = '\0';
        return text;
    }
    return NULL;
}

/* The text of the first <tag> in [from, to), cut to size; false: there is none. */
static bool element(const char *from, const char *to, const char *tag, char *out,
                    size_t size)
{
    char open[60], close[60];
    const char *at, *end;
    size_t n;

    snprintf(open, sizeof(open), "<%s>", tag);
    snprintf(close, sizeof(close), "</%s>", tag);
    at = strstr(from, open);
    out[0] = '\0';
    if (!at || at >= to)
        return false;
    at += strlen(open);
    end = strstr(at, close);
    if (!end || end > to)
        return false;
    while (at < end && strchr(" \t\r\n", *at))
        at++;
    while (end > at && strchr(" \t\r\n", end[-1]))
        end--;
    n = (size_t)(end - at) < size - 1 ? (size_t)(end - at) : size - 1;
    memcpy(out, at, n);
    out[n] = '\0';
    return true;
}

/* Step to the next <slot> after *from; *to is its end. */
static bool slot_next(const char **from, const char **to)
{
    const char *at = strstr(*from, "<slot>");
    const char *end = at ? strstr(at, "</slot>") : NULL;

    if (!end)
        return false;
    *from = at + strlen("<slot>");
    *to = end;
    return true;
}

static void slot_fill(const char *from, const char *to, ClTargetSlotInfoT *out)
{
    char number[32];

    memset(out, 0, sizeof(*out));
    element(from, to, "NAME", out->name, sizeof(out->name));
    element(from, to, "ADDR", number, sizeof(number));
    out->addr = atoi(number);
    element(from, to, "LINK", out->linkname, sizeof(out->linkname));
    element(from, to, "ARCH", out->arch, sizeof(out->arch));
    element(from, to, "CUSTOM", out->customData, sizeof(out->customData));
}

static ClUint32T slots_count(const char *text)
{
    const char *to;
    ClUint32T n = 0;

    while (slot_next(&text, &to)) {
        text = to;
        n++;
    }
    return n;
}

static ClBoolT yes(const char *from, const char *to, const char *tag)
{
    char word[16];

    return element(from, to, tag, word, sizeof(word)) &&
           (word[0] == 'Y' || word[0] == 'y' || word[0] == 'T' || word[0] == 't' ||
            word[0] == '1');
}

ClRcT clCpmTargetVersionGet(ClCharT *out, ClUint32T size)
{
    char *text;

    if (!out || !size)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    text = file_read("VERSION");
    if (!text)
        return CPM_RC(CL_ERR_NOT_EXIST);
    text[strcspn(text, "\r\n")] = '\0';
    snprintf(out, size, "%s", text);
    free(text);
    return CL_OK;
}

ClRcT clCpmTargetInfoGet(ClTargetInfoT *out)
{
    char number[32];
    const char *end;
    char *text;

    if (!out)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    text = file_read("targetconf.xml");
    if (!text)
        return CPM_RC(CL_ERR_NOT_EXIST);
    end = text + strlen(text);
    memset(out, 0, sizeof(*out));
    element(text, end, "TRAP_IP", out->trapIp, sizeof(out->trapIp));
    out->installPrerequisites = yes(text, end, "INSTALL_PREREQUISITES");
    out->instantiateImages = yes(text, end, "INSTANTIATE_IMAGES");
    out->createTarballs = yes(text, end, "CREATE_TARBALLS");
    element(text, end, "TIPC_NETID", number, sizeof(number));
    out->tipcNetid = atoi(number);
    element(text, end, "GMS_MCAST_PORT", number, sizeof(number));
    out->gmsMcastPort = atoi(number);
    out->numSlots = slots_count(text);
    free(text);
    clCpmTargetVersionGet(out->version, sizeof(out->version)); /* stays empty without */
    return CL_OK;
}

ClRcT clCpmTargetSlotInfoGet(const ClCharT *name, ClIocNodeAddressT addr,
                             ClTargetSlotInfoT *out)
{
    const char *from, *to;
    ClRcT rc = CPM_RC(CL_ERR_NOT_EXIST);
    char *text;

    if (!out)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    text = file_read("targetconf.xml");
    for (from = text; rc && text && slot_next(&from, &to); from = to) {
        slot_fill(from, to, out);
        if (name ? strcmp(name, out->name) == 0 : out->addr == (ClInt32T)addr)
            rc = CL_OK;
    }
    free(text);
    return rc;
}

ClRcT clCpmTargetSlotListGet(ClTargetSlotInfoT *out, ClUint32T *n)
{
    const char *from, *to;
    ClUint32T i = 0;
    char *text;

    if (!out || !n)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    text = file_read("targetconf.xml");
    if (!text)
        return CPM_RC(CL_ERR_NOT_EXIST);
    for (from = text; i < *n && slot_next(&from, &to); from = to)
        slot_fill(from, to, &out[i++]);
    *n = i;
    free(text);
    return CL_OK;
}
