/* SPDX-License-Identifier: Apache-2.0 */
/* A dumped state taken over. Anything that does not fit makes the load fail as a
 * whole; numbers are checked against their enumerations before they are used. */
#include "amf/amf_state.h"

#include <stdlib.h>
#include <string.h>

struct load {
    struct amf_engine *e;
    int64_t now_ms;
    bool exact; /* go on as the engine that was dumped would have */
    bool ok;    /* so far */
};

/* ---- members ------------------------------------------------------------- */

static int64_t get_int(struct load *l, const json_t *o, const char *key, int64_t min,
                       int64_t max)
{
    const json_t *v = json_object_get(o, key);
    int64_t n;

    if (!json_is_integer(v)) {
        l->ok = false;
        return min;
    }
    n = json_integer_value(v);
    if (n >= min && n <= max)
        return n;
    l->ok = false;
    return min;
}

static int get_state(struct load *l, const json_t *o, const char *key, int max)
{
    return (int)get_int(l, json_object_get(o, key), "value", 0, max);
}

static bool get_bool(struct load *l, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    if (!json_is_boolean(v))
        l->ok = false;
    return json_is_true(v);
}

/* A member that states of earlier versions lack. */
static bool get_later_bool(struct load *l, const json_t *o, const char *key, bool absent)
{
    return json_object_get(o, key) ? get_bool(l, o, key) : absent;
}

static int64_t when(struct load *l, const json_t *left)
{
    if (json_is_null(left))
        return AMF_NEVER;
    if (json_is_integer(left) && json_integer_value(left) >= 0 &&
        json_integer_value(left) < INT32_MAX)
        return l->now_ms + json_integer_value(left);
    l->ok = false;
    return AMF_NEVER;
}

static void get_window(struct load *l, const json_t *o, const char *key,
                       struct amf_window *w)
{
    const json_t *v = json_object_get(o, key);

    w->count = (uint32_t)get_int(l, v, "count", 0, INT32_MAX);
    w->end_ms = l->now_ms + get_int(l, v, "left_ms", 0, INT32_MAX);
}

typedef int (*find_fn)(const struct amf_engine *e, const char *name);

#define FINDER(kind, array, count)                                                       \
    static int find_##kind(const struct amf_engine *e, const char *name)                 \
    {                                                                                    \
        for (size_t i = 0; i < e->m->count; i++)                                         \
            if (strcmp(e->m->array[i].name, name) == 0)                                  \
                return (int)i;                                                           \
        return -1;                                                                       \
    }

FINDER(node, nodes, n_nodes)
FINDER(sg, sgs, n_sgs)
FINDER(su, sus, n_sus)
FINDER(comp, comps, n_comps)
FINDER(si, sis, n_sis)
FINDER(csi, csis, n_csis)

static int get_name(struct load *l, const json_t *o, const char *key, find_fn find)
{
    const char *name = json_string_value(json_object_get(o, key));
    const int i = name ? find(l->e, name) : -1;

    if (i < 0)
        l->ok = false;
    return i;
}

static int get_name_or_null(struct load *l, const json_t *o, const char *key,
                            find_fn find)
{
    return json_is_null(json_object_get(o, key)) ? -1 : get_name(l, o, key, find);
}

/* ---- entities ------------------------------------------------------------ */

static void load_node(struct load *l, const json_t *o, int i)
{
    struct amf_node_state *n = &l->e->nodes[i];

    n->admin = (enum amf_admin)get_state(l, o, "admin", AMF_ADMIN_SHUTTINGDOWN_RESTART);
    n->oper = (enum amf_oper)get_state(l, o, "oper", AMF_OPER_DISABLED);
    n->up = get_bool(l, o, "up");
    n->leaving = (enum amf_recovery)get_state(l, o, "leaving", AMF_REC_NODE_HALT);
    n->restart = get_bool(l, o, "restart");
    n->reset_sent = get_bool(l, o, "reset_sent") && l->exact;
    /* otherwise the order is given again when the node is empty */
    get_window(l, o, "su_failovers", &n->failovers);
}

static void load_sg(struct load *l, const json_t *o, int i)
{
    struct amf_sg_state *g = &l->e->sgs[i];

    g->admin = (enum amf_admin)get_state(l, o, "admin", AMF_ADMIN_SHUTTINGDOWN_RESTART);
    g->started = get_bool(l, o, "started");
    g->start_due_ms = when(l, json_object_get(o, "start_left_ms"));
    g->adjust_due_ms = when(l, json_object_get(o, "adjust_left_ms"));
    g->auto_adjust = get_bool(l, o, "auto_adjust");
    g->adjusting = get_bool(l, o, "adjusting");
    get_window(l, o, "failovers", &g->failovers);
    g->swap_from = get_name_or_null(l, o, "swap_from", find_su);
    g->swap_to = get_name_or_null(l, o, "swap_to", find_su);
    if ((g->swap_from < 0) != (g->swap_to < 0))
        l->ok = false;
}

