/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_track.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend-redis/rds_cache.h"
#include "backend-redis/rds_session.h"
#include "backend-redis/rds_talk.h"
#include "base/clock.h"
#include "base/logline.h"
#include "base/settings.h"

enum { ANSWER_MS = 1000, RETRY_MS = 50, RETRY_REFUSED_MS = 1000, IDLE_MS = 200 };

#define CHANNEL "__redis__:invalidate"

static struct {
    int64_t bound_ns; /* setting */

    pthread_mutex_t lock; /* guards thread, fd and stop */
    pthread_cond_t news;  /* stop */
    pthread_t thread;
    bool started, stop;
    int fd; /* of conn, to shut it down; -1: none */

    /* the thread's own */
    struct rds_conn conn;
    struct rds_session session;
    bool armed;
    uint64_t serial;    /* of the connection that is tracked */
    int64_t asked_ns;   /* when the answer that is outstanding was asked for; 0: none */
    int64_t clock_us;   /* read then */
    int64_t renewal_ns; /* when it is time to ask again */
    bool complained;
} track = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1, .conn = {.fd = -1}};

/* ---- its own connection ---------------------------------------------------- */

static void fd_publish(int fd)
{
    pthread_mutex_lock(&track.lock);
    track.fd = fd;
    pthread_mutex_unlock(&track.lock);
}

static bool is_stopped(void)
{
    bool stop;

    pthread_mutex_lock(&track.lock);
    stop = track.stop;
    pthread_mutex_unlock(&track.lock);
    return stop;
}

static void detach(void)
{
    rds_cache_disarm();
    track.armed = false;
    track.asked_ns = 0;
    fd_publish(-1);
    rds_conn_close(&track.conn);
}

static bool subscribe(const struct rds_talk *t)
{
    enum store_status st;
    redisReply *reply = rds_talk_words(t, &st, 2, "SUBSCRIBE", CHANNEL);
    const bool ok = reply && reply->type == REDIS_REPLY_ARRAY;

    if (reply)
        rds_reply_free(reply);
    return ok && track.session.client_id && track.session.run_id[0];
}

/* Connect to the server in use, and listen. */
static bool attach(void)
{
    static const struct rds_session none;
    const int64_t deadline_ns = clv_deadline_ns(ANSWER_MS * CLV_NS_PER_MS);
    struct rds_place place;
    int64_t clock_us;
    char why[256];

    rds_place_get(&place);
    if (!place.host[0] || rds_conn_open(&track.conn, &place, NULL, deadline_ns, why,
                                        sizeof(why)) != STORE_OK)
        return false;
    fd_publish(track.conn.fd);
    if (rds_session_begin(&track.conn, &place, &rds.url, &none, &track.session, &clock_us,
                          deadline_ns, why, sizeof(why)) == STORE_OK &&
        subscribe(&(struct rds_talk){&track.conn, &place, deadline_ns, why, sizeof(why)}))
        return true;
    detach();
    return false;
}

/* ---- the connection that reads --------------------------------------------- */

/* A call that does not wait for a connection; words are NULL-terminated. */
static enum store_status run(struct rds_call *call, const char *const *words)
{
    size_t i, n = 0;

    while (words[n])
        n++;
    rds_call_init(call, false);
    call->impatient = true;
    rds_req_command(&call->req, n);
    for (i = 0; i < n; i++)
        rds_req_text(&call->req, words[i]);
    return rds_run(call, clv_deadline_ns(ANSWER_MS * CLV_NS_PER_MS));
}

/* The calls go to the server that this connection is on. */
static bool is_same_server(uint64_t *serial)
{
    static const char *const info[] = {"INFO", "server", NULL};
    struct clv_bytes text;
    struct rds_call call;
    char line[64];
    bool same;

    same = run(&call, info) == STORE_OK;
    *serial = call.serial;
    text = rds_reply_bytes(call.last);
    snprintf(line, sizeof(line), "run_id:%s\r", track.session.run_id);
    same = same && text.base && strstr(text.base, line);
    rds_call_free(&call);
    return same;
}

/* Let the server tell what is read over the connection in use. */
static bool arm(void)
{
    char id[24];
    const char *const words[] = {"CLIENT", "TRACKING", "ON", "REDIRECT", id, NULL};
    struct rds_call call;
    uint64_t serial;
    bool ok;

    if (!is_same_server(&serial))
        return false;
    snprintf(id, sizeof(id), "%lld", (long long)track.session.client_id);
    ok = run(&call, words) == STORE_OK;
    if (call.error && !track.complained) {
        track.complained = true;
        clv_log(CLV_LOG_WARNING, "redis: the read cache is not used: %s",
                call.error->str);
    }
    ok = ok && call.serial == serial;
    rds_call_free(&call);
    track.armed = ok;
    track.serial = serial;
    if (ok)
        rds_cache_arm(serial);
    return ok;
}

/* ---- being sure ------------------------------------------------------------ */

/* The store's clock, never behind it, minus the monotonic one. */
static bool read_clock(const struct rds_call *call, int64_t asked_ns, int64_t *clock_us)
{
    int64_t sec, us;

    if (!rds_reply_int(rds_reply_at(call->last, 0), &sec) ||
        !rds_reply_int(rds_reply_at(call->last, 1), &us))
        return false;
    *clock_us = sec * 1000000 + us - asked_ns / 1000;
    return true;
}

