/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_cluster.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "amf/amf_cluster_wire.h"
#include "amf/amf_log.h"
#include "amf/amf_must.h"
#include "base/clock.h"

/* A state is kept at once as long as it is small; a large one not more often than so. */
enum { LEAVE_MS = 1000, SAVE_MS = 500, SAVE_SMALL = 64 * 1024 };

struct member {
    struct member *next;
    char who[AMF_WHO_SIZE];
    char count[24];  /* its beat, as last seen */
    int64_t seen_ns; /* when that changed */
    bool joined;     /* else only its beats are known */
    bool buried;     /* its death is on the way into the log */
};

struct waiting {
    struct waiting *next;
    uint64_t seq;
    struct amf_event ev;
    struct amf_peer *peer;
    json_t *request; /* owned */
    amf_cluster_done done;
};

struct kept {
    struct kept *next;
    struct amf_log_entry e; /* its texts are owned */
};

struct amf_cluster {
    struct amf_daemon *d;
    struct amf_log *log;
    char who[AMF_WHO_SIZE], was[AMF_WHO_SIZE];
    int64_t lease_ns;
    int64_t clock_ms; /* the cluster's time minus the monotonic clock */
    int64_t view_ns;  /* of the last view; 0: none yet */
    char leader[AMF_WHO_SIZE];
    uint64_t epoch; /* that we lead under; 0: we do not */

    /* What stands in the log, in this order: a mark (a join, or a hole that somebody
     * met), then the state as of the mark. Between them everything is kept. */
    bool blind;                  /* what comes does not concern us until our own mark */
    uint64_t mark;               /* its number */
    bool held;                   /* a mark was read, its state was not */
    char held_who[AMF_WHO_SIZE]; /* whose mark, and its number */
    uint64_t held_seq;
    struct kept *kept, **kept_end;
    bool based;   /* the engine's state is, or was, the cluster's */
    bool settled; /* our nodes have been brought in line with it */
    char *snapshot;

    struct member *members;
    char (*owner)[AMF_WHO_SIZE]; /* of each node; "": nobody plays it */
    uint32_t *generation;        /* of each component: launches and kills ordered */
    uint32_t *carried_out;       /* the same, of ours, as far as carried out here */
    int *pid;                    /* of each component's process, 0: not known */
    struct waiting *waiting;
    int64_t saved_ns;
    size_t saved_size;
    bool unsaved;
};

/* ---- names and members ---------------------------------------------------------------
 */

