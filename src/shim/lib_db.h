/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The databases of the file-based checkpoint library: records under binary keys. Where
 * they lie is chosen by CLOVIS_LIBRARY_DB: "redis" (the default) keeps each as one
 * checkpoint of the store, "file" as one SQLite file, "file:DIR" those without a
 * directory of their own in DIR.
 */
#ifndef CLV_LIB_DB_H
#define CLV_LIB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "shim/status.h"

struct lib_db;

/* One way to keep databases. */
struct lib_db_ops {
    /* New: *out. fresh: whatever was there goes first. path is dir/file, or only file
     * when nobody named a directory. */
    enum store_status (*open)(const char *path, bool fresh, struct lib_db **out);
    void (*close)(struct lib_db *db);
    enum store_status (*put)(struct lib_db *db, struct clv_bytes key,
                             struct clv_bytes value);
    /* New: *value, never NULL on success; free(). STORE_ABSENT. */
    enum store_status (*get)(struct lib_db *db, struct clv_bytes key, void **value,
                             size_t *size);
    /* STORE_ABSENT. */
    enum store_status (*remove)(struct lib_db *db, struct clv_bytes key);
    /* Call each(arg, key) for all keys, in any order; false from it: no memory. */
    enum store_status (*keys)(struct lib_db *db,
                              bool (*each)(void *arg, struct clv_bytes key), void *arg);
};

/* What every database starts with. */
struct lib_db {
    const struct lib_db_ops *ops;
};

extern const struct lib_db_ops lib_db_redis, lib_db_sqlite;

/* Where a service keeps its databases; lib_place_end() takes it apart. */
struct lib_place {
    const struct lib_db_ops *ops;
    char *dir;  /* owned; for files without a directory of their own; NULL: none */
    char *node; /* owned; starts each file's name */
};

/* Read the setting and get ready. STORE_CONFIG and the like leave nothing behind. */
enum store_status lib_place_begin(struct lib_place *place);
void lib_place_end(struct lib_place *place);

/* The database that belongs to name, which may have a directory in front. */
enum store_status lib_place_open(const struct lib_place *place, const char *name,
                                 bool fresh, struct lib_db **out);

/* All keys of a database, sorted as bytes. */
struct lib_keys {
    struct clv_bytes *key; /* owned, each in one block with its bytes */
    size_t n, room;
};

enum store_status lib_keys_read(struct lib_db *db, struct lib_keys *out);
void lib_keys_free(struct lib_keys *keys);

#endif
