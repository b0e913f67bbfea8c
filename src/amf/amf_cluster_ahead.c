/* SPDX-License-Identifier: Apache-2.0 */
/*
 * While the store is away, components of ours are restarted in place without it
 * (amf_ahead.h). What was decided ahead goes into the log as one entry that names the
 * entry it was decided after: if another one came in between, nobody reads it, and the
 * daemon decides again. So no other daemon ever acts on half of it.
 */
#include "amf/amf_ahead.h"
#include "amf/amf_cluster_in.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"
#include "base/clock.h"

enum { WATCH_MS = 25, DOUBT_MS = 50, ATTEMPTS = 10 };

/* Marks invocations that no engine gives; the class in the upper half stays. */
#define TOLD_AHEAD UINT64_C(0x80000000)

/* An event of ours that is not known to be in the log. */
struct fact {
    struct fact *next;
    struct amf_wire_event w;
    uint64_t seq;
    int64_t since_ns;
};

struct facts {
    struct fact *first, *last;
};

struct told {
    uint64_t told, invocation;
};

struct ahead {
    struct amf_cluster *c;
    uv_timer_t watch;
    struct facts sent; /* in the log's queue, or in the store */
    uint64_t read_n;   /* the last entry that was read */
    int64_t heard_ns;  /* the store had our beat, and then this last entry */
    uint64_t heard_n;
    uint64_t n_told;   /* invocations given so far */
    struct told *told; /* owned; that the cluster has taken over, and may be answered */
    size_t told_size;

    struct amf_ahead *now; /* NULL: nothing is done ahead */
    int64_t began_ns;
    struct facts queue; /* to be decided on */
    struct facts rest;  /* for the cluster, when the store is back */
    bool deciding;
    bool ended;     /* what follows is not ours to decide */
    bool lapsed;    /* what was restarted had to be killed */
    bool given_up;  /* the same, and the cluster decides on all of it */
    uint64_t entry; /* number of what was handed in, 0: nothing */
    int attempts;
    bool reading; /* that entry */
    bool differs; /* the cluster's engine decided something else */
    size_t met;   /* orders that it gave as well */
};

/* ---- lists --------------------------------------------------------------------------
 */

static void facts_add(struct facts *l, struct fact *f)
{
    f->next = NULL;
    if (l->last)
        l->last->next = f;
    else
        l->first = f;
    l->last = f;
}

static struct fact *facts_take(struct facts *l)
{
    struct fact *f = l->first;

    if (!f)
        return NULL;
    l->first = f->next;
    if (!l->first)
        l->last = NULL;
    return f;
}

static void facts_drop(struct facts *l)
{
    struct fact *f;

    while ((f = facts_take(l)))
        free(f);
}

static struct fact *fact_new(const struct amf_wire_event *w, uint64_t seq)
{
    struct fact *f = amf_must(calloc(1, sizeof(*f)));

    f->w = *w;
    f->seq = seq;
    f->since_ns = clv_now_ns();
    return f;
}

static bool may_begin(const struct ahead *x)
{
    const struct amf_daemon *d = x->c->d;

    return !x->now && x->sent.first && x->c->settled && amf_cluster_based(x->c) &&
           !d->restoring && !d->stopping && amf_log_gone(x->c->log) &&
           clv_now_ns() < amf_log_safe_ns(x->c->log);
}

/* ---- the end of it ------------------------------------------------------------------
 */

static void append_again(struct amf_cluster *c, struct fact *f)
{
    const uint64_t seq = amf_cluster_event_append(c, &f->w);

    amf_cluster_renumber(c, f->seq, seq);
    free(f);
}

static void rest_append(struct ahead *x, struct facts *rest)
{
    struct fact *f;

    while ((f = facts_take(rest)))
        append_again(x->c, f);
}

/* All that is known of what was done ahead; what waited for the cluster is the caller's.
 */
static struct facts forget(struct ahead *x)
{
    struct facts rest = x->rest;

