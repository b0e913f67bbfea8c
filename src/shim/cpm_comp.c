/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/cpm_comp.h"

#include <stdlib.h>
#include <string.h>

static struct cpm_comp *comps;

static void csi_free(struct cpm_csi *csi)
{
    json_decref(csi->attrs);
    free(csi->name);
    free(csi->active);
    free(csi);
}

static void csis_free(struct cpm_comp *c)
{
    struct cpm_csi *csi;

    while ((csi = c->csis)) {
        c->csis = csi->next;
        csi_free(csi);
    }
}

struct cpm_comp *cpm_comp_add(const char *name, ClHandleT handle)
{
    const size_t size = strlen(name) + 1;
    struct cpm_comp *c = calloc(1, sizeof(*c) + size);

    if (!c)
        return NULL;
    memcpy(c->name, name, size);
    c->handle = handle;
    c->next = comps;
    comps = c;
    return c;
}

struct cpm_comp *cpm_comp_find(const char *name)
{
    struct cpm_comp *c;

    for (c = comps; c && strcmp(c->name, name) != 0; c = c->next)
        ;
    return c;
}

static void comp_drop(struct cpm_comp **at)
{
    struct cpm_comp *c = *at;

    *at = c->next;
    csis_free(c);
    json_decref(c->health);
    free(c);
}

void cpm_comp_remove(const char *name)
{
    struct cpm_comp **at;

    for (at = &comps; *at; at = &(*at)->next)
        if (strcmp((*at)->name, name) == 0) {
            comp_drop(at);
            return;
        }
}

void cpm_comp_remove_all(ClHandleT handle)
{
    struct cpm_comp **at = &comps;

    while (*at)
        if ((*at)->handle == handle)
            comp_drop(at);
        else
            at = &(*at)->next;
}

void cpm_comp_forget_all(void)
{
    while (comps)
        comp_drop(&comps);
}

struct cpm_comp *cpm_comp_next(const struct cpm_comp *after)
{
    return after ? after->next : comps;
}

/* ---- CSIs ---------------------------------------------------------------- */

static struct cpm_csi **csi_find(struct cpm_comp *c, const char *name)
{
    struct cpm_csi **at;

    for (at = &c->csis; *at && strcmp((*at)->name, name) != 0; at = &(*at)->next)
        ;
    return at;
}

static bool csi_differs(const struct cpm_csi *csi, const struct cpm_set *set)
{
    return csi->ha != set->ha ||
           (set->ha == CL_AMS_HA_STATE_STANDBY && csi->rank != set->rank);
}

/* A promotion carries no attributes: those of the assignment stay. */
static void csi_update(struct cpm_csi *csi, const struct cpm_set *set)
{
    char *active = strdup(set->active);

    csi->ha = set->ha;
    csi->rank = set->rank;
    csi->flags = set->flags;
    csi->transition = set->transition;
    if (active) {
        free(csi->active);
        csi->active = active;
    }
    if (set->attrs && json_array_size(set->attrs)) {
        json_decref(csi->attrs);
        csi->attrs = json_deep_copy(set->attrs);
    }
}

/* NULL: no memory. */
static struct cpm_csi *csi_add(struct cpm_csi **at, const char *name)
{
    struct cpm_csi *csi = calloc(1, sizeof(*csi));

    if (!csi)
        return NULL;
    csi->name = strdup(name);
    csi->active = strdup("");
    if (!csi->name || !csi->active) {
        csi_free(csi);
        return NULL;
    }
    *at = csi;
    return csi;
}

static bool set_one(struct cpm_comp *c, const struct cpm_set *set)
{
    struct cpm_csi **at = csi_find(c, set->csi), *csi = *at;

    if (csi && !csi_differs(csi, set))
        return false;
    if (!csi)
        csi = csi_add(at, set->csi);
    if (csi)
        csi_update(csi, set);
    return true;
}

/* An empty cache lets ACTIVE through, as release 6.0 did: better told twice than
 * never. */
static bool set_all(struct cpm_comp *c, const struct cpm_set *set)
{
    bool news = !c->csis && set->ha == CL_AMS_HA_STATE_ACTIVE;
    struct cpm_csi *csi;

    for (csi = c->csis; csi; csi = csi->next)
        if (csi_differs(csi, set)) {
            csi_update(csi, set);
            news = true;
        }
    return news;
}

bool cpm_comp_set(struct cpm_comp *c, const struct cpm_set *set)
{
    return *set->csi ? set_one(c, set) : set_all(c, set);
}

bool cpm_comp_csi_remove(struct cpm_comp *c, const char *csi)
{
    struct cpm_csi **at, *gone;

    if (!*csi) {
        const bool held = c->csis != NULL;

        csis_free(c);
        return held;
    }
    at = csi_find(c, csi);
    gone = *at;
    if (!gone)
        return false;
    *at = gone->next;
    csi_free(gone);
    return true;
}

void cpm_comp_quiesced(struct cpm_comp *c, const char *csi)
{
    struct cpm_csi *i;

    for (i = c->csis; i; i = i->next)
        if (i->ha == CL_AMS_HA_STATE_QUIESCING && (!*csi || strcmp(i->name, csi) == 0))
            i->ha = CL_AMS_HA_STATE_QUIESCED;
}
