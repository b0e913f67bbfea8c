/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_daemon.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"
#include "base/clock.h"

static const char *name_of(const struct amf_daemon *d, int comp)
{
    return d->model->comps[comp].name;
}

static bool is_proxied(const struct amf_daemon *d, int comp)
{
    const enum amf_property p = d->model->comps[comp].property;

    return p == AMF_PROP_PROXIED_PREINSTANTIABLE ||
           p == AMF_PROP_PROXIED_NON_PREINSTANTIABLE;
}

static bool has_no_callbacks(const struct amf_daemon *d, int comp)
{
    return d->model->comps[comp].property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
}

static void peer_drop(struct amf_daemon *d, struct amf_peer *p)
{
    amf_pg_forget(&d->pg, p);
    amf_restore_forget_peer(d, p);
    if (d->cluster)
        amf_cluster_forget_peer(d->cluster, p);
    amf_peer_close(p);
}

/* ---- the end of an incarnation ------------------------------------------------------
 */

void amf_component_forget(struct amf_daemon *d, int comp)
{
    struct amf_comp_run *run = &d->comps[comp];
    size_t i;

    run->alive = run->registered = run->working = false;
    run->peer = NULL;
    run->pid = 0;
    run->terminate = 0;
    amf_health_stop(&d->health, comp);
    amf_pending_drop_comp(&d->pending, comp);
    for (i = 0; i < d->model->n_comps; i++)
        if (d->comps[i].proxy == comp)
            d->comps[i].registered = false;
    d->dirty = true;
}

void amf_component_gone(struct amf_daemon *d, int comp, const char *why)
{
    const struct amf_event ev = {.type = AMF_EV_EXITED, .index = comp};
    struct amf_comp_run *run = &d->comps[comp];
    struct amf_peer *peer = run->peer;

    if (!run->alive)
        return;
    /* First the kill: what is half dead must not act any longer. */
    amf_supervisor_slay(d->supervisor, comp, false);
    amf_component_forget(d, comp);
    amf_daemon_note(d, "%s: %s", name_of(d, comp), why);
    amf_daemon_feed(d, &ev);
    if (peer)
        peer_drop(d, peer);
    if (d->restoring)
        amf_restore_progress(d);
}

/* ---- what the supervisor reports ------------------------------------------------------
 */

static void launched(void *ctx, int comp, pid_t pid)
{
    struct amf_daemon *d = ctx;
    const struct amf_event ev = {.type = AMF_EV_LAUNCHED, .index = comp};
    struct amf_comp_run *run = &d->comps[comp];

    run->alive = run->launched = true;
    run->pid = pid;
    free(run->problem);
    run->problem = NULL;
    amf_daemon_note(d, "%s: launched, pid %d", name_of(d, comp), (int)pid);
    amf_daemon_feed(d, &ev);
}

static void launch_failed(void *ctx, int comp, const char *why)
{
    struct amf_daemon *d = ctx;
    const struct amf_event ev = {.type = AMF_EV_LAUNCH_FAILED, .index = comp};
    struct amf_comp_run *run = &d->comps[comp];

    free(run->problem);
    run->problem = amf_must(strdup(why));
    amf_daemon_note(d, "%s", why);
    amf_daemon_feed(d, &ev);
}

static void end_describe(char *text, size_t size, pid_t pid, int64_t status, int sig)
{
    if (sig)
        snprintf(text, size, "pid %d was killed by signal %d (%s)", (int)pid, sig,
                 strsignal(sig));
    else if (status < 0)
        snprintf(text, size, "pid %d has ended", (int)pid);
    else
        snprintf(text, size, "pid %d exited with status %d", (int)pid, (int)status);
}

static void process_ended(void *ctx, int comp, pid_t pid, bool present, int64_t status,
                          int sig)
{
    struct amf_daemon *d = ctx;
    const struct amf_comp_run *run = &d->comps[comp];
    char why[100];

    end_describe(why, sizeof(why), pid, status, sig);
    if (!present || !run->alive || (run->peer && run->pid != pid)) {
        /* Known to be over, or a helper: the process that registered is the component. */
        amf_daemon_note(d, "%s: %s", name_of(d, comp), why);
        return;
    }
    if (!run->peer && !sig && !status && !has_no_callbacks(d, comp)) {
        /* It may have put itself into the background: its registration, or the
         * instantiate time-out, will tell. */
        amf_daemon_note(d, "%s: %s before it registered", name_of(d, comp), why);
        return;
    }
    amf_component_gone(d, comp, why);
}

