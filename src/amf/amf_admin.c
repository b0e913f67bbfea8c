/* SPDX-License-Identifier: Apache-2.0 */
/* Administrative operations: what may be asked for when, and the end of shutdowns. */
#include "amf/amf_state.h"

static bool in_range(const struct amf_engine *e, enum amf_kind kind, int index)
{
    size_t n = 0;

    if (kind == AMF_KIND_NODE)
        n = e->m->n_nodes;
    else if (kind == AMF_KIND_SG)
        n = e->m->n_sgs;
    else if (kind == AMF_KIND_SU)
        n = e->m->n_sus;
    else if (kind == AMF_KIND_SI)
        n = e->m->n_sis;
    else if (kind == AMF_KIND_COMP)
        n = e->m->n_comps;
    return index >= 0 && (size_t)index < n;
}

/* Where the entity keeps its state; NULL: it has none. */
static enum amf_admin *state_of(struct amf_engine *e, enum amf_kind kind, int index)
{
    switch (kind) {
    case AMF_KIND_NODE:
        return &e->nodes[index].admin;
    case AMF_KIND_SG:
        return &e->sgs[index].admin;
    case AMF_KIND_SU:
        return &e->sus[index].admin;
    case AMF_KIND_SI:
        return &e->sis[index].admin;
    default:
        return NULL;
    }
}

static const char *name_of(const struct amf_engine *e, enum amf_kind kind, int index)
{
    switch (kind) {
    case AMF_KIND_NODE:
        return e->m->nodes[index].name;
    case AMF_KIND_SG:
        return e->m->sgs[index].name;
    case AMF_KIND_SU:
        return e->m->sus[index].name;
    default:
        return e->m->sis[index].name;
    }
}

static bool shutting_down(enum amf_admin a)
{
    return a == AMF_ADMIN_SHUTTINGDOWN || a == AMF_ADMIN_SHUTTINGDOWN_RESTART;
}

/* ---- is something under way? ------------------------------------------------------- */

/* A proxied component that waits for a proxy is in transit and goes nowhere: what it
 * waits for may be just this operation. */
static bool su_busy(const struct amf_engine *e, int su, bool count_quiescing)
{
    const enum amf_presence p = amf_su_presence(e, su);
    const bool transit = p == AMF_PRES_INSTANTIATING || p == AMF_PRES_TERMINATING ||
                         p == AMF_PRES_RESTARTING;

    return (transit && amf_su_moving(e, su)) ||
           (e->m->sus[su].sg >= 0 && amf_sg_busy(e, e->m->sus[su].sg, count_quiescing));
}

static bool any_su_busy(const struct amf_engine *e, const struct amf_list *sus,
                        bool quiescing)
{
    for (size_t i = 0; i < sus->n; i++)
        if (su_busy(e, sus->at[i], quiescing))
            return true;
    return false;
}

static bool busy(const struct amf_engine *e, enum amf_kind kind, int index,
                 bool quiescing)
{
    switch (kind) {
    case AMF_KIND_NODE:
        return any_su_busy(e, &e->m->nodes[index].sus, quiescing);
    case AMF_KIND_SG:
        return any_su_busy(e, &e->m->sgs[index].sus, quiescing);
    case AMF_KIND_SU:
        return su_busy(e, index, quiescing);
    case AMF_KIND_SI:
        return e->m->sis[index].sg >= 0 && amf_sg_busy(e, e->m->sis[index].sg, quiescing);
    case AMF_KIND_COMP:
        return su_busy(e, e->m->comps[index].su, quiescing);
    default:
        return false;
    }
}

/* ---- lock, unlock, shutdown -------------------------------------------------------- */

static void touch(struct amf_engine *e, enum amf_kind kind, int index)
{
    if (kind == AMF_KIND_SG)
        amf_touch_sg(e, index);
    else if (kind == AMF_KIND_SU)
        amf_touch_su(e, index);
    else if (kind == AMF_KIND_SI)
        amf_touch_sg(e, e->m->sis[index].sg);
    else /* other nodes may depend on it */
        amf_touch_all(e);
}

void amf_admin_set(struct amf_engine *e, enum amf_kind kind, int index, enum amf_admin to)
{
    *state_of(e, kind, index) = to;
    touch(e, kind, index);
    amf_note(e, "%s admin %s", name_of(e, kind, index), amf_admin_name(to));
}

