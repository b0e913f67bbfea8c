/* SPDX-License-Identifier: Apache-2.0 */
#include "ckpt_case.h"

struct variant v;
ClHandleT svc;

void begin(void)
{
    OK(t_init(&svc, NULL, NULL));
}

void end(void)
{
    OK(t_fini(svc));
}

static const struct variant variants[] = {
    {"Cl", false, false},
    {"SA B.01.01", true, false},
    {"SA B.02.02", true, true},
};

void each_variant(void (*body)(void))
{
    size_t i;

    for (i = 0; i < sizeof(variants) / sizeof(*variants); i++) {
        v = variants[i];
        world_begin();
        body();
        world_end();
    }
    world_close();
}

/* The contract's table of counterparts, written down a second time. */
unsigned int sa_of(unsigned int cl)
{
    switch (cl) {
    case CL_OK:
        return SA_AIS_OK;
    case CL_ERR_NO_MEMORY:
        return SA_AIS_ERR_NO_MEMORY;
    case CL_ERR_INVALID_PARAMETER:
    case CL_ERR_NULL_POINTER:
        return SA_AIS_ERR_INVALID_PARAM;
    case CL_ERR_NOT_EXIST:
        return SA_AIS_ERR_NOT_EXIST;
    case CL_ERR_INVALID_HANDLE:
    case CL_ERR_NOT_INITIALIZED:
        return SA_AIS_ERR_BAD_HANDLE;
    case CL_ERR_NO_RESOURCE:
        return SA_AIS_ERR_NO_RESOURCES;
    case CL_ERR_INITIALIZED:
        return SA_AIS_ERR_INIT;
    case CL_ERR_ALREADY_EXIST:
        return SA_AIS_ERR_EXIST;
    case CL_ERR_TIMEOUT:
        return SA_AIS_ERR_TIMEOUT;
    case CL_ERR_TRY_AGAIN:
        return SA_AIS_ERR_TRY_AGAIN;
    case CL_ERR_OP_NOT_PERMITTED:
        return SA_AIS_ERR_ACCESS;
    case CL_ERR_NO_SPACE:
        return SA_AIS_ERR_NO_SPACE;
    case CL_ERR_BAD_FLAG:
        return SA_AIS_ERR_BAD_FLAGS;
    case CL_ERR_BAD_OPERATION:
        return SA_AIS_ERR_BAD_OPERATION;
    case END:
        return SA_AIS_ERR_NO_SECTIONS;
    default:
        return SA_AIS_ERR_LIBRARY;
    }
}

void row_at(int line, const char *id, unsigned int got, unsigned int want)
{
    const unsigned int code = v.sa ? sa_of(want) : want ? 0x160000u | want : CL_OK;

    cr_expect_eq(got, code, "row %s, %s, line %d: got 0x%x, want 0x%x", id, v.name, line,
                 got, code);
}

/* ---- names, ids, attributes ---------------------------------------------- */

const ClNameT *nm(const char *text)
{
    static ClNameT ring[4];
    static unsigned int at;
    ClNameT *const n = &ring[at++ % 4];

    n->length = (ClUint16T)snprintf(n->value, sizeof(n->value), "%s/%s", text, v.name);
    return n;
}

const id_t_ *sid(const char *text)
{
    static id_t_ ring[64];
    static ClUint8T bytes[64][64];
    static unsigned int at;
    const unsigned int i = at++ % 64;

    cr_assert_lt(strlen(text), sizeof(bytes[0]));
    ring[i].idLen = (ClUint16T)strlen(text);
    ring[i].id = bytes[i];
    memcpy(bytes[i], text, ring[i].idLen);
    return &ring[i];
}

attrs_t attrs(ClCkptCreationFlagsT flags, ClUint32T max_sections, ClSizeT max_size)
{
    return (attrs_t){.creationFlags = flags,
                     .checkpointSize = 0,
                     .retentionDuration = 0,
                     .maxSections = max_sections,
                     .maxSectionSize = max_size,
                     .maxSectionIdSize = 8};
}

/* ---- calls --------------------------------------------------------------- */

static void (*on_opened)(ClInvocationT, ClHandleT, unsigned int);
static void (*on_synced)(ClInvocationT, unsigned int);

static void cl_opened(ClInvocationT inv, ClCkptHdlT h, ClRcT rc)
{
    on_opened(inv, h, rc);
}

