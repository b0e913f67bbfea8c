/* SPDX-License-Identifier: Apache-2.0 */
/* A library database as one SQLite file; each change is on the disk when it returns. */
#include "shim/lib_db.h"

#include "base/logline.h"

#ifdef HAVE_SQLITE3

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "shim/store.h"

/* Tells our files from others; in the file's header. */
#define APPLICATION_ID "1129073228"

struct sqlite_db {
    struct lib_db db;
    sqlite3 *file;
    sqlite3_stmt *put, *get, *remove, *keys;
};

static enum store_status status_of(sqlite3 *file, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return STORE_OK;
    case SQLITE_NOMEM:
        return STORE_NO_MEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STORE_AWAY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        clv_log(CLV_LOG_ERROR, "%s: %s", sqlite3_db_filename(file, "main"),
                sqlite3_errmsg(file));
        return STORE_DAMAGED;
    default:
        clv_log(CLV_LOG_ERROR, "%s: %s", sqlite3_db_filename(file, "main"),
                sqlite3_errmsg(file));
        return STORE_REFUSED;
    }
}

static int prepare(struct sqlite_db *s, const char *sql, sqlite3_stmt **out)
{
    return sqlite3_prepare_v3(s->file, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
}

static void sqlite_close_db(struct lib_db *db)
{
    struct sqlite_db *const s = (struct sqlite_db *)db;

    sqlite3_finalize(s->put);
    sqlite3_finalize(s->get);
    sqlite3_finalize(s->remove);
    sqlite3_finalize(s->keys);
    sqlite3_close(s->file);
    free(s);
}

/* Whether the file is empty or has our mark. */
static int ours_check(struct sqlite_db *s, bool *is_ours)
{
    sqlite3_stmt *query;
    int rc =
        prepare(s,
                "SELECT (SELECT count(*) FROM sqlite_schema) = 0 OR "
                "(SELECT application_id FROM pragma_application_id) = " APPLICATION_ID,
                &query);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(query);
    *is_ours = rc == SQLITE_ROW && sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int setup(struct sqlite_db *s, bool fresh)
{
    static const char schema[] =
        "PRAGMA synchronous = FULL;"
        "BEGIN IMMEDIATE;"
        "PRAGMA application_id = " APPLICATION_ID ";"
        "CREATE TABLE IF NOT EXISTS record (key BLOB PRIMARY KEY, value BLOB NOT NULL)"
        " WITHOUT ROWID;";
    int rc = sqlite3_exec(s->file, schema, NULL, NULL, NULL);

    if (rc == SQLITE_OK && fresh)
        rc = sqlite3_exec(s->file, "DELETE FROM record", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->file, "COMMIT", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = prepare(s, "REPLACE INTO record (key, value) VALUES (?1, ?2)", &s->put);
    if (rc == SQLITE_OK)
        rc = prepare(s, "SELECT value FROM record WHERE key = ?1", &s->get);
    if (rc == SQLITE_OK)
        rc = prepare(s, "DELETE FROM record WHERE key = ?1", &s->remove);
    if (rc == SQLITE_OK)
        rc = prepare(s, "SELECT key FROM record", &s->keys);
    return rc;
}

static enum store_status open_once(const char *path, bool fresh, struct lib_db **out)
{
    struct sqlite_db *const s = calloc(1, sizeof(*s));
    enum store_status st;
    bool is_ours = false;
    int rc;

    if (!s)
        return STORE_NO_MEM;
    rc = sqlite3_open_v2(
        path, &s->file,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL);
    if (!s->file) {
        free(s);
        return STORE_NO_MEM;
    }
    sqlite3_busy_timeout(s->file, (int)(store_op_timeout_ns() / CLV_NS_PER_MS));
    if (rc == SQLITE_OK)
        rc = ours_check(s, &is_ours);
    if (rc == SQLITE_OK && !is_ours) {
        clv_log(CLV_LOG_ERROR, "%s: it holds the database of another program", path);
        st = STORE_DAMAGED;
    } else {
        if (rc == SQLITE_OK)
            rc = setup(s, fresh);
        st = status_of(s->file, rc);
    }
    if (st != STORE_OK) {
        sqlite_close_db(&s->db);
        return st;
    }
    s->db.ops = &lib_db_sqlite;
    *out = &s->db;
    return STORE_OK;
}

/* A file that is no database at all is in the way of a new one only. */
static enum store_status sqlite_open_db(const char *path, bool fresh, struct lib_db **out)
{
    enum store_status st = open_once(path, fresh, out);

    if (st == STORE_DAMAGED && fresh && unlink(path) == 0)
        st = open_once(path, fresh, out);
    return st;
}

static int bind(sqlite3_stmt *stmt, int at, struct clv_bytes bytes)
{
    /* a NULL pointer would be a NULL value */
    return sqlite3_bind_blob64(stmt, at, bytes.size ? bytes.base : "", bytes.size,
                               SQLITE_STATIC);
}

/* Run a statement without rows. */
static enum store_status change(struct sqlite_db *s, sqlite3_stmt *stmt, int rc)
{
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return status_of(s->file, rc);
}

static enum store_status sqlite_put(struct lib_db *db, struct clv_bytes key,
                                    struct clv_bytes value)
{
    struct sqlite_db *const s = (struct sqlite_db *)db;
    int rc = bind(s->put, 1, key);

    if (rc == SQLITE_OK)
        rc = bind(s->put, 2, value);
    return change(s, s->put, rc);
}

static enum store_status sqlite_remove(struct lib_db *db, struct clv_bytes key)
{
    struct sqlite_db *const s = (struct sqlite_db *)db;
    const enum store_status st = change(s, s->remove, bind(s->remove, 1, key));

    return st == STORE_OK && sqlite3_changes(s->file) == 0 ? STORE_ABSENT : st;
}

static enum store_status sqlite_get(struct lib_db *db, struct clv_bytes key, void **value,
                                    size_t *size)
{
    struct sqlite_db *const s = (struct sqlite_db *)db;
    int rc = bind(s->get, 1, key);
    enum store_status st;

    if (rc == SQLITE_OK)
        rc = sqlite3_step(s->get);
    st = rc == SQLITE_DONE ? STORE_ABSENT : status_of(s->file, rc);
    if (st == STORE_OK) {
        *size = (size_t)sqlite3_column_bytes(s->get, 0);
        *value = malloc(*size + 1);
        if (!*value)
            st = STORE_NO_MEM;
        else if (*size)
            memcpy(*value, sqlite3_column_blob(s->get, 0), *size);
    }
    sqlite3_reset(s->get);
    sqlite3_clear_bindings(s->get);
    return st;
}

static enum store_status
sqlite_keys(struct lib_db *db, bool (*each)(void *arg, struct clv_bytes key), void *arg)
{
    struct sqlite_db *const s = (struct sqlite_db *)db;
    enum store_status st = STORE_OK;
    int rc;

    while (st == STORE_OK && (rc = sqlite3_step(s->keys)) != SQLITE_DONE) {
        st = status_of(s->file, rc);
        if (st == STORE_OK &&
            !each(arg, (struct clv_bytes){sqlite3_column_blob(s->keys, 0),
                                          (size_t)sqlite3_column_bytes(s->keys, 0)}))
            st = STORE_NO_MEM;
    }
    sqlite3_reset(s->keys);
    return st;
}

const struct lib_db_ops lib_db_sqlite = {sqlite_open_db, sqlite_close_db, sqlite_put,
                                         sqlite_get,     sqlite_remove,   sqlite_keys};

#else

static enum store_status none_open(const char *path, bool fresh, struct lib_db **out)
{
    (void)path, (void)fresh, (void)out;
    clv_log(CLV_LOG_ERROR,
            "CLOVIS_LIBRARY_DB=file: this library was built without SQLite");
    return STORE_CONFIG;
}

/* Nothing can be opened, so nothing else is called. */
const struct lib_db_ops lib_db_sqlite = {.open = none_open};

#endif
