/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_cluster.h"
#include "amf/amf_component_in.h"
#include "amf/amf_must.h"

const char *amf_component_name(const struct amf_daemon *d, int comp)
{
    return d->model->comps[comp].name;
}

void amf_component_drop_peer(struct amf_daemon *d, struct amf_peer *p)
{
    amf_pg_forget(&d->pg, p);
    amf_restore_forget_peer(d, p);
    if (d->cluster)
        amf_cluster_forget_peer(d->cluster, p);
    amf_peer_close(p);
}

/* ---- the end of an incarnation ------------------------------------------- */

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
    amf_daemon_note(d, "%s: %s", amf_component_name(d, comp), why);
    amf_daemon_feed(d, &ev);
    if (peer)
        amf_component_drop_peer(d, peer);
    if (d->restoring)
        amf_restore_progress(d);
}

/* ---- what the supervisor reports ----------------------------------------- */

static bool has_no_callbacks(const struct amf_daemon *d, int comp)
{
    return d->model->comps[comp].property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
}

static void launched(void *ctx, int comp, pid_t pid)
{
    struct amf_daemon *d = ctx;
    const struct amf_event ev = {.type = AMF_EV_LAUNCHED, .index = comp};
    struct amf_comp_run *run = &d->comps[comp];

    run->alive = run->launched = true;
    run->pid = pid;
    free(run->problem);
    run->problem = NULL;
    amf_daemon_note(d, "%s: launched, pid %d", amf_component_name(d, comp), (int)pid);
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
        amf_daemon_note(d, "%s: %s", amf_component_name(d, comp), why);
        return;
    }
    if (!run->peer && !sig && !status && !has_no_callbacks(d, comp)) {
        /* It may have put itself into the background: its registration, or the
         * instantiate time-out, will tell. */
        amf_daemon_note(d, "%s: %s before it registered", amf_component_name(d, comp),
                        why);
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
