/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/children.h"

#include <stddef.h>

void clv_children_init(struct clv_children *p)
{
    *p = (struct clv_children){.first = NULL};
    pthread_mutex_init(&p->lock, NULL);
}

void clv_children_fini(struct clv_children *p)
{
    pthread_mutex_destroy(&p->lock);
}

bool clv_children_add(struct clv_children *p, struct clv_child *c)
{
    bool ok;

    pthread_mutex_lock(&p->lock);
    ok = !p->closed;
    if (ok) {
        c->prev = NULL;
        c->next = p->first;
        if (p->first)
            p->first->prev = c;
        p->first = c;
        c->listed = true;
    }
    pthread_mutex_unlock(&p->lock);
    return ok;
}

/* Lock held. */
static void unlink_child(struct clv_children *p, struct clv_child *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        p->first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    c->listed = false;
}

void clv_children_remove(struct clv_children *p, struct clv_child *c)
{
    pthread_mutex_lock(&p->lock);
    if (c->listed)
        unlink_child(p, c);
    pthread_mutex_unlock(&p->lock);
}

/* The number of one child that is listed no more; 0: there is none. */
static uint64_t take_first(struct clv_children *p)
{
    uint64_t h = 0;

    pthread_mutex_lock(&p->lock);
    p->closed = true;
    if (p->first) {
        h = p->first->handle;
        unlink_child(p, p->first);
    }
    pthread_mutex_unlock(&p->lock);
    return h;
}

void clv_children_close(struct clv_children *p, void (*close_one)(uint64_t h))
{
    uint64_t h;

    while ((h = take_first(p)) != 0)
        close_one(h);
}
