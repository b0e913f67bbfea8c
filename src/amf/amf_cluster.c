/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_cluster_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_cluster_wire.h"
#include "amf/amf_must.h"
#include "base/clock.h"

/* A state is kept at once as long as it is small; a large one not more often than so. */
enum { LEAVE_MS = 1000, SAVE_MS = 500, SAVE_SMALL = 64 * 1024 };

/* ---- for the daemon ------------------------------------------------------ */

bool amf_cluster_ours(struct amf_cluster *c, const struct amf_action *a)
{
    const struct amf_daemon *d = c->d;
    int comp = a->index;
    bool did;

    switch (a->type) {
    case AMF_DO_TIMER:
    case AMF_DO_TIMER_CANCEL:
    case AMF_DO_PG_CHANGE:
    case AMF_DO_NOTE:
        return true;
    case AMF_DO_NODE_RESET:
        return d->nodes[a->index].played && !d->stopping;
    case AMF_DO_CSI_SET:
    case AMF_DO_CSI_REMOVE:
        comp = a->set.comp;
        break;
    default:
        break;
    }
    did = amf_cluster_ahead_did(c, a, comp);
    if (a->type == AMF_DO_LAUNCH || a->type == AMF_DO_KILL) {
        c->generation[comp]++;
        c->pid[comp] = 0;
        if (!did)
            c->carried_out[comp] = c->generation[comp];
    }
    return !did && d->nodes[amf_daemon_comp_node(d, comp)].played && !d->stopping;
}

int64_t amf_cluster_timer_ms(const struct amf_cluster *c)
{
    const int64_t next = amf_timers_next_ms(&c->d->timers);

    if (!c->epoch || !c->based || next == AMF_TIMERS_NONE)
        return AMF_TIMERS_NONE;
    return next - c->clock_ms;
}

void amf_cluster_timers_run(struct amf_cluster *c)
{
    const int64_t now_ms = amf_daemon_now_ms() + c->clock_ms;
    struct amf_wire_event w = {.ev = {.type = AMF_EV_TIMER}};

    /* They leave our list now, and those of the others when they read it. */
    while (c->epoch && amf_timers_take(&c->d->timers, now_ms, &w.ev.timer))
        amf_cluster_append(c, c->epoch, now_ms, amf_wire_pack(&w));
}

bool amf_cluster_based(const struct amf_cluster *c)
{
    return c->based && !c->blind && !c->held;
}

bool amf_cluster_resume(struct amf_cluster *c, int comp)
{
    const int pid = (int)c->d->comps[comp].pid;
    const bool known = c->carried_out[comp] == c->generation[comp] &&
                       (!pid || !c->pid[comp] || c->pid[comp] == pid);

    c->carried_out[comp] = c->generation[comp];
    return known;
}

const char *amf_cluster_who(const struct amf_cluster *c)
{
    return c->who;
}

uint32_t amf_cluster_generation(const struct amf_cluster *c, int comp)
{
    return c->carried_out[comp];
}

void amf_cluster_generation_set(struct amf_cluster *c, int comp, uint32_t generation)
{
    c->carried_out[comp] = generation;
}

static bool somebody_waits(const struct amf_cluster *c)
{
    const struct waiting *w;

    for (w = c->waiting; w; w = w->next)
        if (w->decided && !w->saved_as)
            return true;
    return false;
}

void amf_cluster_save(struct amf_cluster *c)
{
    const int64_t now_ns = clv_now_ns();
    struct waiting *w;
    uint64_t number;
    json_t *state;
    char *text;

    if (!c->unsaved || !c->epoch || !c->based || c->blind || c->held ||
        (!somebody_waits(c) && c->saved_size > SAVE_SMALL &&
         now_ns - c->saved_ns < SAVE_MS * CLV_NS_PER_MS))
        return;
    c->unsaved = false;
    c->saved_ns = now_ns;
    state = amf_cluster_state_pack(c);
    text = amf_must(json_dumps(state, JSON_COMPACT));
    c->saved_size = strlen(text);
    number = amf_log_save(c->log, c->epoch, text);
    json_decref(state);
    for (w = c->waiting; w; w = w->next)
        if (w->decided && !w->saved_as)
            w->saved_as = number;
}