static void killed(void *ctx, int comp)
{
    struct amf_daemon *d = ctx;
    const struct amf_event ev = {.type = AMF_EV_EXITED, .index = comp};
    const struct amf_event answer = {
        .type = AMF_EV_RESPONSE, .invocation = d->comps[comp].terminate, .ok = true};

    if (answer.invocation) {
        d->comps[comp].terminate = 0;
        amf_daemon_feed(d, &answer);
    }
    amf_daemon_feed(d, &ev);
}

static bool node_is_silent(const struct amf_daemon *d, int node)
{
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        if (amf_daemon_comp_node(d, (int)i) == node &&
            amf_supervisor_count(d->supervisor, (int)i))
            return false;
    return true;
}

static void quieter(void *ctx)
{
    struct amf_daemon *d = ctx;
    size_t i;

    d->dirty = true;
    for (i = 0; i < d->model->n_nodes; i++)
        if (d->nodes[i].resetting && !d->restoring && node_is_silent(d, (int)i))
            amf_daemon_node_up(d, (int)i);
    if (d->stopping)
        amf_stop_progress(d);
}

struct amf_supervisor_events amf_component_events(struct amf_daemon *d)
{
    return (struct amf_supervisor_events){.ctx = d,
                                          .launched = launched,
                                          .launch_failed = launch_failed,
                                          .ended = process_ended,
                                          .killed = killed,
                                          .quieter = quieter};
}

/* ---- hello ----------------------------------------------------------------------------
 */

static json_t *about_node(const struct amf_daemon *d, int comp)
{
    const struct amf_node *node = &d->model->nodes[amf_daemon_comp_node(d, comp)];

    return json_pack("{s:s, s:I, s:I, s:I}", "node", node->name, "addr",
                     (json_int_t)node->slot, "epoch", (json_int_t)d->epoch, "orphan_ms",
                     (json_int_t)(d->cluster ? d->settings->orphan_ms : 0));
}

/* A process that worked under an earlier daemon which we know nothing of: what it
 * believes to be assigned is not, so it must not go on. */
static void stranger_kill(struct amf_daemon *d, struct amf_peer *p, int comp)
{
    amf_daemon_note(d, "%s: pid %d is left from an earlier time, killing it",
                    name_of(d, comp), (int)p->pid);
    if (p->pid > 0)
        kill(p->pid, SIGKILL);
    peer_drop(d, p);
}

static bool was_registered(const json_t *hello)
{
    return json_array_size(json_object_get(hello, "registered")) > 0 ||
           json_array_size(json_object_get(hello, "csis")) > 0;
}

/* The proxied components that a returning proxy speaks for. */
static void proxied_resume(struct amf_daemon *d, int proxy, const json_t *hello)
{
    const json_t *names = json_object_get(hello, "registered");
    const char *name;
    json_t *item;
    size_t i;
    int comp;

    json_array_foreach(names, i, item)
    {
        name = json_string_value(item);
        comp = name ? amf_model_comp(d->model, name, strlen(name)) : -1;
        if (comp >= 0 && comp != proxy && d->comps[comp].proxy == proxy)
            d->comps[comp].registered = true;
    }
}