static void load_su(struct load *l, const json_t *o, int i)
{
    struct amf_su_state *s = &l->e->sus[i];

    s->admin = (enum amf_admin)get_state(l, o, "admin", AMF_ADMIN_SHUTTINGDOWN_RESTART);
    s->oper = (enum amf_oper)get_state(l, o, "oper", AMF_OPER_DISABLED);
    s->wanted = get_bool(l, o, "wanted");
    s->in_service = get_bool(l, o, "in_service");
    s->restarting = get_bool(l, o, "restarting");
    s->force_locked = get_later_bool(l, o, "force_locked", false);
    s->order = (uint32_t)get_int(l, o, "order", 0, UINT32_MAX);
    s->probation_ms = l->now_ms + get_int(l, o, "probation_left_ms", 0, INT32_MAX);
    get_window(l, o, "comp_restarts", &s->comp_restarts);
    get_window(l, o, "su_restarts", &s->su_restarts);
}

static void load_timers(struct load *l, const json_t *timers, struct amf_comp_state *c)
{
    if (json_array_size(timers) != AMF_TM_COMP_KINDS)
        l->ok = false;
    for (size_t k = 0; k < AMF_TM_COMP_KINDS && l->ok; k++)
        c->due_ms[k] = when(l, json_array_get(timers, k));
}

/* What a new daemon finds out anew, and what only the running process has. */
static void load_comp_exact(struct load *l, const json_t *o, struct amf_comp_state *c)
{
    const int64_t quiet_until = when(l, json_object_get(o, "report_left_ms"));

    c->unsure = get_bool(l, o, "unsure");
    c->invocation = (uint64_t)get_int(l, o, "invocation", 0, INT64_MAX);
    if (quiet_until != AMF_NEVER)
        c->fault_ms = quiet_until - AMF_DUPLICATE_FAULT_MS;
}

static void load_comp(struct load *l, const json_t *o, int i)
{
    struct amf_comp_state *c = &l->e->comps[i];

    c->presence =
        (enum amf_presence)get_state(l, o, "presence", AMF_PRES_TERMINATION_FAILED);
    c->oper = (enum amf_oper)get_state(l, o, "oper", AMF_OPER_DISABLED);
    c->op = (enum amf_comp_op)get_state(l, o, "op", AMF_COMP_TERMINATING);
    c->alive = get_bool(l, o, "alive");
    c->failed = get_bool(l, o, "failed");
    c->reminded = get_later_bool(l, o, "reminded", true);
    c->proxy = get_name_or_null(l, o, "proxy", find_comp);
    c->attempts = (uint32_t)get_int(l, o, "attempts", 0, INT32_MAX);
    c->launches = (uint32_t)get_int(l, o, "launches", 0, INT32_MAX);
    c->faults = (uint32_t)get_int(l, o, "faults", 0, INT32_MAX);
    load_timers(l, json_object_get(o, "timers_left_ms"), c);
    /* a proxied one whose proxy is gone has nobody who could restore it */
    c->unsure = c->alive || c->op == AMF_COMP_CLEANING || c->op == AMF_COMP_TERMINATING ||
                c->op == AMF_COMP_LAUNCHING;
    if (l->exact)
        load_comp_exact(l, o, c);
}

/* Absent from states of before there was such a thing. */
static int get_wish(struct load *l, const json_t *o, const char *key, int si)
{
    const int su = json_object_get(o, key) ? get_name_or_null(l, o, key, find_su) : -1;

    if (su >= 0 && l->e->m->sus[su].sg != l->e->m->sis[si].sg)
        l->ok = false;
    return l->ok ? su : -1;
}

static void load_si(struct load *l, const json_t *o, int i)
{
    l->e->sis[i].wish_active = get_wish(l, o, "wish_active", i);
    l->e->sis[i].wish_standby = get_wish(l, o, "wish_standby", i);

    l->e->sis[i].admin =
        (enum amf_admin)get_state(l, o, "admin", AMF_ADMIN_SHUTTINGDOWN_RESTART);
}

static void load_csi(struct load *l, const json_t *o, int i)
{
    l->e->csis[i].former = get_name_or_null(l, o, "former", find_comp);
    l->e->csis[i].quiesced = get_bool(l, o, "quiesced");
}

/* Each entity of the model exactly once. */
static void load_each(struct load *l, const json_t *state, const char *key, size_t n,
                      find_fn find, void (*one)(struct load *l, const json_t *o, int i))
{
    const json_t *list = json_object_get(state, key);
    bool *seen = calloc(n + 1, sizeof(*seen));
    size_t k;
    json_t *o;

    if (!seen || json_array_size(list) != n)
        l->ok = false;
    json_array_foreach(list, k, o)
    {
        const int i = l->ok ? get_name(l, o, "name", find) : -1;

        if (i < 0 || seen[i]) {
            l->ok = false;
            break;
        }
        seen[i] = true;
        one(l, o, i);
    }
    free(seen);
}