    amf_ahead_free(x->now);
    facts_drop(&x->queue);
    x->now = NULL;
    x->rest = (struct facts){0};
    x->ended = x->lapsed = x->given_up = x->differs = false;
    x->entry = 0;
    x->attempts = 0;
    return rest;
}

static bool is_answer(const struct amf_wire_event *w)
{
    return w->ev.type == AMF_EV_RESPONSE || w->ev.type == AMF_EV_QUIESCING_DONE;
}

/* What it is about is not as it was ahead. */
static bool is_void(const struct ahead *x, const struct amf_wire_event *w)
{
    if (is_answer(w))
        return (w->ev.invocation & TOLD_AHEAD) != 0;
    return amf_wire_is_about_comp(w->ev.type) &&
           (x->now->touched[w->ev.index] ||
            w->generation != x->c->generation[w->ev.index]);
}

/* The facts that still hold when nothing of what was done ahead does. */
static struct facts facts_left(struct ahead *x)
{
    struct facts left = {0};
    struct fact *f;
    size_t i;

    for (i = 0; i < x->now->n_facts; i++)
        if (!is_void(x, &x->now->facts[i]))
            facts_add(&left, fact_new(&x->now->facts[i], 0));
    while ((f = facts_take(&x->rest))) {
        if (!is_void(x, &f->w)) {
            facts_add(&left, f);
            continue;
        }
        amf_cluster_answer(x->c, f->seq, AMF_ADMIN_TRY_AGAIN);
        free(f);
    }
    return left;
}

static void put_down(struct ahead *x, const char *why)
{
    struct amf_daemon *d = x->c->d;
    const struct amf_event ended = {.type = AMF_EV_EXITED};
    struct amf_event ev = ended;
    size_t i;

    x->ended = true;
    for (i = 0; i < d->model->n_comps; i++) {
        if (!x->now->touched[i])
            continue;
        d->comps[i].launch_wanted = false;
        if (d->comps[i].alive) {
            amf_component_gone(d, (int)i, why);
            continue;
        }
        amf_supervisor_slay(d->supervisor, (int)i, false);
        ev.index = (int)i;
        amf_daemon_feed(d, &ev);
    }
}

/* To the cluster, the components that were restarted have just died. */
static void report_dead(struct ahead *x)
{
    struct amf_cluster *c = x->c;
    struct amf_wire_event w = {.ev = {.type = AMF_EV_EXITED, .proxy = -1}};
    struct facts left = facts_left(x);
    size_t i;

    for (i = 0; i < c->d->model->n_comps; i++) {
        if (!x->now->touched[i])
            continue;
        c->carried_out[i] = c->generation[i];
        w.ev.index = (int)i;
        w.generation = c->generation[i];
        amf_cluster_event_append(c, &w);
    }
    rest_append(x, &left);
    left = forget(x);
    facts_drop(&left);
}

static void give_up(struct ahead *x)
{
    if (x->given_up)
        return;
    x->given_up = true;
    amf_daemon_note(x->c->d, "the cluster decided otherwise while the store was away: "
                             "ending what was restarted meanwhile");
    put_down(x, "the cluster decided otherwise");
    if (!x->entry)
        report_dead(x);
}

/* Others may have taken over by now. */
static void lapse(struct ahead *x)
{
    x->lapsed = true;
    amf_daemon_note(x->c->d, "not known to be the store's outage any more: ending what "
                             "was restarted meanwhile");
    put_down(x, "restarted without the store, and cut off");
}

/* ---- deciding -------------------------------------------------------------------------
 */

