/* SPDX-License-Identifier: Apache-2.0 */
#include "base/settings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/logline.h"

#define DEFAULT_FILE "/etc/clovis/clovis.conf"

struct entry {
    struct entry *next;
    char *key, *value; /* owned, for the life of the process */
    char origin[];     /* FILE:LINE */
};

static struct {
    pthread_once_t once;
    struct entry *first;
} file_settings = {PTHREAD_ONCE_INIT, NULL};

static char *trim(char *s)
{
    char *end;

    while (isspace((unsigned char)*s))
        s++;
    end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1]))
        *--end = '\0';
    return s;
}

static void entry_add(const char *path, unsigned line, const char *key, const char *value)
{
    const int need = snprintf(NULL, 0, "%s:%u", path, line);
    struct entry *e = calloc(1, sizeof(*e) + (size_t)need + 1);

    if (!e)
        return;
    e->key = strdup(key);
    e->value = strdup(value);
    if (!e->key || !e->value) {
        free(e->key);
        free(e->value);
        free(e);
        return;
    }
    snprintf(e->origin, (size_t)need + 1, "%s:%u", path, line);
    e->next = file_settings.first; /* the last line of a key wins */
    file_settings.first = e;
}

static void file_read(void)
{
    const char *named = getenv("CLOVIS_CONF");
    const char *path = named && *named ? named : DEFAULT_FILE;
    FILE *f = fopen(path, "re");
    char *text = NULL, *key, *eq;
    size_t cap = 0;
    unsigned line = 0;

    if (!f) {
        if (named && *named)
            clv_log(CLV_LOG_ERROR, "CLOVIS_CONF: cannot read %s: %s", path,
                    strerror(errno));
        return;
    }
    while (getline(&text, &cap, f) >= 0) {
        line++;
        key = trim(text);
        if (!*key || *key == '#')
            continue;
        eq = strchr(key, '=');
        if (!eq || eq == key) {
            clv_log(CLV_LOG_ERROR, "%s:%u: expected KEY=VALUE", path, line);
            continue;
        }
        *eq = '\0';
        entry_add(path, line, trim(key), trim(eq + 1));
    }
    free(text);
    fclose(f);
}

static const struct entry *file_find(const char *key)
{
    const struct entry *e;

    pthread_once(&file_settings.once, file_read);
    for (e = file_settings.first; e; e = e->next)
        if (strcmp(e->key, key) == 0)
            return e;
    return NULL;
}

const char *clv_setting(const char *key)
{
    const char *value = getenv(key);
    const struct entry *e;

    if (value && *value)
        return value;
    e = file_find(key);
    return e && *e->value ? e->value : NULL;
}

const char *clv_setting_origin(const char *key)
{
    const char *value = getenv(key);
    const struct entry *e;

    if (value && *value)
        return "environment";
    e = file_find(key);
    return e ? e->origin : "default";
}

bool clv_setting_int(const char *key, int64_t min, int64_t max, int64_t dflt,
                     int64_t *out)
{
    const char *value = clv_setting(key);
    long long n;
    char *end;

    *out = dflt;
    if (!value)
        return true;
    errno = 0;
    n = strtoll(value, &end, 10);
    if (errno || end == value || *end || n < min || n > max) {
        clv_log(CLV_LOG_ERROR,
                "%s=%s (%s): expected a whole number from %" PRId64 " to %" PRId64, key,
                value, clv_setting_origin(key), min, max);
        return false;
    }
    *out = n;
    return true;
}
