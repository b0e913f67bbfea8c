/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library remembers: one record, so that a change of it is atomic. Numbers are
 * 32 bits, high byte first: format, checkpoints; for each: length of the name, the name,
 * data sets; for each of them: id, group, order.
 */
#include <stdlib.h>
#include <string.h>

#include "base/logline.h"
#include "shim/lib_ckpt.h"

enum { FORMAT = 1 };

static const struct clv_bytes meta_key = {"\0\0\0\x14", 4};

static unsigned char *number_put(unsigned char *to, size_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (unsigned char)(number >> shift);
    return to;
}

ClRcT lib_meta_save(struct lib_service *s)
{
    size_t size = 2 * 4, n_ckpts = 0;
    unsigned char *block, *to;
    enum store_status st;

    for (const struct lib_ckpt *c = s->ckpts; c; c = c->next) {
        n_ckpts++;
        size += 2 * 4 + strlen(c->name);
        for (const struct lib_set *set = c->sets; set; set = set->next)
            size += 3 * 4;
    }
    block = malloc(size);
    if (!block)
        return LIB_RC(CL_ERR_NO_MEMORY);
    to = number_put(number_put(block, FORMAT), n_ckpts);
    for (const struct lib_ckpt *c = s->ckpts; c; c = c->next) {
        const size_t length = strlen(c->name);
        size_t n_sets = 0;

        for (const struct lib_set *set = c->sets; set; set = set->next)
            n_sets++;
        to = number_put(to, length);
        memcpy(to, c->name, length);
        to = number_put(to + length, n_sets);
        for (const struct lib_set *set = c->sets; set; set = set->next)
            to = number_put(number_put(number_put(to, set->id), set->group), set->order);
    }
    st = s->own->ops->put(s->own, meta_key, (struct clv_bytes){block, size});
    free(block);
    return lib_db_rc(st);
}

/* What is left to read; empty and wrong after the first number that was not there. */
struct reader {
    const unsigned char *at;
    size_t left;
    bool wrong;
};

static uint32_t number_get(struct reader *r)
{
    uint32_t number = 0;

    if (r->left < 4) {
        r->wrong = true;
        r->left = 0;
        return 0;
    }
    for (int i = 0; i < 4; i++)
        number = number << 8 | r->at[i];
    r->at += 4;
    r->left -= 4;
    return number;
}

static struct lib_set *set_get(struct reader *r)
{
    struct lib_set *const set = calloc(1, sizeof(*set));

    if (set) {
        set->id = number_get(r);
        set->group = number_get(r);
        set->order = number_get(r);
    }
    return set;
}

static struct lib_ckpt *ckpt_get(struct reader *r)
{
    const uint32_t length = number_get(r);
    struct lib_ckpt *c;

    if (length > r->left) {
        r->wrong = true;
        return NULL;
    }
    c = calloc(1, sizeof(*c) + length + 1);
    if (!c)
        return NULL;
    memcpy(c->name, r->at, length);
    r->at += length;
    r->left -= length;
    return c;
}

static enum store_status damaged(void)
{
    clv_log(CLV_LOG_ERROR, "checkpoint library: its list of checkpoints is damaged");
    return STORE_DAMAGED;
}

static enum store_status decode(struct lib_service *s, struct reader *r)
{
    struct lib_ckpt **last = &s->ckpts;
    uint32_t n_ckpts;

    if (number_get(r) != FORMAT)
        r->wrong = true;
    n_ckpts = number_get(r);
    for (uint32_t i = 0; i < n_ckpts && !r->wrong; i++) {
        struct lib_ckpt *const c = ckpt_get(r);
        uint32_t n_sets;

        if (!c)
            return r->wrong ? damaged() : STORE_NO_MEM;
        *last = c;
        last = &c->next;
        n_sets = number_get(r);
        for (uint32_t j = 0; j < n_sets && !r->wrong; j++) {
            struct lib_set *const set = set_get(r);

            if (!set)
                return STORE_NO_MEM;
            set->next = c->sets;
            c->sets = set;
        }
    }
    return r->wrong ? damaged() : STORE_OK;
}

ClRcT lib_meta_load(struct lib_service *s)
{
    struct reader r = {0};
    void *block;
    enum store_status st = s->own->ops->get(s->own, meta_key, &block, &r.left);

    if (st == STORE_ABSENT)
        return CL_OK;
    if (st == STORE_OK) {
        r.at = block;
        st = decode(s, &r);
        free(block);
    }
    return lib_db_rc(st);
}