static void carry_out(struct ahead *x, size_t from)
{
    struct amf_cluster *c = x->c;
    size_t i;

    if (from == 0 && x->now->n_orders > 0)
        amf_daemon_note(c->d, "the store is away: what can be restarted in place is");
    for (i = from; i < x->now->n_orders; i++) {
        struct amf_ahead_order *o = &x->now->orders[i];
        struct amf_action a = {
            .type = o->type, .index = o->comp, .proxy = o->proxy, .set = o->set};

        if (o->type == AMF_DO_CSI_SET) {
            o->told = (o->set.invocation >> 32 << 32) | TOLD_AHEAD | ++x->n_told;
            a.set.invocation = o->told;
        } else {
            c->carried_out[o->comp]++;
        }
        amf_orders_carry_out(c->d, &a);
    }
}

/* What only the cluster can answer waits for it, and does not hold up the rest. */
static bool is_local(enum amf_event_type type)
{
    switch (type) {
    case AMF_EV_NODE_UP:
    case AMF_EV_NODE_DOWN:
    case AMF_EV_TIMER:
    case AMF_EV_ADMIN:
    case AMF_EV_RESTORED:
        return false;
    default:
        return true;
    }
}

static int64_t now_ms(const struct amf_cluster *c)
{
    return amf_daemon_now_ms() + c->clock_ms;
}

static void decide(struct ahead *x, struct fact *f)
{
    const size_t n = x->now->n_orders;

    if (f->w.ev.type == AMF_EV_NODE_UP || f->w.ev.type == AMF_EV_NODE_DOWN)
        x->ended = true;
    if (x->ended || x->entry || !is_local(f->w.ev.type)) {
        facts_add(&x->rest, f);
        return;
    }
    if (!amf_ahead_feed(x->now, x->c->d->engine, &f->w, now_ms(x->c))) {
        x->ended = true;
        amf_daemon_note(x->c->d,
                        "more than a restart in place is needed: waiting for the "
                        "store");
        facts_add(&x->rest, f);
        return;
    }
    carry_out(x, n);
    amf_cluster_answer(x->c, f->seq, AMF_ADMIN_OK);
    free(f);
}

static void queue_run(struct ahead *x)
{
    struct fact *f;

    if (x->deciding)
        return;
    x->deciding = true;
    while ((f = facts_take(&x->queue)))
        decide(x, f);
    x->deciding = false;
    amf_daemon_launches(x->c->d);
}

bool amf_cluster_ahead_on(const struct amf_cluster *c)
{
    return c->ahead->now != NULL;
}

void amf_cluster_ahead_take(struct amf_cluster *c, const struct amf_wire_event *w,
                            uint64_t seq)
{
    facts_add(&c->ahead->queue, fact_new(w, seq));
    queue_run(c->ahead);
}

static bool *comps_of_ours(const struct amf_daemon *d)
{
    bool *ours = amf_must(calloc(d->model->n_comps + 1, sizeof(*ours)));
    size_t i;

    for (i = 0; i < d->model->n_comps; i++)
        ours[i] = d->nodes[amf_daemon_comp_node(d, (int)i)].played;
    return ours;
}

/* Take back what has not gone out. False: some of it may be in the store. */
static bool sent_retract(struct ahead *x)
{
    const struct fact *f;
    uint64_t *numbers;
    size_t n = 0;
    bool ok;

    for (f = x->sent.first; f; f = f->next)
        n++;
    numbers = amf_must(calloc(n + 1, sizeof(*numbers)));
    for (n = 0, f = x->sent.first; f; f = f->next)
        numbers[n++] = f->seq;
    ok = amf_log_retract(x->c->log, numbers, n);
    free(numbers);
    return ok;
}

static void begin(struct ahead *x)
{
    struct amf_cluster *c = x->c;
    struct amf_ahead *now;
    bool *ours;

    if (!sent_retract(x))
        return;
    ours = comps_of_ours(c->d);
    now = amf_ahead_new(c->d->model, c->d->engine, c->generation, ours, now_ms(c));
    free(ours);
    x->now = amf_must(now);
    x->began_ns = clv_now_ns();
    x->queue = x->sent;
    x->sent = (struct facts){0};
    queue_run(x);
}

