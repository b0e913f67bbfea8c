/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a component moves its life on. */
#include "amf/amf_comp_fsm_in.h"

void amf_comp_launched(struct amf_engine *e, int comp)
{
    if (e->comps[comp].op == AMF_COMP_LAUNCHING && !amf_comp_has_callbacks(e, comp))
        amf_comp_set_up(e, comp);
}

void amf_comp_launch_failed(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];

    if (c->op != AMF_COMP_LAUNCHING)
        return;
    amf_note(e, "comp %s did not come up, attempt %u", e->m->comps[comp].name,
             c->attempts);
    c->failed = true;
    amf_comp_clean(e, comp, c->presence);
}

/* A process that nobody launched: a person started it by hand. */
static void adopt(struct amf_engine *e, int comp)
{
    const int su = e->m->comps[comp].su;

    if (!e->sus[su].wanted && e->comps[comp].presence == AMF_PRES_INSTANTIATION_FAILED)
        e->sus[su].oper = AMF_OPER_ENABLED;
    if (!amf_su_eligible(e, su))
        return; /* it idles until its SU may run */
    e->sus[su].wanted = true;
    amf_comp_set_up(e, comp);
}

void amf_comp_registered(struct amf_engine *e, int comp, int proxy)
{
    struct amf_comp_state *c = &e->comps[comp];

    if (!amf_comp_has_callbacks(e, comp))
        return;
    if (amf_comp_proxied(e, comp)) {
        if (proxy < 0)
            return;
        c->proxy = proxy;
        amf_touch_comp(e, comp);
        if (c->op == AMF_COMP_LAUNCHING)
            amf_comp_set_up(e, comp);
        return;
    }
    if (c->op == AMF_COMP_LAUNCHING || c->op == AMF_COMP_DELAYED)
        amf_comp_set_up(e, comp);
    else if (amf_comp_down(e, comp) && c->presence != AMF_PRES_TERMINATION_FAILED)
        adopt(e, comp);
}

void amf_comp_exited(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];

    c->unsure = false;
    switch (c->op) {
    case AMF_COMP_CLEANING:
        amf_comp_set_gone(e, comp);
        break;
    case AMF_COMP_TERMINATING: /* ended without an answer */
        if (amf_comp_has_callbacks(e, comp)) {
            amf_comp_set_dead(e, comp);
            amf_comp_clean(e, comp, c->presence);
        } else {
            amf_comp_set_gone(e, comp);
        }
        break;
    case AMF_COMP_IDLE:
        if (c->presence != AMF_PRES_INSTANTIATED)
            break;
        amf_comp_set_dead(e, comp);
        amf_fault(e, comp,
                  amf_comp_has_callbacks(e, comp) ? AMF_REC_NO_RECOMMENDATION
                                                  : AMF_REC_COMP_RESTART,
                  AMF_FAULT_DEATH);
        break;
    default: /* an early end is noticed by the timer, an old process by nobody */
        break;
    }
}

static void answered(struct amf_engine *e, int comp, bool ok)
{
    switch (e->comps[comp].op) {
    case AMF_COMP_TERMINATING:
        if (ok)
            amf_comp_set_gone(e, comp);
        else
            amf_comp_clean(e, comp, e->comps[comp].presence);
        break;
    case AMF_COMP_LAUNCHING:
        if (ok)
            amf_comp_set_up(e, comp);
        else
            amf_comp_launch_failed(e, comp);
        break;
    case AMF_COMP_CLEANING:
        if (ok)
            amf_comp_set_gone(e, comp);
        else
            amf_comp_clean_failed(e, comp);
        break;
    default:
        break;
    }
}

/* -1: nobody waits for it. */
static int find_asker(const struct amf_engine *e, uint64_t invocation)
{
    const int comp = amf_asked(e, invocation);

    if (comp >= 0)
        return e->comps[comp].invocation == invocation ? comp : -1;
    for (size_t i = 0; i < e->m->n_comps; i++)
        if (e->comps[i].invocation == invocation)
            return (int)i;
    return -1;
}

void amf_comp_answered(struct amf_engine *e, uint64_t invocation, bool ok)
{
    const int comp = find_asker(e, invocation);

    if (comp < 0)
        return;
    e->comps[comp].invocation = 0;
    amf_change_comp(e, comp);
    answered(e, comp, ok);
}

void amf_comp_life_timeout(struct amf_engine *e, int comp)
{
    switch (e->comps[comp].op) {
    case AMF_COMP_LAUNCHING:
        amf_comp_launch_failed(e, comp);
        break;
    case AMF_COMP_DELAYED:
        amf_comp_set_op(e, comp, AMF_COMP_IDLE);
        break;
    case AMF_COMP_TERMINATING:
        if (e->comps[comp].reminded)
            amf_comp_clean(e, comp, e->comps[comp].presence);
        else
            amf_comp_remind(e, comp);
        break;
    case AMF_COMP_CLEANING:
        amf_comp_clean_failed(e, comp);
        break;
    default:
        break;
    }
}

void amf_comp_gone(struct amf_engine *e, int comp)
{
    struct amf_comp_state *c = &e->comps[comp];

    amf_work_lose(e, comp);
    amf_timer_cancel(e, AMF_TM_LIFE, comp);
    c->failed = false;
    c->unsure = false;
    c->attempts = 0;
    c->invocation = 0;
    c->proxy = -1;
    amf_comp_set_op(e, comp, AMF_COMP_IDLE);
    amf_comp_set_dead(e, comp);
    if (c->presence != AMF_PRES_INSTANTIATION_FAILED &&
        c->presence != AMF_PRES_TERMINATION_FAILED)
        amf_comp_set_presence(e, comp, AMF_PRES_UNINSTANTIATED);
}

/* Its process, and those that it speaks for, are known again. */
static void set_sure(struct amf_engine *e, int comp)
{
    e->comps[comp].unsure = false;
    amf_touch_comp(e, comp);
    amf_reissue(e, comp);
    if (e->comps[comp].op == AMF_COMP_TERMINATING)
        amf_comp_terminate(e, comp, e->comps[comp].presence);
}

void amf_comp_restored(struct amf_engine *e, int comp, bool ok)
{
    struct amf_comp_state *c = &e->comps[comp];

    if (!c->unsure)
        return;
    for (size_t i = 0; i < e->m->n_comps && ok && e->any_proxied; i++)
        if (e->comps[i].proxy == comp && e->comps[i].unsure)
            amf_comp_restored(e, (int)i, true);
    if (c->op == AMF_COMP_CLEANING) {
        c->unsure = false;
        amf_comp_set_op(e, comp, AMF_COMP_CLEAN_DUE);
    } else if (ok) {
        set_sure(e, comp);
    } else if (c->op == AMF_COMP_LAUNCHING) {
        c->unsure = false;
        amf_comp_launch_failed(e, comp);
    } else {
        amf_comp_exited(e, comp);
    }
}

void amf_comp_repaired(struct amf_engine *e, int comp)
{
    if (!amf_comp_down(e, comp))
        return;
    e->comps[comp].oper = AMF_OPER_ENABLED;
    e->comps[comp].alive = false;
    amf_comp_set_presence(e, comp, AMF_PRES_UNINSTANTIATED);
}
