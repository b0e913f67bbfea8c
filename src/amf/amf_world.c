/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- making -------------------------------------------------------------- */

void world_make_comps(struct world *w)
{
    w->comp = world_own(w, calloc(w->m.n_comps + 1, sizeof(*w->comp)));
    for (size_t i = 0; i < w->m.n_comps; i++)
        w->comp[i] = (struct world_comp){
            .launch_ms = 10,
            .answer_ms = 5,
            .quiesce_ms = 20,
            .kill_ms = 1,
            .proxy = -1,
            .ha = world_own(w, calloc(w->m.n_csis + 1, sizeof(enum amf_ha))),
            .giving = world_own(w, calloc(w->m.n_csis + 1, sizeof(bool)))};
    w->reboot_ms = 100;
}

struct world *world_empty(void)
{
    struct world *w = calloc(1, sizeof(*w));

    if (!w)
        abort();
    return w;
}

struct world *world_of(const struct amf_model *m)
{
    struct world *w = world_empty();

    w->m = *m;
    world_make_comps(w);
    return w;
}

void world_begin(struct world *w)
{
    w->e = amf_engine_new(&w->m);
    if (!w->e)
        abort();
}

void world_free(struct world *w)
{
    world_twin_free(w);
    amf_engine_free(w->e);
    amf_actions_free(&w->out);
    for (size_t i = 0; i < w->n_owned; i++)
        free(w->owned[i]);
    free(w->owned);
    free(w);
}

/* ---- the story ----------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
tell(struct world *w, const char *format, ...)
{
    char line[300];
    va_list ap;

    if (w->silent)
        return;
    va_start(ap, format);
    vsnprintf(line, sizeof(line), format, ap);
    va_end(ap);
    if (w->aloud)
        fprintf(w->aloud, "[%5lld] %s\n", (long long)w->now_ms, line);
    else if (sizeof(w->story) - w->told > sizeof(line) + 32)
        w->told += (size_t)sprintf(w->story + w->told, "[%5lld] %s\n",
                                   (long long)w->now_ms, line);
}

const char *world_story(struct world *w)
{
    w->told = 0;
    return w->story;
}

void world_forget(struct world *w)
{
    w->told = 0;
    w->story[0] = '\0';
}

void world_trouble(struct world *w, const char *what)
{
    if (w->broken)
        return;
    snprintf(w->trouble, sizeof(w->trouble), "%s", what);
    w->broken = w->trouble;
    tell(w, "BROKEN %s", w->trouble);
}

static void trouble(struct world *w, const char *what, int comp, int csi)
{
    char text[256];

    snprintf(text, sizeof(text), "%s: %s, %s", what, w->m.comps[comp].name,
             csi >= 0 ? w->m.csis[csi].name : "-");
    world_trouble(w, text);
}

/* ---- what is to come ----------------------------------------------------- */

/* NULL: never. */
static struct world_event *queue(struct world *w, int64_t in_ms, int comp,
                                 const struct amf_event *ev)
{
    if (in_ms < 0)
        return NULL;
    for (size_t i = 0; i < WORLD_QUEUE; i++) {
        struct world_event *q = &w->queue[i];

        if (q->used)
            continue;
        if (i >= w->queue_end)
            w->queue_end = i + 1;
        *q = (struct world_event){.at_ms = w->now_ms + in_ms,
                                  .seq = ++w->seq,
                                  .comp = comp,
                                  .generation = comp < 0 ? 0 : w->comp[comp].generation,
                                  .ev = *ev,
                                  .csi = -1,
                                  .used = true};
        return q;
    }
    abort();
}

static struct world_event *queue_comp(struct world *w, int64_t in_ms, int comp,
                                      enum amf_event_type type, uint64_t invocation,
                                      bool ok)
{
    return queue(w, in_ms, comp,
                 &(struct amf_event){.type = type,
                                     .index = comp,
                                     .proxy = -1,
                                     .invocation = invocation,
                                     .ok = ok});
}

static void timer_drop(struct world *w, uint64_t id)
{
    for (size_t i = 0; i < w->n_timers; i++)
        if (w->timer[i].id == id) {
            w->timer[i] = w->timer[--w->n_timers];
            return;
        }
}

static void timer_set(struct world *w, uint64_t id, int64_t at_ms)
{
    timer_drop(w, id);
    if (w->n_timers == WORLD_QUEUE)
        abort();
    w->timer[w->n_timers].id = id;
    w->timer[w->n_timers++].at_ms = at_ms;
}

