/* SPDX-License-Identifier: Apache-2.0 */
/* Data sets and their elements: reading. */
#include <stdlib.h>
#include <string.h>

#include "shim/lib_ckpt.h"

/* ---- reading --------------------------------------------------------------------------
 */

/* Hand one record to the program; *end when it was the data set's own. */
static ClRcT record_deliver(struct lib_at_set *at, ClUint32T id, struct clv_bytes key,
                            ClAddrT value, size_t size, ClPtrT cookie, bool *end)
{
    const bool is_set = ((const unsigned char *)key.base)[4] == LIB_KEY_SET;
    const ClUint8T *trailer;
    const struct lib_set *const set = lib_set_find(at->ckpt, id);
    ClCkptDataSetCallbackT row;
    ClRcT rc;

    *end = true;
    if (size < LIB_TRAILER_BYTES)
        return lib_db_rc(STORE_DAMAGED);
    trailer = (const ClUint8T *)value + size - LIB_TRAILER_BYTES;
    if (!set) /* a callback has deleted it */
        return LIB_RC(CL_ERR_NOT_EXIST);
    rc = lib_table_find(is_set ? &set->data : &set->element,
                        (ClVersionT){trailer[1], trailer[2], trailer[3]}, &row);
    if (rc == CL_OK && !row.deSerialiser)
        rc = LIB_RC(CL_ERR_NULL_POINTER);
    if (rc != CL_OK)
        return rc;
    at->ckpt->busy++;
    rc = row.deSerialiser(id, value, (ClUint32T)(size - LIB_TRAILER_BYTES), cookie);
    at->ckpt->busy--;
    *end = is_set;
    return is_set ? rc : CL_OK;
}

static ClRcT records_deliver(struct lib_at_set *at, ClUint32T id,
                             const struct lib_keys *keys, ClPtrT cookie)
{
    unsigned char prefix[LIB_KEY_BYTES];
    /* a database that has records, but none of these */
    ClRcT rc = CL_RC(CL_CID_DBAL, CL_ERR_NOT_EXIST);
    bool end = false;

    lib_set_key(prefix, id, LIB_KEY_SET);
    for (size_t i = 0; i < keys->n && !end; i++) {
        struct lib_db *const db = at->ckpt->db;
        enum store_status st;
        void *value;
        size_t size;

        if (keys->key[i].size < LIB_KEY_BYTES ||
            memcmp(keys->key[i].base, prefix, LIB_KEY_BYTES - 1) != 0)
            continue;
        st = db->ops->get(db, keys->key[i], &value, &size);
        if (st == STORE_ABSENT) /* removed since */
            continue;
        if (st != STORE_OK)
            return lib_db_rc(st);
        rc = record_deliver(at, id, keys->key[i], value, size, cookie, &end);
        free(value);
    }
    return rc;
}

ClRcT clCkptLibraryCkptDataSetRead(ClCkptSvcHdlT ckptHdl, ClNameT *pCkptName,
                                   ClUint32T dsId, ClPtrT cookie)
{
    struct lib_keys keys;
    struct lib_at_set at;
    ClRcT rc = lib_set_enter(ckptHdl, pCkptName, dsId, &at);

    if (rc != CL_OK)
        return rc;
    rc = lib_db_check(at.ckpt);
    if (rc == CL_OK)
        rc = lib_db_rc(lib_keys_read(at.ckpt->db, &keys));
    if (rc == CL_OK) {
        rc =
            keys.n ? records_deliver(&at, dsId, &keys, cookie) : LIB_RC(CL_ERR_NOT_EXIST);
        lib_keys_free(&keys);
    }
    lib_set_leave(&at);
    return rc;
}
