/* SPDX-License-Identifier: Apache-2.0 */
/* Members of the cluster, and what this one appends to the log. */
#include "amf/amf_cluster_in.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "amf/amf_cluster_wire.h"
#include "amf/amf_must.h"
#include "base/clock.h"

/* ---- names and members --------------------------------------------------- */

void amf_cluster_name_make(struct amf_cluster *c)
{
    char host[33] = "";
    uint32_t salt = 0;

    gethostname(host, sizeof(host) - 1);
    if (getrandom(&salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
        salt = (uint32_t)clv_wall_ns();
    snprintf(c->who, sizeof(c->who), "%s-%d-%08x", host, (int)getpid(), (unsigned)salt);
}

bool amf_cluster_is_me(const struct amf_cluster *c, const char *who)
{
    return strcmp(c->who, who) == 0;
}

static struct member *member_find(const struct amf_cluster *c, const char *who)
{
    struct member *m;

    for (m = c->members; m; m = m->next)
        if (strcmp(m->who, who) == 0)
            return m;
    return NULL;
}

struct member *amf_cluster_member_get(struct amf_cluster *c, const char *who)
{
    struct member *m = member_find(c, who);

    if (m)
        return m;
    m = amf_must(calloc(1, sizeof(*m)));
    snprintf(m->who, sizeof(m->who), "%s", who);
    /* It may need a moment until it shows up, after an outage too. */
    m->seen_ns = clv_now_ns() + c->lease_ns;
    m->next = c->members;
    c->members = m;
    return m;
}

void amf_cluster_member_remove(struct amf_cluster *c, const char *who)
{
    struct member **link, *m;

    for (link = &c->members; (m = *link); link = &m->next) {
        if (strcmp(m->who, who) != 0)
            continue;
        *link = m->next;
        free(m);
        return;
    }
}

bool amf_cluster_has_joined(const struct amf_cluster *c, const char *who)
{
    const struct member *m = member_find(c, who);

    return m && m->joined;
}

/* ---- appending ----------------------------------------------------------- */

/* o is taken. */
uint64_t amf_cluster_append(struct amf_cluster *c, uint64_t epoch, int64_t min_ms,
                            json_t *o)
{
    char *text = amf_must(json_dumps(amf_must(o), JSON_COMPACT));
    const uint64_t seq = amf_log_append(c->log, epoch, min_ms, text);

    free(text);
    json_decref(o);
    return seq;
}

/* Before events of a component can be told from those of its predecessor, the orders
 * that have not been carried out here must not count. */
static uint32_t generation_now(const struct amf_cluster *c, int comp)
{
    return c->d->nodes[amf_daemon_comp_node(c->d, comp)].played ? c->carried_out[comp]
                                                                : c->generation[comp];
}

static struct amf_wire_event event_make(const struct amf_cluster *c,
                                        const struct amf_event *ev)
{
    struct amf_wire_event w = {.ev = *ev};

    if (amf_wire_is_about_comp(ev->type)) {
        w.generation = generation_now(c, ev->index);
        w.pid = (int)c->d->comps[ev->index].pid;
    }
    return w;
}

uint64_t amf_cluster_event_append(struct amf_cluster *c, const struct amf_wire_event *w)
{
    struct amf_wire_event out = *w;
    uint64_t seq;

    out.ev.invocation = amf_cluster_ahead_number(c, w->ev.invocation);
    seq = amf_cluster_append(c, 0, 0, amf_wire_pack(&out));
    amf_cluster_ahead_sent(c, &out, seq);
    return seq;
}

void amf_cluster_feed(struct amf_cluster *c, const struct amf_event *ev)
{
    const struct amf_wire_event w = event_make(c, ev);

    if (amf_cluster_ahead_on(c))
        amf_cluster_ahead_take(c, &w, 0);
    else
        amf_cluster_event_append(c, &w);
}

struct waiting *amf_cluster_wait(struct amf_cluster *c, struct amf_peer *peer,
                                 const json_t *request, amf_cluster_done done)
{
    struct waiting *w = amf_must(calloc(1, sizeof(*w)));

    w->order_node = -1;
    w->peer = peer;
    w->request = json_incref((json_t *)(uintptr_t)request);
    w->done = done;
    w->next = c->waiting;
    c->waiting = w;
    return w;
}

void amf_cluster_ask(struct amf_cluster *c, const struct amf_event *ev,
                     struct amf_peer *peer, const json_t *request, amf_cluster_done done)
{
    const struct amf_wire_event event = event_make(c, ev);
    struct waiting *w = amf_cluster_wait(c, peer, request, done);

    w->ev = *ev;
    if (!amf_cluster_ahead_on(c)) {
        w->seq = amf_cluster_event_append(c, &event);
        return;
    }
    w->seq = amf_log_number(c->log);
    amf_cluster_ahead_take(c, &event, w->seq); /* may answer */
}

void amf_cluster_renumber(struct amf_cluster *c, uint64_t seq, uint64_t now)
{
    struct waiting *w;

    for (w = c->waiting; w; w = w->next)
        if (seq && w->seq == seq)
            w->seq = now;
}

void amf_cluster_share(struct amf_cluster *c, json_t *entry, struct amf_peer *peer,
                       const json_t *request, amf_cluster_done done)
{
    struct waiting *w = amf_cluster_wait(c, peer, request, done);

    w->seq = amf_cluster_append(c, 0, 0, entry);
}

void amf_cluster_forget_peer(struct amf_cluster *c, const struct amf_peer *peer)
{
    struct waiting *w;

    for (w = c->waiting; w; w = w->next)
        if (w->peer == peer)
            w->peer = NULL;
}

static void waiting_end(struct amf_cluster *c, struct waiting *w,
                        enum amf_admin_result result)
{
    w->done(c->d, w->peer, w->request, &w->ev, result);
    json_decref(w->request);
    free(w);
}

/* Our entry seq was fed with this result. */
void amf_cluster_answer(struct amf_cluster *c, uint64_t seq, enum amf_admin_result result)
{
    struct waiting **link, *w;

    for (link = &c->waiting; (w = *link); link = &w->next) {
        if (w->seq != seq)
            continue;
        *link = w->next;
        waiting_end(c, w, result);
        return;
    }
}

/* What was asked is not going to be fed. */
void amf_cluster_answer_all(struct amf_cluster *c)
{
    struct waiting *w;

    while ((w = c->waiting)) {
        c->waiting = w->next;
        waiting_end(c, w, w->decided ? w->result : AMF_ADMIN_TRY_AGAIN);
    }
}

void amf_cluster_acknowledge(struct amf_cluster *c, uint64_t seq,
                             enum amf_admin_result result)
{
    struct waiting *w;

    if (!c->epoch || result != AMF_ADMIN_OK) {
        amf_cluster_answer(c, seq, result);
        return;
    }
    for (w = c->waiting; w; w = w->next)
        if (w->seq == seq) {
            w->decided = c->unsaved = true;
            w->result = result;
        }
}

void amf_cluster_on_saved(void *ctx, uint64_t number)
{
    struct amf_cluster *c = ctx;
    struct waiting **link = &c->waiting, *w;

    while ((w = *link)) {
        if (!w->decided || !w->saved_as || w->saved_as > number) {
            link = &w->next;
            continue;
        }
        *link = w->next;
        waiting_end(c, w, w->result);
    }
}

void amf_cluster_answer_decided(struct amf_cluster *c)
{
    struct waiting *w;

    for (w = c->waiting; w; w = w->next)
        w->saved_as = w->decided;
    amf_cluster_on_saved(c, 1);
}

struct kept *amf_cluster_kept_take(struct amf_cluster *c)
{
    struct kept *k = c->kept;

    if (!k)
        return NULL;
    c->kept = k->next;
    if (!c->kept)
        c->kept_end = &c->kept;
    return k;
}

void amf_cluster_kept_free(struct kept *k)
{
    free((char *)(uintptr_t)k->e.who);
    free((char *)(uintptr_t)k->e.body);
    free(k);
}

/* Read nothing until what is appended here comes back, then wait for the state. */
void amf_cluster_mark_append(struct amf_cluster *c, json_t *mark)
{
    c->blind = true;
    c->held = false;
    while (c->kept)
        amf_cluster_kept_free(amf_cluster_kept_take(c));
    c->mark = amf_cluster_append(c, 0, 0, mark);
}

void amf_cluster_join(struct amf_cluster *c)
{
    const struct amf_daemon *d = c->d;
    json_t *nodes = amf_must(json_array());
    char model[AMF_COMMON_SIZE];
    size_t i;

    for (i = 0; i < d->model->n_nodes; i++)
        if (d->nodes[i].played)
            json_array_append_new(nodes, json_integer((json_int_t)i));
    amf_cluster_mark_append(
        c, json_pack("{s:s, s:s, s:s, s:o}", "t", "join", "was", c->was, "model",
                     amf_cluster_common_text(c, model), "nodes", nodes));
}
