/* SPDX-License-Identifier: Apache-2.0 */
#include "shim/cpm_group.h"

#include <stdlib.h>
#include <string.h>

#include <clAmsErrors.h>
#include <clCpmApi.h>
#include <clHeapApi.h>

#include "amf/amf_client.h"
#include "shim/cpm_name.h"
#include "shim/cpm_service.h"

struct track {
    struct track *next;
    ClHandleT handle;
    ClUint8T flags; /* CHANGES, CHANGES_ONLY */
    char csi[];
};

static struct track *tracks; /* guarded by cpm_lock */

/* ---- the list; lock held ------------------------------------------------- */

static struct track **track_find(ClHandleT h, const char *csi)
{
    struct track **at;

    for (at = &tracks; *at; at = &(*at)->next)
        if ((*at)->handle == h && strcmp((*at)->csi, csi) == 0)
            break;
    return at;
}

/* Repeated calls add their flags. */
static bool track_add(ClHandleT h, const char *csi, ClUint8T flags)
{
    const size_t size = strlen(csi) + 1;
    struct track **at = track_find(h, csi);

    if (!*at) {
        *at = calloc(1, sizeof(**at) + size);
        if (!*at)
            return false;
        memcpy((*at)->csi, csi, size);
        (*at)->handle = h;
    }
    (*at)->flags |= flags;
    return true;
}

static void track_drop(struct track **at)
{
    struct track *t = *at;

    *at = t->next;
    free(t);
}

void cpm_group_forget(ClHandleT h)
{
    struct track **at = &tracks;

    while (*at)
        if ((*at)->handle == h)
            track_drop(at);
        else
            at = &(*at)->next;
}

void cpm_group_forget_all(void)
{
    while (tracks)
        track_drop(&tracks);
}

static json_t *track_request(const char *csi, ClUint8T flags)
{
    return json_pack("{s:s, s:i, s:s, s:i}", "t", "pgtrack", "id", 0, "csi", csi, "flags",
                     (int)flags);
}

void cpm_group_resume(void)
{
    const struct track *t;

    for (t = tracks; t; t = t->next)
        cpm_send(track_request(t->csi, t->flags));
}

/* ---- members ------------------------------------------------------------- */

static void member_fill(ClAmsPGNotificationT *n, const json_t *m)
{
    const char *comp = json_string_value(json_object_get(m, "comp"));

    cpm_name_set_counted(&n->member.compName, comp ? comp : "");
    n->member.haState = (ClAmsHAStateT)json_integer_value(json_object_get(m, "ha"));
    n->member.rank = (ClUint32T)json_integer_value(json_object_get(m, "rank"));
    n->change = (ClAmsPGChangeT)json_integer_value(json_object_get(m, "change"));
    if (!n->change)
        n->change = CL_AMS_PG_NO_CHANGE;
}

/* New, clHeapFree(); NULL: none, or no memory. */
static ClAmsPGNotificationT *members_new(const json_t *members)
{
    const size_t n = json_array_size(members);
    ClAmsPGNotificationT *list = n ? clHeapCalloc((ClUint32T)n, sizeof(*list)) : NULL;

    for (size_t i = 0; list && i < n; i++)
        member_fill(&list[i], json_array_get(members, i));
    return list;
}

/* ---- delivery ------------------------------------------------------------ */

static void members_tell(ClHandleT h, const json_t *m)
{
    const char *csi = json_string_value(json_object_get(m, "csi"));
    const json_t *members = json_object_get(m, "members");
    struct cpm *s = cpm_get(h);
    ClAmsPGNotificationBufferT buffer;
    ClNameT name;

    if (!s)
        return;
    cpm_name_set_counted(&name, csi ? csi : "");
    buffer.notification = members_new(members);
    buffer.numItems = buffer.notification ? (ClUint32T)json_array_size(members) : 0;
    s->callbacks.appProtectionGroupTrack(&name, &buffer, buffer.numItems, SA_AIS_OK);
    clHeapFree(buffer.notification);
    cpm_put(s);
}

/* The service of the n-th track of a CSI, 0: no more. */
static ClHandleT nth_tracker(const char *csi, unsigned n)
{
    const struct track *t;
    ClHandleT h = 0;

    pthread_mutex_lock(&cpm_lock);
    for (t = tracks; t && !h; t = t->next)
        if (strcmp(t->csi, csi) == 0 && n-- == 0)
            h = t->handle;
    pthread_mutex_unlock(&cpm_lock);
    return h;
}

void cpm_group_take(const json_t *m)
{
    const char *csi = json_string_value(json_object_get(m, "csi"));
    const ClHandleT only = (ClHandleT)json_integer_value(json_object_get(m, "handle"));
    ClHandleT h;

    if (only)
        members_tell(only, m);
    else
        for (unsigned n = 0; csi && (h = nth_tracker(csi, n)); n++)
            members_tell(h, m);
}