static void name_make(struct amf_cluster *c)
{
    char host[33] = "";
    uint32_t salt = 0;

    gethostname(host, sizeof(host) - 1);
    if (getrandom(&salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
        salt = (uint32_t)clv_wall_ns();
    snprintf(c->who, sizeof(c->who), "%s-%d-%08x", host, (int)getpid(), (unsigned)salt);
}

static bool is_me(const struct amf_cluster *c, const char *who)
{
    return strcmp(c->who, who) == 0;
}

static struct member *member_find(const struct amf_cluster *c, const char *who)
{
    struct member *m;

    for (m = c->members; m; m = m->next)
        if (strcmp(m->who, who) == 0)
            return m;
    return NULL;
}

static struct member *member_get(struct amf_cluster *c, const char *who)
{
    struct member *m = member_find(c, who);

    if (m)
        return m;
    m = amf_must(calloc(1, sizeof(*m)));
    snprintf(m->who, sizeof(m->who), "%s", who);
    /* It may need a moment until it shows up, after an outage too. */
    m->seen_ns = clv_now_ns() + c->lease_ns;
    m->next = c->members;
    c->members = m;
    return m;
}

static void member_remove(struct amf_cluster *c, const char *who)
{
    struct member **link, *m;

    for (link = &c->members; (m = *link); link = &m->next) {
        if (strcmp(m->who, who) != 0)
            continue;
        *link = m->next;
        free(m);
        return;
    }
}

static bool has_joined(const struct amf_cluster *c, const char *who)
{
    const struct member *m = member_find(c, who);

    return m && m->joined;
}

/* ---- appending -----------------------------------------------------------------------
 */

/* o is taken. */
static uint64_t append(struct amf_cluster *c, uint64_t epoch, int64_t min_ms, json_t *o)
{
    char *text = amf_must(json_dumps(amf_must(o), JSON_COMPACT));
    const uint64_t seq = amf_log_append(c->log, epoch, min_ms, text);

    free(text);
    json_decref(o);
    return seq;
}

/* Before events of a component can be told from those of its predecessor, the orders
 * that have not been carried out here must not count. */
static uint32_t generation_now(const struct amf_cluster *c, int comp)
{
    return c->d->nodes[amf_daemon_comp_node(c->d, comp)].played ? c->carried_out[comp]
                                                                : c->generation[comp];
}

static uint64_t event_append(struct amf_cluster *c, const struct amf_event *ev)
{
    struct amf_wire_event w = {.ev = *ev};

    if (amf_wire_is_about_comp(ev->type)) {
        w.generation = generation_now(c, ev->index);
        w.pid = (int)c->d->comps[ev->index].pid;
    }
    return append(c, 0, 0, amf_wire_pack(&w));
}

void amf_cluster_feed(struct amf_cluster *c, const struct amf_event *ev)
{
    event_append(c, ev);
}

void amf_cluster_ask(struct amf_cluster *c, const struct amf_event *ev,
                     struct amf_peer *peer, const json_t *request, amf_cluster_done done)
{
    struct waiting *w = amf_must(calloc(1, sizeof(*w)));

    w->ev = *ev;
    w->peer = peer;
    w->request = json_incref((json_t *)(uintptr_t)request);
    w->done = done;
    w->next = c->waiting;
    c->waiting = w;
    w->seq = event_append(c, ev);
}

void amf_cluster_forget_peer(struct amf_cluster *c, const struct amf_peer *peer)
{
    struct waiting *w;

    for (w = c->waiting; w; w = w->next)
        if (w->peer == peer)
            w->peer = NULL;
}

static void waiting_end(struct amf_cluster *c, struct waiting *w,
                        enum amf_admin_result result)
{
    w->done(c->d, w->peer, w->request, &w->ev, result);
    json_decref(w->request);
    free(w);
}

/* Our entry seq was fed with this result. */
static void answer(struct amf_cluster *c, uint64_t seq, enum amf_admin_result result)
{
    struct waiting **link, *w;

    for (link = &c->waiting; (w = *link); link = &w->next) {
        if (w->seq != seq)
            continue;
        *link = w->next;
        waiting_end(c, w, result);
        return;
    }
}

/* What was asked is not going to be fed. */
static void answer_all(struct amf_cluster *c)
{
    struct waiting *w;

    while ((w = c->waiting)) {
        c->waiting = w->next;
        waiting_end(c, w, AMF_ADMIN_TRY_AGAIN);
    }
}

static struct kept *kept_take(struct amf_cluster *c)
{
    struct kept *k = c->kept;

    if (!k)
        return NULL;
    c->kept = k->next;
    if (!c->kept)
        c->kept_end = &c->kept;
    return k;
}

static void kept_free(struct kept *k)
{
    free((char *)(uintptr_t)k->e.who);
    free((char *)(uintptr_t)k->e.body);
    free(k);
}

/* Read nothing until what is appended here comes back, then wait for the state. */
static void mark_append(struct amf_cluster *c, json_t *mark)
{
    c->blind = true;
    c->held = false;
    while (c->kept)
        kept_free(kept_take(c));
    c->mark = append(c, 0, 0, mark);
}

static void join(struct amf_cluster *c)
{
    const struct amf_daemon *d = c->d;
    json_t *nodes = amf_must(json_array());
    char model[20];
    size_t i;

    for (i = 0; i < d->model->n_nodes; i++)
        if (d->nodes[i].played)
            json_array_append_new(nodes, json_integer((json_int_t)i));
    snprintf(model, sizeof(model), "%016" PRIx64, d->fingerprint);
    mark_append(c, json_pack("{s:s, s:s, s:s, s:o}", "t", "join", "was", c->was, "model",
                             model, "nodes", nodes));
}

/* ---- the state as an entry ----------------------------------------------- */

static json_t *members_pack(const struct amf_cluster *c)
{
    json_t *list = amf_must(json_array());
    const struct member *m;

    for (m = c->members; m; m = m->next)
        if (m->joined)
            json_array_append_new(list, json_string(m->who));
    return list;
}

static json_t *comps_pack(const struct amf_cluster *c)
{
    json_t *list = amf_must(json_array());
    size_t i;

    for (i = 0; i < c->d->model->n_comps; i++)
        json_array_append_new(
            list, json_pack("[I, i]", (json_int_t)c->generation[i], c->pid[i]));
    return list;
}

static json_t *state_pack(const struct amf_cluster *c)
{
    json_t *owners = amf_must(json_array());
    char model[20];
    size_t i;

    for (i = 0; i < c->d->model->n_nodes; i++)
        json_array_append_new(owners, json_string(c->owner[i]));
    snprintf(model, sizeof(model), "%016" PRIx64, c->d->fingerprint);
    return amf_must(json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:o}", "t", "state",
                              "of", c->held_who, "seq", (json_int_t)c->held_seq, "model",
                              model, "members", members_pack(c), "owners", owners,
                              "comps", comps_pack(c), "engine",
                              amf_must(amf_engine_dump(c->d->engine))));
}

