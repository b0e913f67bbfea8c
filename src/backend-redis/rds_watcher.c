/* SPDX-License-Identifier: Apache-2.0 */
#include "backend-redis/rds_watcher.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend-redis/rds_talk.h"
#include "base/clock.h"

enum {
    ASK_MS = 1000,  /* connect, authenticate and ask one sentinel */
    POLL_MS = 1000, /* ask again without a reason */
    RETRY_MAX_MS = 2000
};

/* ---- one sentinel -------------------------------------------------------- */

static void watcher_close(struct rds_watcher *w)
{
    rds_conn_close(&w->ask);
    rds_conn_close(&w->listen);
}

static enum store_status watcher_connect(struct rds_watcher *w, struct rds_conn *conn,
                                         int64_t deadline_ns, char *why)
{
    struct rds_talk t = {conn, &w->place, deadline_ns, why, RDS_WATCH_WHY};
    enum store_status st;

    st = rds_conn_open(conn, &w->place, &w->all->cancel, deadline_ns, why, RDS_WATCH_WHY);
    if (st != STORE_OK)
        return st;
    st = rds_talk_auth(&t, w->all->user, w->all->password);
    if (st != STORE_OK)
        rds_conn_close(conn);
    return st;
}

/* SENTINEL MASTER answers with names and values in turn. */
static const redisReply *master_field(const redisReply *reply, const char *name)
{
    size_t i;

    for (i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2)
        if (rds_reply_is(reply->element[i], name))
            return reply->element[i + 1];
    return NULL;
}

/* False: this is no sentinel's answer. */
static bool master_read(const redisReply *reply, struct rds_vote *vote)
{
    const struct clv_bytes flags = rds_reply_bytes(master_field(reply, "flags"));
    const redisReply *ping = master_field(reply, "last-ok-ping-reply");

    if (!rds_reply_int(master_field(reply, "config-epoch"), &vote->epoch))
        return false;
    vote->moving = flags.base && strstr(flags.base, "failover_in_progress");
    if (!rds_reply_int(ping, &vote->contact_ms))
        vote->contact_ms = INT64_MAX;
    else if (flags.base && strstr(flags.base, "s_down"))
        vote->silent_ms = vote->contact_ms;
    if (!flags.base || strcmp(flags.base, "master") != 0)
        vote->contact_ms = INT64_MAX;
    return true;
}

static bool address_read(const redisReply *reply, struct rds_place *out)
{
    const struct clv_bytes host = rds_reply_bytes(rds_reply_at(reply, 0));
    int64_t port;

    if (!host.base || host.size == 0 || host.size >= sizeof(out->host) ||
        !rds_reply_int(rds_reply_at(reply, 1), &port) || port < 1 || port > 65535)
        return false;
    memset(out->host, 0, sizeof(out->host));
    memcpy(out->host, host.base, host.size);
    out->port = (uint16_t)port;
    return true;
}

/* The epoch first: the address may be newer than that, never older. During a fail-over
 * this question is answered with the promoted one as soon as it is promoted. */
