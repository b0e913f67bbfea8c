/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_cluster.h"
#include "amf/amf_log.h"
#include "amf/amf_must.h"
#include "amf/amf_state_file.h"
#include "base/clock.h"

/* So long components are launched without a look at anything else. */
enum { LAUNCH_TURN_MS = 50 };

int64_t amf_daemon_now_ms(void)
{
    return clv_now_ns() / CLV_NS_PER_MS;
}

int amf_daemon_comp_node(const struct amf_daemon *d, int comp)
{
    return d->model->sus[d->model->comps[comp].su].node;
}

static void note_spread(struct amf_daemon *d, enum clv_sev level, const char *text)
{
    const int64_t ms = clv_wall_ns() / CLV_NS_PER_MS;
    struct amf_peer *p;

    clv_log(level, "%s", text);
    amf_history_add(&d->history, ms, text);
    for (p = d->listener ? amf_listener_first(d->listener) : NULL; p; p = p->next)
        if (p->watching)
            amf_peer_send(p, json_pack("{s:s, s:I, s:s}", "t", "event", "ms",
                                       (json_int_t)ms, "note", text));
}

void amf_daemon_note(struct amf_daemon *d, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    note_spread(d, CLV_LOG_INFO, text);
}

void amf_daemon_note_at(struct amf_daemon *d, enum clv_sev level, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    note_spread(d, level, text);
}

/* ---- feeding --------------------------------------------------------------- */

static void queue_push(struct amf_daemon *d, const struct amf_event *ev)
{
    if (d->n_events == d->cap_events) {
        d->cap_events = d->cap_events ? 2 * d->cap_events : 32;
        d->events = amf_must(realloc(d->events, d->cap_events * sizeof(*d->events)));
    }
    d->events[d->n_events++] = *ev;
}

/* One event, and its orders. The orders are taken off the engine's list first,
 * because carrying one out may feed the next event. */
static enum amf_admin_result step(struct amf_daemon *d, int64_t now_ms,
                                  const struct amf_event *ev)
{
    enum amf_admin_result result;
    const char *broken;
    size_t i;

    result = amf_engine_step(d->engine, now_ms, ev, &d->actions);
    amf_record_step(d->recorder, now_ms, ev, result, &d->actions);
    amf_trace_step(&d->trace, d->model, ev, &d->actions);
    if (amf_record_full(d->recorder))
        amf_record_turn(d->recorder, now_ms, amf_engine_dump(d->engine),
                        d->overlay.changes);
    for (i = 0; i < d->actions.n; i++)
        if (!d->cluster || amf_cluster_ours(d->cluster, &d->actions.at[i]))
            amf_orders_carry_out(d, &d->actions.at[i]);
    amf_updown_look(d);
    broken = amf_engine_check_touched(d->engine);
    if (broken)
        clv_log(CLV_LOG_ERROR, "the engine's state is not consistent: %s", broken);
    d->dirty = true;
    return result;
}

static void launch_more(uv_idle_t *idle);

/* Those that run already are heard between two turns of it: with hundreds to launch they
 * would wait longer for their answers than a call may take. */
void amf_daemon_launches(struct amf_daemon *d)
{
    const int64_t end_ms = amf_daemon_now_ms() + LAUNCH_TURN_MS;
    size_t i;

    for (i = 0; i < d->model->n_comps; i++) {
        if (!d->comps[i].launch_wanted)
            continue;
        if (amf_daemon_now_ms() > end_ms) {
            uv_idle_start(&d->launching, launch_more);
            return;
        }
        d->comps[i].launch_wanted = false;
        amf_supervisor_launch(d->supervisor, (int)i);
    }
    uv_idle_stop(&d->launching);
}

