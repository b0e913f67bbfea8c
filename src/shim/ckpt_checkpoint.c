/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/ckpt.h"

#include <stdlib.h>

#include "base/clock.h"
#include "shim/registry.h"

#define OPEN_FLAGS                                                                       \
    (CL_CKPT_CHECKPOINT_READ | CL_CKPT_CHECKPOINT_WRITE | CL_CKPT_CHECKPOINT_CREATE)
#define UPDATE_FLAGS                                                                     \
    (CL_CKPT_WR_ALL_REPLICAS | CL_CKPT_WR_ACTIVE_REPLICA | CL_CKPT_WR_ACTIVE_REPLICA_WEAK)
#define CREATION_FLAGS                                                                   \
    (UPDATE_FLAGS | CL_CKPT_CHECKPOINT_COLLOCATED | CL_CKPT_DISTRIBUTED |                \
     CL_CKPT_WR_ALL_SAFE | CL_CKPT_ALL_OPEN_ARE_REPLICAS |                               \
     CL_CKPT_PEER_TO_PEER_REPLICA | CL_CKPT_PEER_TO_PEER_CACHE_DISABLE)

int64_t clv_ckpt_deadline(void)
{
    return clv_deadline_ns(store_op_timeout_ns());
}

struct clv_bytes clv_ckpt_name(const ClNameT *name)
{
    const size_t most = sizeof(name->value) - 1;

    return (struct clv_bytes){name->value, name->length < most ? name->length : most};
}

bool clv_ckpt_is_collocated(const struct ckpt *c)
{
    return (c->attrs.creation_flags & CL_CKPT_CHECKPOINT_COLLOCATED) &&
           !(c->attrs.creation_flags & CL_CKPT_WR_ALL_REPLICAS);
}

bool clv_ckpt_has_default(const struct ckpt *c)
{
    return c->attrs.max_sections == 1;
}

clv_err clv_ckpt_active_check(struct ckpt *c)
{
    if (!clv_ckpt_is_collocated(c))
        return CL_OK;
    return clv_err_of(store_ckpt_active_check(c->store, clv_ckpt_deadline()));
}

static clv_err needs_check(struct ckpt *c, unsigned int needs)
{
    if ((needs & CKPT_WRITE) && !(c->open_flags & c->service->rules->write_flags))
        return CL_ERR_OP_NOT_PERMITTED;
    if ((needs & CKPT_READ) && !(c->open_flags & CL_CKPT_CHECKPOINT_READ))
        return CL_ERR_OP_NOT_PERMITTED;
    return (needs & CKPT_ACTIVE) ? clv_ckpt_active_check(c) : CL_OK;
}

clv_err clv_ckpt_enter(uint64_t h, unsigned int needs, struct ckpt **out)
{
    struct ckpt *c;
    clv_err e;

    if (!clv_registry_is_joined())
        return CL_ERR_NOT_INITIALIZED;
    c = clv_handle_get(h, CLV_CKPT);
    if (!c)
        return CL_ERR_INVALID_HANDLE;
    e = needs_check(c, needs);
    if (e != CL_OK)
        clv_handle_put(h);
    else
        *out = c;
    return e;
}

void clv_ckpt_leave(struct ckpt *c)
{
    clv_handle_put(c->child.handle);
}

/* ---- open ---------------------------------------------------------------- */

/* False also when one of the two is unlimited. */
static bool is_size_excessive(const ClCkptCheckpointCreationAttributesT *a)
{
    ClSizeT product;

    return a->checkpointSize != 0 && a->maxSectionSize != 0 &&
           !__builtin_mul_overflow(a->maxSectionSize, a->maxSections, &product) &&
           a->checkpointSize > product;
}

ClSizeT clv_ckpt_clipped_size(const ClCkptCheckpointCreationAttributesT *a)
{
    ClSizeT product;

    if (!__builtin_mul_overflow(a->maxSectionSize, a->maxSections, &product) &&
        a->checkpointSize > product)
        return product;
    return a->checkpointSize;
}

