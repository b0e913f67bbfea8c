/* SPDX-License-Identifier: Apache-2.0 */
/* What is read from the log, and what it means for the nodes of this daemon. */
#include "amf/amf_cluster_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_cluster_wire.h"
#include "amf/amf_must.h"
#include "base/clock.h"

/* ---- our own nodes ------------------------------------------------------- */

static void node_clear(struct amf_cluster *c, int node)
{
    struct amf_daemon *d = c->d;
    size_t i;

    d->nodes[node].up = false;
    for (i = 0; i < d->model->n_comps; i++) {
        if (amf_daemon_comp_node(d, (int)i) != node)
            continue;
        amf_component_forget(d, (int)i);
        c->carried_out[i] = c->generation[i];
        d->comps[i].launch_wanted = d->comps[i].expected = false;
        amf_supervisor_slay(d->supervisor, (int)i, true);
    }
}

/* Bring a node of ours in line with the state for the first time. */
static void node_settle(struct amf_cluster *c, int node)
{
    struct amf_node_run *run = &c->d->nodes[node];
    const struct amf_event down = {.type = AMF_EV_NODE_DOWN, .index = node};

    if (!amf_cluster_is_me(c, c->owner[node])) {
        clv_log(CLV_LOG_WARNING, "node %s is played by %s, waiting for that to end",
                c->d->model->nodes[node].name, c->owner[node]);
        node_clear(c, node);
        return;
    }
    if (amf_engine_node_up(c->d->engine, node)) {
        if (run->up)
            return; /* its components are taken over */
        amf_cluster_feed(c, &down);
    }
    node_clear(c, node);
    run->resetting = !run->held;
    if (run->held)
        amf_cluster_killed(c, node);
}

static bool owns_all(const struct amf_cluster *c)
{
    size_t i;

    for (i = 0; i < c->d->model->n_nodes; i++)
        if (c->d->nodes[i].played && !amf_cluster_is_me(c, c->owner[i]))
            return false;
    return true;
}

/* What was called before may be called again under another number. */
static void calls_drop(struct amf_daemon *d)
{
    size_t i = 0;

    while (i < d->pending.n) {
        if (d->pending.at[i].kind != AMF_CALL_HEALTH)
            amf_pending_drop(&d->pending, d->pending.at[i].invocation);
        else
            i++;
    }
}

static void settle(struct amf_cluster *c)
{
    struct amf_daemon *d = c->d;
    size_t i;

    amf_cluster_ahead_settle(c);
    calls_drop(d);
    for (i = 0; i < d->model->n_nodes; i++) {
        if (!d->nodes[i].played)
            d->nodes[i].up = amf_engine_node_up(d->engine, (int)i);
        else if (!c->settled)
            node_settle(c, (int)i);
    }
    c->settled = owns_all(c);
    if (d->restoring)
        amf_restore_progress(d);
    else
        amf_restore_report(d);
    amf_component_events(d).quieter(d);
    amf_daemon_rearm(d);
}

/* The others believe that we are dead, and have given our work away. */
static void resurrect(struct amf_cluster *c)
{
    struct amf_daemon *d = c->d;
    size_t i;

    amf_daemon_note(d, "the cluster has given up on this daemon: killing all components, "
                       "joining anew");
    amf_cluster_ahead_drop(c);
    if (d->restoring)
        amf_restore_abandon(d);
    for (i = 0; i < d->model->n_nodes; i++)
        if (d->nodes[i].played)
            node_clear(c, (int)i);
    c->was[0] = '\0';
    c->settled = false;
    c->epoch = 0;
    amf_cluster_name_make(c);
    amf_log_rename(c->log, c->who);
    amf_cluster_answer_all(c);
    amf_cluster_join(c);
}

/* ---- reading ------------------------------------------------------------- */

static void feed(struct amf_cluster *c, int64_t ms, const struct amf_event *ev,
                 enum amf_admin_result *result)
{
    *result = amf_daemon_step(c->d, ms, ev);
    c->unsaved = true;
}

static void node_lost(struct amf_cluster *c, int64_t ms, int node)
{
    const struct amf_event down = {.type = AMF_EV_NODE_DOWN, .index = node};
    enum amf_admin_result result;

    c->owner[node][0] = '\0';
    if (!c->d->nodes[node].played)
        c->d->nodes[node].held = false; /* whoever plays it next starts it */
    if (!amf_engine_node_up(c->d->engine, node))
        return;
    c->d->nodes[node].up = false;
    amf_daemon_note(c->d, "node %s is lost", c->d->model->nodes[node].name);
    feed(c, ms, &down, &result);
}

