/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_daemon.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "amf/amf_cluster.h"
#include "amf/amf_must.h"
#include "amf/amf_process.h"
#include "amf/amf_state_file.h"

/* How long components that still run may take to connect again. */
enum { RETURN_MS = 5000 };

/* ---- processes of an earlier daemon -------------------------------------- */

static pid_t pid_of(const json_t *process)
{
    return (pid_t)json_integer_value(json_object_get(process, "pid"));
}

static uint64_t start_of(const json_t *process)
{
    return (uint64_t)json_integer_value(json_object_get(process, "start"));
}

/* Kill a process whose component is not in the model any more. */
static void process_kill(const json_t *process)
{
    const int fd = amf_process_open(pid_of(process));
    uint64_t start;

    if (fd < 0)
        return;
    if (amf_process_start(pid_of(process), &start) && start == start_of(process))
        amf_process_signal(fd, SIGKILL);
    close(fd);
}

/* Watch what still runs; true if the component's main process does. */
static bool processes_adopt(struct amf_daemon *d, int comp, const json_t *saved)
{
    const pid_t main_pid = pid_of(saved);
    bool found = false;
    json_t *process;
    size_t i;

    json_array_foreach(json_object_get(saved, "processes"), i, process)
    {
        const bool there =
            amf_supervisor_adopt(d->supervisor, comp, pid_of(process), start_of(process),
                                 json_is_true(json_object_get(process, "group")));
        const bool leftover = json_is_true(json_object_get(process, "leftover"));

        found = found || (there && !leftover && pid_of(process) == main_pid);
    }
    return found;
}

/* Start afresh: what was launched before must go first. */
static void leftovers_kill(struct amf_daemon *d, const json_t *state)
{
    json_t *saved, *process;
    const char *name;
    size_t i, k;
    int comp;

    json_array_foreach(json_object_get(state, "comps"), i, saved)
    {
        name = amf_server_text(saved, "name");
        comp = name ? amf_model_comp(d->model, name, strlen(name)) : -1;
        if (comp >= 0) {
            processes_adopt(d, comp, saved);
            amf_supervisor_slay(d->supervisor, comp, true);
            continue;
        }
        json_array_foreach(json_object_get(saved, "processes"), k, process)
            process_kill(process);
    }
}

/* ---- taking over --------------------------------------------------------- */

static void comp_restore(struct amf_daemon *d, const json_t *saved)
{
    const int comp = amf_server_comp(d, saved, "name");
    struct amf_comp_run *run;

    if (comp < 0)
        return;
    run = &d->comps[comp];
    run->proxy = amf_server_comp(d, saved, "proxy");
    run->launched = json_is_true(json_object_get(saved, "launched"));
    run->alive = processes_adopt(d, comp, saved);
    run->pid = run->alive ? pid_of(saved) : 0;
    if (!run->alive && amf_supervisor_count(d->supervisor, comp))
        amf_supervisor_dismiss(d->supervisor, comp);
    if (d->cluster)
        amf_cluster_generation_set(
            d->cluster, comp,
            (uint32_t)json_integer_value(json_object_get(saved, "generation")));
    run->expected = run->alive && json_is_true(json_object_get(saved, "registered"));
}

static void node_restore(struct amf_daemon *d, const json_t *saved)
{
    const char *name = amf_server_text(saved, "name");
    const int node = name ? amf_model_node(d->model, name, strlen(name)) : -1;

    if (node < 0)
        return;
    d->nodes[node].up = json_is_true(json_object_get(saved, "up"));
    d->nodes[node].held = json_is_true(json_object_get(saved, "held"));
    d->nodes[node].resetting = json_is_true(json_object_get(saved, "resetting"));
}

static bool expected_missing(const struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        if (d->comps[i].expected && d->comps[i].alive && !d->comps[i].peer)
            return true;
    return false;
}

/* Still there: connected again, or known to run where no connection is to be expected. */
static bool is_back(const struct amf_daemon *d, int comp)
{
    const struct amf_comp_run *run = &d->comps[comp];

    if (run->proxy >= 0)
        return run->registered && d->comps[run->proxy].peer;
    return run->alive && (run->peer || !run->expected);
}

