/* SPDX-License-Identifier: Apache-2.0 */
/* Facts that follow from other facts; nothing here changes anything. */
#include "amf/amf_state.h"

static bool shutting_down(enum amf_admin a)
{
    return a == AMF_ADMIN_SHUTTINGDOWN || a == AMF_ADMIN_SHUTTINGDOWN_RESTART;
}

static bool depends_on_state(const struct amf_engine *e, const struct amf_list *nodes,
                             enum amf_admin a)
{
    for (size_t i = 0; i < nodes->n; i++)
        if (e->nodes[nodes->at[i]].admin == a)
            return true;
    return false;
}

enum amf_admin amf_node_effective(const struct amf_engine *e, int node)
{
    static const enum amf_admin inherited[] = {AMF_ADMIN_LOCKED_I, AMF_ADMIN_LOCKED_A,
                                               AMF_ADMIN_SHUTTINGDOWN};
    const struct amf_node *n = &e->m->nodes[node];
    const enum amf_admin own = e->nodes[node].admin;

    if (!n->asp_aware)
        return AMF_ADMIN_UNLOCKED;
    if (own == AMF_ADMIN_LOCKED_I)
        return own;
    for (size_t i = 0; i < sizeof(inherited) / sizeof(*inherited); i++)
        if (depends_on_state(e, &n->depends, inherited[i]))
            return inherited[i];
    return own;
}

enum amf_admin amf_su_effective(const struct amf_engine *e, int su)
{
    const struct amf_su *s = &e->m->sus[su];
    enum amf_admin own, node, sg;

    if (s->sg < 0 || s->node < 0)
        return AMF_ADMIN_LOCKED_I;
    own = e->sus[su].admin;
    node = amf_node_effective(e, s->node);
    sg = e->sgs[s->sg].admin;
    if (own == AMF_ADMIN_UNLOCKED && node == AMF_ADMIN_UNLOCKED &&
        sg == AMF_ADMIN_UNLOCKED)
        return AMF_ADMIN_UNLOCKED;
    if (own == AMF_ADMIN_LOCKED_I || node == AMF_ADMIN_LOCKED_I ||
        sg == AMF_ADMIN_LOCKED_I || own == AMF_ADMIN_NONE || node == AMF_ADMIN_NONE ||
        sg == AMF_ADMIN_NONE)
        return AMF_ADMIN_LOCKED_I;
    if (own == AMF_ADMIN_LOCKED_A || node == AMF_ADMIN_LOCKED_A ||
        sg == AMF_ADMIN_LOCKED_A)
        return AMF_ADMIN_LOCKED_A;
    return AMF_ADMIN_SHUTTINGDOWN;
}

/* depth guards against dependencies that run in a circle. */
static enum amf_admin si_effective(const struct amf_engine *e, int si, size_t depth)
{
    const struct amf_si *s = &e->m->sis[si];
    const enum amf_admin own = e->sis[si].admin;
    const enum amf_admin sg = s->sg < 0 ? AMF_ADMIN_LOCKED_A : e->sgs[s->sg].admin;

    if (own == AMF_ADMIN_UNLOCKED && sg == AMF_ADMIN_UNLOCKED) {
        for (size_t i = 0; i < s->depends.n && depth > 0; i++) {
            const enum amf_admin other = si_effective(e, s->depends.at[i], depth - 1);

            if (other != AMF_ADMIN_UNLOCKED)
                return other;
        }
        return AMF_ADMIN_UNLOCKED;
    }
    if ((own == AMF_ADMIN_UNLOCKED || shutting_down(own)) &&
        (sg == AMF_ADMIN_UNLOCKED || shutting_down(sg)))
        return AMF_ADMIN_SHUTTINGDOWN;
    return AMF_ADMIN_LOCKED_A;
}

enum amf_admin amf_si_effective(const struct amf_engine *e, int si)
{
    return si_effective(e, si, e->m->n_sis);
}