static void strip(struct amf_cluster *c)
{
    size_t i;

    while (c->members)
        member_remove(c, c->members->who);
    for (i = 0; i < c->d->model->n_nodes; i++)
        c->owner[i][0] = '\0';
    memset(c->generation, 0, (c->d->model->n_comps + 1) * sizeof(*c->generation));
    memset(c->pid, 0, (c->d->model->n_comps + 1) * sizeof(*c->pid));
}

/* False: it is not a state of our model; nothing has changed. */
static bool state_take(struct amf_cluster *c, const json_t *state, int64_t ms)
{
    struct amf_daemon *d = c->d;
    struct amf_engine *fresh = amf_must(amf_engine_new(d->model));
    const json_t *comps = json_object_get(state, "comps");
    const json_t *owners = json_object_get(state, "owners");
    json_t *item;
    char model[20];
    size_t i;

    snprintf(model, sizeof(model), "%016" PRIx64, d->fingerprint);
    if (!amf_server_text(state, "model") ||
        strcmp(amf_server_text(state, "model"), model) != 0 ||
        json_array_size(comps) != d->model->n_comps ||
        json_array_size(owners) != d->model->n_nodes ||
        !amf_engine_load(fresh, json_object_get(state, "engine"), ms)) {
        amf_engine_free(fresh);
        return false;
    }
    amf_record_state(d->recorder, ms, json_object_get(state, "engine"));
    amf_engine_free(d->engine);
    d->engine = fresh;
    amf_timers_free(&d->timers); /* the engine orders them again */
    strip(c);
    json_array_foreach(json_object_get(state, "members"), i, item)
        member_get(c, json_string_value(item))
            ->joined = true;
    for (i = 0; i < d->model->n_nodes; i++)
        snprintf(c->owner[i], sizeof(c->owner[i]), "%s",
                 json_string_value(json_array_get(owners, i)));
    for (i = 0; i < d->model->n_comps; i++) {
        item = json_array_get(comps, i);
        c->generation[i] = (uint32_t)json_integer_value(json_array_get(item, 0));
        c->pid[i] = (int)json_integer_value(json_array_get(item, 1));
    }
    return true;
}

static void member_admit(struct amf_cluster *c, const char *who, const char *was,
                         int node)
{
    if (!c->owner[node][0] || (was && *was && strcmp(c->owner[node], was) == 0))
        snprintf(c->owner[node], sizeof(c->owner[node]), "%s", who);
}

/* As if our join had come after the state that was just taken up. */
static void admit_self(struct amf_cluster *c)
{
    size_t i;

    member_get(c, c->who)->joined = true;
    for (i = 0; i < c->d->model->n_nodes; i++)
        if (c->d->nodes[i].played)
            member_admit(c, c->who, c->was, (int)i);
    if (c->was[0])
        member_remove(c, c->was);
}