static void feed_all(struct amf_daemon *d)
{
    struct amf_event ev;

    d->feeding = true;
    do {
        while (d->n_events) {
            ev = d->events[0];
            memmove(d->events, d->events + 1, --d->n_events * sizeof(*d->events));
            step(d, amf_daemon_now_ms(), &ev);
        }
        amf_daemon_launches(d); /* a failure is the next event */
    } while (d->n_events);
    d->feeding = false;
    amf_daemon_rearm(d);
}

static void launch_more(uv_idle_t *idle)
{
    struct amf_daemon *d = idle->data;

    if (d->stopping)
        uv_idle_stop(idle);
    else if (d->cluster)
        amf_daemon_launches(d);
    else
        feed_all(d);
}

void amf_daemon_feed(struct amf_daemon *d, const struct amf_event *ev)
{
    if (d->restoring || d->stopping)
        return; /* the end of restoring tells the engine what is true then */
    if (d->cluster) {
        amf_cluster_feed(d->cluster, ev);
        return;
    }
    queue_push(d, ev);
    if (!d->feeding)
        feed_all(d);
}

enum amf_admin_result amf_daemon_admin(struct amf_daemon *d, const struct amf_event *ev)
{
    enum amf_admin_result result;

    d->feeding = true;
    result = step(d, amf_daemon_now_ms(), ev);
    feed_all(d);
    return result;
}

enum amf_admin_result amf_daemon_step(struct amf_daemon *d, int64_t now_ms,
                                      const struct amf_event *ev)
{
    const enum amf_admin_result result = step(d, now_ms, ev);

    amf_daemon_launches(d);
    return result;
}

/* ---- time ------------------------------------------------------------------ */

static void health_due(struct amf_daemon *d, int64_t now_ms)
{
    const struct amf_event fault = {.type = AMF_EV_FAULT};
    struct amf_health_check c;
    enum amf_health_due due;
    struct amf_event ev;

    while ((due = amf_health_take(&d->health, now_ms, &c)) != AMF_HEALTH_NOTHING) {
        if (due == AMF_HEALTH_CALL) {
            amf_orders_health_call(d, &c);
            continue;
        }
        amf_daemon_note(d, "%s: health check failed: %s", d->model->comps[c.comp].name,
                        c.type == AMF_HEALTH_AMF_INVOKED ? "no answer in time"
                                                         : "no confirmation in time");
        ev = fault;
        ev.index = c.comp;
        ev.recovery = c.recovery;
        amf_daemon_feed(d, &ev);
    }
}

static void tick(uv_timer_t *timer)
{
    struct amf_daemon *d = timer->data;
    struct amf_event ev = {.type = AMF_EV_TIMER};

    if (d->cluster)
        amf_cluster_timers_run(d->cluster);
    while (!d->cluster && amf_timers_take(&d->timers, amf_daemon_now_ms(), &ev.timer))
        amf_daemon_feed(d, &ev);
    health_due(d, amf_daemon_now_ms());
    amf_daemon_rearm(d);
}

void amf_daemon_rearm(struct amf_daemon *d)
{
    const int64_t timers =
        d->cluster ? amf_cluster_timer_ms(d->cluster) : amf_timers_next_ms(&d->timers);
    const int64_t health = amf_health_next_ms(&d->health);
    const int64_t next = timers < health ? timers : health;
    const int64_t left = next - amf_daemon_now_ms();

    if (next == INT64_MAX || (d->restoring && !d->cluster) || d->stopping) {
        uv_timer_stop(&d->tick);
        return;
    }
    uv_update_time(d->loop);
    uv_timer_start(&d->tick, tick, left > 0 ? (uint64_t)left : 0, 0);
}

void amf_daemon_keep(struct amf_daemon *d)
{
    if (!d->dirty || d->restoring || d->stopping)
        return;
    d->dirty = false;
    amf_restore_save(d);
}

static void save_state(uv_prepare_t *prepare)
{
    struct amf_daemon *d = prepare->data;

    if (d->cluster)
        amf_cluster_save(d->cluster);
    amf_daemon_keep(d);
}

