/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <clCpmApi.h>

#include "shim/cpm_name.h"
#include "shim/errmap.h"
#include "shim/handle.h"
#include "shim/lib_ckpt.h"

ClRcT lib_db_rc(enum store_status st)
{
    return clv_err_to_cl(CL_CID_DBAL, clv_err_of(st));
}

/* ---- the service ------------------------------------------------------------- */

static void table_free(struct lib_table *table)
{
    free(table->row);
    *table = (struct lib_table){0};
}

void lib_set_free(struct lib_set *set)
{
    table_free(&set->data);
    table_free(&set->element);
    free(set);
}

static void ckpt_free(struct lib_ckpt *c)
{
    struct lib_set *set;

    while ((set = c->sets)) {
        c->sets = set->next;
        lib_set_free(set);
    }
    if (c->db)
        c->db->ops->close(c->db);
    free(c);
}

static void service_destroy(void *obj)
{
    struct lib_service *const s = obj;
    struct lib_ckpt *c;

    while ((c = s->ckpts)) {
        s->ckpts = c->next;
        ckpt_free(c);
    }
    if (s->own)
        s->own->ops->close(s->own);
    lib_place_end(&s->place);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static void recursive_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(lock, &attr);
    pthread_mutexattr_destroy(&attr);
}

static ClRcT service_open(const char *name, ClCkptSvcHdlT *out)
{
    struct lib_service *const s = calloc(1, sizeof(*s));
    enum store_status st;
    uint64_t h;
    ClRcT rc;

    if (!s)
        return LIB_RC(CL_ERR_NO_MEMORY);
    recursive_init(&s->lock);
    st = lib_place_begin(&s->place);
    if (st == STORE_OK)
        st = lib_place_open(&s->place, name, false, &s->own);
    rc = lib_db_rc(st);
    if (rc == CL_OK)
        rc = lib_meta_load(s);
    if (rc != CL_OK) {
        service_destroy(s);
        return rc;
    }
    h = clv_handle_add(CLV_CKPT_FILE, s, service_destroy);
    if (!h) {
        service_destroy(s);
        return LIB_RC(CL_ERR_NO_MEMORY);
    }
    *out = h;
    return CL_OK;
}

ClRcT clCkptLibraryInitialize(ClCkptSvcHdlT *pCkptHdl)
{
    static const char prefix[] = "CKPT_DB";
    char name[sizeof(prefix) + CPM_TEXT_MAX];
    char text[CPM_TEXT_MAX];
    ClNameT comp;
    ClRcT rc;

    if (!pCkptHdl)
        return LIB_RC(CL_ERR_NULL_POINTER);
    rc = clCpmComponentNameGet(0, &comp);
    if (rc != CL_OK)
        return rc;
    cpm_name_text(text, &comp);
    snprintf(name, sizeof(name), "%s%s", prefix, text);
    return service_open(name, pCkptHdl);
}

ClRcT clCkptLibraryInitializeDB(ClCkptSvcHdlT *pCkptHdl, const ClCharT *dbName)
{
    if (!pCkptHdl || !dbName)
        return LIB_RC(CL_ERR_NULL_POINTER);
    return service_open(dbName, pCkptHdl);
}

ClRcT clCkptLibraryFinalize(ClCkptSvcHdlT ckptHdl)
{
    return clv_handle_close(ckptHdl, CLV_CKPT_FILE) ? CL_OK
                                                    : LIB_RC(CL_ERR_INVALID_HANDLE);
}

ClRcT lib_enter(ClCkptSvcHdlT h, const void *name, struct lib_service **out)
{
    struct lib_service *const s = clv_handle_get(h, CLV_CKPT_FILE);

    if (!s)
        return LIB_RC(CL_ERR_INVALID_HANDLE);
    if (!name) {
        clv_handle_put(h);
        return LIB_RC(CL_ERR_NULL_POINTER);
    }
    pthread_mutex_lock(&s->lock);
    *out = s;
    return CL_OK;
}

void lib_leave(ClCkptSvcHdlT h, struct lib_service *s)
{
    pthread_mutex_unlock(&s->lock);
    clv_handle_put(h);
}