static enum amf_admin_result lock_assignment(enum amf_kind kind, enum amf_admin now)
{
    (void)kind;
    if (now == AMF_ADMIN_LOCKED_A)
        return AMF_ADMIN_NO_OP;
    return shutting_down(now) ? AMF_ADMIN_BAD_OPERATION : AMF_ADMIN_OK;
}

static enum amf_admin_result lock_instantiation(enum amf_kind kind, enum amf_admin now)
{
    if (kind == AMF_KIND_SI)
        return AMF_ADMIN_INVALID_ENTITY;
    if (now == AMF_ADMIN_LOCKED_I)
        return AMF_ADMIN_NO_OP;
    return now == AMF_ADMIN_LOCKED_A ? AMF_ADMIN_OK : AMF_ADMIN_BAD_OPERATION;
}

static enum amf_admin_result unlock(enum amf_kind kind, enum amf_admin now)
{
    (void)kind;
    if (now == AMF_ADMIN_UNLOCKED)
        return AMF_ADMIN_NO_OP;
    return now == AMF_ADMIN_LOCKED_I || now == AMF_ADMIN_NONE ? AMF_ADMIN_BAD_OPERATION
                                                              : AMF_ADMIN_OK;
}

static enum amf_admin_result shutdown(enum amf_kind kind, enum amf_admin now)
{
    (void)kind;
    if (shutting_down(now))
        return AMF_ADMIN_NO_OP;
    return now == AMF_ADMIN_UNLOCKED ? AMF_ADMIN_OK : AMF_ADMIN_BAD_OPERATION;
}

static enum amf_admin_result shutdown_restart(enum amf_kind kind, enum amf_admin now)
{
    return kind == AMF_KIND_SU ? shutdown(kind, now) : AMF_ADMIN_NOT_SUPPORTED;
}

struct transition {
    enum amf_admin_op op;
    enum amf_admin to;
    enum amf_admin_result (*allowed)(enum amf_kind kind, enum amf_admin now);
};

static enum amf_admin_result
change_state(struct amf_engine *e, const struct amf_event *ev, const struct transition *t)
{
    const enum amf_admin *state = state_of(e, ev->kind, ev->index);
    enum amf_admin_result r;

    if (!state)
        return AMF_ADMIN_INVALID_ENTITY;
    if (ev->kind == AMF_KIND_NODE && !e->m->nodes[ev->index].asp_aware)
        return AMF_ADMIN_NO_OP;
    r = t->allowed(ev->kind, *state);
    if (r != AMF_ADMIN_OK)
        return r;
    if (busy(e, ev->kind, ev->index, !(t->op == AMF_OP_UNLOCK && shutting_down(*state))))
        return AMF_ADMIN_TRY_AGAIN;
    amf_admin_set(e, ev->kind, ev->index, t->to);
    return AMF_ADMIN_OK;
}

/* ---- restart ------------------------------------------------------------- */

static enum amf_admin_result restart_comp(struct amf_engine *e, int comp)
{
    if (!amf_comp_ready(e, comp) || !e->m->comps[comp].restartable)
        return AMF_ADMIN_NO_OP;
    if (busy(e, AMF_KIND_COMP, comp, true))
        return AMF_ADMIN_TRY_AGAIN;
    amf_comp_restart_softly(e, comp);
    return AMF_ADMIN_OK;
}

static bool su_restartable(const struct amf_engine *e, int su)
{
    return amf_su_presence(e, su) == AMF_PRES_INSTANTIATED && e->m->sus[su].restartable &&
           e->m->sus[su].sg >= 0;
}

static void restart_su_now(struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    e->sus[su].restarting = true;
    amf_change_sg(e, e->m->sus[su].sg);
    for (size_t i = 0; i < comps->n; i++)
        if (amf_comp_ready(e, comps->at[i]))
            amf_comp_restart_softly(e, comps->at[i]);
}

static enum amf_admin_result restart_su(struct amf_engine *e, int su)
{
    if (!su_restartable(e, su))
        return AMF_ADMIN_NO_OP;
    if (su_busy(e, su, true))
        return AMF_ADMIN_TRY_AGAIN;
    restart_su_now(e, su);
    return AMF_ADMIN_OK;
}

