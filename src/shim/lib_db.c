/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/lib_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clCommon.h>

#include "base/logline.h"
#include "base/settings.h"
#include "shim/ckpt.h"
#include "shim/eo_process.h"
#include "shim/registry.h"

/* ---- where ----------------------------------------------------------------- */

static enum store_status setting_read(struct lib_place *place)
{
    static const char file[] = "file";
    const char *const setting = clv_setting("CLOVIS_LIBRARY_DB");
    const char *dir = NULL;

    if (!setting || strcmp(setting, "redis") == 0) {
        place->ops = &lib_db_redis;
        return STORE_OK;
    }
    if (strcmp(setting, file) == 0)
        dir = getenv("ASP_RUNDIR");
    else if (strncmp(setting, "file:", sizeof(file)) == 0 && setting[sizeof(file)])
        dir = setting + sizeof(file);
    else {
        clv_log(CLV_LOG_ERROR,
                "CLOVIS_LIBRARY_DB=%s (%s): expected redis, file or file:DIRECTORY",
                setting, clv_setting_origin("CLOVIS_LIBRARY_DB"));
        return STORE_CONFIG;
    }
    place->ops = &lib_db_sqlite;
    place->dir = strdup(dir && *dir ? dir : ".");
    return place->dir ? STORE_OK : STORE_NO_MEM;
}

enum store_status lib_place_begin(struct lib_place *place)
{
    char node[CL_MAX_NAME_LENGTH + 1];
    enum store_status st;

    memset(place, 0, sizeof(*place));
    eo_node_name(node);
    place->node = strdup(node);
    st = place->node ? setting_read(place) : STORE_NO_MEM;
    clv_registry_prepare();
    if (st == STORE_OK && place->ops == &lib_db_redis)
        st = store_start(clv_ckpt_deadline());
    if (st != STORE_OK) {
        place->ops = NULL;
        lib_place_end(place);
    }
    return st;
}

void lib_place_end(struct lib_place *place)
{
    if (place->ops == &lib_db_redis)
        store_stop();
    free(place->dir);
    free(place->node);
    memset(place, 0, sizeof(*place));
}

enum store_status lib_place_open(const struct lib_place *place, const char *name,
                                 bool fresh, struct lib_db **out)
{
    const char *const slash = strrchr(name, '/');
    const char *const base = slash ? slash + 1 : name;
    const char *const dir = slash ? name : place->dir ? place->dir : "";
    const int dir_length = slash ? (int)(slash - name) : (int)strlen(dir);
    /* "/name" is in the root directory */
    const char *const between = dir_length > 0 || slash ? "/" : "";
    enum store_status st;
    char *path;

    if (asprintf(&path, "%.*s%s%s%s.db", dir_length, dir, between, place->node, base) < 0)
        return STORE_NO_MEM;
    st = place->ops->open(path, fresh, out);
    free(path);
    return st;
}

/* ---- keys ------------------------------------------------------------------- */

static bool keys_add(void *arg, struct clv_bytes key)
{
    struct lib_keys *const keys = arg;
    unsigned char *copy;

    if (keys->n == keys->room) {
        const size_t room = keys->room ? 2 * keys->room : 64;
        void *const grown = realloc(keys->key, room * sizeof(*keys->key));

        if (!grown)
            return false;
        keys->key = grown;
        keys->room = room;
    }
    copy = malloc(key.size + 1);
    if (!copy)
        return false;
    memcpy(copy, key.base, key.size);
    keys->key[keys->n].base = copy;
    keys->key[keys->n].size = key.size;
    keys->n++;
    return true;
}

static int keys_compare(const void *a, const void *b)
{
    const struct clv_bytes *const x = a, *const y = b;
    const int order = memcmp(x->base, y->base, x->size < y->size ? x->size : y->size);

    return order ? order : x->size < y->size ? -1 : x->size > y->size;
}

enum store_status lib_keys_read(struct lib_db *db, struct lib_keys *out)
{
    enum store_status st;

    memset(out, 0, sizeof(*out));
    st = db->ops->keys(db, keys_add, out);
    if (st != STORE_OK)
        lib_keys_free(out);
    else if (out->n > 1)
        qsort(out->key, out->n, sizeof(*out->key), keys_compare);
    return st;
}

void lib_keys_free(struct lib_keys *keys)
{
    for (size_t i = 0; i < keys->n; i++)
        free((void *)keys->key[i].base);
    free(keys->key);
    memset(keys, 0, sizeof(*keys));
}
