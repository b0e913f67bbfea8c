/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be looked at. A change touches its service group and those that see into it
 * (its family); the next look goes over what was touched, in the order of the model, so
 * that it decides as a look at everything would: elsewhere nothing is left to be done.
 */
#include "amf/amf_state.h"

#include <stdlib.h>
#include <string.h>

/* More looks than any chain of consequences is long; a guard, not a limit. */
enum { LOOKS_MAX = 1000, WORD_BITS = 64 };

/* ---- sets of indexes -------------------------------------------------------------- */

static bool marks_make(struct amf_marks *m, size_t n)
{
    m->n_words = n / WORD_BITS + 1;
    m->words = calloc(m->n_words, sizeof(*m->words));
    return m->words != NULL;
}

void amf_marks_add(struct amf_marks *m, int i)
{
    m->words[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
}

bool amf_marks_have(const struct amf_marks *m, int i)
{
    return m->words[i / WORD_BITS] >> i % WORD_BITS & 1;
}

void amf_marks_clear(struct amf_marks *m)
{
    memset(m->words, 0, m->n_words * sizeof(*m->words));
}

int amf_marks_next(const struct amf_marks *m, int from)
{
    size_t word = (size_t)from / WORD_BITS;
    uint64_t left;

    if (word >= m->n_words)
        return -1;
    left = m->words[word] & ~UINT64_C(0) << from % WORD_BITS;
    while (!left && ++word < m->n_words)
        left = m->words[word];
    return left ? (int)(word * WORD_BITS) + __builtin_ctzll(left) : -1;
}

/* ---- families ------------------------------------------------------------ */

static bool any_proxied(const struct amf_engine *e)
{
    for (size_t i = 0; i < e->m->n_comps; i++)
        if (amf_comp_proxied(e, (int)i))
            return true;
    return false;
}

static bool same_family(const struct amf_engine *e, int a, int b)
{
    for (int i = e->sgs[a].relative; i != a; i = e->sgs[i].relative)
        if (i == b)
            return true;
    return a == b;
}

/* Families are rings. */
static void join(struct amf_engine *e, int a, int b)
{
    const int next = e->sgs[a].relative;

    if (same_family(e, a, b))
        return;
    e->sgs[a].relative = e->sgs[b].relative;
    e->sgs[b].relative = next;
}

static void join_dependent(struct amf_engine *e, int si)
{
    const struct amf_si *s = &e->m->sis[si];

    for (size_t k = 0; k < s->depends.n && s->sg >= 0; k++)
        if (e->m->sis[s->depends.at[k]].sg >= 0)
            join(e, s->sg, e->m->sis[s->depends.at[k]].sg);
}

void amf_look_lay_out(struct amf_engine *e)
{
    e->any_proxied = any_proxied(e);
    for (size_t i = 0; i < e->m->n_sgs; i++)
        e->sgs[i].relative = (int)i;
    for (size_t i = 1; i < e->m->n_sgs && e->any_proxied; i++)
        join(e, 0, (int)i); /* a proxy may be anywhere */
    for (size_t i = 0; i < e->m->n_sis; i++)
        join_dependent(e, (int)i);
    for (size_t i = 0; i < e->m->n_sus; i++)
        e->any_outside = e->any_outside || e->m->sus[i].sg < 0;
    for (size_t i = 0; i < e->m->n_sis; i++)
        e->any_outside = e->any_outside || e->m->sis[i].sg < 0;
}

bool amf_look_make(struct amf_engine *e)
{
    struct amf_looking *l = &e->looking;

    return marks_make(&l->sgs, e->m->n_sgs) && marks_make(&l->sus, e->m->n_sus) &&
           marks_make(&l->comps, e->m->n_comps) && marks_make(&l->sis, e->m->n_sis) &&
           marks_make(&e->touched, e->m->n_sgs) &&
           marks_make(&e->unchecked, e->m->n_sgs) && marks_make(&e->unkept, e->m->n_sgs);
}

void amf_look_free(struct amf_engine *e)
{
    free(e->looking.sgs.words);
    free(e->looking.sus.words);
    free(e->looking.comps.words);
    free(e->looking.sis.words);
    free(e->touched.words);
    free(e->unchecked.words);
    free(e->unkept.words);
}

/* ---- touching ------------------------------------------------------------ */

static void mark_all(struct amf_marks *m, const int *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        amf_marks_add(m, at[i]);
}

static void include(struct amf_engine *e, int sg)
{
    const struct amf_sg_state *g = &e->sgs[sg];

    if (amf_marks_have(&e->looking.sgs, sg))
        return;
    amf_marks_add(&e->looking.sgs, sg);
    mark_all(&e->looking.sis, g->sis, g->n_sis);
    mark_all(&e->looking.sus, g->sus, g->n_sus);
    for (size_t i = 0; i < g->n_sus; i++) {
        const struct amf_list *comps = &e->m->sus[g->sus[i]].comps;

        mark_all(&e->looking.comps, comps->at, comps->n);
    }
}

/* In the look under way from here on, and in the next one. */
void amf_touch_sg(struct amf_engine *e, int sg)
{
    int i = sg;

    e->dirty = true;
    if (sg < 0)
        return;
    do {
        amf_marks_add(&e->touched, i);
        amf_marks_add(&e->unchecked, i);
        amf_marks_add(&e->unkept, i);
        include(e, i);
        i = e->sgs[i].relative;
    } while (i != sg);
}

void amf_change_sg(struct amf_engine *e, int sg)
{
    if (sg >= 0)
        amf_marks_add(&e->unkept, sg);
}

void amf_change_comp(struct amf_engine *e, int comp)
{
    if (e->m->comps[comp].su >= 0)
        amf_change_sg(e, e->m->sus[e->m->comps[comp].su].sg);
}

void amf_touch_su(struct amf_engine *e, int su)
{
    amf_touch_sg(e, e->m->sus[su].sg);
}

void amf_touch_comp(struct amf_engine *e, int comp)
{
    if (e->m->comps[comp].su >= 0)
        amf_touch_su(e, e->m->comps[comp].su);
}

void amf_touch_node(struct amf_engine *e, int node)
{
    const struct amf_list *sus = &e->m->nodes[node].sus;

    e->dirty = true;
    for (size_t i = 0; i < sus->n; i++)
        amf_touch_su(e, sus->at[i]);
}

void amf_touch_all(struct amf_engine *e)
{
    e->dirty = true;
    for (size_t i = 0; i < e->m->n_sgs; i++)
        amf_touch_sg(e, (int)i);
}

/* ---- looking ------------------------------------------------------------- */

static void look_at_service(struct amf_engine *e, int su)
{
    const enum amf_readiness r = amf_su_readiness(e, su);
    const bool in_service = r == AMF_READY_INSERVICE;

    if (in_service == e->sus[su].in_service)
        return;
    e->sus[su].in_service = in_service;
    if (in_service)
        e->sus[su].order = ++e->service_order;
    else /* its work goes elsewhere: what was counted is over */
        e->sus[su].comp_restarts = e->sus[su].su_restarts = (struct amf_window){0, 0};
    amf_note(e, "su %s %s", e->m->sus[su].name, amf_readiness_name(r));
}

/* What was touched; and groups that adjust themselves, which go by the clock as well. */
static void begin(struct amf_engine *e)
{
    e->dirty = false;
    amf_marks_clear(&e->looking.sgs);
    amf_marks_clear(&e->looking.sus);
    amf_marks_clear(&e->looking.comps);
    amf_marks_clear(&e->looking.sis);
    for (int i = amf_marks_next(&e->touched, 0); i >= 0;
         i = amf_marks_next(&e->touched, i + 1))
        include(e, i);
    for (size_t i = 0; i < e->m->n_sgs; i++)
        if (e->sgs[i].auto_adjust)
            include(e, (int)i);
    amf_marks_clear(&e->touched);
}

static void look(struct amf_engine *e)
{
    int i;

    begin(e);
    for (i = amf_marks_next(&e->looking.sus, 0); i >= 0;
         i = amf_marks_next(&e->looking.sus, i + 1))
        look_at_service(e, i);
    for (i = amf_marks_next(&e->looking.sgs, 0); i >= 0;
         i = amf_marks_next(&e->looking.sgs, i + 1)) {
        amf_sg_choose_running(e, i);
        amf_sg_evaluate(e, i);
    }
    for (i = amf_marks_next(&e->looking.comps, 0); i >= 0;
         i = amf_marks_next(&e->looking.comps, i + 1))
        amf_comp_step(e, i);
    amf_recovery_settle(e);
    amf_admin_settle(e);
}

void amf_look(struct amf_engine *e)
{
    for (int looks = 0; e->dirty && looks < LOOKS_MAX; looks++)
        look(e);
}
