/* SPDX-License-Identifier: Apache-2.0 */
/* Faults: which ones count, how strong the answer is, and what it is. */
#include "amf/amf_state.h"

static int su_of(const struct amf_engine *e, int comp)
{
    return e->m->comps[comp].su;
}

static int node_of(const struct amf_engine *e, int comp)
{
    return e->m->sus[su_of(e, comp)].node;
}

static int strength(enum amf_recovery r)
{
    static const unsigned char of[] = {
        [AMF_REC_COMP_RESTART] = 1,    [AMF_REC_SU_RESTART] = 2,
        [AMF_REC_COMP_FAILOVER] = 3,   [AMF_REC_INTERNALLY_RECOVERED] = 3,
        [AMF_REC_NODE_SWITCHOVER] = 4, [AMF_REC_NODE_FAILOVER] = 5,
        [AMF_REC_NODE_FAILFAST] = 6,   [AMF_REC_NODE_HALT] = 7,
        [AMF_REC_CLUSTER_RESET] = 8,
    };

    return (unsigned)r < sizeof(of) ? of[r] : 0;
}

/* The strongest recovery under way that takes care of comp as well. */
static int strength_under_way(const struct amf_engine *e, int comp)
{
    const struct amf_su_state *su = &e->sus[su_of(e, comp)];
    const enum amf_recovery node = e->nodes[node_of(e, comp)].leaving;

    if (node != AMF_REC_NONE)
        return strength(node);
    if (su->oper == AMF_OPER_DISABLED)
        return strength(AMF_REC_COMP_FAILOVER);
    if (e->comps[comp].presence != AMF_PRES_RESTARTING)
        return 0;
    return strength(su->restarting ? AMF_REC_SU_RESTART : AMF_REC_COMP_RESTART);
}

/* ---- escalation ----------------------------------------------------------------- */

/* Count one more; true when that is more than max within the window. */
static bool over(struct amf_engine *e, struct amf_window *w, uint32_t max,
                 int64_t length_ms)
{
    if (e->now_ms >= w->end_ms)
        w->count = 0;
    if (w->count++ == 0)
        w->end_ms = e->now_ms + length_ms;
    return w->count > max;
}

static enum amf_recovery escalate_comp_restart(struct amf_engine *e, int comp)
{
    const struct amf_sg *sg = &e->m->sgs[e->m->sus[su_of(e, comp)].sg];

    if (!e->m->comps[comp].restartable)
        return AMF_REC_SU_RESTART;
    return over(e, &e->sus[su_of(e, comp)].comp_restarts, sg->comp_restart_max,
                sg->comp_restart_ms)
               ? AMF_REC_SU_RESTART
               : AMF_REC_COMP_RESTART;
}

static enum amf_recovery escalate_su_restart(struct amf_engine *e, int comp)
{
    const int su = su_of(e, comp);
    const struct amf_sg *sg = &e->m->sgs[e->m->sus[su].sg];

    if (!e->m->sus[su].restartable)
        return AMF_REC_COMP_FAILOVER;
    return over(e, &e->sus[su].su_restarts, sg->su_restart_max, sg->su_restart_ms)
               ? AMF_REC_COMP_FAILOVER
               : AMF_REC_SU_RESTART;
}

static enum amf_recovery escalate_failover(struct amf_engine *e, int comp,
                                           enum amf_recovery r)
{
    const int sg = e->m->sus[su_of(e, comp)].sg, node = node_of(e, comp);
    const struct amf_sg *g = &e->m->sgs[sg];
    const struct amf_node *n = &e->m->nodes[node];

    if (e->sus[su_of(e, comp)].oper == AMF_OPER_DISABLED)
        return r; /* its SU is failing over already, and does that once */
    if (g->failover_max &&
        over(e, &e->sgs[sg].failovers, g->failover_max, g->failover_ms))
        return AMF_REC_NODE_HALT;
    return over(e, &e->nodes[node].failovers, n->su_failover_count_max, n->su_failover_ms)
               ? AMF_REC_NODE_FAILOVER
               : r;
}

static enum amf_recovery escalate(struct amf_engine *e, int comp, enum amf_recovery r)
{
    if (r == AMF_REC_COMP_RESTART)
        r = escalate_comp_restart(e, comp);
    if (r == AMF_REC_SU_RESTART)
        r = escalate_su_restart(e, comp);
    if (r == AMF_REC_COMP_FAILOVER || r == AMF_REC_INTERNALLY_RECOVERED)
        r = escalate_failover(e, comp, r);
    return r;
}

