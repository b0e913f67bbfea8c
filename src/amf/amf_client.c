/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "amf/amf_delivery.h"
#include "amf/amf_proto.h"
#include "amf/amf_session.h"
#include "base/clock.h"
#include "base/logline.h"

/* Lines kept for a daemon that is away; beyond that the oldest goes. */
enum { KEPT_LINES_MAX = 4096 };

/* Lock held. */
static bool session_prepare(const char *comp, const struct amf_client_hooks *hooks)
{
    struct amf_session *s = &amf_session;

    if (!s->comp || strcmp(s->comp, comp) != 0) {
        char *copy = strdup(comp);

        if (!copy)
            return false;
        free(s->comp);
        s->comp = copy;
    }
    s->hooks = hooks;
    return amf_session_thread_start();
}

uint32_t amf_client_start(const char *comp, const struct amf_client_hooks *hooks,
                          int64_t deadline_ns)
{
    struct amf_session *s = &amf_session;
    uint32_t rc = 0;

    pthread_mutex_lock(&s->lock);
    if (s->up)
        goto unlock;
    if (!session_prepare(comp, hooks)) {
        rc = AMF_RC_NO_MEMORY;
        goto unlock;
    }
    s->refusal = 0;
    s->wanted = true;
    amf_session_wake();
    while (!s->up && !s->refusal && amf_session_wait(deadline_ns))
        ;
    if (!s->up)
        rc = s->refusal ? s->refusal : (uint32_t)AMF_RC_TRY_AGAIN;
    if (!s->up && !s->was_up)
        s->wanted = false; /* the caller was told no */
unlock:
    pthread_mutex_unlock(&s->lock);
    return rc;
}

void amf_client_send(json_t *m)
{
    struct amf_session *s = &amf_session;
    size_t size = 0;
    char *text = m ? amf_line(m, &size) : NULL;

    json_decref(m);
    if (!text) {
        clv_log(CLV_LOG_ERROR, "a message to the AMF daemon is not sent: no memory, or a "
                               "name that is not UTF-8");
        return;
    }
    pthread_mutex_lock(&s->lock);
    if (!s->wanted) {
        free(text); /* never announced: nobody to tell */
    } else {
        if (s->outbox.n >= KEPT_LINES_MAX && amf_outbox_drop(&s->outbox))
            clv_log(CLV_LOG_WARNING, "the AMF daemon is away: dropped a message to it");
        amf_outbox_push(&s->outbox, text, size, NULL);
        amf_session_flush();
    }
    pthread_mutex_unlock(&s->lock);
}

/* Lock held. */
static bool call_begin(struct amf_call *c)
{
    struct amf_session *s = &amf_session;
    char *text = malloc(c->size);

    if (!text)
        return false;
    memcpy(text, c->text, c->size);
    if (!amf_outbox_push(&s->outbox, text, c->size, &c->sent))
        return false;
    c->next = s->calls;
    s->calls = c;
    amf_session_flush();
    return true;
}

/* Lock held. */
static void call_end(struct amf_call *c)
{
    struct amf_call **at = &amf_session.calls;

    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    amf_outbox_cancel(&amf_session.outbox, &c->sent);
}

static uint32_t call_result(struct amf_call *c, json_t **answer)
{
    const bool maybe_sent = c->sent || c->repeated;
    uint32_t rc;

    if (!c->done)
        return maybe_sent ? AMF_RC_TIMEOUT : AMF_RC_TRY_AGAIN;
    rc = (uint32_t)json_integer_value(json_object_get(c->answer, "rc"));
    if (!answer) {
        json_decref(c->answer);
        return rc;
    }
    if (c->repeated)
        json_object_set_new(c->answer, AMF_ANSWER_REPEATED, json_true());
    *answer = c->answer;
    return rc;
}

/* The line of m under a new id, in *c; lock taken inside. Takes m. */
static bool call_prepare(struct amf_call *c, json_t *m)
{
    pthread_mutex_lock(&amf_session.lock);
    c->id = ++amf_session.last_id;
    pthread_mutex_unlock(&amf_session.lock);
    if (m && json_object_set_new(m, "id", json_integer((json_int_t)c->id)) == 0)
        c->text = amf_line(m, &c->size);
    json_decref(m);
    return c->text != NULL;
}

uint32_t amf_client_call(json_t *m, int64_t deadline_ns, json_t **answer)
{
    struct amf_session *s = &amf_session;
    struct amf_call c = {0};
    uint32_t rc;

    if (answer)
        *answer = NULL;
    if (!call_prepare(&c, m))
        return AMF_RC_NO_MEMORY;
    pthread_mutex_lock(&s->lock);
    if (!s->wanted) {
        rc = AMF_RC_TRY_AGAIN;
    } else if (!call_begin(&c)) {
        rc = AMF_RC_NO_MEMORY;
    } else {
        while (!c.done && amf_session_wait(deadline_ns))
            ;
        call_end(&c);
        rc = call_result(&c, answer);
    }
    pthread_mutex_unlock(&s->lock);
    free(c.text);
    return rc;
}

void amf_client_deliver(json_t *m)
{
    amf_delivery_push(m);
}

bool amf_client_node(char *name, size_t size, uint32_t *addr)
{
    bool known;

    pthread_mutex_lock(&amf_session.lock);
    known = amf_session.settings_known;
    if (known) {
        snprintf(name, size, "%s", amf_session.node);
        *addr = amf_session.addr;
    }
    pthread_mutex_unlock(&amf_session.lock);
    return known;
}

void amf_client_drain(int64_t deadline_ns)
{
    struct amf_session *s = &amf_session;

    amf_delivery_drain(deadline_ns);
    pthread_mutex_lock(&s->lock);
    while (s->started && s->up && s->outbox.first && amf_session_wait(deadline_ns))
        ;
    pthread_mutex_unlock(&s->lock);
}
