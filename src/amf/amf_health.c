/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_must.h"

enum { PERIOD_MIN_MS = 5000, ANSWER_MIN_MS = 10000 };

void amf_health_free(struct amf_health *h)
{
    free(h->at);
    memset(h, 0, sizeof(*h));
}

static struct amf_health_check *find(const struct amf_health *h, int comp)
{
    size_t i;

    for (i = 0; i < h->n; i++)
        if (h->at[i].comp == comp)
            return &h->at[i];
    return NULL;
}

static int64_t at_least(int64_t value, int64_t floor)
{
    return value < floor ? floor : value;
}

enum amf_health_result amf_health_start(struct amf_health *h,
                                        const struct amf_comp *model, int comp,
                                        enum amf_health_type type,
                                        enum amf_recovery recovery, const char *key,
                                        int64_t now_ms)
{
    struct amf_health_check *c;

    if (find(h, comp))
        return AMF_HEALTH_IGNORED;
    if (h->n == h->cap) {
        h->cap = h->cap ? 2 * h->cap : 8;
        h->at = amf_must(realloc(h->at, h->cap * sizeof(*h->at)));
    }
    c = &h->at[h->n++];
    *c = (struct amf_health_check){.comp = comp, .type = type, .recovery = recovery};
    snprintf(c->key, sizeof(c->key), "%s", key);
    c->period_ms = at_least(model->health_period_ms, PERIOD_MIN_MS);
    c->max_ms = at_least(at_least(model->health_max_ms, ANSWER_MIN_MS), 2 * c->period_ms);
    c->next_ms = now_ms + c->period_ms;
    return AMF_HEALTH_OK;
}

void amf_health_stop(struct amf_health *h, int comp)
{
    struct amf_health_check *c = find(h, comp);

    if (c)
        *c = h->at[--h->n];
}

static enum amf_health_result fail(struct amf_health *h, struct amf_health_check *c,
                                   enum amf_recovery *recovery)
{
    *recovery = c->recovery;
    amf_health_stop(h, c->comp);
    return AMF_HEALTH_FAULT;
}

enum amf_health_result amf_health_answer(struct amf_health *h, int comp, bool ok,
                                         enum amf_recovery *recovery)
{
    struct amf_health_check *c = find(h, comp);

    if (!c || !c->answer_ms)
        return AMF_HEALTH_IGNORED;
    c->answer_ms = 0;
    return ok ? AMF_HEALTH_OK : fail(h, c, recovery);
}

enum amf_health_result amf_health_confirm(struct amf_health *h, int comp, bool ok,
                                          enum amf_recovery *recovery)
{
    struct amf_health_check *c = find(h, comp);

    if (!c || c->type != AMF_HEALTH_CLIENT_INVOKED)
        return AMF_HEALTH_IGNORED;
    c->confirmed = true;
    return ok ? AMF_HEALTH_OK : fail(h, c, recovery);
}

static int64_t due_ms(const struct amf_health_check *c)
{
    return c->answer_ms && c->answer_ms < c->next_ms ? c->answer_ms : c->next_ms;
}

int64_t amf_health_next_ms(const struct amf_health *h)
{
    int64_t next = INT64_MAX;
    size_t i;

    for (i = 0; i < h->n; i++)
        if (due_ms(&h->at[i]) < next)
            next = due_ms(&h->at[i]);
    return next;
}

/* What one due check asks for, and its move to the next period. */
static enum amf_health_due advance(struct amf_health_check *c, int64_t now_ms)
{
    if (c->answer_ms && c->answer_ms <= now_ms)
        return AMF_HEALTH_FAILED;
    c->next_ms = now_ms + c->period_ms;
    if (c->type == AMF_HEALTH_CLIENT_INVOKED) {
        if (!c->confirmed)
            return AMF_HEALTH_FAILED;
        c->confirmed = false;
        return AMF_HEALTH_NOTHING;
    }
    if (c->answer_ms) /* still unanswered: no second call */
        return AMF_HEALTH_NOTHING;
    c->answer_ms = now_ms + c->max_ms;
    return AMF_HEALTH_CALL;
}

enum amf_health_due amf_health_take(struct amf_health *h, int64_t now_ms,
                                    struct amf_health_check *out)
{
    enum amf_health_due due;
    size_t i;

    for (i = 0; i < h->n; i++) {
        if (due_ms(&h->at[i]) > now_ms)
            continue;
        due = advance(&h->at[i], now_ms);
        if (due == AMF_HEALTH_NOTHING)
            continue;
        *out = h->at[i];
        if (due == AMF_HEALTH_FAILED)
            amf_health_stop(h, out->comp);
        return due;
    }
    return AMF_HEALTH_NOTHING;
}
