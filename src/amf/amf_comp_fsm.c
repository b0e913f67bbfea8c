/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of one component. presence says where it goes, op which order is under
 * way; amf_comp_step() gives the next order when none is.
 */
#include "amf/amf_comp_fsm_in.h"

static const struct amf_comp *model_of(const struct amf_engine *e, int comp)
{
    return &e->m->comps[comp];
}

void amf_comp_set_presence(struct amf_engine *e, int comp, enum amf_presence p)
{
    struct amf_comp_state *c = &e->comps[comp];

    if (c->presence == p)
        return;
    c->presence = p;
    amf_touch_comp(e, comp);
    amf_note(e, "comp %s presence %s", model_of(e, comp)->name, amf_presence_name(p));
}

void amf_comp_set_op(struct amf_engine *e, int comp, enum amf_comp_op op)
{
    e->comps[comp].op = op;
    amf_touch_comp(e, comp);
}

/* Holds a CSI; staying: one that it is to keep. */
static bool has_work(const struct amf_engine *e, int comp, bool staying)
{
    const struct amf_sg_state *sg = &e->sgs[e->m->sus[model_of(e, comp)->su].sg];
    const int su = model_of(e, comp)->su;

    for (size_t i = 0; i < sg->n_sis; i++) {
        const struct amf_asg *a = amf_asg_at(e, su, sg->sis[i]);

        for (size_t k = 0; k < a->n_parts; k++)
            if (a->parts[k].comp == comp && !(staying && amf_asg_leaving(a)))
                return true;
    }
    return false;
}

static bool want_up(const struct amf_engine *e, int comp)
{
    if (!e->sus[model_of(e, comp)->su].wanted)
        return false;
    if (amf_comp_preinstantiable(e, comp))
        return true;
    /* a process without callbacks ends its work by ending */
    return has_work(e, comp, !amf_comp_has_callbacks(e, comp));
}

static bool lower_levels_up(const struct amf_engine *e, int comp)
{
    const struct amf_list *comps = &e->m->sus[model_of(e, comp)->su].comps;

    for (size_t i = 0; i < comps->n; i++) {
        const int other = comps->at[i];

        if (amf_comp_preinstantiable(e, other) &&
            model_of(e, other)->level < model_of(e, comp)->level &&
            e->comps[other].presence != AMF_PRES_INSTANTIATED)
            return false;
    }
    return true;
}

static bool higher_levels_down(const struct amf_engine *e, int comp)
{
    const struct amf_list *comps = &e->m->sus[model_of(e, comp)->su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (model_of(e, comps->at[i])->level > model_of(e, comp)->level &&
            !amf_comp_down(e, comps->at[i]))
            return false;
    return true;
}

static bool is_proxy_for(const struct amf_engine *e, const struct amf_asg *a, size_t part,
                         const char *type)
{
    const struct amf_part *p = &a->parts[part];
    const char *held = e->m->csis[e->m->sis[a->si].csis.at[part]].type;

    return p->comp >= 0 && p->ha == AMF_HA_ACTIVE && !p->lost && held &&
           __builtin_strcmp(held, type) == 0 && amf_comp_ready(e, p->comp);
}

/* Who speaks for it: the one that registered it, else whoever is active for the
 * proxy CSI type. -1: nobody now. */
static int find_proxy(const struct amf_engine *e, int comp)
{
    const char *type = model_of(e, comp)->proxy_csi_type;
    const int linked = e->comps[comp].proxy;

    if (linked >= 0 && amf_comp_ready(e, linked))
        return linked;
    for (size_t i = 0; type && i < e->n_asgs; i++)
        for (size_t k = 0; k < e->asgs[i].n_parts; k++)
            if (is_proxy_for(e, &e->asgs[i], k, type))
                return e->asgs[i].parts[k].comp;
    return -1;
}

/* It can do nothing any more; nor can those that it speaks for be reached. */
void amf_comp_set_dead(struct amf_engine *e, int comp)
{
    e->comps[comp].alive = false;
    amf_touch_comp(e, comp);
    for (size_t i = 0; i < e->m->n_comps && e->any_proxied; i++) {
        if (e->comps[i].proxy != comp)
            continue;
        e->comps[i].proxy = -1;
        if (e->comps[i].alive) {
            e->comps[i].alive = false;
            amf_comp_clean(e, (int)i, AMF_PRES_RESTARTING);
        }
    }
}

void amf_comp_set_up(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];

    amf_timer_cancel(e, AMF_TM_LIFE, comp);
    c->alive = true;
    c->unsure = false;
    c->failed = false;
    c->attempts = 0;
    c->oper = AMF_OPER_ENABLED;
    amf_comp_set_op(e, comp, AMF_COMP_IDLE);
    amf_comp_set_presence(e, comp, AMF_PRES_INSTANTIATED);
}

