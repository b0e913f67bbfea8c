/* SPDX-License-Identifier: Apache-2.0 */
/* What the threads of the shared log tell the loop. */
#include <stdlib.h>

#include "amf/amf_log_in.h"
#include "amf/amf_must.h"

enum { VIEW_MAX = 256 };

struct amf_log_notice {
    struct amf_log_notice *next;
    enum amf_log_notice_type type;
    redisReply *reply; /* owned */
    int64_t asked_ns;  /* of a view */
    uint64_t number;   /* of a snapshot */
};

/* Takes n. */
static void tell(struct amf_log *l, struct amf_log_notice *n)
{
    pthread_mutex_lock(&l->lock);
    *l->told_end = n;
    l->told_end = &n->next;
    pthread_mutex_unlock(&l->lock);
    uv_async_send(&l->wake);
}

void amf_log_tell(struct amf_log *l, enum amf_log_notice_type type, redisReply *reply,
                  int64_t asked_ns)
{
    struct amf_log_notice *n = amf_must(calloc(1, sizeof(*n)));

    n->type = type;
    n->reply = reply;
    n->asked_ns = asked_ns;
    tell(l, n);
}

void amf_log_tell_saved(struct amf_log *l, uint64_t number)
{
    struct amf_log_notice *n = amf_must(calloc(1, sizeof(*n)));

    n->type = AMF_LOG_SAVED;
    n->number = number;
    tell(l, n);
}

static void notice_free(struct amf_log_notice *n)
{
    if (n->reply)
        rds_reply_free(n->reply);
    free(n);
}

static void entries_hand_out(struct amf_log *l, const redisReply *reply)
{
    struct amf_log_entry e;
    size_t i;

    for (i = 0; amf_store_entry(reply, i, &e); i++)
        l->events.entry(l->events.ctx, &e);
}

static const char *text_of(const redisReply *r)
{
    return r && r->str ? r->str : "";
}

static void view_hand_out(struct amf_log *l, const redisReply *reply, int64_t asked_ns)
{
    const redisReply *pairs = rds_reply_at(reply, 4);
    struct amf_log_beat beats[VIEW_MAX];
    struct amf_log_view v = {
        .asked_ns = asked_ns, .leader = text_of(rds_reply_at(reply, 2)), .beats = beats};
    int64_t epoch = 0, tail = 0;
    size_t i;

    if (!rds_reply_int(rds_reply_at(reply, 0), &v.ms) ||
        !rds_reply_int(rds_reply_at(reply, 1), &epoch) ||
        !rds_reply_int(rds_reply_at(reply, 3), &tail))
        return;
    v.tail = (uint64_t)tail;
    v.epoch = (uint64_t)epoch;
    for (i = 0; pairs && i + 1 < pairs->elements && v.n_beats < VIEW_MAX; i += 2)
        beats[v.n_beats++] = (struct amf_log_beat){text_of(rds_reply_at(pairs, i)),
                                                   text_of(rds_reply_at(pairs, i + 1))};
    l->events.view(l->events.ctx, &v);
}

static void elected_hand_out(struct amf_log *l, const redisReply *reply)
{
    const char *snapshot = text_of(rds_reply_at(reply, 2));
    int64_t epoch;

    if (rds_reply_is(rds_reply_at(reply, 0), "YES") &&
        rds_reply_int(rds_reply_at(reply, 1), &epoch))
        l->events.elected(l->events.ctx, (uint64_t)epoch, *snapshot ? snapshot : NULL);
}

static void hand_out(struct amf_log *l, const struct amf_log_notice *n)
{
    switch (n->type) {
    case AMF_LOG_READ:
        entries_hand_out(l, n->reply);
        break;
    case AMF_LOG_HOLE:
        l->events.hole(l->events.ctx);
        break;
    case AMF_LOG_VIEW:
        view_hand_out(l, n->reply, n->asked_ns);
        break;
    case AMF_LOG_ELECTED:
        elected_hand_out(l, n->reply);
        break;
    case AMF_LOG_SAVED:
        l->events.saved(l->events.ctx, n->number);
        break;
    }
}

static struct amf_log_notice *notices_take(struct amf_log *l)
{
    struct amf_log_notice *first;

    pthread_mutex_lock(&l->lock);
    first = l->told;
    l->told = NULL;
    l->told_end = &l->told;
    pthread_mutex_unlock(&l->lock);
    return first;
}

void amf_log_woken(uv_async_t *async)
{
    struct amf_log *l = async->data;
    struct amf_log_notice *n, *next;

    for (n = notices_take(l); n; n = next) {
        next = n->next;
        hand_out(l, n);
        notice_free(n);
    }
}

void amf_log_notices_drop(struct amf_log *l)
{
    struct amf_log_notice *n, *next;

    for (n = notices_take(l); n; n = next) {
        next = n->next;
        notice_free(n);
    }
}