/* ---- nodes ----------------------------------------------------------------- */

bool amf_daemon_node_up(struct amf_daemon *d, int node)
{
    const struct amf_event ev = {.type = AMF_EV_NODE_UP, .index = node};

    if (d->nodes[node].up)
        return false;
    d->nodes[node].up = true;
    d->nodes[node].held = false;
    d->nodes[node].resetting = false;
    amf_daemon_note(d, "node %s is up", d->model->nodes[node].name);
    amf_daemon_feed(d, &ev);
    return true;
}

void amf_daemon_node_down(struct amf_daemon *d, int node)
{
    const struct amf_event ev = {.type = AMF_EV_NODE_DOWN, .index = node};
    size_t i;

    if (!d->nodes[node].up)
        return;
    d->nodes[node].up = false;
    for (i = 0; i < d->model->n_comps; i++) {
        if (amf_daemon_comp_node(d, (int)i) != node)
            continue;
        amf_component_forget(d, (int)i);
        d->comps[i].launch_wanted = false;
        amf_supervisor_slay(d->supervisor, (int)i, true);
    }
    amf_daemon_note(d, "node %s is down", d->model->nodes[node].name);
    amf_daemon_feed(d, &ev);
}

bool amf_daemon_node_kill(struct amf_daemon *d, int node)
{
    struct amf_node_run *run = &d->nodes[node];

    if (!run->up && run->held)
        return false;
    run->held = true;
    run->resetting = false;
    amf_daemon_node_down(d, node);
    if (d->cluster)
        amf_cluster_killed(d->cluster, node);
    d->dirty = true;
    return true;
}

static bool in_transit(enum amf_presence p)
{
    return p == AMF_PRES_INSTANTIATING || p == AMF_PRES_TERMINATING ||
           p == AMF_PRES_RESTARTING;
}

bool amf_daemon_busy(const struct amf_daemon *d)
{
    size_t i;

    if (d->restoring || d->stopping || amf_pending_operations(&d->pending))
        return true;
    for (i = 0; i < d->model->n_comps; i++)
        if (in_transit(amf_engine_presence(d->engine, (int)i)))
            return true;
    return false;
}

/* ---- begin and end ----------------------------------------------------------- */

static void signalled(uv_signal_t *handle, int sig)
{
    amf_stop_begin(handle->data, sig == SIGTERM ? "SIGTERM" : "SIGINT");
}

static void handles_open(struct amf_daemon *d)
{
    uv_timer_init(d->loop, &d->tick);
    uv_timer_init(d->loop, &d->restore_limit);
    uv_timer_init(d->loop, &d->stop_limit);
    uv_prepare_init(d->loop, &d->save);
    uv_idle_init(d->loop, &d->launching);
    uv_signal_init(d->loop, &d->on_term);
    uv_signal_init(d->loop, &d->on_int);
    d->tick.data = d->restore_limit.data = d->stop_limit.data = d->save.data =
        d->launching.data = d->on_term.data = d->on_int.data = d;
    uv_prepare_start(&d->save, save_state);
    uv_signal_start(&d->on_term, signalled, SIGTERM);
    uv_signal_start(&d->on_int, signalled, SIGINT);
}

static void nodes_choose(struct amf_daemon *d)
{
    size_t i;
    int node;

    for (i = 0; i < d->model->n_nodes; i++)
        d->nodes[i].played = d->settings->all_nodes;
    for (i = 0; i < d->settings->n_nodes; i++) {
        node = amf_model_node(d->model, d->settings->nodes[i],
                              strlen(d->settings->nodes[i]));
        if (node >= 0)
            d->nodes[node].played = true;
    }
}