static void watch(uv_timer_t *timer)
{
    struct ahead *x = timer->data;
    const bool idle = !x->now && !x->sent.first;

    amf_log_doubt(x->c->log,
                  x->now || (x->sent.first && clv_now_ns() - x->sent.first->since_ns >
                                                  DOUBT_MS * CLV_NS_PER_MS));
    if (idle)
        uv_timer_stop(timer);
    else if (may_begin(x))
        begin(x);
    else if (x->now && x->now->n_orders && !x->lapsed && !x->given_up &&
             !x->c->d->stopping && clv_now_ns() > amf_log_safe_ns(x->c->log))
        lapse(x);
}

/* ---- handing in
 * ------------------------------------------------------------------------ */

static json_t *entry_pack(const struct ahead *x)
{
    json_t *list = amf_must(json_array());
    struct amf_wire_event w;
    size_t i;

    for (i = 0; i < x->now->n_facts; i++) {
        w = amf_ahead_fact(x->now, i);
        json_array_append_new(list, amf_wire_pack(&w));
    }
    return json_pack("{s:s, s:I, s:o}", "t", "ahead", "after", (json_int_t)x->read_n,
                     "events", list);
}

static void hand_in(struct ahead *x)
{
    struct amf_cluster *c = x->c;
    struct facts left;

    if (x->now->n_orders == 0) {
        left = facts_left(x);
        forget(x);
        rest_append(x, &left);
    } else if (!amf_ahead_again(x->now, c->d->engine, c->generation, now_ms(c))) {
        give_up(x);
    } else {
        x->met = 0;
        x->differs = false;
        x->entry = amf_cluster_append(c, 0, 0, entry_pack(x));
    }
}

/* That others have our beat is not all: they may have given up on us before it. */
static void heard(struct ahead *x)
{
    if (!x->heard_ns || x->read_n < x->heard_n)
        return;
    amf_log_heard(x->c->log, x->heard_ns);
    x->heard_ns = 0;
}

void amf_cluster_ahead_view(struct amf_cluster *c, const struct amf_log_view *v)
{
    struct ahead *x = c->ahead;

    x->heard_ns = v->asked_ns;
    x->heard_n = v->tail;
    heard(x);
    if (x->now && !x->entry && v->asked_ns > x->began_ns && amf_cluster_based(c))
        hand_in(x);
}

/* ---- reading
 * ---------------------------------------------------------------------------- */

/* What was told, and is not answered, goes by the cluster's numbers from now on. */
static void told_keep(struct ahead *x)
{
    const struct amf_pending *pending = &x->c->d->pending;
    size_t i, n = 0;

    for (i = 0; i < x->told_size; i++)
        if (amf_pending_find(pending, x->told[i].told))
            x->told[n++] = x->told[i];
    x->told = amf_must(realloc(x->told, (n + x->now->n_orders) * sizeof(*x->told)));
    for (i = 0; i < x->now->n_orders; i++)
        if (x->now->orders[i].told)
            x->told[n++] =
                (struct told){x->now->orders[i].told, x->now->orders[i].set.invocation};
    x->told_size = n;
}

uint64_t amf_cluster_ahead_number(const struct amf_cluster *c, uint64_t told)
{
    size_t i;

    for (i = 0; i < c->ahead->told_size; i++)
        if (c->ahead->told[i].told == told)
            return c->ahead->told[i].invocation;
    return told;
}

static bool all_met(const struct ahead *x)
{
    const struct amf_cluster *c = x->c;
    size_t i;

    for (i = 0; i < c->d->model->n_comps; i++)
        if (x->now->touched[i] && c->carried_out[i] != c->generation[i])
            return false;
    return !x->differs && x->met == x->now->n_orders;
}