static void sa_opened(SaInvocationT inv, SaCkptCheckpointHandleT h, SaAisErrorT rc)
{
    on_opened(inv, h, rc);
}

static void cl_synced(ClInvocationT inv, ClRcT rc)
{
    on_synced(inv, rc);
}

static void sa_synced(SaInvocationT inv, SaAisErrorT rc)
{
    on_synced(inv, rc);
}

unsigned int t_init(ClHandleT *service,
                    void (*opened_)(ClInvocationT, ClHandleT, unsigned int),
                    void (*synced)(ClInvocationT, unsigned int))
{
    SaCkptCallbacksT sa = {opened_ ? sa_opened : NULL, synced ? sa_synced : NULL};
    ClCkptCallbacksT cl = {opened_ ? cl_opened : NULL, synced ? cl_synced : NULL};
    SaVersionT sv = {'B', v.b02 ? 2 : 1, v.b02 ? 2 : 1};
    ClVersionT cv = {'B', 1, 1};

    on_opened = opened_;
    on_synced = synced;
    return v.sa ? saCkptInitialize((void *)service, &sa, &sv)
                : clCkptInitialize(service, &cl, &cv);
}

unsigned int t_fini(ClHandleT service)
{
    return v.sa ? saCkptFinalize(service) : clCkptFinalize(service);
}

unsigned int t_fd(ClHandleT service, ClSelectionObjectT *fd)
{
    return v.sa ? saCkptSelectionObjectGet(service, (void *)fd)
                : clCkptSelectionObjectGet(service, fd);
}

unsigned int t_dispatch(ClHandleT service, int flags)
{
    return v.sa ? saCkptDispatch(service, (SaDispatchFlagsT)flags)
                : clCkptDispatch(service, (ClDispatchFlagsT)flags);
}

unsigned int t_open(ClHandleT service, const ClNameT *name, const attrs_t *a,
                    ClUint32T flags, ClHandleT *out)
{
    return v.sa ? saCkptCheckpointOpen(service, (const void *)name, (const void *)a,
                                       flags, -1, (void *)out)
                : clCkptCheckpointOpen(service, name, a, flags, -1, out);
}

unsigned int t_open_async(ClHandleT service, ClInvocationT inv, const ClNameT *name,
                          const attrs_t *a, ClUint32T flags)
{
    return v.sa ? saCkptCheckpointOpenAsync(service, inv, (const void *)name,
                                            (const void *)a, flags)
                : clCkptCheckpointOpenAsync(service, inv, name, a, flags);
}

unsigned int t_close(ClHandleT h)
{
    return v.sa ? saCkptCheckpointClose(h) : clCkptCheckpointClose(h);
}

unsigned int t_delete(ClHandleT service, const ClNameT *name)
{
    return v.sa ? saCkptCheckpointUnlink(service, (const void *)name)
                : clCkptCheckpointDelete(service, name);
}

unsigned int t_retention(ClHandleT h, ClTimeT t)
{
    return v.sa ? saCkptCheckpointRetentionDurationSet(h, t)
                : clCkptCheckpointRetentionDurationSet(h, t);
}

unsigned int t_active(ClHandleT h)
{
    return v.sa ? saCkptActiveReplicaSet(h) : clCkptActiveReplicaSet(h);
}

unsigned int t_status(ClHandleT h, ClCkptCheckpointDescriptorT *d)
{
    return v.sa ? saCkptCheckpointStatusGet(h, (void *)d)
                : clCkptCheckpointStatusGet(h, d);
}

unsigned int t_create(ClHandleT h, ClCkptSectionCreationAttributesT *a, const void *data,
                      ClSizeT size)
{
    return v.sa ? saCkptSectionCreate(h, (void *)a, data, size)
                : clCkptSectionCreate(h, a, data, size);
}

unsigned int t_section_delete(ClHandleT h, const id_t_ *id)
{
    return v.sa ? saCkptSectionDelete(h, (const void *)id) : clCkptSectionDelete(h, id);
}

unsigned int t_expire(ClHandleT h, const id_t_ *id, ClTimeT t)
{
    return v.sa ? saCkptSectionExpirationTimeSet(h, (const void *)id, t)
                : clCkptSectionExpirationTimeSet(h, id, t);
}

unsigned int t_overwrite(ClHandleT h, const id_t_ *id, const void *data, ClSizeT size)
{
    return v.sa ? saCkptSectionOverwrite(h, (const void *)id, data, size)
                : clCkptSectionOverwrite(h, id, data, size);
}