static void restored_feed(struct amf_daemon *d, bool ok)
{
    struct amf_event ev = {.type = AMF_EV_RESTORED, .ok = ok, .proxy = -1};
    size_t i;

    for (i = 0; i < d->model->n_comps; i++) {
        if (!d->nodes[amf_daemon_comp_node(d, (int)i)].up || is_back(d, (int)i) != ok)
            continue;
        ev.index = (int)i;
        ev.proxy = d->comps[i].proxy;
        amf_daemon_feed(d, &ev);
    }
}

/* The state is a little older than the process: it has registered meanwhile. What it was
 * told to do since then nobody knows any more, so if it does something, it has to go. */
static void newcomer_report(struct amf_daemon *d, int comp)
{
    struct amf_event ev = {.type = AMF_EV_REGISTERED, .index = comp, .proxy = -1};
    const bool working = d->comps[comp].working;

    amf_daemon_feed(d, &ev);
    if (!working)
        return;
    amf_daemon_note(d, "%s: the cluster does not know what pid %d does, killing it",
                    d->model->comps[comp].name, (int)d->comps[comp].pid);
    amf_supervisor_slay(d->supervisor, comp, false);
    amf_component_forget(d, comp);
    ev.type = AMF_EV_EXITED;
    amf_daemon_feed(d, &ev);
}

void amf_restore_report(struct amf_daemon *d)
{
    struct amf_event ev = {.type = AMF_EV_RESTORED, .proxy = -1};
    size_t i;

    for (i = 0; i < d->model->n_comps; i++) {
        const int node = amf_daemon_comp_node(d, (int)i);
        const bool known = amf_cluster_resume(d->cluster, (int)i);

        if (!d->nodes[node].played || !d->nodes[node].up)
            continue;
        ev.index = (int)i;
        ev.ok = is_back(d, (int)i);
        if (ev.ok && !known) {
            amf_daemon_note(d, "%s: the cluster knows nothing of pid %d, killing it",
                            d->model->comps[i].name, (int)d->comps[i].pid);
            amf_supervisor_slay(d->supervisor, (int)i, false);
            amf_component_forget(d, (int)i);
            ev.ok = false;
        }
        amf_daemon_feed(d, &ev);
        if (ev.ok && d->comps[i].registered && d->comps[i].proxy < 0 &&
            amf_engine_presence(d->engine, (int)i) == AMF_PRES_INSTANTIATING)
            newcomer_report(d, (int)i);
    }
}

static void missing_give_up(struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->model->n_comps; i++) {
        if (!d->comps[i].alive || is_back(d, (int)i))
            continue;
        amf_daemon_note(d, "%s: pid %d did not connect again", d->model->comps[i].name,
                        (int)d->comps[i].pid);
        amf_supervisor_slay(d->supervisor, (int)i, false);
        amf_component_forget(d, (int)i);
    }
}

static void nodes_settle(struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->model->n_nodes; i++) {
        const struct amf_node_run *node = &d->nodes[i];

        if (node->up && !node->played)
            amf_daemon_node_down(d, (int)i);
        else if (!node->up && node->played && !node->held)
            amf_daemon_node_up(d, (int)i);
    }
}

static void deferred_run(struct amf_daemon *d)
{
    struct amf_deferred *deferred = d->deferred;
    const size_t n = d->n_deferred;
    size_t i;

    /* Dispatching may close a peer whose later requests are still in the list: it
     * stays ours, and is cleared by amf_restore_forget_peer(). */
    for (i = 0; i < n; i++) {
        if (deferred[i].peer)
            amf_server_dispatch(d, deferred[i].peer, deferred[i].request);
        json_decref(deferred[i].request);
        deferred[i].request = NULL;
    }
    free(deferred);
    d->deferred = NULL;
    d->n_deferred = 0;
}

static void finish(struct amf_daemon *d)
{
    size_t i;

    uv_timer_stop(&d->restore_limit);
    d->restore_late = true;
    if (d->cluster && !amf_cluster_based(d->cluster))
        return; /* amf_restore_progress() is called again then */
    missing_give_up(d);
    d->restoring = false;
    if (d->cluster) {
        amf_restore_report(d);
    } else {
        /* Those that are back first: they may have to take over from the others. */
        restored_feed(d, true);
        restored_feed(d, false);
    }
    for (i = 0; i < d->model->n_comps; i++)
        d->comps[i].expected = false;
    if (d->cluster)
        amf_component_events(d).quieter(d);
    else
        nodes_settle(d);
    d->dirty = true;
    amf_daemon_note(d, "taken over from an earlier daemon");
    amf_daemon_rearm(d);
    deferred_run(d);
}

