/* SPDX-License-Identifier: Apache-2.0 */
/* Who is there, and who leads. */
#include "amf/amf_cluster_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"
#include "base/clock.h"

/* ---- who is there, who leads --------------------------------------------- */

/* After an outage nobody can be blamed for what was not seen meanwhile. */
static void forgive(struct amf_cluster *c, int64_t now_ns)
{
    struct member *m;

    for (m = c->members; m; m = m->next)
        m->seen_ns = now_ns + c->lease_ns;
}

static void beats_look(struct amf_cluster *c, const struct amf_log_view *v,
                       int64_t now_ns)
{
    struct member *m;
    size_t i;

    for (i = 0; i < v->n_beats; i++) {
        m = amf_cluster_member_get(c, v->beats[i].who);
        if (strcmp(m->count, v->beats[i].count) == 0)
            continue;
        snprintf(m->count, sizeof(m->count), "%s", v->beats[i].count);
        m->seen_ns = now_ns;
    }
}

static bool is_silent(const struct amf_cluster *c, const struct member *m, int64_t now_ns)
{
    return now_ns - m->seen_ns > c->lease_ns;
}

static bool leader_missing(struct amf_cluster *c, const struct amf_log_view *v,
                           int64_t now_ns)
{
    const struct member *m;

    if (!*v->leader || amf_cluster_is_me(c, v->leader))
        return true; /* nobody yet; or the answer to our election was lost */
    m = amf_cluster_member_get(c, v->leader);
    if (c->based)
        return !m->joined || is_silent(c, m, now_ns);
    /* Those who know the state come first. */
    return now_ns - m->seen_ns > 2 * c->lease_ns;
}

static void bury_silent(struct amf_cluster *c, int64_t now_ns)
{
    struct member *m;

    for (m = c->members; m; m = m->next) {
        if (!m->joined || m->buried || amf_cluster_is_me(c, m->who) ||
            !is_silent(c, m, now_ns))
            continue;
        m->buried = true;
        amf_daemon_note(c->d, "nothing is seen of daemon %s, counting it as dead",
                        m->who);
        amf_cluster_append(c, c->epoch, 0,
                           json_pack("{s:s, s:s}", "t", "dead", "who", m->who));
    }
}

void amf_cluster_on_view(void *ctx, const struct amf_log_view *v)
{
    struct amf_cluster *c = ctx;
    const int64_t now_ns = clv_now_ns();

    c->clock_ms = v->ms - now_ns / CLV_NS_PER_MS;
    if (now_ns - c->view_ns > c->lease_ns / 2) /* amf_cluster_ahead.c counts on it */
        forgive(c, now_ns);
    c->view_ns = now_ns;
    snprintf(c->leader, sizeof(c->leader), "%s", v->leader);
    beats_look(c, v, now_ns);
    if (c->epoch && (v->epoch != c->epoch || !amf_cluster_is_me(c, v->leader))) {
        if (v->epoch >= c->epoch)
            amf_daemon_note(c->d, "no longer the leader, %s is", v->leader);
        c->epoch = 0;
        amf_cluster_answer_decided(c);
    }
    if (!c->epoch && !c->d->stopping && leader_missing(c, v, now_ns))
        amf_log_elect(c->log, v->epoch);
    if (c->epoch && c->based && !c->blind && !c->held)
        bury_silent(c, now_ns);
    amf_cluster_ahead_view(c, v);
    amf_daemon_rearm(c->d);
}

void amf_cluster_on_elected(void *ctx, uint64_t epoch, const char *snapshot)
{
    struct amf_cluster *c = ctx;

    c->epoch = epoch;
    free(c->snapshot);
    c->snapshot = snapshot ? amf_must(strdup(snapshot)) : NULL;
    amf_daemon_note(c->d, "leader of the cluster %s, epoch %" PRIu64,
                    c->d->settings->cluster, epoch);
    if (c->held)
        amf_cluster_state_append(c);
    else if (c->based && !c->blind)
        bury_silent(c, clv_now_ns());
    amf_daemon_rearm(c->d);
}
