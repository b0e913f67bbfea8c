/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* What is smaller than this many ns cannot be meant as a date. */
#define RELATIVE_BELOW_NS (7 * 24 * 3600 * CLV_NS_PER_S)

/* Room that a generated id has in the caller's hands, as programs expect it. */
#define GENERATED_ID_BYTES 30

struct store_when clv_ckpt_when(ClTimeT t)
{
    return (struct store_when){.relative = t > 0 && t < RELATIVE_BELOW_NS, .ns = t};
}

clv_err clv_ckpt_section_id(const struct ckpt *c, const ClCkptSectionIdT *id,
                            clv_err no_default, struct clv_bytes *out)
{
    static const char default_id[] = CKPT_DEFAULT_ID;

    if (id->idLen == 0) {
        *out = (struct clv_bytes){"", 0};
        return clv_ckpt_has_default(c) ? CL_OK : no_default;
    }
    if (!id->id)
        return CL_ERR_INVALID_PARAMETER;
    *out = (struct clv_bytes){id->id, id->idLen};
    if (clv_ckpt_has_default(c) &&
        clv_bytes_equal(*out, (struct clv_bytes){default_id, sizeof(default_id)}))
        *out = (struct clv_bytes){"", 0};
    return CL_OK;
}

/* ---- create -------------------------------------------------------------- */

static clv_err create_check(const ClCkptSectionCreationAttributesT *attrs,
                            const void *data, ClSizeT size)
{
    if (!attrs || !attrs->sectionId ||
        (!attrs->sectionId->id && attrs->sectionId->idLen != 0))
        return CL_ERR_NULL_POINTER;
    if (data && size == 0)
        return CL_ERR_INVALID_PARAMETER;
    if (!data && size > 0)
        return CL_ERR_NULL_POINTER;
    return CL_OK;
}

static clv_err create_limits_check(const struct ckpt *c, const ClCkptSectionIdT *id,
                                   ClSizeT size)
{
    if (id->idLen == 0 && id->id && !c->service->rules->empty_id_generates)
        return CL_ERR_INVALID_PARAMETER;
    if (id->idLen > c->attrs.max_section_id_size)
        return CL_ERR_INVALID_PARAMETER;
    if (c->attrs.max_section_size != 0 && size > c->attrs.max_section_size)
        return CL_ERR_INVALID_PARAMETER;
    /* The default section is all that such a checkpoint holds. */
    return clv_ckpt_has_default(c) ? CL_ERR_ALREADY_EXIST : CL_OK;
}

/* The block comes first, so that no section is left behind when it cannot be had. */
static clv_err create_generated(struct ckpt *c, ClCkptSectionIdT *id,
                                struct store_when end, struct clv_bytes data)
{
    char generated[STORE_GENERATED_ID_MAX];
    ClUint8T *const block =
        calloc(1, STORE_GENERATED_ID_MAX > GENERATED_ID_BYTES ? STORE_GENERATED_ID_MAX
                                                              : GENERATED_ID_BYTES);
    enum store_status st;

    if (!block)
        return CL_ERR_NO_MEMORY;
    st = store_section_create(c->store, (struct clv_bytes){NULL, 0}, end, data, generated,
                              clv_ckpt_deadline());
    if (st != STORE_OK || id->id) { /* a caller with a block of its own is told nothing */
        free(block);
        return clv_err_of(st);
    }
    id->idLen = (ClUint16T)(strlen(generated) + 1);
    memcpy(block, generated, id->idLen);
    id->id = block;
    return CL_OK;
}

static clv_err create_checked(struct ckpt *c, ClCkptSectionCreationAttributesT *attrs,
                              struct clv_bytes data)
{
    ClCkptSectionIdT *const id = attrs->sectionId;
    const struct store_when end = clv_ckpt_when(attrs->expirationTime);
    const clv_err e = create_limits_check(c, id, data.size);

    if (e != CL_OK)
        return e;
    if (id->idLen == 0)
        return create_generated(c, id, end, data);
    return clv_err_of(store_section_create(c->store,
                                           (struct clv_bytes){id->id, id->idLen}, end,
                                           data, NULL, clv_ckpt_deadline()));
}

