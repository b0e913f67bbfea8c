/* SPDX-License-Identifier: Apache-2.0 */
#include "ckpt_model.h"

enum { M_INSTANCES = 16 };

static struct m_instance instances[M_INSTANCES];
static struct m_instance *names[M_NAMES];

void m_reset(void)
{
    memset(instances, 0, sizeof(instances));
    memset(names, 0, sizeof(names));
}

/* ---- checkpoints --------------------------------------------------------- */

static bool is_same(const attrs_t *a, const attrs_t *b, bool b02)
{
    return a->creationFlags == b->creationFlags &&
           a->checkpointSize == b->checkpointSize && a->maxSections == b->maxSections &&
           a->maxSectionSize == b->maxSectionSize &&
           a->maxSectionIdSize == b->maxSectionIdSize &&
           (b02 || a->retentionDuration == b->retentionDuration);
}

static bool has_default(const struct m_instance *i)
{
    return i->attrs.maxSections == 1;
}

static bool is_collocated(const struct m_instance *i)
{
    return (i->attrs.creationFlags & CL_CKPT_CHECKPOINT_COLLOCATED) &&
           !(i->attrs.creationFlags & CL_CKPT_WR_ALL_REPLICAS);
}

static struct m_instance *make(int name, const attrs_t *a)
{
    struct m_instance *i = instances;

    while (i->used)
        i++;
    cr_assert_lt(i - instances, M_INSTANCES);
    memset(i, 0, sizeof(*i));
    i->used = true;
    i->generated = -1;
    i->attrs = *a;
    i->sections[0].used = i->sections[0].forever = has_default(i);
    names[name] = i;
    return i;
}

unsigned int m_open(int name, const attrs_t *create, ClUint32T flags, bool b02,
                    struct m_handle *h)
{
    struct m_instance *i = names[name];

    if (!i && !create)
        return CL_ERR_NOT_EXIST;
    if (i && create && !is_same(create, &i->attrs, b02))
        return CL_ERR_ALREADY_EXIST;
    if (!i)
        i = make(name, create);
    i->refs++;
    *h = (struct m_handle){.used = true, .flags = flags, .b02 = b02, .of = i};
    return CL_OK;
}

static void forget(struct m_instance *i)
{
    int n;

    for (n = 0; n < M_NAMES; n++)
        if (names[n] == i)
            names[n] = NULL;
    i->used = false;
}

void m_close(struct m_handle *h)
{
    struct m_instance *const i = h->of;

    h->used = false;
    if (--i->refs > 0)
        return;
    if (i->unlinked || (i->attrs.creationFlags & CL_CKPT_DISTRIBUTED) ||
        i->attrs.retentionDuration < 1000000)
        forget(i);
}

unsigned int m_unlink(int name)
{
    struct m_instance *const i = names[name];

    if (!i)
        return CL_ERR_NOT_EXIST;
    i->unlinked = true;
    names[name] = NULL;
    if (i->refs == 0)
        forget(i);
    return CL_OK;
}

unsigned int m_retention(struct m_handle *h, ClTimeT t)
{
    if (h->of->unlinked)
        return CL_ERR_BAD_OPERATION;
    h->of->attrs.retentionDuration = t;
    return CL_OK;
}

/* ---- what a call needs --------------------------------------------------- */

static unsigned int active_check(const struct m_handle *h)
{
    return is_collocated(h->of) && !h->of->has_role ? CL_ERR_NOT_EXIST : CL_OK;
}

static unsigned int write_check(const struct m_handle *h)
{
    return h->flags & (h->b02 ? W : W | C) ? CL_OK : CL_ERR_OP_NOT_PERMITTED;
}

static unsigned int change_check(const struct m_handle *h)
{
    const unsigned int e = write_check(h);

    return e != CL_OK ? e : active_check(h);
}

unsigned int m_active(struct m_handle *h)
{
    const unsigned int e = write_check(h);

    if (e != CL_OK)
        return e;
    if (!is_collocated(h->of))
        return CL_ERR_BAD_OPERATION;
    h->of->has_role = true;
    return CL_OK;
}

static ClUint32T count(const struct m_instance *i, ClUint32T *bytes)
{
    ClUint32T n = 0;
    int at;

    *bytes = 0;
    for (at = 0; at < M_SECTIONS; at++) {
        if (!i->sections[at].used)
            continue;
        n += i->sections[at].id_len > 0;
        *bytes += (ClUint32T)i->sections[at].size;
    }
    return n;
}

unsigned int m_status(const struct m_handle *h, ClUint32T *sections, ClUint32T *bytes)
{
    const unsigned int e = active_check(h);

    if (e == CL_OK)
        *sections = count(h->of, bytes) + (h->b02 && has_default(h->of));
    return e;
}

unsigned int m_iterate(const struct m_handle *h)
{
    const unsigned int e = active_check(h);

    if (e != CL_OK)
        return e;
    return has_default(h->of) && !h->b02 ? CL_ERR_OP_NOT_PERMITTED : CL_OK;
}

/* ---- sections ------------------------------------------------------------ */

struct m_section *m_find(const struct m_handle *h, const ClUint8T *id, ClUint16T len)
{
    struct m_section *s;

    for (s = h->of->sections; s < h->of->sections + M_SECTIONS; s++)
        if (s->used && s->id_len == len && (len == 0 || memcmp(s->id, id, len) == 0))
            return s;
    return NULL;
}

static bool is_too_big(const struct m_handle *h, ClSizeT size)
{
    return h->of->attrs.maxSectionSize != 0 && size > h->of->attrs.maxSectionSize;
}

static unsigned int create_check(const struct m_handle *h, const struct m_piece *p,
                                 enum m_end end)
{
    ClUint32T bytes;