static enum store_status watcher_question(struct rds_watcher *w, struct rds_vote *vote,
                                          int64_t deadline_ns, char *why)
{
    struct rds_talk t = {&w->ask, &w->place, deadline_ns, why, RDS_WATCH_WHY};
    enum store_status st;
    redisReply *reply;

    reply = rds_talk_words(&t, &st, 3, "SENTINEL", "MASTER", w->all->master);
    if (st == STORE_OK && !master_read(reply, vote))
        st = rds_talk_fail(&t, STORE_AWAY, "answers, but is no sentinel");
    if (reply)
        rds_reply_free(reply);
    if (st != STORE_OK)
        return st;
    reply =
        rds_talk_words(&t, &st, 3, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", w->all->master);
    if (st == STORE_OK && !address_read(reply, &vote->master))
        st = rds_talk_fail(&t, STORE_AWAY, "knows no address of the master");
    if (reply)
        rds_reply_free(reply);
    vote->master.tls = w->all->master_tls;
    vote->valid = st == STORE_OK;
    return st;
}

/* Without this the next poll finds out. */
static void watcher_subscribe(struct rds_watcher *w, int64_t deadline_ns)
{
    char why[RDS_WATCH_WHY];
    struct rds_talk t = {&w->listen, &w->place, deadline_ns, why, sizeof(why)};
    enum store_status st;
    redisReply *reply;

    if (watcher_connect(w, &w->listen, deadline_ns, why) != STORE_OK)
        return;
    reply = rds_talk_words(&t, &st, 2, "SUBSCRIBE", "+switch-master");
    if (reply)
        rds_reply_free(reply);
    if (st != STORE_OK)
        rds_conn_close(&w->listen);
}

static enum store_status watcher_attempt(struct rds_watcher *w, struct rds_vote *vote,
                                         char *why)
{
    const int64_t deadline_ns = clv_deadline_ns(ASK_MS * CLV_NS_PER_MS);
    enum store_status st = STORE_OK;

    if (w->ask.fd < 0) {
        w->tried_ns = clv_now_ns();
        st = watcher_connect(w, &w->ask, deadline_ns, why);
    }
    if (st == STORE_OK)
        st = watcher_question(w, vote, deadline_ns, why);
    if (st != STORE_OK)
        watcher_close(w);
    else if (w->listen.fd < 0)
        watcher_subscribe(w, deadline_ns);
    return st;
}

/* ---- a watcher's life ---------------------------------------------------- */

void rds_watch_tally(struct rds_watch *all, uint64_t since_round, struct rds_tally *out)
{
    size_t i;

    for (i = 0; i < all->n; i++) {
        all->scratch[i] = all->watchers[i].vote;
        if (all->watchers[i].round < since_round)
            all->scratch[i].valid = false;
    }
    rds_vote_count(all->scratch, all->n, out);
}

static void publish(struct rds_watcher *w, uint64_t round, enum store_status st,
                    const struct rds_vote *vote, const char *why)
{
    struct rds_watch *all = w->all;
    struct rds_tally now;
    bool tell;

    pthread_mutex_lock(&all->lock);
    w->vote = *vote;
    w->st = st;
    w->round = round;
    snprintf(w->why, sizeof(w->why), "%s", why);
    rds_watch_tally(all, 0, &now);
    tell = st == STORE_OK && now.majority && !all->stop;
    pthread_cond_broadcast(&all->answered);
    pthread_mutex_unlock(&all->lock);
    if (tell)
        all->news(&now.master);
}

/* Take what was announced off the connection; that something was is all that counts. */
static void announcements_take(struct rds_watcher *w)
{
    enum rds_io io = rds_conn_recv(&w->listen, clv_deadline_ns(CLV_NS_PER_MS));
    redisReply *reply;

    while (io == RDS_IO_OK && (io = rds_conn_reply(&w->listen, &reply)) == RDS_IO_OK &&
           reply)
        rds_reply_free(reply);
    if (io == RDS_IO_LOST)
        rds_conn_close(&w->listen);
}

/* Until there is a question, an announcement, or it is time. */
static void watcher_rest(struct rds_watcher *w, int ms)
{
    struct pollfd p[2] = {{w->wake, POLLIN, 0}, {w->listen.fd, POLLIN, 0}};
    uint64_t n;

    if (poll(p, 2, ms) <= 0)
        return;
    if (p[0].revents && read(w->wake, &n, sizeof(n)) < 0)
        return;
    if (p[1].revents)
        announcements_take(w);
}

static int jittered(struct rds_watcher *w, int ms)
{
    return ms * 3 / 4 + (int)(rand_r(&w->seed) % (unsigned)(ms / 2 + 1));
}

/* How long it was since the last attempt to connect is short: who asks now is told what
 * came of that. */
static bool tried_just_now(const struct rds_watcher *w)
{
    return w->ask.fd < 0 && w->tried_ns &&
           clv_now_ns() - w->tried_ns < RDS_WATCH_RETRY_MS * CLV_NS_PER_MS;
}

static void watcher_turn(struct rds_watcher *w, uint64_t round)
{
    struct rds_vote vote = {0};
    char why[RDS_WATCH_WHY] = "";
    enum store_status st;

    if (tried_just_now(w)) {
        pthread_mutex_lock(&w->all->lock);
        w->round = round;
        pthread_cond_broadcast(&w->all->answered);
        pthread_mutex_unlock(&w->all->lock);
        watcher_rest(w, RDS_WATCH_RETRY_MS);
        return;
    }
    st = watcher_attempt(w, &vote, why);
    publish(w, round, st, &vote, why);
    if (st == STORE_OK) {
        w->retry_ms = RDS_WATCH_RETRY_MS;
        watcher_rest(w, jittered(w, POLL_MS));
        return;
    }
    watcher_rest(w, jittered(w, w->retry_ms));
    w->retry_ms = w->retry_ms * 2 < RETRY_MAX_MS ? w->retry_ms * 2 : RETRY_MAX_MS;
}

void rds_watch_free(struct rds_watch *all)
{
    size_t i;

    for (i = 0; i < all->n; i++)
        if (all->watchers[i].wake >= 0)
            close(all->watchers[i].wake);
    pthread_cond_destroy(&all->answered);
    pthread_mutex_destroy(&all->lock);
    free(all->master);
    free(all->user);
    free(all->password);
    free(all);
}

void *rds_watcher_main(void *arg)
{
    struct rds_watcher *w = arg;
    struct rds_watch *all = w->all;
    uint64_t round;
    bool stop, last;

    for (;;) {
        pthread_mutex_lock(&all->lock);
        round = all->round;
        stop = all->stop;
        pthread_mutex_unlock(&all->lock);
        if (stop)
            break;
        watcher_turn(w, round);
    }
    watcher_close(w);
    pthread_mutex_lock(&all->lock);
    last = --all->n_threads == 0 && all->abandoned;
    pthread_cond_broadcast(&all->answered);
    pthread_mutex_unlock(&all->lock);
    if (last)
        rds_watch_free(all);
    return NULL;
}