/* A daemon is gone: by itself, or because nothing was seen of it. */
static void read_gone(struct amf_cluster *c, const struct amf_log_entry *e,
                      const char *who)
{
    size_t i;

    if (amf_cluster_is_me(c, who) && !c->d->stopping) {
        resurrect(c);
        return;
    }
    amf_daemon_note(c->d, "daemon %s is gone", who);
    amf_cluster_orders_end(c, who);
    amf_cluster_member_remove(c, who);
    for (i = 0; i < c->d->model->n_nodes; i++)
        if (strcmp(c->owner[i], who) == 0)
            node_lost(c, e->ms, (int)i);
    if (c->epoch)
        amf_log_forget(c->log, who);
    if (!c->settled && !owns_all(c))
        amf_cluster_join(c); /* ours may be free now */
}

static void read_join(struct amf_cluster *c, const struct amf_log_entry *e,
                      const json_t *o)
{
    const char *was = amf_server_text(o, "was"), *model = amf_server_text(o, "model");
    json_t *item;
    size_t i, node;

    if (!amf_cluster_in_common(c, model))
        return; /* it sees that itself, by the state */
    amf_cluster_member_get(c, e->who)->joined = true;
    if (was && *was)
        amf_cluster_orders_end(c, was); /* its successor does not read them */
    json_array_foreach(json_object_get(o, "nodes"), i, item)
    {
        node = (size_t)json_integer_value(item);
        if (node >= c->d->model->n_nodes)
            continue;
        amf_cluster_member_admit(c, e->who, was, (int)node);
    }
    if (!was || !*was)
        return;
    amf_cluster_member_remove(c, was);
    if (c->epoch)
        amf_log_forget(c->log, was);
}

/* Overtaken by an order, or by the death of its writer. */
static bool outdated(const struct amf_cluster *c, const struct amf_log_entry *e,
                     const struct amf_wire_event *w)
{
    const enum amf_event_type type = w->ev.type;

    if (type == AMF_EV_NODE_UP || type == AMF_EV_NODE_DOWN)
        return strcmp(c->owner[w->ev.index], e->who) != 0;
    return amf_wire_is_about_comp(type) && w->generation != c->generation[w->ev.index];
}

static void before_feeding(struct amf_cluster *c, int64_t ms,
                           const struct amf_wire_event *w)
{
    struct amf_daemon *d = c->d;
    const int index = w->ev.index;

    if (w->ev.type == AMF_EV_TIMER)
        amf_timers_cancel_due(&d->timers, w->ev.timer, ms);
    else if (w->ev.type == AMF_EV_REGISTERED || w->ev.type == AMF_EV_LAUNCHED)
        c->pid[index] = w->pid;
    else if ((w->ev.type == AMF_EV_NODE_UP || w->ev.type == AMF_EV_NODE_DOWN) &&
             !d->nodes[index].played) {
        d->nodes[index].up = w->ev.type == AMF_EV_NODE_UP;
        d->nodes[index].held &= !d->nodes[index].up;
    }
}

static enum amf_admin_result event_read(struct amf_cluster *c,
                                        const struct amf_log_entry *e, const json_t *o)
{
    enum amf_admin_result result = AMF_ADMIN_TRY_AGAIN;
    struct amf_wire_event w;

    if (!amf_wire_unpack(c->d->model, o, &w))
        clv_log(CLV_LOG_WARNING, "entry %" PRIu64 " of the cluster's log is no event",
                e->n);
    else if (amf_cluster_has_joined(c, e->who) && !outdated(c, e, &w)) {
        before_feeding(c, e->ms, &w);
        feed(c, e->ms, &w.ev, &result);
    }
    return result;
}

void amf_cluster_event_read(struct amf_cluster *c, const struct amf_log_entry *e,
                            const json_t *o)
{
    event_read(c, e, o);
}

static void read_event(struct amf_cluster *c, const struct amf_log_entry *e,
                       const json_t *o)
{
    const enum amf_admin_result result = event_read(c, e, o);

    if (amf_cluster_is_me(c, e->who))
        amf_cluster_acknowledge(c, e->seq, result);
}

/* What is not the engine's to decide. */
static void read_shared(struct amf_cluster *c, const struct amf_log_entry *e,
                        const char *type, const json_t *o)
{
    enum amf_admin_result result = AMF_ADMIN_TRY_AGAIN;

    if (amf_cluster_has_joined(c, e->who)) {
        if (strcmp(type, "change") == 0)
            result = amf_ccb_apply(c->d, e->ms, e->who, json_object_get(o, "changes"));
        else
            result = amf_user_data_apply(c->d, o);
        c->unsaved = true;
    }
    if (amf_cluster_is_me(c, e->who))
        amf_cluster_acknowledge(c, e->seq, result);
}

static void read_mark(struct amf_cluster *c, const struct amf_log_entry *e)
{
    c->held = true;
    snprintf(c->held_who, sizeof(c->held_who), "%s", e->who);
    c->held_seq = e->seq;
    if (c->epoch)
        amf_cluster_state_append(c);
}

static void entry_read(struct amf_cluster *c, const struct amf_log_entry *e);

static void keep(struct amf_cluster *c, const struct amf_log_entry *e)
{
    struct kept *k = amf_must(calloc(1, sizeof(*k)));

    k->e = *e;
    k->e.who = amf_must(strdup(e->who));
    k->e.body = amf_must(strdup(e->body));
    *c->kept_end = k;
    c->kept_end = &k->next;
}