    if (p->id_len > h->of->attrs.maxSectionIdSize || is_too_big(h, p->size))
        return CL_ERR_INVALID_PARAMETER;
    if (has_default(h->of) || (p->id_len && m_find(h, p->id, p->id_len)))
        return CL_ERR_ALREADY_EXIST;
    if (count(h->of, &bytes) >= h->of->attrs.maxSections)
        return CL_ERR_NO_SPACE;
    return end == M_PAST ? CL_ERR_INVALID_PARAMETER : CL_OK;
}

unsigned int m_create(struct m_handle *h, const struct m_piece *p, enum m_end end,
                      struct m_section **made)
{
    struct m_section *s = h->of->sections;
    unsigned int e = change_check(h);

    if (e == CL_OK)
        e = create_check(h, p, end);
    if (e != CL_OK)
        return e;
    while (s->used)
        s++;
    memset(s, 0, sizeof(*s));
    s->used = end != M_NOW;
    s->forever = end == M_FOREVER;
    s->id_len = p->id_len;
    memcpy(s->id, p->id, p->id_len);
    s->size = p->size;
    memcpy(s->data, p->data, p->size);
    *made = s;
    return CL_OK;
}

/* A named section of h, or why not. */
static unsigned int named(struct m_handle *h, const struct m_piece *p,
                          struct m_section **out)
{
    *out = m_find(h, p->id, p->id_len);
    return *out ? CL_OK : CL_ERR_NOT_EXIST;
}

unsigned int m_delete(struct m_handle *h, const struct m_piece *p)
{
    struct m_section *s;
    unsigned int e = change_check(h);

    if (e == CL_OK)
        e = named(h, p, &s);
    if (e == CL_OK)
        s->used = false;
    return e;
}

unsigned int m_expire(struct m_handle *h, const struct m_piece *p, enum m_end end)
{
    struct m_section *s;
    unsigned int e = change_check(h);

    if (e == CL_OK && has_default(h->of))
        e = CL_ERR_INVALID_PARAMETER;
    if (e == CL_OK)
        e = named(h, p, &s);
    if (e != CL_OK)
        return e;
    s->forever = end == M_FOREVER;
    s->used = end == M_FOREVER || end == M_LATER;
    return CL_OK;
}

unsigned int m_overwrite(struct m_handle *h, const struct m_piece *p)
{
    struct m_section *s;
    unsigned int e = change_check(h);

    if (e != CL_OK)
        return e;
    if ((p->id_len == 0 && !has_default(h->of)) || is_too_big(h, p->size))
        return CL_ERR_INVALID_PARAMETER;
    e = named(h, p, &s);
    if (e != CL_OK)
        return e;
    s->size = p->size;
    memcpy(s->data, p->data, p->size);
    return CL_OK;
}

/* ---- vectors ------------------------------------------------------------- */

static unsigned int write_arguments(const struct m_handle *h, const struct m_piece *p)
{
    if ((p->id_len == 0 && !has_default(h->of)) || is_too_big(h, p->offset + p->size))
        return CL_ERR_INVALID_PARAMETER;
    return CL_OK;
}

static void patch(struct m_section *s, const struct m_piece *p)
{
    const ClSizeT end = p->offset + p->size;

    if (end > s->size) {
        memset(s->data + s->size, 0, end - s->size);
        s->size = end;
    }
    memcpy(s->data + p->offset, p->data, p->size);
}

unsigned int m_write(struct m_handle *h, const struct m_piece *vec, ClUint32T n,
                     ClUint32T *bad)
{
    struct m_section *s[M_VECTOR];
    unsigned int e = change_check(h);

    for (*bad = 0; e == CL_OK && *bad < n; *bad += e == CL_OK)
        e = write_arguments(h, &vec[*bad]);
    if (e != CL_OK)
        return e;
    for (*bad = 0; e == CL_OK && *bad < n; *bad += e == CL_OK)
        e = named(h, &vec[*bad], &s[*bad]);
    if (e != CL_OK)
        return e;
    for (*bad = 0; *bad < n; (*bad)++)
        patch(s[*bad], &vec[*bad]);
    return CL_OK;
}

static unsigned int read_arguments(const struct m_handle *h, const struct m_piece *p)
{
    if (p->id_len == 0 && !has_default(h->of))
        return CL_ERR_NULL_POINTER;
    if ((!p->no_buffer && is_too_big(h, p->size)) || is_too_big(h, p->offset))
        return m_find(h, p->id, p->id_len) ? CL_ERR_INVALID_PARAMETER : CL_ERR_NOT_EXIST;
    return CL_OK;
}

static void fetch(const struct m_section *s, struct m_piece *p)
{
    const ClSizeT there = p->offset < s->size ? s->size - p->offset : 0;

    if (p->no_buffer || p->size > there)
        p->size = there;
    memcpy(p->data, s->data + (there ? p->offset : 0), p->size);
}

unsigned int m_read(const struct m_handle *h, struct m_piece *vec, ClUint32T n,
                    ClUint32T *bad)
{
    unsigned int e = h->flags & R ? active_check(h) : CL_ERR_OP_NOT_PERMITTED;

    for (*bad = 0; e == CL_OK && *bad < n; *bad += e == CL_OK)
        e = read_arguments(h, &vec[*bad]);
    if (e != CL_OK)
        return e;
    for (*bad = 0; e == CL_OK && *bad < n; *bad += e == CL_OK)
        e = m_find(h, vec[*bad].id, vec[*bad].id_len) ? CL_OK : CL_ERR_NOT_EXIST;
    if (e != CL_OK)
        return e;
    for (*bad = 0; *bad < n; (*bad)++)
        fetch(m_find(h, vec[*bad].id, vec[*bad].id_len), &vec[*bad]);
    return CL_OK;
}
