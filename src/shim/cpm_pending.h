/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders that the application was given and has not answered. The answer names
 * only the invocation; here stands what it was about. When the AMF repeats an order
 * that is still being worked on, the application is not asked again: its answer goes
 * to the repetition. Guarded by the caller: cpm_lock.
 */
#ifndef CLV_CPM_PENDING_H
#define CLV_CPM_PENDING_H

#include <stdbool.h>
#include <stdint.h>

enum cpm_order {
    CPM_CSI_SET,
    CPM_CSI_REMOVE,
    CPM_TERMINATE,
    CPM_HEALTH,
    CPM_PROXIED_INSTANTIATE,
    CPM_PROXIED_CLEANUP
};

/* The word that the protocol uses for an answer to such an order. */
const char *cpm_order_word(enum cpm_order order);

struct cpm_pending {
    struct cpm_pending *next;
    enum cpm_order order;
    uint64_t invocation; /* that the application holds */
    uint64_t wire;       /* that the daemon waits for */
    int ha;              /* of a CSI set */
    char *comp, *csi;    /* owned */
};

/* An order that says the same and is still unanswered; NULL: none. Borrowed. */
struct cpm_pending *cpm_pending_same(enum cpm_order order, const char *comp,
                                     const char *csi, int ha);

/* The order behind an invocation, NULL: unknown or answered. Borrowed. */
struct cpm_pending *cpm_pending_find(uint64_t invocation);

/* False: no memory. Beyond 4096 the oldest goes: nobody will answer it any more. */
bool cpm_pending_add(enum cpm_order order, uint64_t invocation, const char *comp,
                     const char *csi, int ha);

void cpm_pending_remove(struct cpm_pending *p);
void cpm_pending_forget_all(void);

/* Whether the component comp has been told to terminate and has not answered. */
bool cpm_pending_terminate(const char *comp);

#endif