static bool is_one_update_flag(ClCkptCreationFlagsT flags)
{
    const ClCkptCreationFlagsT update = flags & UPDATE_FLAGS;

    return update != 0 && (update & (update - 1)) == 0 &&
           !(flags & ~(uint32_t)CREATION_FLAGS);
}

clv_err clv_ckpt_open_check(const struct clv_rules *rules, const ClNameT *name,
                            const ClCkptCheckpointCreationAttributesT *attrs,
                            ClCkptOpenFlagsT flags)
{
    const bool creates = flags & CL_CKPT_CHECKPOINT_CREATE;

    if (!name)
        return CL_ERR_NULL_POINTER;
    if (flags > OPEN_FLAGS || (flags == 0 && rules->open_flags_needed))
        return CL_ERR_BAD_FLAG;
    if (creates && !attrs)
        return CL_ERR_NULL_POINTER;
    if (!creates && attrs)
        return CL_ERR_INVALID_PARAMETER;
    if (creates && is_size_excessive(attrs))
        return CL_ERR_INVALID_PARAMETER;
    if (creates && rules->one_update_flag && !is_one_update_flag(attrs->creationFlags))
        return CL_ERR_INVALID_PARAMETER;
    return CL_OK;
}

static void ckpt_destroy(void *obj)
{
    struct ckpt *const c = obj;
    struct ckpt_service *const s = c->service;
    int64_t deadline_ns = atomic_load(&s->close_deadline_ns);

    clv_children_remove(&s->checkpoints, &c->child);
    /* Its status changes nothing: if the store is away, it makes up for the close. */
    store_ckpt_close(c->store, deadline_ns ? deadline_ns : clv_ckpt_deadline());
    clv_children_fini(&c->iterators);
    pthread_mutex_destroy(&c->lock);
    free(c);
    clv_handle_put(s->handle);
}

/* Takes opened on success only. The caller holds a pin on s. */
static clv_err ckpt_publish(struct ckpt_service *s, struct store_ckpt *opened,
                            ClCkptOpenFlagsT flags, uint64_t *out)
{
    struct ckpt *const c = calloc(1, sizeof(*c));
    uint64_t h;

    if (!c)
        return CL_ERR_NO_MEMORY;
    c->service = s;
    c->store = opened;
    c->attrs = *store_ckpt_attrs(opened);
    c->open_flags = flags;
    clv_children_init(&c->iterators);
    pthread_mutex_init(&c->lock, NULL);
    h = clv_handle_add(CLV_CKPT, c, ckpt_destroy);
    if (!h) {
        pthread_mutex_destroy(&c->lock);
        clv_children_fini(&c->iterators);
        free(c);
        return CL_ERR_NO_MEMORY;
    }
    c->child.handle = h;
    clv_handle_pin(s->handle);
    if (!clv_children_add(&s->checkpoints, &c->child)) { /* finalized meanwhile */
        clv_handle_close(h, CLV_CKPT);
        return CL_ERR_INVALID_HANDLE;
    }
    *out = h;
    return CL_OK;
}

static struct store_attrs to_store(const ClCkptCheckpointCreationAttributesT *a)
{
    return (struct store_attrs){.creation_flags = a->creationFlags,
                                .max_sections = a->maxSections,
                                .checkpoint_size = a->checkpointSize,
                                .retention_ns = a->retentionDuration,
                                .max_section_size = a->maxSectionSize,
                                .max_section_id_size = a->maxSectionIdSize};
}

/* No checkpoint can have maxSections 0: either the name is there, with other
 * attributes, or it cannot be made. */
static clv_err open_without_sections(struct clv_bytes name)
{
    const struct store_open_how how = {.create = NULL};
    struct store_ckpt *there;
    const enum store_status st = store_ckpt_open(name, &how, clv_ckpt_deadline(), &there);

    if (st == STORE_OK) {
        store_ckpt_close(there, clv_ckpt_deadline());
        return clv_err_of(STORE_DIFFERS);
    }
    return st == STORE_ABSENT ? CL_ERR_INVALID_PARAMETER : clv_err_of(st);
}

