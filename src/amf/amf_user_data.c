/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs keep with the entities of the model: bytes, for an entity or for a key of
 * it. The daemon does not look into them; they are hexadecimal digits here. Kept as
 * {"su/NAME": {"": HEX, "KEY": HEX}}, "" for the entity itself.
 */
#include "amf/amf_daemon.h"

#include <stdio.h>
#include <string.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"
#include "amf/amf_proto.h"

enum { PLACE_MAX = 300 };

/* Where the data of the entity that o names are kept. */
static enum amf_admin_result place_of(const struct amf_daemon *d, const json_t *o,
                                      char place[PLACE_MAX])
{
    const char *kind = amf_server_text(o, "kind"), *name = amf_server_text(o, "name");
    json_t *entity;

    if (!kind || !name)
        return AMF_ADMIN_INVALID_ENTITY;
    entity = amf_query_config(d, kind, name);
    if (!entity)
        return AMF_ADMIN_NOT_EXIST;
    json_decref(entity);
    snprintf(place, PLACE_MAX, "%s/%s", kind, name);
    return AMF_ADMIN_OK;
}

/* ---- bounds ------------------------------------------------------------------- */

static size_t bytes_of(const json_t *value)
{
    return json_string_length(value) / 2;
}

static bool is_hex(const json_t *value)
{
    const char *text = json_string_value(value);
    const size_t n = json_string_length(value);

    return text && n % 2 == 0 && strspn(text, "0123456789abcdef") == n;
}

/* All that is kept, with the names. */
static size_t bytes_kept(const json_t *user_data)
{
    const char *place, *key;
    json_t *keys, *value;
    size_t n = 0;

    json_object_foreach((json_t *)(uintptr_t)user_data, place, keys)
        json_object_foreach(keys, key, value) n +=
        strlen(place) + strlen(key) + bytes_of(value);
    return n;
}

static enum amf_admin_result check(const struct amf_daemon *d, const char *place,
                                   const char *key, const json_t *value)
{
    const json_t *now = json_object_get(json_object_get(d->user_data, place), key);
    const size_t names = strlen(place) + strlen(key);
    size_t kept = bytes_kept(d->user_data);

    if (!is_hex(value))
        return AMF_ADMIN_INVALID_PARAMETER;
    if (bytes_of(value) > AMF_USER_DATA_MAX || strlen(key) > AMF_USER_KEY_MAX)
        return AMF_ADMIN_TOO_BIG;
    if (now)
        kept -= names + bytes_of(now);
    return kept + names + bytes_of(value) > AMF_USER_DATA_ALL_MAX ? AMF_ADMIN_NO_SPACE
                                                                  : AMF_ADMIN_OK;
}

/* ---- changes -------------------------------------------------------------------- */

static enum amf_admin_result set(struct amf_daemon *d, const char *place, const char *key,
                                 const json_t *value)
{
    const enum amf_admin_result r = check(d, place, key, value);
    json_t *keys;

    if (r)
        return r;
    if (!d->user_data)
        d->user_data = amf_must(json_object());
    keys = json_object_get(d->user_data, place);
    if (!keys) {
        keys = amf_must(json_object());
        json_object_set_new(d->user_data, place, keys);
    }
    json_object_set(keys, key, (json_t *)(uintptr_t)value);
    return AMF_ADMIN_OK;
}

/* key NULL: all of the entity. */
static enum amf_admin_result take_away(struct amf_daemon *d, const char *place,
                                       const char *key)
{
    json_t *keys = json_object_get(d->user_data, place);

    if (!keys || (key && json_object_del(keys, key) != 0))
        return AMF_ADMIN_NOT_EXIST;
    if (!key || json_object_size(keys) == 0)
        json_object_del(d->user_data, place);
    return AMF_ADMIN_OK;
}

enum amf_admin_result amf_user_data_apply(struct amf_daemon *d, const json_t *o)
{
    const char *verb = amf_server_text(o, "do"), *key = amf_server_text(o, "key");
    char place[PLACE_MAX];
    enum amf_admin_result r = place_of(d, o, place);

    if (r)
        return r;
    if (verb && strcmp(verb, "set") == 0)
        r = set(d, place, key ? key : "", json_object_get(o, "value"));
    else if (verb && strcmp(verb, "delete") == 0)
        r = take_away(d, place, key ? key : "");
    else if (verb && strcmp(verb, "delete-all") == 0)
        r = take_away(d, place, NULL);
    else
        return AMF_ADMIN_INVALID_PARAMETER;
    if (!r)
        d->dirty = true;
    return r;
}

void amf_user_data_restore(struct amf_daemon *d, const json_t *saved)
{
    json_decref(d->user_data);
    d->user_data = saved ? amf_must(json_deep_copy(saved)) : NULL;
}

/* ---- requests ------------------------------------------------------------------- */

static void get(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *key = amf_server_text(o, "key");
    char place[PLACE_MAX];
    enum amf_admin_result r = place_of(d, o, place);
    json_t *value = NULL;

    if (!r)
        value = json_object_get(json_object_get(d->user_data, place), key ? key : "");
    if (!r && !value)
        r = AMF_ADMIN_NOT_EXIST;
    amf_server_reply(p, o, r ? AMF_RE_AMS | (uint32_t)r : AMF_RE_OK,
                     value ? json_pack("{s:O}", "value", value) : NULL);
}

static void answer(struct amf_daemon *d, struct amf_peer *p, const json_t *o,
                   const struct amf_event *ev, enum amf_admin_result r)
{
    (void)ev;
    if (r)
        amf_daemon_note(d, "user data of %s are refused, 0x%x",
                        amf_server_text(o, "name"), (unsigned)r);
    amf_daemon_keep(d);
    if (p)
        amf_server_reply(p, o, r ? AMF_RE_AMS | (uint32_t)r : AMF_RE_OK, NULL);
}

void amf_user_data(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *verb = amf_server_text(o, "do");
    json_t *entry;

    if (verb && strcmp(verb, "get") == 0) {
        get(d, p, o);
    } else if (d->stopping) {
        answer(d, p, o, NULL, AMF_ADMIN_TRY_AGAIN);
    } else if (d->cluster) {
        entry = amf_must(json_copy((json_t *)(uintptr_t)o));
        json_object_del(entry, "id");
        amf_cluster_share(d->cluster, entry, p, o, answer);
    } else {
        answer(d, p, o, NULL, amf_user_data_apply(d, o));
    }
}