/* ---- what is done ----------------------------------------------------------------- */

/* The faulty component goes at once, and its CSIs with it. */
static void clean_faulty(struct amf_engine *e, int comp)
{
    e->comps[comp].oper = AMF_OPER_DISABLED;
    amf_comp_clean(e, comp, AMF_PRES_TERMINATING);
}

static void restart_su(struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    e->sus[su].restarting = true;
    amf_change_sg(e, e->m->sus[su].sg);
    for (size_t i = 0; i < comps->n; i++)
        amf_comp_clean(e, comps->at[i], AMF_PRES_RESTARTING);
}

static void forget_restarts(struct amf_engine *e, int su)
{
    e->sus[su].comp_restarts = e->sus[su].su_restarts = (struct amf_window){0, 0};
    e->sus[su].restarting = false;
    amf_change_sg(e, e->m->sus[su].sg);
}

void amf_su_fail(struct amf_engine *e, int su)
{
    struct amf_su_state *s = &e->sus[su];

    forget_restarts(e, su);
    if (s->oper == AMF_OPER_DISABLED)
        return;
    s->oper = AMF_OPER_DISABLED;
    amf_touch_su(e, su);
    amf_note(e, "su %s oper DISABLED", e->m->sus[su].name);
}

static void reset_node(struct amf_engine *e, int node)
{
    e->nodes[node].reset_sent = true;
    amf_order(e, AMF_DO_NODE_RESET, node)->restart = e->nodes[node].restart;
    amf_touch_node(e, node);
}

static void leave_node(struct amf_engine *e, int node, enum amf_recovery why,
                       bool restart)
{
    struct amf_node_state *n = &e->nodes[node];

    for (size_t i = 0; i < e->m->nodes[node].sus.n; i++)
        forget_restarts(e, e->m->nodes[node].sus.at[i]);
    n->leaving = why;
    n->restart = restart;
    if (why != AMF_REC_NODE_SWITCHOVER)
        n->oper = AMF_OPER_DISABLED;
    amf_touch_node(e, node);
    amf_note(e, "node %s leaving: %s", e->m->nodes[node].name, amf_recovery_name(why));
    if ((why == AMF_REC_NODE_FAILFAST || why == AMF_REC_CLUSTER_RESET) && !n->reset_sent)
        reset_node(e, node);
}

static void reset_cluster(struct amf_engine *e)
{
    for (size_t i = 0; i < e->m->n_nodes; i++)
        if (e->nodes[i].up)
            leave_node(e, (int)i, AMF_REC_CLUSTER_RESET, true);
}

static void carry_out(struct amf_engine *e, int comp, enum amf_recovery r)
{
    const int node = node_of(e, comp);
    const bool repair = e->m->nodes[node].auto_repair;

    switch (r) {
    case AMF_REC_COMP_RESTART:
        amf_comp_clean(e, comp, AMF_PRES_RESTARTING);
        break;
    case AMF_REC_SU_RESTART:
        restart_su(e, su_of(e, comp));
        break;
    case AMF_REC_COMP_FAILOVER:
        clean_faulty(e, comp);
        amf_su_fail(e, su_of(e, comp));
        break;
    case AMF_REC_INTERNALLY_RECOVERED:
        amf_su_fail(e, su_of(e, comp));
        break;
    case AMF_REC_NODE_SWITCHOVER:
        leave_node(e, node, r, repair);
        break;
    case AMF_REC_NODE_FAILOVER:
        clean_faulty(e, comp);
        leave_node(e, node, r, repair);
        break;
    case AMF_REC_NODE_FAILFAST:
        leave_node(e, node, r, repair);
        break;
    case AMF_REC_NODE_HALT:
        clean_faulty(e, comp);
        leave_node(e, node, r, false);
        break;
    case AMF_REC_CLUSTER_RESET:
        reset_cluster(e);
        break;
    default:
        break;
    }
}

void amf_recover(struct amf_engine *e, int comp, enum amf_recovery recovery)
{
    enum amf_recovery r = recovery;

    if (strength(r) == 0 || strength(r) < strength_under_way(e, comp))
        return;
    r = escalate(e, comp, r);
    amf_change_comp(e, comp); /* what was counted */
    amf_note(e, "comp %s recovery %s", e->m->comps[comp].name, amf_recovery_name(r));
    carry_out(e, comp, r);
}