/* Give everybody the state as of the mark. A cluster that begins takes up the last one
 * that was saved, or starts from the model. */
static void state_append(struct amf_cluster *c)
{
    json_t *saved = NULL;

    if (!c->based && c->snapshot && !c->d->settings->fresh) {
        saved = json_loads(c->snapshot, 0, NULL);
        if (saved && state_take(c, saved, 0)) {
            admit_self(c);
            amf_daemon_note(c->d, "the cluster goes on from its last state");
        } else {
            clv_log(CLV_LOG_WARNING, "the cluster's last state does not fit the model: "
                                     "starting afresh");
        }
    }
    json_decref(saved);
    append(c, c->epoch, 0, state_pack(c));
}

/* ---- our own nodes --------------------------------------------------------------------
 */

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

    if (!is_me(c, c->owner[node])) {
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
}

static bool owns_all(const struct amf_cluster *c)
{
    size_t i;

    for (i = 0; i < c->d->model->n_nodes; i++)
        if (c->d->nodes[i].played && !is_me(c, c->owner[i]))
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
    if (d->restoring)
        amf_restore_abandon(d);
    for (i = 0; i < d->model->n_nodes; i++)
        if (d->nodes[i].played)
            node_clear(c, (int)i);
    c->was[0] = '\0';
    c->settled = false;
    c->epoch = 0;
    name_make(c);
    amf_log_rename(c->log, c->who);
    answer_all(c);
    join(c);
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

    if (is_me(c, who) && !c->d->stopping) {
        resurrect(c);
        return;
    }
    amf_daemon_note(c->d, "daemon %s is gone", who);
    member_remove(c, who);
    for (i = 0; i < c->d->model->n_nodes; i++)
        if (strcmp(c->owner[i], who) == 0)
            node_lost(c, e->ms, (int)i);
    if (c->epoch)
        amf_log_forget(c->log, who);
    if (!c->settled && !owns_all(c))
        join(c); /* ours may be free now */
}

static void read_join(struct amf_cluster *c, const struct amf_log_entry *e,
                      const json_t *o)
{
    const char *was = amf_server_text(o, "was"), *model = amf_server_text(o, "model");
    char mine[20];
    json_t *item;
    size_t i, node;

    snprintf(mine, sizeof(mine), "%016" PRIx64, c->d->fingerprint);
    if (!model || strcmp(model, mine) != 0)
        return; /* it sees that itself, by the state */
    member_get(c, e->who)->joined = true;
    json_array_foreach(json_object_get(o, "nodes"), i, item)
    {
        node = (size_t)json_integer_value(item);
        if (node >= c->d->model->n_nodes)
            continue;
        member_admit(c, e->who, was, (int)node);
    }
    if (!was || !*was)
        return;
    member_remove(c, was);
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
             !d->nodes[index].played)
        d->nodes[index].up = w->ev.type == AMF_EV_NODE_UP;
}

static void read_event(struct amf_cluster *c, const struct amf_log_entry *e,
                       const json_t *o)
{
    enum amf_admin_result result = AMF_ADMIN_TRY_AGAIN;
    struct amf_wire_event w;

    if (!amf_wire_unpack(c->d->model, o, &w))
        clv_log(CLV_LOG_WARNING, "entry %" PRIu64 " of the cluster's log is no event",
                e->n);
    else if (has_joined(c, e->who) && !outdated(c, e, &w)) {
        before_feeding(c, e->ms, &w);
        feed(c, e->ms, &w.ev, &result);
    }
    if (is_me(c, e->who))
        answer(c, e->seq, result);
}