/* What came between the mark and its state. One of them may be the next mark. */
static void kept_read(struct amf_cluster *c)
{
    struct kept *list = c->kept, *next;

    c->kept = NULL;
    c->kept_end = &c->kept;
    for (; list; list = next) {
        next = list->next;
        entry_read(c, &list->e);
        amf_cluster_kept_free(list);
    }
}

static bool is_of(const struct amf_log_entry *e, const char *who, uint64_t seq)
{
    return e->seq == seq && strcmp(e->who, who) == 0;
}

/* Whether the state is as of the mark that holds us, or of one that we have kept: then
 * what came before that one is in the state, too, and is dropped. */
static bool state_fits(struct amf_cluster *c, const json_t *state)
{
    const uint64_t seq = (uint64_t)json_integer_value(json_object_get(state, "seq"));
    const char *of = amf_server_text(state, "of");
    const struct kept *k;
    bool found = false;

    if (!c->held || !of)
        return false;
    if (c->held_seq == seq && strcmp(c->held_who, of) == 0)
        return true;
    for (k = c->kept; k && !found; k = k->next)
        found = is_of(&k->e, of, seq);
    while (found) {
        struct kept *first = amf_cluster_kept_take(c);

        found = !is_of(&first->e, of, seq);
        amf_cluster_kept_free(first);
        if (!found)
            return true;
    }
    return false;
}

static void read_state(struct amf_cluster *c, const struct amf_log_entry *e,
                       const json_t *o)
{
    if (!state_fits(c, o))
        return;
    if (!amf_cluster_state_take(c, o, e->ms)) {
        clv_log(CLV_LOG_ERROR,
                "the cluster %s runs another model than %s, or another version of "
                "clovis-amfd; expected the same files and version",
                c->d->settings->cluster, c->d->settings->model_dir);
        c->d->exit_status = 1;
        uv_stop(c->d->loop);
        return;
    }
    c->held = false;
    if (!amf_cluster_has_joined(c, c->who)) {
        if (c->settled)
            resurrect(c);
        else
            amf_cluster_join(c); /* ours came before this state began */
        return;
    }
    c->based = c->unsaved = true;
    settle(c);
    kept_read(c);
}

static void entry_dispatch(struct amf_cluster *c, const struct amf_log_entry *e,
                           const json_t *o)
{
    const char *type = amf_server_text(o, "t");

    if (!type)
        return;
    if (strcmp(type, "ev") == 0) {
        read_event(c, e, o);
    } else if (strcmp(type, "ahead") == 0) {
        amf_cluster_ahead_read(c, e, o);
    } else if (strcmp(type, "change") == 0 || strcmp(type, "user-data") == 0) {
        read_shared(c, e, type, o);
    } else if (strcmp(type, "join") == 0) {
        read_join(c, e, o);
        read_mark(c, e);
    } else if (strcmp(type, "hole") == 0) {
        amf_cluster_orders_end(c, NULL); /* what is lost may be one, or its answer */
        read_mark(c, e);
    } else if (strcmp(type, "order") == 0) {
        amf_cluster_read_order(c, e, o);
    } else if (strcmp(type, "killed") == 0) {
        amf_cluster_read_killed(c, e, o);
    } else if (strcmp(type, "done") == 0) {
        amf_cluster_read_done(c, o);
    } else if (strcmp(type, "state") == 0) {
        read_state(c, e, o);
    } else if (strcmp(type, "leave") == 0 && amf_cluster_has_joined(c, e->who)) {
        read_gone(c, e, e->who);
    } else if (strcmp(type, "dead") == 0 && amf_server_text(o, "who")) {
        if (amf_cluster_has_joined(c, amf_server_text(o, "who")))
            read_gone(c, e, amf_server_text(o, "who"));
    }
}

static void entry_read(struct amf_cluster *c, const struct amf_log_entry *e)
{
    json_t *o;
    const char *type;

    if (c->blind) {
        if (!amf_cluster_is_me(c, e->who) || e->seq != c->mark)
            return;
        c->blind = false;
    }
    o = json_loadb(e->body, e->size, 0, NULL);
    type = amf_server_text(o, "t");
    if (c->held && !(type && strcmp(type, "state") == 0))
        keep(c, e);
    else
        entry_dispatch(c, e, o);
    json_decref(o);
}

void amf_cluster_on_entry(void *ctx, const struct amf_log_entry *e)
{
    struct amf_cluster *c = ctx;

    amf_cluster_ahead_entry(c, e);
    entry_read(c, e);
    amf_daemon_rearm(c->d);
}

void amf_cluster_on_hole(void *ctx)
{
    struct amf_cluster *c = ctx;

    amf_cluster_answer_all(c);
    if (c->based)
        amf_cluster_mark_append(c, json_pack("{s:s}", "t", "hole"));
    else
        amf_cluster_join(c);
}