/* ---- assignments --------------------------------------------------------- */

static void load_sent(struct load *l, const json_t *o, struct amf_part *p, int csi)
{
    struct amf_csi_set *s = &p->sent;

    s->comp = p->comp;
    s->csi = get_bool(l, o, "all") ? -1 : csi;
    s->ha = (enum amf_ha)get_int(l, o, "ha", 0, AMF_HA_QUIESCING);
    s->flags = (uint32_t)get_int(l, o, "flags", 0, 7);
    s->transition =
        (enum amf_transition)get_int(l, o, "transition", 0, AMF_TR_STILL_ACTIVE);
    s->active_comp = get_name_or_null(l, o, "active", find_comp);
    s->standby_rank = (uint32_t)get_int(l, o, "rank", 0, UINT32_MAX);
    s->with_attrs = get_bool(l, o, "attrs");
    s->invocation = (uint64_t)get_int(l, o, "invocation", 0, INT64_MAX);
}

static void load_part(struct load *l, const json_t *o, struct amf_asg *a)
{
    const struct amf_list *csis = &l->e->m->sis[a->si].csis;
    const int csi = get_name(l, o, "csi", find_csi);

    for (size_t k = 0; k < a->n_parts; k++) {
        struct amf_part *p = &a->parts[k];

        if (csis->at[k] != csi)
            continue;
        p->comp = get_name(l, o, "comp", find_comp);
        if (p->comp < 0 || l->e->m->comps[p->comp].su != a->su)
            break;
        p->ha = (enum amf_ha)get_state(l, o, "ha", AMF_HA_QUIESCING);
        p->lost = get_bool(l, o, "lost");
        p->pending = (enum amf_pending)get_int(l, o, "pending", 0, AMF_PEND_REMOVE);
        load_sent(l, json_object_get(o, "sent"), p, csi);
        return;
    }
    l->ok = false;
}

static void load_assignment(struct load *l, const json_t *o)
{
    const int si = get_name(l, o, "si", find_si), su = get_name(l, o, "su", find_su);
    const json_t *parts = json_object_get(o, "parts");
    struct amf_asg *a;
    json_t *part;
    size_t k;

    if (!l->ok || l->e->m->sus[su].sg < 0 || l->e->m->sus[su].sg != l->e->m->sis[si].sg ||
        json_array_size(parts) == 0) {
        l->ok = false;
        return;
    }
    a = amf_asg_at(l->e, su, si);
    a->role = (enum amf_ha)get_state(l, o, "role", AMF_HA_QUIESCING);
    a->removing = get_bool(l, o, "removing");
    a->swap = get_bool(l, o, "swap");
    if (a->role == AMF_HA_NONE)
        l->ok = false;
    json_array_foreach(parts, k, part) load_part(l, part, a);
}

static bool load(struct amf_engine *e, const json_t *state, int64_t now_ms, bool exact)
{
    struct load l = {e, now_ms, exact, true};
    const json_t *work = json_object_get(state, "assignments");
    json_t *o;
    size_t k;

    get_int(&l, state, "version", 1, 1);
    e->key = (uint32_t)get_int(&l, state, "key", 0, UINT32_MAX);
    e->service_order = (uint32_t)get_int(&l, state, "service_order", 0, UINT32_MAX);
    load_each(&l, state, "nodes", e->m->n_nodes, find_node, load_node);
    load_each(&l, state, "sgs", e->m->n_sgs, find_sg, load_sg);
    load_each(&l, state, "sus", e->m->n_sus, find_su, load_su);
    load_each(&l, state, "comps", e->m->n_comps, find_comp, load_comp);
    load_each(&l, state, "sis", e->m->n_sis, find_si, load_si);
    load_each(&l, state, "csis", e->m->n_csis, find_csi, load_csi);
    if (!json_is_array(work))
        l.ok = false;
    json_array_foreach(work, k, o) if (l.ok) load_assignment(&l, o);
    if (!l.ok) {
        amf_engine_reset(e);
        return false;
    }
    if (exact)
        e->steps = (uint64_t)json_integer_value(json_object_get(state, "steps"));
    e->now_ms = now_ms;
    e->timers_lost = !exact;
    if (!exact)
        amf_touch_all(e);
    return true;
}

bool amf_engine_load(struct amf_engine *e, const json_t *state, int64_t now_ms)
{
    return load(e, state, now_ms, false);
}

bool amf_engine_resume(struct amf_engine *e, const json_t *state, int64_t now_ms)
{
    return load(e, state, now_ms, true);
}
