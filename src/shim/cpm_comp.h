/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The components that this process has registered, and which CSIs each of them
 * holds. The AMF may repeat an order (after a restart of the daemon, for instance);
 * the CSIs tell a repetition from news. Guarded by the caller: cpm_lock.
 */
#ifndef CLV_CPM_COMP_H
#define CLV_CPM_COMP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <clAmsTypes.h>

struct cpm_csi {
    struct cpm_csi *next;
    ClAmsHAStateT ha;
    ClUint32T flags, rank;
    ClUint32T transition;
    char *name;    /* owned */
    char *active;  /* owned; name of the active component, or "" */
    json_t *attrs; /* owned; array of [name, value], or NULL */
};

struct cpm_comp {
    struct cpm_comp *next;
    ClHandleT handle; /* of the service that registered it */
    struct cpm_csi *csis;
    ClAmsCompHealthcheckKeyT key; /* of the last HealthcheckStart */
    json_t *health;               /* owned; that HealthcheckStart as sent, or NULL */
    bool confirmed;               /* the daemon has accepted the registration */
    char name[];
};

/* One order to set CSIs; strings and attrs are borrowed. */
struct cpm_set {
    const char *csi; /* "": every CSI that the component holds */
    ClAmsHAStateT ha;
    ClUint32T flags, rank, transition;
    const char *active;
    const json_t *attrs;
};

/* New in the list; NULL: no memory. */
struct cpm_comp *cpm_comp_add(const char *name, ClHandleT handle);

/* Borrowed; NULL: not registered. */
struct cpm_comp *cpm_comp_find(const char *name);

void cpm_comp_remove(const char *name);
void cpm_comp_remove_all(ClHandleT handle);
void cpm_comp_forget_all(void);

/* Each in turn, starting with NULL. */
struct cpm_comp *cpm_comp_next(const struct cpm_comp *after);

/* Note the order. False: it repeats what the component holds already, and the
 * application should not see it. */
bool cpm_comp_set(struct cpm_comp *c, const struct cpm_set *set);

/* Note a removal; csi "": all. False: no such CSI is held. */
bool cpm_comp_csi_remove(struct cpm_comp *c, const char *csi);

/* What was QUIESCING is QUIESCED now, without another callback. */
void cpm_comp_quiesced(struct cpm_comp *c, const char *csi);

#endif