static void give_up(struct amf_engine *e, int comp)
{
    const bool restart = e->comps[comp].presence == AMF_PRES_RESTARTING;

    e->comps[comp].oper = AMF_OPER_DISABLED;
    e->comps[comp].attempts = 0;
    amf_comp_set_presence(e, comp, AMF_PRES_INSTANTIATION_FAILED);
    if (restart)
        amf_recover(e, comp, AMF_REC_COMP_FAILOVER);
    amf_su_fail(e, model_of(e, comp)->su);
}

static void attempt_failed(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];
    const struct amf_comp *m = model_of(e, comp);

    c->failed = false;
    if (c->attempts < m->max_instantiate)
        return;
    if (c->attempts >= m->max_instantiate + m->max_instantiate_delayed) {
        give_up(e, comp);
        return;
    }
    amf_comp_set_op(e, comp, AMF_COMP_DELAYED);
    amf_timer_arm(e, AMF_TM_LIFE, comp, m->instantiate_delay_ms);
}

/* Nothing of it is left. */
void amf_comp_set_gone(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];

    amf_timer_cancel(e, AMF_TM_LIFE, comp);
    amf_comp_set_op(e, comp, AMF_COMP_IDLE);
    amf_comp_set_dead(e, comp);
    if (c->presence == AMF_PRES_TERMINATING) {
        c->attempts = 0;
        amf_comp_set_presence(e, comp, AMF_PRES_UNINSTANTIATED);
    } else if (c->failed) {
        attempt_failed(e, comp);
    }
}

void amf_comp_clean_failed(struct amf_engine *e, int comp)
{
    const struct amf_comp *m = model_of(e, comp);

    amf_timer_cancel(e, AMF_TM_LIFE, comp);
    e->comps[comp].oper = AMF_OPER_DISABLED;
    e->comps[comp].failed = false;
    e->comps[comp].attempts = 0;
    amf_comp_set_op(e, comp, AMF_COMP_IDLE);
    if (!m->node_reboot_cleanup_fail) /* else it may act until its node is reset */
        amf_comp_set_dead(e, comp);
    amf_comp_set_presence(e, comp, AMF_PRES_TERMINATION_FAILED);
    amf_recover(e, comp,
                m->node_reboot_cleanup_fail ? AMF_REC_NODE_FAILOVER
                                            : AMF_REC_COMP_FAILOVER);
    amf_su_fail(e, m->su);
}

static void launch_proxied(struct amf_engine *e, int comp)
{
    const int proxy = find_proxy(e, comp);
    struct amf_comp_state *c = &e->comps[comp];
    struct amf_action *a;

    if (proxy < 0)
        return;
    c->proxy = proxy;
    c->attempts++;
    c->launches++;
    if (!amf_comp_preinstantiable(e, comp)) { /* its CSI set is its instantiation */
        amf_comp_set_up(e, comp);
        return;
    }
    if (c->presence != AMF_PRES_RESTARTING)
        amf_comp_set_presence(e, comp, AMF_PRES_INSTANTIATING);
    amf_comp_set_op(e, comp, AMF_COMP_LAUNCHING);
    c->invocation = amf_invocation(e, AMF_INV_PROXIED_INSTANTIATE, comp);
    a = amf_order(e, AMF_DO_PROXIED_INSTANTIATE, comp);
    a->proxy = proxy;
    a->invocation = c->invocation;
    amf_timer_arm(e, AMF_TM_LIFE, comp, model_of(e, comp)->proxied_instantiate_ms);
}

static void launch(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];

    if (amf_comp_preinstantiable(e, comp) && !lower_levels_up(e, comp))
        return;
    if (amf_comp_proxied(e, comp)) {
        launch_proxied(e, comp);
        return;
    }
    c->attempts++;
    c->launches++;
    if (c->presence != AMF_PRES_RESTARTING)
        amf_comp_set_presence(e, comp, AMF_PRES_INSTANTIATING);
    amf_comp_set_op(e, comp, AMF_COMP_LAUNCHING);
    amf_order(e, AMF_DO_LAUNCH, comp);
    amf_timer_arm(e, AMF_TM_LIFE, comp, model_of(e, comp)->instantiate_ms);
}

static void order_terminate(struct amf_engine *e, int comp)
{
    struct amf_action *a = amf_order(e, AMF_DO_TERMINATE, comp);

    a->proxy = amf_comp_proxied(e, comp) ? find_proxy(e, comp) : -1;
    a->invocation = e->comps[comp].invocation;
}

/* Half of the time is for a second message, which a program that has the first does not
 * notice; the command of a process without callbacks runs once. */
static uint32_t first_patience_ms(const struct amf_engine *e, int comp)
{
    const uint32_t all = model_of(e, comp)->terminate_ms;

    return amf_comp_has_callbacks(e, comp) ? all / 2 : all;
}

void amf_comp_remind(struct amf_engine *e, int comp)
{
    const uint32_t all = model_of(e, comp)->terminate_ms;

    e->comps[comp].reminded = true;
    if (!amf_comp_proxied(e, comp) || find_proxy(e, comp) >= 0)
        order_terminate(e, comp);
    amf_timer_arm(e, AMF_TM_LIFE, comp, all - first_patience_ms(e, comp));
}

