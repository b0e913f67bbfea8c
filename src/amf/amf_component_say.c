/* SPDX-License-Identifier: Apache-2.0 */
/* What registered components say: answers, faults, health and protection groups. */
#include <inttypes.h>
#include <string.h>

#include "amf/amf_component_in.h"
#include "base/clock.h"

/* ---- answers ------------------------------------------------------------- */

static const char *const call_words[] = {"the CSI set", "the CSI removal", "terminate",
                                         "the health check", "the proxied call"};

static void answer_log(struct amf_daemon *d, const struct amf_pending_call *c,
                       uint32_t rc)
{
    const double ms = (double)(clv_now_ns() - c->sent_ns) / (double)CLV_NS_PER_MS;

    amf_daemon_note_at(d, rc ? CLV_LOG_WARNING : CLV_LOG_INFO,
                       "%s: answered %s with 0x%" PRIx32 " in %.1f ms",
                       amf_component_name(d, c->comp), call_words[c->kind], rc, ms);
}

static void health_answered(struct amf_daemon *d, int comp, uint32_t rc)
{
    struct amf_event ev = {.type = AMF_EV_FAULT, .index = comp};

    if (amf_health_answer(&d->health, comp, rc == 0, &ev.recovery) != AMF_HEALTH_FAULT)
        return;
    amf_daemon_note(d, "%s: health check failed: answered 0x%" PRIx32,
                    amf_component_name(d, comp), rc);
    amf_daemon_feed(d, &ev);
}

/* The process may take its time to end: it is not waited for, and its end is no news. */
static void terminated(struct amf_daemon *d, int comp)
{
    amf_component_forget(d, comp);
    amf_supervisor_dismiss(d->supervisor, comp);
}

void amf_component_response(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const uint64_t inv = (uint64_t)json_integer_value(json_object_get(o, "inv"));
    const uint32_t rc = (uint32_t)json_integer_value(json_object_get(o, "rc"));
    const struct amf_event ev = {
        .type = AMF_EV_RESPONSE, .invocation = inv, .ok = rc == 0};
    const struct amf_pending_call *found = amf_pending_find(&d->pending, inv);
    struct amf_pending_call c;

    amf_server_reply(p, o, AMF_RE_OK, NULL);
    if (!found || found->asked != p->comp)
        return; /* an old one: settled meanwhile */
    c = *found;
    if (!c.quiescing || rc) /* a completion is still to come */
        amf_pending_drop(&d->pending, inv);
    answer_log(d, &c, rc);
    if (c.kind == AMF_CALL_HEALTH) {
        health_answered(d, c.comp, rc);
        return;
    }
    if (c.kind == AMF_CALL_TERMINATE && rc == 0)
        terminated(d, c.comp);
    else if (d->stopping)
        amf_supervisor_slay(d->supervisor, c.comp, true);
    if (d->stopping)
        amf_stop_progress(d);
    amf_daemon_feed(d, &ev);
}

void amf_component_quiesced(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const uint64_t inv = (uint64_t)json_integer_value(json_object_get(o, "inv"));
    const uint32_t rc = (uint32_t)json_integer_value(json_object_get(o, "rc"));
    const struct amf_event ev = {
        .type = AMF_EV_QUIESCING_DONE, .invocation = inv, .ok = rc == 0};
    const struct amf_pending_call *found = amf_pending_find(&d->pending, inv);

    amf_server_reply(p, o, AMF_RE_OK, NULL);
    if (!found || found->asked != p->comp || !found->quiescing)
        return;
    answer_log(d, found, rc);
    amf_pending_drop(&d->pending, inv);
    amf_daemon_feed(d, &ev);
}

/* ---- questions and reports ----------------------------------------------- */

static int csi_of(const struct amf_daemon *d, const json_t *o)
{
    const char *name = amf_server_text(o, "csi");

    return name ? amf_model_csi(d->model, name, strlen(name)) : -1;
}

void amf_component_hastate(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    const int csi = csi_of(d, o);
    const bool known = comp >= 0 && csi >= 0;

    /* The original succeeds even for names that it does not know. */
    amf_server_reply(
        p, o, AMF_RE_OK,
        json_pack("{s:i}", "ha",
                  known ? (int)amf_engine_ha(d->engine, comp, csi) : AMF_HA_NONE));
}