static void accepted(struct ahead *x)
{
    struct facts rest;

    x->entry = 0;
    if (!x->given_up && !all_met(x)) {
        give_up(x);
        return;
    }
    if (x->given_up) {
        report_dead(x);
        return;
    }
    amf_daemon_note(x->c->d, "the cluster has what was done while the store was away");
    told_keep(x);
    rest = forget(x);
    rest_append(x, &rest);
}

static void refused(struct ahead *x)
{
    x->entry = 0;
    if (x->given_up)
        report_dead(x);
    else if (++x->attempts > ATTEMPTS)
        give_up(x);
    else
        hand_in(x);
}

void amf_cluster_ahead_read(struct amf_cluster *c, const struct amf_log_entry *e,
                            const json_t *o)
{
    struct ahead *x = c->ahead;
    const bool mine = x->now && amf_cluster_is_me(c, e->who) && e->seq == x->entry;
    const json_int_t after = json_integer_value(json_object_get(o, "after"));
    const bool fits = amf_cluster_has_joined(c, e->who) && (uint64_t)after + 1 == e->n;
    json_t *event;
    size_t i;

    x->reading = mine;
    json_array_foreach(json_object_get(o, "events"), i, event) if (fits)
        amf_cluster_event_read(c, e, event);
    x->reading = false;
    if (mine && fits)
        accepted(x);
    else if (mine)
        refused(x);
}

bool amf_cluster_ahead_did(struct amf_cluster *c, const struct amf_action *a, int comp)
{
    struct ahead *x = c->ahead;

    if (!x->now)
        return false;
    if (x->reading && x->met < x->now->n_orders &&
        amf_ahead_is(&x->now->orders[x->met], a)) {
        x->met++;
        return true;
    }
    if (x->reading && x->now->ours[comp])
        x->differs = true;
    else if (x->now->touched[comp])
        give_up(x);
    return false;
}

void amf_cluster_ahead_entry(struct amf_cluster *c, const struct amf_log_entry *e)
{
    struct ahead *x = c->ahead;

    x->read_n = e->n;
    heard(x);
    while (amf_cluster_is_me(c, e->who) && x->sent.first && x->sent.first->seq <= e->seq)
        free(facts_take(&x->sent));
}

/* A new state for all: it holds what was handed in, or the components of it are unknown
 * to it and go. */
void amf_cluster_ahead_settle(struct amf_cluster *c)
{
    struct ahead *x = c->ahead;
    struct facts left, rest;

    if (!x->now)
        return;
    left = facts_left(x);
    rest = forget(x);
    facts_drop(&rest);
    rest_append(x, &left);
}

/* ---- for the others
 * ---------------------------------------------------------------------- */

void amf_cluster_ahead_sent(struct amf_cluster *c, const struct amf_wire_event *w,
                            uint64_t seq)
{
    struct ahead *x = c->ahead;

    facts_add(&x->sent, fact_new(w, seq));
    if (!uv_is_active((uv_handle_t *)&x->watch))
        uv_timer_start(&x->watch, watch, WATCH_MS, WATCH_MS);
}

const struct amf_engine *amf_cluster_engine(const struct amf_cluster *c)
{
    return c->ahead->now ? c->ahead->now->engine : c->d->engine;
}

void amf_cluster_ahead_drop(struct amf_cluster *c)
{
    struct facts rest = forget(c->ahead);

    facts_drop(&rest);
    facts_drop(&c->ahead->sent);
}

void amf_cluster_ahead_open(struct amf_cluster *c)
{
    struct ahead *x = amf_must(calloc(1, sizeof(*x)));

    x->c = c;
    uv_timer_init(c->d->loop, &x->watch);
    x->watch.data = x;
    c->ahead = x;
}

void amf_cluster_ahead_close(struct amf_cluster *c)
{
    uv_close((uv_handle_t *)&c->ahead->watch, NULL);
}

void amf_cluster_ahead_free(struct amf_cluster *c)
{
    if (!c->ahead)
        return;
    amf_cluster_ahead_drop(c);
    free(c->ahead->told);
    free(c->ahead);
}