/* ---- what programs do ---------------------------------------------------- */

static void work_gone(struct world *w, int comp)
{
    w->comp[comp].generation++;
    w->comp[comp].proxy = -1;
    memset(w->comp[comp].ha, 0, w->m.n_csis * sizeof(*w->comp[comp].ha));
    memset(w->comp[comp].giving, 0, w->m.n_csis * sizeof(*w->comp[comp].giving));
}

static void process_gone(struct world *w, int comp)
{
    w->comp[comp].running = w->comp[comp].registered = false;
    work_gone(w, comp);
    for (size_t i = 0; i < w->m.n_comps; i++)
        if (w->comp[i].proxy == comp)
            work_gone(w, (int)i);
}

static int proxy_process(const struct amf_action *a)
{
    return a->proxy >= 0 ? a->proxy : a->set.comp;
}

static bool single_active(const struct world *w, int csi)
{
    const int sg = w->m.sis[w->m.csis[csi].si].sg;

    return sg < 0 || w->m.sgs[sg].redundancy != AMF_RED_N_WAY_ACTIVE;
}

/* It could not be ended, and the model does not want its node reset for that: work goes
 * on elsewhere whatever it does. */
static bool given_up(const struct world *w, size_t comp)
{
    return !w->m.comps[comp].node_reboot_cleanup_fail &&
           amf_engine_presence(w->e, (int)comp) == AMF_PRES_TERMINATION_FAILED;
}

static void become(struct world *w, int comp, int csi, enum amf_ha ha)
{
    w->comp[comp].ha[csi] = ha;
    w->comp[comp].giving[csi] = false;
    if (ha != AMF_HA_ACTIVE || !single_active(w, csi))
        return;
    for (size_t i = 0; i < w->m.n_comps; i++)
        if ((int)i != comp && w->comp[i].ha[csi] == AMF_HA_ACTIVE &&
            !w->comp[i].giving[csi] && !given_up(w, i))
            trouble(w, "two active processes", comp, csi);
}

/* Somebody (in that SU, if not negative) has confirmed ha for the CSI. */
static bool has_confirmed(const struct world *w, int su, int csi, enum amf_ha ha)
{
    for (size_t i = 0; i < w->m.n_comps; i++)
        if ((su < 0 || w->m.comps[i].su == su) && amf_engine_ha(w->e, (int)i, csi) == ha)
            return true;
    return false;
}

static bool si_confirmed(const struct world *w, int si)
{
    for (size_t i = 0; i < w->m.sis[si].csis.n; i++)
        if (!has_confirmed(w, -1, w->m.sis[si].csis.at[i], AMF_HA_ACTIVE))
            return false;
    return true;
}

/* Nothing is assigned before what it depends on. */
static void check_order(struct world *w, const struct amf_csi_set *s)
{
    const struct amf_csi *csi = s->csi < 0 ? NULL : &w->m.csis[s->csi];
    const bool given_back = s->flags == (AMF_CSI_ADD_ONE | AMF_CSI_TARGET_ONE) ||
                            (s->active_comp == s->comp && !(s->flags & AMF_CSI_ADD_ONE));

    if (!csi || w->repeating || (s->ha != AMF_HA_ACTIVE && s->ha != AMF_HA_STANDBY))
        return;
    for (size_t i = 0; i < csi->depends.n; i++)
        if (!has_confirmed(w, w->m.comps[s->comp].su, csi->depends.at[i], s->ha))
            trouble(w, "set before a CSI that it depends on", s->comp, s->csi);
    for (size_t i = 0; i < w->m.sis[csi->si].depends.n; i++)
        if (s->ha == AMF_HA_ACTIVE && !given_back &&
            !si_confirmed(w, w->m.sis[csi->si].depends.at[i]))
            trouble(w, "active before an SI that it depends on", s->comp, s->csi);
}

