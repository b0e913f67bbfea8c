/* SPDX-License-Identifier: Apache-2.0 */
/* Data sets and their elements: registering, writing, deleting. */
#include <stdlib.h>
#include <string.h>

#include <clHeapApi.h>

#include "shim/lib_ckpt.h"

static ClVersionT default_version = {4, 0, 0};

struct lib_set *lib_set_find(const struct lib_ckpt *c, ClUint32T id)
{
    struct lib_set *set = c->sets;

    while (set && set->id != id)
        set = set->next;
    return set;
}

ClRcT lib_set_enter(ClCkptSvcHdlT h, const ClNameT *name, ClUint32T id,
                    struct lib_at_set *at)
{
    ClRcT rc = lib_enter(h, name, &at->service);

    if (rc != CL_OK)
        return rc;
    at->handle = h;
    at->ckpt = lib_ckpt_find(at->service, name);
    at->set = at->ckpt ? lib_set_find(at->ckpt, id) : NULL;
    if (at->set)
        return CL_OK;
    lib_leave(h, at->service);
    return at->ckpt ? LIB_RC(CL_ERR_NOT_EXIST) : LIB_UNKNOWN_CKPT;
}

void lib_set_leave(struct lib_at_set *at)
{
    lib_leave(at->handle, at->service);
}

ClRcT lib_db_check(const struct lib_ckpt *c)
{
    return c->db ? CL_OK : CL_RC(CL_CID_DBAL, CL_ERR_INVALID_HANDLE);
}

/* ---- tables --------------------------------------------------------------------- */

static ClRcT table_set(struct lib_table *table, const ClCkptDataSetCallbackT *rows,
                       ClUint32T n)
{
    ClCkptDataSetCallbackT *const copy = calloc(n, sizeof(*copy));

    if (!copy)
        return LIB_RC(CL_ERR_NO_MEMORY);
    memcpy(copy, rows, n * sizeof(*copy));
    free(table->row);
    table->row = copy;
    table->n = n;
    return CL_OK;
}

ClRcT lib_table_find(const struct lib_table *table, ClVersionT version,
                     ClCkptDataSetCallbackT *out)
{
    if (!table->row)
        return LIB_RC(CL_ERR_NULL_POINTER);
    for (ClUint32T i = 0; i < table->n; i++)
        if (memcmp(&table->row[i].version, &version, sizeof(version)) == 0) {
            *out = table->row[i];
            return CL_OK;
        }
    return LIB_RC(CL_ERR_NOT_EXIST);
}

/* ---- making and deleting ---------------------------------------------------------- */

static ClRcT set_add(struct lib_service *s, struct lib_ckpt *c, struct lib_set *set)
{
    ClRcT rc;

    set->next = c->sets;
    c->sets = set;
    rc = lib_meta_save(s);
    if (rc != CL_OK)
        c->sets = set->next;
    return rc;
}

static ClRcT set_make(struct lib_service *s, struct lib_ckpt *c,
                      const struct lib_set *like, const ClCkptDataSetCallbackT *rows,
                      ClUint32T n)
{
    struct lib_set *set = lib_set_find(c, like->id);
    ClRcT rc;

    if (set)
        return table_set(&set->data, rows, n);
    set = calloc(1, sizeof(*set));
    if (!set)
        return LIB_RC(CL_ERR_NO_MEMORY);
    *set = *like;
    rc = table_set(&set->data, rows, n);
    if (rc == CL_OK)
        rc = set_add(s, c, set);
    if (rc != CL_OK)
        lib_set_free(set);
    return rc;
}

ClRcT clCkptLibraryCkptDataSetVersionCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                            ClUint32T dsId, ClUint32T grpId,
                                            ClUint32T order,
                                            ClCkptDataSetCallbackT *pTable,
                                            ClUint32T numTableEntries)
{
    const struct lib_set like = {.id = dsId, .group = grpId, .order = order};
    struct lib_service *s;
    struct lib_ckpt *c;
    ClRcT rc = lib_enter(ckptHdl, pTable ? pCkptName : NULL, &s);

    if (rc != CL_OK)
        return rc;
    c = lib_ckpt_find(s, pCkptName);
    if (dsId == 0 || numTableEntries == 0)
        rc = LIB_RC(CL_ERR_INVALID_PARAMETER);
    else
        rc = c ? set_make(s, c, &like, pTable, numTableEntries) : LIB_UNKNOWN_CKPT;
    lib_leave(ckptHdl, s);
    return rc;
}

ClRcT clCkptLibraryCkptDataSetCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId, ClUint32T grpId, ClUint32T order,
                                     ClCkptSerializeT dsSerialiser,
                                     ClCkptDeserializeT dsDeserialiser)
{
    ClCkptDataSetCallbackT row = {default_version, dsSerialiser, dsDeserialiser};

    return clCkptLibraryCkptDataSetVersionCreate(ckptHdl, pCkptName, dsId, grpId, order,
                                                 &row, 1);
}

struct clv_bytes lib_set_key(unsigned char key[LIB_KEY_BYTES], ClUint32T id, int kind)
{
    for (int i = 0; i < 4; i++)
        key[i] = (unsigned char)(id >> (24 - 8 * i));
    key[4] = (unsigned char)kind;
    return (struct clv_bytes){key, LIB_KEY_BYTES};
}

static ClRcT set_remove(struct lib_at_set *at)
{
    unsigned char key[LIB_KEY_BYTES];
    struct lib_set **link = &at->ckpt->sets;
    enum store_status st;
    ClRcT rc = lib_db_check(at->ckpt);

    if (rc != CL_OK)
        return rc;
    st = at->ckpt->db->ops->remove(at->ckpt->db,
                                   lib_set_key(key, at->set->id, LIB_KEY_SET));
    if (st != STORE_OK && st != STORE_ABSENT) /* it was never written, perhaps */
        return lib_db_rc(st);
    while (*link != at->set)
        link = &(*link)->next;
    *link = at->set->next;
    rc = lib_meta_save(at->service);
    if (rc == CL_OK)
        lib_set_free(at->set);
    else
        *link = at->set;
    return rc;
}

ClRcT clCkptLibraryCkptDataSetDelete(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId)
{
    struct lib_service *s;
    struct lib_at_set at;
    ClRcT rc = lib_enter(ckptHdl, pCkptName, &s);

    if (rc != CL_OK)
        return rc;
    lib_leave(ckptHdl, s);
    if (dsId == 0)
        return LIB_RC(CL_ERR_INVALID_PARAMETER);
    rc = lib_set_enter(ckptHdl, pCkptName, dsId, &at);
    if (rc != CL_OK)
        return rc;
    rc = set_remove(&at);
    lib_set_leave(&at);
    return rc;
}

ClRcT clCkptLibraryCkptElementVersionCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                            ClUint32T dsId,
                                            ClCkptDataSetCallbackT *pTable,
                                            ClUint32T numTableEntries)
{
    struct lib_at_set at;
    ClRcT rc = lib_set_enter(ckptHdl, pTable ? pCkptName : NULL, dsId, &at);

    if (rc != CL_OK)
        return rc;
    rc = numTableEntries ? table_set(&at.set->element, pTable, numTableEntries)
                         : LIB_RC(CL_ERR_INVALID_PARAMETER);
    lib_set_leave(&at);
    return rc;
}

ClRcT clCkptLibraryCkptElementCreate(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId, ClCkptSerializeT elemSerialiser,
                                     ClCkptDeserializeT elemDeserialiser)
{
    ClCkptDataSetCallbackT row = {default_version, elemSerialiser, elemDeserialiser};

    return clCkptLibraryCkptElementVersionCreate(ckptHdl, pCkptName, dsId, &row, 1);
}

/* ---- writing ------------------------------------------------------------------------
 */

/* Call the program, and put the version behind what it gave. New: *buffer, clHeapFree().
 */
static ClRcT serialise(struct lib_ckpt *c, ClCkptSerializeT serialiser, ClUint32T id,
                       ClPtrT cookie, ClVersionT version, ClAddrT *buffer, size_t *size)
{
    ClAddrT bytes = NULL, grown;
    ClUint32T length = 0;
    ClRcT rc;

    if (!serialiser)
        return LIB_RC(CL_ERR_NULL_POINTER);
    c->busy++;
    rc = serialiser(id, &bytes, &length, cookie);
    c->busy--;
    if (rc == CL_OK && !bytes)
        return LIB_RC(CL_ERR_NOT_EXIST);
    if (rc == CL_OK && length > UINT32_MAX - LIB_TRAILER_BYTES)
        rc = LIB_RC(CL_ERR_NO_MEMORY);
    grown = rc == CL_OK ? clHeapRealloc(bytes, length + LIB_TRAILER_BYTES) : NULL;
    if (!grown) {
        clHeapFree(bytes);
        return rc != CL_OK ? rc : LIB_RC(CL_ERR_NO_MEMORY);
    }
    grown[length] = 0;
    grown[length + 1] = (ClInt8T)version.releaseCode;
    grown[length + 2] = (ClInt8T)version.majorVersion;
    grown[length + 3] = (ClInt8T)version.minorVersion;
    *buffer = grown;
    *size = (size_t)length + LIB_TRAILER_BYTES;
    return CL_OK;
}

