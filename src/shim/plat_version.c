/* SPDX-License-Identifier: Apache-2.0 */
/* The version rule of all services: the release code must be one that is listed, the
 * major version at most the entry's; the minor is not looked at. */
#include <clVersionApi.h>

/* The first entry that fits, or the one at which the search ends. */
static const ClVersionT *entry_find(const ClVersionDatabaseT *db, const ClVersionT *want,
                                    ClRcT *rc)
{
    const ClVersionT *entry = db->versionsSupported;

    *rc = CL_RC(CL_CID_VERSION, CL_ERR_VERSION_MISMATCH);
    for (ClInt32T i = 0; i < db->versionCount; i++) {
        entry = &db->versionsSupported[i];
        if (want->releaseCode < entry->releaseCode)
            break;
        if (want->releaseCode == entry->releaseCode &&
            want->majorVersion <= entry->majorVersion) {
            *rc = CL_OK;
            break;
        }
    }
    return entry;
}

ClRcT clVersionVerify(ClVersionDatabaseT *db, ClVersionT *version)
{
    ClRcT rc;

    if (!db || !version || !db->versionsSupported || db->versionCount <= 0)
        return CL_RC(CL_CID_VERSION, CL_ERR_NULL_POINTER);
    *version = *entry_find(db, version, &rc);
    return rc;
}