/* ---- reports ------------------------------------------------------------- */

/* A report is dropped that repeats one, or speaks of nothing that runs. Deaths and
 * failures are facts and never dropped. */
static bool filtered(const struct amf_engine *e, int comp)
{
    const struct amf_comp_state *c = &e->comps[comp];
    const bool again =
        c->fault_ms != AMF_NEVER && e->now_ms - c->fault_ms < AMF_DUPLICATE_FAULT_MS;

    return c->presence == AMF_PRES_UNINSTANTIATED || c->presence == AMF_PRES_NONE ||
           !e->nodes[node_of(e, comp)].up || again;
}

static enum amf_recovery complete(const struct amf_engine *e, int comp,
                                  enum amf_recovery r)
{
    const struct amf_comp *c = &e->m->comps[comp];
    enum amf_admin su;

    if (r == AMF_REC_NONE || r == AMF_REC_NO_RECOMMENDATION)
        r = c->recovery_on_timeout;
    if (r == AMF_REC_NONE || r == AMF_REC_NO_RECOMMENDATION)
        r = c->restartable ? AMF_REC_COMP_RESTART : AMF_REC_COMP_FAILOVER;
    su = amf_su_effective(e, su_of(e, comp));
    if (su != AMF_ADMIN_UNLOCKED && strength(r) &&
        strength(r) < strength(AMF_REC_COMP_FAILOVER))
        r = AMF_REC_COMP_FAILOVER;
    return r;
}

static bool is_timed(const struct amf_engine *e, int comp)
{
    const struct amf_comp_state *c = &e->comps[comp];

    return c->op == AMF_COMP_LAUNCHING || c->op == AMF_COMP_TERMINATING ||
           c->due_ms[AMF_TM_SET] != AMF_NEVER || c->due_ms[AMF_TM_REMOVE] != AMF_NEVER ||
           c->due_ms[AMF_TM_QUIESCE] != AMF_NEVER;
}

/* The component was given a time for something: a fault without a recommendation is the
 * failure of that. */
static bool fails_operation(const struct amf_engine *e, int comp,
                            enum amf_recovery advice)
{
    return (advice == AMF_REC_NONE || advice == AMF_REC_NO_RECOMMENDATION) &&
           is_timed(e, comp);
}

/* False: it was about the component's work, and the fault remains to be recovered from.
 */
static bool fail_operation(struct amf_engine *e, int comp)
{
    const struct amf_comp_state *c = &e->comps[comp];

    switch (c->op) {
    case AMF_COMP_LAUNCHING:
        amf_comp_launch_failed(e, comp);
        return true;
    case AMF_COMP_TERMINATING:
        amf_comp_clean(e, comp, c->presence);
        return true;
    default:
        amf_work_failed(e, comp);
        return false;
    }
}

static void note_fault(struct amf_engine *e, int comp, enum amf_fault_kind kind)
{
    static const char *const what[] = {"reported faulty", "failed", "died"};

    e->comps[comp].fault_ms = e->now_ms;
    e->comps[comp].faults++;
    amf_change_comp(e, comp);
    amf_note(e, "comp %s %s", e->m->comps[comp].name, what[kind]);
}

void amf_fault(struct amf_engine *e, int comp, enum amf_recovery advice,
               enum amf_fault_kind kind)
{
    const struct amf_comp_state *c = &e->comps[comp];
    const enum amf_recovery r = complete(e, comp, advice);
    const bool failure = fails_operation(e, comp, advice);
    const bool weak = strength(r) == 0 || strength(r) < strength_under_way(e, comp);

    /* What is dropped here is no report that a later one could repeat. */
    if (kind == AMF_FAULT_REPORT && (filtered(e, comp) || (weak && !failure)))
        return;
    note_fault(e, comp, kind);
    if (failure && fail_operation(e, comp))
        return;
    amf_recover(e, comp, r);
    /* Whatever the recovery was, or when a stronger one is under way already: what is
     * dead or does not obey is not waited for. */
    if ((failure || kind != AMF_FAULT_REPORT) && c->presence == AMF_PRES_INSTANTIATED &&
        c->op == AMF_COMP_IDLE)
        clean_faulty(e, comp);
}

/* ---- nodes --------------------------------------------------------------- */

