/* SPDX-License-Identifier: Apache-2.0 */
#include <clovisExt.h>

#include <string.h>

#include "shim/store.h"

int clovisStoreStatsGet(ClovisStoreStats *stats)
{
    struct store_stats s;
    ClovisStoreStats now = {0};
    size_t n;

    if (!stats || stats->size < offsetof(ClovisStoreStats, repaired))
        return -1;
    store_stats_get(&s);
    n = stats->size < sizeof(now) ? stats->size : sizeof(now);
    now.size = n;
    now.failovers = s.failovers;
    now.repaired = s.repaired;
    now.superseded = s.superseded;
    now.unrepairable = s.unrepairable;
    now.syncWrites = s.sync_writes;
    now.syncRounds = s.sync_rounds;
    now.syncNs = s.sync_ns;
    now.syncRepeats = s.sync_repeats;
    now.dropouts = s.dropouts;
    memcpy(stats, &now, n);
    return 0;
}