void amf_comp_terminate(struct amf_engine *e, int comp, enum amf_presence presence)
{
    struct amf_comp_state *c = &e->comps[comp];

    if (!amf_comp_preinstantiable(e, comp) && amf_comp_proxied(e, comp)) {
        amf_comp_set_presence(e, comp, presence); /* its CSI remove was its termination */
        amf_comp_set_gone(e, comp);
        return;
    }
    if (amf_comp_proxied(e, comp) && find_proxy(e, comp) < 0) {
        amf_comp_clean(e, comp, presence);
        return;
    }
    amf_comp_set_presence(e, comp, presence);
    amf_comp_set_op(e, comp, AMF_COMP_TERMINATING);
    c->invocation = amf_invocation(e, AMF_INV_TERMINATE, comp);
    c->reminded = !amf_comp_has_callbacks(e, comp);
    order_terminate(e, comp);
    amf_timer_arm(e, AMF_TM_LIFE, comp, first_patience_ms(e, comp));
}

static void start_cleaning(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];
    const int proxy = amf_comp_proxied(e, comp) ? find_proxy(e, comp) : -1;
    struct amf_action *a;

    if (amf_comp_proxied(e, comp) && proxy < 0) { /* nobody to ask */
        amf_comp_set_gone(e, comp);
        return;
    }
    amf_comp_set_op(e, comp, AMF_COMP_CLEANING);
    a = amf_order(e, proxy < 0 ? AMF_DO_KILL : AMF_DO_PROXIED_CLEANUP, comp);
    if (proxy >= 0) {
        c->invocation = amf_invocation(e, AMF_INV_PROXIED_CLEANUP, comp);
        a->proxy = proxy;
        a->invocation = c->invocation;
    }
    amf_timer_arm(e, AMF_TM_LIFE, comp,
                  proxy < 0 ? model_of(e, comp)->cleanup_ms
                            : model_of(e, comp)->proxied_cleanup_ms);
}

static void step_idle(struct amf_engine *e, int comp)
{
    const int su = model_of(e, comp)->su;

    switch (e->comps[comp].presence) {
    case AMF_PRES_UNINSTANTIATED:
        if (want_up(e, comp))
            launch(e, comp);
        break;
    case AMF_PRES_INSTANTIATING:
    case AMF_PRES_RESTARTING:
        if (want_up(e, comp)) {
            launch(e, comp);
        } else {
            e->comps[comp].attempts = 0;
            amf_comp_set_presence(e, comp, AMF_PRES_UNINSTANTIATED);
        }
        break;
    case AMF_PRES_INSTANTIATED:
        if (!want_up(e, comp) && higher_levels_down(e, comp) &&
            (amf_su_idle(e, su) || !amf_comp_has_callbacks(e, comp)))
            amf_comp_terminate(e, comp, AMF_PRES_TERMINATING);
        break;
    default:
        break;
    }
}

void amf_comp_step(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];

    const struct amf_node_state *n = &e->nodes[e->m->sus[model_of(e, comp)->su].node];

    if (c->unsure || !n->up || n->reset_sent)
        return;
    switch (c->op) {
    case AMF_COMP_IDLE:
        step_idle(e, comp);
        break;
    case AMF_COMP_CLEAN_DUE:
        start_cleaning(e, comp);
        break;
    case AMF_COMP_LAUNCHING:
        if (!want_up(e, comp))
            amf_comp_clean(e, comp, AMF_PRES_TERMINATING);
        break;
    case AMF_COMP_DELAYED:
        if (!want_up(e, comp)) {
            amf_timer_cancel(e, AMF_TM_LIFE, comp);
            amf_comp_set_op(e, comp, AMF_COMP_IDLE);
        }
        break;
    default:
        break;
    }
}

void amf_comp_clean(struct amf_engine *e, int comp, enum amf_presence presence)
{
    struct amf_comp_state *c = &e->comps[comp];

    if (amf_comp_down(e, comp))
        return;
    amf_work_lose(e, comp);
    if (c->op == AMF_COMP_CLEANING || c->op == AMF_COMP_CLEAN_DUE) {
        if (presence != AMF_PRES_TERMINATING)
            return; /* what is under way is at least as strong */
        c->failed = false;
        amf_comp_set_presence(e, comp, presence);
        return;
    }
    amf_timer_cancel(e, AMF_TM_LIFE, comp);
    if (presence == AMF_PRES_TERMINATING)
        c->failed = false;
    amf_comp_set_op(e, comp, AMF_COMP_CLEAN_DUE);
    amf_comp_set_presence(e, comp, presence);
}

void amf_comp_restart_softly(struct amf_engine *e, int comp)
{
    amf_work_lose(e, comp);
    amf_comp_terminate(e, comp, AMF_PRES_RESTARTING);
}
