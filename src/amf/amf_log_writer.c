/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that writes to the shared log: entries, beats, elections, snapshots. */
#include <stdlib.h>
#include <string.h>

#include "amf/amf_log_in.h"
#include "base/clock.h"

enum { BATCH = 64 };

/* Wait for work, for the next beat, or for the end. */
static void work_wait(struct amf_log *l, int64_t deadline_ns)
{
    const struct timespec ts = {.tv_sec = (time_t)(deadline_ns / CLV_NS_PER_S),
                                .tv_nsec = (long)(deadline_ns % CLV_NS_PER_S)};

    pthread_mutex_lock(&l->lock);
    while (!l->stop && !l->first && !l->want_elect && !l->save && !l->forget[0] &&
           pthread_cond_timedwait(&l->work, &l->lock, &ts) == 0) {
    }
    pthread_mutex_unlock(&l->lock);
}

/* How many go out together; from now on they may be in the store. Lock held. */
static size_t lines_choose(struct amf_log *l)
{
    struct amf_log_line *at;
    size_t n = 0;

    for (at = l->first; at && n < BATCH && strcmp(at->who, l->first->who) == 0;
         at = at->next) {
        n++;
        if (at->seq > l->tried)
            l->tried = at->seq;
    }
    return n;
}

/* The lines that go out together stay in the queue until they are in: only the writer
 * takes from its front, so they can be read without the lock. */
static bool lines_send(struct amf_log *l, struct amf_store *s)
{
    struct amf_log_line *at, *first, *done = NULL;
    redisReply *reply;
    size_t n;

    if (!amf_store_intact(s))
        return false; /* what was not sent can be taken back */
    pthread_mutex_lock(&l->lock);
    n = lines_choose(l);
    first = l->first;
    pthread_mutex_unlock(&l->lock);
    if (!n)
        return true;
    reply = amf_store_append(s, &l->keys, first, n);
    if (!reply)
        return false;
    rds_reply_free(reply);
    pthread_mutex_lock(&l->lock);
    while (n--) {
        at = l->first;
        l->first = at->next;
        at->next = done;
        done = at;
    }
    if (!l->first)
        l->last = NULL;
    pthread_mutex_unlock(&l->lock);
    for (; done; done = at) {
        at = done->next;
        free(done);
    }
    return true;
}

static bool elect_send(struct amf_log *l, struct amf_store *s)
{
    char who[AMF_WHO_SIZE];
    redisReply *reply;
    uint64_t seen;
    bool wanted;

    pthread_mutex_lock(&l->lock);
    wanted = l->want_elect;
    seen = l->elect_seen;
    l->want_elect = false;
    memcpy(who, l->who, sizeof(who));
    pthread_mutex_unlock(&l->lock);
    if (!wanted)
        return true;
    reply = amf_store_elect(s, &l->keys, who, seen);
    if (reply)
        amf_log_tell(l, AMF_LOG_ELECTED, reply, 0);
    return reply != NULL; /* else the next view will tell who leads */
}

static bool done_ok(redisReply *reply)
{
    if (reply)
        rds_reply_free(reply);
    return reply != NULL;
}

/* Once more, if no later one is there. */
static void save_put_back(struct amf_log *l, char *text)
{
    pthread_mutex_lock(&l->lock);
    if (!l->save) {
        l->save = text;
        text = NULL;
    }
    pthread_mutex_unlock(&l->lock);
    free(text);
}

static bool save_send(struct amf_log *l, struct amf_store *s)
{
    char *text;
    uint64_t epoch, number;

    pthread_mutex_lock(&l->lock);
    text = l->save;
    epoch = l->save_epoch;
    number = l->save_number;
    l->save = NULL;
    pthread_mutex_unlock(&l->lock);
    if (!text)
        return true;
    if (!done_ok(amf_store_save(s, &l->keys, epoch, text))) {
        save_put_back(l, text);
        return false;
    }
    free(text);
    amf_log_tell_saved(l, number);
    return true;
}

static bool forget_send(struct amf_log *l, struct amf_store *s)
{
    char who[AMF_WHO_SIZE];

    pthread_mutex_lock(&l->lock);
    memcpy(who, l->forget, sizeof(who));
    pthread_mutex_unlock(&l->lock);
    if (!who[0])
        return true;
    if (!done_ok(amf_store_forget(s, &l->keys, who)))
        return false;
    pthread_mutex_lock(&l->lock);
    if (strcmp(l->forget, who) == 0)
        l->forget[0] = '\0';
    pthread_mutex_unlock(&l->lock);
    return true;
}

static bool beat_send(struct amf_log *l, struct amf_store *s, uint64_t count)
{
    char who[AMF_WHO_SIZE];
    const int64_t asked_ns = clv_now_ns();
    redisReply *reply;
    int64_t n;

    pthread_mutex_lock(&l->lock);
    memcpy(who, l->who, sizeof(who));
    pthread_mutex_unlock(&l->lock);
    reply = amf_store_beat(s, &l->keys, who, count);
    if (!reply)
        return false;
    if (rds_reply_int(rds_reply_at(reply, 3), &n)) {
        pthread_mutex_lock(&l->lock);
        if (l->read_from == AMF_LOG_UNKNOWN)
            l->read_from = n; /* before our first entry, so that we read that one */
        pthread_mutex_unlock(&l->lock);
    }
    amf_log_tell(l, AMF_LOG_VIEW, reply, asked_ns);
    return true;
}

void *amf_log_writer_main(void *arg)
{
    struct amf_log *l = arg;
    struct amf_store s = {.url = &l->url, .use = "writing"};
    const int64_t every_ns = l->lease_ms * CLV_NS_PER_MS / 4;
    int64_t beat_ns = 0;
    uint64_t count = 0;
    bool ok;

    while (!amf_log_stopped(l)) {
        if (!s.open)
            beat_ns = 0; /* the others have missed us for long enough */
        if (!amf_store_open(&s)) {
            amf_log_pause(l, AMF_LOG_RETRY_MS);
            continue;
        }
        ok = true;
        if (clv_now_ns() >= beat_ns) {
            ok = beat_send(l, &s, ++count);
            beat_ns = clv_now_ns() + every_ns;
        }
        ok = ok && lines_send(l, &s) && elect_send(l, &s) && forget_send(l, &s) &&
             save_send(l, &s);
        if (ok)
            work_wait(l, beat_ns);
        else
            amf_log_pause(l, AMF_LOG_RETRY_MS / 4);
    }
    amf_store_close(&s);
    return NULL;
}