static bool recording_begin(struct amf_daemon *d)
{
    const char *path = d->settings->record;

    if (!path)
        return true;
    d->recorder = amf_record_open(path, (int64_t)d->settings->record_kib * 1024, d->model,
                                  d->settings->model_dir, d->fingerprint);
    if (!d->recorder)
        clv_log(CLV_LOG_ERROR, "--record %s: %s", path, strerror(errno));
    return d->recorder != NULL;
}

bool amf_daemon_open(struct amf_daemon *d, uv_loop_t *loop, const struct amf_settings *s,
                     struct amf_model *m)
{
    const struct amf_listener_events lines = amf_server_events(d);
    const struct amf_supervisor_events ends = amf_component_events(d);
    char why[400];
    size_t i;

    memset(d, 0, sizeof(*d));
    d->loop = loop;
    d->settings = s;
    d->model = m;
    d->began_ms = amf_daemon_now_ms();
    d->engine = amf_must(amf_engine_new(m));
    d->comps = amf_must(calloc(m->n_comps + 1, sizeof(*d->comps)));
    d->nodes = amf_must(calloc(m->n_nodes + 1, sizeof(*d->nodes)));
    for (i = 0; i < m->n_comps; i++)
        d->comps[i].proxy = -1;
    nodes_choose(d);
    d->fingerprint = amf_model_fingerprint(m);
    d->epoch = (uint64_t)(clv_wall_ns() / CLV_NS_PER_MS);
    handles_open(d);
    d->supervisor = amf_supervisor_new(loop, s, m, &ends);
    d->listener = amf_listener_new(loop, s->socket, &lines, why, sizeof(why));
    if (!d->listener) {
        clv_log(CLV_LOG_ERROR, "%s", why);
        return false;
    }
    if (!recording_begin(d))
        return false;
    if (s->cluster)
        d->cluster = amf_cluster_open(d);
    return d->cluster || !s->cluster;
}

void amf_daemon_begin(struct amf_daemon *d)
{
    char was[AMF_WHO_SIZE] = "";
    const bool restoring = amf_restore_begin(d, was, sizeof(was));
    size_t i;

    if (d->cluster)
        amf_cluster_begin(d->cluster, restoring ? was : NULL);
    if (d->cluster || restoring)
        return;
    for (i = 0; i < d->model->n_nodes; i++)
        if (d->nodes[i].played)
            amf_daemon_node_up(d, (int)i);
}

static void handles_close(struct amf_daemon *d)
{
    uv_close((uv_handle_t *)&d->tick, NULL);
    uv_close((uv_handle_t *)&d->restore_limit, NULL);
    uv_close((uv_handle_t *)&d->stop_limit, NULL);
    uv_close((uv_handle_t *)&d->save, NULL);
    uv_close((uv_handle_t *)&d->launching, NULL);
    uv_close((uv_handle_t *)&d->on_term, NULL);
    uv_close((uv_handle_t *)&d->on_int, NULL);
}

void amf_daemon_close(struct amf_daemon *d)
{
    size_t i;

    if (d->listener)
        amf_listener_close(d->listener);
    amf_supervisor_close(d->supervisor);
    if (d->cluster)
        amf_cluster_close(d->cluster);
    handles_close(d);
    uv_run(d->loop, UV_RUN_DEFAULT); /* the close callbacks */
    amf_listener_free(d->listener);
    amf_supervisor_free(d->supervisor);
    amf_restore_free(d);
    amf_cluster_free(d->cluster);
    amf_engine_free(d->engine);
    amf_actions_free(&d->actions);
    amf_timers_free(&d->timers);
    amf_health_free(&d->health);
    amf_pending_free(&d->pending);
    amf_pg_free(&d->pg);
    amf_history_free(&d->history);
    amf_record_close(d->recorder);
    for (i = 0; i < d->model->n_comps; i++) {
        free(d->comps[i].problem);
        free(d->comps[i].kept);
    }
    amf_overlay_free(&d->overlay);
    json_decref(d->user_data);
    free(d->comps);
    free(d->nodes);
    free(d->events);
}