/* ---- checkpoints --------------------------------------------------------------- */

static const char *base_of(const char *name)
{
    const char *const slash = strrchr(name, '/');

    return slash ? slash + 1 : name;
}

struct lib_ckpt *lib_ckpt_find(struct lib_service *s, const ClNameT *name)
{
    char text[CPM_TEXT_MAX];
    struct lib_ckpt *c;

    cpm_name_text(text, name);
    for (c = s->ckpts; c; c = c->next)
        if (strcmp(base_of(c->name), base_of(text)) == 0)
            break;
    return c;
}

static ClRcT ckpt_reopen(struct lib_service *s, struct lib_ckpt *c)
{
    return c->db ? CL_OK : lib_db_rc(lib_place_open(&s->place, c->name, false, &c->db));
}

static ClRcT ckpt_add(struct lib_service *s, const ClNameT *name)
{
    struct lib_ckpt *const c = calloc(1, sizeof(*c) + CPM_TEXT_MAX);
    ClRcT rc;

    if (!c)
        return LIB_RC(CL_ERR_NO_MEMORY);
    cpm_name_text(c->name, name);
    rc = lib_db_rc(lib_place_open(&s->place, c->name, true, &c->db));
    if (rc != CL_OK) {
        free(c);
        return rc;
    }
    c->next = s->ckpts;
    s->ckpts = c;
    rc = lib_meta_save(s);
    if (rc != CL_OK) {
        s->ckpts = c->next;
        ckpt_free(c);
    }
    return rc;
}

ClRcT clCkptLibraryCkptCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName)
{
    struct lib_service *s;
    struct lib_ckpt *c;
    ClRcT rc = lib_enter(ckptHdl, pCkptName, &s);

    if (rc != CL_OK)
        return rc;
    c = lib_ckpt_find(s, pCkptName);
    rc = c ? ckpt_reopen(s, c) : ckpt_add(s, pCkptName);
    lib_leave(ckptHdl, s);
    return rc;
}

/* Take it out of the list; back in when that cannot be remembered. */
static ClRcT ckpt_remove(struct lib_service *s, struct lib_ckpt *c)
{
    struct lib_ckpt **at = &s->ckpts;
    ClRcT rc;

    if (c->busy)
        return LIB_RC(CL_ERR_INUSE);
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    rc = lib_meta_save(s);
    if (rc == CL_OK)
        ckpt_free(c);
    else
        *at = c;
    return rc;
}

ClRcT clCkptLibraryCkptDelete(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName)
{
    struct lib_service *s;
    struct lib_ckpt *c;
    ClRcT rc = lib_enter(ckptHdl, pCkptName, &s);

    if (rc != CL_OK)
        return rc;
    c = lib_ckpt_find(s, pCkptName);
    rc = c ? ckpt_remove(s, c) : LIB_UNKNOWN_CKPT;
    lib_leave(ckptHdl, s);
    return rc;
}

ClRcT clCkptLibraryDoesCkptExist(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                 ClBoolT *pRetVal)
{
    struct lib_service *s;
    struct lib_ckpt *c;
    ClRcT rc = lib_enter(ckptHdl, pRetVal ? pCkptName : NULL, &s);

    if (rc != CL_OK)
        return rc;
    c = lib_ckpt_find(s, pCkptName);
    *pRetVal = c && ckpt_reopen(s, c) == CL_OK ? CL_TRUE : CL_FALSE;
    lib_leave(ckptHdl, s);
    return CL_OK;
}

ClRcT clCkptLibraryDoesDatasetExist(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                    ClUint32T dsId, ClBoolT *pRetVal)
{
    struct lib_service *s;
    struct lib_ckpt *c;
    ClRcT rc = lib_enter(ckptHdl, pRetVal ? pCkptName : NULL, &s);

    if (rc != CL_OK)
        return rc;
    c = lib_ckpt_find(s, pCkptName);
    *pRetVal = c && lib_set_find(c, dsId) ? CL_TRUE : CL_FALSE;
    lib_leave(ckptHdl, s);
    return CL_OK;
}
