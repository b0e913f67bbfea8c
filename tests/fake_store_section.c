/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of the store in memory, one by one and as vectors. */
#include "fake_store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

void fake_sections_free(struct section *s)
{
    struct section *next;

    for (; s; s = next) {
        next = s->next;
        free(s->id);
        free(s->data);
        free(s);
    }
}

struct section **fake_section_at(struct instance *in, struct clv_bytes id)
{
    struct section **at, *s;

    for (at = &in->sections; (s = *at) != NULL;) {
        if (s->end_ns <= clv_wall_ns()) {
            *at = s->next;
            s->next = NULL;
            fake_sections_free(s);
            continue;
        }
        if (clv_bytes_equal(id, (struct clv_bytes){s->id, s->id_size}))
            break;
        at = &s->next;
    }
    return at;
}

struct section *fake_section_add(struct instance *in, struct clv_bytes id, int64_t end_ns,
                                 struct clv_bytes data)
{
    struct section *s = fake_need(calloc(1, sizeof(*s)));

    s->id = fake_copy(id.base, id.size);
    s->id_size = id.size;
    s->data = fake_copy(data.base, data.size);
    s->size = data.size;
    s->end_ns = end_ns;
    s->update_ns = clv_wall_ns();
    s->next = in->sections;
    in->sections = s;
    return s;
}

int64_t fake_end_of(struct store_when w)
{
    return w.relative ? clv_wall_ns() + w.ns : w.ns;
}

static size_t count_named(const struct instance *in)
{
    const struct section *s;
    size_t n = 0;

    for (s = in->sections; s; s = s->next)
        n += s->id_size > 0;
    return n;
}

enum store_status store_section_create(struct store_ckpt *c, struct clv_bytes id,
                                       struct store_when end, struct clv_bytes data,
                                       char generated[STORE_GENERATED_ID_MAX],
                                       int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_begin(c, "section_create", deadline_ns);
    if (!id.base) {
        snprintf(generated, STORE_GENERATED_ID_MAX, "generatedSection%u",
                 c->of->n_generated++);
        id = (struct clv_bytes){generated, strlen(generated) + 1};
    }
    if (st == STORE_OK && *fake_section_at(c->of, id))
        st = STORE_EXISTS;
    if (st == STORE_OK && count_named(c->of) >= c->of->attrs.max_sections)
        st = STORE_FULL;
    if (st == STORE_OK && fake_end_of(end) <= clv_wall_ns())
        st = STORE_PAST;
    if (st == STORE_OK)
        fake_section_add(c->of, id, fake_end_of(end), data);
    fake_unlock();
    return st;
}

enum store_status store_section_delete(struct store_ckpt *c, struct clv_bytes id,
                                       int64_t deadline_ns)
{
    const struct store_write none = {.id = id};
    enum store_status st;
    struct section **at, *s;

    fake_lock();
    st = fake_begin(c, "section_delete", deadline_ns);
    at = fake_section_at(c->of, id);
    s = *at;
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        fake_feed(c, &none, 1);
        *at = s->next;
        s->next = NULL;
        fake_sections_free(s);
    }
    fake_unlock();
    return st;
}

enum store_status store_section_write(struct store_ckpt *c, struct clv_bytes id,
                                      struct clv_bytes data, int64_t deadline_ns)
{
    const struct store_write one = {.id = id, .data = data};
    enum store_status st;
    struct section *s;

    fake_lock();
    st = fake_begin(c, "section_write", deadline_ns);
    s = *fake_section_at(c->of, id);
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        free(s->data);
        s->data = fake_copy(data.base, data.size);
        s->size = data.size;
        s->update_ns = clv_wall_ns();
        s->damaged = false;
        fake_feed(c, &one, 1);
    }
    fake_unlock();
    return st;
}

enum store_status store_section_expire(struct store_ckpt *c, struct clv_bytes id,
                                       struct store_when end, int64_t deadline_ns)
{
    enum store_status st;
    struct section *s;

    fake_lock();
    st = fake_begin(c, "section_expire", deadline_ns);
    s = *fake_section_at(c->of, id);
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK)
        s->end_ns = fake_end_of(end);
    fake_unlock();
    return st;
}

enum store_status store_section_check(struct store_ckpt *c, struct clv_bytes id,
                                      int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_begin(c, "section_check", deadline_ns);
    if (st == STORE_OK && !*fake_section_at(c->of, id))
        st = STORE_ABSENT;
    fake_unlock();
    return st;
}

void fake_damage(const char *ckpt, const char *section)
{
    struct instance *in;

    fake_lock();
    in = fake_find((struct clv_bytes){ckpt, strlen(ckpt)});
    fake_judge(in && *fake_section_at(in, (struct clv_bytes){section, strlen(section)}),
               "nothing there");
    (*fake_section_at(in, (struct clv_bytes){section, strlen(section)}))->damaged = true;
    fake_unlock();
}

static void splice(struct section *s, uint64_t offset, struct clv_bytes data)
{
    const size_t end = offset + data.size;

    if (end > s->size) {
        s->data = fake_need(realloc(s->data, end + 1));
        memset(s->data + s->size, 0, end + 1 - s->size);
        s->size = end;
    }
    if (data.size)
        memcpy(s->data + offset, data.base, data.size);
    s->update_ns = clv_wall_ns();
}

enum store_status store_write(struct store_ckpt *c, const struct store_write *vec,
                              uint32_t n, uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st;
    uint32_t i;

    fake_lock();
    *bad = 0;
    st = fake_begin(c, "write", deadline_ns);
    for (i = 0; i < n && st == STORE_OK; i++) {
        if (!*fake_section_at(c->of, vec[i].id)) {
            st = STORE_ABSENT;
            *bad = i;
        }
    }
    for (i = 0; i < n && st == STORE_OK; i++)
        splice(*fake_section_at(c->of, vec[i].id), vec[i].offset, vec[i].data);
    if (st == STORE_OK)
        fake_feed(c, vec, n);
    fake_unlock();
    return st;
}

static void fetch(const struct section *s, struct store_read *r)
{
    const size_t there = r->offset < s->size ? s->size - r->offset : 0;

    if (!r->buffer) {
        r->buffer = fake_copy(s->data + (there ? r->offset : 0), there);
        r->got = there;
        return;
    }
    r->got = there < r->size ? there : r->size;
    if (r->got)
        memcpy(r->buffer, s->data + r->offset, r->got);
}

enum store_status store_read(struct store_ckpt *c, struct store_read *vec, uint32_t n,
                             uint32_t *bad, int64_t deadline_ns)
{
    enum store_status st;
    struct section *s;
    uint32_t i;

    fake_lock();
    *bad = 0;
    st = fake_begin(c, "read", deadline_ns);
    for (i = 0; i < n && st == STORE_OK; i++) {
        s = *fake_section_at(c->of, vec[i].id);
        st = !s ? STORE_ABSENT : s->damaged ? STORE_DAMAGED : STORE_OK;
        *bad = st == STORE_OK ? 0 : i;
    }
    for (i = 0; i < n && st == STORE_OK; i++)
        fetch(*fake_section_at(c->of, vec[i].id), &vec[i]);
    fake_unlock();
    return st;
}
