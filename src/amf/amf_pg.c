/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_pg.h"

#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"

#define FOLLOWING ((unsigned)AMF_PG_CHANGES | (unsigned)AMF_PG_CHANGES_ONLY)

void amf_pg_free(struct amf_pg *pg)
{
    free(pg->at);
    memset(pg, 0, sizeof(*pg));
}

static struct amf_pg_tracker *find(const struct amf_pg *pg, const void *who, int csi)
{
    size_t i;

    for (i = 0; i < pg->n; i++)
        if (pg->at[i].who == who && pg->at[i].csi == csi)
            return &pg->at[i];
    return NULL;
}

bool amf_pg_track(struct amf_pg *pg, void *who, int csi, unsigned flags)
{
    struct amf_pg_tracker *t = find(pg, who, csi);
    const unsigned wanted = (flags | (t ? t->flags : 0)) & FOLLOWING;

    if (wanted == FOLLOWING)
        return false;
    if (!wanted)
        return true;
    if (!t) {
        if (pg->n == pg->cap) {
            pg->cap = pg->cap ? 2 * pg->cap : 8;
            pg->at = amf_must(realloc(pg->at, pg->cap * sizeof(*pg->at)));
        }
        t = &pg->at[pg->n++];
        t->who = who;
        t->csi = csi;
    }
    t->flags = wanted;
    return true;
}

bool amf_pg_stop(struct amf_pg *pg, void *who, int csi)
{
    struct amf_pg_tracker *t = find(pg, who, csi);

    if (!t)
        return false;
    *t = pg->at[--pg->n];
    return true;
}

void amf_pg_forget(struct amf_pg *pg, const void *who)
{
    size_t i = 0;

    while (i < pg->n) {
        if (pg->at[i].who == who)
            pg->at[i] = pg->at[--pg->n];
        else
            i++;
    }
}
