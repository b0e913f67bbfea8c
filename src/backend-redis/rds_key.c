/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/logline.h"
#include "base/settings.h"

static const char *const suffixes[RDS_KEY_N] = {NULL,   "meta", "data", "index",
                                                "open", "feed", "large"};

static bool is_plain(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c && strchr("_.:-/@+,=~", c));
}

size_t rds_key_escape(struct clv_bytes name, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    const unsigned char *in = name.base;
    size_t i, n = 0;

    for (i = 0; i < name.size; i++) {
        if (is_plain(in[i])) {
            out[n++] = (char)in[i];
        } else {
            out[n++] = '%';
            out[n++] = digits[in[i] >> 4];
            out[n++] = digits[in[i] & 15];
        }
    }
    return n;
}

bool rds_key_namespace_load(char out[RDS_NAMESPACE_MAX + 1])
{
    const char *value = clv_setting("CLOVIS_NAMESPACE");
    size_t i;

    if (!value)
        value = "clovis";
    for (i = 0; value[i] && is_plain((unsigned char)value[i]); i++) {
    }
    if (value[i] || i > RDS_NAMESPACE_MAX) {
        clv_log(
            CLV_LOG_ERROR,
            "CLOVIS_NAMESPACE=%s (%s): expected 1 to %d letters, digits or _.:-/@+,=~",
            value, clv_setting_origin("CLOVIS_NAMESPACE"), RDS_NAMESPACE_MAX);
        return false;
    }
    memcpy(out, value, i + 1);
    return true;
}

char *rds_key_name(const char *prefix, struct clv_bytes name)
{
    const size_t prefix_len = strlen(prefix);
    char *key = malloc(prefix_len + sizeof(":{c:}") + 3 * name.size);
    char *at = key;

    if (!key)
        return NULL;
    memcpy(at, prefix, prefix_len);
    at += prefix_len;
    memcpy(at, ":{c:", 4);
    at += 4;
    at += rds_key_escape(name, at);
    memcpy(at, "}", 2);
    return key;
}

bool rds_keys_make(struct rds_keys *keys, const char *name_key, const char *instance_id)
{
    const size_t room = strlen(name_key) + strlen(instance_id) + 32;
    char *at, *key = malloc(room);
    int i, len;

    keys->block = malloc(RDS_KEY_N * room);
    at = keys->block;
    for (i = 0; key && at && i < RDS_KEY_N; i++) {
        if (suffixes[i])
            len = snprintf(key, room, "%s:%s:%s", name_key, instance_id, suffixes[i]);
        else
            len = snprintf(key, room, "%s", name_key);
        keys->part[i].base = at;
        keys->part[i].size = (size_t)snprintf(at, room, "$%d\r\n%s\r\n", len, key);
        at += keys->part[i].size;
    }
    free(key);
    if (i < RDS_KEY_N)
        rds_keys_free(keys);
    return i == RDS_KEY_N;
}

void rds_keys_free(struct rds_keys *keys)
{
    free(keys->block);
    memset(keys, 0, sizeof(*keys));
}