int amf_cluster_pid(const struct amf_cluster *c, int comp)
{
    const enum amf_presence p = amf_engine_presence(c->d->engine, comp);

    if (amf_cluster_ahead_on(c) && c->d->nodes[amf_daemon_comp_node(c->d, comp)].played)
        return (int)c->d->comps[comp].pid;
    return p == AMF_PRES_UNINSTANTIATED ? 0 : c->pid[comp];
}

int amf_cluster_leader_node(const struct amf_cluster *c)
{
    const char *leader = c->epoch ? c->who : c->leader;
    size_t i;

    for (i = 0; *leader && i < c->d->model->n_nodes; i++)
        if (strcmp(c->owner[i], leader) == 0)
            return (int)i;
    return -1;
}

json_t *amf_cluster_describe(const struct amf_cluster *c)
{
    json_t *owners = amf_must(json_object());
    size_t i;

    for (i = 0; i < c->d->model->n_nodes; i++)
        json_object_set_new(owners, c->d->model->nodes[i].name, json_string(c->owner[i]));
    return json_pack("{s:s, s:s, s:b, s:I, s:I, s:b, s:b, s:o, s:o}", "name",
                     c->d->settings->cluster, "who", c->who, "leads", c->epoch != 0,
                     "epoch", (json_int_t)c->epoch, "lease_ms",
                     (json_int_t)c->d->settings->lease_ms, "settled",
                     amf_cluster_based(c) && c->settled, "ahead", amf_cluster_ahead_on(c),
                     "members", amf_cluster_members_pack(c), "owners", owners);
}

/* ---- begin and end ------------------------------------------------------- */

struct amf_cluster *amf_cluster_open(struct amf_daemon *d)
{
    struct amf_cluster *c = amf_must(calloc(1, sizeof(*c)));
    const struct amf_log_events events = {.ctx = c,
                                          .entry = amf_cluster_on_entry,
                                          .hole = amf_cluster_on_hole,
                                          .view = amf_cluster_on_view,
                                          .elected = amf_cluster_on_elected,
                                          .saved = amf_cluster_on_saved};

    c->d = d;
    c->kept_end = &c->kept;
    c->blind = true;
    c->lease_ns = d->settings->lease_ms * CLV_NS_PER_MS;
    c->owner = amf_must(calloc(d->model->n_nodes + 1, sizeof(*c->owner)));
    c->generation = amf_must(calloc(d->model->n_comps + 1, sizeof(*c->generation)));
    c->carried_out = amf_must(calloc(d->model->n_comps + 1, sizeof(*c->carried_out)));
    c->pid = amf_must(calloc(d->model->n_comps + 1, sizeof(*c->pid)));
    amf_cluster_name_make(c);
    c->log = amf_log_open(d->loop, d->settings->cluster, c->who, d->settings->lease_ms,
                          &events);
    if (!c->log) {
        amf_cluster_free(c);
        return NULL;
    }
    amf_cluster_ahead_open(c);
    return c;
}

void amf_cluster_begin(struct amf_cluster *c, const char *was)
{
    snprintf(c->was, sizeof(c->was), "%s", was ? was : "");
    amf_cluster_join(c);
}

void amf_cluster_close(struct amf_cluster *c)
{
    if (amf_cluster_has_joined(c, c->who))
        amf_cluster_append(c, 0, 0, json_pack("{s:s}", "t", "leave"));
    amf_cluster_answer_decided(c);
    amf_log_forget(c->log, c->who);
    amf_log_close(c->log, LEAVE_MS);
    amf_cluster_ahead_close(c);
}

void amf_cluster_free(struct amf_cluster *c)
{
    if (!c)
        return;
    while (c->waiting) {
        struct waiting *w = c->waiting;

        c->waiting = w->next;
        json_decref(w->request);
        free(w);
    }
    while (c->kept)
        amf_cluster_kept_free(amf_cluster_kept_take(c));
    while (c->members)
        amf_cluster_member_remove(c, c->members->who);
    amf_log_free(c->log);
    amf_cluster_ahead_free(c);
    free(c->snapshot);
    free(c->owner);
    free(c->generation);
    free(c->carried_out);
    free(c->pid);
    free(c);
}