clv_err clv_ckpt_open_checked(struct ckpt_service *s, struct clv_bytes name,
                              const ClCkptCheckpointCreationAttributesT *attrs,
                              ClCkptOpenFlagsT flags, uint64_t *out)
{
    struct store_open_how how = {.ignore_retention = !s->rules->retention_compared};
    struct store_attrs create;
    struct store_ckpt *opened;
    enum store_status st;
    clv_err e;

    if (attrs && attrs->maxSections == 0)
        return open_without_sections(name);
    if (attrs) {
        create = to_store(attrs);
        how.create = &create;
        how.default_section = attrs->maxSections == 1;
        how.discard = how.notify = attrs->creationFlags & CL_CKPT_DISTRIBUTED;
    }
    st = store_ckpt_open(name, &how, clv_ckpt_deadline(), &opened);
    if (st != STORE_OK)
        return clv_err_of(st);
    e = ckpt_publish(s, opened, flags, out);
    if (e == CL_ERR_NO_MEMORY)
        store_ckpt_close(opened, clv_ckpt_deadline());
    return e;
}

clv_err clv_ckpt_open(uint64_t service, const ClNameT *name,
                      const ClCkptCheckpointCreationAttributesT *attrs,
                      ClCkptOpenFlagsT flags, uint64_t *out)
{
    struct ckpt_service *s = NULL;
    const clv_err no_service = clv_ckpt_service_get(service, &s);
    clv_err e;

    if (no_service == CL_ERR_NOT_INITIALIZED)
        return no_service;
    /* A bad service handle is reported after bad arguments. */
    e = out ? clv_ckpt_open_check(s ? s->rules : &clv_rules_clovis, name, attrs, flags)
            : CL_ERR_NULL_POINTER;
    if (!s)
        return e == CL_OK ? no_service : e;
    if (e == CL_OK)
        e = clv_ckpt_open_checked(s, clv_ckpt_name(name), attrs, flags, out);
    clv_handle_put(service);
    return e;
}

/* ---- close, unlink, the rest --------------------------------------------- */

/* The number of an iterator; whose destructor does the rest. */
static void iter_close_handle(uint64_t h)
{
    clv_handle_close(h, CLV_CKPT_ITER);
}

/* False: another thread was faster. */
static bool close_pinned(struct ckpt *c)
{
    if (!clv_handle_close(c->child.handle, CLV_CKPT))
        return false;
    clv_ckpt_notify_end(c);
    clv_children_close(&c->iterators, iter_close_handle);
    clv_dispatch_cancel(&c->service->dispatch, c->child.handle);
    return true;
}

void clv_ckpt_close_handle(uint64_t h)
{
    struct ckpt *const c = clv_handle_get(h, CLV_CKPT);

    if (!c)
        return;
    close_pinned(c);
    clv_ckpt_leave(c);
}

clv_err clv_ckpt_close(uint64_t h)
{
    struct ckpt *c;
    clv_err e = clv_ckpt_enter(h, 0, &c);

    if (e != CL_OK)
        return e;
    e = close_pinned(c) ? CL_OK : CL_ERR_INVALID_HANDLE;
    clv_ckpt_leave(c);
    return e;
}

clv_err clv_ckpt_unlink(uint64_t service, const ClNameT *name)
{
    struct ckpt_service *s;
    clv_err e;

    if (!clv_registry_is_joined())
        return CL_ERR_NOT_INITIALIZED;
    if (!name)
        return CL_ERR_NULL_POINTER;
    e = clv_ckpt_service_get(service, &s);
    if (e != CL_OK)
        return e;
    e = clv_err_of(store_ckpt_unlink(clv_ckpt_name(name), clv_ckpt_deadline()));
    clv_handle_put(service);
    return e;
}

clv_err clv_ckpt_retention_set(uint64_t h, ClTimeT retention_ns)
{
    struct ckpt *c;
    clv_err e = clv_ckpt_enter(h, 0, &c);

    if (e != CL_OK)
        return e;
    e = clv_err_of(store_ckpt_retention_set(c->store, retention_ns, clv_ckpt_deadline()));
    clv_ckpt_leave(c);
    return e;
}