static void read_mark(struct amf_cluster *c, const struct amf_log_entry *e)
{
    c->held = true;
    snprintf(c->held_who, sizeof(c->held_who), "%s", e->who);
    c->held_seq = e->seq;
    if (c->epoch)
        state_append(c);
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
        kept_free(list);
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
        struct kept *first = kept_take(c);

        found = !is_of(&first->e, of, seq);
        kept_free(first);
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
    if (!state_take(c, o, e->ms)) {
        clv_log(CLV_LOG_ERROR,
                "the cluster %s runs another model than %s; expected the same files",
                c->d->settings->cluster, c->d->settings->model_dir);
        c->d->exit_status = 1;
        uv_stop(c->d->loop);
        return;
    }
    c->held = false;
    if (!has_joined(c, c->who)) {
        if (c->settled)
            resurrect(c);
        else
            join(c); /* ours came before this state began */
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
    } else if (strcmp(type, "join") == 0) {
        read_join(c, e, o);
        read_mark(c, e);
    } else if (strcmp(type, "hole") == 0) {
        read_mark(c, e);
    } else if (strcmp(type, "state") == 0) {
        read_state(c, e, o);
    } else if (strcmp(type, "leave") == 0 && has_joined(c, e->who)) {
        read_gone(c, e, e->who);
    } else if (strcmp(type, "dead") == 0 && amf_server_text(o, "who")) {
        if (has_joined(c, amf_server_text(o, "who")))
            read_gone(c, e, amf_server_text(o, "who"));
    }
}