clv_err clv_ckpt_section_create(uint64_t h, ClCkptSectionCreationAttributesT *attrs,
                                const void *data, ClSizeT size)
{
    struct ckpt *c;
    clv_err e = create_check(attrs, data, size);

    if (e == CL_OK)
        e = clv_ckpt_enter(h, CKPT_WRITE | CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = create_checked(c, attrs, (struct clv_bytes){data, size});
    clv_ckpt_leave(c);
    return e;
}

/* ---- delete, expiration, overwrite, check -------------------------------- */

static clv_err named_check(const ClCkptSectionIdT *id)
{
    if (!id)
        return CL_ERR_NULL_POINTER;
    return id->idLen == 0 || !id->id ? CL_ERR_INVALID_PARAMETER : CL_OK;
}

clv_err clv_ckpt_section_delete(uint64_t h, const ClCkptSectionIdT *id)
{
    struct ckpt *c;
    clv_err e = named_check(id);

    if (e == CL_OK)
        e = clv_ckpt_enter(h, CKPT_WRITE | CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = clv_err_of(store_section_delete(c->store, (struct clv_bytes){id->id, id->idLen},
                                        clv_ckpt_deadline()));
    clv_ckpt_leave(c);
    return e;
}

clv_err clv_ckpt_section_expire(uint64_t h, const ClCkptSectionIdT *id, ClTimeT t)
{
    struct ckpt *c;
    clv_err e = named_check(id);

    if (e == CL_OK)
        e = clv_ckpt_enter(h, CKPT_WRITE | CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = clv_ckpt_has_default(c)
            ? CL_ERR_INVALID_PARAMETER
            : clv_err_of(store_section_expire(c->store,
                                              (struct clv_bytes){id->id, id->idLen},
                                              clv_ckpt_when(t), clv_ckpt_deadline()));
    clv_ckpt_leave(c);
    return e;
}

clv_err clv_ckpt_section_overwrite(uint64_t h, const ClCkptSectionIdT *id,
                                   const void *data, ClSizeT size)
{
    struct clv_bytes section;
    struct ckpt *c;
    clv_err e;

    if (!id || !data)
        return CL_ERR_NULL_POINTER;
    if (size == 0)
        return CL_ERR_INVALID_PARAMETER;
    e = clv_ckpt_enter(h, CKPT_WRITE | CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = clv_ckpt_section_id(c, id, CL_ERR_INVALID_PARAMETER, &section);
    if (e == CL_OK && c->attrs.max_section_size != 0 && size > c->attrs.max_section_size)
        e = CL_ERR_INVALID_PARAMETER;
    if (e == CL_OK)
        e = clv_err_of(store_section_write(
            c->store, section, (struct clv_bytes){data, size}, clv_ckpt_deadline()));
    clv_ckpt_leave(c);
    return e;
}

clv_err clv_ckpt_section_check(uint64_t h, const ClCkptSectionIdT *id)
{
    struct clv_bytes section;
    struct ckpt *c;
    clv_err e;

    if (!id)
        return CL_ERR_INVALID_PARAMETER;
    e = clv_ckpt_enter(h, CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = clv_ckpt_section_id(c, id, CL_ERR_NOT_EXIST, &section);
    if (e == CL_OK)
        e = clv_err_of(store_section_check(c->store, section, clv_ckpt_deadline()));
    clv_ckpt_leave(c);
    return e;
}

/* ---- Cl names ------------------------------------------------------------ */

ClRcT clCkptSectionCreate(ClCkptHdlT checkpointHandle,
                          ClCkptSectionCreationAttributesT *sectionCreationAttributes,
                          const ClUint8T *initialData, ClSizeT initialDataSize)
{
    return clv_err_to_cl(
        CL_CID_CKPT, clv_ckpt_section_create(checkpointHandle, sectionCreationAttributes,
                                             initialData, initialDataSize));
}

ClRcT clCkptSectionDelete(ClCkptHdlT checkpointHandle, const ClCkptSectionIdT *sectionId)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         clv_ckpt_section_delete(checkpointHandle, sectionId));
}

ClRcT clCkptSectionExpirationTimeSet(ClCkptHdlT checkpointHandle,
                                     const ClCkptSectionIdT *sectionId,
                                     ClTimeT expirationTime)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_section_expire(checkpointHandle, sectionId,
                                                              expirationTime));
}

ClRcT clCkptSectionOverwrite(ClCkptHdlT checkpointHandle,
                             const ClCkptSectionIdT *sectionId, const void *dataBuffer,
                             ClSizeT dataSize)
{
    return clv_err_to_cl(
        CL_CID_CKPT,
        clv_ckpt_section_overwrite(checkpointHandle, sectionId, dataBuffer, dataSize));
}
