/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles made from a handle: the checkpoints of a service, the iterators of a
 * checkpoint. Closing the parent closes the children; a child pins its parent, so
 * that children are destroyed first.
 */
#ifndef CLV_CHILDREN_H
#define CLV_CHILDREN_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct clv_child {
    struct clv_child *prev, *next; /* guarded by the parent's lock */
    uint64_t handle;
    bool listed;
};

struct clv_children {
    pthread_mutex_t lock; /* guards what follows and the links; a leaf */
    struct clv_child *first;
    bool closed;
};

void clv_children_init(struct clv_children *p);
void clv_children_fini(struct clv_children *p);

/* False: the parent is being closed. */
bool clv_children_add(struct clv_children *p, struct clv_child *c);

/* Harmless for a child that is not listed. */
void clv_children_remove(struct clv_children *p, struct clv_child *c);

/* Close all children; no child is added from here on. A number may be stale when
 * close_one gets it, because somebody else was faster. */
void clv_children_close(struct clv_children *p, void (*close_one)(uint64_t h));

#endif
