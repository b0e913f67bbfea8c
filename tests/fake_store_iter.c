/* SPDX-License-Identifier: Apache-2.0 */
/* Iterators of the store in memory: a list made at the start. */
#include "fake_store_parts.h"

#include <stdlib.h>

static bool is_chosen(const struct section *s, enum store_chosen chosen, int64_t t)
{
    switch (chosen) {
    case STORE_FOREVER:
        return s->end_ns == STORE_TIME_END;
    case STORE_ENDS_UNTIL:
        return s->end_ns <= t;
    case STORE_ENDS_FROM:
        return s->end_ns >= t;
    case STORE_CORRUPTED:
        return s->damaged;
    case STORE_ANY:
        return true;
    }
    return false;
}

enum store_status store_iter_begin(struct store_ckpt *c, enum store_chosen chosen,
                                   struct store_when when, int64_t deadline_ns,
                                   struct store_iter **out)
{
    enum store_status st;
    struct store_iter *it;
    struct section *s;

    fake_lock();
    st = fake_begin(c, "iter_begin", deadline_ns);
    if (st == STORE_OK) {
        it = fake_need(calloc(1, sizeof(*it)));
        it->ckpt = c;
        fake_section_at(c->of, (struct clv_bytes){"\xff none", 6});
        for (s = c->of->sections; s; s = s->next) {
            if (!is_chosen(s, chosen, fake_end_of(when)))
                continue;
            it->ids = fake_need(realloc(it->ids, (it->n + 1) * sizeof(*it->ids)));
            it->sizes = fake_need(realloc(it->sizes, (it->n + 1) * sizeof(*it->sizes)));
            it->ids[it->n] = fake_copy(s->id, s->id_size);
            it->sizes[it->n++] = s->id_size;
        }
        fake.n_iterators++;
        *out = it;
    }
    fake_unlock();
    return st;
}

enum store_status store_iter_next(struct store_iter *it, struct store_section_info *out,
                                  int64_t deadline_ns)
{
    enum store_status st;
    struct section *s = NULL;

    fake_lock();
    st = fake_begin(it->ckpt, "iter_next", deadline_ns);
    free(it->lent);
    it->lent = NULL;
    while (st == STORE_OK && !s && it->at < it->n) {
        s = *fake_section_at(it->ckpt->of,
                             (struct clv_bytes){it->ids[it->at], it->sizes[it->at]});
        it->at++;
    }
    if (st == STORE_OK && !s)
        st = STORE_ABSENT;
    if (st == STORE_OK) {
        it->lent = fake_copy(s->id, s->id_size);
        *out = (struct store_section_info){.id = {it->lent, s->id_size},
                                           .end_ns = s->end_ns,
                                           .update_ns = s->update_ns,
                                           .size = s->size,
                                           .corrupted = s->damaged};
    }
    fake_unlock();
    return st;
}

void store_iter_end(struct store_iter *it)
{
    size_t i;

    fake_lock();
    fake_judge(it->ckpt->magic == MAGIC, "iterator outlives its checkpoint");
    for (i = 0; i < it->n; i++)
        free(it->ids[i]);
    free(it->ids);
    free(it->sizes);
    free(it->lent);
    free(it);
    fake.n_iterators--;
    fake_unlock();
}