/* ---- the API ------------------------------------------------------------- */

/* Only the number when the caller brings an array: so did the original. */
static ClRcT buffer_fill(ClAmsPGNotificationBufferT *buffer, const json_t *members)
{
    buffer->numItems = (ClUint32T)json_array_size(members);
    if (buffer->notification || !buffer->numItems)
        return CL_OK;
    buffer->notification = members_new(members);
    return buffer->notification ? CL_OK : CPM_RC(CL_ERR_NO_MEMORY);
}

/* Takes answer. */
static void current_deliver(ClHandleT h, const char *csi, json_t *answer)
{
    json_t *members = json_object_get(answer, "members");
    json_t *m = members ? json_pack("{s:s, s:s, s:I, s:O}", "t", "pg", "csi", csi,
                                    "handle", (json_int_t)h, "members", members)
                        : NULL;

    json_decref(answer);
    if (m)
        amf_client_deliver(m);
}

static bool daemon_is_away(ClRcT rc)
{
    return rc == (ClRcT)AMF_RC_TRY_AGAIN || rc == (ClRcT)AMF_RC_TIMEOUT;
}

/* CURRENT: answered at once into the buffer, or by one callback. */
static ClRcT current_get(ClHandleT h, const char *csi, ClUint8T flags,
                         ClAmsPGNotificationBufferT *buffer)
{
    json_t *answer;
    ClRcT rc = cpm_call(track_request(csi, flags), &answer);

    if (daemon_is_away(rc)) {
        json_decref(answer);
        return CPM_RC(CL_ERR_DOESNT_EXIST);
    }
    if (!buffer) {
        current_deliver(h, csi, answer);
        return CL_OK; /* what the daemon says is not heard in this form */
    }
    if (!rc)
        rc = buffer_fill(buffer, json_object_get(answer, "members"));
    json_decref(answer);
    return rc;
}

static ClRcT group_track(const struct cpm *s, const char *csi, ClUint8T flags,
                         ClAmsPGNotificationBufferT *buffer)
{
    const ClUint8T changes =
        (ClUint8T)(flags & (CL_AMS_PG_TRACK_CHANGES | CL_AMS_PG_TRACK_CHANGES_ONLY));
    ClRcT rc = CL_OK;

    if (!s->callbacks.appProtectionGroupTrack)
        return CPM_RC(CL_ERR_INVALID_PARAMETER);
    if (cpm_is_alone())
        return CPM_RC(CL_ERR_DOESNT_EXIST);
    if (changes) {
        pthread_mutex_lock(&cpm_lock);
        if (!track_add(s->handle, csi, changes))
            rc = CPM_RC(CL_ERR_NO_MEMORY);
        pthread_mutex_unlock(&cpm_lock);
    }
    if (rc)
        return rc;
    if (flags & CL_AMS_PG_TRACK_CURRENT)
        return current_get(s->handle, csi, flags, buffer);
    cpm_send(track_request(csi, flags));
    return CL_OK;
}

ClRcT clCpmProtectionGroupTrack(ClCpmHandleT h, ClNameT *csi, ClUint8T flags,
                                ClAmsPGNotificationBufferT *buffer)
{
    char name[CPM_TEXT_MAX];
    struct cpm *s;
    ClRcT rc;

    if (!csi)
        return CPM_RC(CL_ERR_NULL_POINTER);
    s = cpm_get(h);
    if (!s)
        return CPM_BAD_HANDLE;
    cpm_name_text(name, csi);
    rc = group_track(s, name, flags, buffer);
    cpm_put(s);
    return rc;
}

ClRcT clCpmProtectionGroupTrackStop(ClCpmHandleT h, ClNameT *csi)
{
    char name[CPM_TEXT_MAX];
    struct track **at;
    struct cpm *s;
    bool last;

    if (!csi)
        return CPM_RC(CL_ERR_NULL_POINTER);
    s = cpm_get(h);
    if (!s)
        return CPM_BAD_HANDLE;
    cpm_name_text(name, csi);
    pthread_mutex_lock(&cpm_lock);
    at = track_find(h, name);
    if (*at)
        track_drop(at);
    for (at = &tracks; *at && strcmp((*at)->csi, name) != 0; at = &(*at)->next)
        ;
    last = !*at;
    pthread_mutex_unlock(&cpm_lock);
    cpm_put(s);
    if (cpm_is_alone())
        return CPM_RC(CL_ERR_DOESNT_EXIST);
    if (last)
        cpm_send(json_pack("{s:s, s:s}", "t", "pgstop", "csi", name));
    return CL_OK;
}