static enum amf_admin_result restart_node(struct amf_engine *e, int node)
{
    const struct amf_list *sus = &e->m->nodes[node].sus;
    bool any = false;

    if (!e->m->nodes[node].asp_aware)
        return AMF_ADMIN_NO_OP;
    for (size_t i = 0; i < sus->n; i++)
        any = any || su_restartable(e, sus->at[i]);
    if (!any)
        return AMF_ADMIN_NO_OP;
    if (any_su_busy(e, sus, true))
        return AMF_ADMIN_TRY_AGAIN;
    for (size_t i = 0; i < sus->n; i++)
        if (su_restartable(e, sus->at[i]))
            restart_su_now(e, sus->at[i]);
    return AMF_ADMIN_OK;
}

static enum amf_admin_result restart(struct amf_engine *e, const struct amf_event *ev)
{
    switch (ev->kind) {
    case AMF_KIND_COMP:
        return restart_comp(e, ev->index);
    case AMF_KIND_SU:
        return restart_su(e, ev->index);
    case AMF_KIND_NODE:
        return restart_node(e, ev->index);
    default:
        return AMF_ADMIN_INVALID_ENTITY;
    }
}

/* ---- repaired ------------------------------------------------------------ */

static bool su_healthy(const struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (e->comps[comps->at[i]].oper == AMF_OPER_DISABLED)
            return false;
    return e->sus[su].oper == AMF_OPER_ENABLED;
}

static enum amf_admin_result su_repaired(struct amf_engine *e, int su)
{
    if (su_healthy(e, su))
        return AMF_ADMIN_NO_OP;
    if (!amf_su_down(e, su) || !amf_su_idle(e, su))
        return AMF_ADMIN_TRY_AGAIN;
    amf_su_repair(e, su);
    return AMF_ADMIN_OK;
}

static enum amf_admin_result node_repaired(struct amf_engine *e, int node)
{
    const struct amf_list *sus = &e->m->nodes[node].sus;

    if (e->nodes[node].oper == AMF_OPER_ENABLED)
        return AMF_ADMIN_NO_OP;
    if (e->nodes[node].leaving != AMF_REC_NONE)
        return AMF_ADMIN_TRY_AGAIN;
    e->nodes[node].oper = AMF_OPER_ENABLED;
    for (size_t i = 0; i < sus->n; i++)
        amf_su_repair(e, sus->at[i]);
    amf_touch_node(e, node);
    return AMF_ADMIN_OK;
}

static enum amf_admin_result repaired(struct amf_engine *e, const struct amf_event *ev)
{
    if (ev->kind == AMF_KIND_SU)
        return su_repaired(e, ev->index);
    if (ev->kind == AMF_KIND_NODE)
        return node_repaired(e, ev->index);
    return AMF_ADMIN_INVALID_ENTITY;
}

/* ---- swap, adjust, force ------------------------------------------------- */

/* The SU that holds si in role, the standby with the lowest rank; -1: none. */
static int holder(const struct amf_engine *e, int si, enum amf_ha role)
{
    const struct amf_sg_state *g = &e->sgs[e->m->sis[si].sg];
    const struct amf_asg *best = NULL;

    for (size_t i = 0; i < g->n_sus; i++) {
        const struct amf_asg *a = amf_asg_at(e, g->sus[i], si);

        if (a->role == role && !a->removing &&
            (!best || a->parts[0].sent.standby_rank < best->parts[0].sent.standby_rank))
            best = a;
    }
    return best ? best->su : -1;
}

static bool can_swap(const struct amf_engine *e, int sg)
{
    const enum amf_redundancy r = e->m->sgs[sg].redundancy;

    return (r == AMF_RED_TWO_N || r == AMF_RED_M_PLUS_N || r == AMF_RED_N_WAY) &&
           !e->sgs[sg].auto_adjust;
}

static enum amf_admin_result swap(struct amf_engine *e, const struct amf_event *ev)
{
    int sg, from, to;