static void limit_reached(uv_timer_t *timer)
{
    finish(timer->data);
}

void amf_restore_progress(struct amf_daemon *d)
{
    /* From the loop, not from inside the line that brought it: its answer goes first. */
    if (d->restoring && (d->restore_late || !expected_missing(d)))
        uv_timer_start(&d->restore_limit, limit_reached, 0, 0);
}

void amf_restore_abandon(struct amf_daemon *d)
{
    size_t i;

    uv_timer_stop(&d->restore_limit);
    d->restoring = false;
    for (i = 0; i < d->model->n_comps; i++)
        d->comps[i].expected = false;
    deferred_run(d);
}

static bool usable(const struct amf_daemon *d, const json_t *state)
{
    const char *model = amf_server_text(state, "model");
    char now[20];

    if (d->settings->fresh) {
        clv_log(CLV_LOG_INFO, "starting afresh, as asked");
        return false;
    }
    snprintf(now, sizeof(now), "%016" PRIx64, d->fingerprint);
    if (!model || strcmp(model, now) != 0) {
        clv_log(CLV_LOG_WARNING,
                "the model has changed since the last daemon: starting afresh");
        return false;
    }
    return true;
}

static void take_over(struct amf_daemon *d, const json_t *state)
{
    json_t *item;
    size_t i;

    d->epoch = (uint64_t)json_integer_value(json_object_get(state, "epoch"));
    json_array_foreach(json_object_get(state, "nodes"), i, item) node_restore(d, item);
    json_array_foreach(json_object_get(state, "comps"), i, item) comp_restore(d, item);
    d->restoring = true;
    uv_timer_start(&d->restore_limit, limit_reached, RETURN_MS, 0);
    amf_restore_progress(d);
}

/* False: it does not fit the model. */
static bool engine_restore(struct amf_daemon *d, const json_t *state, int64_t now_ms)
{
    const json_t *saved = json_object_get(state, "engine");
    struct amf_engine *e =
        amf_ccb_engine(d, json_object_get(state, "changes"), saved, now_ms);

    if (!e)
        return false;
    amf_engine_free(d->engine);
    d->engine = e;
    amf_record_state(d->recorder, now_ms, saved, d->overlay.changes);
    amf_user_data_restore(d, json_object_get(state, "user_data"));
    return true;
}

bool amf_restore_begin(struct amf_daemon *d, char *was, size_t was_size)
{
    const int64_t now_ms = amf_daemon_now_ms();
    char why[300];
    json_t *state = amf_state_read(d->settings->state_file, why, sizeof(why));
    bool ok;

    if (why[0])
        clv_log(CLV_LOG_WARNING, "%s; starting afresh", why);
    if (!state)
        return false;
    ok = usable(d, state);
    if (ok && amf_server_text(state, "cluster"))
        snprintf(was, was_size, "%s", amf_server_text(state, "cluster"));
    if (ok && (d->cluster != NULL) != (*was != '\0')) {
        clv_log(CLV_LOG_WARNING,
                "the last daemon was %s a cluster, this one is not: starting afresh",
                *was ? "in" : "outside");
        ok = false;
    }
    if (ok && !d->cluster && !engine_restore(d, state, now_ms)) {
        clv_log(CLV_LOG_WARNING, "%s: does not fit the model; starting afresh",
                d->settings->state_file);
        ok = false;
    }
    if (ok)
        take_over(d, state);
    else
        leftovers_kill(d, state);
    json_decref(state);
    return ok;
}

/* ---- requests that come meanwhile ---------------------------------------- */

void amf_restore_defer(struct amf_daemon *d, struct amf_peer *p, const json_t *o)
{
    struct amf_deferred *last;

    d->deferred =
        amf_must(realloc(d->deferred, (d->n_deferred + 1) * sizeof(*d->deferred)));
    last = &d->deferred[d->n_deferred++];
    last->peer = p;
    last->request = amf_must(json_deep_copy(o));
}

void amf_restore_forget_peer(struct amf_daemon *d, const struct amf_peer *p)
{
    size_t i;

    for (i = 0; i < d->n_deferred; i++)
        if (d->deferred[i].peer == p)
            d->deferred[i].peer = NULL;
}

void amf_restore_free(struct amf_daemon *d)
{
    size_t i;

    for (i = 0; i < d->n_deferred; i++)
        json_decref(d->deferred[i].request);
    free(d->deferred);
    d->deferred = NULL;
    d->n_deferred = 0;
}