bool amf_comp_preinstantiable(const struct amf_engine *e, int comp)
{
    const struct amf_comp *c = &e->m->comps[comp];

    return c->property == AMF_PROP_SA_AWARE ||
           c->property == AMF_PROP_PROXIED_PREINSTANTIABLE;
}

bool amf_comp_proxied(const struct amf_engine *e, int comp)
{
    const enum amf_property p = e->m->comps[comp].property;

    return p == AMF_PROP_PROXIED_PREINSTANTIABLE ||
           p == AMF_PROP_PROXIED_NON_PREINSTANTIABLE;
}

bool amf_comp_has_callbacks(const struct amf_engine *e, int comp)
{
    return e->m->comps[comp].property != AMF_PROP_NON_PROXIED_NON_PREINSTANTIABLE;
}

bool amf_comp_down(const struct amf_engine *e, int comp)
{
    const struct amf_comp_state *c = &e->comps[comp];

    return c->op == AMF_COMP_IDLE && (c->presence == AMF_PRES_UNINSTANTIATED ||
                                      c->presence == AMF_PRES_INSTANTIATION_FAILED ||
                                      c->presence == AMF_PRES_TERMINATION_FAILED);
}

bool amf_comp_ready(const struct amf_engine *e, int comp)
{
    const struct amf_comp_state *c = &e->comps[comp];

    return c->presence == AMF_PRES_INSTANTIATED && c->op == AMF_COMP_IDLE && c->alive &&
           !c->unsure && !e->nodes[e->m->sus[e->m->comps[comp].su].node].reset_sent;
}

/* Which of the components' states decides for the SU; first match. Components that
 * run only with work do not count, unless there are no others. */
enum amf_presence amf_su_presence(const struct amf_engine *e, int su)
{
    static const enum amf_presence decisive[] = {
        AMF_PRES_TERMINATION_FAILED, AMF_PRES_INSTANTIATION_FAILED, AMF_PRES_TERMINATING,
        AMF_PRES_INSTANTIATING, AMF_PRES_RESTARTING};
    const struct amf_list *comps = &e->m->sus[su].comps;
    size_t seen[AMF_PRES_TERMINATION_FAILED + 1] = {0}, n = 0;

    for (size_t i = 0; i < comps->n; i++) {
        const enum amf_presence p = e->comps[comps->at[i]].presence;

        if (amf_comp_preinstantiable(e, comps->at[i])) {
            seen[p]++;
            n++;
        } else if (p == AMF_PRES_INSTANTIATION_FAILED ||
                   p == AMF_PRES_TERMINATION_FAILED) {
            seen[p]++;
        }
    }
    for (size_t i = 0; i < sizeof(decisive) / sizeof(*decisive); i++)
        if (seen[decisive[i]])
            return decisive[i];
    if (n == 0) /* nothing to start beforehand: up as soon as it is chosen */
        return e->sus[su].wanted ? AMF_PRES_INSTANTIATED : AMF_PRES_UNINSTANTIATED;
    if (seen[AMF_PRES_INSTANTIATED] == n)
        return AMF_PRES_INSTANTIATED;
    if (seen[AMF_PRES_UNINSTANTIATED] == n)
        return AMF_PRES_UNINSTANTIATED;
    return e->sus[su].wanted ? AMF_PRES_INSTANTIATING : AMF_PRES_TERMINATING;
}

static bool su_enabled(const struct amf_engine *e, int su)
{
    const struct amf_node_state *n = &e->nodes[e->m->sus[su].node];

    return n->up && n->oper == AMF_OPER_ENABLED && n->leaving == AMF_REC_NONE &&
           e->sus[su].oper == AMF_OPER_ENABLED;
}

enum amf_readiness amf_su_readiness(const struct amf_engine *e, int su)
{
    enum amf_presence p;
    enum amf_admin a;

