/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints of the store in memory: instances by name, and who has them open. */
#include "fake_store_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Lock held. Drop what has passed its retention or nobody can reach. */
void fake_sweep(void)
{
    struct instance **at, *in;

    for (at = &fake.all; (in = *at) != NULL;) {
        if (in->n_open == 0 &&
            (in->unlinked || in->flushed || clv_wall_ns() >= in->gone_at_ns)) {
            *at = in->next;
            fake_sections_free(in->sections);
            free(in);
        } else {
            at = &in->next;
        }
    }
}

/* Lock held. */
struct instance *fake_find(struct clv_bytes name)
{
    struct instance *in;

    fake_sweep();
    for (in = fake.all; in; in = in->next)
        if (!in->unlinked && !in->flushed &&
            clv_bytes_equal(name, (struct clv_bytes){in->name, in->name_size}))
            return in;
    return NULL;
}

static bool attrs_equal(const struct store_attrs *a, const struct store_attrs *b,
                        bool retention)
{
    return a->creation_flags == b->creation_flags && a->max_sections == b->max_sections &&
           a->checkpoint_size == b->checkpoint_size &&
           a->max_section_size == b->max_section_size &&
           a->max_section_id_size == b->max_section_id_size &&
           (!retention || a->retention_ns == b->retention_ns);
}

static struct instance *instance_new(struct clv_bytes name,
                                     const struct store_open_how *how)
{
    struct instance *in = fake_need(calloc(1, sizeof(*in)));

    fake_judge(name.size < sizeof(in->name), "name too long");
    if (name.size)
        memcpy(in->name, name.base, name.size);
    in->name_size = name.size;
    in->attrs = *how->create;
    in->discard = how->discard;
    in->notify = how->notify;
    if (how->default_section)
        fake_section_add(in, (struct clv_bytes){"", 0}, STORE_TIME_END,
                         (struct clv_bytes){"", 0});
    in->next = fake.all;
    fake.all = in;
    return in;
}

enum store_status store_ckpt_open(struct clv_bytes name, const struct store_open_how *how,
                                  int64_t deadline_ns, struct store_ckpt **out)
{
    enum store_status st;
    struct instance *in;
    struct store_ckpt *c;

    fake_lock();
    st = fake_called("ckpt_open", deadline_ns);
    fake_judge(fake.started > 0, "open without start");
    in = fake_find(name);
    if (st == STORE_OK && !in && !how->create)
        st = STORE_ABSENT;
    if (st == STORE_OK && in && how->create &&
        !attrs_equal(&in->attrs, how->create, !how->ignore_retention))
        st = STORE_DIFFERS;
    if (st == STORE_OK) {
        if (!in)
            in = instance_new(name, how);
        c = fake_need(calloc(1, sizeof(*c)));
        c->of = in;
        c->attrs = in->attrs;
        c->magic = MAGIC;
        c->next = in->opens;
        in->opens = c;
        in->n_open++;
        fake.n_open++;
        *out = c;
    }
    fake_unlock();
    return st;
}

enum store_status store_ckpt_close(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;
    struct store_ckpt **at;
    struct instance *in;

    fake_lock();
    fake_judge(c->magic == MAGIC, "closed twice");
    st = fake_called("ckpt_close", deadline_ns);
    in = c->of;
    fake_feed_quiet(c);
    fake_deliveries_cancel(c);
    for (at = &in->opens; *at != c; at = &(*at)->next)
        ;
    *at = c->next;
    c->magic = 0;
    free(c);
    fake.n_open--;
    if (--in->n_open == 0) {
        const int64_t keep = in->discard || in->attrs.retention_ns < CLV_NS_PER_MS
                                 ? 0
                                 : in->attrs.retention_ns;

        in->gone_at_ns =
            keep > INT64_MAX - clv_wall_ns() ? INT64_MAX : clv_wall_ns() + keep;
        fake_sweep();
    }
    fake_unlock();
    return st;
}

enum store_status store_ckpt_unlink(struct clv_bytes name, int64_t deadline_ns)
{
    enum store_status st;
    struct instance *in;

    fake_lock();
    st = fake_called("ckpt_unlink", deadline_ns);
    in = fake_find(name);
    if (st == STORE_OK && !in)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        in->unlinked = true;
        fake_sweep();
    }
    fake_unlock();
    return st;
}

void fake_flush(void)
{
    struct instance *in;

    fake_lock();
    for (in = fake.all; in; in = in->next) {
        in->flushed = true;
        fake_sections_free(in->sections);
        in->sections = NULL;
    }
    fake_sweep();
    fake_unlock();
}

const struct store_attrs *store_ckpt_attrs(const struct store_ckpt *c)
{
    return &c->attrs;
}

struct clv_bytes store_ckpt_name(const struct store_ckpt *c)
{
    return (struct clv_bytes){c->of->name, c->of->name_size};
}

enum store_status store_ckpt_retention_set(struct store_ckpt *c, int64_t retention_ns,
                                           int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_begin(c, "ckpt_retention_set", deadline_ns);
    if (st == STORE_OK && c->of->unlinked)
        st = STORE_UNLINKED;
    if (st == STORE_OK)
        c->of->attrs.retention_ns = retention_ns;
    fake_unlock();
    return st;
}

enum store_status store_ckpt_status(struct store_ckpt *c, struct store_ckpt_status *out,
                                    int64_t deadline_ns)
{
    enum store_status st;
    struct section *s;

    fake_lock();
    st = fake_begin(c, "ckpt_status", deadline_ns);
    if (st == STORE_OK) {
        *out = (struct store_ckpt_status){.retention_ns = c->of->attrs.retention_ns};
        fake_section_at(c->of, (struct clv_bytes){"\xff none", 6});
        for (s = c->of->sections; s; s = s->next) {
            out->n_sections += s->id_size > 0;
            out->bytes_used += s->size;
        }
    }
    fake_unlock();
    return st;
}

enum store_status store_ckpt_active_set(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_begin(c, "ckpt_active_set", deadline_ns);
    if (st == STORE_OK)
        c->of->has_active = true;
    fake_unlock();
    return st;
}

enum store_status store_ckpt_active_check(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_begin(c, "ckpt_active_check", deadline_ns);
    if (st == STORE_OK && !c->of->has_active)
        st = STORE_NO_ACTIVE;
    fake_unlock();
    return st;
}

enum store_status store_ckpt_sync(struct store_ckpt *c, int64_t deadline_ns)
{
    enum store_status st;

    fake_lock();
    st = fake_begin(c, "ckpt_sync", deadline_ns);
    fake_unlock();
    return st;
}