static void entry_read(struct amf_cluster *c, const struct amf_log_entry *e)
{
    json_t *o;
    const char *type;

    if (c->blind) {
        if (!is_me(c, e->who) || e->seq != c->mark)
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

static void on_entry(void *ctx, const struct amf_log_entry *e)
{
    struct amf_cluster *c = ctx;

    entry_read(c, e);
    amf_daemon_rearm(c->d);
}

static void on_hole(void *ctx)
{
    struct amf_cluster *c = ctx;

    answer_all(c);
    if (c->based)
        mark_append(c, json_pack("{s:s}", "t", "hole"));
    else
        join(c);
}

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
        m = member_get(c, v->beats[i].who);
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

    if (!*v->leader || is_me(c, v->leader))
        return true; /* nobody yet; or the answer to our election was lost */
    m = member_get(c, v->leader);
    if (c->based)
        return !m->joined || is_silent(c, m, now_ns);
    /* Those who know the state come first. */
    return now_ns - m->seen_ns > 2 * c->lease_ns;
}

static void bury_silent(struct amf_cluster *c, int64_t now_ns)
{
    struct member *m;

    for (m = c->members; m; m = m->next) {
        if (!m->joined || m->buried || is_me(c, m->who) || !is_silent(c, m, now_ns))
            continue;
        m->buried = true;
        amf_daemon_note(c->d, "nothing is seen of daemon %s, counting it as dead",
                        m->who);
        append(c, c->epoch, 0, json_pack("{s:s, s:s}", "t", "dead", "who", m->who));
    }
}

static void on_view(void *ctx, const struct amf_log_view *v)
{
    struct amf_cluster *c = ctx;
    const int64_t now_ns = clv_now_ns();

    c->clock_ms = v->ms - now_ns / CLV_NS_PER_MS;
    if (now_ns - c->view_ns > c->lease_ns / 2 + c->lease_ns / 4)
        forgive(c, now_ns);
    c->view_ns = now_ns;
    snprintf(c->leader, sizeof(c->leader), "%s", v->leader);
    beats_look(c, v, now_ns);
    if (c->epoch && (v->epoch != c->epoch || !is_me(c, v->leader))) {
        if (v->epoch >= c->epoch)
            amf_daemon_note(c->d, "no longer the leader, %s is", v->leader);
        c->epoch = 0;
    }
    if (!c->epoch && !c->d->stopping && leader_missing(c, v, now_ns))
        amf_log_elect(c->log, v->epoch);
    if (c->epoch && c->based && !c->blind && !c->held)
        bury_silent(c, now_ns);
    amf_daemon_rearm(c->d);
}

static void on_elected(void *ctx, uint64_t epoch, const char *snapshot)
{
    struct amf_cluster *c = ctx;

    c->epoch = epoch;
    free(c->snapshot);
    c->snapshot = snapshot ? amf_must(strdup(snapshot)) : NULL;
    amf_daemon_note(c->d, "leader of the cluster %s, epoch %" PRIu64,
                    c->d->settings->cluster, epoch);
    if (c->held)
        state_append(c);
    else if (c->based && !c->blind)
        bury_silent(c, clv_now_ns());
    amf_daemon_rearm(c->d);
}

/* ---- for the daemon ------------------------------------------------------ */

bool amf_cluster_ours(struct amf_cluster *c, const struct amf_action *a)
{
    const struct amf_daemon *d = c->d;
    int comp = a->index;

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
    case AMF_DO_LAUNCH:
    case AMF_DO_KILL:
        c->generation[comp]++;
        c->pid[comp] = 0;
        c->carried_out[comp] = c->generation[comp];
        break;
    default:
        break;
    }
    return d->nodes[amf_daemon_comp_node(d, comp)].played && !d->stopping;
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
        append(c, c->epoch, now_ms, amf_wire_pack(&w));
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

void amf_cluster_save(struct amf_cluster *c)
{
    const int64_t now_ns = clv_now_ns();
    json_t *state;
    char *text;

    if (!c->unsaved || !c->epoch || !c->based || c->blind || c->held ||
        (c->saved_size > SAVE_SMALL && now_ns - c->saved_ns < SAVE_MS * CLV_NS_PER_MS))
        return;
    c->unsaved = false;
    c->saved_ns = now_ns;
    state = state_pack(c);
    text = amf_must(json_dumps(state, JSON_COMPACT));
    c->saved_size = strlen(text);
    amf_log_save(c->log, c->epoch, text);
    json_decref(state);
}

int amf_cluster_pid(const struct amf_cluster *c, int comp)
{
    const enum amf_presence p = amf_engine_presence(c->d->engine, comp);

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
    return json_pack(
        "{s:s, s:s, s:b, s:I, s:b, s:o, s:o}", "name", c->d->settings->cluster, "who",
        c->who, "leads", c->epoch != 0, "epoch", (json_int_t)c->epoch, "settled",
        amf_cluster_based(c) && c->settled, "members", members_pack(c), "owners", owners);
}

/* ---- begin and end ------------------------------------------------------- */

struct amf_cluster *amf_cluster_open(struct amf_daemon *d)
{
    struct amf_cluster *c = amf_must(calloc(1, sizeof(*c)));
    const struct amf_log_events events = {.ctx = c,
                                          .entry = on_entry,
                                          .hole = on_hole,
                                          .view = on_view,
                                          .elected = on_elected};

    c->d = d;
    c->kept_end = &c->kept;
    c->blind = true;
    c->lease_ns = d->settings->lease_ms * CLV_NS_PER_MS;
    c->owner = amf_must(calloc(d->model->n_nodes + 1, sizeof(*c->owner)));
    c->generation = amf_must(calloc(d->model->n_comps + 1, sizeof(*c->generation)));
    c->carried_out = amf_must(calloc(d->model->n_comps + 1, sizeof(*c->carried_out)));
    c->pid = amf_must(calloc(d->model->n_comps + 1, sizeof(*c->pid)));
    name_make(c);
    c->log = amf_log_open(d->loop, d->settings->cluster, c->who, d->settings->lease_ms,
                          &events);
    if (c->log)
        return c;
    amf_cluster_free(c);
    return NULL;
}

void amf_cluster_begin(struct amf_cluster *c, const char *was)
{
    snprintf(c->was, sizeof(c->was), "%s", was ? was : "");
    join(c);
}

void amf_cluster_close(struct amf_cluster *c)
{
    if (has_joined(c, c->who))
        append(c, 0, 0, json_pack("{s:s}", "t", "leave"));
    amf_log_forget(c->log, c->who);
    amf_log_close(c->log, LEAVE_MS);
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
        kept_free(kept_take(c));
    while (c->members)
        member_remove(c, c->members->who);
    amf_log_free(c->log);
    free(c->snapshot);
    free(c->owner);
    free(c->generation);
    free(c->carried_out);
    free(c->pid);
    free(c);
}