static ClRcT record_write(struct lib_at_set *at, const struct lib_table *table,
                          struct clv_bytes key, ClPtrT cookie, ClVersionT version)
{
    ClCkptDataSetCallbackT row;
    ClAddrT buffer;
    size_t size;
    ClRcT rc = lib_table_find(table, version, &row);

    if (rc == CL_OK)
        rc = lib_db_check(at->ckpt);
    if (rc == CL_OK)
        rc = serialise(at->ckpt, row.serialiser, at->set->id, cookie, version, &buffer,
                       &size);
    if (rc != CL_OK)
        return rc;
    rc = lib_db_rc(
        at->ckpt->db->ops->put(at->ckpt->db, key, (struct clv_bytes){buffer, size}));
    clHeapFree(buffer);
    return rc;
}

ClRcT clCkptLibraryCkptDataSetVersionWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                           ClUint32T dsId, ClPtrT cookie,
                                           ClVersionT *pVersion)
{
    unsigned char key[LIB_KEY_BYTES];
    struct lib_at_set at;
    ClRcT rc = lib_set_enter(ckptHdl, pVersion ? pCkptName : NULL, dsId, &at);

    if (rc != CL_OK)
        return rc;
    rc = record_write(&at, &at.set->data, lib_set_key(key, dsId, LIB_KEY_SET), cookie,
                      *pVersion);
    lib_set_leave(&at);
    return rc;
}

ClRcT clCkptLibraryCkptDataSetWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                    ClUint32T dsId, ClPtrT cookie)
{
    return clCkptLibraryCkptDataSetVersionWrite(ckptHdl, pCkptName, dsId, cookie,
                                                &default_version);
}

/* New: base; free(). NULL: no memory. lib_set_enter() has refused an element of NULL. */
static struct clv_bytes element_key(ClUint32T id, const void *element, ClUint32T length)
{
    unsigned char *const key = element ? malloc((size_t)LIB_KEY_BYTES + length) : NULL;

    if (key) {
        lib_set_key(key, id, LIB_KEY_ELEMENT);
        memcpy(key + LIB_KEY_BYTES, element, length);
    }
    return (struct clv_bytes){key, (size_t)LIB_KEY_BYTES + length};
}

ClRcT clCkptLibraryCkptElementVersionWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                           ClUint32T dsId, ClPtrT elemId,
                                           ClUint32T elemLen, ClPtrT cookie,
                                           ClVersionT *pVersion)
{
    struct clv_bytes key;
    struct lib_at_set at;
    ClRcT rc = lib_set_enter(ckptHdl, elemId && pVersion ? pCkptName : NULL, dsId, &at);

    if (rc != CL_OK)
        return rc;
    if (elemLen == 0) {
        rc = LIB_RC(CL_ERR_INVALID_PARAMETER);
    } else {
        key = element_key(dsId, elemId, elemLen);
        rc = key.base ? record_write(&at, &at.set->element, key, cookie, *pVersion)
                      : LIB_RC(CL_ERR_NO_MEMORY);
        free((void *)key.base);
    }
    lib_set_leave(&at);
    return rc;
}

ClRcT clCkptLibraryCkptElementWrite(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                    ClUint32T dsId, ClPtrT elemId, ClUint32T elemLen,
                                    ClPtrT cookie)
{
    return clCkptLibraryCkptElementVersionWrite(ckptHdl, pCkptName, dsId, elemId, elemLen,
                                                cookie, &default_version);
}

ClRcT clCkptLibraryCkptElementDelete(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                     ClUint32T dsId, ClPtrT elemId, ClUint32T elemLen)
{
    struct clv_bytes key;
    struct lib_at_set at;
    ClRcT rc = lib_set_enter(ckptHdl, elemId ? pCkptName : NULL, dsId, &at);

    if (rc != CL_OK)
        return rc;
    rc = elemLen ? lib_db_check(at.ckpt) : LIB_RC(CL_ERR_INVALID_PARAMETER);
    if (rc == CL_OK) {
        key = element_key(dsId, elemId, elemLen);
        rc = key.base ? lib_db_rc(at.ckpt->db->ops->remove(at.ckpt->db, key))
                      : LIB_RC(CL_ERR_NO_MEMORY);
        free((void *)key.base);
    }
    lib_set_leave(&at);
    return rc;
}