static bool recovery_of(const json_t *o, enum amf_recovery *out)
{
    const json_int_t n = json_integer_value(json_object_get(o, "recovery"));

    *out = (enum amf_recovery)n;
    return (n >= AMF_REC_NONE && n <= AMF_REC_APP_RESTART) ||
           (n >= AMF_REC_INTERNALLY_RECOVERED && n <= AMF_REC_NODE_HALT);
}

void amf_component_fault(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    struct amf_event ev = {.type = AMF_EV_FAULT, .index = comp};

    if (comp < 0) {
        amf_server_reply(p, o, AMF_RE_DOESNT_EXIST, NULL);
        return;
    }
    if (!recovery_of(o, &ev.recovery)) {
        amf_server_reply(p, o, AMF_RE_INVALID_PARAMETER, NULL);
        return;
    }
    amf_daemon_note(d, "%s: fault reported, recommended recovery %d",
                    amf_component_name(d, comp), (int)ev.recovery);
    amf_daemon_feed(d, &ev);
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

void amf_component_clear(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    const struct amf_event ev = {.type = AMF_EV_FAULT_CLEAR, .index = comp};

    if (comp >= 0)
        amf_daemon_feed(d, &ev);
    amf_server_reply(p, o, comp >= 0 ? AMF_RE_OK : AMF_RE_DOESNT_EXIST, NULL);
}

/* ---- health checks ------------------------------------------------------- */

void amf_component_hcstart(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    const char *key = amf_server_text(o, "key");
    const json_int_t type = json_integer_value(json_object_get(o, "type"));
    enum amf_recovery recovery;
    enum amf_health_result result;

    if (!recovery_of(o, &recovery) || comp < 0 || !d->comps[comp].registered ||
        (type != AMF_HEALTH_AMF_INVOKED && type != AMF_HEALTH_CLIENT_INVOKED)) {
        amf_server_reply(p, o, AMF_RE_INVALID_PARAMETER, NULL);
        return;
    }
    result = amf_health_start(&d->health, &d->model->comps[comp], comp,
                              (enum amf_health_type)type, recovery, key ? key : "",
                              amf_daemon_now_ms());
    if (result == AMF_HEALTH_OK)
        amf_daemon_note(d, "%s: health check started", amf_component_name(d, comp));
    amf_daemon_rearm(d);
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

void amf_component_hcconfirm(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    const uint32_t rc = (uint32_t)json_integer_value(json_object_get(o, "rc"));
    struct amf_event ev = {.type = AMF_EV_FAULT, .index = comp};

    amf_server_reply(p, o, comp >= 0 ? AMF_RE_OK : AMF_RE_DOESNT_EXIST, NULL);
    if (comp < 0 ||
        amf_health_confirm(&d->health, comp, rc == 0, &ev.recovery) != AMF_HEALTH_FAULT)
        return;
    amf_daemon_note(d, "%s: health check failed: confirmed with 0x%" PRIx32,
                    amf_component_name(d, comp), rc);
    amf_daemon_feed(d, &ev);
}

void amf_component_hcstop(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");

    if (comp >= 0)
        amf_health_stop(&d->health, comp);
    amf_daemon_rearm(d);
    amf_server_reply(p, o, comp >= 0 ? AMF_RE_OK : AMF_RE_DOESNT_EXIST, NULL);
}

/* ---- protection groups --------------------------------------------------- */

void amf_component_pgtrack(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const unsigned flags = (unsigned)json_integer_value(json_object_get(o, "flags"));
    const int csi = csi_of(d, o);
    json_t *answer = NULL;

    if (csi < 0) {
        amf_server_reply(p, o, AMF_RE_NOT_EXIST, NULL);
        return;
    }
    if (!amf_pg_track(&d->pg, p, csi, flags)) {
        amf_server_reply(p, o, AMF_RE_AMS | 0x2, NULL);
        return;
    }
    if (flags & AMF_PG_CURRENT)
        answer = json_pack("{s:o}", "members", amf_pg_members(d, csi, -1, 0, false));
    amf_server_reply(p, o, AMF_RE_OK, answer);
}

void amf_component_pgstop(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int csi = csi_of(d, o);
    const bool known = csi >= 0 && amf_pg_stop(&d->pg, p, csi);

    amf_server_reply(p, o, known ? AMF_RE_OK : AMF_RE_AMS | AMF_ADMIN_NOT_EXIST, NULL);
}