clv_err clv_ckpt_active_set(uint64_t h)
{
    struct ckpt *c;
    clv_err e = clv_ckpt_enter(h, CKPT_WRITE, &c);

    if (e != CL_OK)
        return e;
    e = clv_ckpt_is_collocated(c)
            ? clv_err_of(store_ckpt_active_set(c->store, clv_ckpt_deadline()))
            : CL_ERR_BAD_OPERATION;
    clv_ckpt_leave(c);
    return e;
}

static ClUint32T saturated(uint64_t n)
{
    return n < UINT32_MAX ? (ClUint32T)n : UINT32_MAX;
}

static void descriptor_fill(ClCkptCheckpointDescriptorT *out, const struct ckpt *c,
                            const struct store_ckpt_status *now)
{
    const bool counts_default = c->service->rules->default_is_a_section;

    *out = (ClCkptCheckpointDescriptorT){
        .checkpointCreationAttributes = {.creationFlags = c->attrs.creation_flags,
                                         .checkpointSize = c->attrs.checkpoint_size,
                                         .retentionDuration = now->retention_ns,
                                         .maxSections = c->attrs.max_sections,
                                         .maxSectionSize = c->attrs.max_section_size,
                                         .maxSectionIdSize =
                                             c->attrs.max_section_id_size},
        .numberOfSections =
            saturated(now->n_sections + (counts_default && clv_ckpt_has_default(c))),
        .memoryUsed = saturated(now->bytes_used),
    };
}

clv_err clv_ckpt_status(uint64_t h, ClCkptCheckpointDescriptorT *out)
{
    struct store_ckpt_status now;
    struct ckpt *c;
    clv_err e;

    if (!out)
        return CL_ERR_NULL_POINTER;
    e = clv_ckpt_enter(h, CKPT_ACTIVE, &c);
    if (e != CL_OK)
        return e;
    e = clv_err_of(store_ckpt_status(c->store, &now, clv_ckpt_deadline()));
    if (e == CL_OK)
        descriptor_fill(out, c, &now);
    clv_ckpt_leave(c);
    return e;
}

/* ---- Cl names ------------------------------------------------------------ */

ClRcT clCkptCheckpointOpen(
    ClCkptSvcHdlT ckptHandle, const ClNameT *checkpointName,
    const ClCkptCheckpointCreationAttributesT *checkpointCreationAttributes,
    ClCkptOpenFlagsT checkpointOpenFlags, ClTimeT timeout, ClCkptHdlT *checkpointHandle)
{
    uint64_t h = 0;
    clv_err e;

    (void)timeout; /* programs pass 0, -1 and CL_TIME_END: ignored, as ever */
    e = clv_ckpt_open(ckptHandle, checkpointName, checkpointCreationAttributes,
                      checkpointOpenFlags, checkpointHandle ? &h : NULL);
    if (e == CL_OK)
        *checkpointHandle = h;
    return clv_err_to_cl(CL_CID_CKPT, e);
}

ClRcT clCkptCheckpointClose(ClCkptHdlT checkpointHandle)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_close(checkpointHandle));
}

ClRcT clCkptCheckpointDelete(ClCkptSvcHdlT ckptHandle, const ClNameT *checkpointName)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_unlink(ckptHandle, checkpointName));
}

ClRcT clCkptCheckpointRetentionDurationSet(ClCkptHdlT checkpointHandle,
                                           ClTimeT retentionDuration)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         clv_ckpt_retention_set(checkpointHandle, retentionDuration));
}

ClRcT clCkptActiveReplicaSet(ClCkptHdlT checkpointHandle)
{
    return clv_err_to_cl(CL_CID_CKPT, clv_ckpt_active_set(checkpointHandle));
}

ClRcT clCkptCheckpointStatusGet(ClCkptHdlT checkpointHandle,
                                ClCkptCheckpointDescriptorT *checkpointStatus)
{
    return clv_err_to_cl(CL_CID_CKPT,
                         clv_ckpt_status(checkpointHandle, checkpointStatus));
}