    if (e->m->sus[su].sg < 0 || e->m->sus[su].node < 0 || !su_enabled(e, su))
        return AMF_READY_OUTOFSERVICE;
    a = amf_su_effective(e, su);
    if (shutting_down(a))
        return AMF_READY_STOPPING;
    if (a != AMF_ADMIN_UNLOCKED)
        return AMF_READY_OUTOFSERVICE;
    p = amf_su_presence(e, su);
    return p == AMF_PRES_INSTANTIATED || p == AMF_PRES_RESTARTING
               ? AMF_READY_INSERVICE
               : AMF_READY_OUTOFSERVICE;
}

bool amf_su_eligible(const struct amf_engine *e, int su)
{
    return e->m->sus[su].sg >= 0 && e->m->sus[su].node >= 0 && su_enabled(e, su) &&
           amf_su_effective(e, su) != AMF_ADMIN_LOCKED_I;
}

bool amf_su_down(const struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (!amf_comp_down(e, comps->at[i]))
            return false;
    return true;
}

bool amf_su_moving(const struct amf_engine *e, int su)
{
    const struct amf_list *comps = &e->m->sus[su].comps;

    for (size_t i = 0; i < comps->n; i++)
        if (e->comps[comps->at[i]].op != AMF_COMP_IDLE || e->comps[comps->at[i]].unsure)
            return true;
    return false;
}

bool amf_su_idle(const struct amf_engine *e, int su)
{
    const struct amf_sg_state *sg;

    if (e->m->sus[su].sg < 0)
        return true;
    sg = &e->sgs[e->m->sus[su].sg];
    for (size_t i = 0; i < sg->n_sis; i++)
        if (amf_asg_at(e, su, sg->sis[i])->role != AMF_HA_NONE)
            return false;
    return true;
}

/* ---- SIs that depend on others ------------------------------------------- */

bool amf_si_depends_met(const struct amf_engine *e, int si)
{
    const struct amf_list *needs = &e->m->sis[si].depends;

    for (size_t i = 0; i < needs->n; i++) {
        const int other = needs->at[i];
        const struct amf_sg_state *g = &e->sgs[e->m->sis[other].sg];
        bool served = false;

        for (size_t k = 0; k < g->n_sus; k++) {
            const struct amf_asg *a = amf_asg_at(e, g->sus[k], other);

            if (a->role == AMF_HA_ACTIVE && amf_asg_confirmed(e, a))
                served = true;
        }
        if (!served)
            return false;
    }
    return true;
}

/* depth guards against dependencies that run in a circle. */
static bool unserved(const struct amf_engine *e, int si, size_t depth)
{
    const struct amf_list *needs = &e->m->sis[si].depends;

    for (size_t i = 0; i < needs->n && depth > 0; i++)
        if (amf_si_count(e, needs->at[i], AMF_HA_ACTIVE) == 0 ||
            unserved(e, needs->at[i], depth - 1))
            return true;
    return false;
}

bool amf_si_depends_unserved(const struct amf_engine *e, int si)
{
    return unserved(e, si, e->m->n_sis);
}

/* ---- for those who ask --------------------------------------------------- */

bool amf_engine_assigned(const struct amf_engine *e, int su, int si,
                         struct amf_assigned *out)
{
    const struct amf_asg *a;

    *out = (struct amf_assigned){.role = AMF_HA_NONE};
    if (e->m->sus[su].sg < 0 || e->m->sus[su].sg != e->m->sis[si].sg)
        return false;
    a = amf_asg_at(e, su, si);
    if (a->role == AMF_HA_NONE)
        return false;
    out->role = a->role;
    for (size_t k = 0; k < a->n_parts; k++) {
        if (a->parts[k].comp < 0)
            continue;
        out->csis[a->parts[k].ha]++;
        out->pending += a->parts[k].pending != AMF_PEND_NONE;
    }
    return true;
}

enum amf_presence amf_engine_su_presence(const struct amf_engine *e, int su)
{
    return amf_su_presence(e, su);
}

bool amf_engine_auto_adjust(const struct amf_engine *e, int sg)
{
    return e->sgs[sg].auto_adjust;
}