void amf_node_lost(struct amf_engine *e, int node)
{
    struct amf_node_state *n = &e->nodes[node];

    if (!n->up)
        return;
    n->up = false;
    n->oper = AMF_OPER_DISABLED;
    n->leaving = AMF_REC_NONE;
    n->reset_sent = false;
    n->failovers = (struct amf_window){0, 0};
    amf_touch_node(e, node);
    amf_note(e, "node %s down", e->m->nodes[node].name);
    for (size_t i = 0; i < e->m->n_comps; i++)
        if (node_of(e, (int)i) == node)
            amf_comp_gone(e, (int)i);
}

void amf_su_repair(struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    e->sus[su].oper = AMF_OPER_ENABLED;
    e->sus[su].restarting = false;
    if (e->m->sus[su].sg >= 0)
        e->sus[su].probation_ms =
            e->now_ms + e->m->sgs[e->m->sus[su].sg].adjust_probation_ms;
    for (size_t i = 0; i < comps->n; i++)
        amf_comp_repaired(e, comps->at[i]);
    amf_touch_su(e, su);
}

void amf_node_joined(struct amf_engine *e, int node)
{
    struct amf_node_state *n = &e->nodes[node];

    if (n->up)
        return;
    n->up = true;
    n->leaving = AMF_REC_NONE;
    n->reset_sent = false;
    amf_touch_node(e, node);
    amf_note(e, "node %s up", e->m->nodes[node].name);
    if (!e->m->nodes[node].auto_repair)
        return;
    n->oper = AMF_OPER_ENABLED;
    for (size_t i = 0; i < e->m->nodes[node].sus.n; i++)
        amf_su_repair(e, e->m->nodes[node].sus.at[i]);
}

/* A component that could not be ended holds its CSIs until the node is reset. */
static bool is_stuck(const struct amf_engine *e, int comp)
{
    return e->comps[comp].presence == AMF_PRES_TERMINATION_FAILED && e->comps[comp].alive;
}

static bool any_stuck(const struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (is_stuck(e, comps->at[i]))
            return true;
    return false;
}

static bool works(const struct amf_engine *e, const struct amf_part *p)
{
    return p->comp >= 0 && !is_stuck(e, p->comp) &&
           (p->pending || p->ha == AMF_HA_ACTIVE);
}

/* The SU may be reset: it has ended, or what is stuck there keeps it from ending. */
static bool su_emptied(const struct amf_engine *e, int su)
{
    const struct amf_sg_state *g;

    if (!any_stuck(e, su))
        return amf_su_down(e, su) && amf_su_idle(e, su);
    g = &e->sgs[e->m->sus[su].sg];
    for (size_t i = 0; i < g->n_sis; i++) {
        const struct amf_asg *a = amf_asg_at(e, su, g->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++)
            if (works(e, &a->parts[k]))
                return false;
    }
    return true;
}

static bool node_emptied(const struct amf_engine *e, int node)
{
    const struct amf_list *sus = &e->m->nodes[node].sus;

    for (size_t i = 0; i < sus->n; i++)
        if (!su_emptied(e, sus->at[i]))
            return false;
    return true;
}

static bool any_comp_failed(const struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (e->comps[comps->at[i]].presence != AMF_PRES_UNINSTANTIATED)
            return true;
    return false;
}

static void repair_if_due(struct amf_engine *e, int su)
{
    const struct amf_su *m = &e->m->sus[su];

    if (m->sg < 0 || e->sus[su].oper != AMF_OPER_DISABLED ||
        !e->m->sgs[m->sg].auto_repair)
        return;
    if (!amf_su_down(e, su) || !amf_su_idle(e, su) || any_comp_failed(e, su))
        return;
    amf_su_repair(e, su);
    amf_note(e, "su %s repaired", m->name);
}

void amf_recovery_settle(struct amf_engine *e)
{
    const struct amf_marks *sus = &e->looking.sus;

    for (int i = amf_marks_next(sus, 0); i >= 0; i = amf_marks_next(sus, i + 1)) {
        if (e->sus[i].restarting && amf_su_presence(e, i) == AMF_PRES_INSTANTIATED) {
            e->sus[i].restarting = false;
            amf_change_sg(e, e->m->sus[i].sg);
        }
        repair_if_due(e, i);
    }
    for (size_t i = 0; i < e->m->n_nodes; i++) {
        const struct amf_node_state *n = &e->nodes[i];

        if (n->up && n->leaving != AMF_REC_NONE && !n->reset_sent &&
            node_emptied(e, (int)i))
            reset_node(e, (int)i);
    }
}
