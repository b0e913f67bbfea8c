/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was decided while the store was away goes into the log as one entry that names the
 * entry it was decided after: if another one came in between, nobody reads it, and the
 * daemon decides again. So no other daemon ever acts on half of it.
 */
#include "amf/amf_cluster_ahead_in.h"

#include <stdlib.h>

#include "amf/amf_must.h"

enum { ATTEMPTS = 10 };

/* ---- the end of it ------------------------------------------------------- */

static void append_again(struct amf_cluster *c, struct fact *f)
{
    const uint64_t seq = amf_cluster_event_append(c, &f->w);

    amf_cluster_renumber(c, f->seq, seq);
    free(f);
}

static void rest_append(struct ahead *x, struct facts *rest)
{
    struct fact *f;

    while ((f = amf_facts_take(rest)))
        append_again(x->c, f);
}

struct facts amf_cluster_ahead_forget(struct ahead *x)
{
    struct facts rest = x->rest;

    amf_ahead_free(x->now);
    amf_facts_drop(&x->queue);
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
            amf_facts_add(&left, amf_fact_new(&x->now->facts[i], 0));
    while ((f = amf_facts_take(&x->rest))) {
        if (!is_void(x, &f->w)) {
            amf_facts_add(&left, f);
            continue;
        }
        amf_cluster_answer(x->c, f->seq, AMF_ADMIN_TRY_AGAIN);
        free(f);
    }
    return left;
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
    left = amf_cluster_ahead_forget(x);
    amf_facts_drop(&left);
}

static void give_up(struct ahead *x)
{
    if (x->given_up)
        return;
    x->given_up = true;
    amf_daemon_note(x->c->d, "the cluster decided otherwise while the store was away: "
                             "ending what was restarted meanwhile");
    amf_cluster_ahead_put_down(x, "the cluster decided otherwise");
    if (!x->entry)
        report_dead(x);
}

/* ---- handing in ---------------------------------------------------------- */

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
        amf_cluster_ahead_forget(x);
        rest_append(x, &left);
    } else if (!amf_ahead_again(x->now, c->d->engine, c->generation,
                                amf_cluster_ahead_ms(c))) {
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

/* ---- reading ------------------------------------------------------------- */

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
    rest = amf_cluster_ahead_forget(x);
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
        free(amf_facts_take(&x->sent));
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
    rest = amf_cluster_ahead_forget(x);
    amf_facts_drop(&rest);
    rest_append(x, &left);
}