void amf_component_hello(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const char *name = amf_server_text(o, "comp");
    const int comp = amf_server_comp(d, o, "comp");
    struct amf_comp_run *run = comp >= 0 ? &d->comps[comp] : NULL;

    if (!run || !d->nodes[amf_daemon_comp_node(d, comp)].played) {
        clv_log(CLV_LOG_WARNING,
                "pid %d says it is \"%s\", which is no component of ours", (int)p->pid,
                name ? name : "");
        amf_server_reply(p, o, AMF_RE_DOESNT_EXIST, NULL);
        return;
    }
    if (json_integer_value(json_object_get(o, "version")) > AMF_PROTO_VERSION) {
        amf_server_reply(p, o, AMF_RE_VERSION_MISMATCH, NULL);
        return;
    }
    if (json_is_true(json_object_get(o, "resume")) && !run->expected &&
        was_registered(o)) {
        stranger_kill(d, p, comp);
        return;
    }
    if (!d->nodes[amf_daemon_comp_node(d, comp)].up || d->stopping) {
        amf_server_reply(p, o, AMF_RE_TRY_AGAIN, NULL);
        return;
    }
    p->comp = comp;
    amf_server_reply(p, o, AMF_RE_OK, about_node(d, comp));
    if (!run->expected || run->pid != p->pid)
        return;
    run->peer = p;
    run->registered = was_registered(o);
    run->working = json_array_size(json_object_get(o, "csis")) > 0;
    proxied_resume(d, comp, o);
    amf_restore_progress(d);
}

/* ---- registration -------------------------------------------------------- */

/* The launched command started the process, directly or through a script. */
static bool belongs_to_launch(const struct amf_comp_run *run, pid_t pid)
{
    return run->launched && run->pid > 0 && getsid(pid) == run->pid;
}

/* Make sure that the end of a process that was not launched is seen, and that it is
 * the only one. */
static void process_take(struct amf_daemon *d, int comp, pid_t pid)
{
    struct amf_comp_run *run = &d->comps[comp];

    if (pid <= 0)
        return;
    if (amf_supervisor_find(d->supervisor, comp, pid) == AMF_PROCESS_UNKNOWN &&
        !belongs_to_launch(run, pid)) {
        if (run->alive)
            amf_daemon_note(
                d, "%s: pid %d was started by hand and takes the place of pid %d",
                name_of(d, comp), (int)pid, (int)run->pid);
        amf_supervisor_slay(d->supervisor, comp, false);
        run->launched = false;
    }
    amf_supervisor_adopt(d->supervisor, comp, pid, 0, false);
}

static enum amf_presence presence(const struct amf_daemon *d, int comp)
{
    return amf_engine_presence(d->cluster ? amf_cluster_engine(d->cluster) : d->engine,
                               comp);
}

/* The engine has heard of it; it may not want it. */
static uint32_t registered(struct amf_daemon *d, int comp)
{
    if (presence(d, comp) == AMF_PRES_INSTANTIATED)
        return AMF_RE_OK;
    amf_daemon_note(d, "%s: is not to run now, its registration is refused",
                    name_of(d, comp));
    amf_component_forget(d, comp);
    amf_supervisor_dismiss(d->supervisor, comp);
    return AMF_RE_TRY_AGAIN;
}

static void registered_in_cluster(struct amf_daemon *d, struct amf_peer *p,
                                  const json_t *request, const struct amf_event *ev,
                                  enum amf_admin_result result)
{
    if (p && d->comps[ev->index].peer == p)
        amf_server_reply(p, request, result ? AMF_RE_TRY_AGAIN : registered(d, ev->index),
                         NULL);
}

/* AMF_RE_LATER: it is answered by registered_in_cluster(). */
static uint32_t register_own(struct amf_daemon *d, struct amf_peer *p, int comp,
                             const json_t *o)
{
    const struct amf_event ev = {.type = AMF_EV_REGISTERED, .index = comp, .proxy = -1};
    struct amf_comp_run *run = &d->comps[comp];

    if (run->registered || (p->comp != comp && d->comps[p->comp].peer == p))
        return AMF_RE_EXIST;
    if (amf_supervisor_find(d->supervisor, comp, p->pid) == AMF_PROCESS_LEFTOVER &&
        presence(d, comp) == AMF_PRES_INSTANTIATING)
        return AMF_RE_INVALID_STATE; /* its successor is about to start */
    process_take(d, comp, p->pid);
    p->comp = comp;
    run->peer = p;
    run->pid = p->pid;
    run->alive = run->registered = true;
    amf_daemon_note(d, "%s: registered, pid %d", name_of(d, comp), (int)p->pid);
    if (d->cluster) {
        amf_cluster_ask(d->cluster, &ev, p, o, registered_in_cluster);
        return AMF_RE_LATER;
    }
    amf_daemon_feed(d, &ev);
    return registered(d, comp);
}

