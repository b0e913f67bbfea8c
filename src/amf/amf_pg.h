/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protection-group tracking: which connection follows which CSI, with which of
 * the track flags. Pure bookkeeping; one entry per connection and CSI.
 */
#ifndef AMF_PG_H
#define AMF_PG_H

#include <stdbool.h>
#include <stddef.h>

enum { AMF_PG_CURRENT = 1, AMF_PG_CHANGES = 2, AMF_PG_CHANGES_ONLY = 4 };

/* ClAmsPGChangeT */
enum { AMF_PG_NO_CHANGE = 1, AMF_PG_ADDED, AMF_PG_REMOVED, AMF_PG_STATE_CHANGE };

struct amf_pg_tracker {
    void *who; /* the connection; borrowed, only compared */
    int csi;
    unsigned flags;
};

struct amf_pg {
    struct amf_pg_tracker *at; /* owned */
    size_t n, cap;
};

void amf_pg_free(struct amf_pg *pg);

/* Follow from now on; repeated calls add flags. CURRENT alone leaves no entry.
 * False: CHANGES and CHANGES_ONLY do not go together. */
bool amf_pg_track(struct amf_pg *pg, void *who, int csi, unsigned flags);
/* False: it was not tracking. */
bool amf_pg_stop(struct amf_pg *pg, void *who, int csi);
void amf_pg_forget(struct amf_pg *pg, const void *who);

#endif
