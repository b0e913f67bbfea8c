/* SPDX-License-Identifier: Apache-2.0 */
/* What goes out of the engine: orders, timers, notes; and the names in them. */
#include "amf/amf_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void amf_actions_free(struct amf_actions *a)
{
    free(a->at);
    *a = (struct amf_actions){NULL, 0, 0};
}

static bool grow(struct amf_actions *a)
{
    const size_t cap = a->cap ? a->cap * 2 : 32;
    struct amf_action *at = realloc(a->at, cap * sizeof(*at));

    if (!at)
        return false;
    a->at = at;
    a->cap = cap;
    return true;
}

/* Never NULL: without memory the order is lost, and the timer that guards it (or
 * the next event) makes the engine try again. */
struct amf_action *amf_order(struct amf_engine *e, enum amf_action_type type, int index)
{
    static struct amf_action lost;
    struct amf_actions *out = e->out;
    struct amf_action *a = &lost;

    if (out->n < out->cap || grow(out))
        a = &out->at[out->n++];
    memset(a, 0, sizeof(*a));
    a->type = type;
    a->index = index;
    a->proxy = -1;
    return a;
}

void amf_note(struct amf_engine *e, const char *format, ...)
{
    struct amf_action *a = amf_order(e, AMF_DO_NOTE, -1);
    va_list ap;

    va_start(ap, format);
    vsnprintf(a->note, sizeof(a->note), format, ap);
    va_end(ap);
}

static uint64_t timer_id(enum amf_timer_kind kind, int index)
{
    return (uint64_t)kind << 32 | (uint32_t)index;
}

int64_t *amf_timer_due(struct amf_engine *e, enum amf_timer_kind kind, int index)
{
    if (kind < AMF_TM_COMP_KINDS)
        return &e->comps[index].due_ms[kind];
    return kind == AMF_TM_START ? &e->sgs[index].start_due_ms
                                : &e->sgs[index].adjust_due_ms;
}

static void timer_changed(struct amf_engine *e, enum amf_timer_kind kind, int index)
{
    if (kind < AMF_TM_COMP_KINDS)
        amf_change_comp(e, index);
    else
        amf_change_sg(e, index);
}

void amf_timer_arm(struct amf_engine *e, enum amf_timer_kind kind, int index, int64_t ms)
{
    struct amf_action *a = amf_order(e, AMF_DO_TIMER, index);

    a->timer = timer_id(kind, index);
    a->at_ms = e->now_ms + ms;
    *amf_timer_due(e, kind, index) = a->at_ms;
    timer_changed(e, kind, index);
}

void amf_timer_cancel(struct amf_engine *e, enum amf_timer_kind kind, int index)
{
    int64_t *due = amf_timer_due(e, kind, index);

    if (*due == AMF_NEVER)
        return;
    *due = AMF_NEVER;
    timer_changed(e, kind, index);
    amf_order(e, AMF_DO_TIMER_CANCEL, index)->timer = timer_id(kind, index);
}

static void repeat(struct amf_engine *e, enum amf_timer_kind kind, int index)
{
    const int64_t due = *amf_timer_due(e, kind, index);
    struct amf_action *a;

    if (due == AMF_NEVER)
        return;
    a = amf_order(e, AMF_DO_TIMER, index);
    a->timer = timer_id(kind, index);
    a->at_ms = due;
}

void amf_timers_repeat(struct amf_engine *e)
{
    for (int kind = 0; kind < AMF_TM_KINDS; kind++) {
        const size_t n = kind < AMF_TM_COMP_KINDS ? e->m->n_comps : e->m->n_sgs;

        for (size_t i = 0; i < n; i++)
            repeat(e, (enum amf_timer_kind)kind, (int)i);
    }
    e->timers_lost = false;
}

uint64_t amf_invocation(struct amf_engine *e, uint32_t klass, int comp)
{
    if (++e->key == 0)
        e->key = 1;
    e->asked[e->key % AMF_ASKED] = (struct amf_asked){e->key, comp};
    return (uint64_t)klass << 32 | e->key;
}

int amf_asked(const struct amf_engine *e, uint64_t invocation)
{
    const uint32_t key = (uint32_t)invocation;
    const struct amf_asked *a = &e->asked[key % AMF_ASKED];

    return key && a->key == key ? a->comp : -1;
}

static const char *name_of(const char *const *names, size_t n, unsigned i)
{
    return i < n && names[i] ? names[i] : "?";
}

#define NAME_OF(names, i) name_of(names, sizeof(names) / sizeof(*(names)), (unsigned)(i))

const char *amf_presence_name(enum amf_presence p)
{
    static const char *const names[] = {
        "NONE",        "UNINSTANTIATED", "INSTANTIATING",        "INSTANTIATED",
        "TERMINATING", "RESTARTING",     "INSTANTIATION_FAILED", "TERMINATION_FAILED"};

    return NAME_OF(names, p);
}

const char *amf_admin_name(enum amf_admin a)
{
    static const char *const names[] = {"NONE",         "UNLOCKED",
                                        "LOCKED_A",     "LOCKED_I",
                                        "SHUTTINGDOWN", "SHUTTINGDOWN_RESTART"};

    return NAME_OF(names, a);
}

const char *amf_oper_name(enum amf_oper o)
{
    static const char *const names[] = {"NONE", "ENABLED", "DISABLED"};

    return NAME_OF(names, o);
}

const char *amf_readiness_name(enum amf_readiness r)
{
    static const char *const names[] = {"NONE", "OUTOFSERVICE", "INSERVICE", "STOPPING"};

    return NAME_OF(names, r);
}

const char *amf_ha_name(enum amf_ha h)
{
    static const char *const names[] = {"NONE", "ACTIVE", "STANDBY", "QUIESCED",
                                        "QUIESCING"};

    return NAME_OF(names, h);
}

const char *amf_recovery_name(enum amf_recovery r)
{
    static const char *const names[] = {
        [AMF_REC_NONE] = "NONE",
        [AMF_REC_NO_RECOMMENDATION] = "NO_RECOMMENDATION",
        [AMF_REC_COMP_RESTART] = "COMP_RESTART",
        [AMF_REC_COMP_FAILOVER] = "COMP_FAILOVER",
        [AMF_REC_NODE_SWITCHOVER] = "NODE_SWITCHOVER",
        [AMF_REC_NODE_FAILOVER] = "NODE_FAILOVER",
        [AMF_REC_NODE_FAILFAST] = "NODE_FAILFAST",
        [AMF_REC_CLUSTER_RESET] = "CLUSTER_RESET",
        [AMF_REC_APP_RESTART] = "APP_RESTART",
        [AMF_REC_INTERNALLY_RECOVERED] = "INTERNALLY_RECOVERED",
        [AMF_REC_SU_RESTART] = "SU_RESTART",
        [AMF_REC_NODE_HALT] = "NODE_HALT",
    };

    return NAME_OF(names, r);
}