    if (ev->kind != AMF_KIND_SI)
        return AMF_ADMIN_INVALID_ENTITY;
    sg = e->m->sis[ev->index].sg;
    if (sg < 0 || !can_swap(e, sg) ||
        amf_si_effective(e, ev->index) != AMF_ADMIN_UNLOCKED)
        return AMF_ADMIN_BAD_OPERATION;
    from = holder(e, ev->index, AMF_HA_ACTIVE);
    to = holder(e, ev->index, AMF_HA_STANDBY);
    if (from < 0 || to < 0)
        return AMF_ADMIN_BAD_OPERATION;
    if (amf_sg_busy(e, sg, true) || su_busy(e, from, true) || su_busy(e, to, true))
        return AMF_ADMIN_TRY_AGAIN;
    if (!amf_swap_fits(e, sg, from, to))
        return AMF_ADMIN_BAD_OPERATION;
    amf_swap_start(e, sg, from, to);
    return AMF_ADMIN_OK;
}

static enum amf_admin_result adjust(struct amf_engine *e, const struct amf_event *ev)
{
    if (ev->kind != AMF_KIND_SG)
        return AMF_ADMIN_INVALID_ENTITY;
    e->sgs[ev->index].auto_adjust = ev->arg != 0;
    amf_touch_sg(e, ev->index);
    return AMF_ADMIN_OK;
}

static enum amf_admin_result force_lock_instantiation(struct amf_engine *e,
                                                      const struct amf_event *ev)
{
    const struct amf_list *comps;

    if (ev->kind != AMF_KIND_SU)
        return AMF_ADMIN_INVALID_ENTITY;
    if (e->sus[ev->index].admin == AMF_ADMIN_LOCKED_I ||
        e->sus[ev->index].oper == AMF_OPER_DISABLED ||
        amf_su_presence(e, ev->index) == AMF_PRES_RESTARTING)
        return AMF_ADMIN_NO_OP;
    amf_admin_set(e, AMF_KIND_SU, ev->index, AMF_ADMIN_LOCKED_I);
    comps = &e->m->sus[ev->index].comps;
    for (size_t i = 0; i < comps->n; i++)
        amf_comp_clean(e, comps->at[i], AMF_PRES_TERMINATING);
    return AMF_ADMIN_OK;
}

/* For an SU that never comes to rest: nothing that is under way there is waited for. Once
 * it is locked, its next fault is a fail-over and no restart. */
static enum amf_admin_result force_lock(struct amf_engine *e, const struct amf_event *ev)
{
    if (ev->kind != AMF_KIND_SU)
        return AMF_ADMIN_INVALID_ENTITY;
    if (e->sus[ev->index].admin != AMF_ADMIN_UNLOCKED)
        return AMF_ADMIN_INVALID_STATE;
    amf_admin_set(e, AMF_KIND_SU, ev->index, AMF_ADMIN_LOCKED_A);
    e->sus[ev->index].force_locked = true;
    return AMF_ADMIN_OK;
}

enum amf_admin_result amf_admin_request(struct amf_engine *e, const struct amf_event *ev)
{
    static const struct transition transitions[] = {
        {AMF_OP_LOCK_ASSIGNMENT, AMF_ADMIN_LOCKED_A, lock_assignment},
        {AMF_OP_LOCK_INSTANTIATION, AMF_ADMIN_LOCKED_I, lock_instantiation},
        {AMF_OP_UNLOCK, AMF_ADMIN_UNLOCKED, unlock},
        {AMF_OP_SHUTDOWN, AMF_ADMIN_SHUTTINGDOWN, shutdown},
        {AMF_OP_SHUTDOWN_RESTART, AMF_ADMIN_SHUTTINGDOWN_RESTART, shutdown_restart},
    };

    if (!in_range(e, ev->kind, ev->index))
        return AMF_ADMIN_NOT_EXIST;
    for (size_t i = 0; i < sizeof(transitions) / sizeof(*transitions); i++)
        if (transitions[i].op == ev->op)
            return change_state(e, ev, &transitions[i]);
    switch (ev->op) {
    case AMF_OP_RESTART:
        return restart(e, ev);
    case AMF_OP_REPAIRED:
        return repaired(e, ev);
    case AMF_OP_SI_SWAP:
        return swap(e, ev);
    case AMF_OP_SG_ADJUST:
        return adjust(e, ev);
    case AMF_OP_FORCE_LOCK_INSTANTIATION:
        return force_lock_instantiation(e, ev);
    case AMF_OP_FORCE_LOCK:
        return force_lock(e, ev);
    case AMF_OP_SI_ASSIGN_SU:
        return amf_custom_request(e, ev);
    default:
        return AMF_ADMIN_BAD_OPERATION;
    }
}