/* Both connections have to answer; the answer of ours comes with what it hears. False:
 * the one that reads is another one, or away. */
static bool renew(void)
{
    static const char *const words[] = {"TIME", NULL};
    const int64_t now_ns = clv_now_ns();
    struct rds_call call;
    struct rds_req ping;
    bool ok;

    track.renewal_ns = now_ns + track.bound_ns / 3;
    if (track.asked_ns)
        return true;
    if (!rds_cache_is_used()) { /* nobody waits for it, but somebody may come */
        if (track.bound_ns > 3 * IDLE_MS * CLV_NS_PER_MS)
            track.renewal_ns = now_ns + IDLE_MS * CLV_NS_PER_MS;
        return true;
    }
    ok = run(&call, words) == STORE_OK && call.serial == track.serial &&
         read_clock(&call, now_ns, &track.clock_us);
    rds_call_free(&call);
    if (!ok)
        return false;
    rds_req_init(&ping);
    rds_req_command(&ping, 1);
    rds_req_text(&ping, "PING");
    if (ping.no_mem ||
        rds_conn_put(&track.conn, &ping, now_ns + track.bound_ns) != RDS_IO_OK ||
        rds_conn_flush(&track.conn, now_ns + track.bound_ns) != RDS_IO_OK)
        detach();
    else
        track.asked_ns = now_ns;
    rds_req_free(&ping);
    return true;
}

/* {"message", CHANNEL, {key...}} or {..., nil}: all; {"pong", ""}. */
static void hear(const redisReply *reply)
{
    const redisReply *keys = rds_reply_at(reply, 2);
    size_t i;

    if (rds_reply_is(rds_reply_at(reply, 0), "pong") && track.asked_ns) {
        rds_cache_vouch(track.asked_ns + track.bound_ns, track.clock_us);
        track.asked_ns = 0;
    } else if (rds_reply_is(rds_reply_at(reply, 0), "message") && keys) {
        if (keys->type != REDIS_REPLY_ARRAY)
            rds_cache_told((struct clv_bytes){NULL, 0});
        for (i = 0; keys->type == REDIS_REPLY_ARRAY && i < keys->elements; i++)
            rds_cache_told(rds_reply_bytes(keys->element[i]));
    }
}

/* Hear what comes until it is time to ask again. False: the connection is lost. */
static bool listen_on(void)
{
    redisReply *reply;
    enum rds_io io;

    do {
        io = rds_conn_reply(&track.conn, &reply);
        if (io == RDS_IO_OK && reply) {
            hear(reply);
            rds_reply_free(reply);
        } else if (io == RDS_IO_OK) {
            io = rds_conn_recv(&track.conn, track.renewal_ns);
        }
    } while (io == RDS_IO_OK && clv_now_ns() < track.renewal_ns);
    return io != RDS_IO_LOST;
}

/* ---- the thread ------------------------------------------------------------ */

static void rest(int ms)
{
    const int64_t until_ns = clv_deadline_ns(ms * CLV_NS_PER_MS);

    pthread_mutex_lock(&track.lock);
    while (!track.stop && rds_cond_wait(&track.news, &track.lock, until_ns)) {
    }
    pthread_mutex_unlock(&track.lock);
}

/* The server has not answered on our connection for so long that it will not. */
static bool is_silent(void)
{
    return track.asked_ns && clv_now_ns() - track.asked_ns > 2 * track.bound_ns;
}

static void round_of_work(void)
{
    if (track.conn.fd < 0 && !attach()) {
        rest(RETRY_MS);
        return;
    }
    if (track.armed && atomic_load(&rds.pipe.serial) != track.serial)
        track.armed = false;
    if (!track.armed && !arm()) {
        detach();
        rest(track.complained ? RETRY_REFUSED_MS : RETRY_MS);
        return;
    }
    if (clv_now_ns() >= track.renewal_ns && !renew())
        track.armed = false;
    else if (track.conn.fd >= 0 && (is_silent() || !listen_on()))
        detach();
}

static void *track_main(void *unused)
{
    (void)unused;
    while (!is_stopped())
        round_of_work();
    detach();
    return NULL;
}

/* ---- start and stop -------------------------------------------------------- */

bool rds_track_settings(void)
{
    int64_t ms;

    if (!clv_setting_int("CLOVIS_READ_CACHE_STALE_MS", 30, 60000, 1000, &ms))
        return false;
    track.bound_ns = ms * CLV_NS_PER_MS;
    return true;
}

bool rds_track_start(void)
{
    rds_cond_init(&track.news);
    track.stop = track.complained = false;
    track.renewal_ns = 0;
    track.started = rds_thread_start(&track.thread, track_main);
    return track.started;
}

void rds_track_stop(void)
{
    if (!track.started)
        return;
    pthread_mutex_lock(&track.lock);
    track.stop = true;
    if (track.fd >= 0)
        shutdown(track.fd, SHUT_RDWR);
    pthread_cond_broadcast(&track.news);
    pthread_mutex_unlock(&track.lock);
    pthread_join(track.thread, NULL);
    track.started = false;
}

void rds_track_forget(void)
{
    const int64_t bound_ns = track.bound_ns;

    if (track.fd >= 0)
        close(track.fd);
    memset(&track, 0, sizeof(track));
    pthread_mutex_init(&track.lock, NULL);
    track.bound_ns = bound_ns;
    track.fd = track.conn.fd = -1;
}
