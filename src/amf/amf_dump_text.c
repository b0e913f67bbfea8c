/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dump as text, for a daemon that writes it after each step: what has not changed
 * since the last time is taken from there. Times are relative to the dump, so what has
 * a time running is made anew.
 */
#include "amf/amf_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct amf_kept {
    char *text;
    bool timed; /* it had a time running */
};

struct text {
    char *at;
    size_t n, cap;
    bool ok;
};

static const char *const keys[AMF_DUMP_LISTS] = {"nodes", "sgs",  "sus",        "comps",
                                                 "sis",   "csis", "assignments"};

/* ---- text ---------------------------------------------------------------- */

static bool grow(struct text *t, size_t n)
{
    const size_t cap = 2 * (t->n + n) + 4096;
    char *at = realloc(t->at, cap);

    t->ok = at != NULL;
    if (!at)
        return false;
    t->at = at;
    t->cap = cap;
    return true;
}

static void add(struct text *t, const char *s)
{
    const size_t n = strlen(s);

    if (!t->ok || (t->n + n >= t->cap && !grow(t, n)))
        return;
    memcpy(t->at + t->n, s, n + 1);
    t->n += n;
}

/* ---- what has changed ---------------------------------------------------- */

static size_t list_length(const struct amf_engine *e, enum amf_dump_list list)
{
    const size_t n[AMF_DUMP_LISTS] = {e->m->n_nodes, e->m->n_sgs, e->m->n_sus,
                                      e->m->n_comps, e->m->n_sis, e->m->n_csis,
                                      e->m->n_sgs};

    return n[list];
}

/* -1: none; such are always made anew. */
static int group_of(const struct amf_engine *e, enum amf_dump_list list, size_t i)
{
    const struct amf_model *m = e->m;

    switch (list) {
    case AMF_DUMP_SGS:
    case AMF_DUMP_WORK:
        return (int)i;
    case AMF_DUMP_SUS:
        return m->sus[i].sg;
    case AMF_DUMP_COMPS:
        return m->comps[i].su < 0 ? -1 : m->sus[m->comps[i].su].sg;
    case AMF_DUMP_SIS:
        return m->sis[i].sg;
    case AMF_DUMP_CSIS:
        return m->csis[i].si < 0 ? -1 : m->sis[m->csis[i].si].sg;
    default:
        return -1;
    }
}

static bool is_open(const struct amf_engine *e, const struct amf_window *w)
{
    return w->count && w->end_ms > e->now_ms;
}

static bool comp_is_timed(const struct amf_engine *e, const struct amf_comp_state *c)
{
    for (size_t k = 0; k < AMF_TM_COMP_KINDS; k++)
        if (c->due_ms[k] != AMF_NEVER)
            return true;
    return c->fault_ms != AMF_NEVER && e->now_ms - c->fault_ms < AMF_DUPLICATE_FAULT_MS;
}

static bool is_timed(const struct amf_engine *e, enum amf_dump_list list, size_t i)
{
    switch (list) {
    case AMF_DUMP_SGS:
        return e->sgs[i].start_due_ms != AMF_NEVER ||
               e->sgs[i].adjust_due_ms != AMF_NEVER || is_open(e, &e->sgs[i].failovers);
    case AMF_DUMP_SUS:
        return e->sus[i].probation_ms > e->now_ms ||
               is_open(e, &e->sus[i].comp_restarts) || is_open(e, &e->sus[i].su_restarts);
    case AMF_DUMP_COMPS:
        return comp_is_timed(e, &e->comps[i]);
    default:
        return false;
    }
}

/* ---- the lists ----------------------------------------------------------- */

static char *render(const struct amf_engine *e, enum amf_dump_list list, size_t i)
{
    json_t *o = amf_dump_entity(e, list, i);
    char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;

    json_decref(o);
    return text;
}

/* Borrowed; NULL: no memory. */
static const char *entity_text(struct amf_engine *e, enum amf_dump_list list, size_t i)
{
    struct amf_kept *k = &e->kept[list][i];
    const int sg = group_of(e, list, i);

    if (k->text && sg >= 0 && !k->timed && !amf_marks_have(&e->unkept, sg))
        return k->text;
    free(k->text);
    k->text = render(e, list, i);
    k->timed = is_timed(e, list, i);
    return k->text;
}

static void add_list(struct amf_engine *e, struct text *t, enum amf_dump_list list)
{
    const char *comma = "";

    add(t, ",\"");
    add(t, keys[list]);
    add(t, "\":[");
    for (size_t i = 0; i < list_length(e, list); i++) {
        const char *entity = entity_text(e, list, i);

        if (!entity)
            t->ok = false;
        if (!entity || (list == AMF_DUMP_WORK && strcmp(entity, "[]") == 0))
            continue;
        add(t, comma);
        comma = ",";
        add(t, entity);
        if (list == AMF_DUMP_WORK &&
            t->ok) { /* a list in the list: without its brackets */
            const size_t n = strlen(entity);

            memmove(t->at + t->n - n, entity + 1, n - 2);
            t->n -= 2;
        }
    }
    add(t, "]");
}

static bool kept_make(struct amf_engine *e)
{
    for (int i = 0; i < AMF_DUMP_LISTS; i++)
        if (!e->kept[i])
            e->kept[i] =
                calloc(list_length(e, (enum amf_dump_list)i) + 1, sizeof(*e->kept[i]));
    for (int i = 0; i < AMF_DUMP_LISTS; i++)
        if (!e->kept[i])
            return false;
    return true;
}

char *amf_engine_dump_text(struct amf_engine *e)
{
    struct text t = {.ok = true};
    char head[128];

    if (!kept_make(e))
        return NULL;
    snprintf(head, sizeof(head),
             "{\"version\":1,\"key\":%" PRIu32 ",\"steps\":%" PRIu64
             ",\"service_order\":%" PRIu32,
             e->key, e->steps, e->service_order);
    add(&t, head);
    for (int i = 0; i < AMF_DUMP_LISTS; i++)
        add_list(e, &t, (enum amf_dump_list)i);
    add(&t, "}");
    if (!t.ok) {
        free(t.at);
        return NULL;
    }
    amf_marks_clear(&e->unkept);
    return t.at;
}

void amf_dump_text_free(struct amf_engine *e)
{
    for (int k = 0; k < AMF_DUMP_LISTS; k++) {
        for (size_t i = 0; e->kept[k] && i < list_length(e, (enum amf_dump_list)k); i++)
            free(e->kept[k][i].text);
        free(e->kept[k]);
    }
}
