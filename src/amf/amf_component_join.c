/* SPDX-License-Identifier: Apache-2.0 */
/* Components that come, come back, and leave: hello, registration and their ends. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_cluster.h"
#include "amf/amf_component_in.h"

/* ---- hello --------------------------------------------------------------- */

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
                    amf_component_name(d, comp), (int)p->pid);
    if (p->pid > 0)
        kill(p->pid, SIGKILL);
    amf_component_drop_peer(d, p);
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

static bool is_proxied(const struct amf_daemon *d, int comp)
{
    const enum amf_property p = d->model->comps[comp].property;

    return p == AMF_PROP_PROXIED_PREINSTANTIABLE ||
           p == AMF_PROP_PROXIED_NON_PREINSTANTIABLE;
}

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
                amf_component_name(d, comp), (int)pid, (int)run->pid);
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
                    amf_component_name(d, comp));
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
    amf_daemon_note(d, "%s: registered, pid %d", amf_component_name(d, comp),
                    (int)p->pid);
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
    amf_daemon_note(d, "%s: registered by %s", amf_component_name(d, comp),
                    amf_component_name(d, proxy));
    amf_daemon_feed(d, &ev);
    return AMF_RE_OK;
}

static uint32_t register_elsewhere(const struct amf_daemon *d, int comp)
{
    clv_log(CLV_LOG_WARNING,
            "%s: its registration is refused: it is on node %s, which another daemon "
            "plays; expected a component of this daemon's nodes",
            amf_component_name(d, comp),
            d->model->nodes[amf_daemon_comp_node(d, comp)].name);
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
    amf_daemon_note(d, "%s: unregistered", amf_component_name(d, comp));
    amf_daemon_feed(d, &ev);
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}

void amf_component_bye(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    /* The connection stays: the answer to the call that ends the process may follow. */
    amf_pg_forget(&d->pg, p);
    amf_server_reply(p, o, AMF_RE_OK, NULL);
}
