/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/handle.h"

#include <pthread.h>
#include <stdlib.h>

#define SLOT_BITS 17
#define SLOTS_MAX (UINT32_C(1) << SLOT_BITS)
#define SLOT_MASK (SLOTS_MAX - 1)
#define GENERATION_MAX UINT32_C(0x3fff)
#define NONE UINT32_MAX

struct slot {
    void *obj; /* NULL: free */
    void (*destroy)(void *);
    uint32_t generation;
    uint32_t pins;      /* the open handle itself counts as one */
    uint32_t next_free; /* of a free slot */
    enum clv_kind kind;
    bool open;
};

static struct {
    pthread_mutex_t lock; /* guards every field; a leaf: nothing is called with it held */
    struct slot *slots;
    uint32_t n, first_free, last_free;
} table = {.lock = PTHREAD_MUTEX_INITIALIZER, .first_free = NONE, .last_free = NONE};

static uint64_t number(uint32_t i)
{
    return (uint64_t)table.slots[i].generation << SLOT_BITS | i;
}

/* Lock held. To the end of the queue, under the next generation. */
static void slot_release(uint32_t i)
{
    struct slot *s = &table.slots[i];

    s->obj = NULL;
    s->generation = s->generation == GENERATION_MAX ? 1 : s->generation + 1;
    s->next_free = NONE;
    if (table.last_free == NONE)
        table.first_free = i;
    else
        table.slots[table.last_free].next_free = i;
    table.last_free = i;
}

/* Lock held. */
static bool table_grow(void)
{
    const uint32_t n = table.n ? table.n * 2 : 64;
    struct slot *slots;

    if (n > SLOTS_MAX)
        return false;
    slots = realloc(table.slots, n * sizeof(*slots));
    if (!slots)
        return false;
    table.slots = slots;
    for (; table.n < n; table.n++) {
        slots[table.n].generation = 0; /* released to 1 */
        slots[table.n].open = false;
        slot_release(table.n);
    }
    return true;
}

/* Lock held. The slot that h names, whether open or only pinned; NULL: stale. */
static struct slot *slot_of(uint64_t h)
{
    const uint32_t i = (uint32_t)h & SLOT_MASK;

    if (h > INT32_MAX || i >= table.n || !table.slots[i].obj || number(i) != h)
        return NULL;
    return &table.slots[i];
}

/* Lock held, and given up. */
static void unpin_and_unlock(struct slot *s)
{
    void (*const destroy)(void *) = s->destroy;
    void *dead = NULL;

    if (--s->pins == 0) {
        dead = s->obj;
        slot_release((uint32_t)(s - table.slots));
    }
    pthread_mutex_unlock(&table.lock);
    if (dead)
        destroy(dead);
}

uint64_t clv_handle_add(enum clv_kind kind, void *obj, void (*destroy)(void *))
{
    uint64_t h = 0;
    uint32_t i;

    pthread_mutex_lock(&table.lock);
    if (table.first_free != NONE || table_grow()) {
        i = table.first_free;
        table.first_free = table.slots[i].next_free;
        if (table.first_free == NONE)
            table.last_free = NONE;
        table.slots[i] = (struct slot){.obj = obj,
                                       .destroy = destroy,
                                       .generation = table.slots[i].generation,
                                       .pins = 1,
                                       .kind = kind,
                                       .open = true};
        h = number(i);
    }
    pthread_mutex_unlock(&table.lock);
    return h;
}

void *clv_handle_get(uint64_t h, enum clv_kind kind)
{
    struct slot *s;
    void *obj = NULL;

    pthread_mutex_lock(&table.lock);
    s = slot_of(h);
    if (s && s->open && s->kind == kind) {
        s->pins++;
        obj = s->obj;
    }
    pthread_mutex_unlock(&table.lock);
    return obj;
}

void clv_handle_pin(uint64_t h)
{
    struct slot *s;

    pthread_mutex_lock(&table.lock);
    s = slot_of(h);
    if (s)
        s->pins++;
    pthread_mutex_unlock(&table.lock);
}

void clv_handle_put(uint64_t h)
{
    struct slot *s;

    pthread_mutex_lock(&table.lock);
    s = slot_of(h);
    if (s)
        unpin_and_unlock(s);
    else /* pinned before a fork, put in the child */
        pthread_mutex_unlock(&table.lock);
}

bool clv_handle_close(uint64_t h, enum clv_kind kind)
{
    struct slot *s;

    pthread_mutex_lock(&table.lock);
    s = slot_of(h);
    if (!s || !s->open || s->kind != kind) {
        pthread_mutex_unlock(&table.lock);
        return false;
    }
    s->open = false;
    unpin_and_unlock(s);
    return true;
}

void clv_handle_lock(void)
{
    pthread_mutex_lock(&table.lock);
}

void clv_handle_unlock(void)
{
    pthread_mutex_unlock(&table.lock);
}

void clv_handle_forget_all(void)
{
    uint32_t i;

    for (i = 0; i < table.n; i++) {
        if (table.slots[i].obj)
            slot_release(i);
    }
}
