/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/cpm_pending.h"

#include <stdlib.h>
#include <string.h>

enum { PENDING_MAX = 4096 };

static struct cpm_pending *first; /* the newest */
static unsigned n_pending;

const char *cpm_order_word(enum cpm_order order)
{
    /* clang-format off */
    static const char *const words[] = {
        [CPM_CSI_SET]             = "csiset",
        [CPM_CSI_REMOVE]          = "csirmv",
        [CPM_TERMINATE]           = "terminate",
        [CPM_HEALTH]              = "health",
        [CPM_PROXIED_INSTANTIATE] = "proxied-instantiate",
        [CPM_PROXIED_CLEANUP]     = "proxied-cleanup",
    };
    /* clang-format on */

    return words[order];
}

struct cpm_pending *cpm_pending_same(enum cpm_order order, const char *comp,
                                     const char *csi, int ha)
{
    struct cpm_pending *p;

    for (p = first; p; p = p->next)
        if (p->order == order && p->ha == ha && strcmp(p->comp, comp) == 0 &&
            strcmp(p->csi, csi) == 0)
            return p;
    return NULL;
}

struct cpm_pending *cpm_pending_find(uint64_t invocation)
{
    struct cpm_pending *p;

    for (p = first; p && p->invocation != invocation; p = p->next)
        ;
    return p;
}

void cpm_pending_remove(struct cpm_pending *p)
{
    struct cpm_pending **at;

    for (at = &first; *at != p; at = &(*at)->next)
        ;
    *at = p->next;
    n_pending--;
    free(p->comp);
    free(p->csi);
    free(p);
}

void cpm_pending_forget_all(void)
{
    while (first)
        cpm_pending_remove(first);
}

static void oldest_remove(void)
{
    struct cpm_pending *p;

    for (p = first; p->next; p = p->next)
        ;
    cpm_pending_remove(p);
}

bool cpm_pending_add(enum cpm_order order, uint64_t invocation, const char *comp,
                     const char *csi, int ha)
{
    struct cpm_pending *p = calloc(1, sizeof(*p));

    if (!p)
        return false;
    *p = (struct cpm_pending){.next = first,
                              .order = order,
                              .invocation = invocation,
                              .wire = invocation,
                              .ha = ha,
                              .comp = strdup(comp),
                              .csi = strdup(csi)};
    first = p;
    n_pending++;
    if (!p->comp || !p->csi) {
        cpm_pending_remove(p);
        return false;
    }
    if (n_pending > PENDING_MAX)
        oldest_remove();
    return true;
}

bool cpm_pending_terminate(const char *comp)
{
    return cpm_pending_same(CPM_TERMINATE, comp, "", 0) != NULL;
}