static void take_set(struct world *w, const struct amf_action *a)
{
    const struct amf_csi_set *s = &a->set;
    struct world_comp *c = &w->comp[s->comp];
    const int who = proxy_process(a);
    const bool quiescing = s->ha == AMF_HA_QUIESCING;
    struct world_event *q;
    bool ok = true;

    if (!w->comp[who].registered) {
        trouble(w, "set for a process that is not there", s->comp, s->csi);
        return;
    }
    check_order(w, s);
    if (a->proxy >= 0)
        c->proxy = a->proxy;
    if (s->ha == AMF_HA_STANDBY && c->ha[s->csi] == AMF_HA_ACTIVE)
        c->giving[s->csi] = true;
    if (c->refuse_sets > 0) {
        c->refuse_sets--;
        ok = false;
    } else if (s->ha == AMF_HA_ACTIVE) { /* at once; giving up takes until the answer */
        for (size_t i = 0; i < w->m.n_csis; i++)
            if (s->csi == (int)i || (s->csi < 0 && c->ha[i] != AMF_HA_NONE))
                become(w, s->comp, (int)i, AMF_HA_ACTIVE);
    }
    if (quiescing && c->quiescing_ack)
        queue_comp(w, c->answer_ms, s->comp, AMF_EV_RESPONSE, a->invocation, true);
    q = quiescing
            ? queue_comp(w, c->quiesce_ms, s->comp, AMF_EV_QUIESCING_DONE, a->invocation,
                         ok)
            : queue_comp(w, c->answer_ms, s->comp, AMF_EV_RESPONSE, a->invocation, ok);
    if (!q || !ok || s->ha == AMF_HA_ACTIVE)
        return;
    q->ha = quiescing ? AMF_HA_QUIESCED : s->ha;
    q->csi = s->csi;
}

static void take_remove(struct world *w, const struct amf_action *a)
{
    if (!w->comp[proxy_process(a)].registered) {
        trouble(w, "remove for a process that is not there", a->set.comp, a->set.csi);
        return;
    }
    if (w->comp[a->set.comp].ha[a->set.csi] == AMF_HA_ACTIVE)
        trouble(w, "remove from an active one", a->set.comp, a->set.csi);
    w->comp[a->set.comp].ha[a->set.csi] = AMF_HA_NONE;
    queue_comp(w, w->comp[a->set.comp].answer_ms, a->set.comp, AMF_EV_RESPONSE,
               a->invocation, true);
}

/* ---- orders -------------------------------------------------------------- */

static void do_launch(struct world *w, int comp)
{
    struct world_comp *c = &w->comp[comp];
    const bool npnp =
        w->m.comps[comp].property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;

    process_gone(w, comp);
    if (c->refuse_launch > 0) {
        c->refuse_launch--;
        queue_comp(w, 0, comp, AMF_EV_LAUNCH_FAILED, 0, false);
        return;
    }
    c->running = true;
    queue_comp(w, c->launch_ms, comp, npnp ? AMF_EV_LAUNCHED : AMF_EV_REGISTERED, 0,
               true);
}

static void do_kill(struct world *w, int comp)
{
    if (w->comp[comp].kill_ms < 0)
        return;
    process_gone(w, comp);
    queue_comp(w, w->comp[comp].kill_ms, comp, AMF_EV_EXITED, 0, true);
}

/* A library does not tell its program twice what it has not answered yet. */
static bool answer_is_due(const struct world *w, uint64_t invocation)
{
    for (size_t i = 0; i < w->queue_end; i++)
        if (w->queue[i].used && w->queue[i].ev.invocation == invocation)
            return true;
    return false;
}

static void do_terminate(struct world *w, const struct amf_action *a)
{
    const int comp = a->index;
    struct world_event *q;
    const bool npnp =
        w->m.comps[comp].property == AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;

    if (answer_is_due(w, a->invocation))
        return;
    for (size_t i = 0; i < w->m.n_csis; i++)
        if (w->comp[comp].ha[i] == AMF_HA_ACTIVE && !npnp &&
            amf_engine_presence(w->e, comp) != AMF_PRES_RESTARTING)
            trouble(w, "terminate of an active one", comp, (int)i);
    q = queue_comp(w, w->comp[comp].answer_ms, comp,
                   npnp ? AMF_EV_EXITED : AMF_EV_RESPONSE, a->invocation, true);
    if (q)
        q->ends = true;
}

static void do_reset(struct world *w, const struct amf_action *a)
{
    queue(w, 1, -1, &(struct amf_event){.type = AMF_EV_NODE_DOWN, .index = a->index});
    if (a->restart)
        queue(w, 1 + w->reboot_ms, -1,
              &(struct amf_event){.type = AMF_EV_NODE_UP, .index = a->index});
}

static const char *comp_name(const struct world *w, int comp)
{
    return comp < 0 ? "-" : w->m.comps[comp].name;
}