static uint32_t register_proxied(struct amf_daemon *d, const struct amf_peer *p, int comp,
                                 int proxy)
{
    const struct amf_event ev = {
        .type = AMF_EV_REGISTERED, .index = comp, .proxy = proxy};
    struct amf_comp_run *run = &d->comps[comp];

    if (!is_proxied(d, comp) || proxy != p->comp || d->comps[proxy].peer != p)
        return AMF_RE_INVALID_PARAMETER;
    if (run->registered)
        return AMF_RE_EXIST;
    run->proxy = proxy;
    run->registered = true;
    amf_daemon_note(d, "%s: registered by %s", name_of(d, comp), name_of(d, proxy));
    amf_daemon_feed(d, &ev);
    return AMF_RE_OK;
}

static uint32_t register_elsewhere(const struct amf_daemon *d, int comp)
{
    clv_log(CLV_LOG_WARNING,
            "%s: its registration is refused: it is on node %s, which another daemon "
            "plays; expected a component of this daemon's nodes",
            name_of(d, comp), d->model->nodes[amf_daemon_comp_node(d, comp)].name);
    return AMF_RE_DOESNT_EXIST;
}

void amf_component_register(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    const char *proxy_name = amf_server_text(o, "proxy");
    const int node = comp >= 0 ? amf_daemon_comp_node(d, comp) : -1;
    uint32_t rc;

    if (comp < 0)
        rc = AMF_RE_DOESNT_EXIST;
    else if (!d->nodes[node].played)
        rc = register_elsewhere(d, comp);
    else if (!d->nodes[node].up || d->stopping)
        rc = AMF_RE_TRY_AGAIN;
    else if (proxy_name && *proxy_name)
        rc = register_proxied(d, p, comp, amf_server_comp(d, o, "proxy"));
    else
        rc = register_own(d, p, comp, o);
    if (rc != AMF_RE_LATER)
        amf_server_reply(p, o, rc, NULL);
}

void amf_component_unregister(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    const int comp = amf_server_comp(d, o, "comp");
    const struct amf_event ev = {.type = AMF_EV_UNREGISTERED, .index = comp};
    struct amf_comp_run *run = comp >= 0 ? &d->comps[comp] : NULL;
    const int speaker = run && run->proxy >= 0 ? run->proxy : comp;

    if (!run || !run->registered || d->comps[speaker].peer != p) {
        amf_server_reply(p, o, AMF_RE_NOT_EXIST, NULL);
        return;
    }
    run->registered = false;
    amf_daemon_note(d, "%s: unregistered", name_of(d, comp));
    amf_daemon_feed(d, &ev);
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

void amf_component_bye(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    /* The connection stays: the answer to the call that ends the process may follow. */
    amf_pg_forget(&d->pg, p);
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

/* ---- answers ------------------------------------------------------------- */

static const char *const call_words[] = {"the CSI set", "the CSI removal", "terminate",
                                         "the health check", "the proxied call"};

static void answer_log(struct amf_daemon *d, const struct amf_pending_call *c,
                       uint32_t rc)
{
    const double ms = (double)(clv_now_ns() - c->sent_ns) / (double)CLV_NS_PER_MS;

    amf_daemon_note_at(d, rc ? CLV_LOG_WARNING : CLV_LOG_INFO,
                       "%s: answered %s with 0x%" PRIx32 " in %.1f ms",
                       name_of(d, c->comp), call_words[c->kind], rc, ms);
}

static void health_answered(struct amf_daemon *d, int comp, uint32_t rc)
{
    struct amf_event ev = {.type = AMF_EV_FAULT, .index = comp};

    if (amf_health_answer(&d->health, comp, rc == 0, &ev.recovery) != AMF_HEALTH_FAULT)
        return;
    amf_daemon_note(d, "%s: health check failed: answered 0x%" PRIx32, name_of(d, comp),
                    rc);
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
    amf_daemon_note(d, "%s: fault reported, recommended recovery %d", name_of(d, comp),
                    (int)ev.recovery);
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
        amf_daemon_note(d, "%s: health check started", name_of(d, comp));
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
                    name_of(d, comp), rc);
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
