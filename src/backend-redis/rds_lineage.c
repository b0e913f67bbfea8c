/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_lineage.h"

#include <string.h>

/* Forty digits; all zeros: a server without a history before its own. */
static bool is_id(const char *id)
{
    return strlen(id) == RDS_HISTORY_SIZE &&
           strspn(id, "0123456789abcdef") == RDS_HISTORY_SIZE &&
           strspn(id, "0") < RDS_HISTORY_SIZE;
}

bool rds_lineage_has(const struct rds_lineage *l, const char *id)
{
    size_t i;

    for (i = 0; i < l->n; i++)
        if (strcmp(l->id[i], id) == 0)
            return true;
    return false;
}

void rds_lineage_add(struct rds_lineage *l, const char *id)
{
    if (!is_id(id) || rds_lineage_has(l, id))
        return;
    if (l->n == RDS_LINEAGE_MAX)
        memmove(l->id[0], l->id[1], sizeof(l->id[0]) * --l->n);
    memcpy(l->id[l->n++], id, RDS_HISTORY_SIZE + 1);
}

void rds_lineage_merge(struct rds_lineage *l, struct clv_bytes text)
{
    const char *at = text.base, *end = at ? at + text.size : NULL;
    char id[RDS_HISTORY_SIZE + 1];

    for (; at && end - at >= RDS_HISTORY_SIZE; at += RDS_HISTORY_SIZE + 1) {
        memcpy(id, at, RDS_HISTORY_SIZE);
        id[RDS_HISTORY_SIZE] = '\0';
        rds_lineage_add(l, id);
    }
}

const char *rds_lineage_text(const struct rds_lineage *l, char out[RDS_LINEAGE_TEXT])
{
    size_t i;

    out[0] = '\0';
    for (i = 0; i < l->n; i++) {
        memcpy(out + i * (RDS_HISTORY_SIZE + 1), l->id[i], RDS_HISTORY_SIZE);
        out[(i + 1) * (RDS_HISTORY_SIZE + 1) - 1] = i + 1 < l->n ? ' ' : '\0';
    }
    return out;
}