static void tell_set(struct world *w, const struct amf_csi_set *s)
{
    static const char *const ha[] = {"NONE", "ACTIVE", "STANDBY", "QUIESCED",
                                     "QUIESCING"};
    static const char *const tr[] = {"", " NEW_ASSIGN", " QUIESCED", " NOT_QUIESCED"};
    char rank[16] = "", active[64] = "";

    if (s->ha == AMF_HA_STANDBY)
        snprintf(rank, sizeof(rank), " rank=%u", s->standby_rank);
    if (s->active_comp >= 0)
        snprintf(active, sizeof(active), " active=%s", comp_name(w, s->active_comp));
    tell(w, "set %s %s%s%s%s%s%s%s%s%s%s", comp_name(w, s->comp),
         s->csi < 0 ? "" : w->m.csis[s->csi].name, s->csi < 0 ? "" : " ", ha[s->ha],
         s->flags & AMF_CSI_ADD_ONE ? " ADD_ONE" : "",
         s->flags & AMF_CSI_TARGET_ONE ? " TARGET_ONE" : "",
         s->flags & AMF_CSI_TARGET_ALL ? " TARGET_ALL" : "",
         s->ha == AMF_HA_ACTIVE ? tr[s->transition] : "", active, rank,
         s->with_attrs ? " attrs" : "");
}

static void carry_out(struct world *w, const struct amf_action *a)
{
    switch (a->type) {
    case AMF_DO_LAUNCH:
        tell(w, "launch %s", comp_name(w, a->index));
        do_launch(w, a->index);
        break;
    case AMF_DO_KILL:
        tell(w, "kill %s", comp_name(w, a->index));
        do_kill(w, a->index);
        break;
    case AMF_DO_CSI_SET:
        tell_set(w, &a->set);
        take_set(w, a);
        break;
    case AMF_DO_CSI_REMOVE:
        tell(w, "remove %s %s%s", comp_name(w, a->set.comp), w->m.csis[a->set.csi].name,
             a->set.flags == AMF_CSI_TARGET_ONE ? " TARGET_ONE" : " ?");
        take_remove(w, a);
        break;
    case AMF_DO_TERMINATE:
        tell(w, "terminate %s", comp_name(w, a->index));
        do_terminate(w, a);
        break;
    case AMF_DO_PROXIED_INSTANTIATE:
        tell(w, "instantiate %s by %s", comp_name(w, a->index), comp_name(w, a->proxy));
        w->comp[a->index].proxy = a->proxy;
        queue_comp(w, w->comp[a->index].answer_ms, a->index, AMF_EV_RESPONSE,
                   a->invocation, true);
        break;
    case AMF_DO_PROXIED_CLEANUP:
        tell(w, "cleanup %s by %s", comp_name(w, a->index), comp_name(w, a->proxy));
        process_gone(w, a->index);
        queue_comp(w, w->comp[a->index].answer_ms, a->index, AMF_EV_RESPONSE,
                   a->invocation, true);
        break;
    case AMF_DO_TIMER:
        timer_set(w, a->timer, a->at_ms);
        break;
    case AMF_DO_TIMER_CANCEL:
        timer_drop(w, a->timer);
        break;
    case AMF_DO_NODE_RESET:
        tell(w, "reset %s%s", w->m.nodes[a->index].name, a->restart ? " restart" : "");
        do_reset(w, a);
        break;
    case AMF_DO_NOTE:
        if (w->notes)
            tell(w, "  %s", a->note);
        break;
    default:
        break;
    }
}

/* Facts that hold before the engine hears of them. */
static void happen(struct world *w, const struct amf_event *ev)
{
    if (ev->index < 0 || (size_t)ev->index >= w->m.n_comps)
        return;
    if (ev->type == AMF_EV_REGISTERED)
        w->comp[ev->index].running = w->comp[ev->index].registered = true;
    if (ev->type == AMF_EV_LAUNCHED)
        w->comp[ev->index].running = true;
    if (ev->type == AMF_EV_NODE_DOWN)
        for (size_t i = 0; i < w->m.n_comps; i++)
            if (w->m.sus[w->m.comps[i].su].node == ev->index)
                process_gone(w, (int)i);
}

