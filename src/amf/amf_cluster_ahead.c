/* SPDX-License-Identifier: Apache-2.0 */
/*
 * While the store is away, components of ours are restarted in place without it
 * (amf_ahead.h): what waits for the log is taken back from it, and decided on here.
 */
#include "amf/amf_cluster_ahead_in.h"

#include <stdlib.h>

#include "amf/amf_must.h"
#include "base/clock.h"

enum { WATCH_MS = 25, DOUBT_MS = 50 };

/* ---- lists --------------------------------------------------------------- */

void amf_facts_add(struct facts *l, struct fact *f)
{
    f->next = NULL;
    if (l->last)
        l->last->next = f;
    else
        l->first = f;
    l->last = f;
}

struct fact *amf_facts_take(struct facts *l)
{
    struct fact *f = l->first;

    if (!f)
        return NULL;
    l->first = f->next;
    if (!l->first)
        l->last = NULL;
    return f;
}

void amf_facts_drop(struct facts *l)
{
    struct fact *f;

    while ((f = amf_facts_take(l)))
        free(f);
}

struct fact *amf_fact_new(const struct amf_wire_event *w, uint64_t seq)
{
    struct fact *f = amf_must(calloc(1, sizeof(*f)));

    f->w = *w;
    f->seq = seq;
    f->since_ns = clv_now_ns();
    return f;
}

/* ---- whether it may be ------------------------------------------------------------- */

static bool may_begin(const struct ahead *x)
{
    const struct amf_daemon *d = x->c->d;

    return !x->now && x->sent.first && x->c->settled && amf_cluster_based(x->c) &&
           !d->restoring && !d->stopping && amf_log_gone(x->c->log) &&
           clv_now_ns() < amf_log_safe_ns(x->c->log);
}

void amf_cluster_ahead_put_down(struct ahead *x, const char *why)
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

/* Others may have taken over by now. */
static void lapse(struct ahead *x)
{
    x->lapsed = true;
    amf_daemon_note(x->c->d, "not known to be the store's outage any more: ending what "
                             "was restarted meanwhile");
    amf_cluster_ahead_put_down(x, "restarted without the store, and cut off");
}

/* ---- deciding ------------------------------------------------------------ */

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

int64_t amf_cluster_ahead_ms(const struct amf_cluster *c)
{
    return amf_daemon_now_ms() + c->clock_ms;
}

static void decide(struct ahead *x, struct fact *f)
{
    const size_t n = x->now->n_orders;

    if (f->w.ev.type == AMF_EV_NODE_UP || f->w.ev.type == AMF_EV_NODE_DOWN)
        x->ended = true;
    if (x->ended || x->entry || !is_local(f->w.ev.type)) {
        amf_facts_add(&x->rest, f);
        return;
    }
    if (!amf_ahead_feed(x->now, x->c->d->engine, &f->w, amf_cluster_ahead_ms(x->c))) {
        x->ended = true;
        amf_daemon_note(x->c->d,
                        "more than a restart in place is needed: waiting for the "
                        "store");
        amf_facts_add(&x->rest, f);
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
    while ((f = amf_facts_take(&x->queue)))
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
    amf_facts_add(&c->ahead->queue, amf_fact_new(w, seq));
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
    now = amf_ahead_new(c->d->model, c->d->engine, c->generation, ours,
                        amf_cluster_ahead_ms(c));
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

/* ---- for the others ------------------------------------------------------ */

void amf_cluster_ahead_sent(struct amf_cluster *c, const struct amf_wire_event *w,
                            uint64_t seq)
{
    struct ahead *x = c->ahead;

    amf_facts_add(&x->sent, amf_fact_new(w, seq));
    if (!uv_is_active((uv_handle_t *)&x->watch))
        uv_timer_start(&x->watch, watch, WATCH_MS, WATCH_MS);
}

const struct amf_engine *amf_cluster_engine(const struct amf_cluster *c)
{
    return c->ahead->now ? c->ahead->now->engine : c->d->engine;
}

void amf_cluster_ahead_drop(struct amf_cluster *c)
{
    struct facts rest = amf_cluster_ahead_forget(c->ahead);

    amf_facts_drop(&rest);
    amf_facts_drop(&c->ahead->sent);
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