unsigned int t_iter(ClHandleT h, int chosen, ClTimeT t, ClHandleT *out)
{
    return v.sa ? saCkptSectionIterationInitialize(h, (SaCkptSectionsChosenT)chosen, t,
                                                   (void *)out)
                : clCkptSectionIterationInitialize(h, (ClCkptSectionsChosenT)chosen, t,
                                                   out);
}

unsigned int t_next(ClHandleT it, ClCkptSectionDescriptorT *d)
{
    return v.sa ? saCkptSectionIterationNext(it, (void *)d)
                : clCkptSectionIterationNext(it, d);
}

unsigned int t_iter_end(ClHandleT it)
{
    return v.sa ? saCkptSectionIterationFinalize(it) : clCkptSectionIterationFinalize(it);
}

unsigned int t_write(ClHandleT h, const ClCkptIOVectorElementT *vec, ClUint32T n,
                     ClUint32T *bad)
{
    return v.sa ? saCkptCheckpointWrite(h, (const void *)vec, n, bad)
                : clCkptCheckpointWrite(h, vec, n, bad);
}

unsigned int t_read(ClHandleT h, ClCkptIOVectorElementT *vec, ClUint32T n, ClUint32T *bad)
{
    return v.sa ? saCkptCheckpointRead(h, (void *)vec, n, bad)
                : clCkptCheckpointRead(h, vec, n, bad);
}

unsigned int t_sync(ClHandleT h, ClTimeT timeout)
{
    return v.sa ? saCkptCheckpointSynchronize(h, timeout)
                : clCkptCheckpointSynchronize(h, timeout);
}

unsigned int t_sync_async(ClHandleT h, ClInvocationT inv)
{
    return v.sa ? saCkptCheckpointSynchronizeAsync(h, inv)
                : clCkptCheckpointSynchronizeAsync(h, inv);
}

/* ---- made of calls ------------------------------------------------------- */

ClHandleT opened(ClHandleT service, const char *name, ClCkptCreationFlagsT flags,
                 ClUint32T max_sections, ClSizeT max_size, ClUint32T open_flags)
{
    const attrs_t a = attrs(flags, max_sections, max_size);
    ClHandleT h = 0;
    unsigned int rc;

    rc = t_open(service, nm(name), (open_flags & C) ? &a : NULL, open_flags, &h);
    cr_assert_eq(rc, v.sa ? SA_AIS_OK : CL_OK, "%s: open %s: 0x%x", v.name, name, rc);
    return h;
}

unsigned int add(ClHandleT h, const char *id, const char *data)
{
    id_t_ s = *sid(id);
    ClCkptSectionCreationAttributesT a = {&s, CL_TIME_END};

    return t_create(h, &a, *data ? data : NULL, strlen(data));
}

unsigned int add_until(ClHandleT h, const char *id, ClTimeT end)
{
    id_t_ s = *sid(id);
    ClCkptSectionCreationAttributesT a = {&s, end};

    return t_create(h, &a, "x", 1);
}

unsigned int put(ClHandleT h, const char *id, const char *data)
{
    return t_overwrite(h, sid(id), data, strlen(data));
}

const char *content(ClHandleT h, const char *id)
{
    static char text[4096];
    ClCkptIOVectorElementT e = {.sectionId = *sid(id), .dataBuffer = NULL};

    strcpy(text, "?");
    if (t_read(h, &e, 1, NULL) == (v.sa ? SA_AIS_OK : CL_OK)) {
        memcpy(text, e.dataBuffer, e.readSize);
        text[e.readSize] = '\0';
        free(e.dataBuffer);
    }
    return text;
}

ClCkptIOVectorElementT piece(const char *id, const char *data, ClOffsetT offset)
{
    return (ClCkptIOVectorElementT){.sectionId = *sid(id),
                                    .dataBuffer = (void *)data,
                                    .dataSize = strlen(data),
                                    .dataOffset = offset};
}

int count_chosen(ClHandleT h, int chosen, ClTimeT t)
{
    ClCkptSectionDescriptorT d;
    ClHandleT it;
    int n = 0;

    if (t_iter(h, chosen, t, &it) != (v.sa ? SA_AIS_OK : CL_OK))
        return -1;
    while (t_next(it, &d) == (v.sa ? SA_AIS_OK : CL_OK)) {
        free(d.sectionId.id);
        n++;
    }
    t_iter_end(it);
    return n;
}