void world_feed(struct world *w, const struct amf_event *ev)
{
    const char *broken;

    happen(w, ev);
    if (w->aloud && ev->type != AMF_EV_TIMER)
        tell(w, "              <- event %d index %d kind %d op %d recovery %d ok %d",
             ev->type, ev->index, ev->kind, ev->op, ev->recovery, ev->ok);
    w->fed++;
    w->result = amf_engine_step(w->e, w->now_ms, ev, &w->out);
    world_twin_step(w, ev);
    for (size_t i = 0; i < w->out.n; i++)
        carry_out(w, &w->out.at[i]);
    broken = amf_engine_check(w->e);
    if (broken)
        world_trouble(w, broken);
}

/* ---- time ---------------------------------------------------------------- */

static struct world_event *next_event(struct world *w)
{
    struct world_event *best = NULL;
    size_t end = 0;

    for (size_t i = 0; i < w->queue_end; i++) {
        struct world_event *q = &w->queue[i];

        if (q->used && q->comp >= 0 && q->generation != w->comp[q->comp].generation)
            q->used = false; /* its sender is gone */
        if (q->used && (!best || q->at_ms < best->at_ms ||
                        (q->at_ms == best->at_ms && q->seq < best->seq)))
            best = q;
        if (q->used)
            end = i + 1;
    }
    w->queue_end = end;
    return best;
}

static size_t next_timer(const struct world *w)
{
    size_t best = 0;

    for (size_t i = 1; i < w->n_timers; i++)
        if (w->timer[i].at_ms < w->timer[best].at_ms ||
            (w->timer[i].at_ms == w->timer[best].at_ms &&
             w->timer[i].id < w->timer[best].id))
            best = i;
    return best;
}

static bool step(struct world *w, int64_t until_ms)
{
    struct world_event *q = next_event(w);
    const size_t t = next_timer(w);
    const bool timer_first =
        w->n_timers && (!q || w->timer[t].at_ms < q->at_ms); /* answers win a tie */
    const int64_t at = timer_first ? w->timer[t].at_ms : q ? q->at_ms : INT64_MAX;
    struct amf_event ev = {.type = AMF_EV_TIMER};

    if (at > until_ms)
        return false;
    if (at > w->now_ms)
        w->now_ms = at;
    if (timer_first) {
        ev.timer = w->timer[t].id;
        timer_drop(w, ev.timer);
    } else {
        if (q->csi >= 0)
            become(w, q->comp, q->csi, q->ha);
        if (q->ends)
            process_gone(w, q->comp);
        ev = q->ev;
        q->used = false;
    }
    world_feed(w, &ev);
    return true;
}

void world_run(struct world *w, int64_t until_ms)
{
    while (step(w, until_ms))
        ;
    if (until_ms != INT64_MAX)
        w->now_ms = until_ms;
}

void world_run_quiet(struct world *w)
{
    world_run(w, INT64_MAX);
}

bool world_quiet(const struct world *w)
{
    for (size_t i = 0; i < w->queue_end; i++)
        if (w->queue[i].used)
            return false;
    return w->n_timers == 0;
}

void world_look(struct world *w)
{
    amf_engine_look(w->e);
    if (w->twin)
        amf_engine_look(w->twin);
    world_feed(w, &(struct amf_event){.type = AMF_EV_FAULT_CLEAR, .index = 0});
}

/* ---- what tests do ------------------------------------------------------- */

void world_node_up(struct world *w, int node)
{
    world_feed(w, &(struct amf_event){.type = AMF_EV_NODE_UP, .index = node});
}

void world_node_down(struct world *w, int node)
{
    world_feed(w, &(struct amf_event){.type = AMF_EV_NODE_DOWN, .index = node});
}

void world_nodes_up(struct world *w)
{
    for (size_t i = 0; i < w->m.n_nodes; i++)
        world_node_up(w, (int)i);
}

void world_vanish(struct world *w, int comp)
{
    process_gone(w, comp);
}

void world_crash(struct world *w, int comp)
{
    if (!w->comp[comp].running)
        return;
    process_gone(w, comp);
    world_feed(w, &(struct amf_event){.type = AMF_EV_EXITED, .index = comp});
}

void world_fault(struct world *w, int comp, enum amf_recovery r)
{
    world_feed(w,
               &(struct amf_event){.type = AMF_EV_FAULT, .index = comp, .recovery = r});
}

enum amf_admin_result world_admin(struct world *w, enum amf_admin_op op,
                                  enum amf_kind kind, int index)
{
    world_feed(w, &(struct amf_event){
                      .type = AMF_EV_ADMIN, .kind = kind, .index = index, .op = op});
    return w->result;
}
